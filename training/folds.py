"""Folds of rows: whole documents, or whole sources, stand on one side of a fit."""

import hashlib
from collections.abc import Sequence

import numpy as np

from mtcheck.types import LABELS
from training.data import Row, label_index

SOURCE_FOLDS, DOCUMENT_FOLDS = 6, 3
"""Folds by which sources, and documents, are left out; few would leave out too much."""


def document_folds(rows: Sequence[Row], n_folds: int) -> list[int]:
    """Return a fold for each row, by a hash of its document, so versions share it."""
    return [hashlib.sha256(row.doc_id.encode()).digest()[0] % n_folds for row in rows]


def source_folds(rows: Sequence[Row], n_folds: int) -> list[int]:
    """Return a fold for each row so that sources stay whole and folds hold all labels.

    The largest source is placed first, each where the labels stay most even.
    """
    counts = {row.source: np.zeros(len(LABELS), np.int64) for row in rows}
    for row in rows:
        counts[row.source][label_index(row)] += 1
    filled = np.zeros((n_folds, len(LABELS)), np.int64)
    home = {}
    for source in sorted(counts, key=lambda name: (-counts[name].max(), name)):
        growth = ((filled + counts[source]) ** 2 - filled**2).sum(axis=1)
        home[source] = int(growth.argmin())
        filled[home[source]] += counts[source]
    return [home[row.source] for row in rows]


def leave_all_labels(folds: Sequence[int], rows: Sequence[Row]) -> bool:
    """Tell whether each fold leaves rows of every label to learn from."""
    pairs = list(zip(rows, folds, strict=True))
    return all(
        len({row.label for row, own in pairs if own != fold}) == len(LABELS)
        for fold in set(folds)
    )
