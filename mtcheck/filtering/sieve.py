"""Decides which rows or documents stay, with which weight, and counts why."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from mtcheck.errors import InputError
from mtcheck.filtering import values
from mtcheck.filtering.columns import PLACE, Rows, columns_of
from mtcheck.filtering.documents import Gatherer
from mtcheck.filtering.expressions import Expression, parse
from mtcheck.filtering.tables import Outcome
from mtcheck.filtering.values import NUMBER
from mtcheck.report.parquet import schema
from mtcheck.report.text import count
from mtcheck.scorer import Level

Flags = NDArray[np.bool_]

KEPT = pa.schema([schema().field(name) for name in PLACE])
"""The columns of what is kept; they join to the corpus and to the scores."""

WEIGHTED = KEPT.append(pa.field("weight", pa.float64()))


class Reason(NamedTuple):
    """The expression that decided, and whether it could not be worked out."""

    option: str
    text: str
    is_unknown: bool = False

    def __str__(self) -> str:
        state = "is unknown" if self.is_unknown else _STATES[self.option]
        return f"{self.option} {self.text!r} {state}"


_STATES = {"drop": "holds", "keep": "does not hold", "weight": "is not above 0"}


@dataclass
class Judged:
    """Why rows go, None where they stay, and the weights where they were asked for."""

    reasons: NDArray[np.object_]
    weights: "pa.Array | None" = None

    @property
    def is_kept(self) -> Flags:
        """Which rows stay."""
        return np.array([reason is None for reason in self.reasons], dtype=np.bool_)

    def drop(self, rows: Flags, reason: Reason) -> None:
        """Drop the rows that were not dropped before."""
        for row in np.flatnonzero(rows & self.is_kept):
            self.reasons[row] = reason


@dataclass
class Counts:
    """How many were kept and how many were not; ``undecided`` stayed for all that."""

    n_seen: int = 0
    n_kept: int = 0
    n_lost: int = 0
    n_torn: int = 0
    dropped: Counter[Reason] = field(default_factory=Counter)
    undecided: Counter[Reason] = field(default_factory=Counter)

    def lines(self, unit: Level) -> Iterator[str]:
        """Yield the counts in words."""
        yield f"{self.n_kept:,} of {count(self.n_seen, unit)} kept"
        for reason, n_rows in self.dropped.most_common():
            yield f"{n_rows:,} dropped: --{reason}"
        for reason, n_rows in self.undecided.items():
            if n_rows:
                yield f"{n_rows:,} kept although --{reason}"
        if self.n_torn:
            yield f"{count(self.n_torn, unit)} left out, of which rows are lost"
        if self.n_lost:
            yield f"scores are lost in {count(self.n_lost, 'place')}"


class Sieve:
    """Expressions over the rows of tables of scores, or over documents.

    A row goes for the first ``drop`` that holds, or else the first ``keep`` that does
    not, or else a ``weight`` that is not above 0. An expression that is unknown does
    not hold: a ``drop`` lets the row stay, a ``keep`` and a ``weight`` do not.
    """

    def __init__(
        self,
        keep: Sequence[str] = (),
        drop: Sequence[str] = (),
        weight: str | None = None,
        level: Level = "paragraph",
    ) -> None:
        self._is_of_documents = level == "document"
        read = partial(parse, is_of_documents=self._is_of_documents)
        self._drop = [read(text, "drop") for text in drop]
        self._keep = [read(text, "keep") for text in keep]
        self._weight = None if weight is None else read(weight, "weight", kind=NUMBER)
        self.counts = Counts()

    @property
    def columns(self) -> set[str]:
        """The columns of a table that the expressions need."""
        return columns_of(name for item in self._expressions() for name in item.names)

    @property
    def schema(self) -> "pa.Schema":
        """The columns of what is kept."""
        return KEPT if self._weight is None else WEIGHTED

    def _expressions(self) -> list[Expression]:
        weight = [] if self._weight is None else [self._weight]
        return [*self._drop, *self._keep, *weight]

    def sift(self, batches: Iterable[Outcome]) -> Iterator[Outcome]:
        """Yield batches of what is kept, in order; what was lost passes through.

        A document that lost a row is left out: nobody knows what the row said.
        """
        sifted = self._documents if self._is_of_documents else self._rows
        for found in sifted(batches):
            if isinstance(found, InputError):
                self.counts.n_lost += 1
                yield found
            else:
                yield self._kept(found)

    def _rows(self, batches: Iterable[Outcome]) -> Iterator[Rows | InputError]:
        for batch in batches:
            yield batch if isinstance(batch, InputError) else Rows(batch)

    def _documents(self, batches: Iterable[Outcome]) -> Iterator[Rows | InputError]:
        aggregates = [one for item in self._expressions() for one in item.aggregates]
        gatherer = Gatherer(aggregates)
        for batch in batches:
            if isinstance(batch, InputError):
                gatherer.lose()
                yield batch
                continue
            self._check_level(batch)
            yield from gatherer.add(batch)
        yield from gatherer.close()
        self.counts.n_torn = gatherer.n_torn

    def _check_level(self, batch: "pa.RecordBatch") -> None:
        """Refuse paragraphs where an expression means what only documents have."""
        if batch["paragraph"].null_count == len(batch):
            return
        for expression in self._expressions():
            if expression.of_documents is not None:
                raise expression.of_documents

    def judge(self, rows: Rows) -> Judged:
        """Return what becomes of the rows, and count it."""
        n_rows = len(rows)
        judged = Judged(np.full(n_rows, None, dtype=object))
        unknown_drops = []
        for item in self._drop:
            holds, is_unknown = _worked_out(item, rows)
            judged.drop(holds, Reason("drop", item.text))
            unknown_drops.append((is_unknown, Reason("drop", item.text, True)))
        for item in self._keep:
            holds, is_unknown = _worked_out(item, rows)
            judged.drop(is_unknown, Reason("keep", item.text, True))
            judged.drop(~holds, Reason("keep", item.text))
        if self._weight is not None:
            text = self._weight.text
            judged.weights = values.as_column(self._weight.work(rows), n_rows)
            is_unknown = _flags(judged.weights.is_null())
            judged.drop(is_unknown, Reason("weight", text, True))
            is_light = pc.less_equal(judged.weights, 0.0).fill_null(True)
            judged.drop(_flags(is_light), Reason("weight", text))
        self.counts.n_seen += n_rows
        self.counts.n_kept += int(judged.is_kept.sum())
        self.counts.dropped.update(judged.reasons[~judged.is_kept].tolist())
        for is_unknown, reason in unknown_drops:
            self.counts.undecided[reason] += int((is_unknown & judged.is_kept).sum())
        return judged

    def _kept(self, rows: Rows) -> "pa.RecordBatch":
        judged = self.judge(rows)
        columns = [rows.batch[name] for name in KEPT.names]
        if judged.weights is not None:
            columns.append(judged.weights)
        batch = pa.RecordBatch.from_arrays(columns, schema=self.schema)
        return batch.filter(pa.array(judged.is_kept))


def _worked_out(expression: Expression, rows: Rows) -> tuple[Flags, Flags]:
    """Return for which rows a condition holds, and for which it is unknown."""
    column = values.as_column(expression.work(rows), len(rows))
    return _flags(column.fill_null(False)), _flags(column.is_null())


def _flags(column: "pa.Array") -> Flags:
    flags: Flags = column.to_numpy(zero_copy_only=False)
    return flags
