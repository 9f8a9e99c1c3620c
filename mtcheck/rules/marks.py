"""Marks that stand twice, beside a mark they cannot follow, or before any word."""

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from mtcheck.languages import all_languages
from mtcheck.rules import Rule
from mtcheck.segment import Passage
from mtcheck.shapes import LOOSE_MARK
from mtcheck.types import Span

# What stands before a mark is looked at behind it: an engine finds the mark sooner.
_BEFORE = r"(?:(?<=[^\W_].)|(?<=[)\]\"”“»].)|(?<=[^\W_][ \xa0].))"
_AFTER = r"(?=[\"”“»)]?(?:\s|$))"
# A low quote of two commas (",,so''") stands before a word, "::" of programs in one.
_DOUBLED = re.compile(
    rf"(?:,{_BEFORE}[ \xa0]?,|;{_BEFORE}[ \xa0]?;|:{_BEFORE}(?<!::):){_AFTER}"
)
# Two dots inside a sentence are a short ellipsis, and so is the end of one where there
# are more: only before a capital can they be but a slip.
_TWO_STOPS = re.compile(
    r"\.(?:(?<=[^\W_].)|(?<=[)\]\"”“»].))\."
    r"(?=[\"”“»)]?(?:\s+[\"“„«»(]?[A-ZÀ-Þ]|\s*$))"
)
_DOTS = re.compile(r"\.\s?\.|…")

# "20 m,. in" and "et al;, 2017"; the row of an ellipsis may follow a comma. A face or a
# picture of a board (":torte: ,") has its colons around a word.
_CLASHING = re.compile(
    rf"(?:,{_BEFORE}[ \xa0]?[.;]|;{_BEFORE}[ \xa0]?[.,]|:{_BEFORE}[ \xa0]?[.,;])"
    rf"{_AFTER}(?!\s*\.)"
)
_STOPPED_TWICE = re.compile(r"[?!](?<=[^\W\d_].)\.(?=\s+[A-ZÀ-Þ]|\s*$)")
_STOP_FIRST = re.compile(r"\.(?<=[^\W\d_]{3}.)[,;](?=\s+[A-ZÀ-Þ])")
# One set in front: most paragraphs have no two marks so close and are done at once.
_ANY = re.compile(r"[.,;:?!][ \xa0]?[.,;:]")

_STRAY = re.compile(r"[.,?!](?=[ \xa0][^\s.,?!])")


@lru_cache(maxsize=4)
def _has_pair(text: str) -> bool:
    """Tell whether two marks stand side by side: both rules of them ask it first."""
    return bool(_ANY.search(text))


def _doubled(passage: Passage) -> Iterator[Span]:
    text, offset = passage.paragraph.text, passage.paragraph.span.start
    if not _has_pair(text):
        return
    for match in _DOUBLED.finditer(text):
        yield Span(*match.span()).shift(offset)
    stops = list(_TWO_STOPS.finditer(text)) if ".." in text else []
    if len(stops) == 1 and len(_DOTS.findall(text)) == 1:
        yield Span(*stops[0].span()).shift(offset)


def _clashing(passage: Passage) -> Iterator[Span]:
    text, offset = passage.paragraph.text, passage.paragraph.span.start
    if not _has_pair(text):
        return
    for match in _CLASHING.finditer(text):
        if ":" not in _word_before(text, match):
            yield Span(*match.span()).shift(offset)
    for match in _STOPPED_TWICE.finditer(text):
        # A capital may be that of a name or a title with its own mark.
        if _word_before(text, match).islower():
            yield Span(*match.span()).shift(offset)
    for match in _STOP_FIRST.finditer(text):
        if _is_whole_word(_word_before(text, match)):
            yield Span(*match.span()).shift(offset)


def _is_whole_word(word: str) -> bool:
    """Tell whether the word is no abbreviation, nor the start of a long name."""
    if not word.isalpha() or word.lower() in _abbreviations():
        return False
    return word.islower() or (len(word) > 4 and word[1:].islower())


@cache
def _abbreviations() -> frozenset[str]:
    return frozenset().union(*(item.abbreviations for item in all_languages()))


def _word_before(text: str, match: re.Match[str]) -> str:
    return text[max(0, match.start() - 50) : match.start()].rpartition(" ")[2]


def _stray(passage: Passage) -> Iterable[Span]:
    match = _STRAY.match(passage.paragraph.text)
    return [Span(*match.span()).shift(passage.paragraph.span.start)] if match else ()


RULES = (
    Rule(
        code="MT106",
        name="doubled-mark",
        message="the mark stands twice: {!r}",
        why="What stood between the two was cut out, or two sentences were glued.",
        bad=(
            "Nets, ropes⟦,,⟧ and oars lay in the yard.",
            "The boats of Hull⟦, ,⟧ and Grimsby were sold.",
            "The ferry was late again⟦..⟧ Nobody had told us.",
            "Sie verkauften Netze, Taue usw⟦..⟧ Dann war Ruhe.",
            "The list is short⟦;;⟧ it names two boats.",
        ),
        good=(
            "Nets, ropes, and oars.",
            "She said ... nothing at all.",
            "We waited .. and waited.. Then we left... At last.",
            "Das ist die ,,Alte Fähre'' am Kai.",
            "Call Boat::launch() first.",
            "Go to ../docks and look there.",
        ),
        signs=frozenset({LOOSE_MARK}),
        find=_doubled,
        fix=lambda marked: marked[0],
    ),
    Rule(
        code="MT107",
        name="clashing-marks",
        message="one of the two marks is too many: {!r}",
        why="What stood between the two was cut out, or an end was put to a sentence "
        "that had one.",
        bad=(
            "He swam it in twenty seconds⟦,.⟧ Nobody saw it.",
            "The form is to be had at⟦: .⟧ Ask there.",
            "Who knew the owner of the boat⟦?.⟧ Nobody did.",
            "Nobody knew the owner of the boat⟦.,⟧ They sold it.",
        ),
        good=(
            "He swam it, nobody saw it.",
            "We looked for it, . . . in vain.",
            "She wrote for Yahoo!. Then she left.",
            "Why?, he asked. Never!, she said.",
            "Wir sind heute aufgestiegen :freu: . Morgen feiern wir.",
            "Nets, ropes etc., Hull and Smith & Co.; Grimsby had none.",
        ),
        signs=frozenset({LOOSE_MARK}),
        find=_clashing,
    ),
    Rule(
        code="MT111",
        name="stray-mark",
        message="the paragraph begins with a mark that ends something: {!r}",
        why="What the mark belonged to was cut off, or went into another paragraph.",
        bad=(
            "⟦.⟧ The ferry was late again.",
            "⟦,⟧ and the boats stayed in the harbour.",
        ),
        good=(
            "... and the boats stayed in the harbour.",
            ". . . and the boats stayed.",
            ".NET runs on the ferry as well.",
            ",so’ sagte sie.",
        ),
        signs=frozenset({LOOSE_MARK}),
        find=_stray,
        severity="error",
    ),
)
