"""Spun synonyms: words that a thesaurus would put there and a writer would not."""

from collections.abc import Iterator, Sequence
from math import nan
from typing import Any, ClassVar, Self

from mtcheck.extract import N_PLACES, Tier
from mtcheck.extract.perplexity import HUMAN
from mtcheck.language_model import BITS, Tokens
from mtcheck.models import Resources
from mtcheck.segment import Passage
from mtcheck.types import Finding, Span

GAIN_BITS = 6.0
"""A word whose best replacement saves so many bits counts as spun."""

CONTEXT = 3
"""Words of context on each side: what a four-gram model can see."""


class Synonyms:
    """Substitution gain: the bits that a commoner synonym would save in its place.

    A word is looked at if the model's thesaurus holds synonyms that are commoner than
    it. For each, the four-gram model scores the words from it to the third after it, in
    the context of the three before it; the gain is what the best one saves against the
    word that stands there, zero if none does.
    """

    name: ClassVar[str] = "synonyms"
    version: ClassVar[int] = 1
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

    def measure(self, passage: Passage, findings: Sequence[Finding]) -> Sequence[float]:
        """Measure one paragraph; all NaN where it has no token."""
        lines = passage.tokens
        n_tokens = sum(len(line.texts) for line in lines)
        if not n_tokens:
            return (nan,) * len(self.features)
        gains = [gain for found in self._line_gains(passage) for gain, _ in found]
        n_phrases = sum(1 for line in lines for _ in self._tortured(line))
        total = sum(gains)
        return (
            total / n_tokens,
            total / len(gains) if gains else nan,
            sum([gain >= GAIN_BITS for gain in gains]) / n_tokens,
            max(gains, default=nan),
            len(gains) / n_tokens,
            100 * n_phrases / n_tokens,
        )

    def locate(
        self, passage: Passage, findings: Sequence[Finding], feature: str
    ) -> tuple[Span, ...]:
        """Return the words by what a synonym would save, or the tortured phrases."""
        offset = passage.paragraph.span.start
        if "tortured" in feature:
            return tuple(
                Span(line.span(first).start, line.span(last).end).shift(offset)
                for line in passage.tokens
                for first, last in self._tortured(line)
            )
        lines = zip(passage.tokens, self._line_gains(passage), strict=True)
        places = [
            (-gain, line.span(at).shift(offset))
            for line, gains in lines
            for gain, at in gains
            if gain > 0
        ]
        return tuple(span for _, span in sorted(places)[:N_PLACES])

    def _line_gains(self, passage: Passage) -> list[list[tuple[float, int]]]:
        def find() -> list[list[tuple[float, int]]]:
            return [list(self._gains(line)) for line in passage.tokens]

        return passage.keep(self, find)

    def _gains(self, line: Tokens) -> Iterator[tuple[float, int]]:
        """Yield gain and index of each token that has commoner synonyms."""
        texts, table = line.texts, self._table
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

    def _tortured(self, line: Tokens) -> Iterator[tuple[int, int]]:
        """Yield first and last token of each known tortured phrase."""
        phrases = self._phrases
        for at in [at for at, text in enumerate(line.texts) if text in phrases]:
            for phrase in phrases[line.texts[at]]:
                if line.texts[at : at + len(phrase)] == phrase:
                    yield at, at + len(phrase) - 1
                    break


EXTRACTOR = Synonyms
