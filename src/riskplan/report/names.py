"""Names for the ids of a case and words for its weeks, as the sheets show them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from riskplan.case.tables import Case
from riskplan.case.weeks import Weeks
from riskplan.excel import Column
from riskplan.maps.figures import plan_table
from riskplan.plan.tables import Plan
from riskplan.rules.model import Rulebook
from riskplan.text import say
from riskplan.text.words import week_texts


@dataclass(frozen=True)
class Book:
    """What every sheet of one workbook looks at.

    Parameters
    ----------
    case, rules, plan
        What is reported.
    lang
        ``zh`` or ``en``.
    """

    case: Case
    rules: Rulebook
    plan: Plan
    lang: str

    def rows(self, table: str) -> pd.DataFrame:
        """Return a plan table; a table that is missing has no rows."""
        return plan_table(self.plan, table)

    def say(self, key: str, **values: object) -> str:
        """Return a message of this room in the person's language."""
        return say(f"report.{key}", self.lang, **values)

    def columns(self, layout: Iterable[tuple[str, float, str, bool]]) -> list[Column]:
        """Return the columns of a sheet from (name, width, format, wrap)."""
        return [Column(self.say(f"column.{name}"), width, form, wrap) for name, width, form, wrap in layout]

    @cached_property
    def weeks(self) -> Weeks:
        """The weeks of the horizon."""
        return Weeks.of(self.case)

    @cached_property
    def week_names(self) -> dict[str, str]:
        """Week label -> the week in words, months first."""
        w = self.weeks
        texts = week_texts(w.labels, w.week_of_day, w.dates, w.year_workdays, self.lang)
        return dict(zip(w.labels, texts, strict=True))

    @cached_property
    def enterprises(self) -> dict[str, str]:
        """Enterprise id -> name."""
        return self._names("enterprises", "enterprise_id")

    @cached_property
    def township_of(self) -> dict[str, str]:
        """Enterprise id -> name of its township."""
        frame, names = self.case.enterprises, self._names("townships", "township_code")
        pairs = zip(frame["enterprise_id"], frame["township_code"], strict=True)
        return {enterprise: names.get(code, code) for enterprise, code in pairs}

    @cached_property
    def near_of(self) -> dict[str, str]:
        """Enterprise id -> words for premises that were placed at a seat, because their own point is not known."""
        frame = self.case.enterprises
        return {
            enterprise: self.say(f"near_{source}")
            for enterprise, source in zip(frame["enterprise_id"], frame["point_source"], strict=True)
            if source in {"village", "township"}
        }

    @cached_property
    def departments(self) -> dict[str, str]:
        """Department id -> name."""
        return self._names("departments", "department_id")

    @cached_property
    def items(self) -> dict[str, str]:
        """Item id -> name."""
        return self._names("items", "item_id")

    @cached_property
    def scopes(self) -> dict[str, str]:
        """Ids that a reason may name -> names."""
        return {**self._names("townships", "township_code"), **self.departments, **self.week_names}

    @cached_property
    def tier_of(self) -> dict[str, str]:
        """Enterprise id -> tier."""
        scores = self.rows("scores")
        return dict(zip(scores["enterprise_id"], scores["tier"], strict=True))

    @cached_property
    def score_of(self) -> dict[str, int]:
        """Enterprise id -> score."""
        scores = self.rows("scores")
        return {e: int(s) for e, s in zip(scores["enterprise_id"], scores["score"], strict=True)}

    def joined(self, ids: Iterable[str], names: dict[str, str]) -> str:
        """Return ids as names, joined."""
        return self.say("comma").join(names.get(i, i) for i in ids)

    def _names(self, table: str, key: str) -> dict[str, str]:
        frame = self.case.tables.get(table)
        if frame is None or frame.empty:
            return {}
        return {str(k): str(n or k) for k, n in zip(frame[key], frame["name"], strict=True)}


def date_of(text: str) -> dt.date | None:
    """Return a date of a plan table, None when it is not set."""
    return dt.date.fromisoformat(text) if text else None
