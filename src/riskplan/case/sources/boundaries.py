"""Township polygons from a sheet with one corner a row: township, part, order, longitude, latitude."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import pandas as pd
import shapely

from riskplan.case.sources.cell_text import column_letters, text_of
from riskplan.case.sources.headers import HeaderRow, plain_header
from riskplan.case.sources.layout import skip_reason
from riskplan.errors import Fault

BOUNDARY_COLUMNS = {
    "township_code": ("township_code", "乡镇代码", "乡镇编码"),
    "part": ("part", "部分"),
    "seq": ("seq", "序", "顺序"),
    "lon": ("lon", "经度"),
    "lat": ("lat", "纬度"),
}
"""Column -> headers, English first, then the Chinese one that is written."""
_WITHIN = 20
_LIMIT = {"lon": 180.0, "lat": 90.0}

Corner = tuple[str, str, float, float, float]


def read_boundaries(
    file: str, sheet: str, rows: Sequence[list[object]]
) -> tuple[gpd.GeoDataFrame | None, list[Fault]]:
    """Return the polygons (column ``township_code``, WGS84) and the faults.

    Parameters
    ----------
    file, sheet
        For messages.
    rows
        All rows of the sheet from row 1 on.
    """
    text = [[text_of(v) for v in row] for row in rows]
    at, columns = _header(text)
    place = HeaderRow(file, sheet, at + 1)
    shown = ", ".join(cell for cell in (text[at] if text else []) if cell)
    absent = [name for name in BOUNDARY_COLUMNS if name not in columns and name != "part"]
    if absent:
        names = {name: BOUNDARY_COLUMNS[name][1] for name in absent}
        return None, [place.fault("missing_column", None, n, zh=zh, found=shown) for n, zh in names.items()]
    corners: list[Corner] = []
    faults: list[Fault] = []
    for number, row in enumerate(text[at + 1 :], at + 2):
        if not skip_reason(row):
            corner = _corner(number, _exact(row, rows[number - 1], columns), columns, place, faults)
            corners += [corner] if corner else []
    if faults or not corners:
        return None, faults
    return _polygons(corners, place)


def _exact(row: Sequence[str], values: Sequence[object], columns: dict[str, int]) -> list[str]:
    """Return a row with every digit of its degrees: a corner must come back as it was written."""
    degrees = {columns["lon"], columns["lat"]}
    return [
        repr(value) if at in degrees and isinstance(value, float) else cell
        for at, (cell, value) in enumerate(zip(row, values, strict=True))
    ]


def _header(text: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]]:
    best: tuple[int, dict[str, int]] = (0, {})
    for at, row in enumerate(text[:_WITHIN]):
        plain = [plain_header(cell) for cell in row]
        columns = {
            name: plain.index(word)
            for name, words in BOUNDARY_COLUMNS.items()
            for word in reversed(words)
            if word in plain
        }
        if len(columns) > len(best[1]):
            best = (at, columns)
    return best


def _corner(
    number: int, row: Sequence[str], columns: dict[str, int], place: HeaderRow, faults: list[Fault]
) -> Corner | None:
    def cell(name: str) -> str:
        return row[columns[name]] if name in columns and columns[name] < len(row) else ""

    numbers = []
    for name in ("seq", "lon", "lat"):
        try:
            value = float(cell(name))
            if abs(value) > _LIMIT.get(name, 1e9):
                raise ValueError(cell(name))
            numbers.append(value)
        except ValueError:
            address = f"{column_letters(columns[name])}{number}"
            header = BOUNDARY_COLUMNS[name][1]
            faults.append(
                Fault("not_a_number", place.file, place.sheet, number, header, cell(name), cell=address)
            )
    if len(numbers) < 3:
        return None
    return cell("township_code"), cell("part"), numbers[0], numbers[1], numbers[2]


def _polygons(corners: list[Corner], place: HeaderRow) -> tuple[gpd.GeoDataFrame | None, list[Fault]]:
    frame = pd.DataFrame(sorted(corners), columns=["township_code", "part", "seq", "lon", "lat"])
    faults: list[Fault] = []
    shapes: dict[str, list[shapely.Polygon]] = {}
    for (code, part), ring in frame.groupby(["township_code", "part"], sort=True):
        points = ring[["lon", "lat"]].to_numpy()
        if len({tuple(p) for p in points.tolist()}) < 3:
            args = {"part": str(part)}
            faults.append(
                Fault("ring_too_short", place.file, place.sheet, None, "township_code", str(code), args)
            )
        else:
            shapes.setdefault(str(code), []).append(shapely.Polygon(points))
    if faults:
        return None, faults
    whole = [parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts) for parts in shapes.values()]
    return gpd.GeoDataFrame({"township_code": list(shapes)}, geometry=whole, crs=4326), []
