"""What is remembered is what would be found, and only for the same text and rules."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mtcheck.cli import main
from mtcheck.linting import Linter
from mtcheck.linting.cache import FOLDER, Cache
from mtcheck.types import Document, Finding, Span

FAULTY = "The ferry was late. . Nobody minded.\n\nThe bell rang .\n"
CLEAN = "The ferry left the bay at noon, and nobody on the quay looked up.\n"
PLANTED = Finding("MT101", "orphan-full-stop", "error", Span(0, 3), "planted")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with a faulty text that was linted."""
    (tmp_path / "a.txt").write_text(FAULTY)
    monkeypatch.chdir(tmp_path)
    assert main(["lint", "a.txt"]) == 1
    return tmp_path


def entry(folder: Path) -> Path:
    """Return the only entry of the cache."""
    names = {path.name for path in (folder / FOLDER).iterdir()}
    (name,) = names - {".gitignore", "CACHEDIR.TAG"}
    return folder / FOLDER / name


def plant(folder: Path) -> None:
    """Change what is remembered, so that one can tell it from what is found."""
    path = entry(folder)
    content = json.loads(path.read_text())
    content["findings"] = [
        ["MT101", "orphan-full-stop", "error", [0, 3], "planted", None, 0]
    ]
    path.write_text(json.dumps(content))


def is_remembered(capsys: pytest.CaptureFixture[str], *arguments: str) -> bool:
    capsys.readouterr()
    main(["lint", *(arguments or ["a.txt"])])
    return "planted" in capsys.readouterr().out


