"""Sources and documents stay whole, and each label is spread over the folds."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from mtcheck.types import Label
from training.data import Row
from training.folds import document_folds, leave_all_labels, source_folds

KINDS = (
    (Label.ORIGINAL, "human"),
    (Label.PARAPHRASED, "llm_rewrite"),
    (Label.PARAPHRASED, "spun"),
    (Label.MACHINE_MANGLED, "machine_translation"),
)


def row(source: str, kind: tuple[Label, str], doc_id: str = "d") -> Row:
    """Return a row whose text does not matter."""
    label, detail = kind
    return Row("text", "en", label, source, detail, doc_id, "", "CC0")


ROWS = st.lists(
    st.builds(row, st.sampled_from("abcdefg"), st.sampled_from(KINDS)), min_size=1
)


@given(ROWS, st.integers(2, 6))
def test_sources_stay_whole(rows: list[Row], n_folds: int) -> None:
    folds = source_folds(rows, n_folds)
    assert len(folds) == len(rows)
    assert set(folds) <= set(range(n_folds))
    home = dict(zip((item.source for item in rows), folds, strict=True))
    assert [home[item.source] for item in rows] == folds


@given(ROWS)
def test_the_order_of_rows_has_no_say(rows: list[Row]) -> None:
    assert source_folds(rows[::-1], 3) == source_folds(rows, 3)[::-1]


def test_labels_are_spread_evenly() -> None:
    large = [row(f"large{at}", KINDS[0]) for at in range(4) for _ in range(40)]
    small = [row(f"small{at}", KINDS[3]) for at in range(4)]
    folds = source_folds([*small, *large], 4)
    assert set(folds[:4]) == {0, 1, 2, 3}
    assert Counter(folds) == dict.fromkeys(range(4), 41)


def test_documents_stay_whole_and_fill_all_folds() -> None:
    rows = [row("s", KINDS[0], f"d{at // 2}") for at in range(200)]
    folds = document_folds(rows, 3)
    assert folds[::2] == folds[1::2]
    assert min(Counter(folds).values()) > 30


def test_a_fold_with_the_only_source_of_a_label_leaves_none() -> None:
    rows = [row("a", KINDS[0]), row("b", KINDS[1]), row("c", KINDS[3])]
    assert not leave_all_labels([0, 1, 2], rows)
    assert leave_all_labels([0, 1, 2, 3, 4, 5], rows * 2)
