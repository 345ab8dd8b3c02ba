"""One door for every kind of input: what a path or address is decides who reads it."""

from __future__ import annotations

from pathlib import Path

from riskplan.case.database import is_address
from riskplan.case.source import Source
from riskplan.case.sources.folder import read_folder
from riskplan.case.sources.geopackage import read_geopackage
from riskplan.case.sources.postgis import read_postgis
from riskplan.case.sources.workbook import read_workbook
from riskplan.errors import Fault, InputError

WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xls"})


def open_source(source: Path | str) -> Source:
    """Return a case as text, whatever it is kept in.

    Parameters
    ----------
    source
        Folder of CSV, Parquet and GeoJSON, a workbook, a GeoPackage, or the address of a PostGIS schema.

    Raises
    ------
    InputError
        If there is nothing of a known kind at that place.
    """
    if is_address(source):
        return read_postgis(str(source))
    path = Path(source)
    if path.is_dir():
        return read_folder(path)
    if path.suffix.lower() in WORKBOOKS and path.is_file():
        return read_workbook(path)
    if path.suffix.lower() == ".gpkg" and path.is_file():
        return read_geopackage(path)
    raise InputError([Fault("no_such_case", path.name)])
