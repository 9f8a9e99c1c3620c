"""Findings for programs, as one JSON object; ``findings.schema.json`` describes it."""

from collections.abc import Iterable, Iterator
from json import JSONEncoder
from typing import Any, ClassVar

from mtcheck import __version__
from mtcheck.errors import InputError
from mtcheck.linting import Linted
from mtcheck.linting.places import file_of, fingerprint
from mtcheck.report import Lines, Screen
from mtcheck.types import Document, Finding

SCHEMA_VERSION = 1
"""Goes up where a field changes its meaning or goes away, not where one is added."""


class Json:
    """A head, a line for each finding, and then what was lost."""

    name: ClassVar[str] = "json"
    is_for_people: ClassVar[bool] = False

    def render(
        self, results: Iterable[Linted | InputError], screen: Screen
    ) -> Iterator[str]:
        """Yield the lines of one object; only what was lost is kept until the end."""
        yield f'{{"schema": {SCHEMA_VERSION}, "mtcheck": {encode(__version__)},'
        yield ' "findings": ['
        lost: list[dict[str, str]] = []
        yield from commas(map(encode, _findings(results, lost)))
        yield f' ], "lost": {encode(lost)}}}'


def commas(items: Iterable[str]) -> Iterator[str]:
    """Yield a line for each item of a list, with a comma behind all but the last.

    >>> list(commas(["1", "2"]))
    ['  1,', '  2']
    """
    previous = None
    for item in items:
        if previous is not None:
            yield f"  {previous},"
        previous = item
    if previous is not None:
        yield f"  {previous}"


encode = JSONEncoder(ensure_ascii=False, allow_nan=False).encode
"""Half of a surrogate pair stays; the stream writes it as JSON spells it."""


def _findings(
    results: Iterable[Linted | InputError], lost: list[dict[str, str]]
) -> Iterator[dict[str, Any]]:
    for linted in results:
        if isinstance(linted, InputError):
            lost.append({"place": linted.place, "problem": linted.problem})
            continue
        lines = Lines(linted.document.text)
        for finding in linted.findings:
            yield _finding(finding, linted.document, lines)


def _finding(finding: Finding, document: Document, lines: Lines) -> dict[str, Any]:
    span, fix = finding.span, finding.fix
    line, column, end_line, end_column = lines.ends(span)
    return {
        "path": file_of(document),
        "document": document.id,
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity,
        "message": finding.message,
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
        "start": span.start,
        "end": span.end,
        "paragraph": finding.paragraph,
        "fix": fix
        if fix is None
        else {"start": span.start, "end": span.end, "text": fix},
        "fingerprint": fingerprint(finding, document.text, lines),
    }


FORMAT = Json()
