"""One JSON object a paragraph, for programs; the fields are those of the contract."""

import json
from collections.abc import Iterable, Iterator
from functools import cache
from math import isfinite
from typing import Any, ClassVar

from mtcheck.report import Screen
from mtcheck.types import LABELS, Finding, Reason, Scored, Verdict


class Jsonl:
    """Lines of JSON in the order of the input."""

    name: ClassVar[str] = "jsonl"
    is_for_people: ClassVar[bool] = False
    is_table: ClassVar[bool] = True

    def render(self, results: Iterable[Scored], screen: Screen) -> Iterator[str]:
        """Yield a line for each verdict."""
        for scored in results:
            for verdict in scored.verdicts:
                yield line(verdict)


def as_object(verdict: Verdict) -> dict[str, Any]:
    """Return the fields of the contract, for JSON."""
    shares = verdict.probabilities
    return {
        "document": verdict.document,
        "paragraph": verdict.paragraph,
        "start": verdict.span.start,
        "end": verdict.span.end,
        "language": verdict.language,
        "label": verdict.label,
        # Not rounded: the label stays the most probable class, and the sum stays 1.
        "probabilities": shares and {label: float(shares[label]) for label in LABELS},
        "evidence": verdict.evidence,
        "abstained": verdict.abstained,
        "findings": [_finding(finding) for finding in verdict.findings],
        "reasons": [_reason(reason) for reason in verdict.reasons],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity,
        "start": finding.span.start,
        "end": finding.span.end,
        "message": finding.message,
    }


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "feature": reason.feature,
        "value": _number(reason.value),
        "effect": _number(reason.effect),
        "start": reason.span.start if reason.span else None,
        "end": reason.span.end if reason.span else None,
    }


encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def _number(value: float) -> float | None:
    # JSON has no NaN; null says "not measured" as well.
    return float(value) if isfinite(value) else None


def line(verdict: Verdict) -> str:
    """Return what ``as_object`` does as JSON, in two thirds of the encoder's time."""
    shares = verdict.probabilities
    probabilities = shares and ", ".join(
        [f"{_name(label)}: {float(shares[label])!r}" for label in LABELS]
    )
    findings = ", ".join([encode(_finding(item)) for item in verdict.findings])
    reasons = ", ".join([_reason_line(item) for item in verdict.reasons])
    return (
        f'{{"document": {encode(verdict.document)}, '
        f'"paragraph": {_integer(verdict.paragraph)}, '
        f'"start": {verdict.span.start}, "end": {verdict.span.end}, '
        f'"language": {_name(verdict.language)}, "label": {_name(verdict.label)}, '
        f'"probabilities": {f"{{{probabilities}}}" if shares else "null"}, '
        f'"evidence": {_name(verdict.evidence)}, '
        f'"abstained": {_name(verdict.abstained)}, '
        f'"findings": [{findings}], "reasons": [{reasons}]}}'
    )


def _reason_line(reason: Reason) -> str:
    start, end = (reason.span.start, reason.span.end) if reason.span else (None, None)
    return (
        f'{{"feature": {_name(reason.feature)}, "value": {_float(reason.value)}, '
        f'"effect": {_float(reason.effect)}, '
        f'"start": {_integer(start)}, "end": {_integer(end)}}}'
    )


_name = cache(encode)
"""Returns a label, a code or a feature, of which there are few, as JSON."""


def _integer(value: int | None) -> str:
    return "null" if value is None else str(value)


def _float(value: float) -> str:
    return repr(float(value)) if isfinite(value) else "null"


REPORTER = Jsonl()
