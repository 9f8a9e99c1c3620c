"""``python -m benchmarks.damage``: how many of the defects put into text are found."""

import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from benchmarks.defect_kinds import DEFECTS
from benchmarks.defects import Damaged, Defect, Source
from benchmarks.false_alarms import code_fingerprint
from benchmarks.human_rows import HUMAN
from benchmarks.record import (
    ROOT,
    data_file,
    data_option,
    fingerprint,
    output_option,
    part_option,
    signature,
    table,
    write,
)
from mtcheck.languages import languages
from mtcheck.rules import FAMILIES, all_rules, find_defects
from mtcheck.segment import passages
from mtcheck.types import Document, Finding
from training.data import read_rows

TARGETS = {
    "punctuation": 0.95,
    "joins": 0.95,
    "repetition": 0.95,
    "encoding": 0.95,
    "fragments": 0.8,
}
"""Share of the defects of a family that must be found."""

MOST_PARAGRAPHS = 5


def clean_sources(data: Path, part: str, language: str) -> list[Source]:
    """Return small documents of human paragraphs in which no rule finds anything."""
    rows = [row for row in read_rows(data, part, language) if row.detail in HUMAN]
    texts: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        texts.setdefault((row.doc_id, row.detail), []).append(row.text)
    others = [row.text for row in rows]
    found = []
    for group in texts.values():
        for start in range(0, len(group), MOST_PARAGRAPHS):
            text = "\n\n".join(group[start : start + MOST_PARAGRAPHS])
            if not findings(text, language):
                found.append(Source(text, language, others))
    return found


def findings(text: str, language: str) -> list[Finding]:
    """Return what the rules find in a document, by the path of ``mtcheck lint``."""
    document = Document(text, language=language)
    return [found for one in passages(document) for found in find_defects(one)]


def damaged(
    sources: Sequence[Source], defect: Defect, most: int, seed: int
) -> Iterator[Damaged]:
    """Yield up to ``most`` documents with the defect, drawn by seed."""
    random_ = random.Random(f"{seed} {defect.kind}")
    n_made = 0
    for source in random_.sample(sources, len(sources)):
        made = defect.put(source, random_)
        if made is not None and made.text != source.text:
            yield made
            n_made += 1
        if n_made == most:
            return


def meets(found: Finding, made: Damaged) -> bool:
    """Tell whether the finding overlaps the place of the defect."""
    start = max(found.span.start, made.place.start)
    return start < min(found.span.end, made.place.end)


def assess(
    sources: Sequence[Source], defect: Defect, most: int, seed: int
) -> dict[str, Any]:
    """Return how many of the defects of a kind are found, and as what."""
    n = n_found = n_otherwise = 0
    for made in damaged(sources, defect, most, seed):
        met = [
            FAMILIES[found.code[2]]
            for found in findings(made.text, sources[0].language)
            if meets(found, made)
        ]
        n += 1
        n_found += defect.family in met
        n_otherwise += bool(met) and defect.family not in met
    return {
        "family": defect.family,
        "kind": defect.kind,
        "n": n,
        "found": n_found,
        "recall": n_found / n if n else float("nan"),
        "found_as_other": n_otherwise,
    }


def by_family(kinds: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the recall of each family, in which all its kinds weigh the same."""
    result = []
    for family, least in TARGETS.items():
        mine = [kind for kind in kinds if kind["family"] == family and kind["n"]]
        recall = sum(kind["recall"] for kind in mine) / len(mine)
        n = sum(kind["n"] for kind in mine)
        result.append(
            {
                "family": family,
                "n": n,
                "recall": recall,
                "least": least,
                "is_met": recall >= least,
            }
        )
    return result


def report(raw: Mapping[str, Any]) -> list[str]:
    """Return the lines of the Markdown report."""
    families = [
        [
            item["family"],
            f"{item['n']:,}",
            f"{item['recall']:.3f}",
            f"≥ {item['least']}",
            "pass" if item["is_met"] else "miss",
        ]
        for item in raw["families"]
    ]
    kinds = [
        [
            f"{item['family']}: {item['kind']}",
            f"{item['n']:,}",
            f"{item['recall']:.3f}",
            f"{item['found_as_other']:,}",
        ]
        for item in raw["kinds"]
    ]
    return [
        f"# Damage, {raw['language']}",
        "",
        f"`{raw['signature']}`",
        "",
        f"Defects put one by one into {raw['n_sources']:,} documents of one to "
        f"{MOST_PARAGRAPHS} human paragraphs of {raw['part']}.{raw['language']} in "
        "which no rule finds anything. A defect is found if a finding of its family "
        "meets its place. What cannot be told from good text is left out and named in "
        "`benchmarks/defect_kinds.py`.",
        "",
        *table(("family", "defects", "recall", "target", ""), families),
        "",
        "## By kind",
        "",
        *table(("kind", "defects", "recall", "found as another family"), kinds),
    ]


def missed_lines(
    sources: Sequence[Source], kind: str, most: int, seed: int, language: str
) -> Iterator[str]:
    """Yield each missed defect of a kind in its surroundings, for reading only."""
    for defect in DEFECTS:
        if defect.kind != kind:
            continue
        for made in damaged(sources, defect, most, seed):
            if not any(meets(one, made) for one in findings(made.text, language)):
                start, end = made.place.start, made.place.end
                before = made.text[max(0, start - 60) : start]
                yield f"{before}⟦{made.text[start:end]}⟧{made.text[end : end + 60]}"


@click.command()
@data_option("paragraphs/")
@click.option("--language", help="Code. [default: all that mtcheck knows]")
@part_option
@click.option(
    "--rows",
    "most",
    default=300,
    show_default=True,
    type=click.IntRange(1),
    help="Documents a kind.",
)
@click.option("--seed", default=7, show_default=True, help="Seed of all that is drawn.")
@click.option("--missed", "kind", help="Only show what is missed of one kind.")
@output_option
def main(
    data: Path,
    language: str | None,
    part: str,
    most: int,
    seed: int,
    kind: str | None,
    output: Path,
) -> None:
    """Put every kind of defect into clean human text and count what is found."""
    for code in [language] if language else languages():
        path = data_file(data, part, code)
        sources = clean_sources(data, part, code)
        if kind:
            click.echo("\n".join(missed_lines(sources, kind, most, seed, code)))
            continue
        kinds = [assess(sources, defect, most, seed) for defect in DEFECTS]
        settings = {
            "rules": f"{len(all_rules())}@{code_fingerprint(ROOT / 'mtcheck')}",
            "lang": code,
            "data": f"{part}.{code}@{fingerprint(path)}",
            "rows": most,
            "draws": f"seed {seed}",
        }
        raw = {
            "signature": signature(None, **settings),
            "language": code,
            "part": part,
            "n_sources": len(sources),
            "families": by_family(kinds),
            "kinds": kinds,
        }
        click.echo(write(output, f"damage.{code}", report(raw), raw), nl=False)


if __name__ == "__main__":
    main()
