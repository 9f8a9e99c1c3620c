"""Style by n-grams: hashed words and characters, weighted by a linear model.

Hashing as in Weinberger et al., "Feature Hashing for Large Scale Multitask Learning",
ICML 2009. All but common words are masked, so that style is learnt and not the topic.
"""

from collections.abc import Callable, Iterable
from itertools import islice
from math import nan
from typing import Any, ClassVar, NamedTuple, Self
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from mtcheck.batch import Batch, Floats, Places, ranked, same
from mtcheck.extract import Array, Tier
from mtcheck.masks import Mask
from mtcheck.models import Resources
from mtcheck.types import Span

Codes = NDArray[np.uint32]

BUCKET_BITS = 18
"""N-grams share 2**18 weights: small enough to ship, enough to keep them apart."""

CHAR_ORDERS = (2, 3, 4, 5)

_MULTIPLIER = np.uint32(2654435761)  # Knuth's multiplicative hash: 2**32 / golden ratio
_SHIFT = np.uint32(32 - BUCKET_BITS)


MANNERS = {
    "rewritten": "rewritten",
    "machine": "machine translation",
    "round_trip": "a rule-based round trip",
}
"""What human text is told from, in the order of the weights' columns."""

_BY_MACHINE = slice(1, 3)
"""Features that say that all of a text is a machine's: translation, round trips."""

_USUAL = 100
"""About as many distinct words and word pairs as a usual paragraph has."""


def logits(kind: str, told_by: str) -> dict[str, str]:
    """Return the features of n-grams of a kind, each with what it measures.

    >>> logits("word", "its words")["style.word_machine_logit"]
    'log-odds of machine translation against human text by its words'
    """
    found = {
        f"style.{kind}_{manner}_logit": f"log-odds of {name} against human text by "
        f"{told_by}"
        for manner, name in MANNERS.items()
    }
    contrast = f"log-odds of rewritten text against a round trip by {told_by}"
    return {**found, f"style.{kind}_rewritten_over_round_trip_logit": contrast}


def as_features(found: Array, sizes: NDArray[np.integer[Any]]) -> Array:
    """Return the features of ``logits``, of shape (paragraphs, features).

    ``found`` has the log-odds by vectors of length one, of shape (paragraphs, manners),
    ``sizes`` the distinct n-grams of each paragraph.

    What speaks for a machine grows with the fourth root of these: all sentences of a
    translation are a machine's, so each more of them makes it surer, though by less
    than if none hung on another. Of rewriting the share says more, since much is left
    as it was. Tables by feature see no difference of two features, so that of the two
    manners that are taken for each other is one of its own.
    """
    features = np.column_stack(_by_feature(*found.T))
    features[:, _BY_MACHINE] *= np.sqrt(np.sqrt(sizes / _USUAL))[:, np.newaxis]
    return features


def _by_feature(rewritten: Array, machine: Array, round_trip: Array) -> list[Array]:
    """Return a row a feature, in the order of ``logits``, from a row a manner."""
    return [rewritten, machine, round_trip, rewritten - round_trip]


class Grams(NamedTuple):
    """The n-grams of a batch: the bucket of each, and its first and last token.

    Neither the first tokens nor the last ones ever go back.
    """

    buckets: Codes
    first: Places
    last: Places


class Counted(NamedTuple):
    """Distinct buckets, each with its sublinear weight, 1 + ln(count).

    The first ``sizes[0]`` are those of the first paragraph, and so on.
    """

    sizes: Places
    buckets: Codes
    weights: NDArray[np.float32]


def token_grams(batch: Batch, mask: Mask, order: int) -> Grams:
    """Return runs of one to ``order`` masked tokens; none spans two sentences."""
    singles = batch.masked(mask).of_tokens(_code, np.uint32)
    codes = np.empty((len(singles), order), np.uint32)
    fits = np.zeros(codes.shape, np.bool_)
    codes[:, 0] = runs = singles
    fits[:, 0] = True
    for more in range(1, min(order, len(singles))):
        runs = runs[:-1] * np.uint32(31) + singles[more:] + np.uint32(more)
        codes[:-more, more] = runs
        fits[:-more, more] = batch.token_lines[:-more] == batch.token_lines[more:]
    first, more_tokens = np.nonzero(fits)
    return Grams(_mix(codes[fits]), first, first + more_tokens)


