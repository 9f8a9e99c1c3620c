"""Any text gives every feature, and every number can show where it came from."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache, reduce
from itertools import pairwise, product
from math import isfinite, isnan, log
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtcheck import extract
from mtcheck.batch import Batch
from mtcheck.extract import TIERS, Extraction, Tier, extractors, schema
from mtcheck.extract.perplexity import HUMAN
from mtcheck.extract.style import (
    BUCKET_BITS,
    CHAR_ORDERS,
    GRAMS,
    as_features,
    count,
    logits,
)
from mtcheck.extract.synonyms import CONTEXT
from mtcheck.language_model import BITS
from mtcheck.languages import language
from mtcheck.models import open_model
from mtcheck.rules import find_defects
from mtcheck.segment import Passage, passages
from mtcheck.types import Document, Span
from mtcheck.vocabulary import Vocabulary

LANGUAGES = ("de", "en")
SHIFT = "Foreword 🙂 of\xa0the\xa0keeper.\n\n"
"""Put before a paragraph: astral characters and no-break spaces move its offsets."""

# Pieces that tokenizers, sentence splitters and rules stumble on.
PIECES = (
    "the ferry",
    "Die Fähre",
    "was",
    "late",
    "🙂",
    "𝔄rche",
    "\xa0",
    " .",
    "…",
    "3.14",
    "e.g.",
    "z.B.",
    "„",
    "“",
    '"',
    "-",
    "–",
    "’s",
    "\u200b",
    "\ufeff",
    "x" * 60,
    "漢字。",
    "\x00",
    "_",
    "!",
    "?",
    ":",
    "[1]",
    "\r",
    "\n",
)
texts = st.one_of(
    st.text(max_size=120), st.lists(st.sampled_from(PIECES)).map(" ".join)
)


@cache
def opened(language: str, tier: Tier = "full") -> Extraction:
    return Extraction(open_model().resources(language), language, tier)


def batch_of(*passages: Passage, vocabulary: Vocabulary | None = None) -> Batch:
    """Return paragraphs with their findings."""
    findings = [find_defects(passage) for passage in passages]
    return Batch(passages, findings, vocabulary=vocabulary)


def looked_at(text: str, language: str) -> Batch:
    """Return the last paragraph of a text."""
    return batch_of(list(passages(Document(text, language=language), "blank"))[-1])


def measured(text: str, language: str = "en") -> dict[str, float]:
    """Return every feature of a text of one paragraph."""
    return vector(opened(language), looked_at(text, language))


def vector(extraction: Extraction, batch: Batch) -> dict[str, float]:
    """Return every feature of one paragraph."""
    (values,) = extraction.measure(batch)
    return dict(zip(extraction.schema.names, map(float, values), strict=True))


def shown(text: str, feature: str, language: str = "en") -> list[str]:
    """Return the words that a feature shows, the most telling first."""
    batch = looked_at(text, language)
    places = opened(language).locate(batch, 0, feature)
    return [place.of(batch.passages[0].document.text) for place in places]


# Sweeps over every extractor ---------------------------------------------------


def test_the_folder_holds_what_the_issue_asks_for() -> None:
    names = {kind.name for kind in extractors()}
    assert {"perplexity", "synonyms", "rules", "surface", "grammar"} <= names


def test_names_of_extractors_and_features_are_distinct() -> None:
    names = [kind.name for kind in extractors()]
    features = [name for kind in extractors() for name in kind.features]
    assert len(set(names)) == len(names)
    assert len(set(features)) == len(features)


@pytest.mark.parametrize("kind", extractors(), ids=lambda kind: kind.name)
def test_features_are_named_and_explained(kind: type[extract.Extractor]) -> None:
    assert kind.tier in TIERS
    assert kind.version >= 1
    assert kind.features
    for name, meaning in kind.features.items():
        assert re.fullmatch(r"[a-z]+\.[a-z][a-z0-9_]+", name)
        # "style_chars" goes on with what "style" begins.
        assert kind.name.split("_")[0] == name.split(".")[0]
        assert 10 <= len(meaning) <= 120


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=60, deadline=None)
@given(text=texts)
def test_any_text_gives_each_feature_and_places_inside(
    language: str, text: str
) -> None:
    document = Document(SHIFT + text, language=language)
    extraction = opened(language)
    for passage in passages(document, "blank"):
        batch = batch_of(passage)
        values = vector(extraction, batch)
        assert tuple(values) == extraction.schema.names
        span = passage.paragraph.span
        for name, value in values.items():
            assert isfinite(value) or isnan(value), name
            for place in extraction.locate(batch, 0, name):
                assert span.start <= place.start < place.end <= span.end, name


@pytest.mark.parametrize("kind", extractors(), ids=lambda kind: kind.name)
@settings(max_examples=15, deadline=None)
@given(text=texts)
def test_an_extractor_gives_its_own_features_in_order(
    kind: type[extract.Extractor], text: str
) -> None:
    extractor = kind.open(open_model().resources("en"), "en")
    if extractor is None:
        return
    for passage in passages(Document(text, language="en"), "blank"):
        (row,) = extractor.measure(batch_of(passage)).tolist()
        values = dict(zip(kind.features, row, strict=True))
        whole = measured(passage.paragraph.text)
        # By repr: NaN is not equal to itself.
        own = {name: repr(whole[name]) for name in kind.features}
        if passage.index == 0 and len(passage.paragraphs) == 1:
            assert {name: repr(value) for name, value in values.items()} == own


@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_tier_measures_what_its_schema_says(language: str, tier: Tier) -> None:
    extraction = opened(language, tier)
    batch = looked_at("The ferry left. Nobody looked up.", language)
    n_features = len(schema(tier).names)
    assert extraction.schema == schema(tier)
    assert len(vector(extraction, batch)) == n_features
    assert extraction.measure(batch_of(*batch.passages * 3)).shape == (3, n_features)
    assert extraction.measure(batch_of()).shape == (0, n_features)
    assert extraction.measure_all([]).shape == (0, n_features)


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=40, deadline=None)
@given(several=st.lists(texts, min_size=1, max_size=6))
def test_company_changes_no_number_and_no_place(
    language: str, several: list[str]
) -> None:
    extraction = opened(language)
    found = [
        passage
        for text in several
        for passage in passages(Document(text, language=language), "blank")
    ]
    batch = batch_of(*found)
    vectors = extraction.measure(batch)
    assert extraction.measure_all(found).tobytes() == vectors.tobytes()
    for at, passage in enumerate(found):
        alone = batch_of(passage)
        assert extraction.measure(alone).tobytes() == vectors[at].tobytes()
        for name in extraction.schema.names:
            places = list(extraction.locate(alone, 0, name))
            assert list(extraction.locate(batch, at, name)) == places, name


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=30, deadline=None)
@given(before=texts, text=texts)
def test_what_a_vocabulary_met_before_changes_no_number_and_no_place(
    language: str, before: str, text: str
) -> None:
    extraction, vocabulary = opened(language), Vocabulary()
    for read in (before, text):
        found = list(passages(Document(read, language=language), "blank"))
        alone, after = batch_of(*found), batch_of(*found, vocabulary=vocabulary)
        measured = extraction.measure(after).tobytes()
        assert measured == extraction.measure(alone).tobytes()
        for at, name in product(range(len(found)), extraction.schema.names):
            places = list(extraction.locate(after, at, name))
            assert places == list(extraction.locate(alone, at, name)), name


def test_the_fast_tier_is_a_part_of_the_full_one() -> None:
    fast, full = schema("fast").names, schema("full").names
    assert [name for name in full if name in set(fast)] == list(fast)
    assert len(fast) < len(full)


def test_the_fingerprint_tells_names_and_versions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = schema.__wrapped__("full")
    kind = extractors()[0]
    monkeypatch.setattr(kind, "version", kind.version + 1)
    newer = schema.__wrapped__("full")
    monkeypatch.setattr(
        kind, "features", {**kind.features, "more.features": "one more"}
    )
    longer = schema.__wrapped__("full")
    fingerprints = {before.fingerprint, newer.fingerprint, longer.fingerprint}
    assert len(fingerprints) == 3
    assert before.names == newer.names != longer.names
    assert schema("fast").fingerprint not in fingerprints


def test_what_is_not_measured_is_nan() -> None:
    values = measured("The ferry left the bay at noon.")
    assert isnan(values["grammar.mistakes_per_100_words"])
    # One sentence has no spread.
    assert isnan(values["perplexity.sentence_sd_bits"])
    assert isnan(values["surface.sentence_words_sd"])


def test_a_paragraph_without_a_word_has_no_lengths() -> None:
    values = measured("*** --- ***")
    for name in ("surface.word_length", "readability.lix", "perplexity.mean_bits"):
        assert isnan(values[name]), name
    assert values["rules.punctuation_per_100_words"] == 0.0


# Single facts ------------------------------------------------------------------

PLAIN = "The old woman opened the door and asked the children what they wanted."


def test_unknown_words_raise_their_share_and_are_shown() -> None:
    strange = PLAIN.replace("woman", "wompelgrin").replace("door", "zquorf")
    feature = "perplexity.unknown_share"
    assert measured(PLAIN)[feature] == 0.0
    assert measured(strange)[feature] == pytest.approx(2 / 13)
    assert shown(PLAIN, feature) == []
    assert sorted(shown(strange, feature)) == ["wompelgrin", "zquorf"]


def test_a_text_of_unknown_words_only_has_no_surprise() -> None:
    assert isnan(measured("Zquorfel brimpelt wompelgrin.")["perplexity.mean_bits"])


def test_shuffled_words_surprise_more() -> None:
    shuffled = "Wanted the what door they children old asked and opened the woman the."
    for feature in ("perplexity.mean_bits", "perplexity.bare_share"):
        assert measured(shuffled)[feature] > measured(PLAIN)[feature]
    for feature in (
        "perplexity.fluent_share",
        "perplexity.gain_bits",
        "perplexity.function_gain_bits",
    ):
        assert measured(shuffled)[feature] < measured(PLAIN)[feature]


def test_gains_are_what_the_words_before_save() -> None:
    model = open_model().resources("en").language_model(HUMAN).kenlm
    words = PLAIN.lower().rstrip(".").split()
    alone = [next(iter(model.full_scores(word, False, False)))[0] for word in words]
    in_place = [found[0] for found in model.full_scores(" ".join(words), True, False)]
    gains = np.subtract(in_place, alone) * BITS
    is_function = np.isin(words, sorted(language("en").function_words))
    assert 0 < is_function.sum() < len(words)
    values = measured(PLAIN.rstrip("."))
    assert values["perplexity.gain_bits"] == pytest.approx(gains.mean())
    expected = pytest.approx(gains[is_function].mean())
    assert values["perplexity.function_gain_bits"] == expected


def test_words_that_their_context_saves_least_are_shown_first() -> None:
    odd = PLAIN.replace("opened the door", "opened of door")
    assert shown(odd, "perplexity.function_gain_bits")[0] == "of"
    assert shown(odd, "perplexity.gain_bits")[0] in {"of", "door"}


def test_a_text_without_function_words_has_no_gain_of_theirs() -> None:
    values = measured("Old ferries left port.")
    assert isnan(values["perplexity.function_gain_bits"])
    assert not isnan(values["perplexity.gain_bits"])


SPUN = {
    "en": (
        "The government decided to build a new hospital near the centre of the city.",
        "The government determined to construct a fresh hospital near the heart of "
        "the metropolis.",
    ),
    "de": (
        "Die Regierung hat beschlossen, das alte Haus am Rande der Stadt zu kaufen.",
        "Die Obrigkeit hat beschlossen, das betagte Gebäude am Saume der Stadt zu "
        "erstehen.",
    ),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_rare_synonyms_raise_the_gain(language: str) -> None:
    plain, spun = (measured(text, language) for text in SPUN[language])
    for feature in ("synonyms.gain_bits_per_word", "synonyms.max_gain_bits"):
        assert spun[feature] > plain[feature]


def test_spun_words_are_shown_the_worst_first() -> None:
    words = shown(SPUN["en"][1], "synonyms.gain_bits_per_word")
    assert "metropolis" in words
    assert "hospital" not in words[:1]


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=20, deadline=None)
@given(parts=st.lists(st.sampled_from([*SPUN["en"], *SPUN["de"], *PIECES]), max_size=8))
def test_gains_are_what_reading_whole_sentences_gives(
    language: str, parts: list[str]
) -> None:
    resources = open_model().resources(language)
    model, table = resources.language_model(HUMAN).kenlm, resources.table("synonyms")

    def read(words: list[str], at: int) -> float:
        """Return the log10 of four words, in a sentence read from its start."""
        found = list(model.full_scores(" ".join(words), True, False))
        logs: list[float] = [log for log, _, _ in found[at : at + 1 + CONTEXT]]
        return sum(logs)

    batch = looked_at(f"{' '.join(parts)} The end.", language)
    gains = [
        BITS
        * max(
            0,
            *(
                read([*words[:at], word, *words[at + 1 :]], at) - own
                for word in table[text]
            ),
        )
        for passage in batch.passages
        for line in passage.tokens
        for words in [line.line.split()]
        for at, text in enumerate(words)
        if text in table
        for own in [read(words, at)]
    ]
    total = vector(opened(language), batch)["synonyms.gain_bits_per_word"]
    assert total * len(batch.plain) == pytest.approx(sum(gains))


def test_a_tortured_phrase_is_found_with_its_place() -> None:
    phrases = open_model().resources("en").table("tortured")
    phrase = next(
        phrase for phrase in phrases if re.fullmatch(r"[a-z]{4,} [a-z]{4,}", phrase)
    )
    text = f"The survey then turns to {phrase} and to what came of it."
    feature = "synonyms.tortured_per_100_words"
    assert measured(PLAIN)[feature] == 0.0
    assert measured(text)[feature] > 0
    assert shown(text, feature) == [phrase]


def test_rates_count_the_findings_of_their_family() -> None:
    clean = "The ferry was late. Nobody minded, for the sun was out all day. " * 2
    faulty = clean.replace("late.", "late. .")
    feature = "rules.punctuation_per_100_words"
    assert measured(clean)[feature] == 0.0
    n_words = len(clean.split())
    assert measured(faulty)[feature] == pytest.approx(2 * 100 / n_words)
    assert shown(faulty, feature) == [" .", " ."]


def test_a_finding_in_a_short_paragraph_counts_like_one_in_twenty_words() -> None:
    feature = "rules.punctuation_per_100_words"
    assert measured("The ferry was late. .")[feature] == 5.0


@pytest.mark.parametrize(
    ("feature", "text", "words"),
    [
        ("surface.digit_share", "In 1911 the 3 boats left.", ["1911", "3"]),
        ("surface.questions_per_100_words", "Who left? Nobody!", ["?", "!"]),
        ("surface.brackets_per_100_words", "It rained (a lot) here.", ["("]),
        ("surface.colons_per_100_words", "Three left: two; one.", [":", ";"]),
        ("surface.hyphenated_share", "A well-known ferry left.", ["well-known"]),
    ],
)
def test_what_the_surface_counts_is_shown(
    feature: str, text: str, words: list[str]
) -> None:
    assert measured(text)[feature] > 0
    assert shown(text, feature) == words
    assert shown(PLAIN, feature) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_places_hold_behind_astral_characters_and_no_break_spaces(
    language: str,
) -> None:
    text = f"🙂 {SPUN[language][1]} 𝔄\xa0zquorf 1911."
    extraction = opened(language)
    for name in extraction.schema.names:
        alone = shown(text, name, language)
        assert shown(SHIFT + text, name, language) == alone, name
    batch = looked_at(SHIFT + text, language)
    (place, *_) = extraction.locate(batch, 0, "surface.digit_share")
    assert place == Span(*re.search("1911", SHIFT + text).span())  # type: ignore[union-attr]


@pytest.mark.parametrize("language", LANGUAGES)
def test_models_of_sentences_show_sentences_or_words(language: str) -> None:
    text = " ".join(SPUN[language])
    extraction = opened(language)
    found = {name for name in extraction.schema.names if shown(text, name, language)}
    assert {"perplexity.mean_bits", "synonyms.spun_share"} <= found
    assert any(name.startswith("style.") for name in found)


def naive_codes(kind: str, lines: list[list[str]]) -> Iterator[int]:
    """Yield the code of each n-gram of a paragraph's masked sentences, one by one."""
    if kind != "char":
        for codes in ([crc32(token.encode()) for token in line] for line in lines):
            yield from codes
            yield from (left * 31 + right + 1 for left, right in pairwise(codes))
            if kind == "class":
                threes = zip(codes, codes[1:], codes[2:], strict=False)
                yield from ((a * 31 + b + 1) * 31 + c + 2 for a, b, c in threes)
        return
    points = [*map(ord, " ".join(token for line in lines for token in line))]
    for order in CHAR_ORDERS:
        for start in range(len(points) - order + 1):
            head, *rest = points[start : start + order]
            run = reduce(lambda run, point: run * 1000003 ^ point, rest, head * 7919)
            yield (run & 0xFFFFFFFF) + order


