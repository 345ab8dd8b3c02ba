"""Chinese workdays around the county's history and year, written out so that no package changes them."""

from __future__ import annotations

import datetime as dt

AS_OF = dt.date(2026, 11, 20)
HISTORY_FIRST = dt.date(2023, 11, 20)
HISTORY_LAST = dt.date(2026, 11, 19)
HORIZON_FIRST = dt.date(2027, 1, 1)
HORIZON_LAST = dt.date(2027, 12, 31)
WORKDAYS_A_YEAR = 248

_OFF = (
    # State Council notices for 2024, 2025 and 2026.
    ("2024-01-01", 1),
    ("2024-02-09", 9),
    ("2024-04-04", 3),
    ("2024-05-01", 5),
    ("2024-06-10", 1),
    ("2024-09-15", 3),
    ("2024-10-01", 7),
    ("2025-01-01", 1),
    ("2025-01-28", 8),
    ("2025-04-04", 3),
    ("2025-05-01", 5),
    ("2025-05-31", 3),
    ("2025-10-01", 8),
    ("2026-01-01", 3),
    ("2026-02-15", 9),
    ("2026-04-04", 3),
    ("2026-05-01", 5),
    ("2026-06-19", 3),
    ("2026-09-25", 3),
    ("2026-10-01", 7),
    # 2027: no notice yet, so days that any notice could plausibly take.
    ("2027-01-01", 3),
    ("2027-02-03", 11),
    ("2027-04-02", 5),
    ("2027-04-30", 8),
    ("2027-06-07", 6),
    ("2027-09-13", 6),
    ("2027-09-30", 10),
)
OFF_DAYS = frozenset(
    dt.date.fromisoformat(first) + dt.timedelta(days=k) for first, length in _OFF for k in range(length)
)


def is_workday(day: dt.date) -> bool:
    """Return True for Monday to Friday outside public holidays (make-up days are left out)."""
    return day.weekday() < 5 and day not in OFF_DAYS


def workday_before(day: dt.date, months: tuple[int, ...] = ()) -> dt.date:
    """Return the day itself or the last workday before it, in one of the months where any are given."""
    while not is_workday(day) or (months and day.month not in months):
        day -= dt.timedelta(days=1)
    return day
