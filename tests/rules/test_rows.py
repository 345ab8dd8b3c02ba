"""Rows of a rulebook: every field read, every form held against the support table, contradictions refused with line."""

from __future__ import annotations

import pytest

from riskplan.case.faults import fault_lines
from riskplan.errors import InputError
from riskplan.rules.merge import layers_of
from riskplan.rules.model import SCOPES, Filter, Provenance
from riskplan.rules.read import read_rules, rules_of
from riskplan.rules.rows import SIZES
from riskplan.rules.support import support_lines

BASE = """extends = "plain"
name = "test"

[[limit]]
id = "township-load-week"
amount = 3

[[limit]]
id = "township-load-year"
amount = 60
"""
ROW_LINES = [line for line in support_lines() if line.scope in SCOPES]
"""Lines of the support table that a row of a rulebook may have; the others hold for every plan."""
START = BASE.count("\n") + 2
"""Line of the first row of a body."""


@pytest.fixture
def book(tmp_path):
    """Write a rulebook with more rows; return the file."""

    def write(body: str):
        path = tmp_path / "rules.toml"
        path.write_text(f"{BASE}\n{body}", encoding="utf-8")
        return path

    return write


def limit(name, form, rest=""):
    """Return a ``[[limit]]``."""
    kind, scope, window, unit = form.split()
    head = f'id = "{name}"\nkind = "{kind}"\nscope = "{scope}"\nwindow = "{window}"\nunit = "{unit}"\n'
    return f"[[limit]]\n{head}{rest}\n"


def told(path, case=None):
    """Return (code, column, row) of the faults with which a rulebook is refused."""
    with pytest.raises(InputError) as refused:
        read_rules(path, case)
    assert all(lines for lang in ("en", "zh") for lines in fault_lines(refused.value.faults, lang))
    return [(f.code, f.column, f.row) for f in refused.value.faults]


def test_every_field_of_a_limit_is_read(book):
    """Filter, property, kinds, rolling days, hardness and provenance of a row arrive as written."""
    rest = """amount = {A = 2, "*" = 6}
by = "grade"
rolling_days = 90
kinds_counted = ["supervision"]
hard = false
filter = {sectors = ["煤矿"], sizes = ["large"], tiers = ["red"], policy_lists = ["key"], departments = ["EM"]}
basis = "notice"
source = {issuer = "county office", title = "caps", number = "7", date = 2025-04-01}
since = 2025-05
"""
    row = read_rules(
        book(limit("mine", "cap enterprise rolling visits", rest.replace("2025-05\n", '"2025-05"\n')))
    )
    row = row.limit("mine")
    assert (row.by, row.rolling_days, row.hard, row.kinds_counted) == ("grade", 90, False, ("supervision",))
    assert row.filter == Filter(("煤矿",), (), ("large",), ("red",), (), ("key",), ("EM",))
    assert (row.amount_for("A"), row.amount_for("C")) == (2, 6)
    assert row.provenance.text.date == "2025-04-01"
    assert row.provenance.source == "county office, caps, 7, 2025-04-01"
    assert row.provenance.since == "2025-05"


def test_every_field_of_a_quiet_rule_is_read(book):
    """Mode, days, months, kinds and filter of a quiet rule arrive as written."""
    body = """[[quiet]]
id = "harvest"
mode = "days"
days = [1, 2, 31]
months = [9, 10]
kinds = ["daily", "special"]
filter = {townships = ["350525100"]}
basis = "county decision"
"""
    rule = read_rules(book(body)).quiet[0]
    assert (rule.id, rule.mode, rule.days, rule.months) == ("harvest", "days", (1, 2, 31), (9, 10))
    assert rule.kinds == ("daily", "special")
    assert rule.filter.townships == ("350525100",)
    assert rule.provenance == Provenance("county decision")


