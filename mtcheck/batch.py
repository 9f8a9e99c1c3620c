"""Paragraphs that are measured together, their tokens laid end to end.

A few hundred paragraphs share each pass of numpy: a Python loop over the tokens of each
would take several times as long. No number depends on what else is in the batch.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, count, pairwise
from math import nan
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from mtcheck.language_model import Mask, Tokens, plain
from mtcheck.segment import Passage
from mtcheck.types import Finding, Mistake, Span

T = TypeVar("T")
Floats = NDArray[np.float64]
Places = NDArray[np.intp]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Masked:
    """Tokens with the topic hidden: token i is ``vocabulary[ids[i]]``."""

    vocabulary: Sequence[str]
    ids: Places

    def of_tokens(self, value: Callable[[str], Any], dtype: Any) -> NDArray[Any]:
        """Return a value of each token that depends on nothing but its text."""
        return _each(value, self.vocabulary, dtype)[self.ids]

    def texts(self) -> list[str]:
        """Return the tokens one after the other."""
        found: list[str] = np.array([*self.vocabulary, ""], object)[self.ids].tolist()
        return found


class Batch:
    """Paragraphs with their findings, and what extractors made of them together.

    ``mistakes`` has the grammar mistakes of each paragraph, None where nobody was asked
    or no answer came; without it nobody was.

    Arrays named after tokens have one entry a token, of all paragraphs in order; those
    named after paragraphs one entry a paragraph.
    """

    def __init__(
        self,
        passages: Sequence[Passage],
        findings: Sequence[Sequence[Finding]],
        mistakes: Sequence[Sequence[Mistake] | None] | None = None,
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
    def lines(self) -> tuple[Tokens, ...]:
        """The sentences of all paragraphs."""
        return tuple([line for passage in self.passages for line in passage.tokens])

    @cached_property
    def line_paragraphs(self) -> Places:
        """The paragraph of each sentence."""
        sizes = [len(passage.tokens) for passage in self.passages]
        return np.repeat(np.arange(len(self)), sizes)

    @cached_property
    def line_sizes(self) -> Places:
        """The number of tokens of each sentence."""
        return np.array([*map(len, self.lines)], dtype=np.intp)

    @cached_property
    def line_starts(self) -> Places:
        """The first token of each sentence."""
        return np.cumsum(self.line_sizes) - self.line_sizes

    @cached_property
    def token_lines(self) -> Places:
        """The sentence of each token."""
        return np.repeat(np.arange(len(self.lines)), self.line_sizes)

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
        return self._by_initial(str.isalpha)

    @cached_property
    def is_number(self) -> Flags:
        """Which tokens begin with a digit."""
        return self._by_initial(str.isdigit)

    @cached_property
    def is_word(self) -> Flags:
        """Which tokens are words or numbers; the others are marks."""
        return self._by_initial(str.isalnum)

    def _by_initial(self, test: Callable[[str], bool]) -> Flags:
        return _each(test, self._initials, np.bool_)[self.ids]

    @cached_property
    def _initials(self) -> list[str]:
        return [token[0] for token in self.vocabulary]

    @cached_property
    def n_words(self) -> Places:
        """The number of words and numbers of each paragraph."""
        return self.counts(self.token_paragraphs[self.is_word])

    @cached_property
    def _numbered(self) -> tuple[tuple[str, ...], Places]:
        index: defaultdict[str, int] = defaultdict(count().__next__)
        every = chain.from_iterable([line.written for line in self.lines])
        ids = np.fromiter(map(index.__getitem__, every), np.intp)
        return tuple(index), ids

    @property
    def written(self) -> tuple[str, ...]:
        """The distinct tokens as they stand in the texts, by first occurrence."""
        return self._numbered[0]

    @property
    def ids(self) -> Places:
        """The place of each token in ``written`` and in ``vocabulary``."""
        return self._numbered[1]

    @cached_property
    def vocabulary(self) -> list[str]:
        """The tokens of ``written`` as language models know them."""
        return plain(" ".join(self.written)).split()

    @cached_property
    def plain_ids(self) -> Places:
        """A number of each token that all with the same plain form share."""
        index: dict[str, int] = {}
        shared = [index.setdefault(token, len(index)) for token in self.vocabulary]
        return np.array(shared, dtype=np.intp)[self.ids]

    def of_tokens(self, value: Callable[[str], Any], dtype: Any) -> NDArray[Any]:
        """Return a value of each token that depends on nothing but its plain form."""
        return _each(value, self.vocabulary, dtype)[self.ids]

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
        return np.array(self._capitals, dtype=np.bool_)[self.ids]

    @cached_property
    def _capitals(self) -> list[bool]:
        return [token[0].isupper() for token in self.written]

    @cached_property
    def is_inner_capital(self) -> Flags:
        """Which tokens begin with a capital behind another word of their sentence."""
        is_inside = self.token_lines[1:] == self.token_lines[:-1]
        is_behind = np.zeros(len(self.ids), dtype=np.bool_)
        is_behind[1:] = is_inside & self.is_alphabetic[:-1]
        return self.is_capital & is_behind

    def masked(self, mask: Mask) -> Masked:
        """Return the tokens with the topic hidden."""

        def hide() -> Masked:
            return Masked([*map(mask.hide, self.vocabulary, self._capitals)], self.ids)

        return self.keep(mask, hide)

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
        start = int(self.line_starts[line])
        passage = self.passages[self.line_paragraphs[line]]
        place = self.lines[line].span(first - start, last - start)
        return place.shift(passage.paragraph.span.start)


def cut(passages: Sequence[Passage], size: int = 500) -> Iterator[Sequence[Passage]]:
    """Yield runs of paragraphs that make batches of a handy size."""
    for start in range(0, len(passages), size):
        yield passages[start : start + size]


def same(keys: NDArray[Any], ends: Places, n_keys: int) -> NDArray[np.int32]:
    """Return, for each key, the place of one that equals it in the same stretch.

    The stretches lie end to end and stop at ``ends``. All equal keys of a stretch get
    one place, so what stands at its own place is distinct. Keys are below ``n_keys``.
    """
    # Not sorted: to note where each key was last seen takes a tenth of the time.
    keys = keys.astype(np.intp)
    seen = np.empty(n_keys, np.int32)
    found = np.empty(len(keys), np.int32)
    places = np.arange(len(keys), dtype=np.int32)
    for start, end in pairwise([0, *ends.tolist()]):
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


def _each(
    value: Callable[[str], Any], texts: Sequence[str], dtype: Any
) -> NDArray[Any]:
    return np.fromiter(map(value, texts), dtype, len(texts))
