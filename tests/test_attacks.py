"""Attacks on texts: their laws, and what a report says of models under attack."""

import json
import lzma
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from test_benchmark import FAST, guesses, program, rows, write

from benchmarks import robustness
from mtcheck.benchmarking.attacks import attacks, strikes
from mtcheck.benchmarking.attacks.characters import INVISIBLE, TWINS
from mtcheck.benchmarking.attacks.layout import BLANKS
from mtcheck.benchmarking.attacks.sentences import ATTACKS as OF_SENTENCES
from mtcheck.benchmarking.plan import Plan
from mtcheck.characters import as_seen, is_ordinary
from mtcheck.cli import main
from mtcheck.errors import ConfigError
from mtcheck.language_model import tokenize
from mtcheck.languages import languages
from mtcheck.models import model_folders, open_model
from mtcheck.segment import MODES, split_paragraphs, split_sentences, words_of

ROOT = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.skipif(not model_folders(), reason="no model is installed")

EVERY = [*attacks().values()]
PLAIN = (
    "The keeper of the lamp came down to the harbour before dawn. He said: “The boats "
    "are late, and the old pilot has abandoned us!” Nobody in Port Hallam answered. By "
    "noon 3,000 gulls sat on the wall."
)
GERMAN = (
    "Der Wirt kam vor dem Morgen zum Hafen hinunter. Niemand im Dorf gab Antwort. Am "
    "Mittag saßen die Möwen auf der Mauer, und das Boot war schön und schnell."
)

texts = st.one_of(
    st.text(),
    st.lists(st.sampled_from(PLAIN.split() + GERMAN.split())).map(" ".join),
).map(lambda text: " ".join(text.split()))
chance = st.integers(0, 99)
strengths = st.floats(0, 1)
in_languages = st.sampled_from([*languages(), "fr", None])

each_attack = pytest.mark.parametrize("attack", EVERY, ids=lambda one: str(one.name))
few = settings(max_examples=40, deadline=None)  # the first text opens the tables


ONE = ["--predictions", "one=one.jsonl"]

# Laws --------------------------------------------------------------------------


@each_attack
@few
@given(text=texts, language=in_languages, strength=strengths, seed=chance)
def test_a_text_under_attack_is_one_paragraph_and_has_words(
    attack: Any, text: str, language: str | None, strength: float, seed: int
) -> None:
    changed = attack.apply(text, language, strength, seed)
    assert changed == attack.apply(text, language, strength, seed)
    assert bool(changed.strip()) == bool(text)
    for mode in MODES:
        assert len(split_paragraphs(changed, mode)) == len(split_paragraphs(text, mode))


@each_attack
@few
@given(text=texts, language=in_languages, seed=chance)
def test_strength_nought_changes_nothing(
    attack: Any, text: str, language: str | None, seed: int
) -> None:
    assert attack.apply(text, language, 0, seed) == text


@each_attack
@pytest.mark.parametrize(("text", "language"), [(PLAIN, "en"), (GERMAN, "de")])
def test_each_attack_changes_a_text_at_its_own_strengths(
    attack: Any, text: str, language: str
) -> None:
    for strength in attack.strengths:
        assert attack.apply(text, language, strength, 7) != text


@few
@given(text=texts, seed=chance, one=strengths, other=strengths)
def test_a_stronger_attack_has_the_places_of_a_weaker_one(
    text: str, seed: int, one: float, other: float
) -> None:
    attack = attacks()["homoglyphs"]
    weak, strong = (
        attack.apply(text, "en", strength, seed) for strength in sorted((one, other))
    )
    assert {at for at, (a, b) in enumerate(zip(text, weak, strict=True)) if a != b} <= {
        at for at, (a, b) in enumerate(zip(text, strong, strict=True)) if a != b
    }


@few
@given(text=texts, seed=chance, strength=strengths)
def test_what_an_attack_adds_can_be_taken_away_again(
    text: str, seed: int, strength: float
) -> None:
    back = str.maketrans({twin: letter for letter, twin in TWINS.items()})
    changed = attacks()["homoglyphs"].apply(text, "en", strength, seed)
    assert changed.translate(back) == text.translate(back)
    changed = attacks()["zero-width"].apply(text, "en", strength, seed)
    gone = dict.fromkeys(map(ord, INVISIBLE))
    assert changed.translate(gone) == text.translate(gone)
    changed = attacks()["white-space"].apply(text, "en", strength, seed)
    assert " ".join(changed.split()) == text


