"""Rows about what is owed and what stands together: read whole, words and numbers checked."""

from __future__ import annotations

import dataclasses

from riskplan.rules.build import Builder
from riskplan.rules.conflicts import check_ids
from riskplan.rules.merge import Tree
from riskplan.rules.model import TIERS
from riskplan.rules.owing import REUSE_SOURCES, ApartRule, JointRules, RelatedRule, ReuseRule
from riskplan.rules.rows import row_name, row_of, tables_of

MOST_DAYS, MOST_MONTHS, MOST_VISITS = 4000, 36, 52
_JOINT_ROWS = ("apart", "related")
_JOINT_NUMBERS = ("similar_duration", "mix_announced", "mix_selection", "precedence")
LARGEST_FACTOR = 100.0
REUSE_OWN = frozenset({"source"})
"""In ``[[reuse]]`` the key ``source`` says what satisfies a duty, not where the row comes from."""


def reuse_row(builder: Builder, row: Tree, index: int) -> ReuseRule | None:
    """Return a rule about reuse, None when a fault was found."""
    name = row_name(row, "reuse", index)
    before = len(builder.faults)
    made = row_of(builder, ReuseRule, row, name, REUSE_OWN)
    if made is None:
        return None
    builder.choice(made.source, REUSE_SOURCES, f"{name}.source")
    for tier in made.tiers:
        builder.choice(tier, TIERS, f"{name}.tiers")
    if not made.items and not made.domains:
        builder.fault("missing_key", f"{name}.items")
    for key in ("departments", "results"):
        if made.source != "visit" and row.get(key):
            builder.fault("no_effect", f"{name}.{key}", ", ".join(getattr(made, key)))
    ranges = (
        ("validity_days", made.validity_days, 1, MOST_DAYS),
        ("visits", made.visits, 1, MOST_VISITS),
        ("report_gap_months", made.report_gap_months, 0, MOST_MONTHS),
    )
    for key, value, low, high in ranges:
        if not low <= value <= high:
            builder.fault("number_out_of_range", f"{name}.{key}", value, low=str(low), high=str(high))
    return made if len(builder.faults) == before else None


def joint_table(builder: Builder, tree: Tree) -> JointRules | None:
    """Return what may stand together, None when a fault was found."""
    table = tree.get("joint", {})
    if not isinstance(table, dict):
        builder.fault("wrong_type", "joint", table, expected="[joint]")
        return None
    before = len(builder.faults)
    builder.unknown_keys(table, [*_JOINT_NUMBERS, *_JOINT_ROWS], "joint")
    plain = builder.table(JointRules, {k: v for k, v in table.items() if k in _JOINT_NUMBERS}, "joint")
    rows: dict[str, list[Tree]] = {key: tables_of(builder, table, key) for key in _JOINT_ROWS}
    apart = [row_of(builder, ApartRule, row, f"joint.apart[{i}]") for i, row in enumerate(rows["apart"])]
    related = [
        row_of(builder, RelatedRule, row, f"joint.related[{i}]") for i, row in enumerate(rows["related"])
    ]
    for i, pair in enumerate(apart):
        for key, side in (("these", pair.these), ("those", pair.those)) if pair else ():
            if not (side.items or side.domains or side.departments):
                builder.fault("missing_key", f"joint.apart[{i}].{key}.items")
    for i, group in enumerate(related):
        if group and not group.domains:
            builder.fault("missing_key", f"joint.related[{i}].domains")
    check_ids(builder, [*rows["apart"], *rows["related"]])
    _check_factor(builder, plain)
    if plain is None or len(builder.faults) > before:
        return None
    return dataclasses.replace(
        plain, apart=tuple(a for a in apart if a), related=tuple(r for r in related if r)
    )


def _check_factor(builder: Builder, plain: JointRules | None) -> None:
    if plain is None or plain.similar_duration == 0 or 1 <= plain.similar_duration <= LARGEST_FACTOR:
        return
    limits = {"low": "1", "high": f"{LARGEST_FACTOR:g}"}
    builder.fault("factor_out_of_range", "joint.similar_duration", plain.similar_duration, **limits)
