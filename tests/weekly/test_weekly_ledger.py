"""The ledger and whole weeks against a naive count, over random rows, visits and calendars."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from row_counter import calls_of, officers_over, open_days, over, over_calls, world_of
from test_weekly_rows import CAPS, KEPT, SPACINGS, bare, made, week_of
from week_evaluator import faults_of_week
from week_sample import DEPARTMENTS, WEEK, done_visits, sample_case, sample_plan

from how_many import examples
from riskplan.case.weeks import Weeks, week_label
from riskplan.plan.tables import Plan
from riskplan.rules.model import TIERS, Filter, Limit, QuietRule
from riskplan.weekly.entries import days_since_1970, monday_of, tiers_of
from riskplan.weekly.ledger import Ledger
from riskplan.weekly.offer import offer_week

SMALL = 7
ENOUGH = 15


def world(seed: int):
    """Return a seeded county of shared codes, villages, sizes, lists, systems, months and closures."""
    rng = np.random.default_rng(seed)

    def pick(*values, n=SMALL):
        return [values[k] for k in rng.integers(0, len(values), n)]

    case = sample_case(
        SMALL, seed, officers=4, credit_code=pick("", "91X", "91Y"), village_code=pick("", "V1", "V2"),
        size=pick("large", "small"), sector=pick("any", "other"), open_months=pick((), (), (1, 3, 4, 7)),
        policy_list=pick((), ("list",), ("list", "more")), opens=480, closes=1080,
    )  # fmt: skip
    villages = pd.DataFrame({"village_code": ["V1", "V2"], "name": "V", "township_code": ["T1", "T2"]})
    known = done_visits(*(_known(rng, k) for k in range(8)))
    known["object_kind"] = ["enterprise"] * 6 + ["township", "village"]
    known["object_id"] = [*known["object_id"][:6], "T1", "V1"]
    known["kind"] = pick("daily", "daily", "special", "complaint", n=8)
    tables = {
        "villages": villages.reindex(columns=case["villages"].columns),
        "departments": case["departments"].assign(system=["S", "S", "R", ""]),
        "visits": known,
    }
    for name, table in tables.items():
        case = case.replace_table(name, table)
    return case, rng


def _known(rng, number: int):
    day = dt.date(2027, 1, 4) + dt.timedelta(days=int(rng.integers(-40, 120)))
    organs = sorted(rng.choice(DEPARTMENTS, rng.integers(1, 3), replace=False))
    return f"F{number}", f"E{rng.integers(0, SMALL):02d}", str(day), organs


def random_plan(case, rng, weeks) -> Plan:
    """Return a visit at each premises in one of some weeks, some dated on an open workday."""
    needs = [sorted(rng.choice(DEPARTMENTS, rng.integers(1, 4), replace=False)) for _ in range(SMALL)]
    tiers = [TIERS[k] for k in rng.integers(0, 4, SMALL)]
    plan = sample_plan(case, needs, tiers=tiers)
    visits = plan.visits.assign(week=[weeks[k] for k in rng.integers(0, len(weeks), SMALL)])
    dates = [
        str(np.datetime64(monday_of(week) + int(rng.integers(0, 2)), "D")) if rng.random() < 0.5 else ""
        for week in visits["week"]
    ]
    return plan.with_tables(visits=visits.assign(date=dates))


def random_row(rng, kind: str, scope: str, window: str, name: str = "row") -> Limit:
    """Return a row of a form, with a filter, kinds and amounts by chance."""
    filters = (
        Filter(), Filter(), Filter(sizes=("large",)), Filter(departments=("A", "C")), Filter(policy_lists=("more",)),
        Filter(tiers=("red", "blue"), sectors=("any",)), Filter(townships=("T1", "T2")),
    )  # fmt: skip
    high = 40 if kind == "spacing" else 3
    premises = "enterprise" in scope
    keys = {
        "township": ["T1", "*"],
        "village": ["V1", "*"],
        "department": ["A", "*"],
        "officer": ["A", "B", "*"],
    }
    chosen = ["red", "yellow", "*"] if premises else keys[scope]
    return Limit(
        name, kind, scope, window, "visits", {k: int(rng.integers(1, high)) for k in chosen},
        rolling_days=int(rng.integers(2, 30)) if window == "rolling" and kind == "cap" else 0,
        kinds_counted=() if rng.random() < 0.7 else ("daily", "complaint"),
        objects=("enterprise",) if premises or rng.random() < 0.5 else ("enterprise", "township", "village"),
        filter=filters[rng.integers(0, len(filters))],
    )  # fmt: skip


FORMS = [("cap", *form) for form in CAPS] + [("spacing", scope, "rolling") for scope in SPACINGS]


@pytest.mark.parametrize("form", FORMS, ids="-".join)
def test_the_ledger_agrees_with_a_naive_count(form):
    """In every week and on some days, a row blocks a visit if and only if the naive count finds it broken there."""
    blocked = 0
    for seed in range(6):
        if blocked > ENOUGH:
            return
        case, rng = world(seed)
        rules = bare(random_row(rng, *form), quiet=(QuietRule("q", "per_month", per_month=3),))
        plan = random_plan(case, rng, ["2027-W01", "2027-W12", "2027-W13", "2027-W17"])
        ledger = Ledger(case, rules, plan, tiers_of(case, plan, TIERS[-1]))
        around, calls = world_of(case, plan), calls_of(case, plan)
        for visit in plan.visits["visit_id"][: examples(2, 3)]:
            entry = ledger.entry(visit)
            ledger.take(entry)
            for week, date in places(plan, case):
                day = None if not date else int(np.datetime64(date, "D").astype(int))
                moved = entry.in_week(monday_of(week)) if day is None else entry.on_day(day)
                naive = over_calls(around, rules, with_moved(calls, visit, moved), visit)
                assert (ledger.blocked(moved) is not None) == bool(naive)
                blocked += bool(naive)
            ledger.put(entry)
    assert blocked


def with_moved(calls, visit: str, moved) -> list[dict]:
    """Return the visits with one elsewhere."""
    days = [np.datetime64(day, "D").astype(object) for day in range(moved.first, moved.last + 1)]
    return [{**c, "days": days, "dated": len(days) == 1} if c["id"] == visit else c for c in calls]


def places(plan: Plan, case) -> list[tuple[str, str]]:
    """Return weeks undated and days to try: near the visits that stand, and where months and quarters meet."""
    known = [str(d.date()) for d in case["visits"]["date"] if d.year == 2027]
    days = sorted({*known, *plan.visits["date"]} - {""})
    weeks = sorted({*plan.visits["week"], "2027-W02", "2027-W09", "2027-W26", "2027-W39"})
    dated = [(week_label(dt.date.fromisoformat(d)), d) for d in days]
    return [*((week, "") for week in weeks), *dated]


def moved_to(plan: Plan, visit: str, week: str, date: str) -> Plan:
    """Return the plan with a visit elsewhere."""
    visits = plan.visits.copy()
    visits.loc[visits["visit_id"] == visit, ["week", "date"]] = [week, date]
    return plan.with_tables(visits=visits)


@pytest.mark.parametrize("seed", range(examples(6, 12)))
def test_random_weeks_keep_random_rows(seed):
    """Whatever three rows hold, the visits made keep them all, and what is left out names one of the reasons."""
    case, rng = world(seed)
    lines = [KEPT[k] for k in rng.integers(0, len(KEPT), 2)]
    lines.append([line for line in KEPT if line.window == "day"][rng.integers(0, 7)])
    rows = [
        random_row(rng, line.kind, line.scope, line.window, f"row{k}")
        for k, line in enumerate(lines)
    ]  # fmt: skip
    rules = bare(*rows)
    plan = random_plan(case, rng, [WEEK, WEEK, "2027-W13"])
    base = plan.with_tables(visits=plan.visits.assign(date=""))
    out = week_of(case, rules, base)
    assert faults_of_week(case, rules, out, WEEK) == []
    assert officers_over(case, rules, out) == []
    for visit in made(out).visits.query("date != ''")["visit_id"]:
        assert over(case, rules, made(out), visit) == []
    assert set(out["unplanned"]["reason"]) <= {"cap", "window", "crew", "time"}


@pytest.mark.parametrize("form", FORMS, ids="-".join)
def test_offered_weeks_are_lawful(form):
    """The first later week is offered in which the visit breaks no row undated, and none on one of its open days."""
    for seed in range(examples(1, 2)):
        case, rng = world(seed)
        rules = bare(random_row(rng, *form))
        plan = random_plan(case, rng, [WEEK, "2027-W13", "2027-W14"])
        visit = str(plan.visits["visit_id"].iloc[0])
        plan = moved_to(plan, visit, WEEK, "")
        ledger = Ledger(case, rules, plan, tiers_of(case, plan, TIERS[-1]))
        entry = ledger.entry(visit)
        found = offer_week(ledger, entry)
        assert ledger.entry(visit).monday == monday_of(found or WEEK)
        around, calls = world_of(case, plan), calls_of(case, plan)
        labels = Weeks.of(case).labels
        for week in labels[labels.index(WEEK) + 1 :]:
            undated = entry.in_week(monday_of(week))
            free = [
                day
                for day in open_days(case, rules, *call_of(calls, visit, undated), *around[1:3])
                if not over_calls(
                    around, rules, with_moved(calls, visit, entry.on_day(days_since_1970(day))), visit
                )
            ]
            lawful = bool(free) and not over_calls(around, rules, with_moved(calls, visit, undated), visit)
            assert lawful == (week == found)
            if lawful:
                break


def call_of(calls, visit: str, moved) -> list[dict]:
    """Return one visit as it would stand elsewhere."""
    return [c for c in with_moved(calls, visit, moved) if c["id"] == visit]
