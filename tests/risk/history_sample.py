"""A history by hand, hazards and visits to put into a case."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd

from riskplan.risk.history import History

MINUS_ONE = {"days_since_visit", "opened_days"}


def history(n, **values):
    """Return a history of n enterprises in which nothing is known but what is said; ``n`` values or one for all."""
    made = {}
    for f in dataclasses.fields(History):
        value = values.pop(f.name, -1 if f.name in MINUS_ONE else 0)
        whole = "Ints" in str(f.type)
        scalar = f.type in {"float", float}
        made[f.name] = (
            float(value) if scalar else np.full(n, 0, np.int64 if whole else np.float64) + np.asarray(value)
        )
    assert not values
    return History(**made)


def enterprises(n, **columns):
    """Return premises without properties."""
    blank = {
        "enterprise_id": [f"E{k}" for k in range(n)],
        "name": [f"N{k}" for k in range(n)],
        "sector": "",
        "grade": "",
        "credit_grade": "",
        "standardisation": "",
        "size": "micro",
        "major_hazard_level": -1,
        "status": "active",
        "lon": 118.0,
        "lat": 25.0,
    }
    return pd.DataFrame({**blank, **columns})


def with_rows(case, table, *rows):
    """Return a case with rows added to a table; columns that a row does not name are empty."""
    frame = case[table]
    blank = {c: _empty(frame[c]) for c in frame.columns}
    added = pd.DataFrame([{**blank, **row} for row in rows], columns=list(frame.columns))
    both = pd.concat([frame, added.astype(frame.dtypes)], ignore_index=True)
    return case.replace_table(table, both)


def _empty(column):
    if column.dtype.kind == "M":
        return pd.NaT
    if column.dtype.kind == "f":
        return np.nan
    if column.dtype.kind == "i":
        return -1
    if column.dtype.kind == "b":
        return False
    return () if len(column) and isinstance(column.iat[0], tuple) else ""


def days_ago(case, days):
    """Return the day that lies some days before the case's today."""
    return pd.Timestamp(case.as_of) - pd.Timedelta(days=days)


def hazard(case, enterprise, days, severity="general", **values):
    """Return a hazard found some days before today."""
    return {
        "hazard_id": f"ZZ-{enterprise}-{days}-{severity}-{len(values)}-{sorted(values)}",
        "enterprise_id": enterprise,
        "date": days_ago(case, days),
        "kind": "inspection",
        "severity": severity,
        **values,
    }


def score_of(table, enterprise):
    """Return the row of an enterprise in a table of scores."""
    return table[table["enterprise_id"] == enterprise].iloc[0]
