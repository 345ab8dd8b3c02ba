"""The options that commands share, each stated once."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from riskplan.case.database import is_address
from riskplan.cli.console import Settings, language
from riskplan.progress import Stop


def source_of(text: str) -> Path | str:
    """Return the path or the address of a database that a text on the command line means."""
    return text if is_address(text) else Path(text)


CaseSource = Annotated[
    Path,
    typer.Argument(
        metavar="CASE",
        parser=source_of,
        help="案例：文件夹、xlsx、gpkg 或 postgresql:// | case: folder, .xlsx, .gpkg or postgresql://",
    ),
]
"""A path; a text where it is the address of a database, for a path would lose one of its slashes."""
PlanFolder = Annotated[Path, typer.Argument(metavar="PLAN", help="计划文件夹 | plan folder")]
Resume = Annotated[
    Path | None,
    typer.Option("--resume", metavar="PLAN", help="从已有计划继续搜索 | go on from a plan"),
]
Seed = Annotated[int, typer.Option(help="随机种子 | seed of the search")]
Effort = Annotated[float, typer.Option(min=0.01, help="搜索量，1 为默认 | amount of search, 1 = default")]
TimeLimit = Annotated[
    float | None,
    typer.Option(
        min=1.0, help="时限（秒），会使结果不可复现 | wall-clock limit in seconds; two runs may then differ"
    ),
]
RulesFile = Annotated[
    Path | None,
    typer.Option("--rules", help="规则文件，默认 CASE/rules.toml | rulebook, default CASE/rules.toml"),
]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="YYYY-MM-DD", help="“今天” | the case's today")]
Lang = Annotated[str | None, typer.Option(metavar="zh|en", help="语言 | language, default: the case's own")]
Strict = Annotated[bool, typer.Option("--strict", help="有未满足任务即返回 1 | shortfalls give exit code 1")]
Quiet = Annotated[bool, typer.Option("--quiet", help="不显示进度 | no progress")]
SecretFile = Annotated[
    Path | None,
    typer.Option("--secret", help="单位密钥，用于抽取周次 | the office's secret, which draws the weeks"),
]
JsonLog = Annotated[bool, typer.Option("--json-log", help="进度为 JSON 行 | progress as JSON lines")]


def settings(
    folder: Path | str | None,
    lang: str | None = None,
    seed: int = 0,
    effort: float = 1.0,
    time_limit: float | None = None,
    strict: bool = False,
    quiet: bool = False,
    json_log: bool = False,
    rules: Path | None = None,
    as_of: str | None = None,
) -> Settings:
    """Gather the shared options.

    Raises
    ------
    typer.BadParameter
        If ``--as-of`` is no day.
    """
    try:
        day = dt.date.fromisoformat(as_of) if as_of else None
    except ValueError:
        message = f"--as-of {as_of}: YYYY-MM-DD"
        raise typer.BadParameter(message) from None
    return Settings(
        language(lang, folder), seed, Stop(effort, time_limit), strict, quiet, json_log, rules, day
    )
