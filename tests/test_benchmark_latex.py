"""A report as LaTeX: what stands in it is printed, and never obeyed."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_benchmark import guesses, rows, write

from mtcheck.benchmarking.report import read_report
from mtcheck.benchmarking.report.latex import escaped, latex
from mtcheck.cli import main

HOSTILE = r"_ % & # $ { } ~ ^ \ < > | [x] ``q'' ,, -- --- \input{x} ^^41 \end{table} %"

SIGNS = {
    r"\textbackslash{}": "\\",
    r"\textasciitilde{}": "~",
    r"\textasciicircum{}": "^",
    r"\textasciigrave{}": "`",
    r"\textless{}": "<",
    r"\textgreater{}": ">",
    r"\textbar{}": "|",
    r"\textendash{}": "–",
    **{f"\\{mark}": mark for mark in "&%$#_{}"},
}
DRAWN = re.compile("|".join(map(re.escape, SIGNS)) + r"|\{\}|[^\\&%$#_{}~^`<>|]", re.S)


def drawn(source: str) -> str:
    """Return what LaTeX draws of text without commands; refuse all else."""
    found, end = [], 0
    for match in DRAWN.finditer(source):
        assert match.start() == end, source[end : match.start()]
        end = match.end()
        found.append("" if match[0] == "{}" else SIGNS.get(match[0], match[0]))
    assert end == len(source)
    return "".join(found)


@given(st.text() | st.text(alphabet=r"_%&#${}~^\<>|`',-–? a"))
def test_whatever_a_name_holds_is_drawn_as_it_is(text: str) -> None:
    printed = "".join(char if char.isprintable() else " " for char in text)
    assert drawn(escaped(text)) == " ".join(printed.split())


@given(st.text(alphabet="-',`a"))
def test_no_two_marks_become_another_sign(text: str) -> None:
    assert not re.search("--|''|,,|`", escaped(text))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a report in which names and strata are hostile."""
    folder = tmp_path_factory.mktemp("latex")
    named = [row | {"genre": HOSTILE} for row in rows()[:45]]
    data = write(folder / "data.jsonl", named + rows()[45:])
    given = []
    for at, name in enumerate((HOSTILE, "plain")):
        path = write(folder / f"{at}.jsonl", guesses(at))
        given += ["--predictions", f"{name}={path}"]
    output = folder / "out"
    given += ["--resamples", "100", "--least", "5", "--output", str(output), "--quiet"]
    assert main(["benchmark", str(data), *given]) == 0
    return output


def test_each_table_has_its_columns(folder: Path) -> None:
    lines = (folder / "report.tex").read_text("utf-8").splitlines()
    n_columns = n_rows = 0
    for line in lines:
        if line.startswith(r"\begin{longtable}"):
            n_columns = len(line.removeprefix(r"\begin{longtable}").strip("{}"))
        elif line.endswith(r" \\"):
            assert len(re.findall(r"(?<!\\)&", line)) == n_columns - 1
            n_rows += 1
    assert n_rows > 20


def test_a_report_is_set_without_an_error(folder: Path, tmp_path: Path) -> None:
    program = shutil.which("pdflatex")
    if program is None:
        pytest.skip("no pdflatex to set the report with")
    (tmp_path / "report.tex").write_text(latex(read_report(folder)), encoding="utf-8")
    (tmp_path / "paper.tex").write_text(
        r"\documentclass{article}\usepackage{booktabs,longtable}"
        r"\begin{document}\input{report}\end{document}"
    )
    run = subprocess.run(
        [program, "-interaction=nonstopmode", "-halt-on-error", "paper.tex"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-2000:]
    assert (tmp_path / "paper.pdf").read_bytes().startswith(b"%PDF")


def test_an_interval_stands_under_its_figure(folder: Path) -> None:
    report = json.loads((folder / "report.json").read_text("utf-8"))
    found = report["models"][1]["figures"]["macro_f1"]
    value, low, high = (f"{found[key]:.3f}" for key in ("value", "low", "high"))
    cell = f"{{plain}} & \\mtcheckcell{{{value}}}{{{low}\\textendash{{}}{high}}} & "
    assert cell in (folder / "report.tex").read_text("utf-8")
