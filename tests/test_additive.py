"""How sure the model is, and how far it leans, is found on sources at large."""

from dataclasses import replace

import numpy as np
import pytest

from mtcheck.classify import IN_FAVOUR, Array, Context, shortness, softmax
from mtcheck.types import LABELS, Label
from training.additive import (
    Group,
    Leaning,
    Unseen,
    fit_context,
    fit_leaning,
    leaning,
    slope_for,
)
from training.data import LARGEST_SOURCE, Row, source_weights
from training.measured import Measured

random = np.random.default_rng(5)


def row(source: str, label: Label) -> Row:
    """Return a row whose text does not matter."""
    return Row("text", "en", label, source, "human", "d", "", "CC0-1.0")


def drawn(logits: Array, source: str) -> list[Row]:
    """Return rows of labels that are as likely as the logits say."""
    ranks = (softmax(logits).cumsum(1) < random.random((len(logits), 1))).sum(1)
    return [row(source, LABELS[rank]) for rank in ranks]


def found(logits: Array, rows: list[Row]) -> tuple[float, float]:
    """Return slope and leaning of logits that belong to rows."""
    strange = Measured.strange(rows, np.empty((len(rows), 0)))
    slope = slope_for(lambda slope: slope * logits, strange)
    return slope, leaning(logits, strange.labels)


SURE = random.normal(0, 2, (4_000, len(LABELS)))
ROWS = [item for at in range(20) for item in drawn(SURE[at::20], f"source {at}")]
LOGITS = np.concatenate([SURE[at::20] for at in range(20)])


def test_logits_that_say_how_likely_labels_are_stay_so_however_far_they_lean() -> None:
    slope, shift = found(LOGITS, ROWS)
    assert slope == pytest.approx(1, abs=0.03)
    assert shift > 0
    assert found(LOGITS * 2, ROWS)[0] == pytest.approx(0.5, abs=0.03)


def test_the_slope_makes_labels_likeliest_before_the_scores_lean() -> None:
    logits = LOGITS - 1.5 * IN_FAVOUR
    slope, shift = found(logits, ROWS)
    assert shift > 0.5

    def loss(tried: float) -> float:
        truth = [LABELS.index(item.label) for item in ROWS]
        shares = softmax(tried * logits)
        return -float(np.log(shares[np.arange(len(ROWS)), truth]).mean())

    assert loss(slope) < min(loss(slope - 0.05), loss(slope + 0.05))


def test_one_large_source_does_not_make_all_others_doubtful() -> None:
    wrong = np.tile([6.0, 0.0, 0.0], (8_000, 1))
    rows = [row("one that is all wrong", Label.PARAPHRASED)] * len(wrong)
    n_few = LARGEST_SOURCE
    few = found(np.concatenate([LOGITS, wrong[:n_few]]), ROWS + rows[:n_few])
    many = found(np.concatenate([LOGITS, wrong]), ROWS + rows)
    assert many[0] == few[0]


def test_sources_weigh_as_their_rows_up_to_the_largest() -> None:
    rows = [row("a", Label.ORIGINAL)] * (4 * LARGEST_SOURCE)
    rows += [row("b", Label.ORIGINAL)] * 3
    weights = source_weights(rows)
    assert weights[:-3].sum() == pytest.approx(LARGEST_SOURCE)
    assert weights[-3:].tolist() == [1, 1, 1]


def unseen(offset: float, n_words: Array) -> Unseen:
    """Return logits that say how likely labels are, but for an offset of short text."""
    logits = random.normal(0, 2, (len(n_words), len(LABELS)))
    labels = np.array([LABELS.index(item.label) for item in drawn(logits, "source")])
    off = np.outer(offset * shortness(n_words), IN_FAVOUR)
    return Unseen(logits - off, labels, n_words)


LONG = random.uniform(60, 150, 3_000)
SHORT = random.uniform(8, 36, 3_000)


@pytest.mark.parametrize("offset", [1.0, 2.0])
def test_short_paragraphs_gain_what_they_lack(offset: float) -> None:
    found = fit_leaning(unseen(0, LONG), unseen(offset, SHORT))
    assert offset <= found.short
    assert found.short > fit_leaning(unseen(0, LONG), unseen(0, SHORT)).short


def test_without_windows_nothing_hangs_on_length() -> None:
    whole = unseen(0, LONG)
    found = fit_leaning(whole, unseen(0, np.empty(0)))
    assert found == Leaning(leaning(whole.logits, whole.labels), 0.0)


def test_short_paragraphs_among_whole_ones_do_not_lean_twice() -> None:
    short = unseen(2, SHORT)
    found = fit_leaning(short, short)
    assert found.always < leaning(short.logits, short.labels)


def document(n_paragraphs: int, same: bool) -> Group:
    """Return a document whose paragraphs say the ``same``, or each its own."""
    label = int(random.integers(len(LABELS)))
    bases = np.zeros((n_paragraphs, len(LABELS)))
    bases[:, label] = 1
    noise = random.normal(0, 1, (1 if same else n_paragraphs, len(LABELS)))
    return Group(bases + noise, np.full(n_paragraphs, 60.0), label)


@pytest.mark.parametrize("is_known", [True, False])
def test_a_document_is_surer_where_each_paragraph_says_its_own(is_known: bool) -> None:
    chances = (0.0, 0.0, 0.0)

    def fitted(same: bool) -> Context:
        some = [document(6, same) for _ in range(400)]
        return fit_context(*((some, []) if is_known else ([], some)), chances, 0.0)

    alike, own = fitted(True), fitted(False)
    assert alike.exponent == 0
    assert own.exponent > 0
    assert own.share > alike.share


def test_documents_lean_by_what_the_known_ones_bear() -> None:
    known, others = ([document(6, same=False) for _ in range(400)] for _ in range(2))
    chances = (0.0, 0.0, 0.0)
    off = [replace(group, logits=group.logits - 2 * IN_FAVOUR) for group in known]
    by_known = fit_context(off, others, chances, 0.0)
    by_others = fit_context(known, off, chances, 0.0)
    assert by_known.lean > by_others.lean
    assert fit_context([], others, chances, 0.0).lean == 0
