"""Classes of words: what stands between the same neighbours is of one class."""

import random

import pytest

from training import word_classes as module
from training.word_classes import word_classes

NOUNS = "ferry lantern cellar orchard kettle anchor".split()
VERBS = "mended painted counted lifted".split()
SEED = 3


def sentences(n: int) -> list[list[str]]:
    """Return sentences of one frame, so that neighbours tell nouns from verbs."""
    random_ = random.Random(SEED)
    return [
        ["the", random_.choice(NOUNS), "was", random_.choice(VERBS), "at", "dawn"]
        for _ in range(n)
    ]


def classes(
    found: list[list[str]], common: list[str], source: str = "boats"
) -> dict[str, str]:
    sizes = {source: sum(map(len, found))}
    return word_classes(((source, words) for words in found), sizes, common, SEED)


def test_words_of_the_same_neighbours_share_a_class(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "CLASSES", 6)  # as many as the frame has places
    table = classes(sentences(400), [])
    (nouns,) = {table[word] for word in NOUNS}
    (verbs,) = {table[word] for word in VERBS}
    assert len({nouns, verbs, *[table[word] for word in ("the", "was", "at")]}) == 5


def test_common_words_stand_for_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT", 2)
    table = classes(sentences(100), ["the", "of", "dawn"])
    assert (table["the"], table["of"]) == ("the", "of")
    assert table["dawn"].startswith("#")


def test_an_ending_has_the_commonest_class_of_its_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "KEPT", 0)
    monkeypatch.setattr(module, "CLASSES", 6)
    table = classes(sentences(400), [])
    assert table["~ted"] == table["painted"] == table["counted"]


def test_the_same_text_gives_the_same_classes() -> None:
    found = sentences(100)
    assert classes(found, ["the"]) == classes(found, ["the"])


def test_text_without_words_that_come_often_has_no_classes() -> None:
    assert classes([["an", "anchor"]], ["the"]) == {"the": "the"}


def test_no_source_gives_more_than_its_share(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SOURCE_WORDS", 60)
    monkeypatch.setattr(module, "MIN_COUNT", 1)
    wide = [[f"rope{at}"] for at in range(1000)]
    known = [word for word in classes(wide, []) if word.startswith("rope")]
    assert 30 < len(known) < 100
