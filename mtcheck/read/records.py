"""What a format is to the rest: steps through the records of one file."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO, NamedTuple

from mtcheck.errors import InputError
from mtcheck.types import Document

END = 2**53 - 1
"""The position behind all records; the largest number that any JSON reader keeps."""

_MOST_NAMES = 20
_LONGEST_NAME = 50

Outcome = Document | InputError


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read: the fields of a record, the part of a page, the language named.

    ``is_page_source`` wants pages as they stand in the file, tags and all.
    """

    text_field: str = "text"
    id_field: str = "id"
    whole_page: bool = False
    language: str | None = None
    is_page_source: bool = False


class Step(NamedTuple):
    """One record of a file, or why it is lost.

    ``position`` counts the records up to it. ``share`` says how much of the file is
    behind it, where that does not show in how much of the file has been read.
    """

    position: int
    outcome: Outcome
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """A format: its suffixes, and ``steps`` from a stream to the records behind it.

    ``steps`` is given the stream, its name, the options, and how many records to leave
    out; these it must not parse. An InputError that it raises ends the file.
    """

    suffixes: tuple[str, ...]
    steps: Callable[[BinaryIO, str, ReadOptions, int], Iterator[Step]]
    has_records: bool = False
    """Whether a file holds many documents; else it is one."""
    is_packable: bool = True
    text_of: Callable[[Document, ReadOptions], Outcome] | None = None
    """From the source of a page to its text, or why there is none."""


def document(
    text: str,
    key: object,
    path: str,
    number: int,
    line: int,
    options: ReadOptions,
    n_lines: int = 1,
) -> Document:
    """Return a record as a document, under its ``key`` if that can be a name."""
    is_usable = isinstance(key, str | int) and not isinstance(key, bool) and key != ""
    name = str(key) if is_usable else f"{path}:{number}"
    return Document(text, name, path, options.language, line, n_lines)


def no_field(kind: str, field: str, names: Iterable[str]) -> str:
    """Say that there is no such field or column, and which there are.

    >>> no_field("field", "text", ["url"])
    "has no field 'text'; name the text with --text-field, the fields are: 'url'"
    """
    names = iter(names)
    shown = [
        repr(name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…")
        for name in islice(names, _MOST_NAMES)
    ]
    n_more = sum(1 for _ in names)
    listed = ", ".join(shown) + (f" and {n_more} more" if n_more else "")
    return (
        f"has no {kind} {field!r}; name the text with --text-field, "
        f"the {kind}s are: {listed or 'none'}"
    )
