"""``python -m benchmarks.quality``: how often mtcheck is right on held-out rows."""

import itertools
import math
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import click
import numpy as np

from benchmarks.figures import (
    Sample,
    documents,
    figures,
    intervals,
    is_learners,
    passing,
    strata,
)
from benchmarks.record import (
    data_file,
    data_option,
    fingerprint,
    heading,
    language_option,
    model_option,
    output_option,
    part_option,
    signature,
    table,
    versions,
    write,
)
from mtcheck.benchmarking.figures import MADE, Array
from mtcheck.classify import LEVELS_OF_EVIDENCE
from mtcheck.errors import MtcheckError
from mtcheck.extract import TIERS, Tier
from mtcheck.models import open_model
from mtcheck.scorer import LEVELS
from mtcheck.scoring import score_documents
from mtcheck.types import LABELS, Document, Label, Scored, Verdict
from training.damage import WINDOW_WORDS, window
from training.data import Row, read_rows
from training.fit import members

BASELINES = {
    "en": (0.622, 0.758, 0.190, 0.350, 0.793, 0.084, 0.273),
    "de": (0.515, 0.833, 0.080, 0.271, 0.785, 0.067, 0.224),
}
"""TF-IDF and logistic regression on the same rows, from the data folder's README."""

_MUST_REACH = ("macro_f1", "paraphrased.auc", "machine_mangled.auc")

WINDOW_BOUNDS = (8, 14, 20, 28, 36)
"""Words from which windows of paragraphs are parted by, and where the last ends."""

NAMES = {
    "macro_f1": "macro-F1",
    "accuracy": "accuracy",
    "ece": "expected calibration error",
    "false_flags_on_human": "human text called anything else",
    "human_translation_called_mangled": "human translations called mangled",
    "auc": "area under the curve against human text",
    "auc_all_originals": "the same against all originals",
    "recall_at_0.01": "recall at 1 % false alarms",
    "recall_at_0.05": "recall at 5 % false alarms",
}


def baseline(language: str) -> dict[str, float]:
    """Return the baseline's figures by the names of ours; empty where there is none."""
    if language not in BASELINES:
        return {}
    first, *rest = BASELINES[language]
    names = [
        f"{label}.{name}"
        for label in MADE
        for name in ("auc", "recall_at_0.01", "recall_at_0.05")
    ]
    return {"macro_f1": first} | dict(zip(names, rest, strict=True))


class Text(Protocol):
    """What is scored: a paragraph, in a language unless that shall be told by it."""

    @property
    def text(self) -> str:
        """The paragraph."""

    @property
    def language(self) -> str | None:
        """Its language, or None."""


def score_rows(rows: Sequence[Text], model: str, tier: Tier) -> tuple[Array, int]:
    """Return the probabilities of each row, and how many had no verdict.

    A row without a verdict counts as original: nothing would be flagged.
    """
    texts = (
        Document(row.text, str(at), None, row.language) for at, row in enumerate(rows)
    )
    shares = np.zeros((len(rows), len(LABELS)))
    shares[:, 0] = 1.0
    n_abstained = 0
    for at, item in enumerate(score_documents(texts, model=model, tier=tier)):
        assert isinstance(item, Scored)  # inputs are not lost on the way from memory
        found = item.verdicts[0].probabilities if item.verdicts else None
        if found is None:
            n_abstained += 1
        else:
            shares[at] = [found[label] for label in LABELS]
    return shares, n_abstained


def assess(
    rows: Sequence[Row], shares: Array, n_replicates: int, seed: int
) -> dict[str, Any]:
    """Return all that is reported of the rows; learners' texts stand apart."""
    learner = is_learners(rows)
    kept = [row for row, apart in zip(rows, learner, strict=True) if not apart]
    sample = Sample.of(kept, shares[~learner])
    details = [(row.detail, row.tier or "-") for row in kept]
    found: dict[str, Any] = {
        "n": len(kept),
        "n_documents": len({row.doc_id for row in kept}),
        "figures": figures(sample),
        "intervals": intervals(sample, n_replicates, seed),
        "documents": documents(kept, sample),
        "by_detail": named(strata(sample, details)),
        "by_source": named(strata(sample, [(row.source,) for row in kept])),
    }
    if learner.any():
        found["learners"] = _learners(shares[learner], sample)
    return found


