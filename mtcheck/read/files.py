"""Files of this machine: one by name, those of a folder, those of a pattern."""

import glob
import hashlib
import os
import stat
from typing import Any, BinaryIO

from mtcheck.errors import InputError
from mtcheck.read.found import Found, Source, or_nothing_readable, unreadable
from mtcheck.read.readers import is_readable, unknown


def find(path: str) -> Found:
    """Yield the files that are meant by a path."""
    try:
        status = os.stat(path)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        yield from _matches(path)
    except OSError as error:
        yield unreadable(path, error)
    else:
        if stat.S_ISDIR(status.st_mode):
            yield from or_nothing_readable(_walk(path), path)
        elif not is_readable(path):
            yield unknown(path)
        else:
            yield Source(path, status.st_size)


def _matches(pattern: str) -> Found:
    if not glob.has_magic(pattern):
        yield InputError(pattern, "does not exist; check the spelling")
        return
    matches = sorted(glob.glob(pattern, recursive=True))
    if not matches:
        yield InputError(pattern, "matches no file; check the pattern")
        return
    found = [
        inner
        for path in matches
        for inner in (_walk(path) if os.path.isdir(path) else _file(path))
    ]
    # "**" matches a folder as well as the files in it.
    yield from or_nothing_readable(iter(dict.fromkeys(found)), pattern)


def _walk(folder: str) -> Found:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield unreadable(folder, error)
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(entry.path)
        elif entry.is_file():
            yield from _file(entry.path)


def _file(path: str) -> Found:
    if not is_readable(path):
        return
    try:
        yield Source(path, os.stat(path).st_size)
    except OSError as error:
        yield unreadable(path, error)


def open_file(path: str) -> BinaryIO:
    """Open a file to read its bytes."""
    return open(path, "rb")


def fingerprint(path: str) -> dict[str, Any]:
    """Return size, time and SHA-256 of a file; what may go wrong is an OSError."""
    with open(path, "rb") as file:
        status = os.fstat(file.fileno())
        content = hashlib.file_digest(file, "sha256").hexdigest()
    return {
        "size": status.st_size,
        "modified": status.st_mtime_ns,
        "content": content,
    }
