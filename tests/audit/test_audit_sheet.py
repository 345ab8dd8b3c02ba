"""A bare table typed by hand is judged as far as it goes, and the report says how far that is."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from audit.county import County, county
from riskplan.audit import CHECKS, audit_sheet
from riskplan.audit.sheet import date_of, parts_of, text_of, week_of
from riskplan.case.faults import fault_line
from riskplan.errors import InputError

TIERS = pd.DataFrame({
    "企业编号": ["E1", "E2", "E3", "E4", "E5", "E6"],
    "风险等级": ["红色", "橙", "yellow", "黄色", "蓝", "Blue"],
})


def sheet(made: County) -> pd.DataFrame:
    """Return the county's visits as an official would type them."""
    return pd.DataFrame({
        "企业编号": [v["enterprise_id"] for v in made.visits],
        "周": [v["week"] for v in made.visits],
        "部门": ["、".join(v["departments"]) for v in made.visits],
    })


def test_lawful_sheet_is_lawful():
    """The lawful county's weeks, typed by hand with scores, break no rule and leave nothing out."""
    made = county()
    report = audit_sheet(made.case, made.rules, sheet(made), TIERS)
    assert report.ok
    assert sum(report.shortfalls.values()) == 0
    assert "visit_minutes" in report.not_checked
    assert "floors" in [c.name for c in report.checks]
    assert {c.name for c in report.checks} | set(report.not_checked) == {f.__name__[6:] for f in CHECKS}


def test_sheet_without_scores_is_judged_leniently_and_says_so():
    """Without scores the most lenient tier counts, and owed visits are not checked."""
    made = county()
    frame = pd.DataFrame({
        "enterprise_id": ["E6"] * 5,
        "week": [f"2027-W{w}" for w in ("05", 15, 25, 35, 45)],
    })
    frame["departments"] = "A"
    report = audit_sheet(made.case, made.rules, frame)
    assert {"floors", "longest_intervals"} <= set(report.not_checked)
    assert [(f.rule, f.excess, f.allowed) for f in report.violations] == [("organ-enterprise-year", 1, 4)]
    with_tiers = audit_sheet(made.case, made.rules, frame, TIERS)
    assert {f.rule for f in with_tiers.violations} == {
        "organ-enterprise-year", "enterprise-year", "enterprise-spacing",
    }  # fmt: skip


def test_unmet_floors_of_a_sheet_are_shortfalls_without_a_reason():
    """What a bare table leaves out is a shortfall, counted by tier, no violation."""
    made = county()
    made.drop("E1-2")
    made.drop("E6-1")
    report = audit_sheet(made.case, made.rules, sheet(made), TIERS)
    assert report.ok
    assert (report.shortfalls["red"], report.shortfalls["blue"]) == (1, 1)
    found = {f.scope_key: (f.message, f.excess, f.evidence) for f in report.of_severity("shortfall")}
    assert found == {
        "E1": ("floor-no-reason", 1, ("a1", "a2", "b1")),
        "E6": ("floor-no-reason", 1, ("a1", "b1")),
    }
    assert "未说明原因" in report.of_severity("shortfall")[0].sentence("zh")


def test_rows_are_named_as_a_spreadsheet_counts_them():
    """Findings name row numbers below the header, also after an empty row."""
    made = county()
    frame = pd.DataFrame({
        "enterprise_id": ["E1", None, "E9", "E1"],
        "date": [dt.datetime(2027, 2, 1), None, "2027/3/22", pd.Timestamp("2027-02-08")],
        "departments": ["A;B", None, "市场监管局", "应急管理局"],
    })
    report = audit_sheet(made.case, made.rules, frame)
    assert {(f.rule, f.evidence) for f in report.violations} == {
        ("unknown-enterprise", ("row-4",)),
        ("enterprise-spacing", ("row-2", "row-5")),
    }


