"""Cut what is read into parts: the work of one process at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

from mtcheck.errors import InputError
from mtcheck.read import Outcome, Reading, ReadOptions, Source, is_page

FIRST_PART = 2**18
LARGEST_PART = 2**20
PARTS_OF_A_SIZE = 64

LEAST_OUTCOME = 100
"""Code points that an outcome counts as at least: millions of empty texts fill parts,
too."""

PAGE_SOURCE = 8
"""Code points of a page's source that are about as much work as one of a text."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the inputs one stands: the source, and how much of it was read."""

    source: int = 0
    position: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """Outcomes that are scored and kept together; the next part starts at ``end``.

    Pages among them stand as in their files: to find the text in one takes longer than
    to read it, and is a part of the work. The part covers ``n_bytes`` of the sources as
    they are stored.
    """

    number: int
    outcomes: tuple[Outcome, ...]
    end: Place
    n_bytes: int


def size_of(number: int) -> int:
    """Return the code points that fill a part.

    Small at first, so that a small corpus keeps all processes busy to its end; then
    larger, or a large one would come in hundreds of thousands of files.

    >>> [size_of(number) for number in (0, 63, 64, 1000)]
    [262144, 262144, 524288, 1048576]
    """
    return min(FIRST_PART << min(number // PARTS_OF_A_SIZE, 16), LARGEST_PART)


def parts(
    entries: Sequence[Source | InputError],
    options: ReadOptions,
    number: int = 0,
    place: Place = Place(),
    stdin: BinaryIO | None = None,
) -> Iterator[Part]:
    """Yield the parts of the entries from ``number`` on, which starts at ``place``.

    Where it starts changes no part. Without any input there is one part, an empty one.
    """
    held: list[Outcome] = []
    n_characters = 0
    n_bytes = n_told = sum(_size(entry) for entry in entries[: place.source])
    for at, entry in enumerate(entries[place.source :], place.source):
        start = place.position if at == place.source else 0
        for outcome, position, share in _reading(entry, options, start, stdin):
            held.append(outcome)
            n_characters += work_of(outcome)
            if n_characters >= size_of(number):
                n_read = n_bytes + int(share * _size(entry))
                yield Part(number, tuple(held), Place(at, position), n_read - n_told)
                held, n_characters, number, n_told = [], 0, number + 1, n_read
        n_bytes += _size(entry)
    if held or not number:
        yield Part(number, tuple(held), Place(len(entries)), n_bytes - n_told)


def work_of(outcome: Outcome) -> int:
    """Return how many code points of text are as much work as an outcome is."""
    if isinstance(outcome, InputError):
        return LEAST_OUTCOME
    n_characters = len(outcome.text)
    if is_page(outcome):
        n_characters //= PAGE_SOURCE
    return max(n_characters, LEAST_OUTCOME)


def _size(entry: Source | InputError) -> int:
    return entry.size if isinstance(entry, Source) else 0


def _reading(
    entry: Source | InputError,
    options: ReadOptions,
    start: int,
    stdin: BinaryIO | None,
) -> Iterator[tuple[Outcome, int, float]]:
    """Yield each outcome, how much was read up to it, and the share of the source."""
    if isinstance(entry, InputError):
        if not start:
            yield entry, 1, 1.0
        return
    as_it_stands = replace(options, is_page_source=True)
    reading = Reading(entry, as_it_stands, start, stdin)
    for outcome in reading:
        yield outcome, reading.position, reading.share
