"""Expected hazards a year: what they follow, what never lowers them, and the parts they are made of."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from history_sample import days_ago, hazard, score_of, with_rows
from hypothesis import given, settings
from hypothesis import strategies as st

from how_many import examples
from riskplan.risk import score
from riskplan.risk.domains import domain_weights
from riskplan.risk.events import Events
from riskplan.risk.half_life import GRID, USUAL, estimate_half_life
from riskplan.risk.intensity import estimate, expected_now, fit, gamma_interval, intensity_of, posterior
from riskplan.risk.neighbourhood import KM_PER_DEGREE, local_sums
from riskplan.risk.prior import Premises, Sums, sector_rates
from riskplan.rules.sections import IntensityRules

N = 30
FIXED = IntensityRules(half_life_days=365)
UNKNOWN = np.full(N, -1, dtype=np.int64)


def events(visits, findings, size=N):
    """Return events from (enterprise, age) visits and (enterprise, age, weight, visit or -1) findings."""
    visits = sorted(visits, key=lambda v: (v[0], -v[1]))
    of = [np.array([row[k] for row in findings], dtype=np.int64) for k in (0, 1)]
    none = np.zeros(0, dtype=np.int64)
    zeros = np.zeros(len(findings), dtype=np.int64)
    return Events(
        size=size,
        visit_of=np.array([v[0] for v in visits], dtype=np.int64),
        visit_age=np.array([v[1] for v in visits], dtype=np.int64),
        other_of=none,
        other_age=none,
        of=of[0],
        age=of[1],
        weight=np.array([row[2] for row in findings], dtype=float),
        visit=np.array([row[3] for row in findings], dtype=np.int64),
        severe=zeros.astype(bool),
        accident=zeros,
        overdue=zeros.astype(bool),
        deaths=zeros,
        injured=zeros,
        complaint_of=none,
        complaint_age=none,
        complaint_count=none,
    )


def county(seed, size=N, most=4, sectors=3):
    """Return who the enterprises are, and random visits with findings."""
    rng = np.random.default_rng(seed)
    rate = rng.gamma(2.0, 0.5, size)
    visits = sorted((e, int(a)) for e in range(size) for a in rng.integers(1, 1000, rng.integers(0, most)))
    visits.sort(key=lambda v: (v[0], -v[1]))
    findings = [
        (e, age, float(rng.choice([0.3, 1.0, 10.0], p=[0.5, 0.48, 0.02])), k)
        for k, (e, age) in enumerate(visits)
        for _ in range(rng.poisson(rate[e]))
    ]
    premises = Premises(
        sector=rng.integers(0, sectors, size),
        size=rng.integers(0, 2, size),
        new=np.zeros(size, dtype=bool),
        lon=118.0 + 0.05 * rng.random(size),
        lat=25.0 + 0.05 * rng.random(size),
    )
    return premises, visits, findings


@settings(max_examples=examples(60, 600))
@given(
    seed=st.integers(0, 10**6),
    e=st.integers(0, N - 1),
    age=st.integers(1, 1500),
    weight=st.sampled_from([0.3, 1.0, 10.0, 80.0]),
    which=st.integers(0, 3),
)
def test_a_finding_never_lowers_an_intensity(seed, e, age, weight, which):
    """Under one fit: whatever is found wherever, by a visit or otherwise, nobody's intensity and interval fall."""
    premises, visits, findings = county(seed)
    before = events(visits, findings)
    held = fit(before, premises, UNKNOWN, IntensityRules())
    own = [k for k, v in enumerate(visits) if v[0] == e]
    by = own[which % len(own)] if own and which else -1
    after = events(visits, [*findings, (e, visits[by][1] if by >= 0 else age, weight, by)])
    one, two = (posterior(x, held, IntensityRules()) for x in (before, after))
    assert (two.mean >= one.mean).all()
    assert (two.high >= one.high).all()


