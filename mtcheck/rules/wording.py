"""Words that only a spinner puts there: set terms, word for word by a thesaurus."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise

from mtcheck.rules import Rule
from mtcheck.segment import Passage
from mtcheck.types import Span

_LONGEST = 4
"""Words of the longest phrase that is looked for."""

_OPENING = "([{\"'“„‘«"
_CLOSING = ".,;:!?…)]}\"'”“’»"
_WORD = re.compile(r"\S+")


@cache
def _phrases(code: str) -> list[str]:
    """Return the rows of the lexicon, in order: a phrase, and the term it is for."""
    from mtcheck.installed import lexicon

    return lexicon(code, "tortured")


@cache
def _pairs(code: str) -> frozenset[tuple[str, ...]]:
    """Return the first two words of the phrases."""
    return frozenset(
        [tuple(row.partition("\t")[0].split(" ", 2)[:2]) for row in _phrases(code)]
    )


def _keys(code: str | None) -> frozenset[str]:
    """Return the phrases."""
    keys = [row.partition("\t")[0] for row in _phrases(code or "")]
    return frozenset(key for key in keys if " " in key)


def _term(phrase: str, code: str = "en") -> str | None:
    """Return the set term that the phrase stands for."""
    rows = _phrases(code)
    key = f"{phrase}\t"
    at = bisect_left(rows, key)
    is_known = at < len(rows) and rows[at].startswith(key)
    return rows[at].split("\t")[1] if is_known else None


def _tortured(passage: Passage) -> Iterable[Span]:
    code = passage.paragraph.language or ""
    found = list(_found(passage, code))
    return _marked(passage, found) if found else ()


def _marked(passage: Passage, found: Iterable[tuple[int, int]]) -> Iterator[Span]:
    text, offset = passage.paragraph.text, passage.paragraph.span.start
    places = [match.span() for match in _WORD.finditer(text)]
    for first, last in found:
        marked = text[places[first][0] : places[last][1]]
        start = places[first][0] + len(marked) - len(marked.lstrip(_OPENING))
        yield Span(start, start + len(marked.strip(_OPENING + _CLOSING))).shift(offset)


def _found(passage: Passage, code: str) -> Iterator[tuple[int, int]]:
    """Yield first and last word of each phrase, the longest where several start."""
    end, known = 0, _pairs(code)
    words = passage.lower.split()
    for at, pair in enumerate(pairwise(passage.words)):
        if at < end or pair not in known:
            continue
        for last in range(min(at + _LONGEST, len(words)) - 1, at, -1):
            if _term(_phrase(words, at, last), code):
                end = last + 1
                yield at, last
                break


def _phrase(words: list[str], first: int, last: int) -> str:
    """Return the words without the marks around them."""
    return " ".join(words[first : last + 1]).lstrip(_OPENING).rstrip(_CLOSING)


def _meaning(marked: str) -> str:
    return _term(" ".join(marked.lower().split())) or ""


RULES = (
    Rule(
        code="MT701",
        name="tortured-phrase",
        message="a set term, put in other words: {!r}",
        why="Spinners replace the words of set terms too, which no expert would.",
        bad=(
            "The lock is run by ⟦counterfeit consciousness⟧.",
            "“⟦Counterfeit consciousness⟧” (an ⟦irregular woodland⟧) is slow.",
        ),
        good=(
            "The lock is run by artificial intelligence.",
            "They used deep learning and a random forest.",
            "He had a profound. Learning was hard; the cloud, computing, was slow.",
        ),
        words=_keys,
        find=_tortured,
        meaning=_meaning,
        languages=frozenset({"en"}),
    ),
)
