"""Whether two models differ by more than the choice of documents explains.

Paired bootstrap: Efron and Tibshirani 1993, Koehn 2004. Approximate randomisation:
Noreen 1989, Riezler and Maxwell 2005. Many comparisons: Holm 1979.
"""

from collections.abc import Sequence

import numpy as np

from mtcheck.benchmarking.bootstrap import of_counts
from mtcheck.benchmarking.figures import Array
from mtcheck.types import LABELS

_SLACK = 1e-12
"""Differences that are the same but for the order in which floats were added."""

_CELLS = 4_000_000


def bootstrap_p(differences: Array) -> float:
    """Return how often resampling alone moves a difference by as much as it is.

    ``differences`` begin with that of the data; the others are centred, which is what
    they would be if there were none (two-sided, with the data counted as a resample).
    NaN where the figure is not measured.
    """
    resampled = differences[1:]
    resampled = resampled[~np.isnan(resampled)]
    centred = resampled - resampled.mean() if len(resampled) else resampled
    return shuffled_p(np.concatenate([differences[:1], centred]))


def confusions(truth: Array, said: Array, document: Array) -> Array:
    """Return the confusion matrix of each document, as a row of cells."""
    n_cells = len(LABELS) ** 2
    places = document * n_cells + truth * len(LABELS) + said
    n_documents = int(document.max()) + 1
    counts = np.bincount(places, minlength=n_documents * n_cells)
    return counts.reshape(n_documents, n_cells).astype(float)


def randomisation_p(one: Array, other: Array, n_shuffles: int, seed: int) -> float:
    """Return how often macro-F1 differs as much when models swap documents by chance.

    ``one`` and ``other`` are the ``confusions`` of two models. All ways to swap are
    tried where there are no more than ``n_shuffles``, else that many are drawn.
    """
    gained = other - one
    # Documents that both judge alike change nothing when swapped.
    gained = gained[np.any(gained != 0, axis=1)]
    base, base_other = one.sum(axis=0), other.sum(axis=0)
    labels = base.reshape(len(LABELS), -1).sum(axis=1) > 0
    observed = abs(_macro_f1(base, labels) - _macro_f1(base_other, labels))
    n_documents = len(gained)
    is_exact = 2**n_documents <= n_shuffles
    n_shuffles = 2**n_documents if is_exact else n_shuffles
    random = np.random.default_rng(seed)
    step = max(1, _CELLS // max(n_documents, 1))
    n_as_large = 0
    for start in range(0, n_shuffles, step):
        n_more = min(step, n_shuffles - start)
        if is_exact:
            numbers = np.arange(start, start + n_more)[:, np.newaxis]
            swapped = (numbers >> np.arange(n_documents)) & 1
        else:
            swapped = random.integers(0, 2, (n_more, n_documents))
        moved = swapped @ gained
        differences = np.abs(
            _macro_f1(base + moved, labels) - _macro_f1(base_other - moved, labels)
        )
        n_as_large += int((differences >= observed - _SLACK).sum())
    # The data are one of all ways; among drawn ones they are counted as one more.
    extra = 0 if is_exact else 1
    return (n_as_large + extra) / (n_shuffles + extra)


def _macro_f1(cells: Array, labels: Array) -> Array:
    shape = (*cells.shape[:-1], len(LABELS), len(LABELS))
    return of_counts(cells.reshape(shape), labels)["macro_f1"]


def shuffled_p(differences: Array) -> float:
    """Return how often a difference is as large as in the data where chance made it.

    ``differences`` begin with that of the data, which are counted as one of the others;
    two-sided. NaN where the figure is not measured.
    """
    observed, others = abs(differences[0]), np.abs(differences[1:])
    others = others[~np.isnan(others)]
    if np.isnan(observed) or not len(others):
        return float("nan")
    n_as_large = (others >= observed - _SLACK).sum()
    return float((n_as_large + 1) / (len(others) + 1))


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values that hold although so many were asked for; NaN stays out.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    found = list(p_values)
    asked = [at for at, value in enumerate(p_values) if not np.isnan(value)]
    highest = 0.0
    for rank, at in enumerate(sorted(asked, key=lambda place: p_values[place])):
        highest = max(highest, min(1.0, p_values[at] * (len(asked) - rank)))
        found[at] = highest
    return found
