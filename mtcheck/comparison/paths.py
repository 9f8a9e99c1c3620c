"""Which words of two paragraphs belong together, in their order."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mtcheck.comparison.beads import rising
from mtcheck.comparison.thesaurus import Thesaurus
from mtcheck.comparison.words import Word

MOST_CELLS = 4_000_000
"""Places of the table in which words are aligned at once: two thousand words a side.
Longer stretches are cut where a run of three words stands once in both."""

_KEPT, _KEPT_JOINING = 30, 10
_LINKED, _LINKED_JOINING = 20, 8

Words = Sequence[Word]


class Match(NamedTuple):
    """The index of a word in each of the lists, and whether it is the same word."""

    original: int
    suspect: int
    is_same: bool
    is_moved: bool = False


def aligned(original: Words, suspect: Words, thesaurus: Thesaurus) -> Iterator[Match]:
    """Yield the words that are kept in their order, or stand for each other there.

    The best alignment after Needleman and Wunsch (1970), with weights for content words
    and joining words that are kept, and for synonyms and other forms.
    """
    ours, theirs = ([word.key for word in words] for words in (original, suspect))
    start = 0
    while start < min(len(ours), len(theirs)) and ours[start] == theirs[start]:
        yield Match(start, start, is_same=True)
        start += 1
    n_last = 0
    longest = min(len(ours), len(theirs)) - start
    while n_last < longest and ours[-1 - n_last] == theirs[-1 - n_last]:
        n_last += 1
    ends = len(ours) - n_last, len(theirs) - n_last
    cuts = [(start, start)]
    if (ends[0] - start) * (ends[1] - start) > MOST_CELLS:
        cuts += _cuts(ours, theirs, start, ends)
    for (a, b), (a_end, b_end) in pairwise([*cuts, ends]):
        # Where nothing tells what belongs together, all is dropped and added.
        if 0 < (a_end - a) * (b_end - b) <= MOST_CELLS:
            yield from _best_path(original[a:a_end], suspect[b:b_end], a, b, thesaurus)
    for back in range(n_last, 0, -1):
        yield Match(len(ours) - back, len(theirs) - back, is_same=True)


def _cuts(
    ours: list[str], theirs: list[str], start: int, ends: tuple[int, int]
) -> list[tuple[int, int]]:
    """Return where runs of three words stand that each side has once."""
    places = []
    for keys, end in zip((ours, theirs), ends, strict=True):
        found: dict[tuple[str, ...], int | None] = {}
        for at in range(start, end - 2):
            run = tuple(keys[at : at + 3])
            found[run] = None if run in found else at
        places.append(found)
    pairs = [
        (at, places[1][run])
        for run, at in places[0].items()
        if at is not None and places[1].get(run) is not None
    ]
    return rising([(a, b) for a, b in pairs if b is not None])


def _best_path(
    original: Words, suspect: Words, first: int, second: int, thesaurus: Thesaurus
) -> Iterator[Match]:
    """Yield the matches of the best alignment of two stretches, from left to right."""
    weights, is_same = _weights(original, suspect, thesaurus)
    table = np.zeros((len(original) + 1, len(suspect) + 1), np.int32)
    for row, weight in enumerate(weights):
        diagonal = np.maximum(table[row, 1:], table[row, :-1] + weight)
        # Gaps cost nothing, so that the best up to a place is a running maximum.
        np.maximum.accumulate(diagonal, out=table[row + 1, 1:])
    path = []
    a, b = len(original), len(suspect)
    while a and b:
        here = table[a, b]
        if here == table[a - 1, b]:
            a -= 1
        elif here == table[a, b - 1]:
            b -= 1
        else:
            a, b = a - 1, b - 1
            path.append(Match(first + a, second + b, bool(is_same[a, b])))
    yield from reversed(path)


def _weights(
    original: Words, suspect: Words, thesaurus: Thesaurus
) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Return what it is worth to put two words side by side, and which are the same."""
    numbers: dict[str, int] = {}
    ours, theirs = (
        np.array([numbers.setdefault(word.key, len(numbers)) for word in words])
        for words in (original, suspect)
    )
    is_same = ours[:, None] == theirs
    is_content = np.array([word.is_content for word in original])
    worth = np.where(is_content, _KEPT, _KEPT_JOINING).astype(np.int32)
    weights = np.where(is_same, worth[:, None], np.int32(0))
    lost = {word for word in _distinct(original) if numbers[word[0]] not in theirs}
    new = {word for word in _distinct(suspect) if numbers[word[0]] not in ours}
    for key, is_long in lost:
        for other, is_other_long in new:
            if is_long == is_other_long and thesaurus.link(key, other):
                linked = _LINKED if is_long else _LINKED_JOINING
                rows = np.flatnonzero(ours == numbers[key])
                weights[np.ix_(rows, theirs == numbers[other])] = linked
    return weights, is_same


def _distinct(words: Words) -> set[tuple[str, bool]]:
    return {(word.key, word.is_content) for word in words}
