"""The scikit-learn objects keep scikit-learn's contract, alone and in a pipeline."""

from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.utils import estimator_checks as checks
from threadpoolctl import threadpool_limits

import mtcheck
from mtcheck.errors import ConfigError, ModelError
from mtcheck.estimators import FeatureExtractor, VerdictClassifier
from mtcheck.extract import schema

PLAIN = (
    "The old ferry left the harbour at noon, and nobody looked up from the nets.",
    "An hour later the wind had turned, so the captain took in the sail himself.",
    "My aunt kept her letters in a tin box under the stairs, tied with string.",
    "We had bread and cheese by the river, and then it began to rain again.",
    "The baker opens at six, but on Sundays he lets the whole street wait.",
    "She read the map twice before she told us that we were on the wrong road.",
)
SPUN = (
    "The aged ferry departed the haven at midday, and no one gazed up from the meshes.",
    "An hour afterwards the breeze had rotated, so the skipper garnered in the canvas.",
    "My aunt retained her missives in a tin receptacle beneath the stairs, bound up.",
    "We devoured loaf and cheese by the stream, and then it commenced to precipitate.",
    "The baker unlocks at six, but on Sundays he permits the entire avenue to linger.",
    "She perused the chart twofold ere she apprised us that we were on the awry road.",
)
TEXTS = [*PLAIN, *SPUN] * 3
LABELS = (["original"] * 6 + ["paraphrased"] * 6) * 3

# scikit-learn's check_estimator feeds numbers, and passes over an estimator that takes
# texts. These are its checks that look at the object only.
TEXT_CHECKS = (
    checks.check_estimator_cloneable,
    checks.check_estimator_repr,
    checks.check_estimator_tags_renamed,
    checks.check_get_params_invariance,
    checks.check_mixin_order,
    checks.check_no_attributes_set_in_init,
    checks.check_parameters_default_constructible,
    checks.check_set_params,
    checks.check_valid_tag_types,
)


def small(**settings: Any) -> VerdictClassifier:
    """Return a classifier for a handful of rows: quick, and with small leaves."""
    return VerdictClassifier(max_iter=20, min_samples_leaf=2, **settings)


def expected(estimator: object) -> dict[str, str]:
    """Return the checks that cannot pass, each with its reason."""
    reason = "features are cut at the quantiles of rows, and only boosting is weighted"
    return {
        "check_sample_weight_equivalence_on_dense_data": reason,
    }


@checks.parametrize_with_checks(  # type: ignore[untyped-decorator]
    [small()], expected_failed_checks=expected
)
def test_scikit_learn_finds_no_fault(estimator: Any, check: Any) -> None:
    # Two threads on small data wait for each other more than they work.
    with threadpool_limits(1):
        check(estimator)


@pytest.mark.parametrize("check", TEXT_CHECKS, ids=lambda check: check.__name__)
def test_scikit_learn_finds_no_fault_in_the_transformer(check: Any) -> None:
    check("FeatureExtractor", FeatureExtractor())


# From texts to features --------------------------------------------------------


@pytest.mark.parametrize("tier", ["fast", "full"])
def test_texts_become_named_features(tier: Any) -> None:
    extractor = FeatureExtractor(tier=tier)
    found = extractor.fit_transform(TEXTS)
    assert found.shape == (len(TEXTS), len(schema(tier).names))
    assert tuple(extractor.get_feature_names_out()) == schema(tier).names


def test_features_are_those_of_the_whole_path() -> None:
    (scored,) = mtcheck.score([PLAIN[0]], language="en")
    names = list(FeatureExtractor().get_feature_names_out())
    (row,) = FeatureExtractor().transform([PLAIN[0]])
    for reason in scored.verdicts[0].reasons:
        assert repr(float(row[names.index(reason.feature)])) == repr(reason.value)


def test_features_may_come_as_a_frame_of_names() -> None:
    extractor = FeatureExtractor(tier="fast")
    names = extractor.get_feature_names_out(["anything"])
    assert names.dtype == object
    assert len(set(names)) == len(names)


def test_no_text_gives_no_row() -> None:
    assert FeatureExtractor().transform([]).shape == (0, len(schema().names))


def test_a_text_without_a_letter_is_not_measured() -> None:
    assert np.isnan(FeatureExtractor().transform(["", " \n"])).all()


def test_each_text_is_one_paragraph() -> None:
    parted = PLAIN[0].replace(", ", ",\n\n")
    found = FeatureExtractor().transform([PLAIN[0], parted])
    assert np.array_equal(found[0], found[1], equal_nan=True)


def test_an_extractor_needs_no_fitting_and_can_be_cloned() -> None:
    extractor = FeatureExtractor("de", tier="fast")
    copied = clone(extractor)
    assert copied.get_params() == {"language": "de", "model": "base", "tier": "fast"}
    assert copied.transform(["Die Fähre fuhr am Mittag ab."]).shape[0] == 1


