"""A batch lays the tokens of its paragraphs end to end and loses none of them."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtcheck.batch import Batch, Flags, cut, same
from mtcheck.masks import EndingMask
from mtcheck.segment import Passage, passages
from mtcheck.types import Document

TEXT = (
    "The ferry to Aldmouth was late. The keeper, Ida Brandt, waited!\n\n"
    "***\n\n"
    "In 1911 the well-known ferry sank; the crew didn’t."
)


def read(text: str, language: str = "en") -> list[Passage]:
    """Return the paragraphs of a text."""
    return list(passages(Document(text, language=language)))


def batch_of(found: list[Passage]) -> Batch:
    """Return a batch without findings."""
    return Batch(found, [()] * len(found))


BATCH = batch_of(read(TEXT))
WRITTEN = BATCH.vocabulary.written.every


def chosen(flags: Flags) -> list[str]:
    """Return the tokens that are flagged, as they stand in the text."""
    return [WRITTEN[at] for at in BATCH.ids[flags].tolist()]


def test_tokens_lie_end_to_end() -> None:
    tokens = [WRITTEN[at] for at in BATCH.ids.tolist()]
    assert tokens[:6] == ["The", "ferry", "to", "Aldmouth", "was", "late"]
    assert tokens[6:9] == ["The", "keeper", ","]
    assert BATCH.n_tokens.tolist() == [13, 0, 10]
    assert BATCH.n_words.tolist() == [11, 0, 9]
    assert BATCH.line_sizes.tolist() == [6, 7, 0, 10]
    assert BATCH.line_starts.tolist() == [0, 6, 13, 13]
    assert [BATCH.own_tokens(at) for at in range(3)] == [
        slice(0, 13),
        slice(13, 13),
        slice(13, 23),
    ]


def test_plain_forms_are_shared() -> None:
    written = [WRITTEN[at] for at in BATCH.ids.tolist()]
    number = dict(zip(written, BATCH.plain_ids.tolist(), strict=True))
    assert number["The"] == number["the"] != number["ferry"]
    plain = dict(zip(written, BATCH.plain, strict=True))
    assert (plain["1911"], plain["didn’t"]) == ("0", "didn't")


def test_sentences_are_read_as_language_models_read_them() -> None:
    ends = zip(BATCH.line_starts.tolist(), BATCH.line_sizes.tolist(), strict=True)
    lines = [" ".join(BATCH.plain[start : start + size]) for start, size in ends]
    assert lines == [line.line for item in BATCH.passages for line in item.tokens]
    assert lines[-1] == "in 0 the well-known ferry sank ; the crew didn't"


def test_flags_tell_kinds_of_tokens() -> None:
    assert chosen(BATCH.is_number) == ["1911"]
    assert chosen(~BATCH.is_word) == [",", ",", ";"]
    assert chosen(BATCH.is_capital) == "The Aldmouth The Ida Brandt In".split()
    # Behind a comma a clause may start.
    assert chosen(BATCH.is_inner_capital) == ["Aldmouth", "Brandt"]


@pytest.mark.parametrize(
    ("has_capital_nouns", "masked"),
    [
        (False, "the ~rry ~to ^ ~was ~ate the ~per , ^ ^ , ~ted"),
        (True, "the ~rry ~to ~uth ~was ~ate the ~per , ~ida ~ndt , ~ted"),
    ],
)
def test_the_mask_hides_topics(has_capital_nouns: bool, masked: str) -> None:
    mask = EndingMask(frozenset({"the", "in"}), has_capital_nouns)
    expected = masked.split()
    points, sizes = BATCH.masked(mask).spelled()
    assert "".join(map(chr, points)).split(" ")[:13] == expected
    assert sizes.tolist()[:13] == [len(text) + 1 for text in expected]


def test_means_tell_none_from_one_and_more() -> None:
    mean, spread = BATCH.means(np.array([0, 0, 1]), np.array([1.0, 3.0, 5.0]))
    assert mean.tolist()[:2] == [2.0, 5.0]
    assert spread[0] == 1.0
    assert np.isnan([mean[2], *spread[1:]]).all()


def test_what_an_owner_makes_is_made_once() -> None:
    batch, made = batch_of(read(TEXT)), [1, 2]
    assert batch.keep("owner", made.pop) == batch.keep("owner", made.pop) == 2
    assert made == [1]


def test_findings_must_fit_the_paragraphs() -> None:
    message = "^findings must be given for each paragraph, got 1 for 3$"
    with pytest.raises(ValueError, match=message):
        Batch(read(TEXT), [()])


def test_an_empty_batch_has_no_tokens() -> None:
    batch = batch_of([])
    assert (len(batch), batch.ids.tolist(), batch.plain) == (0, [], [])
    assert batch.n_words.tolist() == []
    assert [found.tolist() for found in batch.highest(np.array([]))] == [[], []]


def test_neighbours_are_of_one_sentence() -> None:
    first, last = BATCH.neighbours
    # Sentences of six, seven, no and ten tokens.
    starts, ends = [0] * 6 + [6] * 7 + [13] * 10, [5] * 6 + [12] * 7 + [22] * 10
    places = range(len(BATCH.ids))
    assert first.tolist() == [
        max(at - 1, own) for at, own in zip(places, starts, strict=True)
    ]
    assert last.tolist() == [
        min(at + 1, own) for at, own in zip(places, ends, strict=True)
    ]


def test_the_first_of_equally_high_tokens_is_the_highest() -> None:
    values = np.array([0.0, 3, 3] + [1] * 10 + [-2.0] * 9 + [-1])
    # The paragraph in between has no token.
    assert [found.tolist() for found in BATCH.highest(values)] == [[0, 2], [1, 22]]


@given(st.integers(0, 30), st.integers(1, 9))
def test_cutting_keeps_all_in_order(n_paragraphs: int, size: int) -> None:
    found = read("\n\n".join(["One line."] * n_paragraphs))
    parts = list(cut(found, size))
    assert [item for part in parts for item in part] == found
    assert all(len(part) == size for part in parts[:-1])


@given(st.lists(st.lists(st.integers(0, 5), max_size=9), max_size=5))
def test_equal_keys_of_a_stretch_share_a_place(stretches: list[list[int]]) -> None:
    keys = [(at, key) for at, keys in enumerate(stretches) for key in keys]
    bounds = np.cumsum([0, *map(len, stretches)])
    found = same(np.array([key for _, key in keys], np.uint32), bounds, 6).tolist()
    assert [keys[place] for place in found] == keys
    assert len(set(found)) == len(set(keys))


@settings(deadline=None)
@given(st.lists(st.text(max_size=60), max_size=5), st.sampled_from(["en", "de"]))
def test_every_token_finds_its_place(texts: list[str], language: str) -> None:
    found = [passage for text in texts for passage in read(text, language)]
    batch = batch_of(found)
    places = list(batch.spans(range(len(batch.ids))))
    owners = batch.token_paragraphs.tolist()
    written = map(batch.vocabulary.written.every.__getitem__, batch.ids.tolist())
    for place, owner, token in zip(places, owners, written, strict=True):
        assert place.of(found[owner].document.text) == token
    for (one, here), (other, there) in pairwise(zip(places, owners, strict=True)):
        assert here < there or (here == there and one.end <= other.start)
    vocabulary = batch.vocabulary
    assert len(vocabulary.plain.every) == len(vocabulary.written.every)
