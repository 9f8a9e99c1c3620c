"""``python -m benchmarks.published``: people or DeepL, a published benchmark.

van der Werff, van Noord and Toral, "Automatic Discrimination of Human and Neural
Machine Translation: A Study with Multiple Pre-Trained Models and Longer Context", EAMT
2022. Our recipe is fitted on their train part and judged on their dev part. Its licence
is not known, so nothing of it is in a model that ships.
"""

import json
import lzma
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import click
import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from benchmarks.quality import score_rows
from benchmarks.record import (
    data_option,
    fingerprint,
    heading,
    model_option,
    needed,
    output_option,
    signature,
    table,
    versions,
    write,
)
from mtcheck.benchmarking import baselines
from mtcheck.benchmarking.bootstrap import Group, drawn, interval, joined, measured
from mtcheck.benchmarking.data import Row as Text
from mtcheck.benchmarking.figures import Array
from mtcheck.classify import softmax
from mtcheck.errors import MtcheckError
from mtcheck.estimators import VerdictClassifier
from mtcheck.models import open_model
from mtcheck.types import LABELS, Label
from training.data import Row
from training.folds import document_folds
from training.human import FILES
from training.measured import Corpus

UNITS = ("sentence", "document")
ENGINE = "deepl"
N_FOLDS = 5
MADE = Label.MACHINE_MANGLED

PAPER = {
    "sentence": {"SVM of n-grams": 0.549, "DeBERTa": 0.663},
    "document": {"Longformer": 0.820},
}
"""Accuracies that the paper has for DeepL on its test part, by the data's README."""

DETECTORS = {
    "recipe": "features and classifier of mtcheck, fitted on the train part",
    "tfidf": "TF-IDF of words and characters, logistic regression, fitted on it too",
    "shipped": "the shipped model as it is; paraphrased is no answer here",
}

FIGURES = ("accuracy", f"recall.{Label.ORIGINAL}", f"recall.{MADE}", f"auc.{MADE}")


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
        MADE if made else Label.ORIGINAL,
        raw["file"],
        "machine_translation" if made else "human_translation",
        f"{year} {side} {place}",
        "",
        "unknown",
        raw["engine"],
    )


