"""What was not given and is taken to be as the attribute table says: listed, one warning a table."""

from __future__ import annotations

from collections.abc import Mapping

from riskplan.case.attributes import table_attributes
from riskplan.case.points import blank
from riskplan.case.sheet import Sheet


def list_defaults(sheets: Mapping[str, Sheet]) -> None:
    """Warn once for each table in which columns or cells took their default, with how many cells of each column.

    Parameters
    ----------
    sheets
        By name; the warnings are appended to them.
    """
    for table, sheet in sheets.items():
        taken = []
        for attribute in table_attributes(table):
            if attribute.required or not attribute.default:
                continue
            count = int(blank(sheet, attribute.name).sum())
            if count:
                header = sheet.origins[0].headers.get(attribute.name, attribute.name)
                taken.append(f"{header} = {attribute.default} ({count})")
        if taken:
            sheet.warn("defaults_taken", None, "", str(len(taken)), columns="; ".join(taken))
