"""What rows are about, so that no label is told by its domain."""

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from mtcheck.classify import Array
from training.data import PLAIN_PREFIX, Row, label_index

_DOMAINS = {
    "news": "wmt|ntrex|bbc_|reuters|liaad_500n|fangcovid|publico|plain_news"
    "|aws_|accept_|stanford_pe",
    "encyclopaedia": "mlqe|enwiki|dewiki|iu_gpt|plain_wiki",
    "speech": "iwslt|bundestag|plain_gov",
    "fiction": "par3|eltec|plain_fiction",
    "abstract": "bio21|liaad_inspec",
}
"""Sources by what their names begin with; machine translation has no genre there."""

_KNOWN = {name: re.compile(starts) for name, starts in _DOMAINS.items()}

LONE_WEIGHT = 0.1
"""A domain of one label shows how wide that label is, and tells none from another."""

MIN_SHARED = 3
"""Where a label shares fewer domains with others, one or two would stand for all."""

MAX_WEIGHT = 4.0
"""No row counts for more, however few of its label its domain has."""


def domain(row: Row) -> str:
    """Return what a row is about: by its source, else its genre, else the source.

    >>> from mtcheck.types import Label
    >>> domain(Row("…", "en", Label.ORIGINAL, "wmt20", "human", "d", "", "unknown"))
    'news'
    """
    for name, starts in _KNOWN.items():
        if starts.match(row.source):
            return name
    return row.genre if row.genre and PLAIN_PREFIX not in row.source else row.source


def is_narrow(rows: Sequence[Row]) -> bool:
    """Tell whether a label shares too few domains with others to balance them.

    >>> is_narrow([])
    False
    """
    cells = {(domain(row), label_index(row)) for row in rows}
    n_labels = Counter(name for name, _ in cells)
    n_shared = Counter(label for name, label in cells if n_labels[name] > 1)
    return any(n_shared[label] < MIN_SHARED for _, label in cells)


def domain_weights(rows: Sequence[Row]) -> Array:
    """Return weights that let the labels of each domain weigh alike.

    News and talks carry nearly all machine translation; without weights their words
    would speak for a machine, and those of reviews and forums for people. Where the
    data is too narrow for that, the labels weigh alike as a whole.
    """
    domains, labels = [domain(row) for row in rows], [label_index(row) for row in rows]
    cells = Counter(zip(domains, labels, strict=True))
    sizes, n_labels = Counter(domains), Counter(name for name, _ in cells)
    if is_narrow(rows):
        n_rows = Counter(labels)
        return np.array([1 / n_rows[label] for label in labels])
    weights = [
        sizes[name]
        * (1.0 if n_labels[name] > 1 else LONE_WEIGHT)
        / (n_labels[name] * cells[name, label_index(row)])
        for name, row in zip(domains, rows, strict=True)
    ]
    return np.minimum(weights, MAX_WEIGHT)
