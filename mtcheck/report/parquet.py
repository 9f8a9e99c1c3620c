"""A Parquet table with a row a paragraph, which joins to the corpus on ``document``."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from io import BytesIO
from itertools import chain, islice
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, ClassVar

from mtcheck.types import LABELS, Scored, Verdict

if TYPE_CHECKING:
    import pyarrow as pa

GROUP_ROWS = 65_536
"""Rows of a row group of a whole file: some tens of megabytes while it is written."""

_CHUNK_DOCUMENTS = 1_000
"""Documents whose verdicts are turned into columns together, and let go of."""


class Parquet:
    """Columns of the contract; probabilities, findings and reasons are nested ones."""

    name: ClassVar[str] = "parquet"
    is_for_people: ClassVar[bool] = False
    is_table: ClassVar[bool] = True

    def encode(self, results: Iterable[Scored], model: str) -> bytes:
        """Return a file with the verdicts; ``model`` is the signature in each row."""
        from pyarrow import Table

        documents, batches = iter(results), []
        while some := [*islice(documents, _CHUNK_DOCUMENTS)]:
            verdicts = [*chain.from_iterable(item.verdicts for item in some)]
            batches.append(record_batch(verdicts, model))
        target = BytesIO()
        _write([Table.from_batches(batches, schema())], target)
        return target.getvalue()

    def join(self, parts: Iterable[Path], target: BinaryIO) -> None:
        """Write the rows of all parts as one file."""
        _write(_row_groups(parts), target)


def record_batch(verdicts: Sequence[Verdict], model: str) -> "pa.RecordBatch":
    """Return verdicts as a batch with the columns of ``schema``."""
    import pyarrow as pa

    kinds = {field.name: field.type for field in schema()}

    def column(name: str, values: Iterable[Any]) -> pa.Array:
        return pa.array(values, kinds[name])

    columns = [
        column("document", [written(verdict.document) for verdict in verdicts]),
        column("paragraph", [verdict.paragraph for verdict in verdicts]),
        column("start", [verdict.span.start for verdict in verdicts]),
        column("end", [verdict.span.end for verdict in verdicts]),
        column("language", [verdict.language for verdict in verdicts]),
        column("label", [verdict.label for verdict in verdicts]),
        _probabilities(verdicts, kinds["probabilities"]),
        column("evidence", [verdict.evidence for verdict in verdicts]),
        column("abstained", [verdict.abstained for verdict in verdicts]),
        _nested(
            [verdict.findings for verdict in verdicts],
            kinds["findings"],
            lambda item: (
                item.code,
                item.name,
                item.severity,
                item.span.start,
                item.span.end,
                written(item.message),
            ),
        ),
        _nested(
            [verdict.reasons for verdict in verdicts],
            kinds["reasons"],
            lambda item: (
                item.feature,
                item.value if isfinite(item.value) else None,
                item.effect if isfinite(item.effect) else None,
                item.span.start if item.span else None,
                item.span.end if item.span else None,
            ),
        ),
        pa.repeat(pa.scalar(model, kinds["model"]), len(verdicts)),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema())


@cache
def schema() -> "pa.Schema":
    """Return the columns and their types."""
    import pyarrow as pa

    places = [("start", pa.int64()), ("end", pa.int64())]
    words = [(name, pa.string()) for name in ("code", "name", "severity")]
    finding = pa.struct([*words, *places, ("message", pa.string())])
    numbers = [("value", pa.float64()), ("effect", pa.float64())]
    reason = pa.struct([("feature", pa.string()), *numbers, *places])
    return pa.schema(
        [
            ("document", pa.string()),
            ("paragraph", pa.int32()),
            *places,
            ("language", pa.string()),
            ("label", pa.string()),
            (
                "probabilities",
                pa.struct([(str(label), pa.float64()) for label in LABELS]),
            ),
            ("evidence", pa.string()),
            ("abstained", pa.string()),
            ("findings", pa.list_(finding)),
            ("reasons", pa.list_(reason)),
            ("model", pa.string()),
        ]
    )


def _probabilities(verdicts: Sequence[Verdict], kind: Any) -> "pa.Array":
    import pyarrow as pa

    shares = [verdict.probabilities for verdict in verdicts]
    columns = [
        pa.array([share and share[label] for share in shares], pa.float64())
        for label in LABELS
    ]
    is_null = pa.array([share is None for share in shares], pa.bool_())
    return pa.StructArray.from_arrays(columns, fields=list(kind), mask=is_null)


def _nested(rows: Sequence[Sequence[Any]], kind: Any, values: Any) -> "pa.Array":
    """Return a column of lists; ``values`` gives the cells of one item."""
    import pyarrow as pa

    # By columns and offsets: a dictionary an item takes five times as long.
    cells = [*zip(*[values(item) for row in rows for item in row], strict=True)]
    fields = list(kind.value_type)
    columns = [
        pa.array(cell, field.type)
        for cell, field in zip(cells or [()] * len(fields), fields, strict=True)
    ]
    offsets = [0]
    for row in rows:
        offsets.append(offsets[-1] + len(row))
    items = pa.StructArray.from_arrays(columns, fields=fields)
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), items, kind)


def written(text: str) -> str:
    """Return text that a table can hold."""
    # Half of a surrogate pair, as in an undecodable file name, has no UTF-8; lines of
    # JSON spell it the same way.
    return text.encode("utf-8", "backslashreplace").decode()


def _row_groups(parts: Iterable[Path]) -> "Iterator[pa.Table]":
    """Yield tables of ``GROUP_ROWS`` rows, the last one smaller."""
    from pyarrow import concat_tables
    from pyarrow.parquet import ParquetFile

    held: list[pa.Table] = []
    for part in parts:
        with ParquetFile(part) as file:
            held.append(file.read())
        while sum(map(len, held)) >= GROUP_ROWS:
            every = concat_tables(held)
            yield every.slice(0, GROUP_ROWS)
            held = [every.slice(GROUP_ROWS)]
    if any(map(len, held)):
        yield concat_tables(held)


def _write(tables: "Iterable[pa.Table]", target: BinaryIO) -> None:
    from pyarrow.parquet import ParquetWriter

    # One whole table a row group; the same rows give the same bytes.
    with ParquetWriter(target, schema(), compression="zstd") as writer:
        for table in tables:
            if len(table):
                writer.write_table(table, row_group_size=GROUP_ROWS)


REPORTER = Parquet()
