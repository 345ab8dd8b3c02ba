"""The reference pages, made from the code: ``python -m riskplan.report.reference docs/reference``.

Tables, limits, rules and plan files are stated once, as data that the program reads; these pages are that data in
words, so they cannot disagree with it. ``commands.md`` is made by the command line's own module in a second process,
because this room may not enter ``cli``.
"""

from __future__ import annotations

import dataclasses
import inspect
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from riskplan.case.attributes import REQUIRED_TABLES, Attribute, table_attributes, table_names
from riskplan.case.settings import SETTINGS
from riskplan.plan.tables import PLAN_COLUMNS, SORT_KEYS, STAGES
from riskplan.report.reference_packs import (
    WIDTH,
    Pack,
    automatic_of_packs,
    item,
    limits_of_packs,
    provenance_text,
    written,
)
from riskplan.rules.merge import pack_names, pack_table, sources_of
from riskplan.rules.model import (
    AMOUNT_KEYS,
    AUTOMATIC,
    LIMIT_KINDS,
    QUIET_MODES,
    SCOPES,
    TIERS,
    UNITS,
    WINDOWS,
    ApartRule,
    AutomaticRule,
    DutyRule,
    Filter,
    ItemFilter,
    JointRules,
    Limit,
    QuietRule,
    RelatedRule,
    ReuseRule,
    Rulebook,
    SeasonRule,
    SupportLine,
)
from riskplan.rules.owing import REUSE_SOURCES
from riskplan.rules.read import SECTIONS
from riskplan.rules.support import TREATMENTS, support_lines
from riskplan.text import keys, say

MADE = "Made from the code by `make docs`; do not edit."
_ROW_CLASSES: dict[str, type] = {
    "duty": DutyRule,
    "season": SeasonRule,
    "limit": Limit,
    "quiet": QuietRule,
    "automatic": AutomaticRule,
    "reuse": ReuseRule,
    "joint.apart": ApartRule,
    "joint.related": RelatedRule,
    "filter": Filter,
    "these, those": ItemFilter,
}
_FILTERS = (Filter, ItemFilter)
_WORDS: dict[type, dict[str, tuple[str, ...]]] = {
    Limit: {"kind": LIMIT_KINDS, "scope": SCOPES, "window": WINDOWS, "unit": UNITS, "by": AMOUNT_KEYS},
    QuietRule: {"mode": QUIET_MODES},
    AutomaticRule: {"when": AUTOMATIC, "at_least": TIERS[:-1]},
    ReuseRule: {"source": REUSE_SOURCES, "tiers": TIERS},
}
_TOP_KEYS = ("name", "exempt_kinds", "count_by_credit_code", "domain_shares", "lead_by_sector")


def _prose(text: str) -> str:
    """Return a paragraph in Markdown, wrapped; double backticks of docstrings become single ones."""
    return textwrap.fill(" ".join(text.replace("``", "`").split()), WIDTH, break_on_hyphens=False)


def _both(key: str, **values: object) -> str:
    return f"{say(key, 'en', **values)}; {say(key, 'zh', **values)}"


def attributes_page() -> str:
    """Return the columns of every table of a case."""
    head = f"""# Tables of a case

{MADE} The data stand in `src/riskplan/case/attributes.csv`.

A case is a folder with `case.toml`, `rules.toml` and one CSV file a table (UTF-8 with or without BOM, or GB18030).
Headers may be the English name or any of the Chinese ones in brackets.
Needed: {", ".join(REQUIRED_TABLES)}; `items` as soon as anything is owed.
Unknown columns are left out with a warning and never copied to any output. Empty cells and missing optional
columns take the default. Polygons of the townships may stand in `townships.geojson` with a property
`township_code`. How to make a case of one's own: [own data](../own-data.md).
"""
    settings = "\n".join(item(f"`{s.name}`: {_both(f'case_key.{s.name}')}.") for s in SETTINGS)
    parts = [head, f"## case.toml\n\n{settings}\n"]
    for table in table_names():
        needed = "needed" if table in REQUIRED_TABLES else "optional"
        rows = "\n".join(item(_attribute(a)) for a in table_attributes(table))
        parts.append(f"## {table}\n\n`{table}.csv`, {needed}.\n\n{rows}\n")
    return "\n".join(parts)


def _attribute(a: Attribute) -> str:
    detail = a.detail.replace("|", ", ").replace("..", " to ")
    kind = say(f"attribute_kind.{a.kind}", "en", detail=detail)
    facts = [kind, "required" if a.required else "optional"]
    if a.unit:
        facts.append(f"[{a.unit}]")
    if a.default:
        facts.append(f"default {a.default}")
    return f"`{a.name}` ({', '.join(a.zh)}): {', '.join(facts)}. {a.meaning_en}; {a.meaning_zh}."


