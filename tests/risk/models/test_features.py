"""What a row's columns may know: the past of its own cutoff, of itself and of others, never who inspected."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from tests.risk.models.sample_city import city

from riskplan.risk.inspections import COMPLAINT, ROUTINE, Inspections
from riskplan.risk.models import features
from riskplan.risk.models.features import columns_of, setting_of
from riskplan.risk.models.pooled import Pooled, training_of
from riskplan.risk.models.protocol import Question
from riskplan.risk.models.sums import Asked

SERIOUS = 3


def changed(known: Inspections, keep: np.ndarray) -> Inspections:
    """Return a city in which what was found in some inspections is turned upside down."""
    return replace(
        known,
        severity=np.where(keep, known.severity, 3 - known.severity),
        violations=np.where(keep, known.violations, 9.0 - known.violations),
    )


@pytest.fixture(scope="module")
def town() -> Inspections:
    """Return a town of 120 premises."""
    return city()


def test_columns_use_only_inspections_before_the_cutoff(town: Inspections) -> None:
    """Turning everything from the cutoff on upside down, or taking it away, changes no column."""
    cutoff = 16_400
    asked = Asked(np.arange(120), np.full(120, cutoff))
    setting = setting_of(town.before(cutoff), SERIOUS)
    one = columns_of(town, asked, setting).values
    assert np.array_equal(one, columns_of(changed(town, town.day < cutoff), asked, setting).values)
    assert np.array_equal(one, columns_of(town.before(cutoff), asked, setting).values)


def test_neighbourhood_columns_leave_out_the_premises_own_findings(
    town: Inspections, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Changing what was found at one place changes its own columns and the neighbours', not its own neighbourhood.

    The level of the whole town, which everybody's findings move, is held.
    """
    monkeypatch.setattr(features, "LATELY_PRIOR", 1e15)
    asked = Asked(np.arange(120), np.full(120, 16_500))
    setting = setting_of(town, SERIOUS)
    before = columns_of(town, asked, setting)
    after = columns_of(changed(town, town.business != 7), asked, setting)
    moved = np.abs(before.values - after.values) > 1e-9
    near = np.array([name.startswith("near") for name in before.names])
    assert not moved[7, near].any()
    assert moved[7, ~near].any()
    assert moved[:, near].any()


def test_a_place_that_nobody_knows_has_a_silent_neighbourhood(town: Inspections) -> None:
    """Missing coordinates give log ratios of 0 and say so in a column of their own."""
    lost = replace(town, lon=np.where(np.arange(120) == 3, np.nan, town.lon))
    columns = columns_of(lost, Asked(np.array([3, 4]), np.full(2, 16_500)), setting_of(lost, SERIOUS))
    near = [i for i, name in enumerate(columns.names) if name.startswith("near")]
    assert columns.values[0, near] == pytest.approx(0.0)
    assert columns.values[:, columns.names.index("no place known")].tolist() == [1.0, 0.0]


def test_complaints_and_traits_get_columns_where_there_are_any(town: Inspections) -> None:
    """Complaints are never counted as routine visits; a trait pools the findings of others of its kind."""
    complaints = replace(town, kind=np.where(np.arange(len(town.day)) % 5 == 0, COMPLAINT, ROUTINE))
    traits = replace(complaints, traits={"sector": tuple("ab"[b % 2] for b in range(120))})
    asked = Asked(np.arange(120), np.full(120, 16_500))
    names = columns_of(traits, asked, setting_of(traits, SERIOUS)).names
    assert any(name.startswith("near complaints") for name in names)
    assert any(name.startswith("same sector") for name in names)
    known = columns_of(traits, asked, setting_of(traits, SERIOUS))
    counted = np.expm1(known.values[:, names.index("visits known")])
    routine = np.bincount(traits.business[(traits.kind == ROUTINE) & (traits.day < 16_500)], minlength=120)
    assert counted == pytest.approx(routine)


def test_inspections_have_no_room_for_who_inspected() -> None:
    """No field of the inspections says who inspected, so no model can use it."""
    names = {f.name for f in fields(Inspections)}
    assert names == {"business", "day", "kind", "violations", "severity", "lon", "lat", "traits", "opened"}


def test_training_rows_are_as_old_news_as_the_rows_that_are_asked_for(town: Inspections) -> None:
    """For a window of 60 days a past visit is described as of the first day of its own window."""
    asked = Question(np.arange(5), np.full(5, 16_600), 16_600, 60, SERIOUS)
    past = town.before(16_600)
    setting = setting_of(past, SERIOUS)
    training = training_of(past, asked, setting)
    assert training is not None
    rows = np.flatnonzero(past.day >= past.day[0] + 100)
    first = 16_600 - 60 * np.ceil((16_600 - past.day[rows]) / 60).astype(int)
    expected = columns_of(past, Asked(past.business[rows], first), setting)
    assert np.array_equal(training.columns.values, expected.values)


def test_the_model_ranks_a_city_with_districts_better_than_chance_and_knows_nothing_of_the_future(
    town: Inspections,
) -> None:
    """Premises that later had problems get higher chances; poisoning the future changes no chance."""
    origin = 16_500
    rows = np.flatnonzero((town.day >= origin) & (town.day < origin + 120))
    asked = Question(town.business[rows], np.full(len(rows), origin), origin, 120, SERIOUS)
    chance = Pooled().chance(town.before(origin), asked)
    poisoned = Pooled().chance(changed(town, town.day < origin), asked)
    assert np.array_equal(chance, poisoned)
    hit = town.severity[rows] >= SERIOUS
    assert chance[hit].mean() > chance[~hit].mean()
    assert ((chance > 0) & (chance < 1)).all()


def test_too_little_history_gives_everyone_the_base_rate() -> None:
    """With fewer than ten problems known the model says the mean and ranks nobody."""
    small = city(premises=12, days=150)
    asked = Question(np.arange(12), np.full(12, 16_150), 16_150, 0, SERIOUS)
    assert len(set(Pooled().chance(small, asked))) == 1