@pytest.mark.parametrize("kind", GRAMS)
@settings(max_examples=40, deadline=None)
@given(several=st.lists(texts, max_size=6))
def test_n_grams_are_counted_as_one_by_one(kind: str, several: list[str]) -> None:
    mask = GRAMS[kind].mask(open_model().resources("en"), "en")
    found = [
        passage
        for text in several
        for passage in passages(Document(text, language="en"), "blank")
    ]
    batch = batch_of(*found)
    hidden = batch.vocabulary.hidden(mask).every
    tokens = iter([hidden[number] for number in batch.ids.tolist()])
    expected = {}
    for at, passage in enumerate(found):
        lines = [[next(tokens) for _ in line.written] for line in passage.tokens]
        codes = naive_codes(kind, lines)
        buckets = [code * 2654435761 % 2**32 >> 32 - BUCKET_BITS for code in codes]
        for bucket, n in Counter(buckets).items():
            expected[at, bucket] = pytest.approx(1 + log(n))
    sizes, counted, weights = count(batch, GRAMS[kind].make(batch, mask))
    owners = [at for at, size in enumerate(sizes.tolist()) for _ in range(size)]
    places = list(zip(owners, counted.tolist(), strict=True))
    assert len(places) == len(expected)
    assert dict(zip(places, weights.tolist(), strict=True)) == expected


def test_style_for_a_machine_grows_with_the_text_and_no_other() -> None:
    found = as_features(np.array([[3.0, 1.0, 5.0]] * 3), np.array([100, 1600, 0]))
    by_name = dict(zip(logits("word", "its words"), found.T.tolist(), strict=True))
    assert by_name == {
        "style.word_rewritten_logit": [3.0] * 3,
        "style.word_machine_logit": [1.0, 2.0, 0.0],
        "style.word_round_trip_logit": [5.0, 10.0, 0.0],
        "style.word_rewritten_over_round_trip_logit": [-2.0] * 3,
    }


@pytest.mark.parametrize("told", ["machine", "rewritten_over_round_trip"])
@pytest.mark.parametrize("kind", GRAMS)
def test_style_shows_phrases_of_a_sentence(kind: str, told: str) -> None:
    text = "The surveyors measured the cellar. According to the minutes, it grew."
    phrases = shown(text, f"style.{kind}_{told}_logit")
    assert len(phrases) == len(set(phrases)) == 12  # one around each token
    assert {"The surveyors", "surveyors measured the", "it grew"} <= set(phrases)
    assert not any("cellar. According" in phrase for phrase in phrases)
