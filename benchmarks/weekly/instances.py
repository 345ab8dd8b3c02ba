"""Instances as ``WeekArrays``: weeks (gzip JSON, seconds), and Solomon's single-period instances (tenths, cut off)."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np

from riskplan.weekly.arrays import WeekArrays, without_caps

WEEKS = ("S24", "W60", "W100", "W100d3", "W160")
BEST_SEEN = {"S24": 60_586, "W60": 106_626, "W100": 154_817}
"""Best costs known before (with lunch)."""
NO_DROP = 10**7
"""Penalty of a customer that must be served."""


def read_week(folder: Path, name: str) -> dict[str, Any]:
    """Return the raw instance."""
    with gzip.open(folder / f"{name}.json.gz", "rt", encoding="utf-8") as file:
        return json.load(file)


def _bits(values: list[list[int]]) -> np.ndarray:
    return np.array([sum(1 << b for b in row) for row in values], dtype=np.int64)


def week_arrays(data: dict[str, Any], cap: int = 0) -> WeekArrays:
    """Return a week as arrays; ``cap`` is the most visits in a township on a day (0: no cap).

    The instance numbers depots first, the arrays visits first.
    """
    n, depots = data["n_visits"], data["n_depots"]
    order = [*range(depots, depots + n), *range(depots)]
    travel = np.array(data["travel_s"], dtype=np.int64)[order][:, order]
    teams = data["team_days"]
    days = 1 + max(t["day"] for t in teams)
    r, lunch = len(teams), data["lunch"]
    caps = without_caps(n, days)
    if cap:
        used = sorted(set(data["township"]))
        number = {t: k for k, t in enumerate(used)}
        caps = {
            "first_cap": np.arange(n * days + 1),
            "cap": np.array([number[t] * days + d for t in data["township"] for d in range(days)]),
            "amount": np.ones(n * days, dtype=np.int64),
            "room": np.full(len(used) * days, cap),
        }
    return WeekArrays(
        service=np.array(data["service_s"]), first_window=np.arange(n + 1), opens=np.array(data["opens_s"]),
        latest=np.array(data["latest_start_s"]), penalty=np.array(data["drop_penalty"]),
        priority=np.zeros(n, dtype=np.int64), township=np.array(data["township"]), needs=_bits(data["needs"]),
        open_days=_bits(data["open_days"]), load=np.ones((1, n), dtype=np.int64), travel=travel, drive=travel,
        day=np.array([t["day"] for t in teams]), depot=np.array([n + t["depot"] for t in teams]),
        shift_start=np.full(r, data["shift"][0]), shift_end=np.full(r, data["shift"][1]),
        lunch_from=np.full(r, lunch["start_from"]), lunch_until=np.full(r, lunch["start_until"]),
        lunch_length=np.full(r, lunch["length"]), skills=_bits([t["domains"] for t in teams]),
        most=np.full((1, r), data["max_visits"]), opening=np.zeros(r, dtype=np.int64), **caps,
    )  # fmt: skip


def read_solomon(path: Path) -> tuple[np.ndarray, int, int]:
    """Return (number, x, y, demand, ready, due, service) of depot and customers; vehicles; capacity."""
    numbers = [[int(x) for x in line.split()] for line in path.read_text().splitlines() if line[:1] in {" ", ""}
               and line.split() and all(x.isdigit() for x in line.split())]  # fmt: skip
    vehicles, capacity = next(row for row in numbers if len(row) == 2)
    return np.array([row for row in numbers if len(row) == 7], dtype=np.int64), vehicles, capacity


def solomon_cost(path: Path) -> int:
    """Return the listed best cost [tenths]."""
    text = path.read_text()
    return round(10 * float(text.split("Cost")[1].split()[0]))


def solomon_arrays(path: Path) -> WeekArrays:
    """Return a Solomon instance as a week of one day: distances and times in tenths, cut off as the literature does."""
    rows, vehicles, capacity = read_solomon(path)
    order = [*range(1, len(rows)), 0]
    xy, n = rows[order, 1:3].astype(np.float64), len(rows) - 1
    apart = np.sqrt(((xy[:, None] - xy[None]) ** 2).sum(axis=2))
    travel = np.floor(10 * apart + 1e-9).astype(np.int64)
    horizon = 10 * int(rows[0, 5])
    each = np.ones(vehicles, dtype=np.int64)
    return WeekArrays(
        service=10 * rows[1:, 6], first_window=np.arange(n + 1), opens=10 * rows[1:, 4], latest=10 * rows[1:, 5],
        penalty=np.full(n, NO_DROP), priority=np.zeros(n, dtype=np.int64), township=np.zeros(n, dtype=np.int64),
        needs=np.zeros(n, dtype=np.int64), open_days=np.ones(n, dtype=np.int64), load=rows[None, 1:, 3].copy(),
        travel=travel, drive=travel, day=0 * each, depot=n * each, shift_start=0 * each, shift_end=horizon * each,
        lunch_from=0 * each, lunch_until=horizon * each, lunch_length=0 * each, skills=0 * each,
        most=capacity * each[None], opening=0 * each, **without_caps(n, 1),
    )  # fmt: skip
