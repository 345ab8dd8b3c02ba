"""Rulebooks told, compared and completed: explain, diff and derive, as functions and as commands."""

from __future__ import annotations

import dataclasses
import re
import tomllib
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from riskplan.cli.app import app
from riskplan.rules.derive import derived_rules, exempt_load
from riskplan.rules.diff import diff_rules
from riskplan.rules.explain import explain
from riskplan.rules.explain_rows import limit_name, limit_sentence, quiet_sentence
from riskplan.rules.merge import pack_names
from riskplan.rules.model import SCOPES, Filter, Limit, QuietRule
from riskplan.rules.provenance import unconfirmed_values
from riskplan.rules.read import read_pack, read_rules
from riskplan.rules.support import support_lines
from riskplan.text import missing
from riskplan.text.wording import Wording, worded

CHINESE = re.compile("[\u4e00-\u9fff]")
ROOT = Path(__file__).parents[2]
RULES_PAGE = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
LOADS = """[[limit]]
id = "township-load-week"
amount = 3
[[limit]]
id = "township-load-year"
amount = 60
"""
ROW_LINES = [
    line
    for line in support_lines()
    if line.audit != "refused"
    and line.scope in SCOPES
    and line.unit not in {"officer-minutes", "crew-visits"}
]
"""Forms that a row of a rulebook may have."""
NOT_SAID = re.compile(r"explain\.[a-z_]+|\{\w+\}|\bNone\b")


def run(*words):
    """Run a command; return its exit code and all it says."""
    result = CliRunner().invoke(app, [str(word) for word in words])
    return result.exit_code, result.output


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("line", ROW_LINES, ids=lambda x: f"{x.kind}-{x.scope}-{x.window}-{x.unit}")
def test_every_form_of_a_limit_is_a_sentence(line, lang):
    """Kind, scope, window and unit of any supported row have words in both languages."""
    row = Limit("x", line.kind, line.scope, line.window, line.unit, {"red": 1, "*": 7}, rolling_days=30)
    text = limit_sentence(row, lang)
    assert not NOT_SAID.search(text)
    assert "7" in text
    assert text.count("30") == (line.window == "rolling" and line.kind != "spacing")
    assert ("红色" if lang == "zh" else "Red") in text or line.scope not in {
        "enterprise",
        "organ-enterprise",
        "system-enterprise",
    }


def test_a_sentence_says_all_of_a_row():
    """Filter, kinds, objects, softness and treatment are told, in the order of the row."""
    row = Limit(
        "x",
        "cap",
        "township",
        "month",
        "visits",
        {"*": 3},
        objects=("township", "village"),
        kinds_counted=("supervision",),
        hard=False,
        filter=Filter(sectors_except=("煤矿",), departments=("EM",), tiers=("red",)),
    )
    assert limit_sentence(row, "zh") == (
        "每月同一乡镇（街道）内的检查不超过 3 次。仅限除 煤矿 以外的行业；风险等级：红色；部门：EM。只计：督查检查。"
        "计入检查对象：乡镇（街道）、村（社区）。超出仅作提示。".replace(
            "超出仅作提示。", "超出仅作提示，不算违规。"
        )
        + "年度计划从严处理。"
    )
    assert limit_sentence(row, "en").startswith(
        "Visits in one township: at most 3 visits in a month. Only sectors"
    )


@pytest.mark.parametrize(
    ("rule", "zh", "en"),
    [
        (
            QuietRule("q", "days_1_25"),
            "每月 1 至 25 日不安排以下检查：日常检查。",
            "On days 1 to 25 of every month",
        ),
        (
            QuietRule("q", "per_month", 20, months=(2, 3)),
            "2月、3月前 20 日",
            "On the first 20 days of Feb, Mar",
        ),
        (QuietRule("q", "days", days=(5, 6)), "每月 5、6 日", "On days 5, 6 of every month"),
    ],
)
def test_quiet_days_are_sentences(rule, zh, en):
    """Each mode of quiet days has words in both languages."""
    assert quiet_sentence(rule, "zh").startswith(zh)
    assert quiet_sentence(rule, "en").startswith(en)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", pack_names())
