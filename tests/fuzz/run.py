"""One target in a process of its own, within limits of time and memory."""

import os
import signal
import sys
import traceback
from pathlib import Path
from time import monotonic, process_time

from fuzz.target import LARGEST, REPEATED, Run, Target, repeat

LONGEST = 30.0
"""Seconds of processor time after which an input counts as hanging: a megabyte is to
take ten, where the machine does nothing else and no steps are counted."""

LARGEST_MEMORY = 1024
"""MiB that the process may hold at its peak: with Python, the model, and the counters
and the corpus of the fuzzer."""

INSTRUMENTED = ["mtcheck", "tomllib", "json"]
"""What tells the fuzzer which way an input took; C code tells it nothing."""

_SEED = 7

_STUCK = 3_000
"""Seconds by the clock after which an input hangs in C code, where no signal is heard;
the machine may be busy."""

_REPEATED_SHARE = 0.3
"""What repeated inputs may take of the time: one costs as much as thousands."""


class TooSlowError(Exception):
    """An input took longer than it may."""


class Limits:
    """Runs inputs within their time, and keeps the slowest in a folder.

    Repeated inputs are refused when they have had their share of all ``seconds``.
    """

    def __init__(self, run: Run, folder: Path, seconds: int = 0) -> None:
        self._run = run
        self._folder = folder
        self._left = _REPEATED_SHARE * seconds
        self._slowest = 0.0
        signal.signal(signal.SIGPROF, _end)

    def __call__(self, data: bytes) -> int:
        """Run an input; -1 says that it was refused and is not to be kept."""
        is_repeated = data[:1] == bytes([REPEATED])
        if is_repeated and self._left < 0:
            return -1
        start, began = process_time(), monotonic()
        signal.setitimer(signal.ITIMER_PROF, LONGEST)
        self._run(data)
        signal.setitimer(signal.ITIMER_PROF, 0)
        seconds = process_time() - start
        if is_repeated:
            self._left -= monotonic() - began
        if seconds > self._slowest:
            self._slowest = seconds
            (self._folder / "slowest").write_text(f"{seconds:.3f}")
            (self._folder / "slowest-input").write_bytes(data)
        return 0


def _end(*_: object) -> None:
    raise TooSlowError("an input took too long")


def fuzz(
    target: Target, seconds: int, folder: Path, n_inputs: int | None = None
) -> None:
    """Fuzz a target; the process ends with that.

    The folder gets the log, the corpus, and an input that broke the target. The first
    ``n_inputs`` are the same each time; without a number all are left to chance.
    """
    import atheris

    seeds, corpus, scratch = _prepare(target, folder)
    words = "".join(f'"{_quoted(word)}"\n' for word in target.words)
    (folder / "words").write_text(words)
    # What is imported only when it is first needed is instrumented, too.
    with atheris.instrument_imports(include=INSTRUMENTED):
        run = Limits(target.open(scratch), folder, seconds)
        for path in sorted(seeds.iterdir()):
            data = path.read_bytes()
            if data[:1] != bytes([REPEATED]):  # the fuzzer begins with these
                _try(run, folder, path, data)
    options: dict[str, object] = {
        "max_total_time": seconds,
        "max_len": LARGEST,
        "timeout": _STUCK,
        "report_slow_units": _STUCK,
        "rss_limit_mb": LARGEST_MEMORY,
        "print_final_stats": 1,
        "artifact_prefix": f"{folder}/found-",
    }
    if n_inputs is not None:
        options |= {"runs": n_inputs, "seed": _SEED}
    if words:
        options["dict"] = folder / "words"
    flags = [f"-{name}={value}" for name, value in options.items()]
    atheris.Setup([target.name, *flags, str(corpus), str(seeds)], run)
    atheris.Fuzz()


def enlarge(target: Target, folder: Path, corpus: Path) -> None:
    """Run what is to be repeated, of the seeds and of a corpus, at its full size.

    Nothing is counted. The process ends with that; the folder gets the log.
    """
    seeds, _, scratch = _prepare(target, folder)
    run = Limits(target.open(scratch), folder)
    number = 0
    for path in (*sorted(seeds.iterdir()), *sorted(corpus.glob("*"))):
        data = path.read_bytes()
        if data[:1] == bytes([REPEATED]):
            _try(run, folder, path, repeat(data, LARGEST))
            number += 1
    print(f"stat::number_of_executed_units: {number}", flush=True)  # noqa: T201
    os._exit(0)


def _prepare(target: Target, folder: Path) -> tuple[Path, Path, Path]:
    """Send what is said to the log; return the folders of seeds, corpus and scratch."""
    paths = folder / "seeds", folder / "corpus", folder / "scratch"
    for path in paths:
        path.mkdir(parents=True, exist_ok=True)
    with (folder / "log").open("wb") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    for number, seed in enumerate(target.seeds()):
        (paths[0] / f"{number:03}").write_bytes(seed)
    return paths


def _try(run: Limits, folder: Path, path: Path, data: bytes) -> None:
    """Run an input; where it breaks the target, keep it and end."""
    try:
        run(data)
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        (folder / f"found-{path.name}").write_bytes(data)
        os._exit(1)


def _quoted(word: str) -> str:
    """Return a word as dictionaries of libFuzzer have it."""
    return "".join(
        chr(byte) if 32 < byte < 127 and byte not in b'"\\' else f"\\x{byte:02X}"
        for byte in word.encode()
    )
