"""Everything the checks look at, derived once from case, rules and plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar

import pandas as pd

from riskplan.audit.credits import Credit, Witness
from riskplan.audit.dates import Calendar, calendar_of, column_days, day_of, monday_of, year_of
from riskplan.audit.history import Call, Clock, ledger_calls, planned_calls
from riskplan.audit.occasions import Occasions, less
from riskplan.audit.owed import Owed, owed_of, past_of
from riskplan.audit.people import Team, homes, systems, teams_in
from riskplan.audit.places import Places, places_of
from riskplan.audit.premises import Openness, Premises, openness_of, premises_of
from riskplan.audit.quiet import Quiet
from riskplan.case.tables import Case
from riskplan.plan.tables import Plan, empty_table
from riskplan.rules.model import Rulebook

T = TypeVar("T")


@dataclass(frozen=True)
class World:
    """Case, rules and plan, and what follows from them.

    Parameters
    ----------
    case, rules, plan
        What is judged.
    bare
        True for a table typed by hand: no teams, duties or reasons are there to be judged.
    """

    case: Case
    rules: Rulebook
    plan: Plan
    bare: bool = False
    _shared: dict[Callable[[World], Any], Any] = field(default_factory=dict, repr=False, compare=False)

    def shared(self, make: Callable[[World], T]) -> T:
        """Return what several checks ask of this world: made by the first, whoever that is."""
        if make not in self._shared:
            self._shared[make] = make(self)
        made: T = self._shared[make]
        return made

    def table(self, name: str) -> pd.DataFrame:
        """Return a table of the plan, without rows when the plan has none."""
        frame = self.plan.tables.get(name)
        return empty_table(name) if frame is None else frame

    @cached_property
    def in_weeks(self) -> World:
        """The same world with every draft back in its week: reasons are given, and judged, for weeks (S10)."""
        visits = self.table("visits")
        drafts = visits["stage"].isin(("draft", "unrouted")) & (visits["week"] != "")
        if not (drafts & (visits["date"] != "")).any():
            return self
        undated = visits.assign(date=visits["date"].where(~drafts, ""))
        return World(self.case, self.rules, self.plan.with_tables(visits=undated), self.bare)

    @cached_property
    def calendar(self) -> Calendar:
        """Days, weeks, months and years of the horizon."""
        return calendar_of(self.case)

    @cached_property
    def premises(self) -> Premises:
        """The enterprises with their tiers."""
        return premises_of(self.case, self.rules, self.table("scores"))

    @cached_property
    def openness(self) -> Openness:
        """Open days of every enterprise."""
        return openness_of(self.case, self.calendar, self.premises)

    @cached_property
    def places(self) -> Places:
        """Where objects lie."""
        return places_of(self.case, self.calendar, self.premises, self.openness, self.quiet)

    @cached_property
    def quiet(self) -> Quiet:
        """Quiet days."""
        return Quiet(self.rules.quiet, self.premises, self.calendar)

    @cached_property
    def teams(self) -> tuple[Team, ...]:
        """The plan's teams in its order."""
        return teams_in(self.table("teams"))

    @cached_property
    def people(self) -> dict[str, Team]:
        """Team id -> team; of a repeated id the first one."""
        return {team.id: team for team in reversed(self.teams)}

    @cached_property
    def homes(self) -> dict[str, str]:
        """Officer -> department."""
        return homes(self.case["officers"])

    @cached_property
    def systems(self) -> dict[str, str]:
        """Department -> its system, for departments that have one."""
        return systems(self.case["departments"])

    @cached_property
    def clock(self) -> Clock:
        """Items, their departments and minutes."""
        return Clock(self.case["items"], self.rules)

    @cached_property
    def department_ids(self) -> tuple[str, ...]:
        """Ids of all departments, in the order of the case."""
        return tuple(str(d) for d in self.case["departments"]["department_id"])

    @cached_property
    def planned(self) -> tuple[Call, ...]:
        """Every row of the plan's visits."""
        return planned_calls(self.table("visits"), self.places, self.clock)

    @cached_property
    def ledger(self) -> tuple[Call, ...]:
        """Done and fixed visits of the case that count."""
        return ledger_calls(self.places, self.planned)

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """All visits that count towards limits: those of the plan and of the case."""
        return (*(c for c in self.planned if c.counts), *self.ledger)

    @cached_property
    def first_relevant_day(self) -> int:
        """Monday of the week of 1 January of the first year with a day of the horizon or a planned visit."""
        first = min((c.earliest for c in self.planned if c.placed), default=self.calendar.first)
        return monday_of(dt.date(year_of(min(first, self.calendar.first)), 1, 1).toordinal())

    @cached_property
    def counted(self) -> tuple[Call, ...]:
        """Done and fixed visits to enterprises, of kinds that count, whatever the plan repeats."""
        exempt = self.rules.exempt_kinds
        return tuple(c for c in ledger_calls(self.places, ()) if c.premises >= 0 and c.kind not in exempt)

    @cached_property
    def before_credits(self) -> Owed:
        """What every enterprise is owed by the plan's scores, before anything is credited."""
        done = [c for c in self.counted if c.latest < self.calendar.as_of]
        owed = owed_of(self.rules, self.premises, self.clock, done, self.calendar)
        return self._occasions.added(owed, past_of(done, self.clock))

    @cached_property
    def _occasions(self) -> Occasions:
        return Occasions(self.case, self.rules, self.premises, self.clock, self.calendar)

    @cached_property
    def credits(self) -> tuple[Credit, ...]:
        """What need not be visited (S12)."""
        witness = Witness(self.case, self.rules, self.premises, self.clock, self.calendar, self.counted)
        return witness.credits(self.before_credits)

    @cached_property
    def owed(self) -> Owed:
        """What every enterprise is owed by the plan's scores, credits taken off."""
        taken: dict[tuple[int, str, str], int] = {}
        for one in self.credits:
            key = (one.premises, one.item, one.cause)
            taken[key] = taken.get(key, 0) + one.visits
        return less(self.before_credits, taken)

    @cached_property
    def late(self) -> frozenset[str]:
        """Fixed visits still to come that became known after the plan was made (S13)."""
        made = day_of(str(self.plan.manifest.get("as_of", "")))
        table = self.case.tables.get("visits")
        if not made or table is None or not len(table):
            return frozenset()
        days = (column_days(table[name]) for name in ("date", "known_on"))
        rows = zip(table["visit_id"], table["fixed"], *days, strict=True)
        today = self.calendar.as_of
        return frozenset(
            str(name) for name, fixed, day, told in rows if fixed and day >= today and told > made
        )

    def on_time(self) -> World:
        """Return the world as it was known when the plan was made: without late visits."""
        visits = self.case["visits"]
        kept = visits[~visits["visit_id"].isin(self.late)].reset_index(drop=True)
        case = replace(self.case, tables={**self.case.tables, "visits": kept})
        return replace(self, case=case)

    @cached_property
    def has_tiers(self) -> bool:
        """Tell whether any enterprise has a tier."""
        return any(self.premises.tier)

    @cached_property
    def premises_by_key(self) -> dict[str, list[int]]:
        """Cap key -> positions of its premises."""
        return self.premises.by_key()
