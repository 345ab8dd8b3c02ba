"""Teams and officers as the plan and the case write them down, before anything is judged."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from riskplan.audit.dates import day_of


@dataclass(frozen=True, slots=True)
class Team:
    """One row of the plan's teams.

    Parameters
    ----------
    id, date, depot, departments, officers, experts
        As written.
    day
        The date as an ordinal, ``NO_DAY`` when it cannot be read.
    """

    id: str
    date: str
    day: int
    depot: str
    departments: tuple[str, ...]
    officers: tuple[str, ...]
    experts: tuple[str, ...]


def teams_in(table: pd.DataFrame) -> tuple[Team, ...]:
    """Return the rows of a plan's teams in their order."""
    columns = (table[c] for c in ("team_id", "date", "depot", "departments", "officers", "experts"))
    return tuple(
        Team(i, d, day_of(d), p, tuple(ds), tuple(os), tuple(es))
        for i, d, p, ds, os, es in zip(*columns, strict=True)
    )


def homes(officers: pd.DataFrame) -> dict[str, str]:
    """Return officer -> department."""
    return {str(o): str(d) for o, d in zip(officers["officer_id"], officers["department_id"], strict=True)}


def systems(departments: pd.DataFrame) -> dict[str, str]:
    """Return department -> its system, for departments that have one."""
    pairs = zip(departments["department_id"], departments["system"], strict=True)
    return {str(d): str(s) for d, s in pairs if s}
