"""Texts go through Apertium and back, each for itself, whatever ends the program."""

import shutil
from pathlib import Path

import pytest
from conftest import lacking

from mtcheck.errors import ResourceError
from mtcheck.types import Label
from training.data import Row
from training.round_trip import PAIRS, need, round_trips, translate

TEXTS = [
    "The keeper lit the lamp at dusk [as ever] and went home.",
    "Nobody in the village had slept; the wind cost $5 & more.",
    "At dawn the nets were full.",
]


@pytest.fixture
def apertium() -> None:
    """See to Apertium and its pairs."""
    if shutil.which("apertium") is None:
        lacking("apertium is not installed")
    try:
        for modes in PAIRS["en"].values():
            translate(TEXTS[:1], modes[0])
    except ResourceError as error:
        lacking(str(error))


def row(text: str, at: int, label: Label = Label.ORIGINAL) -> Row:
    """Return a row of one source."""
    return Row(text, "en", label, "letters", "human", f"d{at}", "", "CC0-1.0")


@pytest.mark.usefixtures("apertium")
def test_a_batch_gives_what_its_texts_give_alone() -> None:
    found = translate(TEXTS, "eng-spa")
    assert found == [translate([text], "eng-spa")[0] for text in TEXTS]
    assert "farero" in found[0] or "lámpara" in found[0]


@pytest.mark.usefixtures("apertium")
def test_round_trips_are_mangled_rows_of_their_document() -> None:
    rows = [row(TEXTS[at % 3], at) for at in range(150)]
    made = round_trips([*rows, row("no", 999, Label.PARAPHRASED)], "en", 7)
    assert made == round_trips([*rows, row("no", 999, Label.PARAPHRASED)], "en", 7)
    assert {one.source for one in made} == {f"apertium_{name}" for name in PAIRS["en"]}
    assert all(one.is_round_trip and one.is_made for one in made)
    assert {one.label for one in made} == {Label.MACHINE_MANGLED}
    assert {one.doc_id for one in made} <= {one.doc_id for one in rows}
    assert not {one.text for one in made} & set(TEXTS)


@pytest.mark.usefixtures("apertium")
def test_a_mode_that_is_not_installed_is_named() -> None:
    with pytest.raises(ResourceError, match=r"no mode eng-xxx; on Debian: apt-get"):
        translate(TEXTS, "eng-xxx")


def test_a_language_without_a_pair_has_no_trips() -> None:
    assert round_trips([row(text, 0) for text in TEXTS], "de", 7) == []


def test_without_apertium_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "")
    for language in ("de", "xx"):
        need(language)  # no pair, no need
    with pytest.raises(ResourceError, match=r"^training needs apertium; on Debian"):
        need("en")


def test_a_text_that_ends_the_program_loses_no_other(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "apertium"
    program.write_text(
        "#!/bin/sh\ntext=$(cat)\n"
        'case "$text" in *fatal*) exit 134;; *) printf %s "$text";; esac\n'
    )
    program.chmod(0o755)
    monkeypatch.setattr("shutil.which", lambda name: str(program))
    texts = ["one", "two", "a fatal text", "three", "four"]
    assert translate(texts, "eng-spa") == ["one", "two", "", "three", "four"]
