"""Surprise: how well language models of human, machine and rewritten text expect it."""

from collections.abc import Sequence
from heapq import nsmallest
from itertools import pairwise
from math import nan, sqrt
from operator import itemgetter
from statistics import fmean
from typing import ClassVar, Self

from mtcheck.extract import N_PLACES, Tier
from mtcheck.language_model import TokenBits
from mtcheck.models import Resources
from mtcheck.segment import Passage
from mtcheck.types import Finding, Span

HUMAN = "human.word"
"""The large model of human text, which synonyms use as well."""

BURST_BITS = 15.0
"""A token of so many bits is a burst: about the rarest twentieth of human text."""


class Perplexity:
    """Level, spread and bursts of surprise under a large model of human text."""

    name: ClassVar[str] = "perplexity"
    version: ClassVar[int] = 1
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
        "perplexity.easy_share": "share of known tokens of under two bits",
        "perplexity.unknown_share": "share of tokens that the model does not know",
        "perplexity.bare_share": "share of tokens that no known word pair leads to",
        "perplexity.fluent_share": "share of tokens that end a known run of four",
    }

    def __init__(self, resources: Resources) -> None:
        self._model = resources.language_model(HUMAN)

    @classmethod
    def open(cls, resources: Resources, language: str) -> Self | None:
        """Open the model of human text."""
        return cls(resources)

    def measure(self, passage: Passage, findings: Sequence[Finding]) -> Sequence[float]:
        """Measure one paragraph; all NaN where it has no known token."""
        known: list[float] = []
        sentences: list[float] = []
        total, n_unknown, n_bare, n_fluent = 0, 0, 0, 0
        for bits, lengths, unknown in self._scored(passage):
            total += len(bits)
            n_bare += lengths.count(1)
            n_fluent += lengths.count(4)
            if any(unknown):
                n_unknown += sum(unknown)
                bits = [
                    bit for bit, skip in zip(bits, unknown, strict=True) if not skip
                ]
            known += bits
            if len(bits) >= 3:
                sentences.append(sum(bits) / len(bits))
        if not known:
            return (nan,) * len(self.features)
        mean = sum(known) / len(known)
        excess = [bit - mean for bit in known]
        variance = sum([bit * bit for bit in excess]) / len(known)
        pairs = len(excess) - 1
        product = sum([a * b for a, b in pairwise(excess)])
        return (
            mean,
            sqrt(variance),
            _spread(sentences),
            max(sentences, default=mean),
            sum([bit > BURST_BITS for bit in known]) / len(known),
            product / pairs if pairs else nan,
            sum([bit < 2.0 for bit in known]) / len(known),
            n_unknown / total,
            (n_bare - n_unknown) / total,
            n_fluent / total,
        )

    def locate(
        self, passage: Passage, findings: Sequence[Finding], feature: str
    ) -> tuple[Span, ...]:
        """Return the most surprising tokens, or for shares of unknown words, these."""
        offset = passage.paragraph.span.start
        wants_unknown = feature == "perplexity.unknown_share"
        scored = zip(passage.tokens, self._scored(passage), strict=True)
        places = [
            (-bits[at], line.start(at), line, at)
            for line, (bits, _, unknown) in scored
            for at in range(len(bits))
            if unknown[at] == wants_unknown
        ]
        best = nsmallest(N_PLACES, places, key=itemgetter(0, 1))
        return tuple(line.span(at).shift(offset) for _, _, line, at in best)

    def _scored(self, passage: Passage) -> list[TokenBits]:
        def score() -> list[TokenBits]:
            bits = self._model.token_bits
            return [bits(" ".join(line.texts)) for line in passage.tokens]

        return passage.keep(self, score)


def _spread(values: list[float]) -> float:
    if len(values) < 2:
        return nan
    mean = fmean(values)
    return sqrt(fmean([(value - mean) ** 2 for value in values]))


EXTRACTOR = Perplexity
