"""The audit's own costs of a year: exposure by domain, travel, even levels. Units: 2,000,000 make one hazard-day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from riskplan.audit.certificate_clusters import on_plane
from riskplan.audit.certificate_file import Certificate
from riskplan.audit.dates import day_of
from riskplan.audit.routes import travel_seconds
from riskplan.audit.travelled import tour_minutes_per_km, year_minutes
from riskplan.audit.world import World
from riskplan.units import DAYS_PER_YEAR, SECONDS_PER_MINUTE

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
UNITS = 2_000_000
MICRO = 1_000_000
UNKNOWN_AGE = 365
"""Age of a domain of which the sector has no visit at all [days]."""
TOUR = 0.7124
LEAST_SIDE_KM = 0.1
WEDNESDAY = 2
MOST_WEEKS, WEEKS_A_YEAR = 8, 52


@dataclass(frozen=True)
class Unseen:
    """One domain of one enterprise: micro-hazards a day, day of the last visit, standard interval."""

    q: int
    last: int
    tau: int

    def at_end(self, age: int) -> int:
        """Return the cost of an age that is left at the end of the horizon [units]."""
        return 2 * self.q * self.tau * age if age <= self.tau else self.q * (age**2 + self.tau**2)


@dataclass(frozen=True)
class Costs:
    """Costs of a world, for the enterprises that a certificate lists.

    Parameters
    ----------
    world, file
        The world, and the certificate: only its enterprises, their clusters and its shares are used here.
    """

    world: World
    file: Certificate

    @cached_property
    def at(self) -> tuple[int, ...]:
        """Position of each listed enterprise."""
        return tuple(self.world.premises.index[e] for e in self.file.names("enterprises"))

    @cached_property
    def days(self) -> Ints:
        """The day that stands for each week, from the first of the horizon on."""
        return np.array(self.world.calendar.mondays, dtype=np.int64) + WEDNESDAY - self.world.calendar.first

    @cached_property
    def unplanned(self) -> tuple[int, ...]:
        """Cost of one visit that is left out at each listed enterprise [units]."""
        rates = self.world.rules.objective.unplanned
        return tuple(round(rates[self.world.premises.tier[e]] * UNITS) for e in self.at)

    @cached_property
    def domain_of(self) -> dict[str, str]:
        """Item -> domain."""
        table = self.world.case["items"]
        return dict(zip(table["item_id"], table["domain"], strict=True))

    @cached_property
    def shares(self) -> dict[str, Mapping[str, float]]:
        """Sector -> domain -> share: the rulebook's where it has them, else what the file states."""
        found: dict[str, dict[str, float]] = {}
        columns = (
            self.file.names("share_sector"),
            self.file.names("share_domain"),
            self.file["share"].tolist(),
        )
        for sector, domain, share in zip(*columns, strict=True):
            found.setdefault(sector, {})[domain] = share
        return {**found, **(self.world.rules.domain_shares or {})}

    @property
    def shares_stated(self) -> bool:
        """Tell whether some sector's shares come from the file."""
        own = self.world.rules.domain_shares or {}
        return any(self.world.premises.sector[e] not in own for e in self.at)

    @cached_property
    def _rows(self) -> dict[str, list[tuple[str, int, int]]]:
        """Enterprise -> (item, day of the last visit or 0, standard interval)."""
        table, factor = self.world.table("duties"), self.world.rules.frequency.longest_interval_factor
        rows: dict[str, list[tuple[str, int, int]]] = {}
        names = ("enterprise_id", "item_id", "last_done", "longest_interval_days")
        for name, item, last, longest in zip(*(table[c] for c in names), strict=True):
            usual = round(longest / factor) if longest > 0 else DAYS_PER_YEAR
            rows.setdefault(name, []).append((item, day_of(last), usual))
        return rows

    @cached_property
    def _typical(self) -> dict[str, int]:
        """Sector -> median age of the last visits [days]."""
        premises, ages = self.world.premises, dict[str, list[int]]()
        for name, rows in self._rows.items():
            own = ages.setdefault(premises.sector[premises.index[name]], [])
            own += [self.world.calendar.first - day for _, day, _ in rows if day]
        return {sector: int(np.median(values)) for sector, values in ages.items() if values}

    @cached_property
    def domains(self) -> tuple[dict[str, Unseen], ...]:
        """Domain -> its figures, for each listed enterprise."""
        table = self.world.table("scores")
        intensity = dict(zip(table["enterprise_id"], table["intensity"], strict=True))
        names = self.file.names("enterprises")
        return tuple(self._unseen(e, n, float(intensity[n])) for e, n in zip(self.at, names, strict=True))

    def _unseen(self, position: int, name: str, intensity: float) -> dict[str, Unseen]:
        by_domain: dict[str, list[tuple[int, int]]] = {}
        for item, day, usual in self._rows.get(name, []):
            by_domain.setdefault(self.domain_of[item], []).append((day, usual))
        sector, names = self.world.premises.sector[position], sorted(by_domain)
        shares = self.shares.get(sector, {})
        weights = [shares.get(n, 0.0) for n in names]
        weights = weights if sum(weights) else [1.0] * len(names)
        daily, whole = intensity / DAYS_PER_YEAR * MICRO, sum(weights)
        result = {}
        for n, weight in zip(names, weights, strict=True):
            seen = max(day for day, _ in by_domain[n])
            last = seen - self.world.calendar.first if seen else -self._typical.get(sector, UNKNOWN_AGE)
            tau = max(1, min(usual for _, usual in by_domain[n]))
            result[n] = Unseen(max(1, round(daily * weight / whole)), last, tau)
        return result

    def exposure(self, i: int, visits: Sequence[tuple[int, Sequence[str]]]) -> int:
        """Return the exposure of an enterprise's visits, (day, items) in order [units]."""
        total, end = 0, self.world.calendar.n_days
        seen = [(day, {self.domain_of[item] for item in items}) for day, items in visits]
        for name, domain in self.domains[i].items():
            last = domain.last
            for day, carried in seen:
                if name in carried:
                    total += domain.q * (day - last) ** 2
                    last = day
            total += domain.at_end(end - last)
        return total

    @cached_property
    def shift(self) -> Ints:
        """Cost of lying away from last year's visits, shape (n, n_weeks) [units]."""
        weeks = len(self.world.calendar.mondays)
        price, table = (
            round(self.world.rules.objective.stability * UNITS),
            np.zeros((len(self.at), weeks), int),
        )
        if not price:
            return table.astype(np.int64)
        place = {e: i for i, e in enumerate(self.at)}
        away = np.full((len(self.at), weeks), WEEKS_A_YEAR, dtype=np.int64)
        for call in self.world.ledger:
            week = (call.earliest - self.world.calendar.mondays[0]) // 7 + WEEKS_A_YEAR
            if call.premises in place and 0 <= week < WEEKS_A_YEAR:
                row = away[place[call.premises]]
                np.minimum(row, np.abs(np.arange(weeks) - week), out=row)
        known = away.min(axis=1, initial=WEEKS_A_YEAR) < WEEKS_A_YEAR
        return np.where(known[:, None], price * np.minimum(away, MOST_WEEKS), 0).astype(np.int64)

    @cached_property
    def trips(self) -> Ints:
        """Cost of opening each township in a week: a share of the way from the offices and back [units]."""
        premises, rules = self.world.premises, self.world.rules
        lon, lat = np.array(premises.lon), np.array(premises.lat)
        depots = self.world.case["departments"]
        own = []
        for column, fallback in (("depot_lon", lon), ("depot_lat", lat)):
            values = depots[column].to_numpy(dtype=np.float64)
            known = values[np.isfinite(values)]
            own.append(float(known.mean() if len(known) else fallback.mean()))
        home, township = (own[0], own[1]), np.array(premises.township)
        share = rules.objective.township_trip_share * 2 * rules.objective.team_minute
        result = []
        for code in self.file.names("townships"):
            here = township == code
            centre = (float(lon[here].mean()), float(lat[here].mean())) if here.any() else home
            minutes = year_minutes(self.world, code)
            if minutes is None:
                minutes = travel_seconds(home, centre, rules.travel) / SECONDS_PER_MINUTE
            result.append(int(np.rint(share * minutes * UNITS)))
        return np.array(result, dtype=np.int64)

    @cached_property
    def clusters(self) -> tuple[tuple[int, Ints, float], ...]:
        """Township, members and area [km2] of each cluster."""
        points = on_plane(self.world, self.at)
        index = {code: t for t, code in enumerate(self.file.names("townships"))}
        order = np.argsort(self.file["cluster"], kind="stable")
        starts = np.flatnonzero(np.diff(self.file["cluster"][order])) + 1
        result = []
        for own in np.split(order, starts) if len(order) else []:
            sides = np.maximum(points[own].max(axis=0) - points[own].min(axis=0), LEAST_SIDE_KM)
            township = self.world.premises.township[self.at[int(own[0])]]
            result.append((index[township], own.astype(np.int64), float(sides.prod())))
        return tuple(result)

    def tour(self, area: float, most: int) -> Ints:
        """Return the cost of 0, 1, ... most visits of a cluster in a week [units]: 0.7124 sqrt(A n) km."""
        rules = self.world.rules
        km = TOUR * np.sqrt(area * np.arange(most + 1))
        pace = tour_minutes_per_km(self.world)
        minutes = km * rules.travel.detour / rules.travel.speed_kmh * 60 if pace is None else km * pace
        cost = rules.objective.cluster_trip_share * rules.objective.team_minute * minutes * UNITS
        return np.rint(cost).astype(np.int64)
