"""What done and fixed visits use up, and visits that must be split because their organs cannot come together."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from annual.test_rows_bind_year import QUICK, crowded, dense, spare
from riskplan.annual import plan_year
from riskplan.plan.tables import unmeetable
from riskplan.rules.model import Filter, Limit, QuietRule


def fixed(case, kind, name, day, number):
    """Return a case with one more visit that another level has fixed."""
    row = {**case["visits"].iloc[0].to_dict(), "visit_id": f"Z{number}", "object_kind": kind}
    row |= {"object_id": name, "date": pd.Timestamp(day), "fixed": True, "kind": "daily"}
    frame = pd.concat([case["visits"], pd.DataFrame([row])], ignore_index=True)
    frame["fixed"] = frame["fixed"].astype(bool)
    return case.replace_table("visits", frame)


@pytest.mark.parametrize(
    ("objects", "planned"), [(("enterprise",), True), (("enterprise", "township", "village"), False)]
)
def test_visits_to_a_township_and_its_villages_use_up_its_cap(objects, planned, hamlet, hamlet_rules):
    """Only where the row's objects name them do visits to a township and its village leave less for enterprises."""
    town = hamlet.enterprises["township_code"].iat[0]
    village = hamlet["villages"].query("township_code == @town")["village_code"].iat[0]
    case = fixed(hamlet, "township", town, "2027-03-10", 1)
    case = fixed(case, "village", village, "2027-05-12", 2)
    row = Limit("mine", "cap", "township", "year", "visits", {"*": 2}, objects=objects)
    plan = plan_year(case, dense(hamlet_rules, row), stop=QUICK, seed=1)
    assert ((plan.visits["township_code"] == town).any()) == planned


@pytest.mark.parametrize(("counted", "first_week_free"), [(("daily",), False), (("special",), True)])
def test_a_fixed_visit_uses_up_a_month_of_its_enterprise(counted, first_week_free, hamlet, hamlet_rules):
    """Under one visit a month nothing is planned in the month of a fixed visit, unless its kind does not count."""
    name = hamlet.enterprises["enterprise_id"].iat[0]
    case = hamlet
    for month in range(1, 12):
        case = fixed(case, "enterprise", name, f"2027-{month:02d}-15", month)
    row = Limit("mine", "cap", "enterprise", "month", "visits", {"*": 1}, kinds_counted=counted)
    plan = plan_year(case, spare(dense(hamlet_rules, row)), stop=QUICK, seed=1)
    weeks = plan.visits.loc[plan.visits["enterprise_id"] == name, "week"]
    assert (weeks < "2027-W48").any() == first_week_free


def test_organs_of_one_system_come_apart_where_they_may_not_come_together(hamlet, hamlet_rules):
    """Under one call a week of a whole system, joint visits are split; nothing stays undone for it."""
    row = Limit("mine", "cap", "system-enterprise", "week", "visits", {"*": 1})
    plan = plan_year(crowded(hamlet), spare(dense(hamlet_rules, row)), stop=QUICK, seed=1)
    assert set(map(len, plan.visits["departments"])) == {1}
    assert plan["unplanned"].empty
    assert unmeetable(plan["conflicts"]).empty


def test_organs_without_a_common_day_come_apart(hamlet, hamlet_rules):
    """Two departments whose quiet days leave no day in common are not merged, and both come."""
    halves = (tuple(range(1, 17)), tuple(range(17, 32)))
    quiet = tuple(
        QuietRule(d, "days", days=days, filter=Filter(departments=(d,)))
        for d, days in zip(("EM", "MARKET"), halves, strict=True)
    )
    rules = dataclasses.replace(spare(dense(hamlet_rules)), quiet=quiet)
    plan = plan_year(hamlet, rules, stop=QUICK, seed=1)
    assert not any({"EM", "MARKET"} <= set(d) for d in plan.visits["departments"])
    assert {"EM", "MARKET"} <= {d for row in plan.visits["departments"] for d in row}
    assert plan["unplanned"].empty
