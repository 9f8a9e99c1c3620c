"""What a template leaves in: gaps to fill, words to choose from, filler."""

import re
from collections.abc import Iterator
from functools import cache

from mtcheck.languages import all_languages
from mtcheck.rules import Rule, cued_matches
from mtcheck.segment import Passage
from mtcheck.types import Span

_MAX_STUB = 80
"""A longer line with "%s" in it speaks about programming."""

_FIELD = r"[A-Za-z_][\w .:|'’-]{0,60}"
_GAPS = (
    # Not behind the signs of a formula: \mathbf{{x}}, M_{{tot}}.
    (r"{{", rf"(?<![\\\w^_}}$`]){{{{{{?\s?[#/]?{_FIELD}\s?}}?}}}}(?!`)"),
    (r"${", r"(?<![\\`$])\${[A-Za-z_][\w.]{2,40}}(?![_^$`])"),
    (r"###", r"(?<!#)###[A-Z][A-Z0-9_]{2,40}###(?!#)"),
    (r"<", r"<(?:Your|First|Last|Full|Company|Product) ?[A-Z][a-z]{2,20}>"),
)
_OPTION = r"(?:[\w ,.'’-]|{[\w ,.'’|-]{1,200}+})"
_CHOICE = (
    rf"(?<![\\\w^_$}}{{`]){{(?=[^\W\d_]{{2}}){_OPTION}{{2,100}}+"
    rf"(?:\|{_OPTION}{{0,100}}+){{1,20}}+}}(?![}}`])"
)
_SYNTAX = r"(?i)\busage\b|\bsyntax\b|(?:^|\s)--?\w"
_STUB = r"(?<![\w%\"'`“„])(?<!\d[ \xa0])%(?:\d\$)?[sd](?![\w%\"'`”“])"
_FILLER = r"(?i)(?<![\"“„'«»\w])lorem ipsum dolor sit amet\b[^\n]{0,100}"
_DRAFT = (
    r"(?:^|(?<=\n))(?:TODO|FIXME|XXX): [^\n]{1,100}"
    r"|\bTKTK\b|\[TK\b[^\]\n]{0,40}\]"
)


@cache
def _gaps() -> tuple[tuple[str, str], ...]:
    known = [item for one in all_languages() for item in one.placeholder_cues]
    return _GAPS + tuple((item.word, item.pattern) for item in known)


def _placeholders(passage: Passage) -> Iterator[Span]:
    text, offset = passage.paragraph.text, passage.paragraph.span.start
    for cue, pattern in _gaps():
        if cue in passage.lower:
            for match in re.finditer(pattern, text):
                yield Span(*match.span()).shift(offset)
    if "%" in text:
        for span in _stubs(text):
            yield span.shift(offset)


def _stubs(text: str) -> Iterator[Span]:
    start = 0
    for line in text.split("\n"):
        if len(line) <= _MAX_STUB and "%" in line and " " in line:
            for match in re.finditer(_STUB, line):
                yield Span(*match.span()).shift(start)
        start += len(line) + 1


def _choices(passage: Passage) -> Iterator[Span]:
    text, offset = passage.paragraph.text, passage.paragraph.span.start
    if "|" not in text or re.search(_SYNTAX, text):
        return
    for match in re.finditer(_CHOICE, text):
        yield Span(*match.span()).shift(offset)


RULES = (
    Rule(
        code="MT901",
        name="unfilled-placeholder",
        severity="error",
        message="a gap that was never filled: {!r}",
        why="Templates are sold and shared, and sent before all their gaps are filled.",
        bad=(
            "Dear ⟦{{first_name}}⟧, the lock opens on ⟦{date}⟧.",
            "Dear ⟦[Your Name]⟧, meet us at ⟦[insert city here]⟧.",
            "Sehr geehrte Frau ⟦[Nachname]⟧, hier ⟦[Ort einfügen]⟧.",
            "The lock of ⟦${cityName}⟧ and ⟦###HARBOUR_NAME###⟧",
            "Kind regards, ⟦<First Name>⟧",
            "Connecting to ⟦%s⟧",
        ),
        good=(
            "The set {a, b} and the field $\\mathbf{{x}}$ of $M_{tot}$.",
            "She took care of [her] own, he said: “[The lock] is shut.”",
            'It rose by 5 % since; format it with "%s" or `%d`.',
            "See [the map](map.html) and [1].",
            "Write `{{name}}` there.",
            "a < b > c, <http://harbour.example>",
        ),
        signs=frozenset("{[<%#"),
        find=_placeholders,
    ),
    Rule(
        code="MT902",
        name="filler-text",
        severity="error",
        message="filler stands where text belongs: {!r}",
        why="Designers fill a page with Latin until the text comes.",
        bad=("Our story. ⟦Lorem ipsum dolor sit amet, consectetur adipiscing elit.⟧",),
        good=(
            "The words “lorem ipsum dolor sit amet” fill pages.",
            "Lorem ipsum is filler.",
        ),
        words=lambda language: frozenset({"ipsum"}),
        find=cued_matches(_FILLER, "ipsum"),
    ),
    Rule(
        code="MT903",
        name="draft-note",
        message="a note of the writer to himself: {!r}",
        why="Such notes are to be dealt with before anybody else reads the text.",
        bad=("⟦TODO: ask the mayor⟧", "It cost ⟦[TK euros]⟧ and took ⟦TKTK⟧ years."),
        good=("She wrote a todo list.", "Die TK zahlt.", "To do: nothing."),
        words=lambda language: frozenset("todo fixme xxx tktk tk".split()),
        find=cued_matches(_DRAFT, "TODO: ", "FIXME: ", "XXX: ", "TKTK", "[TK"),
    ),
    Rule(
        code="MT904",
        name="spintax-choice",
        severity="error",
        message="choices of a text spinner were left in: {!r}",
        why="Spinners write {big|large} and were to pick one of the words.",
        bad=(
            "The ⟦{big|large|huge}⟧ lock opens.",
            "The ⟦{new|{rebuilt|restored} old}⟧ lock opens.",
        ),
        good=(
            "the set {x | x is even}",
            "Usage: lock {start|stop|restart}",
            "array.map { |x| x.downcase }",
            "$\\{big|large\\}$ and `{big|large}`",
            "The price {incl. tax} is fair.",
        ),
        signs=frozenset("{"),
        find=_choices,
    ),
)
