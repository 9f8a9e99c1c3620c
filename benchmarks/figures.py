"""Figures of labelled verdicts: macro-F1, areas under curves, recall at false alarms.

"Human" is what people wrote in their own language: originals without translations and
without learners' texts. Thresholds for false alarms are quantiles of its scores.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mtcheck.benchmarking.figures import (
    MADE,
    Array,
    area,
    calibration_error,
    macro_f1,
    mean,
)
from mtcheck.benchmarking.figures import recalls as recalls_at
from mtcheck.classify import softmax
from mtcheck.types import LABELS, Label
from training.data import Row, label_index

FALSE_ALARMS = (0.01, 0.05)

_LEARNERS = frozenset({"fce_learner"})


def is_learners(rows: Sequence[Row]) -> Array:
    """Tell which rows learners of the language wrote."""
    return np.array([row.source in _LEARNERS for row in rows], bool)


@dataclass(frozen=True)
class Sample:
    """Labelled texts with their probabilities: an entry a text in every array."""

    truth: Array
    shares: Array
    is_human: Array
    is_translation: Array
    document: Array

    @classmethod
    def of(cls, rows: Sequence[Row], shares: Array) -> "Sample":
        """Return the sample of rows and the probabilities that they were given."""
        detail = np.array([row.detail for row in rows])
        _, document = np.unique([row.doc_id for row in rows], return_inverse=True)
        return cls(
            np.array([label_index(row) for row in rows]),
            shares,
            (detail == "human") & ~is_learners(rows),
            detail == "human_translation",
            document,
        )

    @property
    def said(self) -> Array:
        """The most probable label of each text."""
        said: Array = self.shares.argmax(axis=1)
        return said

    def take(self, chosen: Array) -> "Sample":
        """Return the sample of the chosen entries; indices may repeat."""
        return Sample(
            self.truth[chosen],
            self.shares[chosen],
            self.is_human[chosen],
            self.is_translation[chosen],
            self.document[chosen],
        )


def figures(sample: Sample) -> dict[str, float]:
    """Return the headline figures; NaN where the sample has no text to measure on."""
    truth, said = sample.truth, sample.said
    found = {
        "macro_f1": macro_f1(truth, said),
        "accuracy": mean(said == truth),
        "ece": calibration_error(sample.shares.max(axis=1), said == truth),
        "false_flags_on_human": mean(said[sample.is_human] != 0),
        "human_translation_called_mangled": mean(
            said[sample.is_translation] == LABELS.index(Label.MACHINE_MANGLED)
        ),
    }
    for label in MADE:
        scores = sample.shares[:, LABELS.index(label)]
        own, human = scores[truth == LABELS.index(label)], scores[sample.is_human]
        found[f"{label}.auc"] = area(own, human)
        found[f"{label}.auc_all_originals"] = area(own, scores[truth == 0])
        for rate, passed in zip(FALSE_ALARMS, recalls(own, human), strict=True):
            found[f"{label}.recall_at_{rate:g}"] = passed
    return found


def recalls(positive: Array, human: Array) -> list[float]:
    """Return the share of positives above each threshold for false alarms."""
    return recalls_at(positive, human, FALSE_ALARMS)


def passing(shares: Array, sample: Sample) -> dict[str, float]:
    """Return for each made label how many pass what 1 % of a sample's people pass."""
    found = {}
    for label in MADE:
        at = LABELS.index(label)
        human = sample.shares[sample.is_human, at]
        found[str(label)] = recalls(shares[:, at], human)[0]
    return found


def intervals(
    sample: Sample, n_replicates: int, seed: int
) -> dict[str, tuple[float, float]]:
    """Return 95 % intervals of the figures by a bootstrap over documents."""
    drawn = [
        figures(sample.take(chosen)) for chosen in resamples(sample, n_replicates, seed)
    ]
    return spread(drawn)


def resamples(sample: Sample, n_replicates: int, seed: int) -> Iterator[Array]:
    """Yield the places of texts of as many documents, drawn with replacement."""
    random = np.random.default_rng(seed)
    order = np.argsort(sample.document, kind="stable")
    sizes = np.bincount(sample.document)
    ends = np.cumsum(sizes)
    for _ in range(n_replicates):
        documents = random.integers(0, len(sizes), len(sizes))
        chosen = [order[ends[at] - sizes[at] : ends[at]] for at in documents]
        yield np.concatenate(chosen)


def spread(drawn: Sequence[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Return the middle 95 % of each figure over the draws."""
    found = {}
    for name in drawn[0]:
        values = [one[name] for one in drawn if not math.isnan(one[name])]
        low, high = np.quantile(values or [math.nan], [0.025, 0.975])
        found[name] = (float(low), float(high))
    return found


def strata(
    sample: Sample, keys: Sequence[tuple[str, ...]]
) -> Iterator[tuple[tuple[str, ...], dict[str, float]]]:
    """Yield the figures of each label in each stratum, in the order of their names.

    ``keys`` names the stratum of each text. ``recall`` is the share that is given its
    own label, ``flagged`` the share that is called anything but original.
    """
    names = [
        (LABELS[truth].value, *key)
        for truth, key in zip(sample.truth, keys, strict=True)
    ]
    for name in sorted(set(names)):
        inside = np.array([one == name for one in names])
        at = LABELS.index(Label(name[0]))
        found = {
            "n": int(inside.sum()),
            "recall": mean(sample.said[inside] == at),
            "flagged": mean(sample.said[inside] != 0),
        }
        if at:
            own, human = sample.shares[inside, at], sample.shares[sample.is_human, at]
            found["auc"] = area(own, human)
            found["recall_at_0.01"] = recalls(own, human)[0]
        yield name, found


def documents(rows: Sequence[Row], sample: Sample) -> dict[str, float]:
    """Return macro-F1 over documents of two and more texts, their shares pooled."""
    first, shares = pooled(rows, sample.shares, 2)
    if not first:
        return {"n": 0, "macro_f1": math.nan}
    truth = np.array([label_index(row) for row in first])
    return {"n": len(first), "macro_f1": macro_f1(truth, shares.argmax(axis=1))}


def pooled(rows: Sequence[Row], shares: Array, least: int) -> tuple[list[Row], Array]:
    """Return the documents of ``least`` and more texts: a row of each, and its shares.

    A document is all that one system made of one text; its shares are the geometric
    mean of its texts', and sum to one.
    """
    groups: dict[tuple[str, str, str], list[int]] = {}
    for at, row in enumerate(rows):
        groups.setdefault((row.doc_id, row.system, row.label), []).append(at)
    large = [group for group in groups.values() if len(group) >= least]
    logs = np.log(shares + 1e-6)
    found = np.array([logs[group].mean(axis=0) for group in large])
    return (
        [rows[group[0]] for group in large],
        softmax(found.reshape(-1, shares.shape[1])),
    )
