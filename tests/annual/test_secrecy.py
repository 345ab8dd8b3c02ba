"""Weeks drawn by a secret: exact weights, same bytes, within the budget, lawful, announced visits unmoved."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest

from riskplan.annual import plan_year
from riskplan.annual.boltzmann import weigh
from riskplan.annual.compile import compile_year
from riskplan.annual.drawing import restore
from riskplan.annual.engine import solve_arrays
from riskplan.annual.explain import finish
from riskplan.annual.exposure import domains_of
from riskplan.annual.flatten import flatten
from riskplan.annual.instance import FORBIDDEN, Schedules
from riskplan.annual.secrecy import drawn_year, movable
from riskplan.annual.terms import objective_terms
from riskplan.audit import audit
from riskplan.joint import merge
from riskplan.plan.io import plan_files
from riskplan.plan.secret import Secret
from riskplan.progress import Stop
from riskplan.risk import duties, score
from riskplan.rules.capacity import capacity_of

FIRST, SECOND = Secret(b"1" * 32), Secret(b"2" * 32)
WEEKS, TEMPERATURE = 7, 900.0


def three_visits(count, seed):
    """Return schedules of three visits in 7 weeks with random costs, shut weeks and a pair of weeks that clash."""
    rng = np.random.default_rng(seed)
    node = rng.integers(0, 3000, (count, 3, WEEKS))
    node[rng.random(node.shape) < 0.2] = FORBIDDEN
    clashes = np.zeros((1, WEEKS, WEEKS), dtype=bool)
    clashes[0, 1, 3] = clashes[0, 2, 5] = True
    return Schedules(
        owner=np.zeros(count, dtype=np.int64),
        number=np.arange(count),
        node=node,
        quadratic=rng.integers(0, 4, (count, 2)),
        linear=rng.integers(0, 20, (count, 2)),
        constant=rng.integers(0, 2000, count),
        minutes=np.zeros((count, 3, 1), dtype=np.int64),
        crews=np.zeros((count, 3, 1), dtype=np.int64),
        gap=rng.integers(1, 3, count),
        left_out=np.zeros(count, dtype=np.int64),
        clash=np.array([[0, -1], [-1, 0], [-1, -1]])[:count],
        clashes=clashes,
    )


def by_hand(s):
    """Return the weight of every lawful pattern, from the definition of the cost."""
    result = {}
    for r in range(len(s.owner)):
        for weeks in itertools.combinations(range(WEEKS), 3):
            pairs = list(itertools.pairwise(weeks))
            costs = [int(s.node[r, j, w]) for j, w in enumerate(weeks)]
            bad = any(b - a < s.gap[r] for a, b in pairs) or max(costs) >= FORBIDDEN
            if bad or any(s.clash[r, j] >= 0 and s.clashes[s.clash[r, j]][p] for j, p in enumerate(pairs)):
                continue
            days = [7 * (b - a) for a, b in pairs]
            arcs = [int(s.quadratic[r, j] * d * d + s.linear[r, j] * d) for j, d in enumerate(days)]
            result[r, weeks] = np.exp(-(sum(costs) + sum(arcs) + int(s.constant[r])) / TEMPERATURE)
    whole = sum(result.values())
    return {pattern: weight / whole for pattern, weight in result.items()}


@pytest.mark.parametrize("seed", range(3))
def test_every_pattern_of_an_enterprise_comes_by_its_weight(seed):
    """6,000 draws against all patterns listed by hand: within 0.03 each, and none that is not lawful."""
    schedules = three_visits(3, seed)
    right = by_hand(schedules)
    weighed = weigh(schedules, np.zeros((3, 3, WEEKS), dtype=np.int64), TEMPERATURE)
    stream, drawn = Secret(bytes([seed]) * 32).stream("test"), dict.fromkeys(right, 0)
    for _ in range(6000):
        drawn[weighed.draw(stream)] += 1
    assert max(abs(drawn[p] / 6000 - right[p]) for p in right) < 0.03


def test_entropies_add_up_to_that_of_the_pattern():
    """Chain rule: uncertainty of the visits, each given those before, is that of the whole pattern, by hand."""
    schedules = three_visits(1, 4)
    chances = np.array(list(by_hand(schedules).values()))
    bits = weigh(schedules, np.zeros((1, 3, WEEKS), dtype=np.int64), TEMPERATURE).entropies()
    assert sum(bits) == pytest.approx(-(chances * np.log2(chances)).sum())


def test_where_nothing_is_lawful_nothing_is_possible():
    """All weeks shut: no pattern, and no warning about logarithms."""
    schedules = three_visits(2, 5)
    assert not weigh(schedules, np.full((2, 3, WEEKS), FORBIDDEN), TEMPERATURE).possible


@pytest.fixture(scope="module")
def drawn(hamlet, hamlet_rules):
    """The year of ``hamlet`` drawn by the first secret, and every event of its progress."""
    events = []
    run = {"stop": Stop(effort=0.3), "seed": 1, "on_progress": events.append}
    return plan_year(hamlet, hamlet_rules, **run, secret=FIRST), events


def test_the_same_secret_gives_the_same_bytes(hamlet, hamlet_rules, drawn):
    """Twice drawn, twice the same files."""
    again = plan_year(hamlet, hamlet_rules, stop=Stop(effort=0.3), seed=1, secret=FIRST)
    assert plan_files(again) == plan_files(drawn[0])


def weeks_of(plan):
    """Return visit -> week."""
    return plan.visits.set_index("visit_id")["week"]


def test_another_secret_gives_other_weeks(hamlet, hamlet_rules, hamlet_plan, drawn):
    """At least a third of the unannounced visits differ between two secrets, and from the plan without one."""
    other = plan_year(hamlet, hamlet_rules, stop=Stop(effort=0.3), seed=1, secret=SECOND)
    secretly = ~drawn[0].visits.set_index("visit_id")["announced"]
    for plan in (other, hamlet_plan):
        assert (weeks_of(plan) != weeks_of(drawn[0]))[secretly].mean() > 1 / 3


def test_a_drawn_plan_is_lawful_and_within_its_budget(hamlet, hamlet_rules, hamlet_plan, drawn):
    """The audit agrees, as many visits are planned, and the objective rises by 1 % at most."""
    m, before = drawn[0].manifest, hamlet_plan.manifest["objective"]["total"]
    assert audit(hamlet, hamlet_rules, drawn[0]).ok
    assert len(drawn[0].visits) == len(hamlet_plan.visits)
    assert m["counts"]["unplanned"] == hamlet_plan.manifest["counts"]["unplanned"]
    assert m["secrecy"]["objective_before"] == before
    assert m["bound"] <= m["objective"]["total"] <= 1.01 * before + 0.001


def with_announced(case, kept_quiet):
    """Return a case in which only some items come unannounced."""
    items = case["items"].assign(announced=~case["items"]["item_id"].isin(kept_quiet))
    return dataclasses.replace(case, tables={**case.tables, "items": items})


def test_announced_visits_keep_their_weeks(hamlet, hamlet_rules):
    """Only MARKET-04 comes unannounced: other visits stay, those of the same enterprise too, and some with it move."""
    case, run = with_announced(hamlet, {"MARKET-04"}), {"stop": Stop(effort=0.1), "seed": 1}
    plain = plan_year(case, hamlet_rules, **run).visits.set_index("visit_id")
    plan = plan_year(case, hamlet_rules, **run, secret=FIRST)
    told = plain["announced"]
    assert plain.groupby("enterprise_id")["announced"].nunique().max() == 2
    assert (plain["week"] == weeks_of(plan))[told].all()
    assert (plain["week"] != weeks_of(plan))[~told].any()
    assert audit(case, hamlet_rules, plan).ok


def test_where_all_is_announced_nothing_moves(hamlet, hamlet_rules):
    """No visit may move, so the plan stays and is called predictable."""
    case, run = with_announced(hamlet, set()), {"stop": Stop(effort=0.1), "seed": 1}
    plan = plan_year(case, hamlet_rules, **run, secret=FIRST)
    assert plan.visits.equals(plan_year(case, hamlet_rules, **run).visits)
    assert plan.manifest["predictable"] is True


def test_without_a_budget_nothing_moves(hamlet, hamlet_rules, hamlet_plan):
    """A share of 0 leaves the plan as it was, and says that it is predictable."""
    objective = dataclasses.replace(hamlet_rules.objective, secrecy_share=0.0)
    rules = dataclasses.replace(hamlet_rules, objective=objective)
    plan = plan_year(hamlet, rules, stop=Stop(effort=0.3), seed=1, secret=FIRST)
    assert plan.visits.equals(hamlet_plan.visits)
    assert plan.manifest["predictable"] is True


def test_only_the_hash_is_told(hamlet_plan, drawn):
    """No file holds the secret in any writing; progress tells no cost of the walk; without a secret: predictable."""
    plan, events = drawn
    text = "".join(plan_files(plan).values())
    assert FIRST.sha256 in text
    assert FIRST.value.hex() not in text
    assert FIRST.value.decode() not in text
    assert plan.manifest["predictable"] is False
    walk = [e for e in events if e.phase == "secret"]
    assert len(walk) > 1
    assert all(e.incumbent is None and e.bound is None and e.gap is None for e in walk)
    assert hamlet_plan.manifest["predictable"] is True
    assert "secrecy" not in hamlet_plan.manifest


def test_the_walk_knows_its_exact_cost(hamlet, hamlet_rules):
    """Step by step it adds up what the terms of the two plans differ by: exposure, trips, unevenness."""
    scores = score(hamlet, hamlet_rules)
    owed = duties(hamlet, hamlet_rules, scores)
    joint = merge(hamlet, hamlet_rules, scores, owed)
    domains, _ = domains_of(hamlet, hamlet_rules, owed, list(scores.table["intensity"]), joint)
    tiers, capacity = list(scores.table["tier"]), capacity_of(hamlet, hamlet_rules)
    model = compile_year(hamlet, hamlet_rules, joint, domains, tiers, capacity)
    flat = flatten(model.instance)
    state = flat.state(model.instance, solve_arrays(flat.arrays, stop=Stop(effort=0.3), seed=1).plan)
    begun = finish(model, state, hamlet_rules)
    before = sum(objective_terms(model, begun, hamlet_rules).values())
    announced = dict(zip(hamlet["items"]["item_id"], hamlet["items"]["announced"], strict=True))
    who, budget = movable(model, state, announced), before // 100
    made = drawn_year(model, (state, begun), who, FIRST.stream("test"), budget)
    ended = finish(model, restore(model.instance, list(state.placed)), hamlet_rules)
    after = sum(objective_terms(model, ended, hamlet_rules).values())
    assert made.moved > 0
    assert made.cost == after - before
    assert made.cost <= budget
