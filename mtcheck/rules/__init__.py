"""Rules: single defects with a place. A file in this folder holds ``RULES``.

A rule is a value that carries its own proof. In its ``bad`` examples the stretch that
must be found stands between ``⟦`` and ``⟧``; its ``good`` examples must stay silent.
A bad example holds in the language it is written in, a good one in all.
Tests, ``mtcheck explain`` and the rules page are generated from the rules.
"""

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache, reduce
from operator import or_

from mtcheck.characters import is_ordinary
from mtcheck.plugins import collect
from mtcheck.segment import Passage
from mtcheck.types import Finding, Paragraph, Severity, Span

Finder = Callable[[Passage], Iterable[Span]]
"""From a paragraph in its document to the document spans of its defects."""

Look = Callable[[Passage], bool]
"""A quick look, shared by rules: where it says no, none of them finds anything."""

PageFinder = Callable[[str], Iterable[Span]]
"""From the HTML source of a page to the spans of its defects in there."""

Fix = Callable[[str], str]
"""From a marked stretch to what may stand there instead without loss of meaning."""


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One kind of defect; ``find`` yields its places, ``message`` may quote them.

    ``{}`` in the message is replaced by the marked text. ``languages`` is None where
    the rule holds in every language. ``signs`` are marks or digits, not plain letters:
    a paragraph without one of them has no such defect, nor has one that does not pass
    the ``look``. Only a rule whose change is always safe has a ``fix``; ``meaning``
    says what the marked stretch stands for. A rule about the source of a page has
    ``find_in_page`` in place of ``find``, and HTML for examples; one that the linter
    decides, or a model, neither.
    """

    code: str
    name: str
    message: str
    why: str
    bad: tuple[str, ...]
    good: tuple[str, ...]
    find: Finder | None = None
    find_in_page: PageFinder | None = None
    fix: Fix | None = None
    meaning: Fix | None = None
    signs: frozenset[str] | None = None
    look: Look | None = None
    severity: Severity = "warning"
    languages: frozenset[str] | None = None

    @property
    def family(self) -> str:
        """The name of the rule's family, by the first digit of its code."""
        return FAMILIES[self.code[2]]


LONGEST = 200_000
"""Code points of a paragraph that rules see at once: some broken files are a single
line of a hundred megabytes, and rules keep lists of words."""

FAMILIES = {
    "0": "suppression",
    "1": "punctuation",
    "2": "fragments",
    "3": "joins",
    "4": "repetition",
    "5": "residue",
    "6": "translation",
    "7": "wording",
    "8": "encoding",
    "9": "templates",
}
"""First digit of a code to the name of the family."""

_Groups = list[tuple[Look | None, list[tuple[Rule, Finder]]]]

_MARK = re.compile(r"[^A-Za-z ]")


def matches(pattern: str) -> Finder:
    """Return a finder that marks each match in the paragraph.

    The pattern is compiled when first needed.
    """
    wanted = cache(lambda: re.compile(pattern))

    def find(passage: Passage) -> Iterator[Span]:
        offset = passage.paragraph.span.start
        for match in wanted().finditer(passage.paragraph.text):
            yield Span(*match.span()).shift(offset)

    return find


def cued_matches(pattern: str, *cues: str, unless: str = "") -> Finder:
    """Return a finder for ``pattern`` in paragraphs that hold one of the cues.

    Nothing is found in a paragraph in which ``unless`` matches.
    """
    hushed = cache(lambda: re.compile(unless))
    find_all = matches(pattern)
    # A mark is missed sooner than a cue is: the characters are known already.
    known = [(cue, "".join(_MARK.findall(cue)[-1:])) for cue in cues]

    def find(passage: Passage) -> Iterable[Span]:
        text, characters = passage.paragraph.text, passage.characters
        for cue, mark in known:
            if (not mark or mark in characters) and cue in text:
                break
        else:
            return ()
        return () if unless and hushed().search(text) else find_all(passage)

    return find


def has_oddity(passage: Passage) -> bool:
    """Tell whether the paragraph has a character that is not ordinary: a look."""
    return not is_ordinary(passage.characters)


def has_neighbours(passage: Passage) -> bool:
    """Tell whether the document has other paragraphs: a look."""
    return len(passage.paragraphs) > 1


def has_loose_mark(passage: Passage) -> bool:
    """Tell whether a mark stands where few do: a look."""
    return passage.has_loose_mark


def unmark(example: str) -> tuple[str, list[Span]]:
    """Return the text of an example and the stretches that are marked in it.

    >>> unmark("They left.⟦ .⟧")
    ('They left. .', [Span(start=10, end=12)])
    """
    text, *pieces = re.split("[⟦⟧]", example)
    marks = []
    for piece in pieces:
        marks.append(len(text))
        text += piece
    pairs = zip(marks[::2], marks[1::2], strict=True)
    return text, [Span(start, end) for start, end in pairs]


