"""Extractors: named numbers of a paragraph, each with the places it came from.

A file in this folder holds ``EXTRACTOR``, a class with the protocol below. NaN means
"not measured"; zero means "measured, and none".
"""

import hashlib
import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from math import nan
from typing import ClassVar, Literal, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from mtcheck.errors import ConfigError
from mtcheck.models import Resources
from mtcheck.plugins import collect
from mtcheck.segment import Passage
from mtcheck.types import Finding, Span

Array = NDArray[np.float64]
Tier = Literal["fast", "full"]
TIERS: tuple[Tier, ...] = ("fast", "full")


N_PLACES = 5
"""Most places that are shown for a feature."""


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

    def measure(self, passage: Passage, findings: Sequence[Finding]) -> Sequence[float]:
        """Return one number a feature, in the order of ``features``, finite or NaN."""

    def locate(
        self, passage: Passage, findings: Sequence[Finding], feature: str
    ) -> tuple[Span, ...]:
        """Return the document spans behind a feature, the most telling first."""


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

    def measure(
        self, passages: Sequence[Passage], findings: Sequence[Sequence[Finding]]
    ) -> Array:
        """Return the features of paragraphs, of shape (paragraphs, features).

        One extractor measures all before the next one starts: its tables stay in the
        processor's cache, which saves a sixth of the time.
        """
        vectors = np.full((len(passages), len(self.schema.names)), nan)
        column = 0
        for kind, extractor in self._opened:
            after = column + len(kind.features)
            if extractor is not None and len(passages):
                vectors[:, column:after] = [
                    extractor.measure(passage, found)
                    for passage, found in zip(passages, findings, strict=True)
                ]
            column = after
        return vectors

    def locate(
        self, passage: Passage, findings: Sequence[Finding], feature: str
    ) -> tuple[Span, ...]:
        """Return the document spans behind a feature; empty where it has no place."""
        extractor = self._owner[feature]
        return () if extractor is None else extractor.locate(passage, findings, feature)
