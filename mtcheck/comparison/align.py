"""Which paragraphs of a suspect come from which of its original."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import pairwise, product

from mtcheck.comparison.beads import Bead, chain
from mtcheck.comparison.lengths import length_gains
from mtcheck.comparison.thesaurus import Thesaurus
from mtcheck.comparison.weights import Weights, cognate, merged, stem
from mtcheck.comparison.words import Text

LEAST_SIMILAR, LEAST_SIMILAR_ACROSS = 0.25, 0.2
"""Paragraphs that have less of their weight in common do not belong together: reports
on one subject by two writers stay below."""

BETWEEN = 0.6
"""Between two pairs, paragraphs are asked for this share of it: their place speaks for
them."""

FAR_BETTER = 0.6
"""A paragraph does not settle for a partner that has less than this share of the
similarity of its best one."""

MOST_CANDIDATES = 5
MOST_POSTINGS = 64
"""A key that more paragraphs have leads to none of them."""

MOST_FILLED = 8
"""Paragraphs without a partner between two pairs that are looked at once more, all
beside all."""


@dataclass(frozen=True, slots=True)
class Aligned:
    """A bead, and whether it stands out of the order of the others."""

    bead: Bead
    is_reordered: bool


def is_across(original: Text, suspect: Text) -> bool:
    """Tell whether the texts are known to be in two languages."""
    if not (original.has_sure_language and suspect.has_sure_language):
        return False
    return original.language != suspect.language


def align(original: Text, suspect: Text, thesaurus: Thesaurus) -> list[Aligned]:
    """Return the paragraphs that belong together, in the order of the suspect.

    In one language by the words that they share; across languages by names and numbers,
    and where most are found so, those between by length and order.
    """
    across = is_across(original, suspect)
    key_of = cognate if across else stem
    weights = Weights(original, suspect, key_of, thesaurus)
    beads = _Beads(weights, LEAST_SIMILAR_ACROSS if across else LEAST_SIMILAR)
    n_suspect = len(suspect.words)
    found = beads.worthwhile(_candidates(weights, original, suspect))
    straight = chain(found, n_suspect)
    gaps = list(_gaps(straight, len(original.words), n_suspect))
    if straight:
        beads.least *= BETWEEN
        found += beads.worthwhile(pair for gap in gaps for pair in product(*gap))
    straight = chain(found, n_suspect)
    aligned = [Aligned(bead, False) for bead in straight]
    aligned += [Aligned(bead, True) for bead in _crossing(found, straight)]
    if across and 2 * len(straight) >= min(len(original.words), n_suspect):
        aligned += _filled(original, suspect, aligned)
    return sorted(aligned, key=lambda item: item.bead.suspect)


def _candidates(
    weights: Weights, original: Text, suspect: Text
) -> Iterator[tuple[int, int]]:
    """Yield paragraphs that share rare keys, the same ones, and those about as far on.

    Where all words are common, only their place leads from one to the other.
    """
    postings: defaultdict[str, list[int]] = defaultdict(list)
    for a, keys in enumerate(weights.original):
        for key in keys:
            postings[key].append(a)
    for b, keys in enumerate(weights.suspect):
        likely: defaultdict[int, float] = defaultdict(float)
        for key in keys:
            if len(postings.get(key, ())) <= MOST_POSTINGS:
                weight = weights.weight(key)
                for a in postings.get(key, ()):
                    likely[a] += weight
        # Ties are broken by place, so that the same texts give the same pairs.
        best = nlargest(
            MOST_CANDIDATES, likely.items(), lambda item: (item[1], -item[0])
        )
        yield from ((a, b) for a, _ in best)
    same = {text: a for a, text in enumerate(_numbered(original))}
    for b, text in enumerate(_numbered(suspect)):
        if text in same:
            yield same[text], b
        yield b * len(original.words) // len(suspect.words), b


def _numbered(text: Text) -> Iterator[tuple[str, int]]:
    """Yield the text of each paragraph, and how often it stood before."""
    seen: Counter[str] = Counter()
    for paragraph in text.paragraphs:
        yield paragraph.text, seen[paragraph.text]
        seen[paragraph.text] += 1


class _Beads:
    """Makes beads of candidates, and keeps those that the evidence is enough for."""

    def __init__(self, weights: Weights, least: float) -> None:
        self._weights = weights
        self.least = least
        self._best: defaultdict[tuple[int, int], float] = defaultdict(float)

    def worthwhile(self, candidates: Iterable[tuple[int, int]]) -> list[Bead]:
        """Return beads of a candidate alone, and with the neighbours it may lack."""
        found = {bead for a, b in set(candidates) for bead in self._around(a, b)}
        best = self._best
        for bead in found:
            for place in _places(bead):
                best[place] = max(best[place], bead.similarity)
        return sorted(
            bead
            for bead in found
            if all(
                bead.similarity >= FAR_BETTER * best[place] for place in _places(bead)
            )
        )

    def _around(self, a: int, b: int) -> Iterator[Bead]:
        own = self._bead(a, a + 1, b, b + 1)
        if own is None:
            return
        yield own
        beside = (
            [(a - 1, a + 1, b, b + 1), (a, a + 2, b, b + 1)]
            if self._weights.originals[a] < self._weights.suspects[b]
            else [(a, a + 1, b - 1, b + 1), (a, a + 1, b, b + 2)]
        )
        for place in beside:
            bead = self._bead(*place)
            if bead is not None and bead.similarity > own.similarity:
                yield bead

    def _bead(self, a: int, a_end: int, b: int, b_end: int) -> Bead | None:
        """Return the bead, or None where the paragraphs have too little in common.

        The gain is what they share above that, so that it adds up over beads.
        """
        ours, theirs = self._weights.original[a:a_end], self._weights.suspect[b:b_end]
        if a < 0 or b < 0 or (len(ours), len(theirs)) != (a_end - a, b_end - b):
            return None
        weights = [*self._weights.originals[a:a_end], *self._weights.suspects[b:b_end]]
        mean = sum(weights) / 2
        if not mean:
            return None
        # Rounding must not make a text more than like itself.
        similarity = min(1.0, self._weights.shared(merged(ours), merged(theirs)) / mean)
        gain = (similarity - self.least) * mean
        return Bead(a, a_end, b, b_end, gain, similarity) if gain > 0 else None


def _places(bead: Bead) -> Iterator[tuple[int, int]]:
    """Yield a key for each paragraph of a bead."""
    yield from ((0, a) for a in range(bead.original, bead.original_end))
    yield from ((1, b) for b in range(bead.suspect, bead.suspect_end))


def _crossing(found: Iterable[Bead], straight: Iterable[Bead]) -> Iterator[Bead]:
    """Yield the beads of what is left over, the best first: paragraphs that moved."""
    taken = {place for bead in straight for place in _places(bead)}
    for bead in sorted(set(found), key=lambda bead: (-bead.gain, bead)):
        places = set(_places(bead))
        if taken.isdisjoint(places):
            taken |= places
            yield bead


def _gaps(
    straight: Sequence[Bead], n_original: int, n_suspect: int
) -> Iterator[tuple[range, range]]:
    """Yield what lies between two beads of the chain, where both sides have little."""
    ends = Bead(0, 0, 0, 0, 0.0), Bead(n_original, 0, n_suspect, 0, 0.0)
    for before, after in pairwise([ends[0], *straight, ends[1]]):
        gap = (
            range(before.original_end, after.original),
            range(before.suspect_end, after.suspect),
        )
        if all(0 < len(side) <= MOST_FILLED for side in gap):
            yield gap


def _filled(
    original: Text, suspect: Text, aligned: Sequence[Aligned]
) -> Iterator[Aligned]:
    """Yield pairs by length and order, between those that names and numbers tell."""
    taken = {place for item in aligned for place in _places(item.bead)}
    straight = [item.bead for item in aligned if not item.is_reordered]
    for gap in _gaps(straight, len(original.words), len(suspect.words)):
        beads = [
            bead
            for bead in length_gains(original, suspect, gap, straight)
            if taken.isdisjoint(_places(bead))
        ]
        for bead in chain(beads, len(suspect.words)):
            yield Aligned(bead, False)
