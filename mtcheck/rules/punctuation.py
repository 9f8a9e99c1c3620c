"""Stops and spaces that no writer sets: what engines and scrapers leave behind."""

import re
from collections.abc import Iterable, Iterator

from mtcheck.languages import languages
from mtcheck.rules import Rule
from mtcheck.segment import Passage
from mtcheck.shapes import LOOSE_MARK
from mtcheck.types import Span

# A spaced ellipsis (". . .") is a style, so both neighbours are looked at. After "..."
# a stop closes no sentence twice; it is part of a longer row.
_ORPHAN = re.compile(
    r"(?:(?<=[.!?…])|(?<=[.!?…][\"”“»)]))[ \t\xa0]+\.(?=\s|$)(?!\s*\.)"
)
_ROW_BEFORE = re.compile(r"(?:\s|\.)\.$")

_AFTER = r"(?=[\"”“»)]?(?:\s|$))"
# Narrow no-break spaces are French typography and never a slip.
_SPACED_STOP = re.compile(
    r"(?:(?<=(?:(?<![.!?…])[)\]\"”“»]|[^\W_]))[ \t\xa0]+[.,]"
    rf"|(?<=[.!?…])[ \xa0]+[,;](?!\))){_AFTER}(?!\s*[.,])"
)
_SPACED_MARK = re.compile(
    rf"(?<=[^\W_])[ \t\xa0]+(?:[!?]|[:;](?!\))){_AFTER}(?!\s*[:;!?»])"
)
# What people set a space after on purpose: an address, which a stop would change, and
# a face. It is looked for at the end of the text before the space.
_MEANT_BEFORE = re.compile(r"(?:(?:://|www\.|@)\S{1,200}|[:;=8xX]['-]?[()\]\[DP])$")
_FORMULA_BEFORE = re.compile(r"[=|^∑∏∫√∈≤≥]\S{0,200}$")
_LETTER_BEFORE = re.compile(r"(?:^|[\s(\[{|])[^\W\d_]$")
_LETTER_AFTER = re.compile(r"\s[^\W\d_](?![^\W_])")

_PAIR = re.compile(r"(?<=[^\s.!?:;])[ \xa0]{2,}(?=\S)")
_STOPPED_BEFORE = re.compile(r"[.!?:;…][\"”“»)\]’']$")
_JUSTIFIED = 4
"""So many doubled spaces in a line are a layout: one of columns, or of even margins."""

# The patterns above look at every word, this one at white space only; it says that most
# paragraphs need no second look.
_BEFORE_MARK = re.compile(r"[ \t\xa0][.,:;!?]")


def _orphan_stops(passage: Passage) -> Iterator[Span]:
    text, offset = passage.paragraph.text, passage.paragraph.span.start
    if " ." not in text and "\xa0." not in text and "\t." not in text:
        return
    for match in _ORPHAN.finditer(text):
        if not _ROW_BEFORE.search(text[max(0, match.start() - 2) : match.start()]):
            yield Span(*match.span()).shift(offset)


def _spaced_marks(passage: Passage) -> Iterator[Span]:
    text, offset = passage.paragraph.text, passage.paragraph.span.start
    if not _BEFORE_MARK.search(text):
        return
    for match in _SPACED_STOP.finditer(text):
        if not _is_meant(text, match):
            yield Span(*match.span()).shift(offset)
    # French and some others set a space here; only languages we know do not.
    if passage.paragraph.language not in languages():
        return
    for match in _SPACED_MARK.finditer(text):
        if not (_is_ratio(text, match) or _is_meant(text, match)):
            yield Span(*match.span()).shift(offset)


def _is_meant(text: str, match: re.Match[str]) -> bool:
    """Tell whether there is a reason for the space: an address, a face, a formula."""
    before = text[max(0, match.start() - 210) : match.start()]
    if _MEANT_BEFORE.search(before) or _FORMULA_BEFORE.search(before):
        return True
    # "f : X", "A . B", "W o w !"; a lone letter before a comma is a name or a word.
    if match.group()[-1] == "," or not _LETTER_BEFORE.search(before):
        return False
    return bool(
        _LETTER_AFTER.match(text, match.end()) or _LETTER_BEFORE.search(before[:-2])
    )


