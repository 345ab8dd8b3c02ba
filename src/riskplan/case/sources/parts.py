"""A table in several sheets or files, one for each township: what their names say."""

from __future__ import annotations

from riskplan.case.sheet import Origin, Sheet
from riskplan.case.sources.names import plain_name
from riskplan.errors import Fault


def fill_townships(parts: dict[str, list[Sheet]]) -> None:
    """Give the enterprises of a sheet or file that is named for a township, and has no column for it, that township.

    Parameters
    ----------
    parts
        Table -> its sheets; those of the enterprises are changed in place.
    """
    codes = {
        plain_name(name): code
        for sheet in parts.get("townships", [])
        if {"township_code", "name"} <= sheet.headers
        for code, name in zip(sheet.cells["township_code"], sheet.cells["name"], strict=True)
    }
    for sheet in parts.get("enterprises", []):
        origin = sheet.origins[0]
        code = codes.get(plain_name(origin.sheet or origin.file.rpartition(".")[0]))
        if code is None or "township_code" in sheet.headers:
            continue
        sheet.cells["township_code"] = code
        headers = {**origin.headers, "township_code": "township_code"}
        sheet.origins = (Origin(origin.file, origin.sheet, headers, origin.letters),)
        sheet.faults = [f for f in sheet.faults if (f.code, f.column) != ("missing_column", "township_code")]
        args = {"count": str(len(sheet.cells))}
        sheet.faults.append(
            Fault("township_filled", origin.file, origin.sheet, None, None, code, args, warning=True)
        )
