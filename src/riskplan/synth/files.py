"""Writing the files of a case so that the same content always gives the same bytes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

MARKER = "虚构数据 / FICTIONAL DATA"
"""First line of ``SOURCE.txt`` in every folder that this room writes."""
FILES = frozenset(
    f"{table}.csv"
    for table in (
        "closures",
        "departments",
        "enterprises",
        "hazards",
        "items",
        "leave",
        "officers",
        "road_nodes",
        "roads",
        "townships",
        "villages",
        "visits",
    )
) | {"case.toml", "rules.toml", "townships.geojson", "SOURCE.txt"}

Ring = Sequence[tuple[float, float]]
"""A closed ring of (lon, lat) pairs [degrees]."""


def write_table(folder: Path, table: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write ``<table>.csv`` as UTF-8 with BOM and line feeds, rows sorted by their first cells as text.

    Parameters
    ----------
    folder
        The case folder; it must exist.
    table
        Name of the table.
    header
        Column names.
    rows
        Cells in the order of the header; coordinates and lists must already be text, None is an empty cell.
    """
    text_rows = sorted(["" if cell is None else str(cell) for cell in row] for row in rows)
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(text_rows)
    (folder / f"{table}.csv").write_bytes(buffer.getvalue().encode("utf-8-sig"))


def foreign_files(folder: Path) -> list[str]:
    """Return what stands in a folder and is not part of a fictional county; empty where writing is safe."""
    if not folder.exists():
        return []
    if not folder.is_dir():
        return [folder.name]
    names = sorted(p.name for p in folder.iterdir())
    source = folder / "SOURCE.txt"
    ours = source.is_file() and source.read_bytes().startswith(MARKER.encode())
    return [name for name in names if not ours or name not in FILES]


def degrees(value: float) -> str:
    """Return a coordinate as text with six decimals."""
    return f"{value:.6f}"


def write_text(folder: Path, name: str, text: str) -> None:
    """Write a text file as UTF-8 with line feeds."""
    (folder / name).write_bytes(text.encode("utf-8"))


def write_polygons(folder: Path, polygons: Mapping[str, tuple[str, Sequence[Ring]]]) -> None:
    """Write ``townships.geojson``, one feature a line, coordinates rounded to 1e-6 degree.

    Parameters
    ----------
    folder
        The case folder.
    polygons
        Township code -> (name, outer rings, one for each part).
    """
    lines = []
    for code in sorted(polygons):
        name, rings = polygons[code]
        parts = [[[[round(lon, 6), round(lat, 6)] for lon, lat in ring]] for ring in rings]
        single = len(parts) == 1
        feature = {
            "type": "Feature",
            "properties": {"township_code": code, "name": name},
            "geometry": {
                "type": "Polygon" if single else "MultiPolygon",
                "coordinates": parts[0] if single else parts,
            },
        }
        lines.append(json.dumps(feature, ensure_ascii=False, separators=(",", ":")))
    body = '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"
    write_text(folder, "townships.geojson", body)


def toml_text(value: str) -> str:
    """Return a TOML basic string."""
    return json.dumps(value, ensure_ascii=False)
