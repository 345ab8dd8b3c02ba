"""What the fast reader leaves out of an .xlsx: hidden rows and columns, filters, errors, the calendar, its true size.

The sheets are gone through as a stream of bytes with a few regular expressions; no tree is built.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from riskplan.case.cell_errors import NO_RESULT
from riskplan.case.sources.cell_text import column_at
from riskplan.case.sources.grid import Notes

LARGEST_PART = 1 << 30
"""Most bytes that one part of the archive may have unpacked."""
LARGEST_GRID = 40_000_000
"""Most cells between A1 and the last cell of a sheet: the fast reader keeps all of them, empty or not."""
_CHUNK = 1 << 22
_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_HIDDEN = re.compile(rb"\bhidden=[\"'](?:1|true)[\"']")
_NUMBER = re.compile(rb"\br=[\"'](\d+)[\"']")
_COL = re.compile(rb"<(?:\w+:)?col\b([^>]*)>")
_SPAN = re.compile(rb"\b(min|max)=[\"'](\d+)[\"']")
_FILTER = re.compile(rb"<(?:\w+:)?filterColumn\b")
_CELL = rb"<(?:\w+:)?c\b[^>]*?\br=[\"']([A-Z]+)(\d+)[\"']"
_ERROR = re.compile(
    _CELL + rb"[^>]*?\bt=[\"']e[\"'][^>]*>(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>([^<]*)<", re.DOTALL
)
_TYPED_FIRST = re.compile(
    rb"<(?:\w+:)?c\b[^>]*?\bt=[\"']e[\"'][^>]*?\br=[\"']([A-Z]+)(\d+)[\"'][^>]*>"
    rb"(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>([^<]*)<",
    re.DOTALL,
)
_FORMULA = re.compile(
    rb"<(?:\w+:)?c\b([^>]*)><(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?</(?:\w+:)?c>"
)
_PLACE = re.compile(rb"\br=[\"']([A-Z]+)(\d+)[\"']")
_TEXT_RESULT = re.compile(rb"\bt=[\"']str[\"']")
_WIDE = re.compile(rb"r=(?<=\sr=)[\"']([A-Z]{2,})\d+[^>]*[^/]>")
_DATE1904 = re.compile(rb"\bdate1904=[\"'](?:1|true|on)[\"']")
_SHEET = re.compile(rb"<(?:\w+:)?sheet\b[^>]*>")
_RELATED = re.compile(rb"\b\w+:id=[\"']([^\"']*)[\"']")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
_ID = re.compile(rb"\bId=[\"']([^\"']*)[\"']")
_TARGET = re.compile(rb"\bTarget=[\"']([^\"']*)[\"']")


class TooLargeError(Exception):
    """A part unpacks to more than may be read; says which and how much."""

    def __init__(self, part: str, size: str) -> None:
        super().__init__(f"{part}: {size}")
        self.part, self.size = part, size


@dataclass
class _Seen:
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    filtered: bool = False
    widest: int = 26
    last_row: int = 0
    rows: int = 0


def check_sizes(archive: zipfile.ZipFile) -> None:
    """Refuse an archive with a part that unpacks to more than ``LARGEST_PART``.

    Raises
    ------
    TooLargeError
        If there is one.
    """
    for part in archive.infolist():
        if part.file_size > LARGEST_PART:
            raise TooLargeError(part.filename, f"{part.file_size / (1 << 30):.1f} GiB")


def scan_workbook(path: Path) -> tuple[bool, list[Notes]]:
    """Return whether days count from 1904, and the notes of every sheet in the order of the workbook.

    A part or a range that is larger than may be read ends in :class:`TooLargeError`.
    """
    with zipfile.ZipFile(path) as archive:
        check_sizes(archive)
        book = archive.read("xl/workbook.xml")
        targets = _targets(archive)
        notes = []
        for sheet in _SHEET.findall(book):
            related = _RELATED.search(sheet)
            part = targets.get(related[1] if related else b"", "")
            notes.append(_scan_sheet(archive, part) if part in archive.NameToInfo else Notes())
        return bool(_DATE1904.search(book)), notes


def _targets(archive: zipfile.ZipFile) -> dict[bytes, str]:
    name = "xl/_rels/workbook.xml.rels"
    result = {}
    for relation in _RELATION.findall(archive.read(name) if name in archive.NameToInfo else b""):
        key, target = _ID.search(relation), _TARGET.search(relation)
        if key and target:
            path = target[1].decode("utf-8", "replace")
            result[key[1]] = path.lstrip("/") if path.startswith("/") else f"xl/{path}"
    return result


def _scan_sheet(archive: zipfile.ZipFile, part: str) -> Notes:
    seen = _Seen()
    with archive.open(part) as stream:
        for chunk in _whole_rows(iter(lambda: stream.read(_CHUNK), b"")):
            _look(chunk, seen)
            cells = max(seen.last_row, 1) * seen.widest
            if cells > LARGEST_GRID:
                raise TooLargeError(part, f"{cells / 1e6:.0f} M cells")
    return Notes(tuple(seen.hidden_rows), tuple(seen.hidden_columns), seen.filtered, seen.errors)


def _whole_rows(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Cut the stream behind the end of a row, so that no row is torn."""
    rest = b""
    for chunk in chunks:
        text = rest + chunk
        cut = _last(text, b"</row>", b":row>")
        cut = text.rfind(b"<", 0, cut + 1) if cut >= 0 else -1
        if cut < 0:
            if len(text) > 64 * _CHUNK:
                yield text
                text = b""
            rest = text
            continue
        yield text[:cut]
        rest = text[cut:]
    if rest:
        yield rest


