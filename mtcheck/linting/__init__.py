"""The path of ``lint``: read > view > segment > rules; without verdicts, no model."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from mtcheck.errors import InputError
from mtcheck.languages import language as known_language
from mtcheck.linting.selection import Selection, selected
from mtcheck.markup import View, is_marked_up, is_page, view
from mtcheck.rules import Rule, find_marks, finder, in_order
from mtcheck.rules.grammar import RULES as GRAMMAR
from mtcheck.rules.judged import RULES as JUDGED
from mtcheck.segment import Passage, passages
from mtcheck.types import Document, Finding

if TYPE_CHECKING:
    from mtcheck.grammar.checker import Checker

_JUDGED = {rule.code for rule in JUDGED}
_GRAMMAR = {rule.code for rule in GRAMMAR}


class Judge(Protocol):
    """From a document to findings on whole paragraphs of it: verdicts."""

    def __call__(self, document: Document, mode: str = "auto") -> Iterable[Finding]:
        """Return the findings; ``mode`` says how paragraphs are parted."""


@dataclass(frozen=True, slots=True)
class Linted:
    """A document with its findings, ordered by place.

    ``unchecked`` has a reason for each paragraph whose grammar was to be checked, and
    could not be.
    """

    document: Document
    findings: tuple[Finding, ...]
    unchecked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Linter:
    """Finds the defects of documents, as the settings want it."""

    selection: Selection = field(default_factory=Selection)
    paragraphs: str = "auto"
    judge: Judge | None = None
    checker: "Checker | None" = None

    def lint(self, document: Document) -> Linted:
        """Return the document with its findings; their offsets count its own text."""
        path = document.source
        language = document.language or self.selection.language(path)
        rules = self.selection.rules(path)
        shown = view(document.text, path)
        prose = replace(document, text=shown.text, language=language)
        found, unchecked = self._find(prose, rules, self._mode(path))
        placed = found
        if shown.text is not document.text:
            placed = [_placed(item, shown, document.text) for item in found]
        if is_page(path):
            placed += find_marks(document.text, rules)
        placed = in_order(placed)
        if shown.comments:
            from mtcheck.linting.suppressions import suppressed

            asked = self.codes(path)
            placed = suppressed(placed, document, shown, rules, asked)
        return Linted(document, tuple(placed), unchecked)

    def codes(self, path: str | None) -> frozenset[str]:
        """Return the codes of what is looked for in a file."""
        codes = {rule.code for rule in self.selection.rules(path)}
        if not self.judge:
            codes -= _JUDGED
        return frozenset(codes if self.checker else codes - _GRAMMAR)

    def _mode(self, path: str | None) -> str:
        """Return how paragraphs are parted: a view has blank lines between its own."""
        is_plain = self.paragraphs != "auto" or not is_marked_up(path)
        return self.paragraphs if is_plain else "blank"

    def _find(
        self, prose: Document, rules: tuple[Rule, ...], mode: str
    ) -> tuple[list[Finding], tuple[str, ...]]:
        # One after the other: a passage keeps all that rules saw in it.
        shown: Iterable[Passage] = passages(prose, mode)
        kept = list(shown) if self.checker else []
        find_defects = finder(rules)
        found = [list(find_defects(passage)) for passage in kept or shown]
        unchecked: tuple[str, ...] = ()
        if self.checker:
            from mtcheck.linting.proofread import proofread

            found, unchecked = proofread(self.checker, kept, found)
            found = [selected(own, rules) for own in found]
        every = [finding for own in found for finding in own]
        if self.judge:
            every += selected(self.judge(prose, mode), rules)
        return every, unchecked


def _placed(finding: Finding, shown: View, text: str) -> Finding:
    """Return a finding of the view at its place in the file.

    It keeps its fix only where the file has what the rule saw, and no tag in between;
    else its message quotes the file, as words may stand in for code in the view.
    """
    span = shown.place(finding.span)
    seen, source = finding.span.of(shown.text), span.of(text)
    if source == seen:
        return replace(finding, span=span)
    quoted = repr(" ".join(source.split()))
    message = finding.message.replace(repr(seen), quoted)
    return replace(finding, span=span, message=message, fix=None)


def lint(text: str, language: str | None = None) -> tuple[Finding, ...]:
    """Return the defects of a text; without a language, it is told from the text.

    >>> [(found.code, found.span) for found in lint("He came. . She went.", "en")]
    [('MT101', Span(start=8, end=10))]
    """
    if language is not None:
        known_language(language)
    return Linter().lint(Document(text, language=language)).findings


def lint_documents(
    documents: Iterable[Document | InputError], linter: Linter
) -> Iterator[Linted | InputError]:
    """Yield each document with its findings; what could not be read is passed on."""
    for document in documents:
        if isinstance(document, InputError):
            yield document
        else:
            yield linter.lint(document)
