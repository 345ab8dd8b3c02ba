"""``certificate.npz``: does it prove the bound that it claims, and is the objective what it says? See decision 0010.

Everything here is recomputed from case, rules, scores and visits; what the file brings are listed schedules and prices.
Any prices >= 0 prove *some* bound: the question is only whether it reaches the one claimed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from riskplan.audit.certificate_clusters import village_clusters
from riskplan.audit.certificate_costs import UNITS
from riskplan.audit.certificate_exchange import wrong_exchanges
from riskplan.audit.certificate_file import PRICES, Certificate, Malformed, read_certificate
from riskplan.audit.certificate_model import (
    NO_CAP,
    Rebuilt,
    dot,
    largest_price,
    terms_of,
    unlisted_enterprises,
)
from riskplan.audit.certificate_prices import MAY_NOT, Ints, cheapest, least_of_each, township_weeks
from riskplan.audit.findings import Finding, Outcome
from riskplan.audit.world import World
from riskplan.plan.io import table_fingerprint
from riskplan.text import say

RULE = "certificate"
ROOM = 1 << 57


@dataclass(frozen=True)
class Proof:
    """What became of a certificate.

    Parameters
    ----------
    findings
        What is wrong with it, or deserves a word.
    enterprises
        How many enterprises were priced again.
    claims
        What it claims [units].
    own, stated
        The bound with the audit's own weeks and rows alone, and with those that the file states [units]; None: not priced.
    """

    findings: tuple[Finding, ...]
    enterprises: int = 0
    claims: dict[str, int] | None = None
    own: int | None = None
    stated: int | None = None

    def lines(self, lang: str = "en") -> tuple[str, ...]:
        """Return bound and gaps as they were recomputed, and what had to be believed, in sentences."""
        if self.claims is None or self.stated is None or self.own is None:
            return (say("audit.proof.none", lang), *(f.sentence(lang) for f in self.findings))
        upper, base = self.claims.get("objective", 0), self.claims["base"]
        lower = min(self.stated, self.claims["bound"])
        values = {
            "bound": _money(lower),
            "own": _money(min(self.own, self.claims["bound"])),
            "objective": _money(upper),
            "total": _share(upper - lower, upper),
            "controllable": _share(upper - lower, upper - base),
            "count": self.enterprises,
        }
        key = "audit.proof.confirmed" if self.confirmed else "audit.proof.refused"
        notes = (f.sentence(lang) for f in self.findings if f.severity == "notice")
        return (say(key, lang, **values), *notes)

    @property
    def confirmed(self) -> bool:
        """Tell whether the claimed bound was reached, if only with what the file states."""
        return bool(self.claims and self.stated is not None and self.stated >= self.claims["bound"])


def check_certificate(world: World) -> Outcome:
    """Check that the certificate proves its bound and that the objective recomputes; plans without one are not judged.

    What the file states and the audit does not re-derive is no finding here; ``prove`` tells it.
    """
    proof = prove(world)
    return Outcome(proof.enterprises, tuple(f for f in proof.findings if f.severity == "violation"))


def _finding(
    message: str, figures: tuple[int, int] = (1, 0), severity: str = "violation", **details: str
) -> Finding:
    counted, allowed = figures
    excess = max(1, abs(counted - allowed)) if severity == "violation" else 0
    name = f"certificate-{message}"
    return Finding(RULE, severity, "", "", counted, allowed, excess, (), "", name, tuple(details.items()))


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f} %" if whole > 0 else "0.00 %"


def _money(units: int) -> str:
    return f"{units / UNITS:.3f}"


def prove(world: World) -> Proof:
    """Return what a plan's certificate proves.

    Parameters
    ----------
    world
        Case, rules and plan.
    """
    if not world.plan.certificate:
        return Proof(())
    try:
        file = read_certificate(world.plan.certificate)
        _same_world(world, file)
    except Malformed as error:
        return Proof((_finding("malformed", array=str(error)),))
    findings = _sources(world, file)
    if findings:
        return Proof(findings)
    bad = [name for name in PRICES if int(file[name].min(initial=0)) < 0]
    if bad:
        return Proof(tuple(_finding("negative", array=name) for name in bad))
    if world.rules.seasons:
        return Proof((_finding("seasons", severity="notice"),))
    year = Rebuilt(world, file)
    try:
        findings = (*_listed(year), *_terms(year), *_exchanges(year))
    except KeyError as error:
        return Proof((_finding("malformed", array=str(error.args[0])),))
    return _judged(year, findings)


def _same_world(world: World, file: Certificate) -> None:
    """Refuse names that the case does not have, and clusters that are not those of its points.

    Raises
    ------
    Malformed
        With the name of the array.
    """
    calendar, formula = world.calendar, Rebuilt(world, file).formula
    for name, right in (
        ("months", set(calendar.months)),
        ("pools", set(formula.budgets)),
        ("departments", set(formula.officers)),
        ("townships", set(world.case["townships"]["township_code"])),
    ):
        if len(set(file.names(name))) != len(file.names(name)) or set(file.names(name)) != right:
            raise Malformed(name)
    if file.names("weeks") != tuple(calendar.by_week(calendar.workday)):
        raise Malformed("weeks")
    names = file.names("enterprises")
    if len(set(names)) != len(names) or not set(names) <= set(world.premises.index):
        raise Malformed("enterprises")
    if not set(file.names("items")) <= set(world.clock.department) or not {"bound", "base"} <= set(
        file.claims
    ):
        raise Malformed("items")
    if not np.array_equal(file["cluster"], village_clusters(world, file)):
        raise Malformed("cluster")


def _sources(world: World, file: Certificate) -> tuple[Finding, ...]:
    """Return where the certificate was made from something else; a later revision only carries it along."""
    manifest = world.plan.manifest
    pairs = (
        ("case", file.names("case")[:1], world.case.fingerprint),
        ("rules", file.names("rules")[:1], world.rules.fingerprint),
        ("scores", file.names("scores")[:1], table_fingerprint("scores", world.table("scores"))),
    )
    wrong = [name for name, stated, right in pairs if stated != (right,)]
    if wrong and int(manifest.get("revision", 1)) > 1:
        return (_finding("older", severity="notice", source=", ".join(wrong)),)
    found = [_finding("hash", source=name) for name in wrong]
    digest = hashlib.sha256(world.plan.certificate).hexdigest()
    if manifest.get("certificate", digest) != digest:
        found.append(_finding("hash", source="certificate.npz"))
    return tuple(found)


def _listed(year: Rebuilt) -> list[Finding]:
    """Return where a listed schedule says something else than its items do."""
    file = year.file
    wrong = np.flatnonzero(file["visit_minutes"] != year.service).tolist()
    found = []
    for v in wrong[:1]:
        figures = (int(file["visit_minutes"][v]), int(year.service[v]))
        name = file.names("enterprises")[int(file.owner_of_visit[v])]
        found.append(_finding("minutes", figures, enterprise=name, visits=str(len(wrong))))
    if not np.array_equal(file["visit_lead"], year.leads):
        found.append(_finding("malformed", array="visit_lead"))
    return found


def _terms(year: Rebuilt) -> list[Finding]:
    """Return the terms of the objective that do not recompute; only a first revision still has its visits as planned."""
    manifest, claims = year.world.plan.manifest, year.file.claims
    if not _as_planned(year):
        return [_finding("routed", severity="notice")]
    unlisted = unlisted_enterprises(year)
    if unlisted:
        return [_finding("unlisted", enterprise=unlisted[0], count=str(len(unlisted)))]
    right = terms_of(year)
    right["objective"] = sum(right.values())
    found = [
        _finding(
            "term",
            (claims.get(name, -1), value),
            term=name,
            stated=_money(claims.get(name, -1)),
            right=_money(value),
        )
        for name, value in right.items()
        if claims.get(name) != value
    ]
    told = {"bound": manifest.get("bound_of_prices", manifest.get("bound")), "base": manifest.get("base")}
    objective = manifest.get("objective")
    told["objective"] = objective.get("total") if isinstance(objective, dict) else None
    return found + [
        _finding("manifest", figure=name, stated=f"{value:.3f}", right=_money(claims.get(name, 0)))
        for name, value in told.items()
        if isinstance(value, int | float) and f"{value:.3f}" != _money(claims.get(name, 0))
    ]


def _as_planned(year: Rebuilt) -> bool:
    """Tell whether a plan is a first revision whose visits have no dates."""
    first = int(year.world.plan.manifest.get("revision", 1)) == 1
    return first and not (year.world.table("visits")["date"] != "").any()


def _exchanges(year: Rebuilt) -> list[Finding]:
    """Return the exchanges of a first revision that cost something else than is said."""
    return [
        _finding("exchange", enterprise=name, visit=visit, stated=f"{said:.3f}", right=f"{cost:.3f}")
        for name, visit, said, cost in (wrong_exchanges(year) if _as_planned(year) else ())
    ]


def _judged(year: Rebuilt, findings: tuple[Finding, ...]) -> Proof:
    """Return the proof with both bounds: with the audit's own weeks and rows, and with those of the file."""
    if largest_price(year) >= ROOM:
        return Proof((*findings, _finding("malformed", array="price")))
    file = year.file
    claimed, own = file.claims["bound"], bound(year, False)
    stated = own if own >= claimed else max(own, bound(year, True))
    found = list(findings)
    told = _money(claimed)
    if stated < claimed:
        found.append(_finding("bound", (claimed, stated), right=_money(stated), stated=told))
    elif own < claimed:
        found.append(_finding("stated", severity="notice", right=_money(own), stated=told))
    base = base_of(year)
    if base != file.claims["base"]:
        stated_base = _money(file.claims["base"])
        found.append(
            _finding("term", (file.claims["base"], base), term="base", stated=stated_base, right=_money(base))
        )
    outright = year.world.plan.manifest.get("bound")
    if isinstance(outright, int | float) and outright > float(told):
        found.append(_finding("outright", severity="notice", stated=f"{outright:.3f}", right=told))
    if year.costs.shares_stated:
        found.append(_finding("shares", severity="notice"))
    return Proof(tuple(found), file.sizes["enterprises"], file.claims, own, stated)


