"""One file being read: where it stands, and how to go on from there."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from typing import BinaryIO, Self

from mtcheck.errors import InputError
from mtcheck.read.found import Source, unreadable
from mtcheck.read.packing import DAMAGES, OPENERS
from mtcheck.read.readers import READERS, suffixes
from mtcheck.read.records import END, Outcome, ReadOptions, Step
from mtcheck.read.sources import STDIN, open_stored


class Reading:
    """The documents of one file, and what of it is lost, one after another.

    ``position`` counts the records behind it, lost ones too; where the file ended in an
    error it is ``END``. A reading that is given it as ``start`` goes on behind them.
    """

    def __init__(
        self,
        source: Source,
        options: ReadOptions,
        start: int = 0,
        stdin: BinaryIO | None = None,
    ) -> None:
        self.position = start
        self._path = source.path
        self._meter = _Meter(source.size)
        self._share: float | None = None
        self._steps = _steps(source.path, options, start, stdin, self._meter)

    @property
    def share(self) -> float:
        """How much of the file is behind it, from 0.0 to 1.0."""
        return self._meter.share if self._share is None else self._share

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Outcome:
        try:
            step = next(self._steps)
        except StopIteration:
            self._share = 1.0
            raise
        except InputError as error:
            return self._ended(error)
        except DAMAGES:
            why = "the archive is damaged or cut off; pack it again"
            return self._ended(InputError(self._path, why))
        except OSError as error:
            return self._ended(unreadable(self._path, error))
        self.position, outcome, self._share = step
        return outcome

    def _ended(self, error: InputError) -> InputError:
        self.position, self._share = END, 1.0
        return error


class _Meter:
    """How much of a stored file has been read, where its size is known."""

    def __init__(self, size: int) -> None:
        self._size = size
        self.stream: BinaryIO | None = None

    @property
    def share(self) -> float:
        if self.stream is None or not self._size:
            return 0.0
        return min(1.0, self.stream.tell() / self._size)


# Functions, not methods: they must not hold the reading, or a file would stay open
# when nobody goes on with it.
def _steps(
    path: str, options: ReadOptions, start: int, stdin: BinaryIO | None, meter: _Meter
) -> Iterator[Step]:
    if start >= END:
        return
    if path == STDIN:
        stream = sys.stdin.buffer if stdin is None else stdin
        yield from READERS[".txt"].steps(stream, path, options, start)
        return
    suffix, packing = suffixes(path)
    with ExitStack() as opened:
        stream = meter.stream = opened.enter_context(open_stored(path))
        if packing:
            stream = opened.enter_context(OPENERS[packing](stream))
        yield from READERS[suffix].steps(stream, path, options, start)
