"""In which weeks a visit counts for all that it carries: windows of its duties (S3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.case.weeks import Weeks
from riskplan.joint.blocks import mask_of, window_weeks

Bools = npt.NDArray[np.bool_]


def counting_weeks(duties: pd.DataFrame, visits: pd.DataFrame, weeks: Weeks) -> Mapping[str, Bools]:
    """Return visit -> weeks in which each of its items lies in a window of one of its duties.

    Parameters
    ----------
    duties, visits
        Plan tables.
    weeks
        Weeks of the horizon.

    Returns
    -------
    Mapping
        shape (n_weeks,) each; visits that count in every week are left out.
    """
    every = (1 << len(weeks)) - 1
    known: dict[tuple[str, str, tuple[str, ...]], int] = {}
    found: dict[tuple[str, str], int] = defaultdict(int)
    columns = (duties[c] for c in ("enterprise_id", "item_id", "first", "last", "months"))
    for enterprise, item, first, last, months in zip(*columns, strict=True):
        key = (first, last, months)
        if key not in known:
            known[key] = window_weeks(weeks, first, last, [int(m) for m in months])
        found[enterprise, item] |= known[key]
    if all(mask == every for mask in known.values()):
        return {}
    result = {}
    for name, enterprise, items in zip(
        visits["visit_id"], visits["enterprise_id"], visits["items"], strict=True
    ):
        mask = every
        for item in items:
            mask &= found.get((enterprise, item), every)
        if mask != every:
            result[name] = mask_of(mask, len(weeks))
    return result
