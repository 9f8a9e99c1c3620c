"""Style by n-grams: hashed words and characters, weighted by a linear model.

Hashing as in Weinberger et al., "Feature Hashing for Large Scale Multitask Learning",
ICML 2009. All but common words are masked, so that style is learnt and not the topic.
"""

from collections.abc import Sequence
from math import nan
from typing import Any, ClassVar, Self
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from mtcheck.errors import ModelError
from mtcheck.extract import N_PLACES, Tier
from mtcheck.language_model import Mask
from mtcheck.models import Resources
from mtcheck.segment import Passage
from mtcheck.types import Finding, Span

BUCKET_BITS = 18
"""N-grams share 2**18 weights: small enough to ship, enough to keep them apart."""

CHAR_ORDERS = (2, 3, 4, 5)

_MULTIPLIER = np.uint32(2654435761)  # Knuth's multiplicative hash: 2**32 / golden ratio
_SHIFT = np.uint32(32 - BUCKET_BITS)


class _Codes(dict[str, int]):
    """Hashes of tokens; masked text has few distinct ones, so all are remembered."""

    def __missing__(self, token: str) -> int:
        code = self[token] = crc32(token.encode())
        return code


_CODES = _Codes()


def word_buckets(lines: Sequence[Sequence[str]]) -> NDArray[np.uint32]:
    """Return the bucket of each token and each token pair, in the order of the text.

    First all tokens of all sentences, then all pairs; a pair never spans two sentences.
    """
    tokens = [token for line in lines for token in line]
    codes = np.array([_CODES[token] for token in tokens], dtype=np.uint32)
    pairs = codes[:-1] * np.uint32(31) + codes[1:] + np.uint32(1)
    return _mix(np.concatenate([codes, np.delete(pairs, _sentence_ends(lines))]))


def char_buckets(text: str) -> NDArray[np.uint32]:
    """Return the bucket of each character n-gram of orders 2 to 5, order by order."""
    points = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
    runs, found = points * np.uint32(7919), [np.empty(0, np.uint32)]
    for order in CHAR_ORDERS:
        if len(points) < order:
            break
        runs = (runs[:-1] * np.uint32(1000003)) ^ points[order - 1 :]
        found.append(runs + np.uint32(order))
    return _mix(np.concatenate(found))


def weighted(
    buckets: NDArray[np.uint32],
) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
    """Return the distinct buckets and their sublinear weights, 1 + ln(count)."""
    distinct, counts = np.unique(buckets, return_counts=True)
    return distinct, (1 + np.log(counts)).astype(np.float32)


def _sentence_ends(lines: Sequence[Sequence[str]]) -> NDArray[np.intp]:
    """Return the places of the last tokens of all sentences but the last."""
    return np.cumsum([len(line) for line in lines], dtype=np.intp)[:-1] - 1


def _mix(codes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    return (codes * _MULTIPLIER) >> _SHIFT


class Style:
    """Log-odds of rewritten and of machine text by the n-grams of a paragraph."""

    name: ClassVar[str] = "style"
    version: ClassVar[int] = 1
    tier: ClassVar[Tier] = "fast"
    features: ClassVar[dict[str, str]] = {
        "style.word_rewritten_logit": "log-odds of rewritten against human text by its "
        "words and word pairs",
        "style.word_machine_logit": "log-odds of machine translation against human "
        "text by its words and word pairs",
    }

    kind: ClassVar[str] = "word"

    def __init__(self, weights: NDArray[Any], mask: Mask) -> None:
        if weights.shape != (1 << BUCKET_BITS, 3):
            raise ModelError(
                f"style.{self.kind}.npy: must have shape ({1 << BUCKET_BITS}, 3), got "
                f"{weights.shape}; refit with python -m training"
            )
        self._weights = np.asarray(weights, np.float32)
        self._mask = mask

    @classmethod
    def open(cls, resources: Resources, language: str) -> Self | None:
        """Open the weights: a row a bucket, with rewritten, machine, and idf."""
        return cls(resources.array(f"style.{cls.kind}"), resources.mask(language))

    def measure(self, passage: Passage, findings: Sequence[Finding]) -> Sequence[float]:
        """Measure one paragraph; NaN where it has no token."""
        buckets = self._kept_buckets(passage)
        if not len(buckets):
            return (nan, nan)
        distinct, counts = weighted(buckets)
        rows = self._weights[distinct]
        values = counts * rows[:, 2]
        length = float(np.sqrt(values @ values))
        if not length:
            return (0.0, 0.0)
        logits = values @ rows[:, :2] / length
        return float(logits[0]), float(logits[1])

    def locate(
        self, passage: Passage, findings: Sequence[Finding], feature: str
    ) -> tuple[Span, ...]:
        """Return the words that carry the most weight towards the class."""
        lines = passage.masked(self._mask)
        if not lines:
            return ()
        rows = self._weights[self._kept_buckets(passage)]
        gains = rows[:, 0 if "rewritten" in feature else 1] * rows[:, 2]
        shares = self._by_token(gains, lines)
        places = [
            (line, at) for line in passage.tokens for at in range(len(line.texts))
        ]
        offset = passage.paragraph.span.start
        best = np.argsort(-shares, kind="stable")[:N_PLACES]
        return tuple(places[at][0].span(places[at][1]).shift(offset) for at in best)

    def _kept_buckets(self, passage: Passage) -> NDArray[np.uint32]:
        lines = passage.masked(self._mask)
        return passage.keep(self, lambda: self._buckets(lines))

    def _buckets(self, lines: Sequence[Sequence[str]]) -> NDArray[np.uint32]:
        return word_buckets(lines)

    def _by_token(
        self, gains: NDArray[Any], lines: Sequence[Sequence[str]]
    ) -> NDArray[Any]:
        """Share the gains of n-grams out among the tokens that they cover."""
        n_tokens = sum(map(len, lines))
        shares = gains[:n_tokens].copy()
        firsts = np.delete(np.arange(max(n_tokens - 1, 0)), _sentence_ends(lines))
        shares[firsts] += gains[n_tokens:] / 2
        shares[firsts + 1] += gains[n_tokens:] / 2
        return shares


EXTRACTOR = Style
