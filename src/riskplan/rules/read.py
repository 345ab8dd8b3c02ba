"""One door for the rulebook: layers, types, limits against the support table, and the case it is for."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from pathlib import Path
from typing import Any

from riskplan.case.tables import Case
from riskplan.errors import Fault, InputError
from riskplan.rules.build import Builder
from riskplan.rules.conflicts import check_ids, check_rows
from riskplan.rules.merge import Layers, Table, Tree, layers_of, load_layers, pack_names, sources_of
from riskplan.rules.model import (
    CampaignRules,
    CapacityRules,
    CrewRules,
    DayRules,
    FrequencyRules,
    IntensityRules,
    LevelRules,
    LicenceRules,
    ObjectiveRules,
    Provenance,
    Rulebook,
    ScoreRules,
    TierRules,
    TravelRules,
    WeekRules,
)
from riskplan.rules.names import check_names, with_other_sectors
from riskplan.rules.numbers import check_numbers
from riskplan.rules.owing_rows import joint_table, reuse_row
from riskplan.rules.rows import (
    automatic_row,
    duty_row,
    limit_row,
    quiet_row,
    row_name,
    season_row,
    tables_of,
    typed,
)
from riskplan.rules.standards import check_standards

SECTIONS: dict[str, type] = {
    "tiers": TierRules,
    "frequency": FrequencyRules,
    "score": ScoreRules,
    "intensity": IntensityRules,
    "capacity": CapacityRules,
    "crew": CrewRules,
    "day": DayRules,
    "travel": TravelRules,
    "objective": ObjectiveRules,
    "licence": LicenceRules,
    "levels": LevelRules,
    "campaigns": CampaignRules,
    "week": WeekRules,
}
TOP_KEYS = ("name", "exempt_kinds", "count_by_credit_code", "domain_shares", "lead_by_sector")
ROW_KEYS = ("limit", "quiet", "automatic", "reuse", "duty", "season", "joint", "required")
NAMED_ROWS = ("limit", "quiet", "automatic", "reuse")
_REQUIRED_KEYS = ("id", "kind", "scope", "window", "unit")


def read_rules(path: Path | str, case: Case | None = None) -> Rulebook:
    """Read and check a rulebook.

    Parameters
    ----------
    path
        ``rules.toml``; it may start with ``extends = "plain"`` or ``extends = ["plain", "chengdu-alarms"]``.
    case
        When given, items, townships, departments and other words of the rules are checked against it.

    Returns
    -------
    Rulebook
        With ``warnings`` about words that meet nothing in the case.

    Raises
    ------
    InputError
        With every fault: dotted key, file and line, value, what was expected and what to do.
    """  # noqa: DOC502 - raised below
    return rules_of(load_layers(Path(path)), case)


def read_pack(name: str) -> Rulebook:
    """Read a pack as it ships: rows that an office must state itself are missing.

    Parameters
    ----------
    name
        One of ``pack_names()``.

    Raises
    ------
    InputError
        If there is no such pack.
    """
    if name not in pack_names():
        args = {"expected": ", ".join(pack_names())}
        raise InputError([Fault("unknown_pack", name, value=name, args=args)])
    return rules_of(layers_of(f'extends = "{name}"\n', f"{name}.toml"), whole=False)


def rules_of(layers: Layers, case: Case | None = None, *, whole: bool = True) -> Rulebook:
    """Build and check the rulebook of some layers.

    Parameters
    ----------
    layers
        The files laid over one another.
    case
        When given, names are checked against it.
    whole
        False: rows that an office must state itself may be missing.

    Raises
    ------
    InputError
        With every fault.
    """
    builder = Builder(layers)
    rules = _build(builder, layers.tree, whole=whole)
    if rules is not None:
        check_numbers(builder, rules)
        check_rows(builder, rules)
        if case is not None:
            check_names(builder, rules, case)
            check_standards(builder, rules, case)
    if builder.faults or rules is None:
        raise InputError([*builder.faults, *builder.warnings])
    warnings = tuple(sorted(builder.warnings, key=Fault.sort_key))
    made = dataclasses.replace(rules, warnings=warnings, fingerprint=fingerprint(rules))
    return made if case is None else with_other_sectors(made, case)


def _build(builder: Builder, tree: Table, *, whole: bool) -> Rulebook | None:
    builder.unknown_keys(tree, [*TOP_KEYS, *SECTIONS, *ROW_KEYS, "extends", "without"], "")
    made: dict[str, Any] = {key: builder.table(cls, tree.get(key, {}), key) for key, cls in SECTIONS.items()}
    made |= typed(builder, Rulebook, tree, TOP_KEYS)
    limits, quiet, automatic, reuse = (tables_of(builder, tree, key) for key in NAMED_ROWS)
    required = _required(builder, tree)
    rows = [_completed(row, required) for row in limits]
    check_ids(builder, [*rows, *quiet, *automatic, *reuse])
    known = [limit_row(builder, row, i) for i, row in enumerate(rows)]
    rests = [quiet_row(builder, row, i) for i, row in enumerate(quiet)]
    raising = [automatic_row(builder, row, i) for i, row in enumerate(automatic)]
    duties = [duty_row(builder, row, i) for i, row in enumerate(tables_of(builder, tree, "duty"))]
    credits = [reuse_row(builder, row, i) for i, row in enumerate(reuse)]
    joint = joint_table(builder, tree)
    seasons = [season_row(builder, row, i) for i, row in enumerate(tables_of(builder, tree, "season"))]
    if whole:
        _check_required(builder, required, rows)
    if builder.faults or joint is None:
        return None
    return Rulebook(
        joint=joint,
        reuse=tuple(row for row in credits if row is not None),
        limits=tuple(row for row in known if row is not None),
        quiet=tuple(row for row in rests if row is not None),
        automatic=tuple(row for row in raising if row is not None),
        duties=tuple(row for row in duties if row is not None),
        seasons=tuple(row for row in seasons if row is not None),
        provenance=sources_of(tree),
        **{"name": "rules", **made},
    )


def _required(builder: Builder, tree: Table) -> dict[str, Tree]:
    """Return id -> the rows that a rulebook must state itself."""
    found: dict[str, Tree] = {}
    for index, row in enumerate(tables_of(builder, tree, "required")):
        name = row_name(row, "required", index)
        builder.unknown_keys(row, list(_REQUIRED_KEYS), name)
        for key in _REQUIRED_KEYS:
            if not isinstance(row.get(key), str):
                builder.fault("missing_key", f"{name}.{key}")
        found[name] = row
    return found


def _completed(row: Tree, required: dict[str, Tree]) -> Tree:
    """Return a row with the form that the required row of its id gives it."""
    name = row.get("id")
    form = required.get(name) if isinstance(name, str) else None
    if form is None:
        return row
    result = Table({**form, **row}, getattr(row, "place", None))
    result.places = dict(getattr(row, "places", {}))
    return result


def _check_required(builder: Builder, required: dict[str, Tree], rows: list[Tree]) -> None:
    present = {tuple(str(row.get(key)) for key in _REQUIRED_KEYS[1:]) for row in rows}
    for name, row in required.items():
        form = tuple(str(row.get(key)) for key in _REQUIRED_KEYS[1:])
        if form not in present:
            builder.fault_at(builder.head, "missing_limit", name, row=", ".join(form))


def open_rows(layers: Layers) -> tuple[tuple[str, str], ...]:
    """Return (id, form) of the rows that an office must state itself and has not.

    Parameters
    ----------
    layers
        Those of a rulebook that reads with ``whole=False``.
    """
    builder = Builder(layers)
    required = _required(builder, layers.tree)
    rows = [_completed(row, required) for row in tables_of(builder, layers.tree, "limit")]
    _check_required(builder, required, rows)
    missing = (f for f in builder.faults if f.code == "missing_limit")
    return tuple((f.column or "", f.args["row"]) for f in missing)


def fingerprint(rules: Rulebook) -> str:
    """Return the SHA-256 over what the rulebook says, before it is read for a case; sources do not matter."""
    nothing = Provenance()
    bare = dataclasses.replace(
        rules,
        fingerprint="",
        provenance={},
        warnings=(),
        limits=tuple(dataclasses.replace(row, provenance=nothing) for row in rules.limits),
        quiet=tuple(dataclasses.replace(row, provenance=nothing) for row in rules.quiet),
        automatic=tuple(dataclasses.replace(row, provenance=nothing) for row in rules.automatic),
        duties=tuple(dataclasses.replace(row, provenance=nothing) for row in rules.duties),
        seasons=tuple(dataclasses.replace(row, provenance=nothing) for row in rules.seasons),
        reuse=tuple(dataclasses.replace(row, provenance=nothing) for row in rules.reuse),
        joint=dataclasses.replace(
            rules.joint,
            apart=tuple(dataclasses.replace(row, provenance=nothing) for row in rules.joint.apart),
            related=tuple(dataclasses.replace(row, provenance=nothing) for row in rules.joint.related),
        ),
    )
    content = dataclasses.asdict(bare)
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
