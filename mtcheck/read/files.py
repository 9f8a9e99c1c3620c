"""Files of this machine: one by name, those of a folder, those of a pattern."""

import glob
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
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
        elif not stat.S_ISREG(status.st_mode):
            # A pipe that nobody writes to would be waited for without end.
            why = "is a pipe or a device, and no file; read it from standard input (-)"
            yield InputError(path, why)
        else:
            yield Source(path, status.st_size)


def _matches(pattern: str) -> Found:
    if not glob.has_magic(pattern):
        yield InputError(pattern, "does not exist; check the spelling")
        return
    matches = sorted({*_matched(pattern)})
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


def _matched(pattern: str) -> Iterator[str]:
    """Yield what a pattern matches; "**" leads through no link to a folder.

    With glob it does, and two links to a folder above are 2 to the 40th paths.
    """
    parts = pattern.split(os.sep)
    if "**" not in parts:
        yield from glob.glob(pattern)
        return
    at = parts.index("**")
    head, tail = os.sep.join([*parts[:at], ""]), os.sep.join(parts[at + 1 :])
    for start in glob.glob(head) if head else [""]:
        if not tail:
            yield from glob.glob(os.path.join(glob.escape(start), "*"))
            continue
        for folder in _folders(start):
            yield from _matched(os.path.join(glob.escape(folder), tail))


# Neither calls itself: folders may lie deeper in each other than calls may.
def _folders(start: str) -> Iterator[str]:
    """Yield a folder, and those below it that are not hidden."""
    left = [start]
    while left:
        folder = left.pop()
        yield folder
        with suppress(OSError), os.scandir(folder or os.curdir) as entries:
            left += [
                os.path.join(folder, entry.name)
                for entry in entries
                if not entry.name.startswith(".")
                and entry.is_dir(follow_symlinks=False)
            ]


def _walk(folder: str) -> Found:
    """Yield the files of a folder and of those below it, in the order of names."""
    left = [(folder, True)]
    while left:
        path, is_folder = left.pop()
        if not is_folder:
            yield from _file(path)
            continue
        try:
            entries = sorted(os.scandir(path), key=lambda entry: entry.name)
        except OSError as error:
            yield unreadable(path, error)
            continue
        left += [
            (entry.path, entry.is_dir(follow_symlinks=False))
            for entry in reversed(entries)
            if not entry.name.startswith(".")
        ]


def _file(path: str) -> Found:
    if not is_readable(path):
        return
    try:
        status = os.stat(path)
    except OSError as error:
        yield unreadable(path, error)
    else:
        if stat.S_ISREG(status.st_mode):
            yield Source(path, status.st_size)


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
