"""Whole pages whose main text people marked: which lines are in it, and which not."""

import hashlib
import json
import lzma
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, Literal

from mtcheck.residue.phrases import split_lines
from mtcheck.segment import count_words
from mtcheck.types import Document, Label
from training.data import Row

Part = Literal["fit", "measured", "apart"]

APART = frozenset({"cleanportaleval", "htmltotext_benchmark", "readability"})
"""Sources of which no page is fitted on."""

PAGES = "scraped/pages.jsonl.xz"
GOLD = "scraped/boilerplate_gold.jsonl.xz"

NOISY_PAGES = 400
"""Pages by which it is told what findings there are by chance."""

WEB_PREFIX = "web_"
"""What the names of sources of paragraphs of pages begin with."""

WEB_WORDS = (30, 200)
"""Shortest paragraph of a page that is judged, and where longer ones are cut."""

WEB_PARAGRAPHS = 4
"""Paragraphs of one page, at most, so that no page leads."""

_WORD = re.compile(r"[^\W_]+")
_FEW = 4
_NEAR = 2
"""A line of few words is only in the main text if a line near it is."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page with its main text, or with snippets that are in it and outside it."""

    id: str
    language: str
    source: str
    text: str
    main: str
    inside: tuple[str, ...]
    outside: tuple[str, ...]

    @property
    def part(self) -> Part:
        """What the page is for, by its source and a hash of its id."""
        if self.source in APART:
            return "apart"
        return "measured" if digest(self.id) % 2 else "fit"


def digest(name: str) -> int:
    """Return a number below 65,536 that depends on the name only."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:2], "big")


def read_pages(data: Path) -> list[Page]:
    """Return the pages that people marked, as they stand in the data folder."""
    texts = {row["id"]: row["text"] for row in _rows(data / PAGES)}
    return [
        Page(
            row["id"],
            row["lang"],
            row["source"],
            texts[row["raw_id"]],
            row["gold_text"] or "",
            tuple(row.get("must_include") or ()),
            tuple(row.get("must_exclude") or ()),
        )
        for row in _rows(data / GOLD)
    ]


def read_noise(data: Path, language: str) -> list[Document]:
    """Return pages as scrapers leave them, some of each source; none without a file."""
    path = data / PAGES
    if not path.is_file():
        return []
    rows = [row for row in _rows(path) if row["lang"] == language]
    step = max(1, len(rows) // NOISY_PAGES)
    return [Document(row["text"], row["id"], None, language) for row in rows[::step]]


def read_web(data: Path, language: str) -> list[Row]:
    """Return paragraphs that people put on the web; none without the marked pages.

    They are from the main text of pages, or the lines that hold a snippet of it, spread
    evenly over each page. The pages are their authors', so they teach no verdict: they
    only tell how seldom people's text may pass a threshold.
    """
    if not (data / GOLD).is_file():
        return []
    found: dict[str, Row] = {}
    for page in read_pages(data):
        if page.language == language:
            texts = _main_paragraphs(page)
            step = max(1, -(-len(texts) // WEB_PARAGRAPHS))
            for text in texts[::step]:
                found.setdefault(text, _web_row(page, text))
    return list(found.values())


def _main_paragraphs(page: Page) -> list[str]:
    if page.main:
        lines = page.main.split("\n")
    else:
        every = [span.of(page.text) for span in split_lines(page.text)]
        held = snippet_lines(page)
        outside = {at for places, is_outside in held if is_outside for at in places}
        # Where several lines hold a snippet, only one is in the main text.
        inside = {
            places[0]
            for places, is_outside in held
            if not is_outside and len(places) == 1
        }
        lines = [every[at] for at in sorted(inside - outside)]
    least, most = WEB_WORDS
    texts = [" ".join(line.split()[:most]) for line in lines]
    return [text for text in texts if count_words(text, least) >= least]


def _web_row(page: Page, text: str) -> Row:
    return Row(
        text,
        page.language,
        Label.ORIGINAL,
        f"{WEB_PREFIX}{page.source}",
        "human",
        page.id,
        "",
        "the authors of the pages",
        is_noncommercial=True,
        genre="web page",
    )


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def lines_outside(page: Page) -> list[bool | None]:
    """Return for each line whether it is outside the main text; None: hard to say.

    Page and main text are aligned word by word. A line counts as inside with four
    fifths of its words aligned, as outside with a fifth; one without words and a short
    one that is inside all alone do not count.
    """
    words = [
        _WORD.findall(span.of(page.text).lower()) for span in split_lines(page.text)
    ]
    shares = _aligned_shares(words, _WORD.findall(page.main.lower()))
    found: list[bool | None] = []
    for at, share in enumerate(shares):
        if share is None or 0.2 < share < 0.8:
            found.append(None)
        elif share <= 0.2:
            found.append(True)
        else:
            beside = [
                *shares[max(at - _NEAR, 0) : at],
                *shares[at + 1 : at + 1 + _NEAR],
            ]
            is_alone = all(other is None or other < 0.8 for other in beside)
            found.append(None if is_alone and len(words[at]) < _FEW else False)
    return found


def _aligned_shares(
    lines: Sequence[Sequence[str]], main: Sequence[str]
) -> list[float | None]:
    owners = [at for at, words in enumerate(lines) for _ in words]
    aligned = [0] * len(lines)
    flat = [word for words in lines for word in words]
    for start, _, size in SequenceMatcher(
        None, flat, main, autojunk=False
    ).get_matching_blocks():
        for owner in owners[start : start + size]:
            # One or two words in a row meet by chance, unless they are the line.
            if size > 2 or len(lines[owner]) <= size:
                aligned[owner] += 1
    return [
        n / len(words) if words else None
        for n, words in zip(aligned, lines, strict=True)
    ]


def snippet_lines(page: Page) -> list[tuple[list[int], bool]]:
    """Return for each snippet the lines that hold it, and whether it is outside.

    A snippet that lies in no single line is left out.
    """
    lines = [_folded(span.of(page.text)) for span in split_lines(page.text)]
    found = []
    for snippets, is_outside in ((page.outside, True), (page.inside, False)):
        for snippet in filter(None, map(_folded, snippets)):
            places = [at for at, line in enumerate(lines) if snippet in line]
            if places:
                found.append((places, is_outside))
    return found


def _folded(text: str) -> str:
    return " ".join(text.split())
