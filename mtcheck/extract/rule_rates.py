"""The findings of the rules, counted a 100 words and by family."""

from collections.abc import Iterable
from typing import ClassVar, Self

import numpy as np

from mtcheck.batch import Batch
from mtcheck.extract import Array, Tier
from mtcheck.models import Resources
from mtcheck.rules import FAMILIES
from mtcheck.types import Span

COUNTED = frozenset(
    "MT101 MT102 MT104 MT105 MT106 MT107 MT108 MT109 MT110 MT111 MT112 MT113 "
    "MT114 MT115 MT201 MT202 MT203 MT301 MT302 MT303 MT304 MT401 MT402 MT403 MT404 "
    "MT405 MT501 MT502 MT601 MT602 MT603 MT604 MT605 MT606 MT607 MT609".split()
)
"""The rules that models are fitted on. One that comes later shifts no verdict until it
is named here and the models are fitted again. Doubled spaces (MT103) are no sign of who
wrote a text: whoever justifies or pastes one makes them by the dozen."""

_FAMILIES = {code[2]: FAMILIES[code[2]] for code in sorted(COUNTED)}


class RuleRates:
    """Findings a 100 words for each family of rules."""

    name: ClassVar[str] = "rules"
    version: ClassVar[int] = 3
    tier: ClassVar[Tier] = "fast"
    features: ClassVar[dict[str, str]] = {
        f"rules.{family}_per_100_words": f"findings of the {family} rules a 100 words"
        for family in _FAMILIES.values()
    }

    @classmethod
    def open(cls, resources: Resources, language: str) -> Self | None:
        """Return the extractor; it needs nothing."""
        return cls()

    def measure(self, batch: Batch) -> Array:
        """Count the findings of paragraphs; a short one counts as 20 words."""
        counts = np.zeros((len(batch), len(_FAMILIES)))
        column = {digit: at for at, digit in enumerate(_FAMILIES)}
        for at, findings in enumerate(batch.findings):
            for finding in findings:
                if finding.code in COUNTED:
                    counts[at, column[finding.code[2]]] += 1
        # One finding in a headline of five words must not weigh like twenty in a text.
        return counts * 100 / np.maximum(batch.n_words, 20)[:, np.newaxis]

    def locate(self, batch: Batch, paragraph: int, feature: str) -> Iterable[Span]:
        """Yield the places of the family's findings."""
        family = feature.removeprefix("rules.").removesuffix("_per_100_words")
        return (
            item.span
            for item in batch.findings[paragraph]
            if item.code in COUNTED and _FAMILIES[item.code[2]] == family
        )


EXTRACTOR = RuleRates
