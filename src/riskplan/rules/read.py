"""One door for the rulebook: layers, types, limits against the support table, and the case it is for."""

from __future__ import annotations

import dataclasses
import difflib
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from riskplan.case.tables import Case
from riskplan.errors import Fault, InputError
from riskplan.rules.build import Builder
from riskplan.rules.merge import PROVENANCE_KEYS, Tree, load_layers, provenance_of, strip_provenance
from riskplan.rules.model import (
    LIMIT_KINDS,
    SCOPES,
    TIERS,
    UNITS,
    WINDOWS,
    CapacityRules,
    CrewRules,
    DayRules,
    DutyRule,
    FrequencyRules,
    Limit,
    ObjectiveRules,
    Provenance,
    Rulebook,
    ScoreRules,
    TierRules,
    TravelRules,
)
from riskplan.rules.support import support_of

SECTIONS: dict[str, type] = {
    "tiers": TierRules,
    "frequency": FrequencyRules,
    "score": ScoreRules,
    "capacity": CapacityRules,
    "crew": CrewRules,
    "day": DayRules,
    "travel": TravelRules,
    "objective": ObjectiveRules,
}
_TOP = ("name", "exempt_kinds", "count_by_credit_code", "domain_shares", "lead_by_sector")
_LIMIT_KEYS = (
    "id",
    "kind",
    "scope",
    "window",
    "unit",
    "amount",
    "rolling_days",
    "objects",
    "kinds_exempt",
    "hard",
)


def read_rules(path: Path | str, case: Case | None = None) -> Rulebook:
    """Read and check a rulebook.

    Parameters
    ----------
    path
        ``rules.toml``; it may start with ``extends = "plain"``.
    case
        When given, items, townships and departments named by the rules are checked against it.

    Raises
    ------
    InputError
        With every fault: dotted key, line of the file, value, what was expected and what to do.
    """
    file = Path(path)
    tree = load_layers(file)
    provenance: dict[str, Provenance] = {}
    builder = Builder(file.name, file.read_text(encoding="utf-8-sig"))
    rules = _build(builder, strip_provenance(tree, provenance), provenance)
    if rules is not None:
        _check_numbers(builder, rules)
        if case is not None:
            _check_against_case(builder, rules, case)
    if builder.faults or rules is None:
        raise InputError(builder.faults)
    return dataclasses.replace(rules, fingerprint=fingerprint(rules))


def _build(builder: Builder, tree: Tree, provenance: dict[str, Provenance]) -> Rulebook | None:
    builder.unknown_keys(tree, [*_TOP, *SECTIONS, "limit", "duty", "required"], "")
    sections = {key: builder.table(cls, tree.get(key, {}), key) for key, cls in SECTIONS.items()}
    skeleton = {row["id"]: row for row in tree.get("required", [])}
    rows = [{**skeleton.get(row.get("id"), {}), **row} for row in tree.get("limit", [])]
    limits = [_limit(builder, row, i) for i, row in enumerate(rows)]
    known = tuple(row for row in limits if row is not None)
    _check_required(builder, tree.get("required", []), rows)
    _check_planned(builder, known)
    duties = [builder.table(DutyRule, row, f"duty[{i}]") for i, row in enumerate(tree.get("duty", []))]
    if builder.faults:
        return None
    made: dict[str, Any] = sections
    return Rulebook(
        name=str(tree.get("name", "rules")),
        limits=known,
        duties=tuple(d for d in duties if d is not None),
        exempt_kinds=tuple(tree.get("exempt_kinds", ())),
        count_by_credit_code=bool(tree.get("count_by_credit_code", True)),
        domain_shares=tree.get("domain_shares"),
        lead_by_sector=tree.get("lead_by_sector"),
        provenance=provenance,
        **made,
    )


def _limit(builder: Builder, row: Tree, index: int) -> Limit | None:
    name = str(row.get("id", f"limit[{index}]"))
    before = len(builder.faults)
    builder.unknown_keys(row, [*_LIMIT_KEYS, *PROVENANCE_KEYS], name)
    for key, allowed in (("kind", LIMIT_KINDS), ("scope", SCOPES), ("window", WINDOWS), ("unit", UNITS)):
        if row.get(key) not in allowed:
            builder.fault("not_allowed", f"{name}.{key}", row.get(key, ""), expected=", ".join(allowed))
    amount = _amount(builder, row.get("amount"), name)
    if len(builder.faults) > before or amount is None:
        return None
    limit = Limit(
        id=name,
        kind=row["kind"],
        scope=row["scope"],
        window=row["window"],
        unit=row["unit"],
        amount=amount,
        rolling_days=int(row.get("rolling_days", 0)),
        objects=tuple(row.get("objects", ("enterprise",))),
        kinds_exempt=tuple(row.get("kinds_exempt", ())),
        hard=bool(row.get("hard", True)),
        provenance=provenance_of(row),
    )
    line = support_of(limit.combination())
    if line is None or line.audit == "refused":
        nearest = line.note if line is not None else "-"
        builder.fault("limit_refused", name, ", ".join(limit.combination()), nearest=nearest)
        return None
    return limit


