"""Travel as the year sees it: from the offices to each township, and the pace of a tour between neighbours."""

from __future__ import annotations

import weakref
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.case.roads import straight_metres
from riskplan.case.tables import Case
from riskplan.plan.io import table_fingerprint
from riskplan.plan.tables import MIDDLE_PLACE, TOUR_PLACE, Plan, normalise
from riskplan.rules.model import Rulebook, TravelRules
from riskplan.travel.choice import travel_of
from riskplan.travel.given import OFFICE, GivenTimes
from riskplan.travel.great_circle import GreatCircle
from riskplan.travel.protocol import NO_WAY, SECONDS_DTYPE, Matrix, TravelTimes
from riskplan.units import MINUTES_PER_HOUR, SECONDS_PER_MINUTE

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
MOST_SAMPLED = 120
"""Enterprises between which the pace of a tour is measured."""
LEAST_PAIRS = 10
TOUR_KM = 100
"""Kilometres as the crow flies that the kept pace is about, so that whole seconds are fine enough."""


TABLES = ("enterprises", "townships", "departments", "road_nodes", "roads", "travel_times")
"""Tables that the travel of a year depends on."""
MOST_KNOWN = 8


@dataclass(frozen=True)
class YearTravel:
    """Travel of a year plan.

    Parameters
    ----------
    townships
        Codes in the order of the case, t of them.
    seconds, metres
        shape (t,), int64: from the middle of the offices to the middle of the township's premises.
    tour_seconds, tour_metres
        What ``TOUR_KM`` as the crow flies cost on a tour, 0 where the rulebook's detour and speed say it exactly.
    source, provider_sha256
        The provider.
    """

    townships: tuple[str, ...]
    seconds: Ints
    metres: Ints
    tour_seconds: int
    tour_metres: int
    source: str
    provider_sha256: str

    def tour_minutes(self, km: Floats, travel: TravelRules) -> Floats:
        """Return what tours cost [min].

        Parameters
        ----------
        km
            Their lengths as the crow flies.
        travel
            Detour and speed, where there are no roads.
        """
        if not self.tour_seconds:
            return km * travel.detour / travel.speed_kmh * MINUTES_PER_HOUR
        return km * (self.tour_seconds / TOUR_KM / SECONDS_PER_MINUTE)

    def rows(self) -> pd.DataFrame:
        """Return what a plan keeps in ``travel``; nothing where the audit computes it by itself."""
        if not self.tour_seconds:
            return normalise("travel", pd.DataFrame())
        columns = ["week", "from_id", "to_id", "seconds", "metres"]
        pairs = zip(self.townships, self.seconds.tolist(), self.metres.tolist(), strict=True)
        rows = [("", MIDDLE_PLACE, code, seconds, metres) for code, seconds, metres in pairs]
        rows.append(("", TOUR_PLACE, TOUR_PLACE, self.tour_seconds, self.tour_metres))
        return normalise("travel", pd.DataFrame(rows, columns=columns))


_known: dict[tuple[object, ...], tuple[tuple[weakref.ref[pd.DataFrame], ...], YearTravel]] = {}
"""Travel of tables that are alive: one year plan asks for the same several times."""


def with_year_travel(case: Case, rules: Rulebook, plan: Plan) -> Plan:
    """Return a year plan with the times that it stands on.

    Parameters
    ----------
    case, rules, plan
        The plan and its world.
    """
    travel = year_travel(case, rules)
    table = travel.rows()
    if not len(table):
        return plan
    facts = {"source": travel.source, "provider_sha256": travel.provider_sha256}
    facts["sha256"] = table_fingerprint("travel", table)
    return plan.with_tables(travel=table, manifest={"travel": facts})


def year_travel(case: Case, rules: Rulebook) -> YearTravel:
    """Return the travel of a year, from the provider that the weeks use too.

    Parameters
    ----------
    case, rules
        Its places, and how travel is reckoned.
    """
    frames = [case.tables[name] for name in TABLES if name in case.tables]
    key = (*map(id, frames), repr(rules.travel))
    known = _known.get(key)
    if known is not None and all(ref() is frame for ref, frame in zip(known[0], frames, strict=True)):
        return known[1]
    found = _computed(case, rules)
    while len(_known) >= MOST_KNOWN:
        _known.pop(next(iter(_known)))
    _known[key] = (tuple(map(weakref.ref, frames)), found)
    return found


