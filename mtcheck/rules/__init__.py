"""Rules: single defects with a place. A file in this folder holds ``RULES``.

A rule is a value that carries its own proof. In its ``bad`` examples the stretch that
must be found stands between ``⟦`` and ``⟧``; its ``good`` examples must stay silent.
A bad example holds in the language it is written in, a good one in all.
Tests, ``mtcheck explain`` and the rules page are generated from the rules.
"""

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache, reduce
from itertools import chain, pairwise
from operator import add, or_

from mtcheck.plugins import collect
from mtcheck.segment import Passage, words_of
from mtcheck.shapes import shapes, shapes_of_words
from mtcheck.types import Finding, Paragraph, Severity, Span

Finder = Callable[[Passage], Iterable[Span]]
"""From a paragraph in its document to the document spans of its defects."""

Words = Callable[[str | None], frozenset[str]]
"""From a language to words, and phrases, of which defects have one."""

PageFinder = Callable[[str], Iterable[Span]]
"""From the HTML source of a page to the spans of its defects in there."""

Fix = Callable[[str], str]
"""From a marked stretch to what may stand there instead without loss of meaning."""


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One kind of defect; ``find`` yields its places, ``message`` may quote them.

    ``{}`` in the message is replaced by the marked text. ``languages`` is None where
    the rule holds in every language. ``signs`` are marks, digits or shapes, not plain
    letters, and ``words`` such as ``Passage.held`` knows, or several of
    ``Passage.words`` with spaces between: where a rule names some of both, a paragraph
    with none of them has no such defect. Only a rule whose change is always safe has a
    ``fix``; ``meaning`` says what the marked stretch stands for. A rule about the
    source of a page has ``find_in_page`` in place of ``find``, and HTML for examples;
    one that the linter decides, or a model, neither.
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
    words: Words | None = None
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
    return finder(rules)(passage)


def finder(
    rules: Iterable[Rule] | None = None,
) -> Callable[[Passage], tuple[Finding, ...]]:
    """Return ``find_defects`` for many paragraphs that are asked for the same rules."""
    asked = None if rules is None else tuple(rules)
    # By language alone: many rules are a long key.
    panels: dict[str | None, Panel] = {}

    def find(passage: Passage) -> tuple[Finding, ...]:
        code = passage.paragraph.language
        panel = panels.get(code) or panels.setdefault(code, panel_of(asked, code))
        if len(passage.paragraph.text) <= LONGEST:
            return panel.find(passage, panel.called_by_words(passage))
        found = [
            replace(item, span=item.span.shift(start), paragraph=passage.index)
            for start, piece in _pieces(passage)
            for item in panel.find(piece, panel.called_by_words(piece))
        ]
        return tuple(in_order(found))

    return find


class Panel:
    """The rules that look into paragraphs of a language, and which of them are asked.

    A set of rules is a number with one bit each. ``always`` are asked about each
    paragraph, those in ``by_sign`` and ``by_word`` where the sign or the word is there.
    ``pairs`` of words are looked for in place of the phrases that hold them.
    """

    def __init__(self, rules: Iterable[Rule], language: str | None) -> None:
        self._finders = [
            (rule, rule.find)
            for rule in rules
            if rule.find and (rule.languages is None or language in rule.languages)
        ]
        self.by_sign = _BySign([rule for rule, _ in self._finders])
        self.by_word: dict[str, int] = {}
        self.always = 0
        phrases: dict[str, int] = {}
        for at, (rule, _) in enumerate(self._finders):
            if rule.signs is None and rule.words is None:
                self.always |= 1 << at
            for words in rule.words(language) if rule.words else ():
                named = phrases if " " in words else self.by_word
                named[words] = named.get(words, 0) | 1 << at
        self._words = frozenset(self.by_word)
        self._phrases = _Phrases(phrases)
        self.pairs = frozenset(self._phrases)
        self._longest = max((phrase.count(" ") + 1 for phrase in phrases), default=0)
        self._asked = lru_cache(maxsize=1024)(self._those)

    def called_by_words(self, passage: Passage) -> int:
        """Return the rules that the words of a paragraph call for."""
        words = passage.words
        called = self.always
        for word in passage.held(self._words):
            called |= self.by_word[word]
        if not self.pairs.isdisjoint(pairwise(words)):
            pieces = passage.paragraph.text.split()
            for at, pair in enumerate(pairwise(words)):
                if pair in self.pairs:
                    called |= self.called_by_pair(pieces, at)
        for shape in shapes_of_words(passage):
            called |= self.by_sign[shape]
        return called

    def called_by_pair(self, pieces: Sequence[str], at: int) -> int:
        """Return the rules that a phrase calls for whose pair starts with a piece."""
        start = max(at - self._longest, 0)
        words = words_of(" ".join(pieces[start : at + self._longest]))
        at -= start
        called = 0
        for phrase, first, calls in self._phrases.get(tuple(words[at : at + 2]), ()):
            begin = at - first
            if begin >= 0 and words[begin : begin + len(phrase)] == phrase:
                called |= calls
        return called

    def find(self, passage: Passage, called: int) -> tuple[Finding, ...]:
        """Return the findings of the rules that its words call for, or its signs."""
        signs = chain(passage.characters, shapes(passage))
        called = reduce(or_, map(self.by_sign.__getitem__, signs), called)
        text, index = passage.document.text, passage.index
        found = [
            _finding(rule, span, text, index)
            for rule, find in self._asked(called)
            for span in find(passage)
        ]
        return tuple(in_order(found)) if found else ()

    def _those(self, called: int) -> list[tuple[Rule, Finder]]:
        return [each for at, each in enumerate(self._finders) if called >> at & 1]


class _Phrases(dict[tuple[str, ...], list[tuple[list[str], int, int]]]):
    """From pairs of words, the longest of each phrase, to those phrases.

    With a phrase come the place of the pair in it, and the rules that name it.
    """

    def __init__(self, phrases: Mapping[str, int]) -> None:
        super().__init__()
        for phrase, calls in phrases.items():
            words = words_of(phrase)
            first = 0
            if len(words) > 2:  # most have two: the longest is then known
                lengths = [*map(add, map(len, words), map(len, words[1:]))]
                first = lengths.index(max(lengths))
            pair = words[first], words[first + 1]
            self.setdefault(pair, []).append((words, first, calls))


class _BySign(dict[str, int]):
    """From a sign to the rules that name it.

    It is worked out when first asked for: the signs are thousands.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        super().__init__()
        self._rules = rules

    def __missing__(self, sign: str) -> int:
        bits = sum(
            1 << at
            for at, rule in enumerate(self._rules)
            if rule.signs and sign in rule.signs
        )
        self[sign] = bits
        return bits


@lru_cache(maxsize=64)
def panel_of(rules: tuple[Rule, ...] | None, language: str | None) -> Panel:
    """Return the panel of some rules, or of all."""
    return Panel(all_rules() if rules is None else rules, language)


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
