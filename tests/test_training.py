"""From a small data folder to a model that scores, twice with the same bytes."""

import gzip
import hashlib
import json
import lzma
import os
import random
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from conftest import ROOT, lacking
from tiny_data import SPUN, make_data, paragraph

import mtcheck
from mtcheck.classify import READINGS, AdditiveModel
from mtcheck.errors import InputError, ResourceError
from mtcheck.extract import TIERS, Extraction, Tier, schema
from mtcheck.extract.style import GRAMS
from mtcheck.models import open_model
from mtcheck.rules import find_defects
from mtcheck.types import LABELS, Document, Label
from training import lexicons
from training.__main__ import main
from training.additive import chance, wary
from training.damage import (
    DAMAGES,
    WINDOW_WORDS,
    damaged,
    doubled_word,
    dropped_word,
    glued_sentences,
    made_rows,
    notice,
    orphan_stop,
    shuffled_words,
    spaced_mark,
    stray_fragment,
    window,
)
from training.data import PLAIN_STRIDE, Row, read_added, read_plain
from training.kenlm_tools import KenlmTools, find_or_build
from training.kinds import KINDS, kind_index
from training.lexicons import (
    MAX_ALTERNATIVES,
    MIN_COUNT,
    THESAURI,
    inflected,
    spun_pairs,
    substitution_table,
    thesaurus_groups,
    tortured_phrases,
)
from training.measured import (
    Corpus,
    Measured,
    Noise,
    Spread,
    measure_out_of_fold,
)
from training.pages import GOLD, PAGES, WEB_PARAGRAPHS, WEB_WORDS, read_noise, read_web
from training.round_trip import need
from training.style import Weights

SEED = 11
Damage = Callable[[str, str, random.Random], str]

TEXT = (
    "The keeper lit the lamp at dusk. The captain saw it from the bay and turned his "
    "old boat towards the quay. Nobody in the village had slept, for the wind was "
    "strong. At dawn, the nets were full of fish and the children ran down to help."
)
GERMAN = (
    "Der Wirt kaufte am Montag ein altes Boot. Niemand im Dorf wusste davon, denn er "
    "sprach mit keinem. Am Freitag lag es dann im Hafen und war schon blau gestrichen."
)


@pytest.fixture(scope="session")
def tools() -> KenlmTools:
    """Return the KenLM programs, and see to the thesauri and translators."""
    try:
        for language in THESAURI:
            next(thesaurus_groups(language))
        need("en")
        return find_or_build()
    except ResourceError as error:
        lacking(str(error))


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small data folder."""
    return make_data(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="session")
def mine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file of a user's own rows."""
    random_ = random.Random(5)
    path = tmp_path_factory.mktemp("added") / "mine.jsonl.gz"
    rows = [
        {"text": paragraph("en", random_), "label": "original", "lang": "en"}
        for _ in range(12)
    ]
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(one) + "\n" for one in rows)
    return path


