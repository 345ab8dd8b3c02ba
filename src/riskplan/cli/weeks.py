"""``week``: one week's crews and routes as a new revision of the plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from riskplan.cli.console import Settings, out, watching
from riskplan.cli.work import audited, leave, load, tell_findings, tell_verdict
from riskplan.errors import Fault, InputError
from riskplan.text import say

if TYPE_CHECKING:
    from riskplan.case.tables import Case
    from riskplan.plan.tables import Plan
    from riskplan.rules.model import Rulebook


def week_of(case: Case, text: str) -> str:
    """Return the ISO week label that a person means: a label or a day.

    Raises
    ------
    InputError
        If it is neither, or does not meet the horizon.
    """
    from riskplan.case.weeks import Weeks, week_label

    labels = Weeks.of(case).labels
    try:
        label = week_label(dt.date.fromisoformat(text)) if "W" not in text.upper() else text.upper()
    except ValueError:
        label = ""
    if label not in labels:
        expected = f"{labels[0]} .. {labels[-1]}"
        raise InputError([Fault("no_such_week", "--week", value=text, args={"expected": expected})])
    return label


SHOWN_MOVES = 20


def plan_one_week(
    folder: Path, plan_folder: Path, name: str, target: Path, s: Settings, *, windows: bool = True
) -> None:
    """Route one week of a plan and write the new revision."""
    from riskplan.plan.io import read_plan, write_plan
    from riskplan.weekly import WeekParams, plan_week

    case, rules = load(folder, s)
    plan = read_plan(plan_folder)
    label = week_of(case, name)
    with watching(s) as listen:
        params = WeekParams(windows=windows)
        routed = plan_week(
            case, rules, plan, label, params=params, stop=s.stop, seed=s.seed, on_progress=listen
        )
    routed, report = audited(case, rules, next_revision(case, rules, plan, routed))
    write_plan(routed, target)
    out(week_line(routed, label, s.lang))
    for line in move_lines(routed, label, s.lang):
        out(line)
    tell_findings(report, s.lang)
    tell_verdict(report, s.lang)
    out(say("cli.written", s.lang, path=target))
    leave(report, s)


def next_revision(case: Case, rules: Rulebook, old: Plan, new: Plan) -> Plan:
    """Return the new plan with its revision number, its parent, and the case and rules that it was made with.

    A case that changed since (somebody is on leave) is what the new revision is made and audited with.
    """
    from riskplan.plan.io import plan_fingerprint

    return new.with_tables(
        manifest={
            "revision": int(old.manifest.get("revision", 0)) + 1,
            "parent": plan_fingerprint(old),
            "case_fingerprint": case.fingerprint,
            "rules_fingerprint": rules.fingerprint,
        }
    )


def week_line(plan: Plan, label: str, lang: str) -> str:
    """Return one week's result in a line."""
    facts = plan.manifest.get("weeks", {}).get(label, {})
    return say(
        "cli.week",
        lang,
        week=label,
        visits=facts.get("visits", 0),
        routed=facts.get("routed", 0),
        teams=facts.get("team_days", 0),
        travel=f"{facts.get('travel_s', 0) / 60:.0f}",
    )


def move_lines(plan: Plan, label: str, lang: str) -> list[str]:
    """Return which visits changed their week when one was planned, and why; the first of many."""
    facts = plan.manifest.get("weeks", {}).get(label, {})
    moved = facts.get("moved", [])
    if not moved:
        return []
    coming = sum(move["target"] == label for move in moved)
    saved = f"{facts.get('moved_saved_s', 0) / 60:.0f}"
    lines = [
        say("cli.moved", lang, count=len(moved), coming=coming, going=len(moved) - coming, saved=saved),
        *(_move_line(move, lang) for move in moved[:SHOWN_MOVES]),
    ]
    return lines + [say("cli.more", lang, count=len(moved) - SHOWN_MOVES)] * (len(moved) > SHOWN_MOVES)


def _move_line(move: Mapping[str, str], lang: str) -> str:
    places = {"visit": move["visit_id"], "source": move["source"], "target": move["target"]}
    return say(f"cli.move.{move['reason']}", lang, **places)
