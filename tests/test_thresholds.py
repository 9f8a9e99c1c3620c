"""Thresholds are passed by people as seldom as they say, whatever a source's size."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtcheck.classify import Context, softmax
from mtcheck.types import LABELS, Label
from training.data import Row
from training.false_alarms import MADE, false_alarms, thresholds, wilson
from training.fit import in_documents


def rows_of(source: str, n: int, detail: str = "human", genre: str = "") -> list[Row]:
    """Return originals of one source."""
    row = Row("text", "en", Label.ORIGINAL, source, detail, "", "", "CC0", genre=genre)
    return [replace(row, doc_id=f"{source}{at}") for at in range(n)]


def shares_of(values: np.ndarray) -> np.ndarray:
    """Return probabilities whose second and third entry are half the values."""
    return np.column_stack([1 - values, values / 2, values / 2])


def test_a_threshold_is_passed_at_its_rate() -> None:
    values = np.linspace(0, 1, 2000)
    rows = rows_of("a", 2000)
    levels = thresholds(rows, shares_of(values))
    found = false_alarms(rows, shares_of(values), levels)["all"]
    for rate in ("0.001", "0.01", "0.05"):
        for label in ("paraphrased", "machine_mangled"):
            share, low, high = found[label][rate]
            assert share == pytest.approx(float(rate), abs=0.0006)
            assert low <= share <= high
    assert found["n"] == 2000


def test_a_large_source_does_not_outvote_the_others() -> None:
    rows = [*rows_of("large", 4000), *rows_of("one", 200), *rows_of("two", 200)]
    values = np.concatenate([np.full(4000, 0.1), np.linspace(0.2, 0.9, 400)])
    level = thresholds(rows, shares_of(values))["paraphrased"]["0.05"]
    # A twentieth of all weight is three twentieths of a fifth of the rest.
    assert level > 0.4


def test_learners_pass_all_labels_together_no_more_often_than_others_one() -> None:
    rows = [*rows_of("a", 4000), *rows_of("b", 400, genre="essay_learner")]
    # Learners' share of made text is larger throughout.
    values = np.concatenate([np.linspace(0, 0.6, 4000), np.linspace(0.2, 0.9, 400)])
    shares = shares_of(values)
    levels = thresholds(rows, shares)
    found = false_alarms(rows, shares, levels)["b"]
    for rate, most in (("0.01", 0.01), ("0.05", 0.05)):
        passed = sum(found[label][rate][0] for label in MADE)
        assert 0.5 * most <= passed <= most


def test_learners_who_seldom_pass_change_no_threshold() -> None:
    values = np.concatenate([np.linspace(0.1, 0.6, 4000), np.linspace(0, 0.1, 400)])
    learners, students = (
        thresholds(
            [*rows_of("a", 4000), *rows_of("b", 400, genre=f"essay_{writers}")],
            shares_of(values),
        )
        for writers in ("learner", "student")
    )
    assert learners == students


def test_translations_by_people_set_no_threshold_and_are_shown() -> None:
    rows = [*rows_of("a", 100), *rows_of("b", 50, "human_translation")]
    values = np.concatenate([np.linspace(0, 0.5, 100), np.ones(50)])
    levels = thresholds(rows, shares_of(values))
    assert levels["paraphrased"]["0.001"] <= 0.25
    shown = false_alarms(rows, shares_of(values), levels)
    assert shown["human translations"]["paraphrased"]["0.001"][0] == 1
    assert set(shown) == {"all", "a", "human translations"}


def test_small_sources_are_not_shown_alone() -> None:
    rows = [*rows_of("a", 100), *rows_of("few", 5)]
    values = np.linspace(0, 1, 105)
    levels = thresholds(rows, shares_of(values))
    assert set(false_alarms(rows, shares_of(values), levels)) == {"all", "a"}


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_holds_its_share(pair: tuple[int, int]) -> None:
    hits, n = pair
    low, high = wilson(hits, n)
    assert low - 1e-9 <= hits / n <= high + 1e-9
    assert -1e-9 <= low < high <= 1 + 1e-9


# Documents ---------------------------------------------------------------------

CONTEXT = Context(
    share=1.0,
    words=30.0,
    damping=1.0,
    unit=60.0,
    exponent=0.0,
    lean=0.2,
    short=0.5,
    chance=(0.0, 0.0, 0.01),
)


def test_documents_are_read_as_they_are_scored() -> None:
    first, other, lone = (rows_of(name, 1)[0] for name in "abc")
    first, last = replace(first, text="one two"), replace(first, text="one two three")
    logits = np.array([[1.0, 0, 0], [0, 0, 1], [0, 1, 0], [2, 0, 0], [0, 0, 3]])
    rows = [first, other, last, lone, other]
    facts = np.array([[0.0, 0, 0], [0, 0, 2], [0, 0, 2], [0, 0, 0], [0, 0, 0]])
    found = in_documents([(rows, logits, facts)], CONTEXT)
    assert found["together"].rows == [first, last, other, other]
    assert found["document"].rows == [first, other]
    for at, places, n_words in ((0, [0, 2], [2.0, 3]), (1, [1, 4], [1.0, 1])):
        own, words = logits[places], np.array(n_words)
        assert facts[places].any()
        np.testing.assert_array_equal(
            found["together"].shares[2 * at : 2 * at + 2],
            softmax(CONTEXT.paragraphs(own, words)),
        )
        np.testing.assert_array_equal(
            found["document"].shares[at],
            softmax(CONTEXT.document(own, words, facts[places])),
        )


def test_without_documents_there_is_nothing_to_read() -> None:
    nothing = np.zeros((3, len(LABELS)))
    found = in_documents([(rows_of("a", 3), nothing, nothing)], CONTEXT)
    for rows, shares in found.values():
        assert not rows
        assert shares.shape == (0, len(LABELS))