@few
@given(text=texts, seed=chance, strength=strengths)
def test_marks_and_sentences_leave_the_other_words_alone(
    text: str, seed: int, strength: float
) -> None:
    changed = attacks()["lost-marks"].apply(text, "en", strength, seed)
    letters = [char for char in changed if char.isalnum()]
    assert letters == [char for char in text if char.isalnum()]
    dropped = attacks()["dropped-sentence"].apply(text, "en", strength, seed)
    assert Counter(dropped.split()) <= Counter(text.split())
    more = attacks()["inserted-sentence"].apply(text, "en", strength, seed)
    assert Counter(more.split()) >= Counter(text.split())
    moved = attacks()["sentence-order"].apply(text, "en", strength, seed)
    assert Counter(moved.replace(" ", "")) == Counter(text.replace(" ", ""))


@few
@given(text=texts, seed=chance, strength=strengths)
def test_look_alikes_and_unseen_signs_hide_no_word_from_the_models(
    text: str, seed: int, strength: float
) -> None:
    latin = "".join(char if is_ordinary(char) else "-" for char in text)
    for name in ("homoglyphs", "zero-width"):
        changed = attacks()[name].apply(latin, "en", strength, seed)
        tokens = tokenize(changed)
        assert list(tokens.written) == list(tokenize(latin).written)
        for at in range(len(tokens)):
            assert as_seen(tokens.span(at).of(changed)) == tokens.written[at]


def test_words_of_another_script_are_left_alone() -> None:
    for text in ("Она съела яблоко Вера", "TGFβ and ΔT are Greek"):
        assert list(tokenize(text).written) == text.split()


def test_sentences_trade_places_whole() -> None:
    def sentences(text: str) -> list[str]:
        return [span.of(text) for span in split_sentences(text, "de")]

    changed = attacks()["sentence-order"].apply(GERMAN, "de", 1, 7)
    assert sorted(sentences(changed)) == sorted(sentences(GERMAN))
    assert sentences(changed)[0] != sentences(GERMAN)[0]
    alone = sentences(GERMAN)[0]
    for attack in OF_SENTENCES[1:]:  # nothing to drop, nothing to trade with
        assert attack.apply(alone, "de", 1, 7) == alone


def test_a_number_keeps_its_marks() -> None:
    changed = attacks()["lost-marks"].apply(PLAIN, "en", 1, 7)
    assert "3,000" in changed
    assert not re.search("[.!“”:]", changed)


def test_synonyms_keep_capitals_and_stand_in_the_table_of_the_model() -> None:
    table = open_model().resources("en").table("synonyms")
    text = "The keepers ABANDON Damaged boats"
    rare = attacks()["synonyms"].apply(text, "en", 1, 7).split()
    plain = attacks()["plain-words"].apply(text, "en", 1, 7).split()
    for was, rarer, commoner in zip(text.split(), rare, plain, strict=True):
        for word in (rarer, commoner):
            assert (word.isupper(), word.istitle()) == (was.isupper(), was.istitle())
        assert rarer == was or was.lower() in table[rarer.lower()]
        assert commoner == was or commoner.lower() in table[was.lower()]
    assert sum(map(str.__ne__, text.split(), rare)) > 1
    assert plain[2] != "ABANDON"
    for name in ("synonyms", "plain-words"):
        assert attacks()[name].apply(text, "fr", 1, 7) == text


def test_no_blank_ends_a_line() -> None:
    for blank in BLANKS:
        assert len(f"a{blank}b".splitlines()) == 1


def test_every_language_has_sentences_to_put_in() -> None:
    attack = attacks()["inserted-sentence"]
    for code in languages():
        changed = attack.apply("Ja. Ja.", code, 1, 7)
        assert len(words_of(changed)) > 10


def test_the_page_has_every_attack_with_its_strengths() -> None:
    page = (ROOT / "docs" / "benchmark.md").read_text("utf-8")
    for attack in EVERY:
        shown = ", ".join(f"{strength:g}" for strength in attack.strengths)
        assert f"| `{attack.name}` | {attack.about} | {shown} |" in page


# What is asked for -------------------------------------------------------------


