"""One door for every kind of input: what a path or address is decides who reads it."""

from __future__ import annotations

from pathlib import Path

from riskplan.case.source import Source
from riskplan.case.sources.folder import read_folder
from riskplan.case.sources.workbook import read_workbook
from riskplan.errors import Fault, InputError

WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xls"})


def open_source(source: Path | str) -> Source:
    """Return a case as text, whatever it is kept in.

    Parameters
    ----------
    source
        Folder of CSV and GeoJSON, or a workbook (``.xlsx``, ``.xls``).

    Raises
    ------
    InputError
        If there is nothing of a known kind at that place.
    """
    path = Path(source)
    if path.is_dir():
        return read_folder(path)
    if path.suffix.lower() in WORKBOOKS and path.is_file():
        return read_workbook(path)
    raise InputError([Fault("no_such_case", path.name)])
