"""The surface of a text: lengths, capitals, punctuation, variety of words."""

import re
from collections.abc import Sequence
from math import nan, sqrt
from typing import ClassVar, Self

from mtcheck.extract import Tier
from mtcheck.languages import language as language_of
from mtcheck.models import Resources
from mtcheck.segment import Passage
from mtcheck.types import Finding, Span

_INNER_CAPITAL = re.compile(r"(?<=[^\W\d_][ ,;])[^\W\d_a-zäöüß]\w*")


class Surface:
    """Counts and shares that need no model."""

    name: ClassVar[str] = "surface"
    version: ClassVar[int] = 1
    tier: ClassVar[Tier] = "fast"
    features: ClassVar[dict[str, str]] = {
        "surface.words": "number of words",
        "surface.word_length": "mean length of a word, in letters",
        "surface.long_word_share": "share of words of nine letters and more",
        "surface.sentence_words": "mean number of words a sentence",
        "surface.sentence_words_sd": "standard deviation of the words a sentence",
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

    def measure(self, passage: Passage, findings: Sequence[Finding]) -> Sequence[float]:
        """Measure one paragraph; all NaN where it has no word."""
        text = passage.paragraph.text
        words = passage.words.texts
        n_words = len(words)
        if not n_words:
            return (nan,) * len(self.features)
        lengths = list(map(len, words))
        lower = [word.lower() for word in words]
        distinct = set(lower)
        long_words = [word for word in lower if len(word) > 6]
        per_100 = 100 / n_words
        function_words = self._function_words
        return (
            float(n_words),
            sum(lengths) / n_words,
            sum([length >= 9 for length in lengths]) / n_words,
            *self._sentence_lengths(passage),
            len(_INNER_CAPITAL.findall(text)) / n_words,
            sum([word[0].isdigit() for word in words]) / n_words,
            sum([word in function_words for word in lower]) / n_words,
            len(distinct) / sqrt(n_words),
            1 - len(set(long_words)) / len(long_words) if long_words else nan,
            text.count(",") * per_100,
            (text.count(":") + text.count(";")) * per_100,
            (text.count("(") + text.count("[")) * per_100,
            (text.count("?") + text.count("!")) * per_100,
            sum(["-" in word for word in words]) / n_words,
        )

    def locate(
        self, passage: Passage, findings: Sequence[Finding], feature: str
    ) -> tuple[Span, ...]:
        """Return the words or marks that the feature counts, if it counts such."""
        pattern = _PLACES.get(feature)
        if pattern is None:
            return ()
        offset = passage.paragraph.span.start
        matches = pattern.finditer(passage.paragraph.text)
        return tuple(
            Span(*match.span()).shift(offset)
            for match, _ in zip(matches, range(5), strict=False)
        )

    def _sentence_lengths(self, passage: Passage) -> tuple[float, float]:
        lengths = [len(line.texts) for line in passage.tokens]
        mean = sum(lengths) / len(lengths) if lengths else nan
        if len(lengths) < 2:
            return mean, nan
        return mean, sqrt(sum([(n - mean) ** 2 for n in lengths]) / len(lengths))


_PLACES = {
    "surface.capital_share": _INNER_CAPITAL,
    "surface.long_word_share": re.compile(r"[^\W\d_]{9,}"),
    "surface.digit_share": re.compile(r"\b\d\w*"),
    "surface.commas_per_100_words": re.compile(","),
    "surface.colons_per_100_words": re.compile("[:;]"),
    "surface.brackets_per_100_words": re.compile(r"[(\[]"),
    "surface.questions_per_100_words": re.compile("[?!]"),
    "surface.hyphenated_share": re.compile(r"[^\W_]+(?:-[^\W_]+)+"),
}

EXTRACTOR = Surface
