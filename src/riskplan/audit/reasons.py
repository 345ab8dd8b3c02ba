"""Whether one more visit would break a limit: the re-test of stated reasons (S10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from riskplan.audit.capacity import ceilings, charge, usage, used
from riskplan.audit.caps import (
    Allowed,
    Keys,
    enterprise_allowed,
    enterprise_year_keys,
    organ_year_keys,
    tally,
    township_allowed,
    township_week_keys,
    township_year_keys,
)
from riskplan.audit.dates import week_label
from riskplan.audit.history import Call
from riskplan.audit.world import World
from riskplan.rules.model import Limit
from riskplan.units import DAYS_PER_WEEK

Weeks = npt.NDArray[np.bool_]
PLANNED_KIND = "daily"
"""Kind of the visit that is tried: an ordinary one."""
NO_CEILING = np.iinfo(np.int64).max

_CAPS: dict[tuple[str, str], tuple[Keys, Allowed]] = {
    ("organ-enterprise", "year"): (organ_year_keys, enterprise_allowed),
    ("enterprise", "year"): (enterprise_year_keys, enterprise_allowed),
    ("township", "week"): (township_week_keys, township_allowed),
    ("township", "year"): (township_year_keys, township_allowed),
}


@dataclass(frozen=True)
class Attempt:
    """One more visit that is tried in every week.

    Parameters
    ----------
    premises
        Position of the enterprise.
    departments
        Departments that take part.
    minutes
        Service time [minutes].
    """

    premises: int
    departments: tuple[str, ...]
    minutes: int


@dataclass(frozen=True)
class Room:
    """What all visits of a plan leave of every hard limit; computed once, asked for every attempt.

    Parameters
    ----------
    world
        The world.
    """

    world: World

    @cached_property
    def n_weeks(self) -> int:
        """Number of weeks."""
        return len(self.world.calendar.mondays)

    @cached_property
    def week_labels(self) -> tuple[str, ...]:
        """Labels of the weeks."""
        return tuple(week_label(m) for m in self.world.calendar.mondays)

    @cached_property
    def binding(self) -> tuple[Limit, ...]:
        """Hard limits that an ordinary visit to an enterprise counts towards."""
        exempt = self.world.rules.exempt_kinds
        return tuple(
            row
            for row in self.world.rules.limits
            if row.hard and "enterprise" in row.objects and PLANNED_KIND not in (*exempt, *row.kinds_exempt)
        )

    @cached_property
    def counts(self) -> Mapping[str, Mapping[tuple[str, str], int]]:
        """Cap -> (scope key, window) -> visits that count there."""
        found = {}
        for row in self.binding:
            if row.kind == "cap" and (row.scope, row.window) in _CAPS:
                groups = tally(self.world, row, _CAPS[row.scope, row.window][0])
                found[row.id] = {key: len(calls) for key, calls in groups.items()}
        return found

    @cached_property
    def visits_of(self) -> Mapping[str, Mapping[int, Sequence[Call]]]:
        """Spacing -> position of premises -> visits that count there."""
        found: dict[str, dict[int, list[Call]]] = {}
        for row in self.binding:
            if row.kind == "spacing":
                groups = found.setdefault(row.id, {})
                for call in self.world.counted(row):
                    groups.setdefault(call.premises, []).append(call)
        return found

    @cached_property
    def left(self) -> tuple[tuple[str, str, Mapping[str, npt.NDArray[np.int64]]], ...]:
        """(rule, unit, department -> what is left in each week, shape (n_weeks,)) of every hard ceiling."""
        world, months = self.world, self.world.calendar.months_of_week()
        result = []
        for ceiling in (c for c in ceilings(world) if c.hard):
            taken = {key: used(world, ceiling, calls) for key, calls in usage(world, ceiling).items()}
            rest = {key: most - taken.get(key, 0) for key, most in ceiling.allowed.items()}
            table = {}
            for department in world.department_ids:
                table[department] = np.array(
                    [
                        min(
                            (
                                rest.get((department, window), NO_CEILING)
                                for window in ((label,) if ceiling.window == "week" else months[monday])
                            ),
                            default=NO_CEILING,
                        )
                        for monday, label in zip(world.calendar.mondays, self.week_labels, strict=True)
                    ],
                    dtype=np.int64,
                )
            result.append((ceiling.rule, ceiling.unit, table))
        return tuple(result)

    def open_years(self, position: int) -> Weeks:
        """Return in which year each week has an open day of premises, shape (n_years, n_weeks)."""
        calendar = self.world.calendar
        days = np.flatnonzero(self.world.openness.open[position])
        table = np.zeros((len(calendar.years), self.n_weeks), dtype=bool)
        table[calendar.year_of_day[days], calendar.week_of_day[days]] = True
        return table

    def open_weeks(self, position: int) -> Weeks:
        """Return which weeks have an open day of premises, shape (n_weeks,)."""
        return np.asarray(self.open_years(position).any(axis=0))

    def broken(self, attempt: Attempt) -> dict[str, Weeks]:
        """Return limit -> weeks in which one more visit would break it, shape (n_weeks,).

        Parameters
        ----------
        attempt
            The visit that is tried.
        """
        result = {}
        open_years = self.open_years(attempt.premises)
        for row in self.binding:
            if row.id in self.counts:
                result[row.id] = self._cap_broken(row, attempt, open_years)
            elif row.id in self.visits_of:
                result[row.id] = self._spacing_broken(row, attempt)
        for rule, unit, table in self.left:
            need = charge(self.world, attempt.minutes, unit)
            weeks = np.zeros(self.n_weeks, dtype=bool)
            for department in attempt.departments:
                if department in table:
                    weeks |= table[department] < need
            result[rule] = weeks
        return result

    def _full(self, row: Limit, scope_key: str, window: str) -> bool:
        most = _CAPS[row.scope, row.window][1](self.world, row, scope_key)
        return most is not None and self.counts[row.id].get((scope_key, window), 0) + 1 > most

    def _cap_broken(self, row: Limit, attempt: Attempt, open_years: Weeks) -> Weeks:
        premises = self.world.premises
        township, key = premises.township[attempt.premises], premises.key[attempt.premises]
        if row.window == "week":
            return np.array([self._full(row, township, label) for label in self.week_labels], dtype=bool)
        scopes = {
            "organ-enterprise": [f"{key}/{d}" for d in attempt.departments],
            "enterprise": [key],
            "township": [township],
        }[row.scope]
        full = [
            any(self._full(row, scope, str(year)) for scope in scopes) for year in self.world.calendar.years
        ]
        return np.asarray((open_years & np.array(full, dtype=bool)[:, None]).any(axis=0))

    def _spacing_broken(self, row: Limit, attempt: Attempt) -> Weeks:
        weeks = np.zeros(self.n_weeks, dtype=bool)
        amount = self.world.tier_amount(row, attempt.premises)
        if amount is None:
            return weeks
        monday = np.array(self.world.calendar.mondays)
        for call in self.visits_of[row.id].get(attempt.premises, []):
            gap = np.maximum(monday - call.latest, call.earliest - (monday + DAYS_PER_WEEK - 1))
            weeks |= np.maximum(gap, 0) < amount
        return weeks
