"""Tables of scores, read in batches; what cannot be read is named and left out."""

import csv
import io
import json
import re
from collections.abc import (
    Callable,
    Collection,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import contextmanager
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from mtcheck.corpus.store import MANIFEST
from mtcheck.errors import InputError
from mtcheck.filtering.columns import PLACE
from mtcheck.read.packing import DAMAGES, OPENERS, damages_of_parquet
from mtcheck.report.parquet import schema, written
from mtcheck.spreadsheet import as_written
from mtcheck.types import LABELS

Batch = Any
Outcome = Batch | InputError

BATCH_ROWS = 8_192

_NAMED = 5
"""Damaged rows of a file that are named one by one."""

LARGEST_CELL = 64 * 2**20
"""Characters of a cell of CSV, where a quote that never closes would take in the file,
and bytes of a line of JSON."""

_PART = re.compile(r"part-(\d*).*")


def find_tables(paths: Iterable[str]) -> Iterator[str | InputError]:
    """Yield the files that are meant: a folder means its parts, in order."""
    for name in paths:
        path = Path(name)
        if path.is_dir():
            yield from _parts(path)
        elif not path.exists():
            yield InputError(name, "does not exist; check the spelling")
        elif not path.is_file():
            yield InputError(name, "is a pipe or a device, and no file")
        elif _format(name) is None:
            known = f"{', '.join(READERS)}, the lines also in {', '.join(OPENERS)}"
            yield InputError(name, f"must be a folder or end in {known}")
        else:
            yield name


def _parts(folder: Path) -> Iterator[str | InputError]:
    try:
        names = sorted(path.name for path in folder.iterdir())
    except OSError as error:
        yield InputError(str(folder), f"cannot be read ({error.strerror})")
        return
    parts = [name for name in names if _PART.match(name) and _format(name)]
    if not parts:
        known = ", ".join(f"part-*{suffix}" for suffix in READERS)
        yield InputError(str(folder), f"holds no {known}; name the files themselves")
    has_manifest = MANIFEST in names
    if not has_manifest:
        yield from (str(folder / name) for name in parts)
        return
    n_parts = 0
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        is_complete, n_parts = manifest["complete"], len(manifest.get("sizes", ()))
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        yield InputError(str(folder / MANIFEST), "is damaged; parts may be missing")
    else:
        if not is_complete:
            yield InputError(
                str(folder),
                "the run is not complete; the same mtcheck score command goes on with "
                "it",
            )
    yield from _with_gaps(folder, parts, n_parts)


def _with_gaps(
    folder: Path, parts: Iterable[str], n_parts: int
) -> Iterator[str | InputError]:
    """Yield the parts of a run, and an InputError where some are missing."""
    expected = 0
    for name in parts:
        number = _number(name)
        yield from _lacking(folder, expected, number)
        yield str(folder / name)
        expected = number + 1
    yield from _lacking(folder, expected, n_parts)


def _number(name: str) -> int:
    found = _PART.match(name)
    return int(found[1]) if found and found[1] else 0


def _lacking(folder: Path, start: int, end: int) -> Iterator[InputError]:
    if start < end:
        which = f"part {start}" if start == end - 1 else f"parts {start} to {end - 1}"
        yield InputError(str(folder), f"lacks {which}")


def _format(name: str) -> str | None:
    """Return the suffix that says how a file is read, without that of its packing."""
    path = Path(name)
    if path.suffix in OPENERS:
        path = path.with_suffix("")
        return path.suffix if path.suffix in (".jsonl", ".csv") else None
    return path.suffix if path.suffix in READERS else None


@contextmanager
def _unpacked(path: str) -> Iterator[BinaryIO]:
    opener = OPENERS.get(Path(path).suffix)
    with open(path, "rb") as file:
        yield file if opener is None else opener(file)


def read_tables(
    paths: Iterable[str | InputError], columns: Collection[str]
) -> Iterator[Outcome]:
    """Yield batches with these columns, and an InputError for what is lost."""
    for path in paths:
        if isinstance(path, InputError):
            yield path
            continue
        try:
            yield from READERS[_format(path) or ""](path, sorted(columns))
        except InputError as error:
            yield error
        except DAMAGES:
            yield InputError(path, "the archive is damaged or cut off")
        except OSError as error:
            yield InputError(path, f"cannot be read ({error.strerror or error})")


def _read_parquet(path: str, columns: Sequence[str]) -> Iterator[Outcome]:
    from pyarrow.parquet import ParquetFile

    damages = damages_of_parquet()
    try:
        file = ParquetFile(path)
        there = file.schema_arrow.names
    except damages:
        raise InputError(path, "is no Parquet file, or is cut off") from None
    with file:
        _need(path, columns, there)
        for name in columns:
            if there.count(name) > 1:
                raise InputError(
                    path, f"has more than one column {name}; drop the rest"
                )
        names = [*_leaves(file, columns)]
        n_groups = file.num_row_groups
        for group in range(n_groups):
            try:
                for batch in file.iter_batches(BATCH_ROWS, [group], names):
                    batch.validate(full=True)  # damage may pass as text
                    yield _as_scores(path, batch, columns)
            except (*damages, OSError):
                yield InputError(
                    path, f"row group {group + 1} of {n_groups} is damaged"
                )


def _leaves(file: Any, columns: Iterable[str]) -> Iterator[str]:
    """Yield what to read: of findings only what expressions ask for."""
    for column in columns:
        if column != "findings":
            yield column
            continue
        for leaf in file.schema:
            # How the levels between are called is up to the writer.
            if leaf.path.startswith("findings.") and leaf.name in ("code", "name"):
                yield leaf.path


def _need(path: str, columns: Iterable[str], there: Collection[str]) -> None:
    missing = sorted({*columns} - {*there})
    if not missing:
        return
    names = ", ".join(missing)
    if {*PLACE} & {*missing}:
        raise InputError(path, f"is no table of scores: it has no column {names}")
    raise InputError(path, f"has no column {names}, which an expression needs")


def _as_scores(path: str, batch: Batch, columns: Sequence[str]) -> Batch:
    """Return the columns in order, with the types that ``score`` gives them."""
    kinds = _schema(tuple(columns))
    made = []
    for name, kind in zip(kinds.names, kinds.types, strict=True):
        try:
            made.append(batch[name].cast(kind))
        except (pa.ArrowException, KeyError):
            raise InputError(
                path, f"column {name} must be {kind}, got {_type_of(batch, name)}"
            ) from None
    return _checked(path, pa.RecordBatch.from_arrays(made, schema=kinds))


def _type_of(batch: Batch, name: str) -> object:
    return batch[name].type if name in batch.schema.names else "something else"


def _checked(path: str, batch: Batch) -> Batch:
    if batch["start"].null_count or batch["end"].null_count:
        raise InputError(path, "a row has no start, or no end")
    return batch


@cache
def _schema(columns: tuple[str, ...]) -> "pa.Schema":
    """Return the types of the columns; of findings those of code and name."""
    finding = pa.struct([("code", pa.string()), ("name", pa.string())])
    fields = [schema().field(name) for name in columns]
    return pa.schema(
        [
            pa.field("findings", pa.list_(finding))
            if field.name == "findings"
            else field
            for field in fields
        ]
    )


Row = Mapping[str, Any]
Numbered = tuple[int, Row | str]
"""The line that a row stands in, and the row, or what is wrong with it."""


def _read_jsonl(path: str, columns: Sequence[str]) -> Iterator[Outcome]:
    with _unpacked(path) as stream:
        lines = enumerate(iter(lambda: stream.readline(LARGEST_CELL + 1), b""), 1)
        rows = ((number, _object(line)) for number, line in lines if not line.isspace())
        yield from _from_rows(path, rows, columns)


def _object(line: bytes) -> Row | str:
    if len(line) > LARGEST_CELL:
        return f"is longer than {LARGEST_CELL // 2**20} MiB"
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return "is no JSON, or is cut off"
    if not isinstance(row, dict):
        return "must be a JSON object"
    if isinstance(row.get("document"), str):
        row["document"] = written(row["document"])
    return row


def _read_csv(path: str, columns: Sequence[str]) -> Iterator[Outcome]:
    csv.field_size_limit(LARGEST_CELL)
    with _unpacked(path) as stream:
        # Bytes that are no UTF-8 spoil their cell, not the file.
        text = io.TextIOWrapper(stream, "utf-8-sig", "backslashreplace", newline="")
        lines = csv.reader(text)
        try:
            header = next(lines, [])
        except csv.Error as error:
            raise InputError(path, f"is no CSV ({error})") from None
        there = {*header, "probabilities"} if {*LABELS} <= {*header} else {*header}
        _need(path, columns, there)
        rows = ((lines.line_num, _cells(header, cells, columns)) for cells in lines)
        yield from _from_rows(path, rows, columns)


def _until_damage(rows: Iterable[Numbered]) -> Iterator[Numbered]:
    """Yield rows; what ends them early comes as the last one."""
    number = 0
    try:
        for numbered in rows:
            number = numbered[0]
            yield numbered
    except DAMAGES:
        yield number + 1, "the archive is damaged or cut off from here on"
    except csv.Error as error:
        yield number + 1, f"is no CSV from here on ({error})"


def _cells(
    header: Sequence[str], cells: Sequence[str], columns: Sequence[str]
) -> Row | str:
    if len(cells) != len(header):
        return f"must have {len(header)} cells, got {len(cells)}"
    # An empty cell is null.
    row: dict[str, Any] = {
        name: cell or None for name, cell in zip(header, cells, strict=True)
    }
    if row.get("document"):
        row["document"] = as_written(row["document"])
    try:
        for name in ("paragraph", "start", "end"):
            row[name] = row[name] and int(row[name])
        if "findings" in columns:
            row["findings"] = row["findings"] and json.loads(row["findings"])
        if "probabilities" in columns:
            is_judged = row[LABELS[0]] is not None
            shares = {label: float(row[label]) for label in LABELS if is_judged}
            row["probabilities"] = shares or None
    except (ValueError, TypeError, RecursionError):
        return "has a cell that is not of its column"
    return row


def _from_rows(
    path: str, rows: Iterable[Numbered], columns: Sequence[str]
) -> Iterator[Outcome]:
    """Yield batches of rows; the first few damaged ones are named, others counted."""
    n_damaged = 0
    is_first = True
    whole = _until_damage(rows)
    for some in iter(lambda: [*islice(whole, BATCH_ROWS)], []):
        if is_first and isinstance(some[0][1], Mapping):
            _need(path, columns, some[0][1])
        is_first = False
        for outcome in _batches(path, some, columns):
            if isinstance(outcome, InputError):
                n_damaged += 1
                if n_damaged > _NAMED:
                    continue
            yield outcome
    if n_damaged > _NAMED:
        yield InputError(path, f"{n_damaged - _NAMED} more rows are damaged")


def _batches(
    path: str, rows: Sequence[Numbered], columns: Sequence[str]
) -> Iterator[Outcome]:
    """Yield a batch, or where rows are damaged what is between them."""
    try:
        yield _batch(path, rows, columns)
        return
    except InputError as error:
        if len(rows) == 1:
            yield error
            return
    # Damage is rare, so it is found by halves.
    half = len(rows) // 2
    yield from _batches(path, rows[:half], columns)
    yield from _batches(path, rows[half:], columns)


def _batch(path: str, rows: Sequence[Numbered], columns: Sequence[str]) -> Batch:
    place = f"{path}:{rows[0][0]}"
    found = []
    for _, row in rows:
        if isinstance(row, str):
            raise InputError(place, row)
        if missing := [name for name in columns if name not in row]:
            raise InputError(place, f"has no {', '.join(missing)}")
        found.append(row)
    try:
        batch = pa.RecordBatch.from_pylist(found, _schema(tuple(columns)))
    except (pa.ArrowException, ValueError, TypeError, OverflowError):
        raise InputError(place, "has a value that is not of its column") from None
    return _checked(place, batch)


READERS: Mapping[str, Callable[[str, Sequence[str]], Iterator[Outcome]]] = {
    ".parquet": _read_parquet,
    ".jsonl": _read_jsonl,
    ".csv": _read_csv,
}
"""How tables are read, by the suffix of their files."""
