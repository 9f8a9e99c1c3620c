"""What is learnt of style from labelled text: weights of n-grams for each manner."""

import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from mtcheck.batch import Batch
from mtcheck.classify import Array
from mtcheck.extract.style import BUCKET_BITS, MANNERS, Grams, count
from mtcheck.types import LABELS, Label
from training.data import Row, label_index
from training.domains import domain_weights

MIN_ROWS = 8
"""An n-gram needs so many paragraphs, or its weight stays zero."""

MIN_SOURCES = 3
"""It also needs so many sources: what one source has is its topic, not a style."""

PENALTY = 3.0
"""Inverse strength of the ridge penalty, chosen on dev."""

SPARSE = 1 / 16
"""With a smaller share of the buckets filled, no steps are taken over the empty ones.

Their coefficients are zero either way. With more, that would save less, and sums that
round otherwise would give the full data other models than they gave before.
"""

_ORIGINAL = LABELS.index(Label.ORIGINAL)

Weights = NDArray[np.float16]


def bucket_matrix(batch: Batch, grams: Grams) -> csr_matrix:
    """Return the sublinear n-gram counts of each paragraph, a row each."""
    counted = count(batch, grams)
    places = np.repeat(np.arange(len(batch)), counted.sizes), counted.buckets
    return csr_matrix((counted.weights, places), shape=(len(batch), 1 << BUCKET_BITS))


def fit_style(matrix: csr_matrix, rows: Sequence[Row]) -> Weights:
    """Return the weights of ``Style``: a column for each manner, and idf.

    ``matrix`` has the n-gram counts of the rows, of shape (rows, buckets). What
    rewriting and translation have in common with neither is learnt of all rows that
    were met, of the round trips apart: with these among them, statistical translation
    is told less well. Nor do round trips say which n-grams count, and by how much: how
    many of them are made must not move what is learnt of met text. Spun rows have the
    style of their originals, and teach none.
    """
    is_trip = np.array([row.is_round_trip for row in rows])
    is_met = np.array([not row.is_made for row in rows])
    labels = np.array([label_index(row) for row in rows])
    idf = _idf(matrix[is_met], np.array([row.source for row in rows])[is_met])
    scaled = _scaled(matrix, idf)
    weights = np.zeros((matrix.shape[1], len(MANNERS) + 1), np.float32)
    balanced = domain_weights([row for row in rows if not row.is_made])
    met = _coefficients(scaled[is_met], labels[is_met], balanced)
    for column, label in enumerate((Label.PARAPHRASED, Label.MACHINE_MANGLED)):
        if LABELS.index(label) in met:
            weights[:, column] = met[LABELS.index(label)] - met[_ORIGINAL]
    if is_trip.any():
        both = is_trip | (is_met & (labels == _ORIGINAL))
        classes = is_trip[both].astype(np.int64)
        halves = np.where(classes == 1, 1 / classes.sum(), 1 / (classes == 0).sum())
        found = _coefficients(scaled[both], classes, halves)
        weights[:, 2] = found[1] - found[0]
    weights[:, -1] = idf
    return weights.astype(np.float16)


def style_logits(matrix: csr_matrix, weights: Weights) -> Array:
    """Return the log-odds of n-gram counts, of shape (rows, manners), by the weights.

    ``as_features`` makes of them what ``Style`` measures.
    """
    plain = weights.astype(np.float32)
    found: Array = (_scaled(matrix, plain[:, -1]) @ plain[:, :-1]).astype(np.float64)
    found[matrix.getnnz(1) == 0] = np.nan
    found[:, ~plain[:, :-1].any(axis=0)] = np.nan
    return found


def _idf(matrix: csr_matrix, sources: NDArray[np.str_]) -> NDArray[np.float32]:
    """Return the inverse document frequency of each bucket; zero where it is rare."""
    n_rows = matrix.getnnz(0)
    n_sources = np.zeros(matrix.shape[1], int)
    for name in sorted(set(sources)):
        n_sources += matrix[sources == name].getnnz(0) > 0
    kept = (n_rows >= MIN_ROWS) & (n_sources >= MIN_SOURCES)
    idf = np.where(kept, np.log((1 + matrix.shape[0]) / (1 + n_rows)) + 1, 0)
    return idf.astype(np.float32)


def _scaled(matrix: csr_matrix, idf: NDArray[np.float32]) -> csr_matrix:
    """Return the counts times idf, each row of length one."""
    scaled = matrix.multiply(idf[np.newaxis, :]).tocsr().astype(np.float32)
    scaled.eliminate_zeros()
    lengths = np.sqrt(np.asarray(scaled.multiply(scaled).sum(1)).ravel())
    lengths[lengths == 0] = 1
    return (diags((1 / lengths).astype(np.float32)) @ scaled).tocsr()


def _coefficients(
    scaled: csr_matrix, classes: NDArray[np.int64], weights: Array
) -> dict[int, Array]:
    """Return the coefficients of a logistic regression for each class."""
    filled = scaled.getnnz(0) > 0
    if filled.mean() >= SPARSE:
        filled[:] = True
    # The tolerance is on the mean gradient, tiny where a text has many n-grams;
    # stopping early is part of the regularisation.
    model = LogisticRegression(C=PENALTY, max_iter=100, tol=3e-4)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # 100 steps are the recipe
        model.fit(scaled[:, filled], classes, weights * len(weights) / weights.sum())
    found = np.zeros((len(model.coef_), scaled.shape[1]), model.coef_.dtype)
    found[:, filled] = model.coef_
    # Of two classes there is one row: the log-odds of the second.
    rows = found if len(found) > 1 else (-found[0], found[0])
    scale = 1.0 if len(found) > 1 else 0.5
    pairs = zip(model.classes_.tolist(), rows, strict=True)
    return {label: scale * row for label, row in pairs}
