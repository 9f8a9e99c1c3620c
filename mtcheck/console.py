"""Where a command writes: results to standard output or a file, the rest to stderr."""

import io
import os
import shutil
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock, Timer
from time import perf_counter
from typing import IO, TYPE_CHECKING, Any, Literal, ParamSpec, Self, TextIO, TypeVar

from mtcheck.errors import InputError, MtcheckError, ResourceError
from mtcheck.report import Screen, make_visible
from mtcheck.report.text import count, describe_labels
from mtcheck.types import Label, Scored

if TYPE_CHECKING:
    from rich.progress import Progress

    from mtcheck.corpus.counts import Counts
    from mtcheck.corpus.forecast import Forecast
    from mtcheck.linting import Linted

Write = Callable[[str], object]
P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


class OutputError(MtcheckError):
    """What was asked for could not be written."""

    def __init__(self, place: str, error: OSError) -> None:
        super().__init__(f"{place}: cannot be written ({error.strerror or error})")


def screen_of(stream: TextIO) -> Screen:
    """Tell what a stream can show; NO_COLOR and dumb terminals are respected."""
    is_terminal = stream.isatty()
    is_plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    width = min(shutil.get_terminal_size().columns, 100) if is_terminal else 88
    encoding = (stream.encoding or "ascii").lower().replace("-", "")
    return Screen(
        is_terminal,
        has_colour=is_terminal and not is_plain,
        has_unicode=encoding.startswith("utf"),
        width=width,
    )


# Half of a surrogate pair, as in an undecodable file name, becomes \udc80, which is how
# JSON spells it.
_PROGRAM: dict[str, Any] = {
    "encoding": "utf-8",
    "errors": "backslashreplace",
    "newline": "\n",
}


@contextmanager
def writing(path: str | None, is_for_people: bool) -> Iterator[tuple[Write, Screen]]:
    """Open a file, or standard output; a file appears only when it is complete.

    An OutputError says what could not be written; a closed pipe is a BrokenPipeError.
    """
    if path is not None:
        with _replacing(path) as write:
            yield write, Screen()
        return
    place = "standard output"
    stream = _stdout(is_for_people)
    yield _told(stream.write, place), screen_of(stream)
    _told(stream.flush, place)()


@contextmanager
def writing_bytes(path: str | None) -> Iterator[IO[bytes]]:
    """Open a file, or standard output, like ``writing``, for bytes.

    An OSError that leaves the block is told as one of this file.
    """
    place = "standard output" if path is None else path
    try:
        if path is None:
            stream = _stdout(is_for_people=False)
            yield stream.buffer
            stream.flush()
        else:
            with _replacement(path, is_text=False) as file:
                yield file
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(place, error) from None


def _stdout(is_for_people: bool) -> TextIO:
    stream = sys.stdout
    if stream is None:
        raise OutputError("standard output", OSError("it is closed"))
    if isinstance(stream, io.TextIOWrapper):
        # People's terminals may lack letters; programs get UTF-8 whatever the locale.
        if is_for_people:
            stream.reconfigure(errors="replace")
        else:
            stream.reconfigure(**_PROGRAM)
    return stream


def _told(action: Callable[P, R], place: str) -> Callable[P, R]:
    """Return the action with its errors told as an OutputError, except closed pipes."""

    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return action(*args, **kwargs)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise OutputError(place, error) from None

    return run


@contextmanager
def _replacing(path: str) -> Iterator[Write]:
    """Write beside the target, then take its place in one step."""
    with _replacement(path, is_text=True) as file:
        yield _told(file.write, path)


