"""One workbook with many different faults: where each of them is, as an office's own program shows it."""

from __future__ import annotations

from dataclasses import dataclass

from openpyxl import load_workbook

from riskplan.case.attributes import table_attributes
from riskplan.case.sources.names import sheet_title
from riskplan.case.targets.sheets import header_of
from riskplan.case.write import write_case


@dataclass(frozen=True)
class Planted:
    """A fault that was put into a cell: its code, and where it must be told."""

    code: str
    table: str
    column: str
    row: int
    value: object


PLANTED = (
    Planted("credit_code_check", "enterprises", "credit_code", 2, "91350525XX0000019G"),
    Planted("code_as_number", "enterprises", "credit_code", 3, 913505251234567890.0),
    Planted("empty_cell", "enterprises", "sector", 4, None),
    Planted("not_a_number", "enterprises", "lon", 5, "一百一十八度"),
    Planted("out_of_range", "departments", "depot_lat", 2, 95.5),
    Planted("outside_every_polygon", "enterprises", "lon", 7, 100.5),
    Planted("half_a_point", "enterprises", "lat", 8, None),
    Planted("unknown_reference", "enterprises", "township_code", 9, "350525999"),
    Planted("not_allowed", "enterprises", "size", 10, "巨型"),
    Planted("not_a_clock", "enterprises", "opens", 11, "八点"),
    Planted("hours_reversed", "enterprises", "closes", 12, "05:00"),
    Planted("always_closed", "enterprises", "closed_days", 13, "1|2|3|4|5|6|7"),
    Planted("not_a_number_list", "enterprises", "open_months", 14, "3月至5月"),
    Planted("cell_error", "enterprises", "status", 15, "#N/A"),
    Planted("duplicate_id", "hazards", "hazard_id", 5, "H000001"),
    Planted("not_a_yes_no", "officers", "certified", 4, "大概"),
    Planted("not_an_integer", "items", "minutes", 2, 2.5),
    Planted("number_out_of_range", "items", "minutes", 3, 900),
    Planted("not_a_date", "hazards", "date", 2, "2026年2月30日"),
    Planted("dates_reversed", "hazards", "closed_on", 3, "2001-01-01"),
    Planted("credit_code_length", "enterprises", "credit_code", 16, "9135052512345"),
    Planted("credit_code_old", "enterprises", "credit_code", 17, "350525123456789"),
    Planted("credit_code_sign", "enterprises", "credit_code", 18, "91350525IX0000019G"),
    Planted("formula_without_result", "enterprises", "grade", 19, "=A2"),
    Planted("former_code_live", "townships", "former_codes", 2, "350525101"),
)


def place_of(planted):
    """Return sheet, header and position of the column of a fault, as the workbook in Chinese has them."""
    attributes = table_attributes(planted.table)
    at = next(k for k, a in enumerate(attributes, 1) if a.name == planted.column)
    return sheet_title(planted.table, "zh"), header_of(attributes[at - 1], "zh"), at


def write_with_faults(case, path):
    """Write a case as a workbook and plant every fault."""
    write_case(case, path)
    book = load_workbook(path)
    for planted in PLANTED:
        title, _, at = place_of(planted)
        book[title].cell(planted.row, at).value = planted.value
    book.save(path)
    return path
