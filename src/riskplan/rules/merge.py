"""Packs and overrides: TOML files laid over one another, values parted from their provenance."""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

from riskplan.errors import Fault, InputError
from riskplan.rules.model import Provenance

PROVENANCE_KEYS = frozenset({"basis", "source", "since", "unconfirmed"})
Tree = dict[str, Any]


def pack_names() -> tuple[str, ...]:
    """Return the names of the packs that come with riskplan."""
    folder = resources.files("riskplan.rules").joinpath("packs")
    return tuple(sorted(p.name.removesuffix(".toml") for p in folder.iterdir() if p.name.endswith(".toml")))


def load_layers(path: Path) -> Tree:
    """Read a rules file and lay it over the packs that it extends.

    Raises
    ------
    InputError
        If the file is missing or no TOML, or names a pack that does not exist.
    """
    if not path.is_file():
        raise InputError([Fault("missing_file", path.name)])
    text = path.read_text(encoding="utf-8-sig")
    return _layer(text, path.name)


def _layer(text: str, file: str) -> Tree:
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError([Fault("unreadable_toml", file, value=str(error))]) from error
    parent = tree.pop("extends", None)
    if parent is None:
        return tree
    if parent not in pack_names():
        found = ", ".join(pack_names())
        raise InputError([
            Fault("unknown_pack", file, column="extends", value=str(parent), args={"expected": found})
        ])
    pack = resources.files("riskplan.rules").joinpath("packs", f"{parent}.toml").read_text(encoding="utf-8")
    return overlay(_layer(pack, f"{parent}.toml"), tree)


def overlay(base: Tree, top: Tree) -> Tree:
    """Return ``base`` with ``top`` laid over it: tables merge, limits merge by id, other lists replace."""
    result = dict(base)
    for key, value in top.items():
        old = result.get(key)
        if key == "limit" and isinstance(value, list) and isinstance(old, list):
            result[key] = _overlay_rows(old, value)
        elif isinstance(value, dict) and isinstance(old, dict) and "value" not in value:
            result[key] = overlay(old, value)
        else:
            result[key] = value
    return result


def _overlay_rows(base: list[Tree], top: list[Tree]) -> list[Tree]:
    rows = {row.get("id", f"#{i}"): row for i, row in enumerate(base)}
    for i, row in enumerate(top):
        key = row.get("id", f"#top{i}")
        rows[key] = {**rows.get(key, {}), **row}
    return list(rows.values())


def strip_provenance(tree: Tree, found: dict[str, Provenance], prefix: str = "") -> Tree:
    """Return the tree with ``{value = ..., basis = ...}`` replaced by the value; sources go to ``found``."""
    result: Tree = {}
    for key, value in tree.items():
        path = f"{prefix}{key}"
        if isinstance(value, dict) and "value" in value and set(value) <= PROVENANCE_KEYS | {"value"}:
            found[path] = provenance_of(value)
            result[key] = value["value"]
        elif isinstance(value, dict):
            result[key] = strip_provenance(value, found, f"{path}.")
        else:
            result[key] = value
    return result


def provenance_of(table: Tree) -> Provenance:
    """Return the provenance keys of a table."""
    return Provenance(
        str(table.get("basis", "")),
        str(table.get("source", "")),
        str(table.get("since", "")),
        bool(table.get("unconfirmed")),
    )
