"""Year, week and audit read every row the same: keys, windows, amounts, what history leaves (S2, S4, S5)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import cache

import pytest

from audit.county import visit
from audit.county_case import days, table
from audit.lines import empty
from riskplan.audit.dates import day_of, monday_of, week_label
from riskplan.audit.reading import Reading
from riskplan.audit.tally import by_window, labels
from riskplan.audit.world import World
from riskplan.joint.lawful import lawful_weeks
from riskplan.rules.model import PREMISES_SCOPES, WINDOWS, Filter, Limit, QuietRule
from riskplan.weekly.entries import EPOCH
from riskplan.weekly.entries import monday_of as weekly_monday
from riskplan.weekly.ledger import Ledger, Slot
from riskplan.weekly.rows import UNLIMITED, Key

SCOPES = (*PREMISES_SCOPES, "township", "village", "department")
EVERYWHERE = ("enterprise", "township", "village")
FILTERS = {
    "all": {},
    "A only": {"filter": Filter(departments=("A",))},
    "B and C": {"filter": Filter(departments=("B", "C"))},
    "mines": {"filter": Filter(sectors=("mine",))},
    "A in T1": {"filter": Filter(townships=("T1",), departments=("A",))},
    "places": {"objects": ("enterprise", "township", "village")},
    "A at places": {"objects": ("enterprise", "township", "village"), "filter": Filter(departments=("A",))},
    "case visits": {"kinds_counted": ("daily", "case")},
    "no specials": {"kinds_exempt": ("special",)},
}
"""What a row is about."""
WEEKS = ("2027-W05", "2027-W13", "2027-W17", "2027-W26", "2027-W39", "2027-W52", "2028-W01")
"""Some within a month, some over the end of a month, a quarter, a year; in W17 E2 has no open day."""
CREWS = (("A",), ("B",), ("C",), ("A", "B"), ("B", "C"), ("A", "B", "C"))
HISTORY = (
    ("enterprise", "E1", "2026-10-12", ("A",), "daily", False),
    ("enterprise", "E4", "2027-04-01", ("A", "B"), "daily", True),
    ("enterprise", "E1", "2027-03-31", ("B", "C"), "special", True),
    ("enterprise", "E2", "2027-07-01", ("C",), "case", True),
    ("enterprise", "E2", "2027-07-02", ("C",), "daily", False),
    ("township", "T1", "2027-02-03", ("A",), "daily", True),
    ("village", "V1", "2027-06-30", ("B",), "daily", True),
    ("enterprise", "E3", "2027-12-31", ("A", "A"), "daily", True),
)
"""Visits of the case: object, day, departments, kind, fixed."""


def rows_of(scope, kind="cap"):
    """Return one row for every window (as far as the kind has it) and filter of a scope."""
    made = []
    for window in ("rolling",) if kind == "spacing" else WINDOWS:
        for name, fields in FILTERS.items():
            if scope in PREMISES_SCOPES and "objects" in fields:
                continue
            by = {"by": "sector", "amount": {"mine": 3, "*": 5}} if scope in PREMISES_SCOPES else {}
            row = Limit(
                f"{window} {name}", kind, scope, window, "visits", **{"amount": {"*": 4}, **fields, **by}
            )
            made.append(replace(row, rolling_days=20 if (window, kind) == ("rolling", "cap") else 0))
    return tuple(made)


@cache
def county():
    """Return a county over two years: legal persons, villages, systems, quiet days, a closure, history."""
    made = empty("2027-01-01", "2028-02-29")
    made.case = replace(made.case, days=days("2027-01-01", "2028-02-29", off=("2027-01-01", "2027-04-02")))
    for name in ("E1", "E4"):
        made.change("enterprises", name, credit_code="one")
    made.change("enterprises", "E4", village_code="V2", sector="mine", closed_days=(3,))
    made.change("departments", "C", system="")
    made.rows("villages", {"village_code": "V2", "name": "Dale", "township_code": "T2"})
    made.rows("closures", {"enterprise_id": "E2", "first": "2027-04-20", "last": "2027-05-02"})
    names = ("object_kind", "object_id", "date", "departments", "kind", "fixed")
    made.case = made.case.replace_table(
        "visits",
        table(
            "visits",
            *({"visit_id": f"f{n}", **dict(zip(names, v, strict=True))} for n, v in enumerate(HISTORY)),
        ),
    )
    quiet = (
        QuietRule("quiet-a", "per_month", per_month=2, filter=Filter(departments=("A",))),
        QuietRule("quiet-mines", "days", days=(30, 31), filter=Filter(sectors=("mine",))),
    )
    made.rules = replace(made.rules, quiet=quiet, exempt_kinds=("case",))
    made.visits = [
        {**visit(f"{e}|{week}|{'+'.join(crew)}", e, week, ("a1",)), "departments": crew, "lead": crew[0]}
        for e in made.case.enterprises["enterprise_id"]
        for week in WEEKS
        for crew in CREWS
    ]
    return made


def label(window, number):
    """Return the audit's name of a window: of a number counted from 1970 (week, month, quarter, year) or a day."""
    if window in {"day", "week"}:
        day = dt.date.fromordinal(number + EPOCH)
        return str(day) if window == "day" else week_label(day.toordinal())
    if window == "quarter":
        return f"{number // 4}-Q{number % 4 + 1}"
    return str(number) if window == "year" else f"{number // 12}-{number % 12 + 1:02d}"


