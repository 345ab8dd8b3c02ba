"""What happened at which premises before ``as_of``, as plain arrays: routine visits, findings, complaints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.case.tables import Case
from riskplan.risk.severity import accident_class, finding_weights
from riskplan.rules.model import Rulebook

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

RECHECK, COMPLAINT, ACCIDENT = "recheck", "complaint", "accident"
"""Kinds of visits and findings that are told apart from routine."""
NOT_ROUTINE = (RECHECK, COMPLAINT)
RECORDED_LATE = 7
"""A finding without a visit of its day belongs to a routine visit of at most so many days before [days]."""
_SPAN = 1 << 20
"""Larger than any age [days]; keys are enterprise x span + age."""
_GRID = float(1 << 28)
_WHOLE = float(1 << 20)
"""Weights are compared in these parts of one, as whole numbers."""


@dataclass(frozen=True)
class Events:
    """Routine visits and findings of all enterprises; ages in days before ``as_of``, at least 1.

    Parameters
    ----------
    size
        Number of enterprises.
    visit_of, visit_age
        shape (n_visits,), enterprise and age of every routine visit; by enterprise, the oldest first.
    other_of, other_age
        shape (n_other_visits,), likewise of visits that are not routine.
    of, age
        shape (n_findings,), enterprise and age of every finding.
    weight
        shape (n_findings,), severity weight; 0 for a recheck's repeat of an open finding.
    visit
        shape (n_findings,), the routine visit that made it, -1 for findings that became known otherwise.
    severe, accident
        shape (n_findings,), True for severity ``major``; class of the accident, 0 for others.
    overdue
        shape (n_findings,), open after its deadline on ``as_of``.
    deaths, injured
        shape (n_findings,), of accidents.
    complaint_of, complaint_age, complaint_count
        shape (n_complaint_days,), complaints by enterprise and day.
    """

    size: int
    visit_of: Ints
    visit_age: Ints
    other_of: Ints
    other_age: Ints
    of: Ints
    age: Ints
    weight: Floats
    visit: Ints
    severe: Bools
    accident: Ints
    overdue: Bools
    deaths: Ints
    injured: Ints
    complaint_of: Ints
    complaint_age: Ints
    complaint_count: Ints

    def seen_age(self) -> Ints:
        """Return the age that a finding is decayed by: that of the visit that made it, else its own."""
        own = self.visit >= 0
        result = self.age.copy()
        result[own] = self.visit_age[self.visit[own]]
        return result


def on_grid(values: Floats) -> Floats:
    """Return values rounded to 2^-28: sums below 3e7 are then exact, whatever the order of the rows."""
    rounded: Floats = np.rint(values * _GRID) / _GRID
    return rounded


def events_of(case: Case, rules: Rulebook) -> Events:
    """Return what was known on ``as_of``; later rows, deadlines and closings are never looked at.

    Parameters
    ----------
    case
        Tables visits and hazards.
    rules
        Kinds that are exempt, severity weights, factors of accidents and complaints.

    Notes
    -----
    A *routine* visit is a done visit of a kind that is neither exempt nor recheck nor complaint. A finding of kind
    complaint, accident or recheck, or of a day with visits of which none was routine, became known otherwise.
    """
    index = {e: i for i, e in enumerate(case.enterprises["enterprise_id"])}
    today = pd.Timestamp(case.as_of)
    visits = case["visits"]
    done = visits[(visits["object_kind"] == "enterprise") & (visits["date"] < today)]
    routine = ~done["kind"].isin({*rules.exempt_kinds, *NOT_ROUTINE}).to_numpy()
    keys = _keys(done["object_id"], done["date"], index, today)
    visit_keys = np.sort(keys[routine])
    hazards = case["hazards"]
    known = hazards[hazards["date"] < today]
    own = _keys(known["enterprise_id"], known["date"], index, today)
    kind = known["kind"].to_numpy()
    apart = np.isin(own, keys[~routine]) & ~np.isin(own, visit_keys)
    again = (kind == RECHECK) | (apart & np.isin(own, keys[(done["kind"] == RECHECK).to_numpy()]))
    otherwise = apart | again | (kind == COMPLAINT) | (kind == ACCIDENT)
    classes = _classes(known)
    weight = finding_weights(
        known["severity"].to_numpy(), classes, rules.score.severity_weight, rules.intensity.accident_factor
    )
    weight = np.where(kind == COMPLAINT, weight * rules.intensity.complaint_weight, weight)
    complaints = _complaints(own[kind == COMPLAINT], keys[(done["kind"] == COMPLAINT).to_numpy()])
    return Events(
        size=len(index),
        visit_of=visit_keys // _SPAN,
        visit_age=_age(visit_keys),
        other_of=keys[~routine] // _SPAN,
        other_age=_age(keys[~routine]),
        of=own // _SPAN,
        age=_age(own),
        weight=_without_repeats(known, own, weight, again, today),
        visit=_made_by(own, visit_keys, otherwise),
        severe=(known["severity"] == "major").to_numpy(),
        accident=classes,
        overdue=((known["deadline"] < today) & ~(known["closed_on"] < today)).to_numpy(),
        deaths=np.maximum(known["deaths"].to_numpy(dtype=np.int64), 0),
        injured=np.maximum(known["serious_injuries"].to_numpy(dtype=np.int64), 0),
        complaint_of=complaints[0] // _SPAN,
        complaint_age=_age(complaints[0]),
        complaint_count=complaints[1],
    )


def _keys(ids: pd.Series, dates: pd.Series, index: Mapping[str, int], today: pd.Timestamp) -> Ints:
    """Return enterprise and day as one number that grows with both."""
    of = ids.map(index).to_numpy(dtype=np.int64)
    age = (np.datetime64(today, "D") - dates.to_numpy().astype("datetime64[D]")).astype(np.int64)
    keys: Ints = of * _SPAN + (_SPAN - 1 - np.minimum(age, _SPAN - 1))
    return keys


def _age(keys: Ints) -> Ints:
    age: Ints = _SPAN - 1 - keys % _SPAN
    return age


def _classes(known: pd.DataFrame) -> Ints:
    accident = (known["severity"] == ACCIDENT).to_numpy()
    found = accident_class(known["deaths"], known["serious_injuries"], known["loss_million"])
    return np.where(accident, found, 0).astype(np.int64)


def _made_by(own: Ints, visit_keys: Ints, otherwise: Bools) -> Ints:
    """Return the routine visit of each finding: the latest at these premises, of its day or up to a week before."""
    at = np.searchsorted(visit_keys, own, side="right") - 1
    if not len(visit_keys):
        return np.full(len(own), -1, dtype=np.int64)
    found = visit_keys[np.maximum(at, 0)]
    fits = (at >= 0) & (found // _SPAN == own // _SPAN) & (own - found <= RECORDED_LATE) & ~otherwise
    return np.where(fits, at, -1).astype(np.int64)


def _complaints(findings: Ints, visits: Ints) -> tuple[Ints, Ints]:
    """Return the days with complaints, and how many: a complaint and the visit that it led to that day are one."""
    days = np.unique(np.concatenate([findings, visits]))
    counts = []
    for keys in (findings, visits):
        one = np.zeros(len(days), dtype=np.int64)
        np.add.at(one, np.searchsorted(days, keys), 1)
        counts.append(one)
    return days, np.maximum(counts[0], counts[1])


def _without_repeats(
    known: pd.DataFrame, own: Ints, weight: Floats, again: Bools, today: pd.Timestamp
) -> Floats:
    """Return the weights with what rechecks repeat taken off.

    Findings of one domain at the same premises form a chain where each but the first was made at a recheck while the
    one before was still open. A chain weighs what its heaviest finding weighs: a recheck's finding keeps what it
    exceeds those before it by.

    Notes
    -----
    A finding that no recheck made always starts a chain. Added to a chain of weight max(A, B) it makes chains of at
    least A and max(own, B), so that adding it never lowers the sum. A recheck's finding that repeats nothing likewise.
    """
    if not again.any():
        return weight
    closed, day = (known[name].to_numpy().astype("datetime64[D]") for name in ("closed_on", "date"))
    closed = np.where(closed < np.datetime64(today, "D"), closed, np.datetime64("9999-12-31"))
    domain, _ = pd.factorize(known["domain"], sort=True)
    order = np.lexsort((weight, closed, again, own, domain))
    place = domain[order] * (own.max() // _SPAN + 1) + own[order] // _SPAN
    linked = np.zeros(len(own), dtype=bool)
    linked[1:] = again[order][1:] & (place[1:] == place[:-1]) & (closed[order][:-1] > day[order][1:])
    whole = np.rint(weight[order] * _WHOLE).astype(np.int64)
    lift = np.cumsum(~linked) * (whole.max() + 1)
    best = np.maximum.accumulate(whole + lift) - lift
    before = np.zeros(len(own), dtype=np.int64)
    before[1:] = np.where(linked[1:], best[:-1], 0)
    result = np.empty(len(own))
    result[order] = np.maximum(0, whole - before) / _WHOLE
    return result
