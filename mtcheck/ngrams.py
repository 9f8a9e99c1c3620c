"""The n-grams of a language model, looked up for many tokens at once.

What KenLM says of a token is found by numpy over a batch of them, in a sixth of the
time that its Python calls take; the numbers are the same to the last bit. Sentences
are read by Katz' backing off, as in Heafield, "KenLM: Faster and Smaller Language Model
Queries", WMT 2011.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mtcheck.kenlm_file import Contents, NGrams

Places = NDArray[np.intp]
Logs = NDArray[np.float32]

START = "<s>"
"""What stands before each sentence."""


class Found(NamedTuple):
    """For tokens in their context, the longest n-gram that each ends.

    ``logs`` are the log10 of its last word after the others, ``lengths`` its words.
    ``backoffs`` has a row an order below the highest: what the n-gram of that order
    costs a token behind it, where none longer leads to that; zero where there is none.
    """

    logs: Logs
    lengths: Places
    backoffs: Logs

    def after(self, backoffs: Logs) -> NDArray[np.float64]:
        """Return the log10 of each token after one that leaves such backoffs."""
        logs = self.logs.copy()
        for length, row in enumerate(backoffs, 1):
            np.add(logs, row, out=logs, where=self.lengths <= length)
        return logs.astype(np.float64)


@dataclass(frozen=True, slots=True)
class Reading:
    """Sentences as a model reads them, laid end to end.

    ``words`` are numbers of tokens, with that of ``START`` before each sentence;
    ``places`` are those of the tokens among them. Each token has a log10, the length of
    the n-gram that it ends, and in ``backoffs`` a column of what stands before it.
    """

    words: Places
    places: Places
    logs: NDArray[np.float64]
    lengths: Places
    is_unknown: NDArray[np.bool_]
    backoffs: Logs


class Trie:
    """A language model in memory."""

    def __init__(self, contents: Contents) -> None:
        self.number = _Numbers(zip(contents.words, count())).__getitem__
        """The number of a word; zero if the model does not know it."""
        self._unigrams = contents.unigrams
        self._longer: list[_NGrams] = []
        begins = contents.unigrams.begins
        for grams in contents.longer:
            self._longer.append(_NGrams(grams, begins, len(contents.words)))
            begins = grams.begins

    def read(self, words: Places, lines: Places, n_lines: int) -> Reading:
        """Return what the model says of words, each of the sentence of that number.

        These never go back, and some may have no words.
        """
        start = self.number(START)
        places = np.arange(1, len(words) + 1) + lines
        every = np.full(len(words) + n_lines, start)
        every[places] = words
        before = context(every, places, self.n_before)
        found = self.find(words, before)
        backoffs = np.empty_like(found.backoffs)
        backoffs[:, 1:] = found.backoffs[:, :-1]
        first = np.flatnonzero(before[0] == start)
        backoffs[:, first] = 0
        backoffs[0, first] = self._unigrams.backoffs[start]
        logs = found.after(backoffs)
        return Reading(every, places, logs, found.lengths, words == 0, backoffs)

    def alone(self, reading: Reading) -> NDArray[np.float64]:
        """Return the log10 that each token of a reading has in no context."""
        words = reading.words[reading.places]
        return self._unigrams.logs[words].astype(np.float64)

    @property
    def n_before(self) -> int:
        """The words of context that count."""
        return len(self._longer)

    def find(self, words: Places, before: Sequence[Places]) -> Found:
        """Return the n-grams that words end, each behind a column of ``before``.

        Its rows are the words before them, the nearest first.
        """
        logs, lengths = self._unigrams.logs[words], np.ones(len(words), np.intp)
        backoffs = np.zeros((self.n_before, len(words)), np.float32)
        backoffs[0] = self._unigrams.backoffs[words]
        live, places = np.arange(len(words)), words
        for order, (grams, firsts) in enumerate(zip(self._longer, before, strict=True)):
            places = grams.find(places, firsts[live])
            is_found = places >= 0
            live, places = live[is_found], places[is_found]
            logs[live] = grams.logs(places)
            lengths[live] = order + 2
            if order + 1 < self.n_before:  # the longest leave none
                backoffs[order + 1, live] = grams.backoffs(places)
        return Found(logs, lengths, backoffs)


class _Numbers(dict[str, int]):
    """The numbers of words; zero for those that a model does not know."""

    def __missing__(self, word: str) -> int:
        return 0


def context(words: Places, places: Places, n: int) -> list[Places]:
    """Return the ``n`` words before places, the nearest first.

    What stands before its sentence is no context of a word, but does no harm: no n-gram
    has ``START`` behind another word.
    """
    # There is nothing before the first of all, which is START itself.
    return [words.take(places - far, mode="clip") for far in range(1, n + 1)]


class _NGrams:
    """The n-grams of one order, found by the place of all but their first word.

    Those that end alike stand in the order of their first word's number. Numbers are
    given by hashes, so these are spread evenly: of as many equal parts of all numbers
    as there are such n-grams, most have none or one, and few more than three.
    """

    def __init__(self, grams: NGrams, begins: NDArray[np.int32], n_words: int) -> None:
        self._grams, self._begins, self._n_words = grams, begins, n_words
        sizes = np.diff(begins)
        parts = grams.firsts * np.repeat(sizes.astype(np.int64), sizes) // n_words
        parts += np.repeat(begins[:-1], sizes)
        n = len(parts)
        self._parts = np.full(n + 2, n, np.int32)
        self._parts[0] = 0
        np.cumsum(np.bincount(parts, minlength=n), out=self._parts[1:-1])

    def find(self, ends: Places, firsts: Places) -> Places:
        """Return the place of each n-gram, -1 where there is none.

        ``ends`` are the places of what they are without their first word.
        """
        begins = self._begins.take(ends)
        sizes = self._begins.take(ends + 1) - begins
        parts = firsts * sizes // self._n_words + begins
        at, end = self._parts.take(parts), self._parts.take(parts + 1)
        live = np.flatnonzero((at < end) & (sizes > 0))
        at, end, firsts = at[live], end[live], firsts[live]
        found = np.full(len(ends), -1)
        while len(live):
            here = self._grams.firsts.take(at)
            is_found = here == firsts
            found[live[is_found]] = at[is_found]
            at += 1
            on = np.flatnonzero((here < firsts) & (at < end))
            live, at, end, firsts = live[on], at[on], end[on], firsts[on]
        return found

    def logs(self, places: Places) -> Logs:
        """Return the log10 of n-grams."""
        return self._grams.logs.take(self._codes(places) >> self._grams.n_low)

    def backoffs(self, places: Places) -> Logs:
        """Return the backoffs of n-grams."""
        low = (1 << self._grams.n_low) - 1
        return self._grams.backoffs.take(self._codes(places) & low)

    def _codes(self, places: Places) -> Places:
        return self._grams.codes[places].astype(np.intp)
