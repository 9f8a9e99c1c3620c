"""``python -m benchmarks.costs``: what each stage and each extractor costs."""

import time
from collections.abc import Mapping, Sequence
from itertools import chain, cycle
from pathlib import Path
from statistics import mean, median
from typing import Any

import click

from benchmarks.record import (
    data_file,
    data_option,
    fingerprint,
    heading,
    model_option,
    output_option,
    signature,
    table,
    versions,
    write,
)
from benchmarks.speed import Slices, one_core
from mtcheck.clock import Clock
from mtcheck.extract import TIERS, Tier, extractors
from mtcheck.models import open_model
from mtcheck.report import render
from mtcheck.scoring import score_documents
from mtcheck.types import Document, Scored
from training.data import read_rows

N_TURNS = 9
"""Each tier has so many turns."""

OPENING = "opening"
WRITING = "writing"

STAGES = {
    "segmenting": "paragraphs, sentences, the language",
    "rules": "defects",
    "tokens": "one tokenisation for all extractors",
    "classifying": "the additive model, for the batch as a whole",
    "verdicts": "the light of the document, reasons and their places",
    WRITING: "JSON lines, and what no other stage takes",
}
"""The stages that are no extractors, with what is done in them."""

Costs = dict[str, dict[str, float]]
"""Microseconds a paragraph by stage, for each tier."""


def spent(texts: Sequence[str], model: str, tier: Tier) -> dict[str, float]:
    """Return the processor's seconds of each stage from documents to JSON lines.

    The stages are timed by the wall clock; what else the machine does interrupts each
    as often as it is long, and is taken off all alike.
    """
    clock = Clock()
    start, busy = time.perf_counter(), time.process_time()
    documents = (Document(text, str(at)) for at, text in enumerate(texts))
    found = score_documents(documents, model=model, tier=tier, clock=clock)
    for _ in render((item for item in found if isinstance(item, Scored)), "jsonl"):
        pass
    seconds, busy = time.perf_counter() - start, time.process_time() - busy
    clock.add(WRITING, seconds - sum(clock.seconds.values()))
    del clock.seconds[OPENING]
    return {stage: each * busy / seconds for stage, each in clock.seconds.items()}


def costs(slices: Slices, model: str) -> Costs:
    """Return what each stage takes of a paragraph, in the median turn of a tier.

    Each has slices of its own: what one has met would be known to the other.
    """
    found: dict[str, list[dict[str, float]]] = {tier: [] for tier in TIERS}
    for tier in TIERS:
        spent(slices.warm, model, tier)
    for texts, tier in zip(slices.passes, cycle(TIERS)):
        seconds = spent(texts, model, tier)
        found[tier].append({it: 1e6 * s / len(texts) for it, s in seconds.items()})
    return {tier: medians(turns) for tier, turns in found.items()}


def medians(turns: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return the median of each stage; where a turn lacks one, it took no time.

    >>> medians([{"rules": 3.0, "tokens": 1.0}, {"rules": 5.0}])
    {'rules': 4.0, 'tokens': 0.5}
    """
    stages = dict.fromkeys(chain(*turns))
    return {it: median(turn.get(it, 0.0) for turn in turns) for it in stages}


def report(raw: Mapping[str, Any]) -> list[str]:
    """Return the lines of the Markdown report."""
    lines = [
        *heading("Costs", raw),
        "Microseconds of a processor for a paragraph, on one core"
        f"{'' if raw['is_pinned'] else ' (not pinned)'}, and their share; documents "
        "in, JSON lines out, after opening the model and warming up. The tiers take "
        f"turns, {N_TURNS} each, with paragraphs that neither has seen before; figures "
        "are medians of the turns.",
    ]
    for language, found in raw["languages"].items():
        lines += [
            "",
            f"{found['n']:,} paragraphs of dev.{language} a tier, "
            f"{found['words']:.0f} words each:",
            "",
            *cost_table(found["costs"]),
        ]
    return lines


def cost_table(costs: Costs) -> list[str]:
    """Return the table of a language, the costliest stage of the full tier first."""
    totals = {tier: sum(stages.values()) for tier, stages in costs.items()}
    abouts = STAGES | {f"features.{kind.name}": _about(kind) for kind in extractors()}
    full = costs["full"]
    rows = []
    for stage in sorted(full, key=lambda stage: -full[stage]):
        cells = [f"`{stage}`: {abouts[stage]}"]
        for tier in TIERS:
            cost = costs[tier].get(stage)
            cells += ["-", "-"] if cost is None else _cells(cost, totals[tier])
        rows.append(cells)
    rows.append(["all", *[cell for tier in TIERS for cell in _total(totals[tier])]])
    return table(("stage", *[name for tier in TIERS for name in (tier, "share")]), rows)


def _about(kind: type) -> str:
    """Return what an extractor measures, in its own words."""
    line = (kind.__doc__ or "").splitlines()[0].removesuffix(".")
    return line[:1].lower() + line[1:]


def _cells(cost: float, total: float) -> list[str]:
    return [f"{cost:,.0f}", f"{100 * cost / total:.0f} %"]


def _total(total: float) -> list[str]:
    return [f"{total:,.0f}", f"{1e6 / total:,.0f} a second"]


@click.command()
@data_option("paragraphs/")
@click.option(
    "--rows",
    default=1_800,
    show_default=True,
    type=click.IntRange(N_TURNS),
    help="Paragraphs of each language for each tier.",
)
@model_option
@output_option
def main(data: Path, rows: int, model: str, output: Path) -> None:
    """Measure the cost of each stage, for both tiers and all languages."""
    opened = open_model(model)
    parts: list[str] = []
    languages: dict[str, Any] = {}
    with one_core() as is_pinned:
        for code in opened.languages:
            path = data_file(data, "dev", code)
            parts.append(f"dev.{code}@{fingerprint(path)}")
            texts = [row.text for row in read_rows(data, "dev", code)]
            slices = Slices.of(texts, rows // N_TURNS, N_TURNS * len(TIERS))
            languages[code] = {
                "n": N_TURNS * len(slices.passes[0]),
                "words": mean(len(text.split()) for text in chain(*slices.passes)),
                "costs": costs(slices, model),
            }
    raw = {
        "signature": signature(opened, data=",".join(parts), n=rows),
        "versions": versions(),
        "is_pinned": is_pinned,
        "languages": languages,
    }
    click.echo(write(output, "costs", report(raw), raw), nl=False)


if __name__ == "__main__":
    main()
