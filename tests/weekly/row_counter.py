"""A naive reading of S1, S2, S4 and S5: every window day by day; shares no code with the planner or the audit."""

from __future__ import annotations

import datetime as dt
from collections import Counter

ONE = dt.timedelta(days=1)


def calls_of(case, plan) -> list[dict]:
    """Return all visits that count, as plain rows with their possible days; ``id`` is "" for those of the case."""
    calls = []
    for v in case["visits"].to_dict("records"):
        day = v["date"].date()
        if day < case.as_of or v["fixed"]:
            calls.append({**v, "id": "", "days": [day], "dated": True, "lead": ""})
    for v in plan.visits.to_dict("records"):
        if v["stage"] == "not_met":
            continue
        dated = bool(v["date"])
        year, week = v["week"].split("-W")
        monday = dt.date.fromisocalendar(int(year), int(week), 1)
        days = [dt.date.fromisoformat(v["date"])] if dated else [monday + k * ONE for k in range(7)]
        calls.append({
            **v,
            "id": v["visit_id"],
            "object_id": v["enterprise_id"],
            "days": days,
            "dated": dated,
        })
    return calls


def over(case, rules, plan, visit: str = "") -> list[tuple]:
    """Return (row, key, window) of everything above its amount that holds a plan visit, or the one that is named."""
    return over_calls(world_of(case, plan), rules, calls_of(case, plan), visit)


def world_of(case, plan) -> tuple:
    """Return case, premises with their closures, tiers, villages' townships and departments' systems."""
    tiers = dict(zip(plan["scores"]["enterprise_id"], plan["scores"]["tier"], strict=True))
    places = case.enterprises.set_index("enterprise_id", drop=False).to_dict("index")
    for place in places.values():
        place["shut"] = [
            (c["first"].date(), c["last"].date())
            for c in case["closures"].to_dict("records")
            if c["enterprise_id"] == place["enterprise_id"]
        ]
    villages = case["villages"].set_index("village_code")["township_code"].to_dict()
    return case, places, tiers, villages, case["departments"].set_index("department_id")["system"].to_dict()


def over_calls(world, rules, calls, visit: str = "") -> list[tuple]:
    """Return what ``over`` does, for visits as plain rows."""
    (case, places, tiers, *lookup), found = world, []
    for row in rules.limits:
        if not row.hard or "enterprise" not in row.objects or row.kind not in ("cap", "spacing"):
            continue
        if row.unit != "visits" or row.scope == "officer":
            continue
        groups: dict = {}
        for call in calls:
            if _counts(row, rules, call, places, tiers):
                for key, number in _keys(row, rules, call, places, lookup).items():
                    groups.setdefault(key, []).append((call, number))
        for key, members in groups.items():
            most = _amount(row, rules, key, places, tiers)
            if most is not None:
                found += [
                    (row.id, key, w) for w in _over(case, rules, row, most, members, (visit, places, tiers))
                ]
    return found


def _counts(row, rules, call, places, tiers) -> bool:
    kind, f = call["kind"], row.filter
    fits = (
        kind in row.kinds_counted
        if row.kinds_counted
        else kind not in (*rules.exempt_kinds, *row.kinds_exempt)
    )
    if f.departments and not set(f.departments) & set(call["departments"]):
        return False
    if not fits or call["object_kind"] not in row.objects:
        return False
    if call["object_kind"] != "enterprise":
        return not (f.sectors or f.grades or f.sizes or f.tiers or f.townships or f.policy_lists)
    return _inside(f, places[call["object_id"]], tiers)


def _inside(f, place, tiers) -> bool:
    pairs = (
        (f.sectors, place["sector"]), (f.grades, place["grade"]), (f.sizes, place["size"]),
        (f.townships, place["township_code"]), (f.tiers, tiers[place["enterprise_id"]]),
    )  # fmt: skip
    lists = not f.policy_lists or bool(set(f.policy_lists) & set(place["policy_list"]))
    return lists and all(not allowed or value in allowed for allowed, value in pairs)


def _person(rules, place) -> str:
    return (
        place["credit_code"]
        if place["credit_code"] and rules.count_by_credit_code
        else place["enterprise_id"]
    )


