"""``retier``: tiers at a date beside those before, the changes told with their causes."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from riskplan.cli.console import Settings, out
from riskplan.cli.tables import write_tables
from riskplan.cli.work import load, write_text
from riskplan.errors import Fault, InputError
from riskplan.text import say

if TYPE_CHECKING:
    import pandas as pd

    from riskplan.risk import Scores

SHOWN = 40
"""Changes that are told on the screen; the file has all."""


def retier_case(folder: Path, at: str | None, against: Path | None, target: Path | None, s: Settings) -> None:
    """Score a case at a day, tell whose tier differs from before, write the table where asked for."""
    from riskplan.plan.tables import Plan
    from riskplan.risk import retier, score, score_at

    day = _day(at)
    case, rules = load(folder, s)
    before = score(case, rules) if against is None else _read(against)
    after = score_at(case, rules, day or case.as_of)
    changes = retier(before, after)
    if target:
        write_text(target / "retier.csv", _csv(changes))
        out(say("cli.written", s.lang, path=target / "retier.csv"))
        write_tables(Plan({"scores": after.table}), ("scores",), target, s)
    old = str(case.as_of) if against is None else against.name
    out(say("cli.retier", s.lang, day=day or case.as_of, old=old, count=len(changes), of=len(after.table)))
    names = dict(zip(case.enterprises["enterprise_id"], case.enterprises["name"], strict=True))
    for row in changes.head(SHOWN).to_dict("records"):
        out(_sentence({str(k): v for k, v in row.items()}, names, s.lang))
    if len(changes) > SHOWN:
        out(say("cli.more", s.lang, count=len(changes) - SHOWN))


def _day(text: str | None) -> dt.date | None:
    """Return the day that a text means.

    Raises
    ------
    InputError
        If it is none.
    """
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise InputError([Fault("not_a_day", "--at", value=str(text))]) from None


def _read(path: Path) -> Scores:
    """Return the scores of a plan folder or of a file of scores.

    Raises
    ------
    InputError
        If a tier is none.
    """
    import numpy as np

    from riskplan.plan.io import read_plan, read_table
    from riskplan.risk import Scores
    from riskplan.rules.model import TIERS

    if path.is_dir() and not (path / "manifest.json").exists() and (path / "scores.csv").exists():
        path = path / "scores.csv"
    table = (
        read_plan(path)["scores"]
        if path.is_dir()
        else read_table("scores", path, ("enterprise_id", "score", "tier"))
    )
    odd = sorted(set(table["tier"]) - set(TIERS))
    if odd:
        args = {"expected": ", ".join(TIERS)}
        raise InputError([Fault("not_allowed", path.name, column="tier", value=", ".join(odd), args=args)])
    return Scores(table, np.full(len(table), -1, dtype=np.int64))


def _sentence(row: dict[str, object], names: dict[str, str], lang: str) -> str:
    """Return one change in words."""
    from riskplan.risk.retier import GONE, NEW

    cause, of = str(row["cause"]), str(row["enterprise_id"])
    tier = {side: _tier(str(row[f"{side}_tier"]), lang) for side in ("old", "new")}
    key = {NEW: "retier_new", GONE: "retier_gone"}.get(cause, "retier_line")
    return say(
        f"cli.{key}",
        lang,
        name=names.get(of) or of,
        of=of,
        old=tier["old"],
        new=tier["new"],
        before=row["old_score"],
        after=row["new_score"],
        cause=_cause(cause, str(row["moved"]), lang),
    )


def _tier(tier: str, lang: str) -> str:
    return say(f"word.tier.{tier}", lang) if tier else "-"


def _cause(cause: str, moved: str, lang: str) -> str:
    kind, _, of = cause.removeprefix("ended:").partition(":")
    ended = "_ended" if cause.startswith("ended:") else ""
    told = say(f"cli.retier_cause.{kind}{ended}", lang, of=of)
    parts = [part.partition(":") for part in moved.split("|") if part]
    steps = [f"{say(f'word.part.{name}', lang)} {step}" for name, _, step in parts]
    return (
        say("cli.retier_moved", lang, cause=told, moved=say("explain.list_join", lang).join(steps))
        if steps
        else told
    )


def _csv(changes: pd.DataFrame) -> str:
    import csv
    import io

    from riskplan.cells import guard

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(changes.columns)
    for row in changes.itertuples(index=False):
        writer.writerow([guard(v) if isinstance(v, str) else v for v in row])
    return text.getvalue()
