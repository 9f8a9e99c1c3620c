"""Readability by textstat: the measures that need no dictionary of syllables."""

from collections.abc import Sequence
from math import nan
from typing import Any, ClassVar, Self

from mtcheck.extract import Tier
from mtcheck.models import Resources
from mtcheck.segment import Passage
from mtcheck.types import Finding, Span

_MEASURES = {
    "readability.coleman_liau": "coleman_liau_index",
    "readability.lix": "lix",
    "readability.rix": "rix",
}


class Readability:
    """School grades and indices of a paragraph."""

    name: ClassVar[str] = "readability"
    version: ClassVar[int] = 1
    tier: ClassVar[Tier] = "full"
    features: ClassVar[dict[str, str]] = {
        "readability.coleman_liau": "Coleman-Liau index (Coleman and Liau 1975)",
        "readability.lix": "LIX (Björnsson 1968)",
        "readability.rix": "RIX, long words a sentence (Anderson 1983)",
    }

    def __init__(self, textstat: Any) -> None:
        self._measures = [getattr(textstat, name) for name in _MEASURES.values()]

    @classmethod
    def open(cls, resources: Resources, language: str) -> Self | None:
        """Import textstat."""
        import textstat

        return cls(textstat)

    def measure(self, passage: Passage, findings: Sequence[Finding]) -> Sequence[float]:
        """Measure one paragraph; NaN where it has no word."""
        if not passage.words.texts:
            return (nan,) * len(self.features)
        text = passage.paragraph.text
        return tuple([float(measure(text)) for measure in self._measures])

    def locate(
        self, passage: Passage, findings: Sequence[Finding], feature: str
    ) -> tuple[Span, ...]:
        """Return no place: a readability index is of the whole."""
        return ()


EXTRACTOR = Readability
