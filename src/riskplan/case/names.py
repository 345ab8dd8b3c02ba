"""Names of firms to one form, and how alike two of them are."""

from __future__ import annotations

import difflib
import re

from riskplan.case.folding import code_text

ALIKE = 0.8
"""Share of common signs (difflib) from which two names are nearly the same."""
_FORMS = re.compile(
    "股份有限公司|有限责任公司|有限公司|责任公司|股份公司|集团公司|公司$|个人独资企业|"
    r"[(（][^()（）]{0,4}普通合伙[)）]|[(（]有限合伙[)）]|[(（]个体工商户[)）]"
)
_SIGNS = re.compile(r"[\W_]")
_PROVINCE = re.compile("^[一-鿿]{2,3}(?:省|自治区)(?=..)")
_CITY = re.compile("^[一-鿿]{2,4}?(?<![超城门夜菜集])市(?=..)")
_COUNTY = re.compile("^[一-鿿]{2,4}?[县旗](?=..)")
_NUMERALS = re.compile("[0-9一二三四五六七八九十甲乙丙丁]+")
_PLACE = re.compile("([一-鿿]{2,5}?)(?:样例|示例)?[县市区旗]")


def place_name(case_name: str) -> str:
    """Return the bare name of the county that the name of a case begins with (永春 of 永春县2027), else nothing."""
    found = _PLACE.match(case_name)
    return found[1] if found else ""


def normal_name(name: str, place: str = "") -> str:
    """Return what is left of a name without its legal form, the place before it or in brackets, signs, spaces and width.

    Parameters
    ----------
    name
        As written.
    place
        Bare name of the county, see :func:`place_name`.
    """
    text = code_text(name).lower()
    if place:
        text = re.sub(f"[(（]{re.escape(place)}[县市区旗]?[)）]", "", text)
    plain = _SIGNS.sub("", _FORMS.sub("", text))
    for pattern in (_PROVINCE, _CITY, _COUNTY):
        plain = pattern.sub("", plain)
    if place and plain.startswith(place) and len(plain) >= len(place) + 2:
        plain = plain.removeprefix(place)
    return plain or code_text(name).lower()


def numerals(normal: str) -> str:
    """Return the numbers in a name: branch 1 and branch 2 are never the same, however alike their names."""
    return "|".join(_NUMERALS.findall(normal))


def alike(first: str, second: str) -> bool:
    """Tell whether two normal names are the same or nearly so, with the same numbers in them."""
    if first == second:
        return True
    if numerals(first) != numerals(second):
        return False
    return difflib.SequenceMatcher(None, first, second, autojunk=False).ratio() >= ALIKE
