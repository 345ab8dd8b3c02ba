"""Numbers that have no safe default, derived from the case with their arithmetic, as TOML that reads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

import numpy as np
import pandas as pd

from riskplan.case.tables import Case
from riskplan.rules.model import Rulebook
from riskplan.rules.quiet import usable_days
from riskplan.text import LANGUAGES, say

FACTOR = 1.25
"""Room above the mean: weeks and townships are never even."""
YEARS = 3
"""Years of the ledger that the expected exempt load looks at."""
_LOADS = (("township-load-week", "week"), ("township-load-year", "year"))


@dataclass(frozen=True)
class ExemptLoad:
    """Officer time of exempt visits in the ledger.

    Parameters
    ----------
    exempt, total
        Officer-minutes on site of exempt visits and of all visits, travel left out.
    visits
        Exempt visits.
    """

    exempt: int
    total: int
    visits: int

    @property
    def share(self) -> float:
        """Share of the officer time, rounded to 4 places."""
        return round(self.exempt / self.total, 4) if self.total else 0.0


def exempt_load(case: Case, rules: Rulebook) -> ExemptLoad:
    """Return the officer time that exempt visits took in the last three years before ``as_of``.

    Parameters
    ----------
    case
        Done visits to enterprises, and items.
    rules
        Exempt kinds, setup time, officers of each department at a visit.
    """
    visits = case["visits"]
    until = np.datetime64(case.as_of)
    since = pd.Timestamp(case.as_of) - pd.DateOffset(years=YEARS)
    recent = (visits["date"] < until) & (visits["date"] >= since) & (visits["object_kind"] == "enterprise")
    minutes = _item_minutes(case)
    exempt = total = count = 0
    rows = visits[recent]
    for kind, departments, items in zip(rows["kind"], rows["departments"], rows["items"], strict=True):
        on_site = [_department_minutes(minutes, d, items) for d in departments]
        spent = (
            len(on_site) * rules.crew.officers_per_department * (rules.day.setup + max(on_site, default=0))
        )
        total += spent
        if kind in rules.exempt_kinds:
            exempt, count = exempt + spent, count + 1
    return ExemptLoad(exempt, total, count)


def _item_minutes(case: Case) -> dict[str, dict[str, int]]:
    """Return department -> on-site item -> minutes."""
    table = case["items"]
    found: dict[str, dict[str, int]] = {}
    for row in table[table["mode"] == "on_site"].itertuples():
        found.setdefault(str(row.department_id), {})[str(row.item_id)] = int(row.minutes)
    return found


def _department_minutes(
    minutes: Mapping[str, Mapping[str, int]], department: str, items: tuple[str, ...]
) -> int:
    """Return the minutes of a department at a visit; no items named: all of its items."""
    own = minutes.get(department, {})
    return sum(own.values()) if not items else sum(own.get(item, 0) for item in items)


def derived_rules(case: Case, rules: Rulebook, expected: Mapping[str, int], lang: str) -> str:
    """Return TOML with proposals for the township loads and the exempt load, arithmetic in its comments.

    Parameters
    ----------
    case
        Townships, calendar, ledger.
    rules
        As far as written; its township rows do not matter.
    expected
        Township -> visits expected in the horizon.
    lang
        Language of the comments; the basis is given in both.
    """
    weeks = _working_weeks(case, rules)
    years = case.last_day.year - case.first_day.year + 1
    parts = [_comment(say("derive.head", lang, factor=f"{FACTOR:g}"))]
    parts.append(_capacity(case, rules, lang))
    names = dict(zip(case["townships"]["township_code"], case["townships"]["name"], strict=True))
    for row_id, window in _LOADS:
        buckets = weeks if window == "week" else years
        parts.append(
            _load(row_id, window, {code: expected.get(code, 0) for code in names}, (names, buckets), lang)
        )
    return "\n".join(parts)


def _working_weeks(case: Case, rules: Rulebook) -> int:
    """Weeks with a day on which some department may make planned visits: quiet days leave fewer of them."""
    usable = [usable_days(case, rules, str(d)) for d in case["departments"]["department_id"]]
    open_to_some = np.logical_or.reduce(usable, axis=0) if usable else case.days.is_workday
    days = case.days.dates[open_to_some].astype("datetime64[D]").astype(np.int64)
    return max(1, len(np.unique((days + 3) // 7)))


def _capacity(case: Case, rules: Rulebook, lang: str) -> str:
    load = exempt_load(case, rules)
    facts = {
        "exempt": f"{load.exempt:,}",
        "total": f"{load.total:,}",
        "visits": load.visits,
        "years": YEARS,
        "share": f"{load.share:g}",
    }
    if not load.total or load.share + rules.capacity.reserve_share >= 1:
        return _comment(say("derive.no_load", lang, share=f"{rules.capacity.exempt_share:g}")) + "\n"
    value = f"exempt_share = {{value = {load.share:g}, basis = {_basis('exempt', **facts)}}}"
    return f"{_comment(say('derive.exempt', lang, **facts))}\n[capacity]\n{value}\n"


def _load(
    row_id: str, window: str, expected: Mapping[str, int], about: tuple[Mapping[str, str], int], lang: str
) -> str:
    names, buckets = about
    amounts = {code: max(1, ceil(FACTOR * n / buckets)) for code, n in sorted(expected.items())}
    comments = [
        say(
            "derive.arithmetic",
            lang,
            code=code,
            name=names[code],
            factor=f"{FACTOR:g}",
            visits=expected[code],
            buckets=buckets,
            exact=f"{FACTOR * expected[code] / buckets:.2f}",
            amount=amount,
        )
        for code, amount in amounts.items()
    ]
    table = ", ".join(f"{toml_text(code)} = {amount}" for code, amount in amounts.items())
    lines = [
        *(_comment(line) for line in comments),
        "[[limit]]",
        f'id = "{row_id}"',
        'kind = "cap"',
        'scope = "township"',
        f'window = "{window}"',
        'unit = "visits"',
        f"amount = {{{table}}}",
        f"basis = {_basis(window, factor=f'{FACTOR:g}', buckets=buckets)}",
    ]
    return "\n".join(lines) + "\n"


def _basis(what: str, **facts: object) -> str:
    """Return how a number was derived as a TOML table, in both languages."""
    told = (f"{lang} = {toml_text(say(f'derive.basis_{what}', lang, **facts))}" for lang in LANGUAGES)
    return f"{{{', '.join(told)}}}"


def _comment(text: str) -> str:
    """Return a comment in one line, whatever the data say."""
    return "# " + "".join(c if c.isprintable() else " " for c in text)


def toml_text(text: str) -> str:
    """Return a text as a TOML string.

    Parameters
    ----------
    text
        Anything.
    """
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
