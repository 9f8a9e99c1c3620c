"""Readability by textstat: the measures that need no dictionary of syllables."""

from collections.abc import Iterable
from math import nan
from typing import Any, ClassVar, Self

import numpy as np

from mtcheck.batch import Batch
from mtcheck.extract import Array, Tier
from mtcheck.models import Resources
from mtcheck.types import Span

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

    def measure(self, batch: Batch) -> Array:
        """Measure paragraphs; NaN where one has no word."""
        found = np.full((len(batch), len(self.features)), nan)
        for at in np.flatnonzero(batch.n_words).tolist():
            text = batch.passages[at].paragraph.text
            found[at] = [measure(text) for measure in self._measures]
        return found

    def locate(self, batch: Batch, paragraph: int, feature: str) -> Iterable[Span]:
        """Yield no place: a readability index is of the whole."""
        return ()


EXTRACTOR = Readability
