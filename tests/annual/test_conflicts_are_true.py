"""A conflict is declared only where no plan exists: tiny horizons in which every plan can be tried."""

from __future__ import annotations

import dataclasses
import random
from itertools import combinations, pairwise, product

import numpy as np
import pytest

from annual.by_hand import World, broken
from annual.test_rows_bind_year import crowded, dense, random_quiet, random_row, spare
from properties.counties import over_new_year
from riskplan.case.weeks import Weeks
from riskplan.joint import merge
from riskplan.joint.lawful import Share, places
from riskplan.risk import duties, score

WEEKS = 8


@pytest.mark.parametrize("seed", range(60))
def test_the_earliest_places_are_the_most(seed):
    """Taking what fits from left to right gives the most visits, each as early as in any other choice."""
    draw = random.Random(seed)
    weeks = np.array([draw.random() < 0.8 for _ in range(WEEKS)])
    gap = draw.choice((1, 1, 2, 3))
    shares = []
    for _ in range(draw.randint(0, 3)):
        first, last = sorted(draw.sample(range(WEEKS + 1), 2))
        touch = np.array([[first <= w < last for w in range(WEEKS)], [w >= last for w in range(WEEKS)]])
        room = np.array([draw.randint(0, 2) for _ in touch])
        shares.append(Share(room, touch, draw.choice((1, 1, 2))))
    best = [
        chosen
        for size in range(WEEKS + 1)
        for chosen in combinations(np.flatnonzero(weeks).tolist(), size)
        if all(b - a >= gap for a, b in pairwise(chosen))
        and all((s.weight * s.touch[:, list(chosen)].sum(axis=1) <= s.room).all() for s in shares if chosen)
        and not any((s.touch[:, list(chosen)] & (s.room < 0)[:, None]).any() for s in shares)
    ]
    found = places(weeks, gap, shares, WEEKS)
    assert len(found) == max(len(chosen) for chosen in best)
    longest = [chosen for chosen in best if len(chosen) == len(found)]
    assert tuple(found) in longest
    assert all(a <= b for chosen in longest for a, b in zip(found, chosen, strict=True))


def tiny(case, premises, seed):
    """Return a county of few premises over a few weeks around a month's or a year's end."""
    draw = random.Random(seed)
    case = over_new_year(case, draw.choice((10, 20)), 28)
    chosen = draw.sample(range(len(case.enterprises)), premises)
    frame = case.enterprises.iloc[sorted(chosen)].copy()
    frame["credit_code"] = case.enterprises["credit_code"].iloc[0] or "same"
    names = set(frame["enterprise_id"])
    for table, column in (
        ("hazards", "enterprise_id"),
        ("closures", "enterprise_id"),
        ("visits", "object_id"),
    ):
        case = case.replace_table(table, case[table][case[table][column].isin(names)])
    return case.replace_table("enterprises", frame)


def plans(world, labels, calls):
    """Return every choice of weeks for each (premises, department) that comes often enough, as joint visits."""
    pairs = sorted(calls)
    for weeks in product(*(combinations(range(len(labels)), calls[pair]) for pair in pairs)):
        come = {}
        for (e, d), own in zip(pairs, weeks, strict=True):
            for w in own:
                come.setdefault((e, w), []).append(d)
        yield [world.planned(e, tuple(sorted(d)), labels[w]) for (e, w), d in sorted(come.items())]


@pytest.mark.parametrize("premises", [1, 2])
@pytest.mark.parametrize("seed", range(14))
def test_no_plan_exists_where_a_conflict_is_declared(seed, premises, hamlet, hamlet_rules):
    """Where all plans of joint visits can be tried and one meets every floor, no conflict is declared."""
    draw = random.Random(1000 * premises + seed)
    case = tiny(crowded(hamlet), premises, seed)
    rows = tuple(random_row(case, draw, k) for k in range(2))
    rules = spare(dense(hamlet_rules, *rows, owed=draw.choice((13.0, 26.0))))
    rules = dataclasses.replace(rules, quiet=tuple(random_quiet(draw, k) for k in range(draw.randint(0, 1))))
    scores = score(case, rules)
    owed = duties(case, rules, scores)
    department = dict(zip(case["items"]["item_id"], case["items"]["department_id"], strict=True))
    kept = sorted({department[item] for item in owed["item_id"]})[: 2 if premises == 1 else 1]
    owed = owed[owed["item_id"].map(department).isin(kept)]
    joint = merge(case, rules, scores, owed)
    world = World(case, rules, tuple(scores.table["tier"]))
    calls = {}
    for name, item, k in zip(owed["enterprise_id"], owed["item_id"], owed["visits"], strict=True):
        pair = (world.index[name], department[item])
        calls[pair] = max(calls.get(pair, 0), int(k))
    mondays = Weeks.of(case).monday.astype("datetime64[s]").astype(object)
    labels = [day.date() for day in mondays]
    exists = any(
        all(stop.days for stop in plan) and not any(broken(world, row, plan) for row in rows)
        for plan in plans(world, labels, calls)
    )
    if exists:
        assert joint.conflicts.empty
