"""The words of a text as HTML, with links where something is said of them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from mtcheck.report import make_visible
from mtcheck.types import Span

_LINE_END = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch, counted in the text at hand, and the note that says why it is marked.

    ``look`` are classes of the style sheet; ``name`` is read out where the stretch has
    nothing to read.
    """

    span: Span
    look: str
    note: str
    name: str


def plain(text: str) -> str:
    r"""Return text for HTML in one line, with nothing that hides or turns it.

    >>> plain("<b>\u202e & \x00")
    '&lt;b&gt;� &amp; ␀'
    """
    return escape(make_visible(text))


def marked(text: str, marks: Sequence[Mark], known: Iterable[str] = ()) -> str:
    r"""Return text for HTML, its lines kept and each marked stretch a link to its note.

    Where marks overlap, a stretch leads to all of their notes; a mark is one stop of
    the Tab key, however many stretches it is cut into, and none if its note is
    ``known``.

    >>> print(marked("He came. .", [Mark(Span(8, 10), "finding", "n1", "MT101")]))
    He came.<a class="mark finding" href="#n1" aria-describedby="n1"> .</a>
    """
    shown = _with_lines(text)
    placed = [(_within(mark.span, len(text)), mark) for mark in marks if text]
    cuts = {0, len(text)}
    for span, _ in placed:
        cuts |= {span.start, span.end}
    pieces: list[str] = []
    seen = set(known)
    beginning: dict[int, list[tuple[int, int]]] = {}
    for number, (span, _) in enumerate(placed):
        beginning.setdefault(span.start, []).append((number, span.end))
    active: list[tuple[int, int]] = []
    for start, end in pairwise(sorted(cuts)):
        active = [one for one in active if one[1] > start] + beginning.get(start, [])
        here = [placed[number][1] for number, _ in sorted(active)]
        notes = {mark.note for mark in here}
        pieces.append(_link(shown[start:end], here, is_stop=not notes <= seen))
        seen |= notes
    return "".join(pieces)


def _with_lines(text: str) -> str:
    """Return text of the same length in which only the ends of lines steer."""
    shown = list(make_visible(text))
    for match in _LINE_END.finditer(text):
        shown[match.end() - 1] = "\n"
    return "".join(shown)


def _within(span: Span, length: int) -> Span:
    # An empty stretch is shown by the code point that follows it, or the last one.
    start = min(span.start, length - 1)
    return Span(start, min(max(span.end, start + 1), length))


def _link(text: str, marks: Sequence[Mark], is_stop: bool) -> str:
    words = escape(text)
    return (
        f"<a {' '.join(_traits(text, marks, is_stop))}>{words}</a>" if marks else words
    )


def _traits(text: str, marks: Sequence[Mark], is_stop: bool) -> Iterator[str]:
    looks = dict.fromkeys(word for mark in marks for word in mark.look.split())
    notes = dict.fromkeys(mark.note for mark in marks)
    yield f'class="{" ".join(["mark", *looks])}"'
    yield f'href="#{marks[0].note}"'
    yield f'aria-describedby="{" ".join(notes)}"'
    if not any(character.isprintable() and character != " " for character in text):
        names = dict.fromkeys(mark.name for mark in marks)
        yield f'aria-label="blank: {escape(", ".join(names))}"'
    if not is_stop:
        yield 'tabindex="-1"'
