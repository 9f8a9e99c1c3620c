"""The figures of the systems of a contest: rates with intervals, and ranks."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from mtcheck.benchmarking.bootstrap import drawn, figure
from mtcheck.benchmarking.figures import Array
from mtcheck.benchmarking.systems.artefacts import MADE, Artefacts
from mtcheck.benchmarking.systems.contest import Contest
from mtcheck.benchmarking.systems.paired import Sums

_DIGITS = 9
"""Rates that agree to so many are ties."""


@dataclass(frozen=True)
class Measured:
    """The rates of systems in each resample of the documents; the data come first.

    ``rates`` are those of the texts, ``adjusted`` those on the same documents; both
    have the shape (resamples, systems, artefacts).
    """

    contest: Contest
    artefacts: Artefacts
    rates: Array
    adjusted: Array

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the artefacts."""
        return self.artefacts.names


def draws_of(
    contest: Contest, n_columns: int, seed: int, n_resamples: int
) -> Iterator[Array]:
    """Return the resamples of a contest's documents, some at a time."""
    n_systems = len(contest.systems)
    n_cells = max(contest.n_documents, n_systems * max(n_columns, n_systems))
    return drawn(contest.n_documents, n_resamples, seed, n_cells)


def measure(
    contest: Contest, artefacts: Artefacts, seed: int, n_resamples: int
) -> Measured:
    """Return the rates of the systems of a contest."""
    sums = sums_of(contest, artefacts)
    rates, adjusted = [], []
    for draws in draws_of(contest, len(artefacts.names), seed, n_resamples):
        rates.append(joined(one.rates(draws) for one in sums))
        adjusted.append(joined(one.adjusted(draws) for one in sums))
    return Measured(contest, artefacts, np.concatenate(rates), np.concatenate(adjusted))


def sums_of(
    contest: Contest, artefacts: Artefacts, weights: Array | float = 1.0
) -> list[Sums]:
    """Return the sums of artefacts that count for verdicts, and for words.

    ``weights`` of 0 leave texts out.
    """
    counts = artefacts.counts[contest.rows] * np.reshape(weights, (-1, 1))
    return [
        Sums.of(
            counts[:, columns],
            units[contest.rows] * weights,
            contest.document,
            contest.system,
        )
        for columns, units in artefacts.by_unit()
    ]


def joined(parts: Iterable[Array]) -> Array:
    """Return columns that were measured apart side by side."""
    return np.concatenate([*parts], axis=2)


def systems_of(measured: Measured) -> list[dict[str, Any]]:
    """Return what a report has on each system."""
    contest, artefacts = measured.contest, measured.artefacts
    ranks = ranks_of(measured)
    found = []
    for at, name in enumerate(contest.systems):
        own = contest.system == at
        places = contest.rows[own]
        found.append(
            {
                "name": name,
                "is_persons": bool(contest.is_persons[at]),
                "n": len(places),
                "n_documents": len(np.unique(contest.document[own])),
                "n_words": int(artefacts.n_words[places].sum()),
                "n_abstained": int((1 - artefacts.is_judged[places]).sum()),
                "rank": figure(ranks[:, at]),
                "figures": {
                    artefact: figure(measured.rates[:, at, column])
                    for column, artefact in enumerate(measured.names)
                },
                "same_documents": {
                    artefact: figure(measured.adjusted[:, at, column])
                    for column, artefact in enumerate(measured.names)
                },
            }
        )
    return found


def ranks_of(measured: Measured) -> Array:
    """Return the rank of each system in each resample; 1 is the least like made text.

    They are ranked on the same documents; ties share the mean of their ranks.
    """
    made = np.round(measured.adjusted[:, :, measured.names.index(MADE)], _DIGITS)
    is_ranked = ~np.isnan(made)
    others, own = made[:, np.newaxis, :], made[:, :, np.newaxis]
    n_below = (others < own).sum(axis=2)
    n_equal = (others == own).sum(axis=2)
    return np.where(is_ranked, n_below + (n_equal + 1) / 2, np.nan)
