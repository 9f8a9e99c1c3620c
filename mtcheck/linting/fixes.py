"""Mending files: only where a rule knows a change that is safe, and nothing around."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from io import StringIO

from mtcheck.atomic import replace_file
from mtcheck.decode import decode, decode_html, encoding_of, html_encoding_of
from mtcheck.errors import InputError
from mtcheck.excerpt import paint
from mtcheck.linting import Linted
from mtcheck.linting.places import relative
from mtcheck.markup import PACKINGS, is_page
from mtcheck.read.addresses import is_address
from mtcheck.report import Screen, make_visible
from mtcheck.types import Document, Finding

MOST_ROUNDS = 8
"""What stands in another's place, or comes to light behind it, is mended next time."""

_HEADS = ("--- a/", "+++ b/", "@@ ")
_STYLES = {"+": "green", "-": "red", "@": "cyan"}


@dataclass(frozen=True, slots=True)
class Mend:
    """The text of a file as it was read, and as it may be."""

    path: str
    old: str
    new: str


def is_plain_file(document: Document) -> bool:
    """Tell whether a document is all of a file, so that it can be written back."""
    path = document.source
    return (
        path is not None
        and document.line is None
        and not is_address(path)
        and not path.lower().endswith(PACKINGS)
    )


def mend(document: Document, lint: Callable[[Document], Linted]) -> Mend | None:
    """Return what can be mended in a plain file; None where nothing can."""
    if document.source is None:
        return None
    current = document
    for _ in range(MOST_ROUNDS):
        text = apply(current.text, lint(current).findings)
        if text == current.text:
            break
        current = replace(current, text=text)
    if current.text == document.text:
        return None
    return Mend(document.source, document.text, current.text)


def apply(text: str, findings: Iterable[Finding]) -> str:
    """Return the text with the fixes in it; of two that overlap the first wins.

    >>> from mtcheck.linting import lint
    >>> text = "He came. . She went ."
    >>> apply(text, lint(text, "en"))
    'He came. She went.'
    """
    pieces, end = [], 0
    for finding in findings:
        if finding.fix is None or finding.span.start < end:
            continue
        pieces += [text[end : finding.span.start], finding.fix]
        end = finding.span.end
    return "".join([*pieces, text[end:]])


def diff(mend: Mend, screen: Screen) -> Iterator[str]:
    """Yield the lines of a unified diff; off a terminal ``patch`` can read it."""
    # Imported here: most runs show no diff.
    from difflib import unified_diff

    path = make_visible(relative(mend.path))
    old, new = _lines(mend.old), _lines(mend.new)
    for line in unified_diff(old, new, f"a/{path}", f"b/{path}", lineterm=""):
        shown = line.removesuffix("\n")
        if screen.is_terminal:
            shown = make_visible(shown).rstrip()
        yield paint(shown, _STYLES.get(line[0], "none"), screen)
        if not line.endswith("\n") and not line.startswith(_HEADS):
            yield "\\ No newline at end of file"


def _lines(text: str) -> list[str]:
    # Of no other line end, or it would be no patch.
    return list(StringIO(text, newline="\n"))


def write(mend: Mend) -> None:
    """Put the mended text into its file, in the encoding that it has.

    An InputError says why the file was left as it is.
    """
    data = _unchanged(mend)
    mark, encoding = (html_encoding_of if is_page(mend.path) else encoding_of)(data)
    try:
        # Not each encoding has one way only to write a text.
        is_same = mark + mend.old.encode(encoding) == data
        new = mark + mend.new.encode(encoding)
    except UnicodeEncodeError:
        is_same = False
    if not is_same:
        why = f"cannot be mended in {encoding.upper()}; convert it to UTF-8"
        raise InputError(mend.path, why)
    try:
        replace_file(mend.path, new)
    except OSError as error:
        why = f"cannot be written ({error.strerror or error})"
        raise InputError(mend.path, why) from None


def _unchanged(mend: Mend) -> bytes:
    """Return what is in the file; an InputError where it is no more what was read."""
    with suppress(OSError, ValueError):
        with open(mend.path, "rb") as file:
            data = file.read()
        if (decode_html if is_page(mend.path) else decode)(data) == mend.old:
            return data
    raise InputError(mend.path, "changed while it was looked at, and is not mended")
