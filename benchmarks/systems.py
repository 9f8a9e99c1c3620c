"""``python -m benchmarks.systems``: the systems of WMT, by the artefacts they leave.

What ``mtcheck benchmark --systems`` says of the rows of WMT's test sets in the dev part
(WMT22, and the talks of WMT21's metrics task), without the figures of single rules.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from benchmarks.record import (
    data_file,
    data_option,
    model_option,
    output_option,
    part_option,
    write,
)
from mtcheck.benchmarking.report.markdown import markdown
from mtcheck.benchmarking.report.systems import SIGNIFICANT
from mtcheck.benchmarking.systems.plan import SystemsPlan, prepare_systems
from mtcheck.benchmarking.systems.run import run_systems
from mtcheck.errors import MtcheckError
from mtcheck.languages import languages
from mtcheck.rules import all_rules

SOURCES = ("ted21", "wmt22")
_DIGITS = 4


def assess(plan: SystemsPlan) -> dict[str, Any]:
    """Return the report on the systems of the test sets."""
    prepared = prepare_systems(plan)
    data = prepared.data
    chosen = [row for row in data.rows if row.contest.split()[0] in SOURCES]
    data.skipped["of other test sets"] = len(data.rows) - len(chosen)
    data.rows = chosen
    report = run_systems(prepared)
    report["signature"] += f"|sources:{','.join(SOURCES)}"
    return report


def shortened(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return a report without the figures of rules, and with short numbers."""
    codes = {rule.code for rule in all_rules()}
    contests = [
        contest
        | {
            "systems": [
                system
                | {
                    "figures": _without(system["figures"], codes),
                    "same_documents": system["same_documents"]["made"],
                }
                for system in contest["systems"]
            ],
            "apart": [
                test
                for test in contest["apart"]
                if test["p_holm"] is not None and test["p_holm"] < SIGNIFICANT
            ],
            "n_tests": len(contest["apart"]),
        }
        for contest in report["contests"]
    ]
    found: dict[str, Any] = _rounded({**report, "contests": contests})
    del found["plan"]  # It names the folder of the data.
    return found


def _without(figures: Mapping[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: figure for name, figure in figures.items() if name not in names}


def _rounded(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [*map(_rounded, value)]
    return round(value, _DIGITS) if isinstance(value, float) else value


@click.command()
@data_option("paragraphs/")
@click.option("--language", help="Code. [default: all that mtcheck knows]")
@part_option
@model_option
@click.option("--seed", default=7, show_default=True, help="Seed of all chance.")
@click.option("--resamples", default=2000, show_default=True, help="Draws.")
@click.option(
    "--least", default=15, show_default=True, help="Texts that a system must have."
)
@output_option
def main(
    data: Path,
    language: str | None,
    part: str,
    model: str,
    seed: int,
    resamples: int,
    least: int,
    output: Path,
) -> None:
    """Compare the systems, and say how their artefacts go with what people thought."""
    for code in [language] if language else languages():
        path = str(data_file(data, part, code))
        try:
            plan = SystemsPlan((path,), model, seed, resamples, least)
            report = assess(plan)
        except MtcheckError as error:
            raise click.ClickException(str(error)) from error
        title = f"# Systems of WMT, {code}"
        lines = [title, *markdown(report).splitlines()[1:]]
        click.echo(write(output, f"systems.{code}", lines, shortened(report)), nl=False)


if __name__ == "__main__":
    main()
