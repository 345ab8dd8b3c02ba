"""Sentences in both languages, the report's figures, and what importing the audit loads."""

from __future__ import annotations

import subprocess
import sys

import pytest

from audit.breakers_limits import organ_enterprise_year
from audit.county import county
from audit.judged import ALL, judged
from riskplan.audit import CHECKS, Finding
from riskplan.audit.findings import EVIDENCE_IN_A_SENTENCE, evidence_text, window_text
from riskplan.text import missing


def test_every_finding_has_a_sentence():
    """All findings of all breakers are told in full: no key without a message, no value left open."""
    for name in ALL:
        for finding in judged(name)[1].findings:
            assert not missing(f"audit.finding.{finding.message or finding.rule}")
            for sentence in (finding.sentence("zh"), finding.sentence("en")):
                assert "{" not in sentence
                assert "audit." not in sentence


def test_every_check_has_a_name_in_words():
    """Each check's name stands in the catalogue."""
    assert not [f.__name__ for f in CHECKS if missing(f"audit.check.{f.__name__.removeprefix('check_')}")]


def test_sentence_names_figures_evidence_and_basis():
    """An organ's cap is told with counted, allowed and excess visits, their ids and the legal basis."""
    finding = organ_enterprise_year().county.audit().violations[0]
    for lang in ("zh", "en"):
        sentence = finding.sentence(lang)
        assert all(part in sentence for part in ("E1/A", "2027", "5", "4", "E1-5", "notice no. 1"))


@pytest.mark.parametrize(
    ("window", "zh", "en"),
    [
        ("2027-W12", "3月22日—3月26日(第12周)", "22-26 Mar"),
        ("2027-03", "2027年3月", "Mar 2027"),
        ("2027-03-22", "2027年3月22日", "22 Mar"),
        ("2027", "2027年", "2027"),
    ],
)
def test_windows_are_told_as_people_read_them(window, zh, en):
    """Weeks come months first, days with their weekday."""
    assert zh in window_text(window, "zh")
    assert en in window_text(window, "en")


def test_long_evidence_is_cut():
    """A sentence names the first ids and the number of the others; the finding keeps all."""
    ids = tuple(f"v{n}" for n in range(10))
    assert evidence_text(ids, "en").endswith(f"and {10 - EVIDENCE_IN_A_SENTENCE} more")
    assert evidence_text(ids[:2], "zh") == "v0、v1"


def test_values_are_never_interpreted():
    """An id that looks like a placeholder is told as it is."""
    finding = Finding(
        "workday",
        "violation",
        "{x.__class__}",
        "2027",
        message="workday-day-off",
        details=(("object", "{0}"),),
    )
    assert "{x.__class__}" in finding.sentence("zh")


def test_report_as_a_table_and_in_lines():
    """The report has one row per finding and a summary that says what was checked."""
    report = organ_enterprise_year().county.audit()
    frame = report.frame("zh")
    assert len(frame) == len(report.findings) == 1
    assert frame["evidence"].iloc[0] == "E1-1|E1-2|E1-3|E1-4|E1-5"
    lines = report.summary("zh")
    assert lines[0] == "发现违规1处。"
    assert len([line for line in lines if "核查" in line]) >= len(CHECKS)
    assert county().audit().summary("en")[0] == "The plan breaks no rule."


def test_importing_the_audit_loads_no_solver_and_no_geometry():
    """The audit runs where neither solver nor geometry is installed, and shares no room with the planner."""
    barred = ("geopandas", "ortools", "numba", "folium", "shapely", "holidays", "scipy", "dask")
    rooms = (
        "annual",
        "weekly",
        "joint",
        "risk",
        "travel",
        "case.read",
        "case.weeks",
        "case.calendar",
        "rules.read",
    )
    code = (
        "import sys, riskplan.audit;"
        f"bad = [m for m in sys.modules if m.split('.')[0] in {barred!r}];"
        f"bad += [m for m in sys.modules if m in {tuple('riskplan.' + r for r in rooms)!r}];"
        "sys.exit(', '.join(sorted(bad)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