@contextmanager
def _replacement(path: str, is_text: bool) -> Iterator[IO[Any]]:
    """Open a file beside the target, which takes its place when all is written."""
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        # Devices and pipes cannot be replaced; a folder is refused on opening.
        device = _told(_open, path)(target, "w", is_text)
        try:
            yield device
            _told(device.close, path)()
        finally:
            # What the device does not take is in the buffer still.
            with suppress(OSError):
                device.close()
        return
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    with stopped_by_sigterm():
        file = _told(_open, path)(temporary, "x", is_text)
        try:
            yield file
            _told(file.close, path)()
            _told(temporary.replace, path)(target)
        except BaseException:
            # The buffer may not fit the disk; the file goes away all the same.
            with suppress(OSError):
                file.close()
            temporary.unlink(missing_ok=True)
            raise


def _open(path: Path, mode: Literal["w", "x"], is_text: bool) -> IO[Any]:
    return open(path, mode, **_PROGRAM) if is_text else open(path, f"{mode}b")


@contextmanager
def stopped_by_sigterm() -> Iterator[None]:
    """Let SIGTERM end the block like Ctrl-C does, so that it can tidy up."""

    def stop(number: int, frame: object) -> None:
        raise SystemExit(128 + number)

    try:
        previous = signal.signal(signal.SIGTERM, stop)
    except ValueError:  # not in the main thread
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)


def say(message: str) -> None:
    """Write one line to standard error."""
    if sys.stderr is not None:
        sys.stderr.write(f"mtcheck: {make_visible(message)}\n")


def silence_streams() -> None:
    """Point closed or full streams at nothing: Python flushes them again at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in filter(None, (sys.stdout, sys.stderr)):
        try:
            stream.flush()
        except (OSError, ValueError):
            os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


class ProgressBar:
    """A bar on stderr that appears when nothing else was shown for a second."""

    def __init__(self, is_wanted: bool) -> None:
        self._is_wanted = is_wanted and sys.stderr is not None and sys.stderr.isatty()
        self._lock = Lock()
        self._timer: Timer | None = None
        self._bar: Progress | None = None
        self._text = "reading"
        self._total: int | None = None
        self._done = 0

    def __enter__(self) -> Self:
        self.resume()
        return self

    def __exit__(self, *_: object) -> None:
        self.pause()

    def begin(self, total: int, done: int) -> None:
        """Say how much there is to do in all, and how much of it was done before."""
        self._total = total
        self.update(self._text, done)

    def update(self, text: str, more: int = 0) -> None:
        """Change what the bar says, and move it on."""
        with self._lock:
            self._text = text
            self._done += more
            if self._bar is not None:
                task = self._bar.task_ids[0]
                self._bar.update(task, description=text, completed=self._done)

    def resume(self) -> None:
        """Show the bar in a second, unless it is shown already."""
        if self._is_wanted and self._timer is None:
            self._timer = Timer(1.0, self._show)
            self._timer.daemon = True
            self._timer.start()

    def pause(self) -> None:
        """Take the bar away, for instance to write a line."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            if self._bar is not None:
                self._bar.stop()
                self._bar = None

    def say(self, message: str) -> None:
        """Write one line to standard error, with the bar out of its way."""
        self.pause()
        say(message)
        self.resume()

    def _show(self) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            Progress,
            TaskProgressColumn,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        with self._lock:
            if self._timer is None:
                return
            columns = [BarColumn(), TextColumn("{task.description}")]
            if self._total is None:
                # How much is to come is not known: inputs are read as they are scored.
                columns.append(TimeElapsedColumn())
            else:
                columns += [
                    TaskProgressColumn(),
                    TimeElapsedColumn(),
                    TextColumn("left"),
                    # A part takes seconds, and there may be few.
                    TimeRemainingColumn(),
                ]
            self._bar = Progress(
                *columns,
                console=Console(stderr=True),
                transient=True,
                speed_estimate_period=600,
            )
            self._bar.add_task(self._text, total=self._total, completed=self._done)
            self._bar.start()


_CAUSES = {"too-short": "under five words", "language": "in another language"}
"""What keeps a paragraph from being judged, in words."""


