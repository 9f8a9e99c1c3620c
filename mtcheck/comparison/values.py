"""What a comparison is made of: pairs of paragraphs, and the changes within them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from mtcheck.types import Document, Finding, Span

Kind = Literal["kept", "spun", "moved", "dropped", "added"]
Link = Literal["synonym", "form"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Basis = Literal["words", "paragraphs"]


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of words, with its place in both documents where it has one.

    ``kept`` words stand in the order of the original, ``moved`` ones elsewhere in the
    paragraph; ``spun`` ones stand for others, and ``link`` says what relates the two:
    ``synonym`` for the thesaurus, ``form`` for another form or spelling of the word,
    None where nothing does. ``dropped`` words have no place in the suspect, ``added``
    ones none in the original.
    """

    kind: Kind
    original: Span | None
    suspect: Span | None
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """Neighbouring paragraphs of a document, by index, and the stretch they cover."""

    paragraphs: tuple[int, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Pair:
    """Paragraphs of the suspect beside those of the original that they come from.

    ``similarity`` is the share of weight that the two have in common, from 0 to 1; None
    where only length and order put them side by side. The changes are in the order of
    the suspect. Across languages they tell only of names and numbers.
    """

    original: Piece
    suspect: Piece
    is_reordered: bool
    similarity: float | None
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A suspect text beside its presumed original.

    ``score`` is the share of the original's content words that come again in aligned
    paragraphs: kept, moved or spun. Across languages words cannot be compared; there it
    is the share that stands in aligned paragraphs, and ``basis`` says so. ``pairs`` are
    in the order of the suspect; ``dropped`` and ``added`` are paragraphs without a
    partner, ``residue`` what a scraper left in the suspect. ``n_words`` counts the
    words of each kind within the pairs: those of the original, and added ones.
    """

    original: Document
    suspect: Document
    score: float
    basis: Basis
    n_content_words: int
    n_words: Mapping[Kind, int]
    pairs: tuple[Pair, ...]
    dropped: tuple[Piece, ...]
    added: tuple[Piece, ...]
    residue: tuple[Finding, ...]
