"""Labelled texts, and the strata that their fields and their length put them in."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import Any, Generic, Protocol, TypeVar

import numpy as np

from mtcheck.benchmarking.figures import Array
from mtcheck.benchmarking.records import files_of, fingerprint, records
from mtcheck.errors import InputError
from mtcheck.identify import identify
from mtcheck.types import LABELS, Label

FIELDS = ("language", "detail", "tier", "genre", "source", "system")
"""Fields of a record whose values are strata; ``lang`` stands for language too."""

STRATA = (*FIELDS, "length", "writer")

_LENGTHS = ((25, "under 25 words"), (50, "25–49 words"), (100, "50–99 words"))
_LONG = "100 words and more"

_LARGEST_NUMBER_OF_VALUES = 200
"""A field of more values names texts rather than kinds of texts."""


@dataclass(frozen=True, slots=True)
class Row:
    """A labelled text; ``document`` names what it is a part of."""

    id: str
    document: str
    text: str
    label: Label
    language: str | None
    strata: Mapping[str, str]


class _OfDocument(Protocol):
    @property
    def document(self) -> str: ...


T = TypeVar("T", bound=_OfDocument)
D = TypeVar("D", bound="Texts[Any]")


@dataclass
class Texts(Generic[T]):
    """Texts, with the files they are from and what was left out of them.

    ``skipped`` counts by reason the records that have no use here, ``lost`` has what
    could not be read.
    """

    rows: list[T] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    skipped: Counter[str] = field(default_factory=Counter)
    lost: list[InputError] = field(default_factory=list)

    @property
    def document(self) -> Array:
        """The number of each text's document, in the order of their names."""
        _, numbers = np.unique([row.document for row in self.rows], return_inverse=True)
        return numbers

    def signature(self) -> str:
        """Return the names of the files with the start of their SHA-256."""
        return ",".join(
            f"{path.replace(chr(92), '/').rsplit('/', 1)[-1]}@{digest}"
            for path, digest in self.files.items()
        )


@dataclass
class Data(Texts[Row]):
    """Labelled texts."""

    @property
    def truth(self) -> Array:
        """The place of each text's label among all labels."""
        return np.array([LABELS.index(row.label) for row in self.rows])


def read_labelled(paths: Sequence[str], fields: Sequence[str] = FIELDS) -> Data:
    """Return the labelled texts of files; an InputError where there is none.

    A record needs ``text`` and ``label``. White space is folded: a record is one
    paragraph. A text without ``doc_id`` is a document of its own. The values of
    ``fields`` are strata.
    """
    return read_rows(Data(), paths, partial(_row, fields=fields), "labelled text")


def read_rows(
    data: D,
    paths: Sequence[str],
    row_of: Callable[[Mapping[str, Any], str], T | str],
    wanted: str,
) -> D:
    """Return data with the records of files; an InputError where none is ``wanted``.

    ``row_of`` is given a record and its place; a string says why it is of no use.
    """
    for path in files_of(paths):
        if isinstance(path, InputError):
            data.lost.append(path)
            continue
        before = len(data.rows)
        for number, outcome in enumerate(records(path), 1):
            if isinstance(outcome, InputError):
                data.lost.append(outcome)
                continue
            row = row_of(outcome[1], f"{path}:{number}")
            if isinstance(row, str):
                data.skipped[row] += 1
            else:
                data.rows.append(row)
        if len(data.rows) > before:
            data.files[path] = fingerprint(path)
    if not data.rows:
        raise _nothing(paths, data, wanted)
    return data


def _nothing(paths: Sequence[str], data: Texts[Any], wanted: str) -> InputError:
    why = "; ".join(
        chain(
            (f"{count:,} records: {reason}" for reason, count in data.skipped.items()),
            map(str, data.lost[:3]),
        )
    )
    return InputError(", ".join(paths), f"no {wanted} ({why or 'no record'})")


def _row(record: Mapping[str, Any], name: str, fields: Sequence[str]) -> Row | str:
    """Return a record as a labelled text, or why it is none."""
    text, label = text_of(record), record.get("label")
    if not text:
        return "no text"
    if label in (None, ""):
        return "no label"
    if label not in list(LABELS):
        return f"label must be one of {', '.join(LABELS)}"
    key = value_of(record, "id") or name
    language = language_of(record)
    strata = {name: value_of(record, name) for name in fields}
    strata["language"] = language or identify(text) or ""
    strata["length"] = _length(len(text.split()))
    strata["writer"] = _writer(record)
    return Row(
        key,
        value_of(record, "doc_id") or key,
        text,
        Label(label),
        language,
        {name: value for name, value in strata.items() if value},
    )


def text_of(record: Mapping[str, Any]) -> str:
    """Return the text of a record with its white space folded; "" where it has none."""
    text = record.get("text")
    if not isinstance(text, str):
        return ""
    return " ".join(text.encode("utf-8", "replace").decode("utf-8").split())


def language_of(record: Mapping[str, Any]) -> str | None:
    """Return the language that a record names."""
    return value_of(record, "language") or value_of(record, "lang") or None


def value_of(record: Mapping[str, Any], name: str) -> str:
    """Return a field of a record as a word; "" where it has none."""
    value = record.get(name)
    return "" if value is None else str(value).strip()


def _length(n_words: int) -> str:
    return next((name for limit, name in _LENGTHS if n_words < limit), _LONG)


def _writer(record: Mapping[str, Any]) -> str:
    """Tell learners' texts by a field ``learner``, or by their genre or source."""
    said = value_of(record, "learner").lower()
    if said:
        return "learner" if said in ("true", "1", "yes") else "other"
    where = f"{value_of(record, 'genre')} {value_of(record, 'source')}".lower()
    return "learner" if "learner" in where else "other"


def strata_of(
    rows: Sequence[Row], names: Sequence[str] = STRATA
) -> dict[str, dict[str, Array]]:
    """Return the places of the texts of each stratum, by the names of both.

    A field of one value parts nothing, nor does one of hundreds.
    """
    found = {}
    for name in names:
        places: dict[str, list[int]] = {}
        for at, row in enumerate(rows):
            if name in row.strata:
                places.setdefault(row.strata[name], []).append(at)
        if 1 < len(places) <= _LARGEST_NUMBER_OF_VALUES:
            order = _ordered(name, places)
            found[name] = {value: np.array(places[value]) for value in order}
    return found


def _ordered(name: str, values: Iterable[str]) -> list[str]:
    if name == "length":
        lengths = [*(name for _, name in _LENGTHS), _LONG]
        return sorted(values, key=lengths.index)
    return sorted(values)
