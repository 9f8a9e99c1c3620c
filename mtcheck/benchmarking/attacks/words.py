"""Attacks on the words: synonyms of the base model's table, both ways.

The model looks spun words up in that table, so that this is an attack by somebody who
knows the model. The thesauri that it was made of come with training only, and no system
that paraphrases can be had offline: ``synonyms`` at a high strength is the nearest to
one, and does what a spinner does.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from random import Random

from mtcheck.benchmarking.attacks import Attack
from mtcheck.extract.perplexity import HUMAN
from mtcheck.languages import language as language_of
from mtcheck.models import Resources, open_model
from mtcheck.types import Span

Table = Mapping[str, Sequence[str]]
Find = Callable[[str], Table]

_WORD = re.compile(r"[^\W\d_]{3,}")


@cache
def _resources(language: str) -> Resources:
    return open_model().resources(language)


@cache
def _commoner(language: str) -> Table:
    """Return the commoner synonyms of words; none in a language without a model."""
    if language not in open_model().languages:
        return {}
    small = language_of(language).function_words
    table = _resources(language).table("synonyms")
    return {word: found for word, found in table.items() if word not in small}


@cache
def _rarer(language: str) -> Table:
    """Return the rarer synonyms of words, those only that people have written."""
    found: dict[str, list[str]] = {}
    table = _commoner(language)
    if not table:
        return found
    known = _resources(language).language_model(HUMAN).kenlm
    small = language_of(language).function_words
    for word, others in table.items():
        # The table has forms that spinners make and people do not.
        if _WORD.fullmatch(word) and word in known:
            for other in others:
                if other not in small:
                    found.setdefault(other, []).append(word)
    return found


def _places(find: Find, text: str, language: str | None) -> list[Span]:
    known = find(language or "")
    return [
        Span(*found.span())
        for found in _WORD.finditer(text)
        if found[0].lower() in known
    ]


def _replaced(
    find: Find, texts: Sequence[str], language: str | None, random: Random
) -> list[str]:
    known = find(language or "")
    return [_like(text, random.choice(known[text.lower()])) for text in texts]


def _like(word: str, other: str) -> str:
    """Return another word with the capitals of a word."""
    if word.isupper():
        return other.upper()
    return other[0].upper() + other[1:] if word[0].isupper() else other


ATTACKS = (
    Attack(
        name="synonyms",
        about="words become rarer synonyms, as spinners do it",
        strengths=(0.2, 0.7),
        places=partial(_places, _rarer),
        replaced=partial(_replaced, _rarer),
    ),
    Attack(
        name="plain-words",
        about="words become commoner synonyms, which hides what a spinner did",
        strengths=(0.2, 0.7),
        places=partial(_places, _commoner),
        replaced=partial(_replaced, _commoner),
    ),
)
