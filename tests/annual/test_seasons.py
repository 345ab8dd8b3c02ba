"""Seasons: the course of hazards over the year in rules, exposure, pricing and the bound."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random

import numpy as np
import pytest

from riskplan.annual import plan_year
from riskplan.annual.compile import compile_year
from riskplan.annual.exposure import domains_of
from riskplan.annual.pricing import best_weeks
from riskplan.annual.state import pattern_cost
from riskplan.errors import InputError
from riskplan.joint import merge
from riskplan.plan.io import plan_files
from riskplan.progress import Stop
from riskplan.risk import duties, score
from riskplan.risk.seasons import BASE, Curve, month_factors
from riskplan.rules.capacity import capacity_of
from riskplan.rules.model import SeasonRule
from riskplan.rules.read import read_rules

SUMMER = SeasonRule((6, 7, 8), 3.0)
FIRST = dt.date(2027, 1, 1)


def in_season(rules, *rows):
    """Return rules with seasons."""
    return dataclasses.replace(rules, seasons=rows or (SUMMER,))


def model_of(case, rules):
    """Return the compiled year."""
    scores = score(case, rules)
    owed = duties(case, rules, scores)
    joint = merge(case, rules, scores, owed)
    domains, _ = domains_of(case, rules, owed, list(scores.table["intensity"]), joint)
    return compile_year(case, rules, joint, domains, list(scores.table["tier"]), capacity_of(case, rules))


def test_factors_keep_the_years_mean():
    """92 days of 3 and 273 of 1: divided by their mean; the last row about a month holds; others have no season."""
    factors = month_factors([SUMMER], "any")
    assert factors[6] == pytest.approx(3 * 365 / (92 * 3 + 273))
    assert factors[0] == pytest.approx(factors[6] / 3)
    rows = [SUMMER, SeasonRule((7,), 1.0, ("mine",))]
    assert month_factors(rows, "mine")[6] == month_factors(rows, "mine")[0]
    assert month_factors([rows[1]], "other") is None
    assert Curve.of((1.0,) * 12, FIRST, 365) is None


def test_a_gap_costs_what_its_days_cost():
    """Against a sum over days, also from long before the horizon; a constant factor gives the square."""
    curve = Curve.of(month_factors([SUMMER], ""), FIRST, 365)
    draw, factors = random.Random(3), month_factors([SUMMER], "")
    for _ in range(20):
        a = draw.randint(-16000, 364)
        b = draw.randint(max(a, 0), 365)
        want = 0
        for d in range(a, b):
            day = FIRST + dt.timedelta(days=d)
            f = BASE if d < curve.first else round(BASE * factors[day.month - 1])
            want += f * (2 * (b - d) - 1)
        assert int(curve.gap(a, b)) == want
    plain = dataclasses.replace(
        curve,
        sums=BASE * np.arange(len(curve.sums)),
        moments=BASE * (np.arange(len(curve.sums)) + curve.first) ** 2 - BASE * curve.first**2,
    )
    assert int(plain.gap(-400, 300)) == BASE * 700**2


def test_pricing_is_exact_where_domains_come_back(hamlet, hamlet_rules):
    """Model cost = true cost for every schedule whose domains are in all visits, below it where they skip some."""
    rules = in_season(hamlet_rules)
    model = model_of(hamlet, rules)
    rng, exact = np.random.default_rng(0), 0
    for group in model.instance.groups:
        if group.length < 2:
            continue
        assert group.seasons
        for r in range(len(group.owner)):
            i = int(group.owner[r])
            contents = model.merged[i].schedules[int(group.number[r])]
            left = model.merged[i].left_out[int(group.number[r])]
            carried = [set(model.domains[i].carried(c.items)) for c in contents]
            for _ in range(20):
                weeks = np.sort(rng.choice(len(model.week_day), group.length, replace=False))
                if (group.node[r, np.arange(group.length), weeks] >= 2**57).any() or left:
                    continue
                modelled = pattern_cost(group, r, weeks)
                true = model.own_cost(i, weeks.tolist(), list(contents))
                assert modelled <= true
                if all(c == carried[0] for c in carried) and len({c.items for c in contents}) == 1:
                    assert modelled == true
                    exact += 1
    assert exact > 10


def test_the_dynamic_programme_finds_the_cheapest_weeks(hamlet, hamlet_rules):
    """Against all pairs of weeks, for schedules of two visits."""
    model = model_of(hamlet, in_season(hamlet_rules))
    group = next(g for g in model.instance.groups if g.length == 2)
    values, weeks = best_weeks(group, np.zeros(group.node.shape, dtype=np.int64))
    n, tried = len(model.week_day), 0
    for r in range(min(len(group.owner), 12)):
        best = min(
            pattern_cost(group, r, np.array([a, b]))
            for a in range(n)
            for b in range(a + int(group.gap[r]), n)
            if group.clash[r, 0] < 0 or not group.clashes[group.clash[r, 0], a, b]
        )
        if best < 2**57:
            assert values[r] == best == pattern_cost(group, r, weeks[r])
            tried += 1
    assert tried


def test_the_bound_stays_below_a_plan_in_season(hamlet, hamlet_rules):
    """Plan, bound and terms hold together."""
    plan = plan_year(hamlet, in_season(hamlet_rules), stop=Stop(effort=0.2), seed=1)
    assert 0 < plan.manifest["bound"] <= plan.manifest["objective"]["total"]
    other = plan_year(hamlet, hamlet_rules, stop=Stop(effort=0.2), seed=1)
    assert list(plan.visits["week"]) != list(other.visits["week"])


def test_without_a_season_nothing_changes(hamlet, hamlet_rules, hamlet_plan):
    """A row whose months are all alike gives the plan that no row gives, byte for byte."""
    flat = in_season(hamlet_rules, SeasonRule(tuple(range(1, 13)), 2.0))
    files = [plan_files(p) for p in (hamlet_plan, plan_year(hamlet, flat, stop=Stop(effort=0.3), seed=1))]
    assert files[0] == files[1]


@pytest.mark.parametrize(
    "row",
    [
        "months = [0]\nfactor = 2.0",
        "months = [13]\nfactor = 2.0",
        "months = []\nfactor = 2.0",
        "months = [6]\nfactor = 0.01",
        "months = [6]\nfactor = 11.0",
        "months = [6]",
    ],
)
def test_impossible_seasons_are_refused(row, hamlet_folder, hamlet, tmp_path):
    """Months from 1 to 12, at least one, a factor from 0.1 to 10."""
    text = (hamlet_folder / "rules.toml").read_text(encoding="utf-8")
    (tmp_path / "rules.toml").write_text(text + f"\n[[season]]\n{row}\n", encoding="utf-8")
    with pytest.raises(InputError):
        read_rules(tmp_path / "rules.toml", hamlet)
