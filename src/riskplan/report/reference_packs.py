"""What the packs of rules say, as lists of the reference pages."""

from __future__ import annotations

import dataclasses
import textwrap
from collections.abc import Iterable, Mapping
from typing import Any

from riskplan.rules.model import Provenance
from riskplan.rules.provenance import read_provenance
from riskplan.text.wording import worded

WIDTH = 118


def item(text: str, depth: int = 0) -> str:
    """Return a list item, wrapped."""
    indent = "  " * depth
    return textwrap.fill(
        f"- {text}",
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + "  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


@dataclasses.dataclass(frozen=True)
class Pack:
    """One rules pack as written: values, provenance, and what it takes from another."""

    name: str
    values: Mapping[str, Any]
    provenance: Mapping[str, Provenance]

    def at(self, path: str) -> object:
        """Return the value at a dotted key, None where the pack says nothing."""
        found: Any = self.values
        for key in path.split("."):
            found = found.get(key) if isinstance(found, Mapping) else None
        return found


def written(value: object) -> str:
    """Return a value of a pack in a line."""
    if isinstance(value, Mapping):
        return ", ".join(f"{k} = {written(v)}" for k, v in value.items()) or "empty"
    if isinstance(value, list):
        return ", ".join(str(v) for v in value) or "empty"
    return str(value).lower() if isinstance(value, bool) else str(value)


def provenance_text(p: Provenance) -> str:
    """Return where a value comes from in a line, unconfirmed ones marked."""
    facts = [("basis", worded(p.basis, "en")), ("source", worded(p.source, "en")), ("since", p.since)]
    text = "; ".join(f"{name}: {value}" for name, value in facts if value)
    return f"{text} (*unconfirmed*)" if p.unconfirmed else text


def limits_of_packs(found: Iterable[Pack]) -> str:
    """Return the limits of every pack, those that it leaves out, and those that the office states."""
    parts = ["## Limits of the packs\n"]
    for pack in found:
        rows: Any = pack.values.get("limit", [])
        dropped: Any = pack.values.get("without", [])
        needed: Any = pack.values.get("required", [])
        lines = [item(_limit(row)) for row in rows]
        lines += [
            item(f"`{r['id']}` ({_shape(r)}): required, no default; the office states it.") for r in needed
        ]
        if dropped:
            lines.append(item(f"Without {', '.join(f'`{name}`' for name in dropped)}."))
        parts.append(f"### {pack.name}\n\n" + "\n".join(lines or [item("Those of plain.")]) + "\n")
    return "\n".join(parts)


def automatic_of_packs(found: Iterable[Pack]) -> str:
    """Return the automatic rules of every pack."""
    parts = ["## Automatic rules of the packs\n"]
    for pack in found:
        rows: Any = pack.values.get("automatic", [])
        for row in rows:
            facts = [f"{key}: {written(row[key])}" for key in ("amount", "levels", "lists") if key in row]
            source = provenance_text(read_provenance(row)[0])
            shape = "; ".join([row["when"], *facts])
            parts.append(item(f"{pack.name}, `{row['id']}` ({shape}): at least {row['at_least']}. {source}"))
    return "\n".join(parts) + "\n"


def _shape(row: Mapping[str, Any]) -> str:
    return ", ".join(str(row[k]) for k in ("kind", "scope", "window", "unit") if k in row)


def _limit(row: Mapping[str, Any]) -> str:
    facts = [_shape(row)] if "kind" in row else []
    facts += [
        f"{key}: {written(row[key])}"
        for key in ("by", "rolling_days", "kinds_counted", "filter")
        if key in row
    ]
    shape = f" ({'; '.join(facts)})" if facts else ""
    source = provenance_text(read_provenance(row)[0])
    return f"`{row['id']}`{shape}: {written(row['amount'])}" + (f". {source}" if source else "")
