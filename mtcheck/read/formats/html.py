"""Pages: a file is a document, its main text unless more is wanted."""

from collections.abc import Iterator
from typing import BinaryIO

from mtcheck.decode import decode_html
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
        html = decode_html(read_all(stream, path))
    except ValueError as error:
        raise InputError(path, str(error)) from None
    text = html if options.is_page_source else _text_of(html, path, options)
    yield Step(1, Document(text, path, path, options.language))


def _text_of(html: str, path: str, options: ReadOptions) -> str:
    from mtcheck.page import main_text, visible_text

    text = visible_text(html) if options.whole_page else main_text(html)
    if not text:
        hint = "check the file" if options.whole_page else "try --whole-page"
        raise InputError(path, f"no text was found in the page; {hint}")
    return text


READER = Reader((".htm", ".html"), _steps)
