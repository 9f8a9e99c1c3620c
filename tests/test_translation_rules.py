"""Laws of the rules about translation: loops, other scripts, marks of a page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtcheck.rules import all_rules, find_defects, find_marks
from mtcheck.segment import passages
from mtcheck.types import Document, Span

RULES = {rule.name: rule for rule in all_rules() if rule.family == "translation"}
UNITS = st.lists(
    st.text("bcdfghklmnprst", min_size=5, max_size=9),
    min_size=1,
    max_size=4,
    unique=True,
)


def marked(text: str, name: str, language: str = "en") -> list[str]:
    document = Document(text, language=language)
    return [
        found.span.of(text)
        for passage in passages(document, "blank")
        for found in find_defects(passage, [RULES[name]])
    ]


@given(UNITS, st.integers(min_value=6, max_value=12))
def test_a_loop_is_found_from_its_first_word_to_its_last(
    unit: list[str], times: int
) -> None:
    loop = " ".join(unit * times)
    assert marked(f"She saw {loop} that day.", "engine-loop") == [loop]


@given(UNITS, st.integers(min_value=1, max_value=3))
def test_what_is_said_three_times_is_no_loop(unit: list[str], times: int) -> None:
    assert marked("She saw " + " ".join(unit * times), "engine-loop") == []


@pytest.mark.parametrize("word", ["замок", "水闸开了", "القفل", "תריס", "ประตู"])
@pytest.mark.parametrize("language", ["en", "de"])
def test_words_of_another_script_are_found_unless_set_apart(
    word: str, language: str
) -> None:
    name = "untranslated-script"
    assert marked(f"They open {word} on Monday.", name, language) == [word]
    for quiet in (f"({word})", f"“{word}”", f"„{word}“", f"lock: {word}", f"*{word}*"):
        assert marked(f"They open {quiet} on Monday.", name, language) == []
    assert marked(f"They open {word} on Monday.", name, "fr") == []


def test_a_page_is_reported_once_by_its_first_mark() -> None:
    font = '<font style="vertical-align: inherit;">'
    page = f'<html lang="de" class="translated-ltr"><p>{font}Die</font>{font}da</font>'
    assert [found.span for found in find_marks(page, RULES.values())] == [Span(0, 39)]
    assert page[:39].endswith('"translated-ltr">')


def test_a_page_that_speaks_of_marks_is_left_alone() -> None:
    page = (
        "<p>Google sets class=translated-ltr, X-Translated-By and de-x-mtfrom-en</p>"
        '<code>&lt;html lang="de-x-mtfrom-en"></code><a href="#_msthash=1">x</a>'
    )
    assert find_marks(page, RULES.values()) == ()
