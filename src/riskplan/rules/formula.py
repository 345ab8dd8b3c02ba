"""The legal formula for officer-days: total legal days - other enforcement - non-enforcement = inspection days (S7)."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from riskplan.case.tables import Case
from riskplan.rules.model import CapacityRules

OTHER, JOINT_LINES, NON = "other", "joint", "non_enforcement"
TYPED = ("legal", "other_total", "non_enforcement_total", "inspection")
"""Classes of lines that are typed by hand and only compared with what is computed."""


@dataclass(frozen=True)
class Formula:
    """Officer-days of one department in the horizon.

    Parameters
    ----------
    department
        Department id.
    officers, workdays
        Certified officers and workdays of the horizon; ``legal`` is their product.
    lines
        (line, class, days, basis) of ``capacity_lines`` in the order of the table; none: shares of the rulebook.
    other, joint, non_enforcement
        Officer-days of other enforcement, of joint enforcement led by others (part of other enforcement, counted
        apart here), and of non-enforcement work.
    """

    department: str
    officers: int
    workdays: int
    lines: tuple[tuple[str, str, int, str], ...]
    other: float
    joint: float
    non_enforcement: float

    @property
    def legal(self) -> int:
        """Total legal officer-days."""
        return self.officers * self.workdays

    @property
    def other_total(self) -> float:
        """Officer-days of other enforcement, joint enforcement included."""
        return self.other + self.joint

    @property
    def inspection(self) -> float:
        """Officer-days left for inspection, never below 0."""
        return max(0, self.legal - self.other - self.joint - self.non_enforcement)

    @property
    def has_joint(self) -> bool:
        """Whether a line of class ``joint`` makes a second pool."""
        return any(kind == JOINT_LINES for _, kind, _, _ in self.lines)

    def share(self, days: float) -> float:
        """Return days as a share of all legal days, 0 where there are none."""
        return days / self.legal if self.legal else 0.0

    def computed(self, kind: str) -> float:
        """Return what a line typed by hand should say.

        Parameters
        ----------
        kind
            One of ``TYPED``.
        """
        values = (self.legal, self.other_total, self.non_enforcement, self.inspection)
        return dict(zip(TYPED, values, strict=True))[kind]


def legal_formula(case: Case, rules: CapacityRules) -> tuple[Formula, ...]:
    """Return the officer-days of every department, sorted by department id.

    Parameters
    ----------
    case
        Officers, calendar and ``capacity_lines``.
    rules
        Shares for departments without lines.

    References
    ----------
    Method for yearly supervision plans, 2017 no. 150 (domain 2.1).
    """
    officers = case["officers"]
    fit = officers.loc[officers["certified"] & (officers["role"] == "officer"), "department_id"]
    count = fit.value_counts()
    workdays = int(case.days.is_workday.sum())
    table = case["capacity_lines"]
    return tuple(
        _formula(str(d), int(count.get(d, 0)), workdays, table[table["department_id"] == d], rules)
        for d in sorted(case["departments"]["department_id"])
    )


def _formula(
    department: str, officers: int, workdays: int, table: pd.DataFrame, rules: CapacityRules
) -> Formula:
    columns = (table["line"], table["class"], table["days"].tolist(), table["basis"])
    lines = tuple(zip(*columns, strict=True))
    if not lines:
        legal = officers * workdays
        shares = (rules.other_enforcement_share, rules.non_enforcement_share)
        return Formula(department, officers, workdays, (), legal * shares[0], 0, legal * shares[1])
    days = {kind: sum(n for _, k, n, _ in lines if k == kind) for kind in (OTHER, JOINT_LINES, NON)}
    return Formula(department, officers, workdays, lines, days[OTHER], days[JOINT_LINES], days[NON])


@dataclass(frozen=True)
class Mismatch:
    """A total typed by hand that does not add up.

    Parameters
    ----------
    department
        Department id.
    what
        Class of the line, one of ``TYPED``.
    typed, computed
        Officer-days.
    """

    department: str
    what: str
    typed: int
    computed: int


def typed_totals(formulas: tuple[Formula, ...]) -> tuple[Mismatch, ...]:
    """Return the totals typed by hand that differ from what the lines say, by department and line."""
    return tuple(
        Mismatch(formula.department, kind, typed, round(formula.computed(kind)))
        for formula in formulas
        for _, kind, typed, _ in formula.lines
        if kind in TYPED and typed != formula.computed(kind)
    )
