"""Plain TOML values into the frozen objects of the rulebook; every unknown key and wrong type becomes a fault."""

from __future__ import annotations

import dataclasses
import difflib
import math
from collections.abc import Mapping
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from riskplan.errors import Fault
from riskplan.rules.merge import Layers, Place, places_of
from riskplan.rules.provenance import Trouble

T = TypeVar("T")
_CLOCK_FIELDS = {"shift_start", "shift_end", "lunch_from", "lunch_until"}
_FORMS = {int: "0, 1, 2, ...", float: "0.5", str: '"..."', bool: "true / false"}
"""How a value of a type is written; the same in every language."""
LARGEST = 10**9
"""Larger numbers are slips of the keyboard."""


def nearest(word: str, known: list[str], otherwise: str = "") -> str:
    """Return the known word most like a given one; where none is like it ``otherwise``, else the first few.

    Parameters
    ----------
    word
        As written.
    known
        Words that would do.
    otherwise
        What to say instead of the first few.
    """
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return near[0] if near else otherwise or ", ".join(known[:8]) or "-"


class Builder:
    """Turns tables into dataclasses and collects the faults of all files of a rulebook.

    Parameters
    ----------
    layers
        The files laid over one another; they know where every key stands.
    """

    def __init__(self, layers: Layers) -> None:
        self.own = layers.files[-1] if layers.files else ""
        self.head = layers.head
        self.places = places_of(layers.tree)
        self.faults: list[Fault] = list(layers.faults)
        self.warnings: list[Fault] = []

    def place_of(self, path: str) -> Place:
        """Return where a dotted key stands, else the nearest key above it, else the head of the user's file."""
        while path and path not in self.places:
            path = path.rpartition(".")[0]
        return self.places.get(path, self.head)

    def fault(self, code: str, path: str, value: object = "", **args: str) -> None:
        """Record a fault at a dotted key."""
        self.fault_at(self.place_of(path), code, path, value, **args)

    def fault_at(self, at: Place, code: str, path: str, value: object = "", **args: str) -> None:
        """Record a fault at another place than that of its key."""
        self.faults.append(Fault(code, at.file, None, at.line, path, str(value), args))

    def warn(self, code: str, path: str, value: object = "", **args: str) -> None:
        """Record something that reading goes on with."""
        place = self.place_of(path)
        self.warnings.append(Fault(code, place.file, None, place.line, path, str(value), args, warning=True))

    def trouble(self, name: str, found: Trouble) -> None:
        """Record what is wrong with the provenance of a row."""
        key, code, value, expected = found
        word = "near" if code == "unknown_rule_key" else "expected"
        self.fault(code, f"{name}.{key}", value, **{word: expected})

    def table(self, cls: type[T], data: object, path: str) -> T | None:
        """Return a dataclass made from a table, None when a fault was found."""
        if not isinstance(data, Mapping):
            self.fault("wrong_type", path, data, expected=f"[{path}]")
            return None
        before = len(self.faults)
        hints = get_type_hints(cls)
        fields = {f.name: f for f in dataclasses.fields(cls)}  # type: ignore[arg-type]
        self.unknown_keys(data, list(fields), path)
        values: dict[str, Any] = {}
        for name, f in fields.items():
            if name in data:
                values[name] = self.value(hints[name], data[name], f"{path}.{name}")
            elif f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING:
                self.fault("missing_key", f"{path}.{name}")
        return cls(**values) if len(self.faults) == before else None

    def unknown_keys(self, data: Mapping[str, Any], allowed: list[str], path: str) -> None:
        """Record every key that is not allowed, with the nearest allowed one."""
        for key in data:
            if key not in allowed:
                column = f"{path}.{key}" if path else key
                self.fault("unknown_rule_key", column, key, near=nearest(key, allowed))

    def choice(self, value: str, allowed: tuple[str, ...], path: str) -> None:
        """Record a word that is none of those allowed."""
        if value not in allowed:
            self.fault("not_allowed", path, value, expected=", ".join(allowed))

    def value(self, hint: Any, value: Any, path: str) -> Any:
        """Return a value of the hinted type, None (and a fault) when it is not."""
        origin, args = get_origin(hint), get_args(hint)
        if dataclasses.is_dataclass(hint) and isinstance(hint, type):
            return self.table(hint, value, path)
        if origin is tuple:
            return self._tuple(args[0], value, path)
        if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
            return self._mapping(args[1], value, path)
        if args and type(None) in args:
            return self.value(args[0], value, path)
        if path.rpartition(".")[2] in _CLOCK_FIELDS and isinstance(value, str):
            return self._clock(value, path)
        return self._scalar(hint, value, path)

    def _scalar(self, hint: Any, value: Any, path: str) -> Any:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if hint is float and number:
            value = float(value) if abs(value) <= LARGEST else math.inf
        if not isinstance(value, hint) or (hint is int and not number) or not _finite(value):
            self.fault("wrong_type", path, value, expected=_FORMS.get(hint, getattr(hint, "__name__", "-")))
            return None
        if hint in {int, float} and value < 0:
            self.fault("negative", path, value)
            return None
        return value

    def _tuple(self, inner: Any, value: Any, path: str) -> Any:
        if not isinstance(value, list):
            self.fault("wrong_type", path, value, expected=f"[{_FORMS.get(inner, '-')}]")
            return None
        return tuple(self.value(inner, v, path) for v in value)

    def _mapping(self, inner: Any, value: Any, path: str) -> Any:
        if not isinstance(value, dict):
            self.fault("wrong_type", path, value, expected="{... = ...}")
            return None
        return {str(k): self.value(inner, v, f"{path}.{k}") for k, v in value.items()}

    def _clock(self, value: str, path: str) -> Any:
        hours, _, minutes = value.partition(":")
        digits = value.isascii() and hours.isdigit() and minutes.isdigit()
        if not digits or int(hours) * 60 + int(minutes) > 24 * 60 or int(minutes) >= 60:
            self.fault("not_a_clock", path, value)
            return None
        return int(hours) * 60 + int(minutes)


def _finite(value: object) -> bool:
    return not isinstance(value, int | float) or abs(value) <= LARGEST
