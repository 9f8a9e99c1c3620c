"""The path of ``lint``: read > segment > rules; it needs no model."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mtcheck.errors import InputError
from mtcheck.languages import language as known_language
from mtcheck.rules import find_defects
from mtcheck.segment import passages
from mtcheck.types import Document, Finding


@dataclass(frozen=True, slots=True)
class Linted:
    """A document with its findings, ordered by place."""

    document: Document
    findings: tuple[Finding, ...]


def lint(text: str, language: str | None = None) -> tuple[Finding, ...]:
    """Return the defects of a text; without a language, it is told from the text.

    >>> [(found.code, found.span) for found in lint("He came. . She went.", "en")]
    [('MT101', Span(start=8, end=10))]
    """
    if language is not None:
        known_language(language)
    return _lint(Document(text, language=language), "auto").findings


def lint_documents(
    documents: Iterable[Document | InputError], paragraphs: str = "auto"
) -> Iterator[Linted | InputError]:
    """Yield each document with its findings; what could not be read is passed on."""
    for document in documents:
        if isinstance(document, InputError):
            yield document
        else:
            yield _lint(document, paragraphs)


def _lint(document: Document, paragraphs: str) -> Linted:
    found = [
        finding
        for passage in passages(document, paragraphs)
        for finding in find_defects(passage)
    ]
    return Linted(document, tuple(found))
