"""A verdict is a finding where a paragraph stands out as far as was asked for."""

import re

import pytest

from mtcheck.config import Config
from mtcheck.linting import Judge, Linter
from mtcheck.linting.selection import Selection
from mtcheck.linting.verdicts import judge
from mtcheck.models import open_model
from mtcheck.rules import Rule, all_rules, unmark
from mtcheck.types import Document, Span

JUDGED = [rule for rule in all_rules() if rule.code in ("MT702", "MT791", "MT792")]


@pytest.fixture(scope="module")
def weak() -> Judge:
    return judge(Config(verdict="weak"), open_model("base"))


@pytest.mark.parametrize("rule", JUDGED, ids=lambda rule: rule.code)
def test_the_examples_of_the_judged_rules_hold(rule: Rule, weak: Judge) -> None:
    for example in rule.bad:
        text, marked = unmark(example)
        found = weak(Document(text, language="en"))
        assert sorted(f.span for f in found if f.code == rule.code) == marked
    for example in rule.good:
        codes = {found.code for found in weak(Document(example, language="en"))}
        assert rule.code not in codes


def test_a_stricter_level_reports_no_more(weak: Judge) -> None:
    text, _ = unmark(JUDGED[-1].bad[0])
    strong = judge(Config(verdict="strong"), open_model("base"))
    document = Document(text, language="en")
    assert set(strong(document)) <= set(weak(document))


def test_a_linter_with_a_judge_reports_verdicts_unless_they_are_ignored(
    weak: Judge,
) -> None:
    text, _ = unmark(JUDGED[-1].bad[0])
    document = Document(text, "a.txt", language="en")
    found = Linter(judge=weak).lint(document).findings
    assert found[0].code == "MT792"
    assert found[0].span == Span(0, len(text))
    assert re.search(r"\(\d\d%, evidence \w+\)", found[0].message)
    chosen = Selection(ignore=["MT79"])
    kept = Linter(chosen, judge=weak).lint(document).findings
    assert {item.code for item in kept} == {"MT702"}


def test_short_paragraphs_and_other_languages_have_no_verdict(weak: Judge) -> None:
    assert list(weak(Document("Four words are short.", language="en"))) == []
    french = "La mer est calme ce soir et le vieux port dort sous la lune pâle."
    assert list(weak(Document(french, language="fr"))) == []
