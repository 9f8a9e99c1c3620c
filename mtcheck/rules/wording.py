"""Words that only a spinner puts there: set terms, word for word by a thesaurus."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache, lru_cache

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


@lru_cache(maxsize=50_000)
def _opens(word: str, code: str) -> bool:
    """Tell whether a phrase starts with the word."""
    rows = _phrases(code)
    at = bisect_left(rows, f"{word} ")
    return at < len(rows) and rows[at].startswith(f"{word} ") and word[0].isalnum()


def _term(phrase: str, code: str = "en") -> str | None:
    """Return the set term that the phrase stands for."""
    rows = _phrases(code)
    key = f"{phrase}\t"
    at = bisect_left(rows, key)
    is_known = at < len(rows) and rows[at].startswith(key)
    return rows[at].split("\t")[1] if is_known else None


def _tortured(passage: Passage) -> Iterator[Span]:
    text, offset = passage.paragraph.text, passage.paragraph.span.start
    words = text.lower().split()
    found = list(_found(words, passage.paragraph.language or ""))
    places = [match.span() for match in _WORD.finditer(text)] if found else []
    for first, last in found:
        marked = text[places[first][0] : places[last][1]]
        start = places[first][0] + len(marked) - len(marked.lstrip(_OPENING))
        yield Span(start, start + len(marked.strip(_OPENING + _CLOSING))).shift(offset)


def _found(words: list[str], code: str) -> Iterator[tuple[int, int]]:
    """Yield first and last word of each phrase, the longest where several start."""
    end = 0
    for at, word in enumerate(words):
        head = word.lstrip(_OPENING)
        if at < end or not head or not _opens(head, code):
            continue
        for last in range(min(at + _LONGEST, len(words)) - 1, at, -1):
            phrase = " ".join([head, *words[at + 1 : last + 1]]).rstrip(_CLOSING)
            if phrase[-1:].isalnum() and _term(phrase, code):
                end = last + 1
                yield at, last
                break


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
        find=_tortured,
        meaning=_meaning,
        languages=frozenset({"en"}),
    ),
)
