"""Labelled paragraphs and plain text in the form of the project's data folder."""

import hashlib
import json
import lzma
import random
import re
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mtcheck.classify import Array
from mtcheck.errors import InputError
from mtcheck.read import OPENERS
from mtcheck.segment import Passage, passages
from mtcheck.types import LABELS, Document, Label

PLAIN_ROWS = 1200
"""Most rows that are cut from one file of plain text."""

PLAIN_STRIDE = 20
"""Lines a row, at least: most of the text is left to the language models."""

PLAIN_WORDS = (25, 120)
PLAIN_SLACK = 40
PLAIN_PREFIX = "plain_"
TRIP_PREFIX = "apertium_"
"""What the names of sources that are made here begin with."""

DAMAGED = "damaged"
"""The detail of rows that are broken here."""

LARGEST_SOURCE = 200
"""A source of more rows weighs no more in what is chosen for sources at large."""


@dataclass(frozen=True, slots=True)
class Row:
    """A labelled paragraph; ``source``, ``detail``, ``doc_id`` say where it is from."""

    text: str
    language: str
    label: Label
    source: str
    detail: str
    doc_id: str
    tier: str
    license: str
    system: str = ""
    is_noncommercial: bool = False
    genre: str = ""
    is_made: bool = False
    """Made here from another row: cut, damaged, spun, or sent through a translator."""

    @property
    def is_round_trip(self) -> bool:
        """Whether it was made here by a rule-based translator, there and back."""
        return self.source.startswith(TRIP_PREFIX)

    @property
    def is_damaged(self) -> bool:
        """Whether it was made here by damage at known places."""
        return self.detail == DAMAGED

    def passage(self) -> Passage:
        """Return the row as a document of one paragraph."""
        (passage,) = passages(
            Document(self.text, self.doc_id, language=self.language), "blank"
        )
        return passage


def read_rows(folder: Path, part: str, language: str) -> list[Row]:
    """Return the rows of ``paragraphs/<part>.<language>.jsonl.xz`` that may be shipped.

    White space is folded, so that a row is one paragraph; rows for non-commercial use
    are left out of ``train``.
    """
    rows = []
    with lzma.open(
        folder / "paragraphs" / f"{part}.{language}.jsonl.xz", "rt", encoding="utf-8"
    ) as lines:
        for line in lines:
            raw = json.loads(line)
            text = re.sub(r"\s+", " ", raw["text"]).strip()
            if text and not (part == "train" and raw["noncommercial"]):
                rows.append(
                    Row(
                        text,
                        language,
                        Label(raw["label"]),
                        raw["source"],
                        raw["detail"],
                        raw["doc_id"] or raw["id"],
                        raw["tier"] or "",
                        raw["license"] or "unknown",
                        raw["system"] or "",
                        bool(raw["noncommercial"]),
                        raw.get("genre") or "",
                    )
                )
    return rows


DETAILS = {
    Label.ORIGINAL: "human",
    Label.PARAPHRASED: "llm_rewrite",
    Label.MACHINE_MANGLED: "machine_translation",
}
"""What a row is taken for whose ``detail`` is not given."""


def read_added(path: Path) -> list[Row]:
    """Return the rows of a user's own JSONL file, plain or compressed.

    Each line needs ``text``, ``label`` and ``lang``; ``source``, ``detail``, ``genre``,
    ``doc_id``, ``system`` and ``license`` may be given. Raises an InputError that names
    the line where one does not fit.
    """
    rows = []
    try:
        with path.open("rb") as stored:
            unpack = OPENERS.get(path.suffix)
            stream = unpack(stored) if unpack else stored
            text = stream.read().decode("utf-8")
    except (OSError, EOFError, ValueError, lzma.LZMAError, zlib.error) as error:
        raise InputError(str(path), f"cannot be read ({error})") from error
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            rows.append(_added_row(line, path, number))
    if not rows:
        raise InputError(str(path), "holds no row; a line must be a JSON object")
    return rows


def _added_row(line: str, path: Path, number: int) -> Row:
    def refuse(what: str) -> InputError:
        return InputError(str(path), f"line {number}: {what}")

    try:
        raw = json.loads(line)
    except ValueError as error:
        raise refuse(f"not JSON ({error})") from error
    if not isinstance(raw, dict):
        raise refuse("must be a JSON object")
    for key in ("text", "label", "lang"):
        if not isinstance(raw.get(key), str) or not raw[key].strip():
            raise refuse(f"{key} must be a text that is not empty")
    if raw["label"] not in set(LABELS):
        known = ", ".join(LABELS)
        raise refuse(f"label must be one of {known}, got {raw['label']!r}")
    label, source = Label(raw["label"]), path.name.split(".")[0]
    return Row(
        " ".join(raw["text"].split()),
        raw["lang"],
        label,
        str(raw.get("source") or source),
        str(raw.get("detail") or DETAILS[label]),
        str(raw.get("doc_id") or f"{source}:{number}"),
        str(raw.get("tier") or ""),
        str(raw.get("license") or "unknown"),
        str(raw.get("system") or ""),
        genre=str(raw.get("genre") or ""),
    )


