"""Teams: one day, whole crews of certified officers who are free, each in one team a day (S9)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from riskplan.audit.findings import Finding, Outcome, basis_of
from riskplan.audit.formula import certified_officers, days_on_leave
from riskplan.audit.people import Team
from riskplan.audit.world import World


def _wrong(rule: str, team: Team, message: str = "", **details: str) -> Finding:
    return Finding(
        rule, "violation", team.id, team.date, 1, 0, 1, (team.id,), "", message, tuple(details.items())
    )


def check_team_rows(world: World) -> Outcome:
    """Check that every team has its own id, a real date, known departments and a known depot."""
    teams = world.teams
    seen: dict[str, int] = {}
    findings = []
    for team in teams:
        seen[team.id] = seen.get(team.id, 0) + 1
        if not team.day:
            findings.append(_wrong("team-structure", team, "team-date-unreadable"))
        if team.depot not in world.department_ids:
            findings.append(_wrong("team-structure", team, "team-depot", depot=team.depot))
        findings += [
            _wrong("team-structure", team, "team-department", department=d)
            for d in team.departments
            if d not in world.department_ids
        ]
        if not team.departments:
            findings.append(_wrong("team-structure", team, "team-empty"))
    findings += [
        Finding("team-structure", "violation", name, "", n, 1, n - 1, (name,), "", "team-repeated")
        for name, n in seen.items()
        if n > 1
    ]
    return Outcome(len(teams), tuple(findings))


def extra_of(department: str, departments: Sequence[str], world: World) -> int:
    """Return the officers that a team's first department may add to reach the team's minimum."""
    crew = world.rules.crew
    lacking = max(0, crew.min_officers - crew.officers_per_department * len(set(departments)))
    return lacking if departments and department == min(departments) else 0


def check_crew_composition(world: World) -> Outcome:
    """Check that each department of a team sends exactly its certified officers; experts never count (S9)."""
    need = world.rules.crew.officers_per_department
    basis = basis_of(world.rules, "crew.officers_per_department")
    own = {d: frozenset(names) for d, names in certified_officers(world).items()}
    home = world.homes
    objects, findings = 0, []
    for team in world.teams:
        listed = tuple(dict.fromkeys(team.officers))
        guests = [home.get(o, "") for o in listed if home.get(o, "") not in team.departments]
        for department in sorted({*team.departments, *guests}):
            objects += 1
            people = [o for o in listed if home.get(o, "") == department]
            fit = [o for o in people if o in own.get(department, frozenset())]
            least = need if department in team.departments else 0
            most = least + extra_of(department, team.departments, world)
            counted = len(fit) if least else len(people)
            right = min(max(counted, least), most)
            unfit = [o for o in people if o not in fit]
            if counted != right or unfit:
                findings.append(
                    Finding(
                        rule="crew-composition",
                        severity="violation",
                        scope_key=f"{team.id}/{department}",
                        window=team.date,
                        counted=counted,
                        allowed=right,
                        excess=abs(counted - right) or len(unfit),
                        evidence=tuple(sorted((team.id, *people))),
                        basis=basis,
                        message="crew-composition" if least else "crew-stranger",
                    )
                )
    return Outcome(objects, tuple(findings))


def check_crew_minimum(world: World) -> Outcome:
    """Check that every team has as many certified officers as the rules ask for in all (S9)."""
    least = world.rules.crew.min_officers
    basis = basis_of(world.rules, "crew.min_officers")
    certified = {o for names in certified_officers(world).values() for o in names}
    teams = world.teams
    findings = []
    for team in teams:
        fit = sorted({o for o in team.officers if o in certified})
        if len(fit) < least:
            short = least - len(fit)
            evidence = tuple(sorted((team.id, *fit)))
            findings.append(
                Finding(
                    "crew-minimum", "violation", team.id, team.date, len(fit), least, short, evidence, basis
                )
            )
    return Outcome(len(teams), tuple(findings))


def check_officer_once(world: World) -> Outcome:
    """Check that nobody is in two teams on one day, nor twice in one (S9)."""
    groups: dict[tuple[str, str], list[str]] = {}
    for team in world.teams:
        for officer in team.officers:
            groups.setdefault((officer, team.date), []).append(team.id)
    findings = []
    for (officer, date), names in groups.items():
        if len(names) > 1:
            evidence = tuple(sorted(set(names)))
            findings.append(
                Finding("officer-twice", "violation", officer, date, len(names), 1, len(names) - 1, evidence)
            )
    return Outcome(len(groups), tuple(findings))


def check_officer_leave(world: World) -> Outcome:
    """Check that every officer of a team is free that day (S9)."""
    away = days_on_leave(world)
    calendar = world.calendar
    objects, findings = 0, []
    for team in world.teams:
        for officer in dict.fromkeys(team.officers):
            objects += 1
            inside = calendar.first <= team.day <= calendar.last
            if inside and officer in away and away[officer][team.day - calendar.first]:
                evidence = (team.id,)
                findings.append(Finding("officer-leave", "violation", officer, team.date, 1, 0, 1, evidence))
    return Outcome(objects, tuple(findings))


def _visit_rows(world: World) -> Iterable[tuple[str, str, str, tuple[str, ...]]]:
    table = world.table("visits")
    for name, team, date, departments in zip(
        table["visit_id"], table["team_id"], table["date"], table["departments"], strict=True
    ):
        if team:
            yield (name, team, date, tuple(dict.fromkeys(departments)))


def check_team_of_visit(world: World) -> Outcome:
    """Check that a visit's team exists, works that day, and brings every department of the visit (S9)."""
    teams = {team.id: team for team in world.teams}
    objects, findings = 0, []
    for name, team_id, date, departments in _visit_rows(world):
        objects += 1
        team = teams.get(team_id)
        if team is None:
            unknown = (("team", team_id),)
            findings.append(
                Finding("team-unknown", "violation", name, date, 1, 0, 1, (name,), "", "", unknown)
            )
            continue
        if date != team.date:
            stated = (("team", team_id), ("team_date", team.date))
            evidence = tuple(sorted((name, team_id)))
            findings.append(Finding("team-date", "violation", name, date, 1, 0, 1, evidence, "", "", stated))
        absent = [d for d in departments if d not in team.departments]
        if absent:
            there = len(departments) - len(absent)
            details = (("team", team_id), ("departments", "|".join(absent)))
            figures = (there, len(departments), len(absent))
            evidence = tuple(sorted((name, team_id)))
            findings.append(
                Finding(
                    "crew-missing-department", "violation", name, date, *figures, evidence, "", "", details
                )
            )
    return Outcome(objects, tuple(findings))


def check_visits_without_team(world: World) -> Outcome:
    """Tell how many dated visits name no team: their crews and routes can't be judged."""
    open_stages = {"draft", "issued", "pinned"}
    dated = [c for c in world.planned if c.dated and c.stage in open_stages]
    found = tuple(sorted(c.id for c in dated if not c.team))
    if not found:
        return Outcome(len(dated), ())
    number = len(found)
    return Outcome(len(dated), (Finding("visit-without-team", "notice", "", "", number, 0, number, found),))
