"""What the gate measures: quality, false alarms and speed, each with its tolerance."""

import math
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from benchmarks import speed
from benchmarks.false_alarms import assess as assess_findings
from benchmarks.figures import Sample, documents, figures, is_learners
from benchmarks.floors import Gauge
from benchmarks.human_rows import human_rows, lint_rows
from benchmarks.quality import in_documents, score_rows, windows
from benchmarks.record import data_file
from benchmarks.writers import DEFAULT_LEVEL, alarms
from mtcheck.benchmarking.figures import MADE, Array, mean
from mtcheck.extract import Tier
from mtcheck.models import Model
from training.data import Row, read_rows

TOLERANCES = {
    "macro_f1": 0.005,
    "auc": 0.005,
    "recall_at_0.01": 0.02,
    "ece": 0.005,
    "human_translation_called_mangled": 0.01,
}
"""What a figure of quality may lose without a word, by the last part of its name.

The same model gives the same figures to the last digits of a float; this much may
change when a rule or a feature is mended.
"""

FEWER_IS_BETTER = frozenset({"ece", "human_translation_called_mangled"})

ALARM_TOLERANCE = {"flagged": 0.01, "weak": 0.005, "moderate": 0.002, "strong": 0.001}
"""Shares of people's paragraphs."""

SHORT_TOLERANCE = 0.01
"""Share of windows of people's paragraphs."""

WINDOW_SEED = 7

FOUND_TOLERANCE, PASSED_TOLERANCE = 0.02, 0.005
"""Shares of documents and their paragraphs that have evidence: machines', people's."""

RATIO_TOLERANCE = 0.5
"""One learner's paragraph more moves the ratio to other people by a fifth."""

FINDINGS_TOLERANCE = 0.05
"""Findings in 1,000 words."""

SPEED_TOLERANCE = 0.5
"""Share of the ratio of rates: other load on the machine moves it by a third."""

N_SPEED_ROWS, N_SPEED_PASSES = 400, 5


def gauges(
    data: Path, codes: Sequence[str], model: Model, name: str
) -> Iterator[Gauge]:
    """Yield the figures of languages by the model that goes by the name."""
    for code in codes:
        rows = read_rows(data, "dev", code)
        for tier in ("full", "fast"):
            shares, _ = score_rows(rows, name, tier)
            yield from quality(rows, shares, f"{code}.{tier}")
            yield from people(rows, shares, model, tier, f"{code}.{tier}")
            yield from short_text(rows, name, tier, f"{code}.{tier}")
            yield from evidence(rows, name, tier, f"{code}.{tier}")
        yield from findings(data_file(data, "dev", code), code)


def quality(rows: Sequence[Row], shares: Array, prefix: str) -> Iterator[Gauge]:
    """Yield macro-F1, areas, recalls and calibration; learners' texts stand apart."""
    kept = ~is_learners(rows)
    some = [row for row, is_kept in zip(rows, kept, strict=True) if is_kept]
    sample = Sample.of(some, shares[kept])
    found = figures(sample)
    found["documents.macro_f1"] = documents(some, sample)["macro_f1"]
    for name, value in found.items():
        for ending, tolerance in TOLERANCES.items():
            if name.endswith(ending) and not math.isnan(value):
                is_least = ending not in FEWER_IS_BETTER
                yield Gauge(f"{prefix}.{name}", value, tolerance, is_least)


def people(
    rows: Sequence[Row], shares: Array, model: Model, tier: Tier, prefix: str
) -> Iterator[Gauge]:
    """Yield how often people's and learners' paragraphs stand out, by the card."""
    found = alarms(shares, [row.language for row in rows], model, tier)
    is_human = np.array([row.detail == "human" for row in rows])
    learner = is_learners(rows)
    groups = {"people": is_human & ~learner, "learners": is_human & learner}
    groups = {name: inside for name, inside in groups.items() if inside.any()}
    for group, inside in groups.items():
        for alarm, tolerance in ALARM_TOLERANCE.items():
            share = mean(found[alarm][inside])
            yield Gauge(f"{prefix}.{group}.{alarm}", share, tolerance, False)
    if len(groups) == 2:
        own, other = (found[DEFAULT_LEVEL][inside] for inside in groups.values())
        # Were nobody else flagged, as if one were.
        ratio = mean(other) / max(mean(own), 1 / len(own))
        name = f"{prefix}.learners_to_people.{DEFAULT_LEVEL}"
        yield Gauge(name, ratio, RATIO_TOLERANCE, False)


def short_text(
    rows: Sequence[Row], name: str, tier: Tier, prefix: str
) -> Iterator[Gauge]:
    """Yield how often short runs of words that people wrote are flagged."""
    cut = windows([row for row in rows if row.detail == "human"], WINDOW_SEED)
    if cut:
        shares, _ = score_rows(cut, name, tier)
        flagged = mean(shares.argmax(axis=1) != 0)
        yield Gauge(f"{prefix}.people.short.flagged", flagged, SHORT_TOLERANCE, False)


def evidence(
    rows: Sequence[Row], name: str, tier: Tier, prefix: str
) -> Iterator[Gauge]:
    """Yield what share of documents, and of their paragraphs, has evidence."""
    for item in in_documents(rows, name, tier):
        is_made = item["group"] in map(str, MADE)
        yield Gauge(
            f"{prefix}.in_documents.{item['level']}.{item['group']}.{DEFAULT_LEVEL}",
            item[DEFAULT_LEVEL],
            FOUND_TOLERANCE if is_made else PASSED_TOLERANCE,
            is_least=is_made,
        )


def findings(path: Path, code: str) -> Iterator[Gauge]:
    """Yield the rules' findings in 1,000 words that people wrote or translated."""
    for item in assess_findings(list(lint_rows(human_rows(path))))["targets"]:
        name = f"{code}.findings.{item['detail']}.{item['group']}"
        yield Gauge(name, item["rate"], FINDINGS_TOLERANCE, False)


def fast_of_kenlm(data: Path, name: str) -> Gauge:
    """Return the rate of the fast tier as a share of one pass of KenLM's full_scores.

    Both work through the same paragraphs in turns and are timed by the processor, so
    that what else the machine does moves the share little.
    """
    texts = [row.text for row in read_rows(data, "dev", "en")]
    slices = speed.Slices.of(texts, N_SPEED_ROWS, N_SPEED_PASSES)
    tool, peer, _ = speed.TARGETS[0]
    with speed.one_core():
        runners, _ = speed.measure(
            slices, {"model": name, "data": str(data)}, sys.executable, (tool, peer)
        )
    share = speed.judge(runners)[0]["cpu_ratio"]
    return Gauge("speed.fast_of_kenlm", share, SPEED_TOLERANCE * share, is_least=True)
