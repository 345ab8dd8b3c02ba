"""Random plans: spacing, caps and reasons agree with a naive second implementation."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from dataclasses import replace

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from audit.county import County, county, visit
from audit.county_case import table
from how_many import examples
from riskplan.audit.dates import date_text, week_label
from riskplan.audit.reasons import Attempt, Room
from riskplan.audit.world import World

FEW = settings(
    max_examples=examples(20, 80), deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate)
)
"""Found faults are not made smaller here: a quick test need not search for the smallest."""
FIRST = dt.date(2027, 1, 4).toordinal()

planned_visit = st.tuples(
    st.sampled_from(["E1", "E1", "E2", "E5"]), st.integers(0, 90), st.booleans(), st.sampled_from("aab")
)
ledger_visit = st.tuples(
    st.sampled_from(["E1", "E2"]), st.integers(-60, 90), st.sampled_from(["daily", "case"])
)


def random_county(planned: list[tuple], ledger: list[tuple]) -> County:
    """Return a county with these visits and nothing owed; ``ledger`` are fixed visits of B."""
    made = county()
    made.rules = replace(made.rules, duties=())
    made.duties, made.teams, made.routes, made.visits = [], [], [], []
    for number, (enterprise, offset, dated, letters) in enumerate(planned):
        day = FIRST + offset
        items = ("a1",) if letters == "a" else ("b1",)
        fields = {"date": date_text(day)} if dated else {}
        made.visits.append(visit(f"v{number:02d}", enterprise, week_label(day), items, **fields))
    rows = [
        {
            "visit_id": f"f{n:02d}",
            "object_id": e,
            "date": date_text(FIRST + o),
            "departments": ("B",),
            "kind": k,
            "fixed": True,
        }
        for n, (e, o, k) in enumerate(ledger)
    ]
    made.case = made.case.replace_table("visits", table("visits", *rows))
    made.change("enterprises", "E1", credit_code="one")
    made.change("enterprises", "E2", credit_code="one")
    return made


def possible(row: dict) -> list[dt.date]:
    """Return every day on which a visit of the plan may fall."""
    if row["date"]:
        return [dt.date.fromisoformat(row["date"])]
    year, week = row["week"].split("-W")
    return [dt.date.fromisocalendar(int(year), int(week), d) for d in range(1, 8)]


def naive_visits(made: County) -> list[tuple[str, str, bool, list[dt.date], tuple[str, ...]]]:
    """Return (id, enterprise, planned, possible days, departments) of all visits that count."""
    planned = [(v["visit_id"], v["enterprise_id"], True, possible(v), v["departments"]) for v in made.visits]
    known = [row for row in made.case["visits"].to_dict("records") if row["kind"] != "case"]
    fixed = [(r["visit_id"], r["object_id"], False, [r["date"].date()], r["departments"]) for r in known]
    return planned + fixed


def naive_spacing(made: County) -> set[str]:
    """Return the ids of visits that stand too soon after another one, over all pairs of days."""
    amount = {"E1": 60, "E2": 120, "E5": 365}
    rows = sorted(naive_visits(made), key=lambda r: (r[3][0], r[3][-1], r[0]))
    late = set()
    for i, (_, enterprise, planned, own_days, _) in enumerate(rows):
        for _, other, other_planned, days, _ in rows[:i]:
            gap = min(abs((a - b).days) for a in own_days for b in days)
            if other == enterprise and (planned or other_planned) and gap < amount[enterprise]:
                late.add(rows[i][0])
    return late


@FEW
@given(st.lists(planned_visit, min_size=3, max_size=7), st.lists(ledger_visit, max_size=4))
def test_spacing_agrees_with_all_pairs_of_days(planned, ledger):
    """The later visit of every pair that can come too near is found, and no other."""
    made = random_county(planned, ledger)
    found = [f for f in made.audit().violations if f.rule == "enterprise-spacing"]
    windows = {f.window for f in found}
    naive = naive_spacing(made)
    days = {r[0]: r[3] for r in naive_visits(made)}
    expected = {
        days[n][0].isoformat() if len(days[n]) == 1 else week_label(days[n][0].toordinal()) for n in naive
    }
    assert len(found) == len(naive)
    assert windows == expected


@FEW
@given(st.lists(planned_visit, min_size=5, max_size=12), st.lists(ledger_visit, max_size=5))
def test_caps_agree_with_a_plain_count(planned, ledger):
    """Per legal person, organ and year, per township, week and year, the audit's counts are a plain count."""
    made = random_county(planned, ledger)
    made.amount("organ-enterprise-year", amount={"red": 1, "orange": 1, "blue": 1})
    made.amount("enterprise-year", amount={"red": 2, "orange": 1, "blue": 1})
    made.amount("township-load-week", amount={"T1": 1, "*": 1})
    made.amount("township-load-year", amount={"*": 3})
    key = {"E1": "one", "E2": "one", "E5": "E5"}
    town = {"E1": "T1", "E2": "T1", "E5": "T2"}
    cap = {
        "organ-enterprise-year": 1,
        "enterprise-year": {"one": 2, "E5": 1},
        "township-load-week": 1,
        "township-load-year": 3,
    }
    counts: Counter[tuple[str, str, str]] = Counter()
    with_plan = set()
    for _, enterprise, is_planned, days, departments in naive_visits(made):
        year, week = str(days[0].year), days[0].strftime("%G-W%V")
        keys = [("organ-enterprise-year", f"{key[enterprise]}/{d}", year) for d in departments]
        keys += [("enterprise-year", key[enterprise], year), ("township-load-year", town[enterprise], year)]
        keys += [("township-load-week", town[enterprise], week)]
        counts.update(keys)
        with_plan |= set(keys) if is_planned else set()
    expected = set()
    for (rule, scope, window), number in counts.items():
        most = cap[rule][scope] if rule == "enterprise-year" else cap[rule]
        if number > most and (rule, scope, window) in with_plan:
            expected.add((rule, scope, window, number - most))
    found = {(f.rule, f.scope_key, f.window, f.excess) for f in made.audit().violations if f.rule in cap}
    assert found == expected


