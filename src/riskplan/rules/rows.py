"""Rows of a rulebook: limits, quiet days and duties, each read whole and held against the support table."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, TypeVar, get_type_hints

from riskplan.rules.build import LARGEST, Builder, nearest
from riskplan.rules.merge import Tree
from riskplan.rules.model import (
    AMOUNT_KEYS,
    AUTOMATIC,
    LIMIT_KINDS,
    PREMISES_SCOPES,
    QUIET_MODES,
    SCOPES,
    TIERS,
    UNITS,
    WINDOWS,
    ApartRule,
    AutomaticRule,
    DutyRule,
    Filter,
    Limit,
    QuietRule,
    RelatedRule,
    ReuseRule,
    SeasonRule,
    SupportLine,
)
from riskplan.rules.provenance import PROVENANCE_KEYS, read_provenance
from riskplan.rules.support import support_lines, support_of

T = TypeVar(
    "T",
    bound=Limit | QuietRule | AutomaticRule | DutyRule | SeasonRule | ReuseRule | ApartRule | RelatedRule,
)
SIZES = ("large", "medium", "small", "micro")
OBJECTS = ("enterprise", "township", "village")
MOST_QUIET = 31
_LEVELS = 4
_MONTHS = 12
LEAST_FACTOR, MOST_FACTOR = 0.1, 10.0
"""Factors of a season beyond these are slips of the keyboard."""
_OBJECTS_OF = {
    "township": OBJECTS,
    "village": ("enterprise", "village"),
    "department": OBJECTS,
    "officer": OBJECTS,
}
_CAPACITY_UNITS = ("officer-minutes", "crew-visits")


def tables_of(builder: Builder, tree: Tree, key: str) -> list[Tree]:
    """Return the ``[[key]]`` tables, none (and a fault) when it is something else."""
    rows = tree.get(key, [])
    if isinstance(rows, list) and all(isinstance(row, dict) for row in rows):
        return rows
    builder.fault("wrong_type", key, rows, expected=f"[[{key}]]")
    return []


def row_of(
    builder: Builder, cls: type[T], data: Tree, name: str, own: frozenset[str] = frozenset()
) -> T | None:
    """Return a row with its provenance, None when a fault was found.

    Parameters
    ----------
    builder
        Collects the faults.
    cls
        What the row becomes.
    data, name
        The row as written, and what to call it.
    own
        Keys of provenance that mean something else in this row.
    """
    found, troubles = read_provenance({k: v for k, v in data.items() if k not in own})
    for trouble in troubles:
        builder.trouble(name, trouble)
    content = {k: v for k, v in data.items() if k in own or k not in PROVENANCE_KEYS}
    before = len(builder.faults)
    fields = [f.name for f in dataclasses.fields(cls) if f.name != "provenance"]
    builder.unknown_keys(content, [*fields, *PROVENANCE_KEYS], name)
    known = {k: v for k, v in content.items() if k in fields}
    made = builder.table(cls, known, name)
    if made is None or len(builder.faults) > before:
        return None
    return dataclasses.replace(made, provenance=found)


def row_name(row: Tree, key: str, index: int) -> str:
    """Return the id of a row, else its number."""
    name = row.get("id")
    return name if isinstance(name, str) and name else f"{key}[{index}]"


def limit_row(builder: Builder, row: Tree, index: int) -> Limit | None:
    """Return a limit, None when a fault was found."""
    name = row_name(row, "limit", index)
    before = len(builder.faults)
    for key, allowed in (("kind", LIMIT_KINDS), ("scope", SCOPES), ("window", WINDOWS), ("unit", UNITS)):
        if row.get(key) not in allowed:
            builder.fault("not_allowed", f"{name}.{key}", row.get(key, ""), expected=", ".join(allowed))
    amount = _amount(builder, row.get("amount"), name)
    if len(builder.faults) > before or amount is None:
        row_of(builder, Limit, {"amount": {}, **_worded(row), "id": name}, name)
        return None
    made = row_of(builder, Limit, {**row, "amount": amount}, name)
    if made is None or not _supported(builder, made):
        return None
    _check_keys(builder, made)
    check_filter(builder, made.filter, f"{name}.filter")
    _check_effect(builder, made, row)
    return made if len(builder.faults) == before else None


def _worded(row: Tree) -> Tree:
    """Return a row whose words and amount are known to be told already, so that the rest is told too."""
    words = {"kind": LIMIT_KINDS[0], "scope": SCOPES[0], "window": WINDOWS[0], "unit": UNITS[0]}
    return {**{k: v for k, v in row.items() if k != "amount"}, **words}


def _amount(builder: Builder, amount: object, name: str) -> dict[str, int] | None:
    table: Tree = amount if isinstance(amount, dict) else {"*": amount}
    for key, value in table.items():
        path = f"{name}.amount.{key}" if isinstance(amount, dict) else f"{name}.amount"
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 10**6:
            builder.fault("wrong_type", path, "" if value is None else value, expected="0, 1, 2, ...")
            return None
    if not table:
        builder.fault("missing_key", f"{name}.amount")
        return None
    return {str(k): int(v) for k, v in table.items()}


def _supported(builder: Builder, row: Limit) -> bool:
    """Refuse forms that neither plan nor audit keeps, and name the nearest that they do."""
    line = support_of(row.combination())
    value = ", ".join(row.combination())
    if row.unit in _CAPACITY_UNITS:
        builder.fault("limit_refused", row.id, value, nearest="[capacity], [crew], [day]")
        return False
    if line is None or line.audit == "refused":
        builder.fault("limit_refused", row.id, value, nearest=_nearest_form(row, line))
        return False
    rolling = row.window == "rolling" and row.kind != "spacing"
    if rolling and row.rolling_days < 1:
        builder.fault("rolling_without_days", row.id, row.rolling_days)
    if not rolling and row.rolling_days:
        builder.fault("no_effect", f"{row.id}.rolling_days", row.rolling_days)
    return True


def _nearest_form(row: Limit, line: SupportLine | None) -> str:
    if line is not None and line.note.startswith("nearest"):
        return line.note.partition(": ")[2]
    wanted = row.combination()

    def likeness(other: SupportLine) -> tuple[bool, int]:
        form = (other.kind, other.scope, other.window, other.unit)
        return form[0] == wanted[0], sum(a == b for a, b in zip(form, wanted, strict=True))

    good = [
        s
        for s in support_lines()
        if s.audit != "refused" and s.scope in SCOPES and s.unit not in _CAPACITY_UNITS
    ]
    best = max(good, key=likeness)
    return ", ".join((best.kind, best.scope, best.window, best.unit))


def _check_keys(builder: Builder, row: Limit) -> None:
    """Refuse keys of ``amount``, ``by`` and ``objects`` that can't be."""
    builder.choice(row.by, AMOUNT_KEYS, f"{row.id}.by")
    for kind in row.objects:
        builder.choice(kind, _OBJECTS_OF.get(row.scope, ("enterprise",)), f"{row.id}.objects")
    if not row.objects:
        builder.fault("missing_key", f"{row.id}.objects")
    closed = {"tier": TIERS, "size": SIZES}.get(row.by, ()) if row.scope in PREMISES_SCOPES else ()
    for key in row.amount if closed else ():
        if key != "*" and key not in closed:
            near = nearest(key, list(closed))
            builder.fault("unknown_reference", f"{row.id}.amount.{key}", key, table=row.by, near=near)


