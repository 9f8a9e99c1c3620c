"""A cell of CSV is no formula, and comes back as it was."""

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtcheck.cli import main
from mtcheck.spreadsheet import as_text, as_written

NAMES = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\tx", "＝1", "'=1", "''@"]


@given(st.text() | st.text("'=+-@1.a"))
def test_every_cell_comes_back(cell: str) -> None:
    assert as_written(as_text(cell)) == cell


@given(st.text() | st.text("'=+-@1.a"), st.text() | st.text("'=+-@1.a"))
def test_no_two_cells_become_the_same(one: str, other: str) -> None:
    assert (as_text(one) == as_text(other)) == (one == other)


@pytest.mark.parametrize("cell", NAMES)
def test_a_formula_becomes_a_text(cell: str) -> None:
    assert as_text(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["-", "-5", "+4.9", "-1,000", "a=b", "", "'tis", "d7"])
def test_names_and_numbers_stay(cell: str) -> None:
    assert as_text(cell) == cell


def test_filter_takes_the_names_for_what_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    text = "The old ferry left the harbour at noon, and nobody looked up."
    lines = [json.dumps({"id": name, "text": text}) for name in NAMES]
    Path("rows.jsonl").write_text("\n".join(lines))
    score = ["score", "--tier", "fast", "--quiet", "rows.jsonl"]
    assert main([*score, "--output", "scores.csv"]) == 0
    keep = ["filter", "--quiet", "scores.csv", "--keep", "start >= 0"]
    assert main(keep) == 0
    kept = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["document"] for row in kept] == NAMES
    assert main([*keep, "--output", "kept.csv"]) == 0
    for name in ("scores.csv", "kept.csv"):
        rows = [*csv.DictReader(io.StringIO(Path(name).read_text("utf-8")))]
        assert [row["document"] for row in rows] == [f"'{name}" for name in NAMES]
