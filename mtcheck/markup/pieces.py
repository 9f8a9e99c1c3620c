"""Building views: pieces that are kept, and what is put in for others."""

import re
import unicodedata
from collections.abc import Iterable
from html import unescape
from zlib import crc32

from mtcheck.markup import View
from mtcheck.types import Span

BULLET = "• "
"""Stands before an item of a list, which may begin in small letters, as is seen."""

_LINE_ENDS = frozenset("\t\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029")


class Pieces:
    """Takes the pieces of a view, in the order of their places."""

    def __init__(self) -> None:
        self.length = 0
        self._parts: list[str] = []
        self._starts: list[int] = []
        self._places: list[int] = []
        self._ends: dict[int, int] = {}
        self._next: int | None = None

    def keep(self, text: str, start: int, end: int) -> None:
        """Take a stretch of ``text`` as it stands there."""
        if start >= end:
            return
        if start != self._next:
            self._starts.append(self.length)
            self._places.append(start)
        self._parts.append(text[start:end])
        self.length += end - start
        self._next = end

    def put(self, shown: str, start: int, end: int) -> None:
        """Take ``shown`` in place of what stands from ``start`` to ``end``."""
        if not shown:
            return
        self._ends[len(self._starts)] = end
        self._starts.append(self.length)
        self._places.append(start)
        self._parts.append(shown)
        self.length += len(shown)
        self._next = None

    def view(self, comments: Iterable[Span] = ()) -> View:
        """Return what was taken."""
        return View(
            "".join(self._parts),
            tuple(self._starts) or (0,),
            tuple(self._places) or (0,),
            self._ends,
            tuple(comments),
        )


def through(outer: View, inner: View) -> View:
    """Return the view of the file that ``inner`` is of the text of ``outer``.

    >>> outer, inner = Pieces(), Pieces()
    >>> outer.keep("> one two", 2, 9)
    >>> inner.keep("one two", 4, 7)
    >>> through(outer.view(), inner.view()).places
    (6,)
    """
    starts: list[int] = []
    places: list[int] = []
    ends: dict[int, int] = {}
    at = 0
    edges = (*inner.starts[1:], len(inner.text))
    for index, (start, edge) in enumerate(zip(inner.starts, edges, strict=True)):
        place = inner.places[index]
        if index in inner.ends:
            span = outer.place(Span(place, inner.ends[index]))
            ends[len(starts)] = span.end
            starts.append(start)
            places.append(span.start)
            continue
        stop = place + edge - start
        while at + 1 < len(outer.starts) and outer.starts[at + 1] <= place:
            at += 1
        # One that is kept may go on over pieces of the outer view.
        while at < len(outer.starts) and outer.starts[at] < stop:
            first = max(place, outer.starts[at])
            if at in outer.ends:
                ends[len(starts)] = outer.ends[at]
            starts.append(start + first - place)
            places.append(outer.place(Span(first, first)).start)
            at += 1
        at -= 1
    comments = tuple(outer.place(comment) for comment in inner.comments)
    return View(
        inner.text, tuple(starts) or (0,), tuple(places) or (0,), ends, comments
    )


def stand_in(source: str) -> str:
    """Return a word to stand in a sentence for what is no prose; the same for the same.

    It is no word of any language, looks like a name, and is none that could be doubled,
    glued or torn: letters with digits between them.

    >>> stand_in("`tide`") == stand_in("`tide`") != stand_in("`ebb`")
    True
    """
    return f"X1{crc32(source.encode('utf-8', 'surrogatepass')):08x}"


def meant(reference: str) -> str:
    r"""Return the text that a character reference means, in one line.

    What nobody sees is left out: whoever writes ``&shy;`` means to.

    >>> meant("&amp;"), meant("&shy;"), meant("&#10;"), meant("&tide;")
    ('&', '', ' ', '&tide;')
    """
    plain = unescape(reference)
    if plain == reference:
        return plain
    seen = [mark for mark in plain if unicodedata.category(mark) != "Cf"]
    return "".join(" " if mark in _LINE_ENDS else mark for mark in seen)


REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[A-Za-z][A-Za-z\d]{1,31});")
"""A character reference that is closed."""
