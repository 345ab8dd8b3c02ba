"""Capacity told before planning: published formulas, quiet days that leave 45 and 47 workdays, months that can't work."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest
from typer.testing import CliRunner

from riskplan.case.calendar import horizon_days
from riskplan.case.faults import fault_lines
from riskplan.cli.app import app
from riskplan.rules.feasibility import capacity_report, capacity_warnings, usable_buckets
from riskplan.rules.model import Filter, QuietRule

NO_CALENDAR = pd.DataFrame({
    "date": pd.Series([], dtype="datetime64[s]"),
    "status": pd.Series([], dtype=object),
})
LEFT = {
    2025: [2, 3, 4, 4, 5, 3, 4, 4, 4, 5, 3, 4],
    2026: [5, 3, 4, 4, 4, 3, 5, 4, 3, 5, 3, 4],
}
"""Workdays of each month after its 25th day."""


@pytest.fixture
def office(hamlet):
    """Return a county with one department of some officers in a year, and the lines that it typed."""

    def made(officers=8, number=2026, lines=(), off=()):
        calendar = pd.DataFrame([(day, "off") for day in off], columns=["date", "status"])
        calendar = calendar.astype({"date": "datetime64[s]"}) if off else NO_CALENDAR
        first, last = dt.date(number, 1, 1), dt.date(number, 12, 31)
        staff = pd.DataFrame({
            "officer_id": [f"o{i:02}" for i in range(officers)],
            "department_id": "EM",
            "certified": True,
            "role": "officer",
        })
        table = pd.DataFrame(
            [("EM", *line, "") for line in lines], columns=["department_id", "line", "class", "days", "basis"]
        )
        case = replace(
            hamlet,
            first_day=first,
            last_day=last,
            as_of=first,
            days=horizon_days("CN", first, last, calendar),
        )
        return case.replace_table("officers", staff).replace_table("capacity_lines", table)

    return made


def with_quiet(rules, *rows):
    """Return rules with quiet days and no duties."""
    return replace(rules, quiet=rows, duties=())


def bare(rules):
    """Return rules without duties."""
    return replace(rules, duties=())


BUREAU = (("licensing", "other", 1469), ("investigation", "other", 700), ("joint actions", "joint", 300))
BUREAU += (("duty and meetings", "non_enforcement", 1994),)
DISTRICT = (("supervision", "other", 1035), ("leave and study", "non_enforcement", 535))


@pytest.mark.parametrize(
    ("officers", "lines", "off", "text"),
    [
        (
            22,
            BUREAU,
            ("2026-03-02",),
            "22 x 247 = 5,434 officer-days - other enforcement 2,469 (45.4%) - non-enforcement 1,994 (36.7%) = "
            "inspection 971 (17.9%)",
        ),
        (
            8,
            DISTRICT,
            (),
            "8 x 248 = 1,984 officer-days - other enforcement 1,035 (52.2%) - non-enforcement 535 (27.0%) = "
            "inspection 414 (20.9%)",
        ),
    ],
)
def test_published_plans_are_told_with_their_lines_and_shares(
    officers, lines, off, text, office, hamlet_rules
):
    """5,434 - 2,469 - 1,994 = 971 and 1,984 - 1,035 - 535 = 414, as two offices printed them."""
    told = capacity_report(office(officers, lines=lines, off=off), hamlet_rules, "en")
    assert any(text in line for line in told)
    body = "\n".join(told)
    assert all(f"{name} {days:,}" in body for name, _, days in lines)
    assert ("led by others" in body) == (lines is BUREAU)


def test_two_pools_and_what_is_taken_off(office, hamlet_rules):
    """971 days less 22 % are one pool, 300 joint days less the reserve are the other."""
    told = "\n".join(capacity_report(office(22, lines=BUREAU, off=("2026-03-02",)), hamlet_rules, "zh"))
    assert f"可编排工时：{int(971 * 480 * 0.78 + 1e-6):,} 人·分钟" in told
    assert f"参与他人牵头检查的工时：{int(300 * 480 * 0.9 + 1e-6):,} 人·分钟" in told
    assert "豁免检查 12%、机动 10%" in told


def test_departments_without_lines_use_the_shares_and_say_so(office, hamlet_rules):
    """49 and 32 per cent of the rulebook, named as such."""
    told = "\n".join(capacity_report(office(8), hamlet_rules, "zh"))
    assert "8 × 248 = 1,984 人日 - 其他执法 972（49.0%）- 非执法 635（32.0%）= 检查 377（19.0%）" in told
    assert "按规则比例计算" in told


@pytest.mark.parametrize(
    ("what", "typed", "right"),
    [
        ("other_total", 2649, "2,469"),
        ("non_enforcement_total", 1995, "1,994"),
        ("inspection", 970, "971"),
        ("legal", 5456, "5,434"),
    ],
)
def test_totals_typed_by_hand_that_do_not_add_up_are_flagged(what, typed, right, office, hamlet_rules):
    """2,649 printed for 2,469 is found; the right totals are silent."""
    lines = (*BUREAU, (what, what, typed))
    case = office(22, lines=lines, off=("2026-03-02",))
    (fault,) = capacity_warnings(case, bare(hamlet_rules))
    assert (fault.code, fault.value, fault.args["computed"]) == (f"typed_{what}", str(typed), right)
    assert fault.warning
    good = (*BUREAU, (what, what, int(right.replace(",", ""))))
    assert capacity_warnings(office(22, lines=good, off=("2026-03-02",)), bare(hamlet_rules)) == ()


@pytest.mark.parametrize("number", [2025, 2026])
def test_days_1_to_25_leave_45_and_47_workdays(number, office, hamlet_rules):
    """Of 248 workdays 45 remain in 2025 and 47 in 2026, month by month as counted by hand."""
    case, rules = office(number=number), with_quiet(hamlet_rules, QuietRule("q", "days_1_25"))
    (buckets,) = usable_buckets(case, rules)
    assert buckets.days == sum(LEFT[number]) == {2025: 45, 2026: 47}[number]
    assert list(buckets.months.values()) == LEFT[number]
    told = "\n".join(capacity_report(case, rules, "en"))
    assert f"Left: {buckets.days} of 248 workdays" in told
    assert f"fewest in {number}-{'01: 2' if number == 2025 else '02: 3'}" in told
    assert capacity_warnings(case, rules) == ()


def test_capacity_is_told_for_each_kind(office, hamlet_rules):
    """Quiet days name their kinds: complaints keep all 248 workdays, special checks have their own rule."""
    rows = (QuietRule("q", "days_1_25"), QuietRule("r", "per_month", 20, kinds=("special",)))
    case, rules = office(), with_quiet(hamlet_rules, *rows)
    days = {k: usable_buckets(case, rules, k)[0].days for k in ("daily", "special", "complaint")}
    assert days["daily"] == 47
    assert 47 < days["special"] < 248
    assert days["complaint"] == 248
    told = "\n".join(capacity_report(case, rules, "zh"))
    assert "各部门可开展日常检查的工作日：47 天" in told
    assert f"各部门可开展专项检查的工作日：{days['special']} 天" in told


def test_twenty_quiet_days_a_month(office, hamlet_rules):
    """``per_month: 20`` closes days 1 to 20: what is left are the workdays after the 20th."""
    case, rules = office(), with_quiet(hamlet_rules, QuietRule("q", "per_month", 20))
    works = case.days.dates[case.days.is_workday]
    after = int(((works - works.astype("datetime64[M]")).astype(int) >= 20).sum())
    assert usable_buckets(case, rules)[0].days == after


def test_months_that_cannot_work_are_told(office, hamlet_rules):
    """28 quiet days close February 2026, leave one day in others; a closed summer is a closed quarter."""
    case = office()
    tight = with_quiet(hamlet_rules, QuietRule("q", "per_month", 28))
    works = case.days.dates[case.days.is_workday]
    late = (
        works[(works - works.astype("datetime64[M]")).astype(int) >= 28].astype("datetime64[M]").astype(str)
    )
    told = {f.code: f for f in capacity_warnings(case, tight)}
    labels = [f"2026-{m:02}" for m in range(1, 13)]
    assert told["no_usable_day"].value == ", ".join(m for m in labels if m not in late)
    assert told["few_usable_days"].value == ", ".join(m for m in labels if (late == m).sum() == 1)
    assert told["no_usable_day"].args["departments"] == "县应急管理局"
    summer = with_quiet(hamlet_rules, QuietRule("q", "per_month", 31, months=(7, 8, 9)))
    told = {f.code: f.value for f in capacity_warnings(case, summer)}
    assert told == {"no_usable_day": "2026-07, 2026-08, 2026-09", "no_usable_quarter": "2026-Q3"}


def test_only_departments_that_a_rule_binds_are_named(office, hamlet_rules):
    """A rule about another department, or about some premises, closes nothing for this one."""
    case = office()
    for row_filter in (Filter(departments=("FIRE",)), Filter(sizes=("large",))):
        rules = with_quiet(hamlet_rules, QuietRule("q", "per_month", 31, months=(2,), filter=row_filter))
        assert capacity_warnings(case, rules) == ()
    rules = with_quiet(
        hamlet_rules, QuietRule("q", "per_month", 31, months=(2,), filter=Filter(departments=("EM",)))
    )
    assert [f.value for f in capacity_warnings(case, rules)] == ["2026-02"]


def test_past_months_are_not_told(office, hamlet_rules):
    """What lies before ``as_of`` can't be planned any more."""
    case = replace(office(), as_of=dt.date(2026, 3, 1))
    rules = with_quiet(hamlet_rules, QuietRule("q", "per_month", 31, months=(2,)))
    assert capacity_warnings(case, rules) == ()