class CorpusWatch:
    """Tells people how a run over a corpus goes, and at the end what came of it."""

    def __init__(self, bar: ProgressBar) -> None:
        self._bar = bar
        self._start = perf_counter()
        self._n_paragraphs = 0

    def begin(self, n_bytes: int, n_bytes_done: int, n_parts_done: int) -> None:
        """Show the whole, and what an earlier run did of it."""
        self._bar.begin(n_bytes, n_bytes_done)
        if n_parts_done:
            parts = count(n_parts_done, "part")
            self._bar.say(f"going on from a run that was stopped; {parts} done")

    def find_complete(self) -> None:
        """Say that there is nothing to do."""
        self._bar.say("all was scored before, by the same model and settings")

    def advance(self, n_bytes: int, n_paragraphs: int) -> None:
        """Show a part that was scored."""
        self._n_paragraphs += n_paragraphs
        rate = self._n_paragraphs / max(perf_counter() - self._start, 0.001)
        text = f"{count(self._n_paragraphs, 'paragraph')}, {rate:,.0f} a second"
        self._bar.update(text, n_bytes)
        self._bar.resume()

    def lose(self, error: InputError) -> None:
        """Name an input that was lost."""
        self._bar.say(str(error))

    def stop(self, n_parts: int) -> None:
        """Say that the work was not in vain."""
        self._bar.say(
            f"stopped; {count(n_parts, 'part')} kept, the same command goes on from "
            "there"
        )

    def summary(self, counts: "Counts") -> Iterator[str]:
        """Yield the closing lines."""
        labels: Counter[Label | None] = Counter(
            {label: counts.labels[label] for label in Label}
        )
        labels[None] = counts.abstained.total()
        told = _told_of(counts.documents, counts.paragraphs, labels)
        if counts.abstained:
            causes = [
                f"{number:,} {_CAUSES.get(cause, cause)}"
                for cause, number in counts.abstained.most_common()
            ]
            told += f" ({', '.join(causes)})"
        if counts.lost:
            told += f"; {_lost(len(counts.lost))}"
        yield told
        yield from _not_checked(counts.unchecked)
        if not self._n_paragraphs:
            return
        seconds = perf_counter() - self._start
        rate = self._n_paragraphs / max(seconds, 0.001)
        stages = ", ".join(
            f"{name} {spent:.1f}" for name, spent in _stages(counts.seconds).items()
        )
        yield (
            f"{seconds:.1f} s, {rate:,.0f} paragraphs a second; seconds of work: "
            f"{stages}"
        )


def _told_of(n_documents: int, n_paragraphs: int, labels: Counter[Label | None]) -> str:
    """Return what was scored, in words."""
    told = count(n_documents, "document")
    # At the level of documents none is counted.
    if n_paragraphs:
        told += f", {count(n_paragraphs, 'paragraph')}"
    return f"{told}: {describe_labels(labels)}" if labels.total() else told


def _lost(n_inputs: int) -> str:
    return f"{count(n_inputs, 'input')} lost"


def _not_checked(unchecked: Counter[str]) -> Iterator[str]:
    """Yield a line on the paragraphs whose grammar was not checked, if any."""
    if unchecked:
        n_lost = count(unchecked.total(), "paragraph")
        reason, _ = unchecked.most_common(1)[0]
        yield f"grammar: {n_lost} not checked ({reason})"


def _stages(seconds: Mapping[str, float]) -> dict[str, float]:
    """Return the seconds of the main stages: all features together are one."""
    found: dict[str, float] = {}
    for name, spent in seconds.items():
        stage = name.partition(".")[0]
        found[stage] = found.get(stage, 0.0) + spent
    return found


