"""Who is who: credit codes, premises and legal persons, near-duplicates, decisions in aliases, merged townships."""

from __future__ import annotations

import pytest
from office import FIRMS, as_book, as_folder, codes, county, faults, warned

from riskplan.case.identity import code_defect
from riskplan.case.names import normal_name
from riskplan.case.read import read_case
from riskplan.synth.credit_code import credit_code

GOOD = credit_code(77)
HEAD = FIRMS[0]


def firms(*rows, **others):
    """Return the county with these enterprises."""
    return county(企业台账=[HEAD, *(list(row) for row in rows)], **others)


def same_firm_thrice():
    """Return three departments' entries of one firm, and a fourth of another."""
    return [
        ["EM-17", credit_code(5), "样例县宏达纸品有限公司", 118.29400, 25.32200, "350525100", "纸制品"],
        ["F0032", credit_code(5), "宏达纸品公司", 118.29410, 25.32205, "350525100", "纸制品"],
        ["M-9", "", "宏达纸品有限责任公司", 118.29405, 25.32195, "350525100", "纸制品"],
        ["X1", credit_code(6), "永盛食品厂", 118.29420, 25.32210, "350525100", "食品"],
    ]


@pytest.mark.parametrize("number", range(0, 3000, 97))
def test_good_codes_pass(number):
    """Codes with the right check sign have no defect."""
    assert code_defect(credit_code(number)) is None


def test_one_wrong_sign_is_always_found():
    """Whatever sign of a good code is exchanged, the code is refused (weights of GB 32100 are coprime to 31)."""
    for at in range(17):
        for sign in "0123456789ABCDEFGHJKLMNPQRTUWXY":
            if sign != GOOD[at]:
                assert code_defect(GOOD[:at] + sign + GOOD[at + 1 :]) is not None, (at, sign)


@pytest.mark.parametrize(
    ("code", "defect"),
    [
        (GOOD[:-1], "credit_code_length"),
        ("350500100012345", "credit_code_old"),
        (GOOD[:9] + "O" + GOOD[10:], "credit_code_sign"),
        (GOOD[:3] + "A" + GOOD[4:], "credit_code_sign"),
        (GOOD[:-1] + ("0" if GOOD[-1] != "0" else "1"), "credit_code_check"),
    ],
)
def test_a_wrong_code_is_refused_for_what_is_wrong(tmp_path, code, defect):
    """Length, old numbers, forbidden signs and check sign have faults of their own, at the cell."""
    [fault] = faults(as_book(tmp_path, firms(["E1", code, *FIRMS[1][2:]])))
    assert (fault.code, fault.cell, fault.column) == (defect, "B2", "统一社会信用代码")


def test_premises_and_legal_persons_are_told_apart(tmp_path):
    """Two premises of one legal person stay two rows; how many there are is told once."""
    other = ["E9", FIRMS[1][1], "宏达纸品二厂", 118.261, 25.335, "350525101", "纸制品"]
    case = read_case(as_book(tmp_path, firms(FIRMS[1], other)))
    assert len(case.enterprises) == 2
    [notice] = warned(case, "several_premises")
    assert (notice.value, notice.args["premises"], notice.args["most"]) == ("1", "2", FIRMS[1][1])


def test_one_firm_under_three_names_is_listed_not_merged(tmp_path):
    """Near-duplicates are warnings that name both rows; nothing is merged without a decision."""
    case = read_case(as_book(tmp_path, firms(*same_firm_thrice())))
    assert len(case.enterprises) == 4
    pairs = {
        frozenset((w.args["id"], w.args["other"]))
        for w in case.warnings
        if w.code.startswith("near_duplicate")
    }
    assert pairs >= {frozenset(("EM-17", "F0032")), frozenset(("EM-17", "M-9"))}
    assert not any("X1" in pair for pair in pairs)


def test_a_county_in_brackets_is_no_part_of_a_name():
    """宏达纸品有限公司(永春) is the firm 永春县宏达纸品有限公司; another place in brackets stays."""
    forms = ("永春县宏达纸品有限公司", "宏达纸品有限公司(永春)", "宏达纸品（永春县）有限责任公司")
    assert {normal_name(form, "永春") for form in forms} == {"宏达纸品"}
    assert normal_name("宏达纸品(德化)有限公司", "永春") != "宏达纸品"


