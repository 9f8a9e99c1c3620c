"""From labelled and plain text to the folder of one language."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mtcheck.classify import Reading
from mtcheck.extract import TIERS
from training.damage import made_rows
from training.data import Row, read_plain, read_rows
from training.false_alarms import Levels
from training.fit import fit_tier
from training.folds import (
    DOCUMENT_FOLDS,
    SOURCE_FOLDS,
    document_folds,
    leave_all_labels,
    source_folds,
)
from training.human import fit_human, shares_run
from training.kenlm_tools import KenlmTools
from training.lexicons import THESAURI, thesaurus_groups
from training.measured import Corpus, Measured, Noise, Say, measure_out_of_fold
from training.pages import read_noise, read_web
from training.round_trip import need, round_trips
from training.spin import Thesaurus, spun_rows


@dataclass(frozen=True, slots=True)
class Built:
    """What the card says of one language, by tier where it differs."""

    language: str
    thresholds: dict[str, dict[Reading, Levels]]
    false_alarms: dict[str, Any]
    metrics: dict[str, Any]
    sources: dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Gathered:
    """All rows of one language that are learnt from or chosen by."""

    train: tuple[Row, ...]
    dev: tuple[Row, ...]


def gather(
    data: Path,
    language: str,
    added: Sequence[Row],
    target: Path,
    tools: KenlmTools,
    seed: int,
    say: Say,
) -> Gathered:
    """Read and make the rows of a language; write the files of human text.

    The rows of a user's own are ``added`` to those of the data folder.
    """
    need(language)
    labelled = [*read_rows(data, "train", language), *added]
    dev = read_rows(data, "dev", language)
    plain = read_plain(data, language, seed)
    say(f"human text, and {len(labelled):,} labelled paragraphs")
    known = fit_human(data, plain.lines, language, labelled, target, tools, seed)
    met = [row for row, is_known in zip(labelled, known, strict=True) if not is_known]
    say(f"left out {len(labelled) - len(met):,} paragraphs that the human text holds")
    copies = shares_run(plain.rows, dev)
    wide = [row for row, is_copy in zip(plain.rows, copies, strict=True) if not is_copy]
    rows = met + wide
    made = round_trips(met, language, seed)
    if language in THESAURI:
        thesaurus = Thesaurus(thesaurus_groups(language), language)
        made += spun_rows(met, thesaurus, seed)
    say(f"{len(wide):,} paragraphs of plain text, {len(made):,} spun or sent round")
    return Gathered((*rows, *made), tuple(dev))


def build_language(
    data: Path,
    language: str,
    added: Sequence[Row],
    target: Path,
    tools: KenlmTools,
    seed: int,
    say: Say,
) -> Built:
    """Make the folder of one language in ``target`` and return what the card needs."""
    target.mkdir(parents=True)
    gathered = gather(data, language, added, target, tools, seed, say)
    rows = gathered.train
    corpus = Corpus.of(rows, target)
    made_of, parts = zip(*made_rows(rows, seed), strict=True)
    say(f"measured {len(rows):,} rows; their {len(parts):,} windows and damaged copies")
    made = Corpus.of(parts, target)
    dev = Corpus.of((*gathered.dev, *read_web(data, language)), target)
    by_document = document_folds(rows, DOCUMENT_FOLDS)
    by_source = source_folds(rows, SOURCE_FOLDS)
    if not leave_all_labels(by_source, rows):
        say("too few sources to leave whole ones out; documents are left out instead")
        by_source = by_document
    train, weights = measure_out_of_fold(
        corpus, made, made_of, by_source, by_document, say
    )
    folds = np.array([*by_source, *[by_source[at] for at in made_of], *by_source])
    for kind, found in weights.items():
        np.save(target / f"style.{kind}.npy", found)
    strange = Measured.strange(dev.rows, dev.styled(weights))
    noise = Noise.of(read_noise(data, language), target, language)
    built = Built(language, {}, {}, {}, _sources(rows))
    for tier in TIERS:
        say(f"classifier, tier {tier}")
        fitted = fit_tier(train, folds, strange, noise, tier, seed)
        table = {**fitted.model.to_json(), "context": asdict(fitted.context)}
        text = json.dumps(table) + "\n"
        (target / f"classifier.{tier}.json").write_text(text, encoding="utf-8")
        built.thresholds[str(tier)] = fitted.thresholds
        built.false_alarms[str(tier)] = fitted.false_alarms
        built.metrics[str(tier)] = {"dev": fitted.figures}
    return built


def replace_folder(built: Path, target: Path) -> None:
    """Put a finished folder in the place of an older one."""
    if target.exists():
        shutil.rmtree(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(built, target)


def _sources(rows: Sequence[Row]) -> dict[str, dict[str, Any]]:
    """Return rows and licences by source, for the card."""
    licences: dict[str, set[str]] = {}
    for row in rows:
        licences.setdefault(row.source, set()).add(row.license)
    names = [row.source for row in rows]
    return {
        name: {"rows": names.count(name), "licences": sorted(found)}
        for name, found in sorted(licences.items())
    }
