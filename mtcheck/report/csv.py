"""One row a paragraph, for spreadsheets; findings and reasons are cells of JSON.

A name that a spreadsheet would take for a formula begins with an apostrophe.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import ClassVar

from mtcheck.report import Screen
from mtcheck.report.jsonl import as_object, encode
from mtcheck.spreadsheet import as_text
from mtcheck.types import LABELS, Scored, Verdict

HEADER = (
    "document",
    "paragraph",
    "start",
    "end",
    "language",
    "label",
    *LABELS,
    "evidence",
    "abstained",
    "findings",
    "reasons",
)
"""The columns; the labels' have their probabilities."""


class Csv:
    """A header, and a row for each verdict; what is null is an empty cell."""

    name: ClassVar[str] = "csv"
    is_for_people: ClassVar[bool] = False
    is_table: ClassVar[bool] = True

    def render(self, results: Iterable[Scored], screen: Screen) -> Iterator[str]:
        """Yield the header and the rows; a quoted cell may hold line ends."""
        verdicts = (verdict for scored in results for verdict in scored.verdicts)
        for row in chain([HEADER], map(_row, verdicts)):
            line = io.StringIO()
            csv.writer(line, lineterminator="").writerow(row)
            yield line.getvalue()


def _row(verdict: Verdict) -> list[object]:
    cells = as_object(verdict)
    shares = cells["probabilities"] or {}
    cells["document"] = as_text(cells["document"])
    cells |= {label: shares.get(label) for label in LABELS}
    cells |= {name: encode(cells[name]) for name in ("findings", "reasons")}
    return [cells[name] for name in HEADER]


REPORTER = Csv()
