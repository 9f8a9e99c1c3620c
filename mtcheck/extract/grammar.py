"""Grammar errors by LanguageTool: declared here, not measured without a server."""

from collections.abc import Iterable
from math import nan
from typing import ClassVar, Self

import numpy as np

from mtcheck.batch import Batch
from mtcheck.extract import Array, Tier
from mtcheck.models import Resources
from mtcheck.types import Span


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

    def measure(self, batch: Batch) -> Array:
        """Return NaN."""
        return np.full((len(batch), 1), nan)

    def locate(self, batch: Batch, paragraph: int, feature: str) -> Iterable[Span]:
        """Yield no place."""
        return ()


EXTRACTOR = Grammar
