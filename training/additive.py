"""Fit the additive model, its scale, and how paragraphs inform each other."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mtcheck.classify import AdditiveModel, Array, Context, softmax
from mtcheck.estimators import VerdictClassifier


def fit_additive(
    names: Sequence[str],
    vectors: Array,
    labels: NDArray[np.int64],
    sample_weight: Array,
    unused: Sequence[str],
    seed: int,
) -> AdditiveModel:
    """Fit the tables; features in ``unused`` keep empty ones.

    Those are measured and shown, but not judged by.
    """
    blank = np.where(np.isin(names, unused), np.nan, vectors)
    classifier = VerdictClassifier(min_samples_leaf=100, random_state=seed)
    fitted = classifier.fit(blank, labels, sample_weight).model_
    return rounded(replace(fitted, features=tuple(names)))


def rounded(model: AdditiveModel, slope: float = 1.0) -> AdditiveModel:
    """Return the model with its scores times ``slope``, in five digits."""
    return replace(
        model,
        scores=tuple((score * slope).round(5) for score in model.scores),
        intercept=(model.intercept * slope).round(5),
    )


def calibrated(
    model: AdditiveModel, logits: Array, labels: NDArray[np.int64], sample_weight: Array
) -> tuple[AdditiveModel, float]:
    """Return the model with its scores scaled to fit outcomes out of fold; the scale.

    Temperature scaling: Guo et al., "On Calibration of Modern Neural Networks", ICML
    2017.
    """
    slopes = np.linspace(0.4, 1.6, 49)
    losses = []
    for slope in slopes:
        shares = softmax(slope * logits)
        chosen = shares[np.arange(len(labels)), labels]
        losses.append(-(np.log(chosen + 1e-12) * sample_weight).sum())
    slope = float(slopes[int(np.argmin(losses))])
    return rounded(model, slope), slope


@dataclass(frozen=True, slots=True)
class Group:
    """Paragraphs of one document that came about in one way."""

    logits: Array
    n_words: Array
    label: int


def fit_context(groups: Sequence[Group]) -> Context:
    """Return the context that makes neighbours' labels likeliest, by grid search."""
    unit = 60.0
    best = min(
        (_paragraph_loss(groups, Context(share, words, unit, 0.0)), share, words)
        for share in (0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0)
        for words in (15.0, 30.0, 60.0, 120.0)
    )
    exponents = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
    losses = [
        _document_loss(groups, Context(0, 1, unit, exponent)) for exponent in exponents
    ]
    return Context(best[1], best[2], unit, exponents[int(np.argmin(losses))])


def _paragraph_loss(groups: Sequence[Group], context: Context) -> float:
    return sum(
        -float(
            np.log(
                softmax(context.paragraphs(group.logits, group.n_words))[:, group.label]
            ).sum()
        )
        for group in groups
    )


def _document_loss(groups: Sequence[Group], context: Context) -> float:
    loss = 0.0
    for group in groups:
        facts = np.zeros_like(group.logits)  # rows of the corpus have next to none
        logits = context.document(group.logits, group.n_words, facts)
        loss -= float(np.log(softmax(logits)[group.label]))
    return loss
