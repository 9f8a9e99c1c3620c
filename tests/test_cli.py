"""Commands: what they print, where, and the status they end with."""

import errno
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any, Literal

import pytest

from mtcheck import __version__
from mtcheck.cli import main
from mtcheck.config import Config, key_of
from mtcheck.console import OutputError, ProgressBar, silence_streams, writing
from mtcheck.extract import extractors
from mtcheck.models import model_folders
from mtcheck.rules import all_rules

ROOT = Path(__file__).resolve().parent.parent
CLEAN = (
    "The ferry left the bay at noon, and nobody on the quay looked up from the nets. "
    "An hour later the wind had turned, so the old captain took in the sail himself.\n"
)
FAULTY = (
    "The ferry was late. . Nobody minded, for the sun was out.\n\nThe bell rang .\n"
)
FULL = Path("/dev/full")
ASCII_ONLY = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}

PLAIN = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}

Stream = int | IO[str]

needs_model = pytest.mark.skipif(not model_folders(), reason="no model is installed")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with one clean and one faulty text."""
    (tmp_path / "clean.txt").write_text(CLEAN, encoding="utf-8")
    (tmp_path / "faulty.txt").write_text(FAULTY, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def start(
    arguments: Sequence[str],
    environment: Mapping[str, str] = MappingProxyType({}),
    stdin: Stream = subprocess.PIPE,
    stdout: Stream = subprocess.PIPE,
    stderr: Stream = subprocess.PIPE,
) -> "subprocess.Popen[str]":
    """Start the program as a user does."""
    return subprocess.Popen(
        [sys.executable, "-m", "mtcheck", *arguments],
        env={**PLAIN, "PYTHONPATH": str(ROOT), **environment},
        encoding="utf-8",
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
    )


def run(arguments: Sequence[str], **more: Any) -> tuple[int, str, str]:
    """Return exit status, output and messages of the program."""
    with start(arguments, **more) as process:
        out, err = process.communicate(timeout=300)
        return process.returncode, out or "", err or ""


# Help, version, usage ----------------------------------------------------------


def test_help_names_every_command_and_setting(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    for command in (
        "score",
        "lint",
        "compare",
        "filter",
        "benchmark",
        "explain",
        "models",
        "lsp",
        "serve",
    ):
        assert f"\n  {command} " in shown
    for command in ("score", "lint", "compare", "serve"):
        assert main([command, "--help"]) == 0
        shown = capsys.readouterr().out
        for item in Config.__dataclass_fields__.values():
            option = item.metadata["option"] or f"--{key_of(item)}"
            is_meant = command in item.metadata["commands"]
            assert (f" {option} " in shown) >= is_meant, option


def test_the_version_names_the_default_model(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--version"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f"mtcheck {__version__}")
    assert ("(" in shown) == ("base" in model_folders())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["paint"], "No such command 'paint'."),
        (["score"], "Missing argument 'PATH...'."),
        (["lint"], "Missing argument 'PATH...'."),
        (["score", "--colour", "x.txt"], "No such option"),
        (["lint", "--level", "document", "x.txt"], "No such option"),
        (["score", "--jobs", "two", "x.txt"], "'two' is not a valid integer."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_usage_ends_with_2(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert message in shown.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["score", "--tier", "best", "clean.txt"],
            "mtcheck: config: tier must be one of fast, full, got 'best'\n",
        ),
        (
            ["score", "--grammar", "on", "clean.txt"],
            "mtcheck: config: grammar must be off, auto or the URL of a LanguageTool "
            "server, got 'on'\n",
        ),
        (
            ["score", "--jobs", "-1", "clean.txt"],
            "mtcheck: config: jobs must be at least 0, got -1\n",
        ),
        (
            ["lint", "--language", "tlh", "clean.txt"],
            "mtcheck: config: language must be one of auto, de, en, got 'tlh'\n",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_settings_end_with_2(
    folder: Path,
    arguments: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr() == ("", message)


def test_a_bad_settings_file_ends_with_2(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "mtcheck.toml").write_text("jobs = -1\n")
    assert main(["lint", "clean.txt"]) == 2
    assert capsys.readouterr().err == (
        f"mtcheck: config: jobs must be at least 0, got -1 (in {folder}/mtcheck.toml)\n"
    )


# lint ----------------------------------------------------------------------------


def test_lint_is_silent_on_clean_text(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lint", "clean.txt"]) == 0
    assert capsys.readouterr() == ("", "")


def test_lint_prints_places_in_order_and_ends_with_1(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lint", "clean.txt", "faulty.txt"]) == 1
    shown = capsys.readouterr()
    found = [line for line in shown.out.splitlines() if line.startswith("faulty")]
    assert [line.split(" ")[:2] for line in found] == [
        ["faulty.txt:1:20:", "MT101"],
        ["faulty.txt:3:14:", "MT102"],
    ]
    assert found[0].endswith(" [orphan-full-stop]")
    assert shown.err == "mtcheck: 2 findings, 2 can be mended with --fix\n"


def test_lint_names_what_is_lost_checks_the_rest_and_ends_with_2(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lint", "--quiet", "no.txt", "faulty.txt"]) == 2
    shown = capsys.readouterr()
    assert shown.out.count("faulty.txt:") == 2
    assert shown.err == "mtcheck: no.txt: does not exist; check the spelling\n"


def test_lint_reads_settings_from_the_file(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "mtcheck.toml").write_text('text-field = "body"\nquiet = true\n')
    record = {"id": "a", "body": "Late again. . Nobody was surprised by that at all."}
    (folder / "some.jsonl").write_text(json.dumps(record) + "\n")
    assert main(["lint", "some.jsonl"]) == 1
    shown = capsys.readouterr()
    assert shown.out.startswith("a:1:12: MT101 ")
    assert shown.err == ""


def test_a_name_or_a_text_cannot_steer_the_terminal(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "red\x1b[31m.txt").write_text("It rang \x1b[2J . . Nobody heard it .\n")
    main(["lint", "red\x1b[31m.txt", "no\x1b31m.txt"])
    shown = capsys.readouterr()
    assert "\x1b" not in shown.out + shown.err
    assert "red␛[31m.txt:1:" in shown.out
    assert "no␛31m.txt: does not exist" in shown.err


# explain and models --------------------------------------------------------------


def test_explain_tells_every_rule_by_code_and_name(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for rule in all_rules():
        assert main(["explain", rule.code.lower()]) == 0
        by_code = capsys.readouterr().out
        assert main(["explain", rule.name]) == 0
        assert capsys.readouterr().out == by_code
        assert by_code.startswith(f"{rule.code} {rule.name} ({rule.severity}, ")
        assert f"Why: {rule.why}\n" in by_code
        assert by_code.count("\n  - ") == len(rule.bad) + len(rule.good)
        assert "⟦" not in by_code
        assert "{" not in by_code.split("Message: ")[1].split("\n")[0]


def test_explain_without_a_name_lists_all_rules(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["explain"]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split() == ["code", "name", "family", "severity", "languages", "--fix"]
    for row, rule in zip(rows, all_rules(), strict=True):
        code, name, family, severity, rest = row.split(maxsplit=4)
        assert (code, name, family) == (rule.code, rule.name, rule.family)
        assert severity == rule.severity
        languages = ", ".join(sorted(rule.languages or ["all"]))
        assert rest.split("  ")[0] == languages
        assert rest.endswith("yes") == (rule.fix is not None)


def test_explain_tells_every_feature(capsys: pytest.CaptureFixture[str]) -> None:
    for kind in extractors():
        for name, meaning in kind.features.items():
            assert main(["explain", name]) == 0
            assert capsys.readouterr().out == (
                f"{name} (extractor {kind.name}, tier {kind.tier})\n\n{meaning}\n"
            )


def test_explain_marks_the_defect(capsys: pytest.CaptureFixture[str]) -> None:
    main(["explain", "MT101"])
    lines = capsys.readouterr().out.splitlines()
    bad = lines.index("Bad:") + 1
    assert lines[bad] == "  - She met the mayor. . They spoke."
    assert lines[bad + 1] == "                      ^^"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("orphan-full-stops", "did you mean orphan-full-stop"),
        ("perplexity.mean", "did you mean perplexity.mean_bits"),
        ("stop", "did you mean orphan-full-stop"),
        ("%%%", "codes: MT001, "),
        ("", "codes: MT001, "),
    ],
)
def test_explain_names_what_comes_close(
    name: str, hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", name]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith(
        f"mtcheck: {name!r} must be a code, a rule or a feature; {hint}"
    )


def test_models_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models"]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    if model_folders():
        assert head.split() == [
            "name",
            "version",
            "languages",
            "size",
            "signature",
            "metrics",
        ]
    assert [row.split()[0] for row in rows] == list(model_folders())


def test_an_unknown_model_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "bsae"]) == 2
    assert capsys.readouterr().err == (
        "mtcheck: model must be an installed name or a model folder, got 'bsae'; "
        f"installed: {', '.join(model_folders()) or 'none'}\n"
    )


@needs_model
def test_the_card_of_a_model_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "base"]) == 0
    shown = capsys.readouterr().out
    for key in ("version", "languages", "licences", "metrics", "signature"):
        assert f"\n{key}:" in shown
    assert "no proof of who or what wrote it" in shown.splitlines()[1]


# score ---------------------------------------------------------------------------


@needs_model
def test_score_tells_people_and_counts(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["score", "clean.txt", "faulty.txt"]) == 0
    shown = capsys.readouterr()
    assert shown.out.startswith("clean.txt: 1 paragraph: ")
    assert "\nfaulty.txt:3  " in shown.out
    assert shown.err.startswith("mtcheck: 2 documents, 3 paragraphs: ")
    assert shown.err.count("\n") == 1


@needs_model
def test_score_loses_some_input(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["score", "--format", "jsonl", "no.txt", "clean.txt"]
    assert main(arguments) == 1
    shown = capsys.readouterr()
    assert [json.loads(line)["document"] for line in shown.out.splitlines()] == [
        "clean.txt"
    ]
    lost, closing = shown.err.splitlines()
    assert lost == "mtcheck: no.txt: does not exist; check the spelling"
    assert closing.startswith("mtcheck: 1 document, 1 paragraph: ")
    assert closing.endswith("; 1 input lost")
    assert main([*arguments, "--quiet"]) == 1
    assert capsys.readouterr().err == f"{lost}\n"


@needs_model
def test_score_that_loses_all_ends_with_2_and_replaces_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "out.jsonl").write_text("from before")
    arguments = ["score", "--format", "jsonl", "--output", "out.jsonl"]
    assert main([*arguments, "no.txt", "none.txt"]) == 2
    assert capsys.readouterr().err.splitlines()[2:] == [
        "mtcheck: nothing was scored, 2 inputs lost"
    ]
    assert (folder / "out.jsonl").read_text() == "from before"
    assert len(list(folder.iterdir())) == 3


@needs_model
def test_score_writes_utf_8_whatever_the_locale(folder: Path) -> None:
    record = {"id": "Brücke", "text": "Über die Brücke führt kein Weg mehr ins Dorf."}
    (folder / "bridge.jsonl").write_text(json.dumps(record))
    arguments = ["score", "bridge.jsonl"]
    status, out, _ = run([*arguments, "--format", "jsonl"], environment=ASCII_ONLY)
    assert status == 0
    assert json.loads(out)["document"] == "Brücke"
    status, out, err = run(arguments, environment=ASCII_ONLY)
    assert status == 0
    assert out.startswith("Br?cke (bridge.jsonl): 1 paragraph: ")
    assert err.startswith("mtcheck: 1 document, ")


@needs_model
def test_score_writes_the_same_to_a_file(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["score", "--format", "jsonl", "--quiet", "clean.txt", "faulty.txt"]
    assert main(arguments) == 0
    shown = capsys.readouterr().out
    assert main([*arguments, "--output", "out.jsonl"]) == 0
    assert capsys.readouterr() == ("", "")
    assert (folder / "out.jsonl").read_text("utf-8") == shown


@needs_model
@pytest.mark.parametrize("path", ["clean.txt", ".", "*.txt", "./clean.txt"])
def test_score_never_writes_over_an_input(
    folder: Path, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["score", path, "--output", "clean.txt"]) == 2
    assert capsys.readouterr().err == (
        "mtcheck: config: output must not be an input, got 'clean.txt'; "
        "name another file\n"
    )
    assert (folder / "clean.txt").read_text("utf-8") == CLEAN
    assert len(list(folder.iterdir())) == 2


@needs_model
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_score_ends_silently_when_its_reader_does(folder: Path, jobs: str) -> None:
    (folder / "many.txt").write_text("\n".join([CLEAN] * 500), encoding="utf-8")
    arguments = ["score", "--format", "jsonl", "--tier", "fast", "--jobs", jobs]
    with start([*arguments, "many.txt"]) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert json.loads(process.stdout.readline())["paragraph"] == 0
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(60) == 141


@needs_model
def test_score_of_documents_counts_no_paragraphs(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["score", "--level", "document", "clean.txt"]) == 0
    shown = capsys.readouterr()
    assert shown.out.startswith("clean.txt: 0 findings\n")
    assert shown.err.startswith("mtcheck: 1 document: ")


def test_score_without_its_model_ends_with_2(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["score", "--model", "nowhere", "clean.txt"]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith(
        "mtcheck: model must be an installed name or a model folder, got 'nowhere'; "
    )


# Streams --------------------------------------------------------------------------


def test_a_closed_pipe_ends_silently(folder: Path) -> None:
    (folder / "many.txt").write_text("It rang . . Nobody heard it .\n" * 5000)
    with start(["lint", "many.txt"]) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(60) == 141


def test_closed_messages_end_silently_too(folder: Path) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    status, out, _ = run(["lint", "no.txt", "clean.txt"], stderr=write_end)
    os.close(write_end)
    assert (status, out) == (141, "")


@needs_full
@pytest.mark.parametrize(
    "arguments",
    [["lint", "faulty.txt"], ["explain", "MT101"], ["models"]],
    ids=" ".join,
)
def test_a_full_disk_is_told(folder: Path, arguments: list[str]) -> None:
    with FULL.open("w") as full:
        status, _, err = run(arguments, stdout=full)
    assert status == 2
    assert err == (
        "mtcheck: standard output: cannot be written (No space left on device)\n"
    )


@needs_full
def test_a_version_that_cannot_be_written_is_told() -> None:
    with FULL.open("w") as full:
        status, _, err = run(["--version"], stdout=full)
    assert (status, err) == (2, "mtcheck: No space left on device\n")


def test_closed_standard_output_is_told(folder: Path) -> None:
    run_it = f'"{sys.executable}" -m mtcheck lint faulty.txt >&-'
    done = subprocess.run(
        ["sh", "-c", run_it],
        env=dict(PLAIN, PYTHONPATH=str(ROOT)),
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 2
    assert done.stderr == (
        "mtcheck: standard output: cannot be written (it is closed)\n"
    )


def test_ctrl_c_ends_with_130_and_one_line(folder: Path) -> None:
    with start(["lint", "no.txt", "-"]) as process:
        assert process.stderr is not None
        process.stderr.readline()
        process.send_signal(signal.SIGINT)
        assert process.stderr.read() == "mtcheck: interrupted\n"
        assert process.wait(60) == 130


def test_standard_input_is_read(folder: Path) -> None:
    with (folder / "faulty.txt").open() as text:
        status, out, _ = run(["lint", "-"], stdin=text)
    assert status == 1
    assert out.startswith("-:1:20: MT101 ")


def test_text_degrades_where_letters_are_missing(folder: Path) -> None:
    (folder / "bär.txt").write_text("Der Bär schläft . Niemand wollte ihn wecken.")
    status, out, err = run(["lint", "bär.txt"], environment=ASCII_ONLY)
    assert status == 1
    assert out.startswith("b?r.txt:1:16: MT102 ")
    assert out.isascii()
    assert err == "mtcheck: 1 finding, 1 can be mended with --fix\n"


# Output files ---------------------------------------------------------------------


def test_a_file_appears_when_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    with writing(str(path), is_for_people=False) as (write, screen):
        write("ä\udc80\n")
        assert not path.exists()
        assert not screen.is_terminal
    assert path.read_bytes() == "ä\\udc80\n".encode()
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, RuntimeError])
def test_an_interruption_leaves_the_old_file(
    tmp_path: Path, stop: type[BaseException]
) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text("old")

    def interrupted() -> None:
        with writing(str(path), is_for_people=False) as (write, _):
            write("new")
            raise stop

    with pytest.raises(stop):
        interrupted()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_sigterm_tidies_up(tmp_path: Path) -> None:
    code = (
        "from mtcheck.console import writing\n"
        f"with writing({str(tmp_path / 'out')!r}, False) as (write, _):\n"
        "    write('x')\n"
        "    print('ready', flush=True)\n"
        "    __import__('time').sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        env=dict(PLAIN, PYTHONPATH=str(ROOT)),
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert len(list(tmp_path.iterdir())) == 1
        process.terminate()
        assert process.wait(30) == 143
    assert list(tmp_path.iterdir()) == []


def test_a_link_keeps_pointing_to_the_file(tmp_path: Path) -> None:
    target, link = tmp_path / "real.txt", tmp_path / "link.txt"
    target.write_text("old")
    link.symlink_to(target)
    with writing(str(link), is_for_people=False) as (write, _):
        write("new")
    assert link.is_symlink()
    assert target.read_text() == "new"


def refusal(path: Path) -> str:
    """Return the words with which a place to write to is refused."""

    def attempt() -> None:
        with writing(str(path), is_for_people=False) as (write, _):
            write("x" * 100_000)

    with pytest.raises(OutputError) as raised:
        attempt()
    return str(raised.value)


def test_places_that_cannot_be_written_are_refused(tmp_path: Path) -> None:
    missing = tmp_path / "no" / "out.txt"
    why = os.strerror(errno.ENOENT)
    assert refusal(missing) == f"{missing}: cannot be written ({why})"
    why = os.strerror(errno.EISDIR)
    assert refusal(tmp_path) == f"{tmp_path}: cannot be written ({why})"


@needs_full
def test_a_full_device_is_refused_and_stays_a_device() -> None:
    why = os.strerror(errno.ENOSPC)
    assert refusal(FULL) == f"{FULL}: cannot be written ({why})"
    assert FULL.is_char_device()


def test_healthy_streams_survive_being_silenced(
    capfd: pytest.CaptureFixture[str],
) -> None:
    silence_streams()
    os.write(1, b"heard")
    assert capfd.readouterr().out == "heard"


# Terminals ------------------------------------------------------------------------


def under_a_terminal(
    command: Sequence[str], stream: Literal["stdout", "stderr"], **environment: str
) -> str:
    """Return what Python shows on a stream that is a terminal."""
    pty = pytest.importorskip("pty")
    leader, follower = pty.openpty()
    streams = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    streams[stream] = follower
    with subprocess.Popen(
        [sys.executable, *command],
        env={**PLAIN, "PYTHONPATH": str(ROOT), "TERM": "xterm", **environment},
        stdout=streams["stdout"],
        stderr=streams["stderr"],
    ) as process:
        process.wait(60)
    os.close(follower)
    shown = b""
    try:
        while piece := os.read(leader, 4096):
            shown += piece
    except OSError:
        pass  # Linux tells the end of a terminal like this.
    os.close(leader)
    return shown.decode()


def test_terminals_get_colours_unless_refused(folder: Path) -> None:
    command = ["-m", "mtcheck", "lint", "faulty.txt"]
    assert "\x1b[1;31mMT101\x1b[0m" in under_a_terminal(command, "stdout")
    for refusal in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        plain = under_a_terminal(command, "stdout", **refusal)
        assert "MT101" in plain
        assert "\x1b" not in plain


def bar(is_wanted: bool, seconds: float) -> list[str]:
    """Return the command that shows a bar for some time."""
    return [
        "-c",
        "import time; from mtcheck.console import ProgressBar\n"
        f"with ProgressBar({is_wanted}) as bar:\n"
        "    bar.update('3 documents')\n"
        f"    time.sleep({seconds})\n"
        "    bar.update('4 documents'); bar.pause(); bar.resume()\n",
    ]


def test_a_bar_appears_after_a_second() -> None:
    assert "3 documents" in under_a_terminal(bar(True, 1.8), "stderr")


@pytest.mark.parametrize(("is_wanted", "seconds"), [(True, 0.1), (False, 1.5)])
def test_no_bar_for_short_or_quiet_runs(is_wanted: bool, seconds: float) -> None:
    assert under_a_terminal(bar(is_wanted, seconds), "stderr") == ""


def test_no_bar_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with ProgressBar(True) as shown:
        shown.update("3 documents")
    assert capsys.readouterr() == ("", "")
