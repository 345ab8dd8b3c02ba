"""One door for writing a case, whatever it is to be kept in; reading it again gives an equal case."""

from __future__ import annotations

from pathlib import Path

from riskplan.case.database import is_address, shown
from riskplan.case.tables import Case
from riskplan.case.targets.columns import refuse_unwritable
from riskplan.case.targets.folder import write_folder
from riskplan.case.targets.geopackage import write_geopackage
from riskplan.case.targets.postgis import write_postgis
from riskplan.case.targets.workbook import write_case_workbook
from riskplan.errors import Fault, InputError
from riskplan.excel import LONGEST_TEXT

FILES = (".xlsx", ".gpkg")
"""Endings of the forms that are one file."""


def write_case(case: Case, target: Path | str, *, lang: str = "zh", parquet: bool = False) -> str:
    """Write a case whole or not at all; what stands there and is no case is never replaced.

    Parameters
    ----------
    case
        What to write; its points are in WGS84.
    target
        Folder, name ending in ``.xlsx`` or ``.gpkg``, or ``postgresql://user@host/database?schema=name``.
    lang
        Language of the headers and sheets of a workbook.
    parquet
        True for a folder of GeoParquet files in place of CSV (extra ``parquet``).

    Returns
    -------
    str
        Where it was written, without any password.

    Raises
    ------
    InputError
        If there is no such form, the place is taken, or a text can't be written.
    """
    refuse_unwritable(case, LONGEST_TEXT if Path(target).suffix.lower() == ".xlsx" else None)
    if is_address(target):
        write_postgis(case, str(target))
        return shown(str(target))
    path = Path(target)
    ending = path.suffix.lower()
    if ending == ".gpkg":
        write_geopackage(case, path)
    elif ending == ".xlsx":
        write_case_workbook(case, path, lang=lang)
    elif ending in {".xls", ".csv", ".xlsm", ".zip", ".db", ".sqlite", ".geojson"}:
        raise InputError([Fault("unknown_form", path.name)])
    else:
        write_folder(case, path, parquet=parquet)
    return str(path)
