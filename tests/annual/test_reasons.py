"""What a year plan says of itself: reasons, exchanges, relief, prices, demand and the split of the gap."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from riskplan.annual import plan_year
from riskplan.annual.compile import compile_year
from riskplan.annual.demand import demand_table
from riskplan.annual.exchange import _best, exchange
from riskplan.annual.explain import Blocks, finish
from riskplan.annual.exposure import domains_of
from riskplan.annual.lacks import Lacks
from riskplan.annual.primal import first_fit
from riskplan.audit import audit
from riskplan.joint import merge
from riskplan.progress import Stop
from riskplan.report import summary_lines
from riskplan.risk import requirements, score
from riskplan.rules.capacity import capacity_of


@pytest.fixture(scope="module")
def scarce_rules(hamlet_rules):
    """Rules under which no township of ``hamlet`` takes more than one visit a year."""
    limits = tuple(
        replace(row, amount={"*": 1}) if row.id == "township-load-year" else row
        for row in hamlet_rules.limits
    )
    return replace(hamlet_rules, limits=limits)


@pytest.fixture(scope="module")
def scarce(hamlet, scarce_rules):
    """A year plan of ``hamlet`` whose townships take too few visits."""
    return plan_year(hamlet, scarce_rules, stop=Stop(effort=0.05), seed=1)


def test_the_audit_confirms_all_that_is_said(hamlet, scarce_rules, scarce):
    """Weeks by limit, nearest weeks, exchanges and the exchange test stand up to separate code."""
    assert len(scarce["unplanned"]) > 0
    assert audit(hamlet, scarce_rules, scarce).violations == ()


def test_the_audit_finds_a_cost_or_an_amount_that_is_wrong(hamlet, scarce_rules, scarce):
    """An exchange that is said to be cheaper, and a nearest week that is said to lack more, are told."""
    table = scarce["unplanned"]
    dearer = table.assign(exchange_cost=table["exchange_cost"] + 0.002)
    report = audit(hamlet, scarce_rules, scarce.with_tables(unplanned=dearer))
    named = {(f.rule, f.message) for f in report.violations}
    assert (table["exchange_visit"] != "").any()
    assert named == {("certificate", "certificate-exchange")}
    more = [tuple(f"{one.rpartition(':')[0]}:9" for one in own) for own in table["nearest_limits"]]
    report = audit(hamlet, scarce_rules, scarce.with_tables(unplanned=table.assign(nearest_limits=more)))
    assert {f.rule for f in report.violations} == {"unplanned-nearest"}


def test_every_week_has_one_main_limit(scarce):
    """The weeks by limit of each row add up to the 53 weeks of the horizon."""
    for weeks in scarce["unplanned"]["weeks_by_limit"]:
        assert sum(int(one.rpartition(":")[2]) for one in weeks) == 53


def test_nearest_limits_are_positive_and_advice_is_given(scarce):
    """Where a week is open, something is lacking there and something is advised."""
    for row in scarce["unplanned"].to_dict("records"):
        assert row["advice"]
        assert bool(row["nearest_week"]) == (row["advice"] != ("calendar",))
        assert all(int(one.rpartition(":")[2]) > 0 for one in row["nearest_limits"])


def test_relief_lets_every_shortfall_fit(scarce):
    """All missing visits are tried out with the relaxed limits, or said to be kept out by their own."""
    relief = scarce.manifest["relief"]
    assert relief["helped"] + relief["stuck"] == len(scarce["unplanned"])
    assert relief["helped"] == 0 or relief["limits"]


def test_the_gap_is_split_without_a_rest(scarce, hamlet_plan):
    """The terms sum to objective less bound, and no term is below zero."""
    for plan in (scarce, hamlet_plan):
        facts = plan.manifest
        gap = facts["objective"]["total"] - facts["bound"]
        assert sum(facts["gap_split"].values()) == pytest.approx(gap, abs=0.02)
        assert min(facts["gap_split"].values()) >= 0
        assert facts["gap_sits_in"] in facts["gap_split"]


def test_prices_and_demand_are_told_in_both_languages(hamlet, scarce_rules, scarce):
    """Summary lines name a price and where the gap sits, in Chinese and English."""
    english = "\n".join(summary_lines(hamlet, scarce_rules, scarce, lang="en"))
    chinese = "\n".join(summary_lines(hamlet, scarce_rules, scarce, lang="zh"))
    assert "would avert" in english
    assert "The gap sits mostly in" in english
    assert "可减少" in chinese
    assert "差距主要在" in chinese


@pytest.fixture(scope="module")
def by_hand(hamlet, scarce_rules):
    """The year of ``hamlet`` with the plan that an office makes by hand, finished."""
    scores = score(hamlet, scarce_rules)
    owed = requirements(hamlet, scarce_rules, scores).duties
    joint = merge(hamlet, scarce_rules, scores, owed)
    domains, _ = domains_of(hamlet, scarce_rules, owed, list(scores.table["intensity"]), joint)
    capacity, tiers = capacity_of(hamlet, scarce_rules), list(scores.table["tier"])
    model = compile_year(hamlet, scarce_rules, joint, domains, tiers, capacity)
    state = first_fit(model.instance)
    return model, state, finish(model, state, scarce_rules)


def as_red(model, i):
    """Return the year with one enterprise red and all others blue."""
    rank = np.full(model.instance.size, 3)
    rank[i] = 0
    return replace(model, instance=replace(model.instance, rank=rank))


def test_the_exchange_test_leaves_no_red_duty_that_two_visits_keep_out(by_hand, scarce_rules):
    """Whoever is called red is planned in place of at most two others, who are left out with reasons of their own."""
    model, _, _ = by_hand
    made = 0
    for i in range(model.instance.size):
        red = as_red(model, i)
        state = first_fit(model.instance)
        final = finish(red, state, scarce_rules)
        if not any(m.i == i for m in final.missing):
            continue
        before = sum(m.i == i for m in final.missing)
        done = exchange(red, state, scarce_rules, final)
        made += done
        assert sum(m.i == i for m in final.missing) == before - done
        lacks = Lacks(Blocks(red, state, scarce_rules, final))
        assert all(_best(lacks, m) is None for m in final.missing if m.i == i)
        assert not any(lacks.blocks.free(m.i, m.content).any() for m in final.missing)
    assert made > 0


def test_demand_over_capacity_is_found_before_solving(by_hand):
    """A township that owes more visits than its caps allow is told before anything is planned."""
    model, _, _ = by_hand
    over = [x for x in demand_table(model) if x.over]
    assert over
    assert {x.scope for x in over} == {"township"}
    assert max(x.capacity for x in over) == 1
