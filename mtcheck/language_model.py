"""KenLM n-gram models, and the form of text that they read.

Scores are in bits (minus log2 of the probability). Heafield, "KenLM: Faster and Smaller
Language Model Queries", WMT 2011.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from math import log2
from pathlib import Path
from typing import Any

from mtcheck.errors import ModelError

BITS = log2(10)
"""Bits in one unit of KenLM's log10 probabilities."""

_TOKEN = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*|[,;:.!?()%]")
_FINAL = frozenset(".!?")


@dataclass(frozen=True, slots=True)
class Tokens:
    """A sentence as language models read it; ``starts`` are offsets in the paragraph.

    Words in lower case, numbers as ``0``, and the marks inside the sentence. Quotes,
    dashes and the last stop are left out: they tell the source of a text, not its kind.
    """

    texts: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]


def tokenize(text: str, start: int = 0, end: int | None = None) -> Tokens:
    """Return the tokens of ``text[start:end]``, which should be one sentence.

    >>> tokenize("„Im Jahr 2019“, sagte Ida.").texts
    ('im', 'jahr', '0', ',', 'sagte', 'ida')
    """
    matches = list(_TOKEN.finditer(text, start, len(text) if end is None else end))
    while matches and matches[-1][0] in _FINAL:
        matches.pop()
    return Tokens(
        tuple([_normalize(match[0]) for match in matches]),
        tuple([match.start() for match in matches]),
        tuple([match.end() for match in matches]),
    )


def _normalize(token: str) -> str:
    if token[0].isdigit():
        return "0"
    # Both apostrophes, or contractions would be unknown words in half of all texts.
    return token.lower().replace("’", "'")


def spell(line: str) -> str:
    """Return a line of tokens as space-separated characters, for character models.

    >>> spell("ein haus")
    'e i n _ h a u s'
    """
    return " ".join(line.replace(" ", "_"))


class LanguageModel:
    """A KenLM model, opened when first asked; scores come in bits."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def kenlm(self) -> Any:
        """The underlying ``kenlm.Model``, memory-mapped."""
        import kenlm

        try:
            return kenlm.Model(str(self.path))
        except OSError as error:
            raise ModelError(f"{self.path}: KenLM cannot open it ({error})") from error

    def bits(self, line: str) -> float:
        """Return the bits of a whole sentence of tokens, its end included."""
        return -BITS * float(self.kenlm.score(line))

    def token_bits(self, line: str) -> tuple[list[float], list[int], list[bool]]:
        """Return bits, n-gram length and "unknown" for each token of a sentence."""
        scores = list(self.kenlm.full_scores(line, True, False))
        if not scores:
            return [], [], []
        logs, lengths, unknown = zip(*scores, strict=True)
        return [-BITS * log for log in logs], list(lengths), list(unknown)
