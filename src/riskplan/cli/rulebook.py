"""The commands about rulebooks: tell one in sentences, compare two, derive what has no default."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from riskplan.cli import options as o
from riskplan.cli.console import note, out, speaking
from riskplan.text import say

if TYPE_CHECKING:
    from riskplan.case.tables import Case
    from riskplan.errors import Fault
    from riskplan.rules.model import Rulebook

SHOWN_WARNINGS = 20
rules_app = typer.Typer(
    help="规则：说明、比较、推算 | rulebooks: explain, compare, derive", no_args_is_help=True
)
Book = Annotated[
    str,
    typer.Argument(
        metavar="RULES", help="规则文件、规则包或案例文件夹 | rules file, name of a pack, or case folder"
    ),
]

Folder = Annotated[Path, typer.Argument(metavar="CASE", help="案例文件夹 | case folder")]


@rules_app.command(help="逐条说明规则及依据 | tell every rule in a sentence, with its basis")
def explain(
    book: Book = "plain",
    public: Annotated[
        bool, typer.Option("--public", help="略去未核实的取值 | leave out values that nobody has confirmed")
    ] = False,
    lang: o.Lang = None,
) -> None:
    """Tell a rulebook in sentences."""
    from riskplan.rules.explain import explain as sentences
    from riskplan.rules.explain_rows import required_sentence
    from riskplan.rules.merge import layers_for
    from riskplan.rules.read import open_rows, rules_of

    s = o.settings(Path(book), lang)
    with speaking(s.lang):
        layers = layers_for(book)
        rules = rules_of(layers, whole=False)
        found = sentences(rules, s.lang, public=public)
        out(say("explain.head", s.lang, name=rules.name, count=len(found)))
        for name, form in open_rows(layers):
            out("  " + say("explain.line", s.lang, of=name, text=required_sentence(form, s.lang)))
        for sentence in found:
            line = "  " + sentence.line(s.lang)
            grey = sentence.provenance.unconfirmed and sys.stdout.isatty()
            out(typer.style(line, dim=True) if grey else line)
        if public and (left := len(sentences(rules, s.lang)) - len(found)):
            out(say("explain.left_out", s.lang, count=left))


@rules_app.command(help="比较两份规则 | compare two rulebooks or packs")
def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="原规则 | rules file or pack before")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="新规则 | rules file or pack after")],
    lang: o.Lang = None,
) -> None:
    """Compare two rulebooks."""
    from riskplan.rules.diff import diff_rules
    from riskplan.rules.merge import layers_for
    from riskplan.rules.read import rules_of

    s = o.settings(Path(new), lang)
    with speaking(s.lang):
        before, after = (rules_of(layers_for(name), whole=False) for name in (old, new))
        changes = diff_rules(before, after, s.lang)
        if not changes:
            out(say("diff.same", s.lang))
            return
        count = {kind: sum(c.kind == kind for c in changes) for kind in ("added", "removed", "changed")}
        out(say("diff.head", s.lang, old=before.name, new=after.name, **count))
        for change in changes:
            out("  " + change.line(s.lang))


@rules_app.command(help="推算没有默认值的数 | derive the numbers that have no safe default")
def derive(case: Folder, rules: o.RulesFile = None, as_of: o.AsOf = None, lang: o.Lang = None) -> None:
    """Derive what has no safe default."""
    from riskplan.case.read import read_case
    from riskplan.rules.derive import derived_rules
    from riskplan.rules.merge import load_layers
    from riskplan.rules.read import rules_of

    s = o.settings(case, lang, rules=rules, as_of=as_of)
    with speaking(s.lang):
        data = read_case(case, as_of=s.as_of)
        book = rules_of(load_layers(rules or case / "rules.toml"), data, whole=False)
        out(derived_rules(data, book, _expected(data, book), s.lang))


def tell_warnings(warnings: Sequence[Fault], lang: str) -> None:
    """Print what reading goes on with, the first of many."""
    from riskplan.case.faults import fault_lines

    note(say("fault.warnings", lang, count=len(warnings)))
    for line in fault_lines(warnings[:SHOWN_WARNINGS], lang):
        note(f"  {line}")
    if len(warnings) > SHOWN_WARNINGS:
        note(say("cli.more", lang, count=len(warnings) - SHOWN_WARNINGS))


def tell_capacity(case: Case, rules: Rulebook, lang: str) -> None:
    """Print officer time by the legal formula, and months that cannot work, before anything is planned."""
    from riskplan.rules.feasibility import capacity_report, capacity_warnings

    for line in capacity_report(case, rules, lang):
        out(line)
    warnings = capacity_warnings(case, rules)
    if warnings:
        tell_warnings(warnings, lang)


def _expected(case: Case, rules: Rulebook) -> dict[str, int]:
    """Return township -> visits of the horizon: joint visits, done ones, and those fixed by other levels."""
    import pandas as pd

    from riskplan.joint import merge
    from riskplan.risk import duties, score

    scores = score(case, rules)
    joint = merge(case, rules, scores, duties(case, rules, scores))
    township = list(case.enterprises["township_code"])
    expected: dict[str, int] = {}
    for merged in joint.merged:
        expected[township[merged.e]] = expected.get(township[merged.e], 0) + merged.calls
    where = dict(zip(case.enterprises["enterprise_id"], township, strict=True))
    visits = case["visits"]
    first, last = (pd.Timestamp(day) for day in (case.first_day, case.last_day))
    held = visits["date"].between(first, last) & (visits["object_kind"] == "enterprise")
    inside = visits[held & (visits["fixed"] | (visits["date"] < pd.Timestamp(case.as_of)))]
    for name, kind in zip(inside["object_id"], inside["kind"], strict=True):
        if name in where and kind not in rules.exempt_kinds:
            expected[where[name]] = expected.get(where[name], 0) + 1
    return expected
