"""A comparison for programs, as one JSON object; ``docs/compare.md`` describes it."""

from collections.abc import Iterator
from json import JSONEncoder
from typing import Any, ClassVar

from mtcheck import __version__
from mtcheck.comparison.values import Change, Comparison, Pair, Piece
from mtcheck.report import Screen
from mtcheck.types import Finding, Span

SCHEMA_VERSION = 1
"""Goes up where a field changes its meaning or goes away, not where one is added."""

encode = JSONEncoder(ensure_ascii=False, allow_nan=False).encode


class Json:
    """A head, a line for each pair, and what has no partner."""

    name: ClassVar[str] = "json"
    is_for_people: ClassVar[bool] = False

    def render(self, comparison: Comparison, screen: Screen) -> Iterator[str]:
        """Yield the lines of one object."""
        head = {
            "schema": SCHEMA_VERSION,
            "mtcheck": __version__,
            "suspect": comparison.suspect.id,
            "original": comparison.original.id,
            "score": comparison.score,
            "basis": comparison.basis,
            "content_words": comparison.n_content_words,
            "words": comparison.n_words,
        }
        rest = {
            "dropped": [*map(_piece, comparison.dropped)],
            "added": [*map(_piece, comparison.added)],
            "residue": [*map(_finding, comparison.residue)],
        }
        yield f'{encode(head)[:-1]}, "pairs": ['
        for left, pair in enumerate(comparison.pairs, 1 - len(comparison.pairs)):
            yield encode(_pair(pair, comparison)) + ("," if left else "")
        yield f"], {encode(rest)[1:]}"


def _pair(pair: Pair, comparison: Comparison) -> dict[str, Any]:
    return {
        "suspect": _piece(pair.suspect),
        "original": _piece(pair.original),
        "reordered": pair.is_reordered,
        "similarity": pair.similarity,
        "changes": [_change(change, comparison) for change in pair.changes],
    }


def _piece(piece: Piece) -> dict[str, Any]:
    return {
        "paragraphs": piece.paragraphs,
        "start": piece.span.start,
        "end": piece.span.end,
    }


def _change(change: Change, comparison: Comparison) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "link": change.link,
        "suspect": _stretch(change.suspect, comparison.suspect.text),
        "original": _stretch(change.original, comparison.original.text),
    }


def _stretch(span: Span | None, text: str) -> dict[str, Any] | None:
    if span is None:
        return None
    return {"start": span.start, "end": span.end, "text": span.of(text)}


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "name": finding.name,
        "paragraph": finding.paragraph,
        "start": finding.span.start,
        "end": finding.span.end,
        "message": finding.message,
    }


FORMAT = Json()
