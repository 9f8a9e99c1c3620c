"""KenLM n-gram models, and the form of text that they read."""

import re
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import islice
from math import log2
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mtcheck.characters import ORDINARY, UNSEEN, as_seen, is_ordinary
from mtcheck.errors import ModelError
from mtcheck.types import Span

if TYPE_CHECKING:
    from mtcheck.ngrams import Trie

BITS = log2(10)
"""Bits in one unit of KenLM's log10 probabilities."""

_TOKEN = re.compile(rf"[^\W_]++(?:(?:[-'’]|[{UNSEEN}]++)[^\W_]++)*+|[,;:.!?()%]")


@cache
def ordinary_token() -> re.Pattern[str]:
    """Return the pattern of a token among ordinary characters."""
    # What any token is finds the same, but tells letters from others more slowly.
    known = "".join(filter(str.isalnum, ORDINARY))
    return re.compile(rf"[{known}]++(?:[-'’][{known}]++)*+|[,;:.!?()%]")


FINAL = frozenset(".!?")
"""What ends a sentence, and is no token there."""

_NUMBER = re.compile(r"(?<!\S)\d\S*")


@dataclass(frozen=True)
class Tokens:
    """A sentence as language models read it: words, numbers, and marks inside it.

    Quotes, dashes and the last stop are left out: they tell the source of a text, not
    its kind.
    """

    text: str
    """The paragraph; ``start`` and ``end`` are the sentence's place in it."""
    start: int
    end: int

    @cached_property
    def written(self) -> list[str]:
        """The tokens as they stand in the text, to the eye."""
        written: list[str] = _TOKEN.findall(self.text, self.start, self.end)
        if not is_ordinary(line := " ".join(written)):
            written = as_seen(line).split(" ")
        while written and written[-1] in FINAL:
            written.pop()
        return written

    def __len__(self) -> int:
        return len(self.written)

    @property
    def line(self) -> str:
        """The tokens in the form of ``plain``, with spaces between them."""
        return plain(" ".join(self.written))

    def span(
        self,
        first: int,
        last: int | None = None,
        is_known: bool = False,
        offset: int = 0,
    ) -> Span:
        """Return the place of token ``first``, or from there to the end of ``last``.

        It takes less time where all characters are known to be ordinary. The place
        counts from ``offset`` before the text.
        """
        # Found anew: only the few tokens that are shown need their place.
        pattern = ordinary_token() if is_known else _TOKEN
        matches = pattern.finditer(self.text, self.start, self.end)
        head = tail = next(islice(matches, first, None))
        for _ in range(first, first if last is None else last):
            tail = next(matches)
        return Span(head.start() + offset, tail.end() + offset)


def tokenize(text: str, start: int = 0, end: int | None = None) -> Tokens:
    """Return the tokens of ``text[start:end]``, which should be one sentence.

    Letters that only look like Latin ones, and signs without width, hide no word.

    >>> tokens = tokenize("„Im Jahr 2019“, sagte Ida.")
    >>> tokens.written, tokens.line
    (['Im', 'Jahr', '2019', ',', 'sagte', 'Ida'], 'im jahr 0 , sagte ida')
    """
    return Tokens(text, start, len(text) if end is None else end)


def plain(tokens: str) -> str:
    """Return tokens, parted by spaces, as models know them: numbers are ``0``.

    Words are in lower case, with one kind of apostrophe, or contractions would be
    unknown words in half of all texts.

    >>> plain("Don’t pay 3rd 2019")
    "don't pay 0 0"
    """
    lowered = tokens.lower()
    if "’" in lowered:
        lowered = lowered.replace("’", "'")
    return _NUMBER.sub("0", lowered)


class LanguageModel:
    """A KenLM model, opened when first asked."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def trie(self) -> "Trie":
        """The model in memory, for many tokens at once."""
        # Not for those who only read text, as a linter's start is most of its time.
        from mtcheck.kenlm_file import read_language_model
        from mtcheck.ngrams import Trie

        return Trie(read_language_model(self.path))

    @cached_property
    def kenlm(self) -> Any:
        """The underlying ``kenlm.Model``, memory-mapped."""
        import kenlm

        from mtcheck.kenlm_file import read_language_model

        read_language_model(self.path)  # KenLM itself takes what it gets
        try:
            return kenlm.Model(str(self.path))
        except OSError as error:
            raise ModelError(f"{self.path}: KenLM cannot open it ({error})") from error
