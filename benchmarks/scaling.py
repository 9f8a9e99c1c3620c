"""``python -m benchmarks.scaling``: whole corpora, from small to large, by processes.

Time should grow with the corpus and no faster, memory not at all, and two processes
should do nearly twice the work of one.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

import click

from benchmarks.record import (
    ROOT,
    data_file,
    data_option,
    fingerprint,
    heading,
    model_option,
    output_option,
    signature,
    table,
    versions,
    write,
)
from benchmarks.speed import ONE_THREAD
from mtcheck.corpus.store import MANIFEST
from mtcheck.extract import TIERS
from mtcheck.models import open_model
from training.data import read_rows

SEED = 7
SIZES = "10000,100000,1000000"

SAMPLED_EVERY = 0.5
"""Seconds; the kernel keeps the peak of each process, so that none is missed."""

LEAST_RATE = 0.9
"""The rate at the largest size, of that at the size before it."""

MOST_MEMORY = 700.0
"""Megabytes of a worker at the largest size."""

MOST_GROWTH = 0.15
"""How much more memory a worker may take at the largest size than at the smallest."""

LEAST_SPEEDUP = 1.8
"""The rate of two workers, of that of one."""


@dataclass(frozen=True)
class Taken:
    """What a run took: seconds from start to end, bytes of its processes at most.

    ``cpu_seconds`` are those of processors, in all processes together. ``workers`` is
    empty where the command does the work itself.
    """

    size: int
    jobs: int
    seconds: float
    cpu_seconds: float
    main: int
    workers: tuple[int, ...]

    @property
    def rate(self) -> float:
        """Paragraphs a second, the start of the command included."""
        return self.size / self.seconds

    @property
    def cpu_rate(self) -> float:
        """Paragraphs a second of a processor."""
        return self.size / self.cpu_seconds

    @property
    def megabytes(self) -> float:
        """What the largest of those that do the work has held."""
        return max(self.workers or (self.main,)) / 1e6


def repeated(texts: Sequence[str], seed: int = SEED) -> Iterator[str]:
    """Yield all texts again and again, each time in another order.

    So a text comes again after about as many others as there are: far more than
    those that mtcheck remembers its judgements of.
    """
    order = random.Random(seed)
    shuffled = list(texts)
    while True:
        order.shuffle(shuffled)
        yield from shuffled


def write_corpus(texts: Sequence[str], size: int, path: Path) -> None:
    """Write ``size`` documents of one paragraph each as lines of JSON."""
    with path.open("w", encoding="utf-8") as file:
        for number, text in enumerate(islice(repeated(texts), size)):
            line = {"id": str(number), "text": text}
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


def family(root: int, proc: Path = Path("/proc")) -> set[int]:
    """Return the ids of a process and of all that descend from it."""
    parents: dict[int, int] = {}
    for path in proc.iterdir():
        if path.name.isdigit():
            try:
                stat = (path / "stat").read_text()
            except OSError:  # it has ended
                continue
            # The name of the program, in brackets, may hold anything.
            parents[int(path.name)] = int(stat.rpartition(")")[2].split()[1])
    found = {root}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def peak_bytes(pid: int, proc: Path = Path("/proc")) -> int:
    """Return the most memory that a process has held; 0 where it has ended."""
    try:
        lines = (proc / str(pid) / "status").read_text().splitlines()
    except OSError:
        return 0
    found = [line.split()[1] for line in lines if line.startswith("VmHWM:")]
    return int(found[0]) * 1024 if found else 0


def cpu_seconds(pid: int, proc: Path = Path("/proc")) -> float:
    """Return the processor's time that a process has had; 0 where it has ended."""
    try:
        stat = (proc / str(pid) / "stat").read_text()
    except OSError:
        return 0.0
    user, system = stat.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def score(corpus: Path, size: int, jobs: int, model: str, tier: str) -> Taken:
    """Score a corpus into a new folder, and take note of time and memory."""
    words = ["score", str(corpus), "--quiet", "--model", model, "--tier", tier]
    peaks: dict[int, int] = {}
    busy: dict[int, float] = {}
    with tempfile.TemporaryDirectory(dir=corpus.parent) as scratch:
        folder = Path(scratch, "scores")
        words += ["--jobs", str(jobs), "--output", f"{folder}{os.sep}"]
        start = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "mtcheck", *words],
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=os.environ | ONE_THREAD,
        )
        while True:
            try:
                _, problem = process.communicate(timeout=SAMPLED_EVERY)
                break
            except subprocess.TimeoutExpired:
                for pid in family(process.pid):
                    peaks[pid] = max(peaks.get(pid, 0), peak_bytes(pid))
                    busy[pid] = max(busy.get(pid, 0.0), cpu_seconds(pid))
        seconds = time.perf_counter() - start
        if process.returncode:
            raise click.ClickException(f"mtcheck score: failed\n{problem}")
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    if manifest["counts"]["documents"] != size:
        raise click.ClickException(f"mtcheck score: did not score {size:,} documents")
    main = peaks.pop(process.pid, 0)
    # The smallest child is the one that joblib has to clean up.
    workers = sorted(peaks.values(), reverse=True)[:jobs] if jobs > 1 else []
    return Taken(size, jobs, seconds, sum(busy.values()), main, tuple(workers))