def _is_ratio(text: str, match: re.Match[str]) -> bool:
    """Tell whether the mark parts two numbers, as in "a score of 3 : 2"."""
    after = text[match.end() + 1 : match.end() + 2]
    return text[match.start() - 1].isdigit() and after.isdigit()


def _doubled_spaces(passage: Passage) -> Iterable[Span]:
    text, offset = passage.paragraph.text, passage.paragraph.span.start
    if "  " not in text and "\xa0" not in passage.characters:
        return ()
    found = [match for match in _PAIR.finditer(text) if _is_slip(text, match)]
    n_lines = text.count("\n") + 1
    if len(found) >= _JUSTIFIED * n_lines:
        return ()
    return [Span(*match.span()).shift(offset) for match in found]


def _is_slip(text: str, match: re.Match[str]) -> bool:
    """Tell whether the space is neither a layout nor that between two sentences."""
    # Three and more plain spaces are a layout, and a digit stands in a table or a sum.
    start, end = match.span()
    if match.group() != "  " and "\xa0" not in match.group():
        return False
    if text[start - 1].isdigit() or text[end].isdigit():
        return False
    return not _STOPPED_BEFORE.search(text[max(0, start - 2) : start])


RULES = (
    Rule(
        code="MT101",
        name="orphan-full-stop",
        severity="error",
        message="a full stop stands alone after the end of a sentence: {!r}",
        why="Engines cut at the first stop and glue the rest back with a space.",
        bad=(
            "She met the mayor.⟦ .⟧ They spoke.",
            "He waited for the verdict of the court.⟦ .⟧",
            "Wer weiß das schon?⟦\xa0.⟧ Niemand.",
        ),
        good=(
            "She met the mayor. They spoke.",
            "Rename .gitignore first. It hides the folder.",
            "It was late. . . . He slept.",
            "And then . . . nothing.",
        ),
        signs=frozenset({LOOSE_MARK}),
        find=_orphan_stops,
        fix=lambda marked: "",
    ),
    Rule(
        code="MT102",
        name="space-before-punctuation",
        message="a space stands before the mark: {!r}",
        why="Engines and tag strippers leave a space where a word or a link ended.",
        bad=(
            "They wanted to end the talks⟦ .⟧",
            "The ferry⟦ ,⟧ which was late, sank.",
            "Source⟦ :⟧ the harbour office",
            "They wanted to end the talks⟦\xa0.⟧",
            "“They wanted to end the talks⟦ .⟧” So she said.",
            "Nets, ropes, oars etc.⟦ ,⟧ all of it wet.",
        ),
        good=(
            "They wanted to end the talks.",
            "The home side won 3 : 2 in the rain.",
            "Use a .env file, or ,5 as they write it.",
            "Good night :-)",
            "Good night :) See you there. ;)",
            "« Bonjour\u202f! » was all she said.",
            "Well . . . perhaps.",
            "The tables are at https://example.org/tides .",
            "We never sailed again :-) .",
            "Let f : X be the map, and A . B its value.",
            "It was l a t e !",
        ),
        signs=frozenset({LOOSE_MARK}),
        find=_spaced_marks,
        fix=lambda marked: marked[-1],
    ),
    Rule(
        code="MT103",
        name="doubled-space",
        message="two spaces stand where one belongs",
        why="A word was cut out here, or a link between two words lost its text.",
        bad=(
            "They voted⟦  ⟧on the budget.",
            "They voted⟦\xa0\xa0⟧on the budget.",
            "They voted⟦ \xa0⟧on the budget.",
        ),
        good=(
            "They voted\xa0on the budget.",
            "They voted.  The budget passed.",
            "“They voted.”  The budget passed.",
            "    an indented line\n  and one more",
            "Total  12   14    9",
            "name      size      date",
            "boat  crew  port  built  sunk",
        ),
        find=_doubled_spaces,
        fix=lambda marked: " ",
    ),
)
