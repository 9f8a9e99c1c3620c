"""Tables add up to verdicts, and neighbours inform each other as they should."""

import re
from dataclasses import replace
from math import nan
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtcheck.classify import (
    AdditiveModel,
    Context,
    effects,
    evidence,
    shortness,
    softmax,
)
from mtcheck.errors import ModelError
from mtcheck.types import LABELS, Label

RAW: dict[str, Any] = {
    "features": ["a.share", "b.rate"],
    "edges": [[0.5], []],
    "scores": [
        [[1.0, 0.0, -1.0], [0.0, 2.0, 0.0], [0.0, 0.0, 3.0]],
        [[0.5, 0.5, 0.5], [-1.0, 0.0, 1.0]],
    ],
    "intercept": [0.1, 0.2, 0.3],
    "labels": ["original", "paraphrased", "machine_mangled"],
}
MODEL = AdditiveModel.from_json(RAW)
CONTEXT = Context(
    share=1.0,
    words=30.0,
    damping=0.5,
    unit=60.0,
    exponent=0.5,
    lean=0.0,
    short=0.0,
    chance=(0.0, 0.0, 0.0),
)
THRESHOLDS = {
    Label.PARAPHRASED: {"0.05": 0.6, "0.01": 0.8, "0.001": 0.95},
    Label.MACHINE_MANGLED: {"0.05": 0.5, "0.01": 0.7, "0.001": 0.9},
}

numbers = st.floats(-50, 50)
vectors = st.lists(st.one_of(numbers, st.just(nan)), min_size=2, max_size=2)


# Tables ------------------------------------------------------------------------


@given(st.lists(vectors, min_size=1, max_size=8))
def test_contributions_and_intercept_are_the_logits(rows: list[list[float]]) -> None:
    matrix = np.array(rows)
    added = MODEL.contributions(matrix)
    assert added.shape == (len(rows), 2, 3)
    assert np.allclose(added.sum(axis=1) + MODEL.intercept, MODEL.logits(matrix))


@pytest.mark.parametrize(
    ("value", "row"),
    [(-9.0, 0), (0.5, 0), (0.500001, 1), (float("inf"), 1), (nan, 2)],
)
def test_a_value_takes_the_row_of_its_bin_and_nan_the_last(
    value: float, row: int
) -> None:
    found = MODEL.contributions(np.array([[value, 7.0]]))
    assert found[0, 0].tolist() == RAW["scores"][0][row]
    assert found[0, 1].tolist() == RAW["scores"][1][0]


def test_a_feature_without_edges_still_tells_nan_apart() -> None:
    found = MODEL.contributions(np.array([[0.0, nan]]))
    assert found[0, 1].tolist() == [-1.0, 0.0, 1.0]


def test_the_form_of_training_survives_a_round_trip() -> None:
    assert MODEL.to_json() == RAW
    assert AdditiveModel.from_json(MODEL.to_json()).to_json() == RAW


@pytest.mark.parametrize(
    "change",
    [
        {"features": ["a.share"]},
        {"edges": [[0.5]]},
        {"edges": [[0.5, 0.7], []]},
        {"scores": [RAW["scores"][0]]},
        {"scores": [RAW["scores"][0][:2], RAW["scores"][1]]},
        {"intercept": [0.1, 0.2]},
        {"intercept": 0.5},
        {"labels": ["original", "paraphrased"]},
        {"labels": ["original", "paraphrased", "paraphrased"]},
    ],
    ids=str,
)
def test_tables_that_do_not_fit_each_other_are_refused(change: dict[str, Any]) -> None:
    message = r"^the classifier's tables do not fit each other$"
    with pytest.raises(ModelError, match=message):
        AdditiveModel.from_json({**RAW, **change})


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"features": 7}, "TypeError(\"'int' object is not iterable\")"),
        ({"edges": [["x"], []]}, "could not convert string to float"),
        ({"scores": [[[1], [1, 2]], []]}, "inhomogeneous shape"),
        ({"labels": ["original", "odd", "odd"]}, "'odd' is not a valid Label"),
    ],
    ids=str,
)
def test_tables_that_are_no_numbers_are_refused(
    change: dict[str, Any], error: str
) -> None:
    start = re.escape("the classifier's tables cannot be read (")
    with pytest.raises(ModelError, match=rf"^{start}.*{re.escape(error)}.*\)$"):
        AdditiveModel.from_json({**RAW, **change})


