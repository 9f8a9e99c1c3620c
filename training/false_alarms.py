"""Thresholds: what people's text of sources kept out of training passes how seldom."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mtcheck.classify import LEVELS_OF_EVIDENCE, Array
from mtcheck.types import LABELS, Label
from training.data import Row, source_weights

MADE = tuple(label for label in LABELS if label != Label.ORIGINAL)

LEARNER = "_learner"
"""How the genre of what learners wrote ends."""

Levels = dict[str, dict[str, float]]
"""Thresholds by made label and rate of false alarms."""

FEWEST = 100
"""Texts of people at least: with fewer, one alone would be more than 1 %."""

MIN_SHOWN = 30
"""Paragraphs of a source whose false alarms are shown."""


def thresholds(rows: Sequence[Row], shares: Array) -> Levels:
    """Return for each made label what people's texts pass at each rate.

    ``shares`` are probabilities by models that saw no row of the source. Translations
    by people are apart: at 1 % of these next to nothing would be found. Learners, whose
    rows are few among all people's, pass a rate no more often than others may: it holds
    for them alone, and for all made labels together.
    """
    human = is_human(rows)
    weights = source_weights(
        [row for row, is_own in zip(rows, human, strict=True) if is_own]
    )
    learners = np.array([is_learner(row) for row in rows], bool) & human
    found: Levels = {}
    for label in MADE:
        scores = shares[:, LABELS.index(label)]
        found[str(label)] = {}
        for name, _ in LEVELS_OF_EVIDENCE:
            rate = float(name)
            level = _quantile(scores[human], weights, 1 - rate)
            if learners.any():
                own = scores[learners]
                alike = np.ones(len(own))
                level = max(level, _quantile(own, alike, 1 - rate / len(MADE)))
            found[str(label)][name] = round(level, 5)
    return found


def false_alarms(rows: Sequence[Row], shares: Array, levels: Levels) -> dict[str, Any]:
    """Return how often people's texts pass the thresholds, in all and by source.

    Each entry has the number of texts, and for each rate the share that passes with its
    95 % interval by Wilson.
    """
    human = is_human(rows)
    sources = np.array([row.source for row in rows])
    groups = {"all": human}
    for name in sorted(set(sources[human])):
        own = human & (sources == name)
        if own.sum() >= MIN_SHOWN:
            groups[name] = own
    groups["human translations"] = np.array(
        [row.detail == "human_translation" for row in rows]
    )
    return {
        name: {"n": int(own.sum())}
        | {
            label: {
                rate: _passed(shares[own, LABELS.index(Label(label))], level)
                for rate, level in found.items()
            }
            for label, found in levels.items()
        }
        for name, own in groups.items()
        if own.any()
    }


def is_learner(row: Row) -> bool:
    """Tell whether somebody wrote the row who was learning its language."""
    return row.genre.endswith(LEARNER)


def is_human(rows: Sequence[Row]) -> NDArray[np.bool_]:
    """Tell which rows people wrote in their language or, learners, in another."""
    return np.array([row.detail == "human" for row in rows], bool)


def wilson(hits: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """Return the interval of a share, 95 % unless ``z`` says otherwise (Wilson 1927).

    >>> low, high = wilson(9, 10)
    >>> round(low, 2), round(high, 2)
    (0.6, 0.98)
    """
    share, square = hits / n, z * z / n
    middle = (share + square / 2) / (1 + square)
    half = z / (1 + square) * math.sqrt(share * (1 - share) / n + square / (4 * n))
    return middle - half, middle + half


def _passed(scores: Array, level: float) -> list[float]:
    """Return the share of scores above a level, and its interval."""
    hits = int((scores > level).sum())
    low, high = wilson(hits, len(scores))
    return [round(value, 5) for value in (hits / len(scores), max(low, 0.0), high)]


def _quantile(values: Array, weights: Array, share: float) -> float:
    """Return the value that ``share`` of the weight does not pass."""
    order = np.argsort(values, kind="stable")
    passed = np.cumsum(weights[order])
    at = int(np.searchsorted(passed, share * passed[-1]))
    return float(values[order][min(at, len(values) - 1)])