def judge(
    sizes: Sequence[Taken], turns: Sequence[tuple[Taken, Taken]]
) -> list[dict[str, Any]]:
    """Return each target with what was found; what was not measured is left out.

    ``cpu_value`` is the same by the time of processors. For two workers it is what they
    would gain if neither ever waited.
    """
    first, last = sizes[0], sizes[-1]
    targets: list[dict[str, Any]] = []

    def add(
        name: str, sign: str, limit: float, value: float, cpu: float | None
    ) -> None:
        is_met = value >= limit if sign == "≥" else value <= limit
        found = {"name": name, "sign": sign, "limit": limit, "value": value}
        targets.append({**found, "cpu_value": cpu, "is_met": is_met})

    add("memory of a worker, MB", "≤", MOST_MEMORY, last.megabytes, None)
    if len(sizes) > 1:
        before = sizes[-2]
        rates = last.rate / before.rate, last.cpu_rate / before.cpu_rate
        name = f"rate at {last.size:,} / at {before.size:,}"
        add(name, "≥", LEAST_RATE, *rates)
        growth = last.megabytes / first.megabytes - 1
        name = f"growth of memory from {first.size:,} to {last.size:,}"
        add(name, "≤", MOST_GROWTH, growth, None)
    if turns:
        gains = [two.rate / one.rate for one, two in turns]
        most = [2 * two.cpu_rate / one.cpu_rate for one, two in turns]
        add("two workers / one", "≥", LEAST_SPEEDUP, median(gains), median(most))
    return targets


def report(raw: Mapping[str, Any]) -> list[str]:
    """Return the lines of the Markdown report."""

    def row(taken: Taken, name: str) -> Sequence[str]:
        workers = ", ".join(f"{size / 1e6:,.0f}" for size in taken.workers)
        numbers = (
            f"{taken.seconds:,.1f}",
            f"{taken.rate:,.0f}",
            f"{taken.cpu_rate:,.0f}",
        )
        return (name, *numbers, f"{taken.main / 1e6:,.0f}", workers or "-")

    sizes = [Taken(**item) for item in raw["sizes"]]
    turns = [(Taken(**one), Taken(**two)) for one, two in raw["turns"]]
    header = (
        "",
        "seconds",
        "paragraphs a second",
        "a processor's second",
        "main process, MB",
        "workers, MB",
    )
    lines = [
        *heading("Growth", raw),
        f"`mtcheck score --tier {raw['tier']} --jobs {raw['jobs']} --output FOLDER/` "
        "over JSON lines, a paragraph a document: all of train.en and train.de again "
        "and again, each time in another order, so that hardly a text is among those "
        "whose judgement is still kept. Time is that of the whole command, its start "
        "included. Memory is the most that a process has held (`VmHWM` in `/proc`, "
        f"mapped files included; 1 MB is a million bytes). {raw['n_cores']} cores, "
        "shared with what else the machine did; by the time of processors, two workers "
        "gain what they would if neither ever waited.",
        "",
        *table(header, [row(taken, f"{taken.size:,} paragraphs") for taken in sizes]),
        "",
    ]
    if turns:
        each = [taken for pair in turns for taken in pair]
        names = [f"{taken.jobs} worker{'s' * (taken.jobs > 1)}" for taken in each]
        lines += [
            f"One worker and two, in turns, over {turns[0][0].size:,} paragraphs:",
            "",
            *table(header, [row(*item) for item in zip(each, names, strict=True)]),
            "",
        ]
    rows = [
        (
            item["name"],
            f"{item['sign']} {item['limit']:g}",
            f"{item['value']:.2f}",
            "-" if item["cpu_value"] is None else f"{item['cpu_value']:.2f}",
            "pass" if item["is_met"] else "miss",
        )
        for item in raw["targets"]
    ]
    return lines + table(("", "target", "here", "by processor time", ""), rows)