@settings(max_examples=examples(60, 600))
@given(seed=st.integers(0, 10**6), e=st.integers(0, N - 1), weight=st.sampled_from([1.0, 10.0]))
def test_a_finding_never_lowers_its_own_intensity_when_all_is_estimated_again(seed, e, weight):
    """With sectors, neighbourhood and spread fitted anew for 30 enterprises and a stated half-life."""
    premises, visits, findings = county(seed)
    own = [k for k, v in enumerate(visits) if v[0] == e]
    by = own[-1] if own else -1
    row = (e, visits[by][1] if own else 100, weight, by)
    one = estimate(events(visits, findings), premises, UNKNOWN, FIXED)
    two = estimate(events(visits, [*findings, row]), premises, UNKNOWN, FIXED)
    assert two.mean[e] >= one.mean[e] - 1e-6


def test_without_history_it_is_the_sectors_and_the_neighbourhoods():
    """Nobody was there: expected findings per visit are the prior's mean, by the sector's time between visits."""
    premises, visits, findings = county(3)
    unseen = sorted(set(range(N)) - {v[0] for v in visits})
    found = estimate(events(visits, findings), premises, UNKNOWN, FIXED)
    for e in unseen:
        assert found.per_visit[e] == pytest.approx(found.prior.mean[e])
        near = found.prior.sector[e] * found.prior.size[e] * found.prior.new[e] * found.prior.near[e]
        assert found.prior.mean[e] == pytest.approx(near)
    assert unseen


def test_looking_twice_as_often_does_not_double_it():
    """One enterprise with twice the visits and findings: its intensity moves towards its own rate, not to the double."""
    premises, visits, findings = county(5, size=200)
    e = 17
    visits = [v for v in visits if v[0] != e] + [(e, age) for age in (50, 400, 800)]
    order = sorted(range(len(visits)), key=lambda k: (visits[k][0], -visits[k][1]))
    visits = [visits[k] for k in order]
    rng = np.random.default_rng(1)
    findings = [(v[0], v[1], 1.0, k) for k, v in enumerate(visits) for _ in range(rng.poisson(1))]
    twice = sorted(visits + [v for v in visits if v[0] == e], key=lambda v: (v[0], -v[1]))
    place: dict = {}
    for k, v in enumerate(twice):
        place.setdefault(v, k)
    doubled = [(o, a, w, place[o, a]) for o, a, w, _ in findings for _ in range(2 if o == e else 1)]
    unknown = np.full(200, -1, dtype=np.int64)
    one = estimate(events(visits, findings, 200), premises, unknown, FIXED)
    two = estimate(events(twice, doubled, 200), premises, unknown, FIXED)
    assert two.mean[e] < 1.4 * one.mean[e]
    others = np.arange(200) != e
    np.testing.assert_allclose(two.mean[others], one.mean[others], rtol=0.1)


def test_what_is_found_is_what_is_expected():
    """Over a large county the expected findings of all visits are those that were made, within 5 %."""
    premises, visits, findings = county(11, size=3000, most=6)
    found = estimate(events(visits, findings, 3000), premises, np.full(3000, -1), FIXED)
    decays = np.zeros(3000)
    for e, age in visits:
        decays[e] += 0.5 ** (age / 365)
    made = sum(w * 0.5 ** (a / 365) for _, a, w, _ in findings)
    assert (found.per_visit * decays).sum() == pytest.approx(made, rel=0.05)
    assert (found.low <= found.mean).all()
    assert (found.mean <= found.high).all()


def walk(half_life, seed, size=400, visits=14, step=75):
    """Return visits every ``step`` days whose rate forgets the past within a half-life."""
    rng = np.random.default_rng(seed)
    keep = 0.5 ** (step / half_life)
    log = rng.normal(0, 0.9, size)
    rows = []
    for _ in range(visits):
        log = keep * log + np.sqrt(1 - keep**2) * rng.normal(0, 0.9, size)
        rows.append(rng.poisson(np.exp(log)))
    found = np.array(rows, dtype=float).T.ravel()
    return np.repeat(np.arange(size), visits), np.tile(step * np.arange(visits, 0, -1), size), found


