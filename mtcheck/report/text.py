"""Verdicts for people: the text with its defects marked, and the reasons in words."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from math import isnan
from typing import ClassVar

from mtcheck.excerpt import Mark, draw, paint
from mtcheck.report import Lines, Screen, make_visible
from mtcheck.types import LABELS, Document, Finding, Label, Reason, Scored, Verdict

_INDENT = "    "
_BAR = "  | "

_STYLES = {
    Label.ORIGINAL: "bold green",
    Label.PARAPHRASED: "bold yellow",
    Label.MACHINE_MANGLED: "bold red",
}
LONGEST_QUOTE = 40
"""Code points of a place that are quoted, and marked in the text."""


class Text:
    """A heading a document, and under it its paragraphs."""

    name: ClassVar[str] = "text"
    is_for_people: ClassVar[bool] = True
    is_table: ClassVar[bool] = False

    def render(self, results: Iterable[Scored], screen: Screen) -> Iterator[str]:
        """Yield a block of lines for each document, with a blank line between two."""
        is_first = True
        for scored in results:
            if not is_first:
                yield ""
            is_first = False
            yield from _document(scored, screen)


def count(number: int, noun: str) -> str:
    """Return a number with its noun: "1 finding", "2 findings".

    >>> count(1, "finding"), count(0, "finding")
    ('1 finding', '0 findings')
    """
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def describe_labels(labels: Counter[Label | None]) -> str:
    """Return the numbers of labels in words; None stands for "not judged".

    >>> describe_labels(Counter([Label.ORIGINAL, None]))
    '1 original, 1 not judged'
    """
    named = [f"{labels[label]:,} {label}" for label in LABELS if labels[label]]
    if labels[None]:
        named.append(f"{labels[None]:,} not judged")
    return ", ".join(named)


def _document(scored: Scored, screen: Screen) -> Iterator[str]:
    document, verdicts = scored.document, scored.verdicts
    name = make_visible(document.id)
    heading = paint(name, "bold", screen)
    if document.source not in (None, document.id):
        heading += f" ({make_visible(str(document.source))})"
    yield f"{heading}: {describe_verdicts(verdicts)}"
    lines = Lines(document.text)
    for verdict in verdicts:
        yield ""
        line, _ = lines.place(verdict.span.start)
        place = paint(f"{name}:{line}", "bold", screen)
        yield f"{place}  {_judgement(verdict, screen)}"
        yield from _body(document, verdict, lines, screen)


def describe_verdicts(verdicts: tuple[Verdict, ...]) -> str:
    """Return the numbers of labels and of findings of a document in words."""
    if not verdicts:
        return "no text"
    labels = Counter(verdict.label for verdict in verdicts)
    n_findings = sum(len(verdict.findings) for verdict in verdicts)
    # A single verdict of the whole is told by its own line.
    numbers = (
        []
        if verdicts[0].paragraph is None
        else [f"{count(len(verdicts), 'paragraph')}: {describe_labels(labels)}"]
    )
    return "; ".join([*numbers, count(n_findings, "finding")])


def _judgement(verdict: Verdict, screen: Screen) -> str:
    if verdict.label is None or verdict.probabilities is None:
        return paint(f"not judged: {why_not(verdict)}", "dim", screen)
    label = paint(verdict.label, _STYLES[verdict.label], screen)
    share = percent(verdict.probabilities[verdict.label])
    return f"{label} {share}, evidence {verdict.evidence}"


def why_not(verdict: Verdict) -> str:
    """Return in words why there is no verdict."""
    if verdict.abstained == "too-short":
        return "under five words say too little"
    if verdict.abstained == "language":
        if verdict.language is None:
            return "its language cannot be told"
        return f"the model does not know its language ({verdict.language})"
    return str(verdict.abstained)


def percent(share: float) -> str:
    """Return a probability in words; none is rounded to certainty."""
    return ">99%" if 0.995 <= share < 1 else f"{share:.0%}"


def _body(
    document: Document, verdict: Verdict, lines: Lines, screen: Screen
) -> Iterator[str]:
    offset = -verdict.span.start
    marks = [Mark(item.span.shift(offset)) for item in verdict.findings]
    marks += [
        Mark(item.span.shift(offset), "~", "underline")
        for item in verdict.reasons
        if item.span
        and item.effect > 0
        and item.span.end - item.span.start <= LONGEST_QUOTE
    ]
    folded = replace(screen, width=max(20, screen.width - len(_BAR)))
    for line in draw(verdict.span.of(document.text), marks, folded):
        yield f"{paint(_BAR, 'dim', screen)}{line}".rstrip(" ")
    for finding in verdict.findings:
        yield f"{_INDENT}{describe(finding, lines, screen, '  ')}"
    for reason, quotes in grouped(document, verdict.reasons):
        yield f"{_INDENT}{describe_reason(reason, quotes, screen)}"


def describe(finding: Finding, lines: Lines, screen: Screen, separator: str) -> str:
    """Return the place of a finding, its code, message and name in one line."""
    line, column = lines.place(finding.span.start)
    code = paint(finding.code, "bold red", screen)
    message = make_visible(finding.message)
    return f"{line}:{column}{separator}{code} {message} [{finding.name}]"


def grouped(
    document: Document, reasons: tuple[Reason, ...]
) -> Iterator[tuple[Reason, list[str]]]:
    """Yield each feature once, with the words of all its places."""
    quotes: dict[str, list[str]] = {}
    first: dict[str, Reason] = {}
    for reason in reasons:
        first.setdefault(reason.feature, reason)
        words = quotes.setdefault(reason.feature, [])
        if reason.span:
            words.append(_quote(reason.span.of(document.text)))
    for feature, reason in first.items():
        yield reason, list(dict.fromkeys(quotes[feature]))


def _quote(text: str) -> str:
    text = make_visible(text)
    if len(text) > LONGEST_QUOTE:
        text = text[: LONGEST_QUOTE - 3].rstrip() + "..."
    return f'"{text}"'


def describe_reason(reason: Reason, quotes: list[str], screen: Screen) -> str:
    """Return what a feature says for or against the label, in one line."""
    link = "because" if reason.effect > 0 else "although"
    value = "not measured" if isnan(reason.value) else f"{reason.value:.3g}"
    meaning = _meanings().get(reason.feature, reason.feature)
    places = f", as in {', '.join(quotes)}" if quotes else ""
    feature = paint(f"[{reason.feature}]", "dim", screen)
    return f"{link} {meaning}: {value} ({reason.effect:+.2f}){places} {feature}"


@cache
def _meanings() -> dict[str, str]:
    """Return what each feature measures, in a few words."""
    # Imported here: extractors import numpy, and `mtcheck score --help` needs none.
    from mtcheck.extract import extractors

    return {
        name: meaning
        for kind in extractors()
        for name, meaning in kind.features.items()
    }


REPORTER = Text()
