"""Which words are common in every source of human text, and which are names."""

from hypothesis import given
from hypothesis import strategies as st

from training.human import Capitals, common_words

COUNTS = st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 99), min_size=1)
SOURCES = st.dictionaries(st.sampled_from("xyz"), COUNTS, min_size=1)


def test_a_word_of_one_source_is_a_topic() -> None:
    even = {"the": 500, "harbour": 4}
    by_source = {
        "news": {**even, "minister": 90},
        "fiction": {**even, "sighed": 90},
        "law": {**even, "herein": 90},
    }
    assert common_words(by_source, ())[:2] == ["the", "harbour"]


@given(SOURCES, st.sets(st.sampled_from("abcdef")))
def test_each_word_but_names_is_ranked_once(
    by_source: dict[str, dict[str, int]], names: set[str]
) -> None:
    ranked = common_words(by_source, names)
    known = {word for counts in by_source.values() for word in counts}
    assert sorted(ranked) == sorted(known - names)


def capitals(*sentences: str) -> Capitals:
    found = Capitals()
    for sentence in sentences:
        found.update(sentence.split(), sentence.lower().split())
    return found


def test_names_have_a_capital_inside_sentences() -> None:
    found = capitals(
        "Today Skarrow may sink and I swim",
        "Many of Skarrow say that I'm in May or may not",
        "Many come",
    )
    assert found.names("en") == {"skarrow"}


def test_no_name_is_told_where_nouns_have_capitals() -> None:
    assert capitals("Das Schiff von Skarrow").names("de") == frozenset()
