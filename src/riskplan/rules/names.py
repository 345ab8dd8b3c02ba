"""Names in a rulebook against the case that it is for: ids must exist, other words are told where they meet nothing."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from riskplan.case.tables import Case
from riskplan.errors import Fault
from riskplan.rules.build import Builder, nearest
from riskplan.rules.model import PREMISES_SCOPES, Filter, Limit, Rulebook
from riskplan.text import keys

_ID_TABLES = {"township": ("townships", "township_code"), "village": ("villages", "village_code")}
_ID_TABLES |= {"department": ("departments", "department_id"), "officer": ("departments", "department_id")}
NO_SECTOR = "-"
"""Stands for no sector at all: an empty filter would mean every sector."""
_LETTER = re.compile("[A-Ea-e]级?")
_KIND = "word.kind."
_ALIKE = 0.85
_LETTERS = 3
_SHOWN = 5


def check_names(builder: Builder, rules: Rulebook, case: Case) -> None:
    """Record names of the rules that the case does not have."""
    check = _Names(builder, case)
    check.duties(rules)
    for row in rules.limits:
        check.amounts(row)
        check.filter(row.filter, row.id)
        check.system(row)
        check.some_kinds(f"{row.id}.kinds_counted", row.kinds_counted, rules)
        check.some_kinds(f"{row.id}.kinds_exempt", row.kinds_exempt, rules)
    for quiet in rules.quiet:
        check.filter(quiet.filter, quiet.id)
        check.some_kinds(f"{quiet.id}.kinds", quiet.kinds, rules)
    for index, season in enumerate(rules.seasons):
        check.words(f"season[{index}].sectors", "sector", season.sectors)
    for sector, shares in (rules.domain_shares or {}).items():
        check.words("domain_shares", "sector", [sector])
        check.words(f"domain_shares.{sector}", "domain", shares)
    for rule in rules.automatic:
        check.listed(f"{rule.id}.lists", rule.lists)
        check.slips(f"{rule.id}.sectors", "sector", rule.sectors)
    check.listed("tiers.focus_lists", rules.tiers.focus_lists)
    check.direction("grade", rules.score.grade_table())
    check.direction("credit_grade", rules.score.credit_table())
    if rules.frequency.by in {"grade", "sector"}:
        check.words("frequency.visits", rules.frequency.by, rules.frequency.visits)
        intervals = rules.frequency.longest_interval_days or {}
        check.words("frequency.longest_interval_days", rules.frequency.by, intervals)
        check.without_frequency(rules)
    check_owing(check, rules)
    for sector, department in (rules.lead_by_sector or {}).items():
        check.ids(f"lead_by_sector.{sector}", "departments", "department_id", [department])


def check_owing(check: _Names, rules: Rulebook) -> None:
    """Check what reuse and joint rows name."""
    for rule in rules.reuse:
        check.ids(f"{rule.id}.items", "items", "item_id", rule.items)
        check.ids(f"{rule.id}.departments", "departments", "department_id", rule.departments)
        check.ids(f"{rule.id}.domains", "items", "domain", rule.domains)
        check.words(f"{rule.id}.sectors", "sector", rule.sectors)
        check.words(f"{rule.id}.credit_grades", "credit_grade", rule.credit_grades)
    for index, row in enumerate(rules.joint.apart):
        for key, side in (("these", row.these), ("those", row.those)):
            path = f"joint.apart[{index}].{key}"
            check.ids(f"{path}.items", "items", "item_id", side.items)
            check.ids(f"{path}.departments", "departments", "department_id", side.departments)
            check.ids(f"{path}.domains", "items", "domain", side.domains)
    for index, related in enumerate(rules.joint.related):
        check.ids(f"joint.related[{index}].domains", "items", "domain", related.domains)


def with_other_sectors(rules: Rulebook, case: Case) -> Rulebook:
    """Return the rules with ``sectors_except`` of every filter turned into the other sectors of the case.

    Parameters
    ----------
    rules
        As written.
    case
        Its sectors are all that there are.
    """
    known = sorted(set(case.enterprises["sector"]))

    def filled(row: Filter) -> Filter:
        others = tuple(s for s in known if s not in row.sectors_except) or (NO_SECTOR,)
        return replace(row, sectors=others) if row.sectors_except else row

    limits = tuple(replace(row, filter=filled(row.filter)) for row in rules.limits)
    quiet = tuple(replace(row, filter=filled(row.filter)) for row in rules.quiet)
    return replace(rules, limits=limits, quiet=quiet)


class _Names:
    """Names of one case, and where a rulebook uses others."""

    def __init__(self, builder: Builder, case: Case) -> None:
        self.builder = builder
        self.case = case
        frame = case.enterprises
        kinds = [*case["visits"]["kind"], *case["campaigns"]["kind"]]
        self.kinds = frozenset(kinds) | {k.removeprefix(_KIND) for k in keys() if k.startswith(_KIND)}
        lists = sorted({name for names in frame["policy_list"] for name in names})
        self.known = {
            "sector": sorted(set(frame["sector"]) - {""}),
            "grade": sorted(set(frame["grade"]) - {""}),
            "credit_grade": sorted(set(frame["credit_grade"]) - {""}),
            "policy_list": lists,
            "domain": sorted(set(case["items"]["domain"])),
        }

    def ids(self, path: str, table: str, column: str, named: Iterable[str]) -> None:
        """Refuse ids that a table does not have."""
        known = sorted(set(self.case[table][column]))
        for name in named:
            if name != "*" and name not in known:
                near = nearest(name, known, known[0] if known else "-")
                self.builder.fault("unknown_reference", path, name, table=table, near=near)

    def words(self, path: str, what: str, named: Iterable[str]) -> None:
        """Tell words that no premises have; one that is nearly another is a slip and refused."""
        missing = self.slips(path, what, named)
        if missing:
            shown = ", ".join(missing[:_SHOWN]) + (" ..." if len(missing) > _SHOWN else "")
            found = ", ".join(self.known[what][:_SHOWN]) or "-"
            self.builder.warn("meets_nothing", path, shown, found=found)

    def slips(self, path: str, what: str, named: Iterable[str]) -> list[str]:
        """Refuse words that are nearly one of the case's; return the others that it does not have."""
        said = tuple(named)
        missing = [name for name in said if name != "*" and name not in self.known[what]]
        others = [name for name in self.known[what] if name not in said]
        for name in list(missing):
            near = self._slip(name, others) if self._own(path) else None
            if near:
                self.builder.fault("likely_slip", path, name, near=near)
                missing.remove(name)
        return missing

    def _own(self, path: str) -> bool:
        return self.builder.place_of(path).file == self.builder.own

    @staticmethod
    def _slip(name: str, known: list[str]) -> str | None:
        """Return the word that was probably meant: nearly the same letters, the same digits."""
        digits = re.findall(r"\d+", name)
        like = [k for k in known if re.findall(r"\d+", k) == digits and min(len(k), len(name)) >= _LETTERS]
        folded = next((k for k in known if k.strip().casefold() == name.strip().casefold()), None)
        near = difflib.get_close_matches(name, like, n=1, cutoff=_ALIKE)
        return folded or (near[0] if near else None)

    def listed(self, path: str, named: Iterable[str]) -> None:
        """Check the policy lists that the office's own file names; a pack may name lists that nobody is on."""
        if self._own(path):
            self.words(path, "policy_list", named)

    def direction(self, column: str, points: Mapping[str, int]) -> None:
        """Tell letters as grades that the rulebook gives no points for: A is the best here and the worst there."""
        found = sorted(
            g for g in set(self.case.enterprises[column]) if _LETTER.fullmatch(g) and g not in points
        )
        if found:
            key = f"score.{column.removesuffix('_grade')}_order"
            self.builder.warn("grade_direction", key, ", ".join(found), column=column)

    def duties(self, rules: Rulebook) -> None:
        """Check the items and sectors of duties."""
        if rules.duties and not len(self.case["items"]):
            self.builder.faults.append(Fault("items_needed", "items.csv"))
            return
        for index, duty in enumerate(rules.duties):
            self.ids(f"duty[{index}].items", "items", "item_id", duty.items)
            self.slips(f"duty[{index}].sectors", "sector", duty.sectors)

    def without_frequency(self, rules: Rulebook) -> None:
        """Tell grades or sectors of the case for which the general frequency has no key: they owe nothing by it."""
        frequency = rules.frequency
        column = self.case.enterprises[frequency.by]
        left = [name for name in sorted(set(column)) if name not in frequency.visits]
        if left and "*" not in frequency.visits:
            shown = ", ".join(name or '""' for name in left[:_SHOWN]) + (" ..." if len(left) > _SHOWN else "")
            self.builder.warn(
                "no_frequency", "frequency.visits", shown, count=str(int(column.isin(left).sum()))
            )

    def some_kinds(self, path: str, named: Iterable[str], rules: Rulebook) -> None:
        """Tell kinds of visits that neither riskplan, the rulebook nor the case knows: most likely a slip."""
        known = sorted(self.kinds | frozenset(rules.exempt_kinds))
        for kind in named:
            if kind not in known:
                self.builder.warn("unknown_kind", path, kind, near=nearest(kind, known))

    def amounts(self, row: Limit) -> None:
        """Check the keys of amounts."""
        path = f"{row.id}.amount"
        if row.scope in _ID_TABLES:
            table, column = _ID_TABLES[row.scope]
            self.ids(path, table, column, row.amount)
            self.silent(path, row, table, column)
        elif row.by == "township":
            self.ids(path, "townships", "township_code", row.amount)
        elif row.by in self.known and (not row.filter.sectors or self._meets(row.filter)):
            self.words(path, row.by, row.amount)

    def _meets(self, row: Filter) -> bool:
        """Tell whether some sector of a filter occurs; of one that meets nobody, one warning is enough."""
        return any(sector in self.known["sector"] for sector in row.sectors)

    def silent(self, path: str, row: Limit, table: str, column: str) -> None:
        """Tell townships of the case that a cap on townships says nothing about: there it holds nothing back."""
        left = [name for name in self.case[table][column] if row.amount_for(name) is None]
        if left and row.kind == "cap" and row.scope == "township" and not row.filter.townships:
            shown = ", ".join(left[:_SHOWN]) + (" ..." if len(left) > _SHOWN else "")
            self.builder.warn("no_amount", path, shown, count=str(len(left)))

    def filter(self, row: Filter, name: str) -> None:
        """Check what a filter names."""
        self.ids(f"{name}.filter.departments", "departments", "department_id", row.departments)
        self.ids(f"{name}.filter.townships", "townships", "township_code", row.townships)
        named = {"sector": row.sectors, "grade": row.grades, "policy_list": row.policy_lists}
        field = {"sector": "sectors", "grade": "grades", "policy_list": "policy_lists"}
        for what, words in named.items():
            self.words(f"{name}.filter.{field[what]}", what, words)
        self.slips(f"{name}.filter.sectors_except", "sector", row.sectors_except)

    def system(self, row: Limit) -> None:
        """Tell a row about systems where no department has one."""
        if row.scope == PREMISES_SCOPES[2] and not any(self.case["departments"]["system"]):
            self.builder.warn("meets_nothing", row.id, row.scope, found="-")
