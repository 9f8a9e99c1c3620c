"""How much of a file is ever held: one document, and that of a bounded size."""

import io
from typing import IO, AnyStr, BinaryIO

from mtcheck.errors import InputError

LARGEST_DOCUMENT = 512 * 2**20
"""Bytes of one document when unpacked: a few kB can unpack to terabytes."""

_PIECE = 2**20


def read_all(stream: BinaryIO, place: str) -> bytes:
    """Return what is left of a stream; an InputError if that is too much."""
    # Not all at once: room for the largest would be made for the smallest.
    held = io.BytesIO()
    while held.tell() <= LARGEST_DOCUMENT and (piece := stream.read(_PIECE)):
        held.write(piece)
    check_size(held.tell(), place)
    return held.getvalue()


def skip_line(stream: BinaryIO, place: str) -> None:
    """Go to the end of a line that is too long.

    An InputError where even that is too far: it may be terabytes, packed in a few kB.
    """
    for _ in range(LARGEST_DOCUMENT // _PIECE + 1):
        piece = stream.readline(_PIECE)
        if not piece or piece.endswith(b"\n"):
            return
    check_size(LARGEST_DOCUMENT + 1, place)


def read_line(stream: IO[AnyStr]) -> AnyStr:
    """Return the next line, or so much of it that it is too long."""
    return stream.readline(LARGEST_DOCUMENT + 1)


def check_size(n_bytes: int, place: str) -> None:
    """Raise an InputError if that is too much for one document."""
    if n_bytes > LARGEST_DOCUMENT:
        limit = LARGEST_DOCUMENT // 2**20
        raise InputError(place, f"a document must be at most {limit} MiB; split it")
