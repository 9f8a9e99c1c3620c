"""Attacks on whole sentences: put in, left out, in another order."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from random import Random

from mtcheck.benchmarking.attacks import Attack, each
from mtcheck.segment import split_sentences
from mtcheck.types import Span


def _sentences(text: str, language: str | None) -> list[Span]:
    return list(split_sentences(text, language or "en"))


def _ends(text: str, language: str | None) -> list[Span]:
    """Return the place behind each sentence, where sentences are at hand."""
    if language not in _strangers():
        return []
    return [Span(span.end, span.end) for span in _sentences(text, language)]


def _others(text: str, language: str | None) -> list[Span]:
    """Return all sentences but the first, each with the white space before it."""
    ends = [span.end for span in _sentences(text, language)]
    return [Span(*pair) for pair in pairwise(ends)]


@cache
def _strangers() -> Mapping[str, Sequence[str]]:
    """Return sentences that fit into no text, by language."""
    text = Path(__file__).with_name("sentences.toml").read_text("utf-8")
    return {code: tuple(found) for code, found in tomllib.loads(text).items()}


def _inserted(
    texts: Sequence[str], language: str | None, random: Random
) -> Sequence[str]:
    choices = _strangers()[str(language)]
    return [f" {random.choice(choices)}" for _ in texts]


def _moved_on(
    texts: Sequence[str], language: str | None, random: Random
) -> Sequence[str]:
    """Return the texts one place on, the first at the end."""
    return [*texts[1:], texts[0]]


ATTACKS = (
    Attack(
        name="inserted-sentence",
        about="a sentence of another matter is put behind a sentence",
        strengths=(0.2, 0.5),
        places=_ends,
        replaced=_inserted,
    ),
    Attack(
        name="dropped-sentence",
        about="sentences are left out, but not the first",
        strengths=(0.2, 0.5),
        places=_others,
        replaced=each(lambda sentence: ""),
    ),
    Attack(
        name="sentence-order",
        about="sentences trade places",
        strengths=(0.5, 1.0),
        places=_sentences,
        replaced=_moved_on,
        least=2,
    ),
)