def test_the_half_life_follows_how_fast_things_change():
    """Rates that hold for years keep a long memory, rates that change within months a short one; ties stay usual."""
    prior = np.full(400, 1.5)
    slow = estimate_half_life(*walk(3000, 1), prior, 1.0)
    quick = estimate_half_life(*walk(120, 1), prior, 1.0)
    assert slow.days > USUAL > quick.days
    assert set(slow.likelihood) == set(GRID)
    few = estimate_half_life(np.array([0, 0, 1]), np.array([9, 3, 5]), np.array([1.0, 0, 2]), np.ones(2), 1.0)
    assert few.days == USUAL


def test_a_stated_half_life_is_taken(hamlet, hamlet_rules):
    """``intensity.half_life_days`` above 0 replaces the estimate."""
    rules = dataclasses.replace(
        hamlet_rules, intensity=dataclasses.replace(hamlet_rules.intensity, half_life_days=200)
    )
    assert intensity_of(hamlet, rules).half_life.days == 200


def test_local_sums_are_those_of_the_pairs():
    """Against all pairs: within the error of the cells; one alone gets nothing; without a point nothing, gives nothing."""
    rng = np.random.default_rng(2)
    lon, lat = 118 + 0.1 * rng.random(300), 25 + 0.1 * rng.random(300)
    lon[7] = np.nan
    values = np.column_stack([rng.random(300), np.ones(300)])
    got = local_sums(lon, lat, values, 1.0)
    x, y = lon * KM_PER_DEGREE * np.cos(np.radians(25.05)), lat * KM_PER_DEGREE
    square = (x[:, None] - x) ** 2 + (y[:, None] - y) ** 2
    kernel = np.where(np.isnan(square), 0, np.exp(-square / 2))
    np.fill_diagonal(kernel, 0)
    want = kernel @ values
    assert not got[7].any()
    rest = np.arange(300) != 7
    assert np.corrcoef(got[rest, 0], want[rest, 0])[0, 1] > 0.98
    np.testing.assert_allclose(got[rest].sum(axis=0), want[rest].sum(axis=0), rtol=0.05)
    assert not local_sums(np.array([1.0, 50.0]), np.array([1.0, 9.0]), np.ones((2, 1)), 1.0).any()


def test_trouble_near_by_raises_who_was_never_visited():
    """Bad premises in one corner: unseen ones there are expected to be worse than unseen ones far away."""
    rng = np.random.default_rng(4)
    corner = np.arange(400) < 200
    visits = sorted(
        ((e, int(a)) for e in range(400) if e % 4 for a in rng.integers(1, 700, 3)),
        key=lambda v: (v[0], -v[1]),
    )
    findings = [
        (e, age, 1.0, k)
        for k, (e, age) in enumerate(visits)
        for _ in range(rng.poisson(2.0 if corner[e] else 0.4))
    ]
    zeros = np.zeros(400, dtype=np.int64)
    lon = np.where(corner, 118.0, 118.3) + 0.03 * rng.random(400)
    premises = Premises(zeros, zeros, zeros.astype(bool), lon, 25 + 0.03 * rng.random(400))
    unknown = np.full(400, -1)
    found = estimate(events(visits, findings, 400), premises, unknown, FIXED)
    unseen = np.arange(400) % 4 == 0
    assert found.mean[unseen & corner].min() > 2 * found.mean[unseen & ~corner].max()
    alone = estimate(
        events(visits, findings, 400), premises, unknown, dataclasses.replace(FIXED, bandwidth_km=0.0)
    )
    assert np.ptp(alone.mean[unseen]) == pytest.approx(0, abs=1e-6)