def test_a_pack_is_told_whole(name, lang):
    """Every limit and every frequency of a pack is a sentence with its basis; nothing is left as a key."""
    rules = read_pack(name)
    told = {s.key: s.line(lang) for s in explain(rules, lang)}
    assert {row.id for row in rules.limits} <= set(told)
    assert {f"frequency.visits.{key}" for key in rules.frequency.visits} <= set(told)
    assert not [line for line in told.values() if NOT_SAID.search(line)]
    for row in rules.limits:
        assert worded(row.provenance.basis, lang) in told[row.id]


def test_no_limit_is_shown_as_a_bare_id():
    """A known limit has its word, another its id and what its row says, an id without a row stays."""
    shanxi = read_pack("shanxi-2025")
    assert limit_name(shanxi, "calendar", "zh") == "没有可用的工作日"
    assert limit_name(shanxi, "shanxi-supervision", "zh").startswith("shanxi-supervision（每年同一部门")
    assert limit_name(shanxi, "shanxi-supervision", "en").startswith("shanxi-supervision (")
    assert limit_name(shanxi, "nothing", "zh") == "nothing"


@pytest.mark.parametrize("name", pack_names())
def test_a_pack_gives_its_basis_in_both_languages(name):
    """No basis or source of ours is Chinese for an English reader, or says nothing to a Chinese one."""
    rules = read_pack(name)
    known = [*rules.provenance.values(), *(row.provenance for row in (*rules.limits, *rules.quiet))]
    assert not [p for p in known if CHINESE.search(worded(p.basis, "en") + worded(p.source, "en"))]
    assert all(CHINESE.search(worded(p.basis, "zh")) for p in known if p.basis)


def test_published_numbers_are_read_in_the_sentences():
    """What Shanxi and Chengdu published stands in the text as published."""
    shanxi = {s.key: s.text for s in explain(read_pack("shanxi-2025"), "zh")}
    assert "A 2 次、B 4 次、C 6 次、D 4 次。仅限行业：煤矿。" in shanxi["shanxi-coal"]
    assert "一级 2 次、二级 4 次、三级 8 次、其他 12 次" in shanxi["shanxi-chemicals"]
    chengdu = {s.key: s.text for s in explain(read_pack("chengdu-alarms"), "en")}
    assert "an alarm above 2 visits in a week" in chengdu["chengdu-week"]
    food = {s.key: s.text for s in explain(read_pack("uk-food"), "en")}
    assert "one visit in 1.5 years" in food["frequency.visits.C"]


def test_unconfirmed_values_are_marked_and_never_public():
    """What nobody has seen is marked for the office and left out of a public text."""
    rules = read_pack("seveso")
    told = {s.key: s.line("zh") for s in explain(rules, "zh")}
    public = {s.key for s in explain(rules, "zh", public=True)}
    hidden = set(unconfirmed_values(rules)) & set(told)
    assert len(hidden) == 7
    assert all("【未核实】" in told[key] for key in hidden)
    assert public == set(told) - hidden


def test_the_command_explains_packs_files_and_cases(hamlet_folder, tmp_path):
    """``rules explain`` takes a pack, a file and a case folder; open rows are told as required."""
    code, text = run("rules", "explain", "plain", "--lang", "en")
    assert code == 0
    assert "township-load-week" in text
    assert "REQUIRED" in text
    for book in (hamlet_folder, hamlet_folder / "rules.toml"):
        code, text = run("rules", "explain", book, "--lang", "zh")
        assert code == 0
        assert "必须填写" not in text
    code, text = run("rules", "explain", "seveso", "--public")
    assert (code, "未核实" in text, "Seveso" in text) == (0, True, False)
    assert run("rules", "explain", "nosuch")[0] == 2
    assert run("rules", "explain", tmp_path / "none.toml")[0] == 2


