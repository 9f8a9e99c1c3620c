"""``python -m benchmarks.writers``: which people are taken for machines, how often.

False alarms of the verdicts by group of writers, length, genre and source, on ``dev``
or on any file of texts that people wrote.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
import numpy as np

from benchmarks.quality import score_rows
from benchmarks.record import (
    data_file,
    data_option,
    heading,
    model_option,
    output_option,
    signature,
    table,
    versions,
    write,
)
from mtcheck.benchmarking.bootstrap import drawn, interval
from mtcheck.benchmarking.data import FIELDS, Data, Row, read_labelled, strata_of
from mtcheck.benchmarking.figures import Array
from mtcheck.classify import LEVELS_OF_EVIDENCE, evidence
from mtcheck.errors import InputError, MtcheckError
from mtcheck.extract import TIERS, Tier
from mtcheck.languages import languages
from mtcheck.models import Model, open_model
from mtcheck.types import LABELS, Label
from training.false_alarms import MIN_SHOWN, wilson

WRITERS, OTHERS, TRANSLATOR = "writer", "other", "translator"
DIMENSIONS = (WRITERS, "length", "genre", "source")
"""What texts are parted by; ``writer`` are learners, translators and others."""

LEVELS = [level for _, level in LEVELS_OF_EVIDENCE]
FLAGGED = "flagged"
ALARMS = (FLAGGED, *reversed(LEVELS))
"""Called anything but original, and evidence of a level or a stricter one."""

DEFAULT_LEVEL = "moderate"
"""The evidence to go by where people are judged: one false alarm in a hundred."""

MOST = 1.5
"""How many times as often as the others a group may have it."""


def alarms(
    shares: Array, codes: Sequence[str], model: Model, tier: Tier
) -> dict[str, Array]:
    """Return which texts are flagged, and which have evidence of each level or more.

    ``shares`` are their probabilities, ``codes`` their languages.
    """
    levels = [
        evidence(
            dict(zip(LABELS, share, strict=True)),
            model.card["thresholds"].get(code, {}).get(tier, {}).get("alone", {}),
        )
        for share, code in zip(shares.tolist(), codes, strict=True)
    ]
    found = {FLAGGED: shares.argmax(axis=1) != 0}
    for at, level in enumerate(LEVELS):
        found[level] = np.isin(levels, LEVELS[: at + 1])
    return found


@dataclass(frozen=True)
class People:
    """Texts that people wrote, what was said of them, and how often to resample."""

    rows: Sequence[Row]
    alarms: Mapping[str, Array]
    document: Array
    n_replicates: int
    seed: int

    @classmethod
    def of(cls, data: Data, alarms: Mapping[str, Array], n: int, seed: int) -> "People":
        """Return the texts of the data with their alarms."""
        return cls(data.rows, alarms, data.document, n, seed)

    def groups(self, field: str) -> dict[str, Array]:
        """Return which texts are of each value of a field; small groups are left out.

        A field of one value parts nothing.
        """
        found = {}
        for name, places in strata_of(self.rows, (field,)).get(field, {}).items():
            if len(places) >= MIN_SHOWN:
                found[name] = np.zeros(len(self.rows), bool)
                found[name][places] = True
        return found

    def rates(self, inside: Array) -> dict[str, Any]:
        """Return how many texts a group has, and the share of each kind of alarm.

        Each share comes with its 95 % interval by Wilson.
        """
        n = int(inside.sum())
        found: dict[str, Any] = {"n": n}
        for name in ALARMS:
            hits = int(self.alarms[name][inside].sum())
            found[name] = (hits / n, *wilson(hits, n))
        return found

    def ratios(self, inside: Array) -> dict[str, Any]:
        """Return how many times as often as the others a group has each alarm.

        With 95 % intervals by a bootstrap over documents. The others are without
        translators: these are taken for machines more often than anybody. Where none of
        them has an alarm, the ratio is as if one had.
        """
        others = ~inside & np.array(
            [row.strata.get(WRITERS) != TRANSLATOR for row in self.rows]
        )
        n_documents = int(self.document.max()) + 1
        parts: dict[str, list[Array]] = {name: [] for name in ALARMS}
        for counts in drawn(n_documents, self.n_replicates, self.seed, len(self.rows)):
            weights = counts[:, self.document]
            for name in ALARMS:
                hits = self.alarms[name]
                with np.errstate(divide="ignore", invalid="ignore"):
                    own, other = (
                        weights[:, part & hits].sum(1) / weights[:, part].sum(1)
                        for part in (inside, others)
                    )
                    least = 1 / weights[:, others].sum(1)
                    parts[name].append(own / np.maximum(other, least))
        found = {}
        for name, arrays in parts.items():
            values = np.concatenate(arrays)
            found[name] = (float(values[0]), *interval(values))
        return found


def assess(people: People, dimensions: Sequence[str]) -> dict[str, Any]:
    """Return all that is reported: the rates of each group, and ratios of the first.

    What people are told by is the first of the ``dimensions``.
    """
    grouped = {field: people.groups(field) for field in dimensions}
    ratios = {
        name: people.ratios(inside)
        for name, inside in grouped[dimensions[0]].items()
        if name not in (OTHERS, TRANSLATOR)
    }
    return {
        "n": len(people.rows),
        "all": people.rates(np.ones(len(people.rows), bool)),
        "by": {
            field: {name: people.rates(inside) for name, inside in groups.items()}
            for field, groups in grouped.items()
            if groups
        },
        "ratios": ratios,
        "targets": [
            {
                "group": name,
                "most": MOST,
                "ratio": found[DEFAULT_LEVEL][0],
                "is_met": found[DEFAULT_LEVEL][0] <= MOST,
            }
            for name, found in ratios.items()
        ],
    }


def report(raw: Mapping[str, Any]) -> list[str]:
    """Return the lines of the Markdown report."""
    lines = [
        *heading(raw["title"], raw),
        f"{raw['n']:,} paragraphs of {raw['data']} that people wrote or translated, "
        f"each judged alone; {raw['n_abstained']} without a verdict, which count as "
        "not flagged. Per cent of them that are called anything but original, and that "
        "have evidence of a level or a stricter one, with Wilson's 95 % interval. "
        f"Groups of {MIN_SHOWN} and more are shown. {raw['n_left_out']:,} other "
        "records are left out.",
    ]
    for title, rows in tables(raw):
        lines += ["", f"## {title}", "", *rows]
    return lines


def tables(raw: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Yield the title and the lines of each table of what ``assess`` found."""
    header = ("paragraphs", FLAGGED, *(f"{name} or more" for name in ALARMS[1:-1]))
    header = (*header, ALARMS[-1])
    for field, groups in raw["by"].items():
        rows = [("all", raw["all"]), *groups.items()]
        yield (
            f"By {field}",
            table(("", *header), [(name, *_cells(item)) for name, item in rows]),
        )
    if raw["ratios"]:
        met = {item["group"]: item["is_met"] for item in raw["targets"]}
        yield (
            "How many times as often as the others",
            table(
                ("", *header[1:], f"{DEFAULT_LEVEL} ≤ {MOST:g}"),
                [
                    (
                        name,
                        *[_ratio(found[alarm]) for alarm in ALARMS],
                        "pass" if met[name] else "miss",
                    )
                    for name, found in raw["ratios"].items()
                ],
            ),
        )


