"""Whether one more visit would break a limit: the re-test of stated reasons (S10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from riskplan.audit.capacity import Ceiling, ceilings, charge, key_of, usage, used
from riskplan.audit.dates import week_label
from riskplan.audit.formula import Formula
from riskplan.audit.history import Call
from riskplan.audit.reading import Reading
from riskplan.audit.spacing import by_premises
from riskplan.audit.tally import VISITS, Entry, by_key, by_window, period
from riskplan.audit.visits import rightful_lead
from riskplan.audit.world import World
from riskplan.rules.model import PLANNED_KIND
from riskplan.units import DAYS_PER_WEEK

Weeks = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
NO_CEILING = np.iinfo(np.int64).max
SUNDAY = DAYS_PER_WEEK - 1


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
class CapRoom:
    """What stands under one cap already.

    Parameters
    ----------
    reading
        The row.
    mondays
        The weeks of the horizon.
    labels
        Their labels.
    months
        Months of the horizon.
    """

    reading: Reading
    mondays: tuple[int, ...]
    labels: tuple[str, ...]
    months: tuple[str, ...]
    _peaks: dict[str, Ints] = field(default_factory=dict)

    @cached_property
    def figures(self) -> Mapping[tuple[str, str], int]:
        """(key, window) -> visits that count there."""
        return {key: sum(e.weight for e in entries) for key, entries in by_window(self.reading).items()}

    @cached_property
    def entries(self) -> Mapping[str, Sequence[Entry]]:
        """Key -> visits that count under it."""
        return by_key(self.reading)

    def blocked(self, key: str, weight: int, open_months: Weeks) -> Weeks:
        """Return the weeks in which one more undated visit would exceed the cap of a key, shape (n_weeks,).

        Parameters
        ----------
        key, weight
            Where the visit counts, and how often.
        open_months
            shape (n_months, n_weeks), months in which a visit of each week counts.
        """
        most = self.reading.amount_of(key)
        if most is None:
            return np.zeros(len(self.mondays), dtype=bool)
        window = self.reading.row.window
        if window == "rolling":
            return np.asarray(self._peak(key) + weight > most)
        if window == "week":
            return np.array([self.figures.get((key, w), 0) + weight > most for w in self.labels], dtype=bool)
        full = [self.figures.get((key, period(window, m)), 0) + weight > most for m in self.months]
        return np.asarray((open_months & np.array(full, dtype=bool)[:, None]).any(axis=0))

    def _peak(self, key: str) -> Ints:
        """Return the most visits that a rolling window which meets each week holds already, shape (n_weeks,)."""
        if key not in self._peaks:
            days, first = max(1, self.reading.row.rolling_days), self.mondays[0]
            ends = np.arange(first, self.mondays[-1] + SUNDAY + days)
            begun, over = np.zeros(len(ends), dtype=np.int64), np.zeros(len(ends), dtype=np.int64)
            for entry in self.entries.get(key, ()):
                begun += np.where(ends >= entry.call.earliest, entry.weight, 0)
                over += np.where(ends - days >= entry.call.latest, entry.weight, 0)
            inside = begun - over
            self._peaks[key] = np.array(
                [inside[m - first : m - first + SUNDAY + days].max() for m in self.mondays], dtype=np.int64
            )
        return self._peaks[key]


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
    def binding(self) -> tuple[Reading, ...]:
        """Hard rows that an ordinary visit to an enterprise counts towards."""
        readings = (Reading(self.world, row) for row in self.world.rules.limits if row.hard)
        return tuple(r for r in readings if "enterprise" in r.row.objects and r.counts_kind(PLANNED_KIND))

    @cached_property
    def caps(self) -> tuple[CapRoom, ...]:
        """The caps that an undated visit without a team counts towards."""
        calendar = self.world.calendar
        return tuple(
            CapRoom(r, calendar.mondays, self.week_labels, calendar.months)
            for r in self.binding
            if r.row.kind == "cap"
            and r.row.unit == VISITS
            and r.row.window != "day"
            and r.row.scope != "officer"
        )

    @cached_property
    def spacings(self) -> tuple[tuple[Reading, Mapping[str, Sequence[Call]]], ...]:
        """Every spacing row with key -> visits that count there."""
        return tuple((r, by_premises(r)) for r in self.binding if r.row.kind == "spacing")

    @cached_property
    def formula(self) -> Formula:
        """The departments' capacity."""
        return Formula(self.world)

    @cached_property
    def left(self) -> tuple[tuple[Ceiling, Mapping[str, Ints]], ...]:
        """Every hard ceiling with key -> what is left in each week, shape (n_weeks,)."""
        result = []
        for ceiling in (c for c in ceilings(self.world, self.formula) if c.hard):
            taken = {
                k: used(self.world, ceiling, v) for k, v in usage(self.world, self.formula, ceiling).items()
            }
            rest = {k: most - taken.get(k, 0) for k, most in ceiling.allowed.items()}
            keys = dict.fromkeys(key for key, _ in ceiling.allowed)
            result.append((ceiling, {key: self._by_week(ceiling, key, rest) for key in keys}))
        return tuple(result)

    def _by_week(self, ceiling: Ceiling, key: str, rest: Mapping[tuple[str, str], int]) -> Ints:
        if ceiling.window == "week":
            return np.array([rest.get((key, w), NO_CEILING) for w in self.week_labels], dtype=np.int64)
        table = self.formula.months[self.formula.department_of(key)]
        months = self.world.calendar.months
        left = np.array([rest.get((key, m), NO_CEILING) for m in months], dtype=np.int64)
        return np.asarray(np.where(table, left[:, None], NO_CEILING).min(axis=0))

    def open_weeks(self, position: int) -> Weeks:
        """Return which weeks have an open day of premises, shape (n_weeks,)."""
        return self._weeks_with(self.world.openness.open[position])

    def weeks_for(self, attempt: Attempt) -> Weeks:
        """Return which weeks have a day on which a visit may stand, quiet days left out, shape (n_weeks,)."""
        return self._weeks_with(self.days(attempt))

    def days(self, attempt: Attempt) -> Weeks:
        """Return the days on which a visit may stand, quiet days left out, shape (n_days,)."""
        return self.world.places.days_for(attempt.premises, PLANNED_KIND, attempt.departments)

    def _weeks_with(self, days: Weeks) -> Weeks:
        weeks = np.zeros(self.n_weeks, dtype=bool)
        weeks[self.world.calendar.week_of_day[days]] = True
        return weeks

    def broken(self, attempt: Attempt) -> dict[str, Weeks]:
        """Return limit -> weeks in which one more visit would break it, shape (n_weeks,), over all of its keys.

        Parameters
        ----------
        attempt
            The visit that is tried.
        """
        result: dict[str, Weeks] = {}
        for (rule, _), weeks in self.blocked(attempt).items():
            result[rule] = result[rule] | weeks if rule in result else weeks
        return result

    def blocked(self, attempt: Attempt) -> dict[tuple[str, str], Weeks]:
        """Return (limit, key) -> weeks in which one more visit would break it, shape (n_weeks,)."""
        trial = self.trial(attempt)
        open_months = self.world.calendar.months_in_weeks(self.days(attempt))
        result = self._quiet(attempt)
        for cap in self.caps:
            if cap.reading.counts(trial):
                for key, weight in cap.reading.keys(trial):
                    result[cap.reading.row.id, key] = cap.blocked(key, weight, open_months)
        for reading, visits in self.spacings:
            if reading.counts(trial):
                for key, _ in reading.keys(trial):
                    result[reading.row.id, key] = self._too_near(reading, attempt, visits.get(key, ()))
        return result | self._short(attempt, trial)

    def _short(self, attempt: Attempt, trial: Call) -> dict[tuple[str, str], Weeks]:
        """Return (ceiling, key) -> weeks in which a department has too little left, shape (n_weeks,)."""
        result = {}
        for ceiling, table in self.left:
            if ceiling.reading is not None and not ceiling.reading.counts(trial):
                continue
            need = charge(self.world, attempt.minutes, ceiling.unit)
            for department in attempt.departments:
                key = key_of(self.formula, ceiling, department, trial.lead)
                if key in table:
                    result[ceiling.rule, key] = table[key] < need
        return result

    def trial(self, attempt: Attempt) -> Call:
        """Return the visit that is tried, in no week yet."""
        premises, e = self.world.premises, attempt.premises
        lead = rightful_lead(self.world, e, attempt.departments)
        return Call(
            id="",
            planned=True,
            object_kind="enterprise",
            object_id=premises.ids[e],
            premises=e,
            township=premises.township[e],
            village=premises.village[e],
            earliest=0,
            latest=0,
            departments=attempt.departments,
            items=(),
            kind=PLANNED_KIND,
            stage="draft",
            minutes=attempt.minutes,
            lead=lead,
            team="",
            months=(),
        )

    def _quiet(self, attempt: Attempt) -> dict[tuple[str, str], Weeks]:
        """Return the quiet rows, with the weeks that they leave without a day and in which each closes one."""
        quiet, open_days = self.world.quiet, self.world.openness.open[attempt.premises]
        shut = self.open_weeks(attempt.premises) & ~self.weeks_for(attempt)
        rows = quiet.binding(attempt.premises, PLANNED_KIND, attempt.departments)
        return {(quiet.rows[k].id, ""): shut & self._weeks_with(open_days & quiet.closed[k]) for k in rows}

    def _too_near(self, reading: Reading, attempt: Attempt, visits: Sequence[Call]) -> Weeks:
        weeks = np.zeros(self.n_weeks, dtype=bool)
        amount = reading.amount_at(attempt.premises)
        if amount is None:
            return weeks
        monday = np.array(self.world.calendar.mondays)
        for call in visits:
            gap = np.maximum(monday - call.latest, call.earliest - (monday + SUNDAY))
            weeks |= np.maximum(gap, 0) < amount
        return weeks