def test_frequencies_by_grade_replace_those_by_tier(book):
    """A rulebook keyed by grade drops the tiers of the pack below; intervals may be stated."""
    body = """[frequency]
by = "grade"
below_one = "due"
[frequency.visits]
A = 2
"*" = 0.5
[frequency.longest_interval_days]
A = 183
"""
    frequency = read_rules(book(body)).frequency
    assert frequency.visits == {"A": 2.0, "*": 0.5}
    assert (frequency.by, frequency.below_one, frequency.longest_interval_days) == (
        "grade",
        "due",
        {"A": 183},
    )


def test_duties_may_say_where_they_come_from(book):
    """A duty has a basis like any other row."""
    body = '[[duty]]\nitems = ["EM-01"]\nbasis = "article 62"\nvisits = {red = 6}\n'
    duty = read_rules(book(body)).duties[0]
    assert (duty.provenance.basis, duty.visits) == ("article 62", {"red": 6.0})


@pytest.mark.parametrize("line", ROW_LINES, ids=lambda x: f"{x.kind}-{x.scope}-{x.window}-{x.unit}")
def test_every_line_of_the_support_table_is_kept_or_refused(line, book):
    """A supported form reads; a refused one names the nearest form of the table, and the line of the file."""
    rolling = line.window == "rolling" and line.kind != "spacing"
    form = f"{line.kind} {line.scope} {line.window} {line.unit}"
    most = 1 if line.kind == "floor" else 60 if form == "cap township year visits" else 3
    path = book(limit("mine", form, f"amount = {most}\n{'rolling_days = 30' if rolling else ''}"))
    if line.audit != "refused" and line.unit not in {"officer-minutes", "crew-visits"}:
        assert read_rules(path).limit("mine").combination() == tuple(form.split())
        return
    with pytest.raises(InputError) as refused:
        read_rules(path)
    (fault,) = refused.value.faults
    assert (fault.code, fault.column, fault.row) == ("limit_refused", "mine", START)
    assert fault.args["nearest"] in f"{line.note} [capacity], [crew], [day]"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (limit("a", "cap enterprise rolling visits", "amount = 3"), ("rolling_without_days", "a", 0)),
        (
            limit("a", "cap enterprise month visits", "amount = 3\nrolling_days = 30"),
            ("no_effect", "a.rolling_days", 7),
        ),
        (
            limit("a", "spacing enterprise rolling visits", "amount = {red = 90}\nrolling_days = 90"),
            ("no_effect", "a.rolling_days", 7),
        ),
        (
            limit("a", "cap enterprise month visits", "amount = {purple = 3}"),
            ("unknown_reference", "a.amount.purple", 6),
        ),
        (
            limit("a", "cap enterprise month visits", 'amount = {huge = 3}\nby = "size"'),
            ("unknown_reference", "a.amount.huge", 6),
        ),
        (limit("a", "cap enterprise month visits", 'amount = 3\nby = "colour"'), ("not_allowed", "a.by", 7)),
        (limit("a", "cap township month visits", 'amount = 3\nby = "grade"'), ("no_effect", "a.by", 7)),
        (
            limit("a", "cap enterprise month visits", 'amount = 3\nobjects = ["township"]'),
            ("not_allowed", "a.objects", 7),
        ),
        (limit("a", "cap enterprise month visits", "amount = {}"), ("missing_key", "a.amount", 6)),
        (
            limit("a", "cap enterprise month visits", 'amount = 3\nfilter = {tiers = ["pink"]}'),
            ("not_allowed", "a.filter.tiers", 7),
        ),
        (
            limit("a", "cap enterprise month visits", 'amount = 3\nfilter = {sector = ["x"]}'),
            ("unknown_rule_key", "a.filter.sector", 7),
        ),
        (limit("a", "cap enterprise month visits", "amount = 3\nfilter = 3"), ("wrong_type", "a.filter", 7)),
        (
            limit(
                "a", "cap enterprise month visits", 'amount = 3\nkinds_counted = ["x"]\nkinds_exempt = ["y"]'
            ),
            ("no_effect", "a.kinds_exempt", 8),
        ),
        (limit("a", "cap enterprise month visits", "amount = 3\nhard = 1"), ("wrong_type", "a.hard", 7)),
        (
            limit("a", "cap enterprise month visits", "amount = 3\nsource = 'https://example.org/x'"),
            ("foreign_address", "a.source", 7),
        ),
        ('[[quiet]]\nid = "q"\nmode = "per_month"\n', ("missing_key", "q.per_month", 0)),
        ('[[quiet]]\nid = "q"\nmode = "days_1_25"\nper_month = 3\n', ("no_effect", "q.per_month", 3)),
        ('[[quiet]]\nid = "q"\nmode = "days"\ndays = [0]\n', ("number_out_of_range", "q.days", 3)),
        (
            '[[quiet]]\nid = "q"\nmode = "days"\ndays = [3]\nmonths = [13]\n',
            ("number_out_of_range", "q.months", 4),
        ),
        ('[[quiet]]\nid = "q"\nmode = "never"\n', ("not_allowed", "q.mode", 2)),
        ('[[quiet]]\nid = "q"\nmode = "days_1_25"\nkinds = []\n', ("missing_key", "q.kinds", 3)),
        ("[[duty]]\nitems = []\n", ("missing_key", "duty[0].items", 1)),
        ('without = 3\n[[duty]]\nitems = ["x"]\n', None),
    ],
)
def test_a_row_that_says_nothing_sensible_is_refused_with_its_line(body, expected, book):
    """Each slip has its own fault, at its own line of the user's file."""
    if expected is None:
        assert told(book(body))
        return
    code, column, offset = expected
    assert told(book(body)) == [(code, column, START + offset)]


