"""From a plan to the figures: scores, intervals, strata and comparisons, as JSON."""

import platform
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from importlib.metadata import version
from itertools import combinations
from math import isnan
from typing import Any

import numpy as np

from mtcheck import __version__
from mtcheck.benchmarking.bootstrap import (
    Group,
    calibration_errors,
    drawn,
    figure,
    joined,
    measured,
    plain,
)
from mtcheck.benchmarking.data import strata_of
from mtcheck.benchmarking.entrants import Entrant, Scores, judged, rate, score_apart
from mtcheck.benchmarking.figures import MADE, Array
from mtcheck.benchmarking.mistakes import worst
from mtcheck.benchmarking.plan import Prepared
from mtcheck.benchmarking.robustness import robustness
from mtcheck.benchmarking.shapes import confusion, curves, reliability
from mtcheck.benchmarking.significance import (
    bootstrap_p,
    confusions,
    holm,
    randomisation_p,
)
from mtcheck.errors import MtcheckError
from mtcheck.types import LABELS, Label

FORMAT = 1
"""The layout of report.json."""

COMPARED = (
    "macro_f1",
    *(f"{name}.{label}" for name in ("auc", "recall_at_0.01") for label in MADE),
)
"""The figures that models are compared by."""

Tell = Callable[[str], object]


def run(prepared: Prepared, tell: Tell = lambda text: None) -> dict[str, Any]:
    """Return the report of a benchmark; ``tell`` is told what is being done.

    A model that fails is left out and named; a MtcheckError says that none is left.
    """
    scores, failed = _scored(prepared, tell)
    data, plan = prepared.data, prepared.plan
    truth, document = data.truth, data.document
    tell("resampling documents")
    strata = strata_of(data.rows)
    groups = _groups(truth, strata, plan.least)
    given = {name: judged(one)[0] for name, one in scores.items()}
    calibrated = {name for name, one in scores.items() if one.has_probabilities}
    found = _resampled(
        truth, document, given, calibrated, list(groups.values()), prepared
    )
    wholes = {name: parts[0] for name, parts in found.items()}
    tell("comparing models")
    models = [
        _model(entrant, scores[entrant.name], wholes[entrant.name], prepared)
        for entrant in prepared.entrants
        if entrant.name in scores
    ]
    return {
        "format": FORMAT,
        "signature": prepared.signature,
        "versions": versions(),
        "plan": plan.as_json(),
        "n": len(data.rows),
        "n_documents": int(document.max()) + 1,
        "labels": {label: int((truth == at).sum()) for at, label in enumerate(LABELS)},
        "skipped": dict(data.skipped),
        "lost": [str(error) for error in data.lost],
        "failed": failed,
        "models": models,
        "strata": _strata(truth, groups, found, plan.least),
        "comparisons": _compared(truth, document, given, wholes, prepared),
        "robustness": robustness(prepared, scores, tell) if plan.attacks else None,
    }


def _model(
    entrant: Entrant, scores: Scores, figures: Mapping[str, Array], prepared: Prepared
) -> dict[str, Any]:
    """Return what a report has on one model."""
    data = prepared.data
    truth, (shares, n_abstained) = data.truth, judged(scores)
    bins = reliability(truth, shares) if scores.has_probabilities else None
    return {
        "name": entrant.name,
        "signature": entrant.signature,
        "figures": _with_intervals(figures),
        "confusion": confusion(truth, shares),
        "n_abstained": n_abstained,
        **_costs(scores),
        "curves": curves(truth, shares),
        "reliability": bins,
        "errors": worst(entrant, data.rows, truth, shares, prepared.plan.errors),
    }


def _scored(prepared: Prepared, tell: Tell) -> tuple[dict[str, Scores], dict[str, str]]:
    scores, failed = {}, {}
    for entrant in prepared.entrants:
        tell(f"scoring with {entrant.name}")
        try:
            scores[entrant.name] = score_apart(entrant, prepared.data.rows)
        except MtcheckError as error:
            failed[entrant.name] = str(error)
    if not scores:
        told = "; ".join(f"{name}: {why}" for name, why in failed.items())
        raise MtcheckError(f"no model could be measured ({told})")
    return scores, failed


def _groups(
    truth: Array, strata: Mapping[str, Mapping[str, Array]], least: int
) -> dict[tuple[str, str], Group]:
    """Return the whole, under two empty names, and the strata.

    Made texts must beat the originals of their stratum; where there are fewer than
    ``least`` of them, all originals.
    """
    originals = np.flatnonzero(truth == 0)
    occurs = np.bincount(truth, minlength=len(LABELS)) > 0
    groups = {("", ""): Group(np.arange(len(truth)), originals, occurs)}
    for field, values in strata.items():
        for value, rows in values.items():
            own = rows[truth[rows] == 0]
            compared = own if len(own) >= least else originals
            labels = np.bincount(truth[rows], minlength=len(LABELS)) >= least
            groups[field, value] = Group(rows, compared, labels)
    return groups


