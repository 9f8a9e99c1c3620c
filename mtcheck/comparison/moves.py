"""Words that stand elsewhere in the suspect's paragraph than in the original's."""

from collections.abc import Iterable, Iterator

from mtcheck.comparison.paths import Match, Words
from mtcheck.comparison.thesaurus import Thesaurus
from mtcheck.comparison.words import Word

MOST_PLACES = 50
"""A word that is left over more often has not moved: nobody can say where to."""

MOST_LEFT = 200
"""Content words that may be left over on a side, for synonyms among them to be moved
ones: in longer lists, some are alike by chance."""

LONGEST_JOINING = 5
"""Letters of a joining word, such as "their", that stands everywhere."""


def moved(
    original: Words, suspect: Words, matches: Iterable[Match], thesaurus: Thesaurus
) -> Iterator[Match]:
    """Yield words that no match has, but both sides: the longest runs first.

    Then come content words and what the thesaurus knows for them. Short joining words
    alone are no proof of having moved.
    """
    left = _Left(original, suspect)
    for match in matches:
        left.take(match.original, match.suspect)
    for size, b, a in sorted(left.runs()):
        if all(left.has(a + step, b + step) for step in range(-size)):
            for step in range(-size):
                left.take(a + step, b + step)
                yield Match(a + step, b + step, is_same=True, is_moved=True)
    for a, b in left.linked(thesaurus):
        yield Match(a, b, is_same=False, is_moved=True)


class _Left:
    """What is left over of the words of both sides."""

    def __init__(self, original: Words, suspect: Words) -> None:
        self._original = original
        self._suspect = suspect
        self._ours = [True] * len(original)
        self._theirs = [True] * len(suspect)

    def take(self, a: int, b: int) -> None:
        """Take one word of each side away."""
        self._ours[a] = self._theirs[b] = False

    def has(self, a: int, b: int) -> bool:
        """Tell whether the same word is left over at these places."""
        return (
            0 <= a < len(self._ours)
            and 0 <= b < len(self._theirs)
            and self._ours[a]
            and self._theirs[b]
            and self._original[a].key == self._suspect[b].key
        )

    def runs(self) -> Iterator[tuple[int, int, int]]:
        """Yield the size below zero and both starts of each run that is the same."""
        places: dict[str, list[int]] = {}
        for a, word in enumerate(self._original):
            if self._ours[a]:
                places.setdefault(word.key, []).append(a)
        for b, word in enumerate(self._suspect):
            found = places.get(word.key, ())
            for a in found if len(found) <= MOST_PLACES else ():
                size = self._size(a, b)
                if any(map(_is_telling, self._original[a : a + size])):
                    yield -size, b, a

    def _size(self, a: int, b: int) -> int:
        """Return how many words on it is the same, if a run starts there."""
        size = 0
        while self.has(a + size, b + size) and not self.has(a - 1, b - 1):
            size += 1
        return size

    def linked(self, thesaurus: Thesaurus) -> Iterator[tuple[int, int]]:
        """Yield the places of content words that are left and stand for each other."""
        ours = [
            a
            for a, word in enumerate(self._original)
            if self._ours[a] and word.is_content
        ]
        theirs = [
            b
            for b, word in enumerate(self._suspect)
            if self._theirs[b] and word.is_content
        ]
        if max(len(ours), len(theirs)) > MOST_LEFT:
            return
        for b in theirs:
            for a in ours:
                if thesaurus.link(self._original[a].key, self._suspect[b].key):
                    ours.remove(a)
                    yield a, b
                    break


def _is_telling(word: Word) -> bool:
    return word.is_content or len(word.key) > LONGEST_JOINING