def _computed(case: Case, rules: Rulebook) -> YearTravel:
    provider = travel_of(case, rules)
    ids, lon, lat = _centres(case)
    matrix = provider.matrix(ids, lon, lat)
    seconds, metres = (t[0, 1:].astype(np.int64) for t in (matrix.seconds, matrix.metres))
    if isinstance(provider, GivenTimes):
        seconds, metres = _given(case, provider, ids[1:])
    lost = seconds >= NO_WAY
    if lost.any():
        straight = GreatCircle.of(rules.travel).matrix(ids, lon, lat)
        seconds = np.where(lost, straight.seconds[0, 1:], seconds)
        metres = np.where(lost, straight.metres[0, 1:], metres)
    tour = (0, 0) if isinstance(provider, GreatCircle) else _pace(case, rules, provider)
    return YearTravel(tuple(ids[1:]), seconds, metres, *tour, provider.source, provider.sha256)


def _centres(case: Case) -> tuple[list[str], Floats, Floats]:
    """Return the middle of the offices, then the middle of each township's premises."""
    frame, departments, premises = case["townships"], case["departments"], case.enterprises
    middle = premises.groupby("township_code")[["lon", "lat"]].mean()
    points = []
    for axis in ("lon", "lat"):
        office = float(departments[f"depot_{axis}"].mean())
        own = office if np.isfinite(office) else float(premises[axis].mean())
        known = dict(zip(middle.index, middle[axis], strict=True))
        points.append([own, *(float(known.get(code, own)) for code in frame["township_code"])])
    return ["", *frame["township_code"]], np.array(points[0]), np.array(points[1])


def _given(case: Case, provider: GivenTimes, townships: list[str]) -> tuple[Ints, Ints]:
    """Return the mean of the given times from offices to the premises of each township, ``NO_WAY`` where none is given."""
    known = {name: k for k, name in enumerate(provider.whole.ids)}
    names = [str(d) for d in case["departments"]["department_id"]]
    offices = [known[n] for d in names if (n := d if d in known else OFFICE + d) in known]
    result = []
    for table in (provider.whole.seconds, provider.whole.metres):
        row = []
        for code in townships:
            here = case.enterprises["enterprise_id"][case.enterprises["township_code"] == code]
            own = [known[e] for e in here if e in known]
            times = table[np.ix_(offices, own)]
            good = times[provider.whole.seconds[np.ix_(offices, own)] < NO_WAY]
            row.append(round(float(good.mean())) if good.size else NO_WAY)
        result.append(np.array(row, dtype=np.int64))
    return result[0], result[1]


def _pace(case: Case, rules: Rulebook, provider: TravelTimes) -> tuple[int, int]:
    """Return seconds and metres of ``TOUR_KM`` as the crow flies between premises of one township, entries taken off."""
    frame = case.enterprises[np.isfinite(case.enterprises["lon"]) & np.isfinite(case.enterprises["lat"])]
    frame = frame.sort_values(["lon", "lat", "township_code"], kind="stable")
    step = max(-(-len(frame) // MOST_SAMPLED), 1)
    sample = frame.iloc[::step]
    lon, lat = (sample[name].to_numpy(dtype=np.float64) for name in ("lon", "lat"))
    matrix: Matrix = provider.matrix(list(sample["enterprise_id"]), lon, lat)
    town = sample["township_code"].to_numpy(dtype=str)
    a, b = np.nonzero((town[:, None] == town[None, :]) & (matrix.seconds < NO_WAY))
    arc = straight_metres(lon[a], lat[a], lon[b], lat[b])
    far = arc > 1.0
    if far.sum() < LEAST_PAIRS:
        return 0, 0
    entry = SECONDS_DTYPE(rules.travel.entry_seconds)
    driven = np.maximum(matrix.seconds[a, b][far] - entry, 0).astype(np.float64)
    scale = TOUR_KM * 1000 / float(arc[far].sum())
    return round(float(driven.sum()) * scale), round(float(matrix.metres[a, b][far].sum()) * scale)
