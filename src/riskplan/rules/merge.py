"""Packs and overrides: TOML files laid over one another, values parted from their provenance and their places."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from riskplan.errors import Fault, InputError
from riskplan.rules.lines import TomlPath, toml_lines
from riskplan.rules.model import Provenance
from riskplan.rules.provenance import PROVENANCE_KEYS, Trouble, read_provenance

Tree = dict[str, Any]
ROWS = ("limit", "quiet", "automatic", "reuse", "required")
"""Arrays of tables that merge row by row; other lists replace."""
_NAMED = ("limit", "quiet", "automatic", "reuse")
"""Those that a layer may do ``without``."""
_LAYER_KEYS = ("extends", "without")
_CONTENT = frozenset({
    "amount",
    "days",
    "per_month",
    "mode",
    "when",
    "at_least",
    "levels",
    "lists",
    "validity_days",
    "visits",
})
"""Keys of a row that its provenance is about."""


@dataclass(frozen=True)
class Place:
    """A line of a file."""

    file: str
    line: int


class Table(Tree):
    """A TOML table that knows where it stands, where its keys stand and where their values come from.

    Parameters
    ----------
    values
        The plain values.
    place
        Of the table itself.
    """

    def __init__(self, values: Mapping[str, Any], place: Place | None = None) -> None:
        super().__init__(values)
        self.place = place
        self.places: dict[str, Place] = {}
        self.sources: dict[str, Provenance] = {}


@dataclass(frozen=True)
class Layers:
    """All files of one rulebook laid over one another.

    Parameters
    ----------
    tree
        What holds.
    files
        Names of the files, the lowest first; the last is the user's own.
    head
        Where the user's file names its packs, else its first line.
    faults
        What is wrong with single files.
    """

    tree: Table
    files: tuple[str, ...]
    head: Place
    faults: tuple[Fault, ...]


def pack_names() -> tuple[str, ...]:
    """Return the names of the packs that come with riskplan."""
    folder = resources.files("riskplan.rules").joinpath("packs")
    return tuple(sorted(p.name.removesuffix(".toml") for p in folder.iterdir() if p.name.endswith(".toml")))


def pack_text(name: str) -> str:
    """Return the text of a pack."""
    file = resources.files("riskplan.rules").joinpath("packs", f"{name}.toml")
    return file.read_text(encoding="utf-8")


def pack_table(name: str) -> Table:
    """Return a pack as written, without what it extends."""
    return _parse(pack_text(name), f"{name}.toml", [])


def layers_for(name: str) -> Layers:
    """Return the layers of a pack, of a rules file, or of the rules in a case folder.

    Parameters
    ----------
    name
        Name of a pack, or a path; where both exist, the path.

    Raises
    ------
    InputError
        If there is no such pack or file, or it is no TOML.
    """  # noqa: DOC502 - raised below
    path = Path(name)
    if path.is_dir():
        return load_layers(path / "rules.toml")
    if not path.exists() and path.name == name and not path.suffix:
        return layers_of(f'extends = "{name}"\n', f"{name}.toml")
    return load_layers(path)


def load_layers(path: Path) -> Layers:
    """Read a rules file and lay it over the packs that it extends.

    Raises
    ------
    InputError
        If the file is missing or no TOML, or names a pack that does not exist.
    """
    if not path.is_file():
        raise InputError([Fault("missing_file", path.name)])
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError([Fault("unreadable_toml", path.name, value=str(error))]) from error
    return layers_of(text, path.name)


def layers_of(text: str, file: str) -> Layers:
    """Lay a rules text over the packs that it extends; each pack is laid once, however often it is named.

    Parameters
    ----------
    text
        TOML.
    file
        Its name, for messages.
    """
    faults: list[Fault] = []
    texts: dict[str, Table] = {}
    own = _parse(text, file, faults)
    _collect(own, file, texts, faults)
    result = Table({})
    for name, layer in texts.items():
        _without(result, layer, name, faults)
        result = overlay(result, layer)
    head = own.places.get("extends", Place(file, 1))
    return Layers(result, tuple(texts), head, tuple(faults))


def _collect(layer: Table, file: str, texts: dict[str, Table], faults: list[Fault]) -> None:
    """Add a layer after the packs that it extends, in the order named.

    Raises
    ------
    InputError
        If there is no such pack.
    """
    named = layer.get("extends", [])
    for index, parent in enumerate(named if isinstance(named, list) else [named]):
        if not isinstance(parent, str) or parent not in pack_names():
            row = layer.places["extends"].line
            found = ", ".join(pack_names())
            column = "extends" if named is parent else f"extends[{index}]"
            fault = Fault("unknown_pack", file, None, row, column, str(parent), {"expected": found})
            raise InputError([fault, *faults])
        if f"{parent}.toml" not in texts:
            _collect(_parse(pack_text(parent), f"{parent}.toml", faults), f"{parent}.toml", texts, faults)
    texts[file if file not in texts else f"./{file}"] = layer


def _parse(text: str, file: str, faults: list[Fault]) -> Table:
    try:
        tree = tomllib.loads(text)
        lines = toml_lines(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        line = re.search(r"at line (\d+)", str(error))
        row = int(line.group(1)) if line else None
        raise InputError([Fault("unreadable_toml", file, row=row, value=str(error))]) from error

    def trouble(path: TomlPath, found: Trouble) -> None:
        key, code, value, expected = found
        place = lines.get((*path, *key.split(".")), lines.get(path))
        column = ".".join([str(part) for part in path] + [key])
        args = {"near": expected} if code == "unknown_rule_key" else {"expected": expected}
        faults.append(Fault(code, file, None, place, column, value, args))

    return _located(tree, (), lines, file, trouble)


def _located(
    tree: Mapping[str, Any],
    path: TomlPath,
    lines: Mapping[TomlPath, int],
    file: str,
    trouble: Callable[[TomlPath, Trouble], None],
) -> Table:
    """Return a table with places; ``{value = ..., basis = ...}`` becomes the value and its provenance."""
    result = Table({}, Place(file, lines.get(path, 1)))
    in_row = any(isinstance(part, int) for part in path)
    for key, value in tree.items():
        here, content = (*path, key), value
        result.places[key] = Place(file, lines.get(here, 1))
        if isinstance(value, dict) and "value" in value and not in_row:
            result.sources[key], troubles = read_provenance(value)
            for extra in value:
                if extra not in {"value", *PROVENANCE_KEYS}:
                    near = difflib.get_close_matches(extra, PROVENANCE_KEYS, n=1, cutoff=0.6)
                    hint = (*near, ", ".join(PROVENANCE_KEYS))[0]
                    troubles.append((extra, "unknown_rule_key", extra, hint))
            for found in troubles:
                trouble(here, found)
            here, content = (*here, "value"), value["value"]
        if isinstance(content, dict):
            result[key] = _located(content, here, lines, file, trouble)
        elif isinstance(content, list) and content and all(isinstance(row, dict) for row in content):
            result[key] = [_located(row, (*here, i), lines, file, trouble) for i, row in enumerate(content)]
        else:
            result[key] = content
    return result


def overlay(base: Tree, top: Tree) -> Table:
    """Return ``base`` with ``top`` laid over it: tables merge, rows merge by id, other lists replace.

    A value that ``top`` replaces loses the provenance that ``base`` stated for it.
    """
    result = _copy(base)
    for key, value in top.items():
        old = result.get(key)
        if key in _LAYER_KEYS:
            continue
        if key == "frequency" and isinstance(value, dict) and isinstance(old, dict):
            old = _other_keys(old, value)
        if key in ROWS and isinstance(value, list) and isinstance(old, list):
            result[key] = _overlay_rows(old, value)
        elif isinstance(value, dict) and isinstance(old, dict):
            result[key] = overlay(_sources_below(result, key, old), value)
        else:
            result[key] = value
        result.sources.pop(key, None)
    if isinstance(top, Table):
        result.places.update({k: p for k, p in top.places.items() if k not in _LAYER_KEYS})
        result.sources.update(top.sources)
        result.place = top.place or result.place
    return result


def _copy(table: Tree) -> Table:
    result = Table(table)
    if isinstance(table, Table):
        result.place, result.places, result.sources = table.place, dict(table.places), dict(table.sources)
    return result


def _sources_below(parent: Table, key: str, table: Tree) -> Tree:
    """Return a table whose values carry the provenance that was stated for the table as a whole."""
    whole = parent.sources.get(key)
    if whole is None:
        return table
    result = _copy(table)
    for name in result:
        result.sources.setdefault(name, whole)
    return result


def _other_keys(old: Tree, top: Tree) -> Tree:
    """Return the frequencies below without those keyed by another property than ``top`` says."""
    if top.get("by", old.get("by", "tier")) == old.get("by", "tier"):
        return old
    result = _copy(old)
    for name in ("visits", "longest_interval_days"):
        result.pop(name, None)
        result.sources.pop(name, None)
    return result


def _overlay_rows(base: list[Tree], top: list[Tree]) -> list[Tree]:
    rows = {_row_key(row, f"#{i}"): row for i, row in enumerate(base)}
    for i, row in enumerate(top):
        key = _row_key(row, f"#top{i}")
        old = rows.get(key)
        rows[key if old is None or old not in top else f"#again{i}"] = row if old is None else _row(old, row)
    return list(rows.values())


def _row_key(row: Tree, otherwise: str) -> str:
    name = row.get("id")
    return name if isinstance(name, str) else otherwise


def _row(base: Tree, top: Tree) -> Table:
    """Return a row with single fields replaced; what a basis was stated for is gone with it.

    ``source`` of a row about reuse is no provenance.
    """
    result = _copy(base)
    own = {"source"} if "validity_days" in base else set()
    if not _CONTENT.isdisjoint(top):
        for key in PROVENANCE_KEYS:
            if key not in own:
                result.pop(key, None)
    result.update(top)
    if isinstance(top, Table):
        result.places.update(top.places)
        result.place = top.place
    return result


def _without(base: Table, layer: Table, file: str, faults: list[Fault]) -> None:
    """Drop the rows that a layer does without."""
    named = layer.get("without", [])
    wanted = named if isinstance(named, list) else [named]
    known = [row.get("id") for name in _NAMED for row in base.get(name, [])]
    for index, row_id in enumerate(wanted):
        if row_id not in known:
            near = difflib.get_close_matches(str(row_id), [str(k) for k in known], n=1, cutoff=0.4)
            args = {"near": (*near, ", ".join(str(k) for k in known) or "-")[0]}
            line = layer.places["without"].line
            faults.append(Fault("unknown_row", file, None, line, f"without[{index}]", str(row_id), args))
    for name in _NAMED:
        if name in base:
            base[name] = [row for row in base[name] if row.get("id") not in wanted]


def sources_of(tree: Tree, prefix: str = "") -> dict[str, Provenance]:
    """Return dotted key -> provenance of every value outside rows."""
    found: dict[str, Provenance] = {}
    for key, value in tree.items():
        path = f"{prefix}{key}"
        if isinstance(tree, Table) and key in tree.sources:
            found[path] = tree.sources[key]
        if isinstance(value, dict):
            found.update(sources_of(value, f"{path}."))
    return found


def places_of(tree: Table) -> dict[str, Place]:
    """Return dotted key -> place; rows of limits and quiet days are named by id, others by number."""
    found: dict[str, Place] = {}
    for key, value in tree.items():
        rows = value if isinstance(value, list) else []
        for index, row in enumerate(rows):
            if isinstance(row, Table):
                name = _row_key(row, f"{key}[{index}]") if key in ROWS else f"{key}[{index}]"
                found.setdefault(name, row.place or Place("", 1))
                for path, place in _below(row, f"{name}.").items():
                    found.setdefault(path, place)
    for path, place in _below(tree, "").items():
        found.setdefault(path, place)
    return found


def _below(tree: Tree, prefix: str) -> dict[str, Place]:
    found: dict[str, Place] = {}
    for key, value in tree.items():
        if isinstance(tree, Table) and key in tree.places:
            found[f"{prefix}{key}"] = tree.places[key]
        for index, row in enumerate(value if isinstance(value, list) else []):
            if isinstance(row, Table) and row.place is not None:
                found[f"{prefix}{key}[{index}]"] = row.place
                found.update(_below(row, f"{prefix}{key}[{index}]."))
        if isinstance(value, dict):
            found.update(_below(value, f"{prefix}{key}."))
    return found
