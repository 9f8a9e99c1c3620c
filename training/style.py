"""What is learnt from labelled text: class language models and n-gram weights."""

import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from mtcheck.batch import Batch
from mtcheck.extract.contrast import MODELS
from mtcheck.extract.style import BUCKET_BITS, Grams, count
from mtcheck.language_model import spell
from mtcheck.types import LABELS, Label
from training.data import Row, label_index
from training.kenlm_tools import KenlmTools

ORDERS = {"word": (3, (0, 0, 1)), "char": (4, (0, 0, 1, 1))}
"""Order and pruning of the class models; longer runs that are seen once are dropped."""

MIN_ROWS = 8
"""An n-gram needs so many paragraphs, or its weight stays zero."""

MIN_SOURCES = 3
"""It also needs so many sources: what one source has is its topic, not a style."""

Lines = list[tuple[str, ...]]


def fit_class_models(
    rows: Sequence[Row], lines: Sequence[Lines], folder: Path, tools: KenlmTools
) -> None:
    """Estimate a word and a character model for each class into ``folder``."""
    for label, kind in MODELS:
        own = [
            text for row, text in zip(rows, lines, strict=True) if row.label == label
        ]
        # Characters run on over sentence ends, as ``Contrast`` reads them.
        words = (" ".join(line) for text in own for line in text)
        chars = (spell(" ".join(" ".join(line) for line in text)) for text in own)
        order, prune = ORDERS[kind]
        feed = words if kind == "word" else chars
        tools.estimate(
            feed, folder / f"{label}.{kind}.klm", order, prune, memory="500M"
        )


def bucket_matrix(batch: Batch, grams: Grams) -> csr_matrix:
    """Return the sublinear n-gram counts of each paragraph, a row each."""
    counted = count(batch, grams)
    places = (counted.paragraphs, counted.buckets)
    return csr_matrix((counted.weights, places), shape=(len(batch), 1 << BUCKET_BITS))


def fit_style(matrix: csr_matrix, rows: Sequence[Row]) -> NDArray[np.float16]:
    """Return the weights of ``Style``: rewritten, machine, and idf for each bucket.

    ``matrix`` has the n-gram counts of the rows, of shape (rows, buckets).
    """
    labels = np.array([label_index(row) for row in rows])
    sources = np.array([row.source for row in rows])
    n_rows = matrix.getnnz(0)
    n_sources = sum(
        (matrix[sources == name].getnnz(0) > 0).astype(int)
        for name in sorted(set(sources))
    )
    kept = (n_rows >= MIN_ROWS) & (n_sources >= MIN_SOURCES)
    idf = np.where(kept, np.log((1 + matrix.shape[0]) / (1 + n_rows)) + 1, 0)
    scaled = matrix.multiply(idf[np.newaxis, :]).tocsr().astype(np.float32)
    norms = np.sqrt(np.asarray(scaled.multiply(scaled).sum(1)).ravel())
    scaled = csr_matrix(
        scaled.multiply((1 / np.maximum(norms, 1e-9))[:, np.newaxis]), dtype=np.float32
    )
    scaled.eliminate_zeros()
    # The tolerance is on the mean gradient, tiny where a text has many n-grams;
    # stopping early is part of the regularisation.
    model = LogisticRegression(class_weight="balanced", max_iter=100, tol=3e-4)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # 100 steps are the recipe
        model.fit(scaled, labels)
    weights = np.zeros((matrix.shape[1], 3), np.float32)
    own = model.coef_[LABELS.index(Label.ORIGINAL)]
    weights[:, 0] = model.coef_[LABELS.index(Label.PARAPHRASED)] - own
    weights[:, 1] = model.coef_[LABELS.index(Label.MACHINE_MANGLED)] - own
    weights[:, 2] = idf
    return weights.astype(np.float16)
