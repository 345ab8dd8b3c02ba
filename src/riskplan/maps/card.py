"""What a card shows beside the visits: duties, visits left out, conflicts, fixed visits, evidence."""

from __future__ import annotations

from typing import Any

import pandas as pd

from riskplan.maps.credit_words import credit_text
from riskplan.maps.encode import coded, lists, numbers, positions
from riskplan.maps.figures import advice_text, plan_table, reason_text
from riskplan.maps.load import case_visits
from riskplan.maps.page import Layer
from riskplan.maps.scene import Scene
from riskplan.plan.tables import ABOUT_DAYS
from riskplan.rules.explain_rows import limit_name


def card_layer(scene: Scene) -> Layer:
    """Return the columns of all cards.

    Parameters
    ----------
    scene
        Case, rules, plan and language.
    """
    return Layer(
        "card",
        {
            "duties": _duties(scene),
            "unplanned": _unplanned(scene),
            "conflicts": _conflicts(scene),
            "fixed": _fixed(scene),
            "credits": _credits(scene),
        },
    )


def _duties(scene: Scene) -> dict[str, list[Any]]:
    """Return for each enterprise its set of [item, visits owed, longest interval in days], coded."""
    owed: dict[str, list[tuple[int, int, int]]] = {}
    frame = plan_table(scene.plan, "duties")
    columns = (frame["enterprise_id"], frame["item_id"], frame["visits"], frame["longest_interval_days"])
    for enterprise, item, visits, longest in zip(*columns, strict=True):
        if item in scene.item_at:
            owed.setdefault(enterprise, []).append((scene.item_at[item], int(visits), int(longest)))
    return coded(tuple(sorted(owed.get(enterprise, ()))) for enterprise in scene.enterprise_at)


def _unplanned(scene: Scene) -> dict[str, Any]:
    frame = _known(plan_table(scene.plan, "unplanned"), scene)
    names, rows = _all_names(scene), frame.to_dict("records")
    offered: dict[Any, object] = dict(zip(scene.weeks.labels, scene.week_names, strict=True))
    return {
        "enterprise": positions(frame["enterprise_id"], scene.enterprise_at),
        "items": lists(frame["items"], scene.item_at),
        "visits": numbers(frame["visits"]),
        "reason": coded(reason_text(row, names, scene.rules, scene.lang) for row in rows),
        "advice": coded(advice_text(row, names, scene.rules, scene.lang) for row in rows),
        "offered": coded(frame["offered_week"], offered),
    }


def _conflicts(scene: Scene) -> dict[str, Any]:
    frame = _known(plan_table(scene.plan, "conflicts"), scene)
    limits = (
        tuple(limit_name(scene.rules, limit, scene.lang) for limit in row) for row in frame["limit_ids"]
    )
    return {
        "enterprise": positions(frame["enterprise_id"], scene.enterprise_at),
        "items": lists(frame["items"], scene.item_at),
        "interval": numbers(frame["kind"].isin(ABOUT_DAYS).astype(int)),
        "owed": numbers(frame["owed"]),
        "possible": numbers(frame["possible"]),
        "limits": coded(limits),
        "basis": coded(frame["basis"]),
    }


def _fixed(scene: Scene) -> dict[str, Any]:
    """Return the visits that other levels have fixed inside the horizon."""
    frame = case_visits(scene)
    frame = frame[(frame["in_week"] >= 0) & frame["fixed"].astype(bool)]
    frame = frame.sort_values(["at", "date"], kind="stable")
    dates = [str(date.date()) for date in frame["date"]]
    return {
        "enterprise": numbers(frame["at"]),
        "week": numbers(frame["in_week"]),
        "day": [scene.day_in_week(d, w) for d, w in zip(dates, frame["in_week"], strict=True)],
        "departments": lists(frame["departments"], scene.department_at),
    }


def _credits(scene: Scene) -> dict[str, Any]:
    frame = _known(plan_table(scene.plan, "credits"), scene)
    return {
        "enterprise": positions(frame["enterprise_id"], scene.enterprise_at),
        "item": positions(frame["item_id"], scene.item_at),
        "evidence": coded(credit_text(row, scene.lang) for row in frame.to_dict("records")),
    }


def _known(frame: pd.DataFrame, scene: Scene) -> pd.DataFrame:
    return frame[frame["enterprise_id"].isin(list(scene.enterprise_at))].reset_index(drop=True)


def _all_names(scene: Scene) -> dict[str, str]:
    names = dict(zip(scene.weeks.labels, scene.week_names, strict=True))
    for frame, key in ((scene.townships, "township_code"), (scene.departments, "department_id")):
        names.update({str(row[key]): str(row["name"]) for row in frame.to_dict("records") if row["name"]})
    return names
