"""Intervals and tests over resampled documents: laws, and what scipy says of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import f1_score, precision_score, recall_score, roc_auc_score

from mtcheck.benchmarking import figures
from mtcheck.benchmarking.bootstrap import (
    RATES,
    Group,
    calibration_errors,
    drawn,
    interval,
    measured,
    of_counts,
)
from mtcheck.benchmarking.figures import MADE, Array
from mtcheck.benchmarking.significance import (
    bootstrap_p,
    confusions,
    holm,
    randomisation_p,
)
from mtcheck.types import LABELS

EVERY = np.full(len(LABELS), True)


def texts(n: int, seed: int = 1, help: float = 1.0) -> tuple[Array, Array]:
    """Return labels, and probabilities that lean to them; two digits give ties."""
    random = np.random.default_rng(seed)
    truth = random.integers(0, len(LABELS), n)
    shares = random.dirichlet(np.ones(len(LABELS)), n)
    shares[np.arange(n), truth] += random.random(n) * help
    shares = np.round(shares / shares.sum(axis=1, keepdims=True), 2)
    return truth, shares


def other_shares(truth: Array, seed: int, help: float) -> Array:
    """Return what another model says of the same texts."""
    random = np.random.default_rng(seed)
    shares = random.dirichlet(np.ones(len(LABELS)), len(truth))
    shares[np.arange(len(truth)), truth] += random.random(len(truth)) * help
    return shares


def whole(truth: Array) -> Group:
    return Group(np.arange(len(truth)), np.flatnonzero(truth == 0), EVERY)


def resampled(
    truth: Array, shares: Array, document: Array, n: int, seed: int = 7
) -> dict[str, Array]:
    """Return the figures of the whole in each resample; the data come first."""
    (draws,) = drawn(document.max() + 1, n, seed, len(truth))
    (found,) = measured(truth, shares, draws.T[document], [whole(truth)])
    errors = calibration_errors(truth, shares, draws.T[document])
    return found | {"calibration_error": errors}


# Figures -----------------------------------------------------------------------


def test_a_resample_has_the_figures_of_its_texts_repeated() -> None:
    truth, shares = texts(3600)
    document = np.arange(len(truth)) // 3
    (draws,) = drawn(1200, 4, 7, len(truth))
    found = resampled(truth, shares, document, 4)
    for at, counts in enumerate(draws):
        rows = np.repeat(np.arange(len(truth)), counts[document].astype(int))
        own, given = truth[rows], shares[rows]
        said, sure = given.argmax(axis=1), given.max(axis=1)
        assert found["macro_f1"][at] == pytest.approx(figures.macro_f1(own, said))
        assert found["accuracy"][at] == pytest.approx((own == said).mean())
        error = figures.calibration_error(sure, own == said)
        assert found["calibration_error"][at] == pytest.approx(error)
        for label in MADE:
            place = LABELS.index(label)
            scores = given[own == place, place], given[own == 0, place]
            assert found[f"auc.{label}"][at] == pytest.approx(figures.area(*scores))
            for rate, recall in zip(
                RATES, figures.recalls(*scores, RATES), strict=True
            ):
                key = f"recall_at_{rate:g}.{label}"
                assert found[key][at] == pytest.approx(recall, nan_ok=True), key


def test_figures_are_those_of_scikit_learn_and_scipy() -> None:
    truth, shares = texts(400)
    found = resampled(truth, shares, np.arange(400), 1)
    said = shares.argmax(axis=1)
    assert found["macro_f1"][0] == pytest.approx(f1_score(truth, said, average="macro"))
    precision = precision_score(truth, said, average=None)
    recall = recall_score(truth, said, average=None)
    for at, label in enumerate(LABELS):
        assert found[f"precision.{label}"][0] == pytest.approx(precision[at])
        assert found[f"recall.{label}"][0] == pytest.approx(recall[at])
    for at, label in enumerate(LABELS[1:], 1):
        kept = (truth == 0) | (truth == at)
        area = roc_auc_score(truth[kept] == at, shares[kept, at])
        assert found[f"auc.{label}"][0] == pytest.approx(area)
        made, originals = shares[truth == at, at], shares[truth == 0, at]
        u = stats.mannwhitneyu(made, originals).statistic
        assert area == pytest.approx(u / (len(made) * len(originals)))


def test_a_rate_below_one_original_has_no_recall() -> None:
    truth, shares = texts(300)
    found = resampled(truth, shares, np.arange(300), 10)
    assert np.isnan(found[f"recall_at_0.001.{MADE[0]}"]).all()
    assert not np.isnan(found[f"recall_at_0.05.{MADE[0]}"]).any()


def test_a_group_is_measured_as_if_it_stood_alone() -> None:
    truth, shares = texts(900)
    (draws,) = drawn(900, 20, 7, 900)
    rows = np.arange(100, 600)
    own = rows[truth[rows] == 0]
    every = whole(truth)
    groups = [every, Group(rows, own, EVERY), Group(rows, every.originals, EVERY)]
    found = measured(truth, shares, draws.T, groups)
    alone = measured(truth, shares, draws.T, [groups[1]])[0]
    for name, values in alone.items():
        np.testing.assert_allclose(found[1][name], values)
    place = LABELS.index(MADE[0])
    scores = shares[rows[truth[rows] == place], place], shares[truth == 0, place]
    area = figures.area(*scores)
    assert found[2][f"auc.{MADE[0]}"][0] == pytest.approx(area)


def test_a_label_that_neither_is_nor_is_said_does_not_count() -> None:
    counts = np.array([[5.0, 0, 0], [0, 5, 0], [0, 0, 0]])
    assert of_counts(counts, EVERY)["macro_f1"] == 1
    assert np.isnan(of_counts(counts, EVERY)["f1.machine_mangled"])


def test_a_label_that_is_left_out_of_macro_f1_still_costs_recall() -> None:
    counts = np.array([[8.0, 0, 2], [0, 8, 2], [0, 0, 0]])
    left_out = np.array([True, True, False])
    assert of_counts(counts, left_out)["macro_f1"] == pytest.approx(16 / 18)


# Resamples and intervals -------------------------------------------------------


def test_chunks_change_no_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    (at_once,) = drawn(50, 20, 7, 100)
    monkeypatch.setattr("mtcheck.benchmarking.bootstrap._CELLS", 300)
    parts = list(drawn(50, 20, 7, 100))
    assert len(parts) > 1
    assert np.array_equal(np.concatenate(parts), at_once)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 1000), st.integers(30, 200))
def test_intervals_hold_the_figure(seed: int, n: int) -> None:
    truth, shares = texts(n, seed)
    for values in resampled(truth, shares, np.arange(n) // 2, 50, seed).values():
        low, high = interval(values)
        assert np.isnan(values[0]) or low <= values[0] <= high


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 1000))
def test_the_order_of_texts_changes_no_figure(seed: int) -> None:
    truth, shares = texts(120, seed)
    document = np.arange(120) // 4
    order = np.random.default_rng(seed).permutation(120)
    one = resampled(truth, shares, document, 20)
    other = resampled(truth[order], shares[order], document[order], 20)
    for name, values in one.items():
        np.testing.assert_allclose(other[name], values, atol=1e-12)


def test_intervals_are_those_of_scipy() -> None:
    truth, shares = texts(150)
    found = resampled(truth, shares, np.arange(150), 2000)
    said = shares.argmax(axis=1)

    def macro_f1(rows: Array) -> float:
        return figures.macro_f1(truth[rows.astype(int)], said[rows.astype(int)])

    told = stats.bootstrap(
        (np.arange(150),),
        macro_f1,
        vectorized=False,
        n_resamples=2000,
        method="percentile",
        rng=np.random.default_rng(3),
    ).confidence_interval
    assert interval(found["macro_f1"]) == pytest.approx(
        (told.low, told.high), abs=0.015
    )


def test_long_documents_make_intervals_wider_than_single_texts() -> None:
    """Texts of a document go wrong together, so that they tell less than others."""
    random = np.random.default_rng(2)
    document = np.repeat(np.arange(30), 20)
    truth = random.integers(0, 3, 600)
    is_right = np.repeat(random.random(30) < 0.6, 20)
    shares = np.eye(3)[np.where(is_right, truth, (truth + 1) % 3)]
    by_document = interval(resampled(truth, shares, document, 500)["accuracy"])
    by_text = interval(resampled(truth, shares, np.arange(600), 500)["accuracy"])
    assert np.diff(by_document) > 2 * np.diff(by_text)


def test_what_is_not_measured_has_no_interval() -> None:
    assert np.isnan(interval(np.full(10, np.nan))).all()


# Comparisons -------------------------------------------------------------------


def test_a_model_does_not_differ_from_itself() -> None:
    truth, shares = texts(200)
    document = np.arange(200) // 2
    found = resampled(truth, shares, document, 100)["macro_f1"]
    counts = confusions(truth, shares.argmax(axis=1), document)
    assert bootstrap_p(found - found) == 1
    assert randomisation_p(counts, counts, 100, 7) == 1


def test_the_bootstrap_p_is_that_of_sacrebleu() -> None:
    """Its ``_compute_p_value`` of centred differences; here two-sided."""
    random = np.random.default_rng(5)
    for observed in (0.1, 0.5, 1.5):
        drawn_differences = random.normal(observed, 0.5, 999)
        centred = np.abs(drawn_differences - drawn_differences.mean())
        theirs = (np.sum(centred > observed) + 1) / (len(centred) + 1)
        ours = bootstrap_p(np.array([observed, *drawn_differences]))
        assert ours == pytest.approx(theirs)


def test_the_randomisation_p_is_that_of_scipy() -> None:
    truth, one = texts(11, 3)
    _, two = texts(11, 4, help=0.2)
    said = one.argmax(axis=1), two.argmax(axis=1)

    def difference(left: Array, right: Array) -> float:
        found = figures.macro_f1(truth, left) - figures.macro_f1(truth, right)
        return abs(round(found, 12))

    told = stats.permutation_test(
        said,
        difference,
        permutation_type="samples",
        vectorized=False,
        n_resamples=np.inf,
        alternative="greater",
    ).pvalue
    counts = [confusions(truth, each, np.arange(11)) for each in said]
    assert randomisation_p(counts[0], counts[1], 5000, 7) == pytest.approx(told)
    drawn_p = randomisation_p(counts[0], counts[1], 30, 7)
    assert 0 < drawn_p <= 1


def test_documents_are_drawn_in_pairs_as_by_scipy() -> None:
    """Interval and p-value of a difference, from scipy's own bootstrap of documents."""
    truth, one = texts(200, 3)
    two = other_shares(truth, 9, help=0.95)
    document = np.random.default_rng(1).integers(0, 40, 200)
    said = one.argmax(axis=1), two.argmax(axis=1)
    members = [np.flatnonzero(document == number) for number in range(40)]

    def difference(documents: Array) -> float:
        rows = np.concatenate([members[at] for at in documents.astype(int)])
        first, second = (figures.macro_f1(truth[rows], each[rows]) for each in said)
        return first - second

    told = stats.bootstrap(
        (np.arange(40),),
        difference,
        vectorized=False,
        n_resamples=2000,
        method="percentile",
        rng=np.random.default_rng(3),
    )
    drawn_there = told.bootstrap_distribution
    moved = np.abs(drawn_there - drawn_there.mean())
    their_p = (moved >= abs(difference(np.arange(40)))).mean()
    ours = [
        resampled(truth, shares, document, 2000)["macro_f1"] for shares in (one, two)
    ]
    assert interval(ours[0] - ours[1]) == pytest.approx(
        tuple(told.confidence_interval), abs=0.01
    )
    assert 0.02 < their_p < 0.98
    assert bootstrap_p(ours[0] - ours[1]) == pytest.approx(their_p, abs=0.04)


