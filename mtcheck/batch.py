"""Paragraphs that are measured together, their tokens laid end to end.

A few hundred paragraphs share each pass of numpy: a Python loop over the tokens of each
would take several times as long. No number depends on what else is in the batch.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import chain, pairwise
from math import nan
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from mtcheck.characters import is_ordinary
from mtcheck.language_model import FINAL, tokenize
from mtcheck.masks import Mask
from mtcheck.segment import Passage
from mtcheck.types import Finding, Mistake, Span
from mtcheck.vocabulary import Texts, Vocabulary

T = TypeVar("T")
Floats = NDArray[np.float64]
Places = NDArray[np.intp]
Flags = NDArray[np.bool_]

_LETTER, _DIGIT, _WORD, _CAPITAL, _STOP = 1, 2, 4, 8, 16
"""What a token begins with; numbers that are neither letter nor digit are words too."""


@dataclass(frozen=True, slots=True)
class Masked:
    """Tokens with the topic hidden: what stands for token i has the number ids[i]."""

    vocabulary: Texts
    ids: Places

    def of_tokens(self, value: Callable[[str], Any], dtype: Any) -> NDArray[Any]:
        """Return a value of each token that depends on nothing but its text."""
        return self.vocabulary.values(value, dtype)[self.ids]

    def spelled(self) -> tuple[NDArray[np.uint32], Places]:
        """Return their code points, with a space behind each, and how many it has."""
        return self.vocabulary.spelled(self.ids)


class Batch:
    """Paragraphs with their findings, and what extractors made of them together.

    ``mistakes`` has the grammar mistakes of each paragraph, None where nobody was asked
    or no answer came; without it nobody was. ``vocabulary`` may have been used for
    other batches before, which saves time and changes no number.

    Arrays named after tokens have one entry a token, of all paragraphs in order; those
    named after paragraphs one entry a paragraph, and those named after lines one entry
    a sentence. ``ids`` are the tokens' numbers in ``vocabulary``, ``line_sizes`` the
    numbers of tokens.
    """

    def __init__(
        self,
        passages: Sequence[Passage],
        findings: Sequence[Sequence[Finding]],
        mistakes: Sequence[Sequence[Mistake] | None] | None = None,
        vocabulary: Vocabulary | None = None,
    ) -> None:
        if len(passages) != len(findings):
            raise ValueError(
                "findings must be given for each paragraph, got "
                f"{len(findings)} for {len(passages)}"
            )
        self.passages = tuple(passages)
        self.findings = tuple(findings)
        self.mistakes = (None,) * len(passages) if mistakes is None else tuple(mistakes)
        self._kept: dict[object, Any] = {}
        self.vocabulary = Vocabulary() if vocabulary is None else vocabulary
        written = [line for passage in passages for line in passage.written]
        ids = self.vocabulary.numbers([*chain.from_iterable(written)])
        bounds = np.cumsum([0, *map(len, written)])
        kinds = self.vocabulary.written.values(_kind, np.uint8)[ids]
        ends = _ends(bounds, kinds == _STOP)
        self.line_sizes: Places = ends - bounds[:-1]
        own = np.flatnonzero(np.arange(len(ids)) < ends.repeat(np.diff(bounds)))
        self.ids: Places = ids[own]
        self._kinds = kinds[own]

    def __len__(self) -> int:
        return len(self.passages)

    def keep(self, owner: object, make: Callable[[], T]) -> T:
        """Return what ``owner`` made of this batch, made when it first asks.

        Features are measured for all paragraphs before the places behind some of them
        are shown; what both need is worked out once.
        """
        if owner not in self._kept:
            self._kept[owner] = make()
        kept: T = self._kept[owner]
        return kept

    @cached_property
    def lines(self) -> list[tuple[Passage, Span]]:
        """Each sentence, with the paragraph that it stands in."""
        return [(it, sentence) for it in self.passages for sentence in it.sentences]

    @cached_property
    def line_paragraphs(self) -> Places:
        """The paragraph of each sentence."""
        sizes = [len(passage.sentences) for passage in self.passages]
        return np.repeat(np.arange(len(self)), sizes)

    @cached_property
    def line_starts(self) -> Places:
        """The first token of each sentence."""
        return np.cumsum(self.line_sizes) - self.line_sizes

    @cached_property
    def token_lines(self) -> Places:
        """The sentence of each token."""
        return np.repeat(np.arange(len(self.line_sizes)), self.line_sizes)

    @cached_property
    def token_paragraphs(self) -> Places:
        """The paragraph of each token."""
        return self.line_paragraphs[self.token_lines]

    @cached_property
    def ends(self) -> Places:
        """Where the tokens of each paragraph end."""
        return np.cumsum(self.n_tokens)

    @cached_property
    def n_tokens(self) -> Places:
        """The number of tokens of each paragraph."""
        return self.counts(self.token_paragraphs)

    @cached_property
    def lengths(self) -> Places:
        """The number of letters of each token; one for a number."""
        return self.of_tokens(len, np.intp)

    @cached_property
    def is_alphabetic(self) -> Flags:
        """Which tokens begin with a letter."""
        return (self._kinds & _LETTER) > 0

    @cached_property
    def is_number(self) -> Flags:
        """Which tokens begin with a digit."""
        return (self._kinds & _DIGIT) > 0

    @cached_property
    def is_word(self) -> Flags:
        """Which tokens are words or numbers; the others are marks."""
        return (self._kinds & _WORD) > 0

    @cached_property
    def n_words(self) -> Places:
        """The number of words and numbers of each paragraph."""
        return self.counts(self.token_paragraphs[self.is_word])

    @property
    def plain_ids(self) -> Places:
        """A number of each token that all with the same plain form share."""
        return self.vocabulary.plain_numbers[self.ids]

    @cached_property
    def plain(self) -> list[str]:
        """The tokens as language models know them."""
        return [*map(self.vocabulary.plain.every.__getitem__, self.ids.tolist())]

    def of_tokens(self, value: Callable[[str], Any], dtype: Any) -> NDArray[Any]:
        """Return a value of each token that depends on nothing but its plain form."""
        return self.vocabulary.plain.values(value, dtype)[self.ids]

    def counts(self, paragraphs: Places) -> Places:
        """Return how often each paragraph occurs in ``paragraphs``."""
        return np.bincount(paragraphs, minlength=len(self))

    def sums(self, paragraphs: Places, values: NDArray[Any]) -> Floats:
        """Return the sum of the values of each paragraph; zero where it has none."""
        # In order, so that a sum is the same alone and in any company.
        return np.asarray(np.bincount(paragraphs, values, len(self)), dtype=float)

    def means(self, paragraphs: Places, values: NDArray[Any]) -> tuple[Floats, Floats]:
        """Return mean and standard deviation of the values of each paragraph.

        The mean is NaN where it has none, the deviation where it has fewer than two.
        """
        n_values = self.counts(paragraphs)
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = self.sums(paragraphs, values) / n_values
            squares = (values - mean[paragraphs]) ** 2
            spread = np.sqrt(self.sums(paragraphs, squares) / n_values)
        spread[n_values < 2] = nan
        return mean, spread

    @cached_property
    def is_capital(self) -> Flags:
        """Which tokens begin with a capital."""
        return (self._kinds & _CAPITAL) > 0

    @cached_property
    def is_inner_capital(self) -> Flags:
        """Which tokens begin with a capital behind another word of their sentence."""
        is_inside = self.token_lines[1:] == self.token_lines[:-1]
        is_behind = np.zeros(len(self.ids), dtype=np.bool_)
        is_behind[1:] = is_inside & self.is_alphabetic[:-1]
        return self.is_capital & is_behind

    @cached_property
    def neighbours(self) -> tuple[Places, Places]:
        """The first and the last token of the phrase around each token.

        That is the token and those beside it in its sentence.
        """
        at = np.arange(len(self.ids))
        is_start = np.zeros(len(at) + 1, np.bool_)
        is_start[self.line_starts] = True
        is_start[-1] = True
        return at - ~is_start[:-1], at + ~is_start[1:]

    def highest(self, values: Floats) -> tuple[Places, Places]:
        """Return the paragraphs with tokens, and that of the highest value in each.

        Of equally high ones it is the first.
        """
        owners = np.flatnonzero(self.n_tokens)
        starts = (self.ends - self.n_tokens)[owners]
        highest = np.maximum.reduceat(values, starts)
        places = np.flatnonzero(values == np.repeat(highest, self.n_tokens[owners]))
        return owners, places[np.searchsorted(places, starts)]

    def masked(self, mask: Mask) -> Masked:
        """Return the tokens with the topic hidden."""
        return Masked(self.vocabulary.hidden(mask), self.ids)

    def own_tokens(self, paragraph: int) -> slice:
        """Return the place of a paragraph's tokens."""
        end = int(self.ends[paragraph])
        return slice(end - int(self.n_tokens[paragraph]), end)

    def spans(self, tokens: Iterable[int]) -> Iterator[Span]:
        """Yield the places of tokens in their documents."""
        return (self.phrase(token, token) for token in tokens)

    def phrase(self, first: int, last: int) -> Span:
        """Return the place of tokens of one sentence in their document."""
        line = int(self.token_lines[first])
        start, (passage, sentence) = int(self.line_starts[line]), self.lines[line]
        paragraph = passage.paragraph
        tokens = tokenize(paragraph.text, sentence.start, sentence.end)
        is_known = is_ordinary(passage.characters)
        offset = paragraph.span.start
        return tokens.span(first - start, last - start, is_known, offset)


