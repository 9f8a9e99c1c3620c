"""From documents to verdicts, a batch at a time: the model in the light of the text."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from time import perf_counter
from typing import Literal

import numpy as np

from mtcheck.classify import Reading
from mtcheck.clock import Clock
from mtcheck.errors import ModelError
from mtcheck.examined import LARGEST_BATCH, Examined, Key, by_language
from mtcheck.extract import Tier, schema
from mtcheck.grammar.checker import Checker, Unchecked
from mtcheck.models import Model
from mtcheck.opened import Opened, leaders
from mtcheck.segment import Passage, count_words, passages
from mtcheck.together import Inspector
from mtcheck.types import LABELS, Document, Paragraph, Scored, Span, Verdict

Level = Literal["paragraph", "document"]
LEVELS: tuple[Level, ...] = ("paragraph", "document")

MIN_WORDS = 5
"""Under so many words nobody can judge."""

MEASURED_CHARACTERS = 100_000
"""Code points of a paragraph that are measured, from its start: a dozen pages of it
say what it is, and a broken file can be one line of a hundred megabytes."""


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
        self._opened: dict[str, Opened] = {}
        self._inspector = Inspector()

    def score(
        self,
        documents: Sequence[Document],
        level: Level = "paragraph",
        mode: str = "auto",
        checker: Checker | None = None,
        clock: Clock | None = None,
    ) -> Iterator[Scored]:
        """Yield the verdicts of a batch of documents, in order.

        The ``clock`` is told how long each stage took.
        """
        clock = clock or Clock()
        batch = self._judged(documents, mode, checker, clock)
        with clock.time("verdicts"):
            verdicts: Sequence[tuple[Verdict, ...]]
            if level == "document":
                pairs = zip(documents, batch, strict=True)
                verdicts = [(self._document_verdict(*pair),) for pair in pairs]
            else:
                verdicts = self._paragraph_verdicts(documents, batch)
        for document, items, own in zip(documents, batch, verdicts, strict=True):
            lost = [it.mistakes for it in items if isinstance(it.mistakes, Unchecked)]
            yield Scored(document, own, tuple([item.reason for item in lost]))

    def _judged(
        self,
        documents: Sequence[Document],
        mode: str,
        checker: Checker | None,
        clock: Clock,
    ) -> list[list[Examined]]:
        """Return the paragraphs of each document with what the model says of them."""
        batch: list[list[Examined]] = []
        pending: list[Examined] = []

        def judge() -> None:
            with clock.time("rules"):
                found = self._inspector.find([item.passage for item in pending])
                for item, findings in zip(pending, found, strict=True):
                    item.findings = findings
            if checker is not None:
                with clock.time("grammar"):
                    _proofread(pending, checker)
            self._predict(pending, clock)

        segmenting = 0.0
        for document in documents:
            items: list[Examined] = []
            # Told by hand: a block for each paragraph would take longer than some.
            start = perf_counter()
            for passage in passages(document, mode):
                item = self._examine(passage)
                items.append(item)
                pending.append(item)
                if len(pending) == LARGEST_BATCH:
                    segmenting += perf_counter() - start
                    judge()
                    with clock.time("verdicts"):
                        self._settle(pending)
                    pending.clear()
                    start = perf_counter()
            segmenting += perf_counter() - start
            batch.append(items)
        clock.add("segmenting", segmenting)
        judge()
        return batch

    def _language(self, code: str) -> Opened:
        if code not in self._opened:
            self._opened[code] = Opened(self.model, code, self.tier)
        return self._opened[code]

    def _examine(self, passage: Passage) -> Examined:
        measured = _start_of(passage)
        n_words = count_words(measured.paragraph.text, MIN_WORDS)
        if n_words < MIN_WORDS:
            return Examined(passage, measured, "too-short", n_words)
        if passage.paragraph.language not in self.model.languages:
            n_words = count_words(measured.paragraph.text)
            return Examined(passage, measured, "language", n_words)
        return Examined(passage, measured, None)

    def _predict(self, items: Sequence[Examined], clock: Clock) -> None:
        """Find what the model says of paragraphs of any language."""
        for code, own in by_language(items):
            with clock.time("opening"):
                opened = self._language(code)
            with clock.time("classifying"):
                new: dict[Key, list[Examined]] = {}
                for item in own:
                    key = item.key
                    item.judged = opened.kept.get(key)
                    if item.judged is None:
                        new.setdefault(key, []).append(item)
            found = opened.judge([same[0] for same in new.values()], clock)
            with clock.time("classifying"):
                for (key, same), known in zip(new.items(), found, strict=True):
                    opened.kept.put(key, known)
                    for item in same:
                        item.judged = known

    def _settle(self, items: Sequence[Examined]) -> None:
        """Find the places that reasons may need, and let go of the batch."""
        for code, own in by_language(items):
            opened = self._language(code)
            gains = opened.effects(own)
            for column in range(len(LABELS)):
                for item, leading in zip(own, leaders(gains[..., column]), strict=True):
                    for feature, _ in leading:
                        opened.place(item, feature)
        for item in items:
            item.batch = None
            # A new one: an old one keeps its words and its sentences.
            item.passage, item.measured = replace(item.passage), replace(item.measured)

    def _paragraph_verdicts(
        self, documents: Sequence[Document], batch: Sequence[Sequence[Examined]]
    ) -> list[tuple[Verdict, ...]]:
        """Return the verdicts on the paragraphs of each document."""
        for items in batch:
            for item, logits, reading in self._informed(items):
                item.said = self._language(item.language).say(logits, reading)
        self._explain([item for items in batch for item in items])
        return [
            tuple([_verdict(document, *each) for each in enumerate(items)])
            for document, items in zip(documents, batch, strict=True)
        ]

    def _informed(
        self, items: Sequence[Examined]
    ) -> Iterable[tuple[Examined, Sequence[float], Reading]]:
        """Return each judged paragraph with its logits in the light of the others.

        Only those in its language: another's are from other models. Where there are
        none, it was read alone.
        """
        groups: dict[tuple[str, int | None], list[Examined]] = {}
        for at, item in enumerate(items):
            if item.judged:
                # What a page has around its text is nobody's neighbour.
                alone = at if item.is_residue else None
                groups.setdefault((item.language, alone), []).append(item)
        for (code, _), own in groups.items():
            n_words = np.array([float(item.n_words) for item in own])
            logits = np.array([item.judged.logits for item in own if item.judged])
            informed = self._language(code).context.paragraphs(logits, n_words)
            reading: Reading = "together" if len(own) > 1 else "alone"
            for item, found in zip(own, informed.tolist(), strict=True):
                yield item, found, reading

    def _explain(self, items: Sequence[Examined]) -> None:
        """Find the features that moved each verdict most, each with its best place."""
        for code, own in by_language(items):
            opened = self._language(code)
            columns = [LABELS.index(item.said[0]) for item in own if item.said]
            gains = opened.effects(own)[np.arange(len(own)), :, columns]
            for item, leading in zip(own, leaders(gains), strict=True):
                item.reasons = tuple([opened.reason(item, *each) for each in leading])

    def _document_verdict(
        self, document: Document, items: Sequence[Examined]
    ) -> Verdict:
        findings = tuple(finding for item in items for finding in item.shown)
        chosen = [item for item in items if item.judged is not None]
        chosen = [item for item in chosen if not item.is_residue] or chosen
        words: dict[str | None, int] = {}
        for item in chosen or items:
            code = item.passage.paragraph.language
            words[code] = words.get(code, 0) + item.n_words
        code = max(words, key=lambda key: words[key], default=document.language)
        shown = (document.id, None, Span(0, len(document.text)), code)
        if not chosen:
            causes = {item.abstained for item in items}
            cause = "language" if "language" in causes else "too-short"
            return Verdict(*shown, None, None, None, cause, findings)
        chosen = [item for item in chosen if item.passage.paragraph.language == code]
        opened = self._language(code or "")
        n_words = np.array([float(item.n_words) for item in chosen])
        runs = [own for _, own in by_language(chosen)]
        facts = np.concatenate([opened.facts(own) for own in runs])
        logits = np.array([item.judged.logits for item in chosen if item.judged])
        reading: Reading = "document" if len(chosen) > 1 else "alone"
        pooled = opened.context.document(logits, n_words, facts)
        said = opened.say(pooled.tolist(), reading)
        column = LABELS.index(said[0])
        # Copies: a view would keep the other labels; and the last digits of a product
        # depend on how the numbers lie in memory.
        gains = [np.ascontiguousarray(opened.effects(own)[..., column]) for own in runs]
        every = np.concatenate(gains)
        (leading,) = leaders((n_words @ every / n_words.sum())[np.newaxis])
        reasons = [
            opened.reason(chosen[every[:, feature].argmax()], feature, gain)
            for feature, gain in leading
        ]
        return Verdict(*shown, *said, None, findings, tuple(reasons))


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


def _verdict(document: Document, index: int, item: Examined) -> Verdict:
    """Return what is said of a paragraph of a document."""
    paragraph = item.passage.paragraph
    label, probabilities, level = item.said or (None, None, None)
    return Verdict(
        document.id,
        index,
        paragraph.span,
        paragraph.language,
        label,
        probabilities,
        level,
        item.abstained,
        item.shown,
        item.reasons,
    )


def _proofread(items: Sequence[Examined], checker: Checker) -> None:
    """Have the grammar checked of all paragraphs in a known language."""
    found = checker.check_all([item.measured.paragraph for item in items])
    for item, mistakes in zip(items, found, strict=True):
        item.mistakes = mistakes
