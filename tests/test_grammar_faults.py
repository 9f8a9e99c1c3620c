"""What goes wrong with LanguageTool costs no verdict, and leaves no process behind."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs
from uuid import uuid4

import pytest
from conftest import ROOT, lacking

import mtcheck
from mtcheck.errors import ConfigError, ResourceError
from mtcheck.grammar import check_service
from mtcheck.grammar import server as server_module
from mtcheck.grammar.checker import GIVE_UP, Checker, Service, Unchecked
from mtcheck.grammar.server import FOLDER, grammar_service, look_at, start, stop

TEXT = "She have sold the boat to a cousin who lives on the mainland."
CLOSED = "http://127.0.0.1:9"
WAIT = 30.0
N_RECORDS = 240

Answer = Callable[[BaseHTTPRequestHandler, str], None]


class Run:
    """The program, as a user starts it, and all processes that come of it."""

    def __init__(self, folder: Path, *arguments: str, **environment: str) -> None:
        self.mark = uuid4().hex
        self._messages = folder / f"{self.mark}.messages"
        with self._messages.open("w") as messages:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "mtcheck", *arguments],
                cwd=folder,
                env={
                    **os.environ,
                    "PYTHONPATH": str(ROOT),
                    "XDG_CACHE_HOME": str(folder / "cache"),
                    "MTCHECK_MARK": self.mark,
                    **environment,
                },
                stdout=subprocess.PIPE,
                stderr=messages,
                encoding="utf-8",
            )

    def line(self) -> str:
        """Return the next line of the output."""
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def end(self) -> tuple[int, str, str]:
        """Wait for the end; return exit status, rest of the output, and messages."""
        with self.process as process:
            out = process.stdout.read() if process.stdout else ""
            status = process.wait(300)
        return status, out, self._messages.read_text(encoding="utf-8")

    def living(self) -> list[int]:
        """Return the processes of the run that still live."""
        if not Path("/proc/self/environ").exists():
            lacking("no /proc to look for processes in")
        found = []
        for path in Path("/proc").glob("[0-9]*/environ"):
            try:
                if self.mark.encode() in path.read_bytes():
                    found.append(int(path.parent.name))
            except OSError:  # it has ended, or is another user's
                continue
        return found

    def leaves_nothing(self) -> bool:
        """Tell whether all processes end soon."""
        limit = time.monotonic() + WAIT
        while time.monotonic() < limit:
            if not self.living():
                return True
            time.sleep(0.1)
        return False


def lines(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def codes(out: str) -> set[str]:
    return {found["code"] for line in lines(out) for found in line["findings"]}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Return a file of many records, none like another: several batches of them."""
    path = tmp_path / "corpus.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for number in range(N_RECORDS):
            text = "\n\n".join(f"{TEXT} Boat {number} {at}." for at in range(20))
            file.write(json.dumps({"id": number, "text": text}) + "\n")
    return path


def n_answers(cache: Path) -> list[int]:
    """Return how many answers a cache has, once it has any."""
    if not cache.exists():
        return []
    with closing(sqlite3.connect(cache)) as file:
        try:
            (number,) = file.execute("SELECT count(*) FROM answers").fetchone()
        except sqlite3.OperationalError:  # it is just being made
            return []
    return [number] if number else []


# Servers that misbehave ----------------------------------------------------------


def as_json(request: BaseHTTPRequestHandler, value: object, status: int = 200) -> None:
    body = json.dumps(value).encode()
    request.send_response(status)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)


def nothing_wrong(request: BaseHTTPRequestHandler, text: str) -> None:
    as_json(request, {"matches": []})


