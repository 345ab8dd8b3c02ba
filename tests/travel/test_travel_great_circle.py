"""The great circle: rule S9 figure by figure."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskplan.errors import RiskplanError
from riskplan.rules.model import TravelRules
from riskplan.text import LANGUAGES, say
from riskplan.travel import GreatCircle, Matrix, arc_metres

RADIUS = 6_371_008.8


def chord_metres(a, b) -> float:
    """Return the great-circle distance by the angle between two vectors: another formula than the provider's."""
    vectors = []
    for lon, lat in (a, b):
        x, y = math.radians(lon), math.radians(lat)
        vectors.append((math.cos(y) * math.cos(x), math.cos(y) * math.sin(x), math.sin(y)))
    cross = np.linalg.norm(np.cross(*vectors))
    return RADIUS * math.atan2(float(cross), float(np.dot(*vectors)))


def test_one_degree_of_latitude_by_hand():
    """One degree of a meridian is R pi / 180 = 111 195.1 m; 1.35 times that at 36 km/h takes 15 011.4 s."""
    matrix = GreatCircle(1.35, 36.0, 180).matrix(["a", "b"], np.array([118.0, 118.0]), np.array([25.0, 26.0]))
    assert matrix.metres[0, 1] == round(1.35 * 111_195.0797) == 150_113
    assert matrix.seconds[0, 1] == 15_012 + 180


def test_a_whole_number_of_seconds_is_not_rounded_up():
    """At 36 km/h every 10 m take exactly 1 s, whatever floating point makes of metres x 3.6 / 36."""
    lat = np.round(25.0 + np.arange(60) * 0.0001, 6)
    matrix = GreatCircle(1.0, 36.0, 0).matrix([str(k) for k in range(60)], np.full(60, 118.0), lat)
    assert (matrix.seconds == -(-matrix.metres.astype(np.int64) // 10)).all()
    assert (matrix.metres % 10 == 0).any()


@given(
    st.lists(st.tuples(st.floats(100, 125), st.floats(20, 45)), min_size=2, max_size=4, unique=True),
    st.sampled_from([1.0, 1.27, 1.35]),
    st.sampled_from([20.0, 33.3, 36.0, 41.7]),
    st.integers(0, 600),
)
def test_seconds_follow_from_metres(spots, detour, speed, entry):
    """Seconds = ceil(metres x 3.6 / speed) + entry, metres within a metre of detour times another arc formula."""
    lon, lat = np.array(spots).T
    matrix = GreatCircle(detour, speed, entry).matrix([str(k) for k in range(len(spots))], lon, lat)
    for i, a in enumerate(spots):
        for j, b in enumerate(spots):
            if a != b:
                metres = int(matrix.metres[i, j])
                assert abs(metres - detour * chord_metres(a, b)) <= 1.0
                need = math.ceil(metres * Fraction("3.6") / Fraction(str(speed))) + entry
                assert matrix.seconds[i, j] == need


def test_arc_of_antipodes_and_of_nothing():
    """Half the globe is pi R, and no way is zero: the root never leaves its range."""
    arc = arc_metres(np.array([0.0, 180.0, 0.0]), np.array([0.0, 0.0, 0.0]))
    assert arc[0, 1] == pytest.approx(math.pi * RADIUS)
    assert arc[0, 2] == 0


def test_rules_give_the_provider():
    """The rulebook's travel table is the provider's."""
    provider = GreatCircle.of(TravelRules(detour=1.3, speed_kmh=20.0, entry_seconds=60))
    assert (provider.detour, provider.speed_kmh, provider.entry_seconds) == (1.3, 20.0, 60)
    assert provider.source == "great circle x 1.3, 20 km/h, 60 s entry"


def test_a_point_without_coordinates_is_named():
    """A missing coordinate is told with the point's name, in both languages."""
    with pytest.raises(RiskplanError) as caught:
        GreatCircle(1.3, 20, 0).matrix(["a", "b"], np.array([1.0, math.nan]), np.array([1.0, 2.0]))
    for lang in LANGUAGES:
        assert "“b”" in say(caught.value.code, lang, **caught.value.args_by_name)


@pytest.mark.parametrize("values", [(0.0, 20.0, 0), (1.0, 0.0, 0), (1.0, 20.0, -1)])
def test_impossible_values_are_refused(values):
    """No detour, no speed or a negative entry time can't be."""
    with pytest.raises(ValueError, match="great circle"):
        GreatCircle(*values)


@pytest.mark.parametrize(
    ("ids", "seconds", "word"),
    [
        (("a", "a"), [[0, 1], [1, 0]], "repeat"),
        (("a", "b"), [[0, -1], [1, 0]], "below zero"),
        (("a", "b"), [[1, 1], [1, 0]], "diagonal"),
        (("a",), [[0, 1], [1, 0]], "expected"),
    ],
)
def test_a_matrix_checks_itself(ids, seconds, word):
    """A matrix with repeated names, negative times, a full diagonal or a wrong shape is refused."""
    table = np.array(seconds, dtype=np.int32)
    with pytest.raises(ValueError, match=word):
        Matrix.of(ids, table, np.zeros(table.shape, dtype=np.int32), "by hand")
