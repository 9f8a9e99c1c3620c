"""Mending changes what was marked and nothing else, and only where it is wanted."""

import codecs
import os
import pty
import select
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtcheck.cli import main
from mtcheck.errors import InputError
from mtcheck.linting import Linter
from mtcheck.linting.fixes import Mend, apply, diff, mend, write
from mtcheck.report import Screen
from mtcheck.types import Document, Finding, Span

ROOT = Path(__file__).resolve().parent.parent
FAULTY = "The ferry was late. . Nobody minded.\r\n\r\nThe  bell rang .\nüber"
MENDED = "The ferry was late. Nobody minded.\r\n\r\nThe bell rang.\nüber"
UNMENDABLE = "Home page Home page Home page\n\nThe committee met told AFP. Harvard.\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with one faulty text."""
    (tmp_path / "a.txt").write_bytes(FAULTY.encode())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lint(*arguments: str) -> int:
    return main(["lint", "--no-cache", "--select", "MT1", "--fix", *arguments])


def test_a_diff_is_shown_and_without_a_terminal_nothing_is_written(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lint("a.txt") == 1
    shown = capsys.readouterr()
    assert shown.out.split("a.txt:1:20:")[0] == (
        "--- a/a.txt\n"
        "+++ b/a.txt\n"
        "@@ -1,4 +1,4 @@\n"
        "-The ferry was late. . Nobody minded.\r\n"
        "+The ferry was late. Nobody minded.\r\n"
        " \r\n"
        "-The  bell rang .\n"
        "+The bell rang.\n"
        " über\n"
        "\\ No newline at end of file\n"
    )
    assert shown.err == (
        "mtcheck: nothing was written; --yes mends 1 file\nmtcheck: 3 findings\n"
    )
    assert (folder / "a.txt").read_bytes() == FAULTY.encode()


def test_with_yes_it_is_written_and_the_rest_reported(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lint("--yes", "a.txt") == 0
    assert (folder / "a.txt").read_bytes() == MENDED.encode()
    capsys.readouterr()
    assert lint("--yes", "a.txt") == 0
    assert capsys.readouterr() == ("", "")


def test_the_diff_is_one_that_git_can_apply(folder: Path) -> None:
    found = Mend("a.txt", FAULTY, MENDED)
    patch = "".join(f"{line}\n" for line in diff(found, Screen()))
    subprocess.run(["git", "apply"], input=patch.encode(), check=True)
    assert (folder / "a.txt").read_bytes() == MENDED.encode()


def test_a_terminal_gets_colours_and_no_controls(folder: Path) -> None:
    screen = Screen(is_terminal=True, has_colour=True)
    shown = list(diff(Mend("a.txt", "\x1b[2J . a\r\n", "\x1b[2J. a\r\n"), screen))
    assert shown[-1] == "\x1b[32m+␛[2J. a\x1b[0m"
    assert shown[-2] == "\x1b[31m-␛[2J . a\x1b[0m"


def answered(folder: Path, answer: bytes) -> tuple[int, bytes]:
    """Run the program on a terminal and give an answer; return status and output."""
    child, terminal = pty.fork()
    if not child:
        os.environ |= {"PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
        arguments = ["lint", "--no-cache", "--fix", "a.txt"]
        os.execv(sys.executable, [sys.executable, "-m", "mtcheck", *arguments])
    shown = b""
    while b"[y/N]" not in shown:
        shown += os.read(terminal, 4096)
    os.write(terminal, answer)
    try:
        while more := read_or_repeat(terminal, answer):
            shown += more
    except OSError:  # how Linux tells the end
        pass
    os.close(terminal)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), shown


def read_or_repeat(terminal: int, answer: bytes) -> bytes:
    """Return what the program shows; where it shows nothing, answer again.

    Python's ``input`` drops a Ctrl-C that comes while it flushes the streams.
    """
    for _ in range(5):
        if select.select([terminal], [], [], 20)[0]:
            return os.read(terminal, 4096)
        os.write(terminal, answer)
    pytest.fail("the program neither ends nor shows anything")


@pytest.mark.parametrize(
    ("answer", "status", "left"),
    [
        pytest.param(b"y\n", 0, MENDED, id="yes"),
        pytest.param(b"n\n", 1, FAULTY, id="no"),
        pytest.param(b"\n", 1, FAULTY, id="nothing"),
        pytest.param(b"\x03", 130, FAULTY, id="ctrl-c"),
    ],
)
def test_on_a_terminal_it_asks_once(
    folder: Path, answer: bytes, status: int, left: str
) -> None:
    ended, shown = answered(folder, answer)
    assert shown.count(b"Mend 1 file? [y/N]") == 1
    assert ended == status
    assert (folder / "a.txt").read_bytes() == left.encode()


def test_what_is_no_plain_file_is_told_and_left_alone(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import gzip

    (folder / "a.txt").unlink()
    (folder / "b.txt.gz").write_bytes(gzip.compress(FAULTY.encode()))
    (folder / "c.jsonl").write_text('{"id": "1", "text": "It rang . Yes."}\n' * 2)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    (folder.parent / "stdin").write_text(FAULTY)
    with (folder.parent / "stdin").open() as text:
        monkeypatch.setattr("sys.stdin", text)
        assert lint("--yes", ".", "-") == 1
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    left = "only plain files are, not records, packed files or standard input"
    assert capsys.readouterr().err == (
        f"mtcheck: ./b.txt.gz: 3 findings not mended; {left}\n"
        f"mtcheck: ./c.jsonl: 2 findings not mended; {left}\n"
        f"mtcheck: -: 3 findings not mended; {left}\n"
        "mtcheck: 8 findings\n"
    )


def test_a_program_gets_no_diff(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lint("--format", "github", "a.txt") == 2
    assert capsys.readouterr() == (
        "",
        "mtcheck: config: fix shows a diff, which has no place in github; add --yes, "
        "or name a file with --output\n",
    )
    assert lint("--format", "github", "--output", "out", "a.txt") == 1
    assert capsys.readouterr().out.startswith("--- a/a.txt\n")
    assert lint("--format", "github", "--yes", "a.txt") == 0
    assert capsys.readouterr().out == ""


def test_what_the_baseline_holds_is_not_mended(folder: Path) -> None:
    assert (
        main(["lint", "--no-cache", "--baseline", "b", "--update-baseline", "."]) == 0
    )
    with (folder / "a.txt").open("ab") as text:
        text.write(b"\n\nNobody came .")
    assert lint("--baseline", "b", "--yes", "a.txt") == 0
    assert (folder / "a.txt").read_bytes() == FAULTY.encode() + b"\n\nNobody came."


# Files ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-32-le", codecs.BOM_UTF32_LE),
        ("utf-16-le", b""),
        ("cp1252", b""),
    ],
)
def test_the_encoding_the_mark_and_the_line_ends_stay(
    folder: Path, encoding: str, mark: bytes
) -> None:
    (folder / "a.txt").write_bytes(mark + FAULTY.encode(encoding))
    assert lint("--yes", "a.txt") == 0
    assert (folder / "a.txt").read_bytes() == mark + MENDED.encode(encoding)


def test_a_page_stays_in_the_encoding_that_it_names(folder: Path) -> None:
    page = '<meta charset="iso-8859-2"><p>Vše  je v pořádku .</p>\n'.encode(
        "iso-8859-2"
    )
    (folder / "a.html").write_bytes(page)
    assert lint("--yes", "a.html") == 0
    assert (folder / "a.html").read_bytes() == page.replace(b" .", b".")


def test_mode_and_links_stay_and_nothing_is_left_beside(folder: Path) -> None:
    (folder / "a.txt").chmod(0o640)
    (folder / "inner").mkdir()
    (folder / "inner" / "link.txt").symlink_to("../a.txt")
    assert lint("--yes", "inner", "a.txt") == 0
    assert (folder / "inner" / "link.txt").is_symlink()
    assert (folder / "a.txt").read_bytes() == MENDED.encode()
    assert (folder / "a.txt").stat().st_mode & 0o777 == 0o640
    assert sorted(os.listdir(folder)) == ["a.txt", "inner"]


@pytest.mark.parametrize("now", [b"Another text.", b"\x00\x01", None])
def test_a_file_that_changed_since_is_not_written(
    folder: Path, now: bytes | None
) -> None:
    if now is None:
        (folder / "a.txt").unlink()
    else:
        (folder / "a.txt").write_bytes(now)
    message = r"^a\.txt: changed while it was looked at, and is not mended$"
    with pytest.raises(InputError, match=message):
        write(Mend("a.txt", FAULTY, MENDED))
    assert (folder / "a.txt").exists() is (now is not None)
    assert now is None or (folder / "a.txt").read_bytes() == now


def test_a_letter_that_the_encoding_lacks_is_refused(folder: Path) -> None:
    (folder / "a.txt").write_bytes("Die Brücke .".encode("cp1252"))
    message = r"^a\.txt: cannot be mended in CP1252; convert it to UTF-8$"
    with pytest.raises(InputError, match=message):
        write(Mend("a.txt", "Die Brücke .", "Die Brücke→"))
    assert (folder / "a.txt").read_bytes() == "Die Brücke .".encode("cp1252")


def test_what_cannot_be_written_is_told_and_ends_with_2(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # In the place of the file that is written first.
    (folder / f".a.txt.{os.getpid()}.tmp").mkdir()
    assert lint("--yes", "a.txt") == 2
    told = "mtcheck: a.txt: cannot be written (File exists)\n"
    assert told in capsys.readouterr().err
    assert (folder / "a.txt").read_bytes() == FAULTY.encode()


# Texts ----------------------------------------------------------------------------


def test_of_two_fixes_that_overlap_the_first_wins() -> None:
    findings = [
        Finding("MT101", "a", "error", Span(0, 4), "", "x"),
        Finding("MT102", "b", "error", Span(2, 6), "", "y"),
        Finding("MT103", "c", "error", Span(4, 5), ""),
        Finding("MT103", "c", "error", Span(6, 7), "", "z"),
    ]
    assert apply("01234567", findings) == "x45z7"


PIECES = st.sampled_from(
    [
        "The ferry was late", "Nobody  came", "he said", "the boat", ".", " .", ". .",
        ",,", " ,", "!!", "..", "\n", "\r\n", "\n\n", " ", "  ", "\u200b", "\ufeff",
        "\ufffd", "&amp;", "&nbsp;", "&lt;b&gt;", "f\ufb01nd", "th\u0435", "don\x92t",
        "fr\u00c3\u00bcher", "â€œIt", "the the", "*a*", "`x  . .`", "<b>", "</b>",
        "<p>", "# ", "- ", "[a  b](c  d)", "|", "“", "”", '"',
    ]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=25).map("".join)


def marked(text: str, path: str) -> list[Finding]:
    findings = Linter().lint(Document(text, path, path, "en")).findings
    return [item for item in findings if item.fix is not None]


@given(TEXTS, st.sampled_from(["a.txt", "a.md", "a.html"]))
def test_what_stands_outside_of_the_marks_stays(text: str, path: str) -> None:
    findings = marked(text, path)
    kept = apply(text, findings)
    for finding in findings:
        assert 0 <= finding.span.start < finding.span.end <= len(text)
    at = 0
    for gap in outside(text, findings):
        at = kept.index(gap, at) + len(gap)
    assert not findings or kept != text


def outside(text: str, findings: list[Finding]) -> list[str]:
    """Return the stretches in front of, between and behind the marks."""
    covered = {at for item in findings for at in range(item.span.start, item.span.end)}
    parts = ("\0" if at in covered else sign for at, sign in enumerate(text))
    return [part for part in "".join(parts).split("\0") if part]


@given(TEXTS, st.sampled_from(["a.txt", "a.md", "a.html"]))
def test_a_second_run_finds_nothing_to_mend(text: str, path: str) -> None:
    document = Document(text, path, path, "en")
    found = mend(document, Linter().lint)
    if found:
        assert found.old == text
        assert marked(found.new, path) == []


@pytest.mark.parametrize("path", ["a.md", "a.html"])
def test_a_fix_never_takes_a_tag_away(path: str) -> None:
    text = "He went  home, and she <b>came</b> <i> </i>. It rang <i> .</i> He saw it ."
    findings = Linter().lint(Document(text, path, path, "en")).findings
    assert [item.span.of(text) for item in findings if item.fix is not None]
    for finding in findings:
        assert finding.fix is None or "<" not in finding.span.of(text)
