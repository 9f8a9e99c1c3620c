"""From documents to verdicts, a batch at a time: the model in the light of the text."""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import exp
from time import perf_counter
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from mtcheck.batch import Batch
from mtcheck.classify import (
    LEVELS_OF_EVIDENCE,
    AdditiveModel,
    Array,
    Context,
    effects,
    evidence,
)
from mtcheck.clock import Clock
from mtcheck.errors import ModelError
from mtcheck.extract import Extraction, Tier, schema
from mtcheck.grammar.checker import Checker, Unchecked
from mtcheck.models import Model
from mtcheck.rules import is_residue
from mtcheck.rules.grammar import with_mistakes
from mtcheck.segment import Passage, count_words, passages
from mtcheck.together import Inspector
from mtcheck.types import (
    LABELS,
    Document,
    Finding,
    Label,
    Mistake,
    Paragraph,
    Reason,
    Scored,
    Span,
    Verdict,
)
from mtcheck.vocabulary import Vocabulary

Level = Literal["paragraph", "document"]
LEVELS: tuple[Level, ...] = ("paragraph", "document")

MIN_WORDS = 5
"""Under so many words nobody can judge."""

MEASURED_CHARACTERS = 100_000
"""Code points of a paragraph that are measured, from its start: a dozen pages of it
say what it is, and a broken file can be one line of a hundred megabytes."""

LARGEST_BATCH = 1_000
"""Paragraphs that are judged together; of a longer document what is no longer needed is
let go of on the way."""

MOST_KEPT = 4_096
"""Texts whose judgement is kept for when they come again, some 15 MB a language."""

MOST_KEPT_CHARACTERS = 4_000_000
"""Code points of these texts: twice those of so many paragraphs, and few long ones."""

N_REASONS = 3
LEAST_EFFECT = 0.1


_Key = tuple[str, tuple[tuple[str, Span], ...], tuple[Mistake, ...] | None]


@dataclass
class _Examined:
    """A paragraph on its way to a verdict; ``measured`` is the part that is judged.

    It has the place ``at`` in its ``batch``, if it was measured and not just known.
    """

    passage: Passage
    measured: Passage
    abstained: str | None
    n_words: int = 0
    findings: tuple[Finding, ...] = ()
    mistakes: tuple[Mistake, ...] | Unchecked | None = None
    judged: "_Judged | None" = None
    batch: Batch | None = None
    at: int = 0

    @property
    def language(self) -> str:
        """The language of the paragraph, if it has one."""
        return self.passage.paragraph.language or ""

    @property
    def start(self) -> int:
        """Where in the document the paragraph starts."""
        return self.measured.paragraph.span.start

    @property
    def key(self) -> _Key:
        """All that a judgement depends on."""
        start = self.start
        findings = tuple(
            [(item.code, item.span.shift(-start)) for item in self.counted]
        )
        return self.measured.paragraph.text, findings, self.checked

    @property
    def checked(self) -> tuple[Mistake, ...] | None:
        """The grammar mistakes, if anybody looked for them."""
        return self.mistakes if isinstance(self.mistakes, tuple) else None

    @property
    def counted(self) -> tuple[Finding, ...]:
        """The findings in the part that is judged."""
        end = self.measured.paragraph.span.end
        return tuple([item for item in self.findings if item.span.end <= end])

    @property
    def shown(self) -> tuple[Finding, ...]:
        """The findings of rules, and the grammar mistakes."""
        if not isinstance(self.mistakes, tuple):
            return self.findings
        return with_mistakes(self.findings, self.mistakes, self.passage)

    @property
    def is_residue(self) -> bool:
        """Whether what the scraper left makes up most of the paragraph."""
        return is_residue(self.passage, self.findings)


