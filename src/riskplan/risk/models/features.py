"""What the past says about one visit: own history, findings in the neighbourhood, traits; each as known on a day.

Nothing here knows who inspected. A row's columns use only inspections dated before its own cutoff; scales and base
rates use only inspections before the day that parameters are fitted for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from riskplan.risk.inspections import COMPLAINT, RECHECK, ROUTINE, Inspections
from riskplan.risk.models.sums import Asked, Events, decayed, decayed_near, grid

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

OWN_HALF_LIVES = (120.0, 365.0, 1100.0)
NEAR_HALF_LIVES = (7.0, 25.0, 90.0, 500.0)
TRAIT_HALF_LIVES = (180.0, 1100.0)
EVENT_HALF_LIVES = (90.0, 365.0)
NEAR_STEPS = (0.7, 2.0, 5.0, 14.0)
"""Bandwidths in typical distances to the tenth neighbour."""
TENTH = 10
SMALLEST_SPACING = 100.0
"""Where many premises share one point (a village's), distances below this say nothing [metres]."""
SAMPLE = 400
CITY_HALF_LIFE = 120.0
OWN_PRIOR, NEAR_PRIOR, TRAIT_PRIOR, CITY_PRIOR, LATELY_PRIOR = 2.0, 3.0, 10.0, 10.0, 50.0
"""Visits at the base rate that are added before a ratio is taken."""
NEVER_DAYS = 800.0
METRES_PER_DEGREE = 111_320.0
OUTCOMES = ("found", "severity 1", "severity 2", "violations")

Block = list[tuple[str, str, Floats]]
"""Columns as (group, name, values)."""


@dataclass(frozen=True)
class Setting:
    """What stays the same over the rows of one question.

    Parameters
    ----------
    serious
        Severity from which a visit counts as having found a problem; 0: any violation.
    base
        shape (k,), mean of each outcome over the routine visits known when parameters are fitted.
    x, y
        shape (n_businesses,), metres around the centre of the known ones, nan without a place.
    bandwidths
        Metres.
    kinds
        Kinds of inspections that were known when parameters are fitted; others have no column.
    """

    serious: int
    base: Floats
    x: Floats
    y: Floats
    bandwidths: tuple[float, ...]
    kinds: tuple[int, ...]


@dataclass(frozen=True)
class Columns:
    """Columns of the model.

    Parameters
    ----------
    values
        shape (n_rows, n_columns).
    names
        What each column is, e.g. ``near 1.2 km, 30 d: found``.
    group
        shape (n_columns,), columns of one group share a prior precision (``logistic``).
    """

    values: Floats
    names: tuple[str, ...]
    group: Ints


def found(known: Inspections, serious: int) -> npt.NDArray[np.bool_]:
    """Tell which inspections found a problem."""
    return known.severity >= serious if serious > 0 else known.violations > 0


def outcomes(known: Inspections, serious: int) -> Floats:
    """Return what is averaged: found, severity at least 1 and 2, logarithm of violations; shape (n, 4)."""
    return np.column_stack([
        found(known, serious),
        known.severity >= 1,
        known.severity >= 2,
        np.log1p(np.maximum(known.violations, 0)),
    ]).astype(np.float64)


def setting_of(known: Inspections, serious: int) -> Setting:
    """Return base rates and scales from the inspections known when parameters are fitted."""
    routine = known.kind == ROUTINE
    values = outcomes(known, serious)[routine]
    base = values.mean(axis=0) if len(values) else np.zeros(4)
    seen = np.zeros(len(known.lon), dtype=bool)
    seen[known.business] = True
    placed = np.isfinite(known.lon) & np.isfinite(known.lat)
    both = seen & placed if (seen & placed).any() else placed
    lon0 = round(float(np.median(known.lon[both])), 2) if both.any() else 0.0
    lat0 = round(float(np.median(known.lat[both])), 2) if both.any() else 0.0
    x = (known.lon - lon0) * METRES_PER_DEGREE * np.cos(np.radians(lat0))
    y = (known.lat - lat0) * METRES_PER_DEGREE
    space = _spacing(x[both], y[both])
    bandwidths = tuple(round(space * s, 1) for s in NEAR_STEPS)
    kinds = tuple(np.unique(known.kind).tolist())
    return Setting(serious, np.maximum(base, 1e-4), x, y, bandwidths, kinds)


def _spacing(x: Floats, y: Floats) -> float:
    """Return the median distance to the tenth nearest of the premises, from an even sample of them [metres]."""
    if len(x) <= TENTH:
        return SMALLEST_SPACING * 5
    order = np.lexsort((y, x))
    chosen = order[np.unique(np.linspace(0, len(order) - 1, min(SAMPLE, len(order))).astype(np.int64))]
    tenth = [np.partition(np.hypot(x - x[i], y - y[i]), TENTH)[TENTH] for i in chosen]
    return max(float(np.median(tenth)), SMALLEST_SPACING)


def columns_of(known: Inspections, asked: Asked, setting: Setting) -> Columns:
    """Return the columns of the asked rows.

    Parameters
    ----------
    known
        Inspections; each row uses those before its own cutoff.
    asked
        Businesses and cutoffs.
    setting
        From ``setting_of``.
    """
    routine = _routine(known, setting.serious)
    blocks = [_own(routine, asked, setting), _timing(known, routine, asked, setting)]
    blocks += [
        _city(routine, asked, setting),
        _near(routine, asked, setting),
        _other_kinds(known, asked, setting),
    ]
    blocks += [_trait(known.traits[name], name, routine, asked, setting) for name in sorted(known.traits)]
    columns = [(group, name, values) for block in blocks for group, name, values in block]
    _, group = np.unique(np.array([g for g, _, _ in columns]), return_inverse=True)
    return Columns(np.column_stack([v for _, _, v in columns]), tuple(n for _, n, _ in columns), group)


def _routine(known: Inspections, serious: int) -> Events:
    keep = known.kind == ROUTINE
    values = np.column_stack([np.ones(len(known.day)), outcomes(known, serious)])
    return Events(known.business[keep], known.day[keep], values[keep])


def _ratios(sums: Floats, base: Floats, prior: float) -> Floats:
    """Return log ratios of shrunk rates to base rates; sums of shape (m, t, 1 + k), base (k,) or (m, 1, k)."""
    rate = (sums[:, :, 1:] + prior * base) / (sums[:, :, :1] + prior)
    return np.asarray(np.log(rate / base), dtype=np.float64)


def _named(stem: str, half_lives: tuple[float, ...], ratios: Floats) -> Block:
    """Return the ratios as columns; the problem itself and the other outcomes are groups of their own."""
    return [
        (f"{stem}: {'found' if k == 0 else 'other'}", f"{stem}, {half:g} d: {OUTCOMES[k]}", ratios[:, t, k])
        for t, half in enumerate(half_lives)
        for k in range(ratios.shape[2])
    ]


def _own(routine: Events, asked: Asked, setting: Setting) -> Block:
    sums = decayed(routine, asked, OWN_HALF_LIVES, len(setting.x))
    return _named("own", OWN_HALF_LIVES, _ratios(sums, setting.base, OWN_PRIOR))


def _timing(known: Inspections, routine: Events, asked: Asked, setting: Setting) -> Block:
    """Return how often and how long ago it was visited, what the last visit found, when it opened."""
    last = _latest(routine, asked)
    visited = last.number > 0
    opened = known.opened[asked.key]
    age = np.maximum(asked.cutoff - opened, 0)
    named = {
        "visits known": np.log1p(last.number),
        "days since the last": np.log1p(np.where(visited, last.since, NEVER_DAYS)),
        "days since the first": np.where(visited, np.log1p(last.first), 0.0),
        "never visited": (~visited).astype(np.float64),
        "days since it opened": np.where(opened >= 0, np.log1p(age), 0.0),
        "opening unknown": (opened < 0).astype(np.float64),
        "no place known": (~np.isfinite(setting.x[asked.key])).astype(np.float64),
    }
    latest = [
        ("last visit", f"last visit: {name}", np.where(visited, last.values[:, k + 1] - setting.base[k], 0.0))
        for k, name in enumerate(OUTCOMES)
    ]
    return [("timing", name, values) for name, values in named.items()] + latest


@dataclass(frozen=True)
class _Latest:
    """Number of visits before the cutoff, days since the latest and the first, and the latest one's outcomes."""

    number: Ints
    since: Ints
    first: Ints
    values: Floats


def _latest(events: Events, asked: Asked) -> _Latest:
    order = np.lexsort((events.day, events.key))
    key, day = events.key[order], events.day[order]
    span = int(max(day.max(initial=0), asked.cutoff.max(initial=0))) + 2
    until = np.searchsorted(key * span + day, asked.key * span + asked.cutoff, side="left")
    start = np.searchsorted(key, asked.key, side="left")
    number = until - start
    values = np.zeros((len(asked.key), events.values.shape[1]))
    since, first = np.zeros(len(number), dtype=np.int64), np.zeros(len(number), dtype=np.int64)
    some = number > 0
    values[some] = events.values[order][until[some] - 1]
    since[some] = asked.cutoff[some] - day[until[some] - 1]
    first[some] = asked.cutoff[some] - day[start[some]]
    return _Latest(number.astype(np.int64), since, first, values)


def _everywhere(routine: Events, asked: Asked, half_lives: tuple[float, ...]) -> Floats:
    """Return the decayed sums of all visits, wherever; shape (m, n_half_lives, 1 + k)."""
    days, of = np.unique(asked.cutoff, return_inverse=True)
    events = Events(np.zeros(len(routine.key), dtype=np.int64), routine.day, routine.values)
    sums = decayed(events, Asked(np.zeros(len(days), dtype=np.int64), days), half_lives, 1)
    return np.asarray(sums[of], dtype=np.float64)


def _city(routine: Events, asked: Asked, setting: Setting) -> Block:
    """Return what all visits found lately: without it, a bad month everywhere would pass for a bad neighbourhood."""
    sums = _everywhere(routine, asked, NEAR_HALF_LIVES)
    named = _named("everywhere", NEAR_HALF_LIVES, _ratios(sums, setting.base, CITY_PRIOR))
    return [("everywhere", name, values) for _, name, values in named]


def _near(routine: Events, asked: Asked, setting: Setting) -> Block:
    """Return the findings of OTHERS around, by bandwidth and half-life, and how many visits there were.

    Rates are set against what all visits found lately.
    """
    lately = _everywhere(routine, asked, (CITY_HALF_LIFE,))
    lately = (lately[:, :, 1:] + LATELY_PRIOR * setting.base) / (lately[:, :, :1] + LATELY_PRIOR)
    own = decayed(routine, asked, NEAR_HALF_LIVES, len(setting.x))
    placed = np.isfinite(setting.x[asked.key])[:, None, None]
    block: Block = []
    for bandwidth in setting.bandwidths:
        around = decayed_near(routine, asked, NEAR_HALF_LIVES, grid(setting.x, setting.y, bandwidth))
        others = np.where(placed, np.maximum(around - own, 0.0), 0.0)
        stem = f"near {bandwidth / 1000:.2f} km"
        block += [
            (group.replace(stem, "near"), name, values)
            for group, name, values in _named(stem, NEAR_HALF_LIVES, _ratios(others, lately, NEAR_PRIOR))
        ]
        block += [
            ("near: visits", f"{stem}, {half:g} d: visits", np.log1p(others[:, t, 0]))
            for t, half in enumerate(NEAR_HALF_LIVES)
        ]
    return block


def _other_kinds(known: Inspections, asked: Asked, setting: Setting) -> Block:
    """Return re-checks and complaints, own and (complaints) around; nothing where a file has none."""
    block: Block = []
    hit = found(known, setting.serious)
    for kind, word in ((RECHECK, "re-checks"), (COMPLAINT, "complaints")):
        if kind not in setting.kinds:
            continue
        keep = known.kind == kind
        values = np.column_stack([np.ones(len(hit)), hit]).astype(np.float64)[keep]
        events = Events(known.business[keep], known.day[keep], values)
        own = decayed(events, asked, EVENT_HALF_LIVES, len(setting.x))
        sums = [("own", own)]
        if kind == COMPLAINT:
            cells = grid(setting.x, setting.y, setting.bandwidths[2])
            sums.append(("near", np.maximum(decayed_near(events, asked, EVENT_HALF_LIVES, cells) - own, 0)))
        block += [
            (word, f"{stem} {word}, {half:g} d: {what}", np.log1p(some[:, t, k]))
            for stem, some in sums
            for t, half in enumerate(EVENT_HALF_LIVES)
            for k, what in enumerate(("number", "found"))
        ]
    return block


def _trait(values: tuple[str, ...], name: str, routine: Events, asked: Asked, setting: Setting) -> Block:
    """Return the findings of others with the same value of a trait (sector, licence, operator, size ...)."""
    distinct, code = np.unique(np.array(values, dtype=str), return_inverse=True)
    own = decayed(routine, asked, TRAIT_HALF_LIVES, len(values))
    events = Events(code[routine.key], routine.day, routine.values)
    alike = decayed(events, Asked(code[asked.key], asked.cutoff), TRAIT_HALF_LIVES, len(distinct))
    stated = np.array([bool(v) for v in distinct])[code[asked.key]][:, None, None]
    others = np.where(stated, np.maximum(alike - own, 0.0), 0.0)
    stem = f"same {name}"
    block = _named(stem, TRAIT_HALF_LIVES, _ratios(others, setting.base, TRAIT_PRIOR))
    return [*block, (f"{stem}: found", f"{stem}: visits", np.log1p(others[:, -1, 0]))]
