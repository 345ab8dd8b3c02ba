"""A history of inspections from one CSV file: every fault told at once, every oddity counted."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.case.attributes import Attribute
from riskplan.case.folding import folded
from riskplan.case.parse import parse_column
from riskplan.case.sheet import Origin, Sheet
from riskplan.case.sources.delimited import separator_of
from riskplan.case.sources.folder import decoded
from riskplan.errors import Fault, InputError, RiskplanError
from riskplan.risk.inspections import KINDS, ROUTINE, Inspections, in_order

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

TABLE = "history"
COLUMNS = {
    "business_id": ("id", "企业编号|编号"),
    "date": ("date", "检查日期|日期"),
    "kind": ("text", "检查类别|类别"),
    "violations": ("lon", "问题数|违规数|隐患数"),
    "severity": ("lon", "严重程度"),
    "lon": ("lon", "经度"),
    "lat": ("lat", "纬度"),
}
"""Column -> parser (``lon`` reads any number), Chinese headers."""
REQUIRED = ("business_id", "date")
KIND_WORDS = {"例行": "routine", "日常": "routine", "复查": "recheck", "投诉": "complaint", "其他": "other"}
MOST_VIOLATIONS = 1e6
FIRST_DAY, LAST_DAY = "1970-01-01", "2199-12-31"


@dataclass(frozen=True)
class HistoryFile:
    """What a file held.

    Parameters
    ----------
    inspections
        In the order of ``in_order``.
    counts
        What was met: rows, duplicate_rows, merged_rows, same_day, no_place, bad_place, no_kind, no_severity, extras
        (columns left out) -> number.
    extras
        Headers that were left out.
    """

    inspections: Inspections
    counts: dict[str, int]
    extras: tuple[str, ...]


def read_history(path: Path, *, ordered: bool = True) -> HistoryFile:
    """Read a history.

    Parameters
    ----------
    path
        CSV in UTF-8 or GB18030 with the columns ``business_id, date, kind, violations, severity, lon, lat``.
    ordered
        False: businesses stay in the order of their ids, for a caller that adds traits and orders them then.

    Raises
    ------
    RiskplanError
        When there is no such file.
    InputError
        With every fault of the file.
    """
    if not path.is_file():
        raise RiskplanError("no_such_file", path=path.name)
    sheet, extras = _sheet(path)
    values = {name: parse_column(sheet, _attribute(name)) for name in COLUMNS}
    kind = _kinds(sheet)
    _check(sheet, values)
    if any(not fault.warning for fault in sheet.faults):
        raise InputError(sheet.faults)
    counts = {"rows": len(sheet.cells), "extras": len(extras)}
    frame = pd.DataFrame({
        "business": values["business_id"],
        "day": values["date"].to_numpy().astype("datetime64[D]").astype(np.int64),
        "kind": kind,
        "lon": values["lon"].to_numpy(dtype=np.float64),
        "lat": values["lat"].to_numpy(dtype=np.float64),
    })
    _measure(frame, sheet, values, counts)
    rows = _inspections(frame, counts)
    return HistoryFile(in_order(rows) if ordered else rows, counts, extras)


def _attribute(name: str) -> Attribute:
    kind, zh = COLUMNS[name]
    return Attribute(TABLE, name, tuple(zh.split("|")), kind, "", "", name in REQUIRED, "", "", "")


def _sheet(path: Path) -> tuple[Sheet, tuple[str, ...]]:
    """Return the columns that are known, and the headers of the others.

    Raises
    ------
    InputError
        When the file can't be read, lacks a required column or has no rows.
    """
    text = decoded(path)
    if text is None:
        raise InputError([Fault("unknown_encoding", path.name)])
    try:
        frame = pd.read_csv(
            io.StringIO(text), sep=separator_of(text), dtype=str, na_filter=False, skipinitialspace=True
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError, csv.Error, ValueError) as error:
        raise InputError([Fault("unreadable_csv", path.name, value=" ".join(str(error).split())[:120])]) from None
    names = {zh: name for name, (_, words) in COLUMNS.items() for zh in words.split("|")} | {
        n: n for n in COLUMNS
    }
    headers: dict[str, str] = {}
    for header in frame.columns:
        headers.setdefault(names.get(folded(str(header)).lower(), ""), str(header))
    headers.pop("", None)
    faults = [_missing(path.name, name, frame) for name in REQUIRED if name not in headers]
    if not {"violations", "severity"} & set(headers):
        faults.append(_missing(path.name, "violations", frame))
    if not faults and not len(frame):
        faults.append(Fault("empty_table", path.name))
    if faults:
        raise InputError(faults)
    extras = tuple(str(c) for c in frame.columns if str(c) not in headers.values())
    cells = frame[list(headers.values())].set_axis(list(headers), axis=1)
    filled = (cells != "").any(axis=1).to_numpy()
    rows = (np.flatnonzero(filled) + 2).tolist()
    return Sheet.of(Origin(path.name, None, headers), cells[filled].reset_index(drop=True), rows), extras


def _missing(file: str, name: str, frame: pd.DataFrame) -> Fault:
    found = ", ".join(str(c) for c in frame.columns[:12])
    zh = COLUMNS[name][1].split("|")[0]
    return Fault("missing_column", file, row=1, column=name, args={"found": found, "zh": zh, "column": name})


def _kinds(sheet: Sheet) -> Ints:
    """Return the kind of every row; an empty one is a routine inspection."""
    if "kind" not in sheet.cells:
        return np.zeros(len(sheet.cells), dtype=np.int64)
    codes, texts = pd.factorize(sheet.cells["kind"])
    kinds = []
    for k, text in enumerate(texts):
        word = folded(str(text)).lower()
        word = KIND_WORDS.get(word, word) or KINDS[ROUTINE]
        if word not in KINDS:
            for i in np.flatnonzero(codes == k)[:20]:
                sheet.fault("history_kind", int(i), "kind", str(text))
        kinds.append(KINDS.index(word) if word in KINDS else ROUTINE)
    return np.array(kinds, dtype=np.int64)[codes]


def _check(sheet: Sheet, values: dict[str, pd.Series]) -> None:
    """Record values that no inspection can have, at most twenty of a kind."""
    severity, violations = values["severity"].to_numpy(), values["violations"].to_numpy()
    day = values["date"].to_numpy().astype("datetime64[D]")
    wrong = {
        "severity": (~np.isnan(severity) & ~np.isin(severity, (0, 1, 2, 3)), "0", "3"),
        "violations": (
            ~np.isnan(violations) & ~((violations >= 0) & (violations <= MOST_VIOLATIONS)),
            "0",
            "1000000",
        ),
        "date": (
            (day < np.datetime64(FIRST_DAY)) | (day > np.datetime64(LAST_DAY)),
            FIRST_DAY,
            LAST_DAY,
        ),
    }
    for name, (bad, low, high) in wrong.items():
        for i in np.flatnonzero(bad)[:20]:
            sheet.fault("number_out_of_range", int(i), name, str(sheet.cells[name][i]), low=low, high=high)
    lon, lat = values["lon"].to_numpy(), values["lat"].to_numpy()
    both = ~np.isnan(lon) & ~np.isnan(lat)
    if both.any() and ((np.abs(lat[both]) > 90) & (np.abs(lon[both]) <= 90)).mean() > 0.5:
        sheet.fault("history_exchanged", None, "lat")


def _measure(frame: pd.DataFrame, sheet: Sheet, values: dict[str, pd.Series], counts: dict[str, int]) -> None:
    """Add violations and severity, each from the other where it is missing; places that cannot be are unknown."""
    severity, violations = values["severity"].to_numpy(), values["violations"].to_numpy()
    counts["no_kind"] = 0 if "kind" in sheet.cells else len(frame)
    counts["no_severity"] = int(np.isnan(severity).sum())
    frame["violations"] = np.where(np.isnan(violations), np.nan_to_num(severity) > 0, violations)
    frame["severity"] = np.where(np.isnan(severity), frame["violations"] > 0, severity).astype(np.int64)
    lon, lat = frame["lon"].to_numpy(), frame["lat"].to_numpy()
    known = ~np.isnan(lon) & ~np.isnan(lat)
    good = known & (np.abs(lon) <= 180) & (np.abs(lat) <= 90) & ~((lon == 0) & (lat == 0))
    counts["bad_place"] = int((known & ~good).sum())
    frame.loc[~good, ["lon", "lat"]] = np.nan


def _inspections(frame: pd.DataFrame, counts: dict[str, int]) -> Inspections:
    whole = len(frame)
    frame = frame.drop_duplicates()
    counts["duplicate_rows"] = whole - len(frame)
    places = frame.groupby("business", sort=True)[["lon", "lat"]].median()
    one = frame.groupby(["business", "day", "kind"], sort=True, as_index=False).agg(
        violations=("violations", "sum"), severity=("severity", "max")
    )
    counts["merged_rows"] = len(frame) - len(one)
    counts["same_day"] = int(one.duplicated(["business", "day"]).sum())
    counts["no_place"] = int(places["lon"].isna().sum())
    counts["inspections"], counts["businesses"] = len(one), len(places)
    for code, name in enumerate(KINDS):
        counts[f"kind_{name}"] = int((one["kind"] == code).sum())
    return Inspections(
        business=places.index.get_indexer(pd.Index(one["business"])).astype(np.int64),
        day=one["day"].to_numpy(dtype=np.int64),
        kind=one["kind"].to_numpy(dtype=np.int64),
        violations=one["violations"].to_numpy(dtype=np.float64),
        severity=one["severity"].to_numpy(dtype=np.int64),
        lon=places["lon"].to_numpy(dtype=np.float64),
        lat=places["lat"].to_numpy(dtype=np.float64),
        traits={},
        opened=np.full(len(places), -1, dtype=np.int64),
    )