def test_unreadable_cells_are_findings():
    """A week or date that can't be read, an unknown department and a body that may not inspect are told by row."""
    made = county()
    frame = pd.DataFrame({
        "企业编号": ["E1", "E2", "E3", "E4"],
        "周": ["第12周", "2027年第20周", "2027-W30", "2027-05-20"],
        "日期": ["", "", "2027-02-30", ""],
        "部门": ["A", "Z", "A", "安委办"],
    })
    report = audit_sheet(made.case, made.rules, frame)
    found = {
        (f.rule, f.message, f.evidence) for f in report.violations if f.rule != "department-week-minutes"
    }
    assert found == {
        ("week-label", "week-label", ("row-2",)),
        ("unknown-department", "unknown-department", ("row-3",)),
        ("week-label", "date-unreadable", ("row-4",)),
        ("department-role", "department-role", ("row-5",)),
    }


def test_missing_column_is_refused_in_both_languages():
    """A table without a needed column is refused with the headers that would do."""
    made = county()
    with pytest.raises(InputError) as caught:
        audit_sheet(made.case, made.rules, pd.DataFrame({"enterprise_id": ["E1"]}))
    assert [f.column for f in caught.value.faults] == ["departments", "week, date"]
    assert "部门" in fault_line(caught.value.faults[0], "zh")
    assert "week, date" in fault_line(caught.value.faults[1], "en")
    with pytest.raises(InputError):
        audit_sheet(made.case, made.rules, sheet(made), pd.DataFrame({"企业编号": ["E1"]}))


def test_empty_sheet_breaks_nothing():
    """A table with headers only is lawful; with scores everything owed is a shortfall."""
    made = county()
    frame = pd.DataFrame({"enterprise_id": [], "week": [], "departments": []})
    assert audit_sheet(made.case, made.rules, frame).ok
    report = audit_sheet(made.case, made.rules, frame, TIERS)
    assert report.shortfalls == {"red": 4, "orange": 2, "yellow": 2, "blue": 1}


def test_sheet_uses_ids_items_and_kinds_where_given():
    """Own visit ids and items are used; an exempt kind does not count."""
    made = county()
    frame = pd.DataFrame({
        "检查编号": ["x", "y"],
        "企业编号": ["E1", "E1"],
        "周": ["2027-W05", "2027-W06"],
        "部门": ["A", "A"],
        "类别": ["daily", "daily"],
        "事项": ["a1", "a1|a2"],
    })
    report = audit_sheet(made.case, made.rules, frame)
    assert [(f.rule, f.evidence) for f in report.violations] == [("enterprise-spacing", ("x", "y"))]
    frame["类别"] = ["daily", "case"]
    assert audit_sheet(made.case, made.rules, frame).ok


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2027-W12", "2027-W12"), ("2027W7", "2027-W07"), ("2027年第12周", "2027-W12"), ("2027-w12", "2027-W12"),
        ("2027-03-22", "2027-W12"), ("2027/3/22", "2027-W12"), ("12", "12"), ("", ""),
    ],
)  # fmt: skip
def test_weeks_are_read_in_common_forms(written, read):
    """A week may be written by its label, in Chinese, or by one of its days."""
    assert week_of(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2027-3-2", "2027-03-02"), ("2027.03.02", "2027-03-02"), ("2027年3月2日", "2027-03-02"), ("soon", "soon"),
        (pd.Timestamp("2027-03-02"), "2027-03-02"), (pd.NaT, ""), (float("nan"), ""), (None, ""),
        ("2027-03-02 00:00:00", "2027-03-02"),
    ],
)  # fmt: skip
def test_dates_are_read_in_common_forms(written, read):
    """A date may be a spreadsheet's date or text in a common form."""
    assert date_of(text_of(written)) == read


def test_lists_are_split_at_any_common_mark():
    """Departments may be separated by bars, semicolons, commas and Chinese marks; numbers lose their ``.0``."""
    assert parts_of("A|B;C,D、E；F，G") == ("A", "B", "C", "D", "E", "F", "G")
    assert parts_of(("A ", "")) == ("A",)
    assert text_of(1021790.0) == "1021790"
