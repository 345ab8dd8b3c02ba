"""Random rows over random visits: the audit counts what a plain second counter counts."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from audit import brute
from audit.county import County, visit
from audit.county_case import days, table
from audit.lines import empty
from how_many import examples
from riskplan.audit import LIMIT_CHECKS, checks
from riskplan.audit.dates import date_text, week_label
from riskplan.audit.findings import Finding
from riskplan.audit.reasons import Attempt, Room
from riskplan.audit.world import World
from riskplan.rules.model import Filter, Limit, QuietRule

FIRST = dt.date(2027, 3, 8).toordinal()
MANY = settings(
    max_examples=examples(15, 60), deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate)
)
"""Found faults are not made smaller here: a quick test need not search for the smallest."""
WINDOWS = ("day", "week", "month", "quarter", "year")
SCOPES = ("enterprise", "organ-enterprise", "system-enterprise", "township", "village", "department")
PREMISES = SCOPES[:3]

where = st.sampled_from([
    *(("enterprise", e) for e in ("E1", "E1", "E1", "E4", "E4", "E2")),
    ("township", "T1"),
    ("village", "V2"),
])
kinds = st.sampled_from(["daily"] * 5 + ["case", "special"])
organs = st.sampled_from([("A",), ("B",), ("A", "B"), ("A", "B")])
near = st.sampled_from([-3, 0, 9, 14, 17, 20, *range(21, 28), 21, 22, 23, 23, 24, 24, 25, 28, 31, 38])
"""Days after ``FIRST``: most lie in the week in which March ends, whose Friday is off."""
planned = st.lists(st.tuples(where, near, st.booleans(), organs, kinds), min_size=8, max_size=14)
known = st.lists(st.tuples(where, near, organs, kinds), min_size=1, max_size=4)
filters = st.sampled_from([
    *[Filter()] * 5,
    *(Filter(sectors=("mine",)), Filter(tiers=("red",)), Filter(tiers=("yellow",), sectors=("plant",))),
    *(Filter(townships=("T1",)), Filter(townships=("T2",)), Filter(townships=("T2",), departments=("A",))),
    *(Filter(departments=("A",)), Filter(departments=("B",))),
])  # fmt: skip
amounts = {
    "premises": st.sampled_from([
        ("tier", {"*": 1}), ("tier", {"red": 0, "yellow": 2}), ("sector", {"mine": 1, "*": 0}),
        ("size", {"small": 0}), ("township", {"T1": 1}),
    ]),
    "township": st.sampled_from([("tier", {"T1": 1}), ("tier", {"*": 2, "T2": 0})]),
    "village": st.sampled_from([("tier", {"V1": 0}), ("tier", {"*": 1})]),
    "department": st.sampled_from([("tier", {"A": 1}), ("tier", {"*": 2})]),
}  # fmt: skip
quiet_row = st.builds(
    QuietRule,
    id=st.just("quiet"),
    mode=st.sampled_from(["days_1_25", "per_month", "days", "days"]),
    per_month=st.just(3),
    days=st.just((29, 30, 31)),
    months=st.sampled_from([(), (), (3,), (4,)]),
    kinds=st.sampled_from([("daily",), ("daily", "special", "case")]),
    filter=filters,
)
quiet_rows = st.lists(quiet_row, min_size=1, max_size=2).map(
    lambda rows: tuple(replace(r, days=r.days if r.mode == "days" else ()) for r in rows)
)


@st.composite
def rows(draw: st.DrawFn, kind: str, scope: str, window: str) -> Limit:
    """Return a random row of a combination; most are about everybody and count ordinary visits."""
    by, amount = draw(amounts.get(scope, amounts["premises"]))
    places = [("enterprise",)] * 3 + [("enterprise", "township", "village"), ("township", "village")]
    return Limit(
        "row", kind, scope, window, "visits", amount,
        rolling_days=draw(st.sampled_from([1, 4, 9, 30])) if window == "rolling" and kind != "spacing" else 0,
        objects=("enterprise",) if scope in PREMISES else draw(st.sampled_from(places)),
        kinds_counted=draw(st.sampled_from([(), (), (), ("daily",), ("case", "daily")])),
        kinds_exempt=draw(st.sampled_from([(), (), ("special",)])),
        by=by, filter=draw(filters),
    )  # fmt: skip


def gaps(made: County) -> list[int]:
    """Return the smallest possible distances of any two visits [days]."""
    found = [v.days for v in brute.seen(made)]
    pairs = ((a, b) for k, a in enumerate(found) for b in found[:k])
    return sorted({min(abs((x - y).days) for x in a for y in b) for a, b in pairs})


def nearly(made: County, data: st.DataObject) -> County:
    """Set the row so that it just holds, or just does not, for some visits: days that meet a gap, a count as amount."""
    row = made.rules.limits[0]
    if row.rolling_days:
        gap = data.draw(st.sampled_from(gaps(made)))
        row = replace(row, rolling_days=max(1, gap + data.draw(st.sampled_from([0, 1]))))
    none = replace(row, amount={"*": 0})
    if row.rolling_days:
        figures = sorted(set(brute.fullest(made, none).values()))
    else:
        figures = sorted({n for _, _, n in brute.over(made, none)})
    if figures and data.draw(st.sampled_from([True, True, False])):
        most = max(0, data.draw(st.sampled_from(figures)) - data.draw(st.sampled_from([0, 1, 1])))
        row = replace(row, amount={"*": most})
    made.rules = replace(made.rules, limits=(row,))
    return made


def made_of(plan: list, ledger: list, row: Limit, quiet: tuple[QuietRule, ...] = ()) -> County:
    """Return a county with these visits, one row, quiet rows, and E1 and E4 of one legal person."""
    made = empty("2027-01-01", "2027-12-31")
    made.case = replace(made.case, days=days("2027-01-01", "2027-12-31", off=("2027-04-02",)))
    made.rules = replace(made.rules, limits=(row,), quiet=quiet)
    for name in ("E1", "E4"):
        made.change("enterprises", name, credit_code="one")
    made.change("enterprises", "E4", size="small", village_code="V2", closed_days=(3,))
    made.rows("villages", {"village_code": "V2", "name": "Dale", "township_code": "T2"})
    made.change("departments", "C", system="")
    for n, ((kind, name), offset, dated, departments, of) in enumerate(plan):
        items = tuple({"A": "a1", "B": "b1"}[d] for d in departments)
        fields = {"date": date_text(FIRST + offset)} if dated else {}
        made.visits.append(
            visit(f"v{n}", name, week_label(FIRST + offset), items, object_kind=kind, kind=of, **fields)
        )
    made.case = made.case.replace_table("visits", table("visits", *(
        {"visit_id": f"f{n}", "object_kind": kind, "object_id": name, "date": date_text(FIRST + offset),
         "departments": departments, "kind": of, "fixed": True}
        for n, ((kind, name), offset, departments, of) in enumerate(ledger)
    )))  # fmt: skip
    return made


def judged(made: County) -> tuple[Finding, ...]:
    """Return what the check of the only row finds."""
    row = made.rules.limits[0]
    check = getattr(checks, LIMIT_CHECKS[row.combination()])
    return check(World(made.case, made.rules, made.plan())).findings


@pytest.mark.parametrize("scope", SCOPES)
@MANY
@given(planned, known, quiet_rows, st.data())
def test_windows_hold_what_a_plain_count_says(scope, plan, ledger, quiet, data):
    """Key, window and figure of every exceeded cap or alarm are those of the plain counter, and no others."""
    kind = data.draw(st.sampled_from(("cap", "cap", "alarm")))
    window = data.draw(st.sampled_from((*WINDOWS, "month", "quarter")))
    made = nearly(made_of(plan, ledger, data.draw(rows(kind, scope, window)), quiet), data)
    found = [(f.scope_key, f.window, f.counted) for f in judged(made)]
    assert len(set(found)) == len(found)
    assert set(found) == brute.over(made, made.rules.limits[0])


@pytest.mark.parametrize("scope", SCOPES)
@MANY
@given(planned, known, st.data())
def test_rolling_windows_hold_what_a_plain_count_says(scope, plan, ledger, data):
    """A key is named exactly when some N days hold too much, and its largest figure is that of the fullest N days."""
    kind = data.draw(st.sampled_from(("cap", "alarm")))
    made = nearly(made_of(plan, ledger, data.draw(rows(kind, scope, "rolling"))), data)
    worst: dict[str, int] = {}
    for f in judged(made):
        worst[f.scope_key] = max(worst.get(f.scope_key, 0), f.counted)
    assert worst == brute.fullest(made, made.rules.limits[0])


@pytest.mark.parametrize("scope", PREMISES)
@MANY
@given(planned, known, st.data())
def test_spacing_of_every_scope_is_that_of_all_pairs_of_days(scope, plan, ledger, data):
    """Under every key the later visit of a pair that comes too near is found, and no other."""
    row = data.draw(rows("spacing", scope, "rolling"))
    made = made_of(plan, ledger, row)
    least = data.draw(st.sampled_from(gaps(made))) + data.draw(st.sampled_from([0, 1]))
    amount = {"*": least} if data.draw(st.booleans()) else {k: 9 * (v + 1) for k, v in row.amount.items()}
    made.rules = replace(made.rules, limits=(replace(row, amount=amount),))
    found = sorted((f.scope_key, f.window) for f in judged(made))
    when = {v.name: v.days for v in brute.seen(made)}
    late = brute.too_soon(made, made.rules.limits[0])
    label = {n: str(d[0]) if len(d) == 1 else d[0].strftime("%G-W%V") for n, d in when.items()}
    assert found == sorted((key, label[name]) for key, name in late)


@pytest.mark.parametrize("scope", SCOPES)
@settings(MANY, max_examples=examples(8, 24))
@given(planned, known, quiet_rows, st.data())
def test_a_reason_holds_where_one_more_visit_breaks_the_row(scope, plan, ledger, quiet, data):
    """A row blocks a week exactly when the plain counter finds it broken with the visit added there."""
    window = data.draw(st.sampled_from((*WINDOWS, "rolling")))
    row = replace(data.draw(rows("cap", scope, window)), hard=True)
    made = nearly(made_of([(w, o, False, d, k) for w, o, _, d, k in plan], ledger, row, quiet), data)
    row = made.rules.limits[0]
    room = Room(World(made.case, made.rules, made.plan()))
    attempt = Attempt(0, ("A", "B"), 75)
    weeks, broken = room.weeks_for(attempt), room.broken(attempt).get("row")
    for label in ("2027-W11", "2027-W12", "2027-W13", "2027-W14"):
        week = room.week_labels.index(label)
        trial = County(**{**vars(made), "visits": [*made.visits, visit("trial", "E1", label)]})
        if not weeks[week]:
            continue
        assert bool(broken is not None and broken[week]) == breaks(trial, row)


def breaks(trial: County, row: Limit) -> bool:
    """Tell whether the row is broken in a window in which the visit ``trial`` counts."""
    with_it = next(v for v in brute.seen(trial) if v.name == "trial")
    if not brute.counts(trial, row, with_it):
        return False
    mine = set(brute.keys(trial, row, with_it))
    if row.window != "rolling":
        own = brute.windows(trial, row, with_it)
        return any(key in mine and window in own for key, window, _ in brute.over(trial, row))
    near = [v for v in brute.seen(trial) if brute.counts(trial, row, v)]
    start = with_it.days[0] - (row.rolling_days - 1) * brute.ONE
    while start <= with_it.days[-1]:
        end = start + (row.rolling_days - 1) * brute.ONE
        inside = [
            k for v in near if any(start <= d <= end for d in v.days) for k in brute.keys(trial, row, v)
        ]
        for key in mine:
            most = brute.amount(trial, row, key)
            if most is not None and inside.count(key) > most:
                return True
        start += brute.ONE
    return False