def test_sectors_are_shrunk_towards_the_county():
    """A sector with one visit stays near the county's rate, one with many near its own; nobody's own data count."""
    sector = np.array([0] * 50 + [1] * 50 + [2])
    sums = Sums(
        np.array([4.0] * 50 + [1.0] * 50 + [9.0]), np.array([4.0] * 100 + [1.0]), np.ones(101), np.ones(101)
    )
    rate = sector_rates(sector, sums, np.ones(101))
    assert rate[0] == pytest.approx(1.0, abs=0.05)
    assert rate[50] == pytest.approx(0.25, abs=0.05)
    assert rate[100] == pytest.approx(250 / 400, rel=1e-6)


@pytest.mark.parametrize(
    ("shape", "upper", "lower"), [(1.0, 0.012, 0.10), (4.0, 0.01, 0.01), (30.0, 0.01, 0.01)]
)
def test_the_interval_is_that_of_a_gamma_distribution(shape, upper, lower):
    """Against 400,000 draws."""
    draws = np.random.default_rng(0).gamma(shape, 1.0, 400_000)
    low, high = gamma_interval(np.array([shape]), np.array([shape]))
    assert high[0] == pytest.approx(np.quantile(draws, 0.9), rel=upper)
    assert low[0] == pytest.approx(np.quantile(draws, 0.1), rel=lower)


def test_expected_now_grows_with_time():
    """Intensity times time since the last visit; never counts as the longest."""
    got = expected_now(np.array([2.0, 2.0, 2.0]), np.array([73, -1, 9999]), 730)
    assert got.tolist() == [0.4, 4.0, 4.0]


@pytest.mark.parametrize("severity", ["minor", "general", "major", "accident"])
def test_a_row_more_never_lowers_the_intensity_of_a_case(severity, hamlet, hamlet_rules):
    """Through the tables, half-life estimated: found by inspection, told by a citizen, left open."""
    name = hamlet.enterprises["enterprise_id"].iat[4]
    before = score_of(score(hamlet, hamlet_rules).table, name)["intensity"]
    for kind in ("inspection", "complaint"):
        row = hazard(hamlet, name, 30, severity, kind=kind, deadline=days_ago(hamlet, -9))
        told = score_of(score(with_rows(hamlet, "hazards", row), hamlet_rules).table, name)["intensity"]
        assert told >= before
        late = {**row, "deadline": days_ago(hamlet, 1)}
        assert (
            score_of(score(with_rows(hamlet, "hazards", late), hamlet_rules).table, name)["intensity"] >= told
        )


def test_domains_share_as_hazards_were_found(hamlet, hamlet_rules):
    """Stated shares are taken; else a sector's hazards, shrunk towards even; without hazards even."""
    sector = hamlet.enterprises["sector"].iat[0]
    stated = {"sector-of-nobody": {"a": 1.0}, sector: {"a": 0.7, "b": 0.3}}
    plain = dataclasses.replace(hamlet_rules, domain_shares=None)
    assert domain_weights(hamlet, dataclasses.replace(plain, domain_shares=stated))[sector] == stated[sector]
    bare = hamlet.replace_table("hazards", hamlet["hazards"].iloc[:0])
    even = domain_weights(bare, plain)[sector]
    assert sorted(even) == sorted(set(hamlet["items"]["domain"]))
    assert np.ptp(list(even.values())) < 1e-5
    name, domain = hamlet.enterprises["enterprise_id"].iat[0], max(even)
    more = with_rows(bare, "hazards", hazard(bare, name, 5, "major", domain=domain))
    found = domain_weights(more, plain)[sector]
    decay = 10 * 0.5 ** (5 / plain.score.half_life_days)
    assert found[domain] == pytest.approx((decay + 10 / len(even)) / (decay + 10), rel=1e-4)
    assert sum(found.values()) == pytest.approx(1, abs=1e-4)
