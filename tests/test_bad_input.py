"""Bad input, as a user meets it: clear words, the right status, the rest is scored."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, put_model

from mtcheck.extract import schema
from mtcheck.models import FORMAT

GOOD = (
    "The old ferry left the harbour at noon, and nobody looked up from the nets. "
    "An hour later the wind had turned, so the captain took in the sail himself.\n"
)
GERMAN = "Die alte Fähre fuhr über die Förde, und jeder grüßte den müden Kapitän.\n"
FRENCH = (
    "Le vieux bac quitta le port à midi, et personne ne leva les yeux de ses filets, "
    "car la pêche de la nuit avait été bonne et il restait beaucoup à faire.\n"
)
DONE, LOST, NOTHING = 0, 1, 2
HUNDRED_MB = 100 * 10**6


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with one good text."""
    (tmp_path / "good.txt").write_text(GOOD, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def score(*arguments: str, seconds: int = 120) -> tuple[int, list[Any], list[str]]:
    """Return status, verdicts and messages of ``mtcheck score --format jsonl``."""
    done = subprocess.run(
        [sys.executable, "-m", "mtcheck", "score", "--format", "jsonl", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
        timeout=seconds,
        check=False,
    )
    assert "Traceback" not in done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return done.returncode, rows, done.stderr.splitlines()


def names(rows: Sequence[dict[str, Any]]) -> list[str]:
    """Return the documents of the rows, which must all have a label."""
    assert all(row["label"] for row in rows)
    return [row["document"] for row in rows]


def refused(path: str, message: str) -> None:
    """Check that one input is lost in just these words, and another is scored."""
    status, rows, told = score(path, "good.txt")
    assert told[0] == f"mtcheck: {message}"
    assert told[1].startswith("mtcheck: 1 document, 1 paragraph: 1 ")
    assert told[1].endswith("; 1 input lost")
    assert len(told) == 2
    assert (status, names(rows)) == (LOST, ["good.txt"])
    status, rows, told = score(path)
    assert (status, rows) == (NOTHING, [])
    assert told == [
        f"mtcheck: {message}",
        "mtcheck: nothing was scored, 1 input lost",
    ]


# Files -------------------------------------------------------------------------


@pytest.mark.parametrize("content", ["", "\n\n \t\n"], ids=["empty", "blank"])
def test_an_empty_file_has_no_paragraph_and_is_no_error(content: str) -> None:
    Path("empty.txt").write_text(content)
    status, rows, told = score("empty.txt")
    assert (status, rows, told) == (DONE, [], ["mtcheck: 1 document"])
    status, rows, _ = score("empty.txt", "good.txt")
    assert (status, names(rows)) == (DONE, ["good.txt"])


@pytest.mark.parametrize("name", ["novel.txt", "no/novel.jsonl"])
def test_a_missing_file_among_others_is_lost(name: str) -> None:
    refused(name, f"{name}: does not exist; check the spelling")


def test_a_binary_file_is_lost() -> None:
    Path("photo.txt").write_bytes(bytes(range(256)) * 40)
    refused("photo.txt", "photo.txt: looks binary, not like text; name text files only")


def test_a_cut_off_archive_is_lost() -> None:
    Path("cut.txt.gz").write_bytes(b"\x1f\x8b\x08\x00\x00\x00\x00\x00")
    refused(
        "cut.txt.gz", "cut.txt.gz: the archive is damaged or cut off; pack it again"
    )


@pytest.mark.parametrize(
    "encoding", ["latin-1", "cp1252", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_other_encodings_are_read_with_offsets_of_the_text(encoding: str) -> None:
    text = GERMAN * 4
    Path("text.txt").write_bytes(text.encode(encoding))
    status, rows, _ = score("text.txt", "--language", "de")
    assert (status, {row["language"] for row in rows}) == (DONE, {"de"})
    line = text.splitlines()[0]
    assert [(row["start"], row["end"]) for row in rows] == [
        (at, at + len(line)) for at in range(0, len(text), len(line) + 1)
    ]


def test_a_file_that_is_cut_inside_a_letter_is_lost() -> None:
    data = GOOD.encode("utf-16")
    Path("cut.txt").write_bytes(data[:-1])
    refused(
        "cut.txt",
        f"cut.txt: is not valid UTF-16-LE at byte {len(data) - 4}; convert it to "
        "UTF-8, for instance with iconv",
    )


# Languages ---------------------------------------------------------------------


def test_a_text_of_another_language_is_not_judged() -> None:
    Path("bac.txt").write_text(FRENCH, encoding="utf-8")
    status, rows, told = score("bac.txt", "good.txt")
    assert status == DONE
    french, english = rows
    assert (french["language"], french["abstained"]) == ("fr", "language")
    assert (french["label"], french["probabilities"], french["evidence"]) == (None,) * 3
    assert english["label"] is not None
    assert told[0].endswith(", 1 not judged")


def test_a_language_that_mtcheck_does_not_know_is_refused() -> None:
    status, rows, told = score("good.txt", "--language", "fr")
    assert (status, rows) == (NOTHING, [])
    assert told == ["mtcheck: config: language must be one of auto, de, en, got 'fr'"]


# Records -----------------------------------------------------------------------


def test_a_broken_line_is_lost_with_its_number_and_the_rest_is_scored() -> None:
    lines = [
        json.dumps({"id": "a", "text": GOOD}),
        '{"id": "b", "text": }',
        json.dumps(["a", "list"]),
        json.dumps({"id": "d", "text": 7}),
        json.dumps({"id": "e", "text": GOOD}),
    ]
    Path("rows.jsonl").write_text("\n".join(lines) + "\n")
    status, rows, told = score("rows.jsonl")
    assert (status, names(rows)) == (LOST, ["a", "e"])
    assert told[:3] == [
        "mtcheck: rows.jsonl line 2: is not JSON (Expecting value); "
        "a line must be one object",
        "mtcheck: rows.jsonl line 3: must be a JSON object, got a list",
        "mtcheck: rows.jsonl line 4: 'text' must be a string, got a number",
    ]
    assert told[3].endswith("; 3 inputs lost")


def test_a_missing_field_is_lost_and_the_fields_are_named() -> None:
    lines = [{"id": "a", "body": GOOD}, {"id": "b", "text": GOOD}]
    Path("rows.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    status, rows, told = score("rows.jsonl")
    assert (status, names(rows)) == (LOST, ["b"])
    assert told[0] == (
        "mtcheck: rows.jsonl line 1: has no field 'text'; name the text with "
        "--text-field, the fields are: 'body', 'id'"
    )


# Size --------------------------------------------------------------------------


def hundred_mb() -> str:
    """Return a text of a hundred megabytes in one line."""
    line = GOOD.strip() + " "
    return (line * (HUNDRED_MB // len(line) + 1))[:HUNDRED_MB]


@pytest.mark.parametrize("name", ["long.txt", "long.jsonl"])
def test_a_line_of_100_mb_is_scored(name: str) -> None:
    text = hundred_mb()
    stored = json.dumps({"id": name, "text": text}) if name.endswith("l") else text
    Path(name).write_text(stored + "\n")
    try:
        status, rows, _ = score(name, "good.txt", "--tier", "fast", seconds=900)
    finally:
        Path(name).unlink()
    assert (status, names(rows)) == (DONE, [name, "good.txt"])
    assert (rows[0]["start"], rows[0]["end"]) == (0, len(text.rstrip()))


def test_a_line_of_100_mb_without_a_space_is_scored() -> None:
    Path("long.txt").write_text("x" * HUNDRED_MB)
    status, rows, _ = score("long.txt", "good.txt", "--tier", "fast", seconds=900)
    Path("long.txt").unlink()
    assert status == DONE
    assert (rows[0]["abstained"], rows[0]["end"]) == ("too-short", HUNDRED_MB)
    assert rows[1]["label"] is not None


# Models ------------------------------------------------------------------------


def refused_model(folder: Path, message: str) -> None:
    """Check that scoring with a model ends with these words and no result."""
    status, rows, told = score("good.txt", "--model", str(folder))
    assert (status, rows, told) == (NOTHING, [], [f"mtcheck: {message}"])


def test_a_damaged_model_is_refused(folder: Path) -> None:
    model = put_model(folder / "model", "en")
    path = model / "en" / "human.word.klm"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.unlink()
    path.write_bytes(data)
    status, rows, told = score("good.txt", "--model", str(model))
    assert (status, rows, len(told)) == (NOTHING, [], 1)
    start = "mtcheck: model base: en/human.word.klm is damaged (SHA-256 must be "
    assert told[0].startswith(start)
    assert told[0].endswith("…); install the model again")


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        (
            "format",
            FORMAT + 1,
            f"model base: made for format {FORMAT + 1}, this mtcheck reads format "
            f"{FORMAT}; install a matching model or refit with python -m training",
        ),
        (
            "schema",
            "9ab2",
            f"model base: made for schema 9ab2, this is {schema('full').fingerprint}; "
            "refit with python -m training",
        ),
    ],
)
def test_a_model_of_another_version_is_refused(
    folder: Path, key: str, value: object, message: str
) -> None:
    model = put_model(folder / "model", "en")
    card = json.loads((model / "card.json").read_text(encoding="utf-8"))
    (model / "card.json").write_text(json.dumps({**card, key: value}))
    refused_model(model, message)


def test_a_model_that_is_not_there_is_refused(folder: Path) -> None:
    refused_model(
        folder / "none",
        "model must be an installed name or a model folder, got "
        f"{str(folder / 'none')!r}; installed: base",
    )


# Output ------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["text", "jsonl"])
def test_a_closed_output_pipe_ends_silently(form: str) -> None:
    Path("rows.jsonl").write_text(
        "".join(json.dumps({"id": str(n), "text": GOOD}) + "\n" for n in range(4000))
    )
    command = [sys.executable, "-m", "mtcheck", "score", "--tier", "fast"]
    with subprocess.Popen(
        [*command, "--format", form, "rows.jsonl"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=120) == 128 + signal.SIGPIPE
