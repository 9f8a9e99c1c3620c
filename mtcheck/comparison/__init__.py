"""A suspect text beside its presumed original: what was kept, spun, dropped, added."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from pathlib import Path

from mtcheck.comparison.align import Aligned, align, is_across
from mtcheck.comparison.changes import find_changes
from mtcheck.comparison.names import find_names
from mtcheck.comparison.thesaurus import Thesaurus
from mtcheck.comparison.values import KINDS, Comparison, Kind, Pair, Piece
from mtcheck.comparison.words import Text, Word, read_text
from mtcheck.errors import InputError
from mtcheck.models import DEFAULT, open_model
from mtcheck.rules import all_rules, find_defects, is_residue
from mtcheck.segment import count_words
from mtcheck.types import Document, Finding, Span

RESIDUE = "MT5"
"""The start of the codes of what scrapers leave."""


def compare(
    suspect: str | Document,
    original: str | Document,
    *,
    model: str | Path = DEFAULT,
    paragraphs: str = "auto",
) -> Comparison:
    """Return what became of the original in the suspect.

    The model lends its thesaurus. An InputError names a text without words.

    >>> found = compare("The old ship left.", "The old boat left.")
    >>> [change.suspect for change in found.pairs[0].changes if change.kind == "spun"]
    [Span(start=8, end=12)]
    """
    folder = open_model(model)
    ours = _text(original, "original", paragraphs)
    theirs = _text(suspect, "suspect", paragraphs)
    across = is_across(ours, theirs)
    thesaurus = Thesaurus({}) if across else Thesaurus.of(folder, ours.language)
    pairs = tuple(
        _pair(item, ours, theirs, None if across else thesaurus)
        for item in align(ours, theirs, thesaurus)
    )
    residue, left = _residue(ours, theirs)
    content = _content(ours)
    again = _inside(content, _come_again(pairs, across))
    alone = _alone(theirs, [pair.suspect for pair in pairs])
    return Comparison(
        original=ours.document,
        suspect=theirs.document,
        score=again / len(content),
        basis="paragraphs" if across else "words",
        n_content_words=len(content),
        n_words=_count(pairs, ours, theirs),
        pairs=pairs,
        dropped=_alone(ours, [pair.original for pair in pairs]),
        added=tuple(piece for piece in alone if left.isdisjoint(piece.paragraphs)),
        residue=residue,
    )


def _text(text: str | Document, name: str, mode: str) -> Text:
    document = text if isinstance(text, Document) else Document(text, name)
    read = read_text(document, mode)
    if not any(read.words):
        raise InputError(document.id, "has no words to compare; check the text")
    return read


def _pair(item: Aligned, ours: Text, theirs: Text, thesaurus: Thesaurus | None) -> Pair:
    bead = item.bead
    here = range(bead.original, bead.original_end)
    there = range(bead.suspect, bead.suspect_end)
    words, others = ours.words_of(here), theirs.words_of(there)
    changes = (
        find_names(words, others)
        if thesaurus is None
        else find_changes(words, others, thesaurus)
    )
    return Pair(
        ours.piece(here),
        theirs.piece(there),
        item.is_reordered,
        bead.similarity or None,
        changes,
    )


def _alone(text: Text, pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Return the paragraphs that are in none of the pieces."""
    taken = {index for piece in pieces for index in piece.paragraphs}
    rest = (index for index in range(len(text.words)) if index not in taken)
    return tuple(text.piece([index]) for index in rest)


def _residue(ours: Text, theirs: Text) -> tuple[tuple[Finding, ...], set[int]]:
    """Return what a scraper left, and the paragraphs that are little else.

    What the original has too, the scraper did not leave.
    """
    rules = [rule for rule in all_rules() if rule.code.startswith(RESIDUE)]
    known = {
        (defect.code, defect.span.of(ours.document.text))
        for passage in ours.passages()
        for defect in find_defects(passage, rules)
    }
    found: list[Finding] = []
    left: set[int] = set()
    for passage in theirs.passages():
        defects = find_defects(passage, rules)
        new = [
            defect
            for defect in defects
            if (defect.code, defect.span.of(theirs.document.text)) not in known
        ]
        if is_residue(passage, new):
            left.add(passage.index)
        found += new
    return tuple(found), left


def _content(text: Text) -> list[Word]:
    """Return the content words; all words where there are none."""
    every = text.words_of(range(len(text.words)))
    return [word for word in every if word.is_content] or every


def _come_again(pairs: Iterable[Pair], across: bool) -> list[Span]:
    """Return the stretches of the original that have a place in the suspect."""
    if across:
        return [pair.original.span for pair in pairs]
    return [
        change.original
        for pair in pairs
        for change in pair.changes
        if change.original and change.suspect
    ]


def _count(pairs: Iterable[Pair], ours: Text, theirs: Text) -> dict[Kind, int]:
    """Return how many words there are of each kind of change."""
    number = dict.fromkeys(KINDS, 0)
    for pair in pairs:
        for change in pair.changes:
            text, span = ours.document.text, change.original
            if span is None:
                text, span = theirs.document.text, change.suspect
            number[change.kind] += count_words(span.of(text)) if span else 0
    return number


def _inside(words: Iterable[Word], spans: Iterable[Span]) -> int:
    """Return how many words lie in one of the spans, which do not overlap."""
    ordered = sorted(spans)
    starts = [span.start for span in ordered]
    number = 0
    for word in words:
        at = bisect_right(starts, word.start) - 1
        number += at >= 0 and word.end <= ordered[at].end
    return number
