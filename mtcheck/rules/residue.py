"""What a web page leaves in its text: buttons, forms, bars, notices."""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from mtcheck.languages import all_languages
from mtcheck.rules import Rule
from mtcheck.segment import Passage
from mtcheck.types import Span

_MAX_LINE = 160
"""Whole-line phrases are shorter; a longer line is only searched for notices."""

_EDGES = " \t\r\xa0*•·|–—-›»→←↑↓…:.!?[]()"
_BREADCRUMB = re.compile(r"\s*(?:home|startseite|start) ?[»›](?=\s)", re.IGNORECASE)


class _Phrases(NamedTuple):
    lines: frozenset[str]
    words: frozenset[str]
    pattern: re.Pattern[str]
    cues: tuple[tuple[str, re.Pattern[str]], ...]


@cache
def _phrases() -> _Phrases:
    """Return the phrases of all languages: sites mix them."""
    known = all_languages()
    choice = "|".join(item for one in known for item in one.residue_patterns)
    return _Phrases(
        frozenset().union(*(one.residue_lines for one in known)),
        frozenset().union(*(one.residue_words for one in known)),
        re.compile(choice, re.IGNORECASE),
        tuple(
            (cue.word, re.compile(cue.pattern, re.IGNORECASE))
            for one in known
            for cue in one.residue_cues
        ),
    )


def _residue(passage: Passage) -> Iterator[Span]:
    text, offset = passage.paragraph.text, passage.paragraph.span.start
    found = list(_notices(text))
    if len(text) <= _MAX_LINE or "\n" in text:
        found.extend(_lines(text))
    end = 0
    # The longest first: a line is one finding, however many phrases it holds.
    for span in sorted(found, key=lambda span: (span.start, -span.end)):
        if span.start >= end:
            end = span.end
            yield span.shift(offset)


def _lines(text: str) -> Iterator[Span]:
    start = 0
    for line in text.split("\n"):
        width = _marked(line) if len(line) <= _MAX_LINE else 0
        if width:
            yield Span(start + len(line) - len(line.lstrip()), start + width)
        start += len(line) + 1


def _marked(line: str) -> int:
    """Return how far the residue in a line reaches, 0 where there is none."""
    phrases = _phrases()
    core = " ".join(line.strip(_EDGES).lower().split())
    whole = len(line.rstrip())
    if core in phrases.lines:
        return whole
    if phrases.pattern.fullmatch(core):
        return whole
    words = core.replace(",", " ").replace("|", " ").split()
    if len(words) > 1 and all(word in phrases.words for word in words):
        return whole
    crumb = _BREADCRUMB.match(line)
    return crumb.end() if crumb else 0


def _notices(text: str) -> Iterator[Span]:
    lower = text.lower()
    for word, pattern in _phrases().cues:
        if word in lower:
            for match in pattern.finditer(text):
                yield Span(*match.span())


RULES = (
    Rule(
        code="MT501",
        name="site-residue",
        message="a piece of the web page, not of its text: {!r}",
        why="Scrapers take buttons, forms and bars along with the article.",
        bad=(
            "⟦Advertisement⟧\n\nThe lock opened on Monday.",
            "The lock opened.\n\n⟦Leave a Reply⟧",
            "⟦Home »⟧ The lock opens at last",
            "⟦Facebook Twitter WhatsApp E-Mail⟧",
            "⟦Quelle : Hafenblatt⟧",
            "⟦Read more »⟧",
            "⟦Your email address will not be published. Required fields are marked *⟧",
        ),
        good=(
            "The advertisement showed a lock that opened on Monday.",
            "He asked her to leave a reply at the door.",
            "Home is where the lock is.",
            "They shared it on Facebook and Twitter.",
            "The source: a man who would not give his name to us.",
            "She eats cookies.",
        ),
        find=_residue,
    ),
)
