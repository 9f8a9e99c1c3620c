"""How surely a line belongs to the page: the sum of small trees over its measures."""

import json
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from mtcheck.residue.lines import FEATURES, measure_lines
from mtcheck.types import Span

FILE = Path(__file__).with_name("trees.json")
"""Made by ``python -m training.residue``; holds statistics only."""

Tree = tuple[int, float, Any, Any] | float
"""A leaf, or the place of a feature, its limit, and the trees below and above it."""


class Trees(NamedTuple):
    """The trees with what is added to their sum, and scores that few lines reach.

    ``limits`` are by the share of the lines of main texts that lie above them.
    """

    start: float
    trees: tuple[Tree, ...]
    limits: dict[str, float]


@cache
def trees() -> Trees:
    """Return the trees of the package."""
    return read_trees(json.loads(FILE.read_text("utf-8")))


def read_trees(raw: dict[str, Any]) -> Trees:
    """Return the trees as they stand in a file."""
    order = [FEATURES.index(name) for name in raw["features"]]
    known = tuple(_tree(tree, order) for tree in raw["trees"])
    return Trees(raw["start"], known, raw["limits"])


def _tree(raw: Any, order: list[int]) -> Tree:
    if not isinstance(raw, list):
        return float(raw)
    at, limit, low, high = raw
    return order[at], limit, _tree(low, order), _tree(high, order)


def score(row: tuple[float, ...], known: Trees) -> float:
    """Return the sum of the trees for one line, a log-odds."""
    total = known.start
    for tree in known.trees:
        while isinstance(tree, tuple):
            at, limit, low, high = tree
            tree = low if row[at] <= limit else high
        total += tree
    return total


@lru_cache(maxsize=4)
def line_scores(text: str) -> tuple[tuple[Span, float], ...]:
    """Return each line that is not blank, and the log-odds that the page owns it."""
    spans, rows = measure_lines(text)
    known = trees()
    scores = [score(row, known) for row in rows]
    return tuple(zip(spans, scores, strict=True))