def windows(rows: Sequence[Row], seed: int) -> list[Row]:
    """Return a short run of words of each long paragraph that is no learner's.

    The corpus has next to no short paragraphs of people, whose users have many.
    """
    random_ = random.Random(seed)
    return [
        window(row, random_)
        for row, apart in zip(rows, is_learners(rows), strict=True)
        if not apart and row.text.count(" ") >= WINDOW_WORDS[1]
    ]


def called(rows: Sequence[Row], shares: Array) -> list[dict[str, Any]]:
    """Return what windows are called, by how they came about and by their words."""
    verdicts = shares.argmax(axis=1)
    sizes = np.array([row.text.count(" ") + 1 for row in rows])
    groups = np.array([_group(row) for row in rows])
    found = []
    for group in sorted(set(groups.tolist())):
        for least, end in itertools.pairwise(WINDOW_BOUNDS):
            own = (groups == group) & (least <= sizes) & (sizes < end)
            if own.any():
                parts = np.bincount(verdicts[own], minlength=len(LABELS)) / own.sum()
                found.append(
                    {"group": group, "words": [least, end - 1], "n": int(own.sum())}
                    | dict(zip(map(str, LABELS), parts.tolist(), strict=True))
                )
    return found


def in_documents(rows: Sequence[Row], model: str, tier: Tier) -> list[dict[str, Any]]:
    """Return what documents and their paragraphs are called, and how they stand out.

    Those of two and more paragraphs, a group by how they came about: all that was
    judged, what share is called each label, and what share has evidence of each level
    or a stricter one.
    """
    groups = [[rows[at] for at in group] for group in members(rows)]
    found = []
    for level in LEVELS:
        texts = (
            Document(
                "\n\n".join(row.text for row in group), str(at), None, group[0].language
            )
            for at, group in enumerate(groups)
        )
        scored = score_documents(texts, model=model, tier=tier, level=level)
        judged: dict[str, list[Verdict]] = {}
        for (row, *_), item in zip(groups, scored, strict=True):
            assert isinstance(item, Scored)  # inputs are not lost on the way
            name = "learners" if is_learners([row]).any() else _group(row)
            judged.setdefault(name, []).extend(
                verdict for verdict in item.verdicts if verdict.evidence
            )
        for name, verdicts in sorted(judged.items()):
            counts = Counter(verdict.evidence for verdict in verdicts)
            passed = itertools.accumulate(counts[it] for _, it in LEVELS_OF_EVIDENCE)
            labels = Counter(str(verdict.label) for verdict in verdicts)
            found.append(
                {"level": level, "group": name, "n": len(verdicts)}
                | {str(it): labels[str(it)] / len(verdicts) for it in LABELS}
                | {
                    evidence: n / len(verdicts)
                    for (_, evidence), n in zip(LEVELS_OF_EVIDENCE, passed, strict=True)
                }
            )
    return found


def _group(row: Row) -> str:
    return row.detail if row.label == Label.ORIGINAL else str(row.label)


def named(pairs: Any) -> list[dict[str, Any]]:
    """Return the figures of strata as what is written down, each with its name."""
    return [{"stratum": " / ".join(name)} | found for name, found in pairs]


def _learners(shares: Array, sample: Sample) -> dict[str, float]:
    """Return how often learners' texts are flagged, at the thresholds of human text."""
    passed = passing(shares, sample)
    return {
        "n": len(shares),
        "flagged": float((shares.argmax(axis=1) != 0).mean()),
        **{f"{label}.flagged_at_0.01": share for label, share in passed.items()},
    }


def report(raw: Mapping[str, Any]) -> list[str]:
    """Return the lines of the Markdown report."""
    compared = baseline(raw["language"])
    lines = [
        *heading(f"Quality, {raw['language']}", raw),
        f"{raw['n']:,} paragraphs of {raw['n_documents']:,} documents of "
        f"{raw['part']}.{raw['language']}, learners' texts apart; "
        f"{raw['n_abstained']} without a verdict, which count as original. "
        "Intervals: 95 %, bootstrap over documents. "
        "TF-IDF: characters and words, logistic regression, by the data's README.",
        "",
        *table(("", "here", "interval", "TF-IDF", ""), _headlines(raw, compared)),
        "",
        f"Documents of two and more paragraphs: macro-F1 "
        f"{shown(raw['documents']['macro_f1'])} over {raw['documents']['n']}.",
    ]
    if "learners" in raw:
        found = raw["learners"]
        flagged = " and ".join(
            f"{shown(found[f'{label}.flagged_at_0.01'])} {label}" for label in MADE
        )
        lines.append(
            f"Learners' texts ({found['n']}): {shown(found['flagged'])} called "
            f"anything but original; at 1 % false alarms on human text {flagged}."
        )
    for title, key in (("By detail and tier", "by_detail"), ("By source", "by_source")):
        lines += ["", f"## {title}", "", *strata_table(raw[key])]
    header = (
        "a window of each paragraph",
        "words",
        "n",
        *[f"called {it}" for it in LABELS],
    )
    cells = [
        (
            item["group"],
            "–".join(map(str, item["words"])),
            f"{item['n']:,}",
            *[shown(item[label]) for label in LABELS],
        )
        for item in raw["windows"]
    ]
    lines += ["", "## Short text", "", *table(header, cells)]
    if raw["in_documents"]:
        lines += ["", "## In documents", "", *documents_table(raw["in_documents"])]
    return lines


