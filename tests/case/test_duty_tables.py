"""Tables and columns of what is owed and what is known otherwise: read, checked, written in every form."""

from __future__ import annotations

import pandas as pd
import pytest

from case.test_risk_tables import add, faults_of, widen
from riskplan.case.faults import fault_lines, warning_lines
from riskplan.case.read import read_case
from riskplan.case.write import write_case
from riskplan.errors import InputError

DECISION = {"enterprise_id": "", "author": "office", "date": "2026-11-01", "reason": "r"}


def decide(folder, **cells):
    """Write a decision about the first enterprise; a list of items is that of the first one."""
    case = read_case(folder)
    row = {**DECISION, "enterprise_id": case.enterprises["enterprise_id"].iat[0], **cells}
    add(folder, "overrides", ",".join(row), ",".join(row.values()))


def first_item(folder):
    """Return an item of a case."""
    return read_case(folder)["items"]["item_id"].iat[0]


def filled(folder):
    """Write a row of every new table and a cell of every new column, with headers of either language."""
    case = read_case(folder)
    e, item = case.enterprises["enterprise_id"].iat[0], case["items"]["item_id"].iat[0]
    widen(folder, "items", skills="gas|heights")
    widen(folder, "visits", known_on="2026-11-18")
    add(
        folder,
        "overrides",
        "企业编号,事项,年检查次数,最长间隔(天),检查月份,决定人,决定日期,理由",
        f"{e},{item},2.5,120,3|10,安委办,2026-11-01,一企一策",
    )
    add(
        folder,
        "licences",
        "许可证编号,企业编号,许可名称,事项,到期日期,审查日期,来源",
        f"XK-1,{e},经营许可证,{item},2027-09-30,2024/9/1,台账",
    )
    add(
        folder,
        "monitoring",
        "监测编号,企业编号,监测领域,状态日期,状态,来源",
        f"JC-1,{e},消防安全,2026-11-10,报警,平台",
        f"JC-1,{e},消防安全,2026-11-11,正常,平台",
        f"JC-1,{e},消防安全,2026-11-12,掉线,平台",
    )
    add(
        folder,
        "campaigns",
        "campaign_id,name,approval,sizes,tiers,items,first,last",
        f"K1,fire,no. 1,large|small,red|orange,{item},2027-03-01,2027-04-30",
    )
    return e, item


@pytest.mark.parametrize("form", ["case", "case.xlsx", "case.gpkg"])
def test_they_are_read_and_written_in_every_form(form, broken, tmp_path):
    """Written and read again they are the same; headers and words in Chinese or English."""
    e, item = filled(broken)
    case = read_case(broken)
    decision = case["overrides"].iloc[0]
    assert (decision["tier"], decision["items"], decision["visits"]) == ("", (item,), 2.5)
    assert (decision["longest_interval_days"], decision["months"]) == (120, (3, 10))
    licence = case["licences"].iloc[0]
    assert (licence["enterprise_id"], licence["items"]) == (e, (item,))
    assert licence["expires_on"] == pd.Timestamp("2027-09-30")
    assert licence["reviewed_on"] == pd.Timestamp("2024-09-01")
    assert case["monitoring"]["state"].tolist() == ["alarm", "normal", "offline"]
    assert case["campaigns"][["sizes", "tiers"]].iloc[0].tolist() == [("large", "small"), ("red", "orange")]
    assert ("gas", "heights") in case["items"]["skills"].tolist()
    assert case["visits"]["known_on"].notna().sum() == 1
    write_case(case, tmp_path / form)
    assert read_case(tmp_path / form).fingerprint == case.fingerprint


def test_a_case_without_them_has_them_empty(hamlet):
    """No column is guessed: no skills, no day of getting to know, no rows."""
    assert set(hamlet["items"]["skills"]) == {()}
    assert hamlet["visits"]["known_on"].isna().all()
    for table in ("licences", "monitoring", "overrides"):
        assert not len(hamlet[table])
    assert not {w.code for w in hamlet.warnings} & {"item_without_basis", "item_differs"}


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({}, ("override_says_nothing", "tier")),
        ({"items": "ITEM"}, ("override_without_visits", "visits")),
        ({"tier": "red", "items": "ITEM"}, ("override_without_visits", "visits")),
        ({"visits": "2"}, ("override_says_nothing", "tier")),
        ({"items": "NONE", "visits": "2"}, ("unknown_reference", "items")),
        ({"items": "ITEM", "visits": "53"}, ("number_out_of_range", "visits")),
        ({"items": "ITEM", "visits": "-1"}, ("number_out_of_range", "visits")),
        ({"items": "ITEM", "visits": "two"}, ("not_a_number", "visits")),
        (
            {"items": "ITEM", "visits": "2", "longest_interval_days": "0"},
            ("number_out_of_range", "longest_interval_days"),
        ),
        (
            {"items": "ITEM", "visits": "2", "longest_interval_days": "4001"},
            ("number_out_of_range", "longest_interval_days"),
        ),
        ({"items": "ITEM", "visits": "2", "months": "0"}, ("not_a_number_list", "months")),
        ({"items": "ITEM", "visits": "2", "months": "13"}, ("not_a_number_list", "months")),
    ],
)
def test_slips_of_a_decision(cells, expected, broken):
    """It says a tier, or items and how often; what, how often and when are known and in range."""
    item = first_item(broken)
    decide(broken, **{k: v.replace("ITEM", item) for k, v in cells.items()})
    code, column = expected
    assert (code, "overrides.csv", column) in faults_of(broken)


