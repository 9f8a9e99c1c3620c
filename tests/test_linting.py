"""Linting finds defects at their places, and passes on what could not be read."""

import weakref
from collections.abc import Callable, Iterable
from typing import Any

import pytest

import mtcheck
from mtcheck.errors import ConfigError, InputError
from mtcheck.linting import Linted, Linter, lint_documents
from mtcheck.rules import Rule, finder
from mtcheck.segment import Passage
from mtcheck.types import Document, Span

TEXT = "The ferry was late. . Nobody minded.\n\nThe bell rang .\n"


def test_the_public_function_gives_findings_with_document_offsets() -> None:
    found = mtcheck.lint(TEXT, "en")
    assert [(item.code, item.span.of(TEXT)) for item in found] == [
        ("MT101", " ."),
        ("MT102", " ."),
    ]
    assert found[0].span == Span(19, 21)


def test_a_clean_text_has_no_finding() -> None:
    assert mtcheck.lint("The ferry was on time. Everybody smiled.") == ()


def test_an_unknown_language_is_refused() -> None:
    message = r"^language must be one of de, en, got 'tlh'$"
    with pytest.raises(ConfigError, match=message):
        mtcheck.lint(TEXT, "tlh")


def test_documents_keep_their_order_and_lost_ones_their_place() -> None:
    lost = InputError("b.txt", "does not exist")
    first, last = Document(TEXT, "a.txt"), Document("All is well here.", "c.txt")
    results = list(lint_documents([first, lost, last], Linter()))
    assert results[1] is lost
    assert results[2] == Linted(last, ())
    assert isinstance(results[0], Linted)
    assert results[0].document is first
    assert len(results[0].findings) == 2


def test_what_rules_saw_in_a_paragraph_is_let_go_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    alive: weakref.WeakSet[Passage] = weakref.WeakSet()
    most = 0

    def spying(rules: Iterable[Rule]) -> Callable[[Passage], Any]:
        find = finder(rules)

        def spy(passage: Passage) -> Any:
            nonlocal most
            alive.add(passage)
            most = max(most, len(alive))
            return find(passage)

        return spy

    monkeypatch.setattr("mtcheck.linting.finder", spying)
    Linter().lint(Document("The bell rang .\n\n" * 50, language="en"))
    assert most < 10  # some rules remember what they were last asked


def test_paragraphs_can_be_parted_by_line() -> None:
    document = Document("The first line .\nThe second .\n\nThe third .", language="en")
    (result,) = lint_documents([document], Linter(paragraphs="line"))
    assert isinstance(result, Linted)
    assert [item.span.start for item in result.findings] == [14, 27, 40]
