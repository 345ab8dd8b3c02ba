"""What ends a search and what it tells on the way; the library itself never reads a clock for results."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class Progress:
    """One event of a running verb.

    Parameters
    ----------
    phase
        Key of the message catalogue below ``phase.``.
    done, total
        Steps done and in all; total 0 when unknown.
    incumbent, bound, gap
        Objective of the best plan, proven bound [hazard-days], gap in 0..1; None when not known yet.
    demand
        Demand against capacity, told once before a year is searched; as in the manifest.
    """

    phase: str
    done: int = 0
    total: int = 0
    incumbent: float | None = None
    bound: float | None = None
    gap: float | None = None
    demand: tuple[Mapping[str, Any], ...] = ()


LEAST_EFFORT = 1e-9

OnProgress = Callable[[Progress], None]


def with_bound(listener: OnProgress, bound: float) -> OnProgress:
    """Return a listener that adds a proven bound, and the gap to it, to every event that has an incumbent."""

    def tell(event: Progress) -> None:
        if event.incumbent is None:
            listener(event)
        else:
            gap = (event.incumbent - bound) / event.incumbent if event.incumbent else 0.0
            listener(replace(event, bound=bound, gap=gap))

    return tell


def ignore_progress(_event: Progress) -> None:
    """Do nothing with a progress event (the default listener)."""


@dataclass(frozen=True)
class Stop:
    """When to end a search: after a deterministic amount of work, optionally also by the wall clock.

    Parameters
    ----------
    effort
        Multiplies every iteration count; 1 is the default amount of search, > 0.
    time_limit
        Opt-in wall-clock limit [s]; with it, two runs may differ.
    """

    effort: float = 1.0
    time_limit: float | None = None
    started: float = field(default_factory=time.monotonic, compare=False, repr=False)

    def steps(self, base: int) -> int:
        """Return the iteration count for a default of ``base`` steps, at least 1."""
        return max(1, round(base * self.effort))

    def part(self, share: float) -> Stop:
        """Return a stop with the same effort that may use up to a share of the wall-clock limit."""
        limit = None if self.time_limit is None else self.time_limit * share
        return Stop(self.effort, limit, self.started)

    def at_once(self) -> Stop:
        """Return a stop that allows the least work: used after an interrupt, so that a plan is still returned."""
        return Stop(LEAST_EFFORT, 0.0, self.started)

    def share_used(self) -> float:
        """Return the share of the wall-clock limit that has passed, 0 where there is none."""
        if self.time_limit is None:
            return 0.0
        return (time.monotonic() - self.started) / max(self.time_limit, 1e-9)

    def out_of_time(self) -> bool:
        """Tell whether the opt-in wall-clock limit has passed."""
        return self.time_limit is not None and time.monotonic() - self.started > self.time_limit
