"""``mtcheck compare``: what people and programs are shown, and what is refused."""

import io
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mtcheck.cli import main
from mtcheck.comparison import compare
from mtcheck.comparison.formats.text import FORMAT
from mtcheck.models import model_folders
from mtcheck.report import Screen
from mtcheck.types import Document

ROOT = Path(__file__).resolve().parent.parent
SPUN, FERRY = "seeds/en/ferry_spun.txt", "seeds/en/ferry_original.txt"

ORIGINAL = """The old ship left the bay at noon again.

The crew of twelve had sold its nets in Port Hallam.

Nobody looked up from the quay, and the bell was silent.
"""
SUSPECT = """Top Story

The crew of twelve had vended its nets in Port Hallam.

The old vessel left the bay at noon.

A storm is expected for Tuesday.
"""

pytestmark = pytest.mark.skipif(not model_folders(), reason="no model is installed")

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with a suspect and its original."""
    (tmp_path / "original.txt").write_text(ORIGINAL, encoding="utf-8")
    (tmp_path / "suspect.txt").write_text(SUSPECT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def shown(suspect: str, original: str, screen: Screen) -> list[str]:
    """Return the lines that people see."""
    texts = Document(suspect, "s.txt"), Document(original, "o.txt")
    return [*FORMAT.render(compare(*texts), screen)]


def as_json(capsys: Captured) -> Any:
    return json.loads(capsys.readouterr().out)


def test_people_see_pairs_marks_and_words(folder: Path, capsys: Captured) -> None:
    assert main(["compare", "suspect.txt", "original.txt"]) == 0
    assert (
        capsys.readouterr().out
        == """\
suspect.txt beside original.txt
73% of the 15 content words of the original come again
paragraphs: 2 aligned, 1 of them reordered; 1 dropped, 1 added; 1 place with residue
words in them: 17 kept, 2 spun, 0 moved, 1 dropped, 0 added
signs: ~ spun, > moved, - dropped, + added

suspect.txt:3 from original.txt:3
original | The crew of twelve had sold its nets in Port Hallam.
         |                        ~~~~
suspect  | The crew of twelve had vended its nets in Port Hallam.
         |                        ~~~~~~
    replaced: sold → vended

suspect.txt:5 from original.txt:1, reordered
original | The old ship left the bay at noon again.
         |         ~~~~                      -----
suspect  | The old vessel left the bay at noon.
         |         ~~~~~~
    replaced: ship → vessel
    dropped: again

suspect.txt:7 added
  | A storm is expected for Tuesday.

original.txt:5 dropped
  | Nobody looked up from the quay, and the bell was silent.

what a scraper left:
    1:1  MT501 a piece of the web page, not of its text: 'Top Story' [site-residue]
