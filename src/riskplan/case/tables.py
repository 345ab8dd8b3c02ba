"""The case as the rooms see it: frozen tables, a horizon and its days. Loads neither geopandas nor a solver."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.errors import Fault


@dataclass(frozen=True)
class Days:
    """Every day of the horizon with its state.

    Parameters
    ----------
    dates
        shape (n_days,), datetime64[D], consecutive, first to last day of the horizon.
    is_workday
        shape (n_days,), bool; make-up days are workdays.
    provisional
        True when the official notice of at least one year is not out and days off are computed.
    source
        Where the days off come from, in words.
    """

    dates: npt.NDArray[np.datetime64]
    is_workday: npt.NDArray[np.bool_]
    provisional: bool
    source: str


@dataclass(frozen=True)
class Township:
    """One polygon of ``townships.geojson`` as closed rings of (lon, lat) pairs [degrees]."""

    township_code: str
    rings: tuple[tuple[tuple[float, float], ...], ...]


@dataclass(frozen=True)
class Case:
    """What the office knows, read once and never changed.

    Every table is a DataFrame with exactly the columns of ``attributes.csv``, sorted by its first column, with a
    fresh RangeIndex. Dtypes: id, text, ref, enum -> str ("" when missing); lon, lat -> float64 (NaN when missing);
    int, clock -> int64 (clock in minutes from midnight); bool -> bool; date -> datetime64[s] (NaT when missing);
    list -> tuple of str; weekdays, months -> tuple of int (empty = none closed, all months open).

    Parameters
    ----------
    name, country, language
        Title, ISO code such as ``CN`` or ``US-IL``, and ``zh`` or ``en``.
    as_of
        "Today"; no verb reads the clock.
    first_day, last_day
        Horizon, both inclusive.
    fictional
        True when the data are invented; every output then says so.
    tables
        Table name -> DataFrame.
    townships_geometry
        Polygons, in the order of the townships table where given.
    days
        Calendar of the horizon.
    boundary_note
        What must be written beside drawn boundaries.
    credit
        Attribution of the data, shown on maps.
    fingerprint
        SHA-256 over the canonical content (not over file bytes).
    warnings
        What the reader noticed and went on with: defaults taken, columns left out.
    """

    name: str
    country: str
    language: str
    as_of: dt.date
    first_day: dt.date
    last_day: dt.date
    fictional: bool
    tables: Mapping[str, pd.DataFrame]
    townships_geometry: tuple[Township, ...]
    days: Days
    boundary_note: str = ""
    credit: str = ""
    fingerprint: str = ""
    warnings: tuple[Fault, ...] = ()

    def __getitem__(self, table: str) -> pd.DataFrame:
        """Return a table by name."""
        return self.tables[table]

    @property
    def enterprises(self) -> pd.DataFrame:
        """The premises."""
        return self.tables["enterprises"]

    def as_known(self) -> Case:
        """Return the case without visits to come that become known only after ``as_of``: nobody plans around them (S13)."""
        visits = self.tables["visits"]
        today = np.datetime64(self.as_of, "s")
        late = (visits["known_on"] > today) & visits["fixed"] & (visits["date"] >= today)
        return self.replace_table("visits", visits[~late]) if late.any() else self

    def replace_table(self, name: str, frame: pd.DataFrame) -> Case:
        """Return a copy of the case with one table changed (used for variants and tests)."""
        return replace(self, tables={**self.tables, name: frame.reset_index(drop=True)})
