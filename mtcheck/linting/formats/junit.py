"""Findings as failed tests, in the XML of JUnit that every build server reads."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import ClassVar
from xml.etree import ElementTree as ET

from mtcheck.errors import InputError
from mtcheck.linting import Linted
from mtcheck.linting.places import file_of
from mtcheck.report import Lines, Screen, make_visible
from mtcheck.types import Document, Finding


class Junit:
    """A suite for each file; a test for each finding, or one that passes."""

    name: ClassVar[str] = "junit"
    is_for_people: ClassVar[bool] = False

    def render(
        self, results: Iterable[Linted | InputError], screen: Screen
    ) -> Iterator[str]:
        """Yield a line for each suite."""
        yield '<?xml version="1.0" encoding="utf-8"?>'
        yield '<testsuites name="mtcheck">'
        for name, group in groupby(results, _name):
            yield ET.tostring(_suite(name, group), encoding="unicode")
        yield "</testsuites>"


def _name(result: Linted | InputError) -> str:
    if isinstance(result, InputError):
        return result.place
    return file_of(result.document) or result.document.id


def _suite(name: str, group: Iterable[Linted | InputError]) -> ET.Element:
    cases = [case for result in group for case in _cases(name, result)]
    # A file of records passes as a whole.
    failed = [case for case in cases if len(case)] or cases[:1]
    suite = ET.Element("testsuite", name=make_visible(name), tests=str(len(failed)))
    for kind in ("failure", "error"):
        n_cases = sum(case.find(kind) is not None for case in failed)
        suite.set(f"{kind}s", str(n_cases))
    suite.extend(failed)
    return suite


def _cases(name: str, result: Linted | InputError) -> Iterator[ET.Element]:
    if isinstance(result, InputError):
        yield _case(name, "read", "error", "lost", result.problem, str(result))
        return
    document = result.document
    lines = Lines(document.text)
    for finding in result.findings:
        yield _finding(name, finding, document, lines)
    if not result.findings:
        yield ET.Element("testcase", classname=make_visible(name), name="mtcheck")


def _finding(
    name: str, finding: Finding, document: Document, lines: Lines
) -> ET.Element:
    line, column = lines.place(finding.span.start)
    place = f"{line}:{column}"
    if document.line is not None:
        place = f"{document.id}:{place}"
    about = f"{name}:{place}: {finding.code} {finding.message} [{finding.name}]"
    title = f"{finding.code} {finding.name} {place}"
    case = _case(name, title, "failure", finding.code, finding.message, about)
    if file := file_of(document):
        case.set("file", make_visible(file))
        case.set("line", str(document.line or line))
    return case


def _case(
    name: str, title: str, kind: str, type_: str, message: str, about: str
) -> ET.Element:
    case = ET.Element(
        "testcase", classname=make_visible(name), name=make_visible(title)
    )
    outcome = ET.SubElement(case, kind, type=type_, message=make_visible(message))
    outcome.text = make_visible(about)
    return case


FORMAT = Junit()