CAP = limit("a", "cap enterprise month visits", "amount = {red = 3, blue = 1}")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (CAP + limit("b", "cap enterprise month visits", "amount = {red = 4, blue = 1}"), "rows_contradict"),
        (CAP + limit("a", "alarm enterprise month visits", "amount = 1"), "duplicate_row"),
        (CAP + '[[quiet]]\nid = "a"\nmode = "days_1_25"\n', "duplicate_row"),
        (limit("f", "floor enterprise month visits", "amount = {red = 5}") + CAP, "floor_above_cap"),
        (limit("f", "floor enterprise year visits", "amount = {red = 8}"), "floor_above_cap"),
        (limit("f", "floor enterprise quarter visits", "amount = {red = 3}"), "floor_and_spacing"),
        (limit("f", "floor township year visits", "amount = 61"), "floor_above_cap"),
        ("[frequency.longest_interval_days]\nred = 59\n", "interval_below_spacing"),
        ('[[quiet]]\nid = "q"\nmode = "per_month"\nper_month = 31\n', "quiet_closes_all"),
        (
            '[[quiet]]\nid = "q"\nmode = "days_1_25"\n[[quiet]]\nid = "r"\nmode = "days"\n'
            "days = [26, 27, 28, 29, 30, 31]\n",
            "quiet_closes_all",
        ),
    ],
)
def test_rows_that_contradict_one_another_are_refused(body, code, book):
    """Two amounts for one thing, a floor that no plan can reach, a year without a day: refused with both places."""
    found = told(book(body))
    assert code in {c for c, _, _ in found}
    assert all(row is not None and row >= START for _, _, row in found)


