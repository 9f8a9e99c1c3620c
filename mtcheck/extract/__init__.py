"""Extractors: named numbers of a paragraph, each with the places it came from.

A file in this folder holds ``EXTRACTOR``, a class with the protocol below. NaN means
"not measured"; zero means "measured, and none".
"""

import hashlib
import sys
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from math import nan
from typing import ClassVar, Literal, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from mtcheck.batch import Batch, cut
from mtcheck.clock import Clock
from mtcheck.errors import ConfigError
from mtcheck.models import Resources
from mtcheck.plugins import collect
from mtcheck.rules import find_defects
from mtcheck.segment import Passage
from mtcheck.types import Span

Array = NDArray[np.float64]
Tier = Literal["fast", "full"]
TIERS: tuple[Tier, ...] = ("fast", "full")


class Extractor(Protocol):
    """One family of features, opened for one language."""

    name: ClassVar[str]
    version: ClassVar[int]
    features: ClassVar[dict[str, str]]
    """Feature name to a sentence that says what it measures, with its unit."""
    tier: ClassVar[Tier]
    """The cheapest tier that measures it."""

    @classmethod
    def open(cls, resources: Resources, language: str) -> Self | None:
        """Open the engine for a language; None where it cannot be measured."""

    def measure(self, batch: Batch) -> Array:
        """Return the features of paragraphs, of shape (paragraphs, features).

        Columns are in the order of ``features``; values are finite or NaN.
        """

    def locate(self, batch: Batch, paragraph: int, feature: str) -> Iterable[Span]:
        """Yield the document spans behind a feature, the most telling first."""


@cache
def extractors() -> tuple[type[Extractor], ...]:
    """Return the extractor classes of this folder, in alphabetical order."""
    return tuple(collect(sys.modules[__name__], "EXTRACTOR"))


@dataclass(frozen=True, slots=True)
class Schema:
    """The ordered feature names of a tier, with a fingerprint of names and versions."""

    names: tuple[str, ...]
    fingerprint: str


@cache
def schema(tier: Tier = "full") -> Schema:
    """Return the schema of a tier.

    >>> schema("fast").names[0]
    'perplexity.mean_bits'
    """
    if tier not in TIERS:
        raise ConfigError(f"tier must be one of {', '.join(TIERS)}, got {tier!r}")
    chosen = [kind for kind in extractors() if tier == "full" or kind.tier == "fast"]
    names = tuple(name for kind in chosen for name in kind.features)
    key = "\n".join([f"{kind.name} {kind.version}" for kind in chosen] + list(names))
    return Schema(names, hashlib.sha256(key.encode()).hexdigest()[:12])


class Extraction:
    """The extractors of a tier, opened for one language.

    One that measures nothing of ``wanted`` stays closed, and its features are NaN.
    """

    def __init__(
        self,
        resources: Resources,
        language: str,
        tier: Tier = "full",
        wanted: Collection[str] | None = None,
    ) -> None:
        self.schema = schema(tier)
        self._opened = [
            (kind, kind.open(resources, language) if is_wanted else None)
            for kind in extractors()
            if tier == "full" or kind.tier == "fast"
            for is_wanted in [
                wanted is None or not kind.features.keys().isdisjoint(wanted)
            ]
        ]
        self._owner = {
            name: open_ for kind, open_ in self._opened for name in kind.features
        }

    def measure(self, batch: Batch, clock: Clock | None = None) -> Array:
        """Return the features of paragraphs, of shape (paragraphs, features).

        The ``clock`` is told how long each extractor took.
        """
        clock = clock or Clock()
        vectors = np.full((len(batch), len(self.schema.names)), nan)
        column = 0
        for kind, extractor in self._opened:
            after = column + len(kind.features)
            if extractor is not None and len(batch):
                with clock.time(f"features.{kind.name}"):
                    vectors[:, column:after] = extractor.measure(batch)
            column = after
        return vectors

    def measure_all(self, passages: Sequence[Passage]) -> Array:
        """Return the features of any number of paragraphs, a batch at a time."""
        vectors = [
            self.measure(Batch(part, [find_defects(item) for item in part]))
            for part in cut(passages)
        ]
        return np.concatenate([np.empty((0, len(self.schema.names))), *vectors])

    def locate(self, batch: Batch, paragraph: int, feature: str) -> Iterable[Span]:
        """Yield the document spans behind a feature; none where it has no place."""
        extractor = self._owner[feature]
        return () if extractor is None else extractor.locate(batch, paragraph, feature)
