"""The commands: each reads, calls one verb, tells the result and ends with its exit code."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from riskplan.cli import differing, travelling, yearly
from riskplan.cli import options as o
from riskplan.cli.console import out, speaking
from riskplan.cli.keeping import SECRET_HELP, secret
from riskplan.cli.rulebook import rules_app
from riskplan.text import say

app = typer.Typer(
    name="riskplan",
    help="检查计划优化：评分、合并、年度计划、周路线、审核、地图。"
    "| Risk-tiered inspection scheduling within frequency limits.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(rules_app, name="rules")
app.command(help=SECRET_HELP)(secret)


def main() -> None:
    """Run the command line, linear algebra on one thread: the same bits whatever else the machine does."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    app()


@app.command(help="核对案例与规则，列出全部问题 | check a case and its rules, list every fault")
def check(
    case: o.CaseSource,
    mark: Annotated[
        Path | None, typer.Option("--mark", help="标出问题的副本 xlsx | copy with every fault marked, .xlsx")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 列出 | as JSON")] = False,
    rules: o.RulesFile = None,
    as_of: o.AsOf = None,
    lang: o.Lang = None,
) -> None:
    """Check a case and its rules."""
    from riskplan.cli.checking import check_source

    s = o.settings(case, lang, rules=rules, as_of=as_of)
    with speaking(s.lang):
        check_source(case, mark, s, as_json=as_json)


@app.command(help="空白模板，或将案例写成另一种形式 | empty workbook, or a case written in another form")
def template(
    target: Annotated[
        Path,
        typer.Option(
            "--out",
            parser=o.source_of,
            help="xlsx、gpkg、文件夹或 postgresql:// | .xlsx, .gpkg, folder or postgresql://",
        ),
    ],
    source: Annotated[
        Path | None, typer.Option("--from", parser=o.source_of, help="要写出的案例 | case to write")
    ] = None,
    parquet: Annotated[
        bool, typer.Option("--parquet", help="文件夹中用 Parquet | Parquet in place of CSV in a folder")
    ] = False,
    as_of: o.AsOf = None,
    lang: o.Lang = None,
) -> None:
    """Write an empty workbook, or a case in another form."""
    from riskplan.cli.templates import write_form

    s = o.settings(source, lang, as_of=as_of)
    with speaking(s.lang):
        write_form(source, target, s, parquet=parquet)


@app.command(help="评分与分级 | score and tier every enterprise")
def score(
    case: o.CaseSource,
    out_dir: Annotated[
        Path | None, typer.Option("--out", help="输出目录 | folder for scores.csv and duties.csv")
    ] = None,
    explain: Annotated[
        str | None,
        typer.Option(
            "--explain",
            metavar="ID",
            help="说明一家企业的评分（编号或名称） | explain one enterprise's score",
        ),
    ] = None,
    rules: o.RulesFile = None,
    as_of: o.AsOf = None,
    lang: o.Lang = None,
    quiet: o.Quiet = False,
) -> None:
    """Score every enterprise."""
    from riskplan.cli.tables import explain_score, score_case

    s = o.settings(case, lang, quiet=quiet, rules=rules, as_of=as_of)
    with speaking(s.lang):
        if explain is not None:
            explain_score(case, explain, s)
            return
        score_case(case, out_dir, s)


@app.command(help="回测：排序能使问题提前多少天被发现 | how much earlier an order finds problems")
def backtest(
    case: Annotated[
        Path | None,
        typer.Argument(metavar="[CASE]", parser=o.source_of, help="案例 | case"),
    ] = None,
    history: Annotated[
        Path | None, typer.Option("--history", help="检查历史 CSV | history of inspections, .csv")
    ] = None,
    windows: Annotated[int, typer.Option(min=1, max=100, help="时间窗个数 | number of windows")] = 6,
    days: Annotated[int, typer.Option(min=7, max=366, help="时间窗天数 | days of a window")] = 60,
    last: Annotated[
        str | None, typer.Option(metavar="YYYY-MM-DD", help="最后一日 | last day of the last window")
    ] = None,
    serious: Annotated[
        int | None,
        typer.Option(min=0, max=3, help="计为问题的严重程度，0 为任何问题 | severity that counts, 0 = any"),
    ] = None,
    learner: Annotated[bool, typer.Option("--learner", help="另试梯度提升 | also gradient boosting")] = False,
    out_dir: Annotated[
        Path | None, typer.Option("--out", help="输出目录 | folder for JSON, CSV and the page")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 列出 | as JSON")] = False,
    rules: o.RulesFile = None,
    as_of: o.AsOf = None,
    seed: o.Seed = 0,
    lang: o.Lang = None,
    quiet: o.Quiet = False,
    json_log: o.JsonLog = False,
) -> None:
    """Judge orders of visits on a real history."""
    from riskplan.cli.backtest import Wanted, backtest_source

    s = o.settings(case, lang, seed=seed, quiet=quiet, json_log=json_log, rules=rules, as_of=as_of)
    with speaking(s.lang):
        wanted = Wanted(windows, days, last, serious, learner)
        backtest_source(case, history, wanted, out_dir, s, as_json=as_json)


@app.command(help="重新分级：某日的等级与此前对比 | tiers at a date, compared with those before")
def retier(
    case: o.CaseSource,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="YYYY-MM-DD", help="重新分级之日，默认案例“今天” | day, default: today"),
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option("--against", help="对比的计划或 scores.csv | plan or scores.csv to compare with"),
    ] = None,
    out_dir: Annotated[
        Path | None, typer.Option("--out", help="输出目录 | folder for retier.csv and scores.csv")
    ] = None,
    rules: o.RulesFile = None,
    as_of: o.AsOf = None,
    lang: o.Lang = None,
    quiet: o.Quiet = False,
) -> None:
    """Tell whose tier has changed and why."""
    from riskplan.cli.retiering import retier_case

    s = o.settings(case, lang, quiet=quiet, rules=rules, as_of=as_of)
    with speaking(s.lang):
        retier_case(case, at, against, out_dir, s)


