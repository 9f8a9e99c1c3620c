"""Spun synonyms: words that a thesaurus would put there and a writer would not."""

from collections.abc import Iterable, Iterator
from math import nan
from typing import Any, ClassVar, Self

import numpy as np

from mtcheck.batch import Batch, Floats, Places, ranked
from mtcheck.errors import ModelError
from mtcheck.extract import Array, Tier
from mtcheck.extract.perplexity import HUMAN, scores
from mtcheck.language_model import BITS
from mtcheck.models import Resources
from mtcheck.types import Span

GAIN_BITS = 6.0
"""A word whose best replacement saves so many bits counts as spun."""

CONTEXT = 3
"""Words of context on each side: what a four-gram model can see."""

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
        import kenlm

        self._model = resources.language_model(HUMAN)
        self._state_of = kenlm.State
        self._table = resources.table("synonyms")
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
            has_synonyms = batch.of_tokens(self._table.__contains__, np.bool_)
            tokens = np.flatnonzero(has_synonyms)
            gains = np.fromiter(self._gains(batch, tokens), float, len(tokens))
            return tokens, BITS * gains

        return batch.keep(self, find)

    def _gains(self, batch: Batch, tokens: Places) -> Iterator[float]:
        """Yield the log10 that the best synonym of each of the tokens saves."""
        if not len(tokens):
            return
        logs = scores(batch, self._model).logs.tolist()
        lines = batch.token_lines[tokens]
        ends = (batch.line_starts + batch.line_sizes)[lines].tolist()
        texts, table, score = batch.plain, self._table, self._model.kenlm.BaseScore
        here, there = self._state_of(), self._state_of()
        states = self._states(batch, tokens)
        for at, end, state in zip(tokens.tolist(), ends, states, strict=True):
            stop = min(at + 1 + CONTEXT, end)
            after = texts[at + 1 : stop]
            own = best = sum(logs[at:stop])
            for word in table[texts[at]]:
                total = score(state, word, here)
                for text in after:
                    if total < best:  # each further word can only take away
                        break
                    total += score(here, text, there)
                    here, there = there, here
                best = max(best, total)
            yield best - own

    def _states(self, batch: Batch, tokens: Places) -> Iterator[Any]:
        """Yield the state of the model before each of the tokens, good until the next.

        A state holds no more words than the n-gram that the last of them ended, so only
        these are read, from the token before on if that is nearer.
        """
        score, texts = self._model.kenlm.BaseScore, batch.plain
        lengths = np.minimum(scores(batch, self._model).lengths, CONTEXT)
        starts = batch.line_starts[batch.token_lines[tokens]]
        firsts = np.maximum(tokens - lengths[tokens - 1], starts)
        state, following, read = self._state_of(), self._state_of(), -1
        for at, start, first in zip(
            tokens.tolist(), starts.tolist(), firsts.tolist(), strict=True
        ):
            if read < first:
                read = first
                if first == start:
                    self._model.kenlm.BeginSentenceWrite(state)
                else:
                    self._model.kenlm.NullContextWrite(state)
            for text in texts[read:at]:
                score(state, text, following)
                state, following = following, state
            read = at
            yield state

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
