"""One order of rows and one fingerprint for a case, whatever file, format or order its rows came in."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence

import numpy as np
import pandas as pd

from riskplan.case.attributes import table_attributes
from riskplan.case.tables import Case

_TUPLES = {"list", "weekdays", "months"}
LATER = frozenset({"road_closures", "road_nodes", "roads", "travel_times"})
"""Tables younger than the fingerprint: where they are empty, a case keeps the fingerprint that its plans name."""


def in_order(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a table in their one order: by id where it has one, else by every column.

    Parameters
    ----------
    table
        Its name.
    frame
        Typed rows; ids stand once.
    """
    columns = table_attributes(table)
    if columns[0].kind == "id" and frame[columns[0].name].is_unique:
        order = _argsort(frame[columns[0].name])
    else:
        keys = pd.DataFrame({
            a.name: frame[a.name].map(str) if a.kind in _TUPLES else frame[a.name] for a in columns
        })
        order = keys.sort_values(list(keys), kind="stable").index.to_numpy()
    if np.array_equal(order, np.arange(len(frame))):
        return frame.reset_index(drop=True)
    return frame.take(order).reset_index(drop=True)


def _argsort(column: pd.Series) -> np.typing.NDArray[np.intp]:
    """Return the order of ids by code points; fixed-width text sorts several times faster than objects."""
    texts = column.tolist()
    if max(map(len, texts), default=0) > 32 or any("\0" in text for text in texts):
        return np.array(sorted(range(len(texts)), key=texts.__getitem__), dtype=np.intp)
    return np.argsort(np.array(texts, dtype=np.str_), kind="stable")


def fingerprint(case: Case) -> str:
    """Return the SHA-256 over what the case says, column by column."""
    digest = hashlib.sha256()

    def add(value: object) -> None:
        digest.update(json.dumps(value, ensure_ascii=False, default=dt.date.isoformat).encode())

    add([case.name, case.country, case.as_of, case.first_day, case.last_day, case.fictional])
    for name in sorted(case.tables):
        frame = case.tables[name]
        if name in LATER and not len(frame):
            continue
        add([name, len(frame)])
        for column in frame.columns:
            add(column)
            for part in _plain(frame[column]):
                digest.update(part)
    digest.update(case.days.is_workday.tobytes())
    add([(t.township_code, t.rings) for t in case.townships_geometry])
    return digest.hexdigest()


def _plain(column: pd.Series) -> Sequence[bytes]:
    """Return a column as bytes that do not depend on the machine."""
    values = column.to_numpy()
    if values.dtype.kind == "M":
        return [values.astype("datetime64[s]").astype("<i8").tobytes()]
    if values.dtype.kind == "f":
        return [(values.astype("<f8") + 0.0).tobytes()]
    if values.dtype.kind in "ib":
        return [values.astype("<i8").tobytes()]
    step = 50_000
    return [
        json.dumps(values[k : k + step].tolist(), ensure_ascii=False).encode()
        for k in range(0, len(values), step)
    ]
