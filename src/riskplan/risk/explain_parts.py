"""Each part of one score in words: what was counted, by which rule, how many points of how many."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from riskplan.case.tables import Case
from riskplan.risk.events import NOT_ROUTINE
from riskplan.risk.history import History, done_visits
from riskplan.risk.points import PARTS, blended, measures
from riskplan.risk.scoring import Judgement
from riskplan.rules.model import Rulebook
from riskplan.text import say
from riskplan.text.words import word


@dataclass(frozen=True)
class Known:
    """What the tables of a case say about one enterprise before ``as_of``, counted one by one.

    Parameters
    ----------
    visits
        Routine visits known.
    last
        Day of the last one, "" for none.
    findings
        Severity -> hazards found.
    """

    visits: int
    last: str
    findings: Mapping[str, int]


def known_of(case: Case, rules: Rulebook, enterprise: str) -> Known:
    """Return what is known about one enterprise.

    Parameters
    ----------
    case, rules
        Visits, hazards, kinds that are exempt.
    enterprise
        Id.
    """
    today = pd.Timestamp(case.as_of)
    visits = done_visits(case, rules)
    mine = (visits["object_id"] == enterprise) & ~visits["kind"].isin(NOT_ROUTINE)
    days = visits["date"][mine]
    hazards = case["hazards"]
    found = hazards[(hazards["enterprise_id"] == enterprise) & (hazards["date"] < today)]
    return Known(
        visits=len(days),
        last=f"{days.max():%Y-%m-%d}" if len(days) else "",
        findings={str(k): int(n) for k, n in found["severity"].value_counts().items()},
    )


@dataclass(frozen=True)
class PartWords:
    """Words for the parts of one score.

    Parameters
    ----------
    case, rules, found
        What the score comes from.
    e
        Position of the enterprise.
    lang
        ``zh`` or ``en``.
    """

    case: Case
    rules: Rulebook
    found: Judgement
    e: int
    lang: str

    @property
    def known(self) -> History:
        """History of all enterprises."""
        return self.found.known

    def lines(self) -> list[str]:
        """Return one sentence a part, in the order of the table."""
        most = self.counted()
        how: Mapping[str, Callable[[], str]] = {
            "installation": self._installation,
            "history": self._history,
            "trend": self._trend,
            "overdue": self._overdue,
            "complaints": self._complaints,
            "report_gap": self._report_gap,
            "accident": self._accident,
            "unvisited": self._unvisited,
        }
        return [
            self.say(
                "line",
                part=word("part", name, self.lang),
                points=self.points(name),
                most=most[name],
                how=how[name]() if name in how else self._looked_up(name),
            )
            for name in most
        ]

    def counted(self) -> dict[str, int]:
        """Return the parts for which the rulebook gives points, with the most."""
        most = self.rules.score.maxima()
        return {name: most[name] for name in PARTS if most[name]}

    def uncounted(self) -> list[str]:
        """Return the parts for which the rulebook gives no points, in words."""
        return [word("part", name, self.lang) for name in PARTS if name not in self.counted()]

    def say(self, key: str, **values: object) -> str:
        """Return a sentence of the catalogue below ``score.``."""
        return say(f"score.{key}", self.lang, **values)

    def points(self, part: str) -> int:
        """Return the points of a part."""
        return int(self.found.points.parts[part][self.e])

    def value(self, column: str) -> object:
        """Return a cell of the enterprise."""
        return self.case.enterprises[column].iat[self.e]

    def _looked_up(self, name: str) -> str:
        score = self.rules.score
        column, table = {
            "sector": ("sector", score.sector_points),
            "credit": ("credit_grade", score.credit_table()),
            "grade": ("grade", score.grade_table()),
            "standardisation": ("standardisation", score.standardisation_points or {}),
            "size": ("size", score.size_points),
        }[name]
        value = str(self.value(column))
        shown = word("size", value, self.lang) if name == "size" else value
        if not value:
            return self.say("empty", points=self.points(name))
        return self.say("named" if value in table else "unnamed", value=shown, points=self.points(name))

    def _installation(self) -> str:
        level = int(str(self.value("major_hazard_level")))
        return self.say("installation", level=level) if level > 0 else self.say("none")

    def _history(self) -> str:
        known, e, score = self.known, self.e, self.rules.score
        mean, otherwise = float(blended(known.rate, known)[e]), float(known.otherwise[e])
        text = self.say(
            "history" if known.visits[e] > 0 else "history_other" if otherwise > 0 else "history_none",
            rate=figure(known.rate[e]),
            otherwise=figure(otherwise),
            prior=figure(known.prior_rate[e]),
            own=f"{known.weight[e]:.0%}",
            rest=f"{1 - known.weight[e]:.0%}",
            mean=figure(mean),
            per=figure(score.history_per_finding),
            exact=figure(score.history_per_finding * mean),
            days=score.half_life_days,
        )
        beside = known.visits[e] > 0 and otherwise > 0
        return self.say("history_beside", text=text, otherwise=figure(otherwise)) if beside else text

    def _trend(self) -> str:
        recent = float(measures(self.known, self.rules.score)["recent"][self.e])
        key = "trend" if self.points("trend") else "trend_none"
        return self.say(
            key,
            rate=figure(self.known.recent_rate[self.e]),
            recent=figure(recent),
            history=self.points("history"),
        )

    def _overdue(self) -> str:
        count = int(self.known.overdue[self.e])
        if not count:
            return self.say("none")
        return self.say(
            "overdue",
            count=count,
            major=int(self.known.overdue_major[self.e]),
            per=self.rules.score.overdue_per_hazard,
        )

    def _complaints(self) -> str:
        weight = float(self.known.complaints[self.e])
        if not weight:
            return self.say("none")
        score = self.rules.score
        per = figure(score.complaints_per_complaint)
        return self.say("complaints", weight=figure(weight), per=per, days=score.half_life_days)

    def _report_gap(self) -> str:
        months = int(self.known.gaps[self.e])
        if not len(self.case["self_reports"]):
            return self.say("no_reports")
        return self.say("report_gap", months=months, per=self.rules.score.report_gap_per_month)

    def _accident(self) -> str:
        share = float(self.known.accident_decay[self.e])
        if not share:
            return self.say("none")
        score = self.rules.score
        return self.say("accident", share=f"{share:.0%}", most=score.accident_max, days=score.half_life_days)

    def _unvisited(self) -> str:
        score, opened = self.rules.score, int(self.known.opened_days[self.e])
        if 0 <= opened < score.new_business_days and score.new_business_points:
            return self.say("new_business", days=opened, within=score.new_business_days)
        if self.known.days_since_visit[self.e] < 0:
            return self.say("never_visited")
        return self.say("visited", days=int(self.known.days_since_visit[self.e]))


def figure(value: float) -> str:
    """Return a number with two decimals at most."""
    return f"{float(value):.2f}".rstrip("0").rstrip(".")