def _numbers(context: click.Context, option: click.Parameter, value: str) -> list[int]:
    try:
        found = [int(part) for part in value.split(",")]
    except ValueError:
        found = []
    if not found or min(found) < 1 or found != sorted(found):
        raise click.BadParameter(
            f"must be numbers of paragraphs in ascending order, parted by commas, got "
            f"{value!r}"
        )
    return found


@click.command()
@data_option("paragraphs/")
@click.option(
    "--sizes", default=SIZES, show_default=True, callback=_numbers, help="Paragraphs."
)
@click.option("--jobs", default=2, show_default=True, type=click.IntRange(1))
@click.option("--tier", default="fast", show_default=True, type=click.Choice(TIERS))
@model_option
@click.option(
    "--turns",
    default=3,
    show_default=True,
    type=click.IntRange(0),
    help="Of one worker and of two.",
)
@click.option(
    "--turn-size",
    default=200_000,
    show_default=True,
    type=click.IntRange(1),
    help="Paragraphs of a turn; so many that starting weighs little.",
)
@output_option
def main(
    data: Path,
    sizes: list[int],
    jobs: int,
    tier: str,
    model: str,
    turns: int,
    turn_size: int,
    output: Path,
) -> None:
    """Score corpora of growing size, and report time and memory."""
    paths = {code: data_file(data, "train", code) for code in ("en", "de")}
    texts = [row.text for code in paths for row in read_rows(data, "train", code)]
    grown: list[Taken] = []
    pairs: list[tuple[Taken, Taken]] = []
    with tempfile.TemporaryDirectory() as scratch:
        corpus = Path(scratch, "corpus.jsonl")
        if turns:
            write_corpus(texts, turn_size, corpus)
        for number in range(turns):
            one, two = (score(corpus, turn_size, n, model, tier) for n in (1, 2))
            pairs.append((one, two))
            click.echo(
                f"turn {number + 1}: {one.seconds:.1f} s, {two.seconds:.1f} s", err=True
            )
        for size in sizes:
            write_corpus(texts, size, corpus)
            grown.append(score(corpus, size, jobs, model, tier))
            click.echo(f"{size:,}: {grown[-1].seconds:.1f} s", err=True)
    prints = {f"train.{code}": fingerprint(path) for code, path in paths.items()}
    settings = {"data": ",".join(f"{name}@{found}" for name, found in prints.items())}
    raw = {
        "signature": signature(
            open_model(model), **settings, tier=tier, jobs=jobs, shuffled=SEED
        ),
        "versions": versions(),
        "tier": tier,
        "jobs": jobs,
        "n_cores": len(os.sched_getaffinity(0)),
        "sizes": [asdict(taken) for taken in grown],
        "turns": [[asdict(taken) for taken in pair] for pair in pairs],
        "targets": judge(grown, pairs),
    }
    click.echo(write(output, "scaling", report(raw), raw), nl=False)


if __name__ == "__main__":
    main()
