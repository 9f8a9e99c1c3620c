"""Feature vectors of labelled rows, by class models that did not see them."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from mtcheck.batch import Batch, cut
from mtcheck.classify import Array
from mtcheck.extract import Extraction
from mtcheck.extract.style import GRAMS
from mtcheck.language_model import Mask
from mtcheck.models import Resources
from mtcheck.types import LABELS
from training.class_models import (
    Lines,
    bucket_matrix,
    fit_class_models,
    fit_style,
)
from training.data import Row, document_folds, label_index, source_folds
from training.human import FILES
from training.kenlm_tools import KenlmTools

SOURCE_FOLDS, DOCUMENT_FOLDS = 6, 3
"""Folds by which sources, and documents, are left out; few would leave out too much."""

DAMAGE_WEIGHT = 0.3
"""Damage made here is plainer than what is met outside; it must not lead."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Corpus:
    """Labelled rows with their masked sentences and n-gram counts."""

    rows: tuple[Row, ...]
    lines: tuple[Lines, ...]
    counts: dict[str, csr_matrix]

    @classmethod
    def of(cls, rows: Sequence[Row], mask: Mask) -> Self:
        """Mask and count the rows."""
        lines: list[Lines] = []
        parts: dict[str, list[csr_matrix]] = {kind: [] for kind in GRAMS}
        for passages in cut([row.passage() for row in rows]):
            batch = Batch(passages, [()] * len(passages))
            lines += batch.masked_lines(mask)
            for kind, grams in GRAMS.items():
                parts[kind].append(bucket_matrix(batch, grams(batch, mask)))
        counts = {kind: vstack(matrices, "csr") for kind, matrices in parts.items()}
        return cls(tuple(rows), tuple(lines), counts)

    def take(self, places: Sequence[int]) -> "Corpus":
        """Return the rows at the given places."""
        return Corpus(
            tuple([self.rows[at] for at in places]),
            tuple([self.lines[at] for at in places]),
            {kind: matrix[places] for kind, matrix in self.counts.items()},
        )

    def fit(self, folder: Path, tools: KenlmTools) -> None:
        """Write all that is learnt from the rows into ``folder``."""
        fit_class_models(self.rows, self.lines, folder, tools)
        for kind, matrix in self.counts.items():
            np.save(folder / f"style.{kind}.npy", fit_style(matrix, self.rows))


@dataclass(frozen=True, slots=True)
class Measured:
    """Rows with their vectors, of shape (rows, features).

    Each row of the corpus stands twice: measured without its source, as most texts of
    users will be, and without its document only, so that what familiar sources show of
    a class is not lost where a class has few of them.
    """

    rows: tuple[Row, ...]
    vectors: Array

    @property
    def labels(self) -> NDArray[np.int64]:
        """The place of each row's label."""
        return np.array([label_index(row) for row in self.rows])

    @property
    def weights(self) -> Array:
        """Weights that let the labels weigh alike."""
        labels = self.labels
        is_damaged = [row.detail == "damaged" for row in self.rows]
        weights = np.where(is_damaged, DAMAGE_WEIGHT, 1.0)
        for index in range(len(LABELS)):
            weights[labels == index] /= max(weights[labels == index].sum(), 1e-9)
        found: Array = weights * len(self.rows) / len(LABELS)
        return found


def measure_out_of_fold(
    corpus: Corpus,
    made: Sequence[tuple[int, Row]],
    shared: Path,
    tools: KenlmTools,
    say: Say,
) -> Measured:
    """Measure each row by class models of other sources, then of other documents.

    ``made`` rows are measured with the row that they were made of; ``shared`` holds the
    files of human text.
    """
    rows = corpus.rows
    by_document = document_folds(rows, DOCUMENT_FOLDS)
    by_source = source_folds(rows, SOURCE_FOLDS)
    if not _leave_all_labels(by_source, rows):
        say("too few sources to leave whole ones out; documents are left out instead")
        by_source = by_document
    found: list[Row] = []
    vectors = []
    for kind, places in (("source", by_source), ("document", by_document)):
        for fold in sorted(set(places)):
            own = [at for at, place in enumerate(places) if place == fold]
            kept = [at for at, place in enumerate(places) if place != fold]
            # Once is enough for made rows.
            extra = [(at, row) for at, row in made if places[at] == fold]
            extra = extra if kind == "source" else []
            chosen = [rows[at] for at in own] + [row for _, row in extra]
            say(f"{kind} fold {fold + 1} of {len(set(places))}: {len(chosen):,} rows")
            vectors.append(_measure_fold(corpus.take(kept), chosen, shared, tools))
            found += chosen
    return Measured(tuple(found), np.concatenate(vectors))


def open_folder(folder: Path) -> Resources:
    """Return access to the files of a folder in the making, which has no card yet."""
    return Resources(folder, frozenset(path.name for path in folder.iterdir()))


def measure(folder: Path, rows: Sequence[Row]) -> Array:
    """Return the feature vectors of rows of one language by the models of a folder."""
    extraction = Extraction(open_folder(folder), rows[0].language, "full")
    return extraction.measure_all([row.passage() for row in rows])


def _leave_all_labels(places: Sequence[int], rows: Sequence[Row]) -> bool:
    """Tell whether each fold leaves rows of every label to learn from."""
    return all(
        len(
            {
                row.label
                for row, place in zip(rows, places, strict=True)
                if place != fold
            }
        )
        == len(LABELS)
        for fold in set(places)
    )


def _measure_fold(
    corpus: Corpus, chosen: Sequence[Row], shared: Path, tools: KenlmTools
) -> Array:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for name in FILES:
            (folder / name).symlink_to((shared / name).absolute())
        corpus.fit(folder, tools)
        return measure(folder, chosen)
