"""``python -m training.residue``: fit what tells the lines of a page from its text."""

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import click
import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier

from mtcheck.residue.lines import FEATURES, measure_lines
from mtcheck.residue.trees import FILE, read_trees, score
from training.pages import (
    GOLD,
    PAGES,
    Page,
    digest,
    lines_outside,
    read_pages,
    snippet_lines,
)

SNIPPET_WEIGHT = 5.0
"""Snippets are few, and all there is of German."""

SHARES = (0.01, 0.05)
"""Of the lines inside main texts, that lie above the limits."""

N_FOLDS = 4
N_DIGITS = 5

Array = NDArray[Any]

_SHARED = Path(os.environ.get("MTCHECK_SHARED", Path(__file__).parents[2] / "shared"))


class Lines(NamedTuple):
    """Measured lines: whether outside, how much they weigh, their fold by page."""

    rows: Array
    is_outside: Array
    weights: Array
    folds: Array

    def take(self, chosen: Array) -> "Lines":
        """Return the chosen lines."""
        return Lines(*(column[chosen] for column in self))


def gather(pages: Sequence[Page]) -> Lines:
    """Return the lines of which people said that they are inside or outside."""
    rows, outside, weights, folds = [], [], [], []
    for page in pages:
        _, measured = measure_lines(page.text)
        for at, is_outside, weight in _labelled(page):
            rows.append(measured[at])
            outside.append(is_outside)
            weights.append(weight)
            folds.append(digest(page.id) // 2 % N_FOLDS)
    return Lines(np.array(rows), np.array(outside), np.array(weights), np.array(folds))


def _labelled(page: Page) -> list[tuple[int, bool, float]]:
    if page.main:
        known = enumerate(lines_outside(page))
        return [(at, outside, 1.0) for at, outside in known if outside is not None]
    return [
        (places[0], is_outside, SNIPPET_WEIGHT)
        for places, is_outside in snippet_lines(page)
        if len(places) == 1
    ]


def fit(lines: Lines, seed: int) -> HistGradientBoostingClassifier:
    """Return boosted trees, few and small: rules read them in pure Python."""
    model = HistGradientBoostingClassifier(
        max_iter=80,
        learning_rate=0.15,
        max_leaf_nodes=8,
        min_samples_leaf=200,
        l2_regularization=5.0,
        early_stopping=False,
        random_state=seed,
    )
    return model.fit(lines.rows, lines.is_outside, lines.weights)


def limits(lines: Lines, seed: int) -> dict[str, float]:
    """Return the scores above which few lines inside lie, by pages not fitted on."""
    scores = np.zeros(len(lines.rows))
    for fold in range(N_FOLDS):
        is_own = lines.folds == fold
        model = fit(lines.take(~is_own), seed)
        scores[is_own] = model.decision_function(lines.rows[is_own])
    inside = scores[~lines.is_outside & (lines.weights == 1)]
    return {
        f"{share:g}": round(float(np.quantile(inside, 1 - share)), 3)
        for share in SHARES
    }


def as_table(model: HistGradientBoostingClassifier) -> dict[str, Any]:
    """Return the trees as plain lists, in a few digits."""
    trees = [_tree(predictors[0].nodes, 0) for predictors in model._predictors]
    start = float(model._baseline_prediction.item())
    return {"features": list(FEATURES), "start": round(start, N_DIGITS), "trees": trees}


def _tree(nodes: Any, at: int) -> Any:
    node = nodes[at]
    if node["is_leaf"]:
        return round(float(node["value"]), N_DIGITS)
    return [
        int(node["feature_idx"]),
        round(float(node["num_threshold"]), N_DIGITS),
        _tree(nodes, int(node["left"])),
        _tree(nodes, int(node["right"])),
    ]


def check(table: dict[str, Any], model: Any, lines: Lines) -> None:
    """Raise a ValueError where the table says other than the fitted model."""
    rows = lines.rows[:: max(len(lines.rows) // 2000, 1)]
    known = read_trees(table)
    ours = np.array([score(tuple(row), known) for row in rows])
    # Rounded limits may send a line to the other side now and then.
    if np.median(np.abs(ours - model.decision_function(rows))) > 0.001:
        raise ValueError("the written trees do not score as the fitted ones do")


@click.command()
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    default=_SHARED / "data",
    help="Folder with scraped/. [default: data/ of MTCHECK_SHARED]",
)
@click.option(
    "--output", type=click.Path(path_type=Path), default=FILE, help="File to write."
)
@click.option("--seed", default=7, show_default=True, help="Seed of all that is drawn.")
def main(data: Path, output: Path, seed: int) -> None:
    """Fit the trees on the pages that are kept for it, and write them down."""
    files = [data / name for name in (PAGES, GOLD)]
    for path in files:
        if not path.is_file():
            raise click.ClickException(
                f"{path}: is missing; name the folder with --data"
            )
    pages = [page for page in read_pages(data) if page.part == "fit"]
    lines = gather(pages)
    model = fit(lines, seed)
    table: dict[str, Any] = as_table(model)
    made = {
        "command": "python -m training.residue",
        "data": {path.name: _fingerprint(path) for path in files},
        "pages": len(pages),
        "lines": len(lines.rows),
        "seed": seed,
    }
    table = {"made": made, "limits": limits(lines, seed), **table}
    check(table, model, lines)
    trees = ",\n  ".join(
        json.dumps(tree, separators=(",", ":")) for tree in table.pop("trees")
    )
    head = json.dumps(table, indent=1)[:-2]
    output.write_text(f'{head},\n "trees": [\n  {trees}\n ]\n}}\n', encoding="utf-8")
    print(f"{output.name}: {len(pages)} pages, {len(lines.rows)} lines")


def _fingerprint(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
