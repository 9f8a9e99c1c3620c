"""Documents with their verdicts as HTML: headings, marked text, notes."""

from collections.abc import Iterator

from mtcheck.marking.text import Mark, marked, plain
from mtcheck.report import Lines, Screen
from mtcheck.report.text import (
    LONGEST_QUOTE,
    count,
    describe,
    describe_reason,
    describe_verdicts,
    grouped,
    percent,
    why_not,
)
from mtcheck.types import (
    LABELS,
    Document,
    Finding,
    Label,
    Reason,
    Scored,
    Span,
    Verdict,
)

MOST_NOTES = 100
"""Findings that are told of one paragraph."""

LONGEST_TEXT = 100_000
"""Code points that are shown of one paragraph."""

SIGNS = {
    Label.ORIGINAL: "○",
    Label.PARAPHRASED: "◐",
    Label.MACHINE_MANGLED: "●",
    None: "–",
}
"""What tells labels apart where there is no colour."""

NOT_JUDGED = "not judged"

_PLAIN = Screen()


def document_section(scored: Scored, number: int, most: int) -> Iterator[str]:
    """Yield the lines of a document with ``most`` verdicts.

    Its ``number`` makes ids that differ on a page.
    """
    document, name = scored.document, f"d{number}"
    heading = f"<bdi>{plain(document.id).strip() or '(no name)'}</bdi>"
    if document.source not in (None, document.id):
        heading += f" (<bdi>{plain(str(document.source))}</bdi>)"
    yield f'<section class="document" aria-labelledby="{name}">'
    yield f'<h2 id="{name}">{heading}</h2>'
    yield f"<p>{describe_verdicts(scored.verdicts)}</p>"
    lines = Lines(document.text)
    for index, verdict in enumerate(scored.verdicts[:most]):
        yield from _article(document, verdict, lines, f"{name}p{index}")
    if most < len(scored.verdicts):
        rest = count(len(scored.verdicts) - most, "more paragraph")
        yield f'<p class="cut">… {rest} of this document not shown.</p>'
    yield "</section>"


def _article(
    document: Document, verdict: Verdict, lines: Lines, name: str
) -> Iterator[str]:
    label = verdict.label or NOT_JUDGED
    codes = " ".join(dict.fromkeys(finding.code for finding in verdict.findings))
    look = (verdict.label or "unjudged").replace("_", "-")
    yield (
        f'<article class="{look}" aria-labelledby="{name}" data-label="{label}" '
        f'data-evidence="{verdict.evidence or ""}" data-codes="{codes}">'
    )
    line, _ = lines.place(verdict.span.start)
    place = "Whole document" if verdict.paragraph is None else f"Line {line}"
    heading = f'<span class="place">{place}</span> {_judgement(verdict)}'
    yield f'<h3 id="{name}">{heading}</h3>'
    if verdict.probabilities is not None:
        yield _bar(verdict)
    notes, marks = _notes(document, verdict, lines, name)
    language = f' lang="{plain(verdict.language)}"' if verdict.language else ""
    text = verdict.span.of(document.text)
    shown = text[:LONGEST_TEXT]
    marks = [mark for mark in marks if mark.span.start < max(len(shown), 1)]
    yield f'<p class="text" dir="auto"{language}>{marked(shown, marks)}</p>'
    if len(shown) < len(text):
        rest = count(len(text) - len(shown), "more character")
        yield f'<p class="cut">… {rest} of this paragraph not shown.</p>'
    if notes:
        yield '<ul class="notes">'
        yield from notes
        yield "</ul>"
    yield "</article>"


def _judgement(verdict: Verdict) -> str:
    sign = f'<span aria-hidden="true">{SIGNS[verdict.label]}</span>'
    if verdict.label is None or verdict.probabilities is None:
        why = plain(why_not(verdict))
        return f'<span class="label">{sign} {NOT_JUDGED}</span> <span>{why}</span>'
    share = percent(verdict.probabilities[verdict.label])
    return (
        f'<span class="label">{sign} {verdict.label} {plain(share)}</span> '
        f'<span class="evidence {verdict.evidence}">evidence {verdict.evidence}</span>'
    )


def _bar(verdict: Verdict) -> str:
    """Return the probabilities as a line of words and a bar.

    The bar is SVG: widths as attributes need no inline style, which the page forbids.
    """
    shares = verdict.probabilities or {}
    told = ", ".join(f"{label} {plain(percent(shares[label]))}" for label in LABELS)
    parts, start = [], 0.0
    for label in LABELS:
        look, width = label.replace("_", "-"), shares[label] * 100
        parts.append(
            f'<rect class="{look}" x="{start:.2f}" width="{width:.2f}" height="4"/>'
        )
        start += width
    return (
        '<p class="shares"><svg aria-hidden="true" viewBox="0 0 100 4" '
        f'preserveAspectRatio="none">{"".join(parts)}</svg> {told}</p>'
    )


def _notes(
    document: Document, verdict: Verdict, lines: Lines, name: str
) -> tuple[list[str], list[Mark]]:
    """Return the items of the list of notes, and the marks that lead there."""
    offset = -verdict.span.start
    notes, marks = [], []
    told = verdict.findings[:MOST_NOTES]
    for number, finding in enumerate(told):
        note = f"{name}f{number}"
        notes.append(
            _note(note, describe(finding, lines, _PLAIN, " "), finding.severity)
        )
        marks.append(_finding_mark(finding, offset, note))
    if len(told) < len(verdict.findings):
        rest = count(len(verdict.findings) - len(told), "more finding")
        notes.append(f"<li>{rest} not told</li>")
    numbers: dict[str, str] = {}
    for number, (reason, quotes) in enumerate(grouped(document, verdict.reasons)):
        numbers[reason.feature] = note = f"{name}r{number}"
        notes.append(_note(note, describe_reason(reason, quotes, _PLAIN), "reason"))
    for reason in verdict.reasons:
        span = reason.span
        if span and reason.effect > 0 and span.end - span.start <= LONGEST_QUOTE:
            note = numbers[reason.feature]
            marks.append(_reason_mark(reason, span.shift(offset), note))
    return notes, marks


def _note(note: str, told: str, kind: str) -> str:
    return f'<li id="{note}" class="{kind}">{plain(told)}</li>'


def _finding_mark(finding: Finding, offset: int, note: str) -> Mark:
    look = f"finding {finding.severity}"
    return Mark(finding.span.shift(offset), look, note, finding.code)


def _reason_mark(reason: Reason, span: Span, note: str) -> Mark:
    # How deep it is shaded: a log-odds of 0.7 doubles the odds.
    depth = 1 + (reason.effect >= 0.35) + (reason.effect >= 0.7)
    return Mark(span, f"surprise depth-{depth}", note, reason.feature)
