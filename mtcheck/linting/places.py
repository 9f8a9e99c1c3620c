"""Where a finding is, in ways that last: paths as seen from here, and fingerprints."""

import os

from mtcheck.read.addresses import is_address
from mtcheck.report import Lines
from mtcheck.types import Document, Finding

_FARTHEST = 1000
_WORDS = 40
"""Of a long line only what is near tells a finding apart, or 1 MB is read for each."""


def relative(path: str, folder: str = ".") -> str:
    """Return a path as seen from a folder, with slashes; an address as it is.

    >>> relative("texts/../texts/a.txt"), relative("texts/a.txt", "texts/old")
    ('texts/a.txt', '../a.txt')
    """
    if is_address(path):
        return path
    return os.path.relpath(path, folder).replace(os.sep, "/")


def file_of(document: Document) -> str | None:
    """Return the path of the file of a document, or None for standard input."""
    return None if document.source is None else relative(document.source)


def fingerprint(finding: Finding, text: str, lines: Lines) -> str:
    r"""Return what tells a finding from others wherever its lines move to.

    It is made of the code, the marked words, and the words of its own lines.

    >>> from mtcheck.linting import lint
    >>> def prints(text):
    ...     lines = Lines(text)
    ...     return [fingerprint(item, text, lines) for item in lint(text, "en")]
    >>> prints("He came. . She went.") == prints("A new line.\n\nHe came. .  She went.")
    True
    """
    from hashlib import sha256  # it loads OpenSSL, and few runs need it

    around = lines.around(finding.span)
    start, end = finding.span.start, finding.span.end
    before = text[max(around.start, start - _FARTHEST) : start].split()[-_WORDS:]
    after = text[end : max(end, min(around.end, end + _FARTHEST))].split()[:_WORDS]
    words = "\0".join([finding.code, *before, "\1", *text[start:end].split(), "\1"])
    return sha256(
        "\0".join([words, *after]).encode("utf-8", "surrogatepass")
    ).hexdigest()[:16]
