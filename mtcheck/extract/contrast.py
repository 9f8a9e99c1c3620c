"""Cross-entropy difference between models of human, machine and rewritten text.

Moore and Lewis, "Intelligent Selection of Language Model Training Data", ACL 2010.
"""

from collections.abc import Iterable, Sequence
from math import nan
from typing import ClassVar, NamedTuple, Self

import numpy as np

from mtcheck.batch import Batch
from mtcheck.extract import Array, Tier
from mtcheck.language_model import spell
from mtcheck.models import Resources
from mtcheck.types import Span

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

    def measure(self, batch: Batch) -> Array:
        """Measure paragraphs; all NaN where one has no token."""
        found = np.full((len(batch), len(self.features)), nan)
        masked = batch.masked_lines(self._mask)
        for at, (lines, scored) in enumerate(
            zip(masked, self._scored(batch), strict=True)
        ):
            if scored:
                found[at] = self._compare(lines, scored)
        return found

    def locate(self, batch: Batch, paragraph: int, feature: str) -> Iterable[Span]:
        """Yield the sentences, first the one on which the other model saves most."""
        passage = batch.passages[paragraph]
        sentences = [
            sentence
            for sentence, tokens in zip(passage.sentences, passage.tokens, strict=True)
            if len(tokens)
        ]
        places = []
        lines = self._scored(batch)[paragraph]
        for sentence, line in zip(sentences, lines, strict=True):
            other = line.rewritten if "rewritten" in feature else line.machine
            saved = (line.human - other) / line.n_tokens
            places.append((-saved, sentence.shift(passage.paragraph.span.start)))
        return (span for _, span in sorted(places))

    def _compare(
        self, lines: Sequence[Sequence[str]], scored: "Sequence[_Line]"
    ) -> tuple[float, ...]:
        total = sum(line.n_tokens for line in scored)
        most = max((line.human - line.machine) / line.n_tokens for line in scored)
        spelled = spell(" ".join([token for line in lines for token in line]))
        human, machine = (model.bits(spelled) for model in self._models[3:])
        return (
            sum(line.human - line.machine for line in scored) / total,
            sum(line.human - line.rewritten for line in scored) / total,
            most,
            (human - machine) / total,
        )

    def _scored(self, batch: Batch) -> "list[list[_Line]]":
        def score() -> list[list[_Line]]:
            models = self._models[:3]
            return [
                [
                    _Line(len(line), *[model.bits(" ".join(line)) for model in models])
                    for line in lines
                ]
                for lines in batch.masked_lines(self._mask)
            ]

        return batch.keep(self, score)


class _Line(NamedTuple):
    """A sentence: its tokens, and its bits under the word models."""

    n_tokens: int
    human: float
    machine: float
    rewritten: float


EXTRACTOR = Contrast
