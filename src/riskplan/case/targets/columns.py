"""A case as columns that every target can write: text as the reader expects it, or native values with gaps."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.case.attributes import REQUIRED_TABLES, Attribute, table_attributes, table_names
from riskplan.case.folding import list_text
from riskplan.case.settings import HORIZON_ZH, SETTINGS
from riskplan.case.tables import Case
from riskplan.errors import Fault, InputError

UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Signs that a workbook, an XML file or a database can't hold."""
_WORDS = {"en": {True: "yes", False: "no"}, "zh": {True: "是", False: "否"}}
_TEXT_KINDS = frozenset({"id", "text", "ref", "id_ref", "enum"})


@dataclass(frozen=True)
class Values:
    """One column with its type.

    Parameters
    ----------
    attribute
        Which column it is.
    data
        shape (n_rows,): str (object), float64, int64, bool or datetime64[D].
    missing
        shape (n_rows,), bool; True where the cell is empty.
    """

    attribute: Attribute
    data: npt.NDArray[np.generic]
    missing: npt.NDArray[np.bool_]

    @property
    def kind(self) -> str:
        """``text``, ``float``, ``int``, ``bool`` or ``date``."""
        return {"O": "text", "f": "float", "i": "int", "b": "bool", "M": "date"}[self.data.dtype.kind]

    def cells(self) -> list[object]:
        """Return Python values; None where the cell is empty."""
        return [
            None if gap else value
            for gap, value in zip(self.missing.tolist(), self.data.tolist(), strict=True)
        ]


def written_tables(case: Case) -> Iterator[str]:
    """Yield the tables that a written case has: those with rows, and those without which there is no case."""
    for table in table_names():
        if len(case[table]) or table in REQUIRED_TABLES:
            yield table


def column_texts(column: pd.Series, attribute: Attribute, lang: str = "en") -> list[str]:
    """Return the cells of a typed column as the reader takes them.

    Parameters
    ----------
    column
        Column of a table of a case.
    attribute
        What it is.
    lang
        Language of yes and no.
    """
    values = column.tolist()
    kind = attribute.kind
    if kind in {"lon", "lat", "number"}:
        form = ".15g" if kind == "number" else ".6f"
        return ["" if v != v else format(v, form) for v in values]  # noqa: PLR0124  # NaN differs from itself
    if kind == "bool":
        return [_WORDS[lang][bool(v)] for v in values]
    if kind == "date":
        return ["" if pd.isna(v) else f"{v:%Y-%m-%d}" for v in column]
    if kind == "clock":
        return ["" if v < 0 else f"{v // 60:02d}:{v % 60:02d}" for v in values]
    if kind == "int":
        return ["" if v < 0 else str(v) for v in values]
    if kind == "list":
        return [list_text(v) for v in values]
    if kind in {"weekdays", "months"}:
        return ["|".join(map(str, v)) for v in values]
    return [str(v) for v in values]


def column_values(column: pd.Series, attribute: Attribute) -> Values:
    """Return a typed column as native values; lists and times of day stay text."""
    kind = attribute.kind
    if kind in {"lon", "lat", "number"}:
        data = column.to_numpy(np.float64)
        return Values(attribute, data, np.isnan(data))
    if kind == "int":
        whole = column.to_numpy(np.int64)
        return Values(attribute, whole, whole < 0)
    if kind == "bool":
        return Values(attribute, column.to_numpy(bool), np.zeros(len(column), dtype=bool))
    if kind == "date":
        return Values(attribute, column.to_numpy("datetime64[D]"), column.isna().to_numpy())
    text = np.array(column_texts(column, attribute), dtype=object)
    return Values(attribute, text, np.asarray(text == "", dtype=bool))


def table_values(case: Case, table: str) -> list[Values]:
    """Return all columns of a table as native values."""
    return [column_values(case[table][a.name], a) for a in table_attributes(table)]


def setting_pairs(case: Case, lang: str = "en") -> list[tuple[str, str]]:
    """Return the settings as the two columns of a sheet, key and value."""
    values = {
        "name": case.name,
        "country": case.country,
        "language": case.language,
        "as_of": case.as_of.isoformat(),
        "horizon_first": case.first_day.isoformat(),
        "horizon_last": case.last_day.isoformat(),
        "datum": "wgs84",
        "datum_confirmed": _WORDS[lang][True] if _confirmed(case) else "",
        "fictional": _WORDS[lang][case.fictional],
        "credit": case.credit,
        "boundary_note": case.boundary_note,
    }
    words = {s.name: s.zh[0] for s in SETTINGS} | {name: zh[0] for name, zh in HORIZON_ZH.items()}
    return [(words[key] if lang == "zh" else key, value) for key, value in values.items() if value]


def setting_toml(case: Case) -> str:
    """Return the settings as ``case.toml``."""
    lines = [
        f"name = {_quoted(case.name)}",
        f"country = {_quoted(case.country)}",
        f"language = {_quoted(case.language)}",
        f"as_of = {case.as_of.isoformat()}",
        f"horizon = {{ first = {case.first_day.isoformat()}, last = {case.last_day.isoformat()} }}",
        'datum = "wgs84"',
        "datum_confirmed = true" if _confirmed(case) else "",
        f"fictional = {str(case.fictional).lower()}",
        f"credit = {_quoted(case.credit)}" if case.credit else "",
        f"boundary_note = {_quoted(case.boundary_note)}" if case.boundary_note else "",
    ]
    return "\n".join(line for line in lines if line) + "\n"


def _confirmed(case: Case) -> bool:
    """Tell whether the points were read although they fit another datum better: the office has verified them."""
    return any(fault.code == "wrong_datum" for fault in case.warnings)


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def refuse_unwritable(case: Case, longest: int | None = None) -> None:
    """Refuse text that a target would have to change.

    Parameters
    ----------
    case
        What is to be written.
    longest
        Most characters of one cell, None where there is no limit.

    Raises
    ------
    InputError
        With the place of every such text.
    """
    faults = []
    for table in table_names():
        for attribute in table_attributes(table):
            if attribute.kind not in _TEXT_KINDS | {"list"}:
                continue
            for row, text in enumerate(column_texts(case[table][attribute.name], attribute), 1):
                if UNWRITABLE.search(text) or (longest is not None and len(text) > longest):
                    shown = UNWRITABLE.sub("?", text)[:60]
                    faults.append(Fault("unwritable_text", table, None, row, attribute.name, shown))
    if faults:
        raise InputError(faults)