def test_diff_names_values_rows_and_where_they_come_from():
    """Added, removed and changed values by dotted key and id; a rulebook does not differ from itself."""
    plain, shanxi = read_pack("plain"), read_pack("shanxi-2025")
    changes = {c.key: c for c in diff_rules(plain, shanxi, "zh")}
    assert changes["enterprise-year"].kind == "removed"
    assert changes["shanxi-coal"].kind == "added"
    assert "不超过" in changes["shanxi-coal"].new
    assert changes["shanxi-coal"].new_source.source == Wording(
        "山西省应急管理厅，2025-04", "Shanxi Provincial Department of Emergency Management, 2025-04"
    )
    chicago = {c.key: c for c in diff_rules(plain, read_pack("chicago"))}
    assert (chicago["day.setup"].kind, chicago["day.setup"].old, chicago["day.setup"].new) == (
        "changed",
        "15",
        "10",
    )
    cap = chicago["organ-enterprise-year.amount.orange"]
    assert (cap.old, cap.new, worded(cap.new_source.basis, "en")) == (
        "2",
        "3",
        "an assumption of this sample",
    )
    crew = chicago["crew.officers_per_department"]
    assert "one sanitarian" in crew.line("en")
    for name in pack_names():
        assert diff_rules(read_pack(name), read_pack(name)) == ()


def test_diff_sees_single_fields_and_duties(hamlet_folder, tmp_path):
    """A changed filter, a quiet rule and a dropped duty are told; exit code 0."""
    text = (hamlet_folder / "rules.toml").read_text(encoding="utf-8")
    path = tmp_path / "rules.toml"
    end = '\n[[limit]]\nid = "enterprise-year"\nfilter = {sizes = ["large"]}\n[[quiet]]\nid = "q"\nmode = "days_1_25"\n'
    head, _, rest = text.partition("[[duty]]")
    path.write_text(head + rest[rest.index("[[duty]]") :] + end, encoding="utf-8")
    changes = {c.key: c for c in diff_rules(read_rules(hamlet_folder / "rules.toml"), read_rules(path), "zh")}
    assert changes["enterprise-year.filter.sizes"].new == "large"
    assert changes["q"].kind == "added"
    assert [c.kind for key, c in changes.items() if key.startswith("duty: ")] == ["removed"]
    code, said = run("rules", "diff", hamlet_folder, path, "--lang", "en")
    assert code == 0
    assert "1 removed" in said
    assert run("rules", "diff", hamlet_folder, hamlet_folder)[0] == 0


def test_derive_gives_what_reads(hamlet_folder, tmp_path):
    """The proposal closes a rulebook that lacks the required rows, with its arithmetic; the same for both languages."""
    text = (hamlet_folder / "rules.toml").read_text(encoding="utf-8")
    bare = tmp_path / "bare.toml"
    bare.write_text(text[: text.index("[[limit]]")], encoding="utf-8")
    for lang in ("zh", "en"):
        code, said = run("rules", "derive", hamlet_folder, "--rules", bare, "--lang", lang)
        assert code == 0
        whole = tmp_path / f"{lang}.toml"
        whole.write_text(bare.read_text(encoding="utf-8") + "\n" + said, encoding="utf-8")
        rules = read_rules(whole)
        week, year = rules.limit("township-load-week"), rules.limit("township-load-year")
        assert worded(week.provenance.basis, "en").startswith("derived")
        assert set(week.amount) == set(year.amount) >= {"350525100"}
        assert worded(rules.provenance["capacity.exempt_share"].basis, "zh").startswith("推算值")


def test_the_arithmetic_is_1_25_times_the_mean_rounded_up(hamlet, hamlet_rules):
    """130 visits in 52 weeks: 1.25 x 130 / 52 = 3.125 -> 4 a week, 1.25 x 130 = 162.5 -> 163 a year; none: 1."""
    code = hamlet["townships"]["township_code"][0]
    tree = tomllib.loads(derived_rules(hamlet, hamlet_rules, {code: 130}, "en"))
    rows = {row["id"]: row["amount"] for row in tree["limit"]}
    assert rows["township-load-week"][code] == 4
    assert rows["township-load-year"][code] == 163
    others = [n for row in rows.values() for key, n in row.items() if key != code]
    assert set(others) == {1}
    assert f"{code} " in derived_rules(hamlet, hamlet_rules, {code: 130}, "en")
    assert "1.25 x 130 / 52 = 3.12 -> 4" in derived_rules(hamlet, hamlet_rules, {code: 130}, "en")


