"""A case as inspections, and the intensity that a model makes of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from riskplan.risk import learned as learning
from riskplan.risk.events import events_of
from riskplan.risk.inspections import COMPLAINT, ROUTINE
from riskplan.risk.inspections_of_case import ByCase, as_known_on, inspections_of
from riskplan.risk.intensity import intensity_of
from riskplan.risk.learned import learned
from riskplan.risk.models.protocol import Question


def test_findings_belong_to_the_visit_of_their_day(hamlet, hamlet_rules) -> None:
    """Every routine inspection has as many violations as its premises have hazards of that day."""
    made = inspections_of(hamlet, hamlet_rules)
    rows = made.inspections
    hazards = hamlet["hazards"].groupby(["enterprise_id", "date"]).size()
    names = hamlet.enterprises["enterprise_id"].to_numpy()[made.row]
    for b, day, kind, count in zip(rows.business, rows.day, rows.kind, rows.violations, strict=True):
        if kind == ROUTINE:
            assert count == hazards.get((names[b], pd.Timestamp(int(day), unit="D")), 0)
    assert rows.violations.sum() == len(hamlet["hazards"])


def test_complaints_are_told_apart_from_routine_visits(hamlet, hamlet_rules) -> None:
    """A visit of kind complaint is a complaint, and so are its findings."""
    visits = hamlet["visits"].copy()
    done = visits.index[visits["date"] < pd.Timestamp(hamlet.as_of)][:3]
    visits.loc[done, "kind"] = "complaint"
    changed = replace(hamlet, tables={**hamlet.tables, "visits": visits})
    kinds = inspections_of(changed, hamlet_rules).inspections.kind
    assert (kinds == COMPLAINT).sum() > (
        inspections_of(hamlet, hamlet_rules).inspections.kind == COMPLAINT
    ).sum()


def test_who_inspected_changes_no_inspection(hamlet, hamlet_rules) -> None:
    """The column officers of the visits never reaches a model."""
    visits = hamlet["visits"].copy()
    visits["officers"] = [("P001",) if i % 2 else ("P002", "P003") for i in range(len(visits))]
    changed = replace(hamlet, tables={**hamlet.tables, "visits": visits})
    one, two = inspections_of(hamlet, hamlet_rules), inspections_of(changed, hamlet_rules)
    assert all(
        np.array_equal(getattr(one.inspections, n), getattr(two.inspections, n)) for n in ("day", "kind")
    )
    assert one.inspections.traits == two.inspections.traits


def test_a_score_of_the_case_ranks_businesses_of_the_history(hamlet, hamlet_rules) -> None:
    """Each business gets the number of its own enterprise, as known on the window's first day."""
    made = inspections_of(hamlet, hamlet_rules)
    asked_for: list[int] = []

    def score(day: int) -> np.ndarray:
        asked_for.append(day)
        return np.arange(len(hamlet.enterprises), dtype=float)

    model = ByCase("points", made, score)
    count = len(made.row)
    question = Question(np.arange(count), np.full(count, 20_000), 20_000, 0, 2)
    assert np.array_equal(model.chance(made.inspections, question), made.row.astype(float))
    model.chance(made.inspections, question)
    assert asked_for == [20_000]
    assert as_known_on(hamlet, 20_000).as_of.isoformat() == "2024-10-04"


def test_with_little_history_the_empirical_bayes_estimate_stands(hamlet, hamlet_rules) -> None:
    """Thirty premises teach no model anything."""
    events = events_of(hamlet, hamlet_rules)
    base = intensity_of(hamlet, hamlet_rules, events)
    got = learned(hamlet, hamlet_rules, events, base)
    assert got.model == "rates"
    assert got.intensity is base


@pytest.mark.parametrize("name", ["pooled", "rates"])
def test_a_model_moves_who_stands_above_whom_and_keeps_the_level(
    name, hamlet, hamlet_rules, monkeypatch
) -> None:
    """The county's sum stays near the estimate's; the interval keeps its relative width."""
    monkeypatch.setattr(learning, "FEWEST_VISITS", 10)
    monkeypatch.setattr(learning, "FEWEST_PROBLEMS", 3)
    rules = replace(hamlet_rules, intensity=replace(hamlet_rules.intensity, model=name))
    events = events_of(hamlet, rules)
    base = intensity_of(hamlet, rules, events)
    got = learned(hamlet, rules, events, base)
    assert got.model == name
    assert got.intensity.mean.sum() == pytest.approx(base.mean.sum(), rel=0.4)
    assert got.intensity.high / got.intensity.mean == pytest.approx(base.high / base.mean, rel=1e-3)
    assert (got.intensity.mean >= rules.intensity.least).all()
