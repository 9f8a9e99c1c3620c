"""The whole path keeps its contract, for made documents and for scraped pages."""

import gc
import json
import lzma
import operator
import random
from collections.abc import Sequence
from functools import reduce
from itertools import permutations
from math import fsum
from pathlib import Path
from typing import Any, cast

import pytest
from fuzz.contract import check_scored
from hypothesis import given, settings
from hypothesis import strategies as st

import mtcheck
from mtcheck import examined, scorer, vocabulary
from mtcheck.batch import Batch
from mtcheck.clock import Clock
from mtcheck.errors import ConfigError, InputError
from mtcheck.extract import TIERS, Extraction, Tier, extractors
from mtcheck.models import open_model
from mtcheck.scorer import MEASURED_CHARACTERS
from mtcheck.scoring import (
    BATCH_CHARACTERS,
    _without_collector,
    score,
    score_documents,
)
from mtcheck.types import LABELS, Document, Scored, Span

N_PAGES = 60

EN = (
    "The old ferry left the harbour at noon, and nobody looked up from the nets.",
    "He met the president. . They spoke for an hour about the price of bread.",
    "An hour later the wind had turned, so the captain took in the sail himself.",
    "Read more",
    "The municipality determined to construct a fresh edifice near the metropolis.",
)
DE = (
    "Die alte Fähre verließ den Hafen am Mittag, und niemand sah von den Netzen auf.",
    "Die Obrigkeit hat beschlossen , das betagte Gebäude am Saume zu erstehen.",
    "Eine Stunde später hatte der Wind gedreht, und der Kapitän holte das Segel ein.",
)
FR = (
    "Le vieux bac quitta le port à midi, et personne ne leva les yeux de ses filets, "
    "car la pêche de la nuit avait été bonne et il restait beaucoup à faire."
)
ODD = (
    "",
    "🙂",
    "***",
    "Ende.",
    "x" * 300,
    "\xa0",
    "a b c d",
    "﻿1911 1912 1913 1914 1915",
)

blocks = st.one_of(
    st.sampled_from(EN + DE + (FR, *ODD)),
    st.lists(st.sampled_from(EN + DE), min_size=2, max_size=4).map(" ".join),
    st.text(max_size=60),
)
ends = st.sampled_from(
    ["\n\n", "\r\n\r\n", "\n", "\r\n \r\n", "\n\n\n", "\r\r", "\u2029"]
)
documents = st.builds(
    lambda parts, last: "".join(part + end for part, end in parts) + last,
    st.lists(st.tuples(blocks, ends), max_size=6),
    blocks,
)


def labels(found: Sequence[Any]) -> list[Any]:
    """Return what can be compared of results: NaN as a value is not equal to itself."""
    return [repr(item) for item in found]


# Any document ------------------------------------------------------------------


@pytest.mark.parametrize("tier", ["fast", "full"])
@settings(max_examples=60, deadline=None)
@given(text=documents, language=st.sampled_from([None, None, "en", "de", "fr"]))
def test_any_document_keeps_the_contract(
    tier: Any, text: str, language: str | None
) -> None:
    (scored,) = score([text], tier=tier, language=language)
    assert scored.document.text == text
    check_scored(scored)


@settings(max_examples=60, deadline=None)
@given(text=documents)
def test_a_document_as_a_whole_keeps_the_contract(text: str) -> None:
    (scored,) = score([text], tier="fast", level="document")
    check_scored(scored, "document")


@settings(max_examples=30, deadline=None)
@given(text=documents, mode=st.sampled_from(["blank", "line"]))
def test_each_way_of_parting_keeps_the_contract(text: str, mode: str) -> None:
    (scored,) = score([text], tier="fast", paragraphs=mode)
    check_scored(scored)


def test_scraped_pages_keep_the_contract(shared: Path) -> None:
    path = shared / "data" / "scraped" / "pages.jsonl.xz"
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        pages = [json.loads(line)["text"] for line in lines]
    chosen = random.Random(3).sample(pages, N_PAGES)
    for level in ("paragraph", "document"):
        found = score(chosen, tier="full", level=level)
        assert [scored.document.text for scored in found] == chosen
        for scored in found:
            check_scored(scored, level)
    assert any(verdict.label for scored in found for verdict in scored.verdicts)


