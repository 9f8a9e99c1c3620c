"""The files behind paths, each with its fingerprint."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from mtcheck.errors import InputError
from mtcheck.read import files
from mtcheck.read.addresses import is_address
from mtcheck.read.found import Source, unreadable

STDIN = "-"


def sources(paths: Iterable[str | Path]) -> Iterator[Source | InputError]:
    """Yield the files behind ``paths`` in the order in which they are read.

    What is no file that can be read is yielded as an InputError; ``-`` stands for
    standard input.
    """
    for path in map(str, paths):
        if path == STDIN:
            yield Source(STDIN, 0)
        elif is_address(path):
            # Imported here: most texts lie on this machine.
            from mtcheck.read import remote

            yield from remote.find(path)
        else:
            yield from files.find(path)


def fingerprint(source: Source) -> dict[str, Any]:
    """Return what tells whether a file is still the same, to be kept as JSON.

    ``content`` is the SHA-256 of a file of this machine; at an address it is what the
    store itself goes by. An InputError says why there is none.
    """
    path = source.path
    if path == STDIN:
        raise InputError(path, "standard input has no fingerprint; name a file")
    if is_address(path):
        from mtcheck.read import remote

        return remote.fingerprint(path)
    try:
        return files.fingerprint(path)
    except OSError as error:
        raise unreadable(path, error) from None


def open_stored(path: str) -> BinaryIO:
    """Open a file as it is stored, packed or not."""
    if is_address(path):
        from mtcheck.read import remote

        return remote.open_address(path)
    return files.open_file(path)
