"""Spinners replace words that the thesaurus knows, each in its manner, and no other."""

import random
import re
from dataclasses import replace

import pytest

from mtcheck.types import Label
from training.data import Row
from training.spin import SPINNERS, SPUN_SHARE, Spinner, Thesaurus, spin, spun_rows

GROUPS = [
    ("keeper", ["warden", "custodian"]),
    ("keeper", ["goaltender"]),
    ("walk", ["stroll", "perambulate"]),
    ("about", ["around"]),
    ("lonely", ["lonely"]),
]
TEXT = "The Keeper walked about the quay; the KEEPER walks, a keeper."
THESAURUS = Thesaurus(GROUPS, "en")
BY_NAME = {spinner.name: spinner for spinner in SPINNERS}


def always(name: str) -> Spinner:
    """Return a spinner that replaces every word it knows."""
    return replace(BY_NAME[name], share=1.0)


def row(text: str, label: Label = Label.ORIGINAL, doc_id: str = "d") -> Row:
    """Return a row of one source."""
    return Row(text, "en", label, "letters", "human", doc_id, "", "CC0-1.0")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ornate", "The Goaltender perambulated about the quay; the GOALTENDER "
         "perambulates, a goaltender."),
    ],
)  # fmt: skip
def test_a_spinner_keeps_capitals_endings_and_marks(name: str, expected: str) -> None:
    assert spin(TEXT, always(name), THESAURUS, random.Random(1)) == expected


def test_a_dictionary_knows_no_endings() -> None:
    found = spin(TEXT, always("dictionary"), THESAURUS, random.Random(1))
    assert "walked" in found
    assert "walks" in found
    assert "keeper" not in found.lower()


def test_a_light_spinner_takes_the_first_sense() -> None:
    for seed in range(20):
        found = spin("keeper", always("light"), THESAURUS, random.Random(seed))
        assert found in ("warden", "custodian")


def test_function_words_and_words_without_another_stay() -> None:
    for spinner in SPINNERS:
        found = spin("about lonely", always(spinner.name), THESAURUS, random.Random(1))
        assert found == "about lonely"


@pytest.mark.parametrize("spinner", SPINNERS, ids=lambda spinner: spinner.name)
def test_a_spinner_replaces_its_share_and_repeats_itself(spinner: Spinner) -> None:
    text = "keeper " * 2000
    found = spin(text, spinner, THESAURUS, random.Random(3))
    assert found == spin(text, spinner, THESAURUS, random.Random(3))
    share = 1 - len(re.findall("keeper", found)) / 2000
    assert share == pytest.approx(spinner.share, abs=0.05)


def test_spun_rows_are_paraphrases_of_their_document() -> None:
    people = [row(f"keeper number {at}", doc_id=f"d{at}") for at in range(1000)]
    rows = [*people, row("keeper", Label.PARAPHRASED, "other")]
    made = spun_rows(rows, THESAURUS, 7)
    assert made == spun_rows(rows, THESAURUS, 7)
    assert {one.source for one in made} == {f"spin_{one.name}" for one in SPINNERS}
    assert {(one.label, one.detail, one.is_made) for one in made} == {
        (Label.PARAPHRASED, "spun", True)
    }
    assert {one.doc_id for one in made} <= {one.doc_id for one in people}
    assert all("keeper" not in one.text for one in made)
    per_spinner = [sum(one.system == name for one in made) for name in BY_NAME]
    assert all(0 < n < 3 * SPUN_SHARE * len(people) for n in per_spinner)
