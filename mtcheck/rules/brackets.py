"""Brackets without a partner, and brackets that close with another's mark."""

import re
from bisect import bisect
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from mtcheck.rules import Rule
from mtcheck.segment import Passage
from mtcheck.types import Span

_SIGNS = frozenset("()[]")
_BRACKET = re.compile(r"[()\[\]]")
_PARTNER = {")": "(", "]": "["}
_CODE = re.compile(r"[{}\\^|`=<>]")
"""Signs of formulas and programs, where brackets have meanings of their own."""

_EYES = re.compile(r"(?:[:;=]['’o^-]?[ ]?|[89xX]-|\^[_-]?\^|(?:^|[\s!?.])-)$")
_EYES_AFTER = re.compile(r"['’o^-]?[:;=](?![^\W_])")
_LABEL_BEFORE = re.compile(
    r"(?:^|[\s(\[/,;:.])(?:\d{1,3}[a-z]?|[^\W\d_]|[ivxIVX]{1,5}|([a-z])\1)[.\s]?$"
)
_INTERVAL = re.compile(r"[(\[][^()\[\]\s]{1,20}[,;][^()\[\]]{1,20}[)\]]")
_MAX_BRACKETED = 300
"""A longer stretch between two brackets is rather two, each with one bracket lost."""

_ENOUGH_WORDS = 4
"""So many words after a bracket are more than the start of a reference."""

_STOP_BEFORE = re.compile(r"[.!?…][\"”“»’']?$")


class _Brackets(NamedTuple):
    """Places of brackets that are not closed, not opened, and spans of wrong pairs."""

    unclosed: tuple[int, ...]
    unopened: tuple[int, ...]
    mismatched: tuple[tuple[int, int], ...]


_NOTHING = _Brackets((), (), ())


@lru_cache(maxsize=4)
def _match(text: str) -> _Brackets:
    """Pair the brackets of a paragraph; faces and the labels of lists stand apart."""
    if _CODE.search(text):
        return _NOTHING
    opened: list[int] = []
    unopened: list[int] = []
    mismatched: list[tuple[int, int]] = []
    has_face = False
    for match in _BRACKET.finditer(text):
        place, mark = match.start(), match.group()
        # "(English: )" is a bracket whose text is lost, and no face.
        is_hollow = bool(opened) and text[place - 1] == " "
        if not is_hollow and _is_face(text, place):
            has_face = True
        elif mark not in _PARTNER:
            opened.append(place)
        elif not opened:
            unopened.append(place)
        else:
            start = opened.pop()
            if text[start] != _PARTNER[mark] and place - start < _MAX_BRACKETED:
                mismatched.append((start, place + 1))
    # "(or so it seems :)": the face closes the bracket as well.
    if has_face and opened:
        opened.pop()
    return _Brackets(tuple(opened), tuple(unopened), tuple(mismatched))


def _is_face(text: str, place: int) -> bool:
    if text[place] not in _PARTNER:
        if _EYES_AFTER.match(text, place + 1):
            return True
        if text[place + 1 : place + 2].isalnum():
            return False  # "see:(2)"
    return bool(_EYES.search(text[max(0, place - 3) : place]))


def _unclosed(passage: Passage) -> Iterator[Span]:
    text = passage.paragraph.text
    for place in _match(text).unclosed:
        if not _may_run_on(passage, place):
            yield Span(place, place + 1).shift(passage.paragraph.span.start)


def _may_run_on(passage: Passage, place: int) -> bool:
    """Tell whether the bracket may close after the paragraph.

    One around whole sentences may, and so may one at the very end of a document of one
    paragraph, which may have been cut out of another at an abbreviation.
    """
    sentences = passage.sentences
    inside = bisect(sentences, place, key=lambda span: span.end)
    if place == sentences[inside].start:
        return True
    if len(passage.paragraphs) > 1 or inside < len(sentences) - 1:
        return False
    text = passage.paragraph.text
    # Not all of the rest: there may be as many brackets as letters.
    end = text[max(place, len(text) - 3) :]
    is_short = text.count(" ", place, place + 200) < _ENOUGH_WORDS
    return is_short or not _STOP_BEFORE.search(end)


def _unopened(passage: Passage) -> Iterator[Span]:
    text = passage.paragraph.text
    for place in _match(text).unopened:
        before = text[max(0, place - 8) : place]
        if text[place] == ")" and _LABEL_BEFORE.search(before):
            continue
        if _STOP_BEFORE.search(before):
            continue
        if not _may_be_a_rest(passage, place):
            yield Span(place, place + 1).shift(passage.paragraph.span.start)


def _may_be_a_rest(passage: Passage, place: int) -> bool:
    """Tell whether the paragraph starts inside a sentence, and the bracket is in it."""
    text = passage.paragraph.text
    return not text[0].isupper() and place < passage.sentences[0].end


def _mismatched(passage: Passage) -> Iterator[Span]:
    text = passage.paragraph.text
    for start, end in _match(text).mismatched:
        if not _INTERVAL.fullmatch(text[start:end]):
            yield Span(start, end).shift(passage.paragraph.span.start)


RULES = (
    Rule(
        code="MT108",
        name="unclosed-bracket",
        message="the bracket opens and never closes: {!r}",
        why="Engines drop marks, and what is cut out takes the closing bracket along.",
        bad=(
            "The ferry ⟦(⟧built in Hull was late again. Nobody knew why.",
            "Die Fähre ⟦(⟧gebaut in Kiel lag fest.\n\nNiemand wusste warum.",
            "See the note ⟦[⟧2 on the tides. It is short.",
        ),
        good=(
            "The ferry (built in Hull) was late again. Nobody knew why.",
            "The ferry was late again (built in Hull",
            "It sank :( and nobody came. We left.",
            "(It was late. Nobody knew why.",
            "It was late (or so they said :) and we left. Nobody knew why.",
            "Call open( with a name, or f(x = 2. Then close it.",
        ),
        signs=_SIGNS,
        find=_unclosed,
    ),
    Rule(
        code="MT109",
        name="unopened-bracket",
        message="the bracket closes and was never opened: {!r}",
        why="What is cut out takes the opening bracket along.",
        bad=(
            "The ferry built in Hull⟦)⟧ was late again.",
            "Die Fähre, gebaut in Kiel⟦]⟧, lag fest.",
        ),
        good=(
            "The ferry (built in Hull) was late again.",
            "They want a) a boat, b) a crew and iii) a port.",
            "1) Buy a boat. 2.) Sell it.",
            "We were late again :-) and laughed ;)",
            "Nobody knew why.) We left.",
            "built in Hull) was late again.",
        ),
        signs=_SIGNS,
        find=_unopened,
    ),
    Rule(
        code="MT110",
        name="mismatched-brackets",
        message="the bracket opens in one form and closes in another: {!r}",
        why="Two brackets stood here, and what was between them is gone.",
        bad=("The ferry ⟦(built in Hull]⟧ was late again.",),
        good=(
            "The ferry (built in Hull [England]) was late again.",
            "A share in [0, 1) or in (0, 1] will do.",
        ),
        signs=_SIGNS,
        find=_mismatched,
    ),
)
