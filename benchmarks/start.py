"""How long commands take from start to end, beside an import of scikit-learn."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import click

from benchmarks.record import ROOT, heading, signature, table, versions
from mtcheck.models import Model

_SEED = "seeds/en/ferry_original.txt"
_BASE = "import sklearn"
_NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"
_COMMANDS = {
    "mtcheck --help": ("--help",),
    "mtcheck score FILE": ("score", _SEED),
    "mtcheck score --tier fast FILE": ("score", "--tier", "fast", _SEED),
    "mtcheck lint FILE": ("lint", "--no-cache", _SEED),
}
_IMPORTS = {
    "python": "pass",
    _BASE: _BASE,
    "import boosted trees": (
        "from sklearn.ensemble import HistGradientBoostingClassifier"
    ),
}

_TARGETS = (("mtcheck --help", 1 / 3), ("mtcheck score FILE", 2.0))
"""A command and the most that it may take of the time that the import takes."""


def bytecode_in(folder: Path) -> dict[str, str]:
    """Return an environment where modules are compiled once, as installed ones are."""
    kept = {name: value for name, value in os.environ.items() if name != _NO_BYTECODE}
    return kept | {"PYTHONPYCACHEPREFIX": str(folder)}


def measure_start(n_passes: int, model: Model, is_pinned: bool) -> dict[str, Any]:
    """Return the median seconds of whole processes that took turns."""
    script = Path(sys.executable).with_name("mtcheck")
    own = [str(script)] if script.is_file() else [sys.executable, "-m", "mtcheck"]
    lines = {name: [*own, *words] for name, words in _COMMANDS.items()}
    lines |= {name: [sys.executable, "-c", code] for name, code in _IMPORTS.items()}
    with tempfile.TemporaryDirectory() as folder:
        seconds = _times(lines, n_passes, bytecode_in(Path(folder)))
    base = median(seconds[_BASE])
    targets = []
    for name, most in _TARGETS:
        ratio = median(seconds[name]) / base
        found = {"command": name, "most": most, "ratio": ratio, "is_met": ratio <= most}
        targets.append(found)
    return {
        "signature": signature(model, document=_SEED, passes=n_passes),
        "versions": versions() | {"scikit-learn": version("scikit-learn")},
        "passes": n_passes,
        "is_pinned": is_pinned,
        "seconds": seconds,
        "targets": targets,
    }


def _times(
    lines: Mapping[str, list[str]], n_passes: int, environment: Mapping[str, str]
) -> dict[str, list[float]]:
    """Return the seconds of each line of words in each pass."""
    seconds: dict[str, list[float]] = {name: [] for name in lines}
    for number in range(-1, n_passes):  # the first fills the caches
        for name, words in lines.items():
            start = time.perf_counter()
            done = subprocess.run(
                words, cwd=ROOT, env=environment, capture_output=True, text=True
            )
            taken = time.perf_counter() - start
            # Findings of lint are status 1.
            if done.returncode not in (0, 1):
                raise click.ClickException(f"{name}: failed\n{done.stderr}")
            if number >= 0:
                seconds[name].append(taken)
    return seconds


def start_lines(raw: Mapping[str, Any]) -> list[str]:
    """Return the lines of the Markdown report."""
    base = median(raw["seconds"][_BASE])
    rows = [
        (f"`{name}`", *[f"{1000 * value:,.0f}" for value in numbers], f"{share:.2f}")
        for name, taken in raw["seconds"].items()
        for numbers in [(median(taken), min(taken), max(taken))]
        for share in [median(taken) / base]
    ]
    targets = [
        (
            f"`{item['command']}`",
            f"≤ {item['most']:.2f}",
            f"{item['ratio']:.2f}",
            "pass" if item["is_met"] else "miss",
        )
        for item in raw["targets"]
    ]
    header = ("process", "ms", "least", "most", f"of `{_BASE}`")
    return [
        *heading("Start", raw),
        "Whole processes, the interpreter's start included, in turns on one core"
        f"{'' if raw['is_pinned'] else ' (not pinned)'}; median of {raw['passes']}. "
        f"The targets are held against a plain `{_BASE}`; boosted trees are "
        f"`{_IMPORTS['import boosted trees']}`. FILE is `{_SEED}`.",
        "",
        *table(header, rows),
        "",
        *table(("process", "target", "here", ""), targets),
    ]
