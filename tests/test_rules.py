"""Every rule proves itself: on its examples, on the seeds, and on any text at all."""

import hashlib
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtcheck.languages import languages
from mtcheck.rules import (
    FAMILIES,
    LONGEST,
    Finder,
    Rule,
    all_rules,
    find_defects,
    find_marks,
    matches,
    unmark,
)
from mtcheck.segment import Passage, passages
from mtcheck.together import Inspector
from mtcheck.types import Document, Finding, Span

ROOT = Path(__file__).resolve().parent.parent
SEEDS = ROOT / "seeds"
SHARED = Path(os.environ.get("MTCHECK_SHARED", ROOT.parent / "shared"))
WIDE = {
    "unclosed-quote",
    "machine-translation-notice",
    "glued-sentences",
    "site-residue",
}


def records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def fires(rule: Rule, text: str, language: str | None) -> list[Finding]:
    if rule.find_in_page:
        return list(find_marks(text, [rule]))
    document = Document(text, language=language)
    # By blank lines: an example of two lines is one paragraph.
    return [f for p in passages(document, "blank") for f in find_defects(p, [rule])]


def places(rule: Rule, text: str, language: str | None) -> list[Span]:
    return [found.span for found in fires(rule, text, language)]


def findings(text: str, language: str | None) -> list[Finding]:
    document = Document(text, language=language)
    return [found for p in passages(document) for found in find_defects(p)]


def known_to(rule: Rule) -> list[str]:
    return sorted(rule.languages or languages())


# What the linter decides, or a model, is proved in test_suppressions and test_verdicts.
FOUND = [rule for rule in all_rules() if rule.find or rule.find_in_page]
CASES = [(rule, text) for rule in FOUND for text in rule.bad]
CLEAN = [(rule, text) for rule in FOUND for text in rule.good]


@pytest.mark.parametrize(
    ("rule", "example"), CASES, ids=[f"{r.code}-{t[:30]!r}" for r, t in CASES]
)
def test_a_bad_example_fires_exactly_where_it_is_marked(
    rule: Rule, example: str
) -> None:
    text, marked = unmark(example)
    assert marked
    # Examples are in one of the known languages, and hold in that one.
    assert marked in [places(rule, text, code) for code in known_to(rule)]


@pytest.mark.parametrize(
    ("rule", "example"), CLEAN, ids=[f"{r.code}-{t[:30]!r}" for r, t in CLEAN]
)
def test_a_good_example_stays_silent_in_every_language(
    rule: Rule, example: str
) -> None:
    for code in known_to(rule):
        assert places(rule, example, code) == []


FIXED = [(rule, text) for rule, text in CASES if rule.fix]


@pytest.mark.parametrize(
    ("rule", "example"), FIXED, ids=[f"{r.code}-{t[:30]!r}" for r, t in FIXED]
)
def test_a_fix_leaves_nothing_to_find(rule: Rule, example: str) -> None:
    text, marked = unmark(example)
    for code in known_to(rule):
        if places(rule, text, code) == marked:
            mended = text
            for found in reversed(fires(rule, text, code)):
                assert found.fix is not None
                start, end = found.span.start, found.span.end
                mended = mended[:start] + found.fix + mended[end:]
            assert mended != text
            assert places(rule, mended, code) == []


SIGNED = [
    (rule, rule.find)
    for rule in all_rules()
    if rule.find and rule.signs and not rule.words and max(map(len, rule.signs)) == 1
]


@pytest.mark.parametrize(
    ("rule", "find"), SIGNED, ids=[rule.code for rule, _ in SIGNED]
)
def test_without_its_signs_a_rule_finds_nothing(rule: Rule, find: Finder) -> None:
    assert rule.signs is not None
    gone = str.maketrans(dict.fromkeys(rule.signs))
    examples = [text for one in all_rules() for text in (*one.bad, *one.good)]
    for text in examples:
        bare = unmark(text)[0].translate(gone)
        for code in languages():
            for passage in passages(Document(bare, language=code), "blank"):
                assert list(find(passage)) == []


def test_codes_and_names_are_unique() -> None:
    assert len({rule.code for rule in all_rules()}) == len(all_rules())
    assert len({rule.name for rule in all_rules()}) == len(all_rules())


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
class TestForm:
    """What every rule must look like."""

    def test_the_code_belongs_to_a_family(self, rule: Rule) -> None:
        assert re.fullmatch(r"MT\d\d\d", rule.code)
        assert rule.family in FAMILIES.values()

    def test_the_name_is_in_kebab_case(self, rule: Rule) -> None:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)+", rule.name)

    def test_the_message_takes_the_marked_text_and_no_stop(self, rule: Rule) -> None:
        message = rule.message.format("the marked text")
        assert "{" not in message
        assert message[0].islower()
        assert not message.endswith(".")

    def test_it_says_why_and_shows_both_sides(self, rule: Rule) -> None:
        assert rule.why.endswith(".")
        assert rule.bad
        assert rule.good

    def test_it_reads_the_text_or_the_page_or_neither(self, rule: Rule) -> None:
        assert rule.find is None or rule.find_in_page is None

    def test_its_languages_are_known(self, rule: Rule) -> None:
        assert set(known_to(rule)) <= set(languages())


