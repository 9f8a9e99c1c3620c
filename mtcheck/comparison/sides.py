"""A row of a comparison as HTML: both texts with their marks, and notes on these."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from mtcheck.comparison.rows import Row, RowKind
from mtcheck.comparison.values import Change, Comparison
from mtcheck.comparison.wording import grouped
from mtcheck.identify import identify
from mtcheck.marking.text import Mark, marked, plain
from mtcheck.report import Lines, Screen
from mtcheck.report.text import count, describe
from mtcheck.types import Document, Finding, Span

LONGEST_TEXT = 20_000
"""Code points that are shown of a paragraph."""

_LONGEST_QUOTE = 80
"""Code points of a change that a note repeats."""

SIGNS: dict[RowKind, str] = {
    "changed": "≈",
    "kept": "=",
    "aligned": "≈",
    "reordered": "⇅",
    "dropped": "−",
    "added": "+",
    "residue": "✂",
}
"""What tells kinds of rows apart where there is no colour."""

_ONE = {
    "synonyms": "synonym",
    "other forms": "another form",
    "names and numbers": "the same",
}
"""What a note of a single change begins with, where it is not what several have."""

_PLAIN = Screen()


@dataclass(frozen=True, slots=True)
class Side:
    """One of both texts, and how it is called on the page."""

    name: str
    document: Document
    lines: Lines
    language: str | None

    @classmethod
    def of(cls, name: str, document: Document) -> "Side":
        """Return the side of a document."""
        language = document.language or identify(document.text)
        return cls(name, document, Lines(document.text), language)


@dataclass(frozen=True, slots=True)
class Sides:
    """Both texts of a comparison."""

    found: Comparison
    original: Side
    suspect: Side

    @classmethod
    def of(cls, found: Comparison) -> "Sides":
        """Return the sides of a comparison."""
        original = Side.of("original", found.original)
        return cls(found, original, Side.of("suspect", found.suspect))

    def article(self, row: Row, number: int) -> Iterator[str]:
        """Yield the lines of a row; its ``number`` makes ids that differ on a page."""
        name = f"r{number}"
        main, *_ = row.kinds
        kinds = " ".join(row.kinds)
        yield f'<article class="{main}" aria-labelledby="{name}" data-kinds="{kinds}">'
        heading = " ".join(
            f'<span class="label"><span aria-hidden="true">{SIGNS[kind]}</span> '
            f"{kind}</span>"
            for kind in row.kinds
        )
        yield f'<h3 id="{name}">{heading}</h3>'
        notes = _Notes(self, row, name)
        known = {mark.note for mark in notes.theirs}
        yield '<div class="sides">'
        yield from _text(self.original, row.original, notes.ours, known)
        yield from _text(self.suspect, row.suspect, notes.theirs, ())
        yield "</div>"
        if notes.lines:
            yield '<ul class="notes">'
            yield from notes.lines
            yield "</ul>"
        yield "</article>"


class _Notes:
    """What is said of a row, and the marks of both sides that lead there."""

    def __init__(self, sides: Sides, row: Row, name: str) -> None:
        self.lines: list[str] = []
        self.ours: list[Mark] = []
        self.theirs: list[Mark] = []
        self._sides, self._row, self._name = sides, row, name
        self._n_notes = 0
        for head, changes in grouped(row.changes, sides.found.basis).items():
            shown = [change for change in changes if self._is_shown(change)]
            told = ", ".join(self._change(head, change) for change in shown)
            if len(shown) < len(changes):
                told += f" … {len(changes) - len(shown):,} more not shown"
            self.lines.append(
                f'<li class="{changes[0].kind}"><b>{head}</b> {told}</li>'
            )
        for finding in row.residue:
            self._finding(finding)

    def _is_shown(self, change: Change) -> bool:
        """Tell whether a change has a place in what is shown of the texts."""
        row = self._row
        places = (change.original, row.original), (change.suspect, row.suspect)
        return any(place and whole and _fits(place, whole) for place, whole in places)

    def _next(self) -> str:
        self._n_notes += 1
        return f"{self._name}n{self._n_notes}"

    def _change(self, head: str, change: Change) -> str:
        note = self._next()
        look = f"change {change.kind}"
        places = (
            (change.original, self._row.original, self._sides.original, self.ours),
            (change.suspect, self._row.suspect, self._sides.suspect, self.theirs),
        )
        words: list[str] = []
        for place, whole, side, marks in places:
            if place and whole:
                words.append(_short(place.of(side.document.text)))
                if _fits(place, whole):
                    marks.append(Mark(place.shift(-whole.start), look, note, head))
        told = plain(" → ".join(dict.fromkeys(words)))
        # The tip shows one note alone, and it must say what the list says once.
        kind = f'<span class="said">{_ONE.get(head, head)}: </span>'
        return f'<span id="{note}">{kind}{told}</span>'

    def _finding(self, finding: Finding) -> None:
        note, whole = self._next(), self._row.suspect
        told = describe(finding, self._sides.suspect.lines, _PLAIN, " ")
        self.lines.append(
            f'<li id="{note}" class="{finding.severity}">{plain(told)}</li>'
        )
        if whole and _fits(finding.span, whole):
            start = max(finding.span.start, whole.start)
            span = Span(start, min(finding.span.end, whole.end)).shift(-whole.start)
            look = f"finding {finding.severity}"
            self.theirs.append(Mark(span, look, note, finding.code))


def _fits(place: Span, whole: Span) -> bool:
    """Tell whether a place is in what is shown of a stretch."""
    return place.start < whole.start + LONGEST_TEXT


def _short(text: str) -> str:
    return (
        text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE].rstrip()} …"
    )


def _text(
    side: Side, span: Span | None, marks: Sequence[Mark], known: Iterable[str]
) -> Iterator[str]:
    """Yield a stretch of a text, or that there is none.

    Of a change that both sides have, one is a stop of the Tab key.
    """
    if span is None:
        yield f'<div class="side none"><p class="who">not in the {side.name}</p></div>'
        return
    line, _ = side.lines.place(span.start)
    yield f'<div class="side"><p class="who">{side.name}, line {line}</p>'
    text = span.of(side.document.text)
    shown = text[:LONGEST_TEXT]
    language = f' lang="{plain(side.language)}"' if side.language else ""
    yield f'<p class="text" dir="auto"{language}>{marked(shown, marks, known)}</p>'
    if len(shown) < len(text):
        rest = count(len(text) - len(shown), "more character")
        yield f'<p class="cut">… {rest} of this paragraph not shown.</p>'
    yield "</div>"