# When there is no verdict ------------------------------------------------------


@pytest.mark.parametrize("language", ["en", None])
def test_under_five_words_there_is_no_verdict(language: str | None) -> None:
    (scored,) = score(
        ["The bell rang .\n\nThe bell rang out loudly."], language=language
    )
    short, long = scored.verdicts
    assert (short.label, short.abstained) == (None, "too-short")
    assert (long.abstained, long.label in LABELS) == (None, True)
    # Findings are given all the same.
    assert [item.code for item in short.findings] == ["MT102"]


@pytest.mark.parametrize("language", ["fr", None])
def test_a_language_without_a_model_gets_no_verdict(language: str | None) -> None:
    (scored,) = score([FR], language=language)
    (verdict,) = scored.verdicts
    assert verdict.language == "fr"
    assert (verdict.label, verdict.abstained) == (None, "language")
    (whole,) = score([FR], language=language, level="document")[0].verdicts
    assert (whole.label, whole.abstained, whole.language) == (None, "language", "fr")


@pytest.mark.parametrize("text", ["", " \n\n\t\r\n"])
def test_an_empty_document_has_no_paragraph_and_no_verdict(text: str) -> None:
    (scored,) = score([text])
    assert scored.verdicts == ()
    (verdict,) = score([text], level="document")[0].verdicts
    assert verdict.span == Span(0, len(text))
    assert (verdict.label, verdict.abstained) == (None, "too-short")


def test_no_document_gives_no_result() -> None:
    assert score([]) == []
    assert list(score_documents([])) == []


def test_a_document_of_short_lines_is_too_short_as_a_whole() -> None:
    (verdict,) = score(["One.\n\nTwo three.\n\nFour ."], level="document")[0].verdicts
    assert verdict.abstained == "too-short"
    assert [item.code for item in verdict.findings] == ["MT102"]


def test_a_document_of_two_languages_takes_the_longer_one() -> None:
    text = f"{EN[0]}\n\n{' '.join(DE)}"
    (verdict,) = score([text], level="document")[0].verdicts
    assert verdict.language == "de"
    check_scored(score([text], level="document")[0], "document")


# Order, batches, processes -----------------------------------------------------


def many() -> list[Document]:
    """Return documents of several lengths, more than one batch of them."""
    parts = [*EN, *DE, FR]
    return [
        Document("\n\n".join(parts[at % 9 :] * (1 + at % 5)), f"d{at}")
        for at in range(30)
    ] + [Document(" ".join(EN) * 700, "long")]


@pytest.mark.parametrize("jobs", [1, 2])
def test_lost_inputs_pass_through_in_their_place(jobs: int) -> None:
    lost = InputError("b.txt", "does not exist; check the spelling")
    first, third = Document(EN[0], "a"), Document(DE[0], "c")
    items: list[Document | InputError] = [first, lost, third, lost]
    found = list(score_documents(items, tier="fast", jobs=jobs))
    kinds = [type(item) for item in found]
    assert kinds == [Scored, InputError, Scored, InputError]
    told = found[1]
    assert isinstance(told, InputError)
    assert str(told) == "b.txt: does not exist; check the spelling"
    assert (told.place, told.problem) == (lost.place, lost.problem)
    assert [item.document.id for item in found if isinstance(item, Scored)] == [
        "a",
        "c",
    ]


def test_two_processes_give_what_one_gives() -> None:
    assert sum(len(item.text) for item in many()) > BATCH_CHARACTERS
    one = score(many(), jobs=1)
    assert [item.document.id for item in one] == [item.id for item in many()]
    assert labels(score(many(), jobs=2)) == labels(one)


def test_what_is_scored_together_changes_nothing() -> None:
    together = score(many(), tier="fast")
    apart = [scored for item in many() for scored in score([item], tier="fast")]
    assert labels(apart) == labels(together)


