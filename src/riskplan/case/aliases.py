"""Decisions about firms that stand under several names: rows merged, references rewritten, before anything is checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.case.attributes import Attribute, table_attributes, table_names
from riskplan.case.folding import code_text
from riskplan.case.mergers import replaced
from riskplan.case.placing import unplaced
from riskplan.case.sheet import Sheet

_POINT = ("lon", "lat")


@dataclass(frozen=True)
class Merging:
    """What the decisions come to.

    Parameters
    ----------
    final
        Alias (id, or name without spaces) -> id that is kept.
    dropped
        Row of ``enterprises`` that is dropped -> row that it is merged into.
    """

    final: Mapping[str, str]
    dropped: Mapping[int, int]


def apply_aliases(
    sheets: Mapping[str, Sheet], tables: dict[str, pd.DataFrame]
) -> tuple[dict[str, Sheet], dict[str, pd.DataFrame]]:
    """Return sheets and tables in which every firm that was decided to be the same stands once.

    Parameters
    ----------
    sheets, tables
        By name; faults and warnings are appended to the sheets.
    """
    if "aliases" not in sheets or "enterprises" not in sheets or not len(tables["aliases"]):
        return dict(sheets), tables
    merging = _decisions(sheets, tables)
    rewritten = {table: _rewritten(table, frame, merging.final) for table, frame in tables.items()}
    firms = sheets["enterprises"]
    for row, kept in merging.dropped.items():
        ids = tables["enterprises"]["enterprise_id"]
        firms.warn(
            "merged_alias", row, "enterprise_id", str(ids[row]), kept=str(ids[kept]), where=firms.place(kept)
        )
    if not merging.dropped:
        return dict(sheets), rewritten
    sheet, frame = _merged(firms, rewritten["enterprises"], merging.dropped)
    return {**sheets, "enterprises": sheet}, {**rewritten, "enterprises": frame}


def _references() -> list[tuple[str, Attribute]]:
    """Return every column that points to an enterprise."""
    return [
        (table, a)
        for table in table_names()
        for a in table_attributes(table)
        if a.kind == "id_ref" or (a.detail == "enterprises" and a.kind in {"ref", "list"})
    ]


def _where(table: str, frame: pd.DataFrame) -> npt.NDArray[np.bool_] | None:
    """Return which rows of a table with an object kind point to an enterprise; None: all."""
    return (frame["object_kind"] == "enterprise").to_numpy() if table == "visits" else None


def _rewritten(table: str, frame: pd.DataFrame, final: Mapping[str, str]) -> pd.DataFrame:
    columns = [a.name for name, a in _references() if name == table]
    if not final or not columns or not len(frame):
        return frame
    return frame.assign(**{c: replaced(frame[c], final, _where(table, frame)) for c in columns})


def _decisions(sheets: Mapping[str, Sheet], tables: Mapping[str, pd.DataFrame]) -> Merging:
    """Return what is merged into what; contradictions and circles are faults, idle aliases warnings."""
    sheet, frame = sheets["aliases"], tables["aliases"]
    firms = tables["enterprises"]
    rows_of = firms.groupby("enterprise_id", sort=False).indices
    names = firms["name"].map(code_text)
    ids_of = firms["enterprise_id"].groupby(names.to_numpy(), sort=False).unique().to_dict()
    used = _used(tables)
    step: dict[str, str] = {}
    texts: dict[str, str] = {}
    where: dict[str, int] = {}
    for i, (alias, kept, decision) in enumerate(
        zip(frame["alias"], frame["enterprise_id"], frame["decision"], strict=True)
    ):
        text = code_text(alias)
        named = [name for name in ids_of.get(text, ()) if name != kept]
        if text not in rows_of and not named and text not in used and text not in ids_of:
            sheet.warn("alias_unmatched", i, "alias", alias)
        if decision != "same":
            continue
        if text not in rows_of and len(named) > 1:
            sheet.fault("alias_ambiguous", i, "alias", alias, ids=", ".join(sorted(named)[:5]))
            continue
        node = text if text in rows_of or not named else named[0]
        if step.setdefault(node, kept) != kept:
            sheet.fault("alias_contradiction", i, "alias", alias, where=sheet.place(where[node]))
            continue
        where.setdefault(node, i)
        texts[text] = node
    _refuse_opposites(sheet, frame, step, where)
    ends = {node: _end(sheet, node, step, where) for node in step}
    final = {text: ends[node] for text, node in texts.items()} | ends
    dropped = {
        int(row): int(rows_of[end][0])
        for node in sorted(step)
        if (end := ends[node]) in rows_of and node in rows_of and end != node
        for row in rows_of[node]
    }
    return Merging({text: end for text, end in final.items() if text != end}, dropped)


def _used(tables: Mapping[str, pd.DataFrame]) -> set[str]:
    """Return every text by which another table points to an enterprise."""
    found: set[str] = set()
    for table, attribute in _references():
        if table != "aliases":
            found |= set(tables[table][attribute.name].unique())
    return found


def _refuse_opposites(
    sheet: Sheet, frame: pd.DataFrame, step: Mapping[str, str], where: Mapping[str, int]
) -> None:
    """Refuse a pair that is called both the same and different."""
    for i in np.flatnonzero((frame["decision"] == "different").to_numpy()).tolist():
        alias, kept = code_text(frame["alias"][i]), frame["enterprise_id"][i]
        if step.get(alias) == kept or step.get(kept) == alias:
            other = where[alias] if step.get(alias) == kept else where[kept]
            sheet.fault("alias_contradiction", i, "alias", frame["alias"][i], where=sheet.place(other))


def _end(sheet: Sheet, node: str, step: Mapping[str, str], where: Mapping[str, int]) -> str:
    """Follow decisions to the id that is kept; a circle is a fault at the decision that begins it."""
    seen = [node]
    while seen[-1] in step:
        after = step[seen[-1]]
        if after in seen:
            if after == node:
                sheet.fault("alias_cycle", where[node], "alias", node, chain=" → ".join([*seen, after]))
            return node
        seen.append(after)
    return seen[-1]


def _merged(sheet: Sheet, frame: pd.DataFrame, dropped: Mapping[int, int]) -> tuple[Sheet, pd.DataFrame]:
    """Return the enterprises without the dropped rows, whose cells fill empty ones of the rows kept."""
    cells, typed = sheet.cells.copy(), frame.copy()
    text = {name: cells[name].to_numpy(dtype=object, copy=True) for name in cells.columns}
    value = {name: typed[name].to_numpy(copy=True) for name in typed.columns}
    bare = unplaced(sheet)
    for row, kept in sorted(dropped.items(), key=lambda pair: (frame["enterprise_id"][pair[0]], pair[0])):
        takes_point = bool(bare[kept]) and not bare[row]
        bare[kept] &= not takes_point
        for name, cell in text.items():
            fill = takes_point if name in _POINT else not cell[kept] and bool(cell[row])
            if fill and name != "enterprise_id":
                cell[kept], value[name][kept] = cell[row], value[name][row]
    keep = np.array([i not in dropped for i in range(len(cells))], dtype=bool)
    result = Sheet(
        pd.DataFrame({name: texts[keep] for name, texts in text.items()}, dtype=cells.dtypes.iloc[0]),
        sheet.origins,
        sheet.origin_of[keep],
        sheet.row_of[keep],
        sheet.faults,
    )
    return result, pd.DataFrame({name: pd.Series(values[keep]) for name, values in value.items()})
