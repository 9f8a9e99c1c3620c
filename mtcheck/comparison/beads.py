"""Alignment by a monotone dynamic programme over candidates.

As in Gale and Church, A Program for Aligning Sentences in Bilingual Corpora (1993), a
text is aligned by a chain of beads: one paragraph beside one, or one beside two. Their
table of all places has one entry for each pair of paragraphs; here only beads that some
evidence speaks for are looked at, so that a chain of ten thousand takes a second.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Bead(NamedTuple):
    """Neighbouring paragraphs side by side; ``gain`` is the evidence for it, above 0.

    The ends are behind the last paragraph. ``similarity`` is 0 where the evidence is
    not in the words.
    """

    original: int
    original_end: int
    suspect: int
    suspect_end: int
    gain: float
    similarity: float = 0.0


def chain(beads: Iterable[Bead], n_suspect: int) -> list[Bead]:
    """Return the beads of the highest gain that follow each other in both texts.

    >>> one, two = Bead(0, 1, 0, 1, 1.0), Bead(1, 2, 1, 2, 1.0)
    >>> crossing = Bead(0, 1, 1, 2, 1.5)
    >>> chain([one, two, crossing], n_suspect=2) == [one, two]
    True
    """
    ordered = sorted(beads)
    by_end = sorted(range(len(ordered)), key=lambda at: ordered[at].original_end)
    totals = [0.0] * len(ordered)
    previous: list[int | None] = [None] * len(ordered)
    best = _Best(n_suspect)
    waiting = 0
    for at, bead in enumerate(ordered):
        # A bead that ends before this one starts, starts before it: its total is known.
        while ordered[by_end[waiting]].original_end <= bead.original:
            done = by_end[waiting]
            best.put(ordered[done].suspect_end, totals[done], done)
            waiting += 1
        before, previous[at] = best.up_to(bead.suspect)
        totals[at] = before + bead.gain
    at_last = max(range(len(ordered)), key=totals.__getitem__, default=None)
    found = []
    while at_last is not None:
        found.append(ordered[at_last])
        at_last = previous[at_last]
    return found[::-1]


class _Best:
    """The highest total among the chains that end up to a place: a Fenwick tree."""

    def __init__(self, size: int) -> None:
        self._cells: list[tuple[float, int | None]] = [(0.0, None)] * (size + 1)

    def put(self, place: int, total: float, bead: int) -> None:
        while place < len(self._cells):
            if total > self._cells[place][0]:
                self._cells[place] = total, bead
            place += place & -place

    def up_to(self, place: int) -> tuple[float, int | None]:
        found: tuple[float, int | None] = 0.0, None
        while place:
            if self._cells[place][0] > found[0]:
                found = self._cells[place]
            place -= place & -place
        return found


def rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest chain of pairs that rise in both numbers.

    >>> rising([(0, 5), (1, 1), (2, 2)])
    [(1, 1), (2, 2)]
    """
    size = max((second for _, second in pairs), default=0) + 1
    beads = [Bead(a, a + 1, b, b + 1, 1.0) for a, b in pairs]
    return [(bead.original, bead.suspect) for bead in chain(beads, size)]
