"""What a page says at its top: counts, and the filter over what follows."""

from collections import Counter
from collections.abc import Iterator

from mtcheck.marking.page import count_table
from mtcheck.marking.text import plain
from mtcheck.marking.verdicts import NOT_JUDGED, SIGNS
from mtcheck.report.text import count
from mtcheck.types import LABELS, Evidence, Label, Scored

EVIDENCE: tuple[Evidence, ...] = ("strong", "moderate", "weak", "none")


class Summary:
    """Counts what goes into a page, in memory that does not grow with it."""

    def __init__(self) -> None:
        self.n_documents = 0
        self._labels: Counter[Label | None] = Counter()
        self._evidence: Counter[Evidence | None] = Counter()
        self._codes: Counter[tuple[str, str]] = Counter()
        self._first = ""

    def add(self, scored: Scored) -> None:
        """Count the verdicts of a document."""
        self.n_documents += 1
        self._first = self._first or scored.document.id
        for verdict in scored.verdicts:
            self._labels[verdict.label] += 1
            self._evidence[verdict.evidence] += 1
            self._codes.update((item.code, item.name) for item in verdict.findings)

    @property
    def title(self) -> str:
        """What the page is called, for HTML: by its document, or by how many."""
        if self.n_documents == 1:
            return plain(self._first)
        return count(self.n_documents, "document")

    def lines(self) -> Iterator[str]:
        """Yield the tables of labels, evidence and findings."""
        yield '<section class="summary" aria-labelledby="summary">'
        yield '<h2 id="summary">Summary</h2>'
        yield '<div class="tables">'
        total = self._labels.total()
        yield from count_table(
            f"Labels of {count(total, 'verdict')}",
            [
                (f"{SIGNS[label]} {label or NOT_JUDGED}", self._labels[label])
                for label in (*LABELS, None)
            ],
        )
        yield from count_table(
            "Evidence",
            [(level, self._evidence[level]) for level in EVIDENCE],
        )
        rows = [(f"{code} {name}", number) for (code, name), number in self._found()]
        yield from count_table(count(self._codes.total(), "finding"), rows)
        yield "</div>"
        yield "</section>"

    def _found(self) -> list[tuple[tuple[str, str], int]]:
        """Return codes and names with their numbers, the most frequent first."""
        return sorted(self._codes.items(), key=lambda item: (-item[1], item[0]))

    def filter(self) -> Iterator[str]:
        """Yield the filter, which the script shows; without it all is shown."""
        yield '<form id="filter" aria-label="Filter" hidden>'
        yield from _choice(
            "label",
            "Label",
            [("", "all"), *[(name, name) for name in (*LABELS, NOT_JUDGED)]],
        )
        levels = [("strong", "strong"), ("moderate", "moderate or more")]
        levels += [("weak", "weak or more")]
        yield from _choice("evidence", "Evidence", [("", "all"), *levels])
        codes = sorted(self._codes.items())
        found = [
            (code, f"{code} {name} ({number:,})") for (code, name), number in codes
        ]
        yield from _choice("code", "Finding", [("", "all"), ("any", "any"), *found])
        yield '<button type="reset">Show all</button>'
        yield '<output id="shown"></output>'
        yield "</form>"


def _choice(name: str, title: str, options: list[tuple[str, str]]) -> Iterator[str]:
    yield f'<label>{title} <select name="{name}">'
    for value, shown in options:
        yield f'<option value="{value}">{plain(shown)}</option>'
    yield "</select></label>"
