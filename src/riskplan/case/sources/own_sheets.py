"""Sheets that riskplan itself adds to a workbook: they hold no data and are passed over on reading."""

from __future__ import annotations

import unicodedata

GUIDE_SHEETS = ("guide", "填写说明")
"""Names of the sheet that tells how to fill in a template, English and Chinese."""
FAULT_SHEETS = ("faults", "问题清单")
"""Names of the sheet that lists the faults in a marked copy, English and Chinese."""


def is_own_sheet(name: str) -> bool:
    """Tell whether a sheet holds no data of the office."""
    return "".join(unicodedata.normalize("NFKC", name).lower().split()) in {*GUIDE_SHEETS, *FAULT_SHEETS}
