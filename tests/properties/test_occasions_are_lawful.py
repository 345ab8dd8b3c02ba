"""Plans of counties with licences, campaigns, decisions, seasons, reuse and joint rules pass the audit."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from audit.county_case import table
from how_many import examples
from properties import occasions as some
from properties.counties import first_working_week, verdict
from properties.test_plans_are_lawful import QUICK, county, reasons_are_confirmed
from riskplan.annual import plan_year
from riskplan.case.tables import Case
from riskplan.rules.model import LicenceRules, Rulebook
from riskplan.rules.owing import ApartRule, ItemFilter
from riskplan.weekly import plan_week


def filled(seed: int) -> tuple[Case, Rulebook]:
    """Return a small county whose tables and rules about duties are filled at random, some within the year."""
    case, rules = county(seed % 3)
    draw = some.Draw(seed)
    if draw.one((True, False)):
        case = replace(case, as_of=case.first_day + dt.timedelta(days=draw.random.randint(1, 120)))
    draw.first, draw.last, draw.as_of = case.first_day, case.last_day, case.as_of
    names, catalogue = list(case.enterprises["enterprise_id"]), case["items"]
    items = list(catalogue["item_id"][catalogue["mode"] == "on_site"])
    domains = sorted(set(catalogue["domain"]))
    decisions = [some.decision_of(draw, names, items) for _ in range(12)]
    rows = {
        "licences": [some.licence_of(draw, n, names, items) for n in range(len(names) // 2)],
        "campaigns": [some.campaign_of(draw, n, items) for n in range(2)],
        "overrides": [row for row in decisions if row["items"]],
        "monitoring": [
            {**some.feed_of(draw, n, names), "domain": draw.one(domains)} for n in range(len(names))
        ],
        "self_reports": some.reports_of(draw, names),
    }
    for name, own in rows.items():
        made = table(name, *own)
        case = case.replace_table(name, made.reindex(columns=case[name].columns, fill_value=""))
    return case, rules_of(draw, rules, items, catalogue)


def rules_of(draw: some.Draw, rules: Rulebook, items: list[str], catalogue) -> Rulebook:
    """Return the rulebook with random seasons, reuse, and rules of what stands together."""
    domains, organs = sorted(set(catalogue["domain"])), sorted(set(catalogue["department_id"]))
    apart = ApartRule(
        "apart", ItemFilter(items=draw.few(items)), ItemFilter(departments=tuple(draw.few(organs)))
    )
    joint = replace(
        rules.joint,
        apart=(apart,) if draw.one((True, False)) else (),
        mix_announced=draw.one((True, False)),
        mix_selection=draw.one((True, False)),
        similar_duration=draw.one((0, 1.0, 1.5, 2.0)),
    )
    reuse = tuple(
        replace(
            some.reuse_of(draw, n, items),
            items=(),
            domains=draw.few(domains),
            sectors=(),
            credit_grades=(),
            departments=(),
            results=(),
        )
        for n in range(4)
    )
    duties = tuple(replace(row, months=draw.some(range(1, 13))) for row in rules.duties)
    days = draw.one(((90, 30), (60, 0), (20, 10)))
    return replace(rules, joint=joint, reuse=reuse, duties=duties, licence=LicenceRules(*days))


def check(seed: int) -> None:
    """Plan a year and its first working week; both pass the audit, and reasons are confirmed."""
    case, rules = filled(seed)
    plan = plan_year(case, rules, stop=QUICK, seed=seed)
    report, broken = verdict(case, rules, plan)
    assert not broken
    assert reasons_are_confirmed(report, plan)
    week = first_working_week(case, plan)
    if week is not None:
        routed = plan_week(case, rules, plan, week, stop=QUICK, seed=seed)
        assert not verdict(case, rules, routed)[1]


def test_plan_with_all_occasions_is_lawful():
    """One county, planned from the middle of a year."""
    check(5)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 100 + examples(20, 80)))
def test_plans_with_all_occasions_are_lawful(seed):
    """Many counties, all rules and tables at random."""
    check(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [236, 267])
def test_visit_left_out_in_one_window_is_tried_in_the_other(seed):
    """What a licence's window has no room for may still meet the same item's duty by frequency in another week."""
    check(seed)
