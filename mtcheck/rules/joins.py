"""Sentences that run into each other."""

import re
from collections.abc import Iterator
from functools import cache

from mtcheck.languages import language, languages
from mtcheck.rules import Rule
from mtcheck.segment import Passage
from mtcheck.types import Span

_NO_SPACE = re.compile(r"[.!?](?=[A-ZÄÖÜ])")
# All lower case, so that Console.WriteLine and names of files do not count.
_BEFORE = re.compile(r"(?:^|[\s(\"“„»«’'-])[a-zäöüßé]{3,}$")
_AFTER = re.compile(r"(?:[A-ZÄÖÜ][a-zäöüß]+|A)(?=[\s,;:’'\"“”]|$)(?!['’]s?\))")
_WINDOW = 40


@cache
def _openers(code: str) -> re.Pattern[str] | None:
    """Return a pattern for a capitalised opener between two words in lower case."""
    words = language(code).sentence_openers
    if not words:
        return None
    choice = "|".join(sorted(word.capitalize() for word in words))
    return re.compile(rf" (?:{choice}) (?=[a-z]{{2}})")


def _glued(passage: Passage) -> Iterator[Span]:
    text, offset = passage.paragraph.text, passage.paragraph.span.start
    code = passage.paragraph.language
    if code not in languages():
        return
    for match in _NO_SPACE.finditer(text):
        before = _BEFORE.search(text[max(0, match.start() - _WINDOW) : match.start()])
        after = _AFTER.match(text, match.end())
        if before and after:
            width = len(before.group().lstrip("(\"“„»«’'- \t\r\n\xa0"))
            yield Span(match.start() - width, after.end()).shift(offset)
    pattern = _openers(code)
    if pattern is None:
        return
    for match in pattern.finditer(text):
        start = text.rfind(" ", 0, match.start()) + 1
        word = text[start : match.start()]
        if word.isalpha() and word.islower() and len(word) > 2:
            yield Span(start, match.end() - 1).shift(offset)


RULES = (
    Rule(
        code="MT301",
        name="glued-sentences",
        message="two sentences run into each other: {!r}",
        why="A stop, or the space behind it, was lost between two sentences.",
        bad=(
            "They called for an end to the ⟦strike The⟧ harbour stays shut.",
            "The harbour stays ⟦shut.Ships⟧ wait outside.",
            "It was a long ⟦day.The⟧ crew slept.",
        ),
        good=(
            "They called for an end to the strike. The harbour stays shut.",
            "They went to see The Harbour on Friday.",
            "Call Console.WriteLine or Path.Join today.",
            "See www.harbour.Example for more.",
            "A colon starts a sentence: The harbour stays shut.",
        ),
        find=_glued,
    ),
)
