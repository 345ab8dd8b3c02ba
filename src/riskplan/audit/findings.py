"""What the audit found: findings, what was checked, and the sentences that tell it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from riskplan.audit.dates import NO_DAY, day_of, monday_of_week
from riskplan.rules.model import TIERS, Rulebook
from riskplan.text import say
from riskplan.text.wording import Words, joined_words, worded
from riskplan.text.words import day_text, week_text, word

SEVERITIES = ("violation", "change", "shortfall", "conflict", "notice")
"""From worst to mildest, see docs/reference/contracts.md, section 4."""
EVIDENCE_IN_A_SENTENCE = 6
LAST_DAY_OF_WORK = 4
WINDOW_DETAILS = ("earlier", "free")
"""Details that are days or weeks and are worded like windows."""
CODE_DETAILS = ("limit", "size", "reason")
"""Details that are codes with words of their own."""


@dataclass(frozen=True)
class Finding:
    """One place where a plan breaks a rule, leaves a duty undone, or deserves a look.

    Parameters
    ----------
    rule
        Id of the limit in the rulebook, or of the check, e.g. ``crew-composition``; stable.
    severity
        One of ``SEVERITIES``.
    scope_key
        What is meant: an enterprise, ``enterprise/department``, a township, a visit, a team ...
    window
        Year, month (``2027-03``), week (``2027-W12``) or day in which it was counted, "" for none.
    counted, allowed, excess
        The figures, in the rule's own unit; ``excess`` > 0 says how far the rule is broken.
    evidence
        Ids of the rows that prove it, sorted: visits of plan or case, teams, officers, items.
    basis
        Legal basis or source of the limit, as the rulebook states it.
    message
        Key of the catalogue below ``audit.finding.``; the rule's id when empty.
    details
        Further named values of the message.
    tier
        Tier of the enterprise, for shortfalls and conflicts.
    """

    rule: str
    severity: str
    scope_key: str
    window: str = ""
    counted: int = 0
    allowed: int = 0
    excess: int = 0
    evidence: tuple[str, ...] = ()
    basis: Words = ""
    message: str = ""
    details: tuple[tuple[str, str], ...] = ()
    tier: str = ""

    def sort_key(self) -> tuple[int, str, str, str, tuple[str, ...], str]:
        """Order findings: worst first, then by rule, scope, window and evidence."""
        rank = SEVERITIES.index(self.severity)
        return (rank, self.rule, self.scope_key, self.window, self.evidence, self.message)

    def sentence(self, lang: str = "en") -> str:
        """Return the finding in words.

        Parameters
        ----------
        lang
            ``zh`` or ``en``.
        """
        values = {
            "rule": self.rule,
            "scope": self.scope_key,
            "window": window_text(self.window, lang),
            "counted": str(self.counted),
            "allowed": str(self.allowed),
            "excess": str(self.excess),
            "evidence": evidence_text(self.evidence, lang),
            **{name: _detail_text(name, value, lang) for name, value in self.details},
        }
        text = say(f"audit.finding.{self.message or self.rule}", lang, **values)
        if self.severity == "change":
            text = say("audit.change", lang, sentence=text)
        return text + say("audit.basis", lang, basis=worded(self.basis, lang)) if self.basis else text


def window_text(window: str, lang: str) -> str:
    """Return a year, month, week or day as people read it; other text is returned as it is."""
    monday = monday_of_week(window)
    if monday != NO_DAY:
        first = dt.date.fromordinal(monday)
        return week_text(window, first, first + dt.timedelta(days=LAST_DAY_OF_WORK), lang)
    day = day_of(window)
    if day != NO_DAY:
        date = dt.date.fromordinal(day)
        return say("audit.window.day", lang, year=date.year, day=day_text(date, lang))
    if len(window) == 4 and window.isdecimal():
        return say("audit.window.year", lang, year=window)
    if len(window) == 7 and day_of(f"{window}-01") != NO_DAY:
        month = say(f"word.month.{int(window[5:])}", lang)
        return say("audit.window.month", lang, year=window[:4], month=month)
    return _span_text(window, lang)


def _span_text(window: str, lang: str) -> str:
    """Return a quarter or a span of days as people read it; other text is returned as it is."""
    year, _, quarter = window.partition("-Q")
    if len(year) == 4 and year.isdecimal() and quarter in {"1", "2", "3", "4"}:
        return say("audit.window.quarter", lang, year=year, quarter=quarter)
    first, _, last = window.partition("/")
    if day_of(first) != NO_DAY and day_of(last) != NO_DAY:
        return say("audit.window.span", lang, first=window_text(first, lang), last=window_text(last, lang))
    return window


def _detail_text(name: str, value: str, lang: str) -> str:
    if name in CODE_DETAILS:
        return word(name, value, lang)
    return window_text(value, lang) if name in WINDOW_DETAILS else value


def evidence_text(evidence: tuple[str, ...], lang: str) -> str:
    """Return ids joined as a list, the first few of a long one and the number of the others."""
    shown = say("audit.comma", lang).join(evidence[:EVIDENCE_IN_A_SENTENCE])
    more = len(evidence) - EVIDENCE_IN_A_SENTENCE
    return shown + say("audit.more", lang, count=more) if more > 0 else shown


def basis_of(rules: Rulebook, *keys: str) -> Words:
    """Return the bases that the rulebook states for dotted keys, joined, "" when it states none."""
    known = rules.provenance or {}
    return joined_words([known[key].grounds for key in keys if key in known], "；", "; ")


@dataclass(frozen=True)
class Outcome:
    """What one check returns: how many objects it looked at, and its findings."""

    objects: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Check:
    """One check as it ran.

    Parameters
    ----------
    name
        Name of the check; its words are ``audit.check.<name>`` of the catalogue.
    objects
        How many objects were looked at: windows, visits, teams, duties ...
    findings
        How many findings it made.
    """

    name: str
    objects: int
    findings: int


@dataclass(frozen=True)
class AuditReport:
    """What the audit says about a plan.

    Parameters
    ----------
    findings
        All findings in the order of ``Finding.sort_key``.
    checks
        Every check that ran, in the order in which they are listed in ``checks.CHECKS``.
    not_checked
        Names of checks that could not be judged, because the table at hand does not say enough.
    shortfalls, conflicts
        Tier -> visits left out for a true reason (for a bare table: without a reason given), and visits
        that no plan can make.
    """

    findings: tuple[Finding, ...]
    checks: tuple[Check, ...]
    not_checked: tuple[str, ...]
    shortfalls: Mapping[str, int]
    conflicts: Mapping[str, int]

    @property
    def changes(self) -> tuple[Finding, ...]:
        """What broke a limit only by visits that became known after the plan was made."""
        return self.of_severity("change")

    def of_severity(self, severity: str) -> tuple[Finding, ...]:
        """Return the findings of one severity."""
        return tuple(f for f in self.findings if f.severity == severity)

    @property
    def violations(self) -> tuple[Finding, ...]:
        """Broken rules."""
        return self.of_severity("violation")

    @property
    def notices(self) -> tuple[Finding, ...]:
        """What deserves a look and breaks no rule: soft limits, alarms, longest intervals."""
        return self.of_severity("notice")

    @property
    def ok(self) -> bool:
        """True when no rule is broken; shortfalls and conflicts are allowed."""
        return not self.violations

    def frame(self, lang: str = "en") -> pd.DataFrame:
        """Return the findings as a table with one sentence each."""
        columns = ("severity", "rule", "scope_key", "window", "counted", "allowed", "excess", "tier")
        data: dict[str, list[object]] = {c: [getattr(f, c) for f in self.findings] for c in columns}
        data["basis"] = [worded(f.basis, lang) for f in self.findings]
        data["evidence"] = ["|".join(f.evidence) for f in self.findings]
        data["sentence"] = [f.sentence(lang) for f in self.findings]
        return pd.DataFrame(data)

    def summary(self, lang: str = "en") -> tuple[str, ...]:
        """Return the report in a few lines: what was checked, and how many findings of each kind."""
        counts = {s: len(self.of_severity(s)) for s in SEVERITIES}
        lines = [
            say("audit.summary.ok" if self.ok else "audit.summary.broken", lang, count=counts["violation"])
        ]
        lines += [
            say(
                "audit.check_line",
                lang,
                name=say(f"audit.check.{c.name}", lang),
                objects=c.objects,
                found=c.findings,
            )
            for c in self.checks
        ]
        lines += [
            say("audit.not_checked", lang, name=say(f"audit.check.{name}", lang)) for name in self.not_checked
        ]
        if counts["change"]:
            lines.append(say("audit.summary.changes", lang, count=counts["change"]))
        for kind, tally in (("shortfalls", self.shortfalls), ("conflicts", self.conflicts)):
            tiers = say("audit.comma", lang).join(
                f"{word('tier', t, lang)} {n}" for t, n in tally.items() if n
            )
            lines.append(say(f"audit.summary.{kind}", lang, tiers=tiers or say("audit.none", lang)))
        lines.append(say("audit.summary.notices", lang, count=counts["notice"]))
        return tuple(lines)


def tally_by_tier(findings: tuple[Finding, ...], severity: str) -> dict[str, int]:
    """Return tier -> sum of the excess of the findings of a severity; every tier is named."""
    totals = {**dict.fromkeys(TIERS, 0)}
    for finding in findings:
        if finding.severity == severity:
            tier = finding.tier or "none"
            totals[tier] = totals.get(tier, 0) + finding.excess
    return totals
