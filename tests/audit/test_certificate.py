"""The certificate of the bound: confirmed as it is made, and refused for the smallest thing that is wrong with it."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.how_many import examples

from riskplan.annual import plan_year
from riskplan.annual.certificate_arrays import certificate_bytes
from riskplan.audit.certificate import bound, check_certificate, prove
from riskplan.audit.certificate_file import Malformed, read_certificate
from riskplan.audit.certificate_model import Rebuilt
from riskplan.audit.world import World
from riskplan.case.read import read_case
from riskplan.plan.io import read_plan, write_plan
from riskplan.progress import Stop
from riskplan.rules.read import read_rules
from riskplan.synth import make_county


@pytest.fixture
def tampered(hamlet, hamlet_rules, hamlet_plan):
    """A function that proves the plan with some arrays of its certificate changed, hash in the manifest put right."""

    def changed(**arrays):
        with np.load(io.BytesIO(hamlet_plan.certificate)) as file:
            content = certificate_bytes({name: file[name] for name in file.files} | arrays)
        manifest = {**hamlet_plan.manifest, "certificate": hashlib.sha256(content).hexdigest()}
        return prove(
            World(hamlet, hamlet_rules, replace(hamlet_plan, certificate=content, manifest=manifest))
        )

    return changed


@pytest.fixture
def arrays(hamlet_plan):
    """The arrays of the plan's certificate."""
    return dict(read_certificate(hamlet_plan.certificate).arrays)


def messages(proof):
    """Return what is wrong with a certificate."""
    return {f.message for f in proof.findings if f.severity == "violation"}


def claims(arrays, name, more):
    """Return the claims with one of them raised."""
    claimed = arrays["claimed"].copy()
    claimed[arrays["claim"].tolist().index(name)] += more
    return claimed


def claimed(arrays, name):
    """Return one of the claims."""
    return int(arrays["claimed"][arrays["claim"].tolist().index(name)])


def test_confirms_exactly_what_the_planner_claims(tampered, hamlet, hamlet_rules, hamlet_plan):
    """The audit's own code reaches the planner's exact bound, to the unit, and all terms."""
    proof = tampered()
    assert messages(proof) == set()
    assert proof.confirmed
    assert proof.own <= proof.stated
    year = Rebuilt(World(hamlet, hamlet_rules, hamlet_plan), read_certificate(hamlet_plan.certificate))
    assert bound(year, True) == proof.claims["bound"]
    assert check_certificate(World(hamlet, hamlet_rules, hamlet_plan)).findings == ()


def test_refuses_one_unit_more(tampered, arrays):
    """A bound one unit above what the prices prove is refused, with both numbers."""
    assert "certificate-bound" not in messages(tampered())
    proof = tampered(claimed=claims(arrays, "bound", 1))
    assert "certificate-bound" in messages(proof)
    (finding,) = [f for f in proof.findings if f.message == "certificate-bound"]
    assert (finding.counted, finding.excess) == (proof.claims["bound"], 1)
    assert all(finding.sentence(lang) for lang in ("zh", "en"))


def test_another_price_proves_another_bound(tampered, arrays):
    """Raised prices are as valid as any others: they prove a bound, but no higher one than before."""
    price = arrays["price_crew"].copy()
    price[0, 10] += 10**9
    proof = tampered(price_crew=price)
    assert messages(proof) <= {"certificate-bound"}
    assert proof.stated is not None


@pytest.mark.parametrize("name", ["price_week", "price_month", "price_link", "price_crew", "row_price"])
def test_refuses_negative_prices(tampered, arrays, name):
    """A price below nothing proves nothing."""
    price = arrays[name].copy()
    price[0, 0] = -1
    assert messages(tampered(**{name: price})) == {"certificate-negative"}


def test_refuses_other_sources(tampered):
    """A certificate of another case, rulebook or score table is none of this plan."""
    for name in ("case", "rules", "scores"):
        assert messages(tampered(**{name: np.array(["x"])})) == {"certificate-hash"}


def test_refuses_a_file_that_the_manifest_does_not_mean(hamlet, hamlet_rules, hamlet_plan):
    """The manifest has the file's hash."""
    plan = hamlet_plan.with_tables(manifest={"certificate": "x"})
    assert messages(prove(World(hamlet, hamlet_rules, plan))) == {"certificate-hash"}


def test_refuses_tampered_minutes(tampered, arrays):
    """Minutes of a listed visit are what its items take."""
    minutes = arrays["visit_minutes"].copy()
    minutes[0] += 1
    assert messages(tampered(visit_minutes=minutes)) == {"certificate-minutes"}