@dataclass(frozen=True, slots=True)
class _Judged:
    """What the model says of a text, wherever it stands.

    ``effects`` is of shape (features, labels); ``leading`` has the features with the
    largest ones for each label, of shape (reasons, labels). ``places`` has the place of
    features that were shown, counted from the start of the paragraph.
    """

    n_words: int
    vector: Array
    logits: Array
    facts: Array
    effects: Array
    leading: NDArray[np.intp]
    places: dict[int, Span | None] = field(default_factory=dict)


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
        for document, items in zip(documents, batch, strict=True):
            with clock.time("verdicts"):
                verdicts = (
                    (self._document_verdict(document, items),)
                    if level == "document"
                    else tuple(self._paragraph_verdicts(document, items))
                )
            lost = [it.mistakes for it in items if isinstance(it.mistakes, Unchecked)]
            yield Scored(document, verdicts, tuple(item.reason for item in lost))

    def _judged(
        self,
        documents: Sequence[Document],
        mode: str,
        checker: Checker | None,
        clock: Clock,
    ) -> list[list[_Examined]]:
        """Return the paragraphs of each document with what the model says of them."""
        batch: list[list[_Examined]] = []
        pending: list[_Examined] = []

        def judge() -> None:
            with clock.time("rules"):
                found = self._inspector.find([item.passage for item in pending])
                for item, findings in zip(pending, found, strict=True):
                    item.findings = findings
            if checker is not None:
                with clock.time("grammar"):
                    _proofread(pending, checker)
            self._predict(pending, clock)

        for document in documents:
            items: list[_Examined] = []
            # Told by hand: a block for each paragraph would take longer than some.
            start = perf_counter()
            for passage in passages(document, mode):
                segmented = perf_counter()
                items.append(self._examine(passage))
                pending.append(items[-1])
                clock.add("segmenting", segmented - start)
                start = perf_counter()
                clock.add("rules", start - segmented)
                if len(pending) == LARGEST_BATCH:
                    judge()
                    with clock.time("verdicts"):
                        for item in pending:
                            self._settle(item)
                    pending.clear()
                    start = perf_counter()
            batch.append(items)
        judge()
        return batch

    def _language(self, code: str) -> "_Language":
        if code not in self._opened:
            self._opened[code] = _Language(self.model, code, self.tier)
        return self._opened[code]

    def _examine(self, passage: Passage) -> _Examined:
        measured = _start_of(passage)
        n_words = count_words(measured.paragraph.text, MIN_WORDS)
        if n_words < MIN_WORDS:
            return _Examined(passage, measured, "too-short", n_words)
        if passage.paragraph.language not in self.model.languages:
            n_words = count_words(measured.paragraph.text)
            return _Examined(passage, measured, "language", n_words)
        return _Examined(passage, measured, None)

    def _predict(self, items: Sequence[_Examined], clock: Clock) -> None:
        judged = [item for item in items if item.abstained is None]
        for code in sorted({item.language for item in judged}):
            with clock.time("opening"):
                opened = self._language(code)
            own = [item for item in judged if item.language == code]
            new: dict[_Key, list[_Examined]] = {}
            with clock.time("classifying"):
                for item in own:
                    key = item.key
                    item.judged = opened.kept.get(key)
                    if item.judged is None:
                        new.setdefault(key, []).append(item)
            first = [same[0] for same in new.values()]
            found = self._measured(opened, first, clock)
            for (key, same), known in zip(new.items(), found, strict=True):
                opened.kept.put(key, known)
                for item in same:
                    item.judged = known
        for item in judged:
            if item.judged is not None:
                item.n_words = item.judged.n_words

    def _measured(
        self, opened: "_Language", items: Sequence[_Examined], clock: Clock
    ) -> Iterator[_Judged]:
        """Yield what the model says of paragraphs of one language."""
        with clock.time("tokens"):
            batch = opened.batch(items)
            n_words = batch.n_words.tolist()
        vectors = opened.extraction.measure(batch, clock)
        with clock.time("classifying"):
            shares = opened.model.contributions(vectors)
            logits = opened.model.merged(shares.sum(axis=1) + opened.model.intercept)
            gains = effects(opened.model.by_label(shares))
            gains[np.isnan(vectors)] = 0  # What was not measured is no reason.
            leading = np.argsort(-gains, axis=1, kind="stable")[:, :N_REASONS]
            facts = opened.model.facts(shares)
        columns = vectors, logits, facts, gains, leading
        for at, (item, *rows) in enumerate(zip(items, *columns, strict=True)):
            item.batch, item.at = batch, at
            # Copies: a row that is kept would keep the whole batch.
            yield _Judged(n_words[at], *[row.copy() for row in rows])

    def _settle(self, item: _Examined) -> None:
        """Find the places that reasons may need, and let go of the batch."""
        if item.judged is not None:
            for feature in np.unique(item.judged.leading).tolist():
                if item.judged.effects[feature].max() >= LEAST_EFFECT:
                    self._place(item, feature)
        item.batch = None
        # A new one: an old one keeps its words and its sentences.
        item.passage, item.measured = replace(item.passage), replace(item.measured)

    def _paragraph_verdicts(
        self, document: Document, items: Sequence[_Examined]
    ) -> Iterator[Verdict]:
        informed = self._informed(items)
        for index, item in enumerate(items):
            paragraph = item.passage.paragraph
            shown = (document.id, index, paragraph.span, paragraph.language)
            if item.judged is None:
                yield Verdict(*shown, None, None, None, item.abstained, item.shown)
                continue
            judged = self._judge(paragraph.language or "", informed[index])
            reasons = self._reasons(judged[0], [item])
            yield Verdict(*shown, *judged, None, item.shown, reasons)

    def _informed(self, items: Sequence[_Examined]) -> dict[int, Array]:
        """Return the logits of each judged paragraph in the light of the others.

        Only those in its language: another's are from other models.
        """
        found: dict[int, Array] = {}
        groups: dict[str, list[int]] = {}
        for index, item in enumerate(items):
            if item.judged is not None:
                found[index] = item.judged.logits
                if len(items) > 1 and not item.is_residue:
                    code = item.passage.paragraph.language or ""
                    groups.setdefault(code, []).append(index)
        for code, own in groups.items():
            n_words = np.array([float(items[index].n_words) for index in own])
            logits = np.array([found[index] for index in own])
            informed = self._language(code).context.paragraphs(logits, n_words)
            found.update(zip(own, informed, strict=True))
        return found

    def _document_verdict(
        self, document: Document, items: Sequence[_Examined]
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
        judged = [item.judged for item in chosen if item.judged is not None]
        n_words = np.array([float(item.n_words) for item in chosen])
        facts = np.array([item.facts for item in judged])
        logits = np.array([item.logits for item in judged])
        logits = self._language(code or "").context.document(logits, n_words, facts)
        verdict = self._judge(code or "", logits)
        reasons = self._reasons(verdict[0], chosen, n_words)
        return Verdict(*shown, *verdict, None, findings, reasons)

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

    def _reasons(
        self, label: Label, items: Sequence[_Examined], n_words: Array | None = None
    ) -> tuple[Reason, ...]:
        """Return the features that moved the verdict most, each with its best place.

        Several paragraphs, all of them judged, are weighed by their ``n_words``.
        """
        column = LABELS.index(label)
        judged = [item.judged for item in items if item.judged is not None]
        leading, gains = judged[0].leading[:, column], judged[0].effects[:, column]
        if n_words is not None:
            every = np.array([known.effects[:, column] for known in judged])
            gains = n_words @ every / n_words.sum()
            leading = np.argsort(-gains, kind="stable")[:N_REASONS]
        names = self._language(items[0].language).model.features
        reasons = []
        for feature in leading.tolist():
            gain = float(gains[feature])
            if gain < LEAST_EFFECT:
                break
            best = max(
                range(len(items)), key=lambda at: judged[at].effects[feature, column]
            )
            value = float(judged[best].vector[feature])
            place = self._place(items[best], feature)
            reasons.append(Reason(names[feature], value, gain, place))
        return tuple(reasons)

    def _place(self, item: _Examined, feature: int) -> Span | None:
        """Return the place in the document that shows a feature best, if one does."""
        assert item.judged is not None
        places = item.judged.places
        if feature not in places:
            opened = self._language(item.language)
            if item.batch is None:
                item.batch, item.at = opened.batch([item]), 0
            name = opened.model.features[feature]
            spans = opened.extraction.locate(item.batch, item.at, name)
            found = next(iter(spans), None)
            places[feature] = found and found.shift(-item.start)
        place = places[feature]
        return place and place.shift(item.start)


class _Kept:
    """Judgements of texts that may come again, such as boilerplate; the last ones."""

    def __init__(self) -> None:
        self._judged: OrderedDict[_Key, _Judged] = OrderedDict()
        self._n_characters = 0

    def get(self, key: _Key) -> _Judged | None:
        """Return what was said of a text, if that is still known."""
        found = self._judged.get(key)
        if found is not None:
            self._judged.move_to_end(key)
        return found

    def put(self, key: _Key, judged: _Judged) -> None:
        """Keep what was said of a new text, and forget what did not come again."""
        self._judged[key] = judged
        self._n_characters += len(key[0])
        while len(self._judged) > 1 and self._is_full():
            (text, *_), _ = self._judged.popitem(last=False)
            self._n_characters -= len(text)

    def _is_full(self) -> bool:
        return (
            len(self._judged) > MOST_KEPT or self._n_characters > MOST_KEPT_CHARACTERS
        )


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
        self.kept = _Kept()
        self._vocabulary = Vocabulary()

    def batch(self, items: Sequence[_Examined]) -> Batch:
        """Put paragraphs together; they share the tokens of earlier batches.

        Those are begun anew where they are too many.
        """
        self._vocabulary = self._vocabulary.renewed()
        return Batch(
            [item.measured for item in items],
            [item.counted for item in items],
            [item.checked for item in items],
            self._vocabulary,
        )


def _proofread(items: Sequence[_Examined], checker: Checker) -> None:
    """Have the grammar checked of all paragraphs in a known language."""
    found = checker.check_all([item.measured.paragraph for item in items])
    for item, mistakes in zip(items, found, strict=True):
        item.mistakes = mistakes


def _thresholds(model: Model, code: str, tier: Tier) -> dict[str, dict[str, float]]:
    """Return the thresholds of the card for one language and tier."""
    made = [str(label) for label in LABELS if label != Label.ORIGINAL]
    try:
        card = model.card["thresholds"][code][tier]
        return {
            label: {rate: _share(card[label][rate]) for rate, _ in LEVELS_OF_EVIDENCE}
            for label in made
        }
    except (KeyError, OverflowError, TypeError, ValueError) as error:
        raise ModelError(
            f"model {model.name}: the card's thresholds of {code}, tier {tier}, cannot "
            f"be read ({error!r})"
        ) from error


def _share(raw: Any) -> float:
    share = float(raw)
    if not 0 <= share <= 1:
        raise ValueError(f"a threshold must be from 0 to 1, got {share:g}")
    return share


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
