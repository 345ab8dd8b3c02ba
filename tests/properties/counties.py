"""Small fictional counties, tightened, renamed and shuffled: what the property tests are run on."""

from __future__ import annotations

import csv
import datetime as dt
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from hypothesis import strategies as st

from riskplan.annual.compile import compile_year
from riskplan.annual.exposure import domains_of
from riskplan.annual.instance import Instance
from riskplan.audit import AuditReport, audit
from riskplan.case.calendar import horizon_days
from riskplan.case.tables import Case
from riskplan.case.weeks import Weeks
from riskplan.joint import merge
from riskplan.plan.tables import Plan
from riskplan.risk import duties, score
from riskplan.rules.capacity import capacity_of
from riskplan.rules.model import TIERS, Rulebook
from riskplan.synth.credit_code import credit_code

AMOUNTS: dict[str, tuple[int, ...]] = {
    "organ-enterprise-year": (0, 1, 2, 4),
    "enterprise-year": (0, 1, 2, 3, 6),
    "enterprise-spacing": (0, 1, 7, 30, 90, 180, 365),
    "township-load-week": (0, 1, 2),
    "township-load-year": (0, 1, 3, 6),
}
"""Limit -> amounts to draw from; per tier for limits about enterprises."""
OWED = {"red": (4, 8, 12), "orange": (2, 4, 6), "yellow": (1, 2, 3), "blue": (0, 0.3, 1)}


@dataclass(frozen=True)
class Tightening:
    """Random changes of a rulebook; None leaves a value as it is.

    Parameters
    ----------
    amounts
        Limit -> key -> amount.
    visits
        Tier -> visits owed a year.
    minutes_per_day, week_flex, max_visits
        Capacity.
    """

    amounts: Mapping[str, Mapping[str, int]]
    visits: Mapping[str, float] | None
    minutes_per_day: int | None
    week_flex: float | None
    max_visits: int | None

    def of(self, rules: Rulebook) -> Rulebook:
        """Return the tightened rulebook."""
        made = with_amounts(rules, self.amounts)
        if self.visits is not None:
            made = replace(made, frequency=replace(made.frequency, visits=self.visits))
        if self.minutes_per_day is not None and self.week_flex is not None:
            capacity = replace(made.capacity, minutes_per_day=self.minutes_per_day, week_flex=self.week_flex)
            made = replace(made, capacity=capacity)
        return (
            made
            if self.max_visits is None
            else replace(made, day=replace(made.day, max_visits=self.max_visits))
        )


def _keys(limit: str) -> tuple[str, ...]:
    return ("*",) if limit.startswith("township") else TIERS


tightenings = st.builds(
    Tightening,
    amounts=st.fixed_dictionaries(
        {},
        optional={
            limit: st.fixed_dictionaries({key: st.sampled_from(values) for key in _keys(limit)})
            for limit, values in AMOUNTS.items()
        },
    ),
    visits=st.none() | st.fixed_dictionaries({t: st.sampled_from(v) for t, v in OWED.items()}),
    minutes_per_day=st.sampled_from((None, 12, 24, 60)),
    week_flex=st.sampled_from((0.7, 1.0, 1.5, 3.0)),
    max_visits=st.sampled_from((None, None, 1, 2)),
)
"""Random tightenings, from none to one under which nothing can be planned."""


def with_amounts(rules: Rulebook, amounts: Mapping[str, Mapping[str, int]]) -> Rulebook:
    """Return a rulebook with other amounts in some rows."""
    rows = tuple(replace(row, amount=amounts.get(row.id, row.amount)) for row in rules.limits)
    return replace(rules, limits=rows)


def over_new_year(case: Case, days_before: int, length: int) -> Case:
    """Return a case whose horizon begins so many days before 2027 and may lie in two calendar years."""
    first = dt.date(2027, 1, 1) - dt.timedelta(days=days_before)
    last = first + dt.timedelta(days=length - 1)
    days = horizon_days(case.country, first, last, case["calendar"])
    return replace(case, first_day=first, last_day=last, days=days)


def with_shared_persons(case: Case, size: int, seed: int) -> Case:
    """Return a case in which about ``size`` premises belong to each legal person."""
    draw = random.Random(seed)
    frame = case.enterprises.copy()
    frame["credit_code"] = [f"person-{draw.randrange(len(frame) // size + 1)}" for _ in range(len(frame))]
    return case.replace_table("enterprises", frame)


def first_working_week(case: Case, plan: Plan) -> str | None:
    """Return the first week with a workday and a planned visit, None when there is none."""
    weeks, planned = Weeks.of(case), set(plan.visits["week"])
    pairs = zip(weeks.labels, weeks.workdays(), strict=True)
    return next((label for label, days in pairs if days and label in planned), None)


def verdict(case: Case, rules: Rulebook, plan: Plan) -> tuple[AuditReport, list[str]]:
    """Return the audit of a plan, and its violations in words."""
    report = audit(case, rules, plan)
    return report, [finding.sentence() for finding in report.violations]


def read_rows(path: Path) -> tuple[list[str], list[list[str]]]:
    """Return header and rows of a CSV file."""
    rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    return rows[0], rows[1:]


def write_rows(path: Path, header: list[str], rows: list[list[str]]) -> None:
    """Write a CSV file as an office would."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


def shuffle_rows(folder: Path, seed: int) -> None:
    """Shuffle the rows of every CSV table of a case folder."""
    draw = random.Random(seed)
    for path in sorted(folder.glob("*.csv")):
        header, rows = read_rows(path)
        draw.shuffle(rows)
        write_rows(path, header, rows)


def share_persons(folder: Path, size: int, seed: int) -> None:
    """Let about ``size`` premises of a case folder belong to each legal person."""
    draw = random.Random(seed)
    header, rows = read_rows(folder / "enterprises.csv")
    column = header.index("credit_code")
    for row in rows:
        row[column] = credit_code(draw.randrange(len(rows) // size + 1))
    write_rows(folder / "enterprises.csv", header, rows)


def rename_enterprises(folder: Path, seed: int) -> dict[str, str]:
    """Give every enterprise of a case folder another one's id, in all tables; return old id -> new id."""
    _, rows = read_rows(folder / "enterprises.csv")
    old = [row[0] for row in rows]
    new = random.Random(seed).sample(old, len(old))
    name = dict(zip(old, new, strict=True))
    pattern = re.compile("|".join(map(re.escape, old)))
    for path in sorted(folder.glob("*.csv")):
        header, table = read_rows(path)
        columns = [k for k, c in enumerate(header) if c in {"enterprise_id", "object_id"}]
        for row in table:
            for k in columns:
                row[k] = pattern.sub(lambda match: name[match.group()], row[k])
        write_rows(path, header, table)
    return name


def year_instance(case: Case, rules: Rulebook) -> Instance:
    """Return the arrays of a year, in the order of the case."""
    scores = score(case, rules)
    owed = duties(case, rules, scores)
    joint = merge(case, rules, scores, owed)
    domains, _ = domains_of(case, rules, owed, list(scores.table["intensity"]), joint)
    return compile_year(
        case, rules, joint, domains, list(scores.table["tier"]), capacity_of(case, rules)
    ).instance
