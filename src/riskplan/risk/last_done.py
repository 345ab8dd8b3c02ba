"""When each item was last checked at each enterprise, as one sorted array."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.case.tables import Case
from riskplan.risk.history import done_visits
from riskplan.rules.model import Rulebook

Ints = npt.NDArray[np.int64]
NEVER = np.iinfo(np.int64).min


@dataclass(frozen=True, eq=False)
class LastDone:
    """Days on which items were last checked by counted done visits.

    Parameters
    ----------
    items
        Number of items.
    keys
        shape (n,), enterprise x items + item, ascending.
    days
        shape (n,), days since 1970.
    """

    items: int
    keys: Ints
    days: Ints

    def of(self, enterprise: npt.ArrayLike, item: npt.ArrayLike) -> Ints:
        """Return the days of some (enterprise, item) pairs, ``NEVER`` where there is none.

        Parameters
        ----------
        enterprise, item
            Places in ``case.enterprises`` and ``case["items"]``, shapes that fit each other.
        """
        wanted = np.asarray(enterprise, dtype=np.int64) * self.items + np.asarray(item, dtype=np.int64)
        if not len(self.keys):
            return np.full(wanted.shape, NEVER, dtype=np.int64)
        at = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        return np.where(self.keys[at] == wanted, self.days[at], NEVER)


def last_done(case: Case, rules: Rulebook) -> LastDone:
    """Return when each item was last checked; a visit that names no items checked all those of its departments.

    Parameters
    ----------
    case, rules
        Done visits of kinds that count (S2).
    """
    visits = done_visits(case, rules)
    where, names = case.enterprises["enterprise_id"], case["items"]["item_id"]
    e = pd.Index(where).get_indexer(visits["object_id"])
    days = visits["date"].to_numpy().astype("datetime64[D]").astype(np.int64)
    code, checked = checked_items(case, visits)
    counts = np.array([len(own) for own in checked], dtype=np.int64)
    flat = np.concatenate([np.zeros(0, dtype=np.int64), *checked])
    start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    reps = counts[code] if len(code) else np.zeros(0, dtype=np.int64)
    within = np.arange(int(reps.sum())) - np.repeat(np.cumsum(reps) - reps, reps)
    item = flat[np.repeat(start[code], reps) + within] if len(flat) else np.zeros(0, dtype=np.int64)
    keys = np.repeat(e, reps).astype(np.int64) * len(names) + item
    order = np.lexsort((np.repeat(days, reps), keys))
    keys, latest = keys[order], np.repeat(days, reps)[order]
    last = np.append(keys[1:] != keys[:-1], True) if len(keys) else np.zeros(0, dtype=bool)
    return LastDone(len(names), keys[last], latest[last])


def checked_items(case: Case, visits: pd.DataFrame) -> tuple[Ints, list[Ints]]:
    """Return for each visit which kind it is, and for each kind the items (places) that it checked.

    Parameters
    ----------
    case
        Items and their departments.
    visits
        Rows of the table ``visits``.
    """
    place = {name: k for k, name in enumerate(case["items"]["item_id"].tolist())}
    own: dict[str, list[int]] = {}
    for k, department in enumerate(case["items"]["department_id"]):
        own.setdefault(department, []).append(k)
    kinds: dict[tuple[tuple[str, ...], tuple[str, ...]], int] = {}
    code = [
        kinds.setdefault((items, departments if not items else ()), len(kinds))
        for items, departments in zip(visits["items"].tolist(), visits["departments"].tolist(), strict=True)
    ]
    checked = []
    for items, departments in kinds:
        found = [place[i] for i in items if i in place]
        found += [i for d in departments for i in own.get(d, ())]
        checked.append(np.array(sorted(set(found)), dtype=np.int64))
    return np.array(code, dtype=np.int64), checked
