"""``python -m benchmarks.published``: people or DeepL, a published benchmark.

van der Werff, van Noord and Toral, "Automatic Discrimination of Human and Neural
Machine Translation: A Study with Multiple Pre-Trained Models and Longer Context", EAMT
2022. Our recipe is fitted on their train part and judged on their dev part. Its licence
is not known, so nothing of it is in a model that ships.
"""

import json
import lzma
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import click
import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from benchmarks.record import (
    data_option,
    fingerprint,
    heading,
    needed,
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
ENGINE = "deepl"
N_FOLDS = 5


class Pair(NamedTuple):
    """A text of the benchmark, and whether it is a sentence or a document."""

    unit: str
    row: Row


def read_pairs(path: Path) -> list[Pair]:
    """Return the texts of one engine.

    The sentences of a document share its ``doc_id``, in both translations, so that
    folds by document keep together what is of one text.
    """
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        every = [json.loads(line) for line in lines]
    raws = [raw for raw in every if raw["engine"] == ENGINE and raw["text"].strip()]
    whole: dict[str, list[tuple[str, int]]] = {}
    for raw in raws:
        if raw["unit"] == "document":
            whole.setdefault(raw["file"], []).append((_plain(raw), raw["line"]))
    return [Pair(raw["unit"], _row(raw, whole.get(raw["file"], []))) for raw in raws]


def _plain(raw: dict[str, Any]) -> str:
    return " ".join(raw["text"].split())


def _row(raw: dict[str, Any], documents: Sequence[tuple[str, int]]) -> Row:
    text, made = _plain(raw), raw["label"] == "machine"
    found = [f"{line}" for document, line in documents if text in document]
    # The same documents stand in two files, in one order: what people wrote in English
    # and its German translation by DeepL; what they wrote in German, by both.
    side = "en" if raw["file"].startswith(("org_en", "trans_de")) else "de"
    year = raw["file"].split(".")[0].rsplit("_", 1)[-1]
    place = found[0] if found else f"sentence {raw['line']}"
    return Row(
        text,
        "en",
        Label.MACHINE_MANGLED if made else Label.ORIGINAL,
        raw["file"],
        "machine_translation" if made else "human_translation",
        f"{year} {side} {place}",
        "",
        "unknown",
        raw["engine"],
    )


def accuracies(
    train: Sequence[Pair], dev: Sequence[Pair], folder: Path, seed: int
) -> dict[str, dict[str, Any]]:
    """Return for each unit how often it is judged right, with Wilson's interval.

    ``folder`` has the human text of a model. Style is learnt of both units, out of fold
    by document; how it is weighed with the rest, of each unit alone.
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
        needed(path)
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
