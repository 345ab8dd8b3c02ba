"""The map as a file: self-contained, the same bytes each time, deaf to what stands in the tables."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from importlib import resources
from pathlib import Path

import folium
import numpy as np
import pytest
from branca.element import Figure
from hypothesis import given
from hypothesis import strategies as st
from map_sample import sample_case, sample_plan, sample_rules, sample_townships
from payloads import PAYLOADS

from riskplan.maps.draw import draw_map, write_map
from riskplan.maps.escape import map_json, map_text, seal, unseal
from riskplan.maps.page import Layer, asset
from riskplan.plan.tables import normalise

SOURCE = Path(str(resources.files("riskplan")))
OUTSIDE = re.compile(
    r"""(?:src|href)\s*=\s*["']?\s*(?:https?:)?//|\burl\(\s*["']?(?!data:|#)""", re.IGNORECASE
)


def render(case, plan=None, lang="zh", rules=None) -> str:
    """Return the page of a case."""
    return draw_map(case, rules or sample_rules(), plan or sample_plan(case), lang=lang).get_root().render()


def layer_data(page: str, name: str):
    """Return the data that a layer's script is called with."""
    start = page.index(f"riskplan.layer.{name}(map_riskplan, ") + len(f"riskplan.layer.{name}(map_riskplan, ")
    return json.JSONDecoder().raw_decode(page, start)[0]


def test_page_names_no_outside_address():
    """No src, href or url( of the page leads anywhere."""
    page = render(sample_case())
    assert OUTSIDE.search(page) is None
    assert "<link" not in page
    assert "sourceMappingURL" not in page


def test_policy_allows_only_the_scripts_of_the_page():
    """The content security policy lists the hash of each script block and no other script source."""
    page = render(sample_case())
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page).group(1)
    allowed = re.search(r"script-src ([^;]*)", policy).group(1).split()
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    hashes = [f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in scripts]
    assert sorted(allowed) == sorted(hashes)
    assert policy.startswith("default-src 'none'")


def test_same_input_gives_the_same_bytes(tmp_path):
    """Two runs write the same file."""
    case = sample_case(30)
    first = write_map(case, sample_rules(), sample_plan(case), tmp_path / "a.html", lang="zh").read_bytes()
    second = write_map(case, sample_rules(), sample_plan(case), tmp_path / "b.html", lang="zh").read_bytes()
    assert first == second


def test_order_of_rows_does_not_matter():
    """Shuffled tables give the same page."""
    case = sample_case(30)
    plan = sample_plan(case)
    mixed, rng = case, np.random.default_rng(3)
    for name, frame in case.tables.items():
        mixed = mixed.replace_table(name, frame.iloc[rng.permutation(len(frame))])
    shuffled = {n: normalise(n, f.iloc[rng.permutation(len(f))]) for n, f in plan.tables.items()}
    assert render(case, plan) == render(mixed, plan.with_tables(**shuffled))


@pytest.mark.parametrize(("count", "most"), [(1_500, 1_000_000), (10_000, 5_000_000)])
def test_file_stays_small(count, most):
    """A county of 1,500 enterprises takes at most 1 MB, one of 10,000 at most 5 MB."""
    case = sample_case(count, townships=sample_townships(22))
    assert len(render(case).encode("utf-8")) <= most


def test_templates_in_names_are_never_executed():
    """A name that is a Jinja expression reaches the page as JSON text and is not evaluated."""
    names = dict(enumerate(PAYLOADS))
    page = render(sample_case(len(PAYLOADS), names, name=PAYLOADS[2], credit=PAYLOADS[3]))
    assert str(Path.cwd()) not in page
    assert layer_data(page, "enterprises")["name"] == list(PAYLOADS)
    assert layer_data(page, "base")["credit"] == PAYLOADS[3]
    assert map_text(PAYLOADS[2]) in page.partition("</title>")[0]


def test_names_that_are_tokens_stay_names():
    """A name equal to the token of a real block of the page is not swapped for that block."""
    token = seal("assets/leaflet/leaflet.js", asset("leaflet/leaflet.js"))
    page = render(sample_case(6, {0: token}))
    assert layer_data(page, "enterprises")["name"][0] == token
    assert page.count("typeof exports") == 1


def test_page_shows_notes_and_banner_only_where_due():
    """Boundary note, credit and the banner of fictional data come from the case."""
    page = render(sample_case())
    assert layer_data(page, "shell")["fictional"] == "虚构数据 / Fictional data"
    assert layer_data(page, "base")["boundary_note"] == "示意图,非行政区划界线"
    assert layer_data(page, "shell")["chips"][0]["text"] == "暂定日历"
    real = render(sample_case(fictional=False))
    assert layer_data(real, "shell")["fictional"] == ""


def test_bare_plan_is_drawn_as_far_as_it_goes():
    """A plan with nothing but visits, and an empty manifest, still makes a map."""
    case = sample_case()
    plan = sample_plan(case)
    bare = type(plan)({"visits": plan.visits}, {})
    page = render(case, bare, lang="en")
    assert layer_data(page, "enterprises")["tier"] == [-1] * 6
    assert ["Status", "not known"] in layer_data(page, "summary")["facts"]


