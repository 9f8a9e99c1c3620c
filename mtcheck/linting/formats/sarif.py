"""Findings as a log of SARIF 2.1.0, which code scanning and editors read."""

import os
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, ClassVar
from urllib.parse import quote

from mtcheck import __version__
from mtcheck.errors import InputError
from mtcheck.linting import Linted
from mtcheck.linting.formats.json import commas, encode
from mtcheck.linting.places import file_of, fingerprint
from mtcheck.read.addresses import is_address
from mtcheck.report import Lines, Screen
from mtcheck.rules import Rule, all_rules
from mtcheck.types import Document, Finding, Span

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_IN_ADDRESSES = ":/?#[]@!$&'()*+,;=%"
_ROOT = "%SRCROOT%"
_LINE_ENDS = ["\r\n", "\n", "\r"]
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}


class Sarif:
    """A log of one run; a line for each result."""

    name: ClassVar[str] = "sarif"
    is_for_people: ClassVar[bool] = False

    def render(
        self, results: Iterable[Linted | InputError], screen: Screen
    ) -> Iterator[str]:
        """Yield the lines of one object; only what was lost is kept until the end."""
        yield f'{{"$schema": "{_SCHEMA}", "version": "2.1.0", "runs": [{{'
        yield f' "tool": {encode({"driver": _driver()})},'
        yield ' "columnKind": "unicodeCodePoints",'
        yield f' "newlineSequences": {encode(_LINE_ENDS)},'
        yield f' "originalUriBaseIds": {encode(_bases())},'
        yield ' "results": ['
        lost: list[dict[str, Any]] = []
        yield from commas(map(encode, _results(results, lost)))
        yield " ],"
        yield f' "invocations": [{encode(_invocation(lost))}]'
        yield "}]}"


def _driver() -> dict[str, Any]:
    return {
        "name": "mtcheck",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_rule(rule) for rule in all_rules()],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    title = rule.name.replace("-", " ").capitalize()
    plain = f"{rule.why} For examples: mtcheck explain {rule.code}"
    return {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": f"{title}."},
        "fullDescription": {"text": rule.why},
        "help": {"text": plain, "markdown": _help(rule)},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": [rule.family]},
    }


def _help(rule: Rule) -> str:
    """Return the reason and the examples, which stand in code: they hold marks."""
    lines = [rule.why]
    for heading, examples in (("Bad", rule.bad), ("Good", rule.good)):
        lines += ["", f"{heading}:"]
        for example in examples:
            lines += ["", *(f"    {line}" for line in example.splitlines())]
    return "\n".join(lines)


@cache
def _indexes() -> Mapping[str, int]:
    return {rule.code: index for index, rule in enumerate(all_rules())}


def _bases() -> dict[str, Any]:
    return {_ROOT: {"description": {"text": "The folder that mtcheck was run in."}}}


def _results(
    results: Iterable[Linted | InputError], lost: list[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    for linted in results:
        if isinstance(linted, InputError):
            lost.append({"level": "error", "message": {"text": str(linted)}})
            continue
        lines = Lines(linted.document.text)
        for finding in linted.findings:
            yield _result(finding, linted.document, lines)


def _result(finding: Finding, document: Document, lines: Lines) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": _indexes()[finding.code],
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": [_location(finding.span, document, lines)],
        "partialFingerprints": {
            "mtcheck/v1": fingerprint(finding, document.text, lines)
        },
    }
    is_file = document.source is not None and document.line is None
    if finding.fix is not None and is_file:
        result["fixes"] = [_fix(finding, finding.fix, document, lines)]
    return result


def _location(span: Span, document: Document, lines: Lines) -> dict[str, Any]:
    """Return a place in a file; of a record its line, and the place in its text."""
    if document.line is None:
        region = _region(span, lines)
        return {
            "physicalLocation": {"artifactLocation": _file(document), "region": region}
        }
    line, column = lines.place(span.start)
    return {
        "physicalLocation": {
            "artifactLocation": _file(document),
            "region": {"startLine": document.line},
        },
        "logicalLocations": [
            {
                "name": document.id,
                "fullyQualifiedName": f"{document.id}:{line}:{column}",
                "kind": "object",
            }
        ],
    }


def _file(document: Document) -> dict[str, str]:
    path = file_of(document)
    if path is None:
        return {"uri": "stdin"}
    if is_address(path):
        return {"uri": quote(os.fsencode(path), safe=_IN_ADDRESSES)}
    if path.startswith("../"):
        return {"uri": f"file://{_quoted(os.path.abspath(path))}"}
    return {"uri": _quoted(path), "uriBaseId": _ROOT}


def _quoted(path: str) -> str:
    # By its bytes: a name need not be text. A colon in front would look like a scheme.
    return quote(os.fsencode(path), safe="/")


def _region(span: Span, lines: Lines) -> dict[str, int]:
    line, column, end_line, end_column = lines.ends(span)
    return {
        "startLine": line,
        "startColumn": column,
        "endLine": end_line,
        "endColumn": end_column,
        "charOffset": span.start,
        "charLength": span.end - span.start,
    }


def _fix(
    finding: Finding, fix: str, document: Document, lines: Lines
) -> dict[str, Any]:
    replacement: dict[str, Any] = {"deletedRegion": _region(finding.span, lines)}
    if fix:
        replacement["insertedContent"] = {"text": fix}
    return {
        "description": {"text": f"Mend what {finding.name} marks."},
        "artifactChanges": [
            {"artifactLocation": _file(document), "replacements": [replacement]}
        ],
    }


def _invocation(lost: list[dict[str, Any]]) -> dict[str, Any]:
    invocation: dict[str, Any] = {"executionSuccessful": not lost}
    if lost:
        invocation["toolExecutionNotifications"] = lost
    return invocation


FORMAT = Sarif()
