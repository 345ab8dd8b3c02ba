"""How hard the week is searched; every figure is a count or a price, none a wall-clock time."""

from __future__ import annotations

from dataclasses import dataclass

STRATEGIES = ("PARALLEL_CHEAPEST_INSERTION", "SAVINGS", "PATH_CHEAPEST_ARC", "LOCAL_CHEAPEST_INSERTION")
"""First-solution strategies of the routing library that the portfolio may hold."""


@dataclass(frozen=True)
class WeekParams:
    """Parameters of ``plan_week``; the defaults are for 30 to 100 visits.

    Parameters
    ----------
    strategies
        First-solution strategies of the routing portfolio, 1 to 4 of ``STRATEGIES``.
    solutions
        Most solutions that one strategy may accept; multiplied by the effort.
    checks_per_visit
        Most limit checks of one strategy per visit (about 1 to 3 microseconds each); multiplied by the
        effort.
    crew_work
        Deterministic time of the crew model [the solver's units, about seconds]; multiplied by the effort.
    max_sets
        Most department sets a team-day may be made of.
    team_day_s, officer_s
        Price of sending one more team-day, and of each officer in it [s of travel].
    tries
        Ruin-and-recreate tries; multiplied by the effort.
    windows
        Whether visits may change over to a neighbouring week of their window.

    Raises
    ------
    ValueError
        If a value is out of range; it is named.
    """

    strategies: tuple[str, ...] = STRATEGIES
    solutions: int = 200
    checks_per_visit: int = 1500
    crew_work: float = 0.4
    max_sets: int = 40
    team_day_s: int = 900
    officer_s: int = 300
    tries: int = 2500
    windows: bool = True

    def __post_init__(self) -> None:
        """Check the values.

        Raises
        ------
        ValueError
            If a value is out of range; it is named.
        """
        unknown = [s for s in self.strategies if s not in STRATEGIES]
        if unknown or not self.strategies:
            message = (
                f"strategies = {self.strategies}: give 1 to {len(STRATEGIES)} of {', '.join(STRATEGIES)}"
            )
            raise ValueError(message)
        for name in ("solutions", "checks_per_visit", "crew_work", "max_sets"):
            if getattr(self, name) <= 0:
                message = f"{name} = {getattr(self, name)}: must be above 0"
                raise ValueError(message)
        for name in ("team_day_s", "officer_s", "tries"):
            if getattr(self, name) < 0:
                message = f"{name} = {getattr(self, name)}: must not be below 0"
                raise ValueError(message)