@pytest.mark.parametrize(
    "cells", [{"tier": "red"}, {"items": "ITEM", "visits": "0"}, {"items": "ITEM", "visits": "52"}]
)
def test_a_decision_is_about_a_tier_or_about_items(cells, broken):
    """Either is enough; no visits at all is a decision too."""
    item = first_item(broken)
    decide(broken, **{k: v.replace("ITEM", item) for k, v in cells.items()})
    assert len(read_case(broken)["overrides"]) == 1


def test_slips_of_the_other_tables_are_all_told_at_once(broken):
    """Ids that do not exist, a state and a size that there are not, a missing day, a licence that stands twice."""
    e, item = filled(broken)
    add(
        broken,
        "licences",
        "licence_id,enterprise_id,items,expires_on",
        f"L1,NOBODY,{item},2027-01-01",
        f"L1,{e},NOTHING,",
    )
    add(broken, "monitoring", "feed_id,enterprise_id,domain,date,state", f"F,{e},fire,2026-11-10,broken")
    add(
        broken,
        "campaigns",
        "campaign_id,name,approval,sizes,tiers,items,first,last",
        f"K1,n,a,huge,purple,{item},2027-03-01,2027-04-30",
    )
    with pytest.raises(InputError) as refused:
        read_case(broken)
    faults = [f for f in refused.value.faults if not f.warning]
    found = {(f.code, f.file, f.column) for f in faults}
    assert found >= {
        ("unknown_reference", "licences.csv", "enterprise_id"),
        ("unknown_reference", "licences.csv", "items"),
        ("duplicate_id", "licences.csv", "licence_id"),
        ("empty_cell", "licences.csv", "expires_on"),
        ("not_allowed", "monitoring.csv", "state"),
        ("campaign_word", "campaigns.csv", "sizes"),
        ("campaign_word", "campaigns.csv", "tiers"),
    }
    for lang, words in (("en", "purple"), ("zh", "“purple”")):
        assert words in "\n".join(fault_lines(faults, lang))


def items_with(folder, *rows):
    """Add items to a case."""
    path = folder / "items.csv"
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    header = lines[0].split(",")
    for row in rows:
        lines.append(",".join(row.get(name, "") for name in header))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_the_catalogue_is_checked(broken):
    """An on-site item without a basis, and one name with other minutes elsewhere, are told; reading goes on."""
    case = read_case(broken)
    one, two = sorted(set(case["items"]["department_id"]))[:2]
    plain = {"domain": "d", "basis": "law", "minutes": "30"}
    items_with(
        broken,
        {**plain, "item_id": "X1", "department_id": one, "name": "Gas  Cylinders"},
        {**plain, "item_id": "X2", "department_id": two, "name": "gas cylinders", "minutes": "45"},
        {**plain, "item_id": "X3", "department_id": two, "name": "Other", "basis": ""},
        {**plain, "item_id": "X4", "department_id": two, "name": "Desk", "basis": "", "mode": "off_site"},
        {**plain, "item_id": "X5", "department_id": one, "name": "GAS CYLINDERS", "minutes": "45"},
        {**plain, "item_id": "X6", "department_id": two, "name": "gascylinders"},
    )
    warnings = read_case(broken).warnings
    bare = [w for w in warnings if w.code == "item_without_basis"]
    assert [(w.value, w.column) for w in bare] == [("X3", "basis")]
    (other,) = [w for w in warnings if w.code == "item_differs"]
    assert (other.value, other.args) == ("45", {"of": one, "minutes": "30"})
    assert len(warning_lines([*bare, other], "zh")) == len(warning_lines([*bare, other], "en"))


def test_an_item_of_a_coordinating_body_is_refused(broken):
    """Only enforcement bodies inspect."""
    case = read_case(broken)
    body = case["departments"]["department_id"][case["departments"]["role"] == "coordination"].iat[0]
    row = {
        "item_id": "X1",
        "department_id": body,
        "name": "n",
        "domain": "d",
        "basis": "law",
        "minutes": "30",
    }
    items_with(broken, row)
    assert ("coordination_inspects", "items.csv", "department_id") in faults_of(broken)


def test_many_warnings_of_one_kind_are_told_in_a_few_lines(broken):
    """Of 60 items without a basis the first few are shown, and how many there are."""
    organ = read_case(broken)["items"]["department_id"].iat[0]
    plain = {"department_id": organ, "domain": "d", "minutes": "30"}
    items_with(broken, *({**plain, "item_id": f"X{n:02d}", "name": f"n {n}"} for n in range(60)))
    warnings = [w for w in read_case(broken).warnings if w.code == "item_without_basis"]
    assert len(warnings) == 60
    lines = warning_lines(warnings, "en")
    assert len(lines) < 15
    assert any("60" in line for line in lines)