def documents_table(items: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the lines of the table of documents and their paragraphs."""
    levels = [level for _, level in LEVELS_OF_EVIDENCE]
    header = (
        "documents of two and more, and their paragraphs",
        "n",
        *[f"called {it}" for it in LABELS],
        *[f"{it} or more" if it != levels[0] else it for it in levels],
    )
    return table(
        header,
        [
            (
                f"{item['level']}: {item['group']}",
                f"{item['n']:,}",
                *[shown(item[str(it)]) for it in (*LABELS, *levels)],
            )
            for item in items
        ],
    )


def _headlines(
    raw: Mapping[str, Any], compared: Mapping[str, float]
) -> list[list[str]]:
    rows = []
    for name, value in raw["figures"].items():
        label, measure = _parts(name)
        low, high = raw["intervals"][name]
        cells = [f"{label}: {NAMES[measure]}" if label else NAMES[measure]]
        cells += [shown(value), f"{shown(low)}–{shown(high)}"]
        cells.append(shown(compared[name]) if name in compared else "")
        verdict = ""
        if name in _MUST_REACH and name in compared:
            verdict = "pass" if value >= compared[name] else "miss"
        rows.append([*cells, verdict])
    return rows


def _parts(name: str) -> tuple[str, str]:
    """Return label and measure of a figure's name; rates hold a full stop as well."""
    label, dot, measure = name.partition(".")
    return (label, measure) if dot else ("", name)


def strata_table(items: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the lines of the table of strata."""
    header = ("", "n", "recall", "flagged", "AUC", "recall at 1 %")
    rows = [
        (
            item["stratum"],
            f"{item['n']:,}",
            *[
                shown(item.get(key, math.nan))
                for key in ("recall", "flagged", "auc", "recall_at_0.01")
            ],
        )
        for item in items
    ]
    return table(header, rows)


def shown(value: float) -> str:
    """Return a figure in three digits; nothing where it was not measured."""
    return "" if math.isnan(value) else f"{value:.3f}"


@click.command()
@data_option("paragraphs/")
@language_option
@part_option
@click.option("--tier", default="full", type=click.Choice(TIERS), show_default=True)
@model_option
@click.option(
    "--replicates",
    default=1000,
    show_default=True,
    type=click.IntRange(1),
    help="Draws.",
)
@click.option(
    "--seed", default=7, show_default=True, help="Seed of the draws and windows."
)
@output_option
def main(
    data: Path,
    language: str,
    part: str,
    tier: Tier,
    model: str,
    replicates: int,
    seed: int,
    output: Path,
) -> None:
    """Score held-out rows and report figures with intervals."""
    path = data_file(data, part, language)
    rows = read_rows(data, part, language)
    try:
        shares, n_abstained = score_rows(rows, model, tier)
        short = windows(rows, seed)
        cut, _ = score_rows(short, model, tier)
        together = in_documents(rows, model, tier)
        opened = open_model(model)
    except MtcheckError as error:
        raise click.ClickException(str(error)) from error
    found = assess(rows, shares, replicates, seed)
    settings = {
        "lang": language,
        "tier": tier,
        "data": f"{part}.{language}@{fingerprint(path)}",
        "n": found["n"],
        "replicates": replicates,
        "draws": f"seed {seed}",
    }
    raw = {
        "signature": signature(opened, **settings),
        "versions": versions(),
        "language": language,
        "part": part,
        "tier": tier,
        "n_abstained": n_abstained,
        **found,
        "windows": called(short, cut),
        "in_documents": together,
        "baseline": baseline(language),
    }
    name = f"quality.{language}" if tier == "full" else f"quality.{language}.{tier}"
    click.echo(write(output, name, report(raw), raw), nl=False)


if __name__ == "__main__":
    main()
