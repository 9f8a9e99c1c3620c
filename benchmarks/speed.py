"""``python -m benchmarks.speed``: how fast mtcheck is, beside its peers, in one run."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, Self

import click

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
from benchmarks.start import measure_start, start_lines
from benchmarks.tools import TOOLS
from mtcheck.models import DEFAULT, open_model
from training.data import read_rows

ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"),
    "1",
)

TARGETS = (
    ("mtcheck fast", "KenLM full_scores", 0.2),
    ("mtcheck full", "datatrove", 2.0),
)
"""A tool, the peer that it is held against, and the least share of the peer's rate."""


@dataclass
class Runner:
    """A tool in its own process, and the times of its passes."""

    name: str
    process: subprocess.Popen[str]
    versions: Mapping[str, str] = field(default_factory=dict)
    passes: list[dict[str, float]] = field(default_factory=list)

    @classmethod
    def start(cls, name: str, python: str) -> Self:
        """Start the process; an OSError where the interpreter cannot be started."""
        process = subprocess.Popen(
            [python, "-m", "benchmarks.tools", name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            cwd=ROOT,
            env=os.environ | ONE_THREAD,
        )
        return cls(name, process)

    def ask(self, question: object) -> dict[str, Any]:
        """Send a line and return the answer; a ClickException where none comes."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with suppress(BrokenPipeError):
            self.process.stdin.write(json.dumps(question) + "\n")
            self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise click.ClickException(f"{self.name}: ended early; see above")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def stop(self) -> None:
        """End the process by the end of its input."""
        with suppress(BrokenPipeError):
            self.process.communicate()

    def rate(self, n_texts: int, clock: str = "seconds") -> float:
        """Return paragraphs a second in the median pass."""
        return n_texts / median(times[clock] for times in self.passes)


@contextmanager
def one_core() -> Iterator[bool]:
    """Keep this process and those that it starts on one core, where the system can."""
    if not hasattr(os, "sched_setaffinity"):
        yield False
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield True
    finally:
        os.sched_setaffinity(0, before)


def measure(
    texts: Sequence[str], model: str, n_passes: int, peer_python: str
) -> tuple[list[Runner], dict[str, str]]:
    """Return the tools with their times, and why others are missing."""
    runners: list[Runner] = []
    missing: dict[str, str] = {}
    with ExitStack() as stack:
        for name, tool in TOOLS.items():
            python = peer_python if tool.is_peer else sys.executable
            try:
                runner = Runner.start(name, python)
            except OSError as error:
                missing[name] = f"its Python cannot be started ({error.strerror})"
                continue
            stack.callback(runner.stop)
            found = runner.ask({"model": model, "texts": texts})
            if "missing" in found:
                missing[name] = found["missing"]
                continue
            runner.versions = found["versions"]
            runners.append(runner)
        for number in range(n_passes):
            for runner in runners:
                times = runner.ask("pass")
                if times["n_done"] != len(texts):
                    raise click.ClickException(
                        f"{runner.name}: did {times['n_done']} of {len(texts)} texts"
                    )
                runner.passes.append(times)
                click.echo(
                    f"pass {number + 1}: {runner.name} {times['seconds']:.2f} s",
                    err=True,
                )
    return runners, missing


def judge(runners: Sequence[Runner], n_texts: int) -> list[dict[str, Any]]:
    """Return each target with its ratio, by the clock and by the processor's time."""
    known = {runner.name: runner for runner in runners}
    targets: list[dict[str, Any]] = []
    for name, peer, least in TARGETS:
        found: dict[str, Any] = {"tool": name, "peer": peer, "least": least}
        if name in known and peer in known:
            for key, clock in (("ratio", "seconds"), ("cpu_ratio", "cpu_seconds")):
                rates = [known[tool].rate(n_texts, clock) for tool in (name, peer)]
                found[key] = rates[0] / rates[1]
            found["is_met"] = found["ratio"] >= least
        targets.append(found)
    return targets


def report(raw: Mapping[str, Any], runners: Sequence[Runner]) -> list[str]:
    """Return the lines of the Markdown report."""
    n_texts = raw["n"]
    rows = []
    for runner in runners:
        rates = [n_texts / times["seconds"] for times in runner.passes]
        numbers = (runner.rate(n_texts), min(rates), max(rates))
        busy = runner.rate(n_texts, "cpu_seconds")
        rows.append((runner.name, *[f"{rate:,.0f}" for rate in (*numbers, busy)]))
    header = ("tool", "paragraphs a second", "least", "most", "by processor time")
    lines = [
        *heading("Speed", raw),
        f"{n_texts:,} paragraphs of dev.en, {raw['words']:,} words; one core"
        f"{'' if raw['is_pinned'] else ' (not pinned)'}, one thread, after loading; "
        f"the tools take turns; median of {raw['passes']} passes.",
        "",
        *table(header, rows),
        "",
        *[f"Missing: {name}: {why}." for name, why in raw["missing"].items()],
        *([""] if raw["missing"] else []),
        *target_lines(raw["targets"]),
        "",
    ]
    return lines + [
        f"- {runner.name}: {TOOLS[runner.name].about}." for runner in runners
    ]


def target_lines(targets: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the table of targets; what could not be measured says so."""
    rows = []
    for target in targets:
        cells = [f"{target['tool']} / {target['peer']}", f"≥ {target['least']:g}"]
        if "ratio" in target:
            cells += [f"{target['ratio']:.2f}", f"{target['cpu_ratio']:.2f}"]
            cells.append("pass" if target["is_met"] else "miss")
        else:
            cells += ["-", "-", "not measured"]
        rows.append(cells)
    return table(("ratio of rates", "target", "here", "by processor time", ""), rows)


def run(data: Path, n_rows: int, passes: int, model: str, peer: str) -> list[Any]:
    """Measure the rates and return the report's lines and its raw form."""
    path = data_file(data, "dev", "en")
    texts = [row.text for row in read_rows(data, "dev", "en")]
    # Evenly spaced, since the file is ordered by source.
    n_rows = min(n_rows or len(texts), len(texts))
    texts = [texts[at * len(texts) // n_rows] for at in range(n_rows)]
    with one_core() as is_pinned:
        runners, missing = measure(texts, model, passes, peer)
    dev = f"dev.en@{fingerprint(path)}"
    found = versions()
    for runner in runners:
        found |= runner.versions
    raw = {
        "signature": signature(open_model(model), data=dev, n=n_rows, passes=passes),
        "versions": found,
        "n": n_rows,
        "words": sum(len(text.split()) for text in texts),
        "passes": passes,
        "is_pinned": is_pinned,
        "tools": {runner.name: runner.passes for runner in runners},
        "missing": missing,
        "targets": judge(runners, n_rows),
    }
    return [report(raw, runners), raw]


@click.command()
@data_option("paragraphs/")
@click.option("--rows", default=0, help="Paragraphs, evenly spaced. [default: all]")
@click.option(
    "--passes", default=5, show_default=True, type=click.IntRange(1), help="Turns."
)
@click.option("--model", default=DEFAULT, show_default=True, help="Name or folder.")
@click.option(
    "--peer-python",
    default=sys.executable,
    help="Interpreter with datatrove, spacy and regex. [default: this one]",
)
@click.option("--start", is_flag=True, help="Measure the time that commands take.")
@output_option
def main(
    data: Path,
    rows: int,
    passes: int,
    model: str,
    peer_python: str,
    start: bool,
    output: Path,
) -> None:
    """Measure rates on one core, or with --start the time from start to end."""
    if start:
        with one_core() as is_pinned:
            raw = measure_start(passes, open_model(model), is_pinned)
        text = write(output, "start", start_lines(raw), raw)
    else:
        lines, raw = run(data, rows, passes, model, peer_python)
        text = write(output, "speed", lines, raw)
    click.echo(text, nl=False)


if __name__ == "__main__":
    main()
