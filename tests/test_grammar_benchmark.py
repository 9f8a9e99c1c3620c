"""What grammar adds is measured on rows that the regressions did not see."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from tiny_data import make_data

from benchmarks.grammar import compare, inputs_of, main, parted, weigh
from mtcheck.grammar.checker import Service
from mtcheck.types import LABELS, Label
from training.data import Row


def rows(n: int = 600) -> list[Row]:
    """Return rows of three labels and ten sources, and some of learners."""
    base = Row("text", "en", Label.ORIGINAL, "a", "human", "d", "", "CC0-1.0")
    details = ("human", "llm_rewrite", "machine_translation")
    found = [
        replace(
            base,
            label=LABELS[at % 3],
            detail=details[at % 3],
            source=f"source {at % 10}",
            doc_id=f"document {at // 2}",
        )
        for at in range(n)
    ]
    return [*found, *[replace(base, source="fce_learner")] * 60]


def test_what_tells_the_labels_apart_is_seen_to_add() -> None:
    chosen = rows()
    random = np.random.default_rng(1)
    shares = random.dirichlet([1, 1, 1], len(chosen))
    labels = np.array([LABELS.index(row.label) for row in chosen])
    telling = (labels == 2) * random.poisson(3.0, len(chosen))
    noise = random.poisson(1.0, len(chosen))
    found = {}
    for name, rates in (("telling", telling), ("noise", noise)):
        extra = {"without": np.empty((len(chosen), 0))}
        extra["with"] = inputs_of(rates[:, np.newaxis].astype(float))
        both = {key: weigh(shares, own, chosen) for key, own in extra.items()}
        assert all(np.allclose(own.sum(axis=1), 1) for own in both.values())
        found[name] = compare(chosen, both, 200, 7)
    low, high = found["telling"]["difference"]["machine_mangled.auc"]
    assert 0.1 < low < high
    low, high = found["noise"]["difference"]["machine_mangled.auc"]
    assert low < 0.03
    assert found["noise"]["learners"]["with"]["n"] == 60


def test_documents_are_left_out_where_a_label_has_one_source() -> None:
    chosen = [row for row in rows() if row.source != "fce_learner"]
    assert parted(chosen)[0] == "sources"
    narrow = [
        replace(row, source="one") if row.label == Label.PARAPHRASED else row
        for row in chosen
    ]
    name, folds = parted(narrow)
    assert name == "documents"
    assert len(folds) == len(narrow)


def test_the_command_reports_by_kind(service: Service, tmp_path: Path) -> None:
    make_data(tmp_path)
    options = ["--data", str(tmp_path), "--grammar", service.url, "--replicates", "5"]
    done = CliRunner().invoke(main, [*options, "--output", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    raw = json.loads((tmp_path / "out" / "grammar.en.json").read_text())
    assert raw["n_unchecked"] == 0
    assert set(raw["difference"]) == set(raw["with"])
    assert "grammar.agreement_per_100_words" in raw["kinds"]


def test_without_a_server_it_says_so(tmp_path: Path) -> None:
    make = tmp_path / "paragraphs"
    make.mkdir()
    done = CliRunner().invoke(main, ["--data", str(tmp_path)])
    assert done.exit_code == 1
    assert "dev.en.jsonl.xz: is missing; name the folder" in done.output


@pytest.mark.parametrize("highest", [0.0, 8.0, 100.0])
def test_rates_are_bounded(highest: float) -> None:
    found = inputs_of(np.array([[highest]]))
    assert ((found >= 0) & (found <= 1)).all()