@app.command(help="合并为联合检查 | merge duties into joint visits")
def merge(
    case: o.CaseSource,
    out_dir: Annotated[
        Path | None,
        typer.Option(
            "--out", help="输出目录 | folder for joint.csv, requirements.csv, conflicts.csv, credits.csv"
        ),
    ] = None,
    report: Annotated[
        bool,
        typer.Option("--report", help="合并前后对比报告 | report against every department planning alone"),
    ] = False,
    enterprise: Annotated[
        str | None,
        typer.Option("--explain", metavar="ID", help="逐步说明某企业 | one enterprise step by step"),
    ] = None,
    rules: o.RulesFile = None,
    as_of: o.AsOf = None,
    lang: o.Lang = None,
    strict: o.Strict = False,
    quiet: o.Quiet = False,
) -> None:
    """Merge duties into joint visits."""
    from riskplan.cli.merging import explain_merge, merge_case

    s = o.settings(case, lang, strict=strict, quiet=quiet, rules=rules, as_of=as_of)
    with speaking(s.lang):
        if enterprise is not None:
            explain_merge(case, enterprise, s)
        else:
            merge_case(case, out_dir, s, report=report)


app.command(help=yearly.YEAR_HELP)(yearly.year)


@app.command(help="安排一周的人员与路线 | crews and routes of one week")
def week(
    case: o.CaseSource,
    plan: o.PlanFolder,
    week_name: Annotated[str, typer.Option("--week", help="2027-W12 或日期 | ISO week or a day in it")],
    target: Annotated[Path | None, typer.Option("--out", help="另存为 | write elsewhere")] = None,
    no_window: Annotated[
        bool, typer.Option("--no-window", help="检查不跨周移动 | no visit changes its week")
    ] = False,
    seed: o.Seed = 0,
    effort: o.Effort = 1.0,
    time_limit: o.TimeLimit = None,
    rules: o.RulesFile = None,
    as_of: o.AsOf = None,
    lang: o.Lang = None,
    strict: o.Strict = False,
    quiet: o.Quiet = False,
    json_log: o.JsonLog = False,
) -> None:
    """Plan one week."""
    from riskplan.cli.weeks import plan_one_week

    s = o.settings(case, lang, seed, effort, time_limit, strict, quiet, json_log, rules, as_of)
    with speaking(s.lang):
        plan_one_week(case, plan, week_name, target or plan, s, windows=not no_window)


@app.command(help="审核计划（或只含三列的表格） | audit a plan, or a bare table with three columns")
def audit(
    case: o.CaseSource,
    plan: Annotated[
        Path,
        typer.Argument(metavar="PLAN", help="计划文件夹、CSV 或 Excel | plan folder, CSV or Excel sheet"),
    ],
    form: Annotated[str, typer.Option("--format", help="text | json")] = "text",
    certificate: Annotated[
        bool, typer.Option("--certificate", help="重新证明下界 | prove the bound again and tell it")
    ] = False,
    rules: o.RulesFile = None,
    as_of: o.AsOf = None,
    lang: o.Lang = None,
    strict: o.Strict = False,
) -> None:
    """Audit a plan."""
    from riskplan.cli.reviewing import audit_any, proof_lines, report_json, tell_report
    from riskplan.cli.work import leave

    s = o.settings(case, lang, strict=strict, rules=rules, as_of=as_of)
    with speaking(s.lang):
        report = audit_any(case, plan, s)
        proof = proof_lines(case, plan, s) if certificate else ()
        if form == "json":
            told = report_json(report, s.lang) | ({"certificate": list(proof)} if certificate else {})
            out(json.dumps(told, ensure_ascii=False, indent=1))
        else:
            tell_report(report, s.lang)
            for line in proof:
                out(line)
        leave(report, s)


