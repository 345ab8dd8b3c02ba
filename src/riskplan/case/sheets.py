"""Files to sheets: encodings, headers in Chinese or English, columns that are refused or left out."""

from __future__ import annotations

import difflib
import io
from pathlib import Path

import pandas as pd

from riskplan.case.attributes import Attribute, table_attributes
from riskplan.case.parse import Sheet
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


def read_sheet(path: Path, table: str) -> Sheet | list[Fault]:
    """Read one CSV as text with known headers.

    Parameters
    ----------
    path
        CSV file in UTF-8 (with or without BOM) or GB18030.
    table
        Table name of ``attributes.csv``.

    Returns
    -------
    Sheet | list[Fault]
        The sheet, or the faults that make the file unreadable as this table.
    """
    text = _decode(path)
    if text is None:
        return [Fault("unknown_encoding", path.name)]
    try:
        raw = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False, skip_blank_lines=False)
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        return [Fault("unreadable_csv", path.name, value=str(error).strip()[:120])]
    raw.columns = [str(c).strip().lstrip("\ufeff") for c in raw.columns]
    return _with_headers(path.name, table, raw)


def _decode(path: Path) -> str | None:
    data = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _with_headers(file: str, table: str, raw: pd.DataFrame) -> Sheet | list[Fault]:
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
    if not len(cells) and table in ("enterprises", "townships", "departments", "officers"):
        faults.append(Fault("empty_table", file))
    return Sheet(file, cells, headers, faults=faults)


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
