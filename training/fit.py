"""Fit the classifier of a tier, its thresholds, and the figures of its card."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score, roc_auc_score

from mtcheck.classify import (
    IN_FAVOUR,
    AdditiveModel,
    Array,
    Context,
    Reading,
    softmax,
)
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
from training.domains import is_narrow
from training.false_alarms import (
    FEWEST,
    Levels,
    false_alarms,
    is_human,
    thresholds,
)
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

SURFACE = tuple(name for name in schema().names if name.startswith("surface."))
"""Lengths, punctuation and the like: no label shows in them but beside its domain."""


def unused(rows: Sequence[Row]) -> tuple[str, ...]:
    """Return the features that a language with these rows is not judged by.

    Where the labels share few domains, the surface tells those and not the labels: in
    German, sources left out are told better without it, in English worse
    (``python -m benchmarks.left_out``).
    """
    found = [row for row in rows if not row.is_made]
    return tuple(dict.fromkeys((*UNUSED, *SURFACE))) if is_narrow(found) else UNUSED


@dataclass(frozen=True, slots=True)
class Fitted:
    """A classifier with its context, thresholds, false alarms and figures on dev."""

    model: AdditiveModel
    context: Context
    thresholds: dict[Reading, Levels]
    false_alarms: dict[Reading, dict[str, Any]]
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
    left_away = unused(train.rows)
    raw = fit_additive(names, train, left_away, seed)
    totals = raw.contributions(dev.vectors).sum(axis=1) + raw.intercept
    slope = slope_for(lambda slope: raw.merged(slope * totals), dev)

    def fit(rows: Measured) -> AdditiveModel:
        return rounded(fit_additive(names, rows, left_away, seed), slope)

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
    alone = shares(strange, held), shares(every, scaled.logits(every.vectors))
    model = favouring(scaled, lean.always)
    found = np.array([not row.is_made for row in strange.rows], bool)
    others, of_others = _at(strange, held + lean.always * IN_FAVOUR, found)
    context = fit_context(
        groups(dev.rows, model.logits(dev.vectors)),
        groups(others.rows, of_others),
        chance(model, noise, chosen),
        lean.short,
    )
    judged = [
        (some.rows, logits, model.facts(model.contributions(some.vectors)))
        for some, logits in (
            (others, of_others),
            (every, model.logits(every.vectors)),
        )
    ]
    readings: dict[Reading, Read] = {
        "alone": Read((*strange.rows, *every.rows), np.concatenate(alone)),
        **in_documents(judged, context),
    }
    enough = {
        reading: read if is_human(read.rows).sum() >= FEWEST else readings["alone"]
        for reading, read in readings.items()
    }
    levels = {reading: thresholds(*read) for reading, read in enough.items()}
    return Fitted(
        model,
        context,
        levels,
        {name: false_alarms(*read, levels[name]) for name, read in enough.items()},
        figures(dev.rows, shares(dev, logits)),
    )


class Read(NamedTuple):
    """Texts and their probabilities: a row a text, or a document's first row."""

    rows: Sequence[Row]
    shares: Array


def in_documents(
    judged: Sequence[tuple[Sequence[Row], Array, Array]], context: Context
) -> dict[Reading, Read]:
    """Return paragraphs of documents, and such documents, as ``context`` reads them.

    ``judged`` are rows with their logits, and with what findings add to these.
    """
    paragraphs, documents = [], []
    shares, pooled = [np.empty((0, len(LABELS)))], [np.empty((0, len(LABELS)))]
    for rows, logits, facts in judged:
        for group in members(rows):
            own, n_words = logits[group], _n_words(rows, group)
            document = context.document(own, n_words, facts[group])
            paragraphs += [rows[at] for at in group]
            documents.append(rows[group[0]])
            shares.append(softmax(context.paragraphs(own, n_words)))
            pooled.append(softmax(document)[np.newaxis])
    return {
        "together": Read(paragraphs, np.concatenate(shares)),
        "document": Read(documents, np.concatenate(pooled)),
    }


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


def groups(rows: Sequence[Row], logits: Array) -> list[Group]:
    """Return the documents of two and more paragraphs, a group a system."""
    return [
        Group(logits[group], _n_words(rows, group), label_index(rows[group[0]]))
        for group in members(rows)
    ]


def members(rows: Sequence[Row]) -> list[list[int]]:
    """Return the places of each document's rows, where it has two and more."""
    found: dict[tuple[str, ...], list[int]] = {}
    for at, row in enumerate(rows):
        key = (row.doc_id, row.source, row.system, row.detail, row.label)
        found.setdefault(key, []).append(at)
    return [group for group in found.values() if len(group) > 1]


def _n_words(rows: Sequence[Row], group: Sequence[int]) -> Array:
    return np.array([float(len(rows[at].text.split())) for at in group])
