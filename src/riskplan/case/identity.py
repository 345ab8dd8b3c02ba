"""Legal persons by their unified social credit code (GB 32100): verified sign by sign, told apart from premises."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskplan.case.folding import as_number
from riskplan.case.sheet import Sheet

SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""Without I, O, S, V and Z, which are taken for digits."""
LENGTH = 18
_WEIGHTS = tuple(pow(3, k, 31) for k in range(LENGTH - 1))
_VALUE = {sign: k for k, sign in enumerate(SIGNS)}
_CLASSES = ((1, "authority"), (2, "category"), (8, "division"), (17, "organ"), (18, "check"))
"""Last position of each part of a code, and its name in the catalogue."""
_SHORT = 15


def code_defect(code: str) -> tuple[str, dict[str, str]] | None:
    """Return the fault code of a credit code and its values, None for a good one.

    Parameters
    ----------
    code
        Upper case, without spaces, not empty.
    """
    if len(code) == _SHORT and code.isdecimal():
        return "credit_code_old", {}
    if len(code) != LENGTH:
        return "credit_code_length", {"length": str(len(code))}
    for k, sign in enumerate(code, start=1):
        part = next(name for last, name in _CLASSES if k <= last)
        if sign not in _VALUE or (part == "division" and sign not in "0123456789"):
            return "credit_code_sign", {"sign": sign, "position": str(k), "code_part": part}
    total = sum(w * _VALUE[sign] for w, sign in zip(_WEIGHTS, code, strict=False))
    right = SIGNS[-total % 31]
    return None if code[-1] == right else ("credit_code_check", {"sign": code[-1], "position": str(LENGTH)})


def _plainly_good(codes: list[str]) -> npt.NDArray[np.bool_]:
    """Return which codes are good; the others are looked at one by one for what is wrong with them."""
    good = np.fromiter((len(c) == LENGTH and c.isascii() for c in codes), dtype=bool, count=len(codes))
    rows = np.flatnonzero(good)
    signs = np.frombuffer("".join(codes[k] for k in rows.tolist()).encode(), dtype=np.uint8).reshape(
        -1, LENGTH
    )
    table = np.full(128, -1, dtype=np.int64)
    table[[ord(sign) for sign in SIGNS]] = range(len(SIGNS))
    values = table[signs]
    digits = values[:, 2:8]
    right = (values[:, :-1] @ np.array(_WEIGHTS) + values[:, -1]) % 31 == 0
    good[rows] = right & (values >= 0).all(axis=1) & (digits < 10).all(axis=1)
    return good


def check_credit_codes(sheets: Mapping[str, Sheet], tables: Mapping[str, pd.DataFrame]) -> None:
    """Verify every credit code that is given."""
    sheet = sheets.get("enterprises")
    if sheet is None or "credit_code" not in sheet.headers:
        return
    codes, texts = pd.factorize(tables["enterprises"]["credit_code"])
    given = texts.tolist()
    found = {
        k: defect
        for k in np.flatnonzero(~_plainly_good(given)).tolist()
        if given[k] and not as_number(given[k]) and (defect := code_defect(given[k]))
    }
    for i in np.flatnonzero(np.isin(codes, list(found))).tolist():
        name, args = found[int(codes[i])]
        sheet.faults.append(sheet.fault_at(name, i, "credit_code", str(texts[codes[i]]), args))


def note_several_premises(sheets: Mapping[str, Sheet], tables: Mapping[str, pd.DataFrame]) -> None:
    """Say once how many legal persons have several premises: their caps are counted together."""
    sheet = sheets.get("enterprises")
    if sheet is None or "credit_code" not in sheet.headers:
        return
    given = tables["enterprises"]["credit_code"]
    counts = given[given != ""].value_counts()
    several = counts[counts > 1]
    if len(several):
        most = min(several.index[several == several.max()])
        sheet.warn(
            "several_premises",
            None,
            "credit_code",
            str(len(several)),
            premises=str(int(several.sum())),
            most=most,
            most_premises=str(int(several.max())),
        )
