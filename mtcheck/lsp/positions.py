"""Between offsets in a text and positions of the protocol, in the editor's units."""

from collections.abc import Callable

from lsprotocol import types

from mtcheck.report import Lines
from mtcheck.types import Span


def _utf8(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


_UNITS: dict[str, Callable[[str], int]] = {
    types.PositionEncodingKind.Utf8: _utf8,
    types.PositionEncodingKind.Utf16: _utf16,
    types.PositionEncodingKind.Utf32: len,
}
"""Encoding to the number of its units in a text."""


class Positions:
    r"""The positions of one text; lines end where the protocol says, and only there.

    >>> positions = Positions("one\n😀 two", "utf-16")
    >>> positions.position(6), positions.offset(types.Position(1, 3))
    (1:3, 6)
    """

    def __init__(self, text: str, encoding: str | None) -> None:
        self._text = text
        self._lines = Lines(text)
        self._n_units = _UNITS[encoding or types.PositionEncodingKind.Utf16]

    def position(self, offset: int) -> types.Position:
        """Return the position of an offset."""
        line, column = self._lines.place(offset)
        before = self._text[offset - column + 1 : offset]
        return types.Position(line - 1, self._n_units(before))

    def range(self, span: Span) -> types.Range:
        """Return the range of a span."""
        return types.Range(self.position(span.start), self.position(span.end))

    def offset(self, position: types.Position) -> int:
        """Return the offset of a position; past the end of its line, that end."""
        if position.line >= len(self._lines):
            return len(self._text)
        start = self._lines.start(position.line + 1)
        end = start
        n_units = 0
        while end < len(self._text) and self._text[end] not in "\r\n":
            n_units += self._n_units(self._text[end])
            if n_units > position.character:
                break
            end += 1
        return end

    def span(self, range: types.Range) -> Span:
        """Return the span of a range."""
        return Span(self.offset(range.start), self.offset(range.end))
