"""KenLM n-gram models, and the form of text that they read.

Scores are in bits (minus log2 of the probability). Heafield, "KenLM: Faster and Smaller
Language Model Queries", WMT 2011.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log2
from pathlib import Path
from typing import Any

from mtcheck.errors import ModelError
from mtcheck.types import Span

TokenBits = tuple[list[float], Sequence[int], Sequence[bool]]
"""Bits, length of the n-gram that was found, and "unknown", for each token."""

BITS = log2(10)
"""Bits in one unit of KenLM's log10 probabilities."""

_TOKEN = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*|[,;:.!?()%]")
_FINAL = frozenset(".!?")
_DIGIT = re.compile(r"\d")
_ENDING = 3


@dataclass(frozen=True, slots=True)
class Tokens:
    """A sentence as language models read it.

    Words in lower case, numbers as ``0``, and the marks inside the sentence. Quotes,
    dashes and the last stop are left out: they tell the source of a text, not its kind.
    """

    texts: tuple[str, ...]
    matches: tuple[re.Match[str], ...]
    offset: int
    """Where the sentence starts in its paragraph; matches count from there."""

    def start(self, at: int) -> int:
        """Return where token ``at`` starts in the paragraph."""
        return self.matches[at].start() + self.offset

    def span(self, at: int) -> Span:
        """Return the place of token ``at`` in the paragraph."""
        return Span(*self.matches[at].span()).shift(self.offset)


def tokenize(text: str, start: int = 0, end: int | None = None) -> Tokens:
    """Return the tokens of ``text[start:end]``, which should be one sentence.

    >>> tokenize("„Im Jahr 2019“, sagte Ida.").texts
    ('im', 'jahr', '0', ',', 'sagte', 'ida')
    """
    sentence = _lowered(text[start:end])
    matches = list(_TOKEN.finditer(sentence))
    while matches and matches[-1][0] in _FINAL:
        matches.pop()
    texts = [match[0] for match in matches]
    if _DIGIT.search(sentence):
        texts = ["0" if text[0].isdigit() else text for text in texts]
    return Tokens(tuple(texts), tuple(matches), start)


def _lowered(text: str) -> str:
    lowered = text.lower()
    if len(lowered) != len(text):  # "İ" becomes two code points; places must not move
        lowered = "".join(
            [low if len(low := char.lower()) == 1 else char for char in text]
        )
    # Both apostrophes, or contractions would be unknown words in half of all texts.
    return lowered.replace("’", "'") if "’" in lowered else lowered


class Mask:
    """Hides the topic: common words stay, others become their ending, names a mark.

    Without it, n-grams of labelled text learn what its sources wrote about. Stamatatos,
    "Authorship Attribution Using Text Distortion", EACL 2017.
    """

    def __init__(self, common: frozenset[str], has_capital_nouns: bool) -> None:
        self._common = common
        self._has_capital_nouns = has_capital_nouns

    def __call__(self, text: str, tokens: Tokens) -> tuple[str, ...]:
        """Return the masked tokens of a sentence of the paragraph ``text``.

        >>> mask = Mask(frozenset({"the", "in"}), has_capital_nouns=False)
        >>> mask("The dredging in Aldmouth", tokenize("The dredging in Aldmouth"))
        ('the', '~ing', 'in', '^')
        """
        common = self._common
        masks_names = not self._has_capital_nouns
        return tuple(
            [
                token
                if token in common or not token[0].isalpha()
                else "^"
                if masks_names and text[tokens.start(at)].isupper()
                else "~" + token[-_ENDING:]
                for at, token in enumerate(tokens.texts)
            ]
        )


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

    def token_bits(self, line: str) -> TokenBits:
        """Return bits, n-gram length and "unknown" for each token of a sentence."""
        scores = list(self.kenlm.full_scores(line, True, False))
        if not scores:
            return [], (), ()
        logs, lengths, unknown = zip(*scores, strict=True)
        return [-BITS * log for log in logs], lengths, unknown
