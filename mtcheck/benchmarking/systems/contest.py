"""Systems that are compared with each other, and their texts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mtcheck.benchmarking.figures import Array
from mtcheck.benchmarking.systems.texts import Text


@dataclass(frozen=True)
class Contest:
    """The systems with texts enough, and their texts.

    ``rows`` are the places of the texts in the data; ``system`` and ``document`` are
    the numbers of each one's.
    """

    name: str
    systems: tuple[str, ...]
    is_persons: Array
    rows: Array
    system: Array
    document: Array

    @property
    def n_documents(self) -> int:
        """The number of documents that the texts are parts of."""
        return int(self.document.max()) + 1

    @property
    def machines(self) -> Array:
        """The numbers of the systems that are no people."""
        return np.flatnonzero(~self.is_persons)

    @property
    def people(self) -> Array:
        """The numbers of the systems that are people."""
        return np.flatnonzero(self.is_persons)


def few_of(rows: Sequence[Text], least: int) -> dict[str, dict[str, int]]:
    """Return, by contest, the systems with too few texts, and how many they have."""
    found: dict[str, dict[str, int]] = {}
    counts = Counter((row.contest, row.system) for row in rows)
    for (contest, system), n in sorted(counts.items()):
        if n < least:
            found.setdefault(contest, {})[system] = n
    return found


def contests_of(rows: Sequence[Text], least: int) -> list[Contest]:
    """Return the contests in the order of their names.

    One in which no system has ``least`` texts is left out. The order of the texts does
    not matter: systems and documents are numbered by their names.
    """
    found = []
    for name in sorted({row.contest for row in rows}):
        counts = Counter(row.system for row in rows if row.contest == name)
        systems = sorted(one for one, n in counts.items() if n >= least)
        if not systems:
            continue
        chosen = [
            at
            for at, row in enumerate(rows)
            if row.contest == name and row.system in systems
        ]
        chosen.sort(key=lambda at: (rows[at].document, rows[at].system, rows[at].text))
        own = [rows[at] for at in chosen]
        _, document = np.unique([row.document for row in own], return_inverse=True)
        people = {row.system for row in own if row.is_persons}
        found.append(
            Contest(
                name,
                tuple(systems),
                np.array([one in people for one in systems]),
                np.array(chosen),
                np.array([systems.index(row.system) for row in own]),
                document,
            )
        )
    return found
