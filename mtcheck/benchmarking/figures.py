"""Figures of labelled texts with their probabilities; NaN where nothing is measured.

What made labels are compared with are negatives: the scores of original texts.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mtcheck.types import LABELS, Label

Array = NDArray[Any]

MADE = tuple(label for label in LABELS if label != Label.ORIGINAL)
"""The labels of what people did not write."""

N_BINS = 15
"""Bins of confidence for the calibration error."""


def macro_f1(truth: Array, said: Array) -> float:
    """Return the mean F1 of the labels that occur."""
    scores = []
    for label in np.union1d(truth, said):
        hits = ((truth == label) & (said == label)).sum()
        scores.append(2 * hits / ((truth == label).sum() + (said == label).sum()))
    return float(np.mean(scores))


def area(positive: Array, negative: Array) -> float:
    """Return the chance that a positive scores above a negative; ties count half.

    It is the area under the curve (Hanley and McNeil 1982).

    >>> area(np.array([0.9, 0.5]), np.array([0.5, 0.1]))
    0.875
    """
    if not len(positive) or not len(negative):
        return math.nan
    negative = np.sort(negative)
    below = np.searchsorted(negative, positive, side="left")
    up_to = np.searchsorted(negative, positive, side="right")
    return float((below + up_to).mean() / (2 * len(negative)))


def recalls(positive: Array, negative: Array, rates: Sequence[float]) -> list[float]:
    """Return the share of positives above the threshold for each rate of false alarms.

    A threshold is the quantile of the negatives, between two of them if need be.
    """
    if not len(negative):
        return [math.nan] * len(rates)
    levels = np.quantile(negative, [1 - rate for rate in rates])
    return [mean(positive > level) for level in levels]


def calibration_error(confidence: Array, is_right: Array) -> float:
    """Return the expected calibration error over bins of equal width.

    The mean distance of confidence and accuracy, each bin by its share of texts (Naeini
    et al. 2015; Guo et al. 2017).
    """
    gaps = np.bincount(
        bins_of(confidence), weights=is_right - confidence, minlength=N_BINS + 2
    )
    return float(np.abs(gaps).sum() / len(confidence))


def bins_of(confidence: Array) -> Array:
    """Return the bin of each confidence; one on an edge lies in the bin below it."""
    bins: Array = np.searchsorted(
        np.linspace(0, 1, N_BINS + 1), confidence, side="left"
    )
    return bins


def mean(values: Array) -> float:
    """Return the mean; NaN where there is nothing to measure on."""
    return float(values.mean()) if len(values) else math.nan
