"""How a case travels, in words, with the lines that an office may put into its rulebook."""

from __future__ import annotations

from riskplan.rules.model import Rulebook
from riskplan.text import say
from riskplan.travel.fit import TravelFit

SHOWN = 20


def travel_lines(found: TravelFit, rules: Rulebook, lang: str) -> list[str]:
    """Return what travel times say as lines of plain text; no rule is changed.

    Parameters
    ----------
    found
        What they say.
    rules
        What holds now.
    lang
        ``zh`` or ``en``.
    """
    lines = [
        say("travelling.source", lang, source=say(f"travelling.{found.provider}", lang)),
        f"  {found.source}",
    ]
    if found.nodes:
        loose = found.nodes - found.joined
        lines.append(say("travelling.nodes", lang, joined=f"{found.joined:,}", loose=f"{loose:,}"))
        lines.append(say("travelling.snapped", lang, median=found.median_metres))
    if found.far:
        lines.append(say("travelling.far", lang, count=len(found.far), metres=rules.travel.far_metres))
        lines += [f"  {say('travelling.away', lang, of=e, metres=m)}" for e, m in found.far[:SHOWN]]
    if found.cut_off:
        names = say("audit.comma", lang).join(found.cut_off[:SHOWN])
        lines.append(say("travelling.cut_off", lang, count=len(found.cut_off), names=names))
    return lines + _proposals(found, rules, lang)


def _proposals(found: TravelFit, rules: Rulebook, lang: str) -> list[str]:
    lines = []
    if found.routed:
        lines += [say("travelling.by_routes", lang, visits=f"{found.routed:,}"), "  [capacity]"]
        lines.append(_line("travel_allowance", f"{found.allowance}", f"{found.stated_allowance}", lang))
    if found.detour:
        lines += [say("travelling.fitted", lang), "  [travel]"]
        lines.append(_line("detour", f"{found.detour:g}", f"{rules.travel.detour:g}", lang))
        lines.append(_line("speed_kmh", f"{found.speed_kmh:.1f}", f"{rules.travel.speed_kmh:g}", lang))
    return [*lines, say("trips.unchanged", lang)] if lines else lines


def _line(name: str, value: str, now: str, lang: str) -> str:
    return f"  {name} = {value}  # {say('trips.now', lang, value=now)}"