@app.command("map", help="绘制离线地图 | draw the offline map")
def draw(
    case: o.CaseSource,
    plan: o.PlanFolder,
    target: Annotated[Path, typer.Option("--out", help="HTML 文件 | HTML file")],
    rules: o.RulesFile = None,
    as_of: o.AsOf = None,
    lang: o.Lang = None,
) -> None:
    """Draw the map."""
    from riskplan.cli.work import load
    from riskplan.maps import write_map
    from riskplan.plan.io import read_plan

    s = o.settings(case, lang, rules=rules, as_of=as_of)
    with speaking(s.lang):
        data, book = load(case, s)
        target.parent.mkdir(parents=True, exist_ok=True)
        write_map(data, book, read_plan(plan), target, lang=s.lang)
        out(say("cli.written", s.lang, path=target))


@app.command(help="输出工作簿 | write the workbook")
def workbook(
    case: o.CaseSource,
    plan: o.PlanFolder,
    target: Annotated[Path, typer.Option("--out", help="xlsx 文件 | xlsx file")],
    rules: o.RulesFile = None,
    as_of: o.AsOf = None,
    lang: o.Lang = None,
) -> None:
    """Write the workbook."""
    from riskplan.audit import audit as judge
    from riskplan.cli.work import load
    from riskplan.plan.io import read_plan
    from riskplan.report import write_workbook

    s = o.settings(case, lang, rules=rules, as_of=as_of)
    with speaking(s.lang):
        data, book = load(case, s)
        read = read_plan(plan)
        target.parent.mkdir(parents=True, exist_ok=True)
        findings = judge(data, book, read).violations
        write_workbook(data, book, read, target, lang=s.lang, findings=findings)
        out(say("cli.written", s.lang, path=target))


@app.command(help="生成虚构县 | make a fictional county")
def synth(
    target: Annotated[Path, typer.Option("--out", help="案例文件夹 | case folder to write")],
    enterprises: Annotated[
        int, typer.Option(min=30, max=10_000, help="企业数 | number of enterprises")
    ] = 300,
    seed: o.Seed = 0,
    roads: Annotated[bool, typer.Option("--roads", help="含虚构路网 | with fictional roads")] = False,
    lang: o.Lang = None,
) -> None:
    """Make a fictional county."""
    from riskplan.synth import make_county

    s = o.settings(None, lang)
    with speaking(s.lang):
        make_county(target, enterprises=enterprises, seed=seed, roads=roads)
        out(say("cli.written", s.lang, path=target))


@app.command(help="一次走完全流程 | the whole way in one go")
def demo(
    case: Annotated[
        Path | None,
        typer.Option("--case", help="案例文件夹，默认永春样例 | case folder, default: the Yongchun sample"),
    ] = None,
    target: Annotated[Path, typer.Option("--out", help="输出目录 | folder for the results")] = Path("out"),
    all_weeks: Annotated[bool, typer.Option("--all-weeks", help="安排所有周 | route every week")] = False,
    seed: o.Seed = 0,
    effort: o.Effort = 1.0,
    time_limit: o.TimeLimit = None,
    secret_file: o.SecretFile = None,
    rules: o.RulesFile = None,
    as_of: o.AsOf = None,
    lang: o.Lang = None,
    strict: o.Strict = False,
    quiet: o.Quiet = False,
    json_log: o.JsonLog = False,
) -> None:
    """Run the whole way."""
    from riskplan.cli.demonstration import default_case, run_demo

    folder = case or default_case()
    s = o.settings(folder, lang, seed, effort, time_limit, strict, quiet, json_log, rules, as_of)
    with speaking(s.lang):
        run_demo(folder, target / folder.resolve().name, s, all_weeks=all_weeks, secret=secret_file)


app.command(help=differing.COMPARE_HELP)(differing.compare)
app.command(help=differing.WHATIF_HELP)(differing.whatif)
app.command(help=differing.CALIBRATE_HELP)(differing.calibrate)
app.command(help=travelling.TRAVEL_HELP)(travelling.travel)
