"""Tables of a case folder as Parquet or GeoParquet, beside or in place of CSV (extra ``parquet``)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from riskplan.case.attributes import table_names
from riskplan.case.extras import optional
from riskplan.case.folding import list_text
from riskplan.case.source import Source
from riskplan.case.sources.native import (
    BOUNDARY_LAYER,
    layer_sheet,
    texts,
    township_shapes,
    with_points,
)
from riskplan.errors import Fault, InputError

_ENDING = ".parquet"


def parquet_tables(root: Path) -> dict[str, Path]:
    """Return the tables of a case folder that are kept as Parquet, with the polygons as ``township_boundaries``."""
    paths = {name: root / f"{name}{_ENDING}" for name in (*table_names(), BOUNDARY_LAYER)}
    return {name: path for name, path in paths.items() if path.is_file()}


def read_parquet_tables(root: Path, source: Source) -> None:
    """Add the Parquet tables of a case folder to a source.

    Parameters
    ----------
    root
        Case folder.
    source
        Takes tables, polygons and faults; a table that stands there as CSV too is a fault.
    """
    for name, path in sorted(parquet_tables(root).items(), key=lambda found: found[0] != "enterprises"):
        other = root / ("townships.geojson" if name == BOUNDARY_LAYER else f"{name}.csv")
        if other.exists():
            args = {"first": other.name, "second": path.name}
            source.faults.append(Fault("two_files_one_table", path.name, args=args))
            continue
        try:
            _read_one(path, name, source)
        except InputError as error:
            source.faults += error.faults


def _read_one(path: Path, name: str, source: Source) -> None:
    module = optional("pyarrow.parquet", "parquet", path.name)
    arrow = optional("pyarrow", "parquet", path.name)
    try:
        data = module.read_table(path)
        geometry = _geometry(path) if b"geo" in (data.schema.metadata or {}) else None
    except (arrow.ArrowException, OSError, ValueError, KeyError, TypeError) as error:
        text = (str(error).splitlines() or [""])[0][:120]
        raise InputError([Fault("unreadable_parquet", path.name, value=text)]) from error
    skipped = {geometry.name} if geometry is not None else set()
    named = [(field, data.column(at)) for at, field in enumerate(data.column_names) if field not in skipped]
    cells = pd.DataFrame({at: _texts(column) for at, (_, column) in enumerate(named)}, dtype=object)
    cells = cells.set_axis([field for field, _ in named], axis=1)
    if name == BOUNDARY_LAYER:
        _boundaries(cells, geometry, path, source)
        return
    if name == "townships" and geometry is not None and source.polygons is None:
        _boundaries(cells, geometry, path, source)
    cells = with_points(source, (path.name, None), name, cells, geometry)
    source.sheets[name] = layer_sheet(path.name, None, name, cells, range(1, len(cells) + 1))


def _geometry(path: Path) -> gpd.GeoSeries:
    return gpd.read_parquet(path).geometry


def _boundaries(cells: pd.DataFrame, geometry: gpd.GeoSeries | None, path: Path, source: Source) -> None:
    if geometry is None:
        return
    frame = gpd.GeoDataFrame(cells, geometry=geometry.to_numpy(), crs=geometry.crs)
    source.polygons = township_shapes(frame)
    source.polygons_file = path.name


def _texts(column: Any) -> list[str]:  # noqa: ANN401  # a chunked array of pyarrow, which may be absent
    """Return the cells of an Arrow column as text; each different cell of a part is converted once."""
    memo: dict[Any, str] = {}
    result: list[str] = []
    for chunk in column.chunks:
        try:
            coded = chunk.dictionary_encode()
        except NotImplementedError:  # lists
            result += texts([_plain(value) for value in chunk.to_pylist()], memo)
            continue
        words = [*texts([_plain(value) for value in coded.dictionary.to_pylist()], memo), ""]
        at = coded.indices.fill_null(len(words) - 1).to_numpy(zero_copy_only=False)
        result += np.array(words, dtype=object)[at].tolist()
    return result


def _plain(value: Any) -> Any:  # noqa: ANN401  # a cell of any type that Arrow has
    if isinstance(value, list):
        return list_text([str(part) for part in value if part is not None])
    return f"{value:%H:%M}" if isinstance(value, dt.time) else value
