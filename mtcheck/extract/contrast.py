"""Cross-entropy difference between models of human, machine and rewritten text.

Moore and Lewis, "Intelligent Selection of Language Model Training Data", ACL 2010.
"""

from collections.abc import Sequence
from math import nan
from typing import ClassVar, NamedTuple, Self

from mtcheck.extract import N_PLACES, Tier
from mtcheck.language_model import spell
from mtcheck.models import Resources
from mtcheck.segment import Passage
from mtcheck.types import Finding, Span

MODELS = (
    ("original", "word"),
    ("machine_mangled", "word"),
    ("paraphrased", "word"),
    ("original", "char"),
    ("machine_mangled", "char"),
)
"""The class models by label and kind; ``<label>.<kind>.klm`` in a model folder."""


class Contrast:
    """Bits that a model of machine or rewritten text saves against one of human text.

    The models read masked text: all but common words are replaced by their endings.
    """

    name: ClassVar[str] = "contrast"
    version: ClassVar[int] = 1
    tier: ClassVar[Tier] = "full"
    features: ClassVar[dict[str, str]] = {
        "contrast.word_machine_bits": "bits a token that a word model of machine "
        "translation saves against one of human text",
        "contrast.word_rewritten_bits": "bits a token that a word model of rewritten "
        "text saves against one of human text",
        "contrast.word_machine_max_bits": "the most that a sentence saves under the "
        "word model of machine translation, in bits a token",
        "contrast.char_machine_bits": "bits a token that a character model of machine "
        "translation saves against one of human text",
    }

    def __init__(self, resources: Resources, language: str) -> None:
        self._mask = resources.mask(language)
        self._models = [
            resources.language_model(f"{label}.{kind}") for label, kind in MODELS
        ]

    @classmethod
    def open(cls, resources: Resources, language: str) -> Self | None:
        """Open the class models."""
        return cls(resources, language)

    def measure(self, passage: Passage, findings: Sequence[Finding]) -> Sequence[float]:
        """Measure one paragraph; all NaN where it has no token."""
        scored = self._scored(passage)
        if not scored:
            return (nan,) * len(self.features)
        total = sum(line.n_tokens for line in scored)
        most = max((line.human - line.machine) / line.n_tokens for line in scored)
        spelled = spell(" ".join(" ".join(line) for line in passage.masked(self._mask)))
        human, machine = (model.bits(spelled) for model in self._models[3:])
        return (
            sum(line.human - line.machine for line in scored) / total,
            sum(line.human - line.rewritten for line in scored) / total,
            most,
            (human - machine) / total,
        )

    def locate(
        self, passage: Passage, findings: Sequence[Finding], feature: str
    ) -> tuple[Span, ...]:
        """Return the sentences, first the one on which the other model saves most."""
        offset = passage.paragraph.span.start
        sentences = [
            sentence
            for sentence, tokens in zip(passage.sentences, passage.tokens, strict=True)
            if tokens.texts
        ]
        places = []
        for sentence, line in zip(sentences, self._scored(passage), strict=True):
            other = line.rewritten if "rewritten" in feature else line.machine
            saved = (line.human - other) / line.n_tokens
            places.append((-saved, sentence.shift(offset)))
        return tuple(span for _, span in sorted(places)[:N_PLACES])

    def _scored(self, passage: Passage) -> "list[_Line]":
        def score() -> list[_Line]:
            lines = passage.masked(self._mask)
            texts = [(len(line), " ".join(line)) for line in lines]
            models = self._models[:3]
            return [
                _Line(n, *[model.bits(text) for model in models]) for n, text in texts
            ]

        return passage.keep(self, score)


class _Line(NamedTuple):
    """A sentence: its tokens, and its bits under the word models."""

    n_tokens: int
    human: float
    machine: float
    rewritten: float


EXTRACTOR = Contrast
