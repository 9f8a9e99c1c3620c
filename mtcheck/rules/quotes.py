"""Quotes that never close, and quotes that close with a stranger's mark."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from mtcheck.languages import all_languages, language, languages
from mtcheck.rules import Rule
from mtcheck.segment import Passage
from mtcheck.types import Span

_SIGNS = frozenset('"“”„«»')
_QUOTE = re.compile(r'["“”„«»]')
_OPENERS = frozenset("([{—–-/‘'‚\"“„«»¿¡*_>|")
_ENDS = frozenset(".!?…")
_MARKS = frozenset(".,;:!?)]")
# Words inside a sentence that is over, and not speech, which has a mark before its own:
# the quote does not run on, wherever the paragraph was cut.
_PHRASE = re.compile(r"(?<=[^\W_]\s)[\"“„»«][^\W_][^.!?]{0,300}[.!?](?:\s+[A-ZÀ-Þ]|\Z)")
_PHRASE_END = re.compile(r"[^\W_]{2}[\"“”«»]\s[^\W\dA-ZÀ-Þ]{2}$")
_PHRASE_END_BEFORE_NOUN = re.compile(r"[^\W_]{2}[\"“”«»]\s[^\W\d]{2}$")
_MAX_QUOTED = 300
"""A longer stretch between two marks is rather two quotes, each with one mark lost."""


class Quotes(NamedTuple):
    """Pairs as (start, end), and the places of marks without a partner.

    ``last`` says of a lone opening mark that no other quote follows it.
    """

    pairs: tuple[tuple[int, int], ...]
    lone: tuple[int, ...]
    unopened: tuple[int, ...]
    last: int | None


_NOTHING = Quotes((), (), (), None)


@lru_cache(maxsize=4)
def pair_up(text: str) -> Quotes:
    """Pair the quotes of a paragraph; nothing is said where a mark is ambiguous."""
    marks = [match.start() for match in _QUOTE.finditer(text)]
    if not marks:
        return _NOTHING
    pairs: list[tuple[int, int]] = []
    stack: list[int] = []
    unopened: list[int] = []
    roles = {place: _role(text, place) for place in marks}
    for place, role in roles.items():
        if role == "open" or (role == "either" and not stack):
            if stack and text[place - 2] in _ENDS:
                # Paragraphs of one quotation, run together: not closed on purpose.
                stack.pop()
            stack.append(place)
        elif role in ("close", "either"):
            if stack:
                pairs.append((stack.pop(), place + 1))
            else:
                unopened.append(place)
        elif role == "unclear":
            return _NOTHING
    if (stack or unopened) and _is_doubtful(text, roles, stack + unopened):
        return _NOTHING
    last = stack[-1] if stack and (not pairs or pairs[-1][1] <= stack[-1]) else None
    return Quotes(tuple(pairs), tuple(stack), tuple(unopened), last)


def _is_doubtful(text: str, roles: dict[int, str], lone: list[int]) -> bool:
    """Tell whether lone marks may come from a role that was guessed wrong.

    That is so where straight marks are even in number: one has its space on the wrong
    side.
    """
    if "either" in roles.values():
        return True
    n_straight = sum(text[at] == '"' for at, role in roles.items() if role != "skip")
    return n_straight % 2 == 0 and all(text[at] == '"' for at in lone)


def _role(text: str, place: int) -> str:
    """Return open, close, either, skip or unclear, by the mark's neighbours.

    The marks do not tell: “ opens in English and closes in German, » does both.
    """
    mark = text[place]
    before = text[place - 1] if place else " "
    after = text[place + 1] if place + 1 < len(text) else " "
    if mark in (before, after):
        # Doubled for CSV, or a closing and an opening one without their space.
        return "unclear"
    if mark == '"' and (before.isdigit() or before in "'′"):
        # Inches, or a quote that ends in a number: a guess would be worth little.
        return "skip" if after.isalnum() else "unclear"
    if before.isspace() and after.isspace():
        return {"«": "open", "„": "open", "»": "close"}.get(mark, "either")
    if before.isspace() and after in _MARKS and not text[place + 2 : place + 3].strip():
        return "close"
    if mark == "„" or before.isspace() or (before in _OPENERS and after.isalnum()):
        return "open"
    if before.isalnum() and after.isalnum():
        return {"“": "open", "”": "close"}.get(mark, "unclear")
    return "close"


@lru_cache(maxsize=1)
def known_pairs() -> frozenset[str]:
    """Return the pairs that belong together in some language."""
    return frozenset(a + b for item in all_languages() for a, b in item.quotes)


def _unclosed(passage: Passage) -> Iterator[Span]:
    text = passage.paragraph.text
    quotes = pair_up(text)
    for place in quotes.lone:
        if _PHRASE.match(text, place) or _is_never_closed(passage, quotes, place):
            yield Span(place, place + 1).shift(passage.paragraph.span.start)


def _is_never_closed(passage: Passage, quotes: Quotes, place: int) -> bool:
    # Pages use guillemets as arrows: a single one is rather that.
    if passage.paragraph.text[place] in "«»":
        return False
    # A quotation of many paragraphs opens each of them; others may be inside it.
    may_run_on = place in (0, quotes.last)
    return not may_run_on or _must_close_here(passage)


def _must_close_here(passage: Passage) -> bool:
    """Tell whether a quote may not run on: the next paragraph does not repeat it.

    Where the document has only this paragraph, it may have been cut out of another.
    """
    if len(passage.paragraphs) == 1:
        return False
    following = passage.paragraphs[passage.index + 1 : passage.index + 2]
    return not (following and _QUOTE.match(following[0].text.lstrip()))


def _unopened(passage: Passage) -> Iterator[Span]:
    text, code = passage.paragraph.text, passage.paragraph.language
    has_capital_nouns = code in languages() and language(code).has_capital_nouns
    end = _PHRASE_END_BEFORE_NOUN if has_capital_nouns else _PHRASE_END
    for place in pair_up(text).unopened:
        # Speech, which has a mark before its own, may have begun in what was before.
        if end.search(text[max(0, place - 4) : place + 4]):
            yield Span(place, place + 1).shift(passage.paragraph.span.start)


def quoted(text: str) -> Iterator[tuple[int, int]]:
    """Yield the pairs around a stretch of one line that is no longer than usual."""
    for start, end in pair_up(text).pairs:
        if end - start <= _MAX_QUOTED and "\n" not in text[start:end]:
            yield start, end


def _mixed(passage: Passage) -> Iterator[Span]:
    text = passage.paragraph.text
    for start, end in quoted(text):
        if text[start] + text[end - 1] not in known_pairs():
            yield Span(start, end).shift(passage.paragraph.span.start)


RULES = (
    Rule(
        code="MT104",
        name="unclosed-quote",
        message="the quote opens and never closes: {!r}",
        why="Engines drop marks; a quote may only run on where the next paragraph "
        "opens with a mark again.",
        bad=(
            "⟦“⟧What a strange answer?\n\nThe mayor left the hall.",
            '"We go on," she said. ⟦"⟧Nobody stops us.\n\nThe mayor left.',
            "He called it ⟦“⟧a good day. Later he said “no” to all.",
            "They spoke of ⟦“⟧a very good day.",
            "⟦„⟧Wir gehen weiter.\n\nDer Rat schwieg.",
        ),
        good=(
            "“We go on.\n\n“Nobody stops us,” she said.",
            "“We go on,” she said.",
            "„Wir gehen weiter“, sagte sie. »Gut so«, sagte er.",
            "“We go on",
            'The screen has 19" and the wall 7\' 6".\n\nIt fits.',
            "The ’tis of ’twas.\n\nIt’s fine.",
            'A 3"x4" board.',
            "« Older posts\n\nIt’s fine.",
        ),
        signs=_SIGNS,
        find=_unclosed,
    ),
    Rule(
        code="MT115",
        name="unopened-quote",
        message="the quote closes and was never opened: {!r}",
        why="Engines drop marks, and what is cut out takes the opening one along.",
        bad=(
            "He called it a good day⟦”⟧ and went home.",
            "Er sprach von Verrat⟦“⟧ im Rat.",
            "Es gab eine gute⟦“⟧ Suppe am Kai.",
        ),
        good=(
            "He called it “a good day” and went home.",
            "and we sank,” he said.",
            "und wir sanken“, sagte er.",
        ),
        signs=_SIGNS,
        find=_unopened,
    ),
    Rule(
        code="MT105",
        name="mixed-quotes",
        message="the quote opens in one style and closes in another: {!r}",
        why="Engines translate the words and keep one of the two marks.",
        bad=(
            "Er sprach von ⟦“Verrat“⟧ im Rat.",
            'Er sprach von ⟦„Verrat"⟧ im Rat.',
            'She spoke of ⟦“treason"⟧ in the council.',
        ),
        good=(
            "Er sprach von „Verrat“ im Rat.",
            "Er sprach von »Verrat« und «Verrat».",
            "She spoke of “treason” in the council.",
            'She spoke of "treason" in the council.',
            "»Photos\nand more“",
        ),
        signs=_SIGNS,
        find=_mixed,
    ),
)
