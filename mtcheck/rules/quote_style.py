"""Quotes in the style of another language, and quotes with a space inside."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from mtcheck.languages import language, languages
from mtcheck.rules import Rule
from mtcheck.rules.quotes import known_pairs, quoted
from mtcheck.segment import Passage
from mtcheck.types import Span

_CURLY = frozenset("“”„")
# Before the space: inches, a number, what was left out, the end of a quote inside.
_MEANT_AFTER = re.compile(r"[\s…'’‘.\d]")
_HABIT = 2
"""So many quotes spaced on both sides are how the document sets them."""


def _foreign(passage: Passage) -> Iterator[Span]:
    text, code = passage.paragraph.text, passage.paragraph.language
    if code not in languages():
        return
    for start, end in quoted(text):
        pair = text[start] + text[end - 1]
        if _is_foreign(pair, code) and _is_certain(pair, code, passage.document.text):
            yield Span(start, end).shift(passage.paragraph.span.start)


def _is_foreign(pair: str, code: str) -> bool:
    return pair in known_pairs() and pair not in _own_pairs(code)


@cache
def _own_pairs(code: str) -> frozenset[str]:
    return frozenset(a + b for a, b in language(code).quotes)


def _is_certain(pair: str, code: str, document: str) -> bool:
    """Tell whether the mark is never set in the language, or not in this document.

    Guillemets are French or Swiss names and quotations at times, “so” is a habit of
    many who write German on an English keyboard.
    """
    marks = set("".join(_own_pairs(code)))
    if pair[0] == "„" and "„" not in marks:
        return True
    return _prefers_own(pair, code, document)


@lru_cache(maxsize=4)
def _prefers_own(pair: str, code: str, document: str) -> bool:
    """Tell whether the language's own curly quotes outnumber ``pair``."""
    n_own = sum(
        document.count(own[0])
        for own in _own_pairs(code)
        if own[0] not in pair and own[0] in "“„»"
    )
    stranger = pair[1] if pair[0] in "“" else pair[0]
    return n_own > document.count(stranger)


def _spaced(passage: Passage) -> Iterator[Span]:
    text = passage.paragraph.text
    pairs = [pair for pair in quoted(text) if text[pair[0]] not in "«»"]
    if sum(_is_spaced_twice(text, *pair) for pair in pairs) >= _HABIT:
        return
    for start, end in pairs:
        if _is_spaced(text, start, end):
            yield Span(start, end).shift(passage.paragraph.span.start)


def _is_spaced_twice(text: str, start: int, end: int) -> bool:
    return text[start + 1].isspace() and text[end - 2].isspace()


def _is_spaced(text: str, start: int, end: int) -> bool:
    if not text[start + 1 : end - 1].strip():
        return False
    if text[start] == '"' and text[max(0, start - 2) : start].strip().isdigit():
        return False  # inches
    opens = text[start + 1] in " \xa0" and not _MEANT_AFTER.match(text[start + 2])
    closes = text[end - 2] in " \xa0" and not _MEANT_AFTER.match(text[end - 3])
    return opens or closes


def _closed_up(marked: str) -> str:
    return marked[0] + marked[1:-1].strip(" \xa0") + marked[-1]


RULES = (
    Rule(
        code="MT112",
        name="foreign-quotes",
        message="the quote is set in the style of another language: {!r}",
        why="Engines translate the words and leave the marks as they were.",
        bad=(
            "She spoke of ⟦„treason“⟧ in the council.",
            "Er sprach von „Verrat“ und „Treue“, sie nur von ⟦“Pflicht”⟧ im Rat.",
            "She spoke of “treason” and of “duty”, he of ⟦»honour«⟧ alone.",
        ),
        good=(
            "Er sprach von “Verrat” im Rat.",
            "She spoke of “treason” in the council.",
            "Sein «Café de Paris» liegt am Kai.",
        ),
        signs=_CURLY,
        find=_foreign,
    ),
    Rule(
        code="MT113",
        name="spaced-quote",
        message="a space stands inside the quotes: {!r}",
        why="Engines take text apart into words and marks and do not put them together "
        "as they were.",
        bad=(
            "She spoke of ⟦“ treason ”⟧ in the council.",
            "Er sprach von ⟦„Verrat “⟧, sie von Treue.",
            'They called it ⟦" a good day "⟧ in the harbour.',
        ),
        good=(
            "She spoke of “treason” in the council.",
            "« Bonjour » was all she said.",
            "“They said ‘no’ ” is what she wrote.",
            "„Wir gehen … “, sagte sie.",
            "“ No ” , she said . “ Never ” , he said .",
            'The screen has 19 " and the wall 20 " more.',
        ),
        signs=frozenset('"“”„'),
        find=_spaced,
        fix=_closed_up,
    ),
)
