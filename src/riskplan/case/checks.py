"""What must hold between cells: unique ids, references, orders of dates, enforcement bodies. One function per defect."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from riskplan.case.attributes import Attribute, table_attributes
from riskplan.case.roads import check_road_closures, check_roads, check_travel_times
from riskplan.case.sheet import Sheet

Tables = Mapping[str, pd.DataFrame]
Sheets = Mapping[str, Sheet]
MOST_COMPARED = 3_000
"""A misspelt id is compared with so many known ones at most; above, an example is given in place of the nearest."""
MOST_NAMED = 300
"""Of a table with so many rows at most, an id is looked for by its name too."""
MOST_GUESSED = 100
"""Of one column so many different unknown ids are compared."""


def check_unique_ids(sheets: Sheets, tables: Tables) -> None:
    """Every id stands once; the fault names both rows."""
    for table, sheet in sheets.items():
        for attribute in table_attributes(table):
            if attribute.kind != "id" or attribute.name not in sheet.headers:
                continue
            column = tables[table][attribute.name]
            again = (column.duplicated() & (column != "")).to_numpy()
            if again.any():
                seen = {value: i for i, value in reversed(list(enumerate(column)))}
                for i in again.nonzero()[0].tolist():
                    where = sheet.place(seen[column.iat[i]])
                    sheet.fault("duplicate_id", i, attribute.name, column.iat[i], where=where)


def check_references(sheets: Sheets, tables: Tables) -> None:
    """Every code that points to another table stands there."""
    for table, sheet in sheets.items():
        for attribute in table_attributes(table):
            target = attribute.detail if attribute.kind in {"ref", "list"} else ""
            if not target or target not in sheets or attribute.name not in sheet.headers:
                continue
            known = {v for v in tables[target].iloc[:, 0] if v}
            called = _names_of(tables[target])
            _unknown_values(sheet, attribute, tables[table][attribute.name], known, called)


def _unknown_values(
    sheet: Sheet, attribute: Attribute, column: pd.Series, known: set[str], called: Mapping[str, str]
) -> None:
    names, target = sorted(known), attribute.detail
    hints: dict[str, str] = {}
    codes, unique = pd.factorize(column)
    unknown = {
        k: [value for value in (cell if isinstance(cell, tuple) else (cell,)) if value and value not in known]
        for k, cell in enumerate(unique.tolist())
    }
    for i in np.flatnonzero(np.isin(codes, [k for k, values in unknown.items() if values])).tolist():
        for value in unknown[int(codes[i])]:
            if value not in hints:
                hints[value] = _nearest(value, names if len(hints) < MOST_GUESSED else names[:1], called)
            near = hints[value]
            sheet.fault("unknown_reference", i, attribute.name, value, table=target, near=near)


def _names_of(table: pd.DataFrame) -> dict[str, str]:
    """Return name -> id and name, for a small table whose rows have names; units are joined by id only."""
    if "name" not in table or len(table) > MOST_NAMED:
        return {}
    return {name: f"{key} {name}" for key, name in zip(table.iloc[:, 0], table["name"], strict=True) if name}


def _nearest(value: str, names: list[str], called: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return the id that a misspelt one, or a name in its place, may mean; else any of them as an example."""
    near = difflib.get_close_matches(value, names, n=1, cutoff=0.6) if len(names) <= MOST_COMPARED else []
    named = difflib.get_close_matches(value, list(called), n=2, cutoff=0.4) if not near else []
    told = " / ".join(called[name] for name in sorted(named))
    return (*near, *filter(None, [told]), *names[:1], "-")[0]


def check_visit_objects(sheets: Sheets, tables: Tables) -> None:
    """A visit's object stands in the table of its kind."""
    sheet = sheets.get("visits")
    if sheet is None:
        return
    first = {"enterprise": "enterprises", "township": "townships", "village": "villages"}
    known = {k: set(tables[t].iloc[:, 0]) for k, t in first.items()}
    names: dict[str, list[str]] = {}
    for i, (kind, value) in enumerate(
        zip(tables["visits"]["object_kind"], tables["visits"]["object_id"], strict=True)
    ):
        if value and value not in known.get(kind, set()):
            near = _nearest(value, names.setdefault(kind, sorted(known.get(kind, ()))))
            sheet.fault("unknown_reference", i, "object_id", value, table=first.get(kind, kind), near=near)


def check_date_order(sheets: Sheets, tables: Tables) -> None:
    """First day is not after the last, a hazard is not closed before it was found."""
    for table, early, late in (
        ("leave", "first", "last"),
        ("closures", "first", "last"),
        ("road_closures", "first", "last"),
        ("campaigns", "first", "last"),
        ("hazards", "date", "closed_on"),
        ("overrides", "date", "until"),
    ):
        sheet = sheets.get(table)
        if sheet is None:
            continue
        frame = tables[table]
        for i in (frame[early] > frame[late]).to_numpy().nonzero()[0]:
            sheet.fault(
                "dates_reversed", int(i), late, str(frame[late][i].date()), early=str(frame[early][i].date())
            )


def check_opening_hours(sheets: Sheets, tables: Tables) -> None:
    """An enterprise opens before it closes and is not closed all week."""
    sheet, frame = sheets.get("enterprises"), tables["enterprises"]
    if sheet is None:
        return
    for i in (frame["opens"] >= frame["closes"]).to_numpy().nonzero()[0]:
        sheet.fault(
            "hours_reversed",
            int(i),
            "closes",
            str(sheet.cells.get("closes", pd.Series(dtype=str)).get(i, "")),
        )
    for i, days in enumerate(frame["closed_days"]):
        if len(set(days)) == 7:
            sheet.fault("always_closed", i, "closed_days", "|".join(map(str, days)))


