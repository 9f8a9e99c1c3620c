"""``python -m benchmarks.lint_speed``: how long a lint takes, beside prose linters."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import click

from benchmarks.record import (
    data_file,
    data_option,
    fingerprint,
    heading,
    output_option,
    signature,
    table,
    write,
)
from benchmarks.speed import one_core
from benchmarks.start import bytecode_in
from mtcheck import __version__
from training.data import read_rows

_N_PARAGRAPHS = 5
"""Of one document; a few, as an editor has them."""

_WRITE_GOOD = "1.0.8"
_COLD, _WARM = "mtcheck lint --no-cache", "mtcheck lint, nothing changed"
_PROSELINT, _WRITE = "proselint check", "write-good"

_TARGETS = {"one file": (_PROSELINT,), "all files": (_PROSELINT, _WRITE)}
"""What is looked at to the peers that take longer."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A command that takes files, and the statuses that it ends with."""

    words: tuple[str, ...]
    statuses: range = range(2)


def make_tools(npm_folder: Path) -> Iterator[tuple[str, Tool]]:
    """Yield the tools by name, each called as its users do; npm brings write-good.

    A ClickException says what is missing.
    """
    scripts = Path(sys.executable).parent
    own = str(scripts / "mtcheck")
    yield _COLD, Tool((own, "lint", "--no-cache"))
    yield _WARM, Tool((own, "lint"))
    proselint = scripts / "proselint"
    if not proselint.is_file():
        raise click.ClickException("no proselint; run pip install --group bench")
    yield _PROSELINT, Tool((str(proselint), "check"))
    # Its status is the number of its remarks.
    yield _WRITE, Tool((str(_write_good(npm_folder)),), range(256))


def _write_good(folder: Path) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        raise click.ClickException("no npm to install write-good with; install Node.js")
    words = ("install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix")
    package = f"write-good@{_WRITE_GOOD}"
    done = subprocess.run(
        [npm, *words, str(folder), package], capture_output=True, text=True
    )
    if done.returncode:
        raise click.ClickException(f"npm cannot install {package}\n{done.stderr}")
    return folder / "node_modules" / ".bin" / "write-good"


def write_documents(data: Path, n_documents: int, folder: Path) -> list[Path]:
    """Write documents of paragraphs that people wrote, and return their paths."""
    texts = [row.text for row in read_rows(data, "dev", "en") if row.detail == "human"]
    paths = []
    for number in range(n_documents):
        # Evenly spaced, since the file is ordered by source.
        start = number * (len(texts) - _N_PARAGRAPHS) // n_documents
        path = folder / f"{number:03}.txt"
        text = "\n\n".join(texts[start : start + _N_PARAGRAPHS])
        path.write_text(f"{text}\n", encoding="utf-8")
        paths.append(path)
    return paths


def measure(
    tools: Mapping[str, Tool], paths: Sequence[Path], n_passes: int, folder: Path
) -> dict[str, list[float]]:
    """Return the seconds of whole processes that took turns in a folder."""
    seconds: dict[str, list[float]] = {name: [] for name in tools}
    names = [str(path.relative_to(folder)) for path in paths]
    environment = bytecode_in(folder / ".bytecode")
    for number in range(-1, n_passes):  # the first fills the caches
        for name, tool in tools.items():
            start = time.perf_counter()
            done = subprocess.run(
                [*tool.words, *names], cwd=folder, env=environment, capture_output=True
            )
            taken = time.perf_counter() - start
            if done.returncode not in tool.statuses:
                raise click.ClickException(f"{name}: failed\n{done.stderr.decode()}")
            if number >= 0:
                seconds[name].append(taken)
    return seconds


def judge(seconds: Mapping[str, Mapping[str, Sequence[float]]]) -> list[dict[str, Any]]:
    """Return each target with its ratio: below 1 mtcheck is the faster."""
    targets = []
    for task, peers in _TARGETS.items():
        for peer in peers:
            ratio = median(seconds[task][_COLD]) / median(seconds[task][peer])
            found = {"task": task, "peer": peer, "ratio": ratio, "is_met": ratio < 1}
            targets.append(found)
    return targets


def report(raw: Mapping[str, Any]) -> list[str]:
    """Return the lines of the Markdown report."""
    lines = [
        *heading("Speed of lint", raw),
        f"{raw['n']} documents of {_N_PARAGRAPHS} paragraphs that people wrote "
        f"(dev.en), {raw['words']:,} words; the one file has {raw['words_of_one']:,}. "
        "Whole processes, the interpreter's start included, each tool with its "
        "defaults and all files in one call; in turns on one core"
        f"{'' if raw['is_pinned'] else ' (not pinned)'}; median of {raw['passes']}.",
    ]
    header = ("tool", "ms", "least", "most", f"of `{_COLD}`")
    for task, taken in raw["seconds"].items():
        base = median(taken[_COLD])
        rows = [
            (
                f"`{name}`",
                *[f"{1000 * value:,.0f}" for value in numbers],
                f"{share:.2f}",
            )
            for name, times in taken.items()
            for numbers in [(median(times), min(times), max(times))]
            for share in [median(times) / base]
        ]
        lines += ["", f"## {task.capitalize()}", "", *table(header, rows)]
    rows = [
        (
            f"`{_COLD}` / `{item['peer']}`, {item['task']}",
            "< 1",
            f"{item['ratio']:.2f}",
            "pass" if item["is_met"] else "miss",
        )
        for item in raw["targets"]
    ]
    return [*lines, "", *table(("ratio of times", "target", "here", ""), rows)]


def run(data: Path, n_documents: int, n_passes: int, folder: Path) -> dict[str, Any]:
    """Measure all, in a scratch folder, and return the raw form of the report."""
    rows = data_file(data, "dev", "en")
    tools = dict(make_tools(folder / ".npm"))
    paths = write_documents(data, n_documents, folder)
    sizes = {path: len(path.read_text("utf-8").split()) for path in paths}
    one = sorted(paths, key=lambda path: sizes[path])[len(paths) // 2]
    tasks = {"one file": [one], "all files": paths}
    seconds = {}
    with one_core() as is_pinned:
        for task, given in tasks.items():
            seconds[task] = measure(tools, given, n_passes, folder)
    node = subprocess.run(["node", "--version"], capture_output=True, text=True)
    dev = f"dev.en@{fingerprint(rows)}"
    return {
        "signature": signature(None, data=dev, n=n_documents, passes=n_passes),
        "versions": {
            "python": ".".join(map(str, sys.version_info[:3])),
            "mtcheck": __version__,
            "proselint": version("proselint"),
            "write-good": _WRITE_GOOD,
            "node": node.stdout.strip().removeprefix("v"),
        },
        "n": n_documents,
        "words": sum(sizes.values()),
        "words_of_one": sizes[one],
        "passes": n_passes,
        "is_pinned": is_pinned,
        "seconds": seconds,
        "targets": judge(seconds),
    }


@click.command()
@data_option("paragraphs/")
@click.option(
    "--documents", default=200, show_default=True, type=click.IntRange(1), help="Files."
)
@click.option(
    "--passes", default=7, show_default=True, type=click.IntRange(1), help="Turns."
)
@output_option
def main(data: Path, documents: int, passes: int, output: Path) -> None:
    """Measure one file and many, from the start of a process to its end."""
    with tempfile.TemporaryDirectory() as scratch:
        raw = run(data, documents, passes, Path(os.path.realpath(scratch)))
    click.echo(write(output, "lint_speed", report(raw), raw), nl=False)


if __name__ == "__main__":
    main()