def _resampled(
    truth: Array,
    document: Array,
    given: Mapping[str, Array],
    calibrated: Collection[str],
    groups: Sequence[Group],
    prepared: Prepared,
) -> dict[str, list[dict[str, Array]]]:
    """Return for each model the figures of each group; the data come first."""
    plan = prepared.plan
    large = [at for at, group in enumerate(groups) if len(group.rows) >= plan.least]
    chosen = [groups[at] for at in {0, *large}]
    parts: dict[str, list[list[dict[str, Array]]]] = {name: [] for name in given}
    n_documents = int(document.max()) + 1
    for draws in drawn(n_documents, plan.resamples, plan.seed, len(truth)):
        weights = draws.T[document]
        for name, shares in given.items():
            figures = measured(truth, shares, weights, chosen)
            if name in calibrated:
                errors = calibration_errors(truth, shares, weights)
                figures[0]["calibration_error"] = errors
            parts[name].append(figures)
    found: dict[str, list[dict[str, Array]]] = {}
    for name, chunks in parts.items():
        own = iter([joined(figures) for figures in zip(*chunks, strict=True)])
        found[name] = [
            next(own) if at in {0, *large} else {} for at in range(len(groups))
        ]
    return found


def _strata(
    truth: Array,
    groups: Mapping[tuple[str, str], Group],
    found: Mapping[str, list[dict[str, Array]]],
    least: int,
) -> list[dict[str, Any]]:
    whole = groups["", ""]
    strata = []
    for at, ((field, value), group) in enumerate(groups.items()):
        if not field:
            continue
        counts = Counter(truth[group.rows].tolist())
        labels = {label: counts[place] for place, label in enumerate(LABELS)}
        names = _measurable(labels, least)
        strata.append(
            {
                "field": field,
                "value": value,
                "n": len(group.rows),
                "labels": labels,
                "originals": "all" if group.originals is whole.originals else "own",
                "models": {
                    name: _with_intervals(
                        {
                            key: parts[at][key]
                            for key in names
                            if key in parts[at] and not isnan(parts[at][key][0])
                        }
                    )
                    for name, parts in found.items()
                },
            }
        )
    return strata


def _measurable(labels: Mapping[Label, int], least: int) -> list[str]:
    """Return the names of the figures that a stratum has enough texts for."""
    enough = [label for label in LABELS if labels[label] >= least]
    names = ["macro_f1"] if len(enough) > 1 else []
    for label in enough:
        names.append(f"recall.{label}")
        if label in MADE:
            names += [f"auc.{label}", f"recall_at_0.01.{label}"]
    return names


def _with_intervals(figures: Mapping[str, Array]) -> dict[str, dict[str, Any]]:
    return {name: figure(values) for name, values in figures.items()}


def _costs(scores: Scores) -> dict[str, float | None]:
    return {
        "seconds": scores.seconds,
        "texts_per_second": plain(rate(scores)),
        "fit_seconds": scores.fit_seconds,
        "peak_memory_mib": scores.memory,
    }


def _compared(
    truth: Array,
    document: Array,
    given: Mapping[str, Array],
    wholes: Mapping[str, Mapping[str, Array]],
    prepared: Prepared,
) -> list[dict[str, Any]]:
    """Return each pair of models by each figure; Holm's correction is by figure."""
    plan = prepared.plan
    pairs = list(combinations(given, 2))
    counts = {
        name: confusions(truth, shares.argmax(axis=1), document)
        for name, shares in given.items()
    }
    found = []
    for name in COMPARED:
        differences = [wholes[one][name] - wholes[two][name] for one, two in pairs]
        tested = {"bootstrap": [bootstrap_p(each) for each in differences]}
        if name == "macro_f1":
            tested["randomisation"] = [
                randomisation_p(counts[one], counts[two], plan.resamples, plan.seed)
                for one, two in pairs
            ]
        corrected = {test: holm(values) for test, values in tested.items()}
        for at, (one, two) in enumerate(pairs):
            told = figure(differences[at])
            entry = {
                "figure": name,
                "one": one,
                "other": two,
                "difference": told.pop("value"),
                **told,
            }
            for test, values in tested.items():
                entry[f"{test}_p"] = plain(values[at])
                entry[f"{test}_p_holm"] = plain(corrected[test][at])
            found.append(entry)
    return found


def versions() -> dict[str, str]:
    """Return the versions that a figure depends on."""
    found = {"python": platform.python_version(), "mtcheck": __version__}
    names = ("kenlm", "numpy", "scikit-learn")
    return found | {name: version(name) for name in names}
