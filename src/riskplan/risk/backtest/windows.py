"""Windows of time in which an order of visits is judged, and what of them is a target."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from riskplan.errors import RiskplanError
from riskplan.risk.inspections import ROUTINE, Inspections
from riskplan.risk.models.features import found

Ints = npt.NDArray[np.int64]

WINDOWS, LENGTH = 6, 60
LEAST_PAST = 180
"""Days of history that the first window needs before it."""
LEAST_SHARE = 0.02
"""A severity that fewer of the routine visits reach is too rare to judge an order by."""
FEWEST_PROBLEMS = 5


@dataclass(frozen=True)
class Window:
    """One window.

    Parameters
    ----------
    first, last
        Days since 1970-01-01, both included.
    rows
        shape (m,), routine inspections in it, as indices of the inspections.
    """

    first: int
    last: int
    rows: Ints


def windows_of(known: Inspections, number: int, length: int, last: int | None) -> tuple[Window, ...]:
    """Return consecutive windows that end with a day, the earliest first; fewer where the history is too short.

    Parameters
    ----------
    known
        All inspections.
    number, length
        How many windows of how many days.
    last
        Their last day; None: the last routine inspection.

    Raises
    ------
    RiskplanError
        When no window has ``LEAST_PAST`` days of history before it and a routine inspection in it.
    """
    routine = np.flatnonzero(known.kind == ROUTINE)
    days = known.day[routine]
    end = int(days[-1]) if last is None and len(days) else (last if last is not None else 0)
    result: list[Window] = []
    for k in range(number):
        first = end - length * (k + 1) + 1
        if not len(days) or first - LEAST_PAST < int(days[0]):
            break
        rows = routine[(days >= first) & (days < first + length)]
        if len(rows):
            result.append(Window(first, first + length - 1, rows))
    if not result:
        span = int(days[-1] - days[0]) + 1 if len(days) else 0
        raise RiskplanError("backtest_too_short", days=span, needed=LEAST_PAST + length)
    return tuple(reversed(result))


def serious_of(known: Inspections, first: int) -> int:
    """Return the worst severity that enough routine visits before the first window reach; 0: any violation."""
    past = known.before(first)
    severity = past.severity[past.kind == ROUTINE]
    for level in (3, 2, 1):
        if len(severity) and (severity >= level).mean() >= LEAST_SHARE:
            return level
    return 0


def require_problems(known: Inspections, windows: tuple[Window, ...], serious: int) -> None:
    """Refuse a history in which hardly any visit of the windows found a problem.

    Raises
    ------
    RiskplanError
        With fewer than ``FEWEST_PROBLEMS`` problems in all windows together.
    """
    hits = int(sum(found(known, serious)[w.rows].sum() for w in windows))
    if hits < FEWEST_PROBLEMS:
        raise RiskplanError("backtest_no_problems", found=hits, needed=FEWEST_PROBLEMS, serious=serious)
