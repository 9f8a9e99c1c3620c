"""Every row is judged by a model that saw neither its source nor what is its kin."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from conftest import lacking
from tiny_data import make_data

from benchmarks.left_out import (
    RELATIVES,
    Judged,
    family,
    long_documents,
    main,
    weak_systems,
)
from mtcheck.errors import ResourceError
from mtcheck.types import Label
from training.data import Row
from training.kenlm_tools import find_or_build
from training.lexicons import thesaurus_groups


def row(source: str, label: Label, doc_id: str = "d", detail: str = "human") -> Row:
    """Return a row whose text does not matter."""
    return Row("text", "en", label, source, detail, doc_id, "", "CC0-1.0")


def judged(rows: list[Row], mangled: list[float]) -> Judged:
    """Return rows with a probability of machine_mangled each."""
    shares = np.array([[1 - value, 0, value] for value in mangled])
    return Judged(tuple(rows), np.arange(len(rows)) % 2, shares)


def test_parts_of_one_source_are_left_out_together() -> None:
    pairs = [
        ("plain_legal_gesetze", "gesetze_im_internet"),
        ("fangcovid_zeit", "plain_news_fangcovid"),
        ("litbank_novels", "plain_fiction"),
    ]
    for one, other in pairs:
        names = {family(row(name, Label.ORIGINAL)).source for name in (one, other)}
        assert len(names) == 1
    assert "wmt20" not in RELATIVES


def test_old_systems_are_set_against_their_own_documents() -> None:
    rows = [
        row("wmt16", Label.MACHINE_MANGLED, "a"),
        row("wmt16", Label.ORIGINAL, "a"),
        row("wmt16", Label.ORIGINAL, "elsewhere"),
        row("wmt20", Label.MACHINE_MANGLED, "a"),
    ]
    found = weak_systems(judged(rows, [0.8, 0.1, 0.9, 0.0]))
    assert found == {
        "wmt16": {"n": 1, "n_human": 1, "auc": 1.0},
        "both": {"n": 1, "n_human": 1, "auc": 1.0},
    }


def test_long_documents_are_pooled() -> None:
    rows = [row("a", Label.MACHINE_MANGLED, "m", "machine_translation")] * 4
    rows += [row("a", Label.ORIGINAL, "o")] * 4
    rows += [row("a", Label.ORIGINAL, "short")] * 3
    found = long_documents(judged(rows, [0.9, 0.8, 0.7, 0.3] + [0.2] * 7), 4)
    assert found["n_human"] == 1
    assert found["machine_mangled"]["n"] == 1
    assert found["machine_mangled"]["auc"] == 1


def test_the_command_reports_every_table(tmp_path: Path) -> None:
    try:
        find_or_build()
        next(thesaurus_groups("de"))
    except ResourceError as error:
        lacking(str(error))
    data = make_data(tmp_path / "data")
    options = ["--data", str(data), "--language", "de", "--replicates", "3"]
    done = CliRunner().invoke(main, [*options, "--output", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    found = json.loads((tmp_path / "out" / "left_out.de.json").read_text())
    assert found["figures"]["macro_f1"] > 0.5  # what is plain to see
    sources = {item["stratum"] for item in found["by_source"]}
    assert any(name.startswith("paraphrased / spin_") for name in sources), sources
    assert "original / plain_made" in sources
    assert {item["group"] for item in found["false_alarms"]} == {"people"}
    groups = json.loads((tmp_path / "out" / "ablation.de.json").read_text())["groups"]
    assert [item["without"] for item in groups][:2] == ["", "perplexity"]
    text = (tmp_path / "out" / "left_out.de.md").read_text()
    assert "lang:de|" in text
    assert "folds:10" in text


def test_a_folder_without_data_is_refused(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["--data", str(tmp_path)])
    assert done.exit_code == 1
    assert "train.en.jsonl.xz: is missing; name the folder with --data" in done.output


@pytest.mark.parametrize("name", ["plain_gov_undebates", "un_debates"])
def test_a_family_has_one_name(name: str) -> None:
    assert family(row(name, Label.ORIGINAL)).source == "un_debates"