def test_coordinates_and_visits_survive_the_coding():
    """Undoing steps and codes gives the table back to a metre."""
    case = sample_case(30)
    plan = sample_plan(case)
    page = render(case, plan)
    data, visit = layer_data(page, "enterprises"), layer_data(page, "weeks")["visit"]
    assert np.abs(np.cumsum(data["x"]) / 1e5 - case.enterprises["lon"]).max() <= 5.1e-6
    ids = np.array(data["id"])[np.cumsum(visit["enterprise"])]
    weeks = [layer_data(page, "weeks")["label"][w] for w in visit["week"]]
    assert sorted(zip(ids, weeks, strict=True)) == sorted(
        zip(plan.visits["enterprise_id"], plan.visits["week"], strict=True)
    )


def test_write_is_atomic_and_leaves_nothing_beside(tmp_path, monkeypatch):
    """A failing write keeps the old file and leaves no temporary one."""
    case = sample_case()
    target = tmp_path / "out" / "map.html"
    write_map(case, sample_rules(), sample_plan(case), target, lang="zh")
    before = target.read_bytes()
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        write_map(case, sample_rules(), sample_plan(case), target, lang="en")
    assert target.read_bytes() == before
    assert [p.name for p in target.parent.iterdir()] == ["map.html"]


def test_layer_on_a_plain_page_is_refused():
    """A layer says clearly that it needs a page that can unseal."""
    with pytest.raises(TypeError, match="Figure"):
        Layer("search", {}).add_to(Figure()).render()


def test_unseal_wants_each_block_exactly_once():
    """A token that is missing, doubled or unknown is an error, not a broken page."""
    token = seal("a", "text")
    assert unseal(f"<p>{token}</p>", {token: "{{x}}"}) == "<p>{{x}}</p>"
    for page in ("", token * 2, token + seal("b", "other")):
        with pytest.raises(ValueError, match="exactly once"):
            unseal(page, {token: "text"})


@given(st.text())
def test_map_json_is_inert_and_says_the_same(text):
    """Any text comes back from the JSON literal, which holds nothing that could end a script block."""
    literal = map_json({"a": [text]})
    assert json.loads(literal) == {"a": [text]}
    assert literal.isascii()
    assert not set("<>&") & set(literal)


@given(st.text())
def test_map_text_leaves_no_active_character(text):
    """Escaped text has no character that HTML, JavaScript or Jinja would act upon."""
    assert not set("<>\"'`$\\{}") & set(map_text(text))


def test_only_the_page_touches_folium():
    """Folium stays in two files, and none uses its markers, popups or tooltips."""
    sinks = r"\b(?:Popup|Tooltip|Marker|GeoJson|DivIcon|Icon|FeatureGroup)\("
    users, makers = [], []
    for path in sorted(SOURCE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        users += [path.name] if re.search(r"^(?:import|from) (?:folium|branca)", text, re.MULTILINE) else []
        makers += [path.name] if re.search(sinks, text) else []
    assert users == ["draw.py", "page.py"]
    assert makers == []


def test_scripts_put_text_in_by_text_nodes_only():
    """Our scripts use no innerHTML or its kin, and nothing newer than browsers of 2019 know."""
    banned = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|\?\.|\?\?|replaceAll|"
        r"\.at\(|structuredClone|\.flat\(|bindPopup|bindTooltip|https?://(?!www\.w3\.org/2000/svg)"
    )
    for path in sorted((SOURCE / "maps" / "assets").glob("*.js")):
        assert banned.search(path.read_text(encoding="utf-8")) is None, path.name


def test_styles_use_nothing_that_old_browsers_lack():
    """Our styles avoid flexbox gaps and functions that came after 2019."""
    banned = re.compile(
        r"[;{ ]gap:|\binset:|aspect-ratio|clamp\(|\b(?:min|max)\(|:is\(|:has\(|:where\(|@import|url\("
    )
    for path in sorted((SOURCE / "maps" / "assets").glob("*.css")):
        assert banned.search(path.read_text(encoding="utf-8")) is None, path.name


def test_leaflet_is_shipped_unchanged_with_its_licence():
    """The one foreign library is the published file, and its licence stands in each map."""
    shipped = (SOURCE / "maps" / "assets" / "leaflet" / "leaflet.js").read_bytes()
    assert hashlib.sha256(shipped).hexdigest() == LEAFLET_SHA256
    assert "BSD 2-Clause License" in render(sample_case())


LEAFLET_SHA256 = "db49d009c841f5ca34a888c96511ae936fd9f5533e90d8b2c4d57596f4e5641a"


def test_map_is_a_folium_map_for_notebooks():
    """What comes back is a folium map that a notebook can show."""
    case = sample_case()
    page = draw_map(case, sample_rules(), sample_plan(case), lang="en")
    assert isinstance(page, folium.Map)
    assert "iframe" in page._repr_html_()
