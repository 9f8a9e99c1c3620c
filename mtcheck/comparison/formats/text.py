"""A comparison for people: each pair with its changes marked, and told in words."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest
from textwrap import wrap
from typing import ClassVar

from mtcheck.comparison.values import Change, Comparison, Kind, Pair, Piece
from mtcheck.comparison.wording import counts_in_words, grouped, score_in_words
from mtcheck.excerpt import Mark, cells, draw, paint
from mtcheck.report import Lines, Screen, make_visible
from mtcheck.report.text import describe
from mtcheck.types import Document, Span

SIDE_BY_SIDE = 100
"""Cells of a terminal that are enough for two texts beside each other."""

_SIGNS: dict[Kind, str] = {"spun": "~", "moved": ">", "dropped": "-", "added": "+"}
_STYLES: dict[Kind, str] = {
    "spun": "bold yellow underline",
    "moved": "bold cyan underline",
    "dropped": "bold red underline",
    "added": "bold green underline",
}
_INDENT = "    "
_WHOLE = 10**9
"""Lines of a pair that are shown whole: all."""

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class Text:
    """A heading with the score, then pair after pair in the order of the suspect."""

    name: ClassVar[str] = "text"
    is_for_people: ClassVar[bool] = True

    def render(self, comparison: Comparison, screen: Screen) -> Iterator[str]:
        """Yield the lines; at the end what was dropped, and what a scraper left."""
        page = _Page(comparison, screen)
        yield from page.heading()
        for item in page.in_order():
            yield ""
            yield from page.pair(item) if isinstance(item, Pair) else page.added(item)
        yield from page.dropped()
        yield from page.residue()


class _Page:
    """One comparison on one screen."""

    def __init__(self, comparison: Comparison, screen: Screen) -> None:
        self._found = comparison
        self._screen = screen
        self._lines = Lines(comparison.suspect.text), Lines(comparison.original.text)

    def heading(self) -> Iterator[str]:
        found = self._found
        names = [
            paint(make_visible(document.id), "bold", self._screen)
            for document in (found.suspect, found.original)
        ]
        yield f"{names[0]} beside {names[1]}"
        yield from score_in_words(found)
        yield from counts_in_words(found)
        if not self._screen.has_colour:
            signs = [f"{sign} {kind}" for kind, sign in _SIGNS.items()]
            yield f"signs: {', '.join(signs)}"

    def in_order(self) -> list[Pair | Piece]:
        items: list[Pair | Piece] = [*self._found.pairs, *self._found.added]
        return sorted(items, key=_start)

    def pair(self, pair: Pair) -> Iterator[str]:
        here = self._name(self._found.suspect, self._lines[0], pair.suspect)
        there = self._name(self._found.original, self._lines[1], pair.original)
        order = ", reordered" if pair.is_reordered else ""
        changed = [change for change in pair.changes if change.kind != "kept"]
        is_told = changed or self._found.basis == "paragraphs"
        yield f"{here} from {there}{order}" + ("" if is_told else ": kept")
        if not is_told:
            return
        yield from self._texts(pair, changed)
        yield from self._told(pair.changes)

    def added(self, piece: Piece) -> Iterator[str]:
        name = self._name(self._found.suspect, self._lines[0], piece)
        yield f"{name} added"
        yield from self._one(self._found.suspect, piece, [], "  | ")

    def dropped(self) -> Iterator[str]:
        for piece in self._found.dropped:
            yield ""
            name = self._name(self._found.original, self._lines[1], piece)
            yield f"{name} dropped"
            yield from self._one(self._found.original, piece, [], "  | ")

    def residue(self) -> Iterator[str]:
        if self._found.residue:
            yield ""
            yield "what a scraper left:"
        for finding in self._found.residue:
            yield f"{_INDENT}{describe(finding, self._lines[0], self._screen, '  ')}"

    def _name(self, document: Document, lines: Lines, piece: Piece) -> str:
        line, _ = lines.place(piece.span.start)
        return paint(f"{make_visible(document.id)}:{line}", "bold", self._screen)

    def _texts(self, pair: Pair, changes: Sequence[Change]) -> Iterator[str]:
        """Yield both texts with their marks, beside each other where there is room."""
        found = self._found
        ours = [(item.kind, item.original) for item in changes]
        theirs = [(item.kind, item.suspect) for item in changes]
        if not self._screen.is_terminal or self._screen.width < SIDE_BY_SIDE:
            yield from self._one(found.original, pair.original, ours, "original | ")
            yield from self._one(found.suspect, pair.suspect, theirs, "suspect  | ")
            return
        width = (self._screen.width - 6) // 2
        left = self._drawn(found.original, pair.original, ours, width)
        right = self._drawn(found.suspect, pair.suspect, theirs, width)
        for one, other in zip_longest(left, right, fillvalue=""):
            gap = " " * (width - cells(_COLOUR.sub("", one)))
            yield f"  {one}{gap} | {other}".rstrip()

    def _one(
        self,
        document: Document,
        piece: Piece,
        spans: Iterable[tuple[Kind, Span | None]],
        bar: str,
    ) -> Iterator[str]:
        width = max(20, self._screen.width - len(bar))
        for line in self._drawn(document, piece, spans, width):
            yield f"{paint(bar, 'dim', self._screen)}{line}".rstrip()
            bar = f"{'':{len(bar) - 2}}| "

    def _drawn(
        self,
        document: Document,
        piece: Piece,
        spans: Iterable[tuple[Kind, Span | None]],
        width: int,
    ) -> Iterator[str]:
        marks = [
            Mark(span.shift(-piece.span.start), _SIGNS[kind], _STYLES[kind])
            for kind, span in spans
            if span
        ]
        screen = replace(self._screen, width=width)
        return draw(piece.span.of(document.text), marks, screen, short=_WHOLE)

    def _told(self, changes: Iterable[Change]) -> Iterator[str]:
        """Yield the changes in words, those of a kind in one line."""
        for head, own in grouped(changes, self._found.basis).items():
            line = f"{head}: {', '.join(map(self._words, own))}"
            yield from wrap(
                line,
                max(40, self._screen.width),
                initial_indent=_INDENT,
                subsequent_indent=_INDENT * 2,
                break_long_words=False,
                break_on_hyphens=False,
            )

    def _words(self, change: Change) -> str:
        found = self._found
        texts = [
            make_visible(span.of(document.text))
            for span, document in (
                (change.original, found.original),
                (change.suspect, found.suspect),
            )
            if span
        ]
        arrow = " → " if self._screen.has_unicode else " > "
        return arrow.join(dict.fromkeys(texts))


def _start(item: Pair | Piece) -> Span:
    return item.suspect.span if isinstance(item, Pair) else item.span


FORMAT = Text()