KINDS = AdditiveModel.from_json(
    {
        "features": ["a.share", "rules.joins_per_100_words"],
        "edges": [[0.5], [0.0]],
        "scores": [
            [[1, 0, -1, 2], [0, 2, 0, -1], [0, 0, 3, 0]],
            [[0, 0, 0, 0], [-1, 0, 1, 3], [0, 0, 0, 0]],
        ],
        "intercept": [0.1, 0.2, 0.3, 0.4],
        "labels": ["original", "paraphrased", "machine_mangled", "paraphrased"],
    }
)
"""A model with two kinds of paraphrased text."""


@given(st.lists(vectors, min_size=1, max_size=8))
def test_the_probabilities_of_kinds_add_up_to_their_label(
    rows: list[list[float]],
) -> None:
    matrix = np.array(rows)
    totals = KINDS.contributions(matrix).sum(axis=1) + KINDS.intercept
    kinds, labels = softmax(totals), softmax(KINDS.logits(matrix))
    assert np.allclose(labels[:, 1], kinds[:, 1] + kinds[:, 3])
    assert np.allclose(labels[:, [0, 2]], kinds[:, [0, 2]])


@given(st.lists(vectors, min_size=1, max_size=8))
def test_kinds_count_by_their_share_of_the_label(rows: list[list[float]]) -> None:
    matrix = np.array(rows)
    added = KINDS.contributions(matrix)
    kinds = softmax(added.sum(axis=1) + KINDS.intercept)[:, [1, 3]]
    kinds /= kinds.sum(axis=1, keepdims=True)
    found = KINDS.by_label(added)
    assert np.allclose(found[..., [0, 2]], added[..., [0, 2]])
    expected = (added[..., [1, 3]] * kinds[:, np.newaxis]).sum(axis=-1)
    assert np.allclose(found[..., 1], expected)


def test_company_changes_no_digit_of_what_features_add() -> None:
    random = np.random.default_rng(11)
    n_features, n_kinds = 40, 4
    edges = [sorted(random.normal(size=at % 7).tolist()) for at in range(n_features)]
    scores = [random.normal(size=(len(edge) + 2, n_kinds)).tolist() for edge in edges]
    names = [f"a.{at}" for at in range(n_features - 1)] + ["rules.joins_per_100_words"]
    raw = KINDS.to_json() | {"features": names, "edges": edges, "scores": scores}
    model = AdditiveModel.from_json(raw)
    vectors = random.normal(size=(30, n_features))
    vectors[random.random(vectors.shape) < 0.1] = nan

    def told(rows: "np.ndarray[Any, Any]") -> list[Any]:
        added = model.contributions(rows)
        parts = (added.sum(axis=1), model.facts(added), effects(model.by_label(added)))
        return [part.tolist() for part in parts]

    alone = [told(row[np.newaxis]) for row in vectors]
    together = told(vectors)
    for at, one in enumerate(alone):
        assert [part[0] for part in one] == [part[at] for part in together]


def test_findings_add_what_the_logits_lose_without_them() -> None:
    rows = np.array([[0.2, 4.0], [0.9, 0.0]])
    facts = KINDS.facts(KINDS.contributions(rows))
    without = KINDS.logits(np.array([[0.2, 0.0], [0.9, 0.0]]))
    assert np.allclose(facts, KINDS.logits(rows) - without)
    assert facts[1].tolist() == [0, 0, 0]


def test_a_context_without_a_field_is_refused() -> None:
    start = r"^the classifier's context cannot be read \(TypeError\("
    with pytest.raises(ModelError, match=start):
        Context.from_json({"context": {"share": 1, "chance": [0, 0, 0]}})


