"""Fit the additive model, its scale and leaning, and what paragraphs tell of others."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score

from mtcheck.classify import (
    IN_FAVOUR,
    AdditiveModel,
    Array,
    Context,
    shortness,
    softmax,
)
from mtcheck.estimators import VerdictClassifier
from mtcheck.types import LABELS, Label
from training.data import source_weights
from training.kinds import kind_labels
from training.measured import Measured, Noise

F1_COST = 0.01
"""Macro-F1 that is given up so that fewer people are flagged."""

_SLOPES = np.linspace(0.4, 2.0, 65)
"""What the scores may be multiplied by."""

_SHORT_LEANING = 4.0
"""The most that the label original may gain in a paragraph without words."""

WORDS = "surface.words"
"""The feature that tells how short a paragraph is."""


def fit_additive(
    names: Sequence[str], rows: Measured, unused: Sequence[str], seed: int
) -> AdditiveModel:
    """Fit the tables; features in ``unused`` keep empty ones.

    Those are measured and shown, but not judged by.
    """
    blank = np.where(np.isin(names, unused), np.nan, rows.vectors)
    # More steps fit the sources of the rows, and tell others less well.
    classifier = VerdictClassifier(
        max_iter=150, min_samples_leaf=100, random_state=seed
    )
    classifier.fit(blank, rows.kinds, rows.weights)
    labels = kind_labels(classifier.classes_.tolist())
    fitted = replace(classifier.model_, features=tuple(names), labels=labels)
    return rounded(wary(fitted))


def wary(model: AdditiveModel) -> AdditiveModel:
    """Return the model with tables of findings that never speak for people.

    Scraped text of people has more stray marks than the newswire that translators were
    given; that is how the rows were found, and nothing about who wrote them.
    """
    own = model.labels.index(LABELS.index(Label.ORIGINAL))
    scores = []
    for name, score in zip(model.features, model.scores, strict=True):
        if name.startswith("rules.") and len(score) > 2:
            lead = score[:, [own]] - score
            excess = np.maximum(lead[1:-1] - lead[0], 0)
            score = score.copy()
            score[1:-1] += excess
        scores.append(score)
    return replace(model, scores=tuple(scores))


def rounded(model: AdditiveModel, slope: float = 1.0) -> AdditiveModel:
    """Return the model with its scores times ``slope``, in five digits."""
    return replace(
        model,
        scores=tuple((score * slope).round(5) for score in model.scores),
        intercept=(model.intercept * slope).round(5),
    )


def slope_for(logits: Callable[[float], Array], rows: Measured) -> float:
    """Return what scores must be multiplied by for rows of unseen sources.

    ``logits`` gives the logits of the labels by the slope. Temperature scaling: Guo et
    al., "On Calibration of Modern Neural Networks", ICML 2017. The labels count as they
    stand, most of them people's, as texts are met, but no source counts for more than
    ``LARGEST_SOURCE`` rows: one that is all wrong would make all others doubtful. The
    slope is of the scores before they lean, for that is a matter of costs and says
    nothing of how sure the tables are.
    """
    weights = source_weights(rows.rows)
    places = np.arange(len(rows.labels))
    losses = [
        -np.average(
            np.log(softmax(logits(slope))[places, rows.labels]), weights=weights
        )
        for slope in _SLOPES
    ]
    return float(_SLOPES[int(np.argmin(losses))])


class Leaning(NamedTuple):
    """What the label original gains: in any paragraph, and by ``shortness`` besides."""

    always: float
    short: float

    def gains(self, n_words: Array) -> Array:
        """Return what paragraphs of so many words gain, of shape (texts, labels)."""
        own = self.always + self.short * shortness(n_words)
        found: Array = np.outer(own, IN_FAVOUR)
        return found


class Unseen(NamedTuple):
    """Paragraphs of unseen sources: logits, places of their labels, words."""

    logits: Array
    labels: NDArray[np.int64]
    n_words: Array


def fit_leaning(whole: Unseen, windows: Unseen) -> Leaning:
    """Return how whole paragraphs, and short windows of such, lean towards people.

    The log-odds of style have an offset that grows with the text, and the corpus has
    short paragraphs of machines but hardly any of people, so most short ones would be
    called a machine's.
    """
    always = Leaning(leaning(whole.logits, whole.labels), 0.0)
    logits = windows.logits + always.gains(windows.n_words)
    short = leaning(logits, windows.labels, shortness(windows.n_words), _SHORT_LEANING)
    gained = whole.logits + Leaning(0.0, short).gains(whole.n_words)
    # Some whole paragraphs are short too, and must not lean twice.
    return Leaning(leaning(gained, whole.labels), short)


def favouring(model: AdditiveModel, shift: float) -> AdditiveModel:
    """Return the model with ``shift`` added to the logit of the label original."""
    gains = shift * IN_FAVOUR[list(model.labels)]
    return rounded(replace(model, intercept=model.intercept + gains))


def leaning(
    logits: Array,
    labels: NDArray[np.int64],
    shares: Array | float = 1.0,
    largest: float = 1.0,
) -> float:
    """Return the most that the label original may gain for ``F1_COST``.

    Flagging a person's text costs more than missing another, and most texts are by
    people. Labels that weigh alike, as in the fit, know nothing of that. A row gets its
    share of the gain.
    """
    if not len(labels):
        return 0.0
    favour = np.outer(np.broadcast_to(shares, len(labels)), IN_FAVOUR)
    gains = np.arange(0, largest + 0.05, 0.05)
    scores = [
        f1_score(labels, (logits + gain * favour).argmax(axis=1), average="macro")
        for gain in gains
    ]
    kept = [at for at, value in enumerate(scores) if value >= max(scores) - F1_COST]
    return round(float(gains[kept[-1]]), 2)


@dataclass(frozen=True, slots=True)
class Group:
    """Paragraphs of one document that came about in one way."""

    logits: Array
    n_words: Array
    label: int


def chance(model: AdditiveModel, noise: Noise, columns: Sequence[int]) -> list[float]:
    """Return what findings add to each label a word in pages as scrapers leave them.

    ``columns`` are the places of the model's features in the full vectors.
    """
    facts = model.facts(model.contributions(noise.vectors[:, columns])).sum(axis=0)
    found: list[float] = (facts / max(noise.n_words, 1)).round(7).tolist()
    return found


def fit_context(
    known: Sequence[Group],
    others: Sequence[Group],
    by_chance: Sequence[float],
    short: float,
) -> Context:
    """Return the context that makes neighbours' labels likeliest, by grid search.

    That is sought in all groups. Documents lean towards people as paragraphs do, since
    pooling sharpens what is said: by what the ``known`` ones bear, of the rows that
    tell how paragraphs lean. ``by_chance`` is what findings add a word by chance,
    ``short`` what the label original gains in a text without words.
    """
    groups = (*known, *others)
    # The rows of the corpus have next to no findings, so chance is left out meanwhile.
    plain = Context(0.0, 1.0, 0.0, 60.0, 0.0, 0.0, short, (0.0,) * len(LABELS))
    tried = [
        replace(plain, share=share, words=words, damping=damping)
        for share in (0.0, 0.5, 1.0, 2.0, 3.0, 5.0)
        for words in (30.0, 60.0, 120.0, 240.0)
        for damping in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]
    best = tried[int(np.argmin([_paragraph_loss(groups, one) for one in tried]))]
    exponents = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
    losses = [
        _document_loss(groups, replace(plain, exponent=exponent))
        for exponent in exponents
    ]
    chosen = exponents[int(np.argmin(losses))]
    pooling = replace(best, exponent=chosen)
    if not known:
        return replace(pooling, chance=tuple(by_chance))
    logits = np.array([_pooled(group, pooling) for group in known])
    lean = leaning(logits, np.array([group.label for group in known]))
    return replace(pooling, lean=round(lean, 2), chance=tuple(by_chance))


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
    facts = np.zeros_like(group.logits)
    return context.document(group.logits, group.n_words, facts)
