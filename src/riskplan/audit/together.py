"""What may stand in one visit: items kept apart, related domains, announced and drawn ones, similar duration (S8)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from riskplan.audit.findings import Finding, Outcome
from riskplan.audit.history import Call
from riskplan.audit.owed import exact
from riskplan.audit.world import World
from riskplan.rules.model import ItemFilter
from riskplan.text.wording import Words


@dataclass(frozen=True, slots=True)
class Subject:
    """An item as far as it matters for who may stand beside it."""

    item: str
    domain: str
    department: str
    minutes: int
    announced: bool
    selection: str


def subjects_of(world: World) -> dict[str, Subject]:
    """Return item -> what matters of it."""
    table = world.case["items"]
    names = ("item_id", "domain", "department_id", "minutes", "announced", "selection")
    return {row[0]: Subject(*row) for row in zip(*(table[name] for name in names), strict=True)}


def check_visit_together(world: World) -> Outcome:
    """Check that no visit holds items that a rule keeps apart, and tell very unequal durations (S8)."""
    known, joint = subjects_of(world), world.rules.joint
    findings: list[Finding] = []
    objects = 0
    for call in world.planned:
        own = [known[i] for i in call.items if i in known]
        if len(own) < 2:
            continue
        objects += 1
        for rule, pair, basis in _broken(world, own):
            evidence = tuple(sorted((call.id, pair[0].item, pair[1].item)))
            details = (("items", f"{pair[0].item}|{pair[1].item}"),)
            findings.append(Finding(rule, "violation", call.id, "", 1, 0, 1, evidence, basis, "", details))
        if joint.similar_duration:
            findings += _unequal(call, own, exact(joint.similar_duration))
    return Outcome(objects, tuple(findings))


def _broken(world: World, own: Sequence[Subject]) -> Iterator[tuple[str, tuple[Subject, Subject], Words]]:
    """Yield (rule, items, basis) for the first pair that breaks each rule."""
    told: set[str] = set()
    for a, b in combinations(own, 2):
        for name, rule, basis in _reasons(world, a, b):
            if name not in told:
                told.add(name)
                yield rule, (a, b), basis


def _reasons(world: World, a: Subject, b: Subject) -> Iterator[tuple[str, str, Words]]:
    """Yield (name, rule, basis) of everything that keeps two items out of one visit."""
    joint = world.rules.joint
    for row in joint.apart:
        straight = _fits(row.these, a) and _fits(row.those, b)
        if straight or (_fits(row.these, b) and _fits(row.those, a)):
            yield f"apart {row.id}", "visit-apart", row.provenance.grounds
    related = any(a.domain in row.domains and b.domain in row.domains for row in joint.related)
    if joint.related and a.department != b.department and not related:
        yield "related", "visit-unrelated", ""
    if not joint.mix_announced and a.announced != b.announced:
        yield "announced", "visit-mixed", ""
    if not joint.mix_selection and a.selection != b.selection:
        yield "selection", "visit-mixed", ""


def _fits(part: ItemFilter, one: Subject) -> bool:
    return one.item in part.items or one.domain in part.domains or one.department in part.departments


def _unequal(call: Call, own: Sequence[Subject], factor: Fraction) -> list[Finding]:
    minutes: dict[str, int] = {}
    for one in own:
        minutes[one.department] = minutes.get(one.department, 0) + one.minutes
    longest, shortest = max(minutes.values()), min(minutes.values())
    if longest <= shortest * factor:
        return []
    excess = longest - int(shortest * factor)
    figures = (longest, shortest, max(1, excess))
    return [Finding("visit-duration", "notice", call.id, "", *figures, (call.id,))]
