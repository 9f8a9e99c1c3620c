"""Cells of CSV that a spreadsheet would take for a formula, made harmless and back.

Names of documents come from anywhere, and ``=HYPERLINK(...)`` is live as soon as a
table is opened. An apostrophe before it makes a text of it (OWASP, "CSV Injection").
"""

import re

# What a formula begins with, also in full width. Numbers with a sign do no harm, and
# "-" alone is the name of standard input. Apostrophes count in, so that no two names
# become the same.
_FORMULA = re.compile(r"'*(?:[=@\t\r\n＝＠]|[-+－＋](?![\d.,]*\Z))")


def as_text(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula.

    >>> as_text("=1+1"), as_text("-5"), as_text("a=b"), as_text("'=1")
    ("'=1+1", '-5', 'a=b', "''=1")
    """
    return f"'{cell}" if _FORMULA.match(cell) else cell


def as_written(cell: str) -> str:
    """Return what a cell was before ``as_text``.

    >>> as_written("'=1+1"), as_written("'tis")
    ('=1+1', "'tis")
    """
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
