"""Correlations of artefacts with scores, in all resamples at once.

Pearson's r, Spearman's rho and Kendall's tau-b are one coefficient of what is said of
each pair: by how much two systems differ, by how many ranks, and in which direction
(Daniels 1944). Pairs of several contests are pooled by adding up.
"""

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from mtcheck.benchmarking.bootstrap import counted_below
from mtcheck.benchmarking.figures import Array

_DIGITS = 9
"""Values that agree to so many are ties; sums of floats differ in the last ones."""

_NOTHING = 1e-12
"""Sums of squares that are nought but for those digits."""


def _differences(values: Array) -> Array:
    found: Array = values[:, :, np.newaxis] - values[:, np.newaxis, :]
    return found


def _directions(values: Array) -> Array:
    return np.sign(np.round(_differences(values), _DIGITS))


def _rank_differences(values: Array) -> Array:
    return _differences(_directions(values).sum(axis=2))


PAIRED: Mapping[str, Callable[[Array], Array]] = {
    "pearson": _differences,
    "spearman": _rank_differences,
    "kendall": _directions,
}
"""What each coefficient says of the pairs: (resamples, n) to (resamples, n, n)."""


def of_systems(contests: Iterable[tuple[Array, Array]]) -> dict[str, Array]:
    """Return each coefficient in each resample, over the pairs within each contest.

    A contest has two arrays of the shape (resamples, systems). NaN where one of them
    does not vary.
    """
    sums: dict[str, Array] = {}
    for one, other in contests:
        for name, pairs in PAIRED.items():
            left, right = pairs(one), pairs(other)
            products = (left * right, left**2, right**2)
            found = np.array([each.sum(axis=(1, 2)) for each in products])
            sums[name] = sums.get(name, 0) + found
    return {name: _coefficient(*found) for name, found in sums.items()}


def of_texts(
    groups: Iterable[tuple[Array, Array, Array]],
) -> dict[str, Array]:
    """Return Pearson's and Spearman's coefficients of texts within their groups.

    A group has two arrays of values and its weights of shape (texts, resamples). Ranks
    are those in the resample.
    """
    sums: dict[str, Array] = {}
    for one, other, weights in groups:
        columns = one[:, np.newaxis], other[:, np.newaxis]
        ranks = ranked(one, weights), ranked(other, weights)
        for name, pair in (("pearson", columns), ("spearman", ranks)):
            left, right = (_centred(values, weights) for values in pair)
            products = (left * right, left**2, right**2)
            found = np.array([(weights * each).sum(axis=0) for each in products])
            sums[name] = sums.get(name, 0) + found
    return {name: _coefficient(*found) for name, found in sums.items()}


def ranked(values: Array, weights: Array) -> Array:
    """Return the mean rank of each value in each resample, less a half.

    >>> ranked(np.array([0.5, 0.1, 0.5]), np.ones((3, 1))).T
    array([[2. , 0.5, 2. ]])
    """
    return counted_below(values, values, weights)[0]


def _centred(values: Array, weights: Array) -> Array:
    with np.errstate(invalid="ignore"):
        means = (weights * values).sum(axis=0) / weights.sum(axis=0)
    # A group that was not drawn adds nothing.
    found: Array = values - np.nan_to_num(means)
    return found


def _coefficient(products: Array, one: Array, other: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Array = products / np.sqrt(one * other)
    return np.where((one > _NOTHING) & (other > _NOTHING), found, np.nan)
