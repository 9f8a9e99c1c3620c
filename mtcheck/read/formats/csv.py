"""CSV: the first row names the fields, and each other row is a document."""

import csv
import io
import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple, TextIO

from mtcheck.errors import InputError
from mtcheck.read.limits import LARGEST_DOCUMENT, check_size, read_line
from mtcheck.read.records import (
    Outcome,
    Reader,
    ReadOptions,
    Step,
    document,
    no_field,
)

_ESCAPED = re.compile("[\udc80-\udcff]")
_CONVERT = "convert the file to UTF-8, for instance with iconv"


class _Row(NamedTuple):
    cells: list[str]
    line: int
    n_lines: int
    is_cut: bool


class _Lines:
    """Lines for ``csv.reader``, and an account of those that make the present row."""

    def __init__(self, text: TextIO, path: str) -> None:
        self._text = text
        self._path = path
        self._n_read = 0
        self._n_bytes = 0
        self.first = 1
        self.is_cut = False
        """Whether the file ended though the row did not."""

    @property
    def n_lines(self) -> int:
        return self._n_read + 1 - self.first

    def begin_row(self) -> None:
        self.first = self._n_read + 1
        self._n_bytes = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = read_line(self._text)
        if not line:
            self.is_cut = self._n_bytes > 0
            raise StopIteration
        self._n_read += 1
        self._n_bytes += len(line.encode("utf-8", "surrogateescape"))
        check_size(self._n_bytes, f"{self._path} line {self.first}")
        return line


def steps(
    stream: BinaryIO,
    path: str,
    options: ReadOptions,
    start: int,
    *,
    delimiter: str = ",",
) -> Iterator[Step]:
    """Yield the rows of a table with that delimiter."""
    # What is not UTF-8 must not take the rows around it along.
    text = io.TextIOWrapper(
        stream, encoding="utf-8-sig", errors="surrogateescape", newline=""
    )
    try:
        rows = _rows(text, path, delimiter)
        table = _Table(_header(rows, path, options), delimiter, path, options)
        for number, row in enumerate(rows, 1):
            if number > start:
                yield Step(number, table.outcome(row, number))
    finally:
        text.detach()  # Who opened the stream closes it.


def _rows(text: TextIO, path: str, delimiter: str) -> Iterator[_Row]:
    # The module has one limit for all, of 128 kB unless somebody raised it.
    csv.field_size_limit(max(csv.field_size_limit(), LARGEST_DOCUMENT))
    lines = _Lines(text, path)
    lines.begin_row()
    for cells in csv.reader(lines, delimiter=delimiter):
        if cells:
            yield _Row(cells, lines.first, lines.n_lines, lines.is_cut)
        lines.begin_row()


def _header(rows: Iterator[_Row], path: str, options: ReadOptions) -> list[str]:
    header = next(rows, None)
    if header is None:
        raise InputError(path, "has no header; the first row must name the fields")
    if header.is_cut:
        raise InputError(path, "a quote opens in the header and never closes; close it")
    if any("\0" in cell for cell in header.cells):
        raise InputError(path, "looks binary, not like text; name text files only")
    if not all(map(_is_utf8, header.cells)):
        raise InputError(path, f"the header is not valid UTF-8; {_CONVERT}")
    if options.text_field not in header.cells:
        raise InputError(path, no_field("column", options.text_field, header.cells))
    return header.cells


class _Table:
    """What the rows have in common: the header says where the text is and the name."""

    def __init__(
        self, header: list[str], delimiter: str, path: str, options: ReadOptions
    ) -> None:
        self._header = header
        self._delimiter = delimiter
        self._path = path
        self._options = options

    def outcome(self, row: _Row, number: int) -> Outcome:
        """Return the document that a row is, or why it is none."""
        try:
            text, key = self._text_and_key(row)
        except ValueError as error:
            return InputError(f"{self._path} line {row.line}", str(error))
        place = row.line, self._options, row.n_lines
        return document(text, key, self._path, number, *place)

    def _text_and_key(self, row: _Row) -> tuple[str, str | None]:
        if row.is_cut:
            raise ValueError("a quote opens and never closes; the file may be cut off")
        if any(row.cells[len(self._header) :]):
            raise ValueError(
                f"has {len(row.cells)} fields, but the header {len(self._header)}; "
                f"quote what holds {self._delimiter!r}"
            )
        cells = dict(zip(self._header, row.cells, strict=False))
        text_field, id_field = self._options.text_field, self._options.id_field
        if text_field not in cells:
            raise ValueError(
                f"ends before {text_field!r}, after {len(row.cells)} of "
                f"{len(self._header)} fields; the file may be cut off"
            )
        for field in (text_field, id_field):
            if not _is_utf8(cells.get(field, "")):
                raise ValueError(f"{field!r} is not valid UTF-8; {_CONVERT}")
        return cells[text_field], cells.get(id_field)


def _is_utf8(cell: str) -> bool:
    """Tell whether no byte had to be put aside in half a surrogate pair."""
    return cell.isascii() or not _ESCAPED.search(cell)


READER = Reader((".csv",), steps, has_records=True)
