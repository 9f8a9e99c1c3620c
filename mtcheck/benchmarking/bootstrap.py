"""Figures over resampled documents, all resamples at once.

A resample is how often each document was drawn (Efron 1979), so that a figure of it is
one of weighted texts: nothing is copied, and scores are sorted once. The first resample
has every document once; its figures are those of the data.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isnan

import numpy as np

from mtcheck.benchmarking.figures import MADE, N_BINS, Array, bins_of
from mtcheck.types import LABELS

RATES = (0.001, 0.01, 0.05)
"""Shares of originals that may be called something else."""

_CELLS = 4_000_000
"""Weights that are held at a time: some hundred MB with what is made of them."""


@dataclass(frozen=True)
class Group:
    """Texts that are measured together, and the originals that made ones must beat.

    ``labels`` tells which labels count in macro-F1: were it those that a resample
    happens to hold, a label of few texts would make the figure jump.
    """

    rows: Array
    originals: Array
    labels: Array


def drawn(
    n_documents: int, n_resamples: int, seed: int, n_rows: int
) -> Iterator[Array]:
    """Yield how often each document is drawn, some resamples at a time.

    Arrays have the shape (resamples, documents); the first resample is the data.
    """
    random = np.random.default_rng(seed)
    most = max(1, _CELLS // max(n_rows, 1))
    rows = [np.ones(n_documents)]
    for _ in range(n_resamples):
        if len(rows) == most:
            yield np.array(rows)
            rows = []
        chosen = random.integers(0, n_documents, n_documents)
        rows.append(np.bincount(chosen, minlength=n_documents).astype(float))
    yield np.array(rows)


def measured(
    truth: Array, shares: Array, weights: Array, groups: Sequence[Group]
) -> list[dict[str, Array]]:
    """Return the figures of each group in each resample; NaN where there is no text.

    ``weights`` has the shape (texts, resamples).
    """
    said = shares.argmax(axis=1)
    found = [
        of_counts(
            drawn_confusions(truth[group.rows], said[group.rows], weights[group.rows]),
            group.labels,
        )
        for group in groups
    ]
    with np.errstate(divide="ignore", invalid="ignore"):
        for label in MADE:
            at = LABELS.index(label)
            _add_areas(label, truth == at, shares[:, at], weights, groups, found)
    return found


def calibration_errors(truth: Array, shares: Array, weights: Array) -> Array:
    """Return the calibration error of all texts in each resample."""
    confidence = shares.max(axis=1)
    gaps = _indicators(bins_of(confidence), N_BINS + 2)
    gaps *= ((truth == shares.argmax(axis=1)) - confidence)[:, np.newaxis]
    found: Array = np.abs(gaps.T @ weights).sum(axis=0) / weights.sum(axis=0)
    return found


def drawn_confusions(truth: Array, said: Array, weights: Array) -> Array:
    """Return the confusion matrix of texts in each resample.

    The shape is (resamples, true label, said label).
    """
    n_labels = len(LABELS)
    cells = _indicators(truth * n_labels + said, n_labels**2)
    return (weights.T @ cells).reshape(-1, n_labels, n_labels)


def of_counts(counts: Array, labels: Array) -> dict[str, Array]:
    """Return the figures of confusion matrices of shape (…, true label, said label).

    ``labels`` tells of each label whether it counts in macro-F1.
    """
    hits = np.diagonal(counts, axis1=-2, axis2=-1)
    true, said = counts.sum(axis=-1), counts.sum(axis=-2)
    with np.errstate(divide="ignore", invalid="ignore"):
        f1 = 2 * hits / (true + said)
        occurs = true + said > 0
        counted = occurs & labels
        found = {
            "macro_f1": np.where(counted, f1, 0).sum(axis=-1) / counted.sum(axis=-1),
            "accuracy": hits.sum(axis=-1) / true.sum(axis=-1),
        }
        precision, recall = hits / said, hits / true
    for at, label in enumerate(LABELS):
        found[f"precision.{label}"] = precision[..., at]
        found[f"recall.{label}"] = recall[..., at]
        found[f"f1.{label}"] = np.where(occurs, f1, np.nan)[..., at]
    return found


def _indicators(places: Array, n_places: int) -> Array:
    found = np.zeros((len(places), n_places))
    found[np.arange(len(places)), places] = 1
    return found


def _add_areas(
    label: str,
    is_made: Array,
    scores: Array,
    weights: Array,
    groups: Sequence[Group],
    found: Sequence[dict[str, Array]],
) -> None:
    """Add the area under the curve and the recalls of a label to each group's figures.

    Groups that share their originals share the work.
    """
    made = np.flatnonzero(is_made)
    owners = Counter(id(group.originals) for group in groups)
    known: dict[int, tuple[Array, Array]] = {}
    for group, figures in zip(groups, found, strict=True):
        own = group.rows[is_made[group.rows]]
        key, originals = id(group.originals), group.originals
        places = made if owners[key] > 1 else own
        if key not in known:
            known[key] = ranked(scores[places], scores[originals], weights[originals])
        ranks, levels = known[key]
        own_weights = weights[own]
        total = own_weights.sum(axis=0)
        ranks = ranks[np.searchsorted(places, own)]
        figures[f"auc.{label}"] = (own_weights * ranks).sum(axis=0) / total
        for rate, level in zip(RATES, levels, strict=True):
            recall = (own_weights * (scores[own, np.newaxis] > level)).sum(axis=0)
            # Of fewer originals, the rate asks for less than one of them.
            is_given = len(originals) * rate >= 1
            figures[f"recall_at_{rate:g}.{label}"] = (
                recall / total if is_given else np.full(len(total), np.nan)
            )


def ranked(positive: Array, negative: Array, weights: Array) -> tuple[Array, Array]:
    """Return the share of negatives below each positive, and the levels of ``RATES``.

    Shapes are (positives, resamples) and (rates, resamples); ``weights`` are those of
    the negatives. Ties count half; a level is numpy's quantile of the resample.
    """
    n_below, ordered, sums = counted_below(positive, negative, weights)
    levels = np.array([_levels(ordered, one) for one in sums.T.copy()]).T
    return n_below / sums[-1], levels


def counted_below(
    values: Array, others: Array, weights: Array
) -> tuple[Array, Array, Array]:
    """Return how many of the others are below each value; ties count half.

    Beside it, of shape (values, resamples), the others in order and the sums of their
    ``weights`` in that order, from nought on.
    """
    order = np.argsort(others, kind="stable")
    ordered = others[order]
    below = np.searchsorted(ordered, values, side="left")
    up_to = np.searchsorted(ordered, values, side="right")
    sums = np.zeros((len(others) + 1, weights.shape[1]))
    np.cumsum(weights[order], axis=0, out=sums[1:])
    return (sums[below] + sums[up_to]) / 2, ordered, sums


def _levels(negative: Array, sums: Array) -> Array:
    """Return the quantiles of values that stand as often as the steps of ``sums``."""
    total = sums[-1]
    if not total:
        return np.full(len(RATES), np.nan)
    place = (total - 1) * (1 - np.array(RATES))
    first = np.floor(place)
    share = place - first
    last = np.minimum(first + 1, total - 1)
    low, high = negative[np.searchsorted(sums, [first, last], side="right") - 1]
    # As numpy does it, so that equal neighbours give exactly their value.
    gap = high - low
    found: Array = np.where(share < 0.5, low + gap * share, high - gap * (1 - share))
    return found


def interval(values: Array) -> tuple[float, float]:
    """Return the middle 95 % of the resamples, widened to hold the figure itself.

    ``values`` begin with the figure. Those that resampling shifts, such as a
    calibration error, may lie outside of the percentiles.
    """
    held = values[~np.isnan(values)]
    if not len(held) or np.isnan(values[0]):
        return np.nan, np.nan
    low, high = np.quantile(held[1:] if len(held) > 1 else held, [0.025, 0.975])
    return float(min(low, values[0])), float(max(high, values[0]))


def figure(values: Array) -> dict[str, float | None]:
    """Return a figure with its interval, as a report has it."""
    low, high = interval(values)
    return {"value": plain(values[0]), "low": plain(low), "high": plain(high)}


def plain(value: float) -> float | None:
    """Return a number as JSON has it: NaN is null."""
    return None if isnan(value) else float(value)


def joined(parts: Sequence[Mapping[str, Array]]) -> dict[str, Array]:
    """Return the figures of some resamples after another as one array each."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
