"""Bad input, as a user meets it: clear words, the right status, the rest is scored.

The table of ``bad_inputs.py`` is tried row by row; what needs a process of its own, or
more than a command, follows.
"""

import io
import json
import os
import re
import resource
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from bad_inputs import CASES
from bad_inputs.making import FRENCH, GOOD, Case, line
from conftest import ROOT, put_model

from mtcheck.card import FORMAT
from mtcheck.cli import main
from mtcheck.errors import InputError
from mtcheck.extract import schema
from mtcheck.linting import lint
from mtcheck.read import read
from mtcheck.types import Document

GERMAN = "Die alte Fähre fuhr über die Förde, und jeder grüßte den müden Kapitän.\n"
DONE, NOTHING = 0, 2
HUNDRED_MB = 100 * 10**6
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with one good text."""
    (tmp_path / "good.txt").write_text(GOOD, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


# The table -----------------------------------------------------------------------


def is_said(line: str, wanted: str) -> bool:
    """Tell whether a line is as wanted, ``…`` standing for anything."""
    pattern = ".*".join(map(re.escape, wanted.split("…")))
    return re.fullmatch(pattern, line) is not None


def documents(out: str) -> tuple[str, ...]:
    """Return the documents that an output for programs tells of."""
    if out.startswith('{"schema"'):
        found = json.loads(out)["findings"]
        return tuple(dict.fromkeys(item["document"] for item in found))
    rows = [json.loads(row) for row in out.splitlines() if row.startswith("{")]
    return tuple(row["document"] for row in rows if not row["paragraph"])


def files() -> dict[str, bytes | None]:
    """Return all files below, by their names, and what is in small ones."""
    found: dict[str, bytes | None] = {}
    for parent, _, names in os.walk("."):
        for path in (Path(parent, name) for name in names):
            if path.is_file() and not path.is_symlink():
                is_small = path.stat().st_size < 10**6
                found[os.path.relpath(path)] = path.read_bytes() if is_small else None
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.group}: {case.what}")
def test_bad_input_is_told_and_harms_nothing_else(
    case: Case,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    case.make()
    before = files()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(case.stdin)))
    status = main(shlex.split(case.command))
    out, err = capsys.readouterr()
    told = err.replace(f"{folder}", "…").splitlines()
    assert status == case.status
    assert len(told) == len(case.said), told
    for line_, wanted in zip(told, case.said, strict=True):
        assert is_said(line_, f"mtcheck: {wanted}"), line_
    assert documents(out) == case.kept
    assert [part for part in case.shown if part not in out] == []
    assert not CONTROLS.search(err)
    if case.is_for_people:
        assert not CONTROLS.search(out)
    after = files()
    assert before.items() <= after.items()
    assert sorted(after.keys() - before.keys()) == sorted(case.made)


def test_the_table_is_long_and_says_a_thing_once() -> None:
    names = [(case.group, case.what) for case in CASES]
    assert len({*names}) == len(names) >= 60


# Languages and encodings -----------------------------------------------------------


def score(
    capsys: pytest.CaptureFixture[str], *arguments: str
) -> tuple[int, list[Any], list[str]]:
    """Return status, verdicts and messages of ``mtcheck score --format jsonl``."""
    status = main(["score", "--format", "jsonl", *arguments])
    out, err = capsys.readouterr()
    return status, [json.loads(row) for row in out.splitlines()], err.splitlines()


@pytest.mark.parametrize(
    "encoding", ["latin-1", "cp1252", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_other_encodings_are_read_with_offsets_of_the_text(
    encoding: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = GERMAN * 4
    Path("text.txt").write_bytes(text.encode(encoding))
    status, rows, _ = score(capsys, "text.txt", "--language", "de")
    assert (status, {row["language"] for row in rows}) == (DONE, {"de"})
    first = text.splitlines()[0]
    assert [(row["start"], row["end"]) for row in rows] == [
        (at, at + len(first)) for at in range(0, len(text), len(first) + 1)
    ]


def test_a_text_of_another_language_has_no_verdict(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("bac.txt").write_text(FRENCH, encoding="utf-8")
    _, (french, english), told = score(capsys, "bac.txt", "good.txt")
    assert (french["language"], french["abstained"]) == ("fr", "language")
    assert (french["label"], french["probabilities"], french["evidence"]) == (None,) * 3
    assert english["label"] is not None
    assert told[0].endswith(", 1 not judged")


# Size --------------------------------------------------------------------------


def run(
    *arguments: str, seconds: int = 120, **limits: int
) -> "subprocess.CompletedProcess[str]":
    """Run the program; ``limits`` are those of the system, by their names."""

    def limit() -> None:
        for name, value in limits.items():
            resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (value, value))

    done = subprocess.run(
        [sys.executable, "-m", "mtcheck", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"},
        preexec_fn=limit,
        capture_output=True,
        encoding="utf-8",
        timeout=seconds,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done


def score_apart(*arguments: str) -> tuple[int, list[Any]]:
    """Return status and verdicts of a process of its own."""
    command = "score", "--format", "jsonl", "--tier", "fast"
    done = run(*command, *arguments, seconds=900)
    return done.returncode, [json.loads(row) for row in done.stdout.splitlines()]


def hundred_mb() -> str:
    """Return a text of a hundred megabytes in one line."""
    unit = GOOD.strip() + " "
    return (unit * (HUNDRED_MB // len(unit) + 1))[:HUNDRED_MB]


def test_a_line_of_100_mb_is_scored() -> None:
    text = hundred_mb()
    Path("long.jsonl").write_text(json.dumps({"id": "long", "text": text}) + "\n")
    try:
        status, rows = score_apart("long.jsonl", "good.txt")
    finally:
        Path("long.jsonl").unlink()
    assert status == DONE
    assert [row["document"] for row in rows] == ["long", "good.txt"]
    assert (rows[0]["start"], rows[0]["end"]) == (0, len(text.rstrip()))


def test_a_line_of_100_mb_without_a_space_is_scored() -> None:
    Path("long.txt").write_text("x" * HUNDRED_MB)
    status, rows = score_apart("long.txt", "good.txt")
    Path("long.txt").unlink()
    assert status == DONE
    assert (rows[0]["abstained"], rows[0]["end"]) == ("too-short", HUNDRED_MB)
    assert rows[1]["label"] is not None


@pytest.mark.parametrize("unit", ["( ", "(a ", "“a ", "<unk> "])
def test_no_pattern_takes_quadratic_time(unit: str) -> None:
    # It would take minutes; what is found matters less.
    text = unit * (200_000 // len(unit))
    assert len(lint(text, language="en")) <= len(text)


# The machine ---------------------------------------------------------------------


def test_where_memory_runs_out_it_is_said() -> None:
    with Path("long.txt").open("wb") as file:
        file.truncate(500 * 2**20)
    done = run("score", "--tier", "fast", "long.txt", AS=600 * 2**20)
    assert done.returncode == NOTHING
    assert done.stderr == (
        "mtcheck: memory ran out; split the largest inputs, or try fewer --jobs\n"
    )


def test_a_small_text_needs_no_room_for_a_large_one() -> None:
    done = run("score", "--tier", "fast", "good.txt", AS=500 * 2**20)
    assert done.returncode == DONE


@pytest.mark.parametrize(
    ("output", "place"),
    [
        ("s.jsonl", ".s.jsonl.parts/part-00000.jsonl"),
        ("s.html", "/tmp"),
        ("s.txt", "s.txt"),
    ],
)
def test_where_the_disk_is_full_the_earlier_output_stays(
    output: str, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", "/tmp")
    Path(output).write_text("earlier")
    Path("rows.jsonl").write_text("".join(f"{line(n)}\n" for n in range(300)))
    before = files()
    format = output.partition(".")[2].replace("txt", "text")
    command = f"score --tier fast rows.jsonl --format {format} --output {output}"
    done = run(*command.split(), FSIZE=20_000)
    assert done.returncode == NOTHING
    assert done.stderr.startswith(f"mtcheck: {place}: cannot be written (File too ")
    assert files() == before


def test_an_input_that_vanishes_is_lost_and_the_rest_is_read() -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        Path(name).write_text(GOOD)
    found = []
    for outcome in read(["a.txt", "*.txt"]):
        found.append(outcome)
        Path("b.txt").unlink(missing_ok=True)
    assert [item.id for item in found if isinstance(item, Document)] == [
        "a.txt",
        "a.txt",
        "c.txt",
        "good.txt",
    ]


def test_an_input_that_vanishes_between_finding_and_reading_is_named() -> None:
    Path("b.txt").write_text(GOOD)
    found = []
    for outcome in read(["[bg]*.txt"]):
        found.append(outcome)
        Path("good.txt").unlink(missing_ok=True)
    first, second = found
    assert isinstance(first, Document)
    assert isinstance(second, InputError)
    assert str(second) == (
        "good.txt: cannot be read (No such file or directory); check it and its "
        "permissions"
    )


# Models ------------------------------------------------------------------------


def refused_model(
    capsys: pytest.CaptureFixture[str], folder: Path, message: str
) -> None:
    """Check that scoring with a model ends with these words and no result."""
    status, rows, told = score(capsys, "good.txt", "--model", str(folder))
    assert (status, rows, told) == (NOTHING, [], [f"mtcheck: {message}"])


def test_a_damaged_model_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = put_model(folder / "model", "en")
    path = model / "en" / "human.word.klm"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.unlink()
    path.write_bytes(data)
    status, rows, told = score(capsys, "good.txt", "--model", str(model))
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
    folder: Path,
    key: str,
    value: object,
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    model = put_model(folder / "model", "en")
    card = json.loads((model / "card.json").read_text(encoding="utf-8"))
    (model / "card.json").write_text(json.dumps({**card, key: value}))
    refused_model(capsys, model, message)


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
