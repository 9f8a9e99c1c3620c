"""The benchmark of lint: its documents, its verdict, and what it says is missing."""

import json
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from benchmarks import lint_speed
from benchmarks.lint_speed import Tool, judge, measure, report
from benchmarks.record import RESULTS
from benchmarks.start import bytecode_in

COLD, PEER, WRITE = "mtcheck lint --no-cache", "proselint check", "write-good"
SECONDS = {
    "one file": {COLD: [0.2, 0.1, 0.3], PEER: [0.4, 0.5, 0.1], WRITE: [0.1] * 3},
    "all files": {COLD: [2.0, 1.0, 3.0], PEER: [4.0, 4.0, 4.0], WRITE: [1.0] * 3},
}


def test_targets_compare_medians_in_the_same_run() -> None:
    targets = judge(SECONDS)
    found = [(item["task"], item["peer"], item["is_met"]) for item in targets]
    assert found == [
        ("one file", PEER, True),
        ("all files", PEER, True),
        ("all files", WRITE, False),
    ]
    assert [item["ratio"] for item in targets] == [0.5, 0.5, 2.0]


def test_the_report_says_what_was_met_and_what_was_missed() -> None:
    raw = {
        "signature": "mtcheck|n:3",
        "versions": {"proselint": "0"},
        "n": 3,
        "words": 1500,
        "words_of_one": 500,
        "passes": 3,
        "is_pinned": True,
        "seconds": SECONDS,
        "targets": judge(SECONDS),
    }
    lines = report(raw)
    assert "`mtcheck|n:3`" in lines
    assert f"| `{COLD}` | 200 | 100 | 300 | 1.00 |" in lines
    assert f"| `{PEER}` | 400 | 100 | 500 | 2.00 |" in lines
    assert f"| `{COLD}` / `{PEER}`, one file | < 1 | 0.50 | pass |" in lines
    assert f"| `{COLD}` / `{WRITE}`, all files | < 1 | 2.00 | miss |" in lines


def test_tools_take_turns_and_a_failure_ends_the_run(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Text.\n")
    passing = Tool(
        (sys.executable, "-c", "import sys; assert sys.argv[1:] == ['a.txt']")
    )
    seconds = measure({"good": passing}, [path], 2, tmp_path)
    assert len(seconds["good"]) == 2
    failing = Tool((sys.executable, "-c", "import sys; sys.exit('no luck')"), range(1))
    with pytest.raises(click.ClickException, match=r"^bad: failed\nno luck"):
        measure({"bad": failing}, [path], 2, tmp_path)


def test_modules_are_compiled_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    environment = bytecode_in(tmp_path)
    assert "PYTHONDONTWRITEBYTECODE" not in environment
    assert environment["PYTHONPYCACHEPREFIX"] == str(tmp_path)


def test_what_is_missing_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = CliRunner().invoke(lint_speed.main, ["--data", str(tmp_path)])
    assert done.exit_code == 1
    assert "dev.en.jsonl.xz: is missing; name the folder with --data" in done.output
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    message = r"^no proselint; run pip install --group bench$"
    with pytest.raises(click.ClickException, match=message):
        dict(lint_speed.make_tools(tmp_path))
    (tmp_path / "proselint").write_text("")
    message = r"^no npm to install write-good with; install Node\.js$"
    with pytest.raises(click.ClickException, match=message):
        dict(lint_speed.make_tools(tmp_path))


def test_documents_are_paragraphs_that_people_wrote(
    tmp_path: Path, shared: Path
) -> None:
    paths = lint_speed.write_documents(shared / "data", 7, tmp_path)
    assert len(set(paths)) == 7
    for path in paths:
        assert path.read_text("utf-8").count("\n\n") == 4


MISSED = {("one file", "proselint check")}
"""Starting takes too long for one file; take it out once a run meets the target."""


def test_the_figures_on_record_miss_no_other_target() -> None:
    path = RESULTS / "lint_speed.json"
    raw = json.loads(path.read_text("utf-8"))
    missed = {
        (item["task"], item["peer"]) for item in raw["targets"] if not item["is_met"]
    }
    assert missed == MISSED
    assert path.with_suffix(".md").read_text("utf-8") == "\n".join(report(raw)) + "\n"
