"""Planner and audit, which share no code, derive the same duties and credits (S3, S12)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace

import pandas as pd
import pytest

from audit.county_case import days, table
from how_many import examples
from properties.occasions import Drawn, drawn
from riskplan.annual import plan_year
from riskplan.audit import audit
from riskplan.audit.dates import date_text
from riskplan.audit.world import World
from riskplan.plan.tables import Plan, normalise
from riskplan.progress import Stop
from riskplan.risk.history import _days_since_visit
from riskplan.risk.requirements import requirements
from riskplan.risk.scoring import Scores
from riskplan.rules.model import DutyRule, FrequencyRules

CREDIT = ("enterprise_id", "item_id", "rule_id", "source", "evidence", "date", "valid_until", "visits")
SMALL, LARGE = 9, 60


def scores_of(made: Drawn) -> pd.DataFrame:
    """Return the plan table ``scores`` of a county."""
    names = made.case.enterprises["enterprise_id"]
    return normalise(
        "scores", pd.DataFrame({"enterprise_id": names, "score": made.scores, "tier": made.tiers})
    )


def planned(made: Drawn) -> tuple[Counter, Counter]:
    """Return duties and credits as the planner derives them."""
    table = scores_of(made).set_index("enterprise_id").loc[made.case.enterprises["enterprise_id"]]
    scores = Scores(table.reset_index(), _days_since_visit(made.case, made.rules))
    found = requirements(made.case, made.rules, scores)
    duties = Counter(
        (
            *(row.enterprise_id, row.item_id, row.cause, row.visits),
            0 if row.cause == "drawn-not-yet" else row.longest_interval_days,
            *(row.first, row.last, frozenset(map(int, row.months))),
        )
        for row in found.duties.itertuples(index=False)
    )
    return duties, Counter(zip(*(found.credits[c] for c in CREDIT), strict=True))


def audited(made: Drawn) -> tuple[Counter, Counter]:
    """Return duties and credits as the audit derives them."""
    made_on = {"as_of": str(made.case.as_of)}
    world = World(made.case, made.rules, Plan({"scores": scores_of(made)}, made_on)).on_time()
    ids = world.premises.ids
    duties = Counter(
        (
            *(ids[e], duty.item, duty.cause, duty.visits, duty.longest_interval),
            *(date_text(day) if day else "" for day in (duty.first, duty.last)),
            duty.months,
        )
        for e, own in world.owed.duties.items()
        for duty in own
    )
    credited = Counter(
        (
            *(ids[c.premises], c.item, c.rule, c.source, c.evidence),
            *(date_text(c.day), date_text(c.until), c.visits),
        )
        for c in world.credits
    )
    return duties, credited


def compared(seed: int, most: int) -> tuple[Counter, Counter]:
    """Compare both derivations of a county; return its duties and credits."""
    made = drawn(seed, most)
    (duties, credited), (own_duties, own_credits) = planned(made), audited(made)
    assert (duties - own_duties, own_duties - duties) == (Counter(), Counter()), seed
    assert (credited - own_credits, own_credits - credited) == (Counter(), Counter()), seed
    return duties, credited


def test_planner_and_audit_agree_and_everything_occurs():
    """Duties and credits are the same in every random county; each cause and each source occurs among them."""
    causes, sources = Counter(), Counter()
    for seed in range(examples(32, 400)):
        duties, credited = compared(seed, SMALL)
        causes.update(row[2].partition(":")[0] for row in duties)
        sources.update(row[3] for row in credited)
    assert set(causes) == {"frequency", "due", "drawn-not-yet", "override", "licence", "campaign"}
    assert set(sources) == {"level", "self_report", "monitoring", "visit", "licence"}
    assert min((*causes.values(), *sources.values())) >= 5


@pytest.mark.slow
def test_planner_and_audit_agree_on_larger_counties():
    """The same with up to 60 enterprises, where pools of drawn duties are long and dates collide."""
    for seed in range(10_000, 10_000 + examples(100, 400)):
        compared(seed, LARGE)


def test_number_drawn_is_exact():
    """25 enterprises of 0.58 visits a year are 14.5 visits: 15 are drawn, although a sum of floats lies below."""
    made = drawn(0)
    names = [f"E{n:02d}" for n in range(25)]
    rules = replace(
        made.rules, frequency=FrequencyRules({"*": 0.58}, 1.5), duties=(DutyRule(("a0",)),), reuse=()
    )
    tables = {name: table(name) for name in made.case.tables} | {
        "departments": made.case["departments"],
        "enterprises": table("enterprises", *({"enterprise_id": name} for name in names)),
        "items": table("items", {"item_id": "a0", "department_id": "A", "domain": "fire"}),
    }
    year = (dt.date(2027, 1, 1), dt.date(2027, 12, 31))
    case = replace(made.case, tables=tables, first_day=year[0], last_day=year[1], days=days(*map(str, year)))
    found = Drawn(case, rules, ["blue"] * 25, [10] * 25)
    assert len(planned(found)[0]) == len(audited(found)[0]) == 15


def test_visits_known_later_change_no_plan(hamlet, hamlet_rules):
    """A year plan does not know what the city fixes afterwards; the audit calls what that breaks a change."""
    names = list(hamlet.enterprises["enterprise_id"])
    last = hamlet["visits"].iloc[-1]
    rows = pd.DataFrame([last] * len(names)).assign(
        visit_id=[f"later-{n}" for n in range(len(names))],
        object_kind="enterprise",
        object_id=names,
        date=pd.Timestamp(hamlet.first_day) + pd.Timedelta(days=150),
        fixed=True,
        kind="daily",
        known_on=pd.Timestamp(hamlet.as_of) + pd.Timedelta(days=1),
    )
    later = hamlet.replace_table(
        "visits", pd.concat([hamlet["visits"], rows.astype(hamlet["visits"].dtypes)])
    )
    quick = Stop(effort=0.02)
    plan = plan_year(later, hamlet_rules, stop=quick)
    for name, frame in plan_year(hamlet, hamlet_rules, stop=quick).tables.items():
        pd.testing.assert_frame_equal(plan[name], frame)
    report = audit(later, hamlet_rules, plan)
    assert report.ok
    assert report.changes