def train(data: Path, output: Path, tools: KenlmTools, mine: Path) -> None:
    """Run the training command as a user does."""
    command = [sys.executable, "-m", "training", "--data", str(data)]
    command += ["--add", str(mine)]
    done = subprocess.run(
        [*command, "--output", str(output), "--seed", str(SEED)],
        cwd=ROOT,
        env={**os.environ, "KENLM_BIN": str(tools.folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session")
def tiny(
    data: Path, tools: KenlmTools, mine: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Return the model folder of a training from nothing."""
    output = tmp_path_factory.mktemp("models") / "tiny"
    train(data, output, tools, mine)
    return output


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file of a folder."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


# The command -------------------------------------------------------------------


def test_the_model_opens_and_its_card_is_complete(tiny: Path) -> None:
    model = open_model(tiny)
    assert (model.name, set(model.languages)) == ("tiny", {"de", "en"})
    assert model.card["schema"] == schema("full").fingerprint
    assert model.signature.startswith("tiny@")
    assert model.signature.endswith(f"|seed:{SEED}")
    listed = {name: entry["sha256"] for name, entry in model.card["files"].items()}
    found = digests(tiny)
    del found["card.json"]
    assert found == listed
    for code in model.languages:
        assert set(model.card["thresholds"][code]) == set(TIERS)
        assert model.card["licences"][code] == list(lexicons.LICENCES[code])


def test_the_card_says_how_often_people_pass_and_what_was_learnt_from(
    tiny: Path,
) -> None:
    card = open_model(tiny).card
    for code in ("de", "en"):
        for tier in TIERS:
            found = card["false_alarms"][code][tier]
            for reading in READINGS:
                for label in ("paraphrased", "machine_mangled"):
                    share, low, high = found[reading]["all"][label]["0.05"]
                    assert 0 <= low <= share <= high <= 1
    sources = card["data"]["sources"]["en"]
    # Some are left out, for the human text holds a run of their words.
    assert 0 < sources["mine"]["rows"] <= 12
    assert sources["mine"]["licences"] == ["unknown"]
    assert {"plain_made", "spin_heavy", "apertium_spanish"} <= set(sources)
    assert "added/mine.jsonl.gz" in card["data"]["files"]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "line 2: not JSON ("),
        ("[]", "line 2: must be a JSON object"),
        ('{"label": "original", "lang": "en"}', "line 2: text must be a text"),
        ('{"text": " ", "label": "original", "lang": "en"}', "line 2: text must be"),
        ('{"text": "a", "label": "odd", "lang": "en"}', "line 2: label must be one of"),
        ('{"text": "a", "label": "original", "lang": 7}', "line 2: lang must be"),
    ],
)
def test_an_added_row_that_does_not_fit_is_named(
    line: str, problem: str, tmp_path: Path
) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_text('{"text": "a b", "label": "original", "lang": "en"}\n' + line)
    with pytest.raises(InputError, match=re.escape(f"{path}: {problem}")):
        read_added(path)


def test_an_added_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl.gz"
    path.write_bytes(b"not packed")
    with pytest.raises(InputError, match=re.escape(f"{path}: cannot be read (")):
        read_added(path)
    empty = tmp_path / "empty.jsonl"
    empty.write_text("\n")
    with pytest.raises(InputError, match="holds no row"):
        read_added(empty)


def test_added_rows_of_a_language_without_data_are_refused(
    data: Path, tmp_path: Path
) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_text('{"text": "ein to tre", "label": "original", "lang": "nn"}')
    done = CliRunner().invoke(main, ["--data", str(data), "--add", str(path)])
    assert done.exit_code == 1
    assert "rows of nn need" in done.output


def test_what_is_not_told_of_an_added_row_is_the_usual(tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_text('{"text": "a  b", "label": "paraphrased", "lang": "en"}')
    (found,) = read_added(path)
    expected = Row(
        "a b", "en", Label.PARAPHRASED, "mine", "llm_rewrite", "mine:1", "", "unknown"
    )
    assert found == expected


def test_plain_text_is_parted_into_lines_and_rows(data: Path) -> None:
    plain = read_plain(data, "en", 7)
    assert plain == read_plain(data, "en", 7)
    (path,) = (data / "lm").glob("en.*.txt.xz")
    with lzma.open(path, "rt", encoding="utf-8") as file:
        lines = [line.strip() for line in file]
    (own,) = plain.lines.values()
    kept = iter(lines)
    assert all(line in kept for line in own)  # in their order
    assert 0 < len(plain.rows) <= len(lines) // PLAIN_STRIDE
    words = sum(len(one.text.split()) for one in plain.rows)
    words += sum(len(line.split()) for line in own)
    assert words == sum(len(line.split()) for line in lines)


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("tier", TIERS)
def test_the_model_scores(tiny: Path, language: str, tier: Tier) -> None:
    text = paragraph(language, random.Random(99))
    (scored,) = mtcheck.score([text], model=tiny, language=language, tier=tier)
    (verdict,) = scored.verdicts
    assert verdict.label in LABELS
    assert verdict.probabilities is not None
    assert sum(verdict.probabilities.values()) == pytest.approx(1)


def test_the_model_has_learnt_what_was_plain_to_see(tiny: Path) -> None:
    random_ = random.Random(98)
    texts = [paragraph("en", random_) for _ in range(12)]
    salad = [
        " ".join(random_.sample(text.split(), len(text.split()))) for text in texts
    ]

    def human(chosen: list[str]) -> float:
        found = mtcheck.score(chosen, model=tiny, language="en")
        shares = [scored.verdicts[0].probabilities or {} for scored in found]
        return sum(share[Label.ORIGINAL] for share in shares)

    assert human(texts) > human(salad)


def test_the_tables_hold_what_the_lexicons_say(tiny: Path) -> None:
    resources = open_model(tiny).resources("en")
    # "the old" is used by our people; the third phrase has no licence.
    assert resources.table("tortured") == {"profound learning": ("deep learning",)}
    assert resources.table("synonyms")["dwelling"] == ("house",)
    assert open_model(tiny).resources("de").table("tortured") == {}


def test_twice_the_same_gives_the_same_bytes(
    tiny: Path, data: Path, tools: KenlmTools, mine: Path, tmp_path: Path
) -> None:
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny" / "old").write_text("an older model")
    train(data, tmp_path / "tiny", tools, mine)
    assert digests(tmp_path / "tiny") == digests(tiny)


def test_a_folder_without_data_is_refused(tmp_path: Path) -> None:
    run = CliRunner().invoke(main, ["--data", str(tmp_path)])
    assert run.exit_code == 1
    assert run.output == (
        f"Error: {tmp_path}: needs paragraphs/train.<language>.jsonl.xz; "
        "name the folder with --data\n"
    )


def test_programs_that_fail_are_named(tools: KenlmTools, tmp_path: Path) -> None:
    start = r"^lmplz failed: [\s\S]+; training needs cmake, a C\+\+ compiler, zlib and "
    with pytest.raises(ResourceError, match=start):
        tools.estimate(["a b c"], tmp_path / "out.klm", 0, (0,))


def test_programs_may_be_named(
    tools: KenlmTools, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KENLM_BIN", str(tools.folder))
    assert find_or_build() == tools


def test_without_a_compiler_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KENLM_BIN", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    message = (
        "KenLM's lmplz is missing; to build it, install cmake, a C++ compiler, zlib "
        "and Boost (on Debian: apt-get install cmake g++ zlib1g-dev "
        "libboost-system-dev libboost-thread-dev libboost-program-options-dev "
        "libboost-test-dev)"
    )
    with pytest.raises(ResourceError, match=f"^{re.escape(message)}$"):
        find_or_build()


# Damage ------------------------------------------------------------------------


def row(text: str = TEXT, language: str = "en", label: Label = Label.ORIGINAL) -> Row:
    """Return a labelled row."""
    return Row(text, language, label, "ours", "human", "d1", "", "Apache-2.0")


def codes(text: str, language: str = "en") -> list[str]:
    """Return the codes of the findings in a text."""
    return [found.code for found in find_defects(row(text, language).passage())]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
@pytest.mark.parametrize(("text", "language"), [(TEXT, "en"), (GERMAN, "de")])
def test_damage_changes_a_text_and_repeats_itself(
    damage: Damage,
    text: str,
    language: str,
) -> None:
    found = {damage(text, language, random.Random(seed)) for seed in range(20)}
    assert any(other != text for other in found)
    again = {damage(text, language, random.Random(seed)) for seed in range(20)}
    assert found == again


@pytest.mark.parametrize(
    ("damage", "code"),
    [(orphan_stop, "MT101"), (spaced_mark, "MT102")],
    ids=lambda value: getattr(value, "__name__", value),
)
@pytest.mark.parametrize("seed", range(5))
def test_damage_that_rules_know_is_found(
    damage: Damage,
    code: str,
    seed: int,
) -> None:
    assert codes(TEXT) == []
    assert code in codes(damage(TEXT, "en", random.Random(seed)))


@pytest.mark.parametrize(("text", "language"), [(TEXT, "en"), (GERMAN, "de")])
def test_a_notice_is_appended_and_the_plain_ones_are_found(
    text: str, language: str
) -> None:
    texts = {notice(text, language, random.Random(seed)) for seed in range(20)}
    assert all(other.startswith(f"{text} ") for other in texts)
    assert {code[:3] for other in texts for code in codes(other, language)} == {"MT6"}


def test_glued_sentences_are_found_where_the_space_is_gone() -> None:
    texts = {glued_sentences(TEXT, "en", random.Random(seed)) for seed in range(20)}
    glued = [text for text in texts if re.search(r"[a-z]\.[A-Z]", text)]
    assert glued
    for text in glued:
        assert codes(text) == ["MT301"]


def test_a_fragment_repeats_the_end_of_a_sentence() -> None:
    text = stray_fragment(TEXT, "en", random.Random(1))
    added = text.removeprefix(TEXT).strip(" .").split()
    assert 1 <= len(added) <= 2
    assert " ".join(added) in TEXT


def test_a_doubled_word_stands_twice() -> None:
    text = doubled_word(TEXT, "en", random.Random(4))
    assert len(text.split()) == len(TEXT.split()) + 1
    assert re.sub(r"\b(\w+) \1\b", r"\1", text) == TEXT


def test_a_shuffled_sentence_keeps_its_words() -> None:
    text = shuffled_words(TEXT, "en", random.Random(3))
    assert text != TEXT
    assert sorted(text.split()) == sorted(TEXT.split())


def test_a_dropped_word_is_gone() -> None:
    text = dropped_word(TEXT, "en", random.Random(3))
    assert len(text.split()) == len(TEXT.split()) - 1


@pytest.mark.parametrize(
    "damage", [glued_sentences, spaced_mark, doubled_word, dropped_word]
)
def test_a_text_without_a_place_for_damage_stays(
    damage: Damage,
) -> None:
    assert damage("Ende", "de", random.Random(1)) == "Ende"


def test_a_stop_is_put_behind_a_text_without_one() -> None:
    assert orphan_stop("Ende", "de", random.Random(1)) == "Ende ."


def test_a_damaged_row_is_made_and_mangled() -> None:
    found = damaged(row(), random.Random(2))
    assert (found.label, found.detail, found.is_made) == (
        Label.MACHINE_MANGLED,
        "damaged",
        True,
    )
    assert found.text != TEXT
    assert found.doc_id == "d1"


@pytest.mark.parametrize("seed", range(10))
def test_a_window_is_a_run_of_words(seed: int) -> None:
    found = window(row(label=Label.PARAPHRASED), random.Random(seed))
    assert found.text in TEXT
    assert WINDOW_WORDS[0] <= len(found.text.split()) <= WINDOW_WORDS[1]
    assert (found.label, found.is_made) == (Label.PARAPHRASED, True)


def test_made_rows_know_what_they_are_made_of() -> None:
    given = [row(), row("Too short.", label=Label.PARAPHRASED)] * 200
    made = made_rows(given, 7)
    assert made == made_rows(given, 7)
    assert made != made_rows(given, 8)
    assert {at % 2 for at, _ in made} == {0}
    assert {found.detail for _, found in made} == {"damaged", "human"}


# Lexicons ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "ending", "language", "form"),
    [
        ("use", "ing", "en", "using"),
        ("use", "ed", "en", "used"),
        ("carry", "s", "en", "carries"),
        ("carry", "ed", "en", "carried"),
        ("play", "s", "en", "plays"),
        ("wish", "s", "en", "wishes"),
        ("wish", "", "en", "wish"),
        ("kaufen", "te", "de", "kaufte"),
        ("kaufen", "s", "de", "kaufens"),
        ("alt", "es", "de", "altes"),
    ],
)
def test_words_are_inflected(word: str, ending: str, language: str, form: str) -> None:
    assert inflected(word, ending, language) == form


def test_a_word_gets_the_commoner_words_of_its_group() -> None:
    counts = {"dwelling": 30, "house": 900, "home": 500, "abode": 59, "dwellings": 20}
    counts |= {"houses": 70, "shack": MIN_COUNT - 1}
    groups = [("dwelling", ["house", "home", "abode", "shack"])]
    table = substitution_table("en", groups, counts)
    assert table["dwelling"] == ("house", "home")  # "abode" is not twice as common
    assert table["dwellings"] == ("houses",)
    assert table["abode"] == ("house", "home")
    assert "house" not in table
    # Too rare to be written for another, which is why it is looked at.
    assert table["shack"] == ("house", "home", "abode")
    assert "shack" not in {word for words in table.values() for word in words}


def test_a_word_gets_the_commonest_few() -> None:
    words = [f"{letter}word" for letter in "abcdefgh"]
    counts = {word: 100 + at for at, word in enumerate(words)} | {"rare": 30}
    table = substitution_table("en", [("rare", words)], counts)
    assert table == {"rare": tuple(reversed(words))[:MAX_ALTERNATIVES]}


def test_groups_of_free_lexicons_are_read(data: Path) -> None:
    groups = dict(spun_pairs(data))
    assert groups == {new: [old] for old, new in SPUN["en"].items()}


def test_phrases_that_people_use_are_left_out(data: Path) -> None:
    assert tortured_phrases(data, ["we saw the old boat"]) == {
        "profound learning": "deep learning"
    }
    assert tortured_phrases(data, []).keys() == {"profound learning", "the old"}


def test_a_thesaurus_gives_single_words_in_lower_case(tools: KenlmTools) -> None:
    for language in THESAURI:
        groups = list(thesaurus_groups(language))
        assert len(groups) > 1000
        for head, words in groups[:2000]:
            assert words
            for word in (head, *words):
                assert re.fullmatch(r"[^\W\d_]{3,}", word)
                assert word == word.lower()


def test_a_missing_thesaurus_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "thesaurus.dat"
    monkeypatch.setitem(THESAURI, "en", (path, "mythes-en-us"))
    message = f"training needs {path}; on Debian: apt-get install mythes-en-us"
    with pytest.raises(ResourceError, match=f"^{re.escape(message)}$"):
        next(thesaurus_groups("en"))


def test_a_card_is_json_that_people_can_read(tiny: Path) -> None:
    text = (tiny / "card.json").read_text(encoding="utf-8")
    assert text.count("\n") > 50
    assert json.loads(text)["name"] == "tiny"


# What is measured --------------------------------------------------------------


def test_rows_are_measured_in_training_as_texts_are_later(tiny: Path) -> None:
    random_ = random.Random(4)
    rows = [row(paragraph("en", random_)) for _ in range(30)]
    weights = {kind: np.load(tiny / "en" / f"style.{kind}.npy") for kind in GRAMS}
    found = Corpus.of(rows, tiny / "en").styled(weights)
    extraction = Extraction(open_model(tiny).resources("en"), "en", "full")
    expected = extraction.measure_all([one.passage() for one in rows])
    assert np.allclose(found, expected, rtol=1e-4, atol=1e-5, equal_nan=True)


def test_a_manner_without_rows_is_not_measured(tiny: Path) -> None:
    names = list(schema("full").names)
    extraction = Extraction(open_model(tiny).resources("de"), "de", "full")
    (found,) = extraction.measure_all([row(GERMAN, "de").passage()])
    assert np.isnan(found[names.index("style.word_round_trip_logit")])
    assert not np.isnan(found[names.index("style.word_machine_logit")])


def test_style_by_other_weights_is_put_to_one_scale(tiny: Path) -> None:
    random_ = random.Random(6)
    rows = [
        replace(row(paragraph("en", random_)), source=source)
        for source in ("plain_sea", "plain_law", "plain_law", "news") * 8
    ]
    corpus = Corpus.of(rows, tiny / "en")
    weights = {kind: np.load(tiny / "en" / f"style.{kind}.npy") for kind in GRAMS}
    doubled = {kind: found * [3, 3, 3, 1] for kind, found in weights.items()}
    here, there = corpus.spread(weights), corpus.spread(doubled)
    assert there.centre == pytest.approx(here.centre * 3)
    moved = corpus.styled(doubled, there, here)
    assert np.allclose(moved, corpus.styled(weights), equal_nan=True, atol=1e-4)
    assert not np.allclose(corpus.styled(doubled), moved, equal_nan=True, atol=1e-4)
    # Without plain text nothing is moved.
    none = corpus.take([at for at, one in enumerate(rows) if one.source == "news"])
    assert set(none.spread(weights).centre) == {0.0}
    assert set(none.spread(weights).width) == {1.0}


def test_each_source_of_plain_text_counts_alike(tiny: Path) -> None:
    random_ = random.Random(6)
    one, *others = [row(paragraph("en", random_)) for _ in range(9)]
    rows = [replace(one, source="plain_sea")]
    rows += [replace(other, source="plain_law") for other in others]
    corpus = Corpus.of(rows, tiny / "en")
    weights = {kind: np.load(tiny / "en" / f"style.{kind}.npy") for kind in GRAMS}
    sea, law = corpus.take([0]), corpus.take(range(1, 9))
    both = (sea.spread(weights).centre + law.spread(weights).centre) / 2
    found = corpus.spread(weights)
    assert isinstance(found, Spread)
    assert found.centre == pytest.approx(both)


N_LEARNT = 72
"""Rows that style is learnt from in the tests of windows, of two folds."""


def learnt(tiny: Path, sources: list[str]) -> tuple[Corpus, Corpus]:
    """Return rows of all labels by turns, and a window of each, damaged after them."""
    random_ = random.Random(9)
    rows = [
        replace(
            row(paragraph("en", random_), label=LABELS[at % len(LABELS)]),
            source=sources[at // len(LABELS) % len(sources)],
        )
        for at in range(N_LEARNT)
    ]
    made = [window(one, random_) for one in rows]
    made += [damaged(one, random_) for one in rows]
    return Corpus.of(rows, tiny / "en"), Corpus.of(made, tiny / "en")


NARROW = ["wmt16", "wmt20", "ntrex19"]
"""Sources of one domain, none of plain text."""


def measure(corpus: Corpus, made: Corpus) -> tuple[Measured, dict[str, Weights]]:
    """Return what is measured by two folds, which the rows are of by turns."""
    turns = [at % 2 for at in range(N_LEARNT)]
    places = [*range(N_LEARNT)] * 2
    return measure_out_of_fold(corpus, made, places, turns, turns, lambda _: None)


def test_windows_teach_style_where_domains_are_too_few(tiny: Path) -> None:
    corpus, made = learnt(tiny, NARROW)
    windows = made.take(range(N_LEARNT))
    met = replace(
        windows, rows=tuple(replace(one, is_made=False) for one in windows.rows)
    )
    _, weights = measure(corpus, made)
    for kind, expected in corpus.joined(met).fit().items():
        assert np.array_equal(weights[kind], expected)
    assert any(
        not np.array_equal(weights[kind], found) for kind, found in corpus.fit().items()
    )


def test_windows_teach_no_style_where_domains_are_many(tiny: Path) -> None:
    corpus, made = learnt(tiny, ["wmt16", "iwslt", "par3", "bio21"])
    _, weights = measure(corpus, made)
    for kind, expected in corpus.fit().items():
        assert np.array_equal(weights[kind], expected)


def test_windows_of_a_fold_teach_nothing_about_its_rows(tiny: Path) -> None:
    corpus, made = learnt(tiny, NARROW)
    told = replace(
        made,
        rows=tuple(
            replace(one, label=Label.ORIGINAL) if at % 2 == 0 else one
            for at, one in enumerate(made.rows)
        ),
    )
    before, after = measure(corpus, made)[0], measure(corpus, told)[0]
    own = np.arange(len(before.rows)) % 2 == 0
    assert np.array_equal(before.vectors[own], after.vectors[own], equal_nan=True)
    assert not np.array_equal(before.vectors, after.vectors, equal_nan=True)


def kind_of(text_row: Row) -> str:
    """Return the name of the row's kind."""
    return KINDS[kind_index(text_row)].name


def test_every_row_is_of_a_kind_of_its_label() -> None:
    people = row()
    spun = replace(people, label=Label.PARAPHRASED, detail="spun")
    trip = replace(people, label=Label.MACHINE_MANGLED, source="apertium_catalan")
    met = replace(trip, source="detectrl", detail="garbled_back_translation")
    assert kind_of(people) == "original"
    assert kind_of(spun) == "spun"
    assert kind_of(replace(spun, detail="llm_rewrite")) == "rewritten"
    assert (kind_of(trip), kind_of(met)) == ("sent round", "translated")
    assert kind_of(damaged(people, random.Random(1))) == "damaged"
    for one in (people, spun, trip, met):
        assert KINDS[kind_index(one)].label == one.label


def test_labels_weigh_alike_and_kinds_as_they_shall() -> None:
    spun = replace(row(), label=Label.PARAPHRASED, detail="spun", source="spin_light")
    rows = [row()] * 50 + [spun] * 30
    rows += [replace(spun, detail="llm_rewrite", source="a")] * 10
    rows += [row(label=Label.MACHINE_MANGLED)] * 3
    measured = Measured.strange(rows, np.zeros((len(rows), 2)))
    weights, labels = measured.weights, measured.labels
    sums = [weights[labels == at].sum() for at in range(3)]
    assert sums == pytest.approx([len(rows) / 3] * 3)
    is_spun = np.array([one.detail == "spun" for one in rows])
    rewritten = weights[(labels == 1) & ~is_spun].sum()
    assert weights[is_spun].sum() == pytest.approx(0.3 * rewritten)


def test_what_findings_add_by_chance_is_a_rate_a_word(tiny: Path) -> None:
    text = "The ferry left the old harbour. . It came back at noon.\n\nToo short."
    clean = "The ferry left the old harbour, it came back at noon."
    folder = tiny / "en"
    names = schema().names
    at = names.index("rules.punctuation_per_100_words")
    model = AdditiveModel(
        names,
        tuple(np.array([0.0] if here == at else []) for here in range(len(names))),
        tuple(
            np.array([[0.0, 0, 0], [-1, 0, 2], [0, 0, 0]][: 3 if here == at else 2])
            * (here == at)
            for here in range(len(names))
        ),
        np.zeros(3),
        (0, 1, 2),
    )
    columns = list(range(len(names)))
    found = []
    for texts in ([text], [text, text], [clean]):
        documents = [Document(one, "a", None, "en") for one in texts]
        noise = Noise.of(documents, folder, "en")
        assert noise.n_words == 11 * len(texts)
        found.append(chance(model, noise, columns))
    assert found[0] == found[1] == pytest.approx([-1 / 11, 0, 2 / 11], abs=1e-6)
    assert found[2] == [0, 0, 0]
    assert chance(model, Noise.of([], folder, "en"), columns) == [0, 0, 0]


def test_noise_is_read_of_some_pages_of_a_language(tmp_path: Path) -> None:
    assert read_noise(tmp_path, "en") == []
    (tmp_path / "scraped").mkdir()
    with lzma.open(tmp_path / PAGES, "wt", encoding="utf-8") as file:
        for at in range(900):
            raw = {"id": f"{at}", "lang": "de" if at % 9 else "en", "text": f"S {at}"}
            file.write(json.dumps(raw) + "\n")
    assert len(read_noise(tmp_path, "en")) == 100
    german = read_noise(tmp_path, "de")
    assert len(german) == 400
    assert german[1] == Document("S 3", "3", None, "de")


def write_pages(data: Path, pages: list[dict[str, Any]]) -> None:
    (data / "scraped").mkdir()
    for name in (PAGES, GOLD):
        with lzma.open(data / name, "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(page) + "\n" for page in pages)


def marked(
    id_: str, text: str, main: str = "", **snippets: list[str]
) -> dict[str, Any]:
    return {
        "id": id_,
        "raw_id": id_,
        "lang": "en",
        "source": "blogs",
        "text": text,
        "gold_text": main,
        **snippets,
    }


def run_of(name: str, n_words: int = WEB_WORDS[0]) -> str:
    return " ".join([name] * n_words)


def test_paragraphs_of_pages_are_their_main_text(tmp_path: Path) -> None:
    assert read_web(tmp_path, "en") == []
    told = [run_of("rain"), "Share this", run_of("hail"), run_of("short", 29)]
    lines = [run_of(name) for name in ("menu", "snow", "fog", "fog", "sun")]
    inside, outside = ["snow", "fog", "sun"], ["sun"]
    pages = [
        marked("a", "\n".join(["Menu", *told]), "\n".join(told)),
        marked("b", "\n".join(lines), must_include=inside, must_exclude=outside),
        marked("c", told[0], told[0]),
        {**marked("d", told[0], told[0]), "lang": "de"},
    ]
    write_pages(tmp_path, pages)
    found = read_web(tmp_path, "en")
    # What stands twice on a page is not told apart, and what came before is not new.
    assert [row.text for row in found] == [told[0], told[2], lines[1]]
    assert [row.doc_id for row in found] == ["a", "a", "b"]
    assert {row.source for row in found} == {"web_blogs"}
    assert all(row.is_noncommercial and row.detail == "human" for row in found)
    assert [row.language for row in read_web(tmp_path, "de")] == ["de"]


def test_no_page_leads_and_no_paragraph_is_endless(tmp_path: Path) -> None:
    many = [run_of(f"w{at}", 1_000) for at in range(11)]
    write_pages(tmp_path, [marked("a", "\n".join(many), "\n".join(many))])
    found = [row.text for row in read_web(tmp_path, "en")]
    assert len(found) == WEB_PARAGRAPHS
    assert found == [run_of(f"w{at}", WEB_WORDS[1]) for at in (0, 3, 6, 9)]


def test_findings_never_speak_for_people() -> None:
    raw: dict[str, Any] = {
        "features": ["rules.joins_per_100_words", "surface.word_length"],
        "edges": [[0.0, 2.0], [4.0]],
        "scores": [
            [[0, 0, 0], [2, 0, 1], [-1, 1, 0], [0, 0, 0]],
            [[5, 0, 0], [0, 0, 5], [0, 0, 0]],
        ],
        "intercept": [0, 0, 0],
        "labels": ["original", "paraphrased", "machine_mangled"],
    }
    model = AdditiveModel.from_json(raw)
    found = wary(model)
    rules, other = found.scores
    assert (rules[:, [0]] - rules <= (rules[:, [0]] - rules)[0] + 1e-9).all()
    assert rules[2].tolist() == [-1, 1, 0]  # what speaks against people stays
    assert other.tolist() == raw["scores"][1]
