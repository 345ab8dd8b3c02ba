"""Townships that were merged: rows under a former code are moved to the code of today, and counted."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.case.attributes import table_attributes
from riskplan.case.sheet import Sheet


def former_codes(sheets: Mapping[str, Sheet], tables: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """Return former code -> code of today; a code that is still in use or claimed twice is a fault."""
    sheet, frame = sheets.get("townships"), tables["townships"]
    if sheet is None or "former_codes" not in sheet.headers:
        return {}
    live = set(frame["township_code"])
    found: dict[str, str] = {}
    for i, (code, claimed) in enumerate(zip(frame["township_code"], frame["former_codes"], strict=True)):
        for former in claimed:
            if former in live:
                sheet.fault("former_code_live", i, "former_codes", former)
            elif found.setdefault(former, code) != code:
                sheet.fault("former_code_twice", i, "former_codes", former, other=found[former])
    return found


def move_merged(
    sheets: Mapping[str, Sheet], tables: dict[str, pd.DataFrame], former: Mapping[str, str]
) -> dict[str, pd.DataFrame]:
    """Return the tables with every reference to a merged township moved; one warning per former code.

    Parameters
    ----------
    sheets, tables
        By name.
    former
        Former code -> code of today.
    """
    if not former:
        return tables
    moved = dict.fromkeys(former, 0)
    result = dict(tables)
    for table in sheets:
        frame = tables[table]
        for attribute in table_attributes(table):
            if attribute.detail == "townships" and attribute.kind in {"ref", "list"}:
                result[table] = frame = frame.assign(**{
                    attribute.name: replaced(frame[attribute.name], former)
                })
                if attribute.kind == "ref":
                    counts = tables[table][attribute.name].value_counts()
                    moved |= {code: moved[code] + int(counts.get(code, 0)) for code in moved}
        if table == "visits":
            there = (frame["object_kind"] == "township").to_numpy()
            result[table] = frame.assign(object_id=replaced(frame["object_id"], former, there))
    sheet = sheets["townships"]
    place = {code: i for i, code in enumerate(tables["townships"]["township_code"])}
    for code, count in moved.items():
        if count:
            sheet.warn(
                "township_merged",
                place[former[code]],
                "former_codes",
                code,
                to=former[code],
                count=str(count),
            )
    return result


def replaced(
    column: pd.Series, by: Mapping[str, str], where: npt.NDArray[np.bool_] | None = None
) -> pd.Series:
    """Return a column of ids, or of tuples of ids, with some of them replaced.

    Parameters
    ----------
    column
        Ids or tuples of ids.
    by
        Old id -> new id.
    where
        shape (n_rows,), rows that may change; all where it is None.
    """
    codes, unique = pd.factorize(column)
    values = [
        tuple(dict.fromkeys(by.get(v, v) for v in old)) if isinstance(old, tuple) else by.get(old, old)
        for old in unique.tolist()
    ]
    new = np.fromiter(values, dtype=object, count=len(values))[codes] if values else column.to_numpy()
    return pd.Series(new if where is None else np.where(where, new, column.to_numpy()), dtype=object)
