"""Plain TOML values into the frozen objects of the rulebook; every unknown key and wrong type becomes a fault."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Mapping
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from riskplan.errors import Fault

T = TypeVar("T")
_CLOCK_FIELDS = {"shift_start", "shift_end", "lunch_from", "lunch_until"}


class Builder:
    """Turns tables into dataclasses and collects faults of one file.

    Parameters
    ----------
    file
        File name for messages.
    text
        Text of the user's own file, to name the line of a key.
    """

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.lines = text.splitlines()
        self.faults: list[Fault] = []

    def line_of(self, key: str) -> int | None:
        """Return the first line of the user's file that sets a key, None when it stands in a pack."""
        for number, line in enumerate(self.lines, start=1):
            head = line.split("#")[0].replace('"', "").split("=")[0].strip(" []")
            if key in (part.strip() for part in head.split(".")):
                return number
        return None

    def line_of_row(self, path: str) -> int | None:
        """Return the line of the n-th ``[[name]]`` for a path such as ``duty[3].items``, None for other paths."""
        name, bracket, rest = path.partition("[")
        if not bracket:
            return None
        number = int(rest.partition("]")[0])
        rows = [
            at
            for at, line in enumerate(self.lines, start=1)
            if line.replace(" ", "").startswith(f"[[{name}]]")
        ]
        return rows[number] if number < len(rows) else None

    def fault(self, code: str, path: str, value: object = "", **args: str) -> None:
        """Record a fault at a dotted key."""
        row = self.line_of_row(path) or self.line_of(path.rsplit(".", maxsplit=1)[-1])
        self.faults.append(Fault(code, self.file, None, row, path, str(value), args))

    def table(self, cls: type[T], data: Mapping[str, Any], path: str) -> T | None:
        """Return a dataclass made from a table, None when a fault was found."""
        hints = get_type_hints(cls)
        fields = {f.name: f for f in dataclasses.fields(cls)}  # type: ignore[arg-type]
        self.unknown_keys(data, list(fields), path)
        values: dict[str, Any] = {}
        for name, f in fields.items():
            if name in data:
                values[name] = self.value(hints[name], data[name], f"{path}.{name}")
            elif f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING:
                self.fault("missing_key", f"{path}.{name}")
        before = any(v is None for v in values.values())
        if before or any(
            f.column and f.column.startswith(path + ".") and f.code == "missing_key" for f in self.faults
        ):
            return None
        return cls(**values)

    def unknown_keys(self, data: Mapping[str, Any], allowed: list[str], path: str) -> None:
        """Record every key that is not allowed, with the nearest allowed one."""
        for key in data:
            if key not in allowed:
                near = difflib.get_close_matches(key, allowed, n=1, cutoff=0.6)
                hint = near[0] if near else ", ".join(allowed[:8])
                self.fault("unknown_rule_key", f"{path}.{key}" if path else key, key, near=hint)

    def value(self, hint: Any, value: Any, path: str) -> Any:
        """Return a value of the hinted type, None (and a fault) when it is not."""
        origin, args = get_origin(hint), get_args(hint)
        if origin is tuple:
            return self._tuple(args[0], value, path)
        if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
            return self._mapping(args[1], value, path)
        if args and type(None) in args:
            return self.value(args[0], value, path)
        if path.rsplit(".", maxsplit=1)[-1] in _CLOCK_FIELDS and isinstance(value, str):
            return self._clock(value, path)
        return self._scalar(hint, value, path)

    def _scalar(self, hint: Any, value: Any, path: str) -> Any:
        good = isinstance(value, hint) and not (hint is int and isinstance(value, bool))
        if hint is float and isinstance(value, int) and not isinstance(value, bool):
            return float(value)
        if not good:
            self.fault("wrong_type", path, value, expected=getattr(hint, "__name__", str(hint)))
            return None
        if hint in {int, float} and value < 0:
            self.fault("negative", path, value)
            return None
        return value

    def _tuple(self, inner: Any, value: Any, path: str) -> Any:
        if not isinstance(value, list):
            self.fault("wrong_type", path, value, expected="list")
            return None
        return tuple(self.value(inner, v, path) for v in value)

    def _mapping(self, inner: Any, value: Any, path: str) -> Any:
        if not isinstance(value, dict):
            self.fault("wrong_type", path, value, expected="table")
            return None
        return {str(k): self.value(inner, v, f"{path}.{k}") for k, v in value.items()}

    def _clock(self, value: str, path: str) -> Any:
        hours, _, minutes = value.partition(":")
        if not (hours.isdigit() and minutes.isdigit() and int(hours) <= 24 and int(minutes) < 60):
            self.fault("not_a_clock", path, value)
            return None
        return int(hours) * 60 + int(minutes)
