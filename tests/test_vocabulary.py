"""A vocabulary works out what it knows of a token once, until it is full."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtcheck import vocabulary as module
from mtcheck.language_model import plain
from mtcheck.masks import EndingMask
from mtcheck.vocabulary import Texts, Vocabulary

WORDS = st.sampled_from("The the ferry Ferry 3rd 1911 don’t Don't , ferry-boat".split())
LINES = st.lists(st.lists(WORDS, max_size=8), max_size=5)
MASK = EndingMask(frozenset({"the"}), has_capital_nouns=False)


@given(LINES)
def test_all_is_known_of_tokens_however_they_came(lines: list[list[str]]) -> None:
    vocabulary = Vocabulary()
    for tokens in lines:
        ids = vocabulary.numbers(tokens).tolist()
        shared = vocabulary.plain_numbers[ids].tolist()
        known = [
            (
                vocabulary.written.every[at],
                vocabulary.plain.every[at],
                vocabulary.hidden(MASK).every[at],
                vocabulary.plain.values(len, np.intp)[at],
            )
            for at in ids
        ]
        assert known == [
            (token, plain(token), MASK.hide(plain(token), token[0].isupper()), size)
            for token in tokens
            for size in [len(plain(token))]
        ]
        assert len(set(shared)) == len({plain(token) for token in tokens})
    assert len(set(vocabulary.written.every)) == len(vocabulary.written.every)


def test_a_value_is_worked_out_once() -> None:
    texts, asked = Texts(), []

    def size(text: str) -> int:
        asked.append(text)
        return len(text)

    texts.every += ["ferry", "the"]
    assert texts.values(size, np.intp).tolist() == [5, 3]
    texts.every += ["bay"]
    assert texts.values(size, np.intp).tolist() == [5, 3, 3]
    assert texts.values(size, np.intp).tolist() == [5, 3, 3]
    assert asked == ["ferry", "the", "bay"]


def test_a_full_vocabulary_is_begun_afresh(monkeypatch: pytest.MonkeyPatch) -> None:
    vocabulary = Vocabulary()
    vocabulary.numbers(["ferry", "the"])
    assert vocabulary.renewed() is vocabulary
    monkeypatch.setattr(module, "MOST_CHARACTERS", len("ferry the"))
    fresh = vocabulary.renewed()
    assert fresh.written.every == []
    assert vocabulary.written.every == ["ferry", "the"]