def test_a_context_is_read_from_the_form_of_training() -> None:
    raw: dict[str, Any] = {"share": 1, "words": 30, "damping": 0.5}
    raw |= {"unit": 60, "exponent": 0.5, "lean": 0, "short": 0, "chance": [0, 0, 0]}
    assert Context.from_json({"context": raw}) == CONTEXT
    for damaged in ([0, 0], "none", [0, 0, None], None):
        with pytest.raises(ModelError):
            Context.from_json({"context": {**raw, "chance": damaged}})


def test_a_document_leans_towards_people_and_a_paragraph_alone_does_not() -> None:
    logits, n_words = np.array([[0.0, 0.5, 1.0]] * 2), np.array([60.0, 60.0])
    facts = np.zeros_like(logits)
    leaning = replace(CONTEXT, lean=0.25)
    gained = leaning.document(logits, n_words, facts)
    gained = gained - CONTEXT.document(logits, n_words, facts)
    assert gained.tolist() == [0.25, 0.0, 0.0]
    alone = leaning.document(logits[:1], n_words[:1], facts[:1])
    assert alone.tolist() == logits[0].tolist()


def test_short_texts_lean_towards_people_by_all_of_their_words() -> None:
    logits, n_words = np.array([[0.0, 0.5, 1.0]] * 3), np.array([10.0, 10.0, 30.0])
    facts, plain = np.zeros_like(logits), replace(CONTEXT, damping=0.0)
    cautious = replace(plain, short=2.0)
    gained = cautious.paragraphs(logits, n_words) - plain.paragraphs(logits, n_words)
    assert gained[:, 0].tolist() == pytest.approx((2 * shortness(n_words)).tolist())
    assert not gained[:, 1:].any()
    alone = cautious.paragraphs(logits[:1], n_words[:1])
    assert alone[0, 0] == pytest.approx(2 * shortness(n_words)[0])
    # As a document it is not three short texts but one of fifty words.
    pooled = cautious.document(logits, n_words, facts)
    pooled = pooled - CONTEXT.document(logits, n_words, facts)
    total = 2 * shortness(np.array([50.0]))[0]
    assert pooled.tolist() == pytest.approx([total, 0.0, 0.0])


# Probabilities, effects, evidence ----------------------------------------------


@given(st.lists(st.lists(st.floats(-900, 900), min_size=3, max_size=3), min_size=1))
def test_probabilities_sum_to_one(logits: list[list[float]]) -> None:
    shares = softmax(np.array(logits))
    assert np.allclose(shares.sum(axis=1), 1)
    assert (shares >= 0).all()
    ranked = np.take_along_axis(shares, np.argmax(logits, axis=1)[:, np.newaxis], 1)
    assert (ranked[:, 0] == shares.max(axis=1)).all()


def test_an_effect_is_what_a_label_gains_over_the_mean_of_the_others() -> None:
    added = np.array([[2.0, -1.0, 0.0], [0.0, 3.0, 0.0]])
    gained = [[2.5, -2.0, -0.5], [-1.5, 3.0, -1.5]]
    assert effects(added).tolist() == gained
    assert effects(np.array([added, added])).tolist() == [gained, gained]


@pytest.mark.parametrize(
    ("paraphrased", "mangled", "level"),
    [
        (0.0, 0.0, "none"),
        (0.6, 0.0, "none"),
        (0.61, 0.0, "weak"),
        (0.8, 0.0, "weak"),
        (0.81, 0.0, "moderate"),
        (0.95, 0.0, "moderate"),
        (0.96, 0.0, "strong"),
        (0.0, 0.5, "none"),
        (0.0, 0.51, "weak"),
        (0.0, 0.71, "moderate"),
        (0.0, 0.91, "strong"),
        (0.3, 0.55, "weak"),
    ],
)
def test_evidence_is_the_strictest_threshold_that_is_passed(
    paraphrased: float, mangled: float, level: str
) -> None:
    shares = dict.fromkeys(LABELS, 0.0)
    shares[Label.PARAPHRASED] = paraphrased
    shares[Label.MACHINE_MANGLED] = mangled
    assert evidence(shares, THRESHOLDS) == level


