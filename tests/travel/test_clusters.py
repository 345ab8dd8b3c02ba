"""Village clusters: small, inside one township, the same however rows are ordered."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from how_many import examples
from riskplan.travel.clusters import areas, clusters_of, tour_km


@settings(max_examples=examples(20, 100))
@given(st.integers(0, 10**6), st.integers(1, 60), st.integers(1, 12))
def test_clusters_are_small_whole_and_of_one_township(seed, count, size):
    """Nobody is left out, no cluster is too large or spans townships, numbers go township by township."""
    rng = np.random.default_rng(seed)
    township = rng.integers(0, 4, count)
    cluster = clusters_of(township, 118 + rng.random(count), 25 + rng.random(count), size)
    assert np.bincount(cluster).min() >= 1
    assert np.bincount(cluster).max() <= size
    homes = [set(township[cluster == c]) for c in range(cluster.max() + 1)]
    assert all(len(home) == 1 for home in homes)
    assert [min(home) for home in homes] == sorted(min(home) for home in homes)


def test_the_order_of_rows_changes_no_cluster():
    """Permuted enterprises stand in the same clusters."""
    rng = np.random.default_rng(1)
    township, lon, lat = rng.integers(0, 3, 50), 118 + rng.random(50), 25 + rng.random(50)
    order = rng.permutation(50)
    plain, shuffled = clusters_of(township, lon, lat), clusters_of(township[order], lon[order], lat[order])
    assert (plain[order] == shuffled).all()


def test_a_tour_grows_ever_more_slowly():
    """The cost of one more stop falls; a larger area costs more; a single point has a small area, not none."""
    area = areas(np.array([0, 0, 1]), np.array([118.0, 118.1, 118.5]), np.array([25.0, 25.1, 25.5]))
    assert area[0] > area[1] > 0
    steps = np.diff(tour_km(area, np.arange(6)), axis=1)
    assert (np.diff(steps, axis=1) < 0).all()
