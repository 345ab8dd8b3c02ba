"""What a fictional county consists of: sectors, departments and items, from the tables of this package."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

SIZES = ("large", "medium", "small", "micro")
BIG_SIZES = ("large", "medium")


@dataclass(frozen=True)
class Department:
    """A department; its office lies ``east_m``, ``north_m`` from the county seat [m], if it has one here."""

    department_id: str
    name: str
    level: str
    system: str
    role: str
    east_m: float | None
    north_m: float | None


@dataclass(frozen=True)
class Item:
    """A check of one department; ``minutes`` on site."""

    item_id: str
    department_id: str
    domain: str
    name: str
    minutes: int
    mode: str
    announced: str
    basis: str


@dataclass(frozen=True)
class Sector:
    """A line of business.

    Parameters
    ----------
    sector
        Name.
    share
        Weight among all enterprises.
    competent, lead
        Department in charge (may be empty) and the one that leads where that does not take part.
    points
        Points of inherent hazard, 0 to 25.
    hazard_factor
        Mean rate of hazards relative to the county.
    park_share
        Share of premises in industrial parks.
    opens, closes
        Usual hours [minutes from midnight].
    rest_share
        Share of premises with a fixed weekday closed.
    open_months
        Months of a seasonal business, empty = all year.
    sizes
        Weights of large, medium, small, micro.
    graded
        True where grades of standardisation exist.
    items, extra_items
        Items owed by all, and further ones owed by large and medium enterprises.
    """

    sector: str
    share: float
    competent: str
    lead: str
    points: int
    hazard_factor: float
    park_share: float
    opens: int
    closes: int
    rest_share: float
    open_months: tuple[int, ...]
    sizes: tuple[float, ...]
    graded: bool
    items: tuple[str, ...]
    extra_items: tuple[str, ...]


def read_rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a table of this package."""
    text = resources.files("riskplan.synth").joinpath(name).read_text(encoding="utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


@cache
def departments() -> tuple[Department, ...]:
    """Return all departments, county first."""
    return tuple(
        Department(
            row["department_id"],
            row["name"],
            row["level"],
            row["system"],
            row["role"],
            float(row["east_m"]) if row["east_m"] else None,
            float(row["north_m"]) if row["north_m"] else None,
        )
        for row in read_rows("departments.csv")
    )


def county_departments() -> tuple[str, ...]:
    """Return the ids of the county's enforcement departments."""
    return tuple(d.department_id for d in departments() if d.level == "county" and d.role == "enforcement")


@cache
def items() -> tuple[Item, ...]:
    """Return the item catalogue."""
    return tuple(
        Item(**{**row, "minutes": int(row["minutes"])})  # type: ignore[arg-type]
        for row in read_rows("items.csv")
    )


@cache
def item_by_id() -> dict[str, Item]:
    """Return item id -> item."""
    return {item.item_id: item for item in items()}


def _split(cell: str) -> tuple[str, ...]:
    return tuple(cell.split("|")) if cell else ()


@cache
def sectors() -> tuple[Sector, ...]:
    """Return the sectors."""
    return tuple(
        Sector(
            sector=row["sector"],
            share=float(row["share"]),
            competent=row["competent"],
            lead=row["lead"],
            points=int(row["points"]),
            hazard_factor=float(row["hazard_factor"]),
            park_share=float(row["park_share"]),
            opens=int(row["opens"]),
            closes=int(row["closes"]),
            rest_share=float(row["rest_share"]),
            open_months=tuple(int(m) for m in _split(row["open_months"])),
            sizes=tuple(float(row[size]) for size in SIZES),
            graded=row["graded"] == "yes",
            items=_split(row["items"]),
            extra_items=_split(row["extra_items"]),
        )
        for row in read_rows("sectors.csv")
    )


def owed_items(sector: Sector, size: str) -> tuple[str, ...]:
    """Return the items that an enterprise of a sector and size owes."""
    return sector.items + (sector.extra_items if size in BIG_SIZES else ())


def departments_of(item_ids: tuple[str, ...]) -> tuple[str, ...]:
    """Return the departments of some items, each once, in the order of the items."""
    return tuple(dict.fromkeys(item_by_id()[i].department_id for i in item_ids))
