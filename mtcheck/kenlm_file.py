"""What a language model's file holds, looked through and read.

KenLM follows the numbers that it finds in a file: one that is cut off, or that somebody
made so, has it read beyond the end. What is looked at is the one form that training
writes: a trie with quantised weights and packed pointers (Heafield, "KenLM: Faster and
Smaller Language Model Queries", WMT 2011; ``lm/binary_format.cc``, ``search_trie.hh``,
``bhiksha.cc`` and ``quantize.hh`` of its source).

The trie reads backwards: under each word stand the words that may precede it, under
these the words before them, each time in the order of their numbers.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from mtcheck.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LARGEST_ORDER = 6
"""Words of an n-gram that the library is built for."""

LARGEST_WEIGHT = 1000.0
"""Of a log10: a word that is seen once in all books has about -12."""

_MAGIC = b"mmap lm http://kheafield.com/code format version 5\n"
_SANITY = struct.Struct("<56s3f3IQ")
_BEGINNING = _SANITY.pack(_MAGIC, 0.0, 1.0, -0.5, 1, 2**32 - 1, 0, 1)
_FIXED = struct.Struct("<B3xfI?3xI")
_TRIE = (5, 1)
"""Type and version of a trie with quantised weights and packed pointers."""
_MOST_BITS = 25
"""Bits of a quantised weight."""


@dataclass(frozen=True, slots=True)
class Unigrams:
    """Log10 and backoff of each word, and where the pairs that end in it begin.

    ``begins`` has one entry more, for the end of the last.
    """

    logs: "NDArray[np.float32]"
    backoffs: "NDArray[np.float32]"
    begins: "NDArray[np.int32]"


@dataclass(frozen=True, slots=True)
class NGrams:
    """N-grams of one order from pairs on; those that end alike stand together.

    ``firsts`` has the first word of each. The high bits of its code are the place of
    its log10 among ``logs``, the low ``n_low`` that of its backoff among ``backoffs``;
    ``begins`` is as for unigrams. The longest have no backoffs, and begin none.
    """

    firsts: "NDArray[np.int32]"
    codes: "NDArray[Any]"
    logs: "NDArray[np.float32]"
    n_low: int
    backoffs: "NDArray[np.float32]"
    begins: "NDArray[np.int32]"


@dataclass(frozen=True, slots=True)
class Contents:
    """The words by their numbers, and the n-grams by their order."""

    words: Sequence[str]
    unigrams: Unigrams
    longer: Sequence[NGrams]


def read_language_model(path: Path) -> Contents:
    """Return what a file holds.

    Raises a ModelError where KenLM would not find its way through it.
    """
    try:
        with path.open("rb") as file:
            return _read(file, path.stat().st_size)
    except (ValueError, struct.error) as error:
        raise ModelError(
            f"{path}: no language model as training writes them ({error}); install "
            "the model again, or refit with python -m training"
        ) from None


@dataclass(frozen=True, slots=True)
class _Packed:
    """N-grams of one order: where they start, how many, and how they are packed.

    An entry has a word, a code of which ``n_low`` bits are the backoff's, and a
    pointer: the place of one of ``n_next`` longer n-grams. Its low ``n_inline`` bits
    stand in the entry; how far the others count up is a table of ``n_steps`` in front
    of all. The longest n-grams have neither backoffs nor pointers.
    """

    start: int
    n: int
    n_word: int
    n_code: int
    n_low: int = 0
    n_next: int = 0
    n_inline: int = 0
    n_steps: int = 0

    @property
    def steps(self) -> int:
        return _aligned(self.start) + 8

    @property
    def entries(self) -> int:
        return self.start + (8 * (1 + self.n_steps) + 7 if self.n_steps else 0)

    @property
    def n_bits(self) -> int:
        return self.n_word + self.n_code + self.n_inline

    @property
    def end(self) -> int:
        # There is one entry more than n-grams, and some room.
        return self.entries + ((self.n + 1) * self.n_bits + 7) // 8 + 8


def _read(file: BinaryIO, size: int) -> Contents:
    order = _order(file)
    counts = struct.unpack(f"<{order}Q", file.read(8 * order))
    # An n-gram takes more than a bit; so no number below gets out of hand.
    if not counts[0] or max(counts) > min(8 * size, 2**31 - 1):
        raise ValueError("it names more n-grams than it has room for")
    words = _aligned(_SANITY.size + _FIXED.size + 8 * order)
    (n_words,) = _unpack("<Q", file, words)
    if n_words >= counts[0]:
        raise ValueError(f"it must have under {counts[0]:,} words, got {n_words:,}")
    tables = words + 8 + 8 * counts[0]
    _, n_high, n_low = _unpack("<3B", file, tables)
    bits = [n_high, n_low]
    if not all(1 <= n <= _MOST_BITS for n in bits):
        raise ValueError(f"its weights must have 1 to {_MOST_BITS} bits, got {bits}")
    n_weights = (order - 2) * (2**n_high + 2**n_low) + 2**n_high
    unigrams = tables + 8 + 4 * n_weights
    packed = [*_packed(file, unigrams + 16 * (counts[0] + 2), counts, n_high, n_low)]
    end = packed[-1].end
    if size < end:
        raise ValueError(f"it must have {end:,} bytes, got {size:,}")
    weights = _array(file, "<f4", tables + 8, n_weights)
    # A place that no n-gram took, as in small models, says that nothing is probable.
    _check_weights(weights[weights != -inf])
    return Contents(
        _words(file, end, n_words + 1),
        _unigrams(file, unigrams, counts),
        [*_longer(file, packed, weights, n_words + 1)],
    )


def _order(file: BinaryIO) -> int:
    """Return the number of words of the longest n-gram."""
    if file.read(_SANITY.size) != _BEGINNING:
        raise ValueError("it does not begin like one")
    order, _, kind, has_words, version = _FIXED.unpack(file.read(_FIXED.size))
    if (kind, version) != _TRIE:
        wanted = " in version ".join(map(str, _TRIE))
        raise ValueError(f"its type must be {wanted}, got {kind} in {version}")
    if not 2 <= order <= LARGEST_ORDER:
        raise ValueError(
            f"its n-grams must have 2 to {LARGEST_ORDER} words, got {order}"
        )
    if not has_words:
        raise ValueError("its words are not spelled")
    return int(order)


def _packed(
    file: BinaryIO, start: int, counts: Sequence[int], n_high: int, n_low: int
) -> Iterator[_Packed]:
    """Yield the n-grams of each order from pairs on."""
    n_word = counts[0].bit_length()
    if len(counts) > 2:
        _, most = _unpack("<2B", file, start)
    for n, n_next in pairwise(counts[1:]):
        needed = n_next.bit_length()
        # The library takes what makes table and entries together smallest.
        chopped = min(
            range(min(needed, most) + 1),
            key=lambda bits: 64 * (n_next >> (needed - bits)) - (n + 1) * bits,
        )
        n_inline = needed - chopped
        n_steps = (n_next >> n_inline) + 1
        found = _Packed(
            start, n, n_word, n_high + n_low, n_low, n_next, n_inline, n_steps
        )
        yield found
        start = found.end
    yield _Packed(start, counts[-1], n_word, n_high)


def _words(file: BinaryIO, start: int, n: int) -> list[str]:
    file.seek(start)
    *words, rest = file.read().decode().split("\0")
    if len(words) != n or rest:
        raise ValueError(f"it must spell {n:,} words, got {len(words):,}")
    return words


def _unigrams(file: BinaryIO, start: int, counts: Sequence[int]) -> Unigrams:
    kind = [("prob", "<f4"), ("backoff", "<f4"), ("next", "<u8")]
    found = _array(file, kind, start, counts[0] + 1)
    logs, backoffs = found["prob"][:-1].copy(), found["backoff"][:-1].copy()
    _check_weights(logs)
    _check_weights(backoffs)
    return Unigrams(logs, backoffs, _begins(found["next"], counts[1]))


def _longer(
    file: BinaryIO,
    packed: Sequence[_Packed],
    weights: "NDArray[np.float32]",
    n_words: int,
) -> Iterator[NGrams]:
    """Yield the n-grams of each order from pairs on."""
    import numpy as np  # not for those who only read text

    for item in packed:
        data = _array(file, "u1", item.entries, item.end - item.entries)
        firsts = _field(data, item, 0, item.n_word, np.int32)[:-1]
        if (firsts >= n_words).any():
            raise ValueError("an n-gram has a word that it does not know")
        kind = np.min_scalar_type((1 << item.n_code) - 1)
        codes = _field(data, item, item.n_word, item.n_code, kind)[:-1]
        n_logs = 1 << item.n_code - item.n_low
        logs, backoffs = weights[:n_logs], weights[n_logs:][: 1 << item.n_low]
        weights = weights[n_logs + len(backoffs) :]
        begins = _pointers(file, item, data) if item.n_steps else np.empty(0, np.int32)
        yield NGrams(firsts, codes, logs, item.n_low, backoffs, begins)


def _check_weights(weights: "NDArray[np.float32]") -> None:
    # NaN is not below anything.
    if not (abs(weights) <= LARGEST_WEIGHT).all():
        raise ValueError(f"a weight is no number up to {LARGEST_WEIGHT:g}")


def _begins(pointers: "NDArray[Any]", n_next: int) -> "NDArray[np.int32]":
    if (pointers[1:] < pointers[:-1]).any() or pointers[0] or pointers[-1] != n_next:
        raise ValueError("a pointer leads out of it")
    return pointers.astype("i4")


def _pointers(
    file: BinaryIO, packed: _Packed, data: "NDArray[np.uint8]"
) -> "NDArray[np.int32]":
    """Return the pointers of all n-grams of an order, and of the end behind them."""
    import numpy as np

    n = packed.n + 1
    steps = _array(file, "<u8", packed.steps, packed.n_steps)
    if steps[0] or (steps[1:] < steps[:-1]).any():
        raise ValueError("a pointer leads out of it")
    at = packed.n_word + packed.n_code
    low = _field(data, packed, at, packed.n_inline, np.int64)
    bounds = np.minimum(np.append(steps, np.uint64(n)), np.uint64(n)).astype(np.intp)
    high = np.repeat(np.arange(packed.n_steps), np.diff(bounds))
    return _begins((high << packed.n_inline) | low, packed.n_next)


def _field(
    data: "NDArray[np.uint8]", packed: _Packed, start: int, n_bits: int, kind: Any
) -> "NDArray[Any]":
    """Return the numbers that stand in so many bits of each entry from ``start`` on."""
    import numpy as np

    n = packed.n + 1
    found = np.empty(n, kind)
    mask = np.uint64(2**n_bits - 1)
    # Each eighth entry begins at the same bit of a byte, as many bytes behind it as an
    # entry has bits.
    for first in range(min(8, n)):
        at, shift = divmod(first * packed.n_bits + start, 8)
        shape = len(range(first, n, 8))
        words = np.ndarray(shape, "<u8", data.data, at, (packed.n_bits,))
        found[first::8] = (words >> np.uint64(shift)) & mask
    return found


def _aligned(place: int) -> int:
    return (place + 7) & ~7


def _unpack(form: str, file: BinaryIO, place: int) -> tuple[int, ...]:
    file.seek(place)
    return struct.unpack(form, file.read(struct.calcsize(form)))


def _array(file: BinaryIO, kind: Any, place: int, n: int) -> "NDArray[Any]":
    import numpy as np  # not for those who only read text

    file.seek(place)
    return np.frombuffer(file.read(n * np.dtype(kind).itemsize), kind)
