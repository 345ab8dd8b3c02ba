"""What a backtest found, as plain records."""

from __future__ import annotations

from dataclasses import dataclass

from riskplan.risk.backtest.metrics import Calibration


@dataclass(frozen=True)
class Interval:
    """A figure with its bootstrap interval (2.5 % to 97.5 %, establishments resampled)."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Measure:
    """One model in one protocol, in one window or in all of them.

    Parameters
    ----------
    protocol
        ``origin`` or ``day``.
    model
        Key of the model; ``as_it_happened`` and ``random`` among them.
    window
        1-based, 0 for all windows together (means over all problems, not over windows).
    rows, problems
        Routine visits, and those that found a problem.
    days_earlier
        Mean days by which problems are found earlier than they were [days].
    above_random
        ``days_earlier`` less that of random orders [days].
    first_half
        Share of the problems in the first half of the order, 0-1.
    auc
        0-1.
    precision, share
        Share of problems among the first visits that the office's capacity allows; among all visits.
    """

    protocol: str
    model: str
    window: int
    rows: int
    problems: int
    days_earlier: float
    above_random: Interval
    first_half: float
    auc: float
    precision: float
    share: float


@dataclass(frozen=True)
class Difference:
    """Days by which the first model finds problems earlier than another."""

    protocol: str
    model: str
    other: str
    days: Interval


@dataclass(frozen=True)
class Group:
    """How one group of premises fares under the first model's ``origin`` order.

    Parameters
    ----------
    by, name
        What groups are made by (township, sector, size, area), which one.
    visits, problems
        Routine visits in all windows, problems found.
    early
        Share of its visits that the order puts in the first half, 0-1.
    hit_rate, hit_rate_early
        Problems a visit, over all its visits and over those in the first half, 0-1.
    """

    by: str
    name: str
    visits: int
    problems: int
    early: float
    hit_rate: float
    hit_rate_early: float


@dataclass(frozen=True)
class Backtest:
    """Everything that a backtest found.

    Parameters
    ----------
    windows
        First and last day of each window, ISO.
    serious
        Severity from which a visit counts, 0: any violation.
    establishments, rows, problems
        Businesses, routine visits and problems in the windows.
    shipped
        Key of the model that the others are compared with.
    models
        Keys of the models in the order of ``origin``, best first.
    measures, differences, groups
        Records.
    calibration
        (protocol, model) -> calibration over all windows.
    counts
        What the reader met: code -> number.
    seed
        Of random orders and bootstrap samples.
    """

    windows: tuple[tuple[str, str], ...]
    serious: int
    establishments: int
    rows: int
    problems: int
    shipped: str
    models: tuple[str, ...]
    measures: tuple[Measure, ...]
    differences: tuple[Difference, ...]
    groups: tuple[Group, ...]
    calibration: dict[tuple[str, str], Calibration]
    counts: dict[str, int]
    seed: int
