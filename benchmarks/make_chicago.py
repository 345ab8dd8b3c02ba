"""Make the shipped real case ``chicago`` from the City of Chicago's published canvass inspections.

Usage: ``python benchmarks/make_chicago.py SOURCE_FOLDER CASE_FOLDER`` where SOURCE_FOLDER holds
``inspections.csv.gz``, ``features.csv.gz`` and ``LICENSE.md``. Names, addresses and the colour group of
the inspecting sanitarian are never read.
"""

from __future__ import annotations

import argparse
import datetime as dt
import math
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from riskplan.synth.files import degrees, toml_text, write_polygons, write_table, write_text

AS_OF = dt.date(2014, 8, 1)
LAST_DAY = dt.date(2015, 7, 31)
ACTIVE_SINCE = dt.date(2013, 7, 1)
WARDS_KEPT = 9
OFFICERS = 8
ITEM_MINUTES = 60
REACH, SHRINK = 0.006, 0.004
"""Points of a ward are grown by REACH, joined and shrunk by SHRINK again [degrees], about 600 and 400 m."""
DEPOT = (-87.6324, 41.8838)
"""City Hall, approximate (lon, lat)."""

# What the calibration of the township rows assumes: the chicago pack's tiers, frequencies and points.
TIER_SHARES = (0.05, 0.20, 0.45, 0.30)
TIER_VISITS = (3.0, 2.0, 1.0, 0.5)
SECTOR_POINTS = {"Risk 1 (High)": 20, "Risk 2 (Medium)": 12, "Risk 3 (Low)": 5}
SEVERITY_WEIGHT = {"critical": 3.0, "serious": 1.0, "minor": 0.3}
SEVERITY = {"critical": "major", "serious": "general", "minor": "minor"}
KIND_OF_PLACE = {
    "restaurant": "Restaurant",
    "grocery store": "Grocery store",
    "bakery": "Bakery",
    "catering": "Catering",
    "school": "School",
    "hospital": "Hospital",
}
COLUMNS = [
    "Inspection_ID",
    "Inspection_Date",
    "License",
    "Facility_Type",
    "Risk",
    "Results",
    "Latitude",
    "Longitude",
    "criticalCount",
    "seriousCount",
    "minorCount",
]
NOTE = "Approximate hulls of points, not official ward boundaries"
CREDIT = "City of Chicago, food inspections 2011-2014 (Copyright 2014 City of Chicago, see LICENSE.md)"


def read_source(source: Path) -> pd.DataFrame:
    """Return the inspections of the chosen establishments, in order of day and id, with their ward."""
    visits = pd.read_csv(source / "inspections.csv.gz", usecols=COLUMNS)
    wards = pd.read_csv(source / "features.csv.gz", usecols=["License", "WARD"]).dropna()
    visits["day"] = pd.to_datetime(visits["Inspection_Date"]).dt.date
    for column in ("Inspection_ID", "License", "criticalCount", "seriousCount", "minorCount"):
        visits[column] = visits[column].astype("int64")
    visits = visits[visits["day"] < AS_OF].sort_values(["day", "Inspection_ID"], kind="stable")
    ward_of = wards.astype("int64").drop_duplicates("License").set_index("License")["WARD"]
    recent = visits[(visits["day"] >= ACTIVE_SINCE) & visits["Latitude"].notna() & (visits["License"] > 0)]
    chosen = ward_of[ward_of.index.isin(recent["License"])]
    sizes = chosen.value_counts().rename_axis("ward").reset_index(name="count")
    kept = sizes.sort_values(["count", "ward"], ascending=[False, True])["ward"].head(WARDS_KEPT)
    chosen = chosen[chosen.isin(kept)]
    visits = visits[visits["License"].isin(chosen.index)]
    return visits.assign(ward=[f"W{ward_of[licence]:02d}" for licence in visits["License"]])


