"""Duties as blocks: what an organ owes an enterprise equally often in one window, and what may stand together (S3, S8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.case.tables import Case
from riskplan.case.weeks import Weeks
from riskplan.joint.gates import Block
from riskplan.rules.model import ItemFilter, Rulebook
from riskplan.units import DAYS_PER_WEEK

Ints = npt.NDArray[np.int64]
Kind = tuple[tuple[tuple[bool, bool], ...], object, object]
"""Sides of the apart rows that an item fits, then what it must share with every other item of the visit."""


@dataclass(frozen=True)
class Duty:
    """One kind of duty: whoever owes it owes the same.

    Parameters
    ----------
    item
        Place of the item in the catalogue.
    visits
        Visits owed.
    longest_days
        Longest interval [days], 0: none.
    weeks
        Bit w is set where a visit of week w counts.
    basis
        Legal basis.
    """

    item: int
    visits: int
    longest_days: int
    weeks: int
    basis: str


@dataclass(frozen=True, eq=False)
class Catalogue:
    """Items by place, and which of them may stand in one visit.

    Parameters
    ----------
    ids, departments, domains, minutes
        One entry for each item.
    kinds
        For each item what decides with whom it may stand: sides of ``[[joint.apart]]``, announced, selection.
    related
        Domains of each row of ``[[joint.related]]``.
    """

    ids: tuple[str, ...]
    departments: tuple[str, ...]
    domains: tuple[str, ...]
    minutes: tuple[int, ...]
    kinds: tuple[Kind, ...]
    related: tuple[frozenset[str], ...]

    @classmethod
    def of(cls, case: Case, rules: Rulebook) -> Catalogue:
        """Return the catalogue of a case under a rulebook."""
        items, joint = case["items"], rules.joint
        kinds = [
            (
                tuple((_fits(row.these, one), _fits(row.those, one)) for row in joint.apart),
                joint.mix_announced or bool(one[3]),
                joint.mix_selection or one[4],
            )
            for one in zip(
                items["item_id"],
                items["domain"],
                items["department_id"],
                items["announced"],
                items["selection"],
                strict=True,
            )
        ]
        return cls(
            ids=tuple(items["item_id"]),
            departments=tuple(items["department_id"]),
            domains=tuple(items["domain"]),
            minutes=tuple(int(m) for m in items["minutes"]),
            kinds=tuple(kinds),
            related=tuple(frozenset(row.domains) for row in joint.related),
        )

    @cached_property
    def place(self) -> dict[str, int]:
        """Item id -> place."""
        return {name: k for k, name in enumerate(self.ids)}

    def together(self, a: int, b: int) -> bool:
        """Tell whether two items may stand in one visit (S8)."""
        one, other = self.kinds[a], self.kinds[b]
        sides = zip(one[0], other[0], strict=True)
        if one[1:] != other[1:] or any((p[0] and q[1]) or (p[1] and q[0]) for p, q in sides):
            return False
        if self.departments[a] == self.departments[b] or not self.related:
            return True
        pair = {self.domains[a], self.domains[b]}
        return any(pair <= row for row in self.related)


def _fits(part: ItemFilter, one: tuple[str, str, str, bool, str]) -> bool:
    return one[0] in part.items or one[1] in part.domains or one[2] in part.departments


@dataclass(frozen=True, eq=False)
class Owed:
    """All duties of a case by enterprise.

    Parameters
    ----------
    kinds
        Kinds of duties.
    enterprise
        shape (n,), enterprises that owe anything, ascending.
    start
        shape (n + 1,), where the duties of each begin in ``kind``.
    kind
        Kind of every duty, ascending within an enterprise.
    """

    kinds: tuple[Duty, ...]
    enterprise: Ints
    start: Ints
    kind: npt.NDArray[np.int32]

    def of(self, k: int) -> tuple[int, bytes]:
        """Return an enterprise and the kinds of its duties, as bytes of int32."""
        return int(self.enterprise[k]), self.kind[self.start[k] : self.start[k + 1]].tobytes()

    def duties(self, kinds: bytes) -> list[Duty]:
        """Return the duties of an enterprise."""
        return [self.kinds[k] for k in np.frombuffer(kinds, dtype=np.int32).tolist()]


def read_duties(case: Case, duties: pd.DataFrame, catalogue: Catalogue, weeks: Weeks) -> Owed:
    """Return the plan table ``duties`` as arrays.

    Parameters
    ----------
    case
        Enterprises in their order.
    duties
        Plan table ``duties``.
    catalogue
        Items.
    weeks
        Weeks of the horizon, for windows.
    """
    names = pd.Index(case.enterprises["enterprise_id"])
    e = names.get_indexer(duties["enterprise_id"])
    item = pd.Index(catalogue.ids).get_indexer(duties["item_id"])
    windows, window = _windows(duties, weeks)
    basis_code, bases = pd.factorize(duties["basis"])
    columns = [
        item,
        duties["visits"].to_numpy(),
        duties["longest_interval_days"].to_numpy(),
        window,
        basis_code,
    ]
    kind, rows = _kinds(columns)
    order = np.lexsort((kind, e))
    enterprise, start = np.unique(e[order], return_index=True)
    made = [
        Duty(int(i), int(v), int(longest), windows[w], str(bases[b]))
        for i, v, longest, w, b in zip(*(np.asarray(c)[rows].tolist() for c in columns), strict=True)
    ]
    return Owed(
        tuple(made),
        enterprise.astype(np.int64),
        np.append(start, len(order)).astype(np.int64),
        kind[order].astype(np.int32),
    )


def _kinds(columns: Sequence[npt.ArrayLike]) -> tuple[Ints, Ints]:
    """Return the kind of every row, and a row of each kind."""
    code = np.zeros(len(np.asarray(columns[0])), dtype=np.int64)
    for column in columns:
        values, place = np.unique(np.asarray(column), return_inverse=True)
        code = code * max(len(values), 1) + place
        _, code = np.unique(code, return_inverse=True)
        code = code.astype(np.int64)
    _, rows = np.unique(code, return_index=True)
    return code, rows.astype(np.int64)


def _windows(duties: pd.DataFrame, weeks: Weeks) -> tuple[list[int], Ints]:
    """Return the different windows as bits of weeks, and which of them each row has."""
    text = duties["first"] + "/" + duties["last"] + "/" + duties["months"].map("|".join)
    code, values = pd.factorize(text)
    made = []
    for value in values:
        first, last, months = value.split("/")
        made.append(window_weeks(weeks, first, last, [int(m) for m in months.split("|") if m]))
    return made, code.astype(np.int64)


def window_weeks(weeks: Weeks, first: str, last: str, months: Iterable[int]) -> int:
    """Return the weeks (bits) in which a visit surely counts: all their workdays lie in a window.

    Parameters
    ----------
    weeks
        Weeks of the horizon.
    first, last
        ISO days, "" = the horizon's.
    months
        Months 1 to 12; none = all.
    """
    dates = weeks.dates
    inside = np.ones(len(dates), dtype=bool)
    if first:
        inside &= dates >= np.datetime64(first)
    if last:
        inside &= dates <= np.datetime64(last)
    if chosen := list(months):
        inside &= np.isin(dates.astype("datetime64[M]").astype(np.int64) % 12 + 1, chosen)
    outside = np.zeros(len(weeks), dtype=bool)
    outside[weeks.week_of_day[weeks.is_workday & ~inside]] = True
    return bits_of(~outside)


def bits_of(mask: npt.NDArray[np.bool_]) -> int:
    """Return a row of booleans as bits, the first one lowest."""
    return int.from_bytes(np.packbits(mask, bitorder="little").tobytes(), "little")


def mask_of(weeks: int, length: int) -> npt.NDArray[np.bool_]:
    """Return bits as a row of booleans."""
    raw = np.frombuffer(weeks.to_bytes(-(-length // 8), "little"), dtype=np.uint8)
    return np.unpackbits(raw, bitorder="little", count=length).astype(bool)


@dataclass(frozen=True)
class Blocks:
    """An enterprise's duties as blocks.

    Parameters
    ----------
    organs
        Department of each organ number.
    blocks
        Blocks.
    duties
        Duties of each block.
    apart
        For each block the blocks (bits) that never stand in one visit with it.
    """

    organs: tuple[str, ...]
    blocks: tuple[Block, ...]
    duties: tuple[tuple[Duty, ...], ...]
    apart: tuple[int, ...]


def blocks_of(duties: Sequence[Duty], catalogue: Catalogue) -> Blocks:
    """Return the blocks of some duties.

    Parameters
    ----------
    duties
        What one enterprise owes.
    catalogue
        Items.
    """
    groups: dict[tuple[str, int, int, Kind], list[Duty]] = defaultdict(list)
    for duty in duties:
        kind = catalogue.kinds[duty.item]
        groups[catalogue.departments[duty.item], duty.visits, duty.weeks, kind].append(duty)
    keys = sorted(groups, key=lambda key: (key[0], -key[1], key[2], [d.item for d in groups[key]]))
    organs = tuple(sorted({key[0] for key in keys}))
    number = {d: k for k, d in enumerate(organs)}
    blocks = []
    for key in keys:
        work = {d.item: catalogue.minutes[d.item] for d in groups[key]}
        longest = min((d.longest_days for d in groups[key] if d.longest_days), default=0)
        most = max(1, (longest - (DAYS_PER_WEEK - 1)) // DAYS_PER_WEEK) if longest else 0
        blocks.append(Block(number[key[0]], key[1], tuple(sorted(work.items())), key[2], most))
    own = tuple(tuple(groups[key]) for key in keys)
    apart = [
        sum(1 << b for b, other in enumerate(own) if b != a and not _meet(duties_a, other, catalogue))
        for a, duties_a in enumerate(own)
    ]
    return Blocks(organs, tuple(blocks), own, tuple(apart))


def _meet(some: Sequence[Duty], others: Sequence[Duty], catalogue: Catalogue) -> bool:
    pairs = {(a.item, b.item) for a in some for b in others if a.item != b.item}
    return all(catalogue.together(a, b) for a, b in sorted(pairs))
