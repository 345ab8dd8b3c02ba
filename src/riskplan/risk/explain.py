"""Why an enterprise has its score, tier and class, in sentences that an official can check by hand."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from riskplan.case.tables import Case
from riskplan.errors import Fault, InputError
from riskplan.risk.automatic import applies
from riskplan.risk.classes import DECIDED, classes
from riskplan.risk.explain_parts import Known, PartWords, known_of
from riskplan.risk.history import history_of
from riskplan.risk.points import points
from riskplan.risk.scoring import CAUSE_OVERRIDE, CAUSE_POINTS, Judgement, Scores, judge, score
from riskplan.rules.explain_rows import automatic_sentence
from riskplan.rules.model import PLANNED_KIND, TIERS, AutomaticRule, Rulebook
from riskplan.text import say
from riskplan.text.wording import worded
from riskplan.text.words import word

_LIKENESS = 0.5
_MOST_NEAR = 3
_SEVERITIES = ("minor", "general", "major", "accident")


@dataclass(frozen=True)
class Explanation:
    """A score, tier and class in words.

    Parameters
    ----------
    enterprise_id
        Id.
    sentences
        In the order in which they are read: who, what is known, the parts, the sum, the tier, the class, what would
        lower it.
    """

    enterprise_id: str
    sentences: tuple[str, ...]

    def text(self) -> str:
        """Return the sentences, one a line."""
        return "\n".join(self.sentences) + "\n"


def explain(
    case: Case, rules: Rulebook, enterprise: str, lang: str, scores: Scores | None = None
) -> Explanation:
    """Explain the score, the tier, the class and the intensity of one enterprise.

    Parameters
    ----------
    case, rules
        As for ``score``.
    enterprise
        Id, or a name that only one enterprise has.
    lang
        ``zh`` or ``en``.
    scores
        ``score(case, rules)`` where it is at hand; the intensity is taken from it.

    Raises
    ------
    InputError
        If no enterprise, or more than one, is meant; the nearest are named.
    """  # noqa: DOC502 - raised below
    e = position_of(case, enterprise)
    story = _Story(case, rules, judge(case, rules), e, lang)
    row = (score(case, rules) if scores is None else scores).table.iloc[e]
    names = ("intensity", "intensity_low", "intensity_high")
    hazards = story.say("intensity", **{name: f"{row[name]:.2f}" for name in names})
    return Explanation(story.name, (*story.sentences(), hazards))


def position_of(case: Case, enterprise: str) -> int:
    """Return the position of the enterprise that an id, or a name that stands once, means.

    Raises
    ------
    InputError
        With the nearest ids and names.
    """
    frame = case.enterprises
    for column in ("enterprise_id", "name"):
        found = np.flatnonzero((frame[column] == enterprise.strip()).to_numpy())
        if len(found) == 1:
            return int(found[0])
        if len(found) > 1:
            ids = ", ".join(frame["enterprise_id"].iloc[found[:_MOST_NEAR]])
            args = {"count": str(len(found)), "near": ids}
            raise InputError([Fault("ambiguous_enterprise", "enterprises", value=enterprise, args=args)])
    known = [*frame["enterprise_id"], *frame["name"]]
    near = difflib.get_close_matches(enterprise, known, n=_MOST_NEAR, cutoff=_LIKENESS) or known[:1]
    args = {"near": ", ".join(dict.fromkeys(near)) or "-"}
    raise InputError([Fault("unknown_enterprise", "enterprises", value=enterprise, args=args)])


@dataclass(frozen=True)
class _Story:
    """The sentences about one enterprise."""

    case: Case
    rules: Rulebook
    found: Judgement
    e: int
    lang: str

    @property
    def name(self) -> str:
        return str(self.case.enterprises["enterprise_id"].iat[self.e])

    @property
    def words(self) -> PartWords:
        return PartWords(self.case, self.rules, self.found, self.e, self.lang)

    def say(self, key: str, **values: object) -> str:
        return say(f"score.{key}", self.lang, **values)

    def tier(self, index: int) -> str:
        return word("tier", TIERS[index], self.lang)

    def sentences(self) -> Iterator[str]:
        """Yield the sentences in the order in which they are read."""
        known = known_of(self.case, self.rules, self.name)
        yield self._head()
        yield self._known(known)
        yield from self.words.lines()
        uncounted = self.words.uncounted()
        if uncounted:
            yield self.say("uncounted", parts=say("explain.list_join", self.lang).join(uncounted))
        parts = [str(self.words.points(name)) for name in self.words.counted()]
        yield self.say("sum", parts=" + ".join(parts), score=self._score())
        yield self._by_points()
        yield from self._by_rules()
        yield from self._by_people()
        yield self._class()
        lower = list(self._lower())
        yield self.say("lower" if lower else "lower_nothing")
        yield from (self.say("item", text=text) for text in lower)

    def _score(self) -> int:
        return int(self.found.points.score[self.e])

    def _head(self) -> str:
        frame, townships = self.case.enterprises, self.case["townships"]
        called = dict(zip(townships["township_code"], townships["name"], strict=True))
        row = frame.iloc[self.e]
        return self.say(
            "head",
            name=row["name"] or self.name,
            of=self.name,
            sector=row["sector"],
            township=called.get(row["township_code"], row["township_code"]),
            day=self.case.as_of,
            score=self._score(),
            tier=word("tier", self.found.tiers[self.e], self.lang),
        )

    def _known(self, known: Known) -> str:
        found = [
            self.say("of_severity", severity=self.say(f"severity.{s}"), count=known.findings[s])
            for s in _SEVERITIES
            if known.findings.get(s)
        ]
        told = say("explain.list_join", self.lang).join(found) or self.say("nothing_found")
        if not known.visits:
            return self.say("known_none", findings=told)
        return self.say("known", visits=known.visits, last=known.last, findings=told)

    def _by_points(self) -> str:
        by, level = self.found.by_points, int(self.found.by_points.level[self.e])
        rules, rank = self.rules.tiers, int(by.rank[self.e])
        if not rank:
            return self.say("inactive", tier=self.tier(level))
        if not by.ends:
            cuts = [(rules.thresholds or {})[tier] for tier in TIERS[:-1]]
            low, high = [*cuts, 0][level], [101, *cuts][level] - 1
            return self.say("by_threshold", low=low, high=high, tier=self.tier(level))
        ends = list(by.ends.values())
        return self.say(
            "by_share",
            rank=rank,
            active=int((by.rank > 0).sum()),
            first=ends[level - 1] + 1 if level else 1,
            last=ends[level],
            share=f"{100 * rules.shares[TIERS[level]]:g}",
            tier=self.tier(level),
        )

    def _rules(self) -> list[AutomaticRule]:
        """Return the automatic rules that apply."""
        at = self.case.enterprises
        return [r for r in self.rules.automatic if applies(r, at, self.found.known)[self.e]]

    def _by_rules(self) -> Iterator[str]:
        for rule in self._rules():
            text, basis = automatic_sentence(rule, self.lang), worded(rule.provenance.grounds, self.lang)
            if basis:
                text = say("explain.with_basis", self.lang, text=text, basis=basis)
            if rule.provenance.unconfirmed:
                text = say("explain.unconfirmed", self.lang, text=text)
            yield self.say("rule", of=word("rule", rule.id, self.lang), text=text)
        before, after = int(self.found.by_points.level[self.e]), int(self.found.raised.level[self.e])
        if after < before:
            yield self.say("raised", before=self.tier(before), after=self.tier(after))

    def _by_people(self) -> Iterator[str]:
        made = self.found.overrides.get(self.name)
        if made is None:
            return
        ended = not made.holds(self.case.as_of)
        key = "override_ended" if ended else "override_until" if made.until else "override"
        tier = word("tier", made.tier, self.lang)
        said = {"author": made.author, "date": made.date, "reason": made.reason, "until": made.until or ""}
        yield self.say(key, tier=tier, **said)

    def _class(self) -> str:
        at = slice(self.e, self.e + 1)
        kind, ground = classes(
            self.case.enterprises.iloc[at],
            self.found.tiers[at],
            self.found.raised.ground[at],
            self.rules,
        )
        said = self.say(f"class.{kind[0]}")
        if ground[0] == DECIDED:
            return self.say("class_decided", kind=said)
        what, _, of = ground[0].partition(":")
        if not what:
            return self.say("class_general", kind=said)
        shown = word(what, of, self.lang) if what != "list" else of
        return self.say("class_proposed", kind=said, ground=self.say(f"ground.{what}", of=shown))

    def _lower(self) -> Iterator[str]:
        """Yield what would lower the score or the tier."""
        words = self.words
        if words.points("overdue"):
            yield self.say("lower_overdue", points=words.points("overdue"))
        if words.points("report_gap"):
            yield self.say("lower_report", points=words.points("report_gap"))
        yield from self._lower_visit()
        yield from self._lower_grades()
        if words.points("accident") or words.points("complaints"):
            yield self.say("lower_time", days=self.rules.score.half_life_days)
        yield from (self.say(f"lower_rule.{r.when}", of=word("rule", r.id, self.lang)) for r in self._rules())
        if self.found.causes[self.e] == CAUSE_OVERRIDE:
            yield self.say("lower_override")
        yield from self._lower_tier()

    def _lower_visit(self) -> Iterator[str]:
        """Yield what one more routine visit without findings would do, by scoring the case with such a visit."""
        known = history_of(_with_clean_visit(self.case, self.name), self.rules)
        then = int(points(self.case.enterprises, known, self.rules.score).score[self.e])
        if then < self._score():
            yield self.say("lower_visit", now=self._score(), then=then)
        elif self.words.points("history") + self.words.points("trend"):
            yield self.say("lower_visits")

    def _lower_grades(self) -> Iterator[str]:
        score = self.rules.score
        for part, table in (
            ("grade", score.grade_table()),
            ("credit", score.credit_table()),
            ("standardisation", dict(score.standardisation_points or {})),
        ):
            if not table or self.words.points(part) <= min(table.values()):
                continue
            best = min(table, key=lambda name: (table[name], name))
            less = self.words.points(part) - table[best]
            part_word = word("part", part, self.lang)
            yield self.say("lower_grade", part=part_word, best=best, points=less)

    def _lower_tier(self) -> Iterator[str]:
        """Yield how many points the tier hangs on, where the points give it."""
        level, by = int(self.found.by_points.level[self.e]), self.found.by_points
        held = any(TIERS.index(rule.at_least) <= level for rule in self._rules())
        if (
            self.found.causes[self.e] != CAUSE_POINTS
            or held
            or level == len(TIERS) - 1
            or not by.rank[self.e]
        ):
            return
        if not by.ends:
            cut = (self.rules.tiers.thresholds or {})[TIERS[level]]
            yield self.say("lower_cut", score=cut, tier=self.tier(level + 1))
            return
        below = np.flatnonzero(by.rank == by.ends[TIERS[level]] + 1)
        if len(below):
            first = int(self.found.points.score[below[0]])
            yield self.say("lower_rank", score=first, tier=self.tier(level + 1), own=self._score())


def _with_clean_visit(case: Case, enterprise: str) -> Case:
    """Return the case with one more routine visit, on the day before ``as_of``, that found nothing."""
    visits = case["visits"]
    row = {
        "visit_id": "",
        "object_kind": "enterprise",
        "object_id": enterprise,
        "date": pd.Timestamp(case.as_of) - pd.Timedelta(days=1),
        "kind": PLANNED_KIND,
    }
    lists = {"departments": (), "items": (), "officers": ()}
    blank = {name: lists.get(name, False if name == "fixed" else "") for name in visits.columns}
    added = pd.DataFrame([{**blank, **row}], columns=list(visits.columns)).astype(visits.dtypes)
    return case.replace_table("visits", pd.concat([visits, added], ignore_index=True))
