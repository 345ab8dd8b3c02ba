"""``template``: an empty workbook, or a case written in another form, its rulebook beside it."""

from __future__ import annotations

from pathlib import Path

from riskplan.cli.console import Settings, out
from riskplan.cli.work import rules_of, write_text
from riskplan.errors import Fault, InputError
from riskplan.text import say


def write_form(source: Path | str | None, target: Path | str, s: Settings, *, parquet: bool) -> None:
    """Write the empty workbook, or a case.

    Raises
    ------
    InputError
        If the target is the source itself, or no name for an empty workbook.
    """
    from riskplan.case.read import read_case
    from riskplan.case.targets.template import write_template
    from riskplan.case.write import write_case

    if source is None:
        if Path(target).suffix.lower() != ".xlsx":
            raise InputError([Fault("template_needs_xlsx", Path(target).name)])
        out(say("cli.written", s.lang, path=write_template(Path(target), lang=s.lang)))
        return
    if _same(source, target):
        raise InputError([Fault("target_is_source", Path(target).name)])
    case = read_case(source, as_of=s.as_of)
    out(say("cli.written", s.lang, path=write_case(case, target, lang=s.lang, parquet=parquet)))
    copied = _with_rules(source, target, s)
    if copied is not None:
        out(say("cli.written", s.lang, path=copied))


def _same(source: Path | str, target: Path | str) -> bool:
    if isinstance(source, str) or isinstance(target, str):
        return source == target
    return target.exists() and source.exists() and target.samefile(source)


def _with_rules(source: Path | str, target: Path | str, s: Settings) -> Path | None:
    """Copy the rulebook of a case to where the written one looks for it; one that is there already stays."""
    file = rules_of(source, s)
    if isinstance(target, str) or not file.is_file():
        return None
    place = target / "rules.toml" if target.is_dir() else target.with_name(f"{target.stem}.rules.toml")
    if place.exists():
        return None
    write_text(place, file.read_text(encoding="utf-8-sig"))
    return place
