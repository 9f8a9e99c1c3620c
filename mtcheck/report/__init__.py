"""Reporters: from verdicts to lines, or to files. A file here holds ``REPORTER``.

The name of the file is the name of the format. Only here do offsets become lines and
columns, and only here is text changed, so that it cannot steer a terminal.
"""

import re
import shutil
import sys
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import BinaryIO, ClassVar, Protocol, cast

from mtcheck.errors import ConfigError
from mtcheck.plugins import collect
from mtcheck.types import Scored, Span


@dataclass(frozen=True, slots=True)
class Screen:
    """What the place that is written to can show."""

    is_terminal: bool = False
    has_colour: bool = False
    has_unicode: bool = True
    width: int = 88


class Format(Protocol):
    """What any output format says of itself."""

    name: ClassVar[str]
    """As in ``--format``; the name of its file."""
    is_for_people: ClassVar[bool]
    """People get what their terminal can show, programs get UTF-8."""
    is_table: ClassVar[bool]
    """Whether it has rows, which may be made in parts; else it comes in one."""


class Reporter(Format, Protocol):
    """A format of lines, which can be written as they come."""

    def render(self, results: Iterable[Scored], screen: Screen) -> Iterator[str]:
        """Yield lines, without their ends, as the results come in."""


class Table(Protocol):
    """A format of files, which come whole and may be put together."""

    def encode(self, results: Iterable[Scored], model: str) -> bytes:
        """Return a file with the verdicts by the model of this signature."""

    def join(self, parts: Iterable[Path], target: BinaryIO) -> None:
        """Write the verdicts of all parts as one file."""


@cache
def formats() -> dict[str, Format]:
    """Return the formats of this folder by name, in alphabetical order.

    >>> list(formats())
    ['csv', 'html', 'jsonl', 'parquet', 'text']
    """
    found = collect(sys.modules[__name__], "REPORTER")
    return {format.name: format for format in found}


def reporter(name: str) -> Reporter:
    """Return the format of lines of that name; a ConfigError names the known ones."""
    found = _format(name)
    if not hasattr(found, "render"):
        raise ConfigError(
            f"format {name} is for files only; name one with --output, or a folder"
        )
    return cast(Reporter, found)


def table(name: str) -> Table:
    """Return the format of that name as one of files."""
    found = _format(name)
    if hasattr(found, "encode"):
        return cast(Table, found)
    return LineTable(cast(Reporter, found))


def _format(name: str) -> Format:
    if name not in formats():
        known = ", ".join(formats())
        raise ConfigError(f"format must be one of {known}, got {name!r}")
    return formats()[name]


class LineTable:
    """A format of lines in files; those of CSV begin with the same header."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter

    def encode(self, results: Iterable[Scored], model: str) -> bytes:
        """Return the lines; none of them has room for the model's signature."""
        lines = self._reporter.render(results, Screen())
        text = "".join([f"{line}\n" for line in lines])
        return text.encode("utf-8", "backslashreplace")

    def join(self, parts: Iterable[Path], target: BinaryIO) -> None:
        """Write all lines, and a header once."""
        header = self.encode((), "")
        for number, part in enumerate(parts):
            with part.open("rb") as file:
                file.seek(len(header) if number else 0)
                shutil.copyfileobj(file, target)


def render(
    results: Iterable[Scored], format: str = "text", screen: Screen = Screen()
) -> Iterator[str]:
    """Return the lines of a report, without their ends, as the results come in."""
    return reporter(format).render(results, screen)


class Lines:
    r"""Finds the line and the column of an offset, both counted from 1.

    >>> lines = Lines("one\r\ntwo")
    >>> lines.place(0), lines.place(6)
    ((1, 1), (2, 2))
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(match.end() for match in _LINE_END.finditer(text))]

    def __len__(self) -> int:
        return len(self._starts)

    def start(self, line: int) -> int:
        """Return the offset that a line starts at."""
        return self._starts[line - 1]

    def place(self, offset: int) -> tuple[int, int]:
        """Return the line and the column of a code point."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def ends(self, span: Span) -> tuple[int, int, int, int]:
        r"""Return the line and the column of the first code point and behind the last.

        >>> Lines("one\r\ntwo").ends(Span(2, 6))
        (1, 3, 2, 2)
        """
        line, column = self.place(max(span.end - 1, span.start))
        return *self.place(span.start), line, column + min(1, span.end - span.start)

    def line(self, number: int) -> Span:
        """Return a line without its end."""
        start = self._starts[number - 1]
        end = self._starts[number] if number < len(self) else len(self._text)
        while end > start and self._text[end - 1] in "\r\n":
            end -= 1
        return Span(start, end)

    def around(self, span: Span) -> Span:
        """Return the lines that a stretch touches, without the end of the last one."""
        first, _, last, _ = self.ends(span)
        return Span(self.start(first), self.line(last).end)


def make_visible(text: str) -> str:
    r"""Return ``text`` in one line, without what steers a terminal; offsets stay.

    >>> make_visible("a\x1b[31m\tb\u202ec\n")
    'a␛[31m b�c '
    """
    return _UNSAFE.sub(_visible, text)


_LINE_END = re.compile(r"\r\n|\n|\r")
# Controls (C0 and C1), blanks that are no plain space, marks that turn the direction of
# writing or hide letters, and what cannot be written: halves of surrogate pairs, and no
# characters. Soft hyphens and joiners stay: words need them.
_UNSAFE = re.compile(
    r"[\x00-\x1f\x7f-\xa0\u061c\u1680\u2000-\u200b\u200e\u200f\u2028-\u202f\u205f-\u206f"
    r"\u3000\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)


def _visible(match: re.Match[str]) -> str:
    character = match[0]
    if character.isspace() and character not in "\x1c\x1d\x1e\x1f":
        return " "
    if character < " ":
        return chr(0x2400 + ord(character))
    return "\u2421" if character == "\x7f" else "\ufffd"
