"""``python -m benchmarks.fuzzing FOLDER``: write down what became of fuzzed targets."""

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

from benchmarks.record import heading, output_option, signature, table, versions, write
from mtcheck.models import open_model

_COLUMNS = (
    ("inputs", "executions", ",d"),
    ("seconds", "seconds", ",d"),
    ("of a processor", "processor_seconds", ",d"),
    ("slowest", "slowest_seconds", ".1f"),
    ("MiB", "peak_mib", ",d"),
)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True))
@output_option
def main(folder: Path, output: Path) -> None:
    """Write what became of the targets in a folder of ``python tests/fuzz``."""
    fuzzed, enlarged = (
        [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob(pattern))]
        for pattern in ("*/outcome.json", "*/megabyte/outcome.json")
    )
    if not fuzzed:
        raise click.ClickException(
            f"{folder}: holds no outcome; run python tests/fuzz --folder {folder}"
        )
    raw = {
        "signature": signature(open_model(), targets=len(fuzzed)),
        "versions": {**versions(), "atheris": version("atheris")},
        "fuzzed": fuzzed,
        "enlarged": enlarged,
    }
    click.echo(write(output, "fuzzing", report(raw), raw))


def report(raw: dict[str, Any]) -> list[str]:
    """Return the lines of the report."""
    return [
        *heading("Fuzzing", raw),
        "Each target in a process of its own, all at the same time: seconds by the",
        "clock and of a processor, the slowest input in seconds of a processor, the",
        "most memory of a process. While fuzzing, each step is counted, which takes",
        "several times as long. `code` is the fingerprint of what was fuzzed.",
        "",
        *_lines(raw["fuzzed"]),
        "",
        "Inputs that are repeated, at the size of a megabyte, nothing counted:",
        "",
        *_lines([outcome for outcome in raw["enlarged"] if outcome["executions"]]),
    ]


def _lines(outcomes: list[dict[str, Any]]) -> list[str]:
    rows = [
        [
            outcome["target"],
            *(format(outcome[key], form) for _, key, form in _COLUMNS),
            outcome["code"],
            outcome["found"] or "nothing",
        ]
        for outcome in outcomes
    ]
    return table(("target", *(name for name, *_ in _COLUMNS), "code", "found"), rows)


if __name__ == "__main__":
    main()
