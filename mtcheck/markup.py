"""The prose of a file with markup, and where each stretch of it stands in the file."""

import os
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from mtcheck.types import Span

COMMENT = re.compile(r"<!--\s*+mtcheck:(?:(?!-->)[^\n])*+-->")
"""A comment for mtcheck, which is no part of any text, plain or not."""


@dataclass(frozen=True, slots=True)
class View:
    """A text that was cut out of another; ``starts`` in it stand at ``places`` there.

    ``comments`` are the stretches of the file that are comments.
    """

    text: str
    starts: tuple[int, ...] = (0,)
    places: tuple[int, ...] = (0,)
    comments: tuple[Span, ...] = ()

    def place(self, span: Span) -> Span:
        """Return the stretch of the file that a stretch of the view comes from.

        What was left out between its first and its last code point belongs to it.
        """
        last = max(span.end - 1, span.start)
        return Span(self._place(span.start), self._place(last) + span.end - last)

    def _place(self, offset: int) -> int:
        at = bisect_right(self.starts, offset) - 1
        return self.places[at] + offset - self.starts[at]


def view(text: str, path: str | None = None) -> View:
    """Return the prose of a text; the suffix of its ``path`` says what markup it has.

    >>> view("A <!-- mtcheck: ignore MT101 -- quoted --> b.").text
    'A  b.'
    """
    return VIEWS.get(suffix_of(path), _plain)(text)


def suffix_of(path: str | None) -> str:
    """Return the last suffix of a path in lower case, with its stop."""
    return os.path.splitext(path or "")[1].lower()


def without(text: str, gaps: Iterable[Span], comments: tuple[Span, ...] = ()) -> View:
    """Return the view of a text that leaves out ``gaps``, which come in order."""
    pieces: list[str] = []
    starts: list[int] = []
    places: list[int] = []
    length = place = 0
    for gap in (*gaps, Span(len(text), len(text))):
        if gap.start > place or not starts:
            starts.append(length)
            places.append(place)
            pieces.append(text[place : gap.start])
            length += gap.start - place
        place = max(place, gap.end)
    return View("".join(pieces), tuple(starts), tuple(places), comments)


def _plain(text: str) -> View:
    if "<!--" not in text:
        return View(text)
    comments = tuple(Span(*match.span()) for match in COMMENT.finditer(text))
    return without(text, comments, comments)


VIEWS: dict[str, Callable[[str], View]] = {}
"""How prose is found, by the suffix of a file; a kind of markup is added here."""
