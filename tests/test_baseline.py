"""A baseline silences what was there before, wherever it moves, and nothing else."""

import json
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtcheck.cli import main
from mtcheck.linting import Linted, Linter
from mtcheck.linting.baseline import Baseline, Held, read_baseline
from mtcheck.linting.places import fingerprint
from mtcheck.linting.selection import Selection
from mtcheck.report import Lines
from mtcheck.types import Document

CLEAN = "The ferry left the bay at noon, and nobody on the quay looked up.\n"
OLD = "The ferry was late. . Nobody minded, for the sun was out.\n"
NEW = "The bell rang twice, and then it stopped . Nobody heard it.\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with a faulty text whose finding is in the baseline."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text(OLD)
    assert lint("a.txt", "--update-baseline") == 0
    return tmp_path


def lint(*arguments: str) -> int:
    # Punctuation only: a line that stands there twice is a finding too.
    options = ["--no-cache", "--select", "MT1", "--baseline", "base.json"]
    return main(["lint", *options, *arguments])


def entries(folder: Path) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = json.loads((folder / "base.json").read_text())[
        "findings"
    ]
    return found


def test_what_is_held_is_left_out_and_what_is_new_reported(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lint("a.txt", "--update-baseline") == 0
    assert capsys.readouterr() == ("", "mtcheck: 1 finding put into base.json\n")
    assert lint("a.txt") == 0
    (folder / "a.txt").write_text(f"{CLEAN}\n{NEW}\n{OLD}")
    assert lint("a.txt") == 1
    shown = capsys.readouterr()
    assert shown.out.startswith("a.txt:3:41: MT102 ")
    assert "MT101" not in shown.out
    assert shown.err == "mtcheck: 1 finding, 1 can be mended with --fix\n"


def test_the_file_holds_no_text_and_is_the_same_each_time(folder: Path) -> None:
    (folder / "b").mkdir()
    (folder / "b" / "ä.txt").write_text(f"{OLD}\n{NEW}\n{NEW}")
    assert lint("b", "a.txt", "--update-baseline") == 0
    first = (folder / "base.json").read_bytes()
    assert lint("a.txt", "./b/../b", "--update-baseline") == 0
    assert (folder / "base.json").read_bytes() == first
    assert b"ferry" not in first
    assert b"bell" not in first
    assert list(entries(folder)) == ["a.txt", "b/ä.txt"]
    assert sorted(entries(folder)["b/ä.txt"].values()) == [1, 2]


def test_a_third_one_is_reported_where_two_are_held(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "a.txt").write_text(f"{NEW}\n{NEW}")
    lint("a.txt", "--update-baseline")
    (folder / "a.txt").write_text(f"{NEW}\n{NEW}\n{NEW}")
    capsys.readouterr()
    assert lint("a.txt") == 1
    assert capsys.readouterr().out.count("a.txt:") == 1


def test_paths_count_from_the_baseline_wherever_one_stands(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "mtcheck.toml").write_text('baseline = "base.json"\nno-cache = true\n')
    (folder / "inner").mkdir()
    monkeypatch.chdir(folder / "inner")
    assert main(["lint", "../a.txt"]) == 0
    assert main(["lint", str(folder / "a.txt")]) == 0


def test_what_is_gone_is_told_and_dropped(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "b.txt").write_text(NEW)
    lint("a.txt", "b.txt", "--update-baseline")
    (folder / "a.txt").write_text(CLEAN)
    (folder / "b.txt").unlink()
    capsys.readouterr()
    assert lint("a.txt") == 0
    assert capsys.readouterr().err == (
        "mtcheck: the baseline holds 2 findings too many; "
        "--update-baseline drops what is gone\n"
    )
    assert lint("a.txt", "--update-baseline") == 0
    assert entries(folder) == {}


@pytest.mark.parametrize(
    "arguments", [["b.txt"], ["a.txt", "--ignore", "MT10,MT11"]], ids=" ".join
)
def test_what_was_not_looked_for_is_neither_gone_nor_dropped(
    folder: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    before = entries(folder)
    (folder / "b.txt").write_text(CLEAN)
    capsys.readouterr()
    assert lint(*arguments) == 0
    assert capsys.readouterr() == ("", "")
    assert lint(*arguments, "--update-baseline") == 0
    assert entries(folder) == before


def test_lost_inputs_still_end_with_2_and_keep_their_entries(folder: Path) -> None:
    (folder / "a.txt").write_bytes(b"\x00\x01\x02")
    before = entries(folder)
    assert lint("a.txt", "--update-baseline") == 2
    assert entries(folder) == before


def test_the_records_of_a_file_are_counted_together(folder: Path) -> None:
    record = json.dumps({"text": OLD.strip()}) + "\n"
    (folder / "c.jsonl").write_text(record * 2)
    lint("c.jsonl", "--update-baseline")
    assert lint("c.jsonl") == 0
    (folder / "c.jsonl").write_text(record * 3)
    assert lint("c.jsonl") == 1


def test_standard_input_has_entries_of_its_own(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for arguments in (["--update-baseline"], []):
        with (folder / "a.txt").open() as text:
            monkeypatch.setattr("sys.stdin", text)
            assert lint("-", *arguments) == 0
    assert set(entries(folder)) == {"a.txt", "-"}


BAD = [
    ("{", "is not JSON (Expecting property name enclosed in double quotes: line 1 "
     "column 2 (char 1)); name another file"),
    ("[]", "is no baseline; name another file"),
    ('{"version": 1}', "is no baseline; name another file"),
    ('{"version": 9, "findings": {}}',
     "is of version 9, not 1; write it anew with --update-baseline"),
    ('{"version": 1, "findings": {"a": {"b": 0}}}',
     "is damaged; write it anew with --update-baseline"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "problem"), BAD)
def test_a_file_that_cannot_be_used_is_refused(
    folder: Path, content: str, problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "base.json").write_text(content)
    capsys.readouterr()
    assert lint("a.txt") == 2
    assert capsys.readouterr() == (
        "",
        f"mtcheck: config: baseline 'base.json' {problem}\n",
    )
    status = 0 if "anew" in problem else 2
    assert lint("a.txt", "--update-baseline") == status
    assert ((folder / "base.json").read_text() == content) is bool(status)


def test_a_missing_file_and_a_missing_option_are_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "base.json").unlink()
    capsys.readouterr()
    assert lint("a.txt") == 2
    assert main(["lint", "--update-baseline", "a.txt"]) == 2
    (folder / "base.json").mkdir()
    assert lint("a.txt") == 2
    assert capsys.readouterr().err == (
        "mtcheck: config: baseline 'base.json' does not exist; write it with "
        "--update-baseline\n"
        "mtcheck: config: update-baseline needs a file to write; name it with "
        "--baseline\n"
        "mtcheck: config: baseline 'base.json' cannot be read (Is a directory)\n"
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_baseline_that_cannot_be_written_is_told(folder: Path) -> None:
    folder.chmod(0o500)
    assert lint("a.txt", "--update-baseline") == 2


FAULTS = (
    "It rained all day. . Nobody went out to the quay, not even the {}.",
    "The {} came late , and the old captain took in the sail himself.",
    "Nobody  saw the {} in the bay before the wind had turned.",
)
FINE = "An hour later the {} had turned, so the captain took in the sail."
WORDS = ("ferry", "boat", "tide", "wind", "crew")
BLOCKS = st.builds(str.format, st.sampled_from([*FAULTS, FINE]), st.sampled_from(WORDS))


# Each block has its findings by itself, whatever stands beside it.
LINTER = Linter(Selection(select=["MT1"]))


def linted(blocks: Sequence[str]) -> Linted:
    text = "\n\n".join(blocks)
    return LINTER.lint(Document(text, "a.txt", "a.txt", "en"))


def prints(result: Linted) -> list[tuple[str, str]]:
    text = result.document.text
    lines = Lines(text)
    return [(item.code, fingerprint(item, text, lines)) for item in result.findings]


def held_of(blocks: Sequence[str]) -> Held:
    """Return what a baseline holds that was written of a text and read again."""
    with TemporaryDirectory() as folder:
        file = os.path.join(folder, "base.json")
        writer = Baseline(file, {}, LINTER.codes)
        writer.without_held(linted(blocks))
        writer.write()
        (entries,) = read_baseline(file).values() or ({},)
    return {"a.txt": entries}


@given(st.lists(BLOCKS, max_size=6), st.lists(BLOCKS, max_size=3), st.randoms())
def test_moved_lines_stay_silent_and_new_ones_do_not(
    before: list[str], inserted: list[str], random: Random
) -> None:
    after = random.sample(before, random.randint(0, len(before))) + inserted
    random.shuffle(after)
    reader = Baseline("base.json", held_of(before), LINTER.codes)
    shown = reader.without_held(linted(after))
    # Told from the blocks alone: what stands there more often than it did before.
    too_many = Counter(after) - Counter(before)
    expected = [
        item for block in too_many.elements() for item in prints(linted([block]))
    ]
    assert sorted(prints(shown)) == sorted(expected)


@given(st.lists(BLOCKS, min_size=1, max_size=6))
def test_white_space_around_words_changes_no_fingerprint(before: list[str]) -> None:
    indented = [f"  {block.replace(' to ', '   to ')}\t" for block in before]
    old = [item for item in prints(linted(before)) if item[0] != "MT103"]
    assert [item for item in prints(linted(indented)) if item[0] != "MT103"] == old
