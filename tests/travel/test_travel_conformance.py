"""What every provider of travel times must do; a new provider is added to ``PROVIDERS`` and nothing else."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pandas as pd
import pytest

from riskplan.travel import GivenTimes, GreatCircle, Osrm, RoadTimes
from riskplan.travel.cache import Cached
from travel.road_sample import county, graph


class Given:
    """Times given by a table: those of the roads, a third of the pairs left out, looked up by id."""

    def matrix(self, ids, lon, lat):
        """Return the table's times; its rows are made from the points, in an order of their own."""
        whole = roads().matrix(ids, lon, lat)
        keep = (np.round((lon[:, None] + lat[None, :]) * 1e6).astype(np.int64) % 3 > 0) | (whole.seconds == 0)
        a, b = np.nonzero(keep)
        names = np.array(ids, dtype=object)
        frame = pd.DataFrame({
            "from_id": names[a],
            "to_id": names[b],
            "seconds": whole.seconds[a, b],
            "metres": whole.metres[a, b],
        })
        return GivenTimes.of(frame.iloc[::-1]).matrix(ids, lon, lat)


class Server(Osrm):
    """An OSRM server in this process: its answers are those of the roads, with halves of seconds."""

    def _ask(self, path):
        parts = urlsplit(path)
        places = [p.split(",") for p in parts.path.rsplit("/", 1)[1].split(";")]
        lon, lat = (np.array([float(p[k]) for p in places]) for k in (0, 1))
        asked = parse_qs(parts.query)
        rows, columns = ([int(k) for k in asked[name][0].split(";")] for name in ("sources", "destinations"))
        found = RoadTimes(graph(county()), 15.0, 0).matrix([str(k) for k in range(len(lon))], lon, lat)
        tables = [table[np.ix_(rows, columns)] - 0.5 for table in (found.seconds, found.metres)]
        return json.loads(
            json.dumps(dict(zip(("durations", "distances"), map(np.ndarray.tolist, tables), strict=True)))
        )


def roads():
    """Travel over the seeded county."""
    return RoadTimes(graph(county()), 15.0, 180)


PROVIDERS = {
    "great_circle": lambda folder: GreatCircle(detour=1.35, speed_kmh=36.0, entry_seconds=180),
    "great_circle_odd": lambda folder: GreatCircle(detour=1.4142, speed_kmh=37.3, entry_seconds=1),
    "roads": lambda folder: roads(),
    "roads_closed": lambda folder: RoadTimes(
        graph(county()), 15.0, 0, tuple(f"R{k}" for k in range(0, 90, 9))
    ),
    "given": lambda folder: Given(),
    "osrm": lambda folder: Server("http://localhost:5000", 180),
    "cached": lambda folder: Cached(roads(), folder),
}


@pytest.fixture(params=sorted(PROVIDERS))
def provider(request, tmp_path):
    """Each provider in turn."""
    return PROVIDERS[request.param](tmp_path)


def points(count: int = 25, seed: int = 3):
    """Return ids and seeded points of a county, two of them equal."""
    rng = np.random.default_rng(seed)
    lon, lat = np.round(118 + 0.5 * rng.random(count), 6), np.round(25 + 0.5 * rng.random(count), 6)
    lon[1], lat[1] = lon[0], lat[0]
    return [f"P{k:02d}" for k in range(count)], lon, lat


def test_shape_type_and_unit(provider):
    """Seconds and metres are whole int32 numbers, a row and a column for each point."""
    ids, lon, lat = points()
    matrix = provider.matrix(ids, lon, lat)
    assert matrix.ids == tuple(ids)
    for table in (matrix.seconds, matrix.metres):
        assert table.shape == (len(ids), len(ids))
        assert table.dtype == np.int32


def test_zero_diagonal_and_never_negative(provider):
    """Nothing takes time to itself, and no time is below zero."""
    matrix = provider.matrix(*points())
    for table in (matrix.seconds, matrix.metres):
        assert not np.diagonal(table).any()
        assert (table >= 0).all()


def test_equal_points_are_no_way_apart(provider):
    """Two names for one place have the same rows and nothing between them."""
    matrix = provider.matrix(*points())
    assert matrix.seconds[0, 1] == matrix.metres[0, 1] == 0
    assert (matrix.seconds[0] == matrix.seconds[1]).all()


def test_same_input_same_hash(provider):
    """The same points give the same bytes and hash, a moved point another hash."""
    ids, lon, lat = points()
    first, second = provider.matrix(ids, lon, lat), provider.matrix(ids, lon.copy(), lat.copy())
    assert first.sha256 == second.sha256
    assert (first.seconds == second.seconds).all()
    lon[5] += 0.01
    assert provider.matrix(ids, lon, lat).sha256 != first.sha256


def test_order_of_points_changes_nothing(provider):
    """Asked in another order, each pair keeps its figures."""
    ids, lon, lat = points()
    order = np.random.default_rng(1).permutation(len(ids))
    straight = provider.matrix(ids, lon, lat)
    shuffled = provider.matrix([ids[k] for k in order], lon[order], lat[order])
    again = shuffled.sub(ids)
    assert (again.seconds == straight.seconds).all()
    assert again.sha256 == straight.sha256


def test_a_part_is_what_the_whole_says(provider):
    """``sub`` gives the chosen points in the chosen order, and names one that it lacks."""
    matrix = provider.matrix(*points())
    part = matrix.sub(["P07", "P02"])
    assert part.seconds[0, 1] == matrix.seconds[7, 2]
    assert part.metres[1, 0] == matrix.metres[2, 7]
    with pytest.raises(KeyError, match="P99"):
        matrix.sub(["P99"])


def test_metric_closure_would_change_nothing(provider):
    """Going round by a third point never saves time: what a provider gives is closed."""
    seconds = provider.matrix(*points(40, seed=9)).seconds.astype(np.int64)
    minutes = -(-seconds // 60)
    for table in (seconds, minutes):
        round_about = (table[:, :, None] + table[None, :, :]).min(axis=1)
        assert (round_about >= table).all()


def test_no_points_and_one_point(provider):
    """Nothing and a single point are matrices too."""
    assert provider.matrix([], np.array([]), np.array([])).seconds.shape == (0, 0)
    assert provider.matrix(["a"], np.array([118.0]), np.array([25.0])).seconds.tolist() == [[0]]