def fits(found: Finding, defect: dict[str, Any]) -> bool:
    """Tell whether half of the union overlaps; some findings may be wider."""
    span = found.span
    shared = min(span.end, defect["end"]) - max(span.start, defect["start"])
    union = max(span.end, defect["end"]) - min(span.start, defect["start"])
    wide = defect["defect"] in WIDE and union <= 200
    return (
        found.name == defect["defect"]
        and shared > 0
        and (shared / union >= 0.5 or wide)
    )


def check(text: str, gold: dict[str, Any], language: str | None) -> None:
    found = findings(text, language)
    defects = gold["defects"]
    missed = [
        d for d in defects if d["required"] and not any(fits(f, d) for f in found)
    ]
    extra = [f for f in found if not any(fits(f, d) for d in defects)]
    assert (missed, extra) == ([], [])


@pytest.mark.parametrize(
    "gold", records(SEEDS / "gold.jsonl"), ids=lambda gold: str(gold["file"])
)
class TestOwnSeeds:
    """The examples that define the task."""

    def test_the_gold_is_sound(self, gold: dict[str, Any]) -> None:
        text = (SEEDS / gold["file"]).read_text("utf-8")
        for defect in gold["defects"]:
            start = defect["start"]
            before = text[:start]
            assert text[start : defect["end"]] == defect["text"]
            assert before.count("\n") + 1 == defect["line"]
            assert start - before.rfind("\n") == defect["column"]

    def test_all_is_found_and_nothing_more(self, gold: dict[str, Any]) -> None:
        check((SEEDS / gold["file"]).read_text("utf-8"), gold, gold["language"])

    def test_the_language_need_not_be_named(self, gold: dict[str, Any]) -> None:
        check((SEEDS / gold["file"]).read_text("utf-8"), gold, None)


@pytest.mark.parametrize(
    "gold", records(SEEDS / "given.jsonl"), ids=lambda gold: str(gold["file"])[:3]
)
def test_the_given_documents_have_just_their_gold(gold: dict[str, Any]) -> None:
    path = SHARED / "seeds" / gold["file"]
    if not path.is_file():
        pytest.skip(f"the given documents are not in {SHARED}; set MTCHECK_SHARED")
    raw = path.read_bytes()
    assert hashlib.sha256(raw).hexdigest() == gold["sha256"]
    check(raw.decode("utf-8"), gold, gold["language"])


# Letters, marks and spaces that the rules look at, so that they meet often.
ALPHABET = "aB.,:;!?…  \xa0\u202f\n\t\"“”„«»'’»-3*ß"
PIECES = st.one_of(
    st.text(ALPHABET, max_size=12),
    st.sampled_from(
        [
            " The ",
            "the the ",
            "said ",
            " wirft Vor ",
            "Read more",
            "Home » ",
            "cookies",
            "translated by Google",
            "maschinell übersetzt",
            "İ",
            "the lock of the lock of ",
            "Counterfeit consciousness ",
            "TODO: ",
            "lorem ipsum dolor sit amet",
            "let me know if you’d like to adjust it",
            "on line 12",
            "document.write(",
            "shut.Ships ",
            "they Go ",
            "stationiert. fachleute. ",
            "govern- ment",
        ]
    ),
    st.text(max_size=8),
)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(PIECES, max_size=25).map("".join), st.sampled_from(["en", "de", "fr", ""])
)
def test_findings_lie_in_their_paragraph(text: str, language: str) -> None:
    for passage in passages(Document(text, language=language or None)):
        place = passage.paragraph.span
        for found in find_defects(passage):
            assert place.start <= found.span.start < found.span.end <= place.end


def unfiltered(passage: Passage) -> list[tuple[Span, str]]:
    """Return the places of all rules, without regard to their signs and words."""
    code = passage.paragraph.language
    asked = [
        (rule, rule.find)
        for rule in all_rules()
        if rule.find and (rule.languages is None or code in rule.languages)
    ]
    return sorted((span, rule.code) for rule, find in asked for span in find(passage))


INSPECTOR = Inspector()
"""What it learns from one text must change nothing of what it finds in the next."""