def establishments(visits: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each licence: ward, latest point, risk class and kind of place."""
    located = visits.dropna(subset=["Latitude", "Longitude"])
    latest = visits.groupby("License").last()[["ward", "Risk", "Facility_Type"]]
    points = located.groupby("License").last()[["Latitude", "Longitude"]].round(6)
    kind = latest["Facility_Type"].fillna("").str.strip().str.lower().map(KIND_OF_PLACE)
    return latest.join(points).assign(place=kind.fillna("Food business")).sort_index()


def hazard_rows(visits: pd.DataFrame) -> list[list[object]]:
    """Return one row for each counted violation."""
    rows: list[list[object]] = []
    for visit in visits.itertuples():
        for name, severity in SEVERITY.items():
            count = getattr(visit, f"{name}Count")
            rows += [
                [f"{visit.Inspection_ID}-{name[0]}{k:02d}", visit.License, visit.day, severity, "food"]
                for k in range(1, count + 1)
            ]
    return rows


def expected_visits(visits: pd.DataFrame, places: pd.DataFrame) -> pd.Series:
    """Return the visits that each licence will probably owe, by the pack's points for sector and history."""
    age = np.array([(AS_OF - day).days for day in visits["day"]])
    weights = sum(visits[f"{name}Count"] * weight for name, weight in SEVERITY_WEIGHT.items())
    decayed = (weights * 0.5 ** (age / 365.0)).groupby(visits["License"]).sum()
    history = np.minimum(30.0, np.floor(3.0 * decayed.reindex(places.index).to_numpy()))
    score = pd.Series(places["Risk"].map(SECTOR_POINTS).to_numpy() + history, index=places.index)
    order = score.sort_values(ascending=False, kind="stable").index
    ends = np.round(np.cumsum(TIER_SHARES) * len(order)).astype(int)
    tier = np.searchsorted(ends, np.arange(len(order)), side="right").clip(max=len(TIER_VISITS) - 1)
    return pd.Series(np.array(TIER_VISITS)[tier], index=order).reindex(places.index)


def ward_limits(visits: pd.DataFrame, places: pd.DataFrame) -> tuple[dict[str, int], dict[str, int]]:
    """Return most visits of a week and of a calendar year by ward."""
    owed = expected_visits(visits, places).groupby(places["ward"]).sum()
    days = (LAST_DAY - AS_OF).days + 1
    share_2014 = ((dt.date(2014, 12, 31) - AS_OF).days + 1) / days
    this_year = visits[[day.year == AS_OF.year for day in visits["day"]]]
    done = this_year.groupby("ward").size().reindex(owed.index, fill_value=0)
    week = {ward: max(2, math.ceil(1.25 * owed[ward] * 7 / days)) for ward in owed.index}
    busiest = np.maximum(done + owed * share_2014, owed * (1.0 - share_2014))
    return week, {ward: math.ceil(1.3 * busiest[ward]) for ward in owed.index}


def rules_text(week: dict[str, int], year: dict[str, int]) -> str:
    """Return ``rules.toml``: the chicago pack, the duty and the two rows that have no default."""

    def table(amounts: dict[str, int]) -> str:
        return "{" + ", ".join(f'"{ward}" = {amounts[ward]}' for ward in sorted(amounts)) + "}"

    return f"""# Rules of the sample: everything else comes from the pack.
extends = "chicago"
name = "chicago-sample"

[[duty]]
items = ["FOOD-CANVASS"]

[[limit]]
id = "township-load-week"
kind = "cap"
scope = "township"
window = "week"
unit = "visits"
amount = {table(week)}
basis = "derived: ceil(1.25 x mean visits a week owed in the ward); an assumption of the sample"

[[limit]]
id = "township-load-year"
kind = "cap"
scope = "township"
window = "year"
unit = "visits"
amount = {table(year)}
basis = "derived: ceil(1.3 x visits owed in the calendar year and already done in it); an assumption"
"""


def case_text() -> str:
    """Return ``case.toml``."""
    return f"""name = "Chicago food safety, 9 wards"
country = "US-IL"
language = "en"
as_of = {AS_OF.isoformat()}
horizon = {{first = {AS_OF.isoformat()}, last = {LAST_DAY.isoformat()}}}
datum = "wgs84"
timezone = "America/Chicago"
fictional = false
credit = {toml_text(CREDIT)}
boundary_note = {toml_text(NOTE)}
"""


def source_text(visits: pd.DataFrame, places: pd.DataFrame, num_hazards: int) -> str:
    """Return ``SOURCE.txt``: what was kept, left out, assumed."""
    owed = float(expected_visits(visits, places).sum())
    share, used = 36 * len(places) / 15000, utilisation(owed)
    return f"""Real data of the City of Chicago (github.com/Chicago/food-inspections-evaluation,
commit 603d8db, folder DATA), licence in LICENSE.md. Made by benchmarks/make_chicago.py; do not edit.

Kept: licences with a canvass inspection between {ACTIVE_SINCE} and 2014-07-31, a ward in the City's
table of features and a point, in the {WARDS_KEPT} wards with most of them: {len(places)} licences, their
{len(visits)} canvass inspections from 2011-09 to 2014-07 and {num_hazards} violations (one row each;
critical = major, serious = general, minor = minor). Ids are the City's licence and inspection numbers.
Left out: business names, addresses, the sanitarian's group, weather, crime near by. The kind of place
is reduced to seven words.

Not in the source, so chosen here and not real:
- shapes of wards: the points grown by 600 m, joined and shrunk by 400 m; they overlap and are not official;
- the office: City Hall, approximate;
- {ITEM_MINUTES} minutes on site for one canvass;
- {OFFICERS} officers. The City had fewer than 36 for about 15,000 sites, in proportion {share:.1f} here;
  {OFFICERS} use about {used:.0%} of the minutes that the chicago pack leaves for planned canvasses
  ({owed:.0f} visits expected in the year);
- the ward rows of rules.toml: derived from the expected visits, see their basis.
Deadlines and closing dates are unknown, so nothing counts as overdue. Opening hours are unknown: defaults.
"""


def utilisation(owed: float) -> float:
    """Return the share of the year's planned officer-minutes that the visits need."""
    days = np.busday_count(AS_OF, LAST_DAY + dt.timedelta(days=1)) - 10
    budget = OFFICERS * days * 480 * (1 - 0.3 - 0.2) * (1 - 0.12 - 0.10)
    return owed * (10 + ITEM_MINUTES + 20) / float(budget)


def make_chicago(source: Path, folder: Path) -> Path:
    """Write the case folder and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    visits = read_source(source)
    places = establishments(visits)
    hazards = hazard_rows(visits)
    write_table(
        folder,
        "enterprises",
        ["enterprise_id", "name", "lon", "lat", "township_code", "sector", "competent_department"],
        (
            [i, f"Licence {i}, {p.place}", degrees(p.Longitude), degrees(p.Latitude), p.ward, p.Risk, "FOOD"]
            for i, p in zip(places.index, places.itertuples(), strict=True)
        ),
    )
    write_visits(folder, visits)
    write_table(folder, "hazards", ["hazard_id", "enterprise_id", "date", "severity", "domain"], hazards)
    write_wards(folder, places)
    write_office(folder)
    write_text(folder, "case.toml", case_text())
    write_text(folder, "rules.toml", rules_text(*ward_limits(visits, places)))
    write_text(folder, "SOURCE.txt", source_text(visits, places, len(hazards)))
    shutil.copyfile(source / "LICENSE.md", folder / "LICENSE.md")
    return folder


def write_visits(folder: Path, visits: pd.DataFrame) -> None:
    """Write the canvass inspections of 2011-2014."""
    words = {"Pass": "pass", "Pass w/ Conditions": "conditions", "Fail": "fail"}
    write_table(
        folder,
        "visits",
        ["visit_id", "object_id", "date", "departments", "items", "kind", "result"],
        (
            [v.Inspection_ID, v.License, v.day, "FOOD", "FOOD-CANVASS", "daily", words[v.Results]]
            for v in visits.itertuples()
        ),
    )


def write_wards(folder: Path, places: pd.DataFrame) -> None:
    """Write the wards as points (means) and hulls."""
    polygons = {}
    rows = []
    for ward, group in places.groupby("ward"):
        points = shapely.MultiPoint(group[["Longitude", "Latitude"]].to_numpy())
        grown = points.buffer(REACH, quad_segs=3).buffer(-SHRINK, quad_segs=2).simplify(0.0004)
        rings = [list(part.exterior.coords) for part in shapely.get_parts(grown)]
        polygons[str(ward)] = (f"Ward {int(str(ward)[1:])}", sorted(rings, key=len, reverse=True))
        middle = points.centroid
        rows.append([ward, f"Ward {int(str(ward)[1:])}", degrees(middle.x), degrees(middle.y)])
    write_table(folder, "townships", ["township_code", "name", "lon", "lat"], rows)
    write_polygons(folder, polygons)


def write_office(folder: Path) -> None:
    """Write the department, its officers and its one item."""
    write_table(
        folder,
        "departments",
        ["department_id", "name", "level", "depot_lon", "depot_lat"],
        [["FOOD", "Food protection", "city", degrees(DEPOT[0]), degrees(DEPOT[1])]],
    )
    write_table(
        folder,
        "officers",
        ["officer_id", "department_id", "certified", "role"],
        ([f"S{k:02d}", "FOOD", "yes", "officer"] for k in range(1, OFFICERS + 1)),
    )
    write_table(
        folder,
        "items",
        ["item_id", "department_id", "domain", "name", "minutes", "mode", "selection", "announced"],
        [["FOOD-CANVASS", "FOOD", "food", "Food safety canvass", ITEM_MINUTES, "on_site", "listed", "no"]],
    )


def main() -> None:
    """Read the two folders from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("case", type=Path)
    arguments = parser.parse_args()
    make_chicago(arguments.source, arguments.case)


if __name__ == "__main__":
    main()