@dataclass(frozen=True, slots=True)
class Plain:
    """Human text: ``lines`` for language models, ``rows`` for what tells the labels.

    The lines are by source. No line is in both, so the models have not read the rows.
    """

    lines: dict[str, list[str]]
    rows: list[Row]


def read_plain(folder: Path, language: str, seed: int) -> Plain:
    """Return the human text in ``lm/<language>.*.txt.xz``.

    The rows are originals: runs of lines of so many words as a paragraph has. What
    people write about is wider there than among the labelled rows.
    """
    licences = _plain_licences(folder)
    plain = Plain({}, [])
    for path in sorted((folder / "lm").glob(f"{language}.*.txt.xz")):
        with lzma.open(path, "rt", encoding="utf-8") as file:
            lines = [line.strip() for line in file]
        name = path.name.split(".")[1]
        kept = plain.lines[name] = []
        random_ = random.Random(f"{seed} {path.name}")
        n_runs = min(PLAIN_ROWS, len(lines) // PLAIN_STRIDE)
        starts = iter(sorted(random_.sample(range(len(lines)), n_runs)))
        at = 0
        for start in starts:
            kept.extend(lines[at:start])
            at = max(at, start)
            text, at = _run(lines, at, random_.randint(*PLAIN_WORDS))
            if text:
                licence = licences.get(path.name.split(".txt")[0], "unknown")
                plain.rows.append(
                    Row(
                        text,
                        language,
                        Label.ORIGINAL,
                        f"{PLAIN_PREFIX}{name}",
                        "human",
                        # Neighbours are of one document as often as not.
                        f"{name}:{start // PLAIN_STRIDE}",
                        "",
                        licence,
                    )
                )
        kept.extend(lines[at:])
    return plain


def _run(lines: Sequence[str], at: int, n_words: int) -> tuple[str, int]:
    """Return lines from ``at`` on up to ``n_words`` words, and where the next begins.

    The last line is cut where it is much too long, as some hold a whole page.
    """
    words: list[str] = []
    while at < len(lines) and len(words) < n_words:
        words += lines[at].split()
        at += 1
    if len(words) > n_words + PLAIN_SLACK:
        words = words[:n_words]
    return " ".join(words), at


def _plain_licences(folder: Path) -> dict[str, str]:
    """Return the licence of each file by its name up to ``.txt``, where it is told."""
    path = folder / "lm" / "SOURCES.tsv"
    if not path.is_file():
        return {}
    rows = [line.split("\t") for line in path.read_text("utf-8").splitlines()]
    return {cells[0].split(".txt")[0]: cells[-1] for cells in rows[1:]}


def label_index(row: Row) -> int:
    """Return the place of the row's label in a probability vector."""
    return LABELS.index(row.label)


def source_weights(rows: Sequence[Row]) -> Array:
    """Return weights by which no source counts for more than ``LARGEST_SOURCE`` rows.

    >>> many = [Row("…", "en", Label.ORIGINAL, "news", "", "", "", "")] * 400
    >>> few = [Row("…", "en", Label.ORIGINAL, "blog", "", "", "", "")]
    >>> source_weights(many + few)[[0, -1]].tolist()
    [0.5, 1.0]
    """
    sizes = Counter(row.source for row in rows)
    return np.array(
        [min(sizes[row.source], LARGEST_SOURCE) / sizes[row.source] for row in rows]
    )


def fingerprint(folder: Path, added: Sequence[Path] = ()) -> dict[str, str]:
    """Return the SHA-256 of each file that is read; ``added`` ones by their names."""
    names = sorted(
        path
        for part in (
            "paragraphs/train.*",
            "paragraphs/dev.*",
            "lm/*.txt.xz",
            "lexicons/*",
            "scraped/pages.*",
        )
        for path in folder.glob(part)
    )
    listed = {path.relative_to(folder).as_posix(): path for path in names}
    listed |= {f"added/{path.name}": path for path in added}
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest()
        for name, path in listed.items()
    }