def one_more(made: County, week: str) -> set[str]:
    """Return the rules that the plan breaks once one more visit to E5 stands in a week."""
    trial = County(**vars(made))
    trial.visits = [*made.visits, visit("trial", "E5", week)]
    return {f.rule for f in trial.audit().violations if "trial" in f.evidence}


@settings(FEW, max_examples=examples(8, 24))
@given(
    st.lists(planned_visit, min_size=3, max_size=8), st.lists(ledger_visit, max_size=4), st.integers(0, 10**6)
)
def test_reasons_are_those_that_one_more_visit_would_break(planned, ledger, seed):
    """A limit blocks a week by the re-test exactly when a plan with the visit in that week breaks it."""
    made = random_county(planned, ledger)
    draw = random.Random(seed)
    made.amount("enterprise-year", amount={"blue": draw.choice([1, 2, 9])})
    made.amount("organ-enterprise-year", amount={"blue": draw.choice([1, 2, 9])})
    made.amount("enterprise-spacing", amount={"blue": draw.choice([10, 40])})
    made.amount("township-load-week", amount={"*": draw.choice([1, 2])})
    made.amount("township-load-year", amount={"*": draw.choice([4, 20])})
    for name in ("other_enforcement_share", "non_enforcement_share", "reserve_share", "exempt_share"):
        made.settings("capacity", **{name: 0.0})
    made.settings("capacity", minutes_per_day=draw.choice([6, 12, 24]), week_flex=draw.choice([1.0, 3.0]))
    made.settings("day", max_visits=1)
    made.rows(
        "leave", *({"officer_id": f"a{n}", "first": "2027-01-04", "last": "2027-01-08"} for n in (1, 2, 3))
    )
    room = Room(World(made.case, made.rules, made.plan()))
    broken = room.broken(Attempt(4, ("A", "B"), 75))
    open_weeks = room.open_weeks(4)
    for week in (1, 2, 4, 6, 9, 13, 22):
        label = room.week_labels[week]
        assert open_weeks[week]
        assert {name for name, weeks in broken.items() if weeks[week]} == one_more(made, label)


def test_open_weeks_are_those_in_which_a_visit_may_stand():
    """The re-test's open weeks are the weeks in which an undated visit passes the calendar check."""
    made = county()
    made.change("enterprises", "E5", closed_days=(1, 2, 3, 4), open_months=(1, 2, 5))
    made.rows("closures", {"enterprise_id": "E5", "first": "2027-02-10", "last": "2027-02-20"})
    room = Room(World(made.case, made.rules, made.plan()))
    for label, is_open in zip(room.week_labels, room.open_weeks(4), strict=True):
        made.visits = [visit("trial", "E5", label)]
        rules = {f.rule for f in made.audit().violations if "trial" in f.evidence}
        assert is_open == ("workday" not in rules)


def test_order_of_rows_changes_nothing():
    """Shuffled tables of case and plan give the same findings in the same order."""
    made = county()
    made.amount("organ-enterprise-year", amount={"red": 1})
    made.amount("township-load-week", amount={"*": 0, "T1": 0})
    made.visits.append(visit("E5-1", "E5", "2027-W25"))
    before = made.audit().findings
    draw = random.Random(5)
    for name in ("visits", "duties", "scores", "routes"):
        draw.shuffle(getattr(made, name))
    for name in ("enterprises", "officers", "items", "visits", "departments", "townships"):
        frame = made.case.tables[name]
        made.case = made.case.replace_table(name, frame.iloc[draw.sample(range(len(frame)), len(frame))])
    assert made.audit().findings == before
    assert len(before) > 10