def word_grams(batch: Batch, mask: Mask) -> Grams:
    """Return each masked token and each pair of them."""
    return token_grams(batch, mask, 2)


def class_grams(batch: Batch, mask: Mask) -> Grams:
    """Return each masked token, each pair and each three of them."""
    return token_grams(batch, mask, 3)


def char_grams(batch: Batch, mask: Mask) -> Grams:
    """Return the character n-grams of orders 2 to 5 of the masked tokens.

    They run on over spaces and sentences, but not into the next paragraph, and belong
    to the token that they start in.
    """
    points, sizes = batch.masked(mask).spelled()
    owners = np.repeat(np.arange(len(sizes)), sizes)
    # The space behind a paragraph belongs to none; its end is where n-grams stop.
    ends = np.cumsum(sizes)[batch.ends[batch.token_paragraphs] - 1] - 1
    room = np.minimum(ends[owners] - np.arange(len(points)), CHAR_ORDERS[-1])
    runs = points * np.uint32(7919)
    codes = np.empty((len(points), len(CHAR_ORDERS)), np.uint32)
    fits = np.empty(codes.shape, np.bool_)
    for column, order in enumerate(CHAR_ORDERS):
        runs = (runs[:-1] * np.uint32(1000003)) ^ points[order - 1 :]
        codes[: len(runs), column] = runs + np.uint32(order)
        fits[:, column] = room >= order
    first = np.repeat(owners, np.maximum(room - CHAR_ORDERS[0] + 1, 0))
    return Grams(_mix(codes[fits]), first, first)


class GramKind(NamedTuple):
    """How n-grams of a kind are made, and what mask hides the topic from them."""

    make: Callable[[Batch, Mask], Grams]
    mask: Callable[[Resources, str], Mask]


GRAMS = {
    "word": GramKind(word_grams, Resources.ending_mask),
    "char": GramKind(char_grams, Resources.ending_mask),
    "class": GramKind(class_grams, Resources.class_mask),
}
"""The kinds of n-grams; ``style.<kind>.npy`` in a model folder has their weights."""


def count(batch: Batch, grams: Grams) -> Counted:
    """Return how much each bucket occurs in each paragraph, paragraph by paragraph."""
    bounds = np.searchsorted(grams.first, [0, *batch.ends.tolist()])
    counts = np.bincount(same(grams.buckets, bounds, 1 << BUCKET_BITS))
    distinct = np.flatnonzero(counts)
    weights = 1 + np.log(np.arange(1, 1 + counts.max(initial=0)))
    return Counted(
        np.diff(np.searchsorted(distinct, bounds)),
        grams.buckets[distinct],
        weights.astype(np.float32)[counts[distinct] - 1],
    )


def _sums(values: NDArray[np.float32], sizes: Places) -> Floats:
    """Return the sum of each stretch of values; they lie end to end."""
    found = np.zeros(len(sizes))
    own = np.flatnonzero(sizes)
    starts = (np.cumsum(sizes) - sizes)[own]
    # Doubles first: numpy would convert them by pieces that do not end with a stretch,
    # and a sum must be the same alone and in any company.
    found[own] = np.add.reduceat(values.astype(np.float64), starts)
    return found


def _code(token: str) -> int:
    return crc32(token.encode())


def _mix(codes: Codes) -> Codes:
    return (codes * _MULTIPLIER) >> _SHIFT


