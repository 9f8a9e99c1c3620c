"""Which words stand for each other: by the thesaurus of a model, or by their form."""

from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise

from mtcheck.comparison.values import Link
from mtcheck.models import Model

LEAST_ALIKE, START = 0.5, 3
"""Share of letter pairs in common from which two words are forms of one, and letters
that they must start with."""

Table = Mapping[str, tuple[str, ...]]


class Thesaurus:
    """Relations between words of one language, given in lower case.

    The table has commoner synonyms of a word, so both directions are looked up.
    """

    def __init__(self, table: Table) -> None:
        self._table = table

    @classmethod
    def of(cls, model: Model, language: str | None) -> "Thesaurus":
        """Open that of a language, which is empty where the model does not know it."""
        if language not in model.languages:
            return cls({})
        return cls(model.resources(str(language)).table("synonyms"))

    def synonyms(self, word: str) -> tuple[str, ...]:
        """Return the commoner synonyms of a word."""
        return self._table.get(word, ())

    def link(self, one: str, other: str) -> Link | None:
        """Return what relates two words or phrases, if anything does.

        >>> Thesaurus({"reside": ("live",)}).link("live", "reside")
        'synonym'
        >>> Thesaurus({}).link("reported", "reports"), Thesaurus({}).link("a", "b")
        ('form', None)
        """
        if one in self.synonyms(other) or other in self.synonyms(one):
            return "synonym"
        if one[:START] != other[:START] or not (one + other).isalpha():
            return None
        own, others = _letter_pairs(one), _letter_pairs(other)
        shared = 2 * len(own & others)
        is_alike = shared >= LEAST_ALIKE * (len(own) + len(others))
        return "form" if is_alike and shared else None


@lru_cache(maxsize=100_000)
def _letter_pairs(word: str) -> frozenset[str]:
    return frozenset(map("".join, pairwise(word)))
