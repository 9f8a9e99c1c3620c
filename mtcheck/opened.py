"""A language opened for a tier, and what it finds of paragraphs on their way."""

from collections.abc import Iterator, Sequence
from math import exp
from typing import Any

import numpy as np

from mtcheck.batch import Batch
from mtcheck.classify import (
    LEVELS_OF_EVIDENCE,
    READINGS,
    AdditiveModel,
    Array,
    Context,
    Reading,
    effects,
    evidence,
)
from mtcheck.clock import Clock
from mtcheck.errors import ModelError
from mtcheck.examined import Examined, Judged, Kept, Said
from mtcheck.extract import Extraction, Tier
from mtcheck.models import Model
from mtcheck.types import LABELS, Label, Reason, Span
from mtcheck.vocabulary import Vocabulary

N_REASONS = 3
LEAST_EFFECT = 0.1


class Opened:
    """What is opened for one language: extractors, tables, context, thresholds."""

    def __init__(self, model: Model, code: str, tier: Tier) -> None:
        resources = model.resources(code)
        name = f"classifier.{tier}"
        raw = resources.json(name)
        try:
            self._model = AdditiveModel.from_json(raw)
            self.context = Context.from_json(raw)
        except ModelError as error:
            path = resources.path(f"{name}.json")
            raise ModelError(f"{path}: {error}") from error
        self._extraction = Extraction(resources, code, tier, self._model.used)
        if self._model.features != self._extraction.schema.names:
            raise ModelError(
                f"model {model.name}: the features of {code} are not this version's"
            )
        self._thresholds = {
            reading: _thresholds(model, code, tier, reading) for reading in READINGS
        }
        self.kept = Kept()
        self._vocabulary = Vocabulary()

    def judge(self, items: Sequence[Examined], clock: Clock) -> list[Judged]:
        """Return what the model says of paragraphs, which are put into a batch."""
        with clock.time("tokens"):
            batch = self._batch(items)
            n_words = batch.n_words.tolist()
        vectors = self._extraction.measure(batch, clock)
        with clock.time("classifying"):
            logits = self._model.logits(vectors).tolist()
            for at, item in enumerate(items):
                item.batch, item.at = batch, at
            # Copies: a row that is kept would keep the whole batch.
            rows = [row.copy() for row in vectors]
            starts = [item.start for item in items]
            return [*map(Judged, starts, n_words, rows, logits)]

    def _batch(self, items: Sequence[Examined]) -> Batch:
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

    def say(self, logits: Sequence[float], reading: Reading) -> Said:
        """Return label, probabilities and evidence by the logits of the labels."""
        # Three numbers: numpy would take ten times as long as plain Python.
        highest = max(logits)
        raised = [exp(logit - highest) for logit in logits]
        # Not by sum, which rounds otherwise from Python 3.12 on.
        total = raised[0] + raised[1] + raised[2]
        shares = [share / total for share in raised]
        label = LABELS[shares.index(max(shares))]
        probabilities = dict(zip(LABELS, shares, strict=True))
        found = evidence(probabilities, self._thresholds[reading])
        return label, probabilities, found

    def facts(self, items: Sequence[Examined]) -> Array:
        """Return what findings add to each label, of shape (paragraphs, labels)."""
        return self._model.facts(self._model.contributions(_vectors(items)))

    def effects(self, items: Sequence[Examined]) -> Array:
        """Return what moved each label, of shape (paragraphs, features, labels)."""
        vectors = _vectors(items)
        shares = self._model.contributions(vectors)
        gains = effects(self._model.by_label(shares))
        gains[np.isnan(vectors)] = 0  # What was not measured is no reason.
        return gains

    def reason(self, item: Examined, feature: int, gain: float) -> Reason:
        """Return a feature that moved the verdict on a judged paragraph."""
        assert item.judged is not None
        name, value = self._model.features[feature], float(item.judged.vector[feature])
        return Reason(name, value, gain, self.place(item, feature))

    def place(self, item: Examined, feature: int) -> Span | None:
        """Return the place in the document that shows a feature best, if one does."""
        assert item.judged is not None
        places, offset = item.judged.places, item.start - item.judged.start
        if feature not in places:
            if item.batch is None:
                item.batch, item.at = self._batch([item]), 0
            name = self._model.features[feature]
            spans = self._extraction.locate(item.batch, item.at, name)
            found = next(iter(spans), None)
            places[feature] = found and found.shift(-offset)
        place = places[feature]
        return place and place.shift(offset)


def _vectors(items: Sequence[Examined]) -> Array:
    """Return the features of judged paragraphs, of shape (paragraphs, features)."""
    return np.array([item.judged.vector for item in items if item.judged])


def leaders(gains: Array) -> Iterator[list[tuple[int, float]]]:
    """Yield the features with the largest gains of each text, and these."""
    rest, texts = gains.copy(), np.arange(len(gains))
    chosen = np.empty((len(gains), N_REASONS), np.intp)
    for rank in range(N_REASONS):
        chosen[:, rank] = best = rest.argmax(axis=1)
        rest[texts, best] = -np.inf
    largest = np.take_along_axis(gains, chosen, axis=1)
    for features, own in zip(chosen.tolist(), largest.tolist(), strict=True):
        pairs = zip(features, own, strict=True)
        yield [(feature, gain) for feature, gain in pairs if gain >= LEAST_EFFECT]


def _thresholds(
    model: Model, code: str, tier: Tier, reading: Reading
) -> dict[Label, dict[str, float]]:
    """Return the thresholds of the card for one language, tier and way to read."""
    made = [label for label in LABELS if label != Label.ORIGINAL]
    try:
        card = model.card["thresholds"][code][tier][reading]
        return {
            label: {
                rate: _share(card[str(label)][rate]) for rate, _ in LEVELS_OF_EVIDENCE
            }
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