def test_weeks_that_the_file_adds_do_not_count(tampered, arrays):
    """A week that the case closes stays closed whatever the file says: the audit's own bound stays as it is."""
    proof = tampered(visit_weeks=np.full_like(arrays["visit_weeks"], 255))
    assert proof.own == tampered().own


def test_left_out_visits_can_not_be_inflated(tampered, arrays):
    """More visits left out than are owed would raise the bound; the audit does not believe them."""
    assert tampered(schedule_left_out=arrays["schedule_left_out"] + 1000).stated <= claimed(
        arrays, "objective"
    )


@pytest.mark.parametrize(
    "name", ["exposure", "trips", "uneven", "stability", "late", "unplanned", "objective", "base"]
)
def test_refuses_a_term_that_does_not_recompute(tampered, arrays, name):
    """Every term of the objective is recomputed from the plan's rows."""
    assert "certificate-term" in messages(tampered(claimed=claims(arrays, name, 1)))


def test_refuses_malformed_files(tampered, arrays, hamlet, hamlet_rules, hamlet_plan):
    """Bytes that are no certificate, missing and misshapen arrays are named."""
    plan = replace(hamlet_plan, certificate=b"nothing")
    assert messages(prove(World(hamlet, hamlet_rules, plan))) == {"certificate-malformed"}
    for name, wrong in (
        ("price_week", arrays["price_week"][:, 1:]),
        ("visit_item", arrays["visit_item"] + 10**6),
        ("visit_lead", arrays["visit_lead"] * 0 - 1),
        ("cluster", arrays["cluster"] * 0),
        ("cluster", arrays["cluster"][::-1]),
        ("visit_lead", np.roll(arrays["visit_lead"], 1)),
        ("format", np.array([2])),
        ("price_link", arrays["price_link"].astype(np.float64)),
        ("price_township", arrays["price_township"] + (1 << 60)),
        ("pools", arrays["pools"][::-1].astype("<U1")),
    ):
        assert messages(tampered(**{name: wrong})) == {"certificate-malformed"}, name
    with pytest.raises(Malformed):
        read_certificate(b"")


def test_refuses_a_plan_that_is_not_listed(hamlet, hamlet_rules, hamlet_plan):
    """A bound over schedules without the plan's own says nothing about the plan."""
    visits = hamlet_plan.visits.iloc[1:]
    plan = hamlet_plan.with_tables(visits=visits)
    assert messages(prove(World(hamlet, hamlet_rules, plan))) & {"certificate-unlisted", "certificate-term"}


def test_a_plan_folder_carries_it(hamlet_plan, tmp_path):
    """The file is written with the rest and read again; a plan without one leaves none behind."""
    folder = write_plan(hamlet_plan, tmp_path / "plan")
    assert read_plan(folder).certificate == hamlet_plan.certificate
    write_plan(replace(hamlet_plan, certificate=b""), folder)
    assert not (folder / "certificate.npz").exists()


def test_tells_bound_and_gaps(tampered):
    """The summary has bound, gaps and what had to be believed, in both languages."""
    for lang in ("zh", "en"):
        lines = tampered().lines(lang)
        assert "%" in lines[0]
        assert len(lines) >= 2


@settings(max_examples=examples(1, 12), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 10**6))
def test_equals_the_planners_bound_on_random_counties(tmp_path_factory, seed):
    """Two codes, one number: with what the file states the audit's bound is the planner's, to the unit."""
    folder = make_county(tmp_path_factory.mktemp("proof") / "county", enterprises=30, seed=seed)
    case = read_case(folder)
    rules = read_rules(folder / "rules.toml", case)
    plan = plan_year(case, rules, stop=Stop(effort=0.05), seed=seed)
    world = World(case, rules, plan)
    file = read_certificate(plan.certificate)
    assert bound(Rebuilt(world, file), True) == file.claims["bound"]
    assert messages(prove(world)) == set()


def test_says_that_a_later_revision_was_not_recomputed(hamlet, hamlet_rules, hamlet_plan):
    """Terms of a plan with days are those of the year plan: the audit says so instead of calling them checked."""
    plan = hamlet_plan.with_tables(manifest={"revision": 2})
    proof = prove(World(hamlet, hamlet_rules, plan))
    assert "certificate-routed" in {f.message for f in proof.findings}
    assert messages(proof) == set()
