"""The registry: which cases, which phases. To add a case or a phase, add a line here."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from riskplan.synth import make_county

ROOT = Path(__file__).resolve().parents[1]
PHASES = ("read", "score", "merge", "year", "first_fit", "week", "audit", "map", "workbook")


@dataclass(frozen=True)
class Bench:
    """One case and what is measured on it.

    Parameters
    ----------
    name
        Name of the JSON file.
    folder
        Gives the case folder; made counties are written to a temporary folder.
    weeks
        Number of weeks routed (the first with a workday).
    quick
        Part of ``--quick``.
    """

    name: str
    folder: Callable[[], Path]
    weeks: int = 2
    quick: bool = True


def _made(enterprises: int) -> Callable[[], Path]:
    def folder() -> Path:
        return make_county(Path(tempfile.mkdtemp()) / f"synth-{enterprises}", enterprises=enterprises, seed=1)

    return folder


BENCHES = (
    Bench("yongchun", lambda: ROOT / "data" / "yongchun"),
    Bench("chicago", lambda: ROOT / "data" / "chicago"),
    Bench("synth-300", _made(300)),
    Bench("synth-3000", _made(3000), quick=False),
    Bench("synth-10000", _made(10_000), weeks=1, quick=False),
)