def _keys(row, rules, call, places, lookup) -> Counter:
    villages, system = lookup
    place = places.get(call["object_id"]) if call["object_kind"] == "enterprise" else None
    mine = [d for d in call["departments"] if not row.filter.departments or d in row.filter.departments]
    if row.scope == "department":
        return Counter(mine)
    if row.scope in ("township", "village"):
        column = f"{row.scope}_code"
        where = place[column] if place else call["object_id"] if call["object_kind"] == row.scope else ""
        if not where and row.scope == "township":
            where = villages.get(call["object_id"], "")
        return Counter([where]) if where else Counter()
    if place is None:
        return Counter()
    owner = place["enterprise_id"] if row.kind == "spacing" else _person(rules, place)
    if row.scope == "enterprise":
        return Counter([(owner, "")])
    parts = mine if row.scope == "organ-enterprise" else [system[d] for d in mine if system[d]]
    keys = Counter((owner, part) for part in parts)
    return Counter(dict.fromkeys(keys, 1)) if row.kind == "spacing" else keys


def _amount(row, rules, key, places, tiers) -> int | None:
    if row.scope in ("township", "village", "department"):
        return row.amount.get(key, row.amount.get("*"))
    stated = []
    for name, place in places.items():
        owner = name if row.kind == "spacing" else _person(rules, place)
        if owner == key[0] and _inside(row.filter, place, tiers):
            by = {"tier": tiers[name], "township": place["township_code"]}.get(row.by) or place[row.by]
            stated.append(row.amount.get(by, row.amount.get("*")))
    return max((n for n in stated if n is not None), default=None)


def _over(case, rules, row, most, members, asked) -> list:
    visit, places, tiers = asked
    length = most if row.kind == "spacing" else row.rolling_days
    ceiling = 1 if row.kind == "spacing" else most
    windows: dict = {}
    for call, number in members:
        for window in _windows(case, rules, row, length, call, (places, tiers)):
            windows.setdefault(window, []).append((call["id"], number))
    return sorted(
        w
        for w, inside in windows.items()
        if sum(n for _, n in inside) > ceiling and any(i and visit in ("", i) for i, _ in inside)
    )


def _windows(case, rules, row, length, call, asked) -> set:
    days = call["days"]
    if row.window == "rolling":
        return {str(day - k * ONE) for day in days for k in range(length)}
    if row.window == "day":
        return {str(days[0])} if call["dated"] else set()
    if row.window == "week":
        return {str(days[0].isocalendar()[:2])}
    chosen = days if call["dated"] else open_days(case, rules, call, *asked) or days
    name = {
        "month": lambda d: f"{d.year}-{d.month}",
        "quarter": lambda d: f"{d.year}q{(d.month + 2) // 3}",
        "year": lambda d: f"{d.year}",
    }[row.window]
    return {name(day) for day in chosen}


def open_days(case, rules, call, places, tiers) -> list[dt.date]:
    """Return the possible days of a visit that are open for it (S1), quiet days included."""
    workday = dict(
        zip(case.days.dates.astype("datetime64[D]").tolist(), case.days.is_workday.tolist(), strict=True)
    )
    days = [d for d in call["days"] if workday.get(d, False) and d >= case.as_of]
    if call["object_kind"] != "enterprise":
        return days
    place = places[call["object_id"]]
    days = [
        d
        for d in days
        if d.isoweekday() not in place["closed_days"]
        and (not place["open_months"] or d.month in place["open_months"])
        and not any(first <= d <= last for first, last in place["shut"])
    ]
    return [d for d in days if not any(_quiet(row, call, place, tiers, d) for row in rules.quiet)]


def _quiet(row, call, place, tiers, day) -> bool:
    binds = not row.filter.departments or bool(set(row.filter.departments) & set(call["departments"]))
    listed = {"days_1_25": range(1, 26), "per_month": range(1, row.per_month + 1)}.get(row.mode, row.days)
    inside = day.day in listed and (not row.months or day.month in row.months)
    return binds and inside and call["kind"] in row.kinds and _inside(row.filter, place, tiers)


def officers_over(case, rules, plan) -> list[tuple]:
    """Return (row, officer, day) above the amount of a row about officers: all visits of the officer's team count."""
    teams = plan["teams"].set_index("team_id").to_dict("index")
    home = case["officers"].set_index("officer_id")["department_id"].to_dict()
    tiers = dict(zip(plan["scores"]["enterprise_id"], plan["scores"]["tier"], strict=True))
    places = case.enterprises.set_index("enterprise_id", drop=False).to_dict("index")
    found = []
    for row in (r for r in rules.limits if r.scope == "officer" and r.hard and r.kind == "cap"):
        count: Counter = Counter()
        for call in calls_of(case, plan):
            if call["id"] and call["team_id"] and _counts(row, rules, call, places, tiers):
                count.update((o, call["date"]) for o in teams[call["team_id"]]["officers"])
        for (officer, day), number in sorted(count.items()):
            most = row.amount.get(home[officer], row.amount.get("*"))
            if most is not None and number > most:
                found.append((row.id, officer, day))
    return found
