"""Texts by the system that made them, with what people thought of them."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mtcheck.benchmarking.data import (
    Texts,
    language_of,
    read_rows,
    text_of,
    value_of,
)
from mtcheck.types import Label

_PEOPLE = re.compile(r"(?i:ref|human)(?![a-z])")
"""Names of people's translations, as WMT has them: ref-A, refB, Human-P."""

_LOWER_IS_BETTER = re.compile(
    r"^(?!.*higher).*(lower|mqm|error|penalty|rank|\b(h?ter|cer|wer)\b)", re.IGNORECASE
)
"""Kinds of scores that count faults or places, unless they say the contrary."""

_AUTOMATIC = re.compile(r"\bauto|comet|bleu|chrf|metricx", re.IGNORECASE)
"""Kinds of scores that a program gives."""


_LARGEST = 1e50
"""No score is as large; the squares of smaller ones are still numbers."""


@dataclass(frozen=True, slots=True)
class Score:
    """What people thought of a text, or of its system; the higher, the better."""

    kind: str
    value: float


@dataclass(frozen=True, slots=True)
class Text:
    """A text of a system.

    ``contest`` names the systems that it is compared with, ``direction`` the languages
    that it was scored among. ``unused`` is the kind of a score that a program gave.
    """

    document: str
    text: str
    language: str | None
    system: str
    contest: str
    direction: str
    is_persons: bool
    score: Score | None
    unused: str


@dataclass
class SystemTexts(Texts[Text]):
    """Texts of systems."""

    @property
    def unused(self) -> Counter[str]:
        """The numbers of scores that programs gave, by kind."""
        return Counter(row.unused for row in self.rows if row.unused)


def read_systems(paths: Sequence[str]) -> SystemTexts:
    """Return the texts of systems; an InputError where there is none.

    A record needs ``text`` and ``system``. Systems are compared within a ``source``
    and a language, and scores within a language that was translated from, too.
    """
    return read_rows(SystemTexts(), paths, _text, "text of a system")


def _text(record: Mapping[str, Any], name: str) -> Text | str:
    """Return a record as a text of a system, or why it is none."""
    text, system = text_of(record), value_of(record, "system")
    if not text:
        return "no text"
    if not system:
        return "no system"
    language = language_of(record)
    contest = value_of(record, "source"), language or ""
    direction = value_of(record, "src_lang"), language or ""
    return Text(
        value_of(record, "doc_id") or value_of(record, "id") or name,
        text,
        language,
        system,
        " ".join(filter(None, contest)) or "all texts",
        "-".join(filter(None, direction)),
        _is_persons(record, system),
        *_scores(record),
    )


def _is_persons(record: Mapping[str, Any], system: str) -> bool:
    """Tell people by the label, or by the name of the system where there is none."""
    label = value_of(record, "label")
    if value_of(record, "detail").startswith("human"):
        return True
    return label == Label.ORIGINAL if label else bool(_PEOPLE.match(system))


def _scores(record: Mapping[str, Any]) -> tuple[Score | None, str]:
    """Return what people thought, or else the kind of what a program did."""
    kind = value_of(record, "quality_kind") or "quality"
    try:
        value = float(value_of(record, "quality"))
    except ValueError:
        return None, ""
    if not abs(value) < _LARGEST:
        return None, ""
    if _AUTOMATIC.search(kind):
        return None, kind
    return Score(kind, -value if _LOWER_IS_BETTER.match(kind) else value), ""
