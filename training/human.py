"""What is learnt from plain human text: the large model, common words, synonyms."""

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

from mtcheck.language_model import tokenize
from mtcheck.segment import split_sentences
from training.data import Row
from training.kenlm_tools import KenlmTools
from training.lexicons import (
    PAIR_RATIO,
    THESAURI,
    joined,
    spun_pairs,
    substitution_table,
    thesaurus_groups,
    tortured_phrases,
)

ORDER, PRUNE = 4, (0, 1, 2, 3)
"""N-grams of order n seen ``PRUNE[n-1]`` times or less are dropped."""

VOCABULARY = 80_000

COMMON_WORDS = 8_000
"""What the mask keeps: fewer lose style in German, more let English topics through."""

RUN = 10
"""A row that shares so many words in a row with the plain text was learnt by heart."""

FILES = ("human.word.klm", "common.txt", "synonyms.tsv", "tortured.tsv")
"""What ``fit_human`` writes."""


def fit_human(
    data: Path,
    plain: Iterable[str],
    language: str,
    rows: Sequence[Row],
    target: Path,
    tools: KenlmTools,
) -> list[bool]:
    """Write the files of ``plain`` human text, and tell which rows share a run with it.

    ``data`` has the lexicons.
    """
    runs = [set(_runs(_sentences(row.text, language))) for row in rows]
    wanted = set().union(*runs)
    shared: set[int] = set()
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as scratch:
        text, vocabulary = Path(scratch, "text"), Path(scratch, "vocabulary")
        with text.open("w", encoding="utf-8") as file:
            for line in plain:
                for tokens in _sentences(line, language):
                    counts.update(tokens)
                    shared.update(wanted.intersection(_runs([tokens])))
                    file.write(" ".join(tokens) + "\n")
        ranked = sorted(counts, key=lambda word: (-counts[word], word))
        vocabulary.write_text("\n".join(sorted(ranked[:VOCABULARY])), encoding="utf-8")
        kept = "\n".join(sorted(ranked[:COMMON_WORDS])) + "\n"
        (target / "common.txt").write_text(kept, encoding="utf-8")
        model = target / "human.word.klm"
        tools.estimate(_lines(text), model, ORDER, PRUNE, vocabulary)
        used = chain(_lines(text), _human_lines(rows, language))
        phrases = tortured_phrases(data, used) if language == "en" else {}
    groups = thesaurus_groups(language) if language in THESAURI else ()
    table = substitution_table(language, groups, counts)
    if language == "en":
        pairs = substitution_table(language, spun_pairs(data), counts, PAIR_RATIO)
        table = joined(table, pairs, counts)
    _write_table(target / "synonyms.tsv", table)
    _write_table(
        target / "tortured.tsv", {key: (value,) for key, value in phrases.items()}
    )
    return [not shared.isdisjoint(own) for own in runs]


def shares_run(rows: Sequence[Row], others: Iterable[Row]) -> list[bool]:
    """Tell which rows share a run of words with one of the others."""
    taken: set[int] = set()
    for row in others:
        taken.update(_runs(_sentences(row.text, row.language)))
    return [
        not taken.isdisjoint(_runs(_sentences(row.text, row.language))) for row in rows
    ]


def _sentences(text: str, language: str) -> list[list[str]]:
    spans = split_sentences(text, language)
    return [tokenize(text, span.start, span.end).line.split() for span in spans]


def _human_lines(rows: Iterable[Row], language: str) -> Iterator[str]:
    for row in rows:
        if row.detail in ("human", "human_translation"):
            for tokens in _sentences(row.text, language):
                yield " ".join(tokens)


def _runs(sentences: Iterable[Sequence[str]]) -> Iterator[int]:
    for tokens in sentences:
        for at in range(len(tokens) - RUN + 1):
            yield hash(tuple(tokens[at : at + RUN]))


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield line.rstrip("\n")


def _write_table(path: Path, table: Mapping[str, tuple[str, ...]]) -> None:
    rows = ("\t".join([key, *cells]) + "\n" for key, cells in sorted(table.items()))
    path.write_text("".join(rows), encoding="utf-8")
