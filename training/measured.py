"""Feature vectors of labelled rows, by models of style that did not see them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from mtcheck.batch import Batch, cut
from mtcheck.classify import Array
from mtcheck.extract import Extraction, schema
from mtcheck.extract.style import GRAMS, MANNERS, as_features, logits
from mtcheck.models import Resources
from mtcheck.rules import find_defects, is_residue
from mtcheck.scorer import MIN_WORDS
from mtcheck.segment import count_words, passages
from mtcheck.types import LABELS, Document
from training.data import PLAIN_PREFIX, Row, label_index
from training.domains import is_narrow
from training.kinds import KINDS, kind_index
from training.style import Weights, bucket_matrix, fit_style, style_logits

DAMAGE_WEIGHT = 0.1
"""Damage made here is plainer than what is met outside; it must not lead."""

PLAIN_WEIGHT = 0.5
"""Rows of plain text are many and of few sources; they widen the genres."""

FAMILIAR_WEIGHT = 6.0
"""Rows measured with their source known teach more than those without: between these
the sources differ more than the labels."""

Say = Callable[[str], None]


class Spread(NamedTuple):
    """Where plain human text lies by some weights, a number a kind and manner."""

    centre: Array
    width: Array

    def put(self, found: Array, other: Self) -> Array:
        """Return log-odds by these weights on the scale of others.

        Each fold's weights have an offset and a scale of their own, by what labels its
        rows are of. Between folds these differed more than the labels.
        """
        moved: Array = (found - self.centre) * (other.width / self.width) + other.centre
        return moved


_N_LOGITS = len(GRAMS) * len(MANNERS)

_UNIT = Spread(np.zeros(_N_LOGITS), np.ones(_N_LOGITS))
"""Between this and itself nothing is moved."""


@dataclass(frozen=True)
class Corpus:
    """Labelled rows with their n-gram counts by kind, and all features but style."""

    rows: tuple[Row, ...]
    counts: dict[str, csr_matrix]
    vectors: Array

    @classmethod
    def of(cls, rows: Sequence[Row], folder: Path) -> Self:
        """Count and measure rows of one language by the human text of a folder."""
        language = rows[0].language if rows else ""
        resources = open_folder(folder)
        styled = _style_columns()
        wanted = [name for name in schema().names if name not in styled]
        extraction = Extraction(resources, language, "full", wanted)
        passages = [row.passage() for row in rows]
        vectors = extraction.measure_all(passages)
        return cls(tuple(rows), _counts(rows, resources, language), vectors)

    def take(self, places: Sequence[int] | NDArray[np.intp]) -> "Corpus":
        """Return the rows at the given places."""
        return Corpus(
            tuple([self.rows[at] for at in places]),
            {kind: matrix[places] for kind, matrix in self.counts.items()},
            self.vectors[places],
        )

    def joined(self, other: "Corpus") -> "Corpus":
        """Return the rows of both."""
        pairs = ((kind, other.counts[kind]) for kind in self.counts)
        counts = {kind: vstack([self.counts[kind], own], "csr") for kind, own in pairs}
        vectors = np.concatenate([self.vectors, other.vectors])
        return Corpus(self.rows + other.rows, counts, vectors)

    def fit(self) -> dict[str, Weights]:
        """Return the weights of style by kind of n-gram, learnt from all rows."""
        return {kind: fit_style(own, self.rows) for kind, own in self.counts.items()}

    def styled(
        self,
        weights: dict[str, Weights],
        own: Spread = _UNIT,
        other: Spread = _UNIT,
    ) -> Array:
        """Return the full vectors, their style by the given weights.

        These spread plain text as ``own`` tells; the log-odds are put to where it lies
        by ``other``, before features are made of them.
        """
        found = own.put(self._logits(weights), other)
        vectors = self.vectors.copy()
        vectors[:, _style_places()] = np.hstack(
            [
                as_features(part, self.counts[kind].getnnz(1))
                for kind, part in zip(GRAMS, np.hsplit(found, len(GRAMS)), strict=True)
            ]
        )
        return vectors

    def _logits(self, weights: dict[str, Weights]) -> Array:
        return np.hstack(
            [style_logits(self.counts[kind], weights[kind]) for kind in GRAMS]
        )

    def spread(self, weights: dict[str, Weights]) -> Spread:
        """Return the mean and deviation of the log-odds of plain text.

        All its sources count alike. Where there is no plain text, nothing is moved by
        what is returned.
        """
        names = np.array([row.source for row in self.rows])
        is_plain = np.array([name.startswith(PLAIN_PREFIX) for name in names], bool)
        if not is_plain.any():
            return _UNIT
        own = self.take(np.flatnonzero(is_plain))
        found = np.nan_to_num(own._logits(weights))
        parts = [found[names[is_plain] == name] for name in sorted({*names[is_plain]})]
        centre, width = (
            np.mean([measure(part, axis=0) for part in parts], axis=0)
            for measure in (np.mean, np.std)
        )
        return Spread(centre, np.where(width > 0, width, 1.0))


def _counts(
    rows: Sequence[Row], resources: Resources, language: str
) -> dict[str, csr_matrix]:
    parts: dict[str, list[csr_matrix]] = {name: [] for name in GRAMS}
    masks = {name: kind.mask(resources, language) for name, kind in GRAMS.items()}
    for some in cut([row.passage() for row in rows]):
        batch = Batch(some, [()] * len(some))
        for name, kind in GRAMS.items():
            grams = kind.make(batch, masks[name])
            parts[name].append(bucket_matrix(batch, grams))
    return {name: vstack(matrices, "csr") for name, matrices in parts.items()}


def _style_columns() -> list[str]:
    return [name for kind in GRAMS for name in logits(kind, "")]


def _style_places() -> list[int]:
    names = schema().names
    return [names.index(name) for name in _style_columns()]


@dataclass(frozen=True)
class Measured:
    """Rows with their vectors, of shape (rows, features).

    Each row of a corpus stands twice: measured without its source, as most texts of
    users will be, and without its document only, so that what familiar sources show of
    a class is not lost where a class has few of them; ``is_familiar`` tells the latter.
    ``is_part`` tells the windows and damaged copies of rows.
    """

    rows: tuple[Row, ...]
    vectors: Array
    is_familiar: NDArray[np.bool_]
    is_part: NDArray[np.bool_]

    @classmethod
    def strange(cls, rows: Sequence[Row], vectors: Array) -> Self:
        """Return rows whose sources no model has seen."""
        none = np.zeros(len(rows), bool)
        return cls(tuple(rows), vectors, none, none)

    def take(self, places: NDArray[np.intp]) -> "Measured":
        """Return the rows at the given places."""
        return Measured(
            tuple([self.rows[at] for at in places]),
            self.vectors[places],
            self.is_familiar[places],
            self.is_part[places],
        )

    def features(self, columns: Sequence[int]) -> "Measured":
        """Return the rows with the chosen features."""
        return replace(self, vectors=self.vectors[:, columns])

    @cached_property
    def labels(self) -> NDArray[np.int64]:
        """The place of each row's label."""
        return np.array([label_index(row) for row in self.rows])

    @cached_property
    def kinds(self) -> NDArray[np.int64]:
        """The place of each row's kind."""
        return np.array([kind_index(row) for row in self.rows])

    @cached_property
    def is_damaged(self) -> NDArray[np.bool_]:
        """Which rows have damage that was made here."""
        return np.array([row.is_damaged for row in self.rows], bool)

    @cached_property
    def is_noncommercial(self) -> NDArray[np.bool_]:
        """Which rows may be used to measure, but not to learn from."""
        return np.array([row.is_noncommercial for row in self.rows], bool)

    @cached_property
    def weights(self) -> Array:
        """Weights that let the labels weigh alike, and their kinds as they shall."""
        weights = np.ones(len(self.rows))
        weights[self.is_damaged] *= DAMAGE_WEIGHT
        is_plain = [row.source.startswith(PLAIN_PREFIX) for row in self.rows]
        weights[is_plain] *= PLAIN_WEIGHT
        weights[self.is_familiar] *= FAMILIAR_WEIGHT
        for index, kind in enumerate(KINDS):
            own = self.kinds == index
            weights[own] *= kind.weight / max(weights[own].sum(), 1e-9)
        for index in range(len(LABELS)):
            own = self.labels == index
            weights[own] /= max(weights[own].sum(), 1e-9)
        found: Array = weights * len(self.rows) / len(LABELS)
        return found


