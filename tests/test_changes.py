"""With --diff only the lines count that git says have changed."""

import os
import subprocess
from pathlib import Path

import pytest

from mtcheck.cli import main
from mtcheck.errors import ConfigError
from mtcheck.linting.cache import FOLDER
from mtcheck.linting.changes import Changed, Changes

CLEAN = "The ferry left the bay at noon, and nobody on the quay looked up.\n"
FAULTY = "The ferry was late. . Nobody minded, for the sun was out.\n"
OTHER = "The bell rang twice, and then it stopped . Nobody heard it.\n"


def git(*arguments: str) -> None:
    subprocess.run(["git", *arguments], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a repository whose only commit holds one faulty text."""
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, os.devnull)
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Somebody")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "somebody@example.org")
    monkeypatch.chdir(tmp_path)
    git("init", "--quiet")
    (tmp_path / "a.txt").write_text(f"{CLEAN}\n{FAULTY}\n{CLEAN}")
    commit()
    return tmp_path


def commit() -> None:
    git("add", "--all")
    git("commit", "--quiet", "--message", "Change it")


def lint(*arguments: str) -> int:
    options = ["--no-cache", "--select", "MT1", "--diff", "HEAD"]
    return main(["lint", *options, *(arguments or ["."])])


def places(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return path and line of what was reported."""
    return [
        line.rpartition(": MT")[0].rpartition(":")[0].removeprefix("./")
        for line in capsys.readouterr().out.splitlines()
        if ": MT" in line
    ]


def test_what_did_not_change_is_not_reported(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lint() == 0
    (repository / "a.txt").write_text(f"{CLEAN}\n{FAULTY}\n{OTHER}")
    assert lint() == 1
    assert places(capsys) == ["a.txt:5"]
    git("add", "--all")
    assert lint() == 1
    commit()
    assert lint() == 0
    assert main(["lint", "--no-cache", "--diff", "HEAD~1", "a.txt"]) == 1


def test_a_line_that_was_taken_away_changes_no_neighbour(repository: Path) -> None:
    text = f"{CLEAN}{OTHER}{FAULTY}{CLEAN}"
    (repository / "a.txt").write_text(text)
    commit()
    (repository / "a.txt").write_text(text.replace(CLEAN, ""))
    assert lint() == 0


def test_new_and_renamed_files_count_by_their_lines(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (repository / "new.txt").write_text(FAULTY)
    (repository / ".gitignore").write_text("ignored.txt\n")
    (repository / "ignored.txt").write_text(FAULTY)
    git("mv", "a.txt", "b.txt")
    with (repository / "b.txt").open("a") as text:
        text.write(f"\n{OTHER}")
    assert lint() == 1
    assert places(capsys) == ["b.txt:7", "new.txt:1"]


ODD = ["a b.txt", "gr\u00fc\u00df.txt", "two\nlines.txt", 'q"uote\t.txt', "x b/ y.txt"]


@pytest.mark.parametrize("name", [*ODD, os.fsdecode(b"no\xfftext.txt")])
@pytest.mark.parametrize("is_tracked", [True, False])
def test_any_name_is_understood(
    repository: Path, name: str, is_tracked: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    path = repository / name
    path.parent.mkdir(exist_ok=True)
    if is_tracked:
        path.write_text(f"{FAULTY}\n{CLEAN}")
        commit()
    path.write_text(f"{FAULTY if is_tracked else CLEAN}\n{OTHER}")
    assert lint(name) == 1
    assert capsys.readouterr().out.count("MT10") == 1


def test_text_that_looks_like_a_patch_is_not_taken_for_one(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = "-- a/a.txt\n++ b//z.txt\n@@ -1 +1,99 @@\ndiff --git a/a.txt b//a.txt\n"
    (repository / "b.txt").write_text(odd + FAULTY)
    (repository / "c.txt").write_text(FAULTY)
    commit()
    (repository / "b.txt").write_text(odd.replace("1", "2") + FAULTY + "++ b//c.txt")
    assert lint() == 0
    (repository / "b.txt").write_text(odd.replace("1", "2") + OTHER + FAULTY)
    assert lint() == 1
    assert places(capsys) == ["b.txt:5"]


def test_what_git_takes_for_binary_changes_as_a_whole(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = repository / "a and b//c.txt"
    path.parent.mkdir()
    path.write_text(FAULTY, encoding="utf-16")
    commit()
    path.write_text(f"{FAULTY}\n{CLEAN}", encoding="utf-16")
    assert lint() == 1
    assert len(places(capsys)) == 1


def test_other_settings_of_git_change_nothing(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for setting in (
        "diff.noprefix=true", "diff.mnemonicPrefix=true", "color.ui=always",
        "diff.interHunkContext=9", "diff.external=false", "diff.renames=false",
        "core.quotePath=false",
    ):  # fmt: skip
        git("config", *setting.split("="))
    (repository / "a.txt").write_text(f"{OTHER}\n{FAULTY}\n{OTHER}")
    assert lint() == 1
    assert places(capsys) == ["a.txt:1", "a.txt:5"]


def test_variables_that_git_sets_for_its_hooks_do_not_mislead(
    repository: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (repository / "inner").mkdir()
    (repository / "inner" / "b.txt").write_text(FAULTY)
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/nothing")
    assert lint() == 1
    assert places(capsys) == ["inner/b.txt:1"]


def test_the_repository_is_that_of_the_file_and_links_are_followed(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository / "link.txt").symlink_to("a.txt")
    commit()
    (repository / "a.txt").write_text(OTHER)
    monkeypatch.chdir("/")
    assert lint(str(repository / "link.txt")) == 1


def test_of_records_those_count_whose_lines_changed(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = '{{"id": "{}", "text": "The ferry was late. . Nobody minded that."}}\n'
    (repository / "c.jsonl").write_text(row.format("a") + row.format("b"))
    commit()
    (repository / "c.jsonl").write_text(row.format("a") + row.format("c"))
    assert lint() == 1
    assert places(capsys) == ["c:1"]


def test_of_a_row_of_several_lines_each_counts(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = 'id,text\na,"The ferry was late. . Nobody\nminded {}."\nb,"It. . is\n{}."\n'
    (repository / "c.csv").write_text(rows.format("that", "late"))
    commit()
    (repository / "c.csv").write_text(rows.format("this", "late"))
    assert lint() == 1
    assert places(capsys) == ["a:1"]


def test_standard_input_counts_as_changed(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (repository / "a.txt").open() as text:
        monkeypatch.setattr("sys.stdin", text)
        assert lint("-") == 1


def test_a_finding_that_reaches_into_a_changed_line_counts(repository: Path) -> None:
    changed = Changed((range(3, 5), range(9, 10)))
    touched = [line for line in range(1, 12) if changed.touches(line, line)]
    assert touched == [3, 4, 9]
    assert changed.touches(1, 3)
    assert changed.touches(5, 9)
    assert not changed.touches(5, 8)


def test_files_in_conflict_count_by_their_lines(repository: Path) -> None:
    git("checkout", "--quiet", "-b", "side")
    (repository / "a.txt").write_text(f"{OTHER}\n{FAULTY}\n{CLEAN}")
    commit()
    git("checkout", "--quiet", "-")
    (repository / "a.txt").write_text(f"Ours.\n\n{FAULTY}\n{CLEAN}")
    commit()
    subprocess.run(["git", "merge", "side"], capture_output=True)
    assert "<<<<<<<" in (repository / "a.txt").read_text()
    assert lint() == 1


@pytest.mark.parametrize("revision", ["nowhere", "HEAD~9", "HEAD:a.txt"])
def test_an_unknown_revision_is_refused(
    repository: Path, revision: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lint", "--no-cache", "--diff", revision, "a.txt"]) == 2
    assert capsys.readouterr().err == (
        "mtcheck: config: diff must be a revision that git knows in "
        f"{os.path.realpath(repository)!r}, got {revision!r}\n"
    )


def test_an_option_is_no_revision() -> None:
    message = r"^config: diff must be a revision of git, got '--output=x'$"
    with pytest.raises(ConfigError, match=message):
        Changes("--output=x")


def test_a_file_outside_a_repository_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    (tmp_path / "a.txt").write_text(CLEAN)
    assert lint("a.txt") == 2
    assert capsys.readouterr().err.startswith(
        "mtcheck: config: diff needs a repository of git, and "
        f"{os.path.realpath(tmp_path)!r} is in none (fatal: not a git repository"
    )
    assert not (tmp_path / FOLDER).exists()


def test_missing_git_is_told(
    repository: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PATH", str(repository / "nothing"))
    assert lint("a.txt") == 2
    assert capsys.readouterr().err == (
        "mtcheck: config: diff needs git, which is not installed\n"
    )