def _check_effect(builder: Builder, row: Limit, written: Tree) -> None:
    """Refuse settings that a row of this form does not look at: somebody meant something by them."""
    if "by" in written and row.scope not in PREMISES_SCOPES:
        builder.fault("no_effect", f"{row.id}.by", row.by)
    if row.kinds_counted and row.kinds_exempt:
        builder.fault("no_effect", f"{row.id}.kinds_exempt", ", ".join(row.kinds_exempt))


def check_filter(builder: Builder, row: Filter, path: str) -> None:
    """Refuse tiers and sizes that there are not."""
    for key, named, allowed in (("tiers", row.tiers, TIERS), ("sizes", row.sizes, SIZES)):
        for value in named:
            builder.choice(value, allowed, f"{path}.{key}")
    if row.sectors and row.sectors_except:
        builder.fault("no_effect", f"{path}.sectors_except", ", ".join(row.sectors_except))


def quiet_row(builder: Builder, row: Tree, index: int) -> QuietRule | None:
    """Return a quiet rule, None when a fault was found."""
    name = row_name(row, "quiet", index)
    before = len(builder.faults)
    made = row_of(builder, QuietRule, row, name)
    if made is None:
        return None
    builder.choice(made.mode, QUIET_MODES, f"{name}.mode")
    check_filter(builder, made.filter, f"{name}.filter")
    if not made.kinds:
        builder.fault("missing_key", f"{name}.kinds")
    for key, mode, said in (("per_month", "per_month", made.per_month), ("days", "days", made.days)):
        if made.mode == mode and not said:
            builder.fault("missing_key", f"{name}.{key}")
        elif made.mode != mode and said:
            builder.fault("no_effect", f"{name}.{key}", row[key])
    for key, numbers, most in (("days", made.days, 31), ("months", made.months, 12)):
        for number in numbers:
            if not 1 <= number <= most:
                builder.fault("number_out_of_range", f"{name}.{key}", number, low="1", high=str(most))
    if made.per_month > MOST_QUIET:
        builder.fault(
            "number_out_of_range", f"{name}.per_month", made.per_month, low="1", high=str(MOST_QUIET)
        )
    return made if len(builder.faults) == before else None


