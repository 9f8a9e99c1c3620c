"""Lines and words that stand there twice."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache, lru_cache

from mtcheck.languages import language, languages
from mtcheck.rules import Rule
from mtcheck.segment import Passage
from mtcheck.types import Span

_MIN_WORDS = 4
_MIN_LETTERS = 15
"""Shorter lines are table cells, list items and calls in a dialogue."""


@lru_cache(maxsize=4)
def _repeats(text: str) -> tuple[Span, ...]:
    """Return the lines that have stood in the document before."""
    seen: set[str] = set()
    found: list[Span] = []
    start = 0
    for line in text.split("\n"):
        core = line.strip()
        if core in seen:
            begin = start + line.index(core)
            found.append(Span(begin, begin + len(core)))
        elif _counts(core):
            seen.add(core)
        start += len(line) + 1
    return tuple(found)


def _counts(line: str) -> bool:
    if len(line) < _MIN_LETTERS or len(line.split()) < _MIN_WORDS:
        return False
    # Rules of dashes, rows of numbers and ASCII art come back for a reason.
    return sum(map(str.isalpha, line)) * 3 > len(line) * 2


def _repeated_lines(passage: Passage) -> Iterator[Span]:
    if "\n" not in passage.document.text:
        return
    place = passage.paragraph.span
    spans = _repeats(passage.document.text)
    for span in spans[bisect_left(spans, Span(place.start, 0)) :]:
        if span.end > place.end:
            return
        yield span


@cache
def _twice(code: str) -> tuple[re.Pattern[str], tuple[str, ...]]:
    """Return a pattern for doubled words, and the strings that call for it."""
    words = sorted(language(code).never_doubled)
    choice = "|".join(f"{word} {word}" for word in words)
    pattern = re.compile(rf"(?<![\w'’-])(?:{choice})(?![\w'’-])")
    return pattern, tuple(f"{word} {word} " for word in words)


def _doubled_words(passage: Passage) -> Iterator[Span]:
    code = passage.paragraph.language
    if code not in languages():
        return
    text = passage.paragraph.text
    pattern, cues = _twice(code)
    if any(cue in text for cue in cues):
        for match in pattern.finditer(text):
            yield Span(*match.span()).shift(passage.paragraph.span.start)


RULES = (
    Rule(
        code="MT401",
        name="repeated-line",
        message="the line has stood in this document before: {!r}",
        why="Scrapers take captions and headlines twice: once as seen, once as spoken.",
        bad=(
            "The mayor opens the new lock\n⟦The mayor opens the new lock⟧",
            "Who will pay for it?\n\nNobody knew.\n\n⟦Who will pay for it?⟧",
        ),
        good=(
            "The mayor opens the new lock\nThe mayor opens the old lock",
            "No comment.\n\nShe left.\n\nNo comment.",
            "--- --- --- --- ---\n\n--- --- --- --- ---",
        ),
        find=_repeated_lines,
    ),
    Rule(
        code="MT402",
        name="doubled-word",
        message="the word stands there twice: {!r}",
        why="Cutting and pasting, by hand or by machine, doubles small words.",
        bad=(
            "They walked to ⟦the the⟧ harbour.",
            "Sie gingen ⟦und und⟧ kamen nie an.",
        ),
        good=(
            "They had had enough, and that that was so.",
            "Die, die die Brücke sahen, lachten.",
            "The the-rapy of it.",
        ),
        find=_doubled_words,
    ),
)
