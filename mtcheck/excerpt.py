"""A paragraph as people see it: folded, shortened, its marked stretches shown."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from unicodedata import combining, east_asian_width

from mtcheck.report import Lines, Screen, make_visible
from mtcheck.types import Span

SHORT = 4
"""A paragraph of so many lines is shown whole."""

MOST = 12
"""Lines of one paragraph that are shown at most."""

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)?")


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch to show; ``sign`` stands under it where there are no colours."""

    span: Span
    sign: str = "^"
    style: str = "bold red underline"


def paint(text: str, style: str, screen: Screen) -> str:
    """Return ``text`` in a style of rich, or as it is where there are no colours."""
    if not screen.has_colour or not text:
        return text
    # Imported here: programs and pipes get no colours.
    from rich.style import Style

    return Style.parse(style).render(text)


def _gap(screen: Screen) -> str:
    return paint("…" if screen.has_unicode else "...", "dim", screen)


def draw(
    text: str, marks: Sequence[Mark], screen: Screen, short: int = SHORT
) -> Iterator[str]:
    r"""Yield the lines of ``text``; marks are offsets in it, and the first wins.

    A text of over ``short`` lines is shortened to its start and the marked lines.

    >>> print(*draw("He came. . She went.", [Mark(Span(8, 10))], Screen()), sep="\n")
    He came. . She went.
            ^^
    """
    lines = list(fold(text, screen.width))
    text = make_visible(text)
    shown = _choose(lines, marks, short)
    gap = _gap(screen)
    previous = -1
    for index in shown:
        if index != previous + 1:
            is_empty = text[lines[previous].end : lines[index].start].isspace()
            yield "" if is_empty else gap
        yield from _draw_line(text, lines[index], marks, screen)
        previous = index
    if previous + 1 < len(lines):
        yield gap


def quote_lines(text: str, span: Span, lines: Lines, screen: Screen) -> Iterator[str]:
    r"""Yield the lines that a stretch begins and ends on, numbered, with carets.

    >>> text = "It rang.\nHe came. . She went."
    >>> for line in quote_lines(text, Span(17, 19), Lines(text), Screen()):
    ...     print(line)
      |
    2 | He came. . She went.
      |         ^^
    """
    first, _, last, _ = lines.ends(span)
    digits = len(str(last))
    width = screen.width - digits - 3
    margin = paint(f"{'':>{digits}} |", "bold blue", screen)
    yield margin
    for number in (first, last) if last > first else (first,):
        if number > first + 1:
            yield _gap(screen)
        line = lines.line(number)
        if line.end - line.start > width:
            line = _window(line, span, width)
        shown, signs = _with_carets(text, line, span, screen)
        gutter = paint(f"{number:>{digits}} |", "bold blue", screen)
        yield f"{gutter} {shown}".rstrip()
        yield f"{margin} {signs}"


def _window(line: Span, span: Span, width: int) -> Span:
    """Return the part of a long line that has the stretch in its middle."""
    start, end = max(line.start, span.start), min(line.end, span.end)
    spare = max(width - max(end - start, 1), width // 2)
    first = max(line.start, min(start - spare // 2, line.end - width))
    return Span(first, min(line.end, first + width))


def fold(text: str, width: int) -> Iterator[Span]:
    r"""Yield lines that together are the text: its own, and where too long, parts.

    >>> [span.of("one\ntwo three") for span in fold("one\ntwo three", 6)]
    ['one\n', 'two ', 'three']
    """
    for line in _LINE.finditer(text):
        start, end = line.span()
        while end - start > width:
            cut = text.rfind(" ", start + 1, start + width) + 1 or start + width
            yield Span(start, cut)
            start = cut
        if start < end:
            yield Span(start, end)


def _choose(lines: Sequence[Span], marks: Sequence[Mark], short: int) -> list[int]:
    """Return the lines to show: all of a short text, else the first and the marked."""
    if len(lines) <= short:
        return list(range(len(lines)))
    chosen = {0}
    starts = [line.start for line in lines]
    for mark in marks:
        # Of a long stretch only the ends.
        for offset in (mark.span.start, max(mark.span.end - 1, mark.span.start)):
            chosen.add(max(0, bisect_right(starts, offset) - 1))
    if len(chosen) == 1:
        chosen.add(1)
    return sorted(chosen)[:MOST]


def _with_carets(text: str, part: Span, span: Span, screen: Screen) -> tuple[str, str]:
    """Return a part of a line, with its cut ends shown, and the carets below it."""
    shown = make_visible(part.of(text))
    gap = "…" if screen.has_unicode else "~"
    if part.start and text[part.start - 1] not in "\r\n":
        shown = gap + shown[1:]
    if part.end < len(text) and text[part.end] not in "\r\n":
        shown = shown[:-1] + gap
    start = min(max(span.start - part.start, 0), len(shown))
    end = min(span.end - part.start, len(shown))
    indent = cells(shown[:start])
    carets = "^" * max(1, cells(shown[start:end]))
    marked = paint(shown[start:end], "bold red", screen)
    signs = " " * indent + paint(carets, "bold red", screen)
    return f"{shown[:start]}{marked}{shown[end:]}" if start < end else shown, signs


def _draw_line(
    text: str, line: Span, marks: Sequence[Mark], screen: Screen
) -> Iterator[str]:
    owners = _owners(line, marks)
    if screen.has_colour:
        yield _coloured(line.of(text), owners, screen).rstrip(" ")
        return
    yield line.of(text).rstrip(" ")
    signs = "".join(
        (owner.sign if owner else " ") * _cells(character)
        for character, owner in zip(line.of(text), owners, strict=True)
    ).rstrip()
    if signs:
        yield signs


def _owners(line: Span, marks: Sequence[Mark]) -> list[Mark | None]:
    """Return for each code point of the line the mark that it belongs to."""
    owners: list[Mark | None] = [None] * (line.end - line.start)
    for mark in reversed(marks):
        # An empty stretch is shown by the code point that follows it.
        end = max(mark.span.end, mark.span.start + 1)
        for offset in range(max(mark.span.start, line.start), min(end, line.end)):
            owners[offset - line.start] = mark
    return owners


def _coloured(text: str, owners: Sequence[Mark | None], screen: Screen) -> str:
    pieces, start = [], 0
    for end in range(1, len(text) + 1):
        if end == len(text) or owners[end] is not owners[start]:
            owner = owners[start]
            piece = text[start:end]
            pieces.append(paint(piece, owner.style, screen) if owner else piece)
            start = end
    return "".join(pieces)


def cells(text: str) -> int:
    """Return how many cells of a terminal a text takes.

    >>> cells("kö"), cells("漢")
    (2, 2)
    """
    return len(text) if text.isascii() else sum(map(_cells, text))


def _cells(character: str) -> int:
    """Return how many cells of a terminal a character takes."""
    if combining(character) or character in "\xad\u200c\u200d\ufe0e\ufe0f":
        return 0
    return 2 if east_asian_width(character) in "WF" else 1
