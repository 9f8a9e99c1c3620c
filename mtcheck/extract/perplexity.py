"""Surprise: how well language models of human, machine and rewritten text expect it."""

from collections.abc import Iterable
from math import inf, nan
from typing import ClassVar, Self

import numpy as np

from mtcheck.batch import Batch, Flags, Places, ranked
from mtcheck.extract import Array, Tier
from mtcheck.language_model import BITS, LanguageModel
from mtcheck.languages import language as language_of
from mtcheck.models import Resources
from mtcheck.ngrams import Reading
from mtcheck.types import Span

HUMAN = "human.word"
"""The large model of human text, which synonyms use as well."""

BURST_BITS = 15.0
"""A token of so many bits is a burst: about the rarest twentieth of human text."""

EASY_BITS = 2.0
"""A token of fewer bits was all but certain."""

MIN_KNOWN = 3
"""A sentence of fewer known tokens says nothing of its level."""

_OF_ALL_WORDS = "perplexity.gain_bits"
_OF_FUNCTION_WORDS = "perplexity.function_gain_bits"
_GAINS = (_OF_ALL_WORDS, _OF_FUNCTION_WORDS)


class Perplexity:
    """Level, spread and bursts of surprise under a large model of human text.

    The gain of a token is what its context saves: its surprise by its frequency alone
    less that in its place, its pointwise mutual information with the words before it
    (Church and Hanks, "Word Association Norms, Mutual Information, and Lexicography",
    Computational Linguistics 16, 1990). Rare words of a topic have high surprise in any
    text; where words stand that do not belong together, it is the gain that falls.
    """

    name: ClassVar[str] = "perplexity"
    version: ClassVar[int] = 2
    tier: ClassVar[Tier] = "fast"
    features: ClassVar[dict[str, str]] = {
        "perplexity.mean_bits": "mean surprise of a known token, in bits",
        "perplexity.token_sd_bits": "standard deviation of the surprise of tokens, "
        "in bits",
        "perplexity.sentence_sd_bits": "standard deviation of the mean surprise of "
        "sentences",
        "perplexity.sentence_max_bits": "mean surprise of the most surprising sentence",
        "perplexity.burst_share": f"share of known tokens of over {BURST_BITS:g} bits",
        "perplexity.burst_repeat": "mean product of the excess surprise of neighbours",
        "perplexity.easy_share": f"share of known tokens of under {EASY_BITS:g} bits",
        "perplexity.unknown_share": "share of tokens that the model does not know",
        "perplexity.bare_share": "share of tokens that no known word pair leads to",
        "perplexity.fluent_share": "share of tokens that end a known run of four",
        _OF_ALL_WORDS: "mean surprise that its context saves a known token, in bits",
        _OF_FUNCTION_WORDS: "mean surprise that its context saves a known "
        "function word, in bits",
    }

    def __init__(self, model: LanguageModel, function_words: frozenset[str]) -> None:
        self._model = model
        self._function_words = function_words

    @classmethod
    def open(cls, resources: Resources, language: str) -> Self | None:
        """Open the model of human text, and take the function words."""
        function_words = language_of(language).function_words
        return cls(resources.language_model(HUMAN), function_words)

    def measure(self, batch: Batch) -> Array:
        """Measure paragraphs; all NaN where one has no known token.

        That of function words is NaN as well where none is known.
        """
        reading = read(batch, self._model)
        known = ~reading.is_unknown
        bits, owners = -BITS * reading.logs[known], batch.token_paragraphs[known]
        gains, is_function = (values[known] for values in self._gained(batch))
        small = owners[is_function]
        n_known, n_tokens = batch.counts(owners), batch.n_tokens
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = batch.sums(owners, bits) / n_known
            excess = bits - mean[owners]
            inside = owners[1:] == owners[:-1]
            products = (excess[1:] * excess[:-1])[inside]
            n_unknown = batch.counts(batch.token_paragraphs[reading.is_unknown])
            columns = [
                mean,
                np.sqrt(batch.sums(owners, excess * excess) / n_known),
                *_sentences(batch, bits, batch.token_lines[known], mean),
                batch.counts(owners[bits > BURST_BITS]) / n_known,
                batch.sums(owners[1:][inside], products) / (n_known - 1),
                batch.counts(owners[bits < EASY_BITS]) / n_known,
                n_unknown / n_tokens,
                (_runs(batch, reading, 1) - n_unknown) / n_tokens,
                _runs(batch, reading, 4) / n_tokens,
                batch.sums(owners, gains) / n_known,
                batch.sums(small, gains[is_function]) / batch.counts(small),
            ]
        found = np.column_stack(columns)
        found[n_known == 0] = nan
        return found

    def locate(self, batch: Batch, paragraph: int, feature: str) -> Iterable[Span]:
        """Yield the most surprising tokens, or for shares of unknown words, these.

        For gains, those that their context saves least.
        """
        own = batch.own_tokens(paragraph)
        reading = read(batch, self._model)
        wanted = reading.is_unknown[own]
        if feature != "perplexity.unknown_share":
            wanted = ~wanted
        bits = BITS * reading.logs[own]
        if feature in _GAINS:
            gains, is_function = self._gained(batch)
            bits = gains[own]
            if feature == _OF_FUNCTION_WORDS:
                wanted &= is_function[own]
        at = np.flatnonzero(wanted)
        return batch.spans(int(at[place]) + own.start for place in ranked(-bits[at]))

    def _gained(self, batch: Batch) -> tuple[Array, Flags]:
        """Return the gain of each token, in bits, and which are function words."""

        def find() -> tuple[Array, Flags]:
            reading = read(batch, self._model)
            saved = reading.logs - self._model.trie.alone(reading)
            is_function = batch.of_tokens(self._function_words.__contains__, np.bool_)
            return BITS * saved, is_function

        return batch.keep(self, find)


def read(batch: Batch, model: LanguageModel) -> Reading:
    """Return what a model says of the tokens of a batch; it is asked once."""

    def make() -> Reading:
        words = batch.of_tokens(model.trie.number, np.intp)
        return model.trie.read(words, batch.token_lines, len(batch.line_sizes))

    return batch.keep(model, make)


def _runs(batch: Batch, reading: Reading, length: int) -> Places:
    return batch.counts(batch.token_paragraphs[reading.lengths == length])


def _sentences(
    batch: Batch, bits: Array, lines: Places, means: Array
) -> tuple[Array, Array]:
    """Return spread and maximum of the mean surprise of sentences.

    A sentence of fewer than three known tokens has no mean; where none has one, the
    maximum is the mean of the paragraph.
    """
    n_lines = len(batch.line_sizes)
    sizes = np.bincount(lines, minlength=n_lines)
    chosen = sizes >= MIN_KNOWN
    levels = np.bincount(lines, weights=bits, minlength=n_lines)[chosen] / sizes[chosen]
    owners = batch.line_paragraphs[chosen]
    _, spread = batch.means(owners, levels)
    highest = np.where(batch.counts(owners), -inf, means)
    np.maximum.at(highest, owners, levels)
    return spread, highest


EXTRACTOR = Perplexity
