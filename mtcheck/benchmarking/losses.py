"""What attacked texts lose against the clean ones, over the same resamples.

Thresholds are those of clean text, as they are where a detector is used: an attack may
hide what was found, or have originals taken for something else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from mtcheck.benchmarking.bootstrap import (
    RATES,
    drawn,
    drawn_confusions,
    figure,
    joined,
    of_counts,
    plain,
    ranked,
)
from mtcheck.benchmarking.entrants import Scores, judged
from mtcheck.benchmarking.figures import MADE, Array
from mtcheck.benchmarking.plan import Plan
from mtcheck.types import LABELS

RATE = 0.01
"""Share of clean originals above the threshold that made texts must pass."""

FALSE_ALARMS = "false_alarms"
LOST = ("macro_f1", *(f"recall_at_{RATE:g}.{label}" for label in MADE), FALSE_ALARMS)
"""The figures of which a report has the difference to the clean texts."""


@dataclass(frozen=True)
class Group:
    """The texts of a language: their places among all, labels and documents.

    ``originals`` are the places within the group that made texts are compared with.
    """

    language: str
    rows: Array
    truth: Array
    document: Array
    labels: Array

    @cached_property
    def originals(self) -> Array:
        """The places of the originals within the group."""
        return np.flatnonzero(self.truth == 0)


Key = tuple[int, str, int]
"""Which group, model and attack."""

Part = tuple[Array, Array]
"""Probabilities of some texts, and which of them are flagged."""


def resampled(
    plan: Plan,
    n_documents: int,
    groups: Sequence[Group],
    clean: Mapping[str, Scores],
    attacked: Mapping[str, Sequence[Scores]],
) -> dict[Key, dict[str, tuple[Array, Array]]]:
    """Return each figure of each group, model and attack, clean and attacked.

    Two are of an attack only: ``changed``, the share of verdicts that are another, and
    ``probability``, the mean change of that of the right label. Figures are arrays over
    the same resamples of documents; the data come first.
    """
    n_texts = len(next(iter(clean.values())).shares)
    before = {name: _judged(clean[name]) for name in attacked}
    after = {name: [_judged(one) for one in own] for name, own in attacked.items()}
    parts: dict[Key, list[dict[str, Array]]] = {}
    for draws in drawn(n_documents, plan.resamples, plan.seed, n_texts):
        for place, group in enumerate(groups):
            weights = draws.T[group.document]
            for name, scores in after.items():
                own = _of(group, before[name])
                levels = _levels(own[0], weights, group)
                for at, one in enumerate([before[name], *scores], -1):
                    part = _of(group, one)
                    figures = _figures(own[0], part, weights, levels, group)
                    parts.setdefault((place, name, at), []).append(figures)
    found = {key: joined(chunks) for key, chunks in parts.items()}
    return {
        (place, name, at): {
            key: (found[place, name, -1][key], values) for key, values in then.items()
        }
        for (place, name, at), then in found.items()
        if at >= 0
    }


def _judged(scores: Scores) -> Part:
    shares, _ = judged(scores)
    if scores.is_flagged is None:
        return shares, np.full(len(shares), np.nan)
    return shares, scores.is_flagged.astype(float)


def _of(group: Group, part: Part) -> Part:
    shares, flagged = part
    return shares[group.rows], flagged[group.rows]


def _levels(shares: Array, weights: Array, group: Group) -> dict[str, Array]:
    """Return the threshold of each made label in each resample, by clean originals."""
    originals = group.originals
    found: dict[str, Array] = {}
    for label in MADE:
        if len(originals) * RATE < 1:
            found[label] = np.full(weights.shape[1], np.nan)
            continue
        scores = shares[originals, LABELS.index(label)]
        with np.errstate(divide="ignore", invalid="ignore"):
            _, levels = ranked(scores[:0], scores, weights[originals])
        found[label] = levels[RATES.index(RATE)]
    return found


def _figures(
    clean: Array, part: Part, weights: Array, levels: Mapping[str, Array], of: Group
) -> dict[str, Array]:
    """Return the figures of a part in each resample; NaN where there is none.

    ``clean`` has the probabilities of the clean texts, ``weights`` the shape (texts,
    resamples).
    """
    shares, flagged = part
    texts, said = np.arange(len(shares)), shares.argmax(axis=1)
    counts = drawn_confusions(of.truth, said, weights)
    found = {"macro_f1": of_counts(counts, of.labels)["macro_f1"]}
    for label in MADE:
        own = np.flatnonzero(of.truth == LABELS.index(label))
        scores = shares[own, LABELS.index(label)]
        above = (scores[:, np.newaxis] > levels[label]).astype(float)
        above[:, np.isnan(levels[label])] = np.nan
        found[f"recall_at_{RATE:g}.{label}"] = _mean(above, weights[own])
    own = of.originals
    found[FALSE_ALARMS] = _mean(flagged[own, np.newaxis], weights[own])
    is_other = said != clean.argmax(axis=1)
    found["changed"] = _mean(is_other[:, np.newaxis], weights)
    gained = shares[texts, of.truth] - clean[texts, of.truth]
    found["probability"] = _mean(gained[:, np.newaxis], weights)
    return found


def _mean(values: Array, weights: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        mean: Array = (values * weights).sum(axis=0) / weights.sum(axis=0)
    return mean


def told(figures: Mapping[str, tuple[Array, Array]]) -> dict[str, dict[str, Any]]:
    """Return figures as a report has them, with the interval of what is lost."""
    found = {}
    for name, (before, after) in figures.items():
        if name in LOST:
            ends = {"clean": plain(before[0]), "attacked": plain(after[0])}
            found[name] = ends | figure(after - before)
        else:
            found[name] = figure(after)
    return found
