"""Numbers of a rulebook that must fit together: tiers, shares, points, times of the day."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from riskplan.rules.build import Builder
from riskplan.rules.model import BELOW_ONE, TIERS, FrequencyRules, Rulebook
from riskplan.rules.rows import SIZES

INTENSITY_MODELS = ("pooled", "rates", "boosting")
FREQUENCY_KEYS = ("tier", "grade", "size", "sector")
"""Properties of premises that frequencies may be keyed by."""
_CLOSED_KEYS: Mapping[str, tuple[str, ...]] = {"tier": TIERS, "size": SIZES}
TIERS_BY = ("shares", "thresholds")
SEVERITIES = ("minor", "general", "major", "accident")
"""Severity classes, the mildest first."""
ACCIDENT_CLASSES = ("ordinary", "larger", "major", "extra_major")
"""Classes of accidents, the mildest first."""
PROVIDERS = ("auto", "great_circle", "roads", "given", "osrm")
"""Where travel times may come from (``travel.provider``)."""
LEVELS = ("1", "2", "3", "4")
MOST_DAYS = 4000
"""Most days before a licence expires."""
MOST_WEEKS = 8
"""Most weeks to which a visit may be moved on either side."""
_NEARLY = 1e-6
_MOST_POINTS = 100


def check_numbers(builder: Builder, rules: Rulebook) -> None:
    """Record what does not fit together."""
    _check_keys(builder, rules)
    _check_shares(builder, rules)
    _check_points(builder, rules)
    _check_thresholds(builder, rules)
    _check_intensity(builder, rules)
    _check_owing(builder, rules)
    day, crew, travel = rules.day, rules.crew, rules.travel
    if day.shift_start >= day.shift_end or day.lunch_from > day.lunch_until:
        builder.fault("day_reversed", "day.shift_start")
    if rules.week.window > MOST_WEEKS:
        limits = {"low": "0", "high": str(MOST_WEEKS)}
        builder.fault("number_out_of_range", "week.window", rules.week.window, **limits)
    for path, value in (
        ("crew.officers_per_department", crew.officers_per_department),
        ("day.max_visits", day.max_visits),
        ("capacity.minutes_per_day", rules.capacity.minutes_per_day),
        ("score.half_life_days", rules.score.half_life_days),
        ("travel.speed_kmh", travel.speed_kmh),
        ("travel.detour", travel.detour),
        ("travel.access_kmh", travel.access_kmh),
        *((f"travel.speeds.{name}", speed) for name, speed in travel.speeds.items()),
    ):
        if value < (1 if isinstance(value, int) else _NEARLY):
            builder.fault("negative", path, value)


def _check_keys(builder: Builder, rules: Rulebook) -> None:
    by = rules.frequency.by
    builder.choice(rules.travel.provider, PROVIDERS, "travel.provider")
    builder.choice(by, FREQUENCY_KEYS, "frequency.by")
    builder.choice(rules.frequency.below_one, BELOW_ONE, "frequency.below_one")
    builder.choice(rules.intensity.model, INTENSITY_MODELS, "intensity.model")
    _complete(builder, "tiers.shares", rules.tiers.shares, TIERS)
    _complete(builder, "objective.unplanned", rules.objective.unplanned, TIERS)
    _complete(builder, "crew.max_departments", rules.crew.max_departments, SIZES)
    _complete(builder, "crew.max_people", rules.crew.max_people, SIZES)
    _frequency_keys(builder, rules.frequency)
    for index, duty in enumerate(rules.duties):
        for key in duty.visits or ():
            _known(builder, f"duty[{index}].visits.{key}", key, by)
        _intervals(builder, f"duty[{index}].longest_interval_days", duty.longest_interval_days, by)


def _frequency_keys(builder: Builder, frequency: FrequencyRules) -> None:
    """Keys of the general frequency: all of a closed list unless ``*`` stands for the others."""
    closed = _CLOSED_KEYS.get(frequency.by, ())
    if closed and "*" not in frequency.visits:
        _complete(builder, "frequency.visits", frequency.visits, closed)
    for key in frequency.visits if "*" in frequency.visits else ():
        _known(builder, f"frequency.visits.{key}", key, frequency.by)
    _intervals(builder, "frequency.longest_interval_days", frequency.longest_interval_days, frequency.by)


def _intervals(builder: Builder, path: str, table: Mapping[str, int] | None, by: str) -> None:
    """Longest intervals: known keys, at least a day."""
    for key, days in (table or {}).items():
        _known(builder, f"{path}.{key}", key, by)
        if days < 1:
            builder.fault("negative", f"{path}.{key}", days)


def _complete(builder: Builder, path: str, table: Collection[str], wanted: tuple[str, ...]) -> None:
    if sorted(table) != sorted(wanted):
        code = "sizes_incomplete" if wanted == SIZES else "tiers_incomplete"
        builder.fault(code, path, ", ".join(table), expected=", ".join(wanted))


def _known(builder: Builder, path: str, key: str, by: str) -> None:
    closed = _CLOSED_KEYS.get(by, ())
    if closed and key != "*" and key not in closed:
        builder.fault("not_allowed", path, key, expected=", ".join([*closed, "*"]))


def _check_shares(builder: Builder, rules: Rulebook) -> None:
    total = sum(rules.tiers.shares.values())
    if abs(total - 1.0) > _NEARLY:
        builder.fault("shares_not_one", "tiers.shares", f"{total:g}")
    for sector, shares in (rules.domain_shares or {}).items():
        if abs(sum(shares.values()) - 1.0) > _NEARLY:
            builder.fault("shares_not_one", f"domain_shares.{sector}", f"{sum(shares.values()):g}")
    capacity = rules.capacity
    if capacity.other_enforcement_share + capacity.non_enforcement_share >= 1:
        builder.fault("no_capacity", "capacity.other_enforcement_share", capacity.other_enforcement_share)
    if capacity.exempt_share + capacity.reserve_share >= 1:
        builder.fault("no_capacity", "capacity.reserve_share", capacity.reserve_share)


def _check_points(builder: Builder, rules: Rulebook) -> None:
    score = rules.score
    top = sum(score.maxima().values())
    if top > _MOST_POINTS:
        builder.fault("points_over_100", "score", str(top))
    weights = [score.severity_weight[s] for s in SEVERITIES if s in score.severity_weight]
    if weights != sorted(weights):
        builder.fault("severity_order", "score.severity_weight", ", ".join(f"{w:g}" for w in weights))
    for severity in score.severity_weight:
        builder.choice(severity, SEVERITIES, f"score.severity_weight.{severity}")
    for level in score.installation_points or ():
        builder.choice(level, LEVELS, f"score.installation_points.{level}")
    for name, order, most in (
        ("grade", score.grade_order, score.grade_max),
        ("credit", score.credit_order, score.credit_max),
    ):
        if len(set(order)) != len(order):
            builder.fault("order_twice", f"score.{name}_order", ", ".join(order))
        if bool(order) != bool(most):
            builder.fault("order_and_max", f"score.{name}_{'max' if order else 'order'}")


def _check_intensity(builder: Builder, rules: Rulebook) -> None:
    """Factors of accidents by class from 1 upwards, the worse never less; being overdue never counts less."""
    said = rules.intensity.accident_factor
    if said is not None:
        path = "intensity.accident_factor"
        for name in said:
            builder.choice(name, ACCIDENT_CLASSES, f"{path}.{name}")
        factors = [1.0, *(said[name] for name in ACCIDENT_CLASSES if name in said)]
        if factors != sorted(factors) or len(said) != len(ACCIDENT_CLASSES):
            builder.fault("accident_order", path, ", ".join(f"{k} = {v:g}" for k, v in said.items()))
    for key in ("overdue_factor", "complaint_weight", "bandwidth_km"):
        low, high = {"overdue_factor": (1, 100), "complaint_weight": (0, 100), "bandwidth_km": (0, 100)}[key]
        value = getattr(rules.intensity, key)
        if not low <= value <= high:
            builder.fault("factor_out_of_range", f"intensity.{key}", value, low=str(low), high=str(high))


def _check_owing(builder: Builder, rules: Rulebook) -> None:
    """A window before a licence expires, and a share from which a campaign is blanket."""
    own, share = rules.licence, rules.campaigns.blanket_share
    if own.first_days < own.last_days:
        builder.fault("licence_reversed", "licence.first_days", own.first_days, last=str(own.last_days))
    if own.first_days > MOST_DAYS:
        limits = {"low": "0", "high": str(MOST_DAYS)}
        builder.fault("number_out_of_range", "licence.first_days", own.first_days, **limits)
    if not 0 < share <= 1:
        limits = {"low": "0.01", "high": "1"}
        builder.fault("factor_out_of_range", "campaigns.blanket_share", share, **limits)


def _check_thresholds(builder: Builder, rules: Rulebook) -> None:
    tiers = rules.tiers
    builder.choice(tiers.by, TIERS_BY, "tiers.by")
    for tier in tiers.focus_tiers:
        builder.choice(tier, TIERS, "tiers.focus_tiers")
    said = tiers.thresholds
    if tiers.by == "thresholds" and said is None:
        builder.fault("missing_key", "tiers.thresholds")
    elif tiers.by != "thresholds" and said is not None:
        builder.fault("no_effect", "tiers.thresholds", ", ".join(f"{k} = {v}" for k, v in said.items()))
    if said is None:
        return
    _complete(builder, "tiers.thresholds", said, TIERS[:-1])
    cuts = [said[tier] for tier in TIERS[:-1] if tier in said]
    if any(not 1 <= cut <= _MOST_POINTS for cut in cuts) or cuts != sorted(set(cuts), reverse=True):
        builder.fault("thresholds_order", "tiers.thresholds", ", ".join(str(cut) for cut in cuts))