def test_what_was_scored_before_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts = [*EN, *DE]
    known = [score([text]) for text in texts]
    monkeypatch.setattr(vocabulary, "MOST_CHARACTERS", 0)  # each batch finds it full
    assert [score([text]) for text in texts] == known


@pytest.mark.parametrize("level", ["paragraph", "document"])
def test_what_is_kept_of_earlier_texts_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, level: Any
) -> None:
    texts = ["\n\n".join(part) for part in permutations([*EN, *EN[:2], *DE[:1]], 3)]
    known = [score([text], level=level) for text in texts]
    # Nothing is known of any text, not even of the batch's own.
    monkeypatch.setattr(examined.Kept, "get", lambda *_: None)
    assert [score([text], level=level) for text in texts] == known


def test_the_same_text_is_measured_once(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    measure = Extraction.measure

    def spy(self: Extraction, batch: Batch, clock: Clock | None = None) -> Any:
        sizes.append(len(batch))
        return measure(self, batch, clock)

    monkeypatch.setattr(Extraction, "measure", spy)
    text = "A sentence that no other test has, about the tide tables of 1911."
    score([Document(f"{EN[0]}\n\n{text}", str(number)) for number in range(5)])
    score([f"{text}\n\n{EN[2]}"])
    assert sum(sizes) <= 3
    # The same words are another text where other defects are found.
    n_before = sum(sizes)
    score(["\n\n".join([text] * 3)])
    assert sum(sizes) > n_before


@pytest.mark.parametrize("tier", TIERS)
def test_another_way_of_adding_floats_changes_nothing(
    tier: Tier, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = ["\n\n".join(EN), *map(" ".join, [*permutations(EN, 2), *permutations(DE)])]
    known = score(texts, tier=tier)

    def add(values: Any, /, start: Any = 0) -> Any:
        """Add as Python does from 3.12 on, without the errors of rounding."""
        items = [start, *values]
        is_float = any(isinstance(item, float) for item in items)
        return fsum(items) if is_float else reduce(operator.add, items)

    monkeypatch.setattr("builtins.sum", add)
    assert sum([0.1] * 10) == 1.0
    monkeypatch.setattr(examined.Kept, "get", lambda *_: None)
    assert score(texts, tier=tier) == known


def test_the_collector_of_garbage_is_as_it_was() -> None:
    assert gc.isenabled()
    score(EN, tier="fast")
    assert gc.isenabled()
    with pytest.raises(ValueError, match="no number"), _without_collector():
        int("no number")
    assert gc.isenabled()
    gc.disable()
    try:
        score(EN, tier="fast")
        assert not gc.isenabled()
    finally:
        gc.enable()


def kept_of(*texts: str) -> list[str]:
    """Return which texts are still known after all were judged, one of them twice."""
    kept, judged = examined.Kept(), cast(Any, object())
    for text in texts:
        kept.put((text, (), None), judged)
        kept.get((texts[0], (), None))
    return [text for text in texts if kept.get((text, (), None))]


def test_of_known_texts_the_last_ones_are_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(examined, "MOST_KEPT", 2)
    assert kept_of("a", "b", "c") == ["a", "c"]


def test_of_long_texts_no_more_are_kept_than_fit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(examined, "MOST_KEPT_CHARACTERS", 10)
    assert kept_of("aaaa", "bbbb", "cc", "dd") == ["aaaa", "cc", "dd"]
    assert kept_of("aaaa", "b" * 11) == ["b" * 11]


@pytest.mark.parametrize("level", ["paragraph", "document"])
def test_a_long_document_is_judged_like_a_short_one(
    monkeypatch: pytest.MonkeyPatch, level: Any
) -> None:
    text = "\n\n".join([*EN, *DE, *ODD, FR, *EN[::-1]])
    whole = score([text, *EN], level=level)
    monkeypatch.setattr(scorer, "LARGEST_BATCH", 3)
    monkeypatch.setattr(examined.Kept, "get", lambda *_: None)
    assert score([text, *EN], level=level) == whole


def test_results_come_as_the_documents_do() -> None:
    seen: list[int] = []

    def feed() -> Any:
        for number in range(3):
            seen.append(number)
            yield Document(EN[0] + " x" * BATCH_CHARACTERS, str(number))

    results = score_documents(feed(), tier="fast")
    assert isinstance(next(results), Scored)
    assert seen == [0]


def test_a_document_keeps_its_own_name_and_language() -> None:
    given_one = Document(EN[0], "name", "file.txt", "en")
    (scored,) = score([given_one], language="de")
    assert scored.document is given_one
    assert scored.verdicts[0].language == "en"


def test_texts_are_numbered() -> None:
    assert [item.document.id for item in score(EN, tier="fast")] == list("01234")


def test_a_paragraph_is_read_in_the_light_of_its_neighbours() -> None:
    short = "It is still the same here."
    around = "\n\n".join(EN[:1] + EN[2:3])
    alone = score([short], tier="fast")[0].verdicts[0]
    within = score([f"{around}\n\n{short}"], tier="fast")[0].verdicts[-1]
    assert within.probabilities != alone.probabilities


def test_paragraphs_in_another_language_tell_nothing() -> None:
    german, english = " ".join(DE), " ".join(EN)
    (alone,) = score([german], tier="fast")[0].verdicts
    mixed = score(["\n\n".join([english, german, english])], tier="fast")[0].verdicts
    assert [verdict.language for verdict in mixed] == ["en", "de", "en"]
    assert mixed[1].probabilities == alone.probabilities


# A paragraph of any length -----------------------------------------------------


def test_of_an_endless_paragraph_the_start_is_judged_and_all_is_linted() -> None:
    line = " ".join(EN[:1] + EN[2:3]) + " "
    text = line * (2 * MEASURED_CHARACTERS // len(line)) + "The bell rang ."
    (scored,) = score([text], tier="full", language="en")
    check_scored(scored)
    (verdict,) = scored.verdicts
    assert verdict.span == Span(0, len(text))
    assert verdict.findings[-1].span == Span(len(text) - 2, len(text))
    cut = text.rindex(" ", 0, MEASURED_CHARACTERS)
    (start,) = score([text[:cut]], tier="full", language="en")[0].verdicts
    assert verdict.probabilities == start.probabilities


def test_an_endless_word_is_cut_anywhere() -> None:
    text = "x" * (MEASURED_CHARACTERS + 1)
    (verdict,) = score([text], tier="fast", language="en")[0].verdicts
    assert (verdict.span, verdict.abstained) == (Span(0, len(text)), "too-short")


# Wrong arguments ---------------------------------------------------------------


@pytest.mark.parametrize("text", [EN[0], Document(EN[0])], ids=["text", "document"])
def test_one_text_is_refused(text: Any) -> None:
    message = "^texts must be an iterable of texts, got one text; put it in a list$"
    with pytest.raises(TypeError, match=message):
        mtcheck.score(text)


def test_what_is_no_text_is_refused() -> None:
    message = "^each text must be a string or a Document, got bytes$"
    with pytest.raises(TypeError, match=message):
        mtcheck.score([b"The bell rang."])  # type: ignore[list-item]


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"tier": "best"}, "tier must be one of fast, full, got 'best'"),
        (
            {"level": "word"},
            "level must be one of paragraph, document, got 'word'",
        ),
        (
            {"paragraphs": "page"},
            "paragraphs must be one of auto, blank, line, got 'page'",
        ),
        ({"jobs": 0}, "jobs must be at least 1, got 0"),
    ],
    ids=str,
)
def test_settings_out_of_range_are_refused(
    setting: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigError, match=f"^{message}$"):
        mtcheck.score([EN[0]], **setting)


def test_every_feature_of_the_classifier_is_explained() -> None:
    names = {name for kind in extractors() for name in kind.features}
    raw = open_model().resources("en").json("classifier.full")
    assert set(raw["features"]) == names
