"""Which reader a file is for: the suffix names the format."""

import os
from collections.abc import Callable
from functools import lru_cache

from mtcheck.errors import InputError
from mtcheck.plugins import collect
from mtcheck.read import formats
from mtcheck.read.addresses import path_of
from mtcheck.read.packing import OPENERS
from mtcheck.read.records import Outcome, Reader, ReadOptions
from mtcheck.types import Document

READERS: dict[str, Reader] = dict(
    sorted(
        (suffix, reader)
        for reader in collect(formats, "READER")
        for suffix in reader.suffixes
    )
)
"""The readers by suffix; a format is added in the folder ``formats``, not here."""


def suffixes(path: str) -> tuple[str, str]:
    """Return the suffix of the format and that of the packing, which may be empty.

    >>> suffixes("pages.JSONL.gz"), suffixes("s3://corpus/a.b/part")
    (('.jsonl', '.gz'), ('', ''))
    """
    stem, suffix = os.path.splitext(os.path.basename(path_of(path)).lower())
    if suffix in OPENERS:
        return os.path.splitext(stem)[1], suffix
    return suffix, ""


def is_page(document: Document) -> bool:
    """Tell whether a document that was read as it stands is the source of a page."""
    return _text_of(document.source or "") is not None


def text_of(document: Document, options: ReadOptions) -> Outcome:
    """Return the text of what was read as it stands, or why there is none."""
    found = _text_of(document.source or "")
    return found(document, options) if found else document


@lru_cache(maxsize=1024)
def _text_of(path: str) -> Callable[[Document, ReadOptions], Outcome] | None:
    reader = READERS.get(suffixes(path)[0])
    return reader.text_of if reader else None


def is_readable(path: str) -> bool:
    """Tell whether the suffix of a file is known."""
    suffix, packing = suffixes(path)
    reader = READERS.get(suffix)
    return reader is not None and (reader.is_packable or not packing)


def unknown(path: str) -> InputError:
    """Say what is wrong with the suffix of a file that is not readable."""
    suffix, packing = suffixes(path)
    if suffix in READERS:
        return InputError(path, f"{suffix} is not read packed as {packing}; unpack it")
    return InputError(path, f"the suffix {suffix!r} is not known; {known()}")


def known() -> str:
    """Say what is read."""
    packable = [suffix for suffix, reader in READERS.items() if reader.is_packable]
    others = [suffix for suffix in READERS if suffix not in packable]
    return (
        f"mtcheck reads {', '.join(packable)}, "
        f"each also packed as {', '.join(sorted(OPENERS))}, and {', '.join(others)}"
    )
