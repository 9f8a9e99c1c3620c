"""A comparison in words: what every format for people says of it."""

from collections.abc import Iterable, Iterator
from typing import Literal

from mtcheck.comparison.values import KINDS, Basis, Change, Comparison, Kind, Link
from mtcheck.report.text import count

Head = Literal[
    "synonyms",
    "other forms",
    "replaced",
    "moved",
    "moved and replaced",
    "dropped",
    "added",
    "names and numbers",
]
"""What changes of one sort are told under."""

_HEADS: dict[tuple[Kind, Link | None], Head] = {
    ("spun", "synonym"): "synonyms",
    ("spun", "form"): "other forms",
    ("spun", None): "replaced",
    ("moved", None): "moved",
    ("moved", "synonym"): "moved and replaced",
    ("moved", "form"): "moved and replaced",
    ("dropped", None): "dropped",
    ("added", None): "added",
}


def score_in_words(found: Comparison) -> Iterator[str]:
    """Yield the score with what it counts, and what it does not where that matters."""
    words = count(found.n_content_words, "content word")
    is_by_words = found.basis == "words"
    told = "come again" if is_by_words else "stand in paragraphs that have a partner"
    yield f"{percent(found.score)} of the {words} of the original {told}"
    if not is_by_words:
        yield "two languages: of words, only names and numbers can be compared"


def counts_in_words(found: Comparison) -> Iterator[str]:
    """Yield how many paragraphs and words there are of each kind."""
    reordered = sum(pair.is_reordered for pair in found.pairs)
    yield (
        f"paragraphs: {len(found.pairs):,} aligned, {reordered:,} of them "
        f"reordered; {len(found.dropped):,} dropped, {len(found.added):,} added; "
        f"{count(len(found.residue), 'place')} with residue"
    )
    numbers = [f"{found.n_words[kind]:,} {kind}" for kind in KINDS]
    yield f"words in them: {', '.join(numbers)}"


def grouped(changes: Iterable[Change], basis: Basis) -> dict[Head, list[Change]]:
    """Return the changes by what they are told under.

    What is kept is told across languages only, where it is names and numbers.
    """
    heads = dict(_HEADS)
    if basis == "paragraphs":
        heads["kept", None] = "names and numbers"
    found: dict[Head, list[Change]] = {head: [] for head in heads.values()}
    for change in changes:
        if (change.kind, change.link) in heads:
            found[heads[change.kind, change.link]].append(change)
    return {head: own for head, own in found.items() if own}


def percent(share: float) -> str:
    """Return a share in words; only what is all is rounded to all, or to nothing.

    >>> percent(0.996), percent(1), percent(0.004), percent(0)
    ('>99%', '100%', '<1%', '0%')
    """
    if 0.995 <= share < 1:
        return ">99%"
    return "<1%" if 0 < share < 0.005 else f"{share:.0%}"
