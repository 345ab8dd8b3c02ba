"""The ways of day routes along the roads of a case; nothing where it travels otherwise."""

from __future__ import annotations

import numpy as np

from riskplan.maps.scene import Scene
from riskplan.travel import roads_of
from riskplan.travel.choice import provider_name

DECIMALS = 5
Way = list[list[float]]
"""Points [lat, lon] in degrees, as the map takes them."""


def has_roads(scene: Scene) -> bool:
    """Tell whether the case travels over roads."""
    return provider_name(scene.case, scene.rules) == "roads"


def way_of(scene: Scene, week: int, points: list[list[float]]) -> Way:
    """Return the way of a route from point to point along the roads that are open all week; neighbours differ.

    Parameters
    ----------
    scene
        What is drawn.
    week
        Index of the week.
    points
        Stops in order, offices included, [lat, lon] each.
    """
    days = scene.weeks.dates[(scene.weeks.week_of_day == week) & scene.weeks.is_workday]
    at = np.array(points, dtype=np.float64).reshape(len(points), 2)
    way: Way = []
    for line in roads_of(scene.case, scene.rules, days).lines(at[:, 1], at[:, 0]):
        for lon, lat in line:
            point = [round(lat, DECIMALS), round(lon, DECIMALS)]
            if not way or way[-1] != point:
                way.append(point)
    return way
