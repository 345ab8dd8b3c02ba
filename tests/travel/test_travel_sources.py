"""Given times, OSRM, the folder of kept matrices, and which provider a case travels with."""

from __future__ import annotations

import socket
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from riskplan.errors import InputError, RiskplanError
from riskplan.text import LANGUAGES, say
from riskplan.travel import GivenTimes, GreatCircle, Osrm, RoadTimes, read_times, travel_of
from riskplan.travel.cache import Cached
from riskplan.travel.choice import CACHE
from riskplan.travel.protocol import NO_WAY, Matrix
from travel.road_sample import town

POINTS = (np.array([118.0, 118.1, 118.2]), np.array([25.0, 25.1, 25.2]))


def given(*rows):
    """Return given times of rows (from, to, seconds)."""
    frame = pd.DataFrame(rows, columns=["from_id", "to_id", "seconds"]).assign(metres=0)
    return GivenTimes.of(frame)


def with_tables(case, **tables):
    """Return a case with some tables."""
    return replace(case, tables={**case.tables, **tables})


def closing(first, last):
    """Return a closure of the town's bridge."""
    days = [np.datetime64(first, "s")], [np.datetime64(last, "s")]
    return pd.DataFrame({"road_id": ["BRIDGE"], "first": days[0], "last": days[1], "reason": [""]})


def test_given_times_are_closed():
    """A pair that is not given goes by a third place; there and back may differ; a lone place is named."""
    matrix = given(("a", "b", 60), ("b", "a", 90), ("b", "c", 30)).matrix(["a", "b", "c"], *POINTS)
    assert matrix.seconds.tolist() == [[0, 60, 90], [90, 0, 30], [NO_WAY, NO_WAY, 0]]
    assert matrix.unreachable() == ("a", "b", "c") or "c" in matrix.unreachable()


def test_an_office_is_known_by_its_department():
    """``depot/EM`` finds the row of EM; a place that nobody gave has no way to anybody."""
    matrix = given(("EM", "a", 600)).matrix(["depot/EM", "a", "z"], *POINTS)
    assert matrix.seconds[0, 1] == 600
    assert matrix.unreachable() == ("depot/EM", "a", "z") or "z" in matrix.unreachable()


def test_a_matrix_is_read_from_both_forms(tmp_path):
    """CSV and npz of the same figures give the same hash."""
    text = "from_id,to_id,seconds,metres\na,b,60,500\nb,a,90,700\n"
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    figures = {"seconds": np.array([[0, 60], [90, 0]]), "metres": np.array([[0, 500], [700, 0]])}
    np.savez(tmp_path / "t.npz", ids=np.array(["a", "b"]), **figures)
    assert read_times(tmp_path / "t.csv").sha256 == read_times(tmp_path / "t.npz").sha256


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("from_id,seconds\na,1\n", ["missing_column"]),
        (
            "from_id,to_id,seconds\na,b,x\na,b,-3\nb,a,2000000\n",
            ["not_an_integer", "pair_twice", "not_an_integer", "number_out_of_range"],
        ),
    ],
)
def test_every_bad_cell_of_a_matrix_is_told(tmp_path, text, codes):
    """Wrong headers, words, negative and absurd times, and pairs that stand twice are faults together."""
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_times(tmp_path / "t.csv")
    assert sorted(fault.code for fault in caught.value.faults) == sorted(codes)


@pytest.mark.parametrize("content", [b"no zip", None])
def test_a_file_that_is_no_matrix_is_refused(tmp_path, content):
    """Bytes that are no npz, and arrays of the wrong shape, are a fault."""
    path = tmp_path / "t.npz"
    if content is None:
        np.savez(path, ids=np.array(["a", "b"]), seconds=np.zeros((2, 3), dtype=np.int64))
    else:
        path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_times(path)
    assert [fault.code for fault in caught.value.faults] == ["unreadable_times"]


