"""The office's secret on the command line: making its file, and reading it for the commands that use it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from riskplan.cli import options as o
from riskplan.cli.console import out, speaking
from riskplan.text import say

if TYPE_CHECKING:
    from riskplan.plan.secret import Secret

SECRET_HELP = "生成单位密钥文件，用于抽取周次 | make the office's secret, which draws weeks"


def secret(
    target: Annotated[
        Path, typer.Argument(metavar="FILE", help="要生成的文件，不会覆盖 | file to make, never replaced")
    ],
    lang: o.Lang = None,
) -> None:
    """Make a secret file."""
    from riskplan.plan.secret import make_secret

    s = o.settings(None, lang)
    with speaking(s.lang):
        made = make_secret(target)
        out(say("cli.secret_made", s.lang, path=target, hash=made.sha256))
        out(say("cli.secret_keep", s.lang))


def secret_of(file: Path | None) -> Secret | None:
    """Return the secret of a file, None where none is named."""
    from riskplan.plan.secret import read_secret

    return None if file is None else read_secret(file)
