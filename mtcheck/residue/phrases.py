"""Lines and notices that belong to a web page by what they say."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from mtcheck.languages import Cues, all_languages, gather
from mtcheck.segment import Passage
from mtcheck.types import Span

_MAX_LINE = 160
"""Whole-line phrases are shorter; a longer line is only searched for notices."""

_LINE_ENDS = "\n\r\u2029"
_LINE = re.compile(f"[^{_LINE_ENDS}]+")
_EDGES = " \t\xa0*•·|–—-›»«→←↑↓…:.!?[]()"
_BREADCRUMB = re.compile(r"(?:home|startseite|start) ?[»›](?=\s)", re.IGNORECASE)


class _Phrases(NamedTuple):
    lines: frozenset[str]
    words: frozenset[str]
    pattern: re.Pattern[str]
    cues: Cues


@cache
def _phrases() -> _Phrases:
    """Return the phrases of all languages: sites mix them."""
    known = all_languages()
    choice = "|".join(item for one in known for item in one.residue_patterns)
    return _Phrases(
        frozenset().union(*(one.residue_lines for one in known)),
        frozenset().union(*(one.residue_words for one in known)),
        re.compile(choice, re.IGNORECASE),
        gather(cue for one in known for cue in one.residue_cues),
    )


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Return a pattern that few texts need."""
    return re.compile(pattern, re.IGNORECASE)


def split_lines(text: str) -> Iterator[Span]:
    r"""Yield the lines that are not blank, without the white space around them.

    >>> list(split_lines("One.\n \n  Two. "))
    [Span(start=0, end=4), Span(start=9, end=13)]
    """
    for match in _LINE.finditer(text):
        line = match[0]
        start = match.end() - len(line.lstrip())
        end = match.start() + len(line.rstrip())
        if start < end:
            yield Span(start, end)


@lru_cache(maxsize=4)
def marked_lines(text: str) -> tuple[Span, ...]:
    r"""Return the lines that are a phrase of web pages, or start with a breadcrumb.

    >>> marked_lines("The lock opened.\nLeave a Reply")
    (Span(start=17, end=30),)
    """
    if len(text) > _MAX_LINE and not any(end in text for end in _LINE_ENDS):
        return ()  # most paragraphs of most corpora
    found = []
    for span in split_lines(text):
        if span.end - span.start <= _MAX_LINE:
            width = _marked_width(span.of(text))
            if width:
                found.append(Span(span.start, span.start + width))
    return tuple(found)


def set_phrases(text: str) -> frozenset[str]:
    r"""Return which of the set phrases of web pages are lines of the text.

    >>> set_phrases("© 2020 The Post\nShare:\nThe lock opened.")
    frozenset({'share'})
    """
    cores = {_core(span.of(text)) for span in marked_lines(text)}
    return _phrases().lines & cores


def notice_words() -> frozenset[str]:
    """Return words of which each notice has one."""
    return _phrases().cues.keys


def notices(passage: Passage) -> list[Span]:
    """Return the notices in a paragraph: a clause about cookies, comments, rights.

    The spans count from its start.

    >>> text = "Your email address will not be published. Thanks."
    >>> from mtcheck.types import Document, Paragraph
    >>> passage = Passage(Document(text), (Paragraph(text, Span(0, 49)),), 0)
    >>> [span.of(text) for span in notices(passage)]
    ['Your email address will not be published']
    """
    return [
        Span(*match.span())
        for pattern in _phrases().cues.found(passage.held, passage.lower)
        for match in _compiled(pattern).finditer(passage.paragraph.text)
    ]


def _marked_width(line: str) -> int:
    """Return how far the residue in a line reaches, 0 where there is none."""
    phrases = _phrases()
    core = _core(line)
    if core in phrases.lines or phrases.pattern.fullmatch(core):
        return len(line)
    words = core.replace(",", " ").replace("|", " ").split()
    if len(words) > 1 and all(word in phrases.words for word in words):
        return len(line)
    crumb = _BREADCRUMB.match(line)
    return crumb.end() if crumb else 0


def _core(line: str) -> str:
    return " ".join(line.strip(_EDGES).lower().split())
