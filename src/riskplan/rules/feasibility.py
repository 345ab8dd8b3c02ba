"""Officer time told before anything is planned: the legal formula with its lines, and months that cannot work."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from riskplan.case.tables import Case
from riskplan.errors import Fault
from riskplan.rules.capacity import JOINT, pool_budgets
from riskplan.rules.explain_rows import joined, quiet_sentence
from riskplan.rules.formula import JOINT_LINES, NON, OTHER, Formula, legal_formula, typed_totals
from riskplan.rules.model import PLANNED_KIND, Rulebook
from riskplan.rules.quiet import quiet_on, usable_days
from riskplan.text import say
from riskplan.text.words import word

Bools = npt.NDArray[np.bool_]
FEWEST = 2
"""A month with fewer usable days is told: one day is lost to one meeting."""
_LINES = "capacity_lines"


@dataclass(frozen=True)
class Buckets:
    """Usable days of some departments by month and by quarter, from ``as_of`` on.

    Parameters
    ----------
    departments
        Departments with the same usable days.
    days
        Usable days of the horizon, those before ``as_of`` too.
    months, quarters
        Label (``2026-02``, ``2026-Q1``) -> usable days from ``as_of`` on; past ones are left out.
    """

    departments: tuple[str, ...]
    days: int
    months: dict[str, int]
    quarters: dict[str, int]


def usable_buckets(case: Case, rules: Rulebook, kind: str = PLANNED_KIND) -> tuple[Buckets, ...]:
    """Return the usable days of the departments that have certified officers, those with the same days together.

    Parameters
    ----------
    case, rules
        Calendar and quiet rules.
    kind
        Kind of the visits in question.
    """
    groups: dict[bytes, list[str]] = {}
    usable: dict[bytes, Bools] = {}
    for formula in legal_formula(case, rules.capacity):
        if formula.officers:
            days = usable_days(case, rules, formula.department, kind)
            groups.setdefault(days.tobytes(), []).append(formula.department)
            usable[days.tobytes()] = days
    dates = case.days.dates.astype("datetime64[D]")
    ahead = dates >= np.datetime64(case.as_of)
    months = dates.astype("datetime64[M]")
    quarters = months.astype(np.int64) // 3

    def counted(
        buckets: npt.NDArray[np.generic], days: Bools, name: Callable[[np.generic], str]
    ) -> dict[str, int]:
        found = np.unique(buckets[ahead])
        return {name(b): int((days & ahead & (buckets == b)).sum()) for b in found}

    return tuple(
        Buckets(
            tuple(names),
            int(usable[key].sum()),
            counted(months, usable[key], str),
            counted(quarters, usable[key], _quarter),
        )
        for key, names in groups.items()
    )


def _quarter(number: np.generic) -> str:
    value = int(number)
    return f"{1970 + value // 4}-Q{value % 4 + 1}"


def capacity_warnings(case: Case, rules: Rulebook, file: str = "rules.toml") -> tuple[Fault, ...]:
    """Return what cannot work before anything is planned: totals that do not add up, months without a usable day.

    Parameters
    ----------
    case
        Officers, calendar, capacity lines.
    rules
        Shares and quiet rules.
    file
        Name of the file they were read from.
    """
    formulas, names = legal_formula(case, rules.capacity), _names(case)
    found = [
        _warning(
            f"typed_{m.what}",
            _LINES,
            "days",
            m.typed,
            department=names.get(m.department, m.department),
            computed=f"{m.computed:,}",
        )
        for m in typed_totals(formulas)
    ]
    for formula in formulas:
        spent = formula.other + formula.joint + formula.non_enforcement
        if formula.lines and spent >= formula.legal:
            facts = {
                "department": names.get(formula.department, formula.department),
                "legal": f"{formula.legal:,}",
            }
            found.append(_warning("no_inspection_days", _LINES, "days", f"{spent:,.0f}", **facts))
    idle = _without_officers(case, rules, formulas)
    found += [_warning("no_officers", "officers", "department_id", names.get(of, of)) for of in idle]
    for buckets in usable_buckets(case, rules):
        found += _bucket_warnings(buckets, names, file)
    return tuple(found)


def _names(case: Case) -> dict[str, str]:
    """Department -> its name, where it has one."""
    table = case["departments"]
    return {d: name or d for d, name in zip(table["department_id"], table["name"], strict=True)}


def _warning(code: str, file: str, column: str, value: object, **args: str) -> Fault:
    return Fault(code, file, column=column, value=str(value), args=args, warning=True)


def _without_officers(case: Case, rules: Rulebook, formulas: Iterable[Formula]) -> list[str]:
    """Return the departments whose on-site items are owed somewhere and that have no certified officer."""
    items = case["items"]
    owed = {item for duty in rules.duties for item in duty.items}
    asked = set(
        items.loc[items["item_id"].isin(sorted(owed)) & (items["mode"] == "on_site"), "department_id"]
    )
    return [f.department for f in formulas if f.department in asked and not f.officers]


def _bucket_warnings(buckets: Buckets, names: Mapping[str, str], file: str) -> list[Fault]:
    departments = "|".join(names.get(of, of) for of in buckets.departments)
    none = [month for month, days in buckets.months.items() if days == 0]
    few = [month for month, days in buckets.months.items() if 0 < days < FEWEST]
    quarters = [quarter for quarter, days in buckets.quarters.items() if days == 0]
    named = (("no_usable_day", none), ("few_usable_days", few), ("no_usable_quarter", quarters))
    return [
        _warning(code, file, "quiet", ", ".join(labels), departments=departments)
        for code, labels in named
        if labels
    ]


def capacity_report(case: Case, rules: Rulebook, lang: str) -> list[str]:
    """Return the calendar, the quiet days and every department's officer time as lines of text.

    Parameters
    ----------
    case
        Officers, calendar, capacity lines.
    rules
        Shares, reserve, exempt load, quiet rules.
    lang
        ``zh`` or ``en``.
    """
    workdays = int(case.days.is_workday.sum())
    head = say("capacity.days", lang, first=case.first_day, last=case.last_day, days=workdays)
    names = dict(zip(case["departments"]["department_id"], case["departments"]["name"], strict=True))
    lines = [head, *_quiet_lines(case, rules, lang)]
    for formula in legal_formula(case, rules.capacity):
        if formula.officers or formula.lines:
            lines += _department(formula, names[formula.department], rules, lang)
    return lines


def _quiet_lines(case: Case, rules: Rulebook, lang: str) -> list[str]:
    """Return how many workdays each quiet rule leaves, and in which month the fewest."""
    dates = case.days.dates.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    lines = []
    for row in rules.quiet:
        left = case.days.is_workday & ~quiet_on(row, dates)
        by_month = [(int(left[months == month].sum()), str(month)) for month in np.unique(months)]
        fewest, where = min(by_month)
        text = say("explain.line", lang, of=row.id, text=quiet_sentence(row, lang))
        facts = {
            "days": int(left.sum()),
            "all": int(case.days.is_workday.sum()),
            "month": where,
            "fewest": fewest,
        }
        lines.append(say("capacity.quiet", lang, text=text, **facts))
    if rules.quiet:
        shared = {kind: sorted({b.days for b in usable_buckets(case, rules, kind)}) for kind in _kinds(rules)}
        for kind, days in shared.items():
            shown = joined([f"{n:,}" for n in days], lang)
            lines.append(say("capacity.kind", lang, kind=word("kind", kind, lang), days=shown))
    return lines


def _kinds(rules: Rulebook) -> list[str]:
    """Return planned visits first, then the other kinds that quiet rules name."""
    return list(dict.fromkeys([PLANNED_KIND, *(kind for row in rules.quiet for kind in row.kinds)]))


def _department(formula: Formula, name: str, rules: Rulebook, lang: str) -> list[str]:
    """Return the formula of one department, its lines, and what is left to plan."""
    facts = {"legal": formula.legal, "other": formula.other_total, "non": formula.non_enforcement}
    facts["left"] = formula.inspection
    numbers = {key: f"{value:,.0f}" for key, value in facts.items()}
    numbers |= {f"{key}_share": f"{100 * formula.share(value):.1f}%" for key, value in facts.items()}
    key = "capacity.formula" if formula.lines else "capacity.formula_shares"
    people = {"officers": formula.officers, "workdays": formula.workdays}
    lines = [say(key, lang, department=formula.department, name=name, **people, **numbers)]
    for kind in (OTHER, JOINT_LINES, NON):
        parts = [f"{line} {days:,}" for line, k, days, _ in formula.lines if k == kind]
        if parts:
            lines.append(say(f"capacity.lines_{kind}", lang, values=joined(parts, lang)))
    capacity = rules.capacity
    for pool, minutes in pool_budgets(formula, capacity).items():
        share = {
            "reserve": f"{100 * capacity.reserve_share:g}%",
            "exempt": f"{100 * capacity.exempt_share:g}%",
        }
        second = "capacity.pool_joint" if pool.endswith(JOINT) else "capacity.pool"
        days = f"{minutes / capacity.minutes_per_day:,.1f}"
        lines.append(say(second, lang, minutes=f"{minutes:,}", days=days, **share))
    return lines
