"""Grammar mistakes by kind, a 100 words; measured where LanguageTool is asked for."""

from collections import Counter
from collections.abc import Iterable
from typing import ClassVar, Self

import numpy as np

from mtcheck.batch import Batch
from mtcheck.extract import Array, Tier
from mtcheck.grammar import KINDS
from mtcheck.models import Resources
from mtcheck.types import Span

_ALL = "grammar.mistakes_per_100_words"


def _feature(kind: str) -> str:
    return f"grammar.{kind}_per_100_words"


class Grammar:
    """What LanguageTool finds, a 100 words; NaN where it did not see the paragraph."""

    name: ClassVar[str] = "grammar"
    version: ClassVar[int] = 2
    tier: ClassVar[Tier] = "full"
    features: ClassVar[dict[str, str]] = {
        _ALL: "grammar mistakes that LanguageTool finds, a 100 words",
        **{
            _feature(kind): f"mistakes of the kind {kind.replace('_', ' ')} that "
            "LanguageTool finds, a 100 words"
            for kind in KINDS
        },
    }

    @classmethod
    def open(cls, resources: Resources, language: str) -> Self | None:
        """Return the extractor; the mistakes come with the paragraphs."""
        return cls()

    def measure(self, batch: Batch) -> Array:
        """Count the mistakes of paragraphs; a short one counts as 20 words."""
        found = np.full((len(batch), len(self.features)), np.nan)
        for at, mistakes in enumerate(batch.mistakes):
            if mistakes is not None:
                counts = Counter(mistake.kind for mistake in mistakes)
                found[at] = [len(mistakes), *[counts[kind] for kind in KINDS]]
        return found * 100 / np.maximum(batch.n_words, 20)[:, np.newaxis]

    def locate(self, batch: Batch, paragraph: int, feature: str) -> Iterable[Span]:
        """Yield the places of the mistakes of that kind."""
        offset = batch.passages[paragraph].paragraph.span.start
        for mistake in batch.mistakes[paragraph] or ():
            if feature in (_ALL, _feature(mistake.kind)):
                yield mistake.span.shift(offset)


EXTRACTOR = Grammar
