"""Spun synonyms: words that a thesaurus would put there and a writer would not."""

from collections.abc import Iterable, Iterator, Sequence
from math import nan
from typing import Any, ClassVar, Self

import numpy as np

from mtcheck.batch import Batch, Floats, Places, ranked
from mtcheck.extract import Array, Tier
from mtcheck.extract.perplexity import HUMAN
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
        self._spare = kenlm.State(), kenlm.State()
        self._table = resources.table("synonyms")
        self._phrases: dict[str, list[tuple[str, ...]]] = {}
        for phrase in resources.table("tortured"):
            words = tuple(phrase.split())
            self._phrases.setdefault(words[0], []).append(words)

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
            starts = batch.line_starts.tolist()
            pairs = [
                (start + at, gain)
                for start, line in zip(starts, batch.lines, strict=True)
                for gain, at in self._gains(line.line.split())
            ]
            tokens, gains = zip(*pairs, strict=True) if pairs else ((), ())
            return np.array(tokens, dtype=np.intp), np.array(gains, dtype=float)

        return batch.keep(self, find)

    def _gains(self, texts: Sequence[str]) -> Iterator[tuple[float, int]]:
        """Yield gain and index of each token that has commoner synonyms."""
        table = self._table
        wanted = [at for at, text in enumerate(texts) if text in table]
        if not wanted:
            return
        states, logs = self._steps(texts[: wanted[-1] + CONTEXT + 1])
        for at in wanted:
            after = texts[at + 1 : at + 1 + CONTEXT]
            own = best = sum(logs[at : at + 1 + CONTEXT])
            for word in table[texts[at]]:
                best = max(best, self._score(states[at], word, after, best))
            yield BITS * (best - own), at

    def _steps(self, texts: Sequence[str]) -> tuple[list[Any], list[float]]:
        """Return the state of the model before each token, and each token's log10."""
        score, state_of = self._model.kenlm.BaseScore, self._state_of
        states, logs = [state_of()], []
        self._model.kenlm.BeginSentenceWrite(states[0])
        for text in texts:
            following = state_of()
            logs.append(score(states[-1], text, following))
            states.append(following)
        return states, logs

    def _score(
        self, state: Any, word: str, after: Sequence[str], floor: float
    ) -> float:
        """Return the log10 of the words in this context; any value under ``floor``."""
        score = self._model.kenlm.BaseScore
        here, there = self._spare
        total: float = score(state, word, here)
        for text in after:
            if total < floor:  # each further word can only take away
                break
            total += score(here, text, there)
            here, there = there, here
        return total

    def _found(self, batch: Batch) -> list[tuple[int, int]]:
        """Return first and last token of each known tortured phrase."""

        def find() -> list[tuple[int, int]]:
            phrases, lines = self._phrases, batch.token_lines
            is_first = batch.of_tokens(phrases.__contains__, np.bool_)
            found = []
            for at in np.flatnonzero(is_first).tolist():
                tokens = [batch.vocabulary[id] for id in batch.ids[at : at + LONGEST]]
                for phrase in phrases[tokens[0]]:
                    last = at + len(phrase) - 1
                    if (
                        phrase == tuple(tokens[: len(phrase)])
                        and lines[at] == lines[last]
                    ):
                        found.append((at, last))
                        break
            return found

        return batch.keep((self, "phrases"), find)


EXTRACTOR = Synonyms
