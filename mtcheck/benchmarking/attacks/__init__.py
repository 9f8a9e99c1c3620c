"""Attacks: changes of a text that people read past, and a detector may not.

A family file that holds ``ATTACKS`` is the registration of each attack in it.
"""

import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import NamedTuple

from mtcheck.errors import ConfigError
from mtcheck.plugins import collect
from mtcheck.types import Span

EVERY = "all"
"""What asks for every attack at its own strengths."""

Places = Callable[[str, str | None], Sequence[Span]]
Replaced = Callable[[Sequence[str], str | None, Random], Sequence[str]]


@dataclass(frozen=True)
class Attack:
    """A change at some places of a text; its strength is the share of the places.

    ``places`` finds them in a text of a language, in order and apart; ``replaced``
    returns what stands at the chosen ones instead. At any strength above 0 it changes
    ``least`` places, and a text with fewer stays as it is. ``strengths`` are those that
    it is tried at unless others are asked for.
    """

    name: str
    about: str
    strengths: tuple[float, ...]
    places: Places
    replaced: Replaced
    least: int = 1

    def apply(self, text: str, language: str | None, strength: float, seed: int) -> str:
        """Return the text under attack; the seed and the text decide all chance.

        A stronger attack has the places of a weaker one too. What would leave nothing
        but white space leaves the text as it is.
        """
        places = self.places(text, language)
        n_chosen = max(self.least, round(strength * len(places)))
        if not strength or n_chosen > len(places):
            return text
        random = Random(f"{seed} {self.name} {text}")
        order = random.sample(range(len(places)), len(places))
        chosen = [places[at] for at in sorted(order[:n_chosen])]
        told = self.replaced([span.of(text) for span in chosen], language, random)
        parts, end = [], 0
        for span, new in zip(chosen, told, strict=True):
            parts += [text[end : span.start], new]
            end = span.end
        changed = "".join([*parts, text[end:]])
        return changed if changed.strip() else text


class Strike(NamedTuple):
    """An attack at a strength."""

    attack: Attack
    strength: float


@cache
def attacks() -> dict[str, Attack]:
    """Return all attacks by their names."""
    families = collect(sys.modules[__name__], "ATTACKS")
    return {attack.name: attack for family in families for attack in family}


def strikes(asked: Sequence[str]) -> list[Strike]:
    """Return what ``NAME``, ``NAME:STRENGTH`` and ``all`` ask for, each once.

    Raises a ConfigError for an unknown name, or a strength that is not from 0 to 1.

    >>> [(one.attack.name, one.strength) for one in strikes(["homoglyphs:0.5"])]
    [('homoglyphs', 0.5)]
    """
    found: list[Strike] = []
    for text in asked:
        name, separator, given = text.partition(":")
        known = attacks()
        if name == EVERY and not separator:
            for attack in known.values():
                found += [Strike(attack, one) for one in attack.strengths]
        elif name not in known:
            names = ", ".join([EVERY, *known])
            raise ConfigError(f"attack must be one of {names}, got {text!r}")
        else:
            own = [_strength(text, given)] if separator else known[name].strengths
            found += [Strike(known[name], one) for one in own]
    return list(dict.fromkeys(found))


def _strength(text: str, given: str) -> float:
    try:
        strength = float(given)
    except ValueError:
        strength = -1.0
    if not 0 <= strength <= 1:
        raise ConfigError(
            f"the strength of an attack must be a number from 0 to 1, got {text!r}"
        )
    return strength


def found_by(pattern: str) -> Places:
    """Return a function that finds the places of a pattern, in any language."""
    compiled = re.compile(pattern)
    return lambda text, language: [Span(*at.span()) for at in compiled.finditer(text)]


def each(change: Callable[[str], str]) -> Replaced:
    """Return a function that changes each place by itself, without chance."""
    return lambda texts, language, random: [change(text) for text in texts]


def any_of(choices: Sequence[str]) -> Replaced:
    """Return a function that puts one of the choices in each place."""
    return lambda texts, language, random: [random.choice(choices) for _ in texts]
