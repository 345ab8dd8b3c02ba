"""One small function a layer: the columns that its script draws. A new layer is a function and a script."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from riskplan.maps.card import card_layer
from riskplan.maps.encode import coded, lists, numbers, positions, steps
from riskplan.maps.figures import count_tiers, number_text, proof_facts
from riskplan.maps.load import positions_of_townships, township_loads
from riskplan.maps.page import Layer
from riskplan.maps.scene import Scene
from riskplan.maps.ways import has_roads, way_of
from riskplan.rules.explain_rows import limit_name
from riskplan.rules.model import TIERS
from riskplan.text import keys, say
from riskplan.text.words import word

NEAR = ("village", "township")
"""``point_source`` of premises that were placed at a seat, because their own point is not known."""
_UI = "map.ui."
_PLACEHOLDERS = {name: "{" + name + "}" for name in ("n", "m", "name", "week", "day", "text")}


def all_layers(scene: Scene) -> tuple[Layer, ...]:
    """Return all layers in the order in which they are drawn.

    Parameters
    ----------
    scene
        Case, rules, plan and language.
    """
    return (
        shell_layer(scene),
        base_layer(scene),
        enterprises_layer(scene),
        weeks_layer(scene),
        load_layer(scene),
        routes_layer(scene),
        card_layer(scene),
        Layer("search", {}),
        summary_layer(scene),
        Layer("start", {}),
    )


def shell_layer(scene: Scene) -> Layer:
    """Return the frame of the page: title, words, the names that all layers share."""
    case, lang = scene.case, scene.lang
    span = say("map.horizon", lang, first=case.first_day, last=case.last_day, as_of=case.as_of)
    chips = []
    if _is_provisional(scene):
        chips.append({"text": say("map.provisional", lang), "note": say("map.provisional_note", lang)})
    secret = scene.visits[(scene.visits["date"] != "") & ~scene.visits["announced"]]
    if len(secret):
        chips.append({"text": say("map.internal", lang), "note": say("map.internal_note", lang)})
    return Layer(
        "shell",
        {
            "title": case.name,
            "subtitle": span,
            "chips": chips,
            "fictional": say("map.fictional", lang) if case.fictional else "",
            "text": {k[len(_UI) :]: say(k, lang, **_PLACEHOLDERS) for k in keys() if k.startswith(_UI)},
            "months": [word("month", str(month), lang) for month in range(1, 13)],
            "weekdays": [word("weekday", str(day), lang) for day in range(1, 8)],
            "tiers": [{"code": tier, "name": word("tier", tier, lang)} for tier in TIERS],
            "townships": _names(scene.townships, "township_code"),
            "departments": _names(scene.departments, "department_id"),
            "items": _names(scene.items, "item_id"),
            "item_department": positions(_column(scene.items, "department_id"), scene.department_at),
        },
    )


def base_layer(scene: Scene) -> Layer:
    """Return township polygons, label points, the note on boundaries and the credit line."""
    shapes: list[dict[str, Any]] = []
    for shape in scene.case.townships_geometry:
        rings = [{"x": steps([p[0] for p in r]), "y": steps([p[1] for p in r])} for r in shape.rings]
        shapes.append({"township": scene.township_at.get(shape.township_code, -1), "rings": rings})
    shapes.sort(key=lambda shape: shape["township"])
    labels = [_point(row) for row in scene.townships.to_dict("records")]
    return Layer(
        "base",
        {
            "shapes": shapes,
            "labels": labels,
            "centre": list(scene.centre),
            "boundary_note": scene.case.boundary_note,
            "credit": scene.case.credit,
        },
    )


def enterprises_layer(scene: Scene) -> Layer:
    """Return all premises with tier and score."""
    frame = scene.enterprises
    scores = scene.planned("scores").drop_duplicates("enterprise_id").set_index("enterprise_id")
    scores = scores.reindex(_column(frame, "enterprise_id"))
    sizes = _column(frame, "size")
    every = (column for column in scores.columns if column.startswith("part_"))
    parts = sorted(column for column in every if (scores[column] > 0).any())
    tier = {code: place for place, code in enumerate(TIERS)}
    return Layer(
        "enterprises",
        {
            "id": _column(frame, "enterprise_id"),
            "name": _column(frame, "name"),
            "x": steps(_column(frame, "lon")),
            "y": steps(_column(frame, "lat")),
            "near": _near(_column(frame, "point_source")),
            "township": numbers(positions_of_townships(scene)),
            "tier": positions(scores["tier"], tier),
            "score": numbers(scores["score"].fillna(-1)),
            "sector": coded(_column(frame, "sector")),
            "size": coded(sizes, {size: word("size", size, scene.lang) for size in sizes}),
            "part_names": [word("part", column[len("part_") :], scene.lang) for column in parts],
            "parts": [numbers(scores[column].fillna(0)) for column in parts],
        },
    )


def weeks_layer(scene: Scene) -> Layer:
    """Return the weeks of the horizon and every planned visit."""
    weeks, visits, lang = scene.weeks, scene.visits, scene.lang
    days = zip(visits["date"], visits["in_week"], strict=True)
    workdays = np.bincount(weeks.week_of_day, weights=weeks.year_workdays, minlength=len(weeks)).astype(int)
    return Layer(
        "weeks",
        {
            "label": list(weeks.labels),
            "name": list(scene.week_names),
            "monday": str(weeks.monday[0]),
            "workdays": numbers(workdays),
            "month": [_middle(scene, week).month for week in range(len(weeks))],
            "start": _first_week(scene),
            "visit": {
                "id": _numbered(visits["visit_id"], visits["enterprise_id"]),
                "enterprise": numbers(np.diff(visits["at"].to_numpy(), prepend=0)),
                "week": numbers(visits["in_week"]),
                "day": [scene.day_in_week(date, week) for date, week in days],
                "start": numbers(visits["start"]),
                "minutes": numbers(visits["minutes"]),
                "departments": lists(visits["departments"], scene.department_at),
                "lead": positions(visits["lead"], scene.department_at),
                "items": lists(visits["items"], scene.item_at),
                "stage": _worded("stage", visits["stage"], lang),
                "kind": _worded("kind", visits["kind"], lang),
                "unrouted": [int(stage == "unrouted") for stage in visits["stage"]],
            },
        },
    )


def load_layer(scene: Scene) -> Layer:
    """Return the visits of each township per week and year beside its caps."""
    loads = township_loads(scene)
    year_of = [loads.years.index(_middle(scene, week).year) for week in range(len(scene.weeks))]
    return Layer(
        "load",
        {
            "week": [numbers(row) for row in loads.week],
            "year": [numbers(row) for row in loads.year],
            "years": list(loads.years),
            "year_of_week": year_of,
            "week_cap": list(loads.week_cap),
            "year_cap": list(loads.year_cap),
        },
    )


def routes_layer(scene: Scene) -> Layer:
    """Return the day routes: one team a row, its stops as positions of visits."""
    teams, stops = scene.planned("teams"), scene.planned("routes")
    place = {visit: at for at, visit in enumerate(scene.visits["visit_id"])}
    routes = []
    roads = has_roads(scene)
    depots = [_depot(scene, row) for row in scene.departments.to_dict("records")]
    by_team = {str(team): rows for team, rows in stops.groupby("team_id", sort=True)}
    for team in teams.sort_values(["date", "team_id"], kind="stable").to_dict("records"):
        rows = by_team.get(team["team_id"])
        week = _week_of(scene, team["date"])
        if rows is None or week < 0:
            continue
        rows = rows.sort_values("seq", kind="stable")
        way = _way(scene, week, team["depot"], positions(rows["visit_id"], place), depots) if roads else []
        routes.append({
            "id": team["team_id"],
            "week": week,
            "day": scene.day_in_week(team["date"], week),
            "depot": scene.department_at.get(team["depot"], -1),
            "departments": positions(team["departments"], scene.department_at),
            "officers": len(team["officers"]),
            "stops": positions(rows["visit_id"], place),
            "arrive": numbers(rows["arrive"]),
            "start": numbers(rows["start"]),
            "leave": numbers(rows["leave"]),
            "travel": numbers(rows["travel_s"]),
            **({"way": way} if way else {}),
        })
    return Layer("routes", {"depots": depots, "routes": routes, "roads": int(roads)})


def _way(
    scene: Scene, week: int, depot: str, stops: list[int], depots: list[list[float]]
) -> list[list[float]]:
    """Return the way of a route along roads; nothing where an end of it has no point."""
    at = scene.department_at.get(depot, -1)
    enterprises = scene.case.enterprises.set_index("enterprise_id")
    points: list[list[float] | None] = [None if at < 0 else depots[at] for _ in stops]
    for k, visit in enumerate(stops):
        if visit >= 0:
            row = enterprises.loc[scene.visits["enterprise_id"].iat[visit]]
            points[k] = _point(row.to_dict())
    known = [p for p in points if p is not None]
    return way_of(scene, week, known) if len(known) == len(points) else []


def summary_layer(scene: Scene) -> Layer:
    """Return the figures of the plan, counted and worded."""
    lang, counts = scene.lang, count_tiers(scene.plan)
    facts = scene.plan.manifest
    merge = facts.get("merge") or {}
    unrouted = int((scene.visits["stage"] == "unrouted").sum())
    figures = [
        ("visits", len(scene.planned("visits"))),
        ("unplanned", sum(c.unplanned for c in counts)),
        ("conflicts", sum(c.conflicts for c in counts)),
    ]
    pairs = [
        ("merge_calls", merge.get("calls_before"), merge.get("calls_after")),
        ("merge_minutes", merge.get("officer_minutes_before"), merge.get("officer_minutes_after")),
    ]
    merged = [
        [say(f"map.{key}", lang), say("map.from_to", lang, a=number_text(a, lang), b=number_text(b, lang))]
        for key, a, b in pairs
        if a is not None and b is not None
    ]
    left = [[say("map.unrouted", lang), number_text(unrouted, lang)]] if unrouted else []
    return Layer(
        "summary",
        {
            "figures": [[say(f"map.{key}", lang), number_text(value, lang)] for key, value in figures],
            "tiers": [[c.enterprises, c.visits, c.unplanned, c.conflicts] for c in counts],
            "facts": [list(fact) for fact in proof_facts(scene.plan, lang)],
            "merge": merged + left,
            "note": say("map.gap_note", lang),
            "sources": [text for text in (scene.case.boundary_note, scene.case.credit) if text],
            "checked": [
                limit_name(scene.rules, str(x), lang) for x in facts.get("checked_not_planned") or ()
            ],
        },
    )


def _is_provisional(scene: Scene) -> bool:
    return scene.case.days.provisional or bool(scene.plan.manifest.get("provisional_calendar"))


def _column(frame: pd.DataFrame, name: str) -> list[Any]:
    return list(frame[name]) if name in frame else []


def _near(sources: list[Any]) -> list[list[int]]:
    """Return [enterprise, 0 = at its village, 1 = at its township] for every point that is only near."""
    return [[at, NEAR.index(source)] for at, source in enumerate(sources) if source in NEAR]


def _names(frame: pd.DataFrame, key: str) -> list[str]:
    return [str(row["name"] or row[key]) for row in frame.to_dict("records")]


def _point(row: dict[Any, Any]) -> list[float] | None:
    lon, lat = float(row["lon"]), float(row["lat"])
    return None if np.isnan(lon) or np.isnan(lat) else [round(lat, 5), round(lon, 5)]


def _depot(scene: Scene, row: dict[Any, Any]) -> list[float]:
    """Return a department's office, else the mean of the townships' points, else the middle of the map."""
    lon, lat = float(row["depot_lon"]), float(row["depot_lat"])
    if not (np.isnan(lon) or np.isnan(lat)):
        return [round(lat, 5), round(lon, 5)]
    points = [p for p in (_point(r) for r in scene.townships.to_dict("records")) if p]
    if not points:
        return list(scene.centre)
    return [round(sum(p[axis] for p in points) / len(points), 5) for axis in (0, 1)]


def _numbered(visit_ids: Sequence[str], enterprise_ids: Sequence[str]) -> list[str]:
    """Return visit ids without the enterprise id that they begin with (marked by a leading ``-``)."""
    pairs = zip(visit_ids, enterprise_ids, strict=True)
    return [v[len(e) :] if v.startswith(f"{e}-") else v for v, e in pairs]


def _worded(group: str, codes: Sequence[str], lang: str) -> dict[str, list[Any]]:
    return coded(codes, {code: word(group, code, lang) for code in codes})


def _first_week(scene: Scene) -> int:
    """Return the first week with a visit that is not over at ``as_of``, else 0."""
    today = np.datetime64(scene.case.as_of)
    coming = [w for w in sorted(set(scene.visits["in_week"])) if scene.weeks.monday[w] + 7 > today]
    return int(coming[0]) if coming else 0


def _middle(scene: Scene, week: int) -> dt.date:
    """Return the middle day of a week as far as it lies in the horizon."""
    days: list[dt.date] = scene.weeks.dates[scene.weeks.week_of_day == week].tolist()
    return days[len(days) // 2]


def _week_of(scene: Scene, date: str) -> int:
    if not date:
        return -1
    day = int((np.datetime64(date) - scene.weeks.dates[0]).astype(np.int64))
    return int(scene.weeks.week_of_day[day]) if 0 <= day < len(scene.weeks.dates) else -1
