"""What a person at the terminal sees: progress, errors in words, exit codes."""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from riskplan.errors import EXIT_BAD_INPUT, InputError, RiskplanError
from riskplan.progress import OnProgress, Progress, Stop, ignore_progress
from riskplan.text import LANGUAGES, say


@dataclass(frozen=True)
class Settings:
    """Options that every command shares."""

    lang: str
    seed: int
    stop: Stop
    strict: bool
    quiet: bool
    json_log: bool
    rules: Path | None
    as_of: dt.date | None


def out(text: str = "") -> None:
    """Write a line of the result to standard output."""
    typer.echo(text)


def note(text: str) -> None:
    """Write a line for the person to standard error."""
    typer.echo(text, err=True)


def language(chosen: str | None, source: Path | str | None) -> str:
    """Return the language to speak: the one asked for, else the case's own, else Chinese."""
    if chosen in LANGUAGES:
        return chosen
    try:
        own = _own_language(Path(source or ""))
    except (OSError, ValueError):
        return "zh"
    return own if own in LANGUAGES else "zh"


def _own_language(path: Path) -> str:
    """Return what a case says of itself; of a workbook only the sheet with the settings is read."""
    if path.suffix.lower() in {".xlsx", ".xlsm", ".xls"} and path.is_file():
        from riskplan.case.sources.peek import own_language

        return own_language(path)
    text = (path / "case.toml").read_text(encoding="utf-8-sig")
    return str(tomllib.loads(text).get("language", "zh"))


@contextmanager
def speaking(lang: str) -> Iterator[None]:
    """Turn every error into sentences and an exit code; no traceback reaches a user (RISKPLAN_DEBUG=1 shows it).

    Raises
    ------
    typer.Exit
        With the error's exit code.
    typer.Abort
        When the user gives up at a prompt.
    """
    try:
        yield
    except InputError as error:
        from riskplan.case.faults import report_lines

        for line in report_lines(error.faults, lang):
            note(line)
        raise typer.Exit(error.exit_code) from None
    except RiskplanError as error:
        note(_sentence(error, lang))
        raise typer.Exit(error.exit_code) from None
    except KeyboardInterrupt:
        note(say("cli.interrupted", lang))
        raise typer.Exit(1) from None
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from None
    except (typer.Exit, typer.Abort):
        raise
    except Exception as error:
        if os.environ.get("RISKPLAN_DEBUG"):
            raise
        note(say("cli.internal", lang, kind=type(error).__name__, text=str(error)[:200]))
        raise typer.Exit(EXIT_BAD_INPUT) from None


def _sentence(error: RiskplanError, lang: str) -> str:
    from riskplan.text import missing

    for key in (f"plan.{error.code}", f"error.{error.code}", error.code):
        if not missing(key):
            return say(key, lang, **error.args_by_name)
    return say(error.code, lang, **error.args_by_name)


@contextmanager
def watching(settings: Settings) -> Iterator[OnProgress]:
    """Give a listener that shows phase, elapsed, incumbent, bound and gap: a bar on a terminal, else lines."""
    if settings.json_log:
        yield _json_lines(time.monotonic())
    elif settings.quiet:
        yield ignore_progress
    elif sys.stderr.isatty():
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[facts]}"),
        )
        with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("", total=None, facts="")

            def show(event: Progress) -> None:
                phase = say(f"phase.{event.phase}", settings.lang)
                bar.update(
                    task,
                    description=phase,
                    completed=event.done,
                    total=event.total or None,
                    facts=_facts(event, settings.lang),
                )

            yield show
    else:
        yield _plain_lines(time.monotonic(), settings.lang)


def _facts(event: Progress, lang: str) -> str:
    parts = []
    if event.incumbent is not None:
        parts.append(say("cli.incumbent", lang, value=f"{event.incumbent:,.0f}"))
    if event.bound is not None:
        parts.append(say("cli.bound", lang, value=f"{event.bound:,.0f}"))
    if event.gap is not None:
        parts.append(say("cli.gap", lang, value=f"{event.gap:.2%}"))
    return "  ".join(parts)


def _json_lines(start: float) -> OnProgress:
    def show(event: Progress) -> None:
        record = {
            "phase": event.phase,
            "elapsed": round(time.monotonic() - start, 2),
            "done": event.done,
            "total": event.total,
        }
        record |= {"incumbent": event.incumbent, "bound": event.bound, "gap": event.gap}
        note(json.dumps(record))

    return show


def _plain_lines(start: float, lang: str) -> OnProgress:
    """One line when a phase begins, and then one every two seconds."""
    phase, at = "", 0.0

    def show(event: Progress) -> None:
        nonlocal phase, at
        now = time.monotonic()
        if event.phase == phase and now - at < 2.0:
            return
        phase, at = event.phase, now
        share = f" {event.done}/{event.total}" if event.total else ""
        note(
            f"[{now - start:5.1f} s] {say(f'phase.{event.phase}', lang)}{share}  {_facts(event, lang)}".rstrip()
        )

    return show
