"""A run over a corpus: take up what is there, score what is missing, join it."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any, BinaryIO, Protocol

from mtcheck import __version__
from mtcheck.clock import Clock
from mtcheck.corpus.counts import Counts
from mtcheck.corpus.parts import Part, parts
from mtcheck.corpus.store import Record, Store
from mtcheck.corpus.target import Target
from mtcheck.corpus.work import Work
from mtcheck.errors import ConfigError, InputError, MtcheckError
from mtcheck.read import ReadOptions, Source, fingerprint, sources
from mtcheck.read.sources import STDIN
from mtcheck.report.text import count
from mtcheck.schedule import spread


@dataclass(frozen=True)
class Inputs:
    """What a run reads, in order; what cannot be read stands as an error."""

    entries: tuple[Source | InputError, ...]
    options: ReadOptions
    stdin: BinaryIO | None = None

    @classmethod
    def of(
        cls,
        paths: Sequence[str],
        options: ReadOptions,
        stdin: BinaryIO | None = None,
    ) -> "Inputs":
        """Find the inputs behind files, folders, patterns and addresses."""
        return cls(tuple(sources(paths)), options, stdin)

    @property
    def n_bytes(self) -> int:
        """The bytes of all sources as they are stored."""
        return sum(item.size for item in self.entries if isinstance(item, Source))

    def fingerprinted(self) -> tuple["Inputs", list[dict[str, Any]]]:
        """Return the inputs, and what tells whether they are the same again.

        What turns out to be unreadable has become an error.
        """
        entries: list[Source | InputError] = []
        found: list[dict[str, Any]] = []
        for entry in self.entries:
            try:
                if isinstance(entry, InputError):
                    raise entry
                is_stream = entry.path == STDIN
                told = {} if is_stream else fingerprint(entry)
                entries.append(entry)
                found.append({"path": entry.path, **told})
            except InputError as error:
                entries.append(error)
                found.append({"path": error.place, "problem": error.problem})
        return replace(self, entries=tuple(entries)), found


class Watcher(Protocol):
    """Who is told how a run goes."""

    def begin(self, n_bytes: int, n_bytes_done: int, n_parts_done: int) -> None:
        """Hear of the bytes of all inputs, and what an earlier run did of them."""

    def find_complete(self) -> None:
        """Hear that an earlier run did all."""

    def advance(self, n_bytes: int, n_paragraphs: int) -> None:
        """Hear of a part that was scored."""

    def lose(self, error: InputError) -> None:
        """Hear of an input that was lost."""

    def stop(self, n_parts: int) -> None:
        """Hear that the run ends early, and how many parts are kept."""


class Run:
    """One run; the ``watcher`` is told how it goes."""

    def __init__(
        self,
        inputs: Inputs,
        work: Work,
        target: Target,
        watcher: Watcher,
        jobs: int = 1,
        scheduler: str | None = None,
    ) -> None:
        self._work, self._target = work, target
        self._jobs, self._scheduler = jobs, scheduler
        self._watcher = watcher
        self._inputs, self._found = inputs.fingerprinted()
        self._clock = Clock()

    def score(self) -> Counts:
        """Score all that is missing, and return the numbers of the whole run.

        What is done is kept whatever happens; an error says so. A MtcheckError also
        where nothing at all could be scored.
        """
        target = self._target
        self._refuse_inputs()
        store = Store(target.folder, f".{target.format}", self._plan())
        try:
            with store:
                self._begin(store)
                counts = store.counts() if store.is_complete else self._score(store)
        except OSError as error:
            raise MtcheckError(
                f"{error.filename or target.path}: cannot be written "
                f"({error.strerror or error})"
            ) from None
        counts.spend(self._clock.seconds)
        return counts

    def _plan(self) -> dict[str, Any]:
        """Return what a run must have in common with one that it takes up."""
        settings = asdict(self._work) | asdict(self._inputs.options)
        del settings["model"], settings["signature"]
        settings["service"] = self._work.service and self._work.service.version
        return {
            "mtcheck": __version__,
            "model": self._work.signature,
            "settings": settings,
            "inputs": self._found,
        }

    def _refuse_inputs(self) -> None:
        """Refuse to write over an input, or among the inputs: no corpus is changed."""
        target = self._target.path.resolve()
        for entry in self._inputs.entries:
            path = Path(entry.path).resolve() if isinstance(entry, Source) else None
            if path is not None and (path == target or target in path.parents):
                raise ConfigError(
                    "config: output must not be an input, got "
                    f"{str(self._target.path)!r}; name another file"
                )

    def _begin(self, store: Store) -> None:
        """Tell what an earlier run did, and lost."""
        if store.is_complete:
            self._watcher.find_complete()
        done = sum(item.n_bytes for item in store.records.values())
        self._watcher.begin(self._inputs.n_bytes, done, len(store.records))
        self._tell(store.counts())

    def _tell(self, counts: Counts) -> None:
        for place, problem in counts.lost:
            self._watcher.lose(InputError(place, problem))

    def _score(self, store: Store) -> Counts:
        try:
            self._score_missing(store)
            counts = store.counts()
            if counts.lost and not counts.documents:
                n_lost = count(len(counts.lost), "input")
                store.remove()
                raise MtcheckError(f"nothing was scored, {n_lost} lost")
            with self._clock.time("writing"):
                self._finish(store)
            return counts
        except BaseException:
            # Without a part there is nothing to take up; a stream has gone by.
            if not store.records or any(map(_is_stream, self._inputs.entries)):
                store.remove()
            else:
                self._watcher.stop(len(store.records))
            raise

    def _finish(self, store: Store) -> None:
        if self._target.is_folder:
            store.finish()
            return
        with self._target.replacing() as file:
            self._target.table.join(store.parts(), file)
        store.remove()

    def _score_missing(self, store: Store) -> None:
        work, missing = self._work.do, self._missing(store)
        for done in spread(work, missing, self._jobs, self._scheduler):
            size = len(done.data)
            record = Record(done.number, size, done.end, done.n_bytes, done.counts)
            with self._clock.time("writing"):
                store.commit(record, done.data)
            self._tell(done.counts)
            self._watcher.advance(done.n_bytes, done.counts.paragraphs)

    def _missing(self, store: Store) -> Iterator[Part]:
        number, place = store.resume_at()
        inputs = self._inputs
        found = parts(inputs.entries, inputs.options, number, place, inputs.stdin)
        start = perf_counter()
        for part in found:
            self._clock.add("reading", perf_counter() - start)
            if part.number not in store.records:
                yield part
            start = perf_counter()


def _is_stream(entry: Source | InputError) -> bool:
    return isinstance(entry, Source) and entry.path == STDIN
