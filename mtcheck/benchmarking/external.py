"""Detectors of others: a file of their predictions, or a command that makes them.

A prediction is an object with ``id``, and ``probabilities`` (or the three labels as
fields), or ``label`` alone. One with neither, or with nulls, is an abstention.
"""

import json
import math
import shlex
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mtcheck.benchmarking.data import Row
from mtcheck.benchmarking.figures import Array
from mtcheck.benchmarking.records import records
from mtcheck.errors import InputError, MtcheckError, ResourceError
from mtcheck.types import LABELS

_ROUNDING = 0.02
"""How far probabilities may be from a sum of one: some write two digits."""

_LONGEST_QUOTE = 200


@dataclass(frozen=True)
class Predictions:
    """Probabilities by the id of a text; ``has_probabilities`` is false for labels."""

    by_id: Mapping[str, Array | None]
    has_probabilities: bool

    def shares(self, rows: Sequence[Row]) -> Array:
        """Return the probabilities of each text; NaN where there are none."""
        found = np.full((len(rows), len(LABELS)), np.nan)
        for at, row in enumerate(rows):
            given = self.by_id.get(row.id)
            if given is not None:
                found[at] = given
        return found


def read_predictions(path: str) -> Predictions:
    """Return the predictions of a file, or raise an InputError that names the line."""
    found: dict[str, Array | None] = {}
    has_probabilities = True
    for outcome in records(path):
        if isinstance(outcome, InputError):
            raise outcome
        place, record = outcome
        key = record.get("id")
        if key in (None, ""):
            raise InputError(place, "a prediction needs the 'id' of its text")
        if str(key) in found:
            raise InputError(place, f"the id {str(key)!r} stands twice; keep one")
        given, is_label = _prediction(record, place)
        found[str(key)] = given
        has_probabilities = has_probabilities and not is_label
    return Predictions(found, has_probabilities)


def check_ids(path: str, predictions: Predictions, rows: Sequence[Row]) -> None:
    """Raise an InputError where predictions cannot be told to texts by their ids."""
    ids = {row.id for row in rows}
    if len(ids) < len(rows):
        raise InputError(path, "the texts' ids must differ to find their predictions")
    if ids.isdisjoint(predictions.by_id):
        example = rows[0].id
        raise InputError(path, f"has no id of the texts, such as {example!r}")


def _prediction(record: Mapping[str, Any], place: str) -> tuple[Array | None, bool]:
    """Return the probabilities that a record gives, and whether it is a label only."""
    given = record.get("probabilities")
    if given is None and any(record.get(label) not in (None, "") for label in LABELS):
        given = record
    if given is not None:
        return _checked(given, place), False
    label = record.get("label")
    if label in (None, ""):
        return None, False
    if label not in list(LABELS):
        known = ", ".join(LABELS)
        raise InputError(place, f"label must be one of {known}, got {label!r}")
    return np.eye(len(LABELS))[list(LABELS).index(label)], True


def _checked(given: Any, place: str) -> Array:
    try:
        shares = np.array([float(given[label]) for label in LABELS])
    except (KeyError, TypeError, ValueError):
        wanted = ", ".join(LABELS)
        raise InputError(place, f"probabilities must be numbers of {wanted}") from None
    total = float(shares.sum())
    if not math.isfinite(total) or shares.min() < 0 or abs(total - 1) > _ROUNDING:
        raise InputError(
            place, f"probabilities must be at least 0 and sum to 1, got {total:g}"
        )
    return shares / total


def ask(command: str, rows: Sequence[Row], time_limit: float) -> tuple[Array, bool]:
    """Return what a command says of texts, NaN where it abstains.

    It is given ``id``, ``text`` and ``language`` a line, and answers with predictions,
    in order where they have no id. The second value tells whether there are
    probabilities, or labels only. Raises a MtcheckError where it does not answer.
    """
    asked = [
        {"id": str(at), "text": row.text, "language": row.language}
        for at, row in enumerate(rows)
    ]
    lines = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in asked)
    try:
        run = subprocess.run(
            shlex.split(command),
            input=lines.encode("utf-8"),
            capture_output=True,
            timeout=time_limit,
            check=False,
        )
    except (OSError, ValueError, IndexError) as error:
        raise ResourceError(
            f"command {command!r} cannot be started ({error})"
        ) from None
    except subprocess.TimeoutExpired:
        raise MtcheckError(
            f"command {command!r} took over {time_limit:g} seconds; raise --time-limit"
        ) from None
    if run.returncode:
        told = run.stderr.decode("utf-8", "replace").strip()[-_LONGEST_QUOTE:]
        raise MtcheckError(
            f"command {command!r} ended with status {run.returncode}"
            + (f": {told}" if told else "")
        )
    place = f"command {command!r}"
    found: dict[str, Array | None] = {}
    has_probabilities = True
    for number, record in enumerate(_answers(run.stdout, place)):
        given, is_label = _prediction(record, f"{place} line {number + 1}")
        found[str(record.get("id", number))] = given
        has_probabilities = has_probabilities and not is_label
    n_answered = sum(str(at) in found for at in range(len(rows)))
    if n_answered < len(rows):
        raise MtcheckError(
            f"{place} answered {n_answered:,} of {len(rows):,} texts; it must write a "
            "line for each"
        )
    unsaid = np.full(len(LABELS), np.nan)
    given_all = [found[str(at)] for at in range(len(rows))]
    shares = np.array([unsaid if one is None else one for one in given_all])
    return shares, has_probabilities


def _answers(output: bytes, place: str) -> Iterator[Mapping[str, Any]]:
    for number, line in enumerate(output.splitlines(), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line.decode("utf-8"))
        except (ValueError, RecursionError):
            record = None
        if not isinstance(record, dict):
            raise InputError(f"{place} line {number}", "must be one JSON object")
        yield record
