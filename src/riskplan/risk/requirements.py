"""The requirement matrix: everything that is owed, what is credited, and each duty with its minutes, skills and window."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.case.tables import Case
from riskplan.plan.tables import normalise
from riskplan.risk.credits import Credits
from riskplan.risk.frequency import Rows, listed_and_drawn
from riskplan.risk.last_done import NEVER, LastDone, last_done
from riskplan.risk.occasions import campaigns, decided, licences
from riskplan.risk.scoring import Scores
from riskplan.rules.model import Rulebook

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Requirements:
    """What is owed, and what need not be visited.

    Parameters
    ----------
    duties
        Plan table ``duties``, credits taken off.
    credits
        Plan table ``credits``.
    """

    duties: pd.DataFrame
    credits: pd.DataFrame


def requirements(case: Case, rules: Rulebook, scores: Scores) -> Requirements:
    """Return what every enterprise is owed in the horizon, and what is credited (S3, S12).

    Parameters
    ----------
    case, rules
        Items, duty rules, decisions, licences, campaigns, evidence.
    scores
        Tiers, and days since the last visit for drawn duties.
    """
    case = case.as_known()
    last, tiers = last_done(case, rules), list(scores.table["tier"])
    general = listed_and_drawn(case, rules, scores, last)
    about, own = decided(case, rules)
    rows = _joined([_without(general, about), own, licences(case, rules, last), campaigns(case, tiers)])
    left, credited = Credits(case, rules, tiers).apply(rows)
    return Requirements(_duty_table(case, rows, left, last), credited)


def duties(case: Case, rules: Rulebook, scores: Scores) -> pd.DataFrame:
    """Return the plan table ``duties``: one row per enterprise, item and cause that owes at least one visit.

    Parameters
    ----------
    case, rules, scores
        As for ``requirements``.
    """
    return requirements(case, rules, scores).duties


def _without(rows: Rows, about: set[tuple[int, int]]) -> Rows:
    if not about:
        return rows
    pairs = zip(rows.e.tolist(), rows.item.tolist(), strict=True)
    return _chosen(rows, np.array([pair not in about for pair in pairs], dtype=bool))


def _chosen(rows: Rows, mask: npt.NDArray[np.bool_]) -> Rows:
    at = np.flatnonzero(mask).tolist()
    words = [[column[k] for k in at] for column in (rows.cause, rows.first, rows.last, rows.months)]
    return Rows(rows.e[mask], rows.item[mask], rows.visits[mask], rows.longest[mask], *words)


def _joined(parts: list[Rows]) -> Rows:
    e, item, visits, longest = (
        np.concatenate([getattr(p, c) for p in parts]) for c in ("e", "item", "visits", "longest")
    )
    words = [[w for p in parts for w in getattr(p, c)] for c in ("cause", "first", "last", "months")]
    return Rows(e, item, visits, longest, *words)


def _duty_table(case: Case, rows: Rows, left: Ints, last: LastDone) -> pd.DataFrame:
    """Return duties that are left as the plan table."""
    kept = left > 0
    if not kept.all():
        rows, left = _chosen(rows, kept), left[kept]
    if not len(rows):
        return normalise("duties", pd.DataFrame(columns=["enterprise_id", "item_id"]))
    items = case["items"]
    days = last.of(rows.e, rows.item)
    known = {day: str(np.datetime64(day, "D")) for day in np.unique(days[days != NEVER]).tolist()}
    known[NEVER] = ""
    months = {text: tuple(filter(None, text.split("|"))) for text in dict.fromkeys(rows.months)}
    words = {
        "enterprise_id": case.enterprises["enterprise_id"].to_numpy(dtype=object)[rows.e],
        "item_id": items["item_id"].to_numpy(dtype=object)[rows.item],
        "last_done": [known[day] for day in days.tolist()],
        "first": rows.first,
        "last": rows.last,
        "months": [months[text] for text in rows.months],
        "cause": rows.cause,
        "basis": items["basis"].to_numpy(dtype=object)[rows.item],
    }
    frame = pd.DataFrame({name: pd.Series(v, dtype=object) for name, v in words.items()})
    return normalise("duties", frame.assign(visits=left, longest_interval_days=rows.longest))


def requirement_matrix(case: Case, duties: pd.DataFrame) -> pd.DataFrame:
    """Return duties with everything that planning them needs: a row per enterprise, item and cause.

    Parameters
    ----------
    case
        Items.
    duties
        Plan table ``duties``.

    Returns
    -------
    pandas.DataFrame
        Columns of ``duties`` with ``department_id``, ``domain``, ``minutes``, ``skills`` (the department where none are
        named), ``mode``, ``announced``, ``selection``, and ``due_by``: last visit + longest interval, "" without either.
    """
    items = case["items"].set_index("item_id")
    own = items.loc[duties["item_id"]]
    skills = [
        skill or (department,) for skill, department in zip(own["skills"], own["department_id"], strict=True)
    ]
    days = pd.to_datetime(duties["last_done"], errors="coerce")
    due = days + pd.to_timedelta(duties["longest_interval_days"].clip(lower=0), unit="D")
    due = due.where(duties["longest_interval_days"] > 0).dt.strftime("%Y-%m-%d").fillna("")
    columns = {
        name: own[name].to_numpy() for name in ("department_id", "domain", "minutes", "mode", "announced")
    }
    return duties.assign(**columns, skills=skills, selection=own["selection"].to_numpy(), due_by=due)