@pytest.mark.parametrize(
    "body",
    [
        CAP + limit("b", "cap enterprise month visits", "amount = {red = 2, blue = 2}"),
        CAP + limit("b", "cap enterprise month visits", "amount = 2"),
        CAP + limit("b", "cap enterprise month visits", "amount = {red = 2, blue = 1}\nhard = false"),
        CAP
        + limit(
            "b", "cap enterprise month visits", 'amount = {red = 2, blue = 1}\nfilter = {sizes = ["small"]}'
        ),
        CAP
        + limit(
            "b", "cap enterprise month visits", 'amount = {red = 2, blue = 1}\nkinds_counted = ["special"]'
        ),
        CAP + limit("b", "cap enterprise month visits", 'amount = {large = 2, small = 1}\nby = "size"'),
        limit("f", "floor enterprise quarter visits", "amount = {red = 2}"),
        limit("f", "floor enterprise year visits", 'amount = {red = 9}\nkinds_counted = ["patrol"]').replace(
            "9", "6"
        ),
        '[[quiet]]\nid = "q"\nmode = "per_month"\nper_month = 31\nmonths = [2]\n',
        '[[quiet]]\nid = "q"\nmode = "per_month"\nper_month = 31\nfilter = {departments = ["EM"]}\n',
        '[[limit]]\nid = "enterprise-year"\namount = {red = 2}\n',
    ],
)
def test_rows_that_hold_side_by_side_are_kept(body, book):
    """Several rows of one form are no contradiction where each means something."""
    assert read_rules(book(body))


def test_the_contradiction_names_the_row_of_the_pack(book):
    """Where a row of the office meets one of a pack, the fault stands in the office's file and names the pack's line."""
    amount = "amount = {red = 5, orange = 4, yellow = 3, blue = 2}"
    with pytest.raises(InputError) as refused:
        read_rules(book(limit("mine", "cap enterprise year visits", amount)))
    (fault,) = refused.value.faults
    assert (fault.code, fault.file, fault.row, fault.value) == (
        "rows_contradict",
        "rules.toml",
        START + 6,
        "5",
    )
    assert (fault.args["other"], fault.args["there"]) == ("enterprise-year", "6")
    assert fault.args["place"].startswith("plain.toml:")


@pytest.mark.parametrize("value", ["nan", "inf", "1e300", "99999999999999999999"])
def test_numbers_that_are_none_are_refused(value, book):
    """Not-a-number, infinity and slips of the keyboard never reach a plan."""
    assert told(book(f"[capacity]\nweek_flex = {value}\n"))[0][0] == "wrong_type"


@pytest.mark.parametrize(
    "text", ["limit = 3\n", 'quiet = "x"\n', "crew = 3\n", "[[crew]]\nx = 1\n", "name = 3\n"]
)
def test_a_key_of_the_wrong_shape_is_refused(text, tmp_path):
    """A list where a table belongs, or the other way round, is a fault and no traceback."""
    path = tmp_path / "rules.toml"
    path.write_text(text, encoding="utf-8")
    assert "wrong_type" in {code for code, _, _ in told(path)}


def test_sizes_must_all_have_a_crew_limit(book):
    """A table by size names all four."""
    assert told(book("[crew.max_people]\nhuge = 4\n"))[0][0] == "sizes_incomplete"
    assert set(SIZES) == set(read_rules(book("")).crew.max_people)


def test_words_that_meet_nothing_are_warnings_and_slips_are_faults(book, hamlet):
    """A grade nobody has is told; a sector that is nearly one of the case's is a slip; unknown ids are refused."""
    sector = sorted(set(hamlet.enterprises["sector"]), key=len)[-1]
    good = limit("a", "cap enterprise month visits", 'amount = {"优" = 3}\nby = "grade"')
    warnings = read_rules(book(good), hamlet).warnings
    assert [(w.code, w.column, w.value, w.warning) for w in warnings] == [
        ("meets_nothing", "a.amount", "优", True)
    ]
    slip = limit("a", "cap enterprise month visits", f'amount = 3\nfilter = {{sectors = ["{sector}业"]}}')
    assert [c for c, _, _ in told(book(slip), hamlet)] == ["likely_slip"]
    for rest in ('filter = {departments = ["EN"]}', 'filter = {townships = ["1"]}'):
        row = limit("a", "cap enterprise month visits", f"amount = 3\n{rest}")
        assert [c for c, _, _ in told(book(row), hamlet)] == ["unknown_reference"]
    for scope in ("village", "department"):
        row = limit("a", f"cap {scope} month visits", 'amount = {"nowhere" = 3}')
        assert [c for c, _, _ in told(book(row), hamlet)] == ["unknown_reference"]


