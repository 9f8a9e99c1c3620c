"""The kinds of text within the labels: what one label covers is not all of one make."""

from typing import NamedTuple

from mtcheck.types import LABELS, Label
from training.data import Row


class Kind(NamedTuple):
    """A kind of text; ``weight`` is against the usual kind of the same label.

    Kinds that are made here are plain to see; little weight suffices to learn them, and
    more would call rare words of people spun. Round trips bear less of it, for they are
    by few translators; damage bears least, for people's text as it was scraped has some
    as well.
    """

    name: str
    label: Label
    weight: float


KINDS = (
    Kind("original", Label.ORIGINAL, 1.0),
    Kind("rewritten", Label.PARAPHRASED, 1.0),
    Kind("translated", Label.MACHINE_MANGLED, 1.0),
    Kind("spun", Label.PARAPHRASED, 0.3),
    Kind("sent round", Label.MACHINE_MANGLED, 0.2),
    Kind("damaged", Label.MACHINE_MANGLED, 0.02),
)
"""The first kind of each label is its usual one."""

_PLACES = {kind.name: at for at, kind in enumerate(KINDS)}


def kind_index(row: Row) -> int:
    """Return the place of the row's kind in ``KINDS``."""
    if row.label == Label.PARAPHRASED and row.detail == "spun":
        return _PLACES["spun"]
    if row.is_round_trip:
        return _PLACES["sent round"]
    if row.is_damaged:
        return _PLACES["damaged"]
    return next(at for at, kind in enumerate(KINDS) if kind.label == row.label)


def kind_labels(kinds: list[int]) -> tuple[int, ...]:
    """Return the places of the labels of kinds, by the places of these."""
    return tuple(LABELS.index(KINDS[kind].label) for kind in kinds)
