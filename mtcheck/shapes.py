"""What a paragraph shows at a glance beside its characters: shapes that call rules."""

import re
from functools import cache

from mtcheck.characters import is_ordinary
from mtcheck.languages import language, languages
from mtcheck.segment import Passage

NEIGHBOURS = "neighbours"
"""The document has other paragraphs."""

LINES = "lines"
"""The paragraph has several lines, or so few characters that it may be a headline."""

LOOSE_MARK = "loose mark"
"""A mark stands where few do: at the start, behind a space, or before what few marks
stand before."""

ODDITY = "oddity"
"""A character is not ordinary."""

HUMP = "hump"
"""A capital stands behind a small letter."""

OPENER = "opener"
"""A word that starts sentences stands, with its capital, behind a word and a space."""

CLOSE_STOPS = "close stops"
"""Two words with a full stop stand no more than ``LONGEST_SCRAP`` words apart."""

TORN = "torn"
"""A word ends in a hyphen."""

DOUBLE = "double"
"""Words stand there twice in succession, no more than ``LONGEST_DOUBLE`` at a time."""

ECHOES = "echoes"
"""So many words stand behind the same two once more that a sentence may be repeated."""

LONGEST_SCRAP = 3
LONGEST_DOUBLE = 12
MANY = 4

LOWER, UPPER = "a-zß-öø-ÿāăąćčďēęěğīłńňōőřśšťūůűźžșț", "A-ZÀ-ÖØ-ÞČŠŽ"
"""The letters of Latin script, as sets of a pattern."""

_LINE_ENDS = frozenset("\n\r\u2029")
_LONGEST_LINE = 160

# A capital in a word, with the letter before it, or in a sentence, with the rest of its
# word: one look for both.
_CAPITAL = re.compile(rf"[{UPPER}](?:(?<=([{LOWER}]).)|(?<=\w .)(\w*))")
# Behind a mark most texts have a space, a closing mark and a space, or a digit.
_LOOSE = re.compile(
    r"[.,;:?!](?:(?<=\s.)|(?<!.{2})|(?![\"”“»’)\]]?(?:\s|\Z)|\d))|…", re.S
)
_TORN = re.compile(r"-(?<=\w-)(?:\s|\Z)")
_FIRST_WORD = re.compile(rf"[{UPPER}](\w*)")


def shapes(passage: Passage) -> list[str]:
    """Return the shapes of a paragraph that do not show in its words."""
    found = []
    if len(passage.paragraphs) > 1:
        found.append(NEIGHBOURS)
    characters = passage.characters
    if len(passage.paragraph.text) <= _LONGEST_LINE or not characters.isdisjoint(
        _LINE_ENDS
    ):
        found.append(LINES)
    if not is_ordinary(characters):
        found.append(ODDITY)
    return found


def shapes_of_words(passage: Passage) -> list[str]:
    """Return the shapes that show in a paragraph's words, or may."""
    text, code, found = passage.paragraph.text, passage.paragraph.language, []
    if _LOOSE.search(text):
        found.append(LOOSE_MARK)
    capitals = _CAPITAL.findall(text)
    if any(before for before, _ in capitals):
        found.append(HUMP)
    if not _opener_rests(code).isdisjoint(rest for _, rest in capitals):
        found.append(OPENER)
    if _TORN.search(text):
        found.append(TORN)
    if "." in text:
        found.append(CLOSE_STOPS)
    n_echoes = passage.n_echoes
    widths = {1, 2, *passage.echoes} if n_echoes else (1, 2)
    if any(next(passage.doubles(width), -1) >= 0 for width in widths):
        found.append(DOUBLE)
    if n_echoes >= MANY:
        found.append(ECHOES)
    return found


@cache
def _opener_rests(code: str | None) -> frozenset[str]:
    """Return the words that start sentences of a language, without their capital."""
    known = language(code).sentence_openers if code in languages() else ()
    return frozenset(word[1:] for word in known)


CALLS, WORD_END, STOP_END, LAST_STOP, OPENS, IS_LOOSE, HAS_HUMP, IS_TORN = (
    1 << bit for bit in range(8)
)
"""What pieces of text between white space show, of which shapes are made.

One may hold a word that calls a rule; end in a letter or digit, in a full stop that a
quote may follow, or in a full stop; begin with an opener; and have in it all that makes
a loose mark, a hump, or a torn word.
"""


def glimpse(piece: str, code: str | None) -> int:
    """Return what a piece of a text in a language shows.

    >>> glimpse("iPhone", "en") == WORD_END | HAS_HUMP
    True
    """
    shown = 0
    if piece.isalpha():
        if piece.islower():
            return WORD_END  # most
        shown = WORD_END
    else:
        if piece[-1].isalnum() or piece[-1] == "_":
            shown |= WORD_END
        if piece[-1] == ".":
            shown |= STOP_END | LAST_STOP
        elif piece[-2:-1] == ".":
            shown |= STOP_END
        elif piece[-1] == "-" and _TORN.search(piece):
            shown |= IS_TORN
        if _LOOSE.search(piece):
            shown |= IS_LOOSE
    if any(before for before, _ in _CAPITAL.findall(piece)):
        shown |= HAS_HUMP
    if _rest_of_word(piece) in _opener_rests(code):
        shown |= OPENS
    return shown


def _rest_of_word(piece: str) -> str | None:
    """Return the word that a piece begins with, but for its first letter."""
    match = _FIRST_WORD.match(piece)
    return match[1] if match else None
