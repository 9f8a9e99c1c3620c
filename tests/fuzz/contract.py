"""What is promised of every result, whatever the text was."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import isclose, isfinite

from mtcheck.comparison.values import Comparison
from mtcheck.extract import schema
from mtcheck.opened import LEAST_EFFECT, N_REASONS
from mtcheck.types import LABELS, Document, Finding, Scored, Span, Verdict


def check_scored(scored: Scored, level: str = "paragraph") -> None:
    """Check that the verdicts of a document are what the contract promises."""
    text = scored.document.text
    previous = 0
    for number, verdict in enumerate(scored.verdicts):
        assert verdict.document == scored.document.id
        check_verdict(verdict, text)
        if level == "document":
            assert verdict.paragraph is None
            assert verdict.span == Span(0, len(text))
            continue
        assert verdict.paragraph == number
        piece = verdict.span.of(text)
        assert piece
        assert piece == piece.strip()
        # What lies between two paragraphs is white space.
        assert verdict.span.start >= previous
        assert not text[previous : verdict.span.start].strip()
        previous = verdict.span.end
    if level == "paragraph":
        assert not text[previous:].strip()
    else:
        assert len(scored.verdicts) == 1


def check_verdict(verdict: Verdict, text: str) -> None:
    """Check one verdict by itself."""
    span = verdict.span
    assert 0 <= span.start <= span.end <= len(text)
    check_findings(verdict.findings, span)
    assert (verdict.abstained is None) == (verdict.label is not None)
    if verdict.label is None or verdict.probabilities is None:
        assert verdict.abstained in ("too-short", "language")
        assert (verdict.label, verdict.probabilities) == (None, None)
        assert verdict.evidence is None
        assert verdict.reasons == ()
        return
    assert tuple(verdict.probabilities) == LABELS
    assert all(0 <= share <= 1 for share in verdict.probabilities.values())
    assert isclose(sum(verdict.probabilities.values()), 1)
    assert verdict.probabilities[verdict.label] == max(verdict.probabilities.values())
    assert verdict.evidence in ("strong", "moderate", "weak", "none")
    assert len(verdict.reasons) <= N_REASONS
    effects = [reason.effect for reason in verdict.reasons]
    assert effects == sorted(effects, reverse=True)
    for reason in verdict.reasons:
        assert reason.feature in schema("full").names
        assert reason.effect >= LEAST_EFFECT
        assert isfinite(reason.value)
        if reason.span is not None:
            assert span.start <= reason.span.start < reason.span.end <= span.end


def check_findings(findings: Iterable[Finding], within: Span) -> None:
    """Check that findings lie in a stretch and say something."""
    for finding in findings:
        assert within.start <= finding.span.start <= finding.span.end <= within.end
        assert finding.message


def check_comparison(found: Comparison) -> None:
    """Check that all places lie in their paragraphs, and that none overlap."""
    assert 0.0 <= found.score <= 1.0
    check_findings(found.residue, _whole(found.suspect))
    for document, pieces in (
        (found.suspect, [*(pair.suspect for pair in found.pairs), *found.added]),
        (found.original, [*(pair.original for pair in found.pairs), *found.dropped]),
    ):
        check_apart([piece.span for piece in pieces], _whole(document))
    for pair in found.pairs:
        changes = pair.changes
        check_apart([it.suspect for it in changes if it.suspect], pair.suspect.span)
        check_apart([it.original for it in changes if it.original], pair.original.span)


def check_apart(spans: Sequence[Span], within: Span) -> None:
    """Check that spans lie in a stretch, and that none overlap."""
    for span in spans:
        assert within.start <= span.start < span.end <= within.end
    for one, other in pairwise(sorted(spans)):
        assert one.end <= other.start


def _whole(document: Document) -> Span:
    return Span(0, len(document.text))
