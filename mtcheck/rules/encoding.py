"""Characters that nobody typed: controls, look-alikes, entities, invisible ones."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from mtcheck.rules import Finder, Rule, matches
from mtcheck.segment import Passage
from mtcheck.types import Span

_ORDINARY = "\t-\r -~\x85\xa0-\u024f\u2010-\u2027\u202f\u2030-\u2044€™"
_ODD = re.compile(f"[^{_ORDINARY}]")


@lru_cache(maxsize=4)
def _is_ordinary(text: str) -> bool:
    """Tell whether no rule about odd characters needs to look at the text."""
    return not _ODD.search(text)


def _oddities(pattern: str) -> Finder:
    """Return a finder for a pattern of characters that are not ordinary."""
    find = matches(re.compile(pattern))
    return lambda passage: (
        () if _is_ordinary(passage.paragraph.text) else find(passage)
    )


_CONTROL = (
    r"\x1b\[[\d;]{0,20}[A-Za-z]"
    r"|[\x00-\x08\x0e-\x1f\x7f\x81\x8d\x8f\x90\x9d\ufdd0-\ufdef\ufffe\uffff]++"
)
_WINDOWS = "\x80\x82-\x84\x86-\x8c\x8e\x91-\x9c\x9e\x9f"
_PRIVATE = "[\ue000-\uf8ff\U000f0000-\U0010ffff]"


def _from_windows(marked: str) -> str:
    return marked.encode("latin-1").decode("cp1252")


_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_NO_SPACES = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff"
_INVISIBLE = re.compile(
    # A chance to break the line behind a mark ("and/or") is typography.
    rf"(?<![^\w\s])(?<![{_NO_SPACES}])[\u200b\u2060\u2063]++(?![{_NO_SPACES}])"
    rf"|[\u200b\u2060\u2063]++(?=\s|\Z)"
    r"|(?<=[A-Za-z])\u200d++(?=[A-Za-z])"
    "|[\ufeff\u180e]++"
    "|(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0020-\U000e007f]++"
)
_DIRECTIONS = re.compile("[\u200e\u200f\u061c\u202a-\u202c\u2066-\u2069]++")
_OVERRIDE = re.compile("[\u202d\u202e]")


def _invisible(passage: Passage) -> Iterator[Span]:
    text, offset = passage.paragraph.text, passage.paragraph.span.start
    if _is_ordinary(text):
        return
    patterns = [_INVISIBLE]
    if not _RIGHT_TO_LEFT.search(text.replace("\ufeff", "")):
        patterns.append(_DIRECTIONS)
    for pattern in patterns:
        for match in pattern.finditer(text):
            yield Span(*match.span()).shift(offset)


def _overrides(passage: Passage) -> Iterator[Span]:
    text, offset = passage.paragraph.text, passage.paragraph.span.start
    if not _is_ordinary(text) and not _RIGHT_TO_LEFT.search(text):
        for match in _OVERRIDE.finditer(text):
            yield Span(*match.span()).shift(offset)


_TWINS = str.maketrans(
    "АВЕКМНОРСТУХЅІЈаеорсухѕіјԁһΑΒΕΖΗΙΚΜΝΟΡΤΥΧοß",
    "ABEKMHOPCTYXSIJaeopcyxsijdhABEZHIKMNOPTYXoß",
)
_LATIN_TWINS = frozenset("ABEKMHOPCTYXSIJaeopcyxsij")
_MIXED = re.compile(
    r"(?<![^\W\d_])"
    r"(?:[A-Za-zÀ-ɏ]++[Ͱ-Ͽ\u0400-\u052f]|[Ͱ-Ͽ\u0400-\u052f]++[A-Za-zÀ-ɏ])[^\W\d_]*+"
)
_SHARP = re.compile(r"(?<=[A-Za-zÄÖÜäöü][aeiouyäöü])β(?=[a-zäöü]|\b)")


def _homoglyphs(passage: Passage) -> Iterator[Span]:
    text, offset = passage.paragraph.text, passage.paragraph.span.start
    if _is_ordinary(text):
        return
    for match in _MIXED.finditer(text):
        if _without_twins(match[0]) != match[0]:
            yield Span(*match.span()).shift(offset)


def _without_twins(word: str) -> str:
    """Return the word in one script, or as it is where that is not certain."""
    latin = [char for char in word if char < "\u0250"]
    other = [char for char in word if char >= "\u0250"]
    twins = all(ord(char) in _TWINS for char in other)
    if twins and len(latin) > len(other) and len(word) > 3:
        return word.translate(_TWINS)
    is_cyrillic = all("\u0400" <= char < "\u0530" for char in other)
    if is_cyrillic and len(other) > 3 > len(latin) and _LATIN_TWINS.issuperset(latin):
        return word.translate({ord(new): old for old, new in _CYRILLIC})
    return word


_CYRILLIC = [(chr(old), chr(new)) for old, new in _TWINS.items() if old >= 0x400]