def profile(seconds: Mapping[str, float], n_paragraphs: int) -> Iterator[str]:
    """Yield a table of what each stage and each extractor took, the longest first."""
    total = sum(seconds.values())
    yield f"{'stage':<24} {'seconds':>9} {'share':>6} {'µs a paragraph':>15}"
    rows = sorted(seconds.items(), key=lambda item: -item[1])
    for name, spent in [*rows, ("total", total)]:
        share, each = spent / (total or 1), spent * 1e6 / max(n_paragraphs, 1)
        yield f"{name:<24} {spent:>9.2f} {share:>6.1%} {each:>15,.0f}"


def describe_forecast(found: "Forecast", format: str, jobs: int) -> Iterator[str]:
    """Yield the lines on what a run would take."""
    sample = found.sample
    yield (
        f"{count(found.n_sources, 'file')}, {_bytes(found.n_bytes)}; sample: "
        f"{count(sample.documents, 'document')}, "
        f"{count(sample.paragraphs, 'paragraph')}"
    )
    if found.n_lost:
        yield f"{count(found.n_lost, 'input')} of the sample cannot be read"
    processes = "one process" if jobs == 1 else f"{jobs} processes"
    yield (
        f"about {_about(found.n_documents)} documents, {_about(found.n_paragraphs)} "
        f"paragraphs; {_duration(found.seconds / jobs)} by {processes}; "
        f"{_bytes(found.n_bytes_scores)} of scores as {format}"
    )


def _about(number: float) -> str:
    """Return a number with two digits that mean something."""
    return f"{float(f'{number:.2g}'):,.0f}"


def _duration(seconds: float) -> str:
    for unit, size in (("days", 86_400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} seconds"


def _bytes(number: float) -> str:
    for unit, size in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if number >= size:
            return f"{number / size:.1f} {unit}"
    return f"{number:.0f} bytes"


class Tally:
    """Counts what comes by, and names on stderr what was lost."""

    def __init__(self, bar: ProgressBar) -> None:
        self.n_documents = 0
        self.n_lost = 0
        self.stopped: ResourceError | None = None
        self._unchecked: Counter[str] = Counter()
        self.n_paragraphs = 0
        self._labels: Counter[Label | None] = Counter()
        self._bar = bar

    def scored(self, results: Iterable[Scored | InputError]) -> Iterator[Scored]:
        """Yield what was scored.

        Where a server goes that the run needs, ``stopped`` says so, and what was scored
        before is kept.
        """
        for result in self._until_stopped(results):
            if isinstance(result, InputError):
                self._lose(result)
                continue
            self._unchecked.update(result.unchecked)
            self.n_documents += 1
            self.n_paragraphs += sum(
                verdict.paragraph is not None for verdict in result.verdicts
            )
            self._labels.update(verdict.label for verdict in result.verdicts)
            yield result
            self._advance()

    def _until_stopped(self, results: Iterable[T]) -> Iterator[T]:
        try:
            yield from results
        except ResourceError as error:
            if not self.n_documents:
                raise
            self.stopped = error

    def linted(
        self, results: "Iterable[Linted | InputError]"
    ) -> "Iterator[Linted | InputError]":
        """Yield all: reports for programs hold what was lost too.

        It ends where a server goes that the run needs.
        """
        for result in self._until_stopped(results):
            if isinstance(result, InputError):
                self._lose(result)
                yield result
                continue
            self.n_documents += 1
            self._unchecked.update(result.unchecked)
            yield result
            self._advance()

    def unchecked(self) -> Iterator[str]:
        """Yield a line on the paragraphs whose grammar was not checked, if any."""
        return _not_checked(self._unchecked)

    def lost(self) -> str:
        """Return how much was lost, in words."""
        return _lost(self.n_lost)

    def summary(self) -> str:
        """Return the closing line."""
        told = _told_of(self.n_documents, self.n_paragraphs, self._labels)
        return f"{told}; {self.lost()}" if self.n_lost else told

    def _advance(self) -> None:
        self._bar.update(count(self.n_documents, "document"))
        self._bar.resume()

    def _lose(self, error: InputError) -> None:
        self.n_lost += 1
        self._bar.say(str(error))