def test_an_unchanged_file_is_not_looked_at_again(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plant(folder)
    assert is_remembered(capsys)
    assert is_remembered(capsys, "./a.txt")


def test_what_comes_back_is_all_that_was_found(tmp_path: Path) -> None:
    document = Document(FAULTY, "a.txt", "a.txt")
    linter, cache = Linter(), Cache(tmp_path)
    fresh = cache.lint(document, linter)
    assert fresh == linter.lint(document)
    assert fresh.findings
    assert cache.lint(document, linter) == fresh


def test_no_cache_neither_reads_nor_writes(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plant(folder)
    before = entry(folder).read_bytes()
    assert not is_remembered(capsys, "--no-cache", "a.txt")
    assert entry(folder).read_bytes() == before


@pytest.mark.parametrize(
    "arguments",
    [["--select", "MT1"], ["--ignore", "MT9"], ["--language", "de"],
     ["--paragraphs", "line"]],
    ids=" ".join,
)  # fmt: skip
def test_other_settings_are_another_question(
    folder: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    plant(folder)
    assert not is_remembered(capsys, *arguments, "a.txt")


def test_another_text_severity_or_suffix_is_another_question(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plant(folder)
    (folder / "a.txt").write_text(f"{FAULTY}\n")
    assert not is_remembered(capsys)
    plant(folder)
    (folder / "mtcheck.toml").write_text('[severity]\nMT101 = "info"\n')
    assert not is_remembered(capsys)
    plant(folder)
    (folder / "mtcheck.toml").write_text('[per-path."a.*"]\nlanguage = "de"\n')
    assert not is_remembered(capsys)


def test_an_edited_rule_is_another_question(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from mtcheck.linting import cache

    package = folder / "package"
    (package / "languages").mkdir(parents=True)
    (package / "rule.py").write_text("one")
    monkeypatch.setattr(cache, "_PACKAGE", package)
    cache._fingerprint.cache_clear()
    first = cache._fingerprint()
    (package / "languages" / "xx.toml").write_text("a = 1")
    cache._fingerprint.cache_clear()
    second = cache._fingerprint()
    os.utime(package / "rule.py", ns=(1, 1))
    cache._fingerprint.cache_clear()
    assert len({first, second, cache._fingerprint()}) == 3
    cache._fingerprint.cache_clear()


def test_another_judge_is_another_question(tmp_path: Path) -> None:
    document = Document(CLEAN, "a.txt", "a.txt")
    judged = replace(Linter(), judge=lambda *_: [PLANTED])
    Cache(tmp_path, "weak fast base@1").lint(document, judged)
    assert Cache(tmp_path, "weak fast base@1").lint(document, Linter()).findings
    assert not Cache(tmp_path, "weak fast base@2").lint(document, Linter()).findings


@pytest.mark.parametrize(
    "damage",
    [b"", b"{", b"[]", b"null", b"\xff", b'{"key": 1}', b"[" * 100_000],
)
def test_a_damaged_entry_is_not_used_and_written_anew(
    folder: Path, damage: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    before = entry(folder).read_bytes()
    entry(folder).write_bytes(damage)
    assert main(["lint", "a.txt"]) == 1
    assert entry(folder).read_bytes() == before


CHANGES: list[Callable[[list[object]], object]] = [
    lambda fields: fields.clear(),
    lambda fields: fields.append(1),
    lambda fields: fields.__setitem__(3, [1]),
    lambda fields: fields.__setitem__(3, None),
]


@pytest.mark.parametrize("change", CHANGES)
def test_an_entry_with_other_fields_is_not_used(
    folder: Path, change: Callable[[list[object]], object]
) -> None:
    before = entry(folder).read_bytes()
    content = json.loads(before)
    change(content["findings"][0])
    entry(folder).write_text(json.dumps(content))
    assert main(["lint", "a.txt"]) == 1
    assert entry(folder).read_bytes() == before


def test_the_folder_keeps_out_of_git_and_backups_and_does_not_grow(
    folder: Path,
) -> None:
    assert (folder / FOLDER / ".gitignore").read_text() == "*\n"
    tag = (folder / FOLDER / "CACHEDIR.TAG").read_text()
    assert tag.startswith("Signature: 8a477f597d28d172789f06886806bc55\n")
    first = entry(folder)
    (folder / "a.txt").write_text(CLEAN)
    assert main(["lint", "a.txt"]) == 0
    assert entry(folder) == first


def test_the_folder_lies_beside_the_settings(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "work" / "inner").mkdir(parents=True)
    (folder / "work" / "mtcheck.toml").write_text("quiet = true\n")
    monkeypatch.chdir(folder / "work" / "inner")
    assert main(["lint", "../../a.txt"]) == 1
    assert entry(folder / "work").exists()
    assert not (folder / "work" / "inner" / FOLDER).exists()


def test_no_link_in_the_folder_is_written_through(folder: Path) -> None:
    (folder / "mine").write_text("mine")
    link = entry(folder)
    link.unlink()
    link.symlink_to(folder / "mine")
    assert main(["lint", "a.txt"]) == 1
    assert (folder / "mine").read_text() == "mine"


def test_a_folder_that_is_a_link_is_not_written_to(folder: Path) -> None:
    (folder / FOLDER).rename(folder / "elsewhere")
    (folder / FOLDER).symlink_to(folder / "elsewhere")
    before = {path.name: path.read_bytes() for path in (folder / "elsewhere").iterdir()}
    (folder / "a.txt").write_text(CLEAN)
    assert main(["lint", "a.txt"]) == 0
    after = {path.name: path.read_bytes() for path in (folder / "elsewhere").iterdir()}
    assert after == before


def test_a_folder_that_cannot_be_made_costs_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "work").mkdir()
    (folder / "work" / FOLDER).write_text("no folder")
    (folder / "work" / "mtcheck.toml").write_text("")
    capsys.readouterr()
    monkeypatch.chdir(folder / "work")
    assert main(["lint", "../a.txt"]) == 1
    assert (
        capsys.readouterr().err == "mtcheck: 2 findings, 2 can be mended with --fix\n"
    )


def test_records_and_standard_input_are_not_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("c.jsonl").write_text(json.dumps({"text": FAULTY}) + "\n")
    assert main(["lint", "c.jsonl"]) == 1
    with Path("c.jsonl").open() as text:
        monkeypatch.setattr("sys.stdin", text)
        main(["lint", "-"])
    assert not Path(FOLDER).exists()


def test_a_text_with_half_a_surrogate_pair_is_remembered_too(tmp_path: Path) -> None:
    document = Document("The ferry \ud800 was late. . Nobody minded.", "a", "a\udcff")
    cache = Cache(tmp_path)
    assert cache.lint(document, Linter()) == cache.lint(document, Linter())
    assert len(list(tmp_path.iterdir())) == 1