def test_evidence_holds_whatever_the_label() -> None:
    shares = {
        Label.ORIGINAL: 0.45,
        Label.PARAPHRASED: 0.0,
        Label.MACHINE_MANGLED: 0.55,
    }
    low = {label: dict.fromkeys(rates, 0.5) for label, rates in THRESHOLDS.items()}
    assert evidence(shares, low) == "strong"


# Context -----------------------------------------------------------------------


def informed(words: list[float], logits: list[list[float]]) -> "np.ndarray[Any, Any]":
    """Return the logits of paragraphs of so many words in each other's light."""
    return CONTEXT.paragraphs(np.array(logits), np.array(words))


def test_one_paragraph_alone_is_judged_by_itself() -> None:
    alone = np.array([[0.4, -0.2, 0.1]])
    words, facts = np.array([7.0]), np.zeros((1, 3))
    assert CONTEXT.paragraphs(alone, words).tolist() == alone.tolist()
    assert CONTEXT.document(alone, words, facts).tolist() == alone[0].tolist()


def test_none_stays_none() -> None:
    assert CONTEXT.paragraphs(np.empty((0, 3)), np.empty(0)).shape == (0, 3)


def test_a_short_paragraph_follows_its_neighbours_more_than_a_long_one() -> None:
    mangled = [0.0, 0.0, 3.0]
    own = [1.0, 0.0, 0.0]
    short = informed([6, 80, 80], [own, mangled, mangled])[0]
    long = informed([200, 80, 80], [own, mangled, mangled])[0]
    assert short[2] > long[2] > own[2]
    assert short.argmax() == 2
    assert long.argmax() == 0


def test_long_neighbours_weigh_more_than_short_ones() -> None:
    one, other = [0.0, 2.0, 0.0], [0.0, 0.0, 2.0]
    found = informed([10, 90, 10], [[0.0, 0.0, 0.0], one, other])[0]
    assert found[1] == pytest.approx(9 * found[2])


def test_neighbours_that_say_the_same_add_nothing_where_all_are_averaged() -> None:
    logits, n_words = np.array([[0.0, 0.5, 1.0]] * 3), np.array([20.0, 60.0, 100.0])
    averaging, adding = replace(CONTEXT, damping=1.0), replace(CONTEXT, damping=0.0)
    np.testing.assert_allclose(averaging.paragraphs(logits, n_words), logits)
    assert (adding.paragraphs(logits, n_words)[:, 1:] > logits[:, 1:]).all()


def test_a_long_document_is_surer_than_its_paragraphs() -> None:
    logits = np.array([[0.0, 0.0, 1.0]] * 4)
    pooled = CONTEXT.document(logits, np.array([60.0] * 4), np.zeros((4, 3)))
    assert pooled.tolist() == pytest.approx([0.0, 0.0, 2.0])


def test_a_document_under_the_unit_is_as_sure_as_its_paragraphs() -> None:
    logits = np.array([[0.0, 0.0, 1.0], [0.0, 0.0, 0.0]])
    pooled = CONTEXT.document(logits, np.array([10.0, 30.0]), np.zeros((2, 3)))
    assert pooled.tolist() == pytest.approx([0.0, 0.0, 0.25])


def test_findings_add_up_but_for_those_by_chance() -> None:
    facts = np.array([[0.0, 0.0, 2.0], [0.0, 0.0, 0.0], [0.0, 0.0, 2.0], [0.0] * 3])
    context = replace(CONTEXT, chance=(0.0, 0.0, 0.01))
    pooled = context.document(facts, np.array([60.0] * 4), facts)
    assert pooled.tolist() == pytest.approx([0.0, 0.0, 4.0 - 2.4])


def test_facts_are_what_findings_add() -> None:
    raw = {**RAW, "features": ["a.share", "rules.joins"], "edges": [[0.5], [0.5]]}
    raw["scores"] = [RAW["scores"][0], [[-1.0, 0.0, 0.0], [1.0, 2.0, 0.0], [0.0] * 3]]
    model = AdditiveModel.from_json(raw)
    added = model.contributions(np.array([[9.0, 0.0], [9.0, 3.0]]))
    assert model.facts(added).tolist() == [[0.0, 0.0, 0.0], [2.0, 2.0, 0.0]]
