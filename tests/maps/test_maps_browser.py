"""The map in a real browser with the network off: no request, no complaint, no foreign script."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from browser import needs_browser
from map_sample import sample_case, sample_plan, sample_rules
from payloads import PAYLOADS

from riskplan.maps.draw import write_map

pytestmark = [pytest.mark.browser, needs_browser]


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> Path:
    """Return the map of a small county in English."""
    case = sample_case(30)
    return write_map(
        case, sample_rules(), sample_plan(case), tmp_path_factory.mktemp("map") / "map.html", lang="en"
    )


@pytest.mark.parametrize("width", [1400, 390])
def test_opens_without_requests_and_errors(browser, page, width):
    """The map opens on a screen and on a phone, asks nothing of the network and logs no error."""
    browser.open(page, "week=2027-W02&tab=week", width=width)
    assert browser.requests == []
    assert browser.complaints == []
    assert browser.run("document.body.dataset.errors") == "0"
    assert browser.run("document.body.dataset.requests") == "0"
    assert browser.run("document.documentElement.scrollWidth") <= width


def test_week_slider_moves_by_arrow_keys(browser, page):
    """The right and left arrow keys choose the next and the previous week, named months first."""
    browser.open(page, "week=2027-W12")
    assert browser.text("#week-name") == "22-26 Mar (2027-W12)"
    browser.press("ArrowRight")
    assert browser.text("#week-name") == "29 Mar-2 Apr (2027-W13)"
    browser.press("ArrowLeft")
    browser.press("ArrowLeft")
    assert browser.text("#week-name") == "15-19 Mar (2027-W11)"


def test_township_labels_show_load_against_cap(browser, page):
    """The labels show the visits of the chosen week beside the township's cap."""
    browser.open(page, "week=2027-W02")
    figures = browser.run("Array.from(document.querySelectorAll('.label-figure')).map(n => n.textContent)")
    assert sum(int(f.split("/")[0]) for f in figures) == 4
    assert all(f.endswith("/4") for f in figures)


def test_routes_have_numbered_stops_and_a_list_with_times(browser, page):
    """A routed week shows a depot and numbered stops, and a list with date, hours and stops of each team."""
    browser.open(page, "week=2027-W02&tab=week")
    stops = browser.run("Array.from(document.querySelectorAll('.stop')).map(n => n.textContent)")
    teams = browser.run("document.querySelectorAll('.team').length")
    assert stops.count("1") == teams == 3
    assert browser.run("document.querySelectorAll('.depot').length") == 3
    assert "Mon 11 Jan" in browser.text(".team")
    assert "08:55–09:55" in browser.text(".team")
    assert "not roads" in browser.text(".panes")


def test_search_opens_the_card_of_an_enterprise(browser, page):
    """Typing a part of an id and Enter opens the card with score, duties and visits."""
    browser.open(page)
    browser.run("document.querySelector('#search').focus()")
    browser.type("e00004")
    browser.press("Enter")
    card = browser.text(".card")
    assert "E00004" in card
    assert "消防通道" in card
    assert "visits owed" in card
    browser.press("Escape")
    assert browser.run("document.querySelector('.card').classList.contains('hidden')") is True


def test_click_on_a_symbol_opens_its_card(browser, page):
    """A click on the canvas finds the enterprise under it."""
    browser.open(page, "e=E00007")
    place = browser.run(
        "(() => { const p = map_riskplan.latLngToContainerPoint(riskplan.enterprises.points[7]);"
        "const b = map_riskplan.getContainer().getBoundingClientRect();"
        "return [p.x + b.left, p.y + b.top]; })()"
    )
    browser.press("Escape")
    browser.click(*place)
    assert browser.text(".card-id") == "E00007"


def test_tier_boxes_hide_a_tier(browser, page):
    """Clearing a tier's box takes its enterprises off the map."""
    browser.open(page)
    browser.run("document.querySelectorAll('#legend input')[3].click()")
    assert browser.run("riskplan.state.tiers") == [True, True, True, False, True]
    assert browser.run("document.body.dataset.errors") == "0"


def test_a_shortfall_and_a_conflict_say_why(browser, page):
    """The card of an enterprise with an unplanned visit names the limit and the township, and what would help."""
    browser.open(page, "e=E00029")
    card = browser.text(".card")
    assert "the township's visits in a week (乡镇0)" in card
    assert "limits that lack room there: 2" in card
    assert "2 owed, 1 possible" in card


def test_hostile_texts_are_shown_and_never_run(browser, tmp_path):
    """Scripts, templates and quotes in the data stand on the page as they are, wherever they go."""
    case, plan = _hostile()
    page = write_map(case, sample_rules(), plan, tmp_path / "map.html", lang="en")
    browser.open(page, "week=2027-W02&tab=week&e=E00000")
    assert browser.run("document.body.dataset.pwned") is None
    assert browser.complaints == []
    assert browser.requests == []
    assert browser.run("document.querySelectorAll('body img, body iframe, body b > script').length") == 0
    shown = browser.run(
        "['.head', '.panel', '.folium-map'].map(s => document.querySelector(s).textContent).join()"
    )
    assert [p for p in PAYLOADS[:-1] if p not in shown] == []
    assert browser.run("document.title") == f"{case.name}: inspection plan"
    for place, payload in enumerate(PAYLOADS):
        browser.run(f"riskplan.set({{enterprise: {place}}})")
        assert browser.run("document.querySelector('#card-name').textContent") == payload
    assert browser.run("document.body.dataset.pwned") is None


def _hostile():
    """Return a case and a plan in which every text that a person may type is hostile."""
    names = dict(enumerate(PAYLOADS))
    case = sample_case(len(PAYLOADS), names, name=PAYLOADS[1], credit=PAYLOADS[0], boundary_note=PAYLOADS[2])
    for table in ("townships", "departments", "items"):
        frame = case[table].copy()
        frame["name"] = [PAYLOADS[i % len(PAYLOADS)] for i in range(len(frame))]
        case = case.replace_table(table, frame)
    case = case.replace_table("enterprises", case.enterprises.assign(sector=PAYLOADS[1]))
    plan = sample_plan(case)
    weeks = {"visits": plan.visits.assign(week="2027-W02", date="", stage=PAYLOADS[1], kind=PAYLOADS[0])}
    left = {
        "unplanned": plan["unplanned"].assign(reason=PAYLOADS[0], limit_id=PAYLOADS[1], scope_key=PAYLOADS[2])
    }
    manifest = {"status": PAYLOADS[0], "stopped_because": PAYLOADS[1], "checked_not_planned": [PAYLOADS[2]]}
    return case, replace(plan.with_tables(**weeks, **left), manifest={**plan.manifest, **manifest})


def test_premises_without_a_point_are_marked_and_stand_apart(browser, tmp_path):
    """Premises placed at a seat say so in card and legend, and two at one seat are not drawn on one spot."""
    case = sample_case(6)
    frame = case.enterprises.copy()
    frame.loc[:2, "point_source"] = ["village", "village", "township"]
    frame.loc[:1, ["lon", "lat"]] = frame.loc[0, ["lon", "lat"]].to_numpy()
    near = replace(case, tables={**case.tables, "enterprises": frame})
    browser.open(write_map(near, sample_rules(), sample_plan(near), tmp_path / "map.html", lang="en"))
    assert "Place only near" in browser.run("document.getElementById('legend').textContent")
    browser.run("riskplan.set({enterprise: 1})")
    assert "shown at its village" in browser.run("document.querySelector('.card-facts').textContent")
    assert browser.complaints == []
