"""From files, folders, addresses and standard input to documents.

The suffix of a file names its format. A format is a file in the folder ``formats``.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from mtcheck.errors import InputError
from mtcheck.read.addresses import is_address
from mtcheck.read.found import Source
from mtcheck.read.limits import LARGEST_DOCUMENT
from mtcheck.read.packing import OPENERS
from mtcheck.read.readers import READERS
from mtcheck.read.reading import Reading
from mtcheck.read.records import END, Outcome, ReadOptions
from mtcheck.read.sources import fingerprint, sources

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
    "read",
    "sources",
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
