"""Labelled paragraphs and plain text in the form of the project's data folder."""

import hashlib
import json
import lzma
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mtcheck.segment import Passage, passages
from mtcheck.types import LABELS, Document, Label


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
    is_made: bool = False
    """Made here from another row, by a cut or by damage."""

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
                    )
                )
    return rows


def read_plain(folder: Path, language: str) -> Iterator[str]:
    """Yield the lines of the human text in ``lm/<language>.*.txt.xz``."""
    for path in sorted((folder / "lm").glob(f"{language}.*.txt.xz")):
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield line.strip()


def label_index(row: Row) -> int:
    """Return the place of the row's label in a probability vector."""
    return LABELS.index(row.label)


def document_folds(rows: Sequence[Row], n_folds: int) -> list[int]:
    """Return a fold for each row, by a hash of its document, so versions share it."""
    return [hashlib.sha256(row.doc_id.encode()).digest()[0] % n_folds for row in rows]


def source_folds(rows: Sequence[Row], n_folds: int) -> list[int]:
    """Return a fold for each row so that sources stay whole and folds hold all labels.

    The largest source is placed first, each where the labels stay most even.
    """
    counts = {row.source: [0] * len(LABELS) for row in rows}
    for row in rows:
        counts[row.source][label_index(row)] += 1
    filled = [[0] * len(LABELS) for _ in range(n_folds)]
    home = {}
    for source in sorted(counts, key=lambda name: (-max(counts[name]), name)):
        growth = [
            sum(
                (had + new) ** 2 - had**2
                for had, new in zip(fold, counts[source], strict=True)
            )
            for fold in filled
        ]
        home[source] = growth.index(min(growth))
        fold = filled[home[source]]
        filled[home[source]] = [
            a + b for a, b in zip(fold, counts[source], strict=True)
        ]
    return [home[row.source] for row in rows]


def fingerprint(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file that training reads."""
    names = sorted(
        path
        for part in (
            "paragraphs/train.*",
            "paragraphs/dev.*",
            "lm/*.txt.xz",
            "lexicons/*",
        )
        for path in folder.glob(part)
    )
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        for path in names
    }