def check_filter(text: str, language: str | None) -> None:
    shown = [*passages(Document(text, language=language), "blank")]
    alone = [find_defects(passage) for passage in shown]
    for passage, findings in zip(shown, alone, strict=True):
        assert [(it.span, it.code) for it in findings] == unfiltered(passage)
    fresh = [*passages(Document(text, language=language), "blank")]
    assert INSPECTOR.find(fresh) == alone


@settings(max_examples=300, deadline=None)
@given(
    st.lists(PIECES, max_size=25).map("".join), st.sampled_from(["en", "de", "fr", ""])
)
def test_signs_and_words_hide_no_finding(text: str, language: str) -> None:
    check_filter(text, language or None)


@pytest.mark.parametrize("language", ["en", "de", "fr"])
def test_signs_and_words_hide_no_finding_of_examples_and_seeds(language: str) -> None:
    for rule in all_rules():
        for example in (*rule.bad, *rule.good):
            check_filter(unmark(example)[0], language)
    for path in SEEDS.glob("**/*.txt"):
        check_filter(path.read_text("utf-8"), language)


@pytest.mark.parametrize(
    "unit",
    [
        " ",
        "\xa0",
        "a \xa0",
        " .",
        ". ",
        "a. . ",
        "“",
        '"a ',
        "„a“ ",
        "a.B ",
        "the ",
        "the the ",
        "we translate ",
        "this article was ",
        "cookies we use ",
        "Home » ",
        "share on ",
        "x\n",
        "Read more\n",
        "one line of four words\n",
        "one line of four words\n\n",
        "Ã",
        "ÃƒÂ",
        "Ð°",
        "&amp;",
        "a\u200b",
        "aа",
        "{a|",
        "{{a",
        "a{color:",
        "<a b=",
        "[caption ",
        "here is the revised version ",
        "As an AI, I ",
        "a b a b ",
        "a шлюз b ",
        "counterfeit consciousness ",
        "a" * 50 + " The ",
        "„a",
        "a “a. A ",
        "“ a ” ",
        "a , ",
        "a.. A",
        "a,, ",
        "(",
        "(a. A ",
        "a) ",
        "([",
        "1,234",
        "1.234,",
    ],
    ids=repr,
)
def test_long_and_hostile_texts_are_done(unit: str) -> None:
    text = ("Start. " + unit * (200_000 // len(unit)))[:200_000] + " the end."
    document = Document(text, language="en")
    for passage in passages(document, "blank"):
        find_defects(passage)


def test_an_endless_paragraph_is_read_in_pieces_and_none_is_left_out() -> None:
    unit = "The ferry number {} was late. . "
    text = "Start.\n\n" + "".join(unit.format(n) for n in range(20_000))
    assert len(text) > 3 * LONGEST
    (_, last) = passages(Document(text, language="en"), "blank")
    found = find_defects(last, [rule for rule in all_rules() if rule.code == "MT101"])
    assert len(found) == 20_000
    assert {item.span.of(text) for item in found} == {" ."}
    assert {item.paragraph for item in found} == {1}


def test_a_repeated_line_is_known_across_paragraphs() -> None:
    line = "Who pays for the new lock?"
    found = findings(f"{line}\n\nNobody knew.\r\n\r\n{line}\n\n{line}", "en")
    assert [f.name for f in found] == ["repeated-line"] * 2


def test_french_spaces_before_marks_are_left_alone() -> None:
    text = "«\xa0Vraiment ?\xa0» dit-elle ; « je ne sais pas : peut-être ! »"
    assert findings(text, "fr") == []


def test_a_quotation_over_three_paragraphs_is_closed_by_the_last() -> None:
    text = "She said: “We go on.\n\n“Nobody stops us.\n\n“Nobody,” she said."
    assert findings(text, "en") == []


def test_residue_of_another_language_is_found_too() -> None:
    text = "Der Rat tagt am Montag im Saal.\n\nLeave a Reply"
    assert [f.name for f in findings(text, "de")] == ["site-residue"]


def test_a_pattern_makes_a_finder_that_counts_from_the_document() -> None:
    last = list(passages(Document("One lock.\n\nTwo locks.", language="en")))[-1]
    assert list(matches("oc")(last)) == [Span(16, 18)]


def test_two_notices_in_one_clause_are_one_finding() -> None:
    text = (
        "This text was automatically translated, the text was translated by a machine"
    )
    assert [f.code for f in findings(text, "en")] == ["MT601"]


def test_two_german_clauses_may_meet_in_the_same_verb() -> None:
    assert findings("Was nun gut ist ist noch offen.", "de") == []
    assert [one.code for one in findings("The lock ist ist open.", "en")] == ["MT403"]
