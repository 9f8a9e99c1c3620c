"""The benchmark of kills: corpora, a run that is killed, and what is told of many."""

import json
import random
from dataclasses import asdict
from pathlib import Path

import pytest
from pyarrow import parquet

from benchmarks import faults
from benchmarks.faults import Kill, Task
from mtcheck.models import DEFAULT, model_folders

TEXT = "The ferry leaves the harbour at nine and comes back before the tide turns."


def test_the_corpora_hold_the_same_texts(tmp_path: Path) -> None:
    packed, lines = faults.write_corpora(["Größe", "One"], tmp_path)
    rows = [json.loads(line) for line in lines.read_text("utf-8").splitlines()]
    assert rows == parquet.read_table(packed).to_pylist()
    assert rows == [{"id": "d0", "text": "Größe"}, {"id": "d1", "text": "One"}]


@pytest.mark.skipif(DEFAULT not in model_folders(), reason="no model is installed")
def test_a_run_is_killed_and_ends_in_the_same_bytes(tmp_path: Path) -> None:
    packed, _ = faults.write_corpora([f"{TEXT} {n}" for n in range(50)], tmp_path)
    task = Task(packed, "scores/", 1)
    known = faults.undisturbed(task, tmp_path / "once")
    assert set(known.contents) == {
        "scores/_manifest.json",
        "scores/part-00000.parquet",
    }
    kill = faults.kill_once(task, tmp_path / "killed", known, random.Random(7))
    assert kill.is_same
    assert kill.seconds > 0


def test_the_report_counts_by_task_and_in_all() -> None:
    found = [("a", 0), ("a", 3), ("b", 4)]
    kills = [asdict(Kill(name, 1.0, n, n % 2, n != 3)) for name, n in found]
    raw = {"signature": "s", "versions": {}, "n_texts": 9, "kills": kills}
    assert faults.report(raw)[-3:] == [
        "| a | 2 | 1 | 1 | 1 | 3 |",
        "| b | 1 | 1 | 0 | 0 | 4 |",
        "| all | 3 | 2 | 1 | 1 | 4 |",
    ]