def _amount(builder: Builder, amount: object, name: str) -> dict[str, int] | None:
    table: Tree = amount if isinstance(amount, dict) else {"*": amount}
    for key, value in table.items():
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            builder.fault("wrong_type", f"{name}.amount.{key}", value, expected="whole number >= 0")
            return None
    return {str(k): int(v) for k, v in table.items()}


def _check_planned(builder: Builder, limits: Iterable[Limit]) -> None:
    """Refuse rows that bind planned visits in a form that the plan does not keep."""
    first: dict[tuple[str, str, str, str], str] = {}
    for row in limits:
        if row.kind not in {"cap", "spacing"} or not row.binds_planned():
            continue
        value = ", ".join(row.combination())
        if row.scope == "department":
            builder.fault(
                "limit_refused", row.id, value, nearest="[capacity], [crew] and [day] of the rulebook"
            )
        elif row.combination() in first:
            builder.fault("limit_refused", row.id, value, nearest=f"one row: {first[row.combination()]}")
        elif row.scope != "township" and "*" not in row.amount and not set(TIERS) <= set(row.amount):
            builder.fault("limit_refused", row.id, value, nearest=f"amount = {{{' = N, '.join(TIERS)} = N}}")
        first.setdefault(row.combination(), row.id)


def _check_required(builder: Builder, required: list[Tree], rows: list[Tree]) -> None:
    present = {(row.get("kind"), row.get("scope"), row.get("window"), row.get("unit")) for row in rows}
    for row in required:
        combination = (row["kind"], row["scope"], row["window"], row["unit"])
        if combination not in present:
            builder.faults.append(
                Fault("missing_limit", builder.file, column=row["id"], args={"row": ", ".join(combination)})
            )


def _check_numbers(builder: Builder, rules: Rulebook) -> None:
    for path, table in (
        ("tiers.shares", rules.tiers.shares),
        ("frequency.visits", rules.frequency.visits),
        ("objective.unplanned", rules.objective.unplanned),
    ):
        if tuple(sorted(table)) != tuple(sorted(TIERS)):
            builder.fault("tiers_incomplete", path, ", ".join(table), expected=", ".join(TIERS))
    if abs(sum(rules.tiers.shares.values()) - 1.0) > 1e-6:
        builder.fault("shares_not_one", "tiers.shares", f"{sum(rules.tiers.shares.values()):g}")
    score = rules.score
    top = sum(
        max([0, *points.values(), extra])
        for points, extra in (
            (score.sector_points, score.sector_default),
            (score.grade_points, score.grade_default),
            (score.size_points, 0),
        )
    )
    top += score.history_max + score.overdue_max + score.accident_max + score.never_visited_points
    if top > 100:
        builder.fault("points_over_100", "score", str(top))
    capacity = rules.capacity
    if capacity.other_enforcement_share + capacity.non_enforcement_share >= 1:
        builder.fault("no_capacity", "capacity.other_enforcement_share", capacity.other_enforcement_share)
    if capacity.exempt_share + capacity.reserve_share >= 1:
        builder.fault("no_capacity", "capacity.reserve_share", capacity.reserve_share)
    if rules.day.shift_start >= rules.day.shift_end or rules.day.lunch_from > rules.day.lunch_until:
        builder.fault("day_reversed", "day.shift_start")
    if rules.crew.officers_per_department < 1 or rules.day.max_visits < 1:
        builder.fault("negative", "crew.officers_per_department", rules.crew.officers_per_department)


def _check_against_case(builder: Builder, rules: Rulebook, case: Case) -> None:
    items, townships = set(case["items"]["item_id"]), set(case["townships"]["township_code"])
    departments = set(case["departments"]["department_id"])
    if rules.duties and not items:
        builder.faults.append(Fault("items_needed", "items.csv"))
    for i, duty in enumerate(rules.duties if items else ()):
        for item in duty.items:
            if item not in items:
                near = (*difflib.get_close_matches(item, sorted(items), n=1, cutoff=0.5), min(items))[0]
                builder.fault("unknown_reference", f"duty[{i}].items", item, table="items", near=near)
    for row in rules.limits:
        allowed = townships if row.scope == "township" else set(TIERS)
        for key in row.amount:
            if key != "*" and key not in allowed:
                builder.fault("unknown_reference", f"{row.id}.amount", key, table=row.scope, near="-")
    for sector, department in (rules.lead_by_sector or {}).items():
        if department not in departments:
            builder.fault(
                "unknown_reference", f"lead_by_sector.{sector}", department, table="departments", near="-"
            )


def fingerprint(rules: Rulebook) -> str:
    """Return the SHA-256 over what the rulebook says."""
    content = dataclasses.asdict(dataclasses.replace(rules, fingerprint="", provenance={}))
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
