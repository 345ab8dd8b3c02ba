"""From the two columns of a point to degrees of WGS84: ranges, exchanged columns, datum, rounding."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.case.coordinates import PAIRS, to_wgs84
from riskplan.case.datum import EXPECTED, Datum, parse_datum
from riskplan.case.folding import folded
from riskplan.case.sheet import Sheet
from riskplan.case.source import Source
from riskplan.errors import Fault

Flags = npt.NDArray[np.bool_]


def datum_of(source: Source) -> Datum | None:
    """Return the datum of the case; an unknown one is a fault."""
    text = str(source.settings.get("datum", "wgs84"))
    datum = parse_datum(text)
    if datum is None:
        expected = {"expected": EXPECTED}
        at = (source.settings_file, source.settings_sheet)
        source.faults.append(Fault("not_allowed", *at, column="datum", value=text, args=expected))
    return datum


def locate(
    sheets: Mapping[str, Sheet], tables: Mapping[str, pd.DataFrame], datum: Datum
) -> dict[str, pd.DataFrame]:
    """Return the tables with their points in WGS84, rounded; every point that can't be one is a fault.

    Parameters
    ----------
    sheets, tables
        By name; coordinates of ``tables`` as written.
    datum
        What they mean.
    """
    for name, frame in tables.items():
        sheet = sheets.get(name)
        if sheet is None:
            continue
        for lon, lat in PAIRS:
            if lon in frame.columns and {lon, lat} & sheet.headers:
                _check(sheet, frame, (lon, lat), datum)
    return {name: to_wgs84(frame, datum.to_wgs84) for name, frame in tables.items()}


def blank(sheet: Sheet, column: str) -> Flags:
    """Return where a column of a table has no text, everywhere if the column is not there; shape (n_rows,)."""
    if column not in sheet.cells.columns:
        return np.ones(len(sheet.cells), dtype=bool)
    codes, texts = pd.factorize(sheet.cells[column])
    empty = np.array([not folded(text) for text in texts.tolist()], dtype=bool)
    return empty[codes] if len(codes) else np.zeros(0, dtype=bool)


def _check(sheet: Sheet, frame: pd.DataFrame, pair: tuple[str, str], datum: Datum) -> None:
    """Report half points, and coordinates outside the range or the area of the datum."""
    x, y = (frame[name].to_numpy(np.float64) for name in pair)
    no_x, no_y = (blank(sheet, name) for name in pair)
    for i in np.flatnonzero(no_x != no_y).tolist():
        missing, given = pair if no_x[i] else pair[::-1]
        sheet.fault("half_a_point", i, missing, _written(sheet, i, given), other=given)
    if datum.in_degrees:
        _check_ranges(sheet, pair, x, y)
        if datum.crs is None:
            return
    lon, _ = datum.to_wgs84(x, y)
    usable = np.isfinite(x) & np.isfinite(y)
    if datum.in_degrees:
        usable &= (np.abs(x) <= 180.0) & (np.abs(y) <= 90.0)
    for i in np.flatnonzero(usable & np.isnan(lon)).tolist():
        where = f"{_written(sheet, i, pair[0])}, {_written(sheet, i, pair[1])}"
        sheet.fault("outside_crs_area", i, pair[0], where, datum=datum.name)
    for name, values in zip(pair, (x, y), strict=True):
        for i in np.flatnonzero(np.isinf(values)).tolist():
            sheet.fault("not_a_number", i, name, _written(sheet, i, name))


def _check_ranges(
    sheet: Sheet, pair: tuple[str, str], x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]
) -> None:
    known = np.isfinite(x) & np.isfinite(y)
    turned = known & (np.abs(y) > 90.0) & (np.abs(y) <= 180.0) & (np.abs(x) <= 90.0)
    if turned.sum() > max(1, known.sum() / 2):
        share = f"{turned.sum() / known.sum():.0%}"
        sheet.fault("columns_exchanged", None, pair[0], share, other=pair[1])
        return
    for name, values, most in ((pair[0], x, 180.0), (pair[1], y, 90.0)):
        for i in np.flatnonzero(np.abs(values) > most).tolist():
            sheet.fault("out_of_range", i, name, _written(sheet, i, name), low=f"{-most:g}", high=f"{most:g}")


def _written(sheet: Sheet, row: int, column: str) -> str:
    return str(sheet.cells[column].iloc[row]) if column in sheet.cells.columns else ""
