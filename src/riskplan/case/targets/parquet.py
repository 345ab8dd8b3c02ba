"""Tables as Parquet, those with geometry as GeoParquet (extra ``parquet``)."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from riskplan.case.extras import optional
from riskplan.case.tables import Case
from riskplan.case.targets.columns import Values, table_values, written_tables
from riskplan.case.targets.shapes import CRS, split_points, township_polygons

BOUNDARIES_FILE = "township_boundaries.parquet"


def write_parquet_tables(case: Case, folder: Path) -> None:
    """Write every table of a case as ``<table>.parquet`` into a folder."""
    optional("pyarrow", "parquet", folder.name)
    for table in written_tables(case):
        columns, points = split_points(table, table_values(case, table))
        frame = pd.DataFrame({v.attribute.name: _series(v) for v in columns})
        path = folder / f"{table}.parquet"
        if points is None:
            frame.to_parquet(path, engine="pyarrow", index=False)
        else:
            gpd.GeoDataFrame(frame, geometry=points, crs=CRS).to_parquet(path, index=False)
    if case.townships_geometry:
        codes, shapes = township_polygons(case)
        frame = gpd.GeoDataFrame({"township_code": codes}, geometry=shapes, crs=CRS)
        frame.to_parquet(folder / BOUNDARIES_FILE, index=False)


def _series(values: Values) -> pd.Series:
    if values.kind == "float":
        return pd.Series(values.data)
    if values.kind == "int":
        return pd.Series(pd.arrays.IntegerArray(values.data.astype(np.int64), values.missing))
    return pd.Series(values.cells(), dtype=bool if values.kind == "bool" else object)