class Three:
    """One rulebook in the hands of year, week and audit; keys as (owner, part), windows as the audit names them."""

    def __init__(self, rows):
        made = county()
        rules = replace(made.rules, limits=rows)
        plan = made.plan()
        tiers = list(plan["scores"]["tier"])
        self.rows = rows
        self.world = World(made.case, rules, plan)
        self.readings = [Reading(self.world, row) for row in rows]
        self.law = lawful_weeks(made.case, rules, tiers)
        self.ledger = Ledger(made.case, rules, plan, tiers, frozenset(v["visit_id"] for v in made.visits))
        self.week_rows = {row.id: (n, row) for n, row in enumerate(self.ledger.limits)}
        self.ids = list(made.case.enterprises["enterprise_id"])

    def audit(self, r, call):
        """Return what a visit counts for by the audit: (key, window) -> weight; no window for rolling rows."""
        reading = self.readings[r]
        if not reading.counts(call):
            return {}
        windows = ("",) if reading.row.window == "rolling" else labels(call, reading.row.window)
        once = reading.row.kind == "spacing"
        return {(self.pair(r, k), w): 1 if once else n for k, n in reading.keys(call) for w in windows}

    def pair(self, r, key):
        """Return an audit's key in two parts."""
        owner, _, part = key.partition("/")
        return owner, part

    def week(self, r, entry):
        """Return the same by the week."""
        _, row = self.week_rows[self.rows[r].id]
        if row.rolling:
            return {((k.owner, k.part), ""): n for k, n in row.spans(entry)}
        window = row.limit.window
        return {((k.owner, k.part), label(window, w)): n for k, w, n in row.charges(entry)}

    def year(self, e, departments, week):
        """Return the same by the year, for all rows at once: row -> what the visit takes."""
        found = {}
        at = self.law.weeks.labels.index(week)
        for use, share in self.law.shares(e, departments):
            r = [row.id for row in self.rows].index(self.law.rows.limits[use.key[0]].id)
            key = self.year_pair(r, use.key)
            if self.rows[r].window == "rolling":
                found.setdefault(r, {})[key, ""] = use.weight
                continue
            numbers = use.windows._known[0].tolist()
            for number, hit in zip(numbers, share.touch[:, at].tolist(), strict=True):
                if hit:
                    found.setdefault(r, {})[key, self.year_label(r, number)] = use.weight
        return found

    def year_pair(self, r, key):
        """Return a year's key in two parts."""
        _, owner, name = key
        if owner < 0:
            return name, ""
        codes = self.world.premises.ids if self.rows[r].kind == "spacing" else self.world.premises.key
        return codes[owner], name

    def year_label(self, r, number):
        """Return the audit's name of a year's window, numbered from 1970."""
        window = self.rows[r].window
        since = {"week": 0, "month": 1970 * 12, "quarter": 1970 * 4, "year": 1970}[window]
        return label(window, number * 7 - 3 if window == "week" else number + since)


@cache
def three(scope, kind):
    """Return the three readers of all rows of a scope."""
    return Three(rows_of(scope, kind))


FAMILIES = [*((scope, "cap") for scope in SCOPES), *((scope, "spacing") for scope in PREMISES_SCOPES)]


@pytest.mark.parametrize(("scope", "kind"), FAMILIES)
def test_an_undated_visit_counts_under_the_same_keys_in_the_same_windows(scope, kind):
    """Year, week and audit agree, row by row, on what each undated visit counts for, and how often."""
    readers = three(scope, kind)
    seen = 0
    for call in readers.world.planned:
        entry = readers.ledger.entry(call.id)
        week = call.id.split("|")[1]
        year = readers.year(call.premises, call.departments, week)
        lawful = readers.law.open_weeks(call.premises, call.departments)[readers.law.weeks.labels.index(week)]
        for r, row in enumerate(readers.rows):
            found = readers.audit(r, call)
            seen += len(found)
            assert readers.week(r, entry) == found, (row, call)
            if lawful and row.window != "day":
                assert year.get(r, {}) == found, (row, call)
    assert seen


