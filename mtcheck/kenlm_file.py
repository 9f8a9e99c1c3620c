"""A language model's file, looked through before KenLM maps it.

KenLM follows the numbers that it finds in a file: one that is cut off, or that somebody
made so, has it read beyond the end. What is looked at is the one form that training
writes: a trie with quantised weights and packed pointers (Heafield, "KenLM: Faster and
Smaller Language Model Queries", WMT 2011; ``lm/binary_format.cc``, ``search_trie.hh``,
``bhiksha.cc`` and ``quantize.hh`` of its source).
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
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


def check_language_model(path: Path) -> None:
    """Raise a ModelError where KenLM would not find its way through a file."""
    try:
        with path.open("rb") as file:
            _check(file, path.stat().st_size)
    except (ValueError, struct.error) as error:
        raise ModelError(
            f"{path}: no language model as training writes them ({error}); install "
            "the model again, or refit with python -m training"
        ) from None


@dataclass(frozen=True, slots=True)
class _Middle:
    """N-grams of one order: where they start, how many, and how they are packed.

    A pointer is the place of one of ``n_next`` longer n-grams. Its low ``n_inline``
    bits stand in the entry; how far the others count up is a table of ``n_steps``.
    """

    start: int
    n: int
    n_next: int
    n_before: int
    n_inline: int

    @property
    def n_steps(self) -> int:
        return (self.n_next >> self.n_inline) + 1

    @property
    def steps(self) -> int:
        return _aligned(self.start) + 8

    @property
    def entries(self) -> int:
        return self.start + 8 * (1 + self.n_steps) + 7

    @property
    def n_bits(self) -> int:
        return self.n_before + self.n_inline

    @property
    def end(self) -> int:
        return self.entries + _packed_size(self.n, self.n_bits)


def _check(file: BinaryIO, size: int) -> None:
    order, has_words = _order(file)
    counts = struct.unpack(f"<{order}Q", file.read(8 * order))
    # An n-gram takes more than a bit; so no number below gets out of hand.
    if not 0 < counts[0] < 2**32 or max(counts) > 8 * size:
        raise ValueError("it names more n-grams than it has room for")
    words = _aligned(_SANITY.size + _FIXED.size + 8 * order)
    (n_words,) = _unpack("<Q", file, words)
    if n_words >= counts[0]:
        raise ValueError(f"it must have under {counts[0]:,} words, got {n_words:,}")
    tables = words + 8 + 8 * counts[0]
    _, *bits = _unpack("<3B", file, tables)
    if not all(1 <= n <= _MOST_BITS for n in bits):
        raise ValueError(f"its weights must have 1 to {_MOST_BITS} bits, got {bits}")
    n_weights = sum((order - 2) * 2**n for n in bits) + 2 ** bits[0]
    unigrams = tables + 8 + 4 * n_weights
    middles = [*_middles(file, unigrams + 16 * (counts[0] + 2), counts, sum(bits))]
    longest = middles[-1].end if middles else unigrams + 16 * (counts[0] + 2)
    end = longest + _packed_size(counts[-1], counts[0].bit_length() + bits[0])
    if size < end or (size > end and not has_words):
        raise ValueError(f"it must have {end:,} bytes, got {size:,}")
    _check_weights(_array(file, "<f4", tables + 8, n_weights))
    _check_unigrams(file, unigrams, counts)
    for middle in middles:
        _check_pointers(_pointers(file, middle), middle.n_next)


def _order(file: BinaryIO) -> tuple[int, bool]:
    """Return the words of the longest n-gram, and whether all words are spelled."""
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
    return order, has_words


def _middles(
    file: BinaryIO, start: int, counts: Sequence[int], n_quantised: int
) -> Iterator[_Middle]:
    """Yield the n-grams of the orders between the first and the last."""
    if len(counts) == 2:
        return
    _, most = _unpack("<2B", file, start)
    for n, n_next in pairwise(counts[1:]):
        needed = n_next.bit_length()
        # The library takes what makes table and entries together smallest.
        chopped = min(
            range(min(needed, most) + 1),
            key=lambda bits: 64 * (n_next >> (needed - bits)) - (n + 1) * bits,
        )
        n_before = counts[0].bit_length() + n_quantised
        middle = _Middle(start, n, n_next, n_before, needed - chopped)
        start = middle.end
        yield middle


def _check_unigrams(file: BinaryIO, start: int, counts: Sequence[int]) -> None:
    kind = [("prob", "<f4"), ("backoff", "<f4"), ("next", "<u8")]
    found = _array(file, kind, start, counts[0] + 1)
    _check_weights(found["prob"][:-1])
    _check_weights(found["backoff"][:-1])
    _check_pointers(found["next"], counts[1])


def _check_weights(weights: "NDArray[np.float32]") -> None:
    # NaN is not below anything.
    if not (abs(weights) <= LARGEST_WEIGHT).all():
        raise ValueError(f"a weight is no number up to {LARGEST_WEIGHT:g}")


def _check_pointers(pointers: "NDArray[Any]", n_next: int) -> None:
    if (pointers[1:] < pointers[:-1]).any() or pointers[-1] > n_next:
        raise ValueError("a pointer leads out of it")


def _pointers(file: BinaryIO, middle: _Middle) -> "NDArray[np.uint64]":
    """Return the pointers of all n-grams of an order, and of the end behind them."""
    import numpy as np

    n = middle.n + 1
    steps = _array(file, "<u8", middle.steps, middle.n_steps)
    if steps[0] or (steps[1:] < steps[:-1]).any():
        raise ValueError("a pointer leads out of it")
    data = _array(file, "u1", middle.entries, middle.end - middle.entries)
    low = np.empty(n, np.uint64)
    mask = np.uint64(2**middle.n_inline - 1)
    # Each eighth entry begins at the same bit of a byte, as many bytes behind it as an
    # entry has bits.
    for first in range(min(8, n)):
        at, shift = divmod(first * middle.n_bits + middle.n_before, 8)
        shape = len(range(first, n, 8))
        words = np.ndarray(shape, "<u8", data.data, at, (middle.n_bits,))
        low[first::8] = (words >> np.uint64(shift)) & mask
    bounds = np.minimum(np.append(steps, np.uint64(n)), np.uint64(n)).astype(np.intp)
    high = np.repeat(np.arange(middle.n_steps, dtype=np.uint64), np.diff(bounds))
    return (high << np.uint64(middle.n_inline)) | low


def _packed_size(n: int, n_bits: int) -> int:
    """Return the bytes of packed entries, one more than there are, and of some room."""
    return ((n + 1) * n_bits + 7) // 8 + 8


def _aligned(place: int) -> int:
    return (place + 7) & ~7


def _unpack(form: str, file: BinaryIO, place: int) -> tuple[int, ...]:
    file.seek(place)
    return struct.unpack(form, file.read(struct.calcsize(form)))


def _array(file: BinaryIO, kind: Any, place: int, n: int) -> "NDArray[Any]":
    import numpy as np  # not for those who only read text

    file.seek(place)
    return np.frombuffer(file.read(n * np.dtype(kind).itemsize), kind)
