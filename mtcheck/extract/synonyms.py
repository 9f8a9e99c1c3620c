"""Spun synonyms: words that a thesaurus would put there and a writer would not."""

from collections.abc import Iterable
from itertools import chain
from math import nan
from typing import ClassVar, Self

import numpy as np

from mtcheck.batch import Batch, Floats, Places, ranked
from mtcheck.errors import ModelError
from mtcheck.extract import Array, Tier
from mtcheck.extract.perplexity import HUMAN, read
from mtcheck.language_model import BITS
from mtcheck.models import Resources
from mtcheck.ngrams import context
from mtcheck.types import Span

GAIN_BITS = 6.0
"""A word whose best replacement saves so many bits counts as spun."""

CONTEXT = 3
"""Words of context on each side: what a four-gram model can see."""

TOGETHER = 2_000
"""Words that are looked at in one pass: what it works on fits a processor's caches."""

LONGEST = 4
"""Words of the longest tortured phrase that is looked for."""


class Synonyms:
    """Substitution gain: the bits that a commoner synonym would save in its place.

    A word is looked at if the model's thesaurus holds synonyms that are commoner than
    it. For each, the four-gram model scores the words from it to the third after it, in
    the context of the three before it; the gain is what the best one saves against the
    word that stands there, zero if none does.
    """

    name: ClassVar[str] = "synonyms"
    version: ClassVar[int] = 2
    tier: ClassVar[Tier] = "full"
    features: ClassVar[dict[str, str]] = {
        "synonyms.gain_bits_per_word": "bits that synonyms would save, a token",
        "synonyms.gain_bits_per_candidate": "the same, a word that has commoner "
        "synonyms",
        "synonyms.spun_share": f"share of tokens that lose {GAIN_BITS:g} bits and more "
        "against a synonym",
        "synonyms.max_gain_bits": "the most that one synonym would save, in bits",
        "synonyms.candidate_share": "share of tokens that have commoner synonyms",
        "synonyms.tortured_per_100_words": "known tortured phrases a 100 words",
    }

    def __init__(self, resources: Resources) -> None:
        self._model = resources.language_model(HUMAN)
        table = resources.table("synonyms")
        self._rows = {word: row for row, word in enumerate(table)}
        self._starts = np.cumsum([0, *map(len, table.values())])
        number = self._model.trie.number
        self._synonyms = np.array([*map(number, chain.from_iterable(table.values()))])
        self._phrases: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
        for phrase in resources.table("tortured"):
            words = tuple(phrase.split())
            if len(words) < 2:
                path = resources.path("tortured.tsv")
                raise ModelError(
                    f"{path}: a phrase must have two words, got {phrase!r}"
                )
            self._phrases.setdefault(words[:2], []).append(words)
        self._firsts = frozenset(first for first, _ in self._phrases)
        self._seconds = frozenset(second for _, second in self._phrases)

    @classmethod
    def open(cls, resources: Resources, language: str) -> Self | None:
        """Open the model of human text, the thesaurus and the tortured phrases."""
        return cls(resources)

    def measure(self, batch: Batch) -> Array:
        """Measure paragraphs; all NaN where one has no token."""
        tokens, gains = self._gained(batch)
        owners, n_tokens = batch.token_paragraphs[tokens], batch.n_tokens
        total, n_gains = batch.sums(owners, gains), batch.counts(owners)
        highest = np.where(n_gains, 0.0, nan)
        np.maximum.at(highest, owners, gains)
        phrases = batch.token_paragraphs[[first for first, _ in self._found(batch)]]
        with np.errstate(divide="ignore", invalid="ignore"):
            columns = [
                total / n_tokens,
                total / n_gains,
                batch.counts(owners[gains >= GAIN_BITS]) / n_tokens,
                highest,
                n_gains / n_tokens,
                100 * batch.counts(phrases) / n_tokens,
            ]
        found = np.column_stack(columns)
        found[n_tokens == 0] = nan
        return found

    def locate(self, batch: Batch, paragraph: int, feature: str) -> Iterable[Span]:
        """Yield the words by what a synonym would save, or the tortured phrases."""
        own = batch.own_tokens(paragraph)
        if "tortured" in feature:
            return (
                batch.phrase(first, last)
                for first, last in self._found(batch)
                if own.start <= first < own.stop
            )
        tokens, gains = self._gained(batch)
        places = slice(*np.searchsorted(tokens, [own.start, own.stop]))
        tokens, gains = tokens[places], gains[places]
        least = GAIN_BITS if feature == "synonyms.spun_share" else 0
        return batch.spans(int(tokens[at]) for at in ranked(gains) if gains[at] > least)

    def _gained(self, batch: Batch) -> tuple[Places, Floats]:
        """Return the tokens that have commoner synonyms, and the bits these save."""

        def find() -> tuple[Places, Floats]:
            rows = batch.of_tokens(self._row, np.intp)
            tokens = np.flatnonzero(rows >= 0)
            parts = [
                self._gains(batch, part, rows[part])
                for start in range(0, len(tokens), TOGETHER)
                for part in [tokens[start : start + TOGETHER]]
            ]
            return tokens, BITS * np.concatenate([np.empty(0), *parts])

        return batch.keep(self, find)

    def _row(self, token: str) -> int:
        return self._rows.get(token, -1)

    def _gains(self, batch: Batch, tokens: Places, rows: Places) -> Floats:
        """Return the log10 that the best synonym of each of the tokens saves."""
        trie, reading = self._model.trie, read(batch, self._model)
        lines = batch.token_lines[tokens]
        n_left = (batch.line_starts + batch.line_sizes)[lines] - tokens
        own = reading.logs[tokens]
        for distance in range(1, 1 + CONTEXT):
            has_more = np.flatnonzero(n_left > distance)
            own[has_more] += reading.logs[tokens[has_more] + distance]
        best = own.copy()
        sizes = self._starts[rows + 1] - self._starts[rows]
        owners = np.repeat(np.arange(len(tokens)), sizes)
        first = np.cumsum(sizes) - sizes
        synonyms = self._synonyms[
            np.arange(len(owners)) + (self._starts[rows] - first)[owners]
        ]
        totals = np.zeros(len(owners))
        places, words = reading.places[tokens][owners], synonyms
        backoffs = reading.backoffs[:, tokens[owners]]
        for distance in range(1 + CONTEXT):
            before = context(reading.words, places, trie.n_before)
            if 0 < distance <= trie.n_before:
                before[distance - 1] = synonyms
            found = trie.find(words, before)
            totals += found.after(backoffs)
            is_last = n_left[owners] == distance + 1
            if distance == CONTEXT:
                is_last[:] = True
            np.maximum.at(best, owners[is_last], totals[is_last])
            # Each further word can only take away.
            rest = np.flatnonzero(~is_last & (totals >= own[owners]))
            owners, synonyms, totals = owners[rest], synonyms[rest], totals[rest]
            places, backoffs = places[rest] + 1, found.backoffs[:, rest]
            words = reading.words[places]
        # Where a model gives no probability at all, both may be infinite.
        with np.errstate(invalid="ignore"):
            return np.where(best > own, best - own, 0.0)

    def _found(self, batch: Batch) -> list[tuple[int, int]]:
        """Return first and last token of each known tortured phrase."""

        def find() -> list[tuple[int, int]]:
            texts, lines = batch.plain, batch.token_lines
            is_first = batch.of_tokens(self._firsts.__contains__, np.bool_)
            is_second = batch.of_tokens(self._seconds.__contains__, np.bool_)
            found = []
            for at in np.flatnonzero(is_first[:-1] & is_second[1:]).tolist():
                for phrase in self._phrases.get((texts[at], texts[at + 1]), ()):
                    last = at + len(phrase) - 1
                    if (
                        phrase == tuple(texts[at : last + 1])
                        and lines[at] == lines[last]
                    ):
                        found.append((at, last))
                        break
            return found

        return batch.keep((self, "phrases"), find)


EXTRACTOR = Synonyms
