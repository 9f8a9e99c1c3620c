"""From feature vectors to verdicts: an additive model, read in the document's light.

The model is a generalised additive one (Lou, Caruana and Gehrke, "Intelligible Models
for Classification and Regression", KDD 2012): each feature adds a score for each label,
looked up in a table, so what moved a verdict is exact and not an estimate. The tables
are plain numbers in JSON; opening them runs nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import exp
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from mtcheck.errors import ModelError
from mtcheck.types import LABELS, Evidence, Label

Array = NDArray[np.float64]

_EVERY_LABEL = set(range(len(LABELS)))

IN_FAVOUR = np.array([float(label == Label.ORIGINAL) for label in LABELS])
"""One for the label original, zero for the others."""

_SHORT = 20.0
"""What a short text gains falls to a third with so many words more."""

LARGEST_NUMBER = 1e6
"""Of a table or the context; far smaller ones decide, far larger ones overflow."""

LARGEST_EXPONENT = 10.0

LEVELS_OF_EVIDENCE: tuple[tuple[str, Evidence], ...] = (
    ("0.001", "strong"),
    ("0.01", "moderate"),
    ("0.05", "weak"),
)
"""False-alarm rates of the card's thresholds, and what passing one is called."""

Reading = Literal["alone", "together", "document"]
READINGS: tuple[Reading, ...] = ("alone", "together", "document")
"""A paragraph for itself, one in the light of its neighbours, all of a document.

Each has thresholds of its own: neighbours move people's text towards the middle, so
what is rare in a paragraph alone would be much rarer in one of many.
"""


