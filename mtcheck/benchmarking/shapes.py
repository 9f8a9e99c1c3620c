"""What the plots of a report show: confusion, calibration by bin, and the curves."""

from typing import Any

import numpy as np

from mtcheck.benchmarking.figures import MADE, N_BINS, Array, bins_of
from mtcheck.types import LABELS

_STEPS = 61
"""False-alarm rates a curve is drawn at, evenly on a log axis."""

LOWEST_RATE = 1e-3
"""Where the axis of false alarms begins."""


def confusion(truth: Array, shares: Array) -> list[list[int]]:
    """Return how many texts of each label (rows) are given which one (columns)."""
    n_labels = len(LABELS)
    places = truth * n_labels + shares.argmax(axis=1)
    counts = np.bincount(places, minlength=n_labels**2).reshape(n_labels, n_labels)
    return [[int(count) for count in row] for row in counts]


def reliability(truth: Array, shares: Array) -> list[dict[str, Any]]:
    """Return mean confidence and accuracy of each bin of confidence that has texts."""
    confidence, bins = shares.max(axis=1), bins_of(shares.max(axis=1))
    is_right = shares.argmax(axis=1) == truth
    return [
        {
            "n": int((bins == number).sum()),
            "confidence": float(confidence[bins == number].mean()),
            "accuracy": float(is_right[bins == number].mean()),
        }
        for number in range(N_BINS + 2)
        if (bins == number).any()
    ]


def curves(truth: Array, shares: Array) -> dict[str, list[list[float]]]:
    """Return, for each made label, false-alarm rates and the recalls at them."""
    found: dict[str, list[list[float]]] = {}
    rates = np.logspace(np.log10(LOWEST_RATE), 0, _STEPS)
    for label in MADE:
        at = LABELS.index(label)
        own, originals = shares[truth == at, at], shares[truth == 0, at]
        found[str(label)] = []
        if len(own) and len(originals):
            own = np.sort(own)
            # What a smaller sample cannot tell is not drawn.
            known = rates[rates * len(originals) >= 1]
            levels = np.quantile(originals, 1 - known)
            passed = 1 - np.searchsorted(own, levels, side="right") / len(own)
            found[str(label)] = [
                [float(rate), float(recall)]
                for rate, recall in zip(known, passed, strict=True)
            ]
    return found
