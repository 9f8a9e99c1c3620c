"""The defects of many paragraphs at a time: their words are looked at all together.

What a word calls for hangs on nothing but itself, and is kept for the next time; which
words stand there again is found by numpy, far sooner than in each paragraph for itself.
No finding depends on what else is looked at.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import reduce
from itertools import accumulate, chain, count, groupby, islice
from operator import itemgetter, or_
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from mtcheck.languages import languages
from mtcheck.rules import LONGEST, find_defects, panel_of
from mtcheck.segment import Passage, parts_of, words_of
from mtcheck.shapes import (
    CALLS,
    CLOSE_STOPS,
    DOUBLE,
    ECHOES,
    HAS_HUMP,
    HUMP,
    IS_LOOSE,
    IS_TORN,
    LAST_STOP,
    LONGEST_DOUBLE,
    LONGEST_SCRAP,
    LOOSE_MARK,
    MANY,
    OPENER,
    OPENS,
    STOP_END,
    TORN,
    WORD_END,
    glimpse,
)
from mtcheck.types import Finding

MOST_CHARACTERS = 500_000
"""Code points of the pieces of text whose word is kept, some fifty thousand pieces."""

_AT_ONCE = 1_000_000
"""Code points that are looked at together; no more than half as many are words."""

_PLACE = 20
"""Bits for the place of a word among these."""

# Odd numbers without a pattern: the sum of their products tells three words apart.
_FACTORS = np.array(
    [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], np.uint64
)

Word = TypeVar("Word", int, NDArray[np.int64])
"""The number of a word, or those of several."""

_Places = NDArray[np.intp]


class Inspector:
    """Finds the defects of paragraphs, many at a time; it learns from each time."""

    def __init__(self) -> None:
        self._readers: dict[str | None, _Reader] = {}

    def find(self, passages: Sequence[Passage]) -> list[tuple[Finding, ...]]:
        """Return the findings of each paragraph, as ``find_defects`` does."""
        found: list[tuple[Finding, ...]] = [()] * len(passages)
        groups: dict[str | None, list[int]] = defaultdict(list)
        for at, passage in enumerate(passages):
            code = passage.paragraph.language
            if len(passage.paragraph.text) > LONGEST:
                found[at] = find_defects(passage)
            else:
                # All that are not known are alike to rules.
                groups[code if code in languages() else None].append(at)
        for language, every in groups.items():
            for own in _runs(passages, every):
                reader = self._readers.get(language)
                if reader is None or reader.is_full:
                    reader = self._readers[language] = _Reader(language)
                written = [passages[at].paragraph.text.split() for at in own]
                for at, called in zip(own, reader.called_by(written), strict=True):
                    found[at] = reader.panel.find(passages[at], called)
        return found


def _runs(passages: Sequence[Passage], places: Sequence[int]) -> Iterator[list[int]]:
    """Yield the places of passages in runs that are looked at together."""
    ends = accumulate(len(passages[at].paragraph.text) for at in places)
    at_once = [end // _AT_ONCE for end in ends]
    for _, run in groupby(zip(at_once, places, strict=True), itemgetter(0)):
        yield [at for _, at in run]


class _Reader:
    """Tells which rules the words of paragraphs in a language call for.

    ``Panel.called_by_words`` says the same of a single one.
    """

    def __init__(self, language: str | None) -> None:
        self.panel = panel = panel_of(None, language)
        self._language = language
        self._pieces: defaultdict[str, int] = defaultdict(count().__next__)
        self._n_characters = 0
        # Of each piece between white space: the number of its word, and what it shows.
        self._words = np.zeros(0, np.int64)
        self._shown = np.zeros(0, np.uint8)
        self._calls: dict[int, int] = {}
        self._numbers: defaultdict[str, int] = defaultdict(count().__next__)
        pairs = [[*map(self._numbers.__getitem__, pair)] for pair in panel.pairs]
        self._pairs = np.array(sorted([_key(*pair) for pair in pairs]), np.int64)
        self._may_begin, self._may_end = np.zeros((2, len(self._numbers) + 1), np.bool_)
        for first, second in pairs:
            self._may_begin[first] = self._may_end[second] = True

    @property
    def is_full(self) -> bool:
        """Whether it knows so many words that it should begin anew."""
        return self._n_characters > MOST_CHARACTERS

    def called_by(self, written: Sequence[Sequence[str]]) -> list[int]:
        """Return the rules that the words of each text call for.

        A text is given as the pieces that white space parts in it.
        """
        pieces = self._read([*chain.from_iterable(written)])
        owners = np.repeat(np.arange(len(written)), [*map(len, written)])
        words, shown = self._words[pieces], self._shown[pieces]
        called = [self.panel.always] * len(written)
        at = (shown & CALLS).nonzero()[0]
        for owner, piece in zip(owners[at].tolist(), pieces[at].tolist(), strict=True):
            called[owner] |= self._calls[piece]
        for place in self._pairs_in(words).tolist():
            owner = owners[place]
            start = place - int(np.searchsorted(owners, owner))
            called[owner] |= self.panel.called_by_pair(written[owner], start)
        keys = words * len(written) + owners
        for shape, those in chain(_shapes(shown, owners), _repetitions(keys, owners)):
            calls = self.panel.by_sign[shape]
            for owner in those.tolist():
                called[owner] |= calls
        return called

    def _read(self, pieces: Sequence[str]) -> _Places:
        """Return the number of each piece; of new ones all is found out."""
        numbers, n_known = self._pieces, len(self._pieces)
        found = np.fromiter(map(numbers.__getitem__, pieces), np.intp, len(pieces))
        new = [*islice(reversed(numbers), len(numbers) - n_known)][::-1]
        words = words_of(" ".join(new))
        shown = [glimpse(piece, self._language) for piece in new]
        by_word = self.panel.by_word
        for at, word in enumerate(words):
            calls = by_word.get(word, 0)
            if not word.isalnum():
                parts = [by_word.get(part, 0) for part in parts_of([word])]
                calls = reduce(or_, parts, calls)
            if calls:
                self._calls[n_known + at] = calls
                shown[at] |= CALLS
        kinds = np.fromiter(map(self._numbers.__getitem__, words), np.int64, len(words))
        self._words = np.concatenate([self._words, kinds])
        self._shown = np.concatenate([self._shown, np.array(shown, np.uint8)])
        self._n_characters += sum(map(len, new))
        return found

    def _pairs_in(self, words: _Places) -> _Places:
        """Return where two words stand of which the panel has a pair."""
        # Words that are in no pair have a higher number.
        known = np.minimum(words, len(self._may_begin) - 1)
        at = (self._may_begin[known[:-1]] & self._may_end[known[1:]]).nonzero()[0]
        if not len(at):
            return at
        pairs = _key(words[at], words[at + 1])
        nearest = np.searchsorted(self._pairs, pairs) % len(self._pairs)
        found: _Places = at[self._pairs[nearest] == pairs]
        return found


def _key(first: Word, second: Word) -> Word:
    """Return the number of a pair of words, or the numbers of pairs."""
    return first << 32 | second


def _shapes(shown: NDArray[np.uint8], owners: _Places) -> Iterator[tuple[str, _Places]]:
    """Yield the shapes that pieces of text show, and the paragraphs that have them."""
    simple = {LOOSE_MARK: IS_LOOSE, HUMP: HAS_HUMP, TORN: IS_TORN}
    for shape, flag in simple.items():
        yield shape, owners[(shown & flag).nonzero()[0]]
    behind_word = (shown[:-1] & WORD_END).astype(np.bool_)
    yield OPENER, owners[1:][behind_word & (shown[1:] & OPENS).astype(np.bool_)]
    is_stop = (shown & STOP_END).astype(np.bool_)
    is_last = (shown & LAST_STOP).astype(np.bool_)
    for width in range(1, LONGEST_SCRAP + 1):
        yield CLOSE_STOPS, owners[width:][is_stop[:-width] & is_last[width:]]


def _repetitions(words: _Places, owners: _Places) -> Iterator[tuple[str, _Places]]:
    """Yield the shapes of words that come again, and the paragraphs that have them.

    The words of two paragraphs are never the same.
    """
    for width in range(1, LONGEST_DOUBLE + 1):
        same = (words[width:] == words[:-width]).nonzero()[0]
        last = same[width - 1 :]
        yield DOUBLE, owners[last[last - same[: len(last)] == width - 1]]
    if len(words) < 3:
        return
    kinds = words.astype(np.uint64)
    triples = sum(
        kinds[at : len(kinds) - 2 + at] * factor for at, factor in enumerate(_FACTORS)
    )
    places = np.arange(len(triples), dtype=np.uint64)
    # One sort brings the same triples together.
    mask = np.uint64((1 << _PLACE) - 1)
    marked = np.sort(triples & ~mask | places)
    at = marked[1:][marked[1:] & ~mask == marked[:-1] & ~mask] & mask
    yield ECHOES, (np.bincount(owners[at.astype(np.intp)]) >= MANY).nonzero()[0]
