"""Where every key of a TOML text stands: dotted path -> line. ``tomllib`` reads the values, but tells no lines.

The text must be valid TOML: read it with ``tomllib`` first. Tables, arrays of tables, dotted and quoted keys, inline
tables, arrays and strings over many lines are followed.
"""

from __future__ import annotations

import re
import tomllib

TomlPath = tuple[str | int, ...]
"""Keys from the top, with the index of each element of a list."""

_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"""{1,3}(?!")'
    r"|'''[\s\S]*?'''{1,3}(?!')"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_PLAIN = re.compile(r"\d{4}-\d{2}-\d{2}[ ]\d{2}:[^\s,\]}#]*|[^\s,\]}#]+")


def toml_lines(text: str) -> dict[TomlPath, int]:
    """Return the line of every key, table and list element of a valid TOML text.

    Parameters
    ----------
    text
        Valid TOML.

    Returns
    -------
    dict
        Path -> line, counted from 1. A table's line is its header, or the first key below it.
    """
    return _Scanner(text).run()


class _Scanner:
    """Walks over the text once; ``at`` is the place reached."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line = 1
        self.found: dict[TomlPath, int] = {}
        self.rows: dict[TomlPath, int] = {}

    def run(self) -> dict[TomlPath, int]:
        """Return path -> line for the whole text."""
        base: TomlPath = ()
        self._skip(_BLANK)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                base = self._header()
            else:
                self._pair(base)
            self._skip(_BLANK)
        return self.found

    def _skip(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        taken = match.group() if match else ""
        self.line += taken.count("\n")
        self.at += len(taken)
        return taken

    def _record(self, path: TomlPath) -> None:
        for length in range(1, len(path) + 1):
            self.found.setdefault(path[:length], self.line)

    def _header(self) -> TomlPath:
        """Read ``[a.b]`` or ``[[a.b]]`` and return the path of the table that it opens."""
        row = self.text.startswith("[[", self.at)
        self.at += 2 if row else 1
        keys = self._key()
        self.at += 2 if row else 1
        path = self._inside(keys[:-1])
        path = (*path, keys[-1])
        if row:
            self.rows[path] = self.rows.get(path, -1) + 1
            self._record(path)
        if path in self.rows:
            path = (*path, self.rows[path])
        self._record(path)
        return path

    def _inside(self, keys: list[str]) -> TomlPath:
        """Return the path of named tables; the last element stands for a list of tables."""
        path: TomlPath = ()
        for key in keys:
            path = (*path, key)
            if path in self.rows:
                path = (*path, self.rows[path])
        return path

    def _key(self) -> list[str]:
        """Read a dotted key."""
        parts = []
        while True:
            self._skip(_BLANK)
            quoted = self.text[self.at] in {'"', "'"}
            raw = self._skip(_STRING if quoted else _BARE_KEY)
            parts.append(str(tomllib.loads(f"k = {raw}")["k"]) if quoted else raw)
            self._skip(_BLANK)
            if not self.text.startswith(".", self.at):
                return parts
            self.at += 1

    def _pair(self, base: TomlPath) -> None:
        """Read ``key = value``."""
        path = (*base, *self._key())
        self._record(path)
        self.at += 1
        self._skip(_BLANK)
        self._value(path)

    def _value(self, path: TomlPath) -> None:
        head = self.text[self.at]
        if head == "[":
            self._list(path)
        elif head == "{":
            self._inline(path)
        else:
            self._skip(_STRING if head in {'"', "'"} else _PLAIN)

    def _list(self, path: TomlPath) -> None:
        self.at += 1
        index = 0
        self._skip(_BLANK)
        while self.text[self.at] != "]":
            self._record((*path, index))
            self._value((*path, index))
            index += 1
            self._comma()
        self.at += 1

    def _inline(self, path: TomlPath) -> None:
        self.at += 1
        self._skip(_BLANK)
        while self.text[self.at] != "}":
            self._pair(path)
            self._comma()
        self.at += 1

    def _comma(self) -> None:
        self._skip(_BLANK)
        if self.text.startswith(",", self.at):
            self.at += 1
            self._skip(_BLANK)
