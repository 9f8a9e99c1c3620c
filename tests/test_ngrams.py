"""A model in memory says of every token what KenLM says, to the last bit."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mtcheck.extract.perplexity import HUMAN
from mtcheck.kenlm_file import read_language_model
from mtcheck.language_model import LanguageModel
from mtcheck.models import open_model
from mtcheck.ngrams import context

SHIPPED = open_model().resources("en").language_model(HUMAN)
TINY = LanguageModel(Path(__file__).parent / "fuzz" / "seeds" / "tiny.klm")

WORDS = st.sampled_from(
    "the old ferry left port at noon , of the harbour in 0 one of end to the "
    "aldmouth zzgl <unk> ; a".split()
)
SENTENCES = st.lists(st.lists(WORDS, max_size=12), max_size=6)


def numbers(model: LanguageModel, words: list[str]) -> np.ndarray:
    """Return the numbers of words."""
    return np.array([*map(model.trie.number, words)], np.intp)


@pytest.mark.parametrize("model", [SHIPPED, TINY], ids=["shipped", "tiny"])
@settings(max_examples=60, deadline=None)
@given(sentences=SENTENCES)
@example(sentences=[])
@example(sentences=[[], ["the"], []])
def test_sentences_are_read_as_kenlm_reads_them(
    model: LanguageModel, sentences: list[list[str]]
) -> None:
    words = numbers(model, [word for sentence in sentences for word in sentence])
    lines = np.repeat(np.arange(len(sentences)), [*map(len, sentences)])
    reading = model.trie.read(words, lines.astype(np.intp), len(sentences))
    found = zip(
        reading.logs.tolist(),
        reading.lengths.tolist(),
        reading.is_unknown.tolist(),
        strict=True,
    )
    assert list(found) == [
        score
        for sentence in sentences
        for score in model.kenlm.full_scores(" ".join(sentence), True, False)
    ]


@settings(max_examples=60, deadline=None)
@given(sentence=st.lists(WORDS, min_size=1, max_size=6), others=st.lists(WORDS))
def test_other_words_in_a_place_are_what_kenlm_makes_of_them(
    sentence: list[str], others: list[str]
) -> None:
    trie, model = SHIPPED.trie, SHIPPED.kenlm
    words = numbers(SHIPPED, sentence)
    reading = trie.read(words, np.zeros(len(words), np.intp), 1)
    last = np.full(len(others), len(words) - 1)
    before = context(reading.words, reading.places[last], trie.n_before)
    found = trie.find(numbers(SHIPPED, others), before)
    assert found.after(reading.backoffs[:, last]).tolist() == [
        [*model.full_scores(" ".join([*sentence[:-1], other]), True, False)][-1][0]
        for other in others
    ]


def test_a_word_that_a_model_does_not_know_has_no_number_of_its_own() -> None:
    assert (TINY.trie.number("ferry"), TINY.trie.number("zzgl")) == (11, 0)


def test_every_n_gram_of_a_file_is_found() -> None:
    contents = read_language_model(TINY.path)
    begins, (pairs, triples) = contents.unigrams.begins.tolist(), contents.longer
    words = [
        (int(triples.firsts[triple]), int(pairs.firsts[pair]), last)
        for last, ends in enumerate(pairwise(begins))
        for pair in range(*ends)
        for triple in range(*pairs.begins[pair : pair + 2].tolist())
    ]
    firsts, middles, lasts = np.array(words).T
    found = TINY.trie.find(lasts, [middles, firsts])
    assert found.lengths.tolist() == [3] * len(triples.firsts)
    spelled = [" ".join(contents.words[at] for at in numbers) for numbers in words]
    assert "<s> the ferry" in spelled


def test_there_is_nothing_before_the_first_sentence() -> None:
    rows = context(np.array([1, 5]), np.array([1]), 5)
    assert [row.tolist() for row in rows] == [[1]] * 5
