"""``python -m benchmarks.grammar``: what grammar mistakes add to a model's verdicts.

The verdicts of a model, which has seen no source of dev, are weighed with and without
the rates of mistakes, by logistic regressions that are fitted with whole sources left
out, or documents where a label has too few sources. Both are judged on the same rows,
in pairs (bootstrap over documents), and on learners, whose texts are never fitted on.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from benchmarks.figures import (
    Sample,
    figures,
    is_learners,
    passing,
    resamples,
    spread,
)
from benchmarks.quality import score_rows, shown
from benchmarks.record import (
    data_file,
    data_option,
    fingerprint,
    heading,
    language_option,
    model_option,
    output_option,
    signature,
    table,
    versions,
    write,
)
from mtcheck.batch import Batch
from mtcheck.benchmarking.figures import MADE, Array, area, mean
from mtcheck.errors import MtcheckError, ResourceError
from mtcheck.extract.grammar import EXTRACTOR
from mtcheck.grammar import AUTO
from mtcheck.grammar.checker import Checker, Service
from mtcheck.grammar.server import grammar_service
from mtcheck.models import open_model
from training.data import Row, label_index, read_rows
from training.folds import document_folds, leave_all_labels, source_folds

N_FOLDS = 5
HIGHEST = 8.0
"""Mistakes a 100 words from which on more say no more."""


def rates(rows: Sequence[Row], service: Service) -> Array:
    """Return mistakes a 100 words, of shape (rows, features); NaN where unchecked."""
    passages = [row.passage() for row in rows]
    found = Checker(service).check_all([passage.paragraph for passage in passages])
    mistakes = [item if isinstance(item, tuple) else None for item in found]
    batch = Batch(passages, [()] * len(passages), mistakes)
    return EXTRACTOR().measure(batch)


def weigh(shares: Array, extra: Array, rows: Sequence[Row]) -> Array:
    """Return probabilities by regressions on what a model says and on ``extra``.

    Each row is judged without its fold; learners by all regressions together.
    """
    logs = np.log(shares + 1e-6)
    inputs = np.column_stack([logs[:, 1:] - logs[:, :1], extra])
    labels = np.array([label_index(row) for row in rows])
    learner = is_learners(rows)
    others = np.flatnonzero(~learner)
    _, parts = parted([rows[at] for at in others.tolist()])
    folds = np.array(parts)
    found = np.zeros_like(shares)
    for fold in sorted(set(folds.tolist())):
        kept, held = others[folds != fold], others[folds == fold]
        model = LogisticRegression(class_weight="balanced", max_iter=1000)
        model.fit(inputs[kept], labels[kept])
        found[held] = model.predict_proba(inputs[held])
        if learner.any():
            found[learner] += model.predict_proba(inputs[learner]) / N_FOLDS
    return found


def parted(rows: Sequence[Row]) -> tuple[str, list[int]]:
    """Return folds of whole sources, or of documents where a label has too few."""
    folds = source_folds(rows, N_FOLDS)
    if leave_all_labels(folds, rows):
        return "sources", list(folds)
    return "documents", list(document_folds(rows, N_FOLDS))


def inputs_of(values: Array) -> Array:
    """Return rates as regressions can use them: whether there is any, and how much."""
    return np.column_stack([values > 0, np.minimum(values, HIGHEST) / HIGHEST])


def compare(
    rows: Sequence[Row], both: Mapping[str, Array], n_replicates: int, seed: int
) -> dict[str, Any]:
    """Return the figures of both probabilities, and of the difference."""
    learner = is_learners(rows)
    kept = [row for row, apart in zip(rows, learner, strict=True) if not apart]
    without, with_ = (
        Sample.of(kept, both[name][~learner]) for name in ("without", "with")
    )
    drawn = []
    for chosen in resamples(without, n_replicates, seed):
        before, after = figures(without.take(chosen)), figures(with_.take(chosen))
        drawn.append({name: after[name] - value for name, value in before.items()})
    found: dict[str, Any] = {
        "n": len(kept),
        "without": figures(without),
        "with": figures(with_),
        "difference": spread(drawn),
    }
    if learner.any():
        found["learners"] = {
            name: {
                "n": int(learner.sum()),
                **passing(both[name][learner], sample),
            }
            for name, sample in (("without", without), ("with", with_))
        }
    return found


def by_kind(rows: Sequence[Row], values: Array) -> dict[str, dict[str, float]]:
    """Return the mean rate of each feature by group, and areas against people."""
    learner = is_learners(rows)
    labels = np.array([row.label for row in rows])
    human = np.array([row.detail == "human" for row in rows]) & ~learner
    groups = {"human": human, "learners": learner}
    groups |= {str(label): labels == label for label in MADE}
    found = {}
    for at, name in enumerate(EXTRACTOR.features):
        column = values[:, at]
        own = {key: mean(column[group]) for key, group in groups.items()}
        own |= {
            f"{key} auc": area(column[group], column[human])
            for key, group in groups.items()
            if key != "human"
        }
        found[name] = own
    return found


def report(raw: Mapping[str, Any]) -> list[str]:
    """Return the lines of the Markdown report."""
    rows = []
    for name, value in raw["without"].items():
        low, high = raw["difference"][name]
        cells = shown(value), shown(raw["with"][name]), f"{low:+.3f} to {high:+.3f}"
        rows.append((name, *cells))
    lines = [
        *heading(f"What grammar adds, {raw['language']}", raw),
        f"{raw['n']:,} paragraphs of dev, learners' texts apart; "
        f"{raw['n_unchecked']} that LanguageTool {raw['languagetool']} did not check "
        "are left out. Verdicts of the model weighed with and without the rates of "
        f"mistakes, by regressions fitted on other {raw['folds']} of dev. Intervals: "
        "95 %, of the difference in pairs, bootstrap over documents.",
        "",
        *table(("", "without", "with", "difference"), rows),
    ]
    if "learners" in raw:
        lines += ["", "Learners' texts that pass what 1 % of other people's pass:", ""]
        lines += table(
            ("", "n", *map(str, MADE)),
            [
                (name, f"{own['n']}", *[shown(own[str(label)]) for label in MADE])
                for name, own in raw["learners"].items()
            ],
        )
    groups = ("human", "learners", *map(str, MADE))
    lines += ["", "Mistakes a 100 words, and the area under the curve to people:", ""]
    lines += table(
        ("", *groups, *[f"{name} AUC" for name in groups[1:]]),
        [
            (
                name,
                *[shown(own[group]) for group in groups],
                *[shown(own[f"{group} auc"]) for group in groups[1:]],
            )
            for name, own in raw["kinds"].items()
        ],
    )
    return lines


@click.command()
@data_option("paragraphs/")
@language_option
@model_option
@click.option(
    "--grammar", default=AUTO, show_default=True, help="auto, or a server's URL."
)
@click.option("--replicates", default=1000, show_default=True, help="Draws.")
@click.option("--seed", default=7, show_default=True, help="Seed of the draws.")
@output_option
def main(
    data: Path,
    language: str,
    model: str,
    grammar: str,
    replicates: int,
    seed: int,
    output: Path,
) -> None:
    """Judge dev with and without grammar, and report the difference."""
    path = data_file(data, "dev", language)
    rows = read_rows(data, "dev", language)
    try:
        with grammar_service(grammar, 1, click.echo) as service:
            if service is None:
                raise ResourceError("grammar: there is nothing to measure with")
            values = rates(rows, service)
        kept = np.flatnonzero(~np.isnan(values[:, 0]))
        n_rows = len(rows)
        rows, values = [rows[at] for at in kept.tolist()], values[kept]
        with threadpool_limits(1):
            shares, _ = score_rows(rows, model, "full")
            none = np.empty((len(rows), 0))
            extras = {"without": none, "with": inputs_of(values)}
            both = {name: weigh(shares, own, rows) for name, own in extras.items()}
            found = compare(rows, both, replicates, seed)
        opened = open_model(model)
    except MtcheckError as error:
        raise click.ClickException(str(error)) from error
    settings = {
        "lang": language,
        "data": f"dev.{language}@{fingerprint(path)}",
        "languagetool": service.version,
        "replicates": replicates,
        "draws": f"seed {seed}",
    }
    raw = {
        "signature": signature(opened, **settings),
        "versions": versions(),
        "language": language,
        "languagetool": service.version,
        "folds": parted([rows[at] for at in np.flatnonzero(~is_learners(rows))])[0],
        "n_unchecked": n_rows - len(rows),
        **found,
        "kinds": by_kind(rows, values),
    }
    click.echo(write(output, f"grammar.{language}", report(raw), raw), nl=False)


if __name__ == "__main__":
    main()
