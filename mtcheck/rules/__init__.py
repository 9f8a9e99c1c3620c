"""Rules: single defects with a place. A file in this folder holds ``RULES``.

A rule is a value that carries its own proof. In its ``bad`` examples the stretch that
must be found stands between ``⟦`` and ``⟧``; its ``good`` examples must stay silent.
A bad example holds in the language it is written in, a good one in all.
Tests, ``mtcheck explain`` and the rules page are generated from the rules.
"""

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from mtcheck.plugins import collect
from mtcheck.segment import Passage
from mtcheck.types import Finding, Severity, Span

Finder = Callable[[Passage], Iterable[Span]]
"""From a paragraph in its document to the document spans of its defects."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of defect; ``find`` yields its places, ``message`` may quote them.

    ``{}`` in the message is replaced by the marked text. ``languages`` is None where
    the rule holds in every language.
    """

    code: str
    name: str
    message: str
    why: str
    bad: tuple[str, ...]
    good: tuple[str, ...]
    find: Finder
    severity: Severity = "warning"
    languages: frozenset[str] | None = None

    @property
    def family(self) -> str:
        """The name of the rule's family, by the first digit of its code."""
        return FAMILIES[self.code[2]]


FAMILIES = {
    "1": "punctuation",
    "2": "fragments",
    "3": "joins",
    "4": "repetition",
    "5": "residue",
    "6": "translation",
}
"""First digit of a code to the name of the family."""


def matches(pattern: re.Pattern[str], group: int | str = 0) -> Finder:
    """Return a finder that marks each match of ``pattern`` in the paragraph."""

    def find(passage: Passage) -> Iterator[Span]:
        offset = passage.paragraph.span.start
        for match in pattern.finditer(passage.paragraph.text):
            yield Span(*match.span(group)).shift(offset)

    return find


@cache
def all_rules() -> tuple[Rule, ...]:
    """Return every rule of this folder, ordered by code."""
    rules = [
        rule for group in collect(sys.modules[__name__], "RULES") for rule in group
    ]
    return tuple(sorted(rules, key=lambda rule: rule.code))


def find_defects(passage: Passage) -> tuple[Finding, ...]:
    """Return the findings of all rules in one paragraph, ordered by place and code."""
    language = passage.paragraph.language
    text = passage.document.text
    found = [
        Finding(
            rule.code,
            rule.name,
            rule.severity,
            span,
            rule.message.format(span.of(text)),
        )
        for rule in all_rules()
        if rule.languages is None or language in rule.languages
        for span in rule.find(passage)
    ]
    return tuple(sorted(found, key=lambda finding: (finding.span, finding.code)))