def bound(year: Rebuilt, stated: bool) -> int:
    """Return the bound that the certificate's prices prove [units].

    Parameters
    ----------
    year
        The audit's own year.
    stated
        Whether weeks that the file closes, pairs of weeks that it forbids, its caps of townships and its other rows are
        believed; they can only raise the bound.
    """
    file = year.file
    link = _links(year)
    may = year.may & file.stands if stated else year.may
    clashes = file.clashes if stated else file.clashes[:0]
    value = cheapest(year.listed, _price(year, link, stated), may, clashes)
    least = least_of_each(file["schedule_owner"], value, file.sizes["enterprises"])
    if (least >= MAY_NOT).any():
        return 0
    most = (
        np.minimum(year.township_week, np.maximum(0, file["township_week"])) if stated else year.township_week
    )
    tours = year.tours_within(most)
    return sum(least.tolist()) + township_weeks(tours, link) - _paid(year, stated)


def base_of(year: Rebuilt) -> int:
    """Return every enterprise's cheapest cost with all duties and nothing to share, in the weeks of the file [units]."""
    file = year.file
    may, zero = year.may & file.stands, np.zeros_like(year.listed.node)
    value = cheapest(year.listed, zero, may, file.clashes)
    count, owner = file.sizes["enterprises"], file["schedule_owner"]
    whole = least_of_each(owner, np.where(file["schedule_left_out"] == 0, value, MAY_NOT), count)
    least = np.where(whole >= MAY_NOT, least_of_each(owner, value, count), whole)
    return sum(least.tolist())


