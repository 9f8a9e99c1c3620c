"""Where a command writes: results to standard output or a file, the rest to stderr."""

import io
import os
import shutil
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock, Timer
from typing import IO, TYPE_CHECKING, Any, Literal, ParamSpec, Self, TextIO, TypeVar

from mtcheck.errors import InputError, MtcheckError, ResourceError
from mtcheck.report import Screen, make_visible
from mtcheck.report.text import count, describe_labels
from mtcheck.types import Label, Scored

if TYPE_CHECKING:
    from rich.progress import Progress

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
        with _told(_open, path)(target, "w", is_text) as device:
            yield device
            _told(device.flush, path)()
        return
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    with _stopped_by_sigterm():
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
def _stopped_by_sigterm() -> Iterator[None]:
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

    def __enter__(self) -> Self:
        self.resume()
        return self

    def __exit__(self, *_: object) -> None:
        self.pause()

    def update(self, text: str) -> None:
        """Change what the bar says."""
        with self._lock:
            self._text = text
            if self._bar is not None:
                self._bar.update(self._bar.task_ids[0], description=text)

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
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        with self._lock:
            if self._timer is None:
                return
            # How much is to come is not known: inputs are read as they are scored.
            columns = BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
            self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
            self._bar.add_task(self._text, total=None)
            self._bar.start()


class Tally:
    """Counts what comes by, and names on stderr what was lost."""

    def __init__(self, bar: ProgressBar) -> None:
        self.n_documents = 0
        self.n_lost = 0
        self.stopped: ResourceError | None = None
        self._unchecked: Counter[str] = Counter()
        self._n_paragraphs = 0
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
            self._n_paragraphs += sum(
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
        if self._unchecked:
            n_lost = count(self._unchecked.total(), "paragraph")
            reason, _ = self._unchecked.most_common(1)[0]
            yield f"grammar: {n_lost} not checked ({reason})"

    def lost(self) -> str:
        """Return how much was lost, in words."""
        return f"{count(self.n_lost, 'input')} lost"

    def summary(self) -> str:
        """Return the closing line."""
        documents = count(self.n_documents, "document")
        # At the level of documents none is counted.
        if self._n_paragraphs:
            documents += f", {count(self._n_paragraphs, 'paragraph')}"
        labels = f": {describe_labels(self._labels)}" if self._labels else ""
        lost = f"; {self.lost()}" if self.n_lost else ""
        return f"{documents}{labels}{lost}"

    def _advance(self) -> None:
        self._bar.update(count(self.n_documents, "document"))
        self._bar.resume()

    def _lose(self, error: InputError) -> None:
        self.n_lost += 1
        self._bar.say(str(error))
