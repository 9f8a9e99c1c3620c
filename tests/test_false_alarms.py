"""Counting what the rules find in clean text, and keeping what was said of it."""

import json
import lzma
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from benchmarks import false_alarms
from benchmarks.human_rows import HumanRow, Linted, human_rows, lint_rows
from benchmarks.judgements import Place, draw, judgement_line, read_judgements
from benchmarks.record import data_file
from mtcheck.rules import all_rules

CLEAN = "The keeper opened the door of the harbour house and went in without a word."
SPACED = "The keeper opened the door of the harbour house , which was green."
STOPS = "The keeper met the mayor. . They spoke of the new lock until noon."

ROWS = [
    ("a", "human", "news", "press", SPACED),
    ("b", "human", "news", "press", CLEAN),
    ("c", "human", "fiction", "novel", SPACED),
    ("d", "human_translation", "", "wmt22", STOPS),
    ("e", "machine_translation", "news", "press", STOPS),
]


def line(
    identity: str, detail: str, genre: str, source: str, text: str, language: str
) -> str:
    raw = {"id": identity, "lang": language, "detail": detail, "genre": genre}
    raw |= {"source": source, "text": text, "doc_id": "generaltest2022:en:t1_x"}
    return json.dumps(raw)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a data folder with the same few rows in both languages."""
    folder = tmp_path / "data" / "paragraphs"
    folder.mkdir(parents=True)
    for language in ("en", "de"):
        rows = "\n".join(line(*row, language) for row in ROWS)
        path = folder / f"dev.{language}.jsonl.xz"
        path.write_bytes(lzma.compress(rows.encode()))
    return folder.parent


def linted(data: Path, language: str = "en") -> list[Linted]:
    return list(lint_rows(human_rows(data_file(data, "dev", language))))


def run(data: Path, *options: str | Path) -> Result:
    given = map(str, options)
    arguments = ["--data", str(data), "--output", str(data / "out"), *given]
    return CliRunner().invoke(false_alarms.main, arguments)


def test_only_what_people_wrote_or_translated_is_read(data: Path) -> None:
    assert [item.row.id for item in linted(data)] == ["a", "b", "c", "d"]


def test_a_row_without_a_genre_has_that_of_its_document(data: Path) -> None:
    genres = {item.row.id: (item.row.genre, item.row.group) for item in linted(data)}
    assert genres["a"] == ("news", "edited")
    assert genres["d"] == ("forum", "other")


@pytest.mark.parametrize(
    ("source", "document", "genre"),
    [
        ("wmt16", "newstest2016:bbc.7", "news"),
        ("wmt22", "generaltest2022:en:cnn.7", "news"),
        ("wmt22", "generaltest2022:cs-en:blk7", "mixed"),
        ("wmt22", "generaltest2022:de:en_de_CLIENT-1_default_doc7", "chat"),
        ("bio21", "doc7", "science"),
        ("new", "doc7", "unnamed"),
    ],
)
def test_the_genre_is_told_by_document_and_source(
    tmp_path: Path, source: str, document: str, genre: str
) -> None:
    raw = json.loads(line("a", "human", "", source, CLEAN, "en"))
    path = tmp_path / "dev.en.jsonl.xz"
    path.write_bytes(lzma.compress(json.dumps(raw | {"doc_id": document}).encode()))
    assert [row.genre for row in human_rows(path)] == [genre]


def test_findings_are_counted_by_thousand_words(data: Path) -> None:
    raw = false_alarms.assess(linted(data))
    found = {(item["detail"], item["group"]): item for item in raw["targets"]}
    edited = found["human", "edited"]
    # Twelve and fifteen words, and one finding.
    assert (edited["rows"], edited["words"], edited["findings"]) == (2, 27, 1)
    assert edited["rate"] == pytest.approx(1000 / 27)
    assert not edited["is_met"]
    assert found["human_translation", "other"]["findings"] == 1
    first = raw["rules"][0]
    assert (first["code"], first["findings"]) == ("MT102", 2)
    assert first["genres"] == {"news": 1, "fiction": 1}


def test_clean_text_meets_the_targets() -> None:
    row = HumanRow("a", "en", "human", "news", "press", CLEAN)
    raw = false_alarms.assess(list(lint_rows([row])))
    assert [item["is_met"] for item in raw["targets"]] == [True]
    assert raw["rules"] == []


def test_a_draw_gives_each_language_its_share_and_fills_up(data: Path) -> None:
    items = {code: linted(data, code) for code in ("en", "de")}
    assert Counter(item.row.language for item, _ in draw(items, 2, seed=1)) == {
        "en": 1,
        "de": 1,
    }
    # German has none here: English fills up; translations are not drawn.
    assert len(draw({"en": items["en"], "de": []}, 4, seed=1)) == 2
    assert draw(items, 3, seed=1) == draw(items, 3, seed=1)


def test_a_draw_keeps_what_is_left_when_a_rule_changes(data: Path) -> None:
    items = [*linted(data), *linted(data, "de")]
    every = draw({"en": items}, 4, seed=3)
    fewer = [item for item in items if item != every[1][0]]
    assert draw({"en": fewer}, 3, seed=3) == [every[0], *every[2:]]


def test_the_results_are_written_and_signed(data: Path) -> None:
    done = run(data)
    assert done.exit_code == 0, done.output
    for code in ("de", "en"):
        raw = json.loads((data / "out" / f"false_alarms.{code}.json").read_text())
        text = (data / "out" / f"false_alarms.{code}.md").read_text()
        assert f"`{raw['signature']}`" in text
        assert f"rules:{len(all_rules())}@" in raw["signature"]
        assert text in done.output
        assert CLEAN not in text + json.dumps(raw)
    assert "| human, edited genres | 2 | 27 | 1 | 37.037 | ≤ 0.3 | miss |" in text
    assert "| MT102 space-before-punctuation | 2 |" in text


def test_some_rules_alone_are_shown_and_not_written(data: Path) -> None:
    done = run(data, "--rule", "MT101", "--language", "en")
    assert done.exit_code == 0, done.output
    assert "MT101" in done.output
    assert "MT102" not in done.output
    assert not (data / "out").exists()


def test_a_file_of_a_user_is_counted_by_its_groups(data: Path) -> None:
    path = data / "mine.jsonl"
    records: list[dict[str, str]] = [
        {"text": SPACED, "label": "original", "lang": "en", "class": "4b"},
        {"text": CLEAN, "label": "original", "class": "5a"},
        {"text": STOPS, "label": "machine_mangled", "lang": "en", "class": "5a"},
    ]
    path.write_text("\n".join([*map(json.dumps, records), "no JSON"]))
    done = run(data, path, "--group-field", "class")
    assert done.exit_code == 0, done.output
    assert "in the 2 paragraphs of mine.jsonl that people wrote" in done.output
    assert "| human, other: 4b | 1 | 12 | 1 | 83.333 |" in done.output
    assert "| human, other: 5a | 1 | 15 | 0 | 0.000 |" in done.output
    assert f"lost: {path} line 4: is not JSON" in done.output
    assert "|data:mine.jsonl@" in done.output
    assert not (data / "out").exists()


def test_a_file_without_originals_is_refused(data: Path) -> None:
    path = data / "mine.jsonl"
    path.write_text('{"text": "It was rewritten.", "label": "paraphrased"}')
    done = run(data, path)
    assert done.exit_code == 1
    assert done.output == f"Error: {path}: no text is labelled original\n"


def test_an_unknown_rule_is_named(data: Path) -> None:
    done = run(data, "--rule", "XX1")
    assert done.exit_code == 1
    assert done.output == "Error: --rule XX1: no rule has that code\n"


def test_missing_data_is_named(tmp_path: Path) -> None:
    done = run(tmp_path, "--language", "en")
    assert done.exit_code == 1
    assert "dev.en.jsonl.xz: is missing; name the folder with --data" in done.output


def judged(data: Path, *verdicts: tuple[Place, str]) -> list[Any]:
    """Return the options that name a file with these verdicts."""
    path = data / "judged.jsonl"
    path.write_text("\n".join(judgement_line(*pair) for pair in verdicts))
    return ["--judgements", str(path)]


AT = Place("a", "en", "MT102", SPACED.index(" ,"), SPACED.index(" ,") + 2)


def test_a_drawn_finding_is_shown_with_the_line_to_keep(data: Path) -> None:
    options = judged(data, (AT, "right"))
    done = run(data, "--draw", "4", *options)
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    kept = [json.loads(text) for text in lines if not text.startswith("# ")]
    assert AT._asdict() | {"verdict": "right"} in kept
    assert Counter(item["verdict"] for item in kept) == {"right": 1, "": 3}
    assert "house⟦ ,⟧ which" in done.output
    assert not (data / "out").exists()


def test_judgements_are_counted_by_rule_while_still_found(data: Path) -> None:
    gone = AT._replace(code="MT101")
    german = AT._replace(language="de")
    options = judged(data, (AT, "right"), (german, "wrong"), (gone, "wrong"))
    done = run(data, "--judged", *options)
    assert done.exit_code == 0, done.output
    assert "| MT102 | 2 | 1 | 1 | 0.50 | 0.09–0.91 |" in done.output
    assert "| all, en | 1 | 1 | 0 | 1.00 | 0.21–1.00 |" in done.output
    assert "2 of 3 judged findings are still found" in done.output
    assert "MT101" not in done.output


def test_no_file_is_no_judgement(tmp_path: Path) -> None:
    assert read_judgements(tmp_path / "none.jsonl") == {}