@dataclass(frozen=True)
class Noise:
    """Paragraphs as scrapers leave them: their vectors, and the words of them all."""

    vectors: Array
    n_words: int

    @classmethod
    def of(cls, documents: Sequence[Document], folder: Path, language: str) -> Self:
        """Measure the paragraphs of documents that a verdict would be about."""
        every = [
            passage
            for document in documents
            for passage in passages(document)
            if count_words(passage.paragraph.text, MIN_WORDS) == MIN_WORDS
            and passage.paragraph.language == language
        ]
        kept = [item for item in every if not is_residue(item, find_defects(item))]
        n_words = sum(count_words(item.paragraph.text) for item in kept)
        extraction = Extraction(open_folder(folder), language)
        return cls(extraction.measure_all(kept), n_words)


def measure_out_of_fold(
    corpus: Corpus,
    made: Corpus,
    made_of: Sequence[int],
    by_source: Sequence[int],
    by_document: Sequence[int],
    say: Say,
) -> tuple[Measured, dict[str, Weights]]:
    """Measure each row by the style of other sources, then of other documents.

    ``by_source`` and ``by_document`` have the fold of each row. The ``made`` rows are
    measured once, without the source of the row that they were ``made_of``. Also
    returns the weights of style by all rows, to whose scale all are put.
    """
    origins = np.asarray(made_of, dtype=np.intp)
    taught, taught_of = _with_windows(corpus, made, origins)
    every = taught.fit()
    scale = corpus.spread(every)
    unseen = np.full_like(corpus.vectors, np.nan)
    familiar, extra = unseen.copy(), np.full_like(made.vectors, np.nan)
    for name, folds, vectors in (
        ("source", np.asarray(by_source), unseen),
        ("document", np.asarray(by_document), familiar),
    ):
        for fold in sorted(set(folds.tolist())):
            own = np.flatnonzero(folds == fold)
            say(f"{name} fold {fold + 1} of {folds.max() + 1}: {len(own):,} rows")
            weights = taught.take(np.flatnonzero(folds[taught_of] != fold)).fit()
            spread = corpus.spread(weights)
            vectors[own] = corpus.take(own).styled(weights, spread, scale)
            if name == "source":
                held = np.flatnonzero(folds[origins] == fold)
                extra[held] = made.take(held).styled(weights, spread, scale)
    n_rows, n_strange = len(corpus.rows), len(corpus.rows) + len(made.rows)
    at = np.arange(n_strange + n_rows)
    measured = Measured(
        corpus.rows + made.rows + corpus.rows,
        np.concatenate([unseen, extra, familiar]),
        at >= n_strange,
        (at >= n_rows) & (at < n_strange),
    )
    return measured, every


def _with_windows(
    corpus: Corpus, made: Corpus, origins: NDArray[np.intp]
) -> tuple[Corpus, NDArray[np.intp]]:
    """Return the rows that style is learnt from, and the row that each is or is of.

    Where domains cannot be balanced, the windows of rows are among them: each label is
    then met at every length, and long paragraphs, which have the most n-grams, lead
    less.
    """
    every = np.arange(len(corpus.rows))
    if not is_narrow([row for row in corpus.rows if not row.is_made]):
        return corpus, every
    is_window = [not row.is_damaged and not row.is_noncommercial for row in made.rows]
    own = np.flatnonzero(is_window)
    windows = made.take(own)
    met = replace(
        windows, rows=tuple(replace(row, is_made=False) for row in windows.rows)
    )
    return corpus.joined(met), np.concatenate([every, origins[own]])


def open_folder(folder: Path) -> Resources:
    """Return access to the files of a folder in the making, which has no card yet."""
    return Resources(folder, frozenset(path.name for path in folder.iterdir()))
