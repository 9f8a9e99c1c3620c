"""From labelled and plain text to the folder of one language."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from mtcheck.extract import TIERS
from training.damage import made_rows
from training.data import Row, read_rows
from training.fit import fit_tier
from training.human import fit_human
from training.kenlm_tools import KenlmTools
from training.measured import (
    Corpus,
    Measured,
    Say,
    measure,
    measure_out_of_fold,
    open_folder,
)


@dataclass(frozen=True, slots=True)
class Built:
    """What the card says of one language."""

    language: str
    thresholds: dict[str, dict[str, dict[str, float]]]
    metrics: dict[str, Any]
    sources: dict[str, dict[str, Any]]


def build_language(
    data: Path, language: str, target: Path, tools: KenlmTools, seed: int, say: Say
) -> Built:
    """Make the folder of one language in ``target`` and return what the card needs."""
    target.mkdir(parents=True)
    every = read_rows(data, "train", language)
    say(f"human text, and {len(every):,} labelled paragraphs")
    known = fit_human(data, language, every, target, tools)
    rows = [row for row, is_known in zip(every, known, strict=True) if not is_known]
    say(f"left out {len(every) - len(rows):,} paragraphs that the human text holds")
    mask = open_folder(target).mask(language)
    corpus = Corpus.of(rows, mask)
    measured = measure_out_of_fold(corpus, made_rows(rows, seed), target, tools, say)
    say("class models from all rows")
    corpus.fit(target, tools)
    dev = [row for row in read_rows(data, "dev", language) if not row.is_noncommercial]
    measured_dev = Measured(tuple(dev), measure(target, dev))
    thresholds, metrics = {}, {}
    for tier in TIERS:
        say(f"classifier, tier {tier}")
        fitted = fit_tier(measured, measured_dev, tier, seed)
        table = {**fitted.model.to_json(), "context": asdict(fitted.context)}
        text = json.dumps(table) + "\n"
        (target / f"classifier.{tier}.json").write_text(text, encoding="utf-8")
        thresholds[str(tier)] = fitted.thresholds
        metrics[str(tier)] = {"dev": fitted.figures}
    return Built(language, thresholds, metrics, _sources(rows))


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
