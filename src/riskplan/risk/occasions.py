"""What is owed by decision, licence or campaign: one enterprise, one policy; what expires; what is ordered (S3)."""

from __future__ import annotations

import datetime as dt

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.case.tables import Case
from riskplan.errors import Fault
from riskplan.risk.frequency import Collector, Rows, visits_in
from riskplan.risk.last_done import LastDone
from riskplan.rules.campaigns import blanket_warnings, campaign_scopes
from riskplan.rules.model import Rulebook
from riskplan.rules.owed import derived_interval, visited_items

Ints = npt.NDArray[np.int64]
CAUSE_OVERRIDE = "override"
LICENCE, CAMPAIGN = "licence:", "campaign:"


def active_places(case: Case) -> dict[str, int]:
    """Return enterprise -> place of the active ones."""
    frame = case.enterprises
    return {
        name: e
        for e, (name, status) in enumerate(
            zip(frame["enterprise_id"].tolist(), frame["status"].tolist(), strict=True)
        )
        if status == "active"
    }


def decided(case: Case, rules: Rulebook) -> tuple[set[tuple[int, int]], Rows]:
    """Return the (enterprise, item) pairs that people have decided about, and what is owed of them.

    Parameters
    ----------
    case, rules
        Table ``overrides``; factor of the longest interval.
    """
    active, possible, today = active_places(case), visited_items(case), pd.Timestamp(case.as_of)
    best: dict[tuple[int, int], tuple[pd.Timestamp, float, int, str]] = {}
    for row in case["overrides"].itertuples(index=False):
        if row.enterprise_id not in active or row.date > today:
            continue
        over = not pd.isna(row.until) and row.until < today
        months = "|".join(str(m) for m in row.months)
        for item in row.items:
            key = (active[row.enterprise_id], possible.get(item, -1))
            one = (row.date, float(row.visits), int(row.longest_interval_days), months)
            if key[1] >= 0 and not over and (key not in best or _stronger(one, best[key])):
                best[key] = one
    made, horizon = Collector(), len(case.days.dates)
    for (e, item), (_, visits, stated, months) in sorted(best.items()):
        if visits > 0:
            longest = stated if stated > 0 else derived_interval(rules, visits)
            made.add(
                np.array([e]),
                item,
                (visits_in(visits, horizon), longest),
                (CAUSE_OVERRIDE, "", "", months),
            )
    return set(best), made.rows()


def _stronger(one: tuple[pd.Timestamp, float, int, str], other: tuple[pd.Timestamp, float, int, str]) -> bool:
    """Tell whether a decision comes before another: later, of one day more visits, then the shorter interval."""
    return (one[0], one[1], -one[2], one[3]) > (other[0], other[1], -other[2], other[3])


def licences(case: Case, rules: Rulebook, last: LastDone) -> Rows:
    """Return what licences that expire make owed.

    Parameters
    ----------
    case, rules
        Table ``licences``; how long before they expire.
    last
        When items were last checked.
    """
    active, possible, made = active_places(case), visited_items(case), Collector()
    for row in case["licences"].itertuples(index=False):
        e = active.get(row.enterprise_id)
        begin = row.expires_on.date() - dt.timedelta(days=rules.licence.first_days)
        window = _licence_window(case, rules, row.expires_on.date())
        reviewed = not pd.isna(row.reviewed_on) and row.reviewed_on.date() >= begin
        if e is None or window is None or reviewed:
            continue
        for item in dict.fromkeys(row.items):
            k = possible.get(item)
            if k is None or int(last.of(e, k)) >= (begin - dt.date(1970, 1, 1)).days:
                continue
            words = (f"{LICENCE}{row.licence_id}", window[0].isoformat(), window[1].isoformat(), "")
            made.add(np.array([e]), k, (1, 0), words)
    return made.rows()


def _licence_window(case: Case, rules: Rulebook, expires: dt.date) -> tuple[dt.date, dt.date] | None:
    """Return the first and last day on which a licence makes a visit due, None where no day is left."""
    start = max(case.first_day, case.as_of)
    first = max(expires - dt.timedelta(days=rules.licence.first_days), start)
    last = min(expires - dt.timedelta(days=rules.licence.last_days), case.last_day)
    if first > last and start <= expires <= case.last_day:
        first, last = start, expires - dt.timedelta(days=1)
    return (first, last) if first <= last else None


def campaigns(case: Case, tiers: list[str]) -> Rows:
    """Return what campaigns make owed.

    Parameters
    ----------
    case
        Table ``campaigns``.
    tiers
        Tier of each enterprise.
    """
    possible, made, start = visited_items(case), Collector(), max(case.first_day, case.as_of)
    for row, e in campaign_scopes(case, tiers):
        first, last = max(row.first.date(), start), min(row.last.date(), case.last_day)
        for item in dict.fromkeys(row.items):
            if item in possible and first <= last:
                words = (f"{CAMPAIGN}{row.campaign_id}", first.isoformat(), last.isoformat(), "")
                made.add(e, possible[item], (1, 0), words)
    return made.rows()


def campaign_warnings(case: Case, rules: Rulebook, tiers: list[str]) -> tuple[Fault, ...]:
    """Return warnings of campaigns by tier that select a whole sector; others are told when the rules are read.

    Parameters
    ----------
    case, rules
        Table ``campaigns``; from which share on.
    tiers
        Tier of each enterprise.
    """
    return tuple(blanket_warnings(case, rules, tiers))
