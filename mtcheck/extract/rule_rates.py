"""The findings of the rules, counted a 100 words and by family."""

from collections.abc import Sequence
from typing import ClassVar, Self

from mtcheck.extract import Tier
from mtcheck.models import Resources
from mtcheck.rules import FAMILIES
from mtcheck.segment import Passage
from mtcheck.types import Finding, Span


class RuleRates:
    """Findings a 100 words for each family of rules."""

    name: ClassVar[str] = "rules"
    version: ClassVar[int] = 1
    tier: ClassVar[Tier] = "fast"
    features: ClassVar[dict[str, str]] = {
        f"rules.{family}_per_100_words": f"findings of the {family} rules a 100 words"
        for family in FAMILIES.values()
    }

    @classmethod
    def open(cls, resources: Resources, language: str) -> Self | None:
        """Return the extractor; it needs nothing."""
        return cls()

    def measure(self, passage: Passage, findings: Sequence[Finding]) -> Sequence[float]:
        """Count the findings of one paragraph; a short one counts as 20 words."""
        if not findings:
            return (0.0,) * len(FAMILIES)
        # One finding in a headline of five words must not weigh like twenty in a text.
        per_100 = 100 / max(len(passage.words), 20)
        digits = [finding.code[2] for finding in findings]
        return tuple(digits.count(digit) * per_100 for digit in FAMILIES)

    def locate(
        self, passage: Passage, findings: Sequence[Finding], feature: str
    ) -> tuple[Span, ...]:
        """Return the places of the family's findings."""
        family = feature.removeprefix("rules.").removesuffix("_per_100_words")
        return tuple(item.span for item in findings if FAMILIES[item.code[2]] == family)


EXTRACTOR = RuleRates
