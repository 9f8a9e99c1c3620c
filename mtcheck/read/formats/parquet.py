"""Parquet: a row is a document; damage takes along the rest of its row group.

pyarrow is imported where it is used: most texts are not in tables.
"""

import io
import reprlib
from collections.abc import Iterator
from itertools import islice, repeat
from typing import Any, BinaryIO

from mtcheck.errors import InputError
from mtcheck.read.limits import check_size
from mtcheck.read.packing import damages_of_parquet
from mtcheck.read.records import (
    Outcome,
    Reader,
    ReadOptions,
    Step,
    document,
    no_field,
)

_ROWS = 64
"""Rows that are held at a time; some texts are long."""

_MOST_HELD = 2**30
"""Bytes that these rows may come to if each is as large as its row group unpacked: a
value of 500 MiB that is stored once may be that of every row."""

_MOST_UNPACKED = 100
"""Times the size of the file. Text comes to ten times; a row group that comes to more
is read a row at a time."""

_BUFFER = 2**20
"""Bytes of a column that are read at a time; unbuffered it is all of a row group."""

_SMALL = 64 * 2**20
"""Bytes of a file that is read unbuffered: else a page is given the room that it says
it needs, two gigabytes perhaps, and not what is there."""


def _steps(
    stream: BinaryIO, path: str, options: ReadOptions, start: int
) -> Iterator[Step]:
    table = _Table(stream, path, options)
    end = 0
    for group in range(table.n_groups):
        first, end = end, end + table.n_rows_of(group)
        if end > start:
            steps = table.steps(group, first, end)
            yield from (step for step in steps if step.position > start)


class _Table:
    """The columns of a file that are read, a row group at a time."""

    def __init__(self, stream: BinaryIO, path: str, options: ReadOptions) -> None:
        self._path = path
        self._options = options
        self._file, self._n_stored = _open(stream, path)
        self._columns = _columns(self._file.schema_arrow, path, options)
        self._n_rows = self._file.metadata.num_rows
        self.n_groups = self._file.num_row_groups

    def n_rows_of(self, group: int) -> int:
        """Return how many rows a row group is said to have."""
        return int(self._file.metadata.row_group(group).num_rows)

    def steps(self, group: int, first: int, end: int) -> Iterator[Step]:
        """Yield the rows of a row group, which are those behind ``first``.

        Those that cannot be read are one step.
        """
        number, why = first, "rows are missing"
        try:
            for text, key in islice(self._cells(group), end - first):
                number += 1
                outcome = self._outcome(text, key, number)
                yield Step(number, outcome, number / self._n_rows)
        except (*damages_of_parquet(), OSError) as error:
            why = _reason(error)
        if number < end:
            lost = InputError(
                f"{self._path} row group {group + 1}",
                f"cannot be read from row {number + 1} on ({why}), "
                f"{end - number} rows are lost; make the file again",
            )
            yield Step(end, lost, end / self._n_rows)

    def _cells(self, group: int) -> Iterator[tuple[Any, Any]]:
        n_rows = self._n_rows_held(group)
        batches = self._file.iter_batches(
            n_rows, row_groups=[group], columns=self._columns, use_threads=False
        )
        for batch in batches:
            cells = dict(zip(batch.schema.names, batch.columns, strict=True))
            keys = cells.get(self._options.id_field)
            yield from zip(
                _values(cells[self._options.text_field]),
                repeat(None) if keys is None else _values(keys),
                strict=False,
            )

    def _n_rows_held(self, group: int) -> int:
        """Return how many rows of a row group may be held at a time."""
        # Not by its columns: to look at one that is damaged ends the process.
        stored = self._file.metadata.row_group(group)
        n_bytes = max(int(stored.total_byte_size), 1)
        if n_bytes > _MOST_UNPACKED * self._n_stored:
            return 1
        return min(max(_MOST_HELD // n_bytes, 1), _ROWS)

    def _outcome(self, text: bytes | None, key: Any, number: int) -> Outcome:
        place = f"{self._path} row {number}"
        text_field, id_field = self._options.text_field, self._options.id_field
        try:
            if text is None:
                raise InputError(place, f"{text_field!r} must be a string, got null")
            check_size(len(text), place)
            decoded = _decoded(text, text_field, place)
            if isinstance(key, bytes):
                key = _decoded(key, id_field, place)
        except InputError as error:
            return error
        return document(decoded, key, self._path, number, number, self._options)


def _open(stream: BinaryIO, path: str) -> tuple[Any, int]:
    """Return the file, and its size in bytes."""
    from pyarrow.parquet import ParquetFile

    if not stream.seekable():
        why = "Parquet is read from its end on, which cannot be done here"
        raise InputError(path, f"{why}; download the file")
    try:
        size = stream.seek(0, io.SEEK_END)
        file = ParquetFile(
            stream,
            buffer_size=0 if size <= _SMALL else _BUFFER,
            pre_buffer=False,
            page_checksum_verification=True,
        )
        file.schema_arrow.names  # noqa: B018
        _check_numbers(file.metadata)
        return file, size
    except (*damages_of_parquet(), OSError) as error:
        why = f"is not Parquet, or is damaged or cut off ({_reason(error)})"
        raise InputError(path, f"{why}; make the file again") from None


def _check_numbers(metadata: Any) -> None:
    """Raise an ArrowInvalid where the numbers of rows cannot be."""
    from pyarrow import ArrowInvalid

    groups = range(metadata.num_row_groups)
    sizes = [metadata.row_group(group).num_rows for group in groups]
    if min(sizes, default=0) < 0 or sum(sizes) != metadata.num_rows:
        raise ArrowInvalid(
            f"{metadata.num_rows:,} rows cannot be in groups of {reprlib.repr(sizes)}"
        )


def _columns(schema: Any, path: str, options: ReadOptions) -> list[str]:
    """Return the names of the columns to read; a column of other ids is no use."""
    from pyarrow import types

    kinds = dict(zip(schema.names, map(_kind, schema.types), strict=True))
    field = options.text_field
    if field not in kinds:
        raise InputError(path, no_field("column", field, schema.names))
    if not _is_text(kinds[field]):
        why = f"column {field!r} must hold strings, got {kinds[field]}"
        raise InputError(path, f"{why}; name the text with --text-field")
    key = kinds.get(options.id_field)
    is_usable = key is not None and (_is_text(key) or types.is_integer(key))
    return list({field, options.id_field} if is_usable else {field})


def _kind(kind: Any) -> Any:
    """Return the type of the values, which a dictionary may hold once each."""
    from pyarrow import types

    return kind.value_type if types.is_dictionary(kind) else kind


def _is_text(kind: Any) -> bool:
    from pyarrow import types

    tests = (types.is_string, types.is_large_string, types.is_string_view)
    return any(test(kind) for test in tests)


def _values(column: Any) -> list[Any]:
    """Return numbers as they are, and strings as bytes.

    One wrong byte must not take along the texts around it.
    """
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    is_number = pa.types.is_integer(column.type)
    return list((column if is_number else column.cast(pa.large_binary())).to_pylist())


def _decoded(data: bytes, field: str, place: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        why = f"{field!r} is not valid UTF-8 at byte {error.start}"
        raise InputError(place, f"{why}; Parquet strings must be UTF-8") from None


def _reason(error: Exception) -> str:
    """Return what pyarrow found; what the machine or the network found is no damage."""
    if isinstance(error, OSError) and error.errno:
        raise error
    return str(error).partition("\n")[0]


READER = Reader((".parquet",), _steps, has_records=True, is_packable=False)