def _look(chunk: bytes, seen: _Seen) -> None:
    if b"hidden=" in chunk:
        _hidden(chunk, seen)
    if b"filterColumn" in chunk:
        seen.filtered = seen.filtered or bool(_FILTER.search(chunk))
    if b't="e"' in chunk or b"t='e'" in chunk:
        for pattern in (_ERROR, _TYPED_FIRST):
            for letters, row, text in pattern.findall(chunk):
                seen.errors[int(row), column_at(letters.decode())] = text.decode("utf-8", "replace").strip()
    if b"<f" in chunk or b":f" in chunk:
        _bare_formulas(chunk, seen)
    _extent(chunk, seen)


def _hidden(chunk: bytes, seen: _Seen) -> None:
    for head in _ROW.findall(chunk):
        number = _NUMBER.search(head) if _HIDDEN.search(head) else None
        if number:
            seen.hidden_rows.append(int(number[1]))
    for head in _COL.findall(chunk) if b"<cols" in chunk or b":cols" in chunk else ():
        if _HIDDEN.search(head):
            span = {key: int(value) for key, value in _SPAN.findall(head)}
            first = span.get(b"min", 1)
            seen.hidden_columns += range(first - 1, min(span.get(b"max", first), first + 200))


def _bare_formulas(chunk: bytes, seen: _Seen) -> None:
    for head in _FORMULA.findall(chunk):
        place = _PLACE.search(head)
        if place and not _TEXT_RESULT.search(head):
            seen.errors[int(place[2]), column_at(place[1].decode())] = NO_RESULT


def _extent(chunk: bytes, seen: _Seen) -> None:
    """Note the last row and the last column that hold a value."""
    for letters in set(_WIDE.findall(chunk)):
        seen.widest = max(seen.widest, column_at(letters.decode()[:4]) + 1)
    at = _last(chunk, b"v>", b"is>")
    if at < 0:
        return
    start = _last(chunk, b"<row", b":row ", at)
    number = _NUMBER.search(chunk, start, chunk.find(b">", start)) if start >= 0 else None
    seen.rows = int(number[1]) if number else seen.rows + chunk.count(b"</row>") + chunk.count(b":row>")
    seen.last_row = max(seen.last_row, seen.rows)


def _last(text: bytes, first: bytes, second: bytes, end: int | None = None) -> int:
    """Return where one of two marks stands last, -1 where neither does; the second is looked for behind the first only."""
    at = text.rfind(first, 0, end)
    return max(at, text.rfind(second, max(at, 0), end))
