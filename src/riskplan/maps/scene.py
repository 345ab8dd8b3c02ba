"""What all layers of a map look at: case, rules and plan, rows in a fixed order, a place for every id."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from riskplan.case.tables import Case
from riskplan.case.weeks import Weeks
from riskplan.plan.tables import Plan, empty_table
from riskplan.rules.model import Rulebook
from riskplan.text.words import week_texts


@dataclass(frozen=True)
class Scene:
    """The input of every layer.

    Parameters
    ----------
    case, rules, plan
        What is drawn.
    lang
        ``zh`` or ``en``.
    """

    case: Case
    rules: Rulebook
    plan: Plan
    lang: str

    def rows(self, table: str) -> pd.DataFrame:
        """Return a case table sorted by its first column; a table that is missing has no rows."""
        frame = self.case.tables.get(table)
        if frame is None:
            return pd.DataFrame()
        return frame.sort_values(str(frame.columns[0]), kind="stable").reset_index(drop=True)

    def planned(self, table: str) -> pd.DataFrame:
        """Return a plan table; a table that is missing has no rows."""
        return self.plan.tables.get(table, empty_table(table))

    @cached_property
    def weeks(self) -> Weeks:
        """The weeks of the horizon."""
        return Weeks.of(self.case)

    @cached_property
    def week_names(self) -> tuple[str, ...]:
        """The weeks in words, months first."""
        weeks = self.weeks
        return week_texts(weeks.labels, weeks.week_of_day, weeks.dates, weeks.year_workdays, self.lang)

    @cached_property
    def enterprises(self) -> pd.DataFrame:
        """All premises, sorted by id."""
        return self.rows("enterprises")

    @cached_property
    def townships(self) -> pd.DataFrame:
        """All townships, sorted by code."""
        return self.rows("townships")

    @cached_property
    def departments(self) -> pd.DataFrame:
        """All departments, sorted by id."""
        return self.rows("departments")

    @cached_property
    def items(self) -> pd.DataFrame:
        """All inspection items, sorted by id."""
        return self.rows("items")

    @cached_property
    def enterprise_at(self) -> dict[str, int]:
        """Position of each enterprise."""
        return _places(self.enterprises, "enterprise_id")

    @cached_property
    def township_at(self) -> dict[str, int]:
        """Position of each township."""
        return _places(self.townships, "township_code")

    @cached_property
    def department_at(self) -> dict[str, int]:
        """Position of each department."""
        return _places(self.departments, "department_id")

    @cached_property
    def item_at(self) -> dict[str, int]:
        """Position of each item."""
        return _places(self.items, "item_id")

    @cached_property
    def week_at(self) -> dict[str, int]:
        """Position of each week."""
        return {label: week for week, label in enumerate(self.weeks.labels)}

    @cached_property
    def visits(self) -> pd.DataFrame:
        """Plan visits at known enterprises in known weeks, by enterprise and week, with both as positions."""
        frame = self.planned("visits")
        frame = frame.assign(
            at=frame["enterprise_id"].map(self.enterprise_at), in_week=frame["week"].map(self.week_at)
        )
        frame = frame.dropna(subset=["at", "in_week"]).astype({"at": np.int64, "in_week": np.int64})
        return frame.sort_values(["at", "in_week", "visit_id"], kind="stable").reset_index(drop=True)

    @cached_property
    def centre(self) -> tuple[float, float]:
        """Latitude and longitude of the middle of all premises [degrees]."""
        frame = self.enterprises
        if len(frame) == 0:
            return (0.0, 0.0)
        return (round(float(frame["lat"].mean()), 6), round(float(frame["lon"].mean()), 6))

    def day_in_week(self, date: str, week: int) -> int:
        """Return the day of a date in its week, 0 = Monday; -1 when there is no date."""
        if not date:
            return -1
        return int((np.datetime64(date) - self.weeks.monday[week]).astype(np.int64))


def _places(frame: pd.DataFrame, column: str) -> dict[str, int]:
    return {} if frame.empty else {str(value): place for place, value in enumerate(frame[column])}
