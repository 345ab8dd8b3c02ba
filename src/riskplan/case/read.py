"""One door for a case: read everything, collect every fault, refuse once."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import tomllib
from pathlib import Path
from typing import Any

import pandas as pd

from riskplan.case.attributes import REQUIRED_TABLES, table_attributes, table_names
from riskplan.case.calendar import horizon_days
from riskplan.case.checks import CHECKS
from riskplan.case.coordinates import to_wgs84
from riskplan.case.geo import check_points, read_townships, to_rings
from riskplan.case.parse import Sheet, parse_column
from riskplan.case.sheets import read_sheet
from riskplan.case.tables import Case, Township
from riskplan.errors import Fault, InputError

CASE_KEYS = {
    "name": str,
    "country": str,
    "language": str,
    "as_of": dt.date,
    "horizon": dict,
    "datum": str,
    "timezone": str,
    "fictional": bool,
    "credit": str,
    "boundary_note": str,
}
_REQUIRED_KEYS = ("name", "as_of", "horizon")
DATUMS = ("wgs84", "cgcs2000", "gcj02")


def read_case(folder: Path | str, *, as_of: dt.date | None = None) -> Case:
    """Read and check a case folder.

    Parameters
    ----------
    folder
        Folder with ``case.toml`` and the tables of ``attributes.csv``.
    as_of
        Overrides the case's own "today".

    Raises
    ------
    InputError
        With every fault found: file, row, column, value, what was expected and what to do.
    """
    root = Path(folder)
    if not root.is_dir():
        raise InputError([Fault("no_such_folder", root.name)])
    settings, faults = _read_settings(root / "case.toml")
    sheets, missing = _read_sheets(root)
    faults += missing
    tables = {table: _typed(sheets, table) for table in table_names()}
    for check in CHECKS:
        check(sheets, tables)
    if settings.get("datum", "wgs84") == "gcj02":
        tables = {name: to_wgs84(frame) for name, frame in tables.items()}
    rings = _polygons(root, sheets, tables, faults)
    faults += [f for sheet in sheets.values() for f in sheet.faults]
    errors = [f for f in faults if not f.warning]
    if errors:
        raise InputError(faults)
    return _assemble(settings, tables, rings, faults, as_of)


def _read_settings(path: Path) -> tuple[dict[str, Any], list[Fault]]:
    if not path.exists():
        return {}, [Fault("missing_file", path.name)]
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return {}, [Fault("unreadable_toml", path.name, value=str(error)[:120])]
    faults = [Fault("unknown_key", path.name, column=key) for key in data if key not in CASE_KEYS]
    faults += [Fault("missing_key", path.name, column=key) for key in _REQUIRED_KEYS if key not in data]
    for key, kind in CASE_KEYS.items():
        if key in data and not isinstance(data[key], kind):
            faults.append(
                Fault(
                    "wrong_type",
                    path.name,
                    column=key,
                    value=str(data[key]),
                    args={"expected": kind.__name__},
                )
            )
    if isinstance(data.get("horizon"), dict):
        faults += _horizon_faults(data["horizon"], path.name)
    if data.get("datum", "wgs84") not in DATUMS:
        faults.append(
            Fault(
                "not_allowed",
                path.name,
                column="datum",
                value=str(data["datum"]),
                args={"expected": "|".join(DATUMS)},
            )
        )
    return data, faults


def _horizon_faults(horizon: dict[str, Any], file: str) -> list[Fault]:
    first, last = horizon.get("first"), horizon.get("last")
    if not (isinstance(first, dt.date) and isinstance(last, dt.date) and first <= last):
        return [Fault("bad_horizon", file, column="horizon", value=str(horizon))]
    if last.year - first.year > 1:
        return [Fault("horizon_too_long", file, column="horizon", value=f"{first} .. {last}")]
    return []


def _read_sheets(root: Path) -> tuple[dict[str, Sheet], list[Fault]]:
    sheets: dict[str, Sheet] = {}
    faults: list[Fault] = []
    for table in table_names():
        path = root / f"{table}.csv"
        if not path.exists():
            if table in REQUIRED_TABLES:
                faults.append(Fault("missing_file", path.name))
            continue
        result = read_sheet(path, table)
        if isinstance(result, Sheet):
            sheets[table] = result
        else:
            faults += result
    return sheets, faults


def _typed(sheets: dict[str, Sheet], table: str) -> pd.DataFrame:
    sheet = sheets.get(table) or Sheet(f"{table}.csv", pd.DataFrame(), {})
    return pd.DataFrame({a.name: parse_column(sheet, a) for a in table_attributes(table)})


def _polygons(
    root: Path, sheets: dict[str, Sheet], tables: dict[str, pd.DataFrame], faults: list[Fault]
) -> tuple[Township, ...]:
    path = root / "townships.geojson"
    if not path.exists():
        return ()
    frame, found = read_townships(path, sorted(tables["townships"]["township_code"]))
    faults += found
    if frame is None:
        return ()
    if "enterprises" in sheets and {"lon", "lat"} <= set(sheets["enterprises"].headers):
        check_points(sheets["enterprises"], tables["enterprises"], frame)
    return to_rings(frame)


def _assemble(
    settings: dict[str, Any],
    tables: dict[str, pd.DataFrame],
    rings: tuple[Township, ...],
    faults: list[Fault],
    as_of: dt.date | None,
) -> Case:
    first, last = settings["horizon"]["first"], settings["horizon"]["last"]
    ordered = {name: _sorted(name, frame) for name, frame in tables.items()}
    country = settings.get("country", "CN")
    try:
        days = horizon_days(country, first, last, ordered["calendar"])
    except NotImplementedError as error:
        raise InputError([Fault("unknown_country", "case.toml", column="country", value=country)]) from error
    case = Case(
        name=settings["name"],
        country=country,
        language=settings.get("language", "zh"),
        as_of=as_of or settings["as_of"],
        first_day=first,
        last_day=last,
        fictional=settings.get("fictional", False),
        tables=ordered,
        townships_geometry=rings,
        days=days,
        boundary_note=settings.get("boundary_note", ""),
        credit=settings.get("credit", ""),
        warnings=tuple(sorted((f for f in faults if f.warning), key=Fault.sort_key)),
    )
    return dataclasses.replace(case, fingerprint=fingerprint(case))


def _sorted(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    keys = [a.name for a in table_attributes(table) if a.kind not in {"list", "weekdays", "months"}]
    return frame.sort_values(keys, kind="stable").reset_index(drop=True)


def fingerprint(case: Case) -> str:
    """Return the SHA-256 over what the case says, whatever order or file its rows came in."""
    digest = hashlib.sha256()
    head = [case.name, case.country, str(case.as_of), str(case.first_day), str(case.last_day), case.fictional]
    digest.update(json.dumps(head, ensure_ascii=False).encode())
    for name in sorted(case.tables):
        digest.update(name.encode())
        digest.update(case.tables[name].to_csv(index=False, lineterminator="\n").encode())
    digest.update(case.days.is_workday.tobytes())
    digest.update(json.dumps([(t.township_code, t.rings) for t in case.townships_geometry]).encode())
    return digest.hexdigest()