def check_inspecting_organs(sheets: Sheets, tables: Tables) -> None:
    """Only enforcement bodies own items: a coordinating body may not inspect (domain fact 6)."""
    sheet = sheets.get("items")
    if sheet is None:
        return
    departments = tables["departments"]
    bodies = set(departments["department_id"][departments["role"] == "coordination"])
    for i, value in enumerate(tables["items"]["department_id"]):
        if value in bodies:
            sheet.fault("coordination_inspects", i, "department_id", value)


def check_fixed_visits(sheets: Sheets, tables: Tables) -> None:
    """A visit that another level has fixed names the plan that fixes it."""
    sheet, frame = sheets.get("visits"), tables["visits"]
    if sheet is None:
        return
    nameless = frame["fixed"].to_numpy(dtype=bool) & (frame["source"] == "").to_numpy()
    for i in nameless.nonzero()[0].tolist():
        sheet.fault("fixed_without_source", i, "source", "", visit=str(frame["visit_id"].iat[i]))


def check_overrides_say_something(sheets: Sheets, tables: Tables) -> None:
    """A decision about an enterprise sets a tier, or how often some items are owed."""
    sheet, frame = sheets.get("overrides"), tables["overrides"]
    if sheet is None:
        return
    columns = zip(frame["tier"], frame["items"], frame["visits"].isna(), strict=True)
    for i, (tier, items, silent) in enumerate(columns):
        if not tier and not items:
            sheet.fault("override_says_nothing", i, "tier", "")
        elif items and silent:
            sheet.fault("override_without_visits", i, "visits", "")


def check_catalogue(sheets: Sheets, tables: Tables) -> None:
    """An on-site item names its basis; what two departments call by one name is one thing (catalogue)."""
    sheet, frame = sheets.get("items"), tables["items"]
    if sheet is None:
        return
    for i in ((frame["basis"] == "") & (frame["mode"] == "on_site")).to_numpy().nonzero()[0].tolist():
        sheet.warn("item_without_basis", i, "basis", str(frame["item_id"].iat[i]))
    names: dict[str, list[int]] = {}
    for i, name in enumerate(frame["name"]):
        if name:
            names.setdefault("".join(str(name).split()).casefold(), []).append(i)
    for own in names.values():
        first = own[0]
        for i in own[1:]:
            other = frame["department_id"].iat[i] != frame["department_id"].iat[first]
            if other and frame["minutes"].iat[i] != frame["minutes"].iat[first]:
                told = {
                    "of": str(frame["department_id"].iat[first]),
                    "minutes": str(frame["minutes"].iat[first]),
                }
                sheet.warn("item_differs", i, "minutes", str(frame["minutes"].iat[i]), **told)


def check_campaign_scopes(sheets: Sheets, tables: Tables) -> None:
    """Tiers and sizes of a campaign are known words."""
    sheet, frame = sheets.get("campaigns"), tables["campaigns"]
    if sheet is None:
        return
    sizes = next(a.detail for a in table_attributes("enterprises") if a.name == "size")
    tiers = next(a.detail for a in table_attributes("overrides") if a.name == "tier")
    for name, allowed in (("sizes", sizes.split("|")), ("tiers", tiers.split("|"))):
        for i, words in enumerate(frame[name]):
            for word in words:
                if word not in allowed:
                    sheet.fault("campaign_word", i, name, word, allowed=", ".join(allowed))


def check_campaign_dates(sheets: Sheets, tables: Tables, horizon: object) -> None:
    """A campaign lies within the horizon (``first`` and ``last``), its last day not before its first."""
    sheet, frame = sheets.get("campaigns"), tables["campaigns"]
    if sheet is None or not isinstance(horizon, Mapping):
        return
    first, last = horizon.get("first"), horizon.get("last")
    if not (isinstance(first, dt.date) and isinstance(last, dt.date)):
        return
    for name in ("first", "last"):
        days = frame[name]
        outside = (days < np.datetime64(first)) | (days > np.datetime64(last))
        for i in outside.to_numpy().nonzero()[0].tolist():
            sheet.fault(
                "campaign_outside", i, name, str(days.iat[i].date()), first=str(first), last=str(last)
            )


def tell_ended_overrides(sheets: Sheets, tables: Tables, as_of: object) -> None:
    """Tell tiers set by people whose last day is over and that no later decision has replaced: they are not used."""
    sheet, frame = sheets.get("overrides"), tables["overrides"]
    if sheet is None or not isinstance(as_of, dt.date):
        return
    today = np.datetime64(as_of)
    known = frame[(frame["date"] <= today) & (frame["tier"] != "")]
    latest = known["date"] == known.groupby("enterprise_id")["date"].transform("max")
    ended = known[latest & (known["until"] < today)]
    for i, row in zip(ended.index.tolist(), ended.to_dict("records"), strict=True):
        told = {"author": str(row["author"]), "of": str(row["enterprise_id"])}
        sheet.warn(
            "override_ended", i, "until", str(row["until"].date()), date=str(row["date"].date()), **told
        )


CHECKS: tuple[Callable[[Sheets, Tables], None], ...] = (
    check_unique_ids,
    check_references,
    check_visit_objects,
    check_date_order,
    check_opening_hours,
    check_inspecting_organs,
    check_fixed_visits,
    check_overrides_say_something,
    check_catalogue,
    check_campaign_scopes,
    check_roads,
    check_road_closures,
    check_travel_times,
)
