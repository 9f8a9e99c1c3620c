"""What stands beside each other on a page, in the order in which it is read."""

from bisect import bisect
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple, get_args

from mtcheck.comparison.values import Change, Comparison, Pair
from mtcheck.types import Finding, Span

RowKind = Literal[
    "changed", "kept", "aligned", "reordered", "dropped", "added", "residue"
]
ROW_KINDS: tuple[RowKind, ...] = get_args(RowKind)


class Row(NamedTuple):
    """A pair, or a stretch that one text alone has, with the residue in it.

    The first of the ``kinds`` is the main one. Where words are compared, a pair is
    ``kept`` word for word or ``changed``, else it is ``aligned`` and no more.
    """

    kinds: tuple[RowKind, ...]
    original: Span | None
    suspect: Span | None
    changes: tuple[Change, ...]
    residue: tuple[Finding, ...]


def rows_of(found: Comparison) -> Iterator[Row]:
    """Yield all of both texts, in the order of the suspect.

    What was dropped comes behind what precedes it in the original.
    """
    starts = sorted(pair.original.span.start for pair in found.pairs)
    lost: defaultdict[int, list[Row]] = defaultdict(list)
    for piece in found.dropped:
        at = bisect(starts, piece.span.start)
        before = starts[at - 1] if at else -1
        lost[before].append(Row(("dropped",), piece.span, None, (), ()))
    rows = [_pair(pair, found) for pair in found.pairs]
    rows += [_alone("added", piece.span, found) for piece in found.added]
    gaps = _gaps(found.suspect.text, [row.suspect for row in rows if row.suspect])
    rows += [
        row for row in (_alone("residue", gap, found) for gap in gaps) if row.residue
    ]
    yield from lost[-1]
    for row in sorted(rows, key=lambda row: row.suspect or Span(0, 0)):
        yield row
        yield from lost[row.original.start] if row.original else ()


def _pair(pair: Pair, found: Comparison) -> Row:
    kinds: tuple[RowKind, ...] = ("aligned",)
    if found.basis == "words":
        is_kept = all(change.kind == "kept" for change in pair.changes)
        kinds = ("kept" if is_kept else "changed",)
    if pair.is_reordered:
        kinds += ("reordered",)
    residue = _inside(found.residue, pair.suspect.span)
    if residue:
        kinds += ("residue",)
    return Row(kinds, pair.original.span, pair.suspect.span, pair.changes, residue)


def _alone(kind: RowKind, span: Span, found: Comparison) -> Row:
    residue = _inside(found.residue, span)
    kinds = dict.fromkeys((kind, "residue") if residue else (kind,))
    return Row(tuple(kinds), None, span, (), residue)


def _inside(findings: Sequence[Finding], span: Span) -> tuple[Finding, ...]:
    return tuple(
        finding
        for finding in findings
        if finding.span.start < span.end and span.start < finding.span.end
    )


def _gaps(text: str, taken: list[Span]) -> Iterator[Span]:
    """Yield what lies between the stretches of a text, without blanks around it."""
    at = 0
    for span in (*sorted(taken), Span(len(text), len(text))):
        gap = text[at : span.start]
        start = at + len(gap) - len(gap.lstrip())
        if gap.strip():
            yield Span(start, start + len(gap.strip()))
        at = max(at, span.end)
