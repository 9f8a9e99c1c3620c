"""Pages: a file is a document, its main text unless more is wanted."""

from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from mtcheck.decode import decode_html
from mtcheck.errors import InputError
from mtcheck.read.limits import read_all
from mtcheck.read.records import Outcome, Reader, ReadOptions, Step
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
    page = Document(html, path, path, options.language)
    yield Step(1, page if options.is_page_source else _text_of(page, options))


def _text_of(page: Document, options: ReadOptions) -> Outcome:
    from mtcheck.page import main_text, visible_text

    text = visible_text(page.text) if options.whole_page else main_text(page.text)
    if not text:
        hint = "check the file" if options.whole_page else "try --whole-page"
        return InputError(page.id, f"no text was found in the page; {hint}")
    return replace(page, text=text)


READER = Reader((".htm", ".html"), _steps, text_of=_text_of)
