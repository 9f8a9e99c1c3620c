"""A report as Markdown."""

import re

from mtcheck.benchmarking.report.contents import losses, summary, tables
from mtcheck.benchmarking.report.tables import Report, Table

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")


def markdown(report: Report) -> str:
    """Return the report as Markdown with tables."""
    lines = [
        "# Benchmark",
        "",
        f"`{report['signature']}`",
        "",
        escaped(summary(report)),
    ]
    lines += [f"\n- {escaped(line)}" for line in losses(report)]
    for table in tables(report):
        lines += ["", f"## {escaped(table.title)}", "", *table_lines(table)]
        if table.note:
            lines += ["", escaped(table.note)]
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    r"""Return text that Markdown shows as it is.

    >>> escaped("a|b_c")
    'a\\|b\\_c'
    """
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def table_lines(table: Table) -> list[str]:
    """Return the lines of a table; names stand left, numbers right."""
    marks = ["---"] * table.n_names
    marks += ["---:"] * (len(table.header) - table.n_names)
    texts = [[escaped(cell.text) for cell in row] for row in table.rows]
    header = [escaped(name) for name in table.header]
    return [f"| {' | '.join(row)} |" for row in (header, marks, *texts)]
