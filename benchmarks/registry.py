"""The registry: which cases, how far each is taken. To add a case, add a line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from riskplan.synth import make_county

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Bench:
    """One case and what is measured on it.

    Parameters
    ----------
    name
        Name of the JSON file.
    folder
        Returns the case folder, given one in which a county may be made.
    weeks
        Number of weeks routed (the first with a workday).
    efforts
        Further amounts of search at which the year is planned.
    quick
        Part of ``--quick``.
    """

    name: str
    folder: Callable[[Path], Path]
    weeks: int = 2
    efforts: tuple[float, ...] = (0.25, 4.0)
    quick: bool = True


def _shipped(name: str) -> Callable[[Path], Path]:
    return lambda _target: ROOT / "data" / name


def _made(enterprises: int) -> Callable[[Path], Path]:
    return lambda target: make_county(target / f"synth-{enterprises}", enterprises=enterprises, seed=1)


BENCHES = (
    Bench("yongchun", _shipped("yongchun")),
    Bench("chicago", _shipped("chicago")),
    Bench("synth-300", _made(300)),
    Bench("synth-3000", _made(3000), efforts=(0.25,), quick=False),
    Bench("synth-10000", _made(10_000), weeks=1, efforts=(0.25,), quick=False),
)
