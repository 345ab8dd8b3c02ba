"""One enterprise's joint visits step by step: what it owes, why not fewer, who comes when, what clashes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from riskplan.case.tables import Case
from riskplan.joint import JointPlan, Merged
from riskplan.joint.summary import minutes_alone, minutes_joint
from riskplan.maps.credit_words import credit_text
from riskplan.risk import Requirements
from riskplan.rules.explain_rows import limit_name
from riskplan.rules.model import Rulebook
from riskplan.text import say
from riskplan.text.wording import half_of
from riskplan.text.words import word


@dataclass(frozen=True)
class Subject:
    """What is explained.

    Parameters
    ----------
    case, rules
        Names and limits.
    needed
        What is owed and credited.
    joint
        Merged visits and conflicts.
    """

    case: Case
    rules: Rulebook
    needed: Requirements
    joint: JointPlan


def explain_lines(subject: Subject, place: int, lang: str) -> list[str]:
    """Return how an enterprise's duties became joint visits, as lines of plain text.

    Parameters
    ----------
    subject
        A case, merged.
    place
        Its place in ``case.enterprises``.
    lang
        ``zh`` or ``en``.
    """
    frame = subject.case.enterprises
    enterprise = frame["enterprise_id"].iat[place]
    found = next((m for m in subject.joint.merged if m.e == place), None)
    name = frame["name"].iat[place] or enterprise
    lines = [say("merge.explain.title", lang, enterprise=enterprise, name=name)]
    lines += _owed(subject, enterprise, lang)
    lines += _credits(subject, enterprise, lang)
    if found is not None:
        lines += [*_least(subject, found, lang), *_visits(subject, found, lang)]
    else:
        lines.append(say("merge.explain.none", lang))
    return [*lines, *_conflicts(subject, enterprise, lang)]


def _owed(subject: Subject, enterprise: str, lang: str) -> Iterator[str]:
    duties = subject.needed.duties
    own = duties[duties["enterprise_id"] == enterprise]
    items = subject.case["items"].set_index("item_id")
    domains = items.loc[own["item_id"], "domain"].nunique()
    organs = items.loc[own["item_id"], "department_id"]
    figures = {"duties": len(own), "departments": organs.nunique(), "domains": domains}
    yield say("merge.explain.owed", lang, **figures)
    rows = own.assign(department=organs.to_numpy(), minutes=items.loc[own["item_id"], "minutes"].to_numpy())
    keys = ["department", "visits", "longest_interval_days", "first", "last", "months"]
    for (department, visits, longest, first, last, months), group in rows.groupby(keys, sort=True):
        yield say(
            "merge.explain.block",
            lang,
            department=_department(subject.case, str(department)),
            visits=visits,
            items=say("merge.comma", lang).join(group["item_id"]),
            minutes=int(group["minutes"].sum()),
            longest=_longest(int(longest), lang),
            window=_window(str(first), str(last), tuple(months), lang),
        )


def _longest(days: int, lang: str) -> str:
    return say("merge.explain.longest", lang, days=days) if days > 0 else ""


def _window(first: str, last: str, months: Sequence[str], lang: str) -> str:
    text = say("merge.explain.months", lang, months=say("merge.comma", lang).join(months)) if months else ""
    return text + (say("merge.explain.window", lang, first=first, last=last) if first or last else "")


def _credits(subject: Subject, enterprise: str, lang: str) -> Iterator[str]:
    table = subject.needed.credits
    for row in table[table["enterprise_id"] == enterprise].to_dict("records"):
        why = credit_text({str(k): v for k, v in row.items()}, lang)
        yield say("merge.explain.credit", lang, item=row["item_id"], why=why)


def _least(subject: Subject, found: Merged, lang: str) -> Iterator[str]:
    alone = say("merge.comma", lang).join(
        f"{_department(subject.case, d)} {n}" for d, n in found.stand_alone.items()
    )
    yield say("merge.explain.alone", lang, calls=sum(found.stand_alone.values()), departments=alone)
    reason, organ = found.reason
    text = say(f"merge.reason.{reason}", lang)
    if organ:
        text = say(
            "merge.explain.organ",
            lang,
            department=_department(subject.case, organ),
            calls=found.stand_alone[organ],
        )
    key = "merge.explain.least" if found.calls == found.bound else "merge.explain.bound"
    yield say(key, lang, calls=found.calls, bound=found.bound, reason=text)
    if not found.alike:
        yield say("merge.explain.unalike", lang)


def _visits(subject: Subject, found: Merged, lang: str) -> Iterator[str]:
    full = [s for s, left in zip(found.schedules, found.left_out, strict=True) if not left]
    for n, content in enumerate(full[0], start=1):
        yield say(
            "merge.explain.visit",
            lang,
            n=n,
            of=found.calls,
            departments=say("merge.comma", lang).join(
                _department(subject.case, d) for d in content.departments
            ),
            lead=_department(subject.case, content.lead),
            items=say("merge.comma", lang).join(content.items),
            minutes=content.minutes,
        )
    before, after = minutes_alone(found, subject.rules), minutes_joint(full[0], subject.rules)
    yield say("merge.explain.minutes", lang, before=f"{before:,}", after=f"{after:,}")
    if len(full) > 1:
        yield say("merge.explain.orders", lang, count=len(full))


def _conflicts(subject: Subject, enterprise: str, lang: str) -> Iterator[str]:
    table: pd.DataFrame = subject.joint.conflicts
    for row in table[table["enterprise_id"] == enterprise].to_dict("records"):
        yield conflict_sentence(subject.rules, row, lang)


def conflict_sentence(rules: Rulebook, row: dict[Any, Any], lang: str) -> str:
    """Return a conflict in words: what is owed on which basis, what clashes on which, what stands, what is left undone.

    Parameters
    ----------
    rules
        Names of limits.
    row
        Row of the plan table ``conflicts``.
    lang
        ``zh`` or ``en``.
    """
    limits = []
    for name, basis in zip(row["limit_ids"], row["bases"], strict=True):
        own = half_of(basis, lang) if basis != "-" else say("merge.explain.no_basis", lang)
        limits.append(say("merge.explain.limit", lang, limit=limit_name(rules, name, lang), basis=own))
    return say(
        f"merge.explain.conflict.{row['kind'] or 'floor'}",
        lang,
        items=say("merge.comma", lang).join(row["items"]),
        tier=word("tier", str(row["tier"]) or "none", lang),
        basis=row["basis"] or say("merge.explain.no_basis", lang),
        owed=row["owed"],
        possible=row["possible"],
        undone=row["undone"],
        limits=say("merge.semicolon", lang).join(limits),
        wins=limit_name(rules, str(row["wins"]), lang) if row["wins"] else "-",
    )


def _department(case: Case, name: str) -> str:
    table = case["departments"]
    names = dict(zip(table["department_id"], table["name"], strict=True))
    return names.get(name) or name
