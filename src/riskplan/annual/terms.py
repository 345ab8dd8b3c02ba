"""The plan's cost by term, recomputed from its dated visits; every term in cost units."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from riskplan.annual.compile import YearModel, loads
from riskplan.annual.explain import Final
from riskplan.annual.instance import UNITS_PER_HAZARD_DAY
from riskplan.rules.model import Rulebook

Ints = npt.NDArray[np.int64]


def objective_terms(model: YearModel, final: Final, rules: Rulebook) -> dict[str, int]:
    """Return exposure, trips, unevenness, stability, lateness and unplanned visits [units].

    Parameters
    ----------
    model, final
        Year and its plan.
    rules
        Cost of unplanned visits; crew and travel allowance.
    """
    exposure = stability = late = 0
    for i, visits in enumerate(final.visits):
        weeks = [w for w, _ in visits]
        exposure += model.true_cost(i, weeks, [c for _, c in visits])
        late += model.span.cost(model.waits[i], weeks, [c for _, c in visits])
        stability += sum(int(model.shift[i, w]) for w in weeks) if model.shift.size else 0
    unplanned = sum(
        round(rules.objective.unplanned[model.tiers[m.i]] * UNITS_PER_HAZARD_DAY) for m in final.missing
    )
    return {
        "exposure": exposure,
        "trips": trips_cost(model, final),
        "uneven": uneven_cost(model, final, rules),
        "stability": stability,
        "late": late,
        "unplanned": unplanned,
    }


def trips_cost(model: YearModel, final: Final) -> int:
    """Return what opened townships and village clusters cost [units]; two visits to one gate in a week are one trip."""
    caps, weeks = model.instance.caps, len(model.weeks)
    in_cluster = np.zeros((len(caps.cluster_township), weeks), dtype=np.int64)
    for i, visits in enumerate(final.visits):
        for w in {w for w, _ in visits}:
            in_cluster[model.instance.cluster[i], w] += 1
    in_township = np.zeros((len(caps.trip), weeks), dtype=np.int64)
    np.add.at(in_township, caps.cluster_township, in_cluster)
    tours = np.take_along_axis(caps.cluster_trip, in_cluster, axis=1) if in_cluster.size else in_cluster
    return int(tours.sum()) + int(((in_township > 0) * caps.trip[:, None]).sum())


def uneven_cost(model: YearModel, final: Final, rules: Rulebook) -> int:
    """Return the cost of officer-minutes above the even level of each pool and week [units]."""
    caps = model.instance.caps
    if not caps.even_minutes.size:
        return 0
    used = np.zeros(caps.week_minutes.shape, dtype=np.int64)
    for visits in final.visits:
        for w, content in visits:
            used[:, w] += loads(model.capacity, content, rules)[0]
    return caps.uneven * int(np.maximum(0, used - caps.even_minutes).sum())
