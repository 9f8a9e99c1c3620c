"""Fit the additive model, its scale and leaning, and what paragraphs tell of others."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score

from mtcheck.classify import AdditiveModel, Array, Context, softmax
from mtcheck.estimators import VerdictClassifier
from mtcheck.types import LABELS, Label
from training.measured import Measured

F1_COST = 0.01
"""Macro-F1 that is given up so that fewer people are flagged."""

IN_FAVOUR = np.array([float(label == Label.ORIGINAL) for label in LABELS])
"""One for the label original, zero for the others."""


def fit_additive(
    names: Sequence[str], rows: Measured, unused: Sequence[str], seed: int
) -> AdditiveModel:
    """Fit the tables; features in ``unused`` keep empty ones.

    Those are measured and shown, but not judged by.
    """
    blank = np.where(np.isin(names, unused), np.nan, rows.vectors)
    classifier = VerdictClassifier(
        max_iter=600, min_samples_leaf=100, random_state=seed
    )
    fitted = classifier.fit(blank, rows.labels, rows.weights).model_
    return rounded(replace(fitted, features=tuple(names)))


def rounded(model: AdditiveModel, slope: float = 1.0) -> AdditiveModel:
    """Return the model with its scores times ``slope``, in five digits."""
    return replace(
        model,
        scores=tuple((score * slope).round(5) for score in model.scores),
        intercept=(model.intercept * slope).round(5),
    )


def calibrated(model: AdditiveModel, rows: Measured) -> AdditiveModel:
    """Return the model scaled so that its probabilities fit rows of unseen sources.

    Temperature scaling: Guo et al., "On Calibration of Modern Neural Networks", ICML
    2017.
    """
    logits, labels, weights = model.logits(rows.vectors), rows.labels, rows.weights
    slopes = np.linspace(0.4, 1.6, 49)
    losses = [
        -(np.log(softmax(slope * logits)[np.arange(len(labels)), labels]) @ weights)
        for slope in slopes
    ]
    return rounded(model, float(slopes[int(np.argmin(losses))]))


def lenient(model: AdditiveModel, rows: Measured) -> AdditiveModel:
    """Return the model with as much in favour of people as costs next to no macro-F1.

    Labels that weigh alike, as in the fit, know nothing of what a mistake costs.
    """
    shift = _leaning(model.logits(rows.vectors), rows.labels) * IN_FAVOUR
    return rounded(replace(model, intercept=model.intercept + shift))


def _leaning(logits: Array, labels: NDArray[np.int64]) -> float:
    """Return the most that the label original may gain for ``F1_COST``.

    Flagging a person's text costs more than missing another, and most texts are by
    people.
    """
    shifts = np.arange(0, 1.05, 0.05)
    scores = [
        f1_score(labels, (logits + shift * IN_FAVOUR).argmax(axis=1), average="macro")
        for shift in shifts
    ]
    kept = [at for at, value in enumerate(scores) if value >= max(scores) - F1_COST]
    return float(shifts[kept[-1]])


@dataclass(frozen=True, slots=True)
class Group:
    """Paragraphs of one document that came about in one way."""

    logits: Array
    n_words: Array
    label: int


def fit_context(groups: Sequence[Group]) -> Context:
    """Return the context that makes neighbours' labels likeliest, by grid search.

    Documents lean towards people as paragraphs do, since pooling sharpens what is said.
    """
    unit = 60.0
    best = min(
        (_paragraph_loss(groups, Context(share, words, unit, 0.0, 0.0)), share, words)
        for share in (0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0)
        for words in (15.0, 30.0, 60.0, 120.0)
    )
    exponents = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
    losses = [
        _document_loss(groups, Context(0, 1, unit, exponent, 0.0))
        for exponent in exponents
    ]
    pooling = Context(best[1], best[2], unit, exponents[int(np.argmin(losses))], 0.0)
    if not groups:
        return pooling
    logits = np.array([_pooled(group, pooling) for group in groups])
    lean = _leaning(logits, np.array([group.label for group in groups]))
    return replace(pooling, lean=round(lean, 2))


def _paragraph_loss(groups: Sequence[Group], context: Context) -> float:
    loss = 0.0
    for group in groups:
        shares = softmax(context.paragraphs(group.logits, group.n_words))
        loss -= float(np.log(shares[:, group.label]).sum())
    return loss


def _document_loss(groups: Sequence[Group], context: Context) -> float:
    loss = 0.0
    for group in groups:
        shares = softmax(_pooled(group, context))
        loss -= len(group.logits) * float(np.log(shares[group.label]))
    return loss


def _pooled(group: Group, context: Context) -> Array:
    facts = np.zeros_like(group.logits)  # rows of the corpus have next to none
    return context.document(group.logits, group.n_words, facts)
