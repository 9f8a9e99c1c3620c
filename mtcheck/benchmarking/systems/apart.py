"""By which artefacts systems differ from other machines, and from people."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from mtcheck.benchmarking.bootstrap import figure, plain
from mtcheck.benchmarking.figures import Array
from mtcheck.benchmarking.significance import holm, shuffled_p
from mtcheck.benchmarking.systems.artefacts import Artefacts
from mtcheck.benchmarking.systems.contest import Contest
from mtcheck.benchmarking.systems.measured import draws_of, sums_of
from mtcheck.benchmarking.systems.paired import Sums
from mtcheck.benchmarking.systems.plan import SystemsPlan

LEAST_FOUND = 10
"""Texts of a contest that must have an artefact for systems to be compared by it."""


def apart(
    contest: Contest, artefacts: Artefacts, plan: SystemsPlan
) -> Iterator[dict[str, Any]]:
    """Yield how the systems differ from others that have the same documents.

    Holm's correction is over all systems that are compared by one artefact with the
    machines, or with people.
    """
    is_compared = _is_compared(artefacts.counts[contest.rows])
    for (columns, _), sums in zip(
        artefacts.by_unit(), sums_of(contest, artefacts), strict=True
    ):
        chosen = np.flatnonzero(is_compared[columns])
        names = np.array(artefacts.names[columns])[chosen]
        own = Sums(sums.counts[:, :, chosen], sums.units)
        for against, systems, opponents in (
            ("machines", np.arange(len(contest.systems)), contest.machines),
            ("people", contest.machines, contest.people),
        ):
            drawn = [
                own.beside(opponents, draws)
                for draws in draws_of(contest, len(names), plan.seed, plan.resamples)
            ]
            found = np.concatenate(drawn)
            traded = own.traded(opponents, plan.resamples, plan.seed)
            for column, name in enumerate(names.tolist()):
                about = {"artefact": name, "against": against}
                for test in _tests(found[..., column], traded[..., column], systems):
                    system = contest.systems[test.pop("system")]
                    yield {"system": system, **about, **test}


def _tests(found: Array, traded: Array, systems: Array) -> Iterator[dict[str, Any]]:
    """Yield the test of each system that shares documents with opponents."""
    shared = [at for at in systems.tolist() if not np.isnan(found[0, at])]
    p_values = [
        shuffled_p(np.concatenate([found[:1, at], traded[:, at]])) for at in shared
    ]
    for at, p_value, corrected in zip(shared, p_values, holm(p_values), strict=True):
        yield {
            "system": at,
            "difference": figure(found[:, at]),
            "p": plain(p_value),
            "p_holm": plain(corrected),
        }


def _is_compared(counts: Array) -> Array:
    """Tell which artefacts are frequent enough to compare systems by.

    A family in which one rule found all is left to the rule.
    """
    is_frequent: Array = (counts > 0).sum(axis=0) >= LEAST_FOUND
    same: dict[bytes, int] = {}
    for column in np.flatnonzero(is_frequent).tolist():
        # Rules come after their families.
        earlier = same.get(key := counts[:, column].tobytes())
        if earlier is not None:
            is_frequent[earlier] = False
        same[key] = column
    return is_frequent
