"""A case as inspections: its visits with what was found on them, complaints apart; who inspected stays outside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.case.tables import Case
from riskplan.risk.inspections import (
    COMPLAINT,
    OTHER,
    RECHECK,
    ROUTINE,
    Inspections,
    business_order,
    numbered,
)
from riskplan.risk.models.protocol import Question
from riskplan.rules.model import Rulebook

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

TRAITS = ("sector", "grade", "size", "township_code")
NAMES = {"township_code": "township"}
SEVERITY = {"minor": 1, "general": 2, "major": 3, "accident": 3}
KIND_OF_HAZARD = {"complaint": COMPLAINT, "accident": OTHER, "recheck": RECHECK}


@dataclass(frozen=True)
class CaseInspections:
    """Inspections of a case.

    Parameters
    ----------
    inspections
        Visits and complaints before ``as_of``.
    row
        shape (n_businesses,), row of ``case.enterprises`` of each business.
    """

    inspections: Inspections
    row: Ints


def inspections_of(case: Case, rules: Rulebook) -> CaseInspections:
    """Return the visits of a case with their findings.

    Findings belong to the routine visit of their enterprise and day, else to the other visit of that day; findings
    without a visit make one. Several visits of one kind on one day are one inspection.

    Parameters
    ----------
    case
        Uses enterprises, visits and hazards before ``as_of``.
    rules
        Kinds of visits that are not routine.
    """
    index = pd.Index(case.enterprises["enterprise_id"])
    visits, hazards = _visits(case, rules, index), _hazards(case, index)
    rows = pd.concat([visits, _joined(hazards, visits)], ignore_index=True)
    one = rows.groupby(["business", "day", "kind"], sort=True, as_index=False).agg(
        violations=("violations", "sum"), severity=("severity", "max")
    )
    frame = case.enterprises
    placed = ~frame["point_source"].isin(["township"]).to_numpy()
    raw = Inspections(
        business=one["business"].to_numpy(dtype=np.int64),
        day=one["day"].to_numpy(dtype=np.int64),
        kind=one["kind"].to_numpy(dtype=np.int64),
        violations=one["violations"].to_numpy(dtype=np.float64),
        severity=one["severity"].to_numpy(dtype=np.int64),
        lon=np.where(placed, frame["lon"].to_numpy(dtype=np.float64), np.nan),
        lat=np.where(placed, frame["lat"].to_numpy(dtype=np.float64), np.nan),
        traits=_traits(frame),
        opened=_opened(frame),
    )
    order = business_order(raw)
    return CaseInspections(numbered(raw, order), order)


def _day(dates: pd.Series) -> Ints:
    return dates.to_numpy().astype("datetime64[D]").astype(np.int64)


def _visits(case: Case, rules: Rulebook, index: pd.Index) -> pd.DataFrame:
    visits = case["visits"]
    done = (visits["object_kind"] == "enterprise") & (visits["date"] < pd.Timestamp(case.as_of))
    visits = visits[done & ~visits["result"].isin(["not_met"])]
    exempt = dict.fromkeys(rules.exempt_kinds, OTHER) | {"recheck": RECHECK, "complaint": COMPLAINT}
    return pd.DataFrame({
        "business": index.get_indexer(pd.Index(visits["object_id"])).astype(np.int64),
        "day": _day(visits["date"]),
        "kind": visits["kind"].map(exempt).fillna(ROUTINE).to_numpy(dtype=np.int64),
        "violations": 0.0,
        "severity": 0,
    })


def _hazards(case: Case, index: pd.Index) -> pd.DataFrame:
    hazards = case["hazards"]
    hazards = hazards[hazards["date"] < pd.Timestamp(case.as_of)]
    rows = pd.DataFrame({
        "business": index.get_indexer(pd.Index(hazards["enterprise_id"])).astype(np.int64),
        "day": _day(hazards["date"]),
        "kind": hazards["kind"].map(KIND_OF_HAZARD).fillna(ROUTINE).to_numpy(dtype=np.int64),
        "violations": 1.0,
        "severity": hazards["severity"].map(SEVERITY).fillna(1).to_numpy(dtype=np.int64),
    })
    return rows.groupby(["business", "day", "kind"], sort=True, as_index=False).agg(
        violations=("violations", "sum"), severity=("severity", "max")
    )


def _joined(hazards: pd.DataFrame, visits: pd.DataFrame) -> pd.DataFrame:
    """Return the findings under the kind of the visit that made them."""
    kinds = visits.groupby(["business", "day"], sort=True)["kind"].min().rename("visited")
    merged = hazards.merge(kinds, how="left", left_on=["business", "day"], right_index=True)
    found = (merged["kind"] == ROUTINE) & merged["visited"].notna()
    merged["kind"] = merged["kind"].where(~found, merged["visited"]).astype(np.int64)
    return merged.drop(columns="visited")


def _traits(frame: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Return what premises are: sector, grade, size, township; the operator where several premises have one."""
    traits = {NAMES.get(name, name): tuple(frame[name].astype(str)) for name in TRAITS}
    operator = frame["credit_code"].astype(str)
    if "operator" in frame:
        operator = frame["operator"].astype(str).where(frame["operator"].astype(str) != "", operator)
    shared = operator.duplicated(keep=False) & (operator != "")
    traits["operator"] = tuple(operator.where(shared, ""))
    return {name: values for name, values in traits.items() if len(set(values) - {""}) > 1}


def _opened(frame: pd.DataFrame) -> Ints:
    if "opened_on" not in frame:
        return np.full(len(frame), -1, dtype=np.int64)
    known = frame["opened_on"].notna().to_numpy()
    return np.where(known, _day(frame["opened_on"].fillna(pd.Timestamp(0))), -1).astype(np.int64)


class ByCase:
    """A model whose order comes from a score of the case as it stood on the window's first day.

    Parameters
    ----------
    name
        Key of the model.
    known
        The case's inspections.
    score
        Day of the window's start -> one number for every row of ``case.enterprises``, higher = earlier.
    """

    calibrated = False

    def __init__(self, name: str, known: CaseInspections, score: Callable[[int], Floats]) -> None:
        self.name, self._row, self._score = name, known.row, score
        self._cache: dict[int, Floats] = {}

    def chance(self, known: Inspections, asked: Question) -> Floats:
        """Return the score of each asked business on the window's first day."""
        del known
        if asked.origin not in self._cache:
            self._cache[asked.origin] = self._score(asked.origin)
        return np.asarray(self._cache[asked.origin][self._row[asked.business]], dtype=np.float64)


def as_known_on(case: Case, day: int) -> Case:
    """Return the case as it stood on a day: rows from then on are never looked at."""
    return replace(case, as_of=np.datetime64(day, "D").astype(object))
