"""A detector of a few lines takes part in a benchmark, as anybody's can."""

import json
import lzma
import random
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tiny_data import mangled, paragraph, spun

from benchmarks import compression, detectors
from benchmarks.compression import prime, probabilities
from mtcheck.benchmarking.data import read_labelled
from mtcheck.cli import main
from mtcheck.models import model_folders
from mtcheck.types import LABELS


def records(name: str, n: int, seed: int) -> list[dict[str, Any]]:
    """Return three versions of texts of our own, one a label."""
    chance = random.Random(seed)
    found = []
    for at in range(n):
        text = paragraph("en", chance)
        versions = text, spun(text, "en"), mangled(text, chance)
        for label, version in zip(LABELS, versions, strict=True):
            common = {"id": f"{name}{at}{label}", "doc_id": f"{name}{at}", "lang": "en"}
            found.append(common | {"label": label, "text": version})
    return found


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a folder of the data's form."""
    (tmp_path / "paragraphs").mkdir()
    for part, n, seed in (("train", 60, 1), ("dev", 20, 2)):
        lines = "\n".join(map(json.dumps, records(part, n, seed)))
        path = tmp_path / "paragraphs" / f"{part}.en.jsonl.xz"
        path.write_bytes(lzma.compress(lines.encode()))
    return tmp_path


def test_the_compressor_finds_what_it_has_seen(data: Path) -> None:
    primers = prime(read_labelled([str(data / "paragraphs/train.en.jsonl.xz")]).rows)
    rows = read_labelled([str(data / "paragraphs/dev.en.jsonl.xz")]).rows
    hits = 0
    for row in rows:
        shares = probabilities(row.text, primers)
        assert sum(shares.values()) == pytest.approx(1)
        hits += max(shares, key=shares.__getitem__) == row.label
    assert hits > len(rows) / 2


def test_an_empty_text_and_half_a_pair_have_probabilities() -> None:
    primers = dict.fromkeys(LABELS, b"one")
    for text in ("", "\udc80", "w" * 100_000):
        assert set(probabilities(text, primers).values()) == {1 / 3}


@pytest.mark.skipif(not model_folders(), reason="no model is installed")
def test_detectors_run_end_to_end(data: Path) -> None:
    arguments = ["--data", str(data), "--output", str(data / "out")]
    options = ["--model", "phrases", "--resamples", "100"]
    done = CliRunner().invoke(detectors.main, [*arguments, *options])
    assert done.exit_code == 0, done.output
    text = (data / "out" / "detectors.en.json").read_text("utf-8")
    raw = json.loads(text)
    assert [model["name"] for model in raw["models"]] == ["phrases", "compression"]
    assert raw["n"] == 60
    assert raw["signature"] in done.output
    assert str(data) not in text


def test_detectors_name_what_is_missing(tmp_path: Path) -> None:
    done = CliRunner().invoke(detectors.main, ["--data", str(tmp_path)])
    assert done.exit_code == 1
    assert "dev.en.jsonl.xz: is missing; name the folder with --data" in done.output


def test_the_compressor_is_a_command_of_a_benchmark(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(compression.__file__).parents[1]))
    train, dev = (data / f"paragraphs/{part}.en.jsonl.xz" for part in ("train", "dev"))
    program = f"{sys.executable} -m benchmarks.compression {shlex.quote(str(train))}"
    given = ["--command", f"compression={program}", "--output", str(data / "out")]
    assert main(["benchmark", str(dev), *given, "--resamples", "100"]) == 0
    raw = json.loads((data / "out/report.json").read_text("utf-8"))
    assert raw["models"][0]["figures"]["macro_f1"]["value"] > 0.4