"""
    )


def test_wide_terminals_show_both_texts_beside_each_other() -> None:
    wide = Screen(is_terminal=True, width=100)
    lines = shown("They vended the boat.", "They sold the boat.", wide)
    at = lines.index("s.txt:1 from o.txt:1")
    assert lines[at + 1 : at + 3] == [
        f"  {'They sold the boat.':47} | They vended the boat.",
        f"  {'     ~~~~':47} |      ~~~~~~",
    ]
    coloured = shown(
        "They vended the boat.",
        "They sold the boat.",
        replace(wide, has_colour=True),
    )
    assert not any("~" in line for line in coloured)
    assert any("\x1b[" in line and "vended" in line for line in coloured)


def test_what_was_kept_is_not_repeated(capsys: Captured) -> None:
    lines = shown(ORIGINAL, ORIGINAL, Screen())
    assert lines[1].startswith("100% of the 15 content words")
    assert lines[-1] == "s.txt:5 from o.txt:5: kept"


def test_no_share_is_rounded_to_all_or_nothing() -> None:
    words = " ".join(f"no{at}" for at in range(400))
    lines = shown(words.replace("no77 ", ""), words, Screen())
    assert lines[1].startswith(">99% of")
    far = f"{words}\n\nThe bell of Skarrow rang."
    near = "The bell of Skarrow rang."
    assert shown(near, far, Screen())[1].startswith("1% of")


def test_translations_show_names_and_numbers() -> None:
    original = "On 17 May 1987 Karla Brenner paid 400 crowns to Anders Holm in Aarhus, "
    original += "and nobody in the town ever asked her why she had done that with it."
    suspect = (
        "Am 17. Mai 1978 zahlte Karla Brenner in Aarhus 400 Kronen an Anders Holm,"
    )
    suspect += " und niemand in der Stadt hat sie je gefragt, warum sie das getan hat."
    lines = shown(suspect, original, Screen())
    assert "only names and numbers can be compared" in lines[2]
    assert lines[-3:] == [
        "    dropped: 1987",
        "    added: 1978",
        "    names and numbers: 17, Karla, Brenner, Aarhus, 400, Anders, Holm",
    ]


def test_a_text_cannot_steer_the_terminal() -> None:
    for line in shown("A \x1b[31mbell rang.", "A \x1b[31mship sank.", Screen()):
        assert "\x1b" not in line


def test_arrows_degrade_where_letters_are_missing() -> None:
    lines = shown(
        "They vended the boat.", "They sold the boat.", Screen(has_unicode=False)
    )
    assert "    replaced: sold > vended" in lines


def test_programs_get_every_place(folder: Path, capsys: Captured) -> None:
    assert main(["compare", "suspect.txt", "original.txt", "--format", "json"]) == 0
    found = as_json(capsys)
    assert list(found) == [
        *("schema", "mtcheck", "suspect", "original", "score", "basis"),
        *("content_words", "words", "pairs", "dropped", "added", "residue"),
    ]
    assert found["suspect"] == "suspect.txt"
    assert found["score"] == 11 / 15
    assert [pair["reordered"] for pair in found["pairs"]] == [False, True]
    for pair in found["pairs"]:
        for change in pair["changes"]:
            for side, text in (("suspect", SUSPECT), ("original", ORIGINAL)):
                place = change[side]
                if place is None:
                    assert (change["kind"], side) == ("dropped", "suspect")
                    continue
                assert place["text"] == text[place["start"] : place["end"]]
    assert found["pairs"][0]["changes"][1]["kind"] == "spun"
    assert [piece["paragraphs"] for piece in found["dropped"]] == [[2]]
    assert [piece["paragraphs"] for piece in found["added"]] == [[3]]
    assert [item["code"] for item in found["residue"]] == ["MT501"]


def test_the_page_names_every_field(folder: Path, capsys: Captured) -> None:
    page = (ROOT / "docs/compare.md").read_text("utf-8")
    assert main(["compare", "suspect.txt", "original.txt", "--format", "json"]) == 0
    found = as_json(capsys)
    pair = found["pairs"][0]
    change = pair["changes"][0]
    for part in (found, pair, pair["suspect"], change, change["suspect"]):
        for name in part:
            assert f"`{name}`" in page, name
    for name in (*found["words"], *found["residue"][0]):
        assert f"`{name}`" in page, name


def test_json_without_pairs_is_json(folder: Path, capsys: Captured) -> None:
    (folder / "other.txt").write_text("Swans nest on Iceland.", encoding="utf-8")
    assert main(["compare", "other.txt", "original.txt", "--format", "json"]) == 0
    found = as_json(capsys)
    assert found["pairs"] == []
    assert found["score"] == 0.0


def test_pages_are_compared_by_their_main_text(folder: Path, capsys: Captured) -> None:
    body = "".join(f"<p>{line}</p>" for line in ORIGINAL.split("\n\n"))
    page = f"<html><body><nav>Home</nav><article>{body}</article></body></html>"
    (folder / "page.html").write_text(page, encoding="utf-8")
    assert main(["compare", "page.html", "original.txt", "--format", "json"]) == 0
    assert as_json(capsys)["score"] == 1.0


def test_one_text_may_be_standard_input(
    folder: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(SUSPECT.encode())))
    assert main(["compare", "-", "original.txt"]) == 0
    assert capsys.readouterr().out.startswith("- beside original.txt\n73% of")


def test_the_comparison_is_written_to_a_file(folder: Path, capsys: Captured) -> None:
    command = ["compare", "suspect.txt", "original.txt"]
    assert main([*command, "--output", "found.txt"]) == 0
    assert capsys.readouterr().out == ""
    assert main(command) == 0
    assert (folder / "found.txt").read_text("utf-8") == capsys.readouterr().out


@pytest.mark.parametrize("name", ["html", "json"])
def test_the_suffix_names_the_format(name: str, folder: Path, capsys: Captured) -> None:
    command = ["compare", "suspect.txt", "original.txt"]
    assert main([*command, "--output", f"found.{name}"]) == 0
    assert main([*command, "--format", name]) == 0
    written = (folder / f"found.{name}").read_text("utf-8")
    assert written == capsys.readouterr().out
    assert main([*command, "--output", f"found.{name}", "--format", "text"]) == 0
    assert (folder / f"found.{name}").read_text("utf-8").startswith("suspect.txt")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-", "-"], "Error: Only one of the texts can be standard input.\n"),
        (["suspect.txt"], "Error: Missing argument 'ORIGINAL'.\n"),
        (
            ["gone.txt", "original.txt"],
            "mtcheck: gone.txt: does not exist; check the spelling\n",
        ),
        (
            ["empty.txt", "original.txt"],
            "mtcheck: empty.txt: has no words to compare; check the text\n",
        ),
        (
            ["suspect.txt", "stars.md"],
            "mtcheck: stars.md: has no words to compare; check the text\n",
        ),
        (["suspect.txt", "picture.txt"], "mtcheck: picture.txt: "),
        (
            [".", "original.txt"],
            "mtcheck: .: holds several documents; name a file with a single text\n",
        ),
        (
            ["two.jsonl", "original.txt"],
            "mtcheck: two.jsonl: holds several documents; name a file with a single "
            "text\n",
        ),
        (
            ["none.jsonl", "original.txt"],
            "mtcheck: none.jsonl: holds no document; name a file with a single text\n",
        ),
        (
            ["suspect.txt", "original.txt", "--format", "xml"],
            "mtcheck: config: compare-format must be one of html, json, text, got "
            "'xml'\n",
        ),
        (
            ["suspect.txt", "original.txt", "--output", "original.txt"],
            "mtcheck: config: output must not be an input, got 'original.txt'; name "
            "another file\n",
        ),
        (["suspect.txt", "original.txt", "--model", "x"], "mtcheck: model must be"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_input_is_refused_in_words(
    arguments: list[str], message: str, folder: Path, capsys: Captured
) -> None:
    (folder / "empty.txt").write_bytes(b"")
    (folder / "stars.md").write_text("* * *", encoding="utf-8")
    (folder / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" * 9)
    (folder / "two.jsonl").write_text('{"text": "a"}\n{"text": "b"}\n', "utf-8")
    (folder / "none.jsonl").write_bytes(b"")
    assert main(["compare", *arguments]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert message in told.err
