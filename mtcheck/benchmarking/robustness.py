"""Models on texts under attack: what each attack costs each of them."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from mtcheck.benchmarking.attacks import Strike, strikes
from mtcheck.benchmarking.data import Row
from mtcheck.benchmarking.entrants import Entrant, Predicted, Scores, score_apart
from mtcheck.benchmarking.figures import Array
from mtcheck.benchmarking.losses import Group, resampled, told
from mtcheck.benchmarking.plan import Prepared
from mtcheck.errors import MtcheckError
from mtcheck.rules import find_defects
from mtcheck.segment import passages
from mtcheck.types import LABELS, Document

Tell = Callable[[str], object]


def robustness(
    prepared: Prepared, clean: Mapping[str, Scores], tell: Tell
) -> dict[str, Any]:
    """Return what each attack of the plan costs each model, by language.

    ``clean`` has the scores of the texts as they are. What cannot be attacked is left
    out and named, and so is what fails under attack.
    """
    data, plan = prepared.data, prepared.plan
    asked = strikes(plan.attacks)
    tell("attacking texts")
    texts = [_attacked(data.rows, strike, plan.seed) for strike in asked]
    asking = [one for one in prepared.entrants if one.name in clean]
    left_out = {
        one.name: "a file has no predictions for changed texts"
        for one in asking
        if isinstance(one, Predicted)
    }
    asking = [one for one in asking if one.name not in left_out]
    scores, failed = _scored(asking, data.rows, clean, texts, tell)
    groups = _groups(prepared)
    tell("resampling documents under attack")
    n_documents = int(data.document.max()) + 1
    found = resampled(plan, n_documents, groups, clean, scores)
    tell("looking for defects under attack")
    noticed = _noticed(data.rows, texts)
    results = []
    for place, group in enumerate(groups):
        for at, strike in enumerate(asked):
            is_changed = _is_changed(data.rows, texts[at])[group.rows]
            results.append(
                {
                    "attack": strike.attack.name,
                    "strength": strike.strength,
                    "language": group.language,
                    "n": len(group.rows),
                    "n_changed": int(is_changed.sum()),
                    "noticed": float(noticed[at][group.rows].mean()),
                    "models": {name: told(found[place, name, at]) for name in scores},
                }
            )
    return {"left_out": left_out, "failed": failed, "results": results}


def _attacked(rows: Sequence[Row], strike: Strike, seed: int) -> list[str]:
    attack, strength = strike
    return [
        attack.apply(row.text, row.strata.get("language"), strength, seed)
        for row in rows
    ]


def _is_changed(rows: Sequence[Row], texts: Sequence[str]) -> Array:
    return np.array([row.text != text for row, text in zip(rows, texts, strict=True)])


def _scored(
    entrants: Sequence[Entrant],
    rows: Sequence[Row],
    clean: Mapping[str, Scores],
    texts: Sequence[Sequence[str]],
    tell: Tell,
) -> tuple[dict[str, list[Scores]], dict[str, str]]:
    """Return the scores under each attack by model, and which models failed and why."""
    changed = [
        replace(row, text=text)
        for own in texts
        for row, text in zip(rows, own, strict=True)
        if row.text != text
    ]
    found: dict[str, list[Scores]] = {}
    failed = {}
    for entrant in entrants:
        name = entrant.name
        tell(f"scoring texts under attack with {name}")
        try:
            scores = score_apart(entrant, changed) if changed else clean[name]
        except MtcheckError as error:
            failed[name] = str(error)
        else:
            found[name] = list(_spread(scores, clean[name], rows, texts))
    return found, failed


def _spread(
    scores: Scores,
    clean: Scores,
    rows: Sequence[Row],
    texts: Sequence[Sequence[str]],
) -> Iterator[Scores]:
    """Yield the scores of each attack; a text that it does not change keeps its own."""
    start = 0
    for own in texts:
        places = np.flatnonzero(_is_changed(rows, own))
        part = slice(start, start + len(places))
        start = part.stop
        shares = clean.shares.copy()
        shares[places] = scores.shares[part]
        is_flagged = None
        if clean.is_flagged is not None and scores.is_flagged is not None:
            is_flagged = clean.is_flagged.copy()
            is_flagged[places] = scores.is_flagged[part]
        yield Scores(shares, is_flagged=is_flagged)


def _groups(prepared: Prepared) -> list[Group]:
    """Return the texts of each language that has enough, or else all together."""
    data, least = prepared.data, prepared.plan.least
    truth, document = data.truth, data.document
    spoken = np.array([row.strata.get("language", "") for row in data.rows])
    codes, counts = np.unique(spoken, return_counts=True)
    found = []
    for code in codes[counts >= least] if len(codes) > 1 else ():
        rows = np.flatnonzero(spoken == code)
        labels = np.bincount(truth[rows], minlength=len(LABELS)) >= least
        found.append(Group(str(code), rows, truth[rows], document[rows], labels))
    if not found:
        labels = np.bincount(truth, minlength=len(LABELS)) > 0
        language = str(codes[0]) if len(codes) == 1 else ""
        found = [Group(language, np.arange(len(truth)), truth, document, labels)]
    return found


def _noticed(rows: Sequence[Row], texts: Sequence[Sequence[str]]) -> list[Array]:
    """Return for each attack in which texts rules find more than in the clean ones."""
    before = [_defects(row.text, row) for row in rows]
    return [
        np.array(
            [
                text != row.text and bool(_defects(text, row) - known)
                for row, text, known in zip(rows, own, before, strict=True)
            ]
        )
        for own in texts
    ]


def _defects(text: str, row: Row) -> Counter[str]:
    document = Document(text, row.id, None, row.strata.get("language"))
    return Counter(
        finding.code
        for passage in passages(document, "blank")
        for finding in find_defects(passage)
    )