@dataclass(frozen=True)
class AdditiveModel:
    """Tables of scores: ``scores[i]`` has a row a bin of feature i, and a last for NaN.

    The bins of feature i are parted by ``edges[i]``; a value on an edge lies below it.
    The columns are *kinds* of text: a label may have several, since spun text and text
    that a language model rewrote have next to nothing in common. ``labels`` has the
    place of each kind's label.
    """

    features: tuple[str, ...]
    edges: tuple[Array, ...]
    scores: tuple[Array, ...]
    intercept: Array
    labels: tuple[int, ...]

    @property
    def used(self) -> frozenset[str]:
        """The features that are judged by; the others' tables are empty."""
        pairs = zip(self.features, self.edges, strict=True)
        return frozenset(name for name, edge in pairs if len(edge))

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Self:
        """Read the form that training writes; a ModelError where shapes do not fit."""
        try:
            features = tuple(map(str, raw["features"]))
            edges = tuple(_numbers(row) for row in raw["edges"])
            scores = tuple(_numbers(row) for row in raw["scores"])
            intercept = _numbers(raw["intercept"])
            labels = tuple(LABELS.index(Label(name)) for name in raw["labels"])
            fits = intercept.shape == (len(labels),) and set(labels) == _EVERY_LABEL
            fits &= len(features) == len(edges) == len(scores) and all(
                edge.shape == (len(edge),)
                and (np.diff(edge) >= 0).all()
                and score.shape == (len(edge) + 2, len(labels))
                for edge, score in zip(edges, scores, strict=True)
            )
        except (KeyError, OverflowError, TypeError, ValueError) as error:
            raise ModelError(
                f"the classifier's tables cannot be read ({error!r})"
            ) from error
        if not fits:
            raise ModelError("the classifier's tables do not fit each other")
        return cls(features, edges, scores, intercept, labels)

    def to_json(self) -> dict[str, Any]:
        """Return the form that ``from_json`` reads."""
        return {
            "features": list(self.features),
            "edges": [edge.tolist() for edge in self.edges],
            "scores": [score.tolist() for score in self.scores],
            "intercept": self.intercept.tolist(),
            "labels": [str(LABELS[at]) for at in self.labels],
        }

    def contributions(self, vectors: Array) -> Array:
        """Return the scores of shape (texts, features, kinds) of (texts, features)."""
        table, starts = self._stacked
        columns = np.ascontiguousarray(vectors.T)
        rows = np.empty(columns.shape, np.intp)
        for at, edge in enumerate(self.edges):
            rows[at] = edge.searchsorted(columns[at])
        # NaN comes behind the last edge, and its row behind that of the last bin.
        rows += np.isnan(columns)
        # The texts are innermost: numpy passes over long rows take the least time. The
        # features are outermost, so that they are added up in order in any company.
        return table.take(rows[:, np.newaxis] + starts).transpose(2, 0, 1)

    @cached_property
    def _stacked(self) -> tuple[Array, NDArray[np.intp]]:
        """All scores in one row, and where those of each feature and kind begin."""
        columns = [score.T for score in self.scores]
        sizes = [len(column[0]) for column in columns for _ in self.labels]
        starts = np.cumsum([0, *sizes[:-1]])
        shape = (len(columns), len(self.labels), 1)
        return np.concatenate([*map(np.ravel, columns)]), starts.reshape(shape)

    def facts(self, contributions: Array) -> Array:
        """Return what findings add, of shape (texts, labels): zero where none is."""
        chosen, none = self._without_findings
        total = contributions.sum(axis=1) + self.intercept
        found = (contributions[:, chosen] - none).sum(axis=1)
        return self.merged(total) - self.merged(total - found)

    @cached_property
    def _without_findings(self) -> tuple[list[int], Array]:
        """The features that count findings, and what they add where there is none."""
        chosen = [
            at for at, name in enumerate(self.features) if name.startswith("rules.")
        ]
        return chosen, self.contributions(np.zeros((1, len(self.features))))[:, chosen]

    def logits(self, vectors: Array) -> Array:
        """Return the summed scores, of shape (texts, labels)."""
        return self.merged(self.contributions(vectors).sum(axis=1) + self.intercept)

    def merged(self, totals: Array) -> Array:
        """Return the logits of the labels, from those of kinds, on the last axis.

        The probability of a label is the sum of its kinds' probabilities.
        """
        shape = (*totals.shape[:-1], max(self.labels) + 1)
        found = np.full(shape, -np.inf)
        for kind, label in enumerate(self.labels):
            found[..., label] = np.logaddexp(found[..., label], totals[..., kind])
        return found

    def by_label(self, contributions: Array) -> Array:
        """Return contributions of shape (texts, features, labels) from those of kinds.

        Each kind counts by its share of the label's probability in that text.
        """
        totals = contributions.sum(axis=1) + self.intercept
        shares = np.exp(totals - self.merged(totals)[:, self.labels])
        weighted = contributions * shares[:, np.newaxis]
        n_texts, n_features, _ = contributions.shape
        found = np.zeros((n_features, max(self.labels) + 1, n_texts)).transpose(2, 0, 1)
        for kind, label in enumerate(self.labels):
            found[..., label] += weighted[..., kind]
        return found


