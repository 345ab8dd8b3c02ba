"""The year as one CP-SAT model with a literal for each visit and week: the model that one writes first.

The gaps between visits are integers whose cost is looked up in the table of the instance, so the objective is exact.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from ortools.sat.python import cp_model

from benchmarks.annual.evaluate import LEAST_GAP, Data, Ints, Tables, tables_of


@dataclass
class WeekModel:
    """A CP-SAT model with its literals ``made[enterprise, ordinal, week]``."""

    cp: cp_model.CpModel = field(default_factory=cp_model.CpModel)
    made: dict[tuple[int, int, int], Any] = field(default_factory=dict)
    terms: list[Any] = field(default_factory=list)
    constant: int = 0

    def weeks_of(self, solver: Any, n: int) -> Ints:
        """Return weeks, shape (n, 4), of the solution that a solver holds."""
        plan = np.full((n, 4), -1, dtype=np.int64)
        for (i, j, w), literal in self.made.items():
            if solver.boolean_value(literal):
                plan[i, j] = w
        return plan


def build(data: Data, variant: str) -> WeekModel:
    """Return the model of an instance.

    Parameters
    ----------
    data
        Instance.
    variant
        ``A1`` or ``T``.
    """
    model, tables = WeekModel(), tables_of(data, variant)
    for i, n in enumerate(data["n_visits"].tolist()):
        _enterprise(model, data, tables, i, n)
    _opened(model, data)
    _caps(model, data)
    model.cp.minimize(cp_model.LinearExpr.sum([*model.terms, model.constant]))
    return model


def _enterprise(model: WeekModel, data: Data, tables: Tables, i: int, n: int) -> None:
    """Add the visits of an enterprise, at most one left out."""
    cp, weeks = model.cp, np.flatnonzero(data["week_open"]).tolist()
    out = [cp.new_bool_var("") for _ in range(n)]
    for j in range(n):
        literals = [cp.new_bool_var("") for _ in weeks]
        model.made |= {(i, j, w): x for w, x in zip(weeks, literals, strict=True)}
        cp.add_exactly_one([*literals, out[j]])
        model.terms.append(int(data["drop_penalty"][i]) * out[j])
    cp.add_at_most_one(out)
    if n == 1:
        model.terms.append(int(tables.none[i]) * out[0])
        model.terms += [int(tables.first[i, w] + tables.last[i, w]) * model.made[i, 0, w] for w in weeks]
        return
    _gaps(model, tables, i, out)


def _gaps(model: WeekModel, tables: Tables, i: int, out: list[Any]) -> None:
    """Price the gaps of an enterprise with several visits, and keep them long enough."""
    cp, n, horizon = model.cp, len(out), tables.gap.shape[1]
    at = [cp.new_int_var(0, horizon - 1, "") for _ in range(n)]
    weeks = [w for w in range(horizon) if (i, 0, w) in model.made]
    for j in range(n):
        cp.add(at[j] == sum(w * model.made[i, j, w] for w in weeks)).only_enforce_if(~out[j])
    for ends, table in (((0, 1), tables.first), ((n - 1, n - 2), tables.last)):
        end = cp.new_int_var(0, horizon - 1, "")
        cp.add(end == at[ends[0]]).only_enforce_if(~out[ends[0]])
        cp.add(end == at[ends[1]]).only_enforce_if(out[ends[0]])
        model.terms.append(_looked_up(model, end, table[i]))
    for j, k in pairwise(range(n)):
        _gap(model, tables.gap[i], (at[j], at[k]), [~out[j], ~out[k]], LEAST_GAP[n])
    for j in range(n - 2):
        _gap(model, tables.gap[i], (at[j], at[j + 2]), [out[j + 1]], LEAST_GAP[n])


def _gap(model: WeekModel, table: Ints, ends: tuple[Any, Any], held: list[Any], least: int) -> None:
    """Add the gap between two visits that follow each other if all of ``held`` are true, 0 otherwise."""
    cp = model.cp
    gap = cp.new_int_var(0, len(table) - 1, "")
    cp.add(gap == ends[1] - ends[0]).only_enforce_if(held)
    cp.add(gap >= least).only_enforce_if(held)
    for literal in held:
        cp.add(gap == 0).only_enforce_if(~literal)
    model.terms.append(_looked_up(model, gap, table))


def _looked_up(model: WeekModel, index: Any, table: Ints) -> Any:
    cost = model.cp.new_int_var(int(table.min()), int(table.max()), "")
    model.cp.add_element(index, [int(x) for x in table], cost)
    return cost


def _opened(model: WeekModel, data: Data) -> None:
    """Pay for every cell-week with a visit."""
    opened: dict[tuple[int, int], Any] = {}
    for (i, _, w), literal in model.made.items():
        key = (int(data["cell"][i]), w)
        if key not in opened:
            opened[key] = model.cp.new_bool_var("")
            model.terms.append(int(data["opening_cost"]) * opened[key])
        model.cp.add_implication(literal, opened[key])


def _caps(model: WeekModel, data: Data) -> None:
    """Keep departments' weeks, with what exceeds the even level priced, and townships' weeks and years."""
    cp, sums = model.cp, dict[tuple[str, int, int], list[tuple[Any, int]]]()
    for (i, j, w), literal in model.made.items():
        town = int(data["township"][i])
        sums.setdefault(("township", town, w), []).append((literal, 1))
        sums.setdefault(("year", town, 0), []).append((literal, 1))
        for d in np.flatnonzero(data["load"][i, j]).tolist():
            sums.setdefault(("department", d, w), []).append((literal, int(data["load"][i, j, d])))
    for (kind, place, w), parts in sums.items():
        total = cp_model.LinearExpr.weighted_sum([x for x, _ in parts], [a for _, a in parts])
        if kind == "year":
            cp.add(total <= int(data["township_year_cap"][place]))
        elif kind == "township":
            cp.add(total <= int(data["township_week_cap"][place, w]))
        else:
            level, cap = (int(data[k][place, w]) for k in ("even_level", "department_capacity"))
            over = cp.new_int_var(0, cap - level, "")
            cp.add(total - over <= level)
            model.terms.append(int(data["uneven_cost"]) * over)
