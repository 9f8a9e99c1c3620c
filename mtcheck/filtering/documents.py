"""Paragraphs gathered into documents, however the rows are cut into batches."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from mtcheck.filtering import values
from mtcheck.filtering.columns import Rows
from mtcheck.filtering.expressions import Aggregate
from mtcheck.filtering.values import Values

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = NDArray[np.intp]


@dataclass
class _Open:
    """The last document so far; more of its rows may come."""

    first: "pa.RecordBatch"
    document: str | None
    paragraph: int | None
    end: int
    sums: Floats
    is_whole: bool


class Gatherer:
    """Gathers consecutive rows of one document.

    Of a document only sums are held, so that its length costs no memory. They are added
    up row by row: the cut of the batches moves no digit. ``n_torn`` documents were left
    out because rows of them were lost.
    """

    def __init__(self, aggregates: Sequence[Aggregate]) -> None:
        self._aggregates = aggregates
        self.n_torn = 0
        self._open: _Open | None = None
        self._has_lost = False

    def lose(self) -> None:
        """Take note that rows are missing here, of the documents on both sides."""
        if self._open is not None:
            self._open.is_whole = False
        self._has_lost = True

    def add(self, batch: "pa.RecordBatch") -> Iterator[Rows]:
        """Yield the documents that are complete before the last row of the batch."""
        if not batch.num_rows:
            return
        is_first = self._is_first(batch)
        is_whole = self._is_whole(batch, is_first)
        before = self._open
        firsts = [batch.filter(pa.array(is_first))]
        ends = batch["end"].to_numpy(zero_copy_only=False)
        # The open document is number 0, where there is one.
        numbers: Places = np.cumsum(is_first) - int(before is None)
        last_rows = np.flatnonzero(np.append(np.diff(numbers) > 0, True))
        ends = ends[last_rows]
        sums = self._sums(batch, numbers)
        if before is not None:
            firsts = [before.first, *firsts]
            if numbers[0] > 0:
                ends = np.insert(ends, 0, before.end)
        every = pa.Table.from_batches(firsts).combine_chunks().to_batches()[0]
        n_done = every.num_rows - 1
        self._open = _Open(
            every.slice(n_done),
            batch["document"][-1].as_py(),
            batch["paragraph"][-1].as_py(),
            int(ends[-1]),
            sums[:, -1].copy(),
            bool(is_whole[-1]),
        )
        if n_done:
            yield self._made(
                every.slice(0, n_done), ends[:-1], sums[:, :-1], is_whole[:-1]
            )

    def close(self) -> Iterator[Rows]:
        """Yield the last document, if there is one."""
        last, self._open = self._open, None
        if last is not None:
            sums = last.sums[:, np.newaxis]
            yield self._made(
                last.first, np.array([last.end]), sums, np.array([last.is_whole])
            )

    def _is_first(self, batch: "pa.RecordBatch") -> Flags:
        """Tell which rows begin a document: its name is new, or its count restarts."""
        before = self._open
        # Null where rows are documents: each begins one.
        numbers = pc.fill_null(batch["paragraph"], -1).to_numpy()
        documents = batch["document"]
        is_first = np.ones(len(numbers), dtype=np.bool_)
        same = pc.equal(documents.slice(1), documents.slice(0, len(documents) - 1))
        is_same = pc.fill_null(same, False).to_numpy(zero_copy_only=False)
        is_first[1:] = ~(is_same & (numbers[1:] > numbers[:-1]))
        if before is not None and before.paragraph is not None:
            is_same_document = (
                before.document is not None and documents[0].as_py() == before.document
            )
            is_first[0] = not (is_same_document and numbers[0] > before.paragraph)
        return is_first

    def _is_whole(self, batch: "pa.RecordBatch", is_first: Flags) -> Flags:
        """Tell which documents lost no row; the open one is the first of them."""
        whole = np.ones(int(is_first.sum()), dtype=np.bool_)
        if self._has_lost:
            self._has_lost = False
            if is_first[0] and batch["paragraph"][0].as_py() not in (None, 0):
                whole[0] = False
        before = self._open
        return whole if before is None else np.insert(whole, 0, before.is_whole)

    def _sums(self, batch: "pa.RecordBatch", numbers: Places) -> Floats:
        """Return the sums of each aggregate, two of them, for each document."""
        rows = Rows(batch)
        n_documents = int(numbers[-1]) + 1
        parts: list[Floats] = []
        for aggregate in self._aggregates:
            parts += _summands(aggregate, rows)
        sums = np.empty((len(parts), n_documents))
        before = self._open
        for place, part in enumerate(parts):
            if before is not None:
                part = np.insert(part, 0, before.sums[place])
            owners = numbers if before is None else np.insert(numbers, 0, 0)
            sums[place] = np.bincount(owners, part, n_documents)
        return sums

    def _made(
        self, firsts: "pa.RecordBatch", ends: Any, sums: Floats, is_whole: Flags
    ) -> Rows:
        place = firsts.schema.get_field_index("end")
        firsts = firsts.set_column(place, "end", pa.array(ends, pa.int64()))
        # What lost rows goes before anything is said of it.
        self.n_torn += int((~is_whole).sum())
        firsts, sums = firsts.filter(pa.array(is_whole)), sums[:, is_whole]
        n_rows = firsts.num_rows
        place = firsts.schema.get_field_index("paragraph")
        nobody = pa.nulls(n_rows, pa.int32())
        firsts = firsts.set_column(place, "paragraph", nobody)
        made = {
            aggregate: _made(aggregate, *sums[2 * number : 2 * number + 2])
            for number, aggregate in enumerate(self._aggregates)
        }
        return Rows(firsts, made)


def _summands(aggregate: Aggregate, rows: Rows) -> tuple[Floats, Floats]:
    """Return what is added up for a document: of what holds, and of what is known."""
    column = values.as_column(aggregate.work(rows), len(rows))
    column = column.cast(pa.float64())
    is_known = column.is_valid().to_numpy(zero_copy_only=False).astype(float)
    value = column.fill_null(0.0).to_numpy(zero_copy_only=False)
    if aggregate.function in ("share", "mean"):
        weights = rows.named("length").to_numpy(zero_copy_only=False)
        return value * weights, is_known * weights
    return value, is_known


def _made(aggregate: Aggregate, held: Floats, known: Floats) -> Values:
    """Return the aggregate of each document, null where nothing was known."""
    is_unknown = known == 0
    if aggregate.function == "any":
        return pa.array(held > 0, mask=is_unknown)
    if aggregate.function == "all":
        return pa.array(held == known, mask=is_unknown)
    if aggregate.function == "sum":
        return values.finite(pa.array(held, mask=is_unknown))
    return values.divide(pa.array(held), pa.array(known))