def test_a_silent_server_is_a_sentence():
    """Where no OSRM answers, the refusal names the address and the remedy in both languages."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{one.getsockname()[1]}"
        with pytest.raises(RiskplanError) as caught:
            Osrm(url, 0).matrix(["a", "b", "c"], *POINTS)
    for lang in LANGUAGES:
        assert url in say(caught.value.code, lang, **caught.value.args_by_name)


def test_only_web_addresses_are_asked():
    """A file is no server."""
    with pytest.raises(RiskplanError) as caught:
        Osrm("file:///etc/hosts", 0).matrix(["a", "b", "c"], *POINTS)
    assert caught.value.code == "travel.osrm_refused"


class Counting:
    """A provider that counts how often it is asked."""

    source, sha256, asked = "counted", "0" * 64, 0

    def matrix(self, ids, lon, lat):
        """Return the great circle."""
        self.asked += 1
        found = GreatCircle(1.3, 36.0, 0).matrix(ids, lon, lat)
        return Matrix.of(ids, found.seconds, found.metres, self.source)


def test_a_kept_matrix_is_not_made_again(tmp_path):
    """The second question is answered from the folder, with the same hash; other points are another file."""
    inner = Counting()
    kept = Cached(inner, tmp_path / "kept")
    first, second = (kept.matrix(["a", "b", "c"], *POINTS) for _ in range(2))
    assert (inner.asked, first.sha256) == (1, second.sha256)
    kept.matrix(["a", "b", "d"], *POINTS)
    assert inner.asked == 2
    assert len(list((tmp_path / "kept").iterdir())) == 2


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 cut", "swapped"])
def test_a_damaged_file_is_made_anew(tmp_path, damage):
    """Empty, cut and forged files are noticed by the hash and replaced."""
    inner = Counting()
    kept = Cached(inner, tmp_path)
    right = kept.matrix(["a", "b", "c"], *POINTS)
    path = next(tmp_path.iterdir())
    if damage == "swapped":
        np.savez(path, seconds=right.seconds * 2, metres=right.metres, sha256=np.array(right.sha256))
    else:
        path.write_bytes(damage)
    assert kept.matrix(["a", "b", "c"], *POINTS).sha256 == right.sha256
    assert inner.asked == 2


def test_a_folder_that_can_not_be_written_is_done_without(tmp_path):
    """A file in the place of the folder costs nothing but time."""
    (tmp_path / "kept").write_text("", encoding="utf-8")
    inner = Counting()
    for _ in range(2):
        Cached(inner, tmp_path / "kept").matrix(["a", "b", "c"], *POINTS)
    assert inner.asked == 2


def test_what_a_case_has_is_what_it_travels_with(hamlet, hamlet_rules, monkeypatch, tmp_path):
    """Given times before roads before the great circle; a folder named in the environment keeps them."""
    nodes, roads = town()
    roaded = with_tables(hamlet, road_nodes=nodes, roads=roads)
    times = pd.DataFrame({"from_id": ["a"], "to_id": ["b"], "seconds": [60], "metres": [0]})
    assert isinstance(travel_of(hamlet, hamlet_rules), GreatCircle)
    assert isinstance(travel_of(roaded, hamlet_rules), RoadTimes)
    assert travel_of(roaded, hamlet_rules).graph is travel_of(roaded, hamlet_rules).graph
    assert isinstance(travel_of(with_tables(roaded, travel_times=times), hamlet_rules), GivenTimes)
    monkeypatch.setenv(CACHE, str(tmp_path))
    assert isinstance(travel_of(roaded, hamlet_rules), Cached)


@pytest.mark.parametrize(("name", "kind"), [("great_circle", GreatCircle), ("osrm", Osrm)])
def test_the_rulebook_may_choose(hamlet, hamlet_rules, name, kind):
    """``travel.provider`` overrides what the case has."""
    rules = replace(hamlet_rules, travel=replace(hamlet_rules.travel, provider=name))
    assert isinstance(travel_of(hamlet, rules), kind)


@pytest.mark.parametrize("name", ["roads", "given"])
def test_a_table_that_is_asked_for_must_be_there(hamlet, hamlet_rules, name):
    """A rulebook that wants roads of a case without any is a fault, never a silent great circle."""
    rules = replace(hamlet_rules, travel=replace(hamlet_rules.travel, provider=name))
    with pytest.raises(InputError) as caught:
        travel_of(hamlet, rules)
    assert caught.value.faults[0].code == "no_travel_table"


@pytest.mark.parametrize(
    ("day", "closed"), [("2027-05-09", ()), ("2027-05-10", ("BRIDGE",)), ("2027-05-22", ())]
)
def test_roads_are_closed_on_their_days(hamlet, hamlet_rules, day, closed):
    """A closure counts from its first to its last day, both included."""
    nodes, roads = town()
    shut = with_tables(
        hamlet, road_nodes=nodes, roads=roads, road_closures=closing("2027-05-10", "2027-05-21")
    )
    assert travel_of(shut, hamlet_rules, np.array([day], dtype="datetime64[D]")).closed == closed
