"""The surface of a text: lengths, capitals, punctuation, variety of words."""

import re
from collections.abc import Callable, Iterable
from math import nan
from typing import ClassVar, Self

import numpy as np

from mtcheck.batch import Batch, Flags, same
from mtcheck.extract import Array, Tier
from mtcheck.languages import language as language_of
from mtcheck.models import Resources
from mtcheck.types import Span

_MARKS = {
    "surface.commas_per_100_words": ",",
    "surface.colons_per_100_words": ":;",
    "surface.brackets_per_100_words": "([",
    "surface.questions_per_100_words": "?!",
}
"""Feature to the marks that it counts."""


class Surface:
    """Counts and shares that need no model; numbers count as words of one letter."""

    name: ClassVar[str] = "surface"
    version: ClassVar[int] = 2
    tier: ClassVar[Tier] = "fast"
    features: ClassVar[dict[str, str]] = {
        "surface.words": "number of words",
        "surface.word_length": "mean length of a word, in letters",
        "surface.long_word_share": "share of words of nine letters and more",
        "surface.sentence_words": "mean number of words and marks a sentence",
        "surface.sentence_words_sd": "standard deviation of the words and marks a "
        "sentence",
        "surface.capital_share": "share of words inside sentences with a capital",
        "surface.digit_share": "share of words that begin with a digit",
        "surface.function_word_share": "share of words that are function words",
        "surface.guiraud": "distinct words over the root of all words (Guiraud)",
        "surface.repeated_word_share": "share of long words that stood there before",
        "surface.commas_per_100_words": "commas a 100 words",
        "surface.colons_per_100_words": "colons and semicolons a 100 words",
        "surface.brackets_per_100_words": "opening brackets a 100 words",
        "surface.questions_per_100_words": "question and exclamation marks a 100 words",
        "surface.hyphenated_share": "share of words with a hyphen inside",
    }

    def __init__(self, function_words: frozenset[str]) -> None:
        self._function_words = function_words

    @classmethod
    def open(cls, resources: Resources, language: str) -> Self | None:
        """Take the function words of the language."""
        return cls(language_of(language).function_words)

    def measure(self, batch: Batch) -> Array:
        """Measure paragraphs; all NaN where one has no word."""
        n_words = batch.n_words
        is_function = batch.of_tokens(self._function_words.__contains__, np.bool_)
        owners = batch.token_paragraphs[batch.is_word]
        with np.errstate(divide="ignore", invalid="ignore"):
            columns = [
                n_words,
                batch.sums(owners, batch.lengths[batch.is_word]) / n_words,
                _share(batch, _long(batch)),
                *batch.means(batch.line_paragraphs, batch.line_sizes),
                _share(batch, batch.is_inner_capital),
                _share(batch, batch.is_number),
                _share(batch, batch.is_word & is_function),
                *_variety(batch),
                *[_marks(batch, frozenset(marks)) for marks in _MARKS.values()],
                _share(batch, _hyphenated(batch)),
            ]
        found = np.column_stack(columns)
        found[n_words == 0] = nan
        return found

    def locate(self, batch: Batch, paragraph: int, feature: str) -> Iterable[Span]:
        """Yield the words or marks that the feature counts, if it counts such."""
        if feature in _SHARES:
            counted = _SHARES[feature]
            own = batch.own_tokens(paragraph)
            shown = batch.keep(counted, lambda: counted(batch))[own]
            return batch.spans(np.flatnonzero(shown) + own.start)
        if feature not in _MARKS:
            return ()
        place = batch.passages[paragraph].paragraph
        matches = re.finditer(f"[{re.escape(_MARKS[feature])}]", place.text)
        return (Span(*match.span()).shift(place.span.start) for match in matches)


def _long(batch: Batch) -> Flags:
    return batch.is_word & (batch.lengths >= 9)


def _hyphenated(batch: Batch) -> Flags:
    return batch.of_tokens(_has_hyphen, np.bool_)


def _has_hyphen(token: str) -> bool:
    return "-" in token


_SHARES: dict[str, Callable[[Batch], Flags]] = {
    "surface.long_word_share": _long,
    "surface.capital_share": lambda batch: batch.is_inner_capital,
    "surface.digit_share": lambda batch: batch.is_number,
    "surface.hyphenated_share": _hyphenated,
}
"""Feature to the tokens of which it is the share, where these can be shown."""


def _share(batch: Batch, flags: Flags) -> Array:
    return batch.counts(batch.token_paragraphs[flags]) / batch.n_words


def _marks(batch: Batch, marks: frozenset[str]) -> Array:
    counts = [
        sum([item.paragraph.text.count(mark) for mark in item.characters & marks])
        for item in batch.passages
    ]
    return np.array(counts) * 100 / batch.n_words


def _variety(batch: Batch) -> tuple[Array, Array]:
    """Return Guiraud's index, and the share of long words that stood there before."""
    keys = batch.plain_ids[batch.is_word]
    bounds = np.cumsum([0, *batch.n_words.tolist()])
    places = same(keys, bounds, len(batch.vocabulary.plain.every))
    is_repeated = places != np.arange(len(keys))
    is_long = batch.lengths[batch.is_word] > 6
    owners = batch.token_paragraphs[batch.is_word]
    n_distinct = batch.counts(owners[~is_repeated])
    n_repeated = batch.counts(owners[is_long & is_repeated])
    n_long = batch.counts(owners[is_long])
    return n_distinct / np.sqrt(batch.n_words), n_repeated / n_long


EXTRACTOR = Surface
