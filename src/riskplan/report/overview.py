"""The first sheet: what the plan achieves, what it leaves out, how good it is proven to be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from riskplan.audit.findings import Finding
from riskplan.excel import INTEGER, TIER_FILLS, Value, cell_at, put
from riskplan.maps.figures import count_tiers, number_text, proof_facts
from riskplan.report.account_lines import account_lines
from riskplan.report.lines import secrecy_lines
from riskplan.report.names import Book
from riskplan.rules.explain_rows import limit_name
from riskplan.text.words import word

_WIDTHS = (34, 18, 18, 18, 18)
_BANNER = PatternFill("solid", start_color="FDF1DF")
_HEADER = PatternFill("solid", start_color="E3ECE8")


class _Writer:
    """Writes rows one below the other."""

    def __init__(self, sheet: Worksheet) -> None:
        self.sheet = sheet
        self.row = 0

    def line(self, values: Sequence[Value], *, bold: bool = False, fill: PatternFill | None = None) -> None:
        """Write one row."""
        self.row += 1
        for at, value in enumerate(values, 1):
            cell = cell_at(self.sheet, self.row, at)
            put(cell, value)
            cell.alignment = Alignment(vertical="top", horizontal="right" if at > 1 else "left")
            if isinstance(value, int):
                cell.number_format = INTEGER
            if bold:
                cell.font = Font(bold=True)
            if fill:
                cell.fill = fill

    def text(self, text: str, *, size: int = 11, bold: bool = False, fill: PatternFill | None = None) -> None:
        """Write one sentence over the whole width."""
        self.row += 1
        cell = cell_at(self.sheet, self.row, 1)
        put(cell, text)
        cell.font = Font(size=size, bold=bold)
        cell.alignment = Alignment(vertical="top", wrap_text=True)
        if fill:
            cell.fill = fill
        self.sheet.merge_cells(start_row=self.row, start_column=1, end_row=self.row, end_column=len(_WIDTHS))
        lines = 1 + len(text.encode("gb18030", "replace")) // 105
        self.sheet.row_dimensions[self.row].height = max(size * 1.5, 15) * lines

    def gap(self) -> None:
        """Leave a row free."""
        self.row += 1


def fill_overview(sheet: Worksheet, book: Book, findings: Iterable[Finding] | None) -> None:
    """Write the summary.

    Parameters
    ----------
    sheet
        Empty sheet.
    book
        Case, rules, plan, language.
    findings
        Findings of the audit; None when the plan was not audited.
    """
    for letter, width in zip("ABCDE", _WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    out = _Writer(sheet)
    _title(out, book)
    _tiers(out, book)
    _merging(out, book)
    _proof(out, book)
    _findings(out, book, findings)
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"


def _title(out: _Writer, book: Book) -> None:
    case = book.case
    out.text(book.say("title", name=case.name), size=16, bold=True)
    if case.fictional:
        out.text(book.say("fictional"), bold=True, fill=_BANNER)
    if case.days.provisional or book.plan.manifest.get("provisional_calendar"):
        out.text(book.say("provisional"), fill=_BANNER)
    out.text(book.say("horizon", first=case.first_day, last=case.last_day, as_of=case.as_of))
    for line in secrecy_lines(book.plan, book.lang):
        out.text(line)
    facts = book.plan.manifest
    parts = {name: facts[name] for name in ("revision", "version", "seed", "effort") if name in facts}
    if parts:
        words = (book.say(f"run.{name}", value=value) for name, value in parts.items())
        out.text(book.say("comma").join(words))


def _tiers(out: _Writer, book: Book) -> None:
    out.gap()
    names = ("tier", "enterprises", "visits", "unplanned", "conflicts")
    out.line([book.say(f"tiers.{name}") for name in names], bold=True, fill=_HEADER)
    counts = count_tiers(book.plan)
    for count in counts:
        fill = PatternFill("solid", start_color=TIER_FILLS[count.tier])
        row = [count.enterprises, count.visits, count.unplanned, count.conflicts]
        out.line([word("tier", count.tier, book.lang), *row])
        out.sheet.cell(out.row, 1).fill = fill
    total = [sum(getattr(c, name) for c in counts) for name in names[1:]]
    out.line([book.say("total"), *total], bold=True)


def _merging(out: _Writer, book: Book) -> None:
    merge = book.plan.manifest.get("merge")
    if not isinstance(merge, Mapping):
        return
    out.gap()
    out.line(
        [book.say(f"merge.{name}") for name in ("what", "before", "after", "change")], bold=True, fill=_HEADER
    )
    for name in ("calls", "officer_minutes"):
        before, after = merge.get(f"{name}_before"), merge.get(f"{name}_after")
        if isinstance(before, int) and isinstance(after, int):
            change = f"{100 * (after - before) / before:+.1f}%" if before else ""
            out.line([book.say(f"merge.{name}"), before, after, change])
    out.text(book.say("merge.note"))


def _proof(out: _Writer, book: Book) -> None:
    out.gap()
    out.text(book.say("proof"), bold=True, fill=_HEADER)
    for label, value in proof_facts(book.plan, book.lang):
        out.line([label, value])
    objective = book.plan.manifest.get("objective")
    terms = objective.get("terms") if isinstance(objective, Mapping) else None
    for name, value in (terms or {}).items():
        out.line([
            book.say("term", name=word("term", str(name), book.lang)),
            number_text(value, book.lang, 1),
        ])
    out.text(book.say("gap_note"))
    for line in account_lines(book.plan, book.rules, book.scopes, book.lang):
        out.text(line)
    names = book.plan.manifest.get("checked_not_planned") or ()
    checked = [limit_name(book.rules, str(name), book.lang) for name in names]
    if checked:
        out.gap()
        out.text(book.say("checked"), bold=True, fill=_HEADER)
        for name in checked:
            out.line([name])


def _findings(out: _Writer, book: Book, findings: Iterable[Finding] | None) -> None:
    out.gap()
    out.text(book.say("audit"), bold=True, fill=_HEADER)
    if findings is None:
        out.text(book.say("not_audited"))
        return
    broken = [finding for finding in findings if finding.severity == "violation"]
    out.text(book.say("violations", count=len(broken)))
    for finding in broken:
        out.text(finding.sentence(book.lang))
