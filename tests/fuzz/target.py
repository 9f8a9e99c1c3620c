"""What is fuzzed: a function of bytes, and the inputs that it starts from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

LARGEST = 1_000_000
"""Bytes of the largest input."""

REPEATED = 0xFF
"""The first byte of an input whose rest is repeated."""

REPEATED_SIZE = 100_000
"""Bytes of a repeated input while fuzzing: a whole megabyte takes seconds, and far more
where each step is counted."""

_AROUND = b"\xff"
"""Parts what is repeated from what stands once before it and behind it."""

Run = Callable[[bytes], None]


@dataclass(frozen=True)
class Target:
    """A part of mtcheck that takes what strangers made.

    ``open`` returns the function that is fuzzed, which may write into the given folder
    and raises where mtcheck breaks its word: errors of its own are an answer, all
    others are not. ``seeds`` are inputs to start from, ``words`` what may be put into
    them.
    """

    name: str
    about: str
    open: Callable[[Path], Run]
    seeds: Callable[[], Sequence[bytes]]
    words: Sequence[str] = ()


def read_input(data: bytes) -> tuple[int, bytes]:
    r"""Return the first byte, which chooses among settings, and the rest.

    >>> read_input(b"\x03text")
    (3, b'text')
    """
    plain = repeat(data, REPEATED_SIZE)
    return (plain[0], plain[1:]) if plain else (0, b"")


def repeat(data: bytes, size: int) -> bytes:
    r"""Return an input that is to be repeated at that size; any other stays.

    What fuzzing finds is small: this is to see what much of it does.

    >>> repeat(b"\xffhead\xff[\xfftail", 14)
    b'\x0chead[[[[[tail'
    """
    if data[:1] != bytes([REPEATED]):
        return data
    # Two texts that are compared are parted by this.
    halves = data[1:].split(b"\0", 1)
    times = [_repeated(half, (size - 1) // len(halves)) for half in halves]
    return bytes([len(data) % 127]) + b"\0".join(times)


def _repeated(body: bytes, size: int) -> bytes:
    head, unit, tail = b"", body, b""
    if body.count(_AROUND) == 2:
        head, unit, tail = body.split(_AROUND)
    times = (size - len(head) - len(tail)) // max(len(unit), 1)
    return head + unit * times + tail
