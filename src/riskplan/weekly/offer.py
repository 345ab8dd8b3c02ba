"""The next lawful week for a visit that its own week can't route."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from riskplan.weekly.entries import Entry
from riskplan.weekly.ledger import Ledger

Bools = npt.NDArray[np.bool_]


def offer_week(ledger: Ledger, entry: Entry, counts: Bools | None = None) -> str:
    """Return the first later week in which a visit may stand, "" if there is none; the week is then taken.

    A week is lawful when the visit has an open day in it (S1) and, the visit taken out of its own week,
    spacing (S5), caps (S4, S6) and department capacity (S7) hold with it, undated; and when on one of its open
    days no cap of a day is full. Weeks offered to others count, so that all offers hold together. Not
    covered: whether the later week can be routed.

    Parameters
    ----------
    ledger
        All visits; changed where a week is offered.
    entry
        The planned visit, which stands in the ledger.
    counts
        shape (n_weeks,), weeks in which it counts for all that it carries; None: all.
    """
    weeks = ledger.weeks
    days = weeks.dates.astype(np.int64)
    later = np.flatnonzero(ledger.openness.days(entry) & (days > entry.last))
    ledger.take(entry)
    for week in np.unique(weeks.week_of_day[later]).tolist():
        if counts is not None and not counts[week]:
            continue
        moved = entry.in_week(int(weeks.monday[week].astype("datetime64[D]").astype(np.int64)))
        moved = moved._replace(stage="draft")
        open_days = days[later[weeks.week_of_day[later] == week]].tolist()
        if ledger.blocked(moved) is None and any(ledger.blocked(moved.on_day(d)) is None for d in open_days):
            ledger.put(moved)
            return weeks.labels[week]
    ledger.put(entry)
    return ""
