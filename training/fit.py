"""Fit the classifier of a tier, its thresholds, and the figures of its card."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.metrics import f1_score, roc_auc_score

from mtcheck.classify import AdditiveModel, Array, Context, softmax
from mtcheck.extract import Tier, schema
from mtcheck.types import LABELS, Label
from training.additive import (
    Group,
    calibrated,
    fit_additive,
    fit_context,
    lenient,
)
from training.data import Row, label_index
from training.measured import Measured

UNUSED = (
    "surface.words",
    "grammar.errors_per_100_words",
    "contrast.word_machine_bits",
    "contrast.word_rewritten_bits",
    "contrast.word_machine_max_bits",
    "contrast.char_machine_bits",
    "rules.repetition_per_100_words",
    "rules.residue_per_100_words",
)
"""Measured for who asks, not judged by.

Length tells the source of a row and not its kind. Class models add nothing on dev to
what the n-grams of style say, and call more translations by people a machine's. What
repeats and what is left of the page says how a text was scraped, not who wrote it.
"""

RATES = ("0.001", "0.01", "0.05")
"""The false-alarm rates of the thresholds."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A classifier with its context, thresholds and figures on dev."""

    model: AdditiveModel
    context: Context
    thresholds: dict[str, dict[str, float]]
    figures: dict[str, Any]


def columns(tier: Tier) -> list[int]:
    """Return the places of a tier's features in the full vector."""
    full = schema("full").names
    return [full.index(name) for name in schema(tier).names]


def fit_tier(train: Measured, dev: Measured, tier: Tier, seed: int) -> Fitted:
    """Fit one tier on ``train``; scale, leaning, context and thresholds on ``dev``.

    The sources of ``dev`` are not those of ``train``, as those of users are not.
    """
    names, chosen = schema(tier).names, columns(tier)
    train = Measured(train.rows, train.vectors[:, chosen])
    dev = Measured(dev.rows, dev.vectors[:, chosen])
    model = fit_additive(names, train, UNUSED, seed)
    model = lenient(calibrated(model, dev), dev)
    logits = model.logits(dev.vectors)
    shares = softmax(logits)
    return Fitted(
        model,
        fit_context(_groups(dev, logits)),
        _thresholds(dev.rows, shares),
        figures(dev.rows, shares),
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
    """Return the documents of two and more paragraphs, a group a system."""
    members: dict[tuple[str, ...], list[int]] = {}
    for at, row in enumerate(measured.rows):
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
