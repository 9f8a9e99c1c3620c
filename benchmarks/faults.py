"""``python -m benchmarks.faults``: runs that are killed, and what they end in.

A run over a corpus is killed (SIGKILL) at a random moment, and the same command given
again. What it ends in must be byte for byte what an undisturbed run ends in.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click
import pyarrow as pa
from pyarrow import parquet

from benchmarks.record import (
    ROOT,
    data_file,
    data_option,
    fingerprint,
    heading,
    output_option,
    signature,
    table,
    versions,
    write,
)
from benchmarks.speed import ONE_THREAD
from mtcheck.corpus.store import JOURNAL
from mtcheck.corpus.target import Target
from mtcheck.models import DEFAULT, open_model
from training.data import read_rows

SEED = 7
MOST_TRIES = 20

LOOKED_EVERY = 0.01
"""Seconds between two looks at how far a run is."""


@dataclass(frozen=True)
class Task:
    """A corpus, where its scores go, and how many processes score."""

    corpus: Path
    output: str
    jobs: int

    @property
    def name(self) -> str:
        """What the report calls it."""
        kind, processes = self.corpus.suffix[1:], "process" + "es" * (self.jobs > 1)
        return f"{kind} to {self.output}, {self.jobs} {processes}"

    def start(self, folder: Path) -> "subprocess.Popen[bytes]":
        """Begin, or go on with, the run that writes into a folder."""
        words = ["score", str(self.corpus), "--tier", "fast", "--quiet"]
        words += ["--jobs", str(self.jobs), "--output", self.output]
        return subprocess.Popen(
            [sys.executable, "-m", "mtcheck", *words],
            cwd=folder,
            env=os.environ | ONE_THREAD | {"PYTHONPATH": str(ROOT)},
            stderr=subprocess.PIPE,
        )

    def n_kept(self, folder: Path) -> int:
        """Return how many parts the journal of a run has."""
        target = Target.of(os.path.join(folder, self.output))
        assert target is not None
        try:
            return (target.folder / JOURNAL).read_bytes().count(b"\n")
        except FileNotFoundError:  # not begun, or put together already
            return 0


@dataclass(frozen=True)
class Kill:
    """A run that was killed, and what came of it.

    It was killed so many ``seconds`` after its start, and had kept ``n_kept`` parts;
    ``n_left`` files were half written.
    """

    task: str
    seconds: float
    n_kept: int
    n_left: int
    is_same: bool


def write_corpora(texts: Sequence[str], folder: Path) -> list[Path]:
    """Write the same texts as Parquet and as lines of JSON."""
    ids = [f"d{number}" for number in range(len(texts))]
    rows = pa.table({"id": ids, "text": list(texts)})
    parquet.write_table(rows, folder / "corpus.parquet")
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows.to_pylist()]
    (folder / "corpus.jsonl").write_text("".join(lines), encoding="utf-8")
    return [folder / "corpus.parquet", folder / "corpus.jsonl"]


def contents(folder: Path) -> dict[str, bytes]:
    """Return the bytes of all files in a folder and below, by their names."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@dataclass(frozen=True)
class Undisturbed:
    """A run that nobody disturbs: its seconds, its parts, and what it ends in."""

    seconds: float
    n_parts: int
    contents: Mapping[str, bytes]


def undisturbed(task: Task, folder: Path) -> Undisturbed:
    """Let a run come to its end."""
    folder.mkdir()
    start, n_parts = time.perf_counter(), 0
    process = task.start(folder)
    while process.poll() is None:
        n_parts = max(n_parts, task.n_kept(folder))
        time.sleep(LOOKED_EVERY)
    _end(process)
    return Undisturbed(time.perf_counter() - start, n_parts, contents(folder))


