"""Lines, sentences and paragraphs that have stood in the document before.

The spans of a document are found once and kept for its other paragraphs.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache

from mtcheck.rules import Finder, Rule
from mtcheck.segment import MARKS, Passage, split_paragraphs, words_of
from mtcheck.shapes import ECHOES, LINES, MANY, NEIGHBOURS
from mtcheck.types import Span

_MIN_LINE_WORDS = 4
_MIN_LINE_LETTERS = 15
"""Shorter lines are table cells, list items and calls in a dialogue."""

_END = re.compile(r"[.!?…][”\"“»’)\]]?\s+")
_MIN_SENTENCE_WORDS = MANY + 2
_MIN_SENTENCE_LETTERS = 30
_MOST_MARKS = 2
"""Marks at the end of a sentence."""

_CELLS = " | "
"""Rows of tables, and menus on one line, come again for a reason."""

_MIN_COPY_WORDS = 20
_COPIED = 0.9
"""Share of a paragraph's words in runs of three that stood there before."""


@lru_cache(maxsize=4)
def _repeated_lines(text: str) -> tuple[Span, ...]:
    """Return the lines that have stood in the document before."""
    if "\n" not in text:
        return ()
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
    if len(line) < _MIN_LINE_LETTERS or len(line.split()) < _MIN_LINE_WORDS:
        return False
    if _CELLS in line:
        return False
    # Rules of dashes, rows of numbers and ASCII art come back for a reason.
    return sum(map(str.isalpha, line)) * 3 > len(line) * 2


@lru_cache(maxsize=4)
def _copied_paragraphs(text: str) -> tuple[Span, ...]:
    """Return the paragraphs of which nearly all has stood in earlier ones."""
    if "\n" not in text:
        return ()
    lines = _repeated_lines(text)
    seen: set[tuple[str, ...]] = set()
    found: list[Span] = []
    for span in split_paragraphs(text):
        words = words_of(span.of(text))
        if len(words) < _MIN_COPY_WORDS:
            continue
        runs = list(zip(words, words[1:], words[2:], strict=False))
        if _copied_share(runs, seen) >= _COPIED and not _overlaps(span, lines):
            found.append(span)
        seen.update(runs)
    return tuple(found)


def _copied_share(runs: Sequence[tuple[str, ...]], seen: set[tuple[str, ...]]) -> float:
    known = [run in seen for run in runs]
    if not any(known):
        return 0.0
    padded = [False, False, *known, False, False]
    words = zip(padded, padded[1:], padded[2:], strict=False)
    return sum(map(any, words)) / (len(runs) + 2)


@lru_cache(maxsize=4)
def _repeated_sentences(text: str) -> tuple[Span, ...]:
    """Return the sentences, apart from repeated lines and copies, that came before."""
    paragraphs = split_paragraphs(text)
    if not _has_sentence_twice(text, paragraphs):
        return ()
    known = sorted([*_repeated_lines(text), *_copied_paragraphs(text)])
    seen: set[str] = set()
    found: list[Span] = []
    for span in paragraphs:
        for sentence in _sentences(text, span):
            core = " ".join(sentence.of(text).split())
            if core not in seen:
                if _is_long(core):
                    seen.add(core)
            elif not _overlaps(sentence, known):
                # Several in a row are one slip.
                is_next = found and text[found[-1].end : sentence.start].isspace()
                start = found.pop().start if is_next else sentence.start
                found.append(Span(start, sentence.end))
    return tuple(found)


def _has_sentence_twice(text: str, paragraphs: Sequence[Span]) -> bool:
    """Tell whether to look closer: a long piece between two stops comes again."""
    pieces = [
        " ".join(piece.split()).rstrip(MARKS)
        for span in paragraphs
        for piece in _END.split(span.of(text))
        if len(piece) >= _MIN_SENTENCE_LETTERS - _MOST_MARKS
    ]
    return len(set(pieces)) < len(pieces)


def _sentences(text: str, span: Span) -> Iterator[Span]:
    """Yield what stands between two stops; an abbreviation may cut a sentence short."""
    start = span.start
    for match in _END.finditer(text, span.start, span.end):
        yield Span(start, start + len(text[start : match.end()].rstrip()))
        start = match.end()
    yield Span(start, span.end)


def _is_long(sentence: str) -> bool:
    is_long = len(sentence) >= _MIN_SENTENCE_LETTERS and _CELLS not in sentence
    return is_long and sentence.count(" ") + 1 >= _MIN_SENTENCE_WORDS


def _overlaps(span: Span, others: Sequence[Span]) -> bool:
    """Tell whether one of the others, which are in order, meets the span."""
    at = bisect_right(others, Span(span.end, 0))
    return at > 0 and others[at - 1].end > span.start


def _finder(spans_of: Callable[[str], tuple[Span, ...]]) -> Finder:
    """Return a finder of those of a document's spans that lie in the paragraph."""

    def find(passage: Passage) -> Iterable[Span]:
        spans = spans_of(passage.document.text)
        return _within(passage.paragraph.span, spans) if spans else ()

    return find


def _within(place: Span, spans: Sequence[Span]) -> Iterator[Span]:
    for span in spans[bisect_left(spans, Span(place.start, 0)) :]:
        if span.end > place.end:
            return
        yield span


_LINES = frozenset({LINES, NEIGHBOURS})

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
            "name of the ship | year | port\nBerta | 1901 | Hull\n\n"
            "name of the ship | year | port\nAnna | 1903 | Hull",
            "--- --- --- --- ---\n\n--- --- --- --- ---",
        ),
        signs=_LINES,
        find=_finder(_repeated_lines),
    ),
    Rule(
        code="MT404",
        name="repeated-sentence",
        message="the sentence has stood in this document before: {!r}",
        why="A splice of two versions of a text keeps what both of them say.",
        bad=(
            "The ferry sails at ten every day. ⟦The ferry sails at ten every day.⟧ "
            "It is late.",
            "The lock was built a hundred years ago. It leaks.\n\n"
            "Who pays? ⟦The lock was built a hundred years ago.⟧",
        ),
        good=(
            "The ferry sails at ten every day. The ferry sails at noon every day.",
            "It was cold. The ferry sailed at ten. It was cold.",
        ),
        signs=frozenset({ECHOES, NEIGHBOURS}),
        find=_finder(_repeated_sentences),
    ),
    Rule(
        code="MT405",
        name="copied-paragraph",
        message="nearly all of this paragraph has stood in this document before",
        why="A page that holds two versions of a text gives both to the scraper.",
        bad=(
            "The old lock of the harbour was built a hundred years ago, and it leaks "
            "at both gates whenever the tide is high and the wind is strong.\n\n"
            "Nobody wants to pay for a new one.\n\n"
            "⟦The old lock of the harbour was built a hundred years ago, and it leaks "
            "at both gates whenever the tide is high and a wind is strong.⟧",
        ),
        good=(
            "The old lock of the harbour was built a hundred years ago, and it leaks "
            "at both gates whenever the tide is high and the wind is strong.\n\n"
            "The old lock of the harbour was built a hundred years ago, and a new one "
            "is to be paid for by the town, the county and the owners of the ferry.",
        ),
        signs=_LINES,
        find=_finder(_copied_paragraphs),
    ),
)
