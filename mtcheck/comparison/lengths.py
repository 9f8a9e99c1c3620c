"""Which paragraphs of a gap may belong together by nothing but their length.

The model of Gale and Church (1993): how many letters a translation has for each letter
of its original is normal, with a variance that grows with the length; and paragraphs
are seldom left out, put in, or split.
"""

from collections.abc import Iterator, Sequence
from itertools import product
from math import erfc, log, sqrt

from mtcheck.comparison.beads import Bead
from mtcheck.comparison.words import Text

VARIANCE = 6.8
"""Of the letters for each letter, by their table of English, German and French."""

_ONE_TO_ONE, _MERGED, _SKIPPED = 0.89, 0.0445, 0.00495
"""How often a paragraph is beside one, beside two, and beside none, by their table;
what they tell for both directions together is halved."""

LEAST_LIKELY = 0.05
"""How often a pair must differ in length as much by chance, to be put side by side."""


def length_gains(
    original: Text,
    suspect: Text,
    gap: tuple[range, range],
    anchors: Sequence[Bead],
) -> Iterator[Bead]:
    """Yield beads in a gap; the gain is the log-odds against leaving all of it out."""
    ratio = _ratio(original, suspect, anchors)
    shapes = ((1, 1, _ONE_TO_ONE), (2, 1, _MERGED), (1, 2, _MERGED))
    for a, b in product(*gap):
        for n_a, n_b, prior in shapes:
            if a + n_a > gap[0].stop or b + n_b > gap[1].stop:
                continue
            expected = ratio * _letters(original, a, a + n_a)
            found = _letters(suspect, b, b + n_b)
            distance = (found - expected) / sqrt(VARIANCE * max(expected, 1.0))
            # The two-sided tail: 2 (1 - Phi(|distance|)).
            chance = erfc(abs(distance) / sqrt(2))
            if chance >= LEAST_LIKELY:
                gain = log(chance * prior) - (n_a + n_b) * log(_SKIPPED)
                yield Bead(a, a + n_a, b, b + n_b, gain)


def _ratio(original: Text, suspect: Text, anchors: Sequence[Bead]) -> float:
    """Return how many letters the suspect has for each of the original's."""
    ours = sum(_letters(original, bead.original, bead.original_end) for bead in anchors)
    theirs = sum(_letters(suspect, bead.suspect, bead.suspect_end) for bead in anchors)
    return theirs / ours


def _letters(text: Text, start: int, end: int) -> int:
    return sum(len(paragraph.text) for paragraph in text.paragraphs[start:end])
