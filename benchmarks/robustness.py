"""``python -m benchmarks.robustness``: what attacks on the texts cost the model.

The robustness mode of ``mtcheck benchmark`` on a sample of the held-out documents.
"""

import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

import click

from benchmarks.record import (
    data_file,
    data_option,
    heading,
    language_option,
    output_option,
    part_option,
    write,
)
from mtcheck.benchmarking.attacks import EVERY
from mtcheck.benchmarking.data import Data
from mtcheck.benchmarking.plan import Plan, Prepared, prepare
from mtcheck.benchmarking.report.markdown import table_lines
from mtcheck.benchmarking.report.tables import attack_tables
from mtcheck.benchmarking.run import run
from mtcheck.errors import MtcheckError


def sample(data: Data, n_texts: int, seed: int) -> Data:
    """Return whole documents, drawn by chance, that have so many texts and few more."""
    sizes = Counter(row.document for row in data.rows)
    names = sorted(sizes)
    random.Random(seed).shuffle(names)
    chosen: set[str] = set()
    n_chosen = 0
    for name in names:
        if n_chosen >= n_texts:
            break
        chosen.add(name)
        n_chosen += sizes[name]
    return replace(data, rows=[row for row in data.rows if row.document in chosen])


@click.command()
@data_option("paragraphs/")
@language_option
@part_option
@click.option(
    "--model",
    "models",
    multiple=True,
    default=("base", "base:fast"),
    show_default=True,
    help="As for mtcheck benchmark. Repeatable.",
)
@click.option("--attack", "attacks", multiple=True, default=(EVERY,), show_default=True)
@click.option("--texts", default=1200, show_default=True, help="Size of the sample.")
@click.option("--resamples", default=1000, show_default=True, help="Draws.")
@click.option("--seed", default=7, show_default=True, help="Of all chance.")
@output_option
def main(
    data: Path,
    language: str,
    part: str,
    models: tuple[str, ...],
    attacks: tuple[str, ...],
    texts: int,
    resamples: int,
    seed: int,
    output: Path,
) -> None:
    """Attack a sample of held-out texts and report what is lost."""
    path = data_file(data, part, language)
    plan = Plan((str(path),), models, attacks=attacks, seed=seed, resamples=resamples)
    try:
        whole = prepare(plan)
        drawn = sample(whole.data, texts, seed)
        report = run(Prepared(plan, drawn, None, whole.entrants), click.echo)
    except MtcheckError as error:
        raise click.ClickException(str(error)) from error
    raw = {key: report[key] for key in ("signature", "versions", "n", "n_documents")}
    raw |= {"labels": report["labels"], **report["robustness"]}
    labels = ", ".join(f"{n:,} {label}" for label, n in raw["labels"].items())
    lines = [
        *heading(f"Robustness, {language}", raw),
        f"{raw['n']:,} paragraphs of {raw['n_documents']:,} documents drawn from "
        f"{part}.{language}: {labels}. docs/benchmark.md says what each attack does.",
    ]
    for found in attack_tables(report["robustness"]):
        lines += ["", f"## {found.title}", "", *table_lines(found), "", found.note]
    click.echo(write(output, f"robustness.{language}", lines, raw), nl=False)


if __name__ == "__main__":
    main()
