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
    model_option,
    output_option,
    signature,
    table,
    versions,
    write,
)
from benchmarks.start import measure_start, start_lines
from benchmarks.tools import TOOLS
from mtcheck.models import open_model
from training.data import read_rows

ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"),
    "1",
)

TARGETS = (
    ("mtcheck fast", "KenLM full_scores", 0.2),
    ("mtcheck fast", "datatrove", 8.0),
    ("mtcheck full", "datatrove", 3.0),
)
"""A tool, the peer that it is held against, and the least share of the peer's rate."""

N_WARM = 300
"""Texts that tools warm up with, but never more than a tenth of what there is."""


@dataclass(frozen=True)
class Slices:
    """Texts to warm up with, and those of each pass: none is in two of them.

    mtcheck keeps what it said of texts that come again; a text that a tool has seen
    would tell the time of looking it up.
    """

    warm: Sequence[str]
    passes: Sequence[Sequence[str]]

    @classmethod
    def of(cls, texts: Sequence[str], n_rows: int, n_passes: int) -> Self:
        """Take ``n_rows`` texts a pass, or as many as there are; 0 asks for these.

        All are evenly spaced, since the texts are in the order of their sources.

        >>> Slices.of([str(number) for number in range(10)], 2, 3)
        Slices(warm=['0'], passes=[['1', '5'], ['2', '7'], ['4', '8']])
        """
        texts = list(dict.fromkeys(texts))
        warm = _spaced(texts, min(N_WARM, len(texts) // 10))
        seen = set(warm)
        left = [text for text in texts if text not in seen]
        most = len(left) // n_passes
        chosen = _spaced(left, n_passes * min(n_rows or most, most))
        return cls(warm, [chosen[at::n_passes] for at in range(n_passes)])


def _spaced(texts: Sequence[str], n_texts: int) -> list[str]:
    return [texts[at * len(texts) // n_texts] for at in range(n_texts)]


@dataclass
class Runner:
    """A tool in its own process, and the times of its passes."""

    name: str
    process: subprocess.Popen[str]
    versions: Mapping[str, str] = field(default_factory=dict)
    passes: list[dict[str, Any]] = field(default_factory=list)

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

    def rates(self, clock: str = "seconds") -> list[float]:
        """Return paragraphs a second in each pass; none where the clock is unknown."""
        known = [times for times in self.passes if times[clock] is not None]
        return [times["n_done"] / times[clock] for times in known]


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
    slices: Slices,
    setting: Mapping[str, str],
    peer_python: str,
    chosen: Sequence[str] = (),
) -> tuple[list[Runner], dict[str, str]]:
    """Return the tools with their times, and why others are missing.

    All tools, unless some are ``chosen``. Those with a server come last: it works on
    between the passes, and would take time from the others.
    """
    runners: list[Runner] = []
    missing: dict[str, str] = {}
    for has_server in (False, True):
        with ExitStack() as stack:
            own = []
            for name, tool in TOOLS.items():
                is_chosen = not chosen or name in chosen
                if tool.has_server != has_server or not is_chosen:
                    continue
                try:
                    python = peer_python if tool.is_peer else sys.executable
                    runner = Runner.start(name, python)
                except OSError as error:
                    missing[name] = f"its Python cannot be started ({error.strerror})"
                    continue
                stack.callback(runner.stop)
                found = runner.ask({**setting, "texts": slices.warm})
                if "missing" in found:
                    missing[name] = found["missing"]
                    continue
                runner.versions = found["versions"]
                own.append(runner)
            _take_turns(own, slices.passes)
        runners += own
    return runners, missing


def _take_turns(runners: Sequence[Runner], passes: Sequence[Sequence[str]]) -> None:
    for number, texts in enumerate(passes, 1):
        for runner in runners:
            share = texts[:: TOOLS[runner.name].one_of]
            times = runner.ask(share)
            if times["n_done"] != len(share):
                raise click.ClickException(
                    f"{runner.name}: did {times['n_done']} of {len(share)} texts"
                )
            runner.passes.append(times)
            click.echo(
                f"pass {number}: {runner.name} {times['seconds']:.2f} s", err=True
            )


def judge(runners: Sequence[Runner]) -> list[dict[str, Any]]:
    """Return each target with its ratio, by the clock and by the processor's time.

    It is the median of the passes: what both do at about the same time.
    """
    known = {runner.name: runner for runner in runners}
    targets: list[dict[str, Any]] = []
    for name, peer, least in TARGETS:
        found: dict[str, Any] = {"tool": name, "peer": peer, "least": least}
        if name in known and peer in known:
            for key, clock in (("ratio", "seconds"), ("cpu_ratio", "cpu_seconds")):
                pairs = [known[tool].rates(clock) for tool in (name, peer)]
                if all(pairs):
                    ratios = [own / other for own, other in zip(*pairs, strict=True)]
                    found[key] = median(ratios)
            found["is_met"] = found["ratio"] >= least
        targets.append(found)
    return targets


def report(raw: Mapping[str, Any], runners: Sequence[Runner]) -> list[str]:
    """Return the lines of the Markdown report."""
    rows = []
    for runner in runners:
        rates = runner.rates()
        cells = [f"{rate:,.0f}" for rate in (median(rates), min(rates), max(rates))]
        busy = runner.rates("cpu_seconds")
        rows.append((runner.name, *cells, f"{median(busy):,.0f}" if busy else "-"))
    header = ("tool", "paragraphs a second", "least", "most", "by processor time")
    lines = [
        *heading("Speed", raw),
        f"{raw['passes']} passes of {raw['n']:,} paragraphs of dev.en, "
        f"{raw['words']:,} words in all; one core"
        f"{'' if raw['is_pinned'] else ' (not pinned)'}, one thread, after loading and "
        f"{raw['n_warm']:,} paragraphs to warm up. No tool has seen the paragraphs of "
        "a pass before, since mtcheck keeps what it said of texts that come again; all "
        "tools do the same ones, in turns. Rates and ratios are medians of the passes.",
        "",
        *table(header, rows),
        "",
        *[f"Missing: {name}: {why}." for name, why in raw["missing"].items()],
        *([""] if raw["missing"] else []),
        *target_lines(raw["targets"]),
        "",
    ]
    return lines + [f"- {runner.name}: {_about(runner.name)}." for runner in runners]


def _about(name: str) -> str:
    tool = TOOLS[name]
    about = tool.about
    if tool.has_server:
        about += "; its passes come after those of the others"
    if tool.one_of > 1:
        about += f", with one paragraph of {tool.one_of}"
    return about


def target_lines(targets: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the table of targets; what could not be measured says so."""
    rows = []
    for target in targets:
        cells = [f"{target['tool']} / {target['peer']}", f"≥ {target['least']:g}"]
        if "ratio" in target:
            busy = target.get("cpu_ratio")
            cells += [f"{target['ratio']:.2f}", f"{busy:.2f}" if busy else "-"]
            cells.append("pass" if target["is_met"] else "miss")
        else:
            cells += ["-", "-", "not measured"]
        rows.append(cells)
    return table(("ratio of rates", "target", "here", "by processor time", ""), rows)


def run(data: Path, n_rows: int, passes: int, model: str, peer: str) -> list[Any]:
    """Measure the rates and return the report's lines and its raw form."""
    path = data_file(data, "dev", "en")
    texts = [row.text for row in read_rows(data, "dev", "en")]
    slices = Slices.of(texts, n_rows, passes)
    n_rows = len(slices.passes[0])
    with one_core() as is_pinned:
        setting = {"model": model, "data": str(data)}
        runners, missing = measure(slices, setting, peer)
    dev = f"dev.en@{fingerprint(path)}"
    found = versions()
    for runner in runners:
        found |= runner.versions
    raw = {
        "signature": signature(open_model(model), data=dev, n=n_rows, passes=passes),
        "versions": found,
        "n": n_rows,
        "n_warm": len(slices.warm),
        "words": sum(len(text.split()) for each in slices.passes for text in each),
        "passes": passes,
        "is_pinned": is_pinned,
        "tools": {runner.name: runner.passes for runner in runners},
        "missing": missing,
        "targets": judge(runners),
    }
    return [report(raw, runners), raw]


@click.command()
@data_option("paragraphs/")
@click.option("--rows", default=0, help="Paragraphs a pass. [default: all, once]")
@click.option(
    "--passes", default=5, show_default=True, type=click.IntRange(1), help="Turns."
)
@model_option
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
