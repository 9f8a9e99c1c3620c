"""Within a domain the labels weigh alike, so that its words speak for none."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtcheck.types import LABELS, Label
from training.data import Row
from training.domains import (
    LONE_WEIGHT,
    MAX_WEIGHT,
    MIN_SHARED,
    domain,
    domain_weights,
    is_narrow,
)
from training.fit import SURFACE, UNUSED, unused


def row(source: str, label: Label = Label.ORIGINAL, genre: str = "") -> Row:
    """Return a row whose text does not matter."""
    return Row("text", "en", label, source, "human", "d", "", "CC0", genre=genre)


@pytest.mark.parametrize(
    ("source", "genre", "expected"),
    [
        ("wmt16", "", "news"),
        ("plain_news_bbc2005", "", "news"),
        ("plain_gov_undebates", "government", "speech"),
        ("detectrl", "story", "story"),
        ("mine", "", "mine"),
        ("plain_legal_gesetze", "", "plain_legal_gesetze"),
    ],
)
def test_a_domain_is_told_by_source_and_genre(
    source: str, genre: str, expected: str
) -> None:
    assert domain(row(source, genre=genre)) == expected


SHARED = [(f"shared{at}", label) for at in range(MIN_SHARED) for label in LABELS]
"""Cells that let every label share as many domains as it must."""


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(LABELS)), min_size=1))
def test_labels_of_a_domain_weigh_alike_unless_one_is_rare(
    drawn: list[tuple[str, Label]],
) -> None:
    cells = [*SHARED, *drawn]
    rows = [row(source, label) for source, label in cells]
    weights = domain_weights(rows)
    assert weights.shape == (len(rows),)
    assert (weights > 0).all()
    assert (weights <= MAX_WEIGHT).all()
    for name in {source for source, _ in cells}:
        sums = [
            weights[[cell == (name, label) for cell in cells]].sum() for label in LABELS
        ]
        met = [
            total
            for total, label in zip(sums, LABELS, strict=True)
            if (name, label) in cells
        ]
        size = sum(source == name for source, _ in cells)
        if len(met) == 1:
            assert met[0] == pytest.approx(LONE_WEIGHT * size)
        elif weights.max() < MAX_WEIGHT:
            assert met == pytest.approx([size / len(met)] * len(met))


def test_a_rare_label_of_a_domain_is_not_blown_up() -> None:
    rows = [row("a")] * 99 + [row("a", Label.PARAPHRASED)]
    rows += [row(source, label) for source, label in SHARED]
    assert domain_weights(rows)[99] == MAX_WEIGHT
    assert np.allclose(domain_weights(rows)[:99], 50 / 99)


def test_data_is_narrow_until_each_label_shares_domains_enough() -> None:
    rows = [row(source, label) for source, label in SHARED]
    assert not is_narrow(rows)
    assert is_narrow(rows[:-1])
    # What stands alone in its domain shares nothing.
    assert is_narrow([*rows[:-1], row("own", LABELS[-1])])


def test_in_narrow_data_labels_weigh_alike_as_a_whole() -> None:
    rows = [row("a")] * 6 + [row("a", Label.PARAPHRASED)] * 2
    weights = domain_weights(rows)
    assert weights[:6].sum() == pytest.approx(weights[6:].sum())


def test_surface_is_judged_by_where_labels_share_domains() -> None:
    wide = [
        row(f"{genre} {label}", label, genre)
        for genre in ("mail", "law", "ads")
        for label in LABELS
    ]
    assert unused(wide) == UNUSED
    narrow = [row for row in wide if row.genre != "ads"]
    assert set(unused(narrow)) == {*UNUSED, *SURFACE}
    # What was made here is of no domain that its originals are not of.
    spun = [replace(row, is_made=True) for row in wide if row.genre == "ads"]
    assert set(unused([*narrow, *spun])) == {*UNUSED, *SURFACE}
