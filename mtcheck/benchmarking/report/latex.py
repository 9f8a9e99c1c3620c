"""A report as LaTeX: tables for a paper, which needs booktabs and longtable."""

import re
from collections.abc import Iterator

from mtcheck.benchmarking.report.contents import losses, summary, tables
from mtcheck.benchmarking.report.tables import Report, Table

_ESCAPES = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "–": "--",
    **{mark: f"\\{mark}" for mark in "&%$#_{}"},
}
_SPECIAL = re.compile("|".join(map(re.escape, _ESCAPES)))


def latex(report: Report) -> str:
    """Return the tables, to be read by the command of LaTeX for inputs."""
    lines = [
        "% Needs \\usepackage{booktabs,longtable} and an engine that reads UTF-8.",
        f"% {_one_line(report['signature'])}",
        f"% {_one_line(summary(report))}",
        *(f"% {_one_line(line)}" for line in losses(report)),
    ]
    for table in tables(report):
        lines += ["", *_table(table)]
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    r"""Return text that LaTeX prints as it is.

    >>> escaped("50 % of a_b")
    '50 \\% of a\\_b'
    """
    return _SPECIAL.sub(lambda found: _ESCAPES[found[0]], _one_line(text))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _table(table: Table) -> Iterator[str]:
    columns = "l" * table.n_names + "r" * (len(table.header) - table.n_names)
    caption = escaped(f"{table.title}. {table.note}".strip())
    yield f"\\begin{{longtable}}{{{columns}}}"
    yield f"\\caption{{{caption}}}\\\\"
    yield r"\toprule"
    yield _row(table.header)
    yield r"\midrule"
    yield r"\endhead"
    yield from (_row([cell.text for cell in row]) for row in table.rows)
    yield r"\bottomrule"
    yield r"\end{longtable}"


def _row(cells: "tuple[str, ...] | list[str]") -> str:
    # A bracket behind the end of a row would be read as an option of it.
    return " & ".join(f"{{{escaped(cell)}}}" for cell in cells) + r" \\"
