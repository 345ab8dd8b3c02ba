"""One call makes a whole fictional county: every table, polygon and rule of a case folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from riskplan.errors import RiskplanError
from riskplan.synth import rulebook, staff, tables
from riskplan.synth.draws import Draws
from riskplan.synth.expectation import Expectation, expect
from riskplan.synth.files import foreign_files
from riskplan.synth.geography import Geography, make_geography
from riskplan.synth.history import History, make_history
from riskplan.synth.premises import Premises, make_premises
from riskplan.synth.roads import make_network
from riskplan.synth.year import (
    Closure,
    FixedVisit,
    code_numbers,
    keep_seasons,
    make_closures,
    make_fixed_visits,
)

FEWEST, MOST = 30, 10_000
BAD_SIZE, BAD_SEED, OCCUPIED = "synth.size", "synth.seed", "synth.occupied"
"""Keys of the messages of this room."""
_GEOGRAPHY, _PREMISES, _HISTORY, _CLOSURES, _FIXED, _CODES, _LEAVE, _ROADS = range(8)
"""Names of the streams: each part draws from its own, so that changing one leaves the others alone."""


@dataclass(frozen=True)
class County:
    """Everything drawn, before it is written."""

    geography: Geography
    premises: Premises
    history: History
    expected: Expectation
    closures: list[Closure]
    fixed: list[FixedVisit]
    codes: list[int | None]
    people: list[staff.Person]
    leave: list[staff.Leave]

    def planned_by_township(self) -> tuple[np.ndarray, np.ndarray]:
        """Return expected planned and fixed visits of the year, each of shape (n_townships,)."""
        planned = np.zeros(len(self.geography.townships), dtype=np.int64)
        np.add.at(planned, self.premises.township, staff.expected_calls(self.premises, self.expected))
        fixed = np.zeros_like(planned)
        np.add.at(fixed, self.premises.township[[v.enterprise for v in self.fixed]], 1)
        return planned, fixed


def make_county(folder: Path, *, enterprises: int, seed: int, roads: bool = False) -> Path:
    """Write a complete fictional case folder; the same arguments always give the same bytes.

    Names, codes and points of townships and villages are real, everything else is invented.

    Parameters
    ----------
    folder
        Where to write; made if missing. Only an earlier fictional county is replaced.
    enterprises
        Number of enterprises, 30 to 10,000.
    seed
        Any whole number >= 0.
    roads
        Whether the county has roads; all else is the same with and without them.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    RiskplanError
        If the number of enterprises or the seed is out of range, or the folder holds anything but a fictional
        county.
    """
    if not FEWEST <= enterprises <= MOST:
        raise RiskplanError(BAD_SIZE, enterprises=enterprises, fewest=FEWEST, most=MOST)
    if seed < 0:
        raise RiskplanError(BAD_SEED, seed=seed)
    foreign = foreign_files(folder)
    if foreign:
        raise RiskplanError(OCCUPIED, folder=folder.name, files=", ".join(foreign[:5]))
    county = draw_county(enterprises, seed)
    folder.mkdir(parents=True, exist_ok=True)
    tables.write_places(folder, county.geography)
    tables.write_enterprises(folder, county.geography, county.premises, county.codes)
    tables.write_office(folder, county.geography.origin, county.people, county.leave)
    tables.write_history(folder, county.premises, county.history, county.fixed)
    tables.write_closures(folder, county.premises, county.closures)
    if roads:
        network = make_network(county.geography, Draws(seed, enterprises, _ROADS))
        tables.write_roads(folder, county.geography.origin, network)
    codes = [t.code for t in county.geography.townships]
    week, year = rulebook.township_rows(*county.planned_by_township())
    rules = rulebook.rules_text(dict(zip(codes, week, strict=True)), dict(zip(codes, year, strict=True)))
    tables.write_texts(folder, rules, enterprises, seed, roads=roads)
    return folder


def draw_county(enterprises: int, seed: int) -> County:
    """Return a county drawn from its size and seed, see :func:`make_county`."""

    def stream(name: int) -> Draws:
        return Draws(seed, enterprises, name)

    geography = make_geography(stream(_GEOGRAPHY))
    premises = make_premises(geography, enterprises, stream(_PREMISES))
    history = make_history(premises, stream(_HISTORY))
    expected = expect(premises, history)
    premises = keep_seasons(premises, history, expected)
    closures = make_closures(premises, history, expected, stream(_CLOSURES))
    busy = {c.enterprise for c in closures}
    fixed = make_fixed_visits(premises, history, expected, busy, stream(_FIXED))
    busy |= {v.enterprise for v in fixed}
    codes = code_numbers(premises, expected, busy, stream(_CODES))
    people = staff.make_staff(premises, expected)
    leave = staff.make_leave(people, stream(_LEAVE))
    return County(geography, premises, history, expected, closures, fixed, codes, people, leave)
