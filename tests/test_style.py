"""What is learnt of style does not hang on how the buckets are gone through."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from mtcheck.extract.style import BUCKET_BITS, MANNERS
from mtcheck.types import LABELS
from training import style
from training.data import Row
from training.style import fit_style

N_ROWS, N_FILLED = 240, 60


def rows_of(n_rows: int) -> list[Row]:
    """Return rows of all labels and four sources each."""
    return [
        Row(
            "text", "en", LABELS[at % 3], f"s{at // 3 % 4}", "", f"d{at}", "", "CC0-1.0"
        )
        for at in range(n_rows)
    ]


@pytest.mark.parametrize("n_labels", [2, 3])
def test_empty_buckets_are_passed_over(
    n_labels: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = np.random.default_rng(11)
    rows = [row for row in rows_of(N_ROWS) if row.label in LABELS[:n_labels]]
    places = np.sort(random.choice(1 << BUCKET_BITS, N_FILLED, replace=False))
    counts = random.poisson(0.8, (len(rows), N_FILLED)).astype(np.float32)
    for at, row in enumerate(rows):
        counts[at, LABELS.index(row.label) * 9 : LABELS.index(row.label) * 9 + 5] += 1
    own, column = np.nonzero(counts)
    matrix = csr_matrix(
        (counts[own, column], (own, places[column])), (len(rows), 1 << BUCKET_BITS)
    )
    found = []
    for share in (0.0, 1.0):
        monkeypatch.setattr(style, "SPARSE", share)
        found.append(fit_style(matrix, rows).astype(np.float32))
    every, filled = found
    np.testing.assert_allclose(every, filled, atol=2e-3)
    is_empty = np.ones(1 << BUCKET_BITS, bool)
    is_empty[places] = False
    assert not filled[is_empty].any()
    # A column a label that was met, and the first five buckets of each speak for it.
    for label in range(1, n_labels):
        said, of_people = filled[places[label * 9 :][:5]], filled[places[:5]]
        assert (said[:, label - 1] > 0.1).all()
        assert (of_people[:, label - 1] < -0.1).all()
    assert filled.shape[1] == len(MANNERS) + 1
