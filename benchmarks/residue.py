"""``python -m benchmarks.residue``: what of whole pages is told from their main text.

The trees were fitted on half of the pages, by a hash of the page's id, and their limits
chosen there; measured is on the other half, and on whole sources of which nothing was
fitted on (``training.pages``). The other rules are tuned on the measured lines.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np

from benchmarks.figures import FALSE_ALARMS
from benchmarks.page_rules import BAD, Rule, justext_rules, run_rules
from benchmarks.record import (
    data_option,
    fingerprint,
    needed,
    output_option,
    signature,
    table,
    write,
)
from mtcheck.benchmarking.figures import Array, area
from mtcheck.residue.phrases import marked_lines, notices, split_lines
from mtcheck.residue.stretches import page_stretches
from mtcheck.residue.trees import FILE, line_scores, trees
from mtcheck.segment import Passage
from mtcheck.types import Document, Paragraph, Span
from training.pages import (
    APART,
    GOLD,
    PAGES,
    Page,
    lines_outside,
    read_pages,
    snippet_lines,
)

_SCORE = "mtcheck, line scores"
_RATES = tuple(f"{rate:g}" for rate in FALSE_ALARMS)


def our_scores(page: Page) -> list[float]:
    """Return the score of each line of a page."""
    return [score for _, score in line_scores(page.text)]


def scores_by(rule: Rule, pages: Iterable[Page]) -> Array:
    """Return what a rule says of the lines of the pages, one after the other."""
    return np.concatenate([rule(texts_of(page)) for page in pages])


def texts_of(page: Page) -> list[str]:
    """Return the lines of a page that are not blank."""
    return [span.of(page.text) for span in split_lines(page.text)]


def curve(scores: Array, is_outside: Array) -> dict[str, float]:
    """Return the area under the curve, and the recall at each rate of lines inside."""
    outside, inside = scores[is_outside], scores[~is_outside]
    found = {"auc": area(outside, inside)}
    for rate, name in zip(FALSE_ALARMS, _RATES, strict=True):
        found[f"recall_at_{name}"] = _recall(outside, inside, rate)
    return found


def _recall(outside: Array, inside: Array, rate: float) -> float:
    """Return the share of lines outside above a limit that few inside reach.

    Scores may tie, so the limit is the lowest with at most that share inside above it.
    """
    level = np.sort(inside)[::-1][int(rate * len(inside))]
    return float((outside > level).mean())


def best(rules: Iterable[tuple[str, Rule]], pages: Sequence[Page], truth: Any) -> Any:
    """Return the figures of a family of rules, each with the setting best for it."""
    known, is_outside = truth
    found: dict[str, float] = {}
    settings: dict[str, str] = {}
    for name, rule in rules:
        for key, value in curve(scores_by(rule, pages)[known], is_outside).items():
            if value > found.get(key, -1):
                found[key], settings[key] = value, name
    return found | {"settings": settings}


def assess(pages: Sequence[Page]) -> dict[str, Any]:
    """Return the figures of the rules on English pages with a full main text."""
    labels = [label for page in pages for label in lines_outside(page)]
    known = np.array([label is not None for label in labels])
    is_outside = np.array([bool(label) for label in labels])[known]
    ours = np.concatenate([our_scores(page) for page in pages])[known]
    truth = (known, is_outside)
    own = next(justext_rules("en"))
    return {
        "n_pages": len(pages),
        "n_inside": int((~is_outside).sum()),
        "n_outside": int(is_outside.sum()),
        "rules": {
            _SCORE: curve(ours, is_outside),
            "jusText, its settings": best([own], pages, truth),
            "jusText, best of its settings": best(justext_rules("en"), pages, truth),
            "length and run, best": best(run_rules(), pages, truth),
        },
        "at_limits": {
            rate: _flagged(ours > trees().limits[rate], is_outside) for rate in _RATES
        },
        "justext_bad": _flagged(scores_by(own[1], pages)[known] > BAD, is_outside),
        "told": _flagged(np.concatenate([_told(p) for p in pages])[known], is_outside),
    }


def _flagged(is_flagged: Array, is_outside: Array) -> dict[str, float]:
    return {
        "outside": float(is_flagged[is_outside].mean()),
        "inside": float(is_flagged[~is_outside].mean()),
    }


def _whole(text: str) -> Passage:
    """Return a page as one paragraph."""
    return Passage(Document(text), (Paragraph(text, Span(0, len(text))),), 0)


def _told(page: Page) -> Array:
    """Return for each line whether one of the rules tells of it."""
    told = [*marked_lines(page.text), *notices(_whole(page.text))]
    told += page_stretches(page.text)
    is_told = np.zeros(len(page.text), dtype=bool)
    for span in told:
        is_told[span.start : span.end] = True
    lines = split_lines(page.text)
    return np.array([is_told[span.start : span.end].any() for span in lines])


def assess_snippets(pages: Sequence[Page]) -> dict[str, Any]:
    """Return what is marked of snippets that lie outside and inside main texts.

    A snippet is marked if the highest of its lines is above the limit, and left alone
    if the lowest is not.
    """
    outside: list[float] = []
    inside: list[float] = []
    for page in pages:
        scores = our_scores(page)
        for places, is_outside in snippet_lines(page):
            values = [scores[at] for at in places]
            (outside if is_outside else inside).append(
                max(values) if is_outside else min(values)
            )
    high, low = np.array(outside), np.array(inside)
    return {
        "n_pages": len(pages),
        "n_outside": len(high),
        "n_inside": len(low),
        "auc": area(high, low),
        "at_limits": {
            rate: {
                "outside_marked": float((high > trees().limits[rate]).mean()),
                "inside_left_alone": float((low <= trees().limits[rate]).mean()),
            }
            for rate in _RATES
        },
    }


def report(raw: Mapping[str, Any]) -> list[str]:
    """Return the lines of the Markdown report."""
    lines = [
        "# Residue on whole pages",
        "",
        f"`{raw['signature']}`",
        "",
        "Lines of pages whose main text people marked. The trees were fitted on one "
        "half of the pages, by a hash of the page's id; measured is on the other half, "
        f"and on whole sources that were kept apart ({', '.join(sorted(APART))}). "
        "jusText and the rule by length and run see the same lines and are given the "
        "best of their settings for each figure, chosen on the measured lines: "
        "jusText's lines are paragraphs without tags and links, ordered by its class, "
        "then by its class before the look at neighbours, then by the share of stop "
        "words and by length.",
    ]
    for name, found in raw["english"].items():
        lines += ["", f"## English, {name}", "", *_english(found)]
    for name, found in raw["snippets"].items():
        lines += ["", f"## Snippets, {name}", "", *_snippets(found)]
    return lines


def _english(found: Mapping[str, Any]) -> list[str]:
    header = ("", "area", *(f"outside at {rate} inside" for rate in _RATES))
    rows = [
        [name, *(f"{figures[key]:.3f}" for key in _keys())]
        for name, figures in found["rules"].items()
    ]
    shown = [
        f"at the limit for {rate}: {flagged['outside']:.3f} of the lines outside and "
        f"{flagged['inside']:.4f} of those inside"
        for rate, flagged in found["at_limits"].items()
    ]
    told, bad = found["told"], found["justext_bad"]
    return [
        f"{found['n_pages']} pages, {found['n_outside']:,} lines outside the main "
        f"text, {found['n_inside']:,} inside.",
        "",
        *table(header, rows),
        "",
        f"With limits chosen on other pages, {'; '.join(shown)}. "
        f"The rules tell of {told['outside']:.3f} of the lines outside, as phrases or "
        f"in stretches, and of {told['inside']:.4f} of those inside. jusText, with its "
        f"settings, calls bad {bad['outside']:.3f} and {bad['inside']:.4f}.",
    ]


def _keys() -> tuple[str, ...]:
    return ("auc", *(f"recall_at_{rate}" for rate in _RATES))


def _snippets(found: Mapping[str, Any]) -> list[str]:
    rows = [
        [
            f"limit for {rate}",
            f"{figures['outside_marked']:.3f}",
            f"{figures['inside_left_alone']:.3f}",
        ]
        for rate, figures in found["at_limits"].items()
    ]
    return [
        f"{found['n_pages']} pages, {found['n_outside']} snippets outside, "
        f"{found['n_inside']} inside; area {found['auc']:.3f}.",
        "",
        *table(("", "outside marked", "inside left alone"), rows),
    ]


@click.command()
@data_option("scraped/")
@output_option
def main(data: Path, output: Path) -> None:
    """Score the lines of pages that were not fitted on and report figures."""
    files = [data / name for name in (PAGES, GOLD)]
    for path in files:
        needed(path)
    pages = [page for page in read_pages(data) if page.part != "fit" and page.text]
    english = [page for page in pages if page.language == "en" and page.main]
    parts = {
        "the other half": [page for page in english if page.part == "measured"],
        "sources apart": [page for page in english if page.part == "apart"],
    }
    snippets = {
        name: [page for page in pages if page.language == code and not page.main]
        for code, name in (("de", "German"), ("en", "English"))
    }
    settings = {
        "pages": fingerprint(files[0]),
        "gold": fingerprint(files[1]),
        "trees": fingerprint(FILE),
        "n": len(pages),
    }
    raw = {
        "signature": signature(None, **settings),
        "english": {name: assess(part) for name, part in parts.items() if part},
        "snippets": {
            name: assess_snippets(part) for name, part in snippets.items() if part
        },
    }
    click.echo(write(output, "residue", report(raw), raw), nl=False)


if __name__ == "__main__":
    main()