@pytest.mark.parametrize(
    ("body", "code", "value"),
    [
        (
            limit("a", "cap enterprise month visits", 'amount = 3\nkinds_counted = ["supervison"]'),
            "unknown_kind",
            "supervison",
        ),
        ('[[quiet]]\nid = "q"\nmode = "days_1_25"\nkinds = ["dialy"]\n', "unknown_kind", "dialy"),
        ("[domain_shares]\n'没有' = {'没有' = 1.0}\n", "meets_nothing", "没有"),
        (limit("a", "cap system-enterprise year visits", "amount = 3"), None, None),
    ],
)
def test_words_that_are_probably_slips_are_told(body, code, value, book, hamlet):
    """Kinds, sectors and domains that nobody knows are warnings, with what they are in."""
    warnings = read_rules(book(body), hamlet).warnings
    assert {(w.code, w.value) for w in warnings} == ({(code, value)} if code else set())
    assert all(lines for lang in ("en", "zh") for lines in fault_lines(warnings, lang))


def test_a_township_row_that_leaves_townships_out_is_told(book, hamlet):
    """A required row that is silent about some townships limits nothing there; with ``*`` it limits all."""
    code = hamlet["townships"]["township_code"][0]
    path = book("")
    path.write_text(
        path.read_text(encoding="utf-8").replace("amount = 3", f'amount = {{"{code}" = 3}}'), encoding="utf-8"
    )
    (warning,) = read_rules(path, hamlet).warnings
    assert (warning.code, warning.column) == ("no_amount", "township-load-week.amount")
    assert warning.args["count"] == str(len(hamlet["townships"]) - 1)


def test_sectors_that_are_like_others_are_no_slips(book, hamlet):
    """A county without 粮食加工 that has 食品加工 keeps a rulebook which names the former: one letter of four differs."""
    case = hamlet.replace_table("enterprises", hamlet.enterprises.assign(sector="食品加工"))
    row = limit("a", "cap enterprise month visits", 'amount = 3\nfilter = {sectors = ["粮食加工"]}')
    assert [w.code for w in read_rules(book(row), case).warnings] == ["meets_nothing"]


def test_warnings_do_not_change_the_fingerprint(book, hamlet):
    """What the rulebook says is the same, whichever case it was read for."""
    path = book(limit("a", "cap enterprise month visits", 'amount = {"优" = 3}\nby = "grade"'))
    assert read_rules(path, hamlet).fingerprint == read_rules(path).fingerprint


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[intensity]\noverdue_factor = 0.9", "factor_out_of_range"),
        ("[intensity]\nbandwidth_km = 101.0", "factor_out_of_range"),
        ("[intensity.accident_factor]\nlarger = 9.0", "accident_order"),
        ("[intensity.accident_factor]\nordinary = 0.5", "accident_order"),
        ("[intensity.accident_factor]\nfatal = 2.0", "not_allowed"),
        ("[intensity]\nhalf_life = 3", "unknown_rule_key"),
        ('[[duty]]\nitems = ["x"]\nlongest_interval_days = {red = 0}', "negative"),
        ('[[duty]]\nitems = ["x"]\nlongest_interval_days = {purple = 9}', "not_allowed"),
    ],
)
def test_numbers_of_intensity_and_intervals_are_checked(text, code):
    """Being overdue or a worse accident never counts less; keys and days are possible ones."""
    with pytest.raises(InputError) as caught:
        rules_of(layers_of(f'extends = "plain"\n{text}\n', "rules.toml"), whole=False)
    assert code in {fault.code for fault in caught.value.faults}
