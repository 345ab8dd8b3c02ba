"""The verbs of this room: a plan as one map in one file that opens without a network."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import folium

from riskplan.case.tables import Case
from riskplan.maps.layers import all_layers
from riskplan.maps.page import offline_map
from riskplan.maps.scene import Scene
from riskplan.plan.tables import Plan
from riskplan.rules.model import Rulebook
from riskplan.text import say


def draw_map(case: Case, rules: Rulebook, plan: Plan, *, lang: str) -> folium.Map:
    """Return the plan as a self-contained folium map.

    Parameters
    ----------
    case, rules, plan
        What is drawn; a plan without routes or scores is drawn as far as it goes.
    lang
        ``zh`` or ``en``.

    Notes
    -----
    Routes follow the roads of a case that has some, else they are straight lines; nothing here judges the plan.
    """
    scene = Scene(case, rules, plan, lang)
    page = offline_map(say("map.page_title", lang, name=case.name), lang, scene.centre)
    for layer in all_layers(scene):
        page.add_child(layer)
    return page


def write_map(case: Case, rules: Rulebook, plan: Plan, path: Path | str, *, lang: str) -> Path:
    """Write the map as one HTML file, whole or not at all.

    Parameters
    ----------
    case, rules, plan
        What is drawn.
    path
        Target; its parent is made when missing, an older file is replaced.
    lang
        ``zh`` or ``en``.
    """
    target = Path(path)
    page = draw_map(case, rules, plan, lang=lang).get_root().render()
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(page.encode("utf-8"))
        Path(name).chmod(0o644)
        Path(name).replace(target)
    finally:
        Path(name).unlink(missing_ok=True)
    return target
