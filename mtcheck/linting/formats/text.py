"""Findings for people: place, code and message, and the marked line below."""

from collections.abc import Iterable, Iterator
from typing import ClassVar

from mtcheck.errors import InputError
from mtcheck.excerpt import paint, quote_lines
from mtcheck.linting import Linted
from mtcheck.report import Lines, Screen, make_visible
from mtcheck.report.text import describe


class Text:
    """A line for each finding: ``path:line:column: CODE message [name]``."""

    name: ClassVar[str] = "text"
    is_for_people: ClassVar[bool] = True

    def render(
        self, results: Iterable[Linted | InputError], screen: Screen
    ) -> Iterator[str]:
        """Yield the lines of each document, in order."""
        for linted in results:
            if isinstance(linted, InputError):
                continue
            lines = Lines(linted.document.text)
            path = paint(make_visible(linted.document.id), "bold", screen)
            for finding in linted.findings:
                yield f"{path}:{describe(finding, lines, screen, ': ')}"
                yield from quote_lines(
                    linted.document.text, finding.span, lines, screen
                )
                yield ""


FORMAT = Text()
