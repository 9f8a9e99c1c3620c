"""Plain text, less the comments that are for mtcheck."""

from mtcheck.markup import COMMENT, View
from mtcheck.markup.pieces import Pieces
from mtcheck.types import Span

_BLANKS = " \t"


def plain_view(text: str) -> View:
    r"""Return the view of a plain text, without a trace of the comments for mtcheck.

    >>> plain_view("A <!-- mtcheck: ignore MT1 --> b.\n<!-- mtcheck: x -->\nC.").text
    'A b.\nC.'
    """
    pieces = Pieces()
    comments = [Span(*match.span()) for match in COMMENT.finditer(text)]
    place = 0
    for comment in comments:
        gap = _gap(text, comment, place)
        pieces.keep(text, place, gap.start)
        place = gap.end
    pieces.keep(text, place, len(text))
    return pieces.view(comments)


def _gap(text: str, comment: Span, first: int) -> Span:
    """Return what goes with a comment; what stands before ``first`` is gone already.

    A line that holds nothing else goes, as an empty one would part a paragraph.
    """
    start, end = comment.start, comment.end
    while start > first and text[start - 1] in _BLANKS:
        start -= 1
    after = end
    while text[after : after + 1] and text[after] in _BLANKS:
        after += 1
    ends_line = text[after : after + 1] in ("", "\n", "\r")
    if ends_line and (start == 0 or text[start - 1] in "\n\r"):
        after += 2 if text.startswith("\r\n", after) else 1
        return Span(start, min(after, len(text)))
    return Span(start if ends_line or after > end else comment.start, end)
