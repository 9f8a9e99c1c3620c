"""Spun text: words of people's paragraphs replaced from a thesaurus, as spinners do.

The data has next to no text of this kind, and what it has is of one program. Four
spinners of different manners stand in for the many that are about.
"""

import random
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from mtcheck.languages import language as language_of
from mtcheck.types import Label
from training.data import Row
from training.lexicons import ENDINGS, inflected

SPUN_SHARE = 0.04
"""Share of the originals that each spinner is given."""

_WORD = re.compile(r"[^\W\d_]{4,}")

Senses = Sequence[Sequence[str]]
Pick = Callable[[Senses, random.Random], str]


@dataclass(frozen=True, slots=True)
class Spinner:
    """A manner of spinning.

    It replaces ``share`` of the words that it knows, in their dictionary form alone or
    with their endings, by what ``pick`` takes from the senses of the word.
    """

    name: str
    share: float
    has_endings: bool
    pick: Pick


def _any(senses: Senses, random_: random.Random) -> str:
    return random_.choice([word for sense in senses for word in sense])


def _first_sense(senses: Senses, random_: random.Random) -> str:
    return random_.choice(senses[0])


def _longest(senses: Senses, random_: random.Random) -> str:
    return max((word for sense in senses for word in sense), key=len)


SPINNERS = (
    Spinner("dictionary", 0.6, False, _any),
    Spinner("light", 0.25, True, _first_sense),
    Spinner("heavy", 0.7, True, _any),
    Spinner("ornate", 0.5, True, _longest),
)


class Thesaurus:
    """The senses of words, and which forms lead to them."""

    def __init__(self, groups: Iterable[tuple[str, list[str]]], language: str) -> None:
        self.language = language
        self._function_words = language_of(language).function_words
        senses: dict[str, list[list[str]]] = {}
        for head, words in groups:
            others = [word for word in dict.fromkeys(words) if word != head]
            if others:
                senses.setdefault(head, []).append(others)
        self._senses: Mapping[str, list[list[str]]] = senses
        self._forms: dict[str, tuple[str, str]] = {}
        for ending in ENDINGS[language]:  # the bare form comes first and stays
            for head in senses:
                form = inflected(head, ending, language)
                self._forms.setdefault(form, (head, ending))

    def replacement(
        self, word: str, spinner: Spinner, random_: random.Random
    ) -> str | None:
        """Return what the spinner writes for a word, or None if it does not know it."""
        lower = word.lower()
        if lower in self._function_words:
            return None
        head, ending = self._forms.get(lower, ("", ""))
        if not head or (ending and not spinner.has_endings):
            return None
        found = inflected(
            spinner.pick(self._senses[head], random_), ending, self.language
        )
        if word.isupper():
            return found.upper()
        return found[0].upper() + found[1:] if word[0].isupper() else found


def spin(
    text: str, spinner: Spinner, thesaurus: Thesaurus, random_: random.Random
) -> str:
    """Return the text as the spinner rewrites it; all but words stays."""

    def replaced(match: re.Match[str]) -> str:
        word = match[0]
        if random_.random() >= spinner.share:
            return word
        return thesaurus.replacement(word, spinner, random_) or word

    return _WORD.sub(replaced, text)


def spun_rows(rows: Sequence[Row], thesaurus: Thesaurus, seed: int) -> list[Row]:
    """Return paraphrased rows that the spinners make of a share of the originals.

    They keep the document of their original, and each spinner is a source of its own.
    """
    random_ = random.Random(seed)
    made = []
    for spinner in SPINNERS:
        for row in rows:
            if row.label == Label.ORIGINAL and random_.random() < SPUN_SHARE:
                text = spin(row.text, spinner, thesaurus, random_)
                if text != row.text:
                    made.append(_made(row, text, spinner.name))
    return made


def _made(row: Row, text: str, name: str) -> Row:
    return replace(
        row,
        text=text,
        label=Label.PARAPHRASED,
        source=f"spin_{name}",
        detail="spun",
        system=name,
        tier="",
        is_made=True,
    )