def by_recipe(
    train: Sequence[Pair], dev: Sequence[Pair], folder: Path, seed: int
) -> dict[str, Array]:
    """Return for each unit the share of machine in each text of the dev part.

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
    held = Corpus.of([row for _, row in dev], folder).styled(corpus.fit())
    found = {}
    for unit in UNITS:
        learnt, asked = (
            np.array([one == unit for one, _ in pairs]) for pairs in (train, dev)
        )
        classifier = VerdictClassifier(max_iter=150, random_state=seed)
        classifier.fit(vectors[learnt], _is_made(corpus.rows)[learnt])
        found[unit] = softmax(classifier.model_.logits(held[asked]))[:, 1]
    return found


def by_tfidf(train: Sequence[Row], dev: Sequence[Row]) -> Array:
    """Return the share of machine in each text, by the baseline of that name."""
    fitted = baselines.fit("tfidf", [*map(_text, train)])
    shares: Array = fitted.shares([*map(_text, dev)])[:, LABELS.index(MADE)]
    return shares


def _text(row: Row) -> Text:
    return Text("", row.doc_id, row.text, row.label, row.language, {})


def by_shipped(dev: Sequence[Row], model: str) -> Array:
    """Return the share of machine, of it and of original, by a model that ships."""
    shares, _ = score_rows(dev, model, "full")
    original, made = (shares[:, LABELS.index(one)] for one in (Label.ORIGINAL, MADE))
    found: Array = made / (original + made)
    return found


def _is_made(rows: Sequence[Row]) -> NDArray[np.bool_]:
    return np.array([row.label == MADE for row in rows])


def judged(
    rows: Sequence[Row], made: Array, n_resamples: int, seed: int
) -> dict[str, dict[str, float]]:
    """Return the figures of shares of machine, with 95 % intervals over documents."""
    truth = np.where(_is_made(rows), LABELS.index(MADE), 0)
    shares = np.zeros((len(rows), len(LABELS)))
    shares[:, 0], shares[:, LABELS.index(MADE)] = 1 - made, made
    _, document = np.unique([row.doc_id for row in rows], return_inverse=True)
    occurs = np.bincount(truth, minlength=len(LABELS)) > 0
    group = Group(np.arange(len(rows)), np.flatnonzero(truth == 0), occurs)
    parts = [
        measured(truth, shares, draws.T[document], [group])[0]
        for draws in drawn(int(document.max()) + 1, n_resamples, seed, len(rows))
    ]
    values = joined(parts)
    found = {}
    for name in FIGURES:
        low, high = interval(values[name])
        found[name] = {"value": float(values[name][0]), "low": low, "high": high}
    return found


def compare(
    unit: str,
    train: Sequence[Pair],
    dev: Sequence[Pair],
    made: Array,
    model: str,
    n_resamples: int,
    seed: int,
) -> dict[str, Any]:
    """Return what is reported of a unit; ``made`` is what the recipe says of it."""
    learnt, rows = (
        [row for one, row in pairs if one == unit] for pairs in (train, dev)
    )
    answers = {
        "recipe": made,
        "tfidf": by_tfidf(learnt, rows),
        "shipped": by_shipped(rows, model),
    }
    n_made = int(_is_made(rows).sum())
    return {
        "n": len(rows),
        "n_documents": len({row.doc_id for row in rows}),
        "labels": {"human": len(rows) - n_made, "machine": n_made},
        "detectors": {
            name: judged(rows, shares, n_resamples, seed)
            for name, shares in answers.items()
        },
        "paper": PAPER[unit],
    }


def report(raw: Mapping[str, Any]) -> list[str]:
    """Return the lines of the Markdown report."""
    lines = [
        *heading("People or DeepL, a published benchmark", raw),
        "Texts in English that people or DeepL translated from German (van der Werff, "
        "van Noord and Toral, EAMT 2022). Ours are judged on the dev part, the figures "
        "of the paper are of its test part, which is not here: other texts of the same "
        "kind. Intervals: 95 %, bootstrap over documents.",
        "",
        *(f"- {name}: {about}" for name, about in DETECTORS.items()),
    ]
    header = ("", "accuracy", "interval", "people's found", "DeepL's found", "AUC")
    for unit, found in raw["units"].items():
        people, made = found["labels"].values()
        lines += [
            "",
            f"## By {unit}",
            "",
            f"{found['n']:,} texts ({people:,} of people, {made:,} of DeepL) from "
            f"{found['n_documents']:,} documents.",
            "",
            *table(header, _rows(found["detectors"], PAPER[unit])),
        ]
    return lines


def _rows(
    found: Mapping[str, Mapping[str, Mapping[str, float]]], paper: Mapping[str, float]
) -> Iterator[tuple[str, ...]]:
    for name, figures in found.items():
        accuracy, *rest = (figures[figure] for figure in FIGURES)
        yield (
            name,
            f"{accuracy['value']:.3f}",
            f"{accuracy['low']:.3f}–{accuracy['high']:.3f}",
            *(f"{figure['value']:.3f}" for figure in rest),
        )
    for name, value in paper.items():
        yield f"the paper: {name}", f"{value:.3f}", "", "", "", ""


@click.command()
@data_option("published/")
@model_option
@click.option("--resamples", default=1000, show_default=True, help="Draws.")
@click.option("--seed", default=7, show_default=True, help="Of boosting and draws.")
@output_option
def main(data: Path, model: str, resamples: int, seed: int, output: Path) -> None:
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
            for name in FILES:
                Path(scratch, name).symlink_to((human / name).absolute())
            train, dev = map(read_pairs, paths)
            made = by_recipe(train, dev, Path(scratch), seed)
        units = {
            unit: compare(unit, train, dev, made[unit], model, resamples, seed)
            for unit in UNITS
        }
    except MtcheckError as error:
        raise click.ClickException(str(error)) from error
    settings = {
        "data": ",".join(
            f"{path.name.removesuffix('.jsonl.xz')}@{fingerprint(path)}"
            for path in paths
        ),
        "boot": resamples,
        "draws": f"seed {seed}",
    }
    raw = {
        "signature": signature(opened, **settings),
        "versions": versions(),
        "units": units,
    }
    click.echo(write(output, "published", report(raw), raw), nl=False)


if __name__ == "__main__":
    main()