def test_documents_are_exchanged_as_by_scipy() -> None:
    truth, one = texts(36, 3)
    two = other_shares(truth, 4, help=0.6)
    document = np.arange(36) // 4
    said = np.array([one.argmax(axis=1), two.argmax(axis=1)])

    def difference(left: Array, right: Array) -> float:
        """Say what each text is called by the model that has its document."""
        found = [
            figures.macro_f1(truth, said[which[document], np.arange(36)])
            for which in (left, right)
        ]
        return abs(round(found[0] - found[1], 12))

    told = stats.permutation_test(
        (np.zeros(9, int), np.ones(9, int)),
        difference,
        permutation_type="samples",
        vectorized=False,
        n_resamples=np.inf,
        alternative="greater",
    ).pvalue
    counts = [confusions(truth, each, document) for each in said]
    assert randomisation_p(counts[0], counts[1], 512, 7) == pytest.approx(told)


def test_many_drawn_shuffles_come_near_all_of_them() -> None:
    truth, one = texts(60, 3)
    _, two = texts(60, 9, help=0.5)
    counts = [
        confusions(truth, each.argmax(axis=1), np.arange(60)) for each in (one, two)
    ]
    one_by, two_by = counts
    found = [randomisation_p(one_by, two_by, 2000, seed) for seed in (1, 2)]
    assert found[0] == pytest.approx(found[1], abs=0.04)


def test_holm_multiplies_the_smallest_by_their_number_and_never_falls() -> None:
    found = holm([0.01, np.nan, 0.04, 0.03, 0.9])
    assert found[0] == pytest.approx(0.04)
    assert np.isnan(found[1])
    assert found[2:] == pytest.approx([0.09, 0.09, 0.9])


def test_what_is_not_measured_is_not_compared() -> None:
    assert np.isnan(bootstrap_p(np.full(5, np.nan)))
