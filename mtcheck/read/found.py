"""What is found behind a path: files, or why there is none."""

from collections.abc import Iterator
from dataclasses import dataclass

from mtcheck.errors import InputError
from mtcheck.read.addresses import is_address
from mtcheck.read.readers import known


@dataclass(frozen=True, slots=True)
class Source:
    """A file to be read: its ``path`` as documents name it, its ``size`` in bytes.

    The size is that of the file as it is stored, and 0 where nobody tells it.
    """

    path: str
    size: int


Found = Iterator[Source | InputError]


def or_nothing_readable(found: Found, path: str) -> Found:
    """Pass on what was found, or say that there was nothing."""
    is_empty = True
    for item in found:
        is_empty = False
        yield item
    if is_empty:
        yield InputError(path, f"holds no readable file; {known()}")


def unreadable(path: str, error: Exception) -> InputError:
    """Say why a file cannot be read."""
    why = getattr(error, "strerror", None) or str(error) or type(error).__name__
    hint = (
        "the address, the network and your permissions"
        if is_address(path)
        else "it and its permissions"
    )
    return InputError(path, f"cannot be read ({why}); check {hint}")