def test_one_text_is_refused() -> None:
    message = "^X must be an iterable of texts, got one text; put it in a list$"
    with pytest.raises(TypeError, match=message):
        FeatureExtractor().transform(PLAIN[0])


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(TypeError, match=r"^each text must be a string, got int$"):
        FeatureExtractor().transform([PLAIN[0], 7])  # type: ignore[list-item]


def test_an_unknown_language_is_refused() -> None:
    message = "^model base: has no language 'tlh'; it knows "
    with pytest.raises(ModelError, match=message):
        FeatureExtractor("tlh").transform(PLAIN)


def test_an_unknown_tier_is_refused() -> None:
    extractor = FeatureExtractor(tier="best")  # type: ignore[arg-type]
    message = "^tier must be one of fast, full, got 'best'$"
    with pytest.raises(ConfigError, match=message):
        extractor.transform(PLAIN)
    with pytest.raises(ConfigError, match=message):
        extractor.get_feature_names_out()


# From features to labels -------------------------------------------------------


def test_a_pipeline_learns_and_predicts() -> None:
    pipeline = make_pipeline(FeatureExtractor(), small(random_state=1))
    pipeline.fit(TEXTS, LABELS)
    assert (pipeline.predict(TEXTS) == LABELS).mean() > 0.9
    assert pipeline.classes_.tolist() == ["original", "paraphrased"]
    shares = pipeline.predict_proba(TEXTS)
    assert shares.shape == (len(TEXTS), 2)
    assert np.allclose(shares.sum(axis=1), 1)


def test_a_pipeline_can_be_cloned_and_repeats_itself() -> None:
    steps = [("features", FeatureExtractor(tier="fast")), ("label", small())]
    pipeline = Pipeline(steps).set_params(label__random_state=3)
    first = clone(pipeline).fit(TEXTS, LABELS).predict_proba(TEXTS)
    second = clone(pipeline).fit(TEXTS, LABELS).predict_proba(TEXTS)
    assert np.array_equal(first, second)


def rows() -> tuple[Any, Any]:
    """Return rows of three classes: one feature tells them, one is noise with gaps."""
    random = np.random.default_rng(5)
    labels = np.repeat(["a", "b", "c"], 60)
    telling = np.repeat([0.0, 1.0, 2.0], 60) + random.normal(0, 0.2, 180)
    noise = np.where(random.random(180) < 0.2, np.nan, random.normal(size=180))
    still = np.full(180, 4.0)
    return np.column_stack([telling, noise, still]), labels


def test_what_each_feature_adds_sums_to_the_logits() -> None:
    matrix, labels = rows()
    fitted = small(random_state=0).fit(matrix, labels)
    added = fitted.contributions(matrix)
    assert added.shape == (180, 3, 3)
    logits = added.sum(axis=1) + fitted.model_.intercept
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    assert np.allclose(shares, fitted.predict_proba(matrix))
    assert (fitted.predict(matrix) == labels).mean() > 0.95
    assert np.abs(added[:, 0]).mean() > 5 * np.abs(added[:, 1]).mean()
    # What is the same everywhere tells nothing.
    assert not added[:, 2].any()


def test_an_average_text_moves_nothing() -> None:
    matrix, labels = rows()
    added = small(random_state=0).fit(matrix, labels).contributions(matrix)
    assert np.allclose(added.mean(axis=0), 0)


def test_nothing_to_learn_from_gives_the_shares_of_the_classes() -> None:
    matrix, labels = np.full((40, 1), np.nan), ["a"] * 30 + ["b"] * 10
    shares = small().fit(matrix, labels).predict_proba(matrix[:1])
    assert shares[0] == pytest.approx([0.75, 0.25], abs=0.02)


def test_weights_count_like_repeated_rows() -> None:
    matrix, labels = rows()
    heavy = small(random_state=0).fit(
        matrix, labels, sample_weight=np.where(labels == "a", 9.0, 1.0)
    )
    plain = small(random_state=0).fit(matrix, labels)
    assert heavy.predict_proba(matrix)[:, 0].mean() > (
        plain.predict_proba(matrix)[:, 0].mean()
    )


def test_one_class_is_refused() -> None:
    message = "^y must hold at least two classes, got one class; add texts of another$"
    with pytest.raises(ValueError, match=message):
        small().fit(np.zeros((8, 2)), ["a"] * 8)


def test_an_unfitted_classifier_is_refused() -> None:
    for method in (small().predict, small().predict_proba, small().contributions):
        with pytest.raises(NotFittedError, match=r"^This VerdictClassifier"):
            method(np.zeros((2, 2)))
