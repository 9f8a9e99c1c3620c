"""Traces that a translating machine leaves, or admits to."""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from mtcheck.languages import all_languages, language
from mtcheck.rules import Rule
from mtcheck.segment import WORD, Passage
from mtcheck.shapes import LINES
from mtcheck.types import Span

_MAX_HEADLINE = 160
_MIN_WORDS = 4
_CUES = ("transl", "übersetz")
_MAX_CONTROL = 60
_EDGES = " \t\r\xa0*•·|–—-›»→…:.!?[]()"


def _notices(passage: Passage) -> Iterable[Span]:
    for cue in _CUES:
        if cue in passage.lower:
            return _found_notices(passage)
    return ()


def _found_notices(passage: Passage) -> Iterator[Span]:
    text, offset = passage.paragraph.text, passage.paragraph.span.start
    end = -1
    for span in sorted(
        Span(*match.span())
        for one in all_languages()
        for cue in one.translation_cues
        if cue.word in passage.lower
        for match in re.finditer(cue.pattern, text, re.IGNORECASE)
    ):
        if span.start >= end:
            end = span.end
            yield span.shift(offset)


@cache
def _control_lines() -> frozenset[str]:
    return frozenset().union(*(one.translation_lines for one in all_languages()))


def _controls(passage: Passage) -> Iterator[Span]:
    text, offset = passage.paragraph.text, passage.paragraph.span.start
    start = 0
    for line in text.split("\n"):
        core = line.strip(_EDGES) if len(line) <= _MAX_CONTROL else ""
        if " ".join(core.lower().split()) in _control_lines():
            begin = start + len(line) - len(line.lstrip())
            yield Span(begin, start + len(line.rstrip())).shift(offset)
        start += len(line) + 1


def _headlines(passage: Passage) -> Iterator[Span]:
    text, offset = passage.paragraph.text, passage.paragraph.span.start
    start = 0
    for line in text.split("\n"):
        core = line.strip()
        if len(core) <= _MAX_HEADLINE and core and core[-1] not in ".:;,":
            # What stands before » is the way through the site.
            core = core.rpartition("» ")[2].lstrip()
            if _is_title_case(core):
                begin = start + line.rindex(core)
                yield Span(begin, begin + len(core)).shift(offset)
        start += len(line) + 1


def _is_title_case(line: str) -> bool:
    """Tell whether German words stand with capitals that only English would set."""
    words = WORD.findall(line)
    if len(words) < _MIN_WORDS or line.isupper():
        return False
    german = language("de")
    if not german.headline_foreign.isdisjoint(word.lower() for word in words):
        return False
    if any(word[0].islower() and len(word) > 3 for word in words):
        return False
    # A capital behind a mark may start a clause: only inner words count.
    inner = re.findall(r"(?<=[\w”“] )[^\W\d_]+", line)
    wrong = [w for w in inner if w.istitle() and w.lower() in german.headline_lowercase]
    # One alone may be a noun ("Die Macht der Zahlen") or a name ("Stephan Weil").
    is_all_capital = not any(word[0].islower() for word in words)
    return len(wrong) > 1 or (is_all_capital and wrong[:1] not in ([], words[-1:]))


RULES = (
    Rule(
        code="MT601",
        name="machine-translation-notice",
        severity="error",
        message="the text says that a machine translated it: {!r}",
        why="Sites that translate what they take from others often say so.",
        bad=(
            "Not our view: ⟦we pass on the news and translate it through software⟧ "
            "only.",
            "⟦This article was automatically translated from the Dutch⟧.",
            "⟦Dieser Artikel wurde automatisch übersetzt⟧.",
            "⟦Translated with DeepL⟧",
            "⟦This text was automatically translated with Google Translate⟧.",
        ),
        good=(
            "The novel was translated by Anna Berg.",
            "We translate letters for our neighbours.",
            "Machine translation has become better, the report says.",
            "Der Roman wurde von Anna Berg übersetzt.",
            "Google Translate was released many years ago.",
            "Some of it is bad (machine-translated, spliced, broken).",
        ),
        find=_notices,
    ),
    Rule(
        code="MT602",
        name="title-case-headline",
        message="a German headline with English capitals: {!r}",
        why="Engines keep the capitals of English headlines, which German never sets.",
        bad=(
            "⟦Neuer Bürgermeister Wirft Dem Rat Verrat Vor⟧",
            "Home » ⟦Hafen Bleibt Nach Sturm Geschlossen⟧",
        ),
        good=(
            "Neuer Bürgermeister wirft dem Rat Verrat vor",
            "Hafen bleibt geschlossen: Nach dem Sturm",
            "Der Rat von Neustadt an der Weinstraße",
            "NEUER BÜRGERMEISTER WIRFT DEM RAT VERRAT VOR",
            "Die Macht der Schleusen",
            "Neustadts Bürgermeister Stephan Weil",
            "Live And Let Die",
        ),
        signs=frozenset({LINES}),
        find=_headlines,
        languages=frozenset({"de"}),
    ),
    Rule(
        code="MT603",
        name="translation-control",
        severity="error",
        message="a button of a translation tool: {!r}",
        why="Texts copied from a translated page bring the buttons of the tool along.",
        bad=(
            "Die Schleuse ist offen.\n\n⟦Original anzeigen⟧",
            "The lock is open.\n⟦Rate this translation⟧\nShips wait.",
            "⟦Powered by Google Translate⟧",
        ),
        good=(
            "The museum will show original maps. Show original letters to her.",
            "They want to rate this translation higher.",
            "Er will das Original anzeigen lassen.",
        ),
        signs=frozenset({LINES}),
        find=_controls,
    ),
)
