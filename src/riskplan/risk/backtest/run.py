"""The backtest: every model in every window under both protocols, with intervals, and who is called earlier."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from riskplan.progress import OnProgress, Progress, ignore_progress
from riskplan.risk.backtest.equity import groups_of
from riskplan.risk.backtest.metrics import Calibration, auc, calibration, capacity_of, expected_hits
from riskplan.risk.backtest.ranking import (
    DRAWS,
    Flags,
    Floats,
    Ints,
    Ranking,
    new_days,
    random_days_earlier,
    ranked,
    resampled_total,
)
from riskplan.risk.backtest.result import Backtest, Difference, Interval, Measure
from riskplan.risk.backtest.windows import LENGTH, WINDOWS, Window, require_problems, serious_of, windows_of
from riskplan.risk.inspections import Inspections
from riskplan.risk.models.features import found
from riskplan.risk.models.protocol import Forecaster, Question

ORIGIN, DAY = "origin", "day"
PROTOCOLS = (ORIGIN, DAY)
AS_IT_HAPPENED, RANDOM = "as_it_happened", "random"
EPOCH = dt.date(1970, 1, 1)


@dataclass(frozen=True)
class Params:
    """How a history is judged.

    Parameters
    ----------
    windows, length
        How many consecutive windows of how many days.
    last
        Last day of the last window, days since 1970-01-01; None: the last routine inspection.
    serious
        Severity from which a visit counts as having found a problem; None: see ``serious_of``; 0: any violation.
    seed
        Of random orders and bootstrap samples.
    """

    windows: int = WINDOWS
    length: int = LENGTH
    last: int | None = None
    serious: int | None = None
    seed: int = 0


@dataclass(frozen=True)
class _Judged:
    """A model's order of one window, and its totals in every bootstrap sample."""

    window: Window
    score: Floats
    ranking: Ranking
    day: Ints
    positive: Flags
    earlier: Floats
    chance_days: float
    totals: Floats = field(repr=False)

    @property
    def problems(self) -> int:
        return int(self.positive.sum())


def backtest(
    known: Inspections,
    models: Sequence[Forecaster],
    params: Params = Params(),
    *,
    counts: dict[str, int] | None = None,
    on_progress: OnProgress = ignore_progress,
) -> Backtest:
    """Judge models on a history by how much earlier they would have found its problems.

    Only routine inspections are targets. In the protocol ``origin`` every score uses what was known on the first day
    of its window; in ``day`` what was known before that visit's day. The visits of a window keep their dates as a
    set; a model's order hands them out again, and each problem is found as many days earlier as its visit moves.

    Parameters
    ----------
    known
        Inspections in the order of ``in_order``.
    models
        The shipped model first: differences are told between the first and each other.
    params
        Windows, severity, seed.
    counts
        What the reader met, handed on.
    on_progress
        Told after each window of each model.

    A history that is too short or has hardly any problems is refused (``windows``).
    """
    windows = windows_of(known, params.windows, params.length, params.last)
    serious = serious_of(known, windows[0].first) if params.serious is None else params.serious
    require_problems(known, windows, serious)
    bench = _Bench(known, windows, serious, params)
    steps, done = len(PROTOCOLS) * len(models) * len(windows), 0
    judged: dict[tuple[str, str], list[_Judged]] = {}
    for protocol in PROTOCOLS:
        for model in models:
            for window in windows:
                score = bench.score(model, protocol, window)
                judged.setdefault((protocol, model.name), []).append(bench.judge(window, score))
                done += 1
                on_progress(Progress("backtest", done, steps))
        judged[protocol, AS_IT_HAPPENED] = [bench.judge(w, -known.day[w.rows].astype(float)) for w in windows]
        judged[protocol, RANDOM] = [bench.judge(w, np.zeros(len(w.rows))) for w in windows]
    return _told(bench, judged, models, counts or {})


class _Bench:
    """The windows, what counts in them, and one set of bootstrap samples for all models."""

    def __init__(self, known: Inspections, windows: tuple[Window, ...], serious: int, params: Params) -> None:
        self.known, self.windows, self.serious, self.params = known, windows, serious, params
        self.positive = found(known, serious)
        rows = np.concatenate([w.rows for w in windows])
        self.seen = np.unique(known.business[rows])
        rng = np.random.default_rng(params.seed)
        drawn = rng.integers(0, len(self.seen), (DRAWS, len(self.seen)))
        self.samples = np.zeros((DRAWS, len(known.lon)), dtype=np.int16)
        for sample, chosen in zip(self.samples, drawn, strict=True):
            sample[self.seen] = np.bincount(chosen, minlength=len(self.seen))
        self.random = {
            w.first: float(random_days_earlier(known.day[w.rows], self.positive[w.rows], params.seed).mean())
            if self.positive[w.rows].any()
            else 0.0
            for w in windows
        }

    def score(self, model: Forecaster, protocol: str, window: Window) -> Floats:
        """Ask a model; it is never handed an inspection of the window's future."""
        business = self.known.business[window.rows]
        if protocol == ORIGIN:
            cutoff = np.full(len(window.rows), window.first)
            asked = Question(business, cutoff, window.first, self.params.length, self.serious)
            return model.chance(self.known.before(window.first), asked)
        cutoff = self.known.day[window.rows]
        asked = Question(business, cutoff, window.first, 0, self.serious)
        return model.chance(self.known.before(int(cutoff.max())), asked)

    def judge(self, window: Window, score: Floats) -> _Judged:
        """Hand out the window's dates in the order of a score."""
        day, positive = self.known.day[window.rows], self.positive[window.rows]
        ranking = ranked(score)
        weight = self.samples[:, self.known.business[window.rows]].astype(np.float64)
        totals = np.column_stack([
            resampled_total(ranking, day, positive, weight),
            resampled_total(ranked(np.zeros(len(day))), day, positive, weight),
            (weight * positive).sum(axis=1),
        ])
        earlier = (day - new_days(ranking, day))[positive]
        return _Judged(window, score, ranking, day, positive, earlier, self.random[window.first], totals)


