"""Headers in Chinese or English to attributes; columns that are refused or left out."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.case.attributes import REQUIRED_TABLES, Attribute, table_attributes
from riskplan.case.sheet import Origin, Sheet
from riskplan.errors import Fault

_REPORTER = re.compile(
    r"举报(人|者)(?!数)|投诉(人|者)(?!数)|身份证|reporter|informant|complainant|whistle_?blower"
)
"""What a header says that would identify a person who reported a hazard; a file with one is refused."""
_SPACE = re.compile(r"\s")
_NUMBERING = frozenset({"序号", "序", "no", "no.", "#", "nr", "行号", "编序"})
"""Columns that only count the rows."""
_NOISE = re.compile(r"\s+|\*|【必填】|必填项?|选填|required|:$")
_BRACKETS = re.compile(r"[(\[【][^()\[\]【】]*[)\]】]")


@dataclass(frozen=True)
class HeaderRow:
    """Where headers stand, for messages.

    Parameters
    ----------
    file, sheet
        As in ``Origin``.
    row
        Row as the user's program shows it.
    letters
        Column letter of each header; empty outside workbooks.
    """

    file: str
    sheet: str | None = None
    row: int = 1
    letters: Sequence[str] = ()

    def fault(self, code: str, at: int | None, column: str, *, warning: bool = False, **args: str) -> Fault:
        """Return a fault of the header at a position (None: of one that is not there)."""
        cell = f"{self.letters[at]}{self.row}" if at is not None and self.letters else None
        return Fault(code, self.file, self.sheet, self.row, column, None, args, warning, cell)


def plain_header(header: str) -> str:
    """Return a header without what differs between offices: width of letters, spaces, line breaks, marks of duty."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", header).lower().strip())


def header_forms(header: str) -> tuple[str, ...]:
    """Return what a header may mean, best first: as it is, then without brackets such as those of a unit."""
    whole = plain_header(header)
    bare = _NOISE.sub("", _BRACKETS.sub("", whole))
    joined = plain_header("_".join(header.split())) if header.isascii() else ""
    return tuple(dict.fromkeys(form for form in (whole, bare, joined) if form))


@cache
def _known(table: str) -> dict[str, Attribute]:
    return {form: a for a in table_attributes(table) for h in (a.name, *a.zh) for form in (plain_header(h),)}


@lru_cache(maxsize=1 << 16)
def attribute_of(table: str, header: str) -> Attribute | None:
    """Return the attribute that a header names, None where it names none."""
    known = _known(table)
    return next((known[form] for form in header_forms(header) if form in known), None)


def is_identity(header: str) -> bool:
    """Tell whether a column would identify a person who reported a hazard."""
    return bool(_REPORTER.search(plain_header(header)))


def is_numbering(header: str) -> bool:
    """Tell whether a column only counts the rows."""
    return plain_header(header) in _NUMBERING


def match_headers(table: str, labels: Sequence[str], place: HeaderRow) -> tuple[dict[str, int], list[Fault]]:
    """Return the position of every attribute, and a fault for every header that is missing, twice or refused.

    Parameters
    ----------
    table
        Table name of ``attributes.csv``.
    labels
        Headers as written; empty ones and those that only count rows are passed over.
    place
        Where they stand.
    """
    found: dict[str, int] = {}
    faults: list[Fault] = []
    for at, label in enumerate(labels):
        attribute = attribute_of(table, label) if label else None
        if is_identity(label):
            faults.append(place.fault("identity_column", at, label))
        elif attribute is None:
            if label and not is_numbering(label):
                faults.append(_unknown_header(place, at, label, table))
        elif attribute.name in found:
            faults.append(place.fault("column_twice", at, label))
        else:
            found[attribute.name] = at
    shown = ", ".join([label for label in labels if label][:12])
    faults += [
        place.fault("missing_column", None, a.name, zh=a.zh[0], found=shown)
        for a in table_attributes(table)
        if a.required and a.name not in found
    ]
    return found, faults


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
    labels = [str(c) for c in raw.columns]
    columns, faults = match_headers(table, labels, HeaderRow(file))
    cells = pd.DataFrame(
        {name: stripped(raw.iloc[:, at]) for name, at in columns.items()}, index=raw.index, dtype=object
    )
    if not len(cells) and table in REQUIRED_TABLES:
        faults.append(Fault("empty_table", file))
    sheet = Sheet.of(Origin(file, None, {name: labels[at] for name, at in columns.items()}), cells)
    sheet.faults = faults
    return sheet


def stripped(column: pd.Series) -> npt.NDArray[np.object_]:
    """Return text cells without outer space; nothing is done where no cell has any space."""
    values: npt.NDArray[np.object_] = column.to_numpy(dtype=object)
    if _SPACE.search("".join(values)) is None:
        return values
    return np.fromiter((text.strip() for text in values), dtype=object, count=len(values))


def _unknown_header(place: HeaderRow, at: int, label: str, table: str) -> Fault:
    names = [name for a in table_attributes(table) for name in (a.name, *a.zh)]
    near = difflib.get_close_matches(label, names, n=1, cutoff=0.7)
    code = "unknown_column_near" if near else "unknown_column"
    return place.fault(code, at, label, warning=True, near=near[0] if near else "")