@dataclass(frozen=True, slots=True)
class Context:
    """How paragraphs of one document inform each other; fitted in training.

    A paragraph of n words takes k = ``share * words / (words + n)`` of its neighbours'
    mean logits to its own, over (1 + k) ** ``damping``, for the paragraphs of one hand
    say much the same and do not make each other as sure as strangers would; the
    document's are the mean times (words / ``unit``) ** ``exponent``, what its findings
    add beyond ``chance``, which is what those of scraped pages add a word, and ``lean``
    in favour of the label original. Paragraph and document gain ``short`` times their
    ``shortness`` in its favour besides: a short text says little.
    """

    share: float
    words: float
    damping: float
    unit: float
    exponent: float
    lean: float
    short: float
    chance: tuple[float, ...]

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Self:
        """Read ``context`` of the form that training writes, or raise a ModelError."""
        try:
            context = raw["context"]
            numbers = {
                key: float(value) for key, value in context.items() if key != "chance"
            }
            chance = tuple(map(float, context["chance"]))
            if len(chance) != len(LABELS):
                raise ValueError("chance must have a number a label")
            found = cls(**numbers, chance=chance)
            _numbers([*numbers.values(), *chance])
            if found.unit <= 0 or found.words < 0 or found.share < 0:
                raise ValueError("unit must be above 0, and share and words not below")
            for key in ("damping", "exponent"):
                if abs(numbers[key]) > LARGEST_EXPONENT:
                    raise ValueError(f"{key} must be at most {LARGEST_EXPONENT:g}")
        except (
            AttributeError,
            KeyError,
            OverflowError,
            TypeError,
            ValueError,
        ) as error:
            raise ModelError(
                f"the classifier's context cannot be read ({error!r})"
            ) from error
        return found

    def paragraphs(self, logits: Array, n_words: Array) -> Array:
        """Return the logits of each paragraph in the light of the others."""
        own = self.cautious(logits, n_words)
        if len(logits) < 2:
            return own
        weighted = logits * n_words[:, np.newaxis]
        others = (weighted.sum(0) - weighted) / (n_words.sum() - n_words)[:, np.newaxis]
        share = (self.share * self.words / (self.words + n_words))[:, np.newaxis]
        informed: Array = (own + share * others) / (1 + share) ** self.damping
        return informed

    def cautious(self, logits: Array, n_words: Array) -> Array:
        """Return the logits of texts of so many words, each taken for itself."""
        found: Array = logits + np.outer(self.short * shortness(n_words), IN_FAVOUR)
        return found

    def document(self, logits: Array, n_words: Array, facts: Array) -> Array:
        """Return the pooled logits of a whole document.

        ``facts`` are what findings add to each paragraph's logits. How a text reads is
        much the same in all its paragraphs, so that part is a mean; a finding is a fact
        of its own, so those add up, but for what a text of that length has by chance.
        """
        if len(logits) == 1:
            alone: Array = self.cautious(logits, n_words)[0]
            return alone
        style = ((logits - facts) * n_words[:, np.newaxis]).sum(0) / n_words.sum()
        n_units = max(n_words.sum() / self.unit, 1.0)
        by_chance = np.array(self.chance) * n_words.sum()
        pooled: Array = style * n_units**self.exponent + facts.sum(0) - by_chance
        pooled += self.lean * IN_FAVOUR
        found: Array = self.cautious(pooled, n_words.sum(keepdims=True))[0]
        return found


def shortness(n_words: Array) -> Array:
    """Return one for no words, and ever less for more of them.

    >>> shortness(np.array([0.0, 20.0, 200.0])).round(2).tolist()
    [1.0, 0.37, 0.0]
    """
    # One by one: numpy's own may differ in the last digit by what stands beside it.
    return np.array([exp(-n / _SHORT) for n in n_words.tolist()])


def _numbers(raw: Any) -> Array:
    """Return numbers as an array; a ValueError where one is none to reckon with."""
    found = np.asarray(raw, dtype=float)
    # NaN is not below anything.
    if not (np.abs(found) <= LARGEST_NUMBER).all():
        raise ValueError(f"a number must be at most {LARGEST_NUMBER:,.0f}")
    return found


def softmax(logits: Array) -> Array:
    """Return probabilities over the last axis."""
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    shares: Array = raised / raised.sum(axis=-1, keepdims=True)
    return shares


def effects(contributions: Array) -> Array:
    """Return what each feature adds to each label against the mean of the others.

    Labels are the last axis, and stay it.
    """
    total = contributions.sum(axis=-1, keepdims=True)
    gained: Array = contributions - (total - contributions) / (len(LABELS) - 1)
    return gained


def evidence(
    probabilities: Mapping[Label, float],
    thresholds: Mapping[Label, Mapping[str, float]],
) -> Evidence:
    """Return how far a text stands out from human text, by the card's thresholds."""
    for rate, level in LEVELS_OF_EVIDENCE:
        for label, limits in thresholds.items():
            if probabilities[label] > limits[rate]:
                return level
    return "none"
