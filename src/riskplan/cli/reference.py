"""The page of commands and options, made from the command tree: ``python -m riskplan.cli.reference FILE``."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from typer.main import get_command

from riskplan.cli.app import app
from riskplan.cli.work import write_text

WIDTH = 118
HEAD = """# Commands

Made from the command tree by `make docs`; do not edit. Every command is one thin layer over one Python function.
Results go to standard output, progress and faults to standard error. `riskplan COMMAND --help` shows the same on
a terminal.

Exit codes: 0 good (shortfalls and conflicts are counted, not errors), 1 at least one violation or no plan at all,
2 bad input (nothing is written). `--strict` turns shortfalls and conflicts into 1. `RISKPLAN_DEBUG=1` in the
environment shows the traceback of an internal error.
"""


def command_tree() -> dict[str, list[Any]]:
    """Return command -> its arguments and options, in the order of ``--help``; ``rules diff`` is one command."""
    return {name: list(command.params) for name, command in _commands(get_command(app)).items()}


def _commands(group: Any, before: str = "") -> dict[str, Any]:  # noqa: ANN401 - typer brings its own copy of click
    """Return full name -> command, those of groups too."""
    found: dict[str, Any] = {}
    for name, command in group.commands.items():
        inner = hasattr(command, "commands")
        found |= _commands(command, f"{before}{name} ") if inner else {f"{before}{name}": command}
    return found


def commands_page() -> str:
    """Return the page in Markdown."""
    parts = [HEAD]
    for name, command in _commands(get_command(app)).items():
        usage = " ".join(["riskplan", name, *(_usage(p) for p in command.params if p.required), "[OPTIONS]"])
        parts.append(f"## {name}\n\n{command.help}\n\n```\n{usage}\n```\n")
        parts.append("\n".join(_lines(command.params)) + "\n")
    return "\n".join(parts)


def _usage(parameter: Any) -> str:  # noqa: ANN401 - typer brings its own copy of click
    if parameter.opts[0].startswith("-"):
        return f"{parameter.opts[0]} {_metavar(parameter)}"
    return str(parameter.metavar or parameter.name.upper())


def _metavar(parameter: Any) -> str:  # noqa: ANN401
    return str(parameter.metavar or parameter.opts[0].lstrip("-").upper().replace("-", "_"))


def _lines(parameters: Iterable[Any]) -> list[str]:
    lines = []
    for p in parameters:
        is_option = p.opts[0].startswith("-")
        is_flag = is_option and bool(getattr(p, "is_flag", False))
        head = f"`{p.opts[0]}`" if is_flag else f"`{_usage(p)}`"
        facts = ["required"] if p.required and is_option else []
        if isinstance(p.default, int | float | str | Path) and not isinstance(p.default, bool):
            facts.append(f"default {p.default}")
        tail = f" ({', '.join(facts)})" if facts else ""
        text = f"- {head}{tail}: {p.help or ''}".rstrip()
        lines.append(textwrap.fill(text, WIDTH, subsequent_indent="  ", break_on_hyphens=False))
    return lines


if __name__ == "__main__":
    write_text(Path(sys.argv[1]), commands_page())