@cache
def all_rules() -> tuple[Rule, ...]:
    """Return every rule of this folder, ordered by code."""
    rules = [
        rule for group in collect(sys.modules[__name__], "RULES") for rule in group
    ]
    return tuple(sorted(rules, key=lambda rule: rule.code))


def find_defects(
    passage: Passage, rules: Iterable[Rule] | None = None
) -> tuple[Finding, ...]:
    """Return the findings of ``rules`` in one paragraph, ordered by place and code.

    Without ``rules`` all are asked.
    """
    asked = None if rules is None else tuple(rules)
    if len(passage.paragraph.text) <= LONGEST:
        found = list(_found(passage, asked))
    else:
        found = [
            replace(item, span=item.span.shift(start), paragraph=passage.index)
            for start, piece in _pieces(passage)
            for item in _found(piece, asked)
        ]
    return tuple(in_order(found))


def _found(passage: Passage, rules: tuple[Rule, ...] | None) -> Iterator[Finding]:
    text = passage.document.text
    panel = _panel(rules, passage.paragraph.language)
    for look, finders in panel.called_by(passage.characters):
        if look is None or look(passage):
            for rule, find in finders:
                for span in find(passage):
                    yield _finding(rule, span, text, passage.index)


class _Panel:
    """The rules that look into paragraphs of a language, and which of them are asked.

    Rules that share a look stand together.
    """

    def __init__(self, rules: Iterable[Rule], language: str | None) -> None:
        self._finders = [
            (rule, rule.find)
            for rule in rules
            if rule.find and (rule.languages is None or language in rule.languages)
        ]
        self._calls = _Calls([rule for rule, _ in self._finders])
        self._called = lru_cache(maxsize=1024)(self._grouped)

    def called_by(self, characters: frozenset[str]) -> _Groups:
        """Return the rules to ask about a paragraph of these characters."""
        return self._called(reduce(or_, map(self._calls.__getitem__, characters), 0))

    def _grouped(self, called: int) -> _Groups:
        groups: dict[Look | None, list[tuple[Rule, Finder]]] = {}
        for at, (rule, find) in enumerate(self._finders):
            if rule.signs is None or called >> at & 1:
                groups.setdefault(rule.look, []).append((rule, find))
        return list(groups.items())


class _Calls(dict[str, int]):
    """From a character to the rules whose sign it is, one bit each.

    It is worked out when first asked for: the signs are thousands.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        super().__init__()
        self._rules = rules

    def __missing__(self, character: str) -> int:
        bits = sum(
            1 << at
            for at, rule in enumerate(self._rules)
            if rule.signs and character in rule.signs
        )
        self[character] = bits
        return bits


@lru_cache(maxsize=64)
def _panel(rules: tuple[Rule, ...] | None, language: str | None) -> _Panel:
    return _Panel(all_rules() if rules is None else rules, language)


def _pieces(passage: Passage) -> Iterator[tuple[int, Passage]]:
    """Yield the parts of an endless paragraph, as excerpts, and where they start."""
    text, language = passage.paragraph.text, passage.paragraph.language
    start = 0
    while start < len(text):
        end = start + LONGEST
        if end < len(text):
            end = text.rfind(" ", start + 1, end) + 1 or end
        piece = text[start:end]
        part = Paragraph(piece, Span(0, len(piece)), language)
        document = replace(passage.document, text=piece)
        yield passage.paragraph.span.start + start, Passage(document, (part,), 0)
        start = end


def is_residue(passage: Passage, findings: Iterable[Finding]) -> bool:
    """Tell whether what a scraper left makes up most of a paragraph."""
    covered = sum(
        item.span.end - item.span.start for item in findings if item.code[2] == "5"
    )
    return covered * 2 > len(passage.paragraph.text)


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings ordered by place and code."""
    return sorted(findings, key=lambda finding: (finding.span, finding.code))


def find_marks(html: str, rules: Iterable[Rule]) -> tuple[Finding, ...]:
    """Return the findings of ``rules`` in the source of a page, ordered likewise."""
    found = [
        _finding(rule, span, html, None)
        for rule in rules
        if rule.find_in_page
        for span in rule.find_in_page(html)
    ]
    return tuple(in_order(found))


def _finding(rule: Rule, span: Span, text: str, paragraph: int | None) -> Finding:
    marked = span.of(text)
    return Finding(
        rule.code,
        rule.name,
        rule.severity,
        span,
        _message(rule, marked),
        rule.fix(marked) if rule.fix else None,
        paragraph,
    )


def _message(rule: Rule, marked: str) -> str:
    message = rule.message.format(marked)
    return f"{message}, for {rule.meaning(marked)!r}" if rule.meaning else message
