"""What each line of a document looks like, by itself and in its company."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import accumulate
from typing import NamedTuple

from mtcheck.languages import all_languages
from mtcheck.residue.phrases import marked_lines, split_lines
from mtcheck.segment import WORD
from mtcheck.types import Span

_SIGNALS = ("function_words", "page_words", "capital_share", "marked")
_RATES = (0.5, 0.8, 0.93)
"""How much of a signal is left one line on: the company near, wider and far."""

FEATURES = (
    "words",
    "function_words",
    "function_share",
    "page_share",
    "capital_share",
    "commas",
    "sentences",
    "ending",
    "separators",
    "marked",
    "repeats",
    "title",
    "comment_heads",
    "prose_above",
    "prose_below",
    "prose_share",
    *(
        f"{signal}_{side}_{rate}"
        for signal in _SIGNALS
        for rate in _RATES
        for side in ("above", "below")
    ),
)
"""The measures of a line, in the order of its row."""

_MAX_SEEN = 600
"""Characters of a line that are looked at: by then it is prose, or it is not."""

_SEPARATOR = re.compile(r"[|»›·•→«>]| / ")
_SENTENCE_END = re.compile(r"[.!?] (?=[^\W\d_a-zäöü]|[\"“„])")
_CLOSERS = "\"”“»«’')] "
_ENDINGS = {".": 0, "!": 0, "?": 0, ":": 1, "…": 2, ">": 2, ",": 3, ";": 3}
_NO_ENDING = 4


class _Line(NamedTuple):
    """A line for itself: its measures, and what it tells its company."""

    key: str
    n_words: int
    own: tuple[float, ...]
    signals: tuple[float, ...]
    is_prose: bool
    heads_comments: bool


class _Words(NamedTuple):
    functions: tuple[frozenset[str], ...]
    page: frozenset[str]
    comments: frozenset[str]


@cache
def _known_words() -> _Words:
    known = all_languages()
    return _Words(
        tuple(one.function_words for one in known),
        frozenset().union(*(one.page_words for one in known)),
        frozenset().union(*(one.comment_words for one in known)),
    )


def measure_lines(text: str) -> tuple[list[Span], list[tuple[float, ...]]]:
    """Return the lines that are not blank, and the measures of each.

    >>> spans, rows = measure_lines("Menu | Home")
    >>> dict(zip(FEATURES, rows[0]))["separators"]
    1
    """
    spans = list(split_lines(text))
    marked = {span.start for span in marked_lines(text)}
    lines = [_look(span.of(text), span.start in marked) for span in spans]
    columns = [*_repeats(lines), *_places(lines)]
    for signal in zip(*(line.signals for line in lines), strict=True):
        columns += _company(signal)
    beside = zip(*columns, strict=True)
    rows = [line.own + row for line, row in zip(lines, beside, strict=True)]
    return spans, rows


def _look(text: str, is_marked: bool) -> _Line:
    seen = text[:_MAX_SEEN]
    words = WORD.findall(seen)
    lower = [word.lower() for word in words]
    known, n = _known_words(), len(words)
    n_function = max(sum(map(one.__contains__, lower)) for one in known.functions)
    n_page = sum(map(known.page.__contains__, lower))
    heads = [word[0] for word in words if word[0].isalpha()]
    capital = round(sum(map(str.isupper, heads)) / max(len(heads), 1), 4)
    function, page = (round(count / max(n, 1), 4) for count in (n_function, n_page))
    n_sentences = len(_SENTENCE_END.findall(seen))
    ending = _ENDINGS.get(text.rstrip(_CLOSERS)[-1:], _NO_ENDING)
    n_separators = len(_SEPARATOR.findall(seen))
    counts = (n_sentences, ending, n_separators, int(is_marked))
    return _Line(
        " ".join(lower),
        n,
        (n, n_function, function, page, capital, seen.count(","), *counts),
        (min(n_function, 40), page * min(n, 4), capital, int(is_marked)),
        n >= 18 and function >= 0.25 and n_sentences > 0,
        n <= 8 and not known.comments.isdisjoint(lower),
    )


def _repeats(lines: Sequence[_Line]) -> Iterable[Iterable[float]]:
    """Yield what lines have in common with others, and with the first: its title."""
    counts = Counter(line.key for line in lines)
    seen: set[str] = set()
    repeats, titles = [], []
    first = lines[0].key if lines else ""
    for at, line in enumerate(lines):
        is_again = line.key in seen
        seen.add(line.key)
        repeats.append(2 if is_again else int(counts[line.key] > 1))
        in_title = line.n_words >= 3 and line.key in first
        titles.append((1 if at else 2) if in_title else 0)
    return repeats, titles


def _places(lines: Sequence[_Line]) -> Iterable[Iterable[float]]:
    """Yield the heads of comments above, and the prose above, below and in all."""
    heads = [int(line.heads_comments) for line in lines]
    prose = [line.n_words if line.is_prose else 0 for line in lines]
    above = [0, *accumulate(prose)]
    whole = max(above[-1], 1)
    share = round(above[-1] / max(sum(line.n_words for line in lines), 1), 4)
    return (
        [0, *accumulate(heads)][:-1],
        [round(count / whole, 4) for count in above[:-1]],
        [round((above[-1] - count) / whole, 4) for count in above[1:]],
        [share] * len(lines),
    )


def _company(signal: Sequence[float]) -> Iterable[Iterable[float]]:
    """Yield what is heard of the signal from above and below, at each rate."""
    for rate in _RATES:
        yield _heard(signal, rate)
        yield _heard(signal[::-1], rate)[::-1]


def _heard(signal: Sequence[float], rate: float) -> list[float]:
    heard, level = [], 0.0
    for value in signal:
        heard.append(level)
        level = rate * level + (1 - rate) * value
    return heard
