"""Headers in Chinese or English to attributes; columns that are refused or left out."""

from __future__ import annotations

import difflib

import pandas as pd

from riskplan.case.attributes import REQUIRED_TABLES, Attribute, table_attributes
from riskplan.case.sheet import Origin, Sheet
from riskplan.errors import Fault

IDENTITY_HEADERS = (
    "reporter",
    "reporter_name",
    "reporter_phone",
    "informant",
    "举报人",
    "举报人姓名",
    "举报人电话",
    "举报人手机",
    "身份证号",
)
"""Headers that would identify a person who reported a hazard; a file with one is refused."""


def with_headers(file: str, table: str, raw: pd.DataFrame) -> Sheet:
    """Return a table under attribute names, with a fault for every header that is missing, twice or refused.

    Parameters
    ----------
    file
        File name for messages.
    table
        Table name of ``attributes.csv``.
    raw
        Text cells under the headers of the file; the header is row 1 of the file.
    """
    known = {header: a for a in table_attributes(table) for header in (a.name, *a.zh)}
    headers: dict[str, str] = {}
    faults: list[Fault] = []
    for header in raw.columns:
        attribute = known.get(header)
        if header.lower() in IDENTITY_HEADERS:
            faults.append(Fault("identity_column", file, row=1, column=header))
        elif attribute is None:
            faults.append(_unknown_header(file, header, table))
        elif attribute.name in headers:
            faults.append(Fault("column_twice", file, row=1, column=header))
        else:
            headers[attribute.name] = header
    faults += [
        _missing_header(file, a, raw) for a in table_attributes(table) if a.required and a.name not in headers
    ]
    cells = raw[list(headers.values())].rename(columns={v: k for k, v in headers.items()})
    cells = cells.fillna("").apply(lambda column: column.str.strip())
    if not len(cells) and table in REQUIRED_TABLES:
        faults.append(Fault("empty_table", file))
    sheet = Sheet.of(Origin(file, None, headers), cells)
    sheet.faults = faults
    return sheet


def _unknown_header(file: str, header: str, table: str) -> Fault:
    names = [name for a in table_attributes(table) for name in (a.name, *a.zh)]
    near = difflib.get_close_matches(header, names, n=1, cutoff=0.7)
    code = "unknown_column_near" if near else "unknown_column"
    return Fault(code, file, row=1, column=header, args={"near": near[0] if near else ""}, warning=True)


def _missing_header(file: str, attribute: Attribute, raw: pd.DataFrame) -> Fault:
    found = ", ".join(str(c) for c in list(raw.columns)[:12])
    return Fault(
        "missing_column", file, row=1, column=attribute.name, args={"zh": attribute.zh[0], "found": found}
    )