def test_a_department_without_time_or_officers_is_told(office, hamlet_rules):
    """Lines that take all legal days, and items nobody may check, are told before planning."""
    lines = (("all", "other", 1900), ("rest", "non_enforcement", 100))
    codes = [f.code for f in capacity_warnings(office(8, lines=lines), bare(hamlet_rules))]
    assert codes == ["no_inspection_days"]
    found = capacity_warnings(office(8), hamlet_rules)
    assert {f.code for f in found} == {"no_officers"}
    assert {"EM", "县应急管理局"}.isdisjoint(f.value for f in found)


def test_every_warning_is_a_sentence_in_both_languages(office, hamlet_rules):
    """Place, what, expected and remedy of each warning are told."""
    lines = (("a", "other", 1900), ("b", "non_enforcement", 100), ("c", "inspection", 9))
    rules = replace(hamlet_rules, quiet=(QuietRule("q", "per_month", 29, months=(2, 3)),))
    found = capacity_warnings(office(8, lines=lines), rules)
    assert len({f.code for f in found}) >= 4
    for lang in ("zh", "en"):
        assert not [line for line in fault_lines(found, lang) if "fault." in line or "{" in line]


def test_the_report_is_the_same_in_both_languages(office, hamlet_rules):
    """Chinese and English lines hold the same numbers."""
    case, rules = office(22, lines=BUREAU), with_quiet(hamlet_rules, QuietRule("q", "days_1_25"))
    digits = [
        [sorted(filter(None, "".join(c if c.isdigit() else " " for c in line).split())) for line in report]
        for report in (capacity_report(case, rules, lang) for lang in ("zh", "en"))
    ]
    assert digits[0] == digits[1]


def test_the_command_tells_capacity(hamlet_folder):
    """``check`` prints the formula of each department, and ends well."""
    result = CliRunner().invoke(app, ["check", str(hamlet_folder), "--lang", "en"])
    assert result.exit_code == 0
    assert "officer-days - other enforcement" in result.output
    assert "workdays" in result.output
