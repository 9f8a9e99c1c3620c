"""Fit the classifier of a tier, its thresholds, and the figures of its card."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.metrics import f1_score, roc_auc_score

from mtcheck.classify import AdditiveModel, Array, Context, softmax
from mtcheck.extract import Tier, schema
from mtcheck.types import LABELS, Label
from training.additive import Group, calibrated, fit_additive, fit_context
from training.data import Row, label_index
from training.measured import Measured

UNUSED = ("surface.words", "grammar.errors_per_100_words")
"""Measured and shown, not judged by: length tells a row's source and not its kind."""

RATES = ("0.001", "0.01", "0.05")
"""The false-alarm rates of the thresholds."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A classifier with its context, thresholds and figures on sources left out."""

    model: AdditiveModel
    context: Context
    thresholds: dict[str, dict[str, float]]
    figures: dict[str, Any]


def columns(tier: Tier) -> list[int]:
    """Return the places of a tier's features in the full vector."""
    full = schema("full").names
    return [full.index(name) for name in schema(tier).names]


def fit_tier(measured: Measured, tier: Tier, seed: int) -> Fitted:
    """Fit one tier; figures and thresholds come from folds of whole sources."""
    names, chosen = schema(tier).names, columns(tier)
    labels, weights = measured.labels, measured.weights
    vectors = measured.vectors[:, chosen]
    logits = np.full((len(labels), len(LABELS)), np.nan)
    for fold in np.unique(measured.folds):
        kept = measured.folds != fold
        own = ~kept & measured.is_unseen
        model = fit_additive(
            names, vectors[kept], labels[kept], weights[kept], UNUSED, seed
        )
        logits[own] = model.logits(vectors[own])
    unseen = measured.take(measured.is_unseen)
    logits = logits[measured.is_unseen]
    model = fit_additive(names, vectors, labels, weights, UNUSED, seed)
    model, slope = calibrated(model, logits, unseen.labels, unseen.weights)
    context = fit_context(_groups(unseen, slope * logits))
    shares = softmax(slope * logits)
    whole = np.array([not row.is_made for row in unseen.rows])
    rows = [row for row in unseen.rows if not row.is_made]
    return Fitted(
        model, context, _thresholds(rows, shares[whole]), figures(rows, shares[whole])
    )


def figures(rows: Sequence[Row], shares: Array) -> dict[str, Any]:
    """Return macro-F1, and for each made label the area under its curve to people."""
    labels = np.array([label_index(row) for row in rows])
    human = np.array([row.detail == "human" for row in rows])
    found: dict[str, Any] = {
        "rows": len(rows),
        "macro_f1": _rounded(f1_score(labels, shares.argmax(axis=1), average="macro")),
    }
    for label in LABELS[1:]:
        at = LABELS.index(label)
        both = human | (labels == at)
        if len(set(labels[both] == at)) == 2:
            area = roc_auc_score(labels[both] == at, shares[both, at])
            found[f"auc_{label}"] = _rounded(area)
    return found


def _rounded(value: float) -> float:
    return round(float(value), 4)


def _thresholds(rows: Sequence[Row], shares: Array) -> dict[str, dict[str, float]]:
    """Return for each made label what human text passes at each rate."""
    human = np.array([row.detail == "human" for row in rows])
    return {
        label: {
            rate: round(float(np.quantile(shares[human, at], 1 - float(rate))), 5)
            for rate in RATES
        }
        for at, label in enumerate(LABELS)
        if label != Label.ORIGINAL
    }


def _groups(measured: Measured, logits: Array) -> list[Group]:
    """Return the documents of two and more whole paragraphs, a group a system."""
    members: dict[tuple[str, ...], list[int]] = {}
    for at, row in enumerate(measured.rows):
        if not row.is_made:
            key = (row.doc_id, row.source, row.system, row.detail, row.label)
            members.setdefault(key, []).append(at)
    labels = measured.labels
    return [
        Group(
            logits[group],
            np.array([float(len(measured.rows[at].text.split())) for at in group]),
            int(labels[group[0]]),
        )
        for group in members.values()
        if len(group) > 1
    ]