def _cells(item: Mapping[str, Any]) -> Iterator[str]:
    yield f"{item['n']:,}"
    for name in ALARMS:
        share, low, high = (100 * value for value in item[name])
        yield f"{share:.1f} ({max(low, 0):.1f}–{high:.1f})"


def _ratio(found: Sequence[float]) -> str:
    value, low, high = found
    return "-" if np.isnan(value) else f"{value:.2f} ({low:.2f}–{high:.2f})"


def read_people(paths: Sequence[str], field: str | None) -> tuple[Data, int]:
    """Return the originals of files, and how many other texts were left out.

    ``field`` tells the groups of writers; without one, learners and translators are
    told by the fields of the project's data. Raises an InputError where there is none.
    """
    data = read_labelled(paths, (*FIELDS, field) if field else FIELDS)
    kept = [row for row in data.rows if row.label == Label.ORIGINAL]
    if not kept:
        raise InputError(", ".join(paths), "no text is labelled original")
    rows = [
        replace(row, strata={**row.strata, WRITERS: TRANSLATOR})
        if row.strata.get("detail") == "human_translation"
        else row
        for row in kept
    ]
    if field and not any(field in row.strata for row in rows):
        raise InputError(", ".join(paths), f"no text has the field {field!r}")
    n_left_out = len(data.rows) - len(rows) + data.skipped.total()
    return replace(data, rows=rows), n_left_out


def measure(
    paths: Sequence[str],
    field: str | None,
    model: str,
    tier: Tier,
    n_replicates: int,
    seed: int,
) -> dict[str, Any]:
    """Return what is reported of the files, with its signature."""
    data, n_left_out = read_people(paths, field)
    for error in data.lost:
        click.echo(f"lost: {error}", err=True)
    shares, n_abstained = score_rows(data.rows, model, tier)
    opened = open_model(model)
    codes = [row.strata.get("language", "") for row in data.rows]
    found = alarms(shares, codes, opened, tier)
    people = People.of(data, found, n_replicates, seed)
    dimensions = DIMENSIONS if field is None else (field, *DIMENSIONS[1:])
    settings = {
        "tier": tier,
        "data": data.signature(),
        "n": len(data.rows),
        "replicates": n_replicates,
        "draws": f"seed {seed}",
    }
    return {
        "title": "People who are taken for machines",
        "signature": signature(opened, **settings),
        "versions": versions(),
        "data": data.signature(),
        "n_left_out": n_left_out,
        "n_lost": len(data.lost),
        "n_abstained": n_abstained,
        **assess(people, dimensions),
    }


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option("--group-field", help="Field of the records that tells who wrote.")
@data_option("paragraphs/")
@click.option("--tier", default="full", type=click.Choice(TIERS), show_default=True)
@model_option
@click.option(
    "--replicates",
    default=1000,
    show_default=True,
    type=click.IntRange(1),
    help="Draws.",
)
@click.option("--seed", default=7, show_default=True, help="Seed of the draws.")
@output_option
def main(
    files: tuple[str, ...],
    group_field: str | None,
    data: Path,
    tier: Tier,
    model: str,
    replicates: int,
    seed: int,
    output: Path,
) -> None:
    """Count how often people are flagged: those of dev, or of files of yours.

    A FILE has records (.jsonl, .csv, .tsv, .parquet, packed or not) with text and the
    label original; others are left out. Figures of yours are shown, and not written.
    """
    try:
        if files:
            raw = measure(files, group_field, model, tier, replicates, seed)
            click.echo("\n".join(report(raw)))
            return
        for code in languages():
            path = str(data_file(data, "dev", code))
            raw = measure([path], group_field, model, tier, replicates, seed)
            raw["title"] += f", {code}"
            click.echo(write(output, f"writers.{code}", report(raw), raw))
    except MtcheckError as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    main()
