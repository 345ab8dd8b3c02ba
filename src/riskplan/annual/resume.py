"""A plan as the start of a search: its visits matched with the schedules of today's duties."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from riskplan.annual.compile import YearModel
from riskplan.annual.flatten import Flat
from riskplan.annual.instance import FORBIDDEN
from riskplan.annual.standing import Pattern
from riskplan.case.tables import Case
from riskplan.joint import Content
from riskplan.plan.tables import Plan

DAILY = "daily"


def start_of(case: Case, model: YearModel, flat: Flat, plan: Plan) -> Pattern:
    """Return the weeks of a plan's visits by the schedules of a year; -1 for an enterprise that has none that fits.

    Parameters
    ----------
    case, model, flat
        The year that is searched.
    plan
        Where the search begins: of this case, or of the same case with other rules.
    """
    year = flat.arrays
    schedule = np.full(year.size, -1, dtype=np.int64)
    weeks = np.zeros((year.size, year.longest), dtype=np.int64)
    place = {case.enterprises["enterprise_id"].iat[m.e]: i for i, m in enumerate(model.merged)}
    week_of = {label: w for w, label in enumerate(model.weeks.labels)}
    visits: dict[int, list[tuple[int, tuple[str, ...]]]] = {}
    table = plan.visits
    columns = (table["enterprise_id"], table["week"], table["items"], table["kind"])
    for name, label, items, kind in zip(*columns, strict=True):
        if name in place and label in week_of and kind == DAILY:
            visits.setdefault(place[name], []).append((week_of[label], tuple(items)))
    for i, own in visits.items():
        _match(model, flat, (i, sorted(own)), (schedule, weeks))
    return Pattern(schedule, weeks)


def _match(
    model: YearModel,
    flat: Flat,
    planned: tuple[int, list[tuple[int, tuple[str, ...]]]],
    found: tuple[np.ndarray, np.ndarray],
) -> None:
    """Write the schedule that is most like what is planned, and its weeks, where these are lawful."""
    i, own = planned
    year, (schedule, weeks) = flat.arrays, found
    at = [w for w, _ in own]
    best = -1
    for s in range(int(year.first_schedule[i]), int(year.first_schedule[i + 1])):
        number = int(model.instance.groups[flat.group[s]].number[flat.row[s]])
        content = model.merged[i].schedules[number]
        if len(content) != len(at) or not _lawful(flat, s, at):
            continue
        like = _likeness(content, [items for _, items in own])
        if like > best:
            best, schedule[i] = like, s
            weeks[i, : len(at)] = at


def _lawful(flat: Flat, s: int, at: list[int]) -> bool:
    year, first = flat.arrays, int(flat.arrays.first_visit[s])
    open_weeks = all(year.node[first + j, w] < FORBIDDEN for j, w in enumerate(at))
    return open_weeks and all(b - a >= year.gap[s] for a, b in pairwise(at))


def _likeness(content: tuple[Content, ...], planned: list[tuple[str, ...]]) -> int:
    """Return how many items stand in the same visit."""
    return sum(len(set(c.items) & set(items)) for c, items in zip(content, planned, strict=True))