class Style:
    """Log-odds of rewritten and of machine text by the n-grams of a paragraph."""

    name: ClassVar[str] = "style"
    version: ClassVar[int] = 4
    tier: ClassVar[Tier] = "fast"
    kind: ClassVar[str] = "word"
    features: ClassVar[dict[str, str]] = logits(kind, "its words and word pairs")

    def __init__(self, weights: NDArray[Any], mask: Mask) -> None:
        plain = np.ascontiguousarray(weights, np.float32)
        self._is_learnt = plain[:, :-1].any(axis=0)
        # One number of 16 bytes a row: numpy takes these ten times as fast as rows.
        self._packed = plain.view(np.complex128).ravel()
        self._gains = np.stack(_by_feature(*(plain[:, :-1] * plain[:, -1:]).T))
        self._mask = mask
        self._columns = {name: at for at, name in enumerate(self.features)}

    @classmethod
    def open(cls, resources: Resources, language: str) -> Self | None:
        """Open the weights: a row a bucket, a column a manner, and idf."""
        shape = (1 << BUCKET_BITS, len(MANNERS) + 1)
        weights = resources.array(f"style.{cls.kind}", shape)
        return cls(weights, GRAMS[cls.kind].mask(resources, language))

    def measure(self, batch: Batch) -> Array:
        """Measure paragraphs; NaN where one has no token, or a manner no weights."""
        sizes, buckets, weights = count(batch, self._grams(batch))
        rows = self._rows(buckets)
        values = weights * rows[:, -1]
        lengths = np.sqrt(_sums(values * values, sizes))
        lengths[lengths == 0] = 1
        found = np.full((len(batch), len(MANNERS)), nan)
        for column in np.flatnonzero(self._is_learnt).tolist():
            found[:, column] = _sums(values * rows[:, column], sizes) / lengths
        found[batch.n_tokens == 0] = nan
        return as_features(found, sizes)

    def locate(self, batch: Batch, paragraph: int, feature: str) -> Iterable[Span]:
        """Yield the phrases that carry the most weight towards the class.

        A phrase is a token with its neighbours in the sentence: alone, most of what
        tells is a word like "the".
        """
        gains, best = batch.keep(
            (self, feature), lambda: self._phrases(batch, self._columns[feature])
        )
        if paragraph not in best:
            return
        yield batch.phrase(*best[paragraph])  # often no other is asked for
        first, last = batch.neighbours
        own = batch.own_tokens(paragraph)
        for place in islice(ranked(gains[own]), 1, None):
            at = place + own.start
            yield batch.phrase(first[at], last[at])

    def _grams(self, batch: Batch) -> Grams:
        make = GRAMS[self.kind].make
        return batch.keep(self, lambda: make(batch, self._mask))

    def _rows(self, buckets: Codes) -> NDArray[np.float32]:
        """Return the weights of buckets, of shape (buckets, manners and idf)."""
        rows = self._packed[buckets].view(np.float32)
        return rows.reshape(len(buckets), len(MANNERS) + 1)

    def _phrases(
        self, batch: Batch, column: int
    ) -> tuple[Floats, dict[int, tuple[int, int]]]:
        """Return what each token and its neighbours gain the class together.

        Also the ends of the best phrase of each paragraph. An n-gram shares its gain
        out among its first and its last token.
        """
        buckets, first, last = self._grams(batch)
        gains, n_tokens = self._gains[column].take(buckets), len(batch.ids)
        if last is first:
            shares = _sums(gains, np.bincount(first, minlength=n_tokens))
        else:
            # Of two numbers, which any way of adding gives the same sum.
            sums = [np.bincount(ends, gains, n_tokens) for ends in (first, last)]
            shares = (sums[0] + sums[1]) / 2
        joined = batch.token_lines[1:] == batch.token_lines[:-1]
        phrases = shares.copy()
        phrases[1:] += shares[:-1] * joined
        phrases[:-1] += shares[1:] * joined
        owners, best = batch.highest(phrases)
        heads, tails = [tokens[best].tolist() for tokens in batch.neighbours]
        ends = zip(heads, tails, strict=True)
        return phrases, dict(zip(owners.tolist(), ends, strict=True))


EXTRACTOR = Style
