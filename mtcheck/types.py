"""The frozen values that travel between the stages; they derive, never read or load."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

Evidence = Literal["strong", "moderate", "weak", "none"]
Severity = Literal["error", "warning", "info"]


class Label(StrEnum):
    """How a paragraph came about."""

    ORIGINAL = "original"
    PARAPHRASED = "paraphrased"
    MACHINE_MANGLED = "machine_mangled"


LABELS = tuple(Label)
"""All labels, in the order of every probability vector."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of code points in the text of a document."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """Return the stretch of ``text`` that the span covers.

        >>> Span(3, 6).of("Der Hut")
        ' Hu'
        """
        return text[self.start : self.end]

    def shift(self, offset: int) -> "Span":
        """Return the span moved by ``offset`` code points."""
        if not offset:  # as in most documents of one paragraph
            return self
        return Span(self.start + offset, self.end + offset)


@dataclass(frozen=True, slots=True)
class Document:
    """A text exactly as it was read; nothing in it is normalised.

    ``source`` is the file it came from, ``language`` the one the user named; ``line``
    is the line of its file where a record starts, which has ``n_lines`` of them, and
    None of a text that is a file.
    """

    text: str
    id: str = "-"
    source: str | None = None
    language: str | None = None
    line: int | None = field(default=None, compare=False)
    n_lines: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a document: ``span.of(document.text) == text``."""

    text: str
    span: Span
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A single defect: a fact with a place in the document.

    ``fix`` is what may stand there instead, where a change is safe; ``paragraph`` is
    the index of the paragraph it lies in, or None for the document as a whole.
    """

    code: str
    name: str
    severity: Severity
    span: Span
    message: str
    fix: str | None = None
    paragraph: int | None = None


@dataclass(frozen=True, slots=True)
class Mistake:
    """A grammar mistake, by LanguageTool's rule; the span counts the paragraph."""

    rule: str
    kind: str
    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class Reason:
    """A feature that moved the verdict.

    ``effect`` is its share in the log-odds of the label, against the average text;
    ``span`` is the place that shows it best, where there is one.
    """

    feature: str
    value: float
    effect: float
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of one paragraph, or of a whole document (``paragraph`` is None).

    Where ``abstained`` names a reason, label, probabilities and evidence are None.
    """

    document: str
    paragraph: int | None
    span: Span
    language: str | None
    label: Label | None
    probabilities: Mapping[Label, float] | None
    evidence: Evidence | None
    abstained: str | None
    findings: tuple[Finding, ...] = ()
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Scored:
    """A document with its verdicts, in the order of its paragraphs.

    ``unchecked`` has a reason for each paragraph whose grammar was to be checked, and
    could not be.
    """

    document: Document
    verdicts: tuple[Verdict, ...]
    unchecked: tuple[str, ...] = ()
