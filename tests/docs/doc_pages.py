"""The documents of the repository as tests read them: pages, fenced blocks, links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
_LINK = re.compile(
    r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)|^\[[^\]]+\]:\s+(\S+)$", re.MULTILINE
)


def text_of(path: Path) -> str:
    """Return a page."""
    return path.read_text(encoding="utf-8")


def blocks(text: str) -> list[tuple[str, str]]:
    """Return (language, content) of the fenced blocks of a page."""
    return _FENCE.findall(text)


def prose(text: str) -> str:
    """Return a page without its fenced blocks."""
    return _FENCE.sub("", text)


def links(text: str) -> list[str]:
    """Return the targets of all links and pictures of a page."""
    return ["".join(found) for found in _LINK.findall(prose(text))]


def anchors(text: str) -> set[str]:
    """Return the anchors of a page's headings, as code hosts make them."""
    heads = re.findall(r"^#+ (.+)$", prose(text), re.MULTILINE)
    plain = [re.sub(r"[`*\[\]]|\(.*?\)", "", head).strip().lower() for head in heads]
    return {re.sub(r"[^\w\- ]", "", head).replace(" ", "-") for head in plain}


def shell_lines(text: str) -> Iterator[str]:
    """Yield the lines of a page, in blocks or in backquotes, that call ``riskplan`` or ``make``."""
    for language, content in blocks(text):
        if language in {"", "sh", "bash", "console", "shell"}:
            for line in content.splitlines():
                call = line.strip().removeprefix("$ ").split("  #")[0].strip()
                if call.startswith(("riskplan ", "make ")):
                    yield call
    for call in re.findall(r"`((?:riskplan|make) [^`]+)`", prose(text)):
        yield " ".join(call.split())


def files_of(text: str) -> dict[str, str]:
    """Return file name -> content of the blocks that stand below a line with nothing but a file name."""
    found = re.findall(r"^`([\w.-]+)`\n\n```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    return dict(found)
