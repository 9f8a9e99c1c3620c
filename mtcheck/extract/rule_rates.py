"""The findings of the rules, counted a 100 words and by family."""

from collections.abc import Iterable
from typing import ClassVar, Self

import numpy as np

from mtcheck.batch import Batch
from mtcheck.extract import Array, Tier
from mtcheck.models import Resources
from mtcheck.rules import FAMILIES
from mtcheck.types import Span

_COUNTED = {digit: family for digit, family in FAMILIES.items() if digit <= "6"}
"""Families that occur in labelled text; of the others a model could learn nothing."""


class RuleRates:
    """Findings a 100 words for each family of rules."""

    name: ClassVar[str] = "rules"
    version: ClassVar[int] = 1
    tier: ClassVar[Tier] = "fast"
    features: ClassVar[dict[str, str]] = {
        f"rules.{family}_per_100_words": f"findings of the {family} rules a 100 words"
        for family in _COUNTED.values()
    }

    @classmethod
    def open(cls, resources: Resources, language: str) -> Self | None:
        """Return the extractor; it needs nothing."""
        return cls()

    def measure(self, batch: Batch) -> Array:
        """Count the findings of paragraphs; a short one counts as 20 words."""
        counts = np.zeros((len(batch), len(_COUNTED)))
        column = {digit: at for at, digit in enumerate(_COUNTED)}
        for at, findings in enumerate(batch.findings):
            for finding in findings:
                if finding.code[2] in column:
                    counts[at, column[finding.code[2]]] += 1
        # One finding in a headline of five words must not weigh like twenty in a text.
        return counts * 100 / np.maximum(batch.n_words, 20)[:, np.newaxis]

    def locate(self, batch: Batch, paragraph: int, feature: str) -> Iterable[Span]:
        """Yield the places of the family's findings."""
        family = feature.removeprefix("rules.").removesuffix("_per_100_words")
        findings = batch.findings[paragraph]
        return (item.span for item in findings if FAMILIES[item.code[2]] == family)


EXTRACTOR = RuleRates