def support_page() -> str:
    """Return how year, week and audit treat every form of limit."""
    meanings = "\n".join(item(f"**{t}**: {_both(f'treatment.{t}')}.") for t in TREATMENTS)
    head = f"""# What is planned, checked or refused

{MADE} The data stand in `src/riskplan/rules/support.csv`.

A limit is a row of the rulebook with a kind, a scope, a window and a unit. Each combination is treated as stated
here by the year plan, the week plan and the audit; a combination that is not listed is refused. Rows that are
checked but not planned are named in the manifest of every plan.

{meanings}
"""
    planned = [s for s in support_lines() if s.audit != "refused"]
    refused = [s for s in support_lines() if s.audit == "refused"]
    rows = "\n".join(f"| {_form(s)} | {s.year} | {s.week} | {s.audit} |" for s in planned)
    table = (
        f"## Supported\n\n| kind, scope, window, unit | year | week | audit |\n|---|---|---|---|\n{rows}\n"
    )
    notes = "\n".join(item(f"{_form(s)}: {s.note}.") for s in planned)
    turned_away = "\n".join(item(f"{_form(s)}: {s.note}.") for s in refused)
    return "\n".join([head, table, f"What each means:\n\n{notes}\n", f"## Refused\n\n{turned_away}\n"])


def _form(line: SupportLine) -> str:
    return ", ".join((line.kind, line.scope, line.window, line.unit))


def plan_files_page() -> str:
    """Return the files and columns of a plan folder."""
    types = "\n".join(item(f"**{t}**: {_both(f'plan_type.{t}')}.") for t in sorted({*_plan_types()}))
    head = f"""# Files of a plan

{MADE} The data stand in `src/riskplan/plan/tables.py`.

A plan is a folder with `manifest.json` and one CSV file a table, all of them, also where a table has no rows. Rows
are sorted by the key named, lines end in `\\n`, and the same plan gives the same bytes. A folder is written whole
beside the old one and swapped by rename; a folder that is no plan is never replaced. Text that a spreadsheet would
take for a formula is written with a leading apostrophe.

{types}

Stages of a visit: {", ".join(f"`{s}` ({say(f'word.stage.{s}', 'zh')})" for s in STAGES)}.
"""
    parts = [head]
    for table, columns in PLAN_COLUMNS.items():
        rows = "\n".join(
            item(f"`{c}` ({kind}): {_both(f'plan_column.{table}.{c}')}.") for c, kind in columns.items()
        )
        extra = _score_parts() if table == "scores" else ""
        parts.append(f"## {table}.csv\n\nSorted by {', '.join(SORT_KEYS[table])}.\n\n{rows}\n{extra}")
    return "\n".join(parts)


def _plan_types() -> Iterable[str]:
    return (kind for columns in PLAN_COLUMNS.values() for kind in columns.values())


def _score_parts() -> str:
    names = [k.rpartition(".")[2] for k in keys() if k.startswith("word.part.")]
    return "\n".join(item(f"`part_{n}` (int): {_both(f'word.part.{n}')}.") for n in names) + "\n"


def parameters_of(cls: type) -> tuple[str, dict[str, str]]:
    """Return the summary of a class and the meaning of each of its fields, read from its numpy docstring.

    Parameters
    ----------
    cls
        A dataclass; fields that its docstring does not list have no meaning of their own.
    """
    summary, _, section = inspect.cleandoc(cls.__doc__ or "").partition("Parameters\n----------\n")
    meanings: dict[str, str] = {}
    names: list[str] = []
    for line in section.splitlines():
        if line and not line.startswith(" "):
            names = [name.strip() for name in line.split(",")]
        for name in names if line.startswith(" ") else ():
            meanings[name] = f"{meanings.get(name, '')} {line.strip()}".strip()
    return _prose(summary), {name: _prose(text) for name, text in meanings.items()}


def packs() -> tuple[Pack, ...]:
    """Return all packs, ``plain`` first."""
    result = []
    for name in sorted(pack_names(), key=lambda n: (n != "plain", n)):
        values = pack_table(name)
        result.append(Pack(name, values, sources_of(values)))
    return tuple(result)


def rules_page() -> str:
    """Return every key of the rulebook with its meaning and what the packs say."""
    found = packs()
    start = f"""A rulebook starts with `extends = "plain"` and overrides what differs; packs:
        {", ".join(p.name for p in found)}. How to write one, with examples: [rulebook](../rules.md). Every number of
        the packs is an assumption of riskplan unless a basis is given; *unconfirmed* marks a basis that was not read
        in the original. What a form of limit does: [support](support.md)."""
    head = f"""# Keys of `rules.toml`

{MADE}
The keys stand in `src/riskplan/rules/model.py`, the values in `src/riskplan/rules/packs/`.

{_prose(start)}
"""
    parts = [head, _top_section(found)]
    for name, cls in {**SECTIONS, "joint": JointRules}.items():
        summary, meanings = parameters_of(cls)
        groups = [[f"{name}.{n}" for n in group] for group in _alike(cls, meanings)]
        rows = [_keys(g, meanings.get(g[0].rpartition(".")[2], ""), found) for g in groups]
        parts.append(f"## [{name}]\n\n{summary}\n\n" + "\n".join(rows) + "\n")
    parts += [_rows_section(name, cls) for name, cls in _ROW_CLASSES.items()]
    parts += [limits_of_packs(found), automatic_of_packs(found)]
    return "\n".join(parts)