def test_branches_with_numbers_are_never_near_duplicates(tmp_path):
    """Shop 1 and shop 2 of a chain next door differ by their number."""
    rows = [
        [f"E{n}", FIRMS[1][1], f"兴旺便利{n}号店", 118.294 + n / 1e5, 25.322, "350525100", "零售"]
        for n in (1, 2)
    ]
    case = read_case(as_book(tmp_path, firms(*rows)))
    assert not [w for w in case.warnings if w.code.startswith("near_duplicate")]


def test_a_decision_in_aliases_is_recorded_once_and_honoured(tmp_path):
    """Rows called the same are merged and their records follow; pairs called different are never listed again."""
    tables = firms(
        *same_firm_thrice(),
        隐患台账=[["隐患编号", "企业编号", "发现日期", "严重程度"], ["H1", "F0032", "2026-3-5", "一般"]],
        别名=[
            ["别名", "企业编号", "结论", "确认人", "日期"],
            ["F0032", "EM-17", "同一企业", "张某", "2026-11-2"],
            ["M-9", "EM-17", "不同企业", "张某", "2026-11-2"],
        ],
    )
    case = read_case(as_book(tmp_path, tables))
    assert case.enterprises["enterprise_id"].tolist() == ["EM-17", "M-9", "X1"]
    assert case["hazards"]["enterprise_id"].tolist() == ["EM-17"]
    assert [w.value for w in warned(case, "merged_alias")] == ["F0032"]
    assert not [w for w in case.warnings if w.code.startswith("near_duplicate")]


def test_a_decision_may_name_what_another_ledger_writes(tmp_path):
    """An id that stands in a ledger of hazards only is taken for the enterprise that it was decided to be."""
    tables = county(
        隐患台账=[["隐患编号", "企业编号", "发现日期", "严重程度"], ["H1", "旧档-88", "2026-3-5", "一般"]],
        别名=[["别名", "企业编号", "结论"], ["旧档-88", "E2", "相同"]],
    )
    assert read_case(as_book(tmp_path, tables))["hazards"]["enterprise_id"].tolist() == ["E2"]


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([["E1", "E2", "same"], ["E2", "E1", "same"]], "alias_cycle"),
        ([["E1", "E2", "same"], ["E1", "E3", "same"]], "alias_contradiction"),
        ([["E1", "E2", "same"], ["E2", "E1", "different"]], "alias_contradiction"),
        ([["E1", "E7", "same"]], "unknown_reference"),
    ],
)
def test_decisions_that_can_not_hold_are_refused(tmp_path, rows, code):
    """Circles, contradictions and unknown ids are faults."""
    tables = county(别名=[["别名", "企业编号", "结论"], *rows])
    assert code in codes(as_folder(tmp_path, tables))


def test_units_are_joined_by_code_never_by_name(tmp_path):
    """The name of a township or department where a code belongs is a fault that names a code."""
    tables = firms([*FIRMS[1][:5], "桃城镇", "纸制品"])
    [fault] = faults(as_book(tmp_path, tables))
    assert (fault.code, fault.value, fault.args["table"]) == ("unknown_reference", "桃城镇", "townships")


def test_merged_townships_are_moved_and_listed(tmp_path):
    """Rows under the code of a merged township move to the code of today; how many is told per former code."""
    tables = county()
    tables["乡镇"] = [
        ["乡镇代码", "乡镇名称", "经度", "纬度", "原代码"],
        ["350525100", "桃城镇", 118.297, 25.323, "350525101"],
    ]
    case = read_case(as_book(tmp_path, tables))
    assert set(case.enterprises["township_code"]) == {"350525100"}
    [told] = warned(case, "township_merged")
    assert (told.value, told.args) == ("350525101", {"to": "350525100", "count": "1"})


def test_a_former_code_that_is_in_use_is_refused(tmp_path):
    """A code can't be former and live."""
    tables = county()
    tables["乡镇"][0].append("原代码")
    tables["乡镇"][1].append("350525101")
    assert codes(as_book(tmp_path, tables)) == ["former_code_live"]
