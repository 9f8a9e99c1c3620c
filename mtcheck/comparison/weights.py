"""What paragraphs share: keys of their words, weighted by how rare they are."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from math import log
from unicodedata import combining, normalize

from mtcheck.comparison.thesaurus import Thesaurus
from mtcheck.comparison.words import Text, Word
from mtcheck.types import Paragraph

JOINING = 0.1
"""The weight of a joining word: everybody uses them, and spinners leave them."""

NEAR = 0.5
"""The weight of a synonym."""

STEM, COGNATE = 6, 4
"""Letters that are compared of a word, in one language and across two."""

Keys = Counter[str]
KeyOf = Callable[[Word], str | None]


def stem(word: Word) -> str | None:
    """Return the start of a word, which its forms share."""
    return word.key.removesuffix("'s")[:STEM]


def cognate(word: Word) -> str | None:
    """Return a number, or the sound of a word's start, which languages share.

    None stands for what says nothing across languages: joining and short words.
    """
    digits = "".join(filter(str.isdigit, word.key))
    if digits:
        return digits  # "20th" and "20."
    sound = sound_of(word.key)
    return sound[:COGNATE] if word.is_content and len(sound) >= COGNATE else None


@lru_cache(maxsize=100_000)
def sound_of(word: str) -> str:
    """Return a word as it might be written in another language, roughly.

    >>> sound_of("kazakhstan") == sound_of("kasachstan")
    True
    >>> sound_of("tokayev") == sound_of("tokajew"), sound_of("präsident")
    (True, 'president')
    """
    word = word.replace("ä", "e").removesuffix("'s")
    folded = normalize("NFKD", word)
    folded = "".join(letter for letter in folded if not combining(letter))
    for pattern, sound in _SOUNDS:
        folded = pattern.sub(sound, folded)
    return folded


_SOUNDS = [
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("sch|sh|tsch|ß|z|c(?=[eiy])", "s"),
        ("kh|ch|ck|c|qu", "k"),
        ("ph", "f"),
        ("th|dt", "t"),
        ("w", "v"),
        ("[yj]", "i"),
        (r"(.)\1", r"\1"),
    )
]


class Weights:
    """Weighs keys by the paragraphs of both texts that have them (IDF).

    K. Spärck Jones, A Statistical Interpretation of Term Specificity (1972). Each
    paragraph has its keys, and in ``originals`` and ``suspects`` their whole weight.
    """

    def __init__(
        self, original: Text, suspect: Text, key_of: KeyOf, thesaurus: Thesaurus
    ) -> None:
        self._key_of = key_of
        self.original, self.suspect = (
            [*map(self._keys, text.words, text.paragraphs)]
            for text in (original, suspect)
        )
        every = [*self.original, *self.suspect]
        found = Counter(key for keys in every for key in keys)
        joining = {
            key_of(word)
            for text in (original, suspect)
            for words in text.words
            for word in words
            if not word.is_content
        }
        self._weights = {
            key: log(1 + len(every) / number) * (JOINING if key in joining else 1)
            for key, number in found.items()
        }
        self.originals = [*map(self._total, self.original)]
        self.suspects = [*map(self._total, self.suspect)]
        self._near = _near((original, suspect), key_of, thesaurus)

    def _keys(self, words: Sequence[Word], paragraph: Paragraph) -> Keys:
        if not words:  # a row of stars is like another row of stars
            return Counter([paragraph.text])
        return Counter(filter(None, map(self._key_of, words)))

    def _total(self, keys: Keys) -> float:
        return sum(number * self._weights[key] for key, number in keys.items())

    def weight(self, key: str) -> float:
        """Return the weight of one key."""
        return self._weights[key]

    def shared(self, one: Keys, other: Keys) -> float:
        """Return the weight of what both have, synonyms counted by half."""
        total, left = 0.0, []
        for key, number in other.items():
            both = min(number, one[key])
            total += both * self._weights[key]
            if both < number and key in self._near:
                left.append(key)
        for key in left:
            close = self._near[key].intersection(one)
            weights = [self._weights[near] for near in close if near not in other]
            total += NEAR * min(max(weights, default=0.0), self._weights[key])
        return total


def _near(
    texts: Iterable[Text], key_of: KeyOf, thesaurus: Thesaurus
) -> Mapping[str, set[str]]:
    """Return the keys of synonyms of each key, for either text."""
    words = {
        word.key: word
        for text in texts
        for own in text.words
        for word in own
        if word.is_content
    }
    keys = {word.key: key_of(word) for word in words.values()}
    near: dict[str, set[str]] = {}
    for word, key in keys.items():
        for synonym in thesaurus.synonyms(word):
            other = keys.get(synonym)
            if key and other and key != other:
                near.setdefault(key, set()).add(other)
                near.setdefault(other, set()).add(key)
    return near


def merged(keys: Sequence[Keys]) -> Keys:
    """Return the keys of neighbouring paragraphs together."""
    return sum(keys[1:], keys[0])