def test_attacks_are_asked_for_by_name_strength_or_all_together() -> None:
    asked = strikes(["homoglyphs", "synonyms:0.5", "synonyms:0.5"])
    assert [(one.attack.name, one.strength) for one in asked] == [
        ("homoglyphs", 0.05),
        ("homoglyphs", 0.3),
        ("synonyms", 0.5),
    ]
    assert {one.attack.name for one in strikes(["all"])} == set(attacks())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("magic", "attack must be one of all, homoglyphs, zero-width, "),
        ("all:0.5", "attack must be one of all, "),
        ("synonyms:2", "must be a number from 0 to 1, got 'synonyms:2'"),
        ("synonyms:nan", "must be a number from 0 to 1, got 'synonyms:nan'"),
        ("synonyms:", "must be a number from 0 to 1, got 'synonyms:'"),
        ("synonyms:x", "must be a number from 0 to 1, got 'synonyms:x'"),
    ],
)
def test_what_is_no_attack_is_refused(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Plan(("data.jsonl",), models=("base",), attacks=(text,))
    assert message in str(caught.value)


def test_predictions_alone_cannot_be_attacked(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["benchmark", "data.jsonl", *ONE, "--attack", "all", *FAST]) == 2
    assert "needs a model that can be asked of changed texts" in capsys.readouterr().err


# Reports -----------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with data and the predictions of a detector."""
    write(tmp_path / "data.jsonl", rows())
    write(tmp_path / "one.jsonl", guesses())
    monkeypatch.chdir(tmp_path)
    return tmp_path


LETTERS = """
import json, sys
for line in sys.stdin:
    text = json.loads(line)["text"]
    label = "paraphrased" if "wharf" in text else "original"
    label = "machine_mangled" if not text.isascii() else label
    print(json.dumps({"label": label}))
"""


def attacked(folder: Path, *given: str, out: str = "out") -> dict[str, Any]:
    """Run the command with a program that looks for "wharf" and for odd letters."""
    arguments = ["--command", program(folder, LETTERS), *given, *FAST[:-1], out]
    assert main(["benchmark", "data.jsonl", *arguments]) == 0
    found: dict[str, Any] = json.loads(
        (folder / out / "report.json").read_text("utf-8")
    )
    return found


def test_the_losses_are_those_counted_by_hand(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [*ONE, "--attack", "homoglyphs:1", "--attack", "homoglyphs:0"]
    found = attacked(folder, *given)
    hit, none = found["robustness"]["results"]
    assert (hit["attack"], hit["strength"], hit["language"]) == ("homoglyphs", 1, "en")
    assert (hit["n"], hit["n_changed"]) == (90, 90)
    assert (none["n_changed"], none["noticed"]) == (0, 0)
    figures = hit["models"]["mine"]
    # Clean: originals right and half of their label's mass, no text is called mangled.
    clean = (2 * 30 / (30 + 60) + 1 + 0) / 3
    assert figures["macro_f1"]["clean"] == pytest.approx(clean)
    assert figures["macro_f1"]["attacked"] == pytest.approx((0 + 0 + 2 * 30 / 120) / 3)
    lost = figures["macro_f1"]["value"]
    assert lost == pytest.approx(1 / 6 - clean)
    assert figures["macro_f1"]["low"] <= lost <= figures["macro_f1"]["high"] < 0
    assert figures["changed"]["value"] == 1
    assert figures["probability"]["value"] == pytest.approx((-30 - 30 + 30) / 90)
    assert figures["false_alarms"]["value"] is None  # no threshold is shipped with it
    for one in none["models"]["mine"].values():
        assert one["value"] in (0, None)
    (model,) = [one for one in found["models"] if one["name"] == "mine"]
    headline = model["figures"]["macro_f1"]["value"]
    assert figures["macro_f1"]["clean"] == pytest.approx(headline)
    why = "a file has no predictions for changed texts"
    assert found["robustness"]["left_out"] == {"one": why}
    assert f"mtcheck: one is not attacked: {why}\n" in capsys.readouterr().err
    for name in ("report.md", "report.tex", "report.html"):
        text = (folder / "out" / name).read_text("utf-8")
        assert "Under attack, en" in text
        assert f"not attacked: one: {why}" in text


def test_recall_under_attack_is_by_the_threshold_of_clean_originals(
    folder: Path,
) -> None:
    # A hundred originals and more, so that 1 % of them is one.
    data = rows(330)
    write(folder / "data.jsonl", data)
    found = attacked(folder, "--attack", "homoglyphs:1")
    figures = found["robustness"]["results"][0]["models"]["mine"]
    recall = {
        label: (one["clean"], one["attacked"])
        for label in ("paraphrased", "machine_mangled")
        for one in [figures[f"recall_at_0.01.{label}"]]
    }
    # All originals are called mangled too, but the threshold stays what it was.
    assert recall == {"paraphrased": (1, 0), "machine_mangled": (0, 1)}


def test_the_order_of_rows_changes_no_loss(folder: Path) -> None:
    given = ["--attack", "homoglyphs:0.02", "--attack", "dropped-sentence"]
    one = attacked(folder, *given)["robustness"]["results"]
    write(folder / "data.jsonl", rows()[::-1])
    other = attacked(folder, *given, out="other")["robustness"]["results"]
    for left, right in zip(one, other, strict=True):
        assert left["n_changed"] == right["n_changed"]
        for name, figure in left["models"]["mine"].items():
            assert figure == pytest.approx(right["models"]["mine"][name])


def test_languages_are_attacked_apart_where_they_have_enough(folder: Path) -> None:
    german = [
        row | {"lang": "de", "id": f"g{at}", "doc_id": f"g{at}"}
        for at, row in enumerate(rows())
    ]
    few = [row | {"lang": "fr", "id": "f", "doc_id": "f"} for row in rows(1)]
    write(folder / "data.jsonl", rows() + german + few)
    found = attacked(folder, "--attack", "homoglyphs:1")["robustness"]["results"]
    assert [(one["language"], one["n"]) for one in found] == [("de", 90), ("en", 90)]


def test_a_report_of_attacks_is_verified(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = attacked(folder, "--attack", "zero-width")
    assert "|attacks:zero-width,base@" in found["signature"]
    capsys.readouterr()
    assert main(["benchmark", "--verify", "out"]) == 0
    assert capsys.readouterr().err == "mtcheck: out: the same figures\n"


def test_a_command_that_fails_under_attack_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = LETTERS.replace("    label =", "    text.encode('ascii'); label =", 1)
    (folder / "detect.py").write_text(code, encoding="utf-8")
    command = f"mine={sys.executable} {folder / 'detect.py'}"
    given = ["--command", command, "--attack", "homoglyphs", *FAST]
    assert main(["benchmark", "data.jsonl", *given]) == 1
    shown = capsys.readouterr().err
    assert "mtcheck: mine is not attacked: command" in shown
    found = json.loads((folder / "out/report.json").read_text("utf-8"))["robustness"]
    assert found["results"][0]["models"] == {}
    assert found["results"][0]["noticed"] > 0.9


def test_a_model_is_attacked_with_the_thresholds_that_it_ships(folder: Path) -> None:
    given = ["--model", "base:fast", "--attack", "zero-width:0.2", *FAST]
    assert main(["benchmark", "data.jsonl", *given]) == 0
    found = json.loads((folder / "out/report.json").read_text("utf-8"))["robustness"]
    (result,) = found["results"]
    alarms = result["models"]["base:fast"]["false_alarms"]
    assert 0 <= alarms["clean"] <= 1
    assert alarms["value"] == pytest.approx(alarms["attacked"] - alarms["clean"])
    assert result["noticed"] == 1
    assert np.isfinite(result["models"]["base:fast"]["macro_f1"]["value"])


def test_the_result_is_written_and_signed(tmp_path: Path) -> None:
    folder = tmp_path / "paragraphs"
    folder.mkdir()
    lines = "".join(json.dumps(row) + "\n" for row in rows())
    (folder / "dev.en.jsonl.xz").write_bytes(lzma.compress(lines.encode()))
    options = ["--model", "base:fast", "--attack", "capitals:1", "--texts", "60"]
    arguments = ["--data", str(tmp_path), "--output", str(tmp_path), *options]
    done = CliRunner().invoke(robustness.main, [*arguments, "--resamples", "100"])
    assert done.exit_code == 0, done.output
    raw = json.loads((tmp_path / "robustness.en.json").read_text("utf-8"))
    assert (raw["n"], raw["n_documents"]) == (60, 30)  # whole documents
    assert f"`{raw['signature']}`" in done.output
    assert "| base:fast | capitals | 1 | " in done.output
