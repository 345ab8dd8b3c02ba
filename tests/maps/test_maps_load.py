"""Township loads and the counts of a plan, by hand."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from map_sample import sample_case, sample_plan, sample_rules

from riskplan.audit import audit
from riskplan.case.tables import Days
from riskplan.maps.figures import count_tiers, left_out, reason_text
from riskplan.maps.load import township_loads
from riskplan.maps.scene import Scene
from riskplan.plan.tables import Plan, normalise
from riskplan.rules.model import Limit
from riskplan.text.words import day_text, week_text, week_texts, word


def scene(visits, case=None, rules=None) -> Scene:
    """Return a scene with the given visits only."""
    columns = {
        "enterprise_id": "E00000",
        "object_kind": "enterprise",
        "kind": "daily",
        "stage": "draft",
        "date": "",
    }
    rows = [{**columns, "visit_id": f"E00000-2027-{n}", **visit} for n, visit in enumerate(visits)]
    plan = Plan({"visits": normalise("visits", pd.DataFrame(rows))})
    return Scene(case or sample_case(), rules or sample_rules(), plan, "en")


def test_fixed_visits_count_and_not_met_and_exempt_ones_do_not():
    """Planned and fixed visits count; those not met, of exempt kinds or elsewhere do not."""
    drawn = scene(
        [{"week": "2027-W22"}, {"week": "2027-W22", "stage": "not_met"},
         {"week": "2027-W22", "kind": "complaint"},
         {"week": "2027-W22", "stage": "unrouted"}, {"week": "2027-W22", "object_kind": "township"}]
    )  # fmt: skip
    loads = township_loads(drawn)
    week = drawn.weeks.index("2027-W22")
    assert loads.week[:, week].sum() == 3
    assert loads.year.sum() == 3
    assert loads.week_cap == (4, 4)


def test_done_visits_count_in_their_calendar_year_only():
    """A visit done before as_of counts in its year when the horizon meets that year."""
    case = sample_case(as_of=dt.date(2027, 3, 1))
    old = case["visits"].assign(fixed=False, date=pd.to_datetime(["2027-01-12"]))
    assert township_loads(scene([], case.replace_table("visits", old))).year.sum() == 1
    later = old.assign(date=pd.to_datetime(["2027-03-02"]))
    assert township_loads(scene([], case.replace_table("visits", later))).year.sum() == 0


@pytest.mark.parametrize(("closed", "years"), [((), [1, 1]), ((5,), [1, 0]), ((1, 2, 3, 4), [0, 1])])
def test_undated_visit_at_new_year_counts_in_each_year_with_an_open_day(closed, years):
    """The week of New Year counts in both years, unless the enterprise is closed on all workdays of one."""
    first, last = dt.date(2026, 12, 1), dt.date(2027, 1, 31)
    dates = np.arange(np.datetime64(first), np.datetime64(last) + 1)
    workday = np.array([d.isoweekday() <= 5 for d in dates.tolist()])
    case = sample_case(first_day=first, last_day=last, days=Days(dates, workday, False, "test"))
    case = case.replace_table("enterprises", case.enterprises.assign(closed_days=[closed] * 6))
    case = case.replace_table("visits", case["visits"].iloc[:0])
    drawn = scene([{"week": "2026-W53"}], case)
    assert township_loads(drawn).year.sum(axis=0).tolist() == years


def test_smallest_cap_of_several_rows_wins_and_no_row_is_no_cap():
    """Of two rows for one window the smaller amount is shown; without a row there is no cap."""
    rules = sample_rules()
    more = Limit("mine", "cap", "township", "week", "visits", {"350525100": 2})
    loads = township_loads(scene([], rules=replace(rules, limits=(*rules.limits, more))))
    assert loads.week_cap == (2, 4)
    assert township_loads(scene([], rules=replace(rules, limits=()))).year_cap == (-1, -1)


def test_map_says_over_exactly_where_the_audit_finds_a_violation():
    """The map's count is its own; the audit, which shares no code with it, agrees on every township and week."""
    case, rules = sample_case(60), sample_rules(week_cap=1, year_cap=20)
    plan = sample_plan(case)
    drawn = Scene(case, rules, plan, "en")
    loads, codes = township_loads(drawn), list(drawn.township_at)
    over = {
        (codes[t], drawn.weeks.labels[w], int(loads.week[t, w]))
        for t, w in zip(*np.nonzero(loads.week > 1), strict=True)
    }
    over |= {(codes[t], "2027", int(loads.year[t, 0])) for t in np.flatnonzero(loads.year[:, 0] > 20)}
    found = audit(case, rules, plan).violations
    told = {(f.scope_key, f.window, f.counted) for f in found if f.rule.startswith("township-load")}
    assert over
    assert told == over


def test_counts_by_tier_add_up():
    """Counts by tier are those of the tables; an unrouted visit is planned, not left out."""
    case = sample_case(30)
    plan = sample_plan(case)
    counts = count_tiers(plan)
    assert sum(c.enterprises for c in counts) == 30
    assert sum(c.visits for c in counts) == len(plan.visits)
    assert sum(c.unplanned for c in counts) == sum(c.conflicts for c in counts) == 1
    kept = plan["unplanned"].assign(visit_id=plan.visits["visit_id"][0])
    assert len(left_out(plan.with_tables(unplanned=kept))) == 0


def test_reason_names_limit_and_place(hamlet_rules):
    """The reason of a shortfall is a sentence with the limit's words and the township's name."""
    row = {"reason": "township-load-week", "limit_id": "township-load-week", "scope_key": "1|2027-W12"}
    assert (
        reason_text(row, {"1": "桃城镇"}, hamlet_rules, "zh")
        == "受限于：乡镇(街道)每周检查量上限(桃城镇 2027-W12)"
    )
    assert (
        reason_text({"reason": "no more room", "limit_id": "", "scope_key": ""}, {}, hamlet_rules, "en")
        == "no more room"
    )


def test_weeks_are_told_months_first():
    """Weeks read as officials say them, also across months and years."""
    day = dt.date
    assert week_text("2027-W12", day(2027, 3, 22), day(2027, 3, 26), "zh") == "3月22日—3月26日(第12周)"
    assert week_text("2027-W12", day(2027, 3, 22), day(2027, 3, 26), "en") == "22-26 Mar (2027-W12)"
    assert week_text("2027-W13", day(2027, 3, 29), day(2027, 4, 2), "en") == "29 Mar-2 Apr (2027-W13)"
    assert week_text("2026-W53", day(2027, 1, 1), day(2027, 1, 3), "zh") == "1月1日—1月3日(2026年第53周)"
    assert day_text(day(2027, 3, 23), "zh") == "3月23日 周二"


def test_every_week_of_the_horizon_has_a_name():
    """A week without a workday is named by its days."""
    case = sample_case()
    weeks = Scene(case, sample_rules(), sample_plan(case), "zh").weeks
    names = week_texts(weeks.labels, weeks.week_of_day, weeks.dates, weeks.year_workdays, "zh")
    assert len(names) == len(set(names)) == 53
    assert names[0] == "1月1日—1月3日(2026年第53周)"


def test_unknown_code_is_its_own_word():
    """A code that the catalogue does not know is shown as it is."""
    assert word("limit", "my-own-row", "zh") == "my-own-row"
    assert word("tier", "red", "zh") == "红色"
