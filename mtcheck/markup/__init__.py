"""The prose of a file with markup, and where each stretch of it stands in the file."""

import os
import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from mtcheck.types import Span

COMMENT = re.compile(r"<!--\s*+mtcheck:(?:(?!-->|<!--)[^\n])*+-->")
"""A comment for mtcheck, which is no part of any text, plain or not."""

PACKINGS = (".gz", ".xz", ".zst")
"""Suffixes that say how a file is packed, not what is in it."""


@dataclass(frozen=True, slots=True)
class View:
    """A text that was cut out of another: pieces, each with its place there.

    The piece that begins at ``starts[i]`` stands at ``places[i]``. Where it was put in
    for something else, ``ends[i]`` is where that ends; all others are as they stand
    there. ``comments`` are the stretches of the file that are comments.
    """

    text: str
    starts: tuple[int, ...] = (0,)
    places: tuple[int, ...] = (0,)
    ends: Mapping[int, int] = field(default_factory=dict)
    comments: tuple[Span, ...] = ()

    def place(self, span: Span) -> Span:
        """Return the stretch of the file that a stretch of the view comes from.

        What was left out between its first and its last code point belongs to it.
        """
        first = bisect_right(self.starts, span.start) - 1
        start = self.places[first]
        if first not in self.ends:
            start += span.start - self.starts[first]
        if span.start == span.end:
            return Span(start, start)
        last = bisect_right(self.starts, span.end - 1) - 1
        end = self.ends.get(last, self.places[last] + span.end - self.starts[last])
        return Span(start, end)


def view(text: str, path: str | None = None) -> View:
    """Return the prose of a text; the suffix of its ``path`` says what markup it has.

    >>> view("Late . <!-- mtcheck: ignore MT102 -- quoted -->").text
    'Late .'
    """
    return VIEWS.get(suffix_of(path), _plain)(text)


def suffix_of(path: str | None) -> str:
    """Return the suffix that names the format of a file, in lower case.

    >>> suffix_of("Notes.MD"), suffix_of("page.html.gz"), suffix_of(None)
    ('.md', '.html', '')
    """
    stem, suffix = os.path.splitext((path or "").lower())
    return os.path.splitext(stem)[1] if suffix in PACKINGS else suffix


def is_marked_up(path: str | None) -> bool:
    """Tell whether the paragraphs of a file are those that its markup says."""
    return suffix_of(path) in VIEWS


def is_page(path: str | None) -> bool:
    """Tell whether a file is a page of HTML."""
    return suffix_of(path) in (".html", ".htm")


# Imported when asked for: most texts are plain.
def _plain(text: str) -> View:
    if "<!--" not in text:
        return View(text)
    from mtcheck.markup.plain import plain_view

    return plain_view(text)


def _markdown(text: str) -> View:
    from mtcheck.markup.markdown import markdown_view

    return markdown_view(text)


def _html(text: str) -> View:
    from mtcheck.markup.html import html_view

    return html_view(text)


VIEWS: dict[str, Callable[[str], View]] = {
    ".htm": _html,
    ".html": _html,
    ".markdown": _markdown,
    ".md": _markdown,
}
"""How prose is found, by the suffix of a file; a kind of markup is added here."""
