"""A case as a folder: CSV that a spreadsheet opens, or GeoParquet, with ``case.toml`` and the polygons."""

from __future__ import annotations

import json
import re
from pathlib import Path

from riskplan.case.attributes import table_attributes
from riskplan.case.sources.names import table_of
from riskplan.case.tables import Case, Township
from riskplan.case.targets.columns import column_texts, setting_toml, written_tables
from riskplan.case.targets.parquet import BOUNDARIES_FILE, write_parquet_tables
from riskplan.case.targets.place import swap_folder
from riskplan.case.targets.rows import refuse_unreadable
from riskplan.cells import guard

POLYGONS_FILE = "townships.geojson"
_SPECIAL = re.compile(r"[\",\r\n]")
_GUARDED = frozenset({"id", "text", "ref", "id_ref", "enum", "list"})


def write_folder(case: Case, target: Path, *, parquet: bool = False) -> Path:
    """Write a case to a folder.

    Parameters
    ----------
    case
        What to write.
    target
        Folder; an older case there is replaced, but for files that belong to no table.
    parquet
        True for GeoParquet in place of CSV and GeoJSON.
    """
    if not parquet:
        refuse_unreadable(case)

    def make(folder: Path) -> None:
        _write_bytes(folder / "case.toml", setting_toml(case).encode())
        if parquet:
            write_parquet_tables(case, folder)
        else:
            _write_csv_tables(case, folder)

    return swap_folder(target, make, _is_ours)


def _is_ours(name: str) -> bool:
    stem, _, ending = name.partition(".")
    return name in {"case.toml", POLYGONS_FILE, BOUNDARIES_FILE} or (
        table_of(stem) is not None and ending in {"csv", "parquet", "geojson"}
    )


def _write_csv_tables(case: Case, folder: Path) -> None:
    for table in written_tables(case):
        _write_bytes(folder / f"{table}.csv", _csv_text(case, table).encode("utf-8-sig"))
    if case.townships_geometry:
        _write_bytes(folder / POLYGONS_FILE, _geojson(case).encode())


def _csv_text(case: Case, table: str) -> str:
    columns = []
    for attribute in table_attributes(table):
        cells = column_texts(case[table][attribute.name], attribute)
        columns.append([guard(cell) for cell in cells] if attribute.kind in _GUARDED else cells)
    lines = [",".join(a.name for a in table_attributes(table))]
    lines += [",".join(map(_quoted, row)) for row in zip(*columns, strict=True)]
    return "\n".join(lines) + "\n"


def _quoted(cell: str) -> str:
    """Return a cell in quotes where it needs them; the csv module leaves a lone return without."""
    return '"' + cell.replace('"', '""') + '"' if _SPECIAL.search(cell) else cell


def _geojson(case: Case) -> str:
    names = dict(zip(case["townships"]["township_code"], case["townships"]["name"], strict=True))
    features = [_feature(part, str(names.get(part.township_code, ""))) for part in case.townships_geometry]
    lines = [json.dumps(f, ensure_ascii=False, separators=(",", ":")) for f in features]
    return '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"


def _feature(township: Township, name: str) -> dict[str, object]:
    parts = [[[list(point) for point in ring]] for ring in township.rings]
    single = len(parts) == 1
    return {
        "type": "Feature",
        "properties": {"township_code": township.township_code, "name": name},
        "geometry": {
            "type": "Polygon" if single else "MultiPolygon",
            "coordinates": parts[0] if single else parts,
        },
    }


def _write_bytes(path: Path, content: bytes) -> None:
    path.write_bytes(content)
