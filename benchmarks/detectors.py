"""``python -m benchmarks.detectors``: the shipped model beside simple detectors.

What ``mtcheck benchmark`` reports on held-out rows, its tables kept as a result. One
detector is a file of predictions, as anybody's would be: ``benchmarks.compression``.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import click

import mtcheck
from benchmarks.compression import answers, prime
from benchmarks.record import (
    data_file,
    data_option,
    language_option,
    output_option,
    part_option,
    write,
)
from mtcheck.benchmarking.baselines import BASELINES
from mtcheck.benchmarking.data import read_labelled
from mtcheck.benchmarking.report.markdown import markdown
from mtcheck.errors import MtcheckError
from mtcheck.models import DEFAULT

MODELS = (DEFAULT, f"{DEFAULT}:fast", *BASELINES)

TIMES = ("seconds", "texts_per_second", "fit_seconds")
"""Not reported here: benchmarks.speed measures them, on a core that is kept for it."""


def predict(path: Path, train: Path, target: Path) -> None:
    """Write what the compressor says of the texts of a file, after those of another."""
    primers = prime(read_labelled([str(train)]).rows)
    records = (
        {"id": row.id, "text": row.text} for row in read_labelled([str(path)]).rows
    )
    lines = [f"{line}\n" for line in answers(records, primers)]
    target.write_text("".join(lines), encoding="utf-8")


@click.command()
@data_option("paragraphs/")
@language_option
@part_option
@click.option(
    "--model",
    "models",
    default=MODELS,
    multiple=True,
    show_default=True,
    help="As of mtcheck benchmark.",
)
@click.option("--resamples", default=1000, show_default=True, help="Draws.")
@click.option("--seed", default=7, show_default=True, help="Seed of the draws.")
@output_option
def main(
    data: Path,
    language: str,
    part: str,
    models: tuple[str, ...],
    resamples: int,
    seed: int,
    output: Path,
) -> None:
    """Compare detectors on held-out rows, fitted to the train part where need be."""
    path, train = (data_file(data, name, language) for name in (part, "train"))
    try:
        with TemporaryDirectory() as scratch:
            said = Path(scratch, "compression.jsonl")
            predict(path, train, said)
            report = mtcheck.benchmark(
                path,
                models,
                predictions={"compression": said},
                train=train,
                resamples=resamples,
                seed=seed,
            )
    except MtcheckError as error:
        raise click.ClickException(str(error)) from error
    for model in report["models"]:
        model.update(dict.fromkeys(TIMES))
    _, *lines = markdown(report).splitlines()
    lines.insert(0, f"# Detectors, {language}")
    del report["plan"]  # It has the paths of this machine; the signature says the rest.
    click.echo(write(output, f"detectors.{language}", lines, report), nl=False)


if __name__ == "__main__":
    main()
