"""Make the two small tables of real names, codes and points that ``riskplan.synth`` builds its counties on.

Usage: ``python benchmarks/make_yongchun_template.py SOURCE_FOLDER PACKAGE_FOLDER`` where SOURCE_FOLDER holds
``streets.csv.gz``, ``villages_3505_5117.csv`` (statistical names and codes) and ``adcode/adcode/350525.csv``
(points, CC BY 4.0, GCJ-02). Everything is joined by code, never by name.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

from riskplan.case.coordinates import gcj02_to_wgs84
from riskplan.synth.files import degrees, write_table

COUNTY = "350525"
SUFFIXES = ("镇", "乡", "街道")
POINT_COLUMNS = {0: "code", 12: "lon", 13: "lat"}


def read_points(source: Path) -> pd.DataFrame:
    """Return the known points of a county by 12-digit code, in WGS84."""
    path = source / "adcode" / "adcode" / f"{COUNTY}.csv"
    raw = pd.read_csv(path, header=None, dtype=str, keep_default_na=False, encoding="utf-8")
    frame = raw[list(POINT_COLUMNS)].rename(columns=POINT_COLUMNS)
    frame = frame[frame["lon"] != ""].set_index("code").astype(float)
    lon, lat = gcj02_to_wgs84(frame["lon"].to_numpy(), frame["lat"].to_numpy())
    return pd.DataFrame({"lon": lon, "lat": lat}, index=frame.index)


def short_name(name: str) -> str:
    """Return a township's name without its class, e.g. ``桃城`` for ``桃城镇``."""
    return next((name.removesuffix(s) for s in SUFFIXES if name.endswith(s)), name)


def village_name(name: str) -> str:
    """Return a village's short official name, e.g. ``榜头社区`` for ``榜头社区居委会``."""
    return name.removesuffix("居委会") if name.endswith("居委会") else name.removesuffix("委会")


def make_template(source: Path, folder: Path) -> None:
    """Write ``yongchun_townships.csv`` and ``yongchun_villages.csv``."""
    points = read_points(source)
    streets = pd.read_csv(source / "streets.csv.gz", dtype=str)
    streets = streets[streets["areaCode"] == COUNTY]
    write_table(
        folder,
        "yongchun_townships",
        ["township_code", "name", "short", "lon", "lat"],
        (
            [s.code, s.name, short_name(s.name), *map(degrees, points.loc[f"{s.code}000"])]
            for s in streets.itertuples(index=False)
        ),
    )
    villages = pd.read_csv(source / "villages_3505_5117.csv", dtype=str)
    villages = villages[villages["areaCode"] == COUNTY]
    write_table(
        folder,
        "yongchun_villages",
        ["village_code", "name", "township_code", "lon", "lat"],
        (
            [
                v.code,
                village_name(v.name),
                v.streetCode,
                *(map(degrees, points.loc[v.code]) if v.code in points.index else (None, None)),
            ]
            for v in villages.itertuples(index=False)
        ),
    )


def main() -> None:
    """Read the two folders from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("package", type=Path)
    arguments = parser.parse_args()
    make_template(arguments.source, arguments.package)


if __name__ == "__main__":
    main()
