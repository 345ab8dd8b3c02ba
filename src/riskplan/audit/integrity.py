"""Whether a plan belongs to this case and these rules, and whether its figures agree with each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from riskplan.audit.decisions import decision_findings
from riskplan.audit.findings import Finding, Outcome
from riskplan.audit.world import World
from riskplan.plan.tables import unmeetable
from riskplan.rules.model import TIERS

HIGHEST_SCORE = 100


def _broken(
    rule: str, scope: str, figures: tuple[int, int, int], message: str = "", **details: str
) -> Finding:
    evidence = (scope,) if scope else ()
    return Finding(rule, "violation", scope, "", *figures, evidence, "", message, tuple(details.items()))


def check_fingerprints(world: World) -> Outcome:
    """Check that the plan was made from this very case and these very rules, where its manifest says so."""
    manifest = world.plan.manifest
    pairs = (
        ("case-fingerprint", "case_fingerprint", world.case.fingerprint),
        ("rules-fingerprint", "rules_fingerprint", world.rules.fingerprint),
    )
    stated = [(rule, str(manifest[key]), right) for rule, key, right in pairs if key in manifest]
    findings = [
        _broken(rule, "", (1, 0, 1), stated=made_from[:12], right=right[:12])
        for rule, made_from, right in stated
        if made_from != right
    ]
    return Outcome(len(stated), tuple(findings))


def _right_counts(world: World) -> dict[str, int]:
    """Return what the manifest's counts should be, by dotted name; unrouted visits are not left out."""
    counts = {
        "enterprises": len(world.table("scores")),
        "visits": len(world.table("visits")),
        "duties": int(world.table("duties")["visits"].sum()),
    }
    unrouted = {call.id for call in world.planned if call.stage == "unrouted"}
    rows = zip(world.table("unplanned")["tier"], world.table("unplanned")["visit_id"], strict=True)
    left_out = [tier for tier, visit in rows if visit not in unrouted]
    clashes = list(unmeetable(world.table("conflicts"))["tier"])
    for name, tiers in (("unplanned", left_out), ("conflicts", clashes)):
        counts.update({f"{name}.{tier}": tiers.count(tier) for tier in TIERS})
    return counts


def _stated_counts(manifest: Mapping[str, Any]) -> dict[str, object]:
    counts = manifest.get("counts", {})
    flat: dict[str, object] = {}
    for name, value in counts.items() if isinstance(counts, Mapping) else ():
        if isinstance(value, Mapping):
            flat.update({f"{name}.{key}": number for key, number in value.items()})
        else:
            flat[str(name)] = value
    return flat


def check_manifest(world: World) -> Outcome:
    """Check the counts that the manifest states, and that a provisional calendar is called one."""
    manifest = world.plan.manifest
    stated_counts = _stated_counts(manifest)
    objects, findings = 0, []
    for name, right in _right_counts(world).items():
        stated = stated_counts.get(name, right)
        objects += name in stated_counts
        if stated != right:
            number = stated if isinstance(stated, int) else -1
            findings.append(_broken("manifest-counts", name, (number, right, max(1, abs(number - right)))))
    if "provisional_calendar" in manifest:
        objects += 1
        called, provisional = bool(manifest["provisional_calendar"]), world.case.days.provisional
        if called != provisional:
            findings.append(_broken("manifest-calendar", "", (int(called), int(provisional), 1)))
    return Outcome(objects, tuple(findings))


def check_objective(world: World) -> Outcome:
    """Check that the objective is the sum of its terms and no bound lies above it, where stated."""
    manifest = world.plan.manifest
    objective = manifest.get("objective")
    if not isinstance(objective, Mapping) or not isinstance(objective.get("terms"), Mapping):
        return Outcome(0, ())
    total, terms = _thousandths(objective.get("total", 0)), objective["terms"]
    parts = sum(_thousandths(value) for value in terms.values())
    findings = []
    if abs(total - parts) > len(terms):
        findings.append(
            _broken("objective-terms", "", (total, parts, abs(total - parts)), **_in_units(total, parts))
        )
    if "bound" in manifest and _thousandths(manifest["bound"]) > total:
        bound = _thousandths(manifest["bound"])
        findings.append(
            _broken("objective-bound", "", (bound, total, bound - total), **_in_units(bound, total))
        )
    return Outcome(1, tuple(findings))


def _thousandths(value: object) -> int:
    return round(float(str(value)) * 1000)


def _in_units(stated: int, right: int) -> dict[str, str]:
    return {"stated": f"{stated / 1000:.3f}", "right": f"{right / 1000:.3f}"}


def check_scores(world: World) -> Outcome:
    """Check that every active enterprise has one score, its parts sum to it, and tiers set by people are decided."""
    table = world.table("scores")
    parts = [c for c in table.columns if c.startswith("part_")]
    sums = table[parts].sum(axis=1) if parts else table["score"]
    seen: dict[str, int] = {}
    findings = []
    for name, score, tier, total in zip(
        table["enterprise_id"], table["score"], table["tier"], sums, strict=True
    ):
        seen[name] = seen.get(name, 0) + 1
        if int(score) != int(total):
            figures = (int(score), int(total), abs(int(score) - int(total)))
            findings.append(_broken("score-parts", name, figures))
        if not 0 <= score <= HIGHEST_SCORE:
            findings.append(_broken("score-rows", name, (int(score), HIGHEST_SCORE, 1), "score-range"))
        if tier not in TIERS:
            findings.append(_broken("score-rows", name, (1, 0, 1), "score-tier", tier=tier))
        if name not in world.premises.index:
            findings.append(_broken("score-rows", name, (1, 0, 1), "score-unknown"))
    findings += [_broken("score-rows", e, (n, 1, n - 1), "score-twice") for e, n in seen.items() if n > 1]
    findings += [
        _broken("score-rows", e, (0, 1, 1), "score-missing")
        for e, active in zip(world.premises.ids, world.premises.active, strict=True)
        if active and e not in seen
    ]
    findings += decision_findings(world)
    return Outcome(len(table), tuple(findings))
