"""Fit the classifier of a tier, its thresholds, and the figures of its card."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score, roc_auc_score

from mtcheck.classify import IN_FAVOUR, AdditiveModel, Array, Context, softmax
from mtcheck.extract import Tier, schema
from mtcheck.extract.grammar import EXTRACTOR as GRAMMAR
from mtcheck.types import LABELS
from training.additive import (
    WORDS,
    Group,
    Unseen,
    chance,
    favouring,
    fit_additive,
    fit_context,
    fit_leaning,
    rounded,
    slope_for,
)
from training.data import Row, label_index
from training.false_alarms import false_alarms, thresholds
from training.measured import Measured, Noise

UNUSED = (
    WORDS,
    *GRAMMAR.features,
    "readability.coleman_liau",
    "readability.lix",
    "readability.rix",
    "rules.repetition_per_100_words",
    "rules.residue_per_100_words",
)
"""Measured for who asks, not judged by.

Length tells the source of a row and not its kind; all that hangs on it is how much less
a short paragraph says (``fit_leaning``). Grammar mistakes set learners further apart
from other people than any machine text; fitted on train they cost macro-F1 on dev, as
their sign turns round (``python -m benchmarks.grammar``). Readability adds nothing on
dev to the lengths of words and sentences. What repeats and what is left of the page
says how a text was scraped, not who wrote it.
"""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A classifier with its context, thresholds, false alarms and figures on dev."""

    model: AdditiveModel
    context: Context
    thresholds: dict[str, dict[str, float]]
    false_alarms: dict[str, Any]
    figures: dict[str, Any]


def columns(tier: Tier) -> list[int]:
    """Return the places of a tier's features in the full vector."""
    full = schema("full").names
    return [full.index(name) for name in schema(tier).names]


def fit_tier(
    train: Measured,
    folds: NDArray[np.intp],
    dev: Measured,
    noise: Noise,
    tier: Tier,
    seed: int,
) -> Fitted:
    """Fit one tier on ``train``; scale and leaning on ``dev``.

    The sources of ``dev`` are not those of ``train``, as those of users are not. Its
    rows for non-commercial use, learners' and pages', are for the thresholds alone.

    ``folds`` parts the rows of ``train`` by source; thresholds, and how paragraphs
    inform each other, are of ``dev`` and of the rows of each fold, judged by the tables
    that the other folds give: ``dev`` alone has few sources of long documents.
    ``noise`` tells what findings there are by chance.
    """
    names, chosen = schema(tier).names, columns(tier)
    train, every = train.features(chosen), dev.features(chosen)
    dev = every.take(np.flatnonzero(~every.is_noncommercial))
    raw = fit_additive(names, train, UNUSED, seed)
    totals = raw.contributions(dev.vectors).sum(axis=1) + raw.intercept
    slope = slope_for(lambda slope: raw.merged(slope * totals), dev)

    def fit(rows: Measured) -> AdditiveModel:
        return rounded(fit_additive(names, rows, UNUSED, seed), slope)

    strange, held = left_out(train, folds, fit)
    scaled = rounded(raw, slope)
    logits = scaled.logits(dev.vectors)
    lean = fit_leaning(
        _unseen(dev, logits, names),
        _unseen(*_at(strange, held, strange.is_part), names),
    )

    def shares(rows: Measured, logits: Array) -> Array:
        return softmax(logits + lean.gains(rows.vectors[:, names.index(WORDS)]))

    strange, held = _at(strange, held, ~strange.is_part)
    rows = (*strange.rows, *every.rows)
    alone = shares(strange, held), shares(every, scaled.logits(every.vectors))
    pooled = np.concatenate(alone)
    levels = thresholds(rows, pooled)
    model = favouring(scaled, lean.always)
    own = groups(dev, model.logits(dev.vectors))
    found = np.array([not row.is_made for row in strange.rows], bool)
    others = groups(*_at(strange, held + lean.always * IN_FAVOUR, found))
    return Fitted(
        model,
        fit_context(own, others, chance(model, noise, chosen), lean.short),
        levels,
        false_alarms(rows, pooled, levels),
        figures(dev.rows, shares(dev, logits)),
    )


def _at(
    rows: Measured, logits: Array, chosen: NDArray[np.bool_]
) -> tuple[Measured, Array]:
    return rows.take(np.flatnonzero(chosen)), logits[chosen]


def _unseen(rows: Measured, logits: Array, names: Sequence[str]) -> Unseen:
    return Unseen(logits, rows.labels, rows.vectors[:, names.index(WORDS)])


def left_out(
    train: Measured,
    folds: NDArray[np.intp],
    fit: Callable[[Measured], AdditiveModel],
) -> tuple[Measured, Array]:
    """Return the rows that were measured once without their source, and their logits.

    Each is judged by a model that ``fit`` makes of the rows of other folds. Damage is
    left away: it says nothing that its originals do not.
    """
    own = np.flatnonzero(~train.is_familiar & ~train.is_damaged)
    kinds = set(train.kinds.tolist())
    logits = np.full((len(train.rows), len(LABELS)), np.nan)
    for fold in sorted(set(folds.tolist())):
        kept = train.take(np.flatnonzero(folds != fold))
        # Too few sources to leave any out: all that is left is to judge by them.
        model = fit(kept if set(kept.kinds.tolist()) == kinds else train)
        inside = own[folds[own] == fold]
        logits[inside] = model.logits(train.vectors[inside])
    return train.take(own), logits[own]


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


def groups(measured: Measured, logits: Array) -> list[Group]:
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