def kill_once(task: Task, folder: Path, known: Undisturbed, rng: random.Random) -> Kill:
    """Kill a run at a random moment, and go on with it.

    The moment is some part of a part's time after some part was kept, or after the
    start: so all stretches of a run are met, whatever else the machine does.
    """
    share = known.seconds / (known.n_parts + 1)
    for _ in range(MOST_TRIES):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        wanted, delay = rng.randint(0, known.n_parts), rng.uniform(0, share)
        start = time.perf_counter()
        with task.start(folder) as process:
            while task.n_kept(folder) < wanted and process.poll() is None:
                time.sleep(LOOKED_EVERY)
            time.sleep(delay)
            process.kill()
            seconds = time.perf_counter() - start
            process.communicate()
        if process.returncode == -signal.SIGKILL:
            break
    else:
        raise click.ClickException(f"{task.name}: ends before it can be killed")
    n_kept = task.n_kept(folder)
    n_left = sum(name.endswith(".tmp") for name in contents(folder))
    _end(task.start(folder))
    is_same = contents(folder) == known.contents
    return Kill(task.name, seconds, n_kept, n_left, is_same)


def _end(process: "subprocess.Popen[bytes]") -> None:
    _, told = process.communicate()
    if process.returncode:
        raise click.ClickException(
            f"mtcheck score ended with {process.returncode}\n{told.decode()}"
        )


def kills(tasks: Sequence[Task], n: int, scratch: Path) -> Iterator[Kill]:
    """Yield so many kills of the tasks in turn."""
    known = [undisturbed(task, scratch / f"once{at}") for at, task in enumerate(tasks)]
    rng = random.Random(SEED)
    for number in range(n):
        at = number % len(tasks)
        yield kill_once(tasks[at], scratch / "killed", known[at], rng)


def report(raw: Mapping[str, Any]) -> list[str]:
    """Return the lines of the Markdown report."""
    found = [Kill(**one) for one in raw["kills"]]
    names = list(dict.fromkeys(one.task for one in found))
    rows = []
    for name in [*names, "all"]:
        own = [one for one in found if name in (one.task, "all")]
        numbers = (
            len(own),
            sum(one.is_same for one in own),
            sum(not one.n_kept for one in own),
            sum(one.n_left > 0 for one in own),
            max(one.n_kept for one in own),
        )
        rows.append((name, *map(str, numbers)))
    header = (
        "",
        "kills",
        "same bytes after the same command again",
        "no part kept",
        "a file half written",
        "parts kept at most",
    )
    return [
        *heading("Kills", raw),
        f"`mtcheck score --tier fast --output …` over {raw['n_texts']:,} texts of "
        "train.en and train.de, a document each, was killed (`SIGKILL`) at a random "
        "moment, a while after its start or after one of its parts was kept, and the "
        "same command given again. Compared is every byte of every file that is there "
        "in the end, with those of a run that nobody disturbed.",
        "",
        *table(header, rows),
    ]


@click.command()
@data_option("paragraphs/")
@click.option(
    "--kills", "n_kills", default=100, show_default=True, type=click.IntRange(1)
)
@click.option(
    "--size", default=3000, show_default=True, type=click.IntRange(1), help="Texts."
)
@output_option
def main(data: Path, n_kills: int, size: int, output: Path) -> None:
    """Kill runs at random moments, go on with them, and compare what comes out."""
    paths = {code: data_file(data, "train", code) for code in ("en", "de")}
    texts = [row.text for code in paths for row in read_rows(data, "train", code)]
    chosen = random.Random(SEED).sample(texts, min(size, len(texts)))
    found: list[Kill] = []
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        packed, lines = write_corpora(chosen, scratch)
        tasks = [
            Task(corpus, target, jobs)
            for jobs in (1, 2)
            for corpus, target in ((packed, f"scores{os.sep}"), (lines, "scores.jsonl"))
        ]
        for kill in kills(tasks, n_kills, scratch):
            found.append(kill)
            n_same = sum(one.is_same for one in found)
            click.echo(f"{len(found)} of {n_kills}: {n_same} the same", err=True)
    prints = {f"train.{code}": fingerprint(path) for code, path in paths.items()}
    raw = {
        "signature": signature(
            open_model(DEFAULT),
            data=",".join(f"{name}@{digest}" for name, digest in prints.items()),
            texts=len(chosen),
            kills=n_kills,
            seed=SEED,
        ),
        "versions": versions(),
        "n_texts": len(chosen),
        "kills": [asdict(kill) for kill in found],
    }
    click.echo(write(output, "faults", report(raw), raw), nl=False)
    if not all(kill.is_same for kill in found):
        raise click.ClickException("a run that was killed ended in other bytes")


if __name__ == "__main__":
    main()
