"""The worst errors of a model: its surest wrong labels, with reasons where it has any.

They quote the texts, so that a report has them only when asked.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from mtcheck.benchmarking.data import Row
from mtcheck.benchmarking.entrants import Entrant, Shipped
from mtcheck.benchmarking.figures import Array
from mtcheck.errors import InputError
from mtcheck.scoring import score_documents
from mtcheck.types import LABELS, Document, Reason

_LONGEST_EXCERPT = 300
_LONGEST_QUOTE = 60


def worst(
    entrant: Entrant, rows: Sequence[Row], truth: Array, shares: Array, n_most: int
) -> list[dict[str, Any]]:
    """Return the wrongly labelled texts, the surest first; of ties the first text."""
    said, sure = shares.argmax(axis=1), shares.max(axis=1)
    wrong = np.flatnonzero(said != truth)
    chosen = wrong[np.argsort(-sure[wrong], kind="stable")][:n_most]
    reasons = _reasons(entrant, [rows[at] for at in chosen])
    return [
        {
            "id": rows[at].id,
            "label": LABELS[truth[at]],
            "said": LABELS[said[at]],
            "probability": float(sure[at]),
            "text": _shortened(rows[at].text, _LONGEST_EXCERPT),
            "reasons": why,
        }
        for at, why in zip(chosen, reasons, strict=True)
    ]


def _reasons(entrant: Entrant, rows: Sequence[Row]) -> list[list[dict[str, Any]]]:
    """Return the features behind each verdict, with the words that show them."""
    if not isinstance(entrant, Shipped):
        return [[] for _ in rows]
    documents = [Document(row.text, row.id, None, row.language) for row in rows]
    scored = score_documents(
        documents, model=entrant.model, tier=entrant.tier, paragraphs="blank"
    )
    return [
        []
        if isinstance(item, InputError)
        else [*map(partial(_told, item.document.text), item.verdicts[0].reasons)]
        for item in scored
    ]


def _told(text: str, reason: Reason) -> dict[str, Any]:
    """Return a reason as what is kept of it."""
    span = reason.span
    words = None if span is None else _shortened(span.of(text))
    return {"feature": reason.feature, "effect": float(reason.effect), "words": words}


def _shortened(text: str, most: int = _LONGEST_QUOTE) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
