"""The year for compiled code: flat integer arrays, whatever county or benchmark they come from.

An *enterprise* has *schedules*, a schedule has *visits* in order. A visit takes amounts of *families*; a family has one
cell for each week and may have *extra* cells that cover several weeks (a month, a year, a rolling window). A cell has a
capacity. Trips are paid for clusters and townships that are opened in a week. Every coupling limit is such a cell.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

NO_LIMIT = np.int64(1) << np.int64(40)
"""Capacity of a cell that cannot run out."""


class YearArrays(NamedTuple):
    """A year; all int64 unless said, counts: N enterprises, S schedules, V visits of schedules, W weeks, K cells.

    Parameters
    ----------
    first_schedule
        shape (N + 1,), schedules of enterprise i are ``first_schedule[i]`` up to ``first_schedule[i + 1]``.
    first_visit
        shape (S + 1,), visits of each schedule.
    constant, gap
        shape (S,), cost whatever the weeks are [units]; fewest weeks between two visits.
    left_out
        shape (S,), owed visits that the schedule leaves out.
    node
        shape (V, W), cost of a visit in a week [units]; ``instance.FORBIDDEN`` where it may not stand.
    arc_row
        shape (V,), row of ``arcs`` for the gap before the visit; -1 for first visits.
    arcs
        shape (n, W), cost of a gap of so many weeks [units].
    season, multiple
        shape (V,), which curve adds to the gap before the visit (-1: none), and how often.
    curves
        shape (n, W, W), cost of a gap from one week to another [units].
    clash
        shape (V,), which pairs of weeks the gap before the visit may not span (-1: none).
    clashes
        shape (n, W, W), bool.
    kind
        shape (V,), what the visit takes: visits of one kind take the same.
    first_line
        shape (n_kinds + 1,), lines of each kind.
    family, amount
        shape (n_lines,), which family and how much of it.
    first_extra
        shape (F + 1,), where the extra cells of each family stand in ``extra``.
    extra
        Extra cells by family, numbered as cells; families may share one.
    first_reach
        shape (len(extra) + 1,), where the weeks of a family that an extra cell covers stand in ``reach``.
    reach
        Weeks, by entry of ``extra``.
    first_cover
        shape (F x W + 1,), where the extra cells of a family and week stand in ``cover``.
    cover
        Extra cells by family and week, numbered as cells.
    capacity
        shape (K,), cells (family, week) first, then the extra ones.
    level, uneven
        shape (K,), even level <= capacity, and cost of every unit above it [units].
    township, cluster
        shape (N,), where each enterprise lies; a cluster lies in one township.
    cluster_township
        shape (C,).
    trip
        shape (T,), cost of opening a township in a week [units].
    first_table
        shape (C + 1,), where the trip table of each cluster stands in ``table``.
    table
        Cost of 0, 1, 2... visits of a cluster in a week [units]: concave, non-decreasing; as long as its visits may be.
    most
        shape (T, W), visits that a township can take in a week: what the bound may use; the cells keep it.
    home
        shape (K,), township whose visits alone use a cell, -1 where several do.
    dense
        shape (F,), bool: False where the cells of family and week can't run out.
    """

    first_schedule: Ints
    first_visit: Ints
    constant: Ints
    gap: Ints
    left_out: Ints
    node: Ints
    arc_row: Ints
    arcs: Ints
    season: Ints
    multiple: Ints
    curves: Ints
    clash: Ints
    clashes: Bools
    kind: Ints
    first_line: Ints
    family: Ints
    amount: Ints
    first_extra: Ints
    extra: Ints
    first_reach: Ints
    reach: Ints
    first_cover: Ints
    cover: Ints
    capacity: Ints
    level: Ints
    uneven: Ints
    township: Ints
    cluster: Ints
    cluster_township: Ints
    trip: Ints
    first_table: Ints
    table: Ints
    most: Ints
    home: Ints
    dense: Bools

    @property
    def size(self) -> int:
        """Number of enterprises."""
        return len(self.township)

    @property
    def weeks(self) -> int:
        """Number of weeks."""
        return int(self.node.shape[1])

    @property
    def families(self) -> int:
        """Number of families."""
        return len(self.dense)

    @property
    def longest(self) -> int:
        """Most visits in one schedule, at least 1."""
        return max(1, int(np.diff(self.first_visit).max(initial=1)))
