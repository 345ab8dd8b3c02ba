"""What a workbook says of itself, without reading its tables."""

from __future__ import annotations

from pathlib import Path

import python_calamine as calamine

from riskplan.case.settings import SETTINGS
from riskplan.case.sources.names import is_settings


def own_language(path: Path) -> str:
    """Return the language that the settings of a workbook name, ``zh`` where they name none or can't be read."""
    words = next(setting.zh for setting in SETTINGS if setting.name == "language")
    try:
        book = calamine.CalamineWorkbook.from_path(str(path))
        name = next((name for name in book.sheet_names if is_settings(name)), None)
        rows = [] if name is None else book.get_sheet_by_name(name).to_python(nrows=60)
    except (calamine.CalamineError, OSError, ValueError):
        return "zh"
    for row in rows:
        texts = [text for value in row if (text := str(value).strip())]
        if len(texts) > 1 and texts[0] in {"language", *words}:
            return texts[1].lower()
    return "zh"