@contextmanager
def fake(
    check: Answer, version: str = "6.6", name: str = "LanguageTool"
) -> Iterator[str]:
    """Serve what looks like LanguageTool; ``check`` answers what is posted."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if self.path.endswith("/info"):
                as_json(self, {"software": {"name": name, "version": version}})
            else:
                as_json(self, [{"longCode": code} for code in ("en-US", "de-DE")])

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            try:
                check(self, parse_qs(raw.decode())["text"][0])
            except OSError:  # who asked has not waited
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.block_on_close = False
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def slow(request: BaseHTTPRequestHandler, text: str) -> None:
    time.sleep(3)
    nothing_wrong(request, text)


def garbage(request: BaseHTTPRequestHandler, text: str) -> None:
    request.send_response(200)
    request.send_header("Content-Length", "7")
    request.end_headers()
    request.wfile.write(b"\xff<html>")


def other_json(request: BaseHTTPRequestHandler, text: str) -> None:
    as_json(request, {"matches": [{"offset": 10**9, "length": 1}]})


def refusing(request: BaseHTTPRequestHandler, text: str) -> None:
    as_json(request, {"error": "no"}, 500)


def dribbling(request: BaseHTTPRequestHandler, text: str) -> None:
    request.send_response(200)
    request.send_header("Content-Length", "100000")
    request.end_headers()
    for _ in range(30):
        request.wfile.write(b" ")
        time.sleep(0.1)
    request.close_connection = True


def leaving(request: BaseHTTPRequestHandler, text: str) -> None:
    """Refuse the first, then be gone."""
    assert isinstance(request.server, ThreadingHTTPServer)
    request.server.socket.close()
    refusing(request, text)
    request.close_connection = True


def hanging_up(request: BaseHTTPRequestHandler, text: str) -> None:
    request.connection.shutdown(socket.SHUT_RDWR)
    request.close_connection = True


def hurried(url: str, *, is_required: bool = False) -> Service:
    return Service(
        url, "6.6", frozenset({"en-US", "de-DE"}), is_required, 0.6, n_connections=1
    )


@pytest.mark.parametrize(
    "answer", [slow, dribbling, garbage, other_json, refusing, leaving, hanging_up]
)
def test_what_a_bad_server_says_is_counted(answer: Answer, tmp_path: Path) -> None:
    texts = [f"{TEXT} {number}" for number in range(300)]
    asked = []

    def noting(request: BaseHTTPRequestHandler, text: str) -> None:
        asked.append(text)
        answer(request, text)

    with fake(noting) as url:
        checker = Checker(hurried(url), tmp_path / "cache")
        found = checker.check(texts, "en")
    assert all(isinstance(item, Unchecked) for item in found)
    # It is given up on; no text waits for its own time limit.
    assert len(asked) <= GIVE_UP * (1 + GIVE_UP)
    with fake(nothing_wrong) as url:
        checker = Checker(hurried(url), tmp_path / "cache")
        assert checker.check(texts, "en") == [()] * 300  # nothing of it was kept


@pytest.mark.parametrize("answer", [slow, garbage, refusing, hanging_up])
def test_a_required_server_that_fails_ends_the_run(
    answer: Answer, tmp_path: Path
) -> None:
    with fake(answer) as url:
        checker = Checker(hurried(url, is_required=True), tmp_path / "cache")
        with pytest.raises(ResourceError) as error:
            checker.check([f"{TEXT} {number}" for number in range(300)], "en")
    assert str(error.value).startswith(f"grammar: {url}: ")
    assert "start the server again, or use --grammar auto" in str(error.value)


def test_a_text_that_is_refused_costs_no_other(tmp_path: Path) -> None:
    def picky(request: BaseHTTPRequestHandler, text: str) -> None:
        (refusing if "poison" in text else nothing_wrong)(request, text)

    texts = [f"{TEXT} {number}" for number in range(50)]
    texts[0] = texts[20] = "A poison text."
    with fake(picky) as url:
        checker = Checker(hurried(url, is_required=True), tmp_path / "cache")
        found = checker.check(texts, "en")
    lost = [at for at, item in enumerate(found) if isinstance(item, Unchecked)]
    assert lost == [0, 20]
    assert found[0] == Unchecked('status 500: {"error": "no"}')


def test_a_server_that_closes_kept_connections_is_asked_anew(tmp_path: Path) -> None:
    def forgetful(request: BaseHTTPRequestHandler, text: str) -> None:
        nothing_wrong(request, text)
        request.close_connection = True

    with fake(forgetful) as url:
        checker = Checker(hurried(url), tmp_path / "cache")
        assert checker.check([f"{TEXT} {n}" for n in range(300)], "en") == [()] * 300


@pytest.mark.parametrize(
    ("version", "name", "problem"),
    [
        (
            "5.9",
            "LanguageTool",
            "must be LanguageTool 6.0 or later, got LanguageTool 5",
        ),
        ("6.6", "Grammatik", "must be LanguageTool 6.0 or later, got Grammatik 6.6"),
        ("new", "LanguageTool", "must be LanguageTool 6.0 or later"),
    ],
)
def test_another_version_is_refused(version: str, name: str, problem: str) -> None:
    with (
        fake(nothing_wrong, version, name) as url,
        pytest.raises(ResourceError) as error,
    ):
        look_at(url)
    assert problem in str(error.value)


def test_what_is_no_language_tool_is_refused() -> None:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        with pytest.raises(ResourceError) as error:
            look_at(url)
        server.shutdown()
    assert "is no LanguageTool of version 6 or later (status 404" in str(error.value)


@pytest.mark.parametrize(
    "value", ["on", "", "ftp://a", "http://", "http://a:b", "http://[", "8081"]
)
def test_what_is_no_setting_is_refused(value: str) -> None:
    with pytest.raises(ConfigError) as error:
        check_service(value)
    assert "must be off, auto or the URL of a LanguageTool server" in str(error.value)


@pytest.mark.parametrize("value", ["off", "auto", "http://a", "https://a.b:1/v2"])
def test_what_is_a_setting_is_taken(value: str) -> None:
    check_service(value)


# Starting one --------------------------------------------------------------------


def test_a_port_that_is_taken_meanwhile_is_changed(
    jars: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fake(nothing_wrong) as url:
        taken = int(url.rsplit(":", 1)[1])
        free = server_module._free_port
        ports = iter([taken])
        monkeypatch.setattr(
            server_module, "_free_port", lambda: next(ports, None) or free()
        )
        process, own = start(print)
        try:
            assert own != url
            assert look_at(own).version
        finally:
            stop(process)


def test_without_java_the_run_goes_on(jars: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    arguments = "score", "--grammar", "auto", "--format", "jsonl", "a.txt"
    run = Run(tmp_path, *arguments, PATH="/nowhere", JAVA_HOME="")
    status, out, err = run.end()
    assert status == 0
    assert [line["label"] is not None for line in lines(out)] == [True]
    assert err.splitlines()[0] == (
        "mtcheck: grammar: LanguageTool needs Java 17 or later, and there is no java "
        "on the path; install it, or name a server with --grammar URL; going on "
        "without"
    )


@pytest.mark.parametrize("is_folder", [False, True])
def test_without_jars_the_run_goes_on(
    jars: Path, tmp_path: Path, is_folder: bool
) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    if is_folder:
        (tmp_path / "jars").mkdir()
        (tmp_path / "jars" / "languagetool-server-6.6.jar").write_bytes(b"PK")
    arguments = "lint", "--grammar", "auto", "a.txt"
    environment = {FOLDER: str(tmp_path / "jars")}
    status, out, err = Run(tmp_path, *arguments, **environment).end()
    assert (status, out) == (0, "")
    problem = "does not start (" if is_folder else "must name a folder with"
    assert problem in err
    assert err.endswith("; going on without\n")


def test_without_the_package_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from mtcheck.grammar.download import downloaded

    monkeypatch.setitem(sys.modules, "language_tool_python.download_lt", None)
    with pytest.raises(ResourceError) as error:
        downloaded(print)
    assert "pip install 'mtcheck[grammar]'" in str(error.value)


def test_a_download_that_fails_is_told(
    jars: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    monkeypatch.delenv(FOLDER)
    hosts = ("NEW_RELEASES", "RELEASE", "ARCHIVE", "SNAPSHOT")
    environment = {f"LTP_DOWNLOAD_HOST_{name}": f"{CLOSED}/" for name in hosts}
    environment["LTP_PATH"] = str(tmp_path / "home")
    arguments = "lint", "--grammar", "auto", "a.txt"
    status, _, err = Run(tmp_path, *arguments, **environment).end()
    assert status == 0
    assert "grammar: " in err
    assert err.endswith("; going on without\n")
    assert "Traceback" not in err


# Whole runs ----------------------------------------------------------------------


def test_auto_starts_a_server_and_ends_it(jars: Path, tmp_path: Path) -> None:
    german = "Wegen dem Sturm fuhr keine Fähre, und die Leute warteten lange am Hafen."
    (tmp_path / "a.txt").write_text(TEXT)
    (tmp_path / "b.txt").write_text(german, encoding="utf-8")
    arguments = "score", "--grammar", "auto", "--format", "jsonl", "a.txt", "b.txt"
    run = Run(tmp_path, *arguments)
    status, out, err = run.end()
    assert status == 0
    assert [f["code"] for line in lines(out) for f in line["findings"]] == ["MT751"] * 2
    assert "grammar" not in err
    assert run.leaves_nothing()


def test_two_runs_at_once_have_a_server_each(jars: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    runs = [Run(tmp_path, "lint", "--grammar", "auto", "a.txt") for _ in "ab"]
    for run in runs:
        status, out, _ = run.end()
        assert status == 1
        assert "MT751" in out
    assert all(run.leaves_nothing() for run in runs)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_server_stays_behind(
    jars: Path, corpus: Path, number: signal.Signals
) -> None:
    arguments = "score", "--grammar", "auto", "--format", "jsonl", "corpus.jsonl"
    run = Run(corpus.parent, *arguments)
    run.line()
    assert len(run.living()) >= 3  # the program, the keeper, and Java
    run.process.send_signal(number)
    run.end()
    assert run.leaves_nothing()


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_auto_goes_on_where_its_server_is_killed(
    jars: Path, corpus: Path, jobs: str
) -> None:
    arguments = "score", "--grammar", "auto", "--format", "jsonl", "--jobs", jobs
    run = Run(corpus.parent, *arguments, "corpus.jsonl")
    first = run.line()
    for pid in run.living():
        if b"HTTPServer" in Path(f"/proc/{pid}/cmdline").read_bytes():
            os.kill(pid, signal.SIGKILL)
    status, rest, err = run.end()
    assert status == 0
    found = lines(first + rest)
    assert len(found) == N_RECORDS * 20
    assert all(line["label"] is not None for line in found)
    assert "MT751" in {item["code"] for item in found[0]["findings"]}
    (told,) = [line for line in err.splitlines() if "grammar" in line]
    assert " paragraphs not checked (" in told
    assert run.leaves_nothing()


def test_a_named_server_that_is_killed_ends_the_run_and_costs_no_score(
    jars: Path, corpus: Path
) -> None:
    process, url = start(print)
    try:
        arguments = "score", "--grammar", url, "--format", "jsonl", "corpus.jsonl"
        run = Run(corpus.parent, *arguments)
        cache = corpus.parent / "cache" / "mtcheck" / "grammar.sqlite"
        sizes: set[int] = set()
        # With the answers to a second batch the first has been scored.
        while len(sizes) < 2 and run.process.poll() is None:
            time.sleep(0.05)
            sizes.update(n_answers(cache))
    finally:
        stop(process)
    status, out, err = run.end()
    assert status == 2
    *_, summary, told = err.splitlines()
    assert told.startswith(f"mtcheck: grammar: {url}: ")
    assert told.endswith(
        "start the server again, or use --grammar auto, which goes on without"
    )
    found = lines(out)
    assert 0 < len(found) < N_RECORDS * 20
    assert len(found) % 20 == 0
    assert f"{len(found) // 20:,} document" in summary


@pytest.mark.parametrize("command", ["score", "lint"])
def test_a_named_server_that_is_absent_is_an_error(
    command: str, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    arguments = command, "--grammar", CLOSED, "--output", "out", "a.txt"
    status, out, err = Run(tmp_path, *arguments).end()
    assert (status, out) == (2, "")
    assert err == (
        f"mtcheck: grammar: no LanguageTool answers at {CLOSED} (Connection refused); "
        "start a server (docs/grammar.md says how), or use --grammar auto\n"
    )
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / ".out.parts").exists()


def test_lint_does_not_remember_what_was_not_checked(
    service: Service, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    with fake(refusing, service.version) as url:
        arguments = "lint", "--grammar", url, "a.txt"
        assert Run(tmp_path, *arguments).end()[0] == 0
    arguments = "lint", "--grammar", service.url, "a.txt"
    status, out, _ = Run(tmp_path, *arguments).end()
    assert status == 1
    assert "MT751" in out
    gone = {"XDG_CACHE_HOME": str(tmp_path / "another")}
    with fake(refusing, service.version) as url:
        arguments = "lint", "--grammar", url, "a.txt"
        assert Run(tmp_path, *arguments, **gone).end()[1] == out  # remembered


def test_the_number_of_processes_changes_nothing(
    service: Service, corpus: Path
) -> None:
    found = []
    for jobs in "12":
        arguments = "score", "--grammar", service.url, "--format", "jsonl"
        run = Run(corpus.parent, *arguments, "--jobs", jobs, "corpus.jsonl")
        found.append(run.end()[:2])
    assert found[0] == found[1]
    assert "MT751" in codes(found[0][1])


def test_a_server_that_comes_back_is_asked_again(tmp_path: Path) -> None:
    texts = [f"{TEXT} {number}" for number in range(3)]
    is_broken = [True]

    def moody(request: BaseHTTPRequestHandler, text: str) -> None:
        (refusing if is_broken[0] else nothing_wrong)(request, text)

    with fake(moody, "7.0") as url, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path))
        (found,) = mtcheck.score(["\n\n".join(texts)], grammar=url)
        assert len(found.unchecked) == 3
        is_broken[0] = False
        (found,) = mtcheck.score(["\n\n".join(texts)], grammar=url)
        assert found.unchecked == ()


def test_the_function_takes_grammar_too(service: Service) -> None:
    (found,) = mtcheck.score([TEXT], grammar=service.url)
    assert [item.code for item in found.verdicts[0].findings] == ["MT751"]
    with grammar_service("off", 1, print) as none:
        assert none is None