def _alike(cls: type, meanings: Mapping[str, str]) -> list[list[str]]:
    """Return the fields of a dataclass in order, those that share one meaning together."""
    groups: list[list[str]] = []
    for f in dataclasses.fields(cls):
        same = groups and f.name in meanings and meanings[f.name] == meanings.get(groups[-1][-1])
        groups[-1:] = [[*groups[-1], f.name]] if same else [*groups[-1:], [f.name]]
    return groups


def _top_section(found: Iterable[Pack]) -> str:
    _, meanings = parameters_of(Rulebook)
    rows = [
        item(
            "`extends`: Name of the pack, or list of names, that this rulebook starts from; later ones win."
        ),
        item(
            "`without`: Ids of limits, quiet days, automatic rules and rules about reuse below that do not hold."
        ),
    ]
    rows += [_keys([name], meanings[name], found) for name in _TOP_KEYS]
    return "## Top level\n\n" + "\n".join(rows) + "\n"


def _keys(paths: list[str], meaning: str, found: Iterable[Pack]) -> str:
    """Return keys that share a meaning, with what each pack says about them and where that comes from."""
    lines = [item(f"{', '.join(f'`{p}`' for p in paths)}: {meaning}".rstrip(": "))]
    for pack in found:
        said = [(p, pack.at(p)) for p in paths]
        values = [_named(p, v, alone=len(paths) == 1) for p, v in said if v is not None]
        if values:
            lines.append(item(f"{pack.name}: {', '.join(values)}", 1))
        told: dict[str, list[str]] = {}
        for key, source in sorted(pack.provenance.items()):
            if any(key == p or key.startswith(f"{p}.") for p in paths):
                told.setdefault(provenance_text(source), []).append(key.rpartition(".")[2])
        lines += [item(f"{', '.join(names)}: {source}", 2) for source, names in told.items()]
    return "\n".join(lines)


def _named(path: str, value: object, *, alone: bool) -> str:
    if alone:
        return written(value)
    text = f"{{{written(value)}}}" if isinstance(value, Mapping) and value else written(value)
    return f"{path.rpartition('.')[2]} = {text}"


def _rows_section(name: str, cls: type) -> str:
    summary, meanings = parameters_of(cls)
    groups = [g for g in _alike(cls, meanings) if g != ["provenance"]]
    rows = [item(f"{', '.join(f'`{n}`' for n in g)}: {meanings.get(g[0], '')}") for g in groups]
    rows += [item(f"{key} is one of {', '.join(values)}.", 1) for key, values in _WORDS.get(cls, {}).items()]
    if cls not in _FILTERS:
        rows.append(item("`basis`, `source`, `since`, `unconfirmed`: Where the row comes from."))
    head = name if cls in _FILTERS else f"[[{name}]]"
    return f"## {head}\n\n{summary}\n\n" + "\n".join(rows) + "\n"


def index_page() -> str:
    """Return the list of pages with a count of what each tells."""
    rooms: dict[str, int] = {}
    for key in keys():
        rooms[key.partition(".")[0]] = rooms.get(key.partition(".")[0], 0) + 1
    groups = ", ".join(f"{name} {count}" for name, count in sorted(rooms.items()))
    columns = sum(len(table_attributes(t)) for t in table_names())
    plan_columns = sum(len(c) for c in PLAN_COLUMNS.values())
    lines = [
        f"[attributes](attributes.md): {columns} columns of {len(table_names())} tables of a case.",
        f"[rules](rules.md): the keys of `rules.toml` and the {len(pack_names())} packs.",
        f"[support](support.md): {len(support_lines())} forms of limits and what happens to them.",
        f"[plan files](plan-files.md): {plan_columns} columns of {len(PLAN_COLUMNS)} tables of a plan.",
        "[commands](commands.md): every command and option.",
        "[contracts](contracts.md): time, units, counting, violation and shortfall (written by hand).",
    ]
    text = _prose(
        f"Messages: {len(keys())}, each in Chinese and English, by first part of the key: {groups}."
    )
    return f"# Reference\n\n{MADE}\n\n" + "\n".join(item(line) for line in lines) + f"\n\n{text}\n"


PAGES: dict[str, Callable[[], str]] = {
    "README.md": index_page,
    "attributes.md": attributes_page,
    "support.md": support_page,
    "plan-files.md": plan_files_page,
    "rules.md": rules_page,
}
"""File name -> what makes it; ``commands.md`` is made by ``riskplan.cli.reference``."""


def write_reference(folder: Path) -> None:
    """Write all reference pages into a folder.

    Parameters
    ----------
    folder
        Target; other files in it (``contracts.md``) are left alone.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (folder / name).write_text(page(), encoding="utf-8", newline="\n")
    command = [sys.executable, "-m", "riskplan.cli.reference", str(folder / "commands.md")]
    subprocess.run(command, check=True)


if __name__ == "__main__":
    write_reference(Path(sys.argv[1]))
