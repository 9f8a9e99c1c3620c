"""Plain text and Markdown: a file is a document."""

from collections.abc import Iterator
from typing import BinaryIO

from mtcheck.decode import decode
from mtcheck.errors import InputError
from mtcheck.read.limits import read_all
from mtcheck.read.records import Reader, ReadOptions, Step
from mtcheck.types import Document


def _steps(
    stream: BinaryIO, path: str, options: ReadOptions, start: int
) -> Iterator[Step]:
    if start:
        return
    try:
        text = decode(read_all(stream, path))
    except ValueError as error:
        raise InputError(path, str(error)) from None
    source = None if path == "-" else path
    yield Step(1, Document(text, path, source, options.language))


READER = Reader((".markdown", ".md", ".txt"), _steps)
