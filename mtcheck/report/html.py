"""One page that shows the texts with their marks, for people; it needs nothing else."""

from collections.abc import Iterable, Iterator, Sequence
from tempfile import TemporaryFile, gettempdir
from typing import IO, ClassVar

from mtcheck.errors import MtcheckError
from mtcheck.marking.page import legend, page
from mtcheck.marking.summary import Summary
from mtcheck.marking.verdicts import LONGEST_TEXT, document_section
from mtcheck.report import Screen
from mtcheck.report.text import count
from mtcheck.types import Scored, Verdict

MOST_PARAGRAPHS = 2_000
"""Paragraphs of a page that are shown: browsers grow slow with more."""

MOST_CHARACTERS = 2_000_000
"""Code points of a page that are shown."""


class Room:
    """What a page can still hold."""

    def __init__(self) -> None:
        self._n_paragraphs = MOST_PARAGRAPHS
        self._n_characters = MOST_CHARACTERS

    def take(self, verdicts: Sequence[Verdict]) -> int:
        """Return how many of the verdicts of a document fit, and take their room."""
        for number, verdict in enumerate(verdicts):
            if min(self._n_paragraphs, self._n_characters) <= 0:
                return number
            self._n_paragraphs -= 1
            self._n_characters -= min(
                verdict.span.end - verdict.span.start, LONGEST_TEXT
            )
        return len(verdicts)


class Html:
    """A page with a summary, a filter, and the documents with their marks."""

    name: ClassVar[str] = "html"
    # A page is UTF-8, whatever a terminal can show.
    is_for_people: ClassVar[bool] = False
    is_table: ClassVar[bool] = False

    def render(self, results: Iterable[Scored], screen: Screen) -> Iterator[str]:
        """Yield the lines of the page, once all results are in.

        Till then they lie on disk: the summary at the top counts them all.
        """
        try:
            with TemporaryFile("w+", encoding="utf-8", newline="\n") as body:
                summary = Summary()
                for line in shown(results, summary):
                    body.write(f"{line}\n")
                body.seek(0)
                top = [legend(), *summary.lines(), *summary.filter()]
                yield from page(summary.title, top, _lines(body))
        except OSError as error:
            raise MtcheckError(
                f"{gettempdir()}: cannot be written ({error.strerror or error}); name "
                "another folder with TMPDIR"
            ) from None


def shown(results: Iterable[Scored], summary: Summary) -> Iterator[str]:
    """Yield the documents up to what a page can hold, and how many are left out."""
    room, n_hidden = Room(), 0
    for scored in results:
        summary.add(scored)
        most = room.take(scored.verdicts)
        if most or not scored.verdicts:
            yield from document_section(scored, summary.n_documents, most)
        else:
            n_hidden += 1
    if n_hidden:
        rest = count(n_hidden, "more document")
        yield (
            f'<p class="cut">{rest} not shown: a page holds '
            f"{MOST_PARAGRAPHS:,} paragraphs. The summary counts all; --format jsonl, "
            "csv or parquet holds all.</p>"
        )


def _lines(file: IO[str]) -> Iterator[str]:
    return (line.removesuffix("\n") for line in file)


REPORTER = Html()
