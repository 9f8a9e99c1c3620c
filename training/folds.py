"""Folds of rows: whole documents, or whole sources, stand on one side of a fit."""

import hashlib
from collections.abc import Sequence

import numpy as np

from mtcheck.types import LABELS
from training.data import Row
from training.kinds import KINDS, kind_index

SOURCE_FOLDS, DOCUMENT_FOLDS = 6, 3
"""Folds by which sources, and documents, are left out; few would leave out too much."""


def document_folds(rows: Sequence[Row], n_folds: int) -> list[int]:
    """Return a fold for each row, by a hash of its document, so versions share it."""
    return [hashlib.sha256(row.doc_id.encode()).digest()[0] % n_folds for row in rows]


def source_folds(rows: Sequence[Row], n_folds: int) -> list[int]:
    """Return a fold for each row so that sources stay whole and kinds are spread.

    A fold that takes next to all of a kind, or none, would leave a model unlike those
    of the other folds. What counts is a source's share of its kind, for some kinds have
    far more rows than others. The largest share is placed first, each source where the
    kinds stay most even.
    """
    counts = {row.source: np.zeros(len(KINDS)) for row in rows}
    for row in rows:
        counts[row.source][kind_index(row)] += 1
    totals = np.maximum(sum(counts.values()), 1)
    shares = {source: found / totals for source, found in counts.items()}
    filled = np.zeros((n_folds, len(KINDS)))
    home = {}
    for source in sorted(shares, key=lambda name: (-shares[name].max(), name)):
        growth = ((filled + shares[source]) ** 2 - filled**2).sum(axis=1)
        home[source] = int(growth.argmin())
        filled[home[source]] += shares[source]
    return [home[row.source] for row in rows]


def leave_all_labels(folds: Sequence[int], rows: Sequence[Row]) -> bool:
    """Tell whether each fold leaves rows of every label to learn from."""
    pairs = list(zip(rows, folds, strict=True))
    return all(
        len({row.label for row, own in pairs if own != fold}) == len(LABELS)
        for fold in set(folds)
    )
