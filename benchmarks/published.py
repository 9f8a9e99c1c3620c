"""``python -m benchmarks.published``: people or DeepL, a published benchmark.

van der Werff, van Noord and Toral, "Automatic Discrimination of Human and Neural
Machine Translation: A Study with Multiple Pre-Trained Models and Longer Context", EAMT
2022. Our recipe is fitted on their train part and judged on their dev part. Its licence
is not known, so nothing of it is in a model that ships.
"""

import json
import lzma
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from benchmarks.record import (
    data_option,
    fingerprint,
    heading,
    output_option,
    signature,
    table,
    versions,
    write,
)
from mtcheck.classify import Array, softmax
from mtcheck.errors import MtcheckError
from mtcheck.estimators import VerdictClassifier
from mtcheck.models import DEFAULT, open_model
from mtcheck.types import Label
from training.data import Row, document_folds
from training.false_alarms import wilson
from training.measured import Corpus

UNITS = ("sentence", "document")
N_FOLDS = 3


def read_pairs(path: Path) -> list[tuple[str, Row]]:
    """Return unit and row of each line; translations of one line share a document."""
    return list(_pairs(path))


def _pairs(path: Path) -> Iterator[tuple[str, Row]]:
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            raw = json.loads(line)
            text = " ".join(raw["text"].split())
            if text:
                made = raw["label"] == "machine"
                yield (
                    raw["unit"],
                    Row(
                        text,
                        "en",
                        Label.MACHINE_MANGLED if made else Label.ORIGINAL,
                        raw["file"],
                        "machine_translation" if made else "human_translation",
                        raw["file"].split(".")[0],
                        "",
                        "unknown",
                        raw["engine"] or "",
                    ),
                )


def accuracies(
    train: list[tuple[str, Row]], dev: list[tuple[str, Row]], folder: Path, seed: int
) -> dict[str, dict[str, Any]]:
    """Return for each unit how often it is judged right, with Wilson's interval.

    ``folder`` has the human text of a model. Style is learnt of all units, out of fold
    by file; what stands for the rest is learnt of each unit alone.
    """
    corpus = Corpus.of([row for _, row in train], folder)
    folds = np.array(document_folds(corpus.rows, N_FOLDS))
    vectors = np.empty_like(corpus.vectors)
    for fold in sorted(set(folds.tolist())):
        own = np.flatnonzero(folds == fold)
        weights = corpus.take(np.flatnonzero(folds != fold)).fit()
        vectors[own] = corpus.take(own).styled(weights)
    held = Corpus.of([row for _, row in dev], folder)
    judged = held.styled(corpus.fit())
    found = {}
    for unit in UNITS:
        learnt = np.array([one == unit for one, _ in train])
        asked = np.array([one == unit for one, _ in dev])
        classifier = VerdictClassifier(max_iter=150, random_state=seed)
        classifier.fit(vectors[learnt], _is_machine(corpus.rows)[learnt])
        shares = softmax(classifier.model_.logits(judged[asked]))
        found[unit] = _right(shares[:, 1] > 0.5, _is_machine(held.rows)[asked])
    return found


def _is_machine(rows: tuple[Row, ...]) -> NDArray[np.bool_]:
    return np.array([row.label == Label.MACHINE_MANGLED for row in rows])


def _right(said: NDArray[np.bool_], truth: Array) -> dict[str, Any]:
    hits = int((said == truth).sum())
    low, high = wilson(hits, len(truth))
    return {"n": len(truth), "accuracy": hits / len(truth), "low": low, "high": high}


@click.command()
@data_option("published/")
@click.option("--model", default=DEFAULT, show_default=True, help="Name or folder.")
@click.option("--seed", default=7, show_default=True, help="Seed of the boosting.")
@output_option
def main(data: Path, model: str, seed: int, output: Path) -> None:
    """Fit on the train part, judge the dev part, and report accuracy."""
    paths = [
        data / "published" / f"ht_vs_mt.{part}.jsonl.xz" for part in ("train", "dev")
    ]
    for path in paths:
        if not path.is_file():
            raise click.ClickException(
                f"{path}: is missing; name the folder with --data"
            )
    try:
        opened = open_model(model)
        human = opened.resources("en").folder
        with threadpool_limits(1), tempfile.TemporaryDirectory() as scratch:
            for name in (
                "human.word.klm",
                "common.txt",
                "synonyms.tsv",
                "tortured.tsv",
            ):
                Path(scratch, name).symlink_to((human / name).absolute())
            train, dev = map(read_pairs, paths)
            found = accuracies(train, dev, Path(scratch), seed)
    except MtcheckError as error:
        raise click.ClickException(str(error)) from error
    settings = {"data": f"ht_vs_mt@{fingerprint(paths[0])}", "seed": seed}
    raw = {
        "signature": signature(opened, **settings),
        "versions": versions(),
        "units": found,
    }
    lines = [
        *heading("People or DeepL, a published benchmark", raw),
        "Accuracy on the dev part, fitted on the train part. Intervals: 95 %, Wilson.",
        "",
        *table(
            ("", "n", "accuracy", "interval"),
            [
                (
                    unit,
                    f"{item['n']:,}",
                    f"{item['accuracy']:.3f}",
                    f"{item['low']:.3f}–{item['high']:.3f}",
                )
                for unit, item in found.items()
            ],
        ),
    ]
    click.echo(write(output, "published", lines, raw), nl=False)


if __name__ == "__main__":
    main()
