"""What the routed weeks say of trips, in words, with the lines that an office may put into its rulebook."""

from __future__ import annotations

from riskplan.rules.model import Rulebook
from riskplan.text import say
from riskplan.travel.calibration import TripFit


def trips_lines(found: TripFit, rules: Rulebook, lang: str) -> list[str]:
    """Return a calibration as lines of plain text; no rule is changed.

    Parameters
    ----------
    found
        Coefficients and how well they fit.
    rules
        What holds now.
    lang
        ``zh`` or ``en``.
    """
    values = {
        "weeks": found.weeks,
        "visits": f"{found.visits:,}",
        "travel": f"{found.travel:,.0f}",
        "r2": f"{found.r2:.3f}",
        "part": f"{found.part:.3f}",
        "linear": f"{found.linear:.2f}",
        "p": f"{found.p_value:.3f}",
    }
    names = ("township_trip_share", "cluster_trip_share")
    shares = dict(zip(names, (found.township_share, found.cluster_share), strict=True))
    return [
        *(say(f"trips.{name}", lang, **values) for name in ("used", "fit", "linear")),
        say("trips.proposed" if found.tells else "trips.noise", lang, **values),
        "  [objective]",
        *(_line(name, share, rules, lang) for name, share in shares.items()),
        say("trips.unchanged", lang),
    ]


def _line(name: str, share: float, rules: Rulebook, lang: str) -> str:
    now = getattr(rules.objective, name)
    return f"  {name} = {share:.2f}  # {say('trips.now', lang, value=f'{now:g}')}"