@pytest.mark.parametrize("scope", SCOPES)
def test_a_dated_visit_counts_on_its_day(scope):
    """Week and audit agree on every window of a visit with a date, the day included."""
    readers = three(scope, "cap")
    for call in readers.world.planned[::5]:
        monday = weekly_monday(call.id.split("|")[1])
        for offset in (0, 3, 4):
            day = monday + offset
            at = day + EPOCH
            dated = replace(call, earliest=at, latest=at, months=(str(dt.date.fromordinal(at))[:7],))
            for r in range(len(readers.rows)):
                assert readers.week(r, readers.ledger.entry(call.id).on_day(day)) == readers.audit(r, dated)


@pytest.mark.parametrize(("scope", "kind"), FAMILIES)
def test_a_key_has_the_same_amount(scope, kind):
    """What a row says of a key is the same for all three."""
    readers = three(scope, kind)
    for r, row in enumerate(readers.rows):
        reading = readers.readings[r]
        keys = {k: c for c in readers.world.planned if reading.counts(c) for k, _ in reading.keys(c)}
        assert keys or row.id.endswith("places")
        for key, call in keys.items():
            stated = reading.amount_at(call.premises) if kind == "spacing" else reading.amount_of(key)
            own = Key(*readers.pair(r, key))
            _, week = readers.week_rows[row.id]
            said = week.length(own) if kind == "spacing" else week.most(own)
            assert said == (UNLIMITED if stated is None else stated), (row, key)
            if row.window != "day" and kind == "cap":
                assert year_amount(readers, r, key) == stated, (row, key)


def year_amount(readers, r, key):
    """Return what the year says about a key of the audit, None for nothing."""
    limits = readers.law.rows.limits
    own = next(n for n, row in enumerate(limits) if row.id == readers.rows[r].id)
    for e in range(len(readers.ids)):
        for crew in CREWS:
            for use in readers.law.rows.uses(e, crew):
                if use.key[0] == own and readers.year_pair(r, use.key) == readers.pair(r, key):
                    return readers.law.rows.amount(use.key)
    return None


@pytest.mark.parametrize("scope", SCOPES)
def test_history_leaves_the_same_room(scope):
    """Done and fixed visits, of premises and of places, take as much of every counter for all three."""
    readers = three(scope, "cap")
    taken = 0
    for r, row in enumerate(readers.rows):
        if row.window in {"rolling", "day"}:
            continue
        known = known_figures(readers, r)
        limits = readers.law.rows.limits
        own = next(n for n, x in enumerate(limits) if x.id == row.id)
        number, _ = readers.week_rows[row.id]
        uses = {u.key: u for e in range(len(readers.ids)) for c in CREWS for u in readers.law.rows.uses(e, c)}
        for key, use in uses.items():
            if key[0] != own:
                continue
            pair, amount = readers.year_pair(r, key), readers.law.rows.amount(key)
            room = readers.law.rows.left(use).tolist()
            for at, left in zip(use.windows._known[0].tolist(), room, strict=True):
                name = readers.year_label(r, at)
                used = known.get((pair, name), 0)
                taken += used
                assert left == amount - used, (row, pair, name)
                slot = Slot(number, Key(*pair), week_number(row.window, at))
                assert readers.ledger.room(slot) == amount - used, (row, pair, name)
    assert taken


def known_figures(readers, r):
    """Return (key, window) -> what visits of the case come to, by the audit."""
    figures = {}
    for (key, window), entries in by_window(readers.readings[r]).items():
        own = [e for e in entries if not e.call.planned]
        figures[readers.pair(r, key), window] = sum(e.weight for e in own)
    return figures


def week_number(window, number):
    """Return the week's number of a window that the year numbers from 1970."""
    since = {"week": 0, "month": 1970 * 12, "quarter": 1970 * 4, "year": 1970}[window]
    return number * 7 - 3 if window == "week" else number + since


def test_a_week_without_an_open_day_counts_in_all_its_months():
    """Closed or quiet on every day of a week over two months: both months, for the week and for the audit."""
    readers = three("enterprise", "cap")
    call = next(c for c in readers.world.planned if c.id == "E2|2027-W17|B")
    assert not readers.law.open_weeks(call.premises, call.departments)[
        readers.law.weeks.labels.index("2027-W17")
    ]
    assert monday_of(day_of("2027-05-01")) == call.earliest
    r = next(r for r, row in enumerate(readers.rows) if row.id == "month all")
    expected = {(("E2", ""), "2027-04"): 1, (("E2", ""), "2027-05"): 1}
    assert readers.audit(r, call) == readers.week(r, readers.ledger.entry(call.id)) == expected
