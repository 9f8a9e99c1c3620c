"""Records with all their fields: JSONL, CSV and Parquet, for tables of labelled texts.

``mtcheck.read`` keeps a record's text and name; here its labels matter as well.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from mtcheck.errors import InputError
from mtcheck.read import LARGEST_DOCUMENT, OPENERS, sources
from mtcheck.read.limits import check_size, read_line
from mtcheck.read.packing import DAMAGES, damages_of_parquet
from mtcheck.read.readers import suffixes
from mtcheck.read.sources import open_stored

Record = dict[str, Any]
Outcome = tuple[str, Record] | InputError

KNOWN = (".jsonl", ".csv", ".tsv", ".parquet")


def files_of(paths: Iterable[str]) -> Iterator[str | InputError]:
    """Yield the files behind paths; an InputError for what holds no records."""
    for source in sources(paths):
        if isinstance(source, InputError):
            yield source
        elif suffixes(source.path)[0] in KNOWN:
            yield source.path
        else:
            known = ", ".join(KNOWN)
            why = f"must be a table of labelled texts ({known}), packed or not"
            yield InputError(source.path, why)


def records(path: str) -> Iterator[Outcome]:
    """Yield the place and the fields of each record, or why it is lost."""
    suffix, packing = suffixes(path)
    try:
        with open_stored(path) as stored:
            stream = OPENERS[packing](stored) if packing else stored
            if suffix == ".jsonl":
                yield from _lines(stream, path)
            elif suffix == ".parquet":
                yield from _rows(stored, path)
            else:
                yield from _cells(stream, path, "\t" if suffix == ".tsv" else ",")
    except InputError as error:
        yield error
    except DAMAGES:
        yield InputError(path, "the archive is damaged or cut off; pack it again")
    except OSError as error:
        yield InputError(path, f"cannot be read ({error.strerror or error})")


def _lines(stream: BinaryIO, path: str) -> Iterator[Outcome]:
    for number, line in enumerate(iter(lambda: read_line(stream), b""), 1):
        if line.isspace():
            continue
        place = f"{path} line {number}"
        check_size(len(line), place)
        try:
            record = json.loads(line.decode("utf-8-sig"))
        except (ValueError, RecursionError):
            yield InputError(place, "is not JSON in UTF-8; a line must be one object")
            continue
        if isinstance(record, dict):
            yield place, record
        else:
            yield InputError(place, "must be a JSON object")


def _cells(stream: BinaryIO, path: str, delimiter: str) -> Iterator[Outcome]:
    csv.field_size_limit(max(csv.field_size_limit(), LARGEST_DOCUMENT))
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    reader = csv.DictReader(text, delimiter=delimiter)
    try:
        for record in reader:
            place = f"{path} line {reader.line_num}"
            if None in record:
                yield InputError(place, "has more fields than the header; quote them")
            else:
                yield place, record
    except (UnicodeDecodeError, csv.Error) as error:
        place = f"{path} line {reader.line_num + 1}"
        yield InputError(place, f"cannot be read from here on ({error})")
    finally:
        text.detach()  # Who opened the stream closes it.


def _rows(stream: BinaryIO, path: str) -> Iterator[Outcome]:
    # Imported here: most data are not in tables.
    from pyarrow.parquet import ParquetFile

    number = 0
    try:
        for batch in ParquetFile(stream).iter_batches(batch_size=1024):
            for record in batch.to_pylist():
                number += 1
                yield f"{path} row {number}", record
    except damages_of_parquet() as error:
        why = str(error).partition("\n")[0]
        place = f"{path} row {number + 1}"
        yield InputError(place, f"cannot be read from here on ({why})")


def fingerprint(path: str) -> str:
    """Return the start of the SHA-256 of a file, as it is stored."""
    with open_stored(path) as file:
        # Not hashlib.file_digest: a file at an address has no buffer to share.
        digest = hashlib.sha256()
        while block := file.read(2**20):
            digest.update(block)
    return digest.hexdigest()[:12]
