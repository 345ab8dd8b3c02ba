"""What ``certificate.npz`` holds: the listed schedules, the whole prices of shared limits, and what they claim to prove.

The audit re-derives costs and limits from the case; it takes from here who may be visited how, and the prices, which prove
a bound whatever they are. See docs/decisions/0010-certificate.md for what is re-derived and what is stated.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.annual.compile import YearModel
from riskplan.annual.dual import Multipliers
from riskplan.annual.instance import FORBIDDEN, Schedules
from riskplan.annual.pricing_rows import PricedRows
from riskplan.case.tables import Case
from riskplan.plan.io import table_fingerprint
from riskplan.risk.domains import domain_weights
from riskplan.rules.model import Rulebook

FORMAT = 1
Arrays = dict[str, npt.NDArray[Any]]


def certificate_bytes(arrays: Mapping[str, npt.NDArray[Any]]) -> bytes:
    """Return the file's bytes; the same arrays give the same bytes."""
    out = io.BytesIO()
    named: dict[str, Any] = {name: arrays[name] for name in sorted(arrays)}
    np.savez_compressed(out, **named)
    return out.getvalue()


def certificate_arrays(
    sources: tuple[Case, Rulebook, pd.DataFrame],
    model: YearModel,
    prices: Multipliers,
    claims: Mapping[str, int],
) -> Arrays:
    """Return the arrays of a certificate.

    Parameters
    ----------
    sources
        Case, rules and scores that the year was planned from.
    model
        The proving model, with the schedules that the plan uses.
    prices
        Prices >= 0 of its limits; they are rounded to integers.
    claims
        Bound, base, and the terms of the objective [units].
    """
    case, rules, scores = sources
    order = _order(model.instance.groups)
    names = case.enterprises["enterprise_id"]
    return {
        "format": np.array([FORMAT], dtype=np.int64),
        "case": np.array([case.fingerprint]),
        "rules": np.array([rules.fingerprint]),
        "scores": np.array([table_fingerprint("scores", scores)]),
        "weeks": _text(model.weeks.labels),
        "enterprises": _text([names.iat[m.e] for m in model.merged]),
        "townships": _text(model.townships),
        "cluster": model.instance.cluster,
        "departments": _text(model.capacity.departments),
        "pools": _text(model.capacity.pools),
        "months": _text(model.capacity.months),
        "claim": _text(list(claims)),
        "claimed": np.array(list(claims.values()), dtype=np.int64),
        **_shares(case, rules),
        **_schedules(model, order),
        **_prices(model, prices, order),
    }


def _text(values: Sequence[str]) -> npt.NDArray[Any]:
    return np.array([str(v) for v in values], dtype=np.str_)


def _order(groups: Sequence[Schedules]) -> list[tuple[int, int]]:
    """Return (group, row) of all schedules, by enterprise and number."""
    rows = [
        (int(i), int(s), g, r)
        for g, group in enumerate(groups)
        for r, (i, s) in enumerate(zip(group.owner, group.number, strict=True))
    ]
    return [(g, r) for _, _, g, r in sorted(rows)]


def _shares(case: Case, rules: Rulebook) -> Arrays:
    """Return the shares of domains by sector that were estimated or stated."""
    weights = domain_weights(case, rules)
    rows = [(s, d, w) for s in sorted(weights) for d, w in sorted(weights[s].items())]
    return {
        "share_sector": _text([s for s, _, _ in rows]),
        "share_domain": _text([d for _, d, _ in rows]),
        "share": np.array([w for _, _, w in rows], dtype=np.float64),
    }


def _schedules(model: YearModel, order: Sequence[tuple[int, int]]) -> Arrays:
    groups, merged = model.instance.groups, model.merged
    owner = [int(groups[g].owner[r]) for g, r in order]
    listed = [merged[i].schedules[int(groups[g].number[r])] for i, (g, r) in zip(owner, order, strict=True)]
    contents = [content for schedule in listed for content in schedule]
    items = sorted({item for content in contents for item in content.items})
    place = {item: k for k, item in enumerate(items)}
    departments = {d: k for k, d in enumerate(model.capacity.departments)}
    stands = [groups[g].node[r, j] < FORBIDDEN for g, r in order for j in range(groups[g].length)]
    clash = [int(groups[g].clash[r, j - 1]) if j else -1 for g, r in order for j in range(groups[g].length)]
    weeks = len(model.weeks)
    clashes = next((g.clashes for g in groups if len(g.clashes)), np.zeros((0, weeks, weeks), dtype=bool))
    return {
        "schedule_owner": np.array(owner, dtype=np.int64),
        "schedule_length": np.array([len(schedule) for schedule in listed], dtype=np.int64),
        "schedule_gap": np.array([groups[g].gap[r] for g, r in order], dtype=np.int64),
        "schedule_left_out": np.array([groups[g].left_out[r] for g, r in order], dtype=np.int64),
        "items": _text(items),
        "visit_items": np.array([len(content.items) for content in contents], dtype=np.int64),
        "visit_item": np.array([place[i] for content in contents for i in content.items], dtype=np.int64),
        "visit_lead": np.array([departments.get(content.lead, -1) for content in contents], dtype=np.int64),
        "visit_minutes": np.array([content.minutes for content in contents], dtype=np.int64),
        "visit_weeks": np.packbits(np.array(stands, dtype=bool).reshape(-1, weeks), axis=1),
        "visit_clash": np.array(clash, dtype=np.int64),
        "clashes": np.packbits(clashes, axis=2),
    }


def _prices(model: YearModel, prices: Multipliers, order: Sequence[tuple[int, int]]) -> Arrays:
    """Return the prices; those of the rulebook's other rows as what each visit pays by week, and what is paid in all."""
    whole, caps = prices.rounded(), model.instance.caps
    rows = PricedRows.of(model.instance)
    own = [
        rows.add(g, np.zeros(group.node.shape, dtype=np.int64), whole.row).astype(np.int64)
        for g, group in enumerate(model.instance.groups)
    ]
    weeks = len(model.weeks)
    paid = [own[g][r, j] for g, r in order for j in range(own[g].shape[1])]
    tables, kind = np.unique(np.array(paid, dtype=np.int64).reshape(-1, weeks), axis=0, return_inverse=True)
    return {
        "price_week": whole.week,
        "price_crew": whole.crew,
        "price_month": whole.month,
        "price_year": whole.year,
        "price_township": whole.township,
        "price_link": whole.link,
        "row_price": tables,
        "row_kind": kind.reshape(-1).astype(np.int64),
        "row_paid": np.array([int((whole.row * rows.room).sum())], dtype=np.int64),
        "township_week": caps.township_week,
        "township_year": caps.township_year,
        "week_in_year": caps.week_in_year,
    }
