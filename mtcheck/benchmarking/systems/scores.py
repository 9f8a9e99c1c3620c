"""How artefacts go with what people thought: of systems, and of texts of one system."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mtcheck.benchmarking import bootstrap
from mtcheck.benchmarking.figures import Array
from mtcheck.benchmarking.systems.artefacts import FINDINGS, OF_VERDICTS, Artefacts
from mtcheck.benchmarking.systems.contest import Contest
from mtcheck.benchmarking.systems.correlation import of_systems, of_texts
from mtcheck.benchmarking.systems.measured import (
    draws_of,
    joined,
    sums_of,
)
from mtcheck.benchmarking.systems.paired import Sums
from mtcheck.benchmarking.systems.plan import SystemsPlan
from mtcheck.benchmarking.systems.texts import Text

CORRELATED = (*OF_VERDICTS, FINDINGS)
"""The artefacts that are correlated with scores: the first that are counted."""

LEAST_SYSTEMS = 3
"""Two systems correlate perfectly, whatever they are."""

LEVELS = ("systems", "texts")


@dataclass(frozen=True)
class Rated:
    """The texts of a contest that have one kind of score, in one direction.

    ``systems`` are the numbers of those with texts enough, without people, and
    ``places`` those of the texts of each. ``values`` has the artefacts of each text of
    the contest, ``given`` its score.
    """

    direction: str
    systems: Array
    places: tuple[Array, ...]
    artefacts: Sequence[Sums]
    scores: Sums
    values: Array
    given: Array

    @property
    def is_of_texts(self) -> bool:
        """Whether the texts of a system have different scores."""
        return any(np.ptp(self.given[places]) > 0 for places in self.places)

    def of_systems(self, draws: Array) -> tuple[Array, Array]:
        """Return artefacts and scores of the systems, on the same documents."""
        artefacts = joined(sums.adjusted(draws) for sums in self.artefacts)
        scores = self.scores.adjusted(draws)
        return artefacts[:, self.systems], scores[:, self.systems, 0]


Pool = tuple[str | None, Sequence[Rated]]
"""Directions whose pairs count together; of several, the name is None."""


def correlations(
    contest: Contest, found: Artefacts, rows: Sequence[Text], plan: SystemsPlan
) -> Iterator[dict[str, Any]]:
    """Yield the correlations of a contest, by kind of score, direction and level.

    Negative where more artefacts go with worse scores. Where several directions have
    systems enough, the pairs within each of them are pooled, under no direction.
    """
    own = [rows[at] for at in contest.rows]
    for kind in sorted({row.score.kind for row in own if row.score}):
        directions = sorted({row.direction for row in own if _has(row, kind)})
        every = [
            _rated(contest, found, own, kind, one, plan.least) for one in directions
        ]
        enough = [one for one in every if len(one.systems) >= LEAST_SYSTEMS]
        sets: list[Pool] = [(one.direction, [one]) for one in every]
        if len(enough) > 1:
            sets.append((None, enough))
        measured = _measured(contest, sets, plan)
        for direction, parts in sets:
            for level in LEVELS:
                if level == "texts" and not any(one.is_of_texts for one in parts):
                    continue
                yield {
                    "contest": contest.name,
                    "direction": direction,
                    "kind": kind,
                    "level": level,
                    "n_systems": sum(len(one.systems) for one in parts),
                    "n_texts": sum(len(at) for one in parts for at in one.places),
                    "artefacts": measured.get((level, direction), {}),
                }


def _has(row: Text, kind: str) -> bool:
    return row.score is not None and row.score.kind == kind


def _rated(
    contest: Contest,
    found: Artefacts,
    own: Sequence[Text],
    kind: str,
    direction: str,
    least: int,
) -> Rated:
    """Return the texts of one direction that have a kind of score."""
    is_inside = np.array([row.direction == direction for row in own], float)
    has_score = is_inside * [_has(row, kind) for row in own]
    given = np.array([row.score.value if row.score else 0.0 for row in own])
    verdicts, words = sums_of(contest, found, is_inside)
    artefacts = verdicts, Sums(words.counts[:, :, :1], words.units)
    scores = Sums.of(
        (given * has_score)[:, np.newaxis], has_score, contest.document, contest.system
    )
    places = {
        at: np.flatnonzero((has_score > 0) & (contest.system == at))
        for at in contest.machines
    }
    once = np.ones((1, contest.n_documents))
    known = joined([sums.adjusted(once) for sums in (*artefacts, scores)])
    is_tied: Array = np.all(~np.isnan(known), axis=(0, 2))
    systems = [at for at in places if len(places[at]) >= least and is_tied[at]]
    return Rated(
        direction,
        np.array(systems, int),
        tuple(places[at] for at in systems),
        artefacts,
        scores,
        found.of_texts(contest.rows),
        given,
    )


def _measured(
    contest: Contest, sets: Sequence[Pool], plan: SystemsPlan
) -> dict[tuple[str, str | None], dict[str, Any]]:
    """Return the coefficients of each level and direction, by artefact."""
    chunks: dict[tuple[str, str | None, str], list[Mapping[str, Array]]] = {}
    for draws in draws_of(contest, len(CORRELATED), plan.seed, plan.resamples):
        weights = draws.T[contest.document]
        for direction, members in sets:
            for level, name, found in _coefficients(members, draws, weights):
                chunks.setdefault((level, direction, name), []).append(found)
    measured: dict[tuple[str, str | None], dict[str, Any]] = {}
    for (level, direction, name), parts in chunks.items():
        figures = {
            key: bootstrap.figure(each) for key, each in bootstrap.joined(parts).items()
        }
        measured.setdefault((level, direction), {})[name] = figures
    once = np.ones((1, contest.n_documents))
    for direction, members in sets:
        for name, figures in measured.get(("systems", direction), {}).items():
            ranges = _without_one(members, CORRELATED.index(name), once)
            for coefficient, (low, high) in ranges.items():
                figures[coefficient] |= {"least": low, "most": high}
    return measured


def _coefficients(
    members: Sequence[Rated], draws: Array, weights: Array
) -> Iterator[tuple[str, str, Mapping[str, Array]]]:
    """Yield level, artefact and coefficients in each resample; what has enough."""
    are_enough = all(len(one.systems) >= LEAST_SYSTEMS for one in members)
    pairs = [one.of_systems(draws) for one in members] if are_enough else []
    for column, name in enumerate(CORRELATED):
        if are_enough:
            yield (
                "systems",
                name,
                of_systems((one[..., column], other) for one, other in pairs),
            )
        if any(one.is_of_texts for one in members):
            yield "texts", name, of_texts(_groups(members, column, weights))


def _without_one(
    members: Sequence[Rated], column: int, once: Array
) -> dict[str, tuple[float, float]]:
    """Return between what each coefficient lies when any one system is left out."""
    pairs = [one.of_systems(once) for one in members]
    pairs = [(artefacts[..., column], scores) for artefacts, scores in pairs]
    found: dict[str, list[float]] = {}
    for at, own in enumerate(pairs):
        for system in range(own[1].shape[1]):
            left = tuple(np.delete(values, system, axis=1) for values in own)
            rest = [*pairs[:at], (left[0], left[1]), *pairs[at + 1 :]]
            for key, values in of_systems(rest).items():
                found.setdefault(key, []).extend(values[~np.isnan(values)])
    return {key: (min(each), max(each)) for key, each in found.items() if each}


def _groups(
    members: Sequence[Rated], column: int, weights: Array
) -> Iterator[tuple[Array, Array, Array]]:
    """Yield artefact, score and weights of the texts of each system."""
    for one in members:
        for places in one.places:
            values = one.values[places, column]
            known = places[~np.isnan(values)]
            yield one.values[known, column], one.given[known], weights[known]
