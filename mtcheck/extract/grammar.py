"""Grammar errors by LanguageTool: declared here, not measured without a server."""

from collections.abc import Sequence
from math import nan
from typing import ClassVar, Self

from mtcheck.extract import Tier
from mtcheck.models import Resources
from mtcheck.segment import Passage
from mtcheck.types import Finding, Span


class Grammar:
    """Grammar errors a 100 words; NaN until a LanguageTool server is asked for."""

    name: ClassVar[str] = "grammar"
    version: ClassVar[int] = 1
    tier: ClassVar[Tier] = "full"
    features: ClassVar[dict[str, str]] = {
        "grammar.errors_per_100_words": "grammar errors that LanguageTool finds, "
        "a 100 words"
    }

    @classmethod
    def open(cls, resources: Resources, language: str) -> Self | None:
        """Return None: no server is asked for."""
        return None

    def measure(self, passage: Passage, findings: Sequence[Finding]) -> Sequence[float]:
        """Return NaN."""
        return (nan,)

    def locate(
        self, passage: Passage, findings: Sequence[Finding], feature: str
    ) -> tuple[Span, ...]:
        """Return no place."""
        return ()


EXTRACTOR = Grammar
