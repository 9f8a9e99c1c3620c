"""Human text of the data folder, and what ``mtcheck lint`` finds in it."""

import json
import lzma
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mtcheck.benchmarking.records import files_of, records
from mtcheck.errors import InputError
from mtcheck.identify import identify
from mtcheck.rules import Rule, find_defects
from mtcheck.segment import count_words, passages
from mtcheck.types import Document, Finding, Label

HUMAN = ("human", "human_translation")
EDITED = frozenset(
    "abstract arxiv encyclopaedia government legal news paper_abstract parliament "
    "science wiki wiki-cs".split()
)
"""Genres that somebody edits before they are published."""

_SOURCE_GENRES = {"bio21": "science", "ntrex19": "news", "ted21": "speech"}
# Test sets of WMT say by the name of a document where it is from; those with blocks for
# names mix everything from 2022 on.
_DOCUMENT_GENRES = (
    (re.compile(r"^newstest"), "news"),
    (re.compile(r":(?:blk|test_|\d)"), "mixed"),
    (re.compile(r":(?:t\d_|social_)"), "forum"),
    (re.compile(r":ecommerce_"), "shop"),
    (re.compile(r":review_"), "review"),
    (re.compile(r":conversational_|_CLIENT-"), "chat"),
    (re.compile(r"^generaltest"), "news"),
)


@dataclass(frozen=True, slots=True)
class HumanRow:
    """A paragraph that people wrote, as the file has it, so that offsets hold."""

    id: str
    language: str
    detail: str
    genre: str
    source: str
    text: str

    @property
    def group(self) -> str:
        """Whether the genre is an edited one."""
        return "edited" if self.genre in EDITED else "other"


@dataclass(frozen=True, slots=True)
class Linted:
    """A row with its words and what was found in it."""

    row: HumanRow
    n_words: int
    findings: tuple[Finding, ...]


def human_rows(path: Path) -> Iterator[HumanRow]:
    """Yield the rows of a file that people wrote or translated."""
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            raw = json.loads(line)
            if raw["detail"] in HUMAN:
                yield HumanRow(
                    raw["id"],
                    raw["lang"],
                    raw["detail"],
                    raw["genre"] or _genre(raw["source"], raw["doc_id"] or ""),
                    raw["source"],
                    raw["text"],
                )


def own_rows(
    paths: Sequence[str], field: str | None
) -> Iterator[HumanRow | InputError]:
    """Yield the originals of a user's tables of labelled texts, or what is lost.

    The value of ``field``, else of ``genre``, stands for the genre.
    """
    for path in files_of(paths):
        for outcome in [path] if isinstance(path, InputError) else records(path):
            if isinstance(outcome, InputError):
                yield outcome
                continue
            place, raw = outcome
            text = raw.get("text")
            if raw.get("label") == Label.ORIGINAL and isinstance(text, str):
                yield HumanRow(
                    str(raw.get("id") or place),
                    str(raw.get("lang") or raw.get("language") or identify(text) or ""),
                    "human",
                    str(raw.get(field or "genre") or "unnamed"),
                    str(raw.get("source") or "unnamed"),
                    text,
                )


def _genre(source: str, document: str) -> str:
    for pattern, genre in _DOCUMENT_GENRES:
        if pattern.search(document):
            return genre
    return _SOURCE_GENRES.get(source, "unnamed")


def lint_rows(
    rows: Iterable[HumanRow], rules: Sequence[Rule] | None = None
) -> Iterator[Linted]:
    """Yield each row with its findings, by the path of ``mtcheck lint``."""
    for row in rows:
        document = Document(row.text, row.id, language=row.language)
        found = [
            finding
            for passage in passages(document)
            for finding in find_defects(passage, rules)
        ]
        yield Linted(row, count_words(row.text), tuple(found))