def automatic_row(builder: Builder, row: Tree, index: int) -> AutomaticRule | None:
    """Return a rule that raises tiers, None when a fault was found."""
    name = row_name(row, "automatic", index)
    before = len(builder.faults)
    made = row_of(builder, AutomaticRule, row, name)
    if made is None:
        return None
    builder.choice(made.when, AUTOMATIC, f"{name}.when")
    builder.choice(made.at_least, TIERS[:-1], f"{name}.at_least")
    for key, when in (("levels", "major_hazard_installation"), ("lists", "policy_list")):
        if made.when == when and not row.get(key):
            builder.fault("missing_key", f"{name}.{key}")
        elif made.when != when and key in row:
            builder.fault("no_effect", f"{name}.{key}", row[key])
    if "amount" in row and made.when in {"major_hazard_installation", "policy_list"}:
        builder.fault("no_effect", f"{name}.amount", made.amount)
    if made.amount < 1:
        builder.fault("number_out_of_range", f"{name}.amount", made.amount, low="1", high=str(LARGEST))
    for level in made.levels:
        if not 1 <= level <= _LEVELS:
            builder.fault("number_out_of_range", f"{name}.levels", level, low="1", high=str(_LEVELS))
    return made if len(builder.faults) == before else None


def duty_row(builder: Builder, row: Tree, index: int) -> DutyRule | None:
    """Return a duty rule, None when a fault was found."""
    name = f"duty[{index}]"
    made = row_of(builder, DutyRule, row, name)
    if made is None:
        return None
    for size in made.sizes:
        builder.choice(size, SIZES, f"{name}.sizes")
    for month in made.months:
        if not 1 <= month <= _MONTHS:
            builder.fault("number_out_of_range", f"{name}.months", month, low="1", high=str(_MONTHS))
    if not made.items:
        builder.fault("missing_key", f"{name}.items")
    return made


def season_row(builder: Builder, row: Tree, index: int) -> SeasonRule | None:
    """Return a season, None when a fault was found."""
    name = f"season[{index}]"
    made = row_of(builder, SeasonRule, row, name)
    if made is None:
        return None
    if not made.months:
        builder.fault("missing_key", f"{name}.months")
    for month in made.months:
        if not 1 <= month <= _MONTHS:
            builder.fault("number_out_of_range", f"{name}.months", month, low="1", high=str(_MONTHS))
    if not LEAST_FACTOR <= made.factor <= MOST_FACTOR:
        limits = {"low": f"{LEAST_FACTOR:g}", "high": f"{MOST_FACTOR:g}"}
        builder.fault("factor_out_of_range", f"{name}.factor", made.factor, **limits)
    return made


def typed(builder: Builder, cls: type, tree: Tree, keys: tuple[str, ...]) -> dict[str, Any]:
    """Return single values of a table in the types that a dataclass gives them; missing ones are left out."""
    hints: Mapping[str, Any] = get_type_hints(cls)
    return {key: builder.value(hints[key], tree[key], key) for key in keys if key in tree}