def test_quiet_days_leave_fewer_weeks_for_the_load_of_a_township(hamlet, hamlet_rules):
    """Where days 1 to 25 are closed the same visits fall into fewer weeks, and the proposal grows with them."""
    quiet = dataclasses.replace(hamlet_rules, quiet=(QuietRule("q", "days_1_25"),))
    code = str(hamlet["townships"]["township_code"].iloc[0])
    assert "1.25 x 130 / 52" in derived_rules(hamlet, hamlet_rules, {code: 130}, "en")
    told = derived_rules(hamlet, quiet, {code: 130}, "en")
    weeks = int(told.partition("1.25 x 130 / ")[2].partition(" ")[0])
    assert 12 <= weeks <= 24


def _ledger(hamlet, rows):
    """Return the hamlet with a ledger of (date, kind, departments, items)."""
    columns = ("date", "kind", "departments", "items")
    frame = pd.DataFrame([dict(zip(columns, row, strict=True)) for row in rows])
    frame["date"] = pd.to_datetime(frame["date"]).astype("datetime64[s]")
    frame = frame.assign(visit_id=[str(i) for i in range(len(rows))], object_kind="enterprise", fixed=False)
    return hamlet.replace_table("visits", frame)


def test_the_exempt_load_is_officer_time_of_three_years(hamlet, hamlet_rules):
    """Two officers x (15 + 60) minutes of complaints against all; what is older than three years does not count."""
    items = hamlet["items"]
    item = items[items["mode"] == "on_site"].iloc[0]
    day, department = hamlet.as_of.isoformat(), item["department_id"]
    before = f"{hamlet.as_of.year - 1}{day[4:]}"
    old = f"{hamlet.as_of.year - 4}{day[4:]}"
    case = _ledger(
        hamlet,
        [
            (before, "complaint", (department,), (item["item_id"],)),
            (before, "daily", (department,), (item["item_id"],)),
            (before, "daily", (department,), (item["item_id"],)),
            (old, "complaint", (department,), (item["item_id"],)),
            (day, "complaint", (department,), (item["item_id"],)),
        ],
    )
    load = exempt_load(case, hamlet_rules)
    spent = hamlet_rules.crew.officers_per_department * (hamlet_rules.day.setup + int(item["minutes"]))
    assert (load.exempt, load.total, load.visits) == (spent, 3 * spent, 1)
    assert load.share == 0.3333


def test_hostile_names_stay_comments(hamlet, hamlet_rules):
    """A township's name with line breaks and quotes can't write rules."""
    towns = hamlet["townships"].assign(name='x"\n[[limit]]\nid = "evil"')
    tree = tomllib.loads(derived_rules(hamlet.replace_table("townships", towns), hamlet_rules, {}, "en"))
    assert [row["id"] for row in tree["limit"]] == ["township-load-week", "township-load-year"]


@pytest.mark.parametrize("block", re.findall(r"```toml\n(.*?)```", RULES_PAGE, re.DOTALL))
def test_the_examples_of_the_page_read(block, tmp_path):
    """Each piece of TOML in docs/rules.md is a rulebook, on its own or on top of plain."""
    tops = [line for line in block.splitlines() if line.startswith("without")]
    rest = "\n".join(line for line in block.splitlines() if line not in tops)
    head = "" if "extends" in block else f'extends = "plain"\n{"".join(tops)}\n{LOADS}'
    path = tmp_path / "rules.toml"
    path.write_text(f"{head}\n{rest}", encoding="utf-8")
    assert read_rules(path)


def test_messages_of_the_verbs_exist():
    """Every change, window, unit and treatment has its words."""
    keys = [f"diff.{kind}" for kind in ("added", "removed", "changed")]
    assert not [key for key in keys if missing(key)]
