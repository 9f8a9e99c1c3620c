"""The whole path: segment, extract, classify, for documents in batches."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from math import exp, nan
from pathlib import Path
from typing import Any, Literal

import numpy as np

from mtcheck.classify import (
    LEVELS_OF_EVIDENCE,
    AdditiveModel,
    Array,
    Context,
    effects,
    evidence,
)
from mtcheck.errors import ConfigError, InputError, ModelError
from mtcheck.extract import TIERS, Extraction, Tier, schema
from mtcheck.models import DEFAULT, Model, open_model
from mtcheck.rules import find_defects
from mtcheck.segment import MODES, Passage, passages
from mtcheck.types import (
    LABELS,
    Document,
    Finding,
    Label,
    Paragraph,
    Reason,
    Scored,
    Span,
    Verdict,
)

Level = Literal["paragraph", "document"]
LEVELS: tuple[Level, ...] = ("paragraph", "document")

MIN_WORDS = 5
"""Under so many words nobody can judge."""

MEASURED_CHARACTERS = 100_000
"""Code points of a paragraph that are measured, from its start: a dozen pages of it
say what it is, and a broken file can be one line of a hundred megabytes."""

BATCH_CHARACTERS = 200_000
"""Documents are scored together up to so many code points: a few hundred paragraphs."""

N_REASONS = 3
LEAST_EFFECT = 0.1


def score(
    texts: Iterable[str | Document],
    *,
    model: str | Path = DEFAULT,
    language: str | None = None,
    tier: Tier = "full",
    level: Level = "paragraph",
    paragraphs: str = "auto",
    jobs: int = 1,
) -> list[Scored]:
    """Return the verdicts of each text, in order.

    Raises a ModelError where the model cannot be opened, a ConfigError for a setting
    out of range.
    """
    if isinstance(texts, (str, Document)):
        raise TypeError(
            "texts must be an iterable of texts, got one text; put it in a list"
        )
    documents = (
        _as_document(text, number, language) for number, text in enumerate(texts)
    )
    found = score_documents(
        documents,
        model=model,
        tier=tier,
        level=level,
        paragraphs=paragraphs,
        jobs=jobs,
    )
    return [item for item in found if isinstance(item, Scored)]


def _as_document(text: str | Document, number: int, language: str | None) -> Document:
    if isinstance(text, Document):
        return text
    if not isinstance(text, str):
        raise TypeError(
            f"each text must be a string or a Document, got {type(text).__name__}"
        )
    return Document(text, str(number), None, language)


def score_documents(
    documents: Iterable[Document | InputError],
    *,
    model: str | Path = DEFAULT,
    tier: Tier = "full",
    level: Level = "paragraph",
    paragraphs: str = "auto",
    jobs: int = 1,
) -> Iterator[Scored | InputError]:
    """Yield each document with its verdicts, in order; lost inputs pass through.

    Works in batches, with ``jobs`` processes; their number changes only the time.
    """
    for name, value, known in (
        ("tier", tier, TIERS),
        ("level", level, LEVELS),
        ("paragraphs", paragraphs, MODES),
    ):
        if value not in known:
            raise ConfigError(
                f"{name} must be one of {', '.join(known)}, got {value!r}"
            )
    if jobs < 1:
        raise ConfigError(f"jobs must be at least 1, got {jobs}")
    folder = open_model(model).folder
    _scorer(folder, tier)  # A damaged model is refused before the first document.
    tasks = ((folder, tier, level, paragraphs, batch) for batch in _batches(documents))
    if jobs == 1:
        done: Iterable[list[Scored | InputError]] = (
            _score_batch(*task) for task in tasks
        )
    else:
        from joblib import Parallel, delayed

        done = Parallel(n_jobs=jobs, return_as="generator")(
            delayed(_score_batch)(*task) for task in tasks
        )
    return chain.from_iterable(done)


def _batches(
    documents: Iterable[Document | InputError],
) -> Iterator[list[Document | InputError]]:
    batch: list[Document | InputError] = []
    size = 0
    for document in documents:
        batch.append(document)
        size += len(document.text) if isinstance(document, Document) else 0
        if size >= BATCH_CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _score_batch(
    folder: Path,
    tier: Tier,
    level: Level,
    paragraphs: str,
    batch: Sequence[Document | InputError],
) -> list[Scored | InputError]:
    scorer = _scorer(folder, tier)
    documents = [item for item in batch if isinstance(item, Document)]
    scored = iter(scorer.score(documents, level, paragraphs))
    return [next(scored) if isinstance(item, Document) else item for item in batch]


@cache
def _scorer(folder: Path, tier: Tier) -> "Scorer":
    return Scorer(open_model(folder), tier)


@dataclass
class _Examined:
    """A paragraph on its way to a verdict; ``measured`` is the part that is judged."""

    passage: Passage
    measured: Passage
    findings: tuple[Finding, ...]
    abstained: str | None
    vector: Array | None = None
    contributions: Array | None = None
    logits: Array | None = None

    @property
    def n_words(self) -> int:
        return len(self.measured.words)

    @property
    def counted(self) -> tuple[Finding, ...]:
        """The findings in the part that is judged."""
        end = self.measured.paragraph.span.end
        return tuple([item for item in self.findings if item.span.end <= end])

    @property
    def is_residue(self) -> bool:
        """Whether what the scraper left makes up most of the paragraph."""
        covered = sum(
            item.span.end - item.span.start
            for item in self.findings
            if item.code[2] == "5"
        )
        return covered * 2 > len(self.passage.paragraph.text)


class Scorer:
    """A model opened for one tier; each language is opened when it is first met."""

    def __init__(self, model: Model, tier: Tier = "full") -> None:
        fingerprint = schema("full").fingerprint
        if model.card["schema"] != fingerprint:
            raise ModelError(
                f"model {model.name}: made for schema {model.card['schema']}, this is "
                f"{fingerprint}; refit with python -m training"
            )
        self.model = model
        self.tier: Tier = tier
        self._opened: dict[str, _Language] = {}

    def score(
        self,
        documents: Sequence[Document],
        level: Level = "paragraph",
        mode: str = "auto",
    ) -> Iterator[Scored]:
        """Yield the verdicts of a batch of documents, in order."""
        batch = [
            [self._examine(item) for item in passages(text, mode)] for text in documents
        ]
        self._predict([item for items in batch for item in items])
        for document, items in zip(documents, batch, strict=True):
            if level == "document":
                yield Scored(document, (self._document_verdict(document, items),))
            else:
                yield Scored(document, tuple(self._paragraph_verdicts(document, items)))

    def _language(self, code: str) -> "_Language":
        if code not in self._opened:
            self._opened[code] = _Language(self.model, code, self.tier)
        return self._opened[code]

    def _examine(self, passage: Passage) -> _Examined:
        findings = find_defects(passage)
        measured = _start_of(passage)
        code = passage.paragraph.language
        if len(measured.words) < MIN_WORDS:
            return _Examined(passage, measured, findings, "too-short")
        if code not in self.model.languages:
            return _Examined(passage, measured, findings, "language")
        return _Examined(passage, measured, findings, None)

    def _predict(self, items: Sequence[_Examined]) -> None:
        judged = [item for item in items if item.abstained is None]
        for code in sorted({item.passage.paragraph.language or "" for item in judged}):
            own = [item for item in judged if item.passage.paragraph.language == code]
            opened = self._language(code)
            vectors = opened.extraction.measure(
                [item.measured for item in own], [item.counted for item in own]
            )
            contributions = opened.model.contributions(vectors)
            logits = contributions.sum(axis=1) + opened.model.intercept
            for item, *found in zip(own, vectors, contributions, logits, strict=True):
                item.vector, item.contributions, item.logits = found

    def _paragraph_verdicts(
        self, document: Document, items: Sequence[_Examined]
    ) -> Iterator[Verdict]:
        informed = self._informed(items)
        for index, item in enumerate(items):
            paragraph = item.passage.paragraph
            shown = (document.id, index, paragraph.span, paragraph.language)
            if item.abstained is not None:
                yield Verdict(*shown, None, None, None, item.abstained, item.findings)
                continue
            judged = self._judge(paragraph.language or "", informed[index])
            reasons = self._reasons(judged[0], [item])
            yield Verdict(*shown, *judged, None, item.findings, reasons)

    def _informed(self, items: Sequence[_Examined]) -> dict[int, Array]:
        """Return the logits of each judged paragraph in the light of the others."""
        judged = [index for index, item in enumerate(items) if item.logits is not None]
        prose = [index for index in judged if not items[index].is_residue]
        found = {index: items[index].logits for index in judged}
        if len(prose) > 1:
            context = self._language(
                items[prose[0]].passage.paragraph.language or ""
            ).context
            n_words = np.array([float(items[index].n_words) for index in prose])
            informed = context.paragraphs(
                np.array([found[index] for index in prose]), n_words
            )
            found.update(zip(prose, informed, strict=True))
        return found  # type: ignore[return-value]

    def _document_verdict(
        self, document: Document, items: Sequence[_Examined]
    ) -> Verdict:
        findings = tuple(finding for item in items for finding in item.findings)
        judged = [item for item in items if item.logits is not None]
        judged = [item for item in judged if not item.is_residue] or judged
        words: dict[str | None, int] = {}
        for item in judged or items:
            code = item.passage.paragraph.language
            words[code] = words.get(code, 0) + item.n_words
        code = max(words, key=lambda key: words[key], default=document.language)
        shown = (document.id, None, Span(0, len(document.text)), code)
        if not judged:
            causes = {item.abstained for item in items}
            cause = "language" if "language" in causes else "too-short"
            return Verdict(*shown, None, None, None, cause, findings)
        judged = [item for item in judged if item.passage.paragraph.language == code]
        n_words = np.array([float(item.n_words) for item in judged])
        opened = self._language(code or "")
        facts = opened.model.facts(np.array([item.contributions for item in judged]))
        logits = np.array([item.logits for item in judged])
        logits = opened.context.document(logits, n_words, facts)
        verdict = self._judge(code or "", logits)
        return Verdict(
            *shown, *verdict, None, findings, self._reasons(verdict[0], judged)
        )

    def _judge(self, code: str, logits: Array) -> tuple[Label, dict[Label, float], Any]:
        # Three numbers: numpy would take ten times as long as plain Python.
        plain = logits.tolist()
        highest = max(plain)
        raised = [exp(logit - highest) for logit in plain]
        total = sum(raised)
        shares = [share / total for share in raised]
        label = LABELS[shares.index(max(shares))]
        thresholds = self._language(code).thresholds
        return (
            label,
            dict(zip(LABELS, shares, strict=True)),
            evidence(shares, thresholds),
        )

    def _reasons(self, label: Label, items: Sequence[_Examined]) -> tuple[Reason, ...]:
        """Return the features that moved the verdict most, each with its best place."""
        opened = self._language(items[0].passage.paragraph.language or "")
        gains = [effects(item.contributions, label) for item in items]  # type: ignore[arg-type]
        mean = gains[0]
        if len(items) > 1:
            n_words = np.array([float(item.n_words) for item in items])
            mean = n_words @ np.array(gains) / n_words.sum()
        reasons = []
        for at in np.argsort(-mean, kind="stable")[:N_REASONS].tolist():
            if mean[at] < LEAST_EFFECT:
                break
            best = (
                0 if len(items) == 1 else int(np.argmax([gain[at] for gain in gains]))
            )
            item = items[best]
            feature = opened.model.features[at]
            places = opened.extraction.locate(item.measured, item.findings, feature)
            value = nan if item.vector is None else float(item.vector[at])
            reasons.append(
                Reason(feature, value, float(mean[at]), next(iter(places), None))
            )
        return tuple(reasons)


class _Language:
    """What is opened for one language: extractors, tables, context, thresholds."""

    def __init__(self, model: Model, code: str, tier: Tier) -> None:
        resources = model.resources(code)
        name = f"classifier.{tier}"
        raw = resources.json(name)
        try:
            self.model = AdditiveModel.from_json(raw)
            self.context = Context.from_json(raw)
        except ModelError as error:
            path = resources.path(f"{name}.json")
            raise ModelError(f"{path}: {error}") from error
        self.extraction = Extraction(resources, code, tier, self.model.used)
        if self.model.features != self.extraction.schema.names:
            raise ModelError(
                f"model {model.name}: the features of {code} are not this version's"
            )
        self.thresholds = _thresholds(model, code, tier)


def _thresholds(model: Model, code: str, tier: Tier) -> dict[str, dict[str, float]]:
    """Return the thresholds of the card for one language and tier."""
    made = [str(label) for label in LABELS if label != Label.ORIGINAL]
    try:
        card = model.card["thresholds"][code][tier]
        return {
            label: {rate: float(card[label][rate]) for rate, _ in LEVELS_OF_EVIDENCE}
            for label in made
        }
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(
            f"model {model.name}: the card's thresholds of {code}, tier {tier}, cannot "
            f"be read ({error!r})"
        ) from error


def _start_of(passage: Passage) -> Passage:
    """Return the part of a passage that is measured: nearly always the whole."""
    paragraph = passage.paragraph
    if len(paragraph.text) <= MEASURED_CHARACTERS:
        return passage
    cut = paragraph.text.rfind(" ", 0, MEASURED_CHARACTERS)
    text = paragraph.text[: cut if cut > 0 else MEASURED_CHARACTERS]
    start = paragraph.span.start
    part = Paragraph(text, Span(start, start + len(text)), paragraph.language)
    return Passage(passage.document, (part,), 0)
