"""What hides the topic of a text, so that n-grams of labelled text learn its style.

Stamatatos, "Authorship Attribution Using Text Distortion", EACL 2017.
"""

from collections.abc import Mapping
from typing import Protocol

NAME = "^"
"""What stands for a name."""

_ENDING = 3


class Mask(Protocol):
    """Says what stands for each token; two that are not one hide differently."""

    def hide(self, token: str, is_capital: bool = False) -> str:
        """Return what stands for a token that begins with a capital in the text."""


def ending(word: str) -> str:
    """Return what stands for a word of which only the ending is told.

    >>> ending("dredging")
    '~ing'
    """
    return "~" + word[-_ENDING:]


class EndingMask:
    """Common words stay, others become their ending, names a mark."""

    def __init__(self, common: frozenset[str], has_capital_nouns: bool) -> None:
        self._common = common
        self._masks_names = not has_capital_nouns

    def hide(self, token: str, is_capital: bool = False) -> str:
        """Return what stands for a token that begins with a capital in the text or not.

        >>> mask = EndingMask(frozenset({"the", "in"}), has_capital_nouns=False)
        >>> mask.hide("the", True), mask.hide("dredging"), mask.hide("aldmouth", True)
        ('the', '~ing', '^')
        """
        if token in self._common or not token[0].isalpha():
            return token
        return NAME if is_capital and self._masks_names else ending(token)


class ClassMask:
    """Words become their class: of words that stand between the same neighbours.

    ``classes`` has what stands for each known word, and for unknown ones by their
    ending. Schütze, "Distributional Part-of-Speech Tagging", EACL 1995.
    """

    def __init__(self, classes: Mapping[str, str], has_capital_nouns: bool) -> None:
        self._classes = classes
        self._masks_names = not has_capital_nouns

    def hide(self, token: str, is_capital: bool = False) -> str:
        """Return what stands for a token that begins with a capital in the text or not.

        >>> mask = ClassMask({"the": "the", "bay": "#7", "~ing": "#9"}, False)
        >>> [mask.hide(word) for word in ("the", "bay", "dredging", "xylem", ",")]
        ['the', '#7', '#9', '~', ',']
        >>> mask.hide("aldmouth", is_capital=True)
        '^'
        """
        found = self._classes.get(token)
        if found is not None or not token[0].isalpha():
            return found or token
        if is_capital and self._masks_names:
            return NAME
        return self._classes.get(ending(token), "~")
