"""What the README shows is what the program prints."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from mtcheck.cli import main
from mtcheck.models import model_folders

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
SEED = "seeds/en/quarry_translated_back.txt"

pytestmark = pytest.mark.skipif(not model_folders(), reason="no model is installed")


def block(kind: str) -> str:
    """Return the one fenced block of a kind."""
    (found,) = re.findall(rf"^```{kind}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    return str(found)


def test_the_output_is_real(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    assert f"mtcheck score {SEED}\n" in README
    assert main(["score", SEED]) == 0
    printed = iter(capsys.readouterr().out.splitlines())
    for line in block("text").splitlines():  # it is shortened, but in order
        assert line in printed, line


def test_the_line_of_json_is_real(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    assert main(["score", SEED, "--format", "jsonl"]) == 0
    shown = json.loads(block("json"))
    line = capsys.readouterr().out.splitlines()[shown["paragraph"]]
    assert rounded(json.loads(line)) == shown


def test_the_corpus_is_filtered_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "seeds").symlink_to(ROOT / "seeds")
    monkeypatch.chdir(tmp_path)
    for part in block("console").split("$ ")[1:]:
        command, _, shown = part.partition("\n")
        assert main(shlex.split(command)[1:]) == 0
        printed = capsys.readouterr()
        assert printed.out + printed.err == shown


def test_the_comparison_is_real(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    command, _, shown = block("txt").removeprefix("$ mtcheck ").partition("\n")
    assert main(command.split()) == 0
    printed = iter(capsys.readouterr().out.splitlines())
    for line in shown.splitlines():  # it is shortened, but in order
        assert line in printed, line


def rounded(value: Any) -> Any:
    """Return a JSON value with its numbers as the README shows them."""
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    return [*map(rounded, value)] if isinstance(value, list) else value


def test_the_python_runs(capsys: pytest.CaptureFixture[str]) -> None:
    exec(block("python"), {})
    assert capsys.readouterr().err == ""
