"""Findings as GitHub shows them beside a diff: the commands of its workflows."""

from collections.abc import Iterable, Iterator
from typing import ClassVar

from mtcheck.errors import InputError
from mtcheck.linting import Linted
from mtcheck.linting.places import file_of
from mtcheck.report import Lines, Screen, make_visible
from mtcheck.types import Document, Finding

_LEVELS = {"error": "error", "warning": "warning", "info": "notice"}


class Github:
    """A line for each finding: ``::warning file=...,line=...,title=...::message``."""

    name: ClassVar[str] = "github"
    is_for_people: ClassVar[bool] = False

    def render(
        self, results: Iterable[Linted | InputError], screen: Screen
    ) -> Iterator[str]:
        """Yield a command for each finding, and one for what was lost."""
        for linted in results:
            if isinstance(linted, InputError):
                yield _command("error", {"title": "mtcheck"}, str(linted))
                continue
            lines = Lines(linted.document.text)
            for finding in linted.findings:
                place = _place(finding, linted.document, lines)
                title = {"title": f"{finding.code} {finding.name}"}
                message = _message(finding, linted.document, lines)
                yield _command(_LEVELS[finding.severity], place | title, message)


def _place(finding: Finding, document: Document, lines: Lines) -> dict[str, object]:
    path = file_of(document)
    if path is None:
        return {}
    if document.line is not None:
        return {"file": path, "line": document.line}
    line, column, end_line, end_column = lines.ends(finding.span)
    place: dict[str, object] = {"file": path, "line": line, "endLine": end_line}
    # GitHub takes columns only where both are of one line.
    return place | (
        {"col": column, "endColumn": end_column} if line == end_line else {}
    )


def _message(finding: Finding, document: Document, lines: Lines) -> str:
    if document.source is not None and document.line is None:
        return finding.message
    line, column = lines.place(finding.span.start)
    return f"{document.id}:{line}:{column}: {finding.message}"


def _command(level: str, properties: dict[str, object], message: str) -> str:
    named = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{level}{' ' if named else ''}{named}::{_data(make_visible(message))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: object) -> str:
    return _data(str(value)).replace(":", "%3A").replace(",", "%2C")


FORMAT = Github()
