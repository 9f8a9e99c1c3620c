"""From files, folders, addresses and standard input to documents.

The suffix of a file names its format. A format is a file in the folder ``formats``.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from mtcheck.errors import InputError
from mtcheck.read.addresses import is_address
from mtcheck.read.found import Source
from mtcheck.read.limits import LARGEST_DOCUMENT
from mtcheck.read.packing import OPENERS
from mtcheck.read.readers import READERS, is_page, text_of
from mtcheck.read.reading import Reading
from mtcheck.read.records import END, Outcome, ReadOptions
from mtcheck.read.sources import fingerprint, sources
from mtcheck.types import Document

__all__ = [
    "END",
    "LARGEST_DOCUMENT",
    "OPENERS",
    "READERS",
    "Outcome",
    "ReadOptions",
    "Reading",
    "Source",
    "fingerprint",
    "is_address",
    "is_page",
    "read",
    "read_one",
    "sources",
    "text_of",
]


def read(
    paths: Iterable[str | Path],
    options: ReadOptions = ReadOptions(),
    stdin: BinaryIO | None = None,
) -> Iterator[Outcome]:
    """Yield the documents behind ``paths``; ``-`` is standard input.

    What cannot be read is yielded as an InputError, and the rest goes on.
    """
    for source in sources(paths):
        if isinstance(source, InputError):
            yield source
        else:
            yield from Reading(source, options, stdin=stdin)


def read_one(path: str | Path, options: ReadOptions = ReadOptions()) -> Document:
    """Return the one document behind a path; an InputError says why there is none."""
    found = list(islice(read([path], options), 2))
    if len(found) != 1:
        number = "several documents" if found else "no document"
        raise InputError(str(path), f"holds {number}; name a file with a single text")
    if isinstance(found[0], InputError):
        raise found[0]
    return found[0]
