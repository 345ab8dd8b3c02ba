"""The next lawful week for a visit that its own week can't route."""

from __future__ import annotations

import numpy as np

from riskplan.weekly.ledger import Entry, Ledger
from riskplan.weekly.points import open_days


def offer_week(ledger: Ledger, entry: Entry) -> str:
    """Return the first later week in which a visit may stand, "" if there is none; the week is then taken.

    A week is lawful when the enterprise has an open day in it (S1) and, the visit taken out of its own
    week, spacing (S5), caps (S4), township load (S6) and department capacity (S7) hold with it. Weeks
    offered to others count, so that all offers hold together. Not covered: whether the later week can be
    routed.

    Parameters
    ----------
    ledger
        All visits; changed where a week is offered.
    entry
        The planned visit.
    """
    weeks = ledger.weeks
    later = weeks.is_workday & (weeks.dates.astype(np.int64) > entry.last)
    is_open = open_days(ledger.case, [entry.enterprise], weeks.dates[later])[0]
    for week in np.unique(weeks.week_of_day[later][is_open]).tolist():
        moved = ledger.in_week(entry, weeks.labels[week])
        if not ledger.too_close(moved) and ledger.has_room(moved):
            ledger.move(moved)
            return weeks.labels[week]
    return ""