def _told(
    bench: _Bench,
    judged: dict[tuple[str, str], list[_Judged]],
    models: Sequence[Forecaster],
    counts: dict[str, int],
) -> Backtest:
    measures = []
    for (protocol, name), parts in judged.items():
        measures += [_measure(protocol, name, [part], k) for k, part in enumerate(parts, start=1)]
        measures.append(_measure(protocol, name, parts, 0))
    total = {m.model: m.above_random.value for m in measures if m.protocol == ORIGIN and m.window == 0}
    first = models[0].name
    others = [n for p, n in judged if p == ORIGIN and n != first]
    chances: dict[tuple[str, str], Calibration] = {
        (p, m.name): _pooled_calibration(judged[p, m.name]) for p in PROTOCOLS for m in models if m.calibrated
    }
    shown = judged[ORIGIN, first]
    return Backtest(
        windows=tuple((_iso(w.first), _iso(w.last)) for w in bench.windows),
        serious=bench.serious,
        establishments=len(bench.seen),
        rows=sum(len(w.rows) for w in bench.windows),
        problems=sum(part.problems for part in shown),
        shipped=first,
        models=tuple(sorted(total, key=lambda name: (-total[name], name))),
        measures=tuple(measures),
        differences=tuple(_difference(judged, p, first, other) for p in PROTOCOLS for other in others),
        groups=groups_of(bench.known, [(p.window.rows, p.ranking, p.positive) for p in shown]),
        calibration=chances,
        counts=counts,
        seed=bench.params.seed,
    )


def _measure(protocol: str, name: str, parts: list[_Judged], window: int) -> Measure:
    problems = sum(p.problems for p in parts)
    rows = sum(len(p.day) for p in parts)
    earlier = sum(float(p.earlier.sum()) for p in parts) / max(problems, 1)
    chance = sum(p.chance_days * p.problems for p in parts) / max(problems, 1)
    first = [expected_hits(p.ranking, p.positive, -(-len(p.day) // 2)) for p in parts]
    room = [capacity_of(p.day) for p in parts]
    hits = [expected_hits(p.ranking, p.positive, c) for p, c in zip(parts, room, strict=True)]
    return Measure(
        protocol=protocol,
        model=name,
        window=window,
        rows=rows,
        problems=problems,
        days_earlier=chance if name == RANDOM else earlier,
        above_random=Interval(0.0, 0.0, 0.0)
        if name == RANDOM
        else _interval(earlier - chance, _sampled(parts)),
        first_half=sum(first) / max(problems, 1),
        auc=sum(auc(p.ranking, p.positive) * p.problems for p in parts) / max(problems, 1),
        precision=sum(hits) / sum(room),
        share=problems / rows,
    )


def _sampled(parts: list[_Judged]) -> Floats:
    """Return days above random in every bootstrap sample."""
    total = np.sum([p.totals for p in parts], axis=0)
    return np.asarray((total[:, 0] - total[:, 1]) / np.maximum(total[:, 2], 1.0), dtype=np.float64)


def _interval(value: float, samples: Floats) -> Interval:
    low, high = np.quantile(samples, [0.025, 0.975])
    return Interval(value, float(low), float(high))


def _difference(
    judged: dict[tuple[str, str], list[_Judged]], protocol: str, first: str, other: str
) -> Difference:
    mine, theirs = judged[protocol, first], judged[protocol, other]
    a, b = _measure(protocol, first, mine, 0), _measure(protocol, other, theirs, 0)
    samples = _sampled(mine) - (0.0 if other == RANDOM else _sampled(theirs))
    return Difference(
        protocol, first, other, _interval(a.above_random.value - b.above_random.value, np.asarray(samples))
    )


def _pooled_calibration(parts: list[_Judged]) -> Calibration:
    return calibration(np.concatenate([p.score for p in parts]), np.concatenate([p.positive for p in parts]))


def _iso(day: int) -> str:
    return (EPOCH + dt.timedelta(days=int(day))).isoformat()
