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

    ``position`` counts the records behind it, lost ones too. A reading that is given it
    as ``start`` goes on there, and yields what would have followed.
    """

    def __init__(
        self,
        source: Source,
        options: ReadOptions,
        start: int = 0,
        stdin: BinaryIO | None = None,
    ) -> None:
        self.position = start
        self._source = source
        self._options = options
        self._stdin = stdin
        self._stored: BinaryIO | None = None
        self._share: float | None = None
        self._steps = iter(()) if start >= END else self._read(start)

    @property
    def share(self) -> float:
        """How much of the file is behind it, from 0.0 to 1.0."""
        if self._share is not None:
            return self._share
        if self._stored is None or not self._source.size:
            return 0.0
        return min(1.0, self._stored.tell() / self._source.size)

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
            return self._ended(InputError(self._source.path, why))
        except OSError as error:
            return self._ended(unreadable(self._source.path, error))
        self.position, outcome, self._share = step
        return outcome

    def _ended(self, error: InputError) -> InputError:
        self.position, self._share = END, 1.0
        return error

    def _read(self, start: int) -> Iterator[Step]:
        path = self._source.path
        if path == STDIN:
            stream = sys.stdin.buffer if self._stdin is None else self._stdin
            yield from READERS[".txt"].steps(stream, path, self._options, start)
            return
        suffix, packing = suffixes(path)
        with ExitStack() as opened:
            stream = self._stored = opened.enter_context(open_stored(path))
            if packing:
                stream = opened.enter_context(OPENERS[packing](stream))
            yield from READERS[suffix].steps(stream, path, self._options, start)
