"""Writes what is kept: Parquet, JSON lines or CSV, by the suffix of the file."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO

import pyarrow as pa

from mtcheck.errors import ConfigError
from mtcheck.report.parquet import GROUP_ROWS
from mtcheck.spreadsheet import as_text

Write = Callable[["pa.RecordBatch"], object]
Writer = Callable[[IO[bytes], "pa.Schema"], AbstractContextManager[Write]]


def writer_for(path: str | None) -> Writer:
    """Return what writes to a file of that name; without one, JSON lines."""
    suffix = ".jsonl" if path is None else Path(path).suffix
    if suffix not in WRITERS:
        known = ", ".join(WRITERS)
        raise ConfigError(f"config: output must end in {known}, got {path!r}")
    return WRITERS[suffix]


@contextmanager
def _parquet(target: IO[bytes], schema: "pa.Schema") -> Iterator[Write]:
    from pyarrow.parquet import ParquetWriter

    held = schema.empty_table()

    def write(batch: "pa.RecordBatch") -> None:
        # What is left of batches may be little; row groups are best of a good size.
        nonlocal held
        held = pa.concat_tables([held, pa.Table.from_batches([batch])])
        while len(held) >= GROUP_ROWS:
            writer.write_table(held.slice(0, GROUP_ROWS))
            held = held.slice(GROUP_ROWS)

    with ParquetWriter(target, schema, compression="zstd") as writer:
        yield write
        if len(held):
            writer.write_table(held)


@contextmanager
def _jsonl(target: IO[bytes], schema: "pa.Schema") -> Iterator[Write]:
    encode = json.JSONEncoder(ensure_ascii=False).encode

    def write(batch: "pa.RecordBatch") -> None:
        lines = [f"{encode(row)}\n" for row in batch.to_pylist()]
        target.write("".join(lines).encode())

    yield write


@contextmanager
def _csv(target: IO[bytes], schema: "pa.Schema") -> Iterator[Write]:
    def write_rows(rows: Iterator[object] | list[object]) -> None:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(rows)  # type: ignore[arg-type]
        target.write(text.getvalue().encode())

    def write(batch: "pa.RecordBatch") -> None:
        columns = batch.to_pydict()
        names = columns["document"]
        columns["document"] = [name and as_text(name) for name in names]
        write_rows([*zip(*columns.values(), strict=True)])

    write_rows([schema.names])
    yield write


WRITERS: Mapping[str, Writer] = {".parquet": _parquet, ".jsonl": _jsonl, ".csv": _csv}
"""How rows are written, by the suffix of the file."""