def _links(year: Rebuilt) -> Ints:
    """Return the link prices; none where a schedule has two visits in a week, for which a trip is paid once."""
    link = year.file["price_link"].copy()
    twice = (year.gap == 0) & (year.file["schedule_length"] > 1)
    link[year.file["schedule_owner"][twice]] = 0
    return link


def _township_price(year: Rebuilt, stated: bool) -> Ints:
    """Return what a visit pays its township in each week; a price for what the rulebook does not cap is none."""
    file = year.file
    week = np.where(year.township_week < NO_CAP, file["price_township"], 0)
    if not stated:
        return week.astype(np.int64)
    return (file["price_township"] + file["price_year"] @ file["week_in_year"].astype(np.int64)).astype(
        np.int64
    )


def _price(year: Rebuilt, link: Ints, stated: bool) -> Ints:
    """Return the price of each listed visit in each week, shape (n_visits, n_weeks) [units]."""
    file, owner = year.file, year.file.owner_of_visit
    minutes, crews = year.use
    per_minute = file["price_week"] + np.einsum(
        "pm,pmw->pw", file["price_month"], year.months_of_week.astype(np.int64)
    )
    place = {code: t for t, code in enumerate(file.names("townships"))}
    home = np.array([place[year.world.premises.township[e]] for e in year.costs.at], dtype=np.int64)
    kinds, kind = np.unique(np.hstack([minutes, crews]), axis=0, return_inverse=True)
    of_kind = kinds[:, : minutes.shape[1]] @ per_minute + kinds[:, minutes.shape[1] :] @ file["price_crew"]
    total = of_kind[kind.reshape(-1)] + _township_price(year, stated)[home[owner]] + link[owner]
    return total + file["row_price"][file["row_kind"]] if stated else total


def _paid(year: Rebuilt, stated: bool) -> int:
    """Return what prices pay for what the limits allow [units], a Python integer."""
    file = year.file
    week, month, crews = year.limits
    above = np.maximum(0, file["price_week"] - year.uneven)
    total = dot(file["price_week"], year.even) + dot(above, week - year.even)
    total += dot(file["price_crew"], crews) + dot(file["price_month"], month)
    if stated:
        caps = np.minimum(year.township_week, file["township_week"])
        total += dot(file["price_township"], caps) + dot(file["price_year"], file["township_year"])
        return total + int(file["row_paid"][0])
    return total + dot(_township_price(year, False), year.township_week)
