"""What is fuzzed keeps its word for the inputs that fuzzing starts from.

``python tests/fuzz --seconds 3600`` is the long run.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, needed
from fuzz.target import LARGEST, REPEATED, Target, repeat
from fuzz.targets import targets

from benchmarks.fuzzing import report
from mtcheck.models import model_folders

SECONDS = 5
INPUTS = 1_500

pytestmark = pytest.mark.skipif(not model_folders(), reason="no model is installed")


@pytest.mark.parametrize("target", targets().values(), ids=targets())
def test_seeds_break_nothing(
    target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run = target.open(tmp_path)
    seeds = target.seeds()
    assert len(seeds) == len(set(seeds)) > 2
    for seed in (b"", b"\0", *seeds):
        if seed[:1] != bytes([REPEATED]):
            run(seed)


def test_what_is_repeated_has_the_size_that_is_asked_for() -> None:
    for target in targets().values():
        for seed in target.seeds():
            if seed[:1] == bytes([REPEATED]):
                assert 0.99 < len(repeat(seed, LARGEST)) / LARGEST <= 1


def test_a_short_run_of_all_targets_finds_nothing(tmp_path: Path) -> None:
    needed("atheris")
    run = subprocess.run(
        [
            *(sys.executable, "tests/fuzz", "--seconds", str(SECONDS)),
            *("--inputs", str(INPUTS), "--folder", str(tmp_path)),
        ],
        cwd=ROOT,
        env=os.environ | {"PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    outcomes = [
        json.loads(path.read_text()) for path in tmp_path.glob("*/outcome.json")
    ]
    assert {outcome["target"] for outcome in outcomes} == {*targets()}
    assert all(outcome["executions"] for outcome in outcomes)


def test_an_unknown_target_is_refused(tmp_path: Path) -> None:
    needed("atheris")
    run = subprocess.run(
        [sys.executable, "tests/fuzz", "nothing", "--folder", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.startswith("Error: nothing: targets are ")


def test_the_tests_of_what_was_found_are_there() -> None:
    page = (ROOT / "docs" / "trust.md").read_text("utf-8")
    named = re.findall(r"`(tests/\w+\.py)::(\w+)`", page)
    assert len(named) > 9
    for path, name in named:
        assert f"def {name}(" in (ROOT / path).read_text("utf-8"), name


def test_the_page_tells_of_each_target() -> None:
    page = (ROOT / "docs" / "trust.md").read_text("utf-8")
    for name in targets():
        assert f"`{name}`" in page


def test_the_report_has_a_row_for_each_target() -> None:
    outcome = {
        "target": "text",
        "code": "0123",
        "executions": 5000,
        "seconds": 3600,
        "processor_seconds": 70,
        "slowest_seconds": 1.25,
        "peak_mib": 200,
        "corpus": 9,
        "found": None,
    }
    raw = {"signature": "s", "versions": {}, "fuzzed": [outcome], "enlarged": []}
    row = "| text | 5,000 | 3,600 | 70 | 1.2 | 200 | 0123 | nothing |"
    assert row in report(raw)
