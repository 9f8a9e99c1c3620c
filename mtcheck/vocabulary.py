"""Tokens by number, each with what depends on nothing but itself.

Nine in ten tokens of a batch stood in an earlier one. What was worked out of a token is
kept for the next, so most of them cost one look-up.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import count, islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mtcheck.language_model import plain
from mtcheck.masks import Mask

Places = NDArray[np.intp]

MOST_CHARACTERS = 500_000
"""Code points of the tokens of a full vocabulary: some fifty thousand tokens, which
with all that is known of them take about 20 MB."""


class Texts:
    """Strings by number; more are put behind them, and none is changed."""

    def __init__(self) -> None:
        self.every: list[str] = []
        self._values: dict[object, NDArray[Any]] = {}
        self._points = np.empty(0, np.uint32)
        self._ends = np.zeros(1, np.intp)

    def values(self, value: Callable[[str], Any], dtype: Any) -> NDArray[Any]:
        """Return a value of each string.

        What is known is kept by the function, so the same should be given each time.
        """
        known = self._values.get((value, dtype))
        n_known = 0 if known is None else len(known)
        if known is None or n_known < len(self.every):
            rest = self.every[n_known:]
            found = np.fromiter(map(value, rest), dtype, len(rest))
            known = found if known is None else np.concatenate([known, found])
            self._values[value, dtype] = known
        return known

    def spelled(self, ids: Places) -> tuple[NDArray[np.uint32], Places]:
        """Return the code points of strings, a space behind each, and their numbers.

        >>> texts = Texts()
        >>> texts.every += ["the", "bay"]
        >>> points, sizes = texts.spelled(np.array([1, 0, 1]))
        >>> "".join(map(chr, points)), sizes.tolist()
        ('bay the bay ', [4, 4, 4])
        """
        new = self.every[len(self._ends) - 1 :]
        if new:
            raw = " ".join([*new, ""]).encode("utf-32-le")
            points = np.frombuffer(raw, np.uint32)
            ends = np.cumsum(self.values(len, np.intp)[-len(new) :] + 1)
            self._points = np.concatenate([self._points, points])
            self._ends = np.concatenate([self._ends, ends + self._ends[-1]])
        ends = self._ends[ids + 1]
        sizes = ends - self._ends[ids]
        places = np.repeat(ends - np.cumsum(sizes), sizes)
        places += np.arange(len(places))
        return self._points[places], sizes


class Vocabulary:
    """Tokens as they stand in texts, numbered as they are first met.

    Numbers are for looking up and for telling apart: what else was met, and when, must
    show in no result.

    >>> vocabulary = Vocabulary()
    >>> vocabulary.numbers(["The", "3rd", "the", "The"]).tolist()
    [0, 1, 2, 0]
    >>> vocabulary.plain.every
    ['the', '0', 'the']
    """

    def __init__(self) -> None:
        self.written = Texts()
        self.plain = Texts()
        self._numbers: defaultdict[str, int] = defaultdict(count().__next__)
        self._plain_numbers: defaultdict[str, int] = defaultdict(count().__next__)
        self._hidden: dict[Mask, Texts] = {}
        self._n_characters = 0

    def numbers(self, tokens: Sequence[str]) -> Places:
        """Return the number of each token, a new one where it was not met before."""
        numbers = self._numbers
        found = np.fromiter(map(numbers.__getitem__, tokens), np.intp, len(tokens))
        n_new = len(numbers) - len(self.written.every)
        new = [*islice(reversed(numbers), n_new)][::-1]
        self.written.every += new
        line = " ".join(new)
        self.plain.every += plain(line).split()
        self._n_characters += len(line)
        return found

    @property
    def plain_numbers(self) -> Places:
        """A number of each token that all with the same plain form share."""
        return self.plain.values(self._plain_numbers.__getitem__, np.intp)

    def hidden(self, mask: Mask) -> Texts:
        """Return what stands for each token where the topic is hidden."""
        hidden = self._hidden.setdefault(mask, Texts())
        new = slice(len(hidden.every), None)
        capitals = [token[0].isupper() for token in self.written.every[new]]
        hidden.every += map(mask.hide, self.plain.every[new], capitals)
        return hidden

    def renewed(self) -> "Vocabulary":
        """Return this vocabulary, or an empty one if it is full."""
        return self if self._n_characters < MOST_CHARACTERS else Vocabulary()
