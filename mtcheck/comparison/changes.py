"""What became of the words of a paragraph: kept, spun, moved, dropped, added."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from mtcheck.comparison.moves import moved
from mtcheck.comparison.paths import Match, Words, aligned
from mtcheck.comparison.thesaurus import Thesaurus
from mtcheck.comparison.values import Change, Kind
from mtcheck.comparison.words import span_of

LONGEST_PHRASE = 4
"""Words of a stretch that may stand for one of another length."""


def find_changes(
    original: Words, suspect: Words, thesaurus: Thesaurus
) -> tuple[Change, ...]:
    """Return what became of the words, in the order of the suspect.

    Between two words that are aligned, what has not moved stands for what is there in
    its place: word for word, or phrase for phrase.
    """
    matches = list(aligned(original, suspect, thesaurus))
    away = list(moved(original, suspect, matches, thesaurus))
    words = _Words(original, suspect, thesaurus)
    found = [*words.matched(matches), *words.matched(away)]
    found += words.replaced(matches, away)
    found.sort(key=lambda item: item[:3])
    return tuple(item.change for item in found)


class _Placed(NamedTuple):
    """A change and what puts it in order: dropped words come before others there."""

    suspect: int
    is_there: bool
    original: int
    change: Change


class _Gap(NamedTuple):
    """The words between two matches, by index."""

    original: range
    suspect: range


class _Words:
    """Makes changes of indices into the words of both sides."""

    def __init__(self, original: Words, suspect: Words, thesaurus: Thesaurus) -> None:
        self._original = original
        self._suspect = suspect
        self._thesaurus = thesaurus

    def matched(self, matches: Iterable[Match]) -> Iterator[_Placed]:
        """Yield what is the same, as one where it stands together, and what is not."""
        run: list[Match] = []
        for match in matches:
            if run and not (match.is_same and _follows(run[-1], match)):
                yield self._stretch(run)
                run = []
            if match.is_same:
                run.append(match)
            else:
                yield self._stretch([match])
        if run:
            yield self._stretch(run)

    def replaced(
        self, matches: Sequence[Match], away: Sequence[Match]
    ) -> Iterator[_Placed]:
        """Yield what became of the words between the matches that are not away."""
        ours = {match.original for match in away}
        theirs = {match.suspect for match in away}
        for gap in _gaps(matches, len(self._original), len(self._suspect)):
            runs = _runs(gap.original, ours), _runs(gap.suspect, theirs)
            if len(runs[0]) == len(runs[1]) == 1:
                yield from self._exchanged(runs[0][0], runs[1][0], gap)
            else:
                yield from self._lost_and_new(*runs, gap)

    def _exchanged(self, ours: range, theirs: range, gap: _Gap) -> Iterator[_Placed]:
        of_ours = [self._original[at].is_content for at in ours]
        of_theirs = [self._suspect[at].is_content for at in theirs]
        longest = max(len(ours), len(theirs))
        if of_ours == of_theirs or longest == 1:
            for one, other in zip(ours, theirs, strict=True):
                yield self._spun(range(one, one + 1), range(other, other + 1))
        elif longest <= LONGEST_PHRASE and any(of_ours) == any(of_theirs):
            yield self._spun(ours, theirs)
        else:
            yield from self._lost_and_new([ours], [theirs], gap)

    def _lost_and_new(
        self, ours: Iterable[range], theirs: Iterable[range], gap: _Gap
    ) -> Iterator[_Placed]:
        for run in ours:
            change = Change("dropped", span_of(self._original, run), None)
            yield _Placed(gap.suspect.start, False, run.start, change)
        for run in theirs:
            change = Change("added", None, span_of(self._suspect, run))
            yield _Placed(run.start, True, 0, change)

    def _stretch(self, run: Sequence[Match]) -> _Placed:
        first = run[0]
        ours = range(first.original, first.original + len(run))
        theirs = range(first.suspect, first.suspect + len(run))
        if not (first.is_same or first.is_moved):
            return self._spun(ours, theirs)
        return self._placed(
            "moved" if first.is_moved else "kept", ours, theirs, first.is_same
        )

    def _spun(self, ours: range, theirs: range) -> _Placed:
        return self._placed("spun", ours, theirs, is_same=False)

    def _placed(self, kind: Kind, ours: range, theirs: range, is_same: bool) -> _Placed:
        link = (
            None
            if is_same
            else self._thesaurus.link(
                " ".join(self._original[at].key for at in ours),
                " ".join(self._suspect[at].key for at in theirs),
            )
        )
        spans = span_of(self._original, ours), span_of(self._suspect, theirs)
        return _Placed(theirs.start, True, ours.start, Change(kind, *spans, link))


def _follows(one: Match, other: Match) -> bool:
    return (one.original + 1, one.suspect + 1) == (other.original, other.suspect)


def _gaps(matches: Sequence[Match], n_original: int, n_suspect: int) -> Iterator[_Gap]:
    ends = Match(-1, -1, True), Match(n_original, n_suspect, True)
    for before, after in pairwise([ends[0], *matches, ends[1]]):
        ours = range(before.original + 1, after.original)
        theirs = range(before.suspect + 1, after.suspect)
        if ours or theirs:
            yield _Gap(ours, theirs)


def _runs(indices: range, away: set[int]) -> list[range]:
    """Return the runs of indices between those that are away."""
    edges = [index for index in indices if index in away]
    starts = [indices.start, *(edge + 1 for edge in edges)]
    runs = map(range, starts, [*edges, indices.stop])
    return [run for run in runs if run]
