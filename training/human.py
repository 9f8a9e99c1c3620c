"""What is learnt from plain human text: the large model, common words, synonyms."""

import tempfile
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import chain, repeat
from math import log
from pathlib import Path

from mtcheck.language_model import Tokens, tokenize
from mtcheck.languages import language as language_of
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
from training.word_classes import word_classes

ORDER, PRUNE = 4, (0, 1, 2, 3)
"""N-grams of order n seen ``PRUNE[n-1]`` times or less are dropped."""

VOCABULARY = 80_000

COMMON_WORDS = 8_000
"""What the mask keeps: fewer lose style in German."""

SMOOTHING = 2e-6
"""Share of a source's words that is added to each; a word may be missing by chance."""

RUN = 10
"""A row that shares so many words in a row with the plain text was learnt by heart."""

FILES = (
    "human.word.klm",
    "common.txt",
    "classes.tsv",
    "synonyms.tsv",
    "tortured.tsv",
)
"""What ``fit_human`` writes."""


def fit_human(
    data: Path,
    plain: Mapping[str, Sequence[str]],
    language: str,
    rows: Sequence[Row],
    target: Path,
    tools: KenlmTools,
    seed: int,
) -> list[bool]:
    """Write the files of ``plain`` human text, and tell which rows share a run with it.

    ``plain`` has the lines of each source; ``data`` has the lexicons.
    """
    runs = [set(_runs(_sentences(row.text, language))) for row in rows]
    wanted = set().union(*runs)
    shared: set[int] = set()
    by_source: dict[str, Counter[str]] = {}
    capitals = Capitals()
    with tempfile.TemporaryDirectory() as scratch:
        text, vocabulary = Path(scratch, "text"), Path(scratch, "vocabulary")
        n_lines: Counter[str] = Counter()
        with text.open("w", encoding="utf-8") as file:
            for source, lines in plain.items():
                own = by_source[source] = Counter()
                for tokens in chain.from_iterable(
                    _tokens(it, language) for it in lines
                ):
                    words = tokens.line.split()
                    own.update(words)
                    capitals.update(tokens.written, words)
                    shared.update(wanted.intersection(_runs([words])))
                    file.write(" ".join(words) + "\n")
                    n_lines[source] += 1
        counts = sum(by_source.values(), Counter[str]())
        ranked = sorted(counts, key=lambda word: (-counts[word], word))
        vocabulary.write_text("\n".join(sorted(ranked[:VOCABULARY])), encoding="utf-8")
        common = common_words(by_source, capitals.names(language))
        kept = "\n".join(sorted(common[:COMMON_WORDS])) + "\n"
        (target / "common.txt").write_text(kept, encoding="utf-8")
        sizes = {source: own.total() for source, own in by_source.items()}
        split = (line.split() for line in _lines(text))
        sources = chain.from_iterable(repeat(*item) for item in n_lines.items())
        classes = word_classes(zip(sources, split, strict=True), sizes, common, seed)
        _write_table(
            target / "classes.tsv", {word: (found,) for word, found in classes.items()}
        )
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


class Capitals:
    """How often each word stands inside a sentence, and how often with a capital."""

    def __init__(self) -> None:
        self._inside: Counter[str] = Counter()
        self._capital: Counter[str] = Counter()

    def update(self, written: Sequence[str], words: Sequence[str]) -> None:
        """Count a sentence, as it is written and in plain words."""
        pairs = list(zip(written, words, strict=True))[1:]
        self._inside.update(word for _, word in pairs)
        self._capital.update(word for token, word in pairs if token[0].isupper())

    def names(self, language: str) -> frozenset[str]:
        """Return the words that are names: most often with a capital, as "I" is not.

        None where nouns have one too.
        """
        known = language_of(language)
        if known.has_capital_nouns:
            return frozenset()
        return frozenset(
            word
            for word, n_capital in self._capital.items()
            if n_capital * 2 > self._inside[word]
            and word.split("'")[0] not in known.function_words
        )


def common_words(
    by_source: Mapping[str, Mapping[str, int]], names: Container[str]
) -> list[str]:
    """Return words by how common they are in every source, but for names.

    The measure is the geometric mean of their shares. What is frequent in one or two
    sources is a topic, and topics tell where labelled text comes from.

    >>> by_source = {"news": {"the": 9, "minister": 5}, "sea": {"the": 9, "tide": 4}}
    >>> common_words(by_source, {"tide"})
    ['the', 'minister']
    """
    scores = {word: 0.0 for counts in by_source.values() for word in counts}
    for counts in by_source.values():
        total = sum(counts.values()) or 1
        for word in scores:
            scores[word] += log(counts.get(word, 0) / total + SMOOTHING)
    ranked = sorted(scores, key=lambda word: (-scores[word], word))
    return [word for word in ranked if word not in names]


def _tokens(text: str, language: str) -> Iterator[Tokens]:
    for span in split_sentences(text, language):
        yield tokenize(text, span.start, span.end)


def _sentences(text: str, language: str) -> list[list[str]]:
    return [tokens.line.split() for tokens in _tokens(text, language)]


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
