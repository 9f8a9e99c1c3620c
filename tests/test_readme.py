"""What the README shows is what the program prints."""

import pytest
from readme_page import README, ROOT, SEED, block, readme_page

from mtcheck.cli import main
from mtcheck.models import model_folders

TEXT = README.read_text("utf-8")

pytestmark = pytest.mark.skipif(not model_folders(), reason="no model is installed")


def test_the_examples_are_real() -> None:
    assert f"mtcheck score {SEED}\n" in TEXT
    hint = "README.md is out of date; run python tests/update_docs.py"
    assert readme_page(TEXT) == TEXT, hint


def test_the_comparison_is_real(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    command, _, shown = block(TEXT, "txt").removeprefix("$ mtcheck ").partition("\n")
    assert main(command.split()) == 0
    printed = iter(capsys.readouterr().out.splitlines())
    for line in shown.splitlines():  # it is shortened, but in order
        assert line in printed, line


def test_the_python_runs(capsys: pytest.CaptureFixture[str]) -> None:
    exec(block(TEXT, "python"), {})
    assert capsys.readouterr().err == ""
