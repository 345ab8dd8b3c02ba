"""Rows that a sheet or a CSV would not give back: told with their place instead of being changed."""

from __future__ import annotations

from collections.abc import Iterator

from riskplan.case.attributes import table_attributes
from riskplan.case.sources.layout import HEADER_WITHIN, find_header, skip_reason
from riskplan.case.tables import Case
from riskplan.case.targets.columns import column_texts, written_tables
from riskplan.case.targets.sheets import header_of
from riskplan.errors import Fault, InputError


def refuse_unreadable(case: Case, most: int | None = None) -> None:
    """Refuse rows that would be read as a header, a total or a note, and more rows than a sheet has.

    Parameters
    ----------
    case
        What is to be written.
    most
        Most rows of one table, None where there is no limit.

    Raises
    ------
    InputError
        With the place of every such row.
    """
    faults = [fault for table in written_tables(case) for fault in _unreadable(case, table, most)]
    if faults:
        raise InputError(faults)


def _unreadable(case: Case, table: str, most: int | None) -> Iterator[Fault]:
    frame, attributes = case[table], table_attributes(table)
    if most is not None and len(frame) > most:
        yield Fault("too_many_rows", table, args={"count": str(len(frame)), "most": str(most)})
        return
    first = attributes[0]
    for row, text in enumerate(column_texts(frame[first.name], first), 1):
        if skip_reason([text]) not in {"", "blank"}:
            yield Fault("unwritable_row", table, None, row, first.name, text[:60])
    top = [column_texts(frame[a.name].head(HEADER_WITHIN - 1), a) for a in attributes]
    for lang in ("zh", "en"):
        lines = [[header_of(a, lang) for a in attributes], *map(list, zip(*top, strict=True))]
        header = find_header(lines, (), (table,))
        if header is None or (header.row, header.first_data) != (1, 2):
            yield Fault("unwritable_row", table, None, 1, first.name, lines[-1][0][:60])
            return
