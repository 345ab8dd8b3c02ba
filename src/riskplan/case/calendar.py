"""Workdays of the horizon: the public calendar, overridden by the office's own ``calendar.csv``."""

from __future__ import annotations

import datetime as dt

import holidays
import numpy as np
import pandas as pd

from riskplan.case.tables import Days


def horizon_days(country: str, first: dt.date, last: dt.date, office: pd.DataFrame) -> Days:
    """Return every day of the horizon with its state.

    A year of China without a single make-up workday, neither in the public calendar nor in the office's, is
    *provisional*: the State Council's notice is not out and only computed statutory days are off. Every notice has
    make-up days, so an office that types in the notice ends that; a single local day off does not.

    Parameters
    ----------
    country
        ISO code with an optional subdivision, ``CN`` or ``US-IL``.
    first, last
        Horizon, both inclusive.
    office
        Table ``calendar``: date, status (off or work).

    Notes
    -----
    A country without a public calendar ends in the library's ``NotImplementedError``.
    """
    years = range(first.year, last.year + 1)
    code, _, subdivision = country.partition("-")
    public = holidays.country_holidays(code, subdiv=subdivision or None, years=years)
    make_up = set(getattr(public, "weekend_workdays", set()))
    own = {d.date(): s == "work" for d, s in zip(office["date"], office["status"], strict=True)}
    dates = np.arange(np.datetime64(first), np.datetime64(last) + 1)
    state = [_works(day, public, make_up, own) for day in dates.tolist()]
    noticed = {d.year for d in make_up} | {d.year for d, works in own.items() if works and d.weekday() >= 5}
    provisional = code == "CN" and any(year not in noticed for year in years)
    source = f"holidays/{code}{'-' + subdivision if subdivision else ''}" + (" + calendar.csv" if own else "")
    return Days(dates, np.array(state, dtype=bool), provisional, source)


def _works(
    day: dt.date, public: holidays.HolidayBase, make_up: set[dt.date], own: dict[dt.date, bool]
) -> bool:
    if day in own:
        return own[day]
    if day in make_up:
        return True
    return day.weekday() < 5 and day not in public
