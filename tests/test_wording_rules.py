"""The rule about set terms reads the lexicon that the model ships."""

from itertools import pairwise
from pathlib import Path

import pytest

from mtcheck import installed
from mtcheck.models import open_model
from mtcheck.rules import all_rules, find_defects
from mtcheck.rules.wording import _pairs, _phrases
from mtcheck.segment import passages
from mtcheck.types import Document, Finding

RULES = [rule for rule in all_rules() if rule.family == "wording" and rule.find]


def found(text: str, language: str = "en") -> list[Finding]:
    document = Document(text, language=language)
    return [f for p in passages(document, "blank") for f in find_defects(p, RULES)]


def test_every_phrase_of_plain_words_is_found_with_its_term() -> None:
    table = open_model().resources("en").table("tortured")
    plain = {
        phrase: term
        for phrase, (term,) in table.items()
        if phrase.replace(" ", "").isalpha()
    }
    assert len(plain) > 5000
    for phrase, term in list(plain.items())[::40]:
        messages = [f.message for f in found(f"They use “{phrase.title()}”, he said.")]
        assert any(message.endswith(f", for {term!r}") for message in messages), phrase


def test_the_longest_phrase_wins_and_marks_part_it() -> None:
    rows = [
        row.partition("\t")[0]
        for row in installed.lexicon("en", "tortured")
        if row.partition("\t")[0].replace(" ", "").isalpha()
    ]
    short = next(a for a, b in pairwise(rows) if b.startswith(f"{a} "))
    longer = next(row for row in rows if row.startswith(f"{short} "))
    text = f"It is {longer} now."
    assert [f.span.of(text) for f in found(text)] == [longer]
    assert found("It is " + longer.replace(" ", ", ") + " now.") == []
    assert found(text, "de") == []


def test_without_a_model_the_rule_is_silent(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(installed, "__file__", str(tmp_path / "mtcheck" / "x.py"))
    _phrases.cache_clear()
    _pairs.cache_clear()
    try:
        assert installed.lexicon("en", "tortured") == []
        assert found("The lock is run by counterfeit consciousness.") == []
    finally:
        _phrases.cache_clear()
        _pairs.cache_clear()


def test_a_language_without_a_lexicon_has_no_rows() -> None:
    assert installed.lexicon("xx", "tortured") == []
