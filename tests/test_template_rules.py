"""Laws of the rules about templates and chatbots: found as left, not as quoted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtcheck.rules import all_rules, find_defects
from mtcheck.segment import passages
from mtcheck.types import Document

RULES = [rule for rule in all_rules() if rule.family == "templates"]
REMARKS = (
    "As an AI language model, I cannot visit the lock.",
    "Sure! Here's a rewritten version of the article: The lock opens.",
    "Here is the paraphrased text: The lock opens.",
    "Of course! Here is a summary of the text.",
    "I cannot fulfill that request.",
    "Als KI-Modell habe ich keine Meinung.",
    "Natürlich! Hier ist der umgeschriebene Artikel.",
    "Ich kann diese Anfrage leider nicht erfüllen.",
)
WORDS = st.lists(
    st.text("abcdeäöß", min_size=2, max_size=9), min_size=2, max_size=5, unique=True
)


def names(text: str, language: str = "en") -> list[str]:
    document = Document(text, language=language)
    return [f.name for p in passages(document, "blank") for f in find_defects(p, RULES)]


@pytest.mark.parametrize("remark", REMARKS)
@pytest.mark.parametrize("language", ["en", "de"])
def test_a_remark_is_found_in_a_text_of_any_language(
    remark: str, language: str
) -> None:
    assert names(remark, language) == ["assistant-remark"]
    assert names(f"It is late. {remark}", language) == ["assistant-remark"]


@pytest.mark.parametrize("remark", REMARKS)
@pytest.mark.parametrize("quotes", ["“{}”", "„{}“", '"{}"', "«{}»"])
def test_a_remark_that_is_quoted_is_left_alone(remark: str, quotes: str) -> None:
    assert names("Such pages start so: " + quotes.format(remark)) == []
    assert names("It said: " + quotes.format(f"No. {remark}") + " We laughed.") == []


def test_a_remark_after_a_closed_quotation_is_found() -> None:
    text = f"He called it “late” and „früh“. {REMARKS[0]}"
    assert names(text) == ["assistant-remark"]


@given(WORDS)
def test_a_choice_of_words_is_found_whole(words: list[str]) -> None:
    choice = "{" + "|".join(words) + "}"
    nested = "{" + words[0] + "|the " + choice + " one}"
    assert names(f"The {choice} lock and the {nested} gate.") == ["spintax-choice"] * 2


@pytest.mark.parametrize(
    "name", ["Your Name", "your company", "insert date here", "Vorname", "Ort einfügen"]
)
def test_a_gap_is_no_gap_where_it_is_a_link(name: str) -> None:
    assert names(f"Dear [{name}], good day.") == ["unfilled-placeholder"]
    assert names(f"Dear [{name}](name.html), good day.") == []
