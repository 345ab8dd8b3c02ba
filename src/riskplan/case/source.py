"""What every kind of input gives to the reader: settings, tables as text, polygons, and what was noticed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd

from riskplan.case.sheet import Sheet
from riskplan.errors import Fault


@dataclass
class Source:
    """A case as it was found, before any cell is typed.

    Parameters
    ----------
    name
        File or folder name for messages, never an absolute path.
    settings
        Values of ``case.toml`` (or of the settings sheet), typed; see ``settings.py``.
    sheets
        Table name -> table as text.
    polygons
        Townships with column ``township_code`` in the datum of the file's own CRS, None where none are given.
    polygons_file
        Where the polygons stand, for messages.
    settings_file, settings_sheet
        Where the settings stand, for messages.
    in_wgs84
        Tables whose points are in WGS84 whatever the datum of the case is.
    faults
        Faults and warnings that belong to no table.
    """

    name: str
    settings: dict[str, Any] = field(default_factory=dict)
    sheets: dict[str, Sheet] = field(default_factory=dict)
    polygons: gpd.GeoDataFrame | None = None
    polygons_file: str = "townships.geojson"
    settings_file: str = "case.toml"
    settings_sheet: str | None = None
    in_wgs84: frozenset[str] = frozenset()
    faults: list[Fault] = field(default_factory=list)
