"""Classes of words that stand between the same neighbours, learnt from plain text."""

import random
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.cluster import MiniBatchKMeans
from sklearn.utils.extmath import randomized_svd

from mtcheck.classify import Array
from mtcheck.masks import ending

CLASSES = 128
"""About as many as fine-grained parts of speech; more of them learn topics."""

KEPT = 300
"""So many of the commonest words stand for themselves: they are the frame."""

WORDS = 50_000
"""Most words that are given a class."""

MIN_COUNT = 5
"""Rarer words have too few neighbours; their ending tells their class."""

NEIGHBOURS = 1000
"""The commonest words, by which neighbours are told; the rest are one."""

DIMENSIONS = 100

SOURCE_WORDS = 1_500_000
"""Words that are read of each source, so that none makes the classes its own."""

SMOOTHING = 0.75
"""Exponent of the counts of neighbours; rare ones would seem to tell too much."""


def word_classes(
    sentences: Iterable[tuple[str, Sequence[str]]],
    sizes: Mapping[str, int],
    common: Sequence[str],
    seed: int,
) -> dict[str, str]:
    """Return what ``ClassMask`` shows for words, and for endings of unknown ones.

    ``sentences`` are words with the name of their source, and ``sizes`` says how many
    words each source has; ``common`` lists common words, the commonest first.

    Words are told by those to their left and right, as positive pointwise mutual
    information in few dimensions: Schütze, "Distributional Part-of-Speech Tagging",
    EACL 1995; Levy, Goldberg and Dagan, "Improving Distributional Similarity with
    Lessons Learned from Word Embeddings", TACL 3 (2015).
    """
    chosen = [*_sample(sentences, sizes, seed)]
    counts = Counter(chain.from_iterable(chosen))
    ranked = sorted(counts, key=lambda word: (-counts[word], word))
    words = [word for word in ranked[:WORDS] if counts[word] >= MIN_COUNT]
    table: dict[str, str] = {}
    if len(words) > 2:
        vectors = _vectors(chosen, words)
        weights = np.sqrt([counts[word] for word in words])
        groups = MiniBatchKMeans(
            min(CLASSES, len(words)), random_state=seed, batch_size=4096, n_init=3
        ).fit(vectors, sample_weight=weights)
        table = {
            word: f"#{group}"
            for word, group in zip(words, groups.labels_.tolist(), strict=True)
        }
    endings = _endings(table, words[KEPT:])
    return table | {word: word for word in common[:KEPT]} | endings


def _sample(
    sentences: Iterable[tuple[str, Sequence[str]]],
    sizes: Mapping[str, int],
    seed: int,
) -> Iterator[Sequence[str]]:
    random_ = random.Random(seed)
    for source, words in sentences:
        if random_.random() * sizes[source] < SOURCE_WORDS:
            yield words


def _vectors(sentences: Iterable[Sequence[str]], words: Sequence[str]) -> Array:
    """Return a vector of length one for each word; the commonest words come first."""
    places = {word: at for at, word in enumerate(words)}
    edge, rest = NEIGHBOURS, NEIGHBOURS + 1
    n_kinds = NEIGHBOURS + 2
    rows: list[int] = []
    columns: list[int] = []
    for sentence in sentences:
        own = [places.get(word, -1) for word in sentence]
        told = [at if 0 <= at < NEIGHBOURS else rest for at in own]
        for at, left, right in zip(own, [edge, *told], [*told[1:], edge], strict=False):
            if at >= 0:
                rows += (at, at)
                columns += (left, n_kinds + right)
    shape = (len(words), 2 * n_kinds)
    ones = np.ones(len(rows))
    counted = csr_matrix((ones, (rows, columns)), shape).tocoo()
    by_word, by_neighbour = (np.asarray(counted.sum(at)).ravel() for at in (1, 0))
    smooth = by_neighbour**SMOOTHING
    expected = by_word[counted.row] * (smooth / smooth.sum())[counted.col]
    gain = np.log(counted.data / expected)
    kept = gain > 0
    matrix = csr_matrix((gain[kept], (counted.row[kept], counted.col[kept])), shape)
    n_dimensions = min(DIMENSIONS, len(words) - 1)
    left, strengths, _ = randomized_svd(matrix, n_dimensions, random_state=0)
    vectors: Array = left * np.sqrt(strengths)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors /= np.maximum(lengths, 1e-9)
    return vectors


def _endings(table: Mapping[str, str], words: Collection[str]) -> dict[str, str]:
    """Return the commonest class of the words of each ending."""
    found: dict[str, Counter[str]] = {}
    for word in words:
        found.setdefault(ending(word), Counter())[table[word]] += 1
    return {
        name: min(own, key=lambda group: (-own[group], group))
        for name, own in found.items()
    }