def cut(passages: Sequence[Passage], size: int = 500) -> Iterator[Sequence[Passage]]:
    """Yield runs of paragraphs that make batches of a handy size."""
    for start in range(0, len(passages), size):
        yield passages[start : start + size]


def same(keys: NDArray[Any], bounds: Places, n_keys: int) -> NDArray[np.int32]:
    """Return, for each key, the place of one that equals it in the same stretch.

    The stretches lie end to end, each between two of ``bounds``. All equal keys of one
    get the same place, so what stands at its own is distinct. Keys are below
    ``n_keys``.
    """
    # Not sorted: to note where each key was last seen takes a tenth of the time.
    keys = keys.astype(np.intp)
    seen = np.empty(n_keys, np.int32)
    found = np.empty(len(keys), np.int32)
    places = np.arange(len(keys), dtype=np.int32)
    for start, end in pairwise(bounds.tolist()):
        own = keys[start:end]
        seen[own] = places[start:end]
        found[start:end] = seen[own]
    return found


def ranked(values: NDArray[Any]) -> Iterator[int]:
    """Yield the places of values, the highest first, equal ones in their order."""
    if len(values):
        best = int(values.argmax())  # often no other is asked for
        yield best
        rest = np.argsort(-values, kind="stable").tolist()
        yield from (at for at in rest if at != best)


def _ends(bounds: Places, is_final: Flags) -> Places:
    """Return where sentences end that lie between ``bounds``, without last stops."""
    others = np.arange(1, len(is_final) + 1)
    others[is_final] = 0
    behind_last = np.concatenate([[0], np.maximum.accumulate(others)])
    ends: Places = np.maximum(behind_last[bounds[1:]], bounds[:-1])
    return ends


def _kind(token: str) -> int:
    return _kind_of(token[0])


@cache
def _kind_of(character: str) -> int:
    return (
        character.isalpha() * _LETTER
        | character.isdigit() * _DIGIT
        | character.isalnum() * _WORD
        | character.isupper() * _CAPITAL
        | (character in FINAL) * _STOP
    )
