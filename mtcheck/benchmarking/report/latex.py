"""A report as LaTeX: tables for a paper, which needs booktabs and longtable."""

import re
from collections.abc import Iterable, Iterator
from textwrap import wrap

from mtcheck.benchmarking.report.contents import losses, summary, tables
from mtcheck.benchmarking.report.tables import Cell, Report, Table

_PAIRS = "-',"
"""Marks of which two are drawn as another sign."""

_ESCAPES = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "`": r"\textasciigrave{}",
    "–": r"\textendash{}",
    **{mark: f"\\{mark}" for mark in "&%$#_{}"},
    **{mark: f"{mark}{{}}" for mark in _PAIRS},
}
_SPECIAL = re.compile(
    "|".join(
        re.escape(mark) + (f"(?={mark})" if mark in _PAIRS else "") for mark in _ESCAPES
    )
)

_MACROS = r"""
% A figure over its interval; redefine it as "#1 (#2)" for one line.
\providecommand{\mtcheckcell}[2]{%
  \begin{tabular}[t]{@{}r@{}}#1\\[-.4ex]{\tiny (#2)}\end{tabular}}
\providecommand{\mtcheckhead}[2]{\begin{tabular}[b]{@{}#1@{}}#2\end{tabular}}
""".strip()

_WITH_INTERVAL = re.compile(r"(\S+) \((.+)\)")
_WIDEST_HEAD = 15
_BREAK = r" \\"


def latex(report: Report) -> str:
    """Return the tables, to be read by the command of LaTeX for inputs."""
    lines = [
        "% Needs \\usepackage{booktabs,longtable} and an engine that reads UTF-8;",
        "% a wide table also needs a landscape page.",
        f"% {_one_line(report['signature'])}",
        f"% {_one_line(summary(report))}",
        *(f"% {_one_line(line)}" for line in losses(report)),
        _MACROS,
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
    """Return text without line ends and what else no engine prints."""
    printed = (char if char.isprintable() else " " for char in text)
    return " ".join("".join(printed).split())


def _table(table: Table) -> Iterator[str]:
    n_numbers = len(table.header) - table.n_names
    columns = "l" * table.n_names + "r" * n_numbers
    caption = escaped(f"{table.title}. {table.note}".strip())
    yield r"\begingroup\footnotesize\setlength{\tabcolsep}{3pt}"
    yield f"\\begin{{longtable}}{{{columns}}}"
    yield f"\\caption{{{caption}}}\\\\"
    yield r"\toprule"
    yield _row(map(_head, columns, table.header))
    yield r"\midrule"
    yield r"\endhead"
    yield from (_row(map(_cell, row)) for row in table.rows)
    yield r"\bottomrule"
    yield r"\end{longtable}"
    yield r"\endgroup"


def _head(column: str, text: str) -> str:
    """Return the head of a column, over several lines where it is long."""
    lines = wrap(text, _WIDEST_HEAD, break_long_words=False, break_on_hyphens=False)
    return f"\\mtcheckhead{{{column}}}{{{_BREAK.join(map(_kept, lines))}}}"


def _cell(cell: Cell) -> str:
    parts = _WITH_INTERVAL.fullmatch(cell.text)
    if cell.number is None or parts is None:
        return _kept(cell.text)
    return f"\\mtcheckcell{{{escaped(parts[1])}}}{{{escaped(parts[2])}}}"


def _kept(text: str) -> str:
    # A bracket behind the end of a row would be read as an option of it.
    return f"{{{escaped(text)}}}"


def _row(cells: Iterable[str]) -> str:
    return " & ".join(cells) + _BREAK
