"""The server: what it answers, what it refuses, and whom."""

import asyncio
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any
from urllib.parse import urlencode

import pytest
import uvicorn
from bad_inputs.requests import REQUESTS, Request
from conftest import lacking
from jsonschema import Draft202012Validator
from starlette.exceptions import HTTPException

import mtcheck
from mtcheck.cli import main
from mtcheck.config import Config
from mtcheck.models import model_folders
from mtcheck.report.jsonl import as_object
from mtcheck.web.app import make_app
from mtcheck.web.desk import Desk
from mtcheck.web.protocol import Protocol

ROOT = Path(__file__).resolve().parent.parent
FAULTY = "The ferry was late. . Nobody minded, for the sun was out all day."
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

pytestmark = pytest.mark.skipif(not model_folders(), reason="no model is installed")

Answer = tuple[int, dict[str, str], Any]


class Client:
    """Asks a server, one connection a request."""

    def __init__(self, port: int) -> None:
        self.port = port

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Return status, headers and what was answered; objects are sent as JSON."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        if isinstance(body, dict):
            body, headers = json.dumps(body), {**JSON, **(headers or {})}
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        content = answer.read().decode("utf-8")
        told = {name.lower(): value for name, value in answer.getheaders()}
        connection.close()
        if "json" in told.get("content-type", ""):
            return answer.status, told, json.loads(content)
        return answer.status, told, content

    def send(self, data: bytes) -> bytes:
        """Send bytes as they are, and nothing more; return the answer's first line."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as stream:
            stream.sendall(data)
            return stream.makefile("rb").readline()


@contextmanager
def served(
    settings: Config | None = None, longest: float = 30, **limits: Any
) -> Iterator[Client]:
    """Serve in a thread; the other limits are those of ``make_app``."""
    app = make_app(settings or Config(), Desk(64, longest), **limits)
    options: dict[str, Any] = {"ws": "none", "lifespan": "off", "log_config": None}
    options["http"] = Protocol
    server = uvicorn.Server(uvicorn.Config(app, **options))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            yield Client(listener.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    """Return a client of a server with the usual limits."""
    with served() as found:
        yield found


@contextmanager
def started(*arguments: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """Start the command; yield it and the address that it tells."""
    with subprocess.Popen(
        [sys.executable, "-m", "mtcheck", "serve", "--port", "0", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        found = re.fullmatch(r"mtcheck: (http://\S+/) \(Ctrl-C ends it\)\n", line)
        assert found, line
        try:
            yield process, found[1]
        finally:
            process.kill()


# Answers ---------------------------------------------------------------------


def test_scores_are_those_of_the_command(client: Client) -> None:
    status, _, answer = client.ask("POST", "/api/score", {"text": FAULTY})
    (scored,) = mtcheck.score([mtcheck.Document(FAULTY)])
    assert status == 200
    assert answer["verdicts"] == [as_object(verdict) for verdict in scored.verdicts]
    assert answer["model"].startswith("base@")


def test_a_request_chooses_level_language_tier_and_name(client: Client) -> None:
    asked = {"text": f"{FAULTY}\n\n{FAULTY}", "document": "a", "language": "de"}
    asked |= {"level": "document", "tier": "fast", "model": "base"}
    _, _, answer = client.ask("POST", "/api/score", asked)
    (verdict,) = answer["verdicts"]
    assert (verdict["document"], verdict["paragraph"]) == ("a", None)
    assert verdict["language"] == "de"


def test_findings_are_those_of_the_command(
    client: Client, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "a.txt"
    path.write_text(FAULTY, encoding="utf-8")
    assert main(["lint", str(path), "--format", "json", "--no-cache"]) == 1
    wanted = json.loads(capsys.readouterr().out)
    for item in wanted["findings"]:
        item |= {"path": None, "document": str(path)}
    asked = {"text": FAULTY, "document": str(path)}
    assert client.ask("POST", "/api/lint", asked)[2] == wanted


def test_the_settings_hold_where_a_request_is_silent() -> None:
    settings = Config(level="document", ignore=("MT101",), language="en")
    with served(settings) as client:
        _, _, answer = client.ask("POST", "/api/score", {"text": FAULTY})
        assert [item["paragraph"] for item in answer["verdicts"]] == [None]
        assert not client.ask("POST", "/api/lint", {"text": FAULTY})[2]["findings"]
        api = client.ask("GET", "/openapi.json")[2]
    asked = api["components"]["schemas"]["ScoreRequest"]["properties"]
    assert (asked["level"]["default"], asked["language"]["default"]) == (
        "document",
        "en",
    )


def test_a_model_in_a_folder_comes_first(english: Path) -> None:
    with served(Config(model=str(english))) as client:
        (model,) = client.ask("GET", "/api/models")[2]["models"]
        assert (model["name"], model["languages"]) == ("base", ["en"])
        asked = {"text": "Der Müller ging am Abend noch einmal zum Fluss hinunter."}
        _, _, answer = client.ask("POST", "/api/score", asked)
    assert answer["verdicts"][0]["abstained"] == "language"


def test_half_of_a_surrogate_pair_comes_back_as_it_went(client: Client) -> None:
    body = json.dumps({"text": f"{FAULTY} \ud800", "document": "\udc80"})
    status, _, answer = client.ask("POST", "/api/score", body, JSON)
    assert (status, answer["verdicts"][0]["document"]) == (200, "\udc80")


def test_answers_are_as_the_description_says(client: Client) -> None:
    api = client.ask("GET", "/openapi.json")[2]
    for path, text in (
        ("/api/score", FAULTY),
        ("/api/lint", FAULTY),
        ("/api/score", ""),
    ):
        answer = client.ask("POST", path, {"text": text})[2]
        content = api["paths"][path]["post"]["responses"]["200"]["content"]
        schema = content["application/json"]["schema"]
        Draft202012Validator({**schema, "components": api["components"]}).validate(
            answer
        )


def test_fifty_at_once_are_answered_rightly(client: Client) -> None:
    texts = [f"{FAULTY} The bell rang {number} times." for number in range(50)]
    with ThreadPoolExecutor(50) as pool:
        answers = pool.map(
            lambda text: client.ask("POST", "/api/score", {"text": text}), texts
        )
    for (status, _, answer), scored in zip(answers, mtcheck.score(texts), strict=True):
        wanted = [as_object(verdict) | {"document": "-"} for verdict in scored.verdicts]
        assert (status, answer["verdicts"]) == (200, wanted)


def test_a_pasted_text_is_marked_on_the_page(client: Client) -> None:
    status, headers, page = client.ask("GET", "/")
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "<article" not in page
    sent = urlencode({"text": f"\n<b>{FAULTY}", "language": "en"})
    status, _, page = client.ask("POST", "/", sent, FORM)
    assert status == 200
    assert f'dir="auto">\n\n&lt;b&gt;{FAULTY}</textarea>' in page
    assert 'class="mark finding error"' in page
    assert '<option value="en" selected>' in page


# Refusals --------------------------------------------------------------------


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda one: one.what)
def test_a_broken_request_is_refused_in_words(
    client: Client, request_: Request
) -> None:
    found, headers, answer = client.ask(
        request_.method, request_.path, request_.body, JSON
    )
    assert (found, answer["status"]) == (request_.status, request_.status)
    assert headers["content-type"] == "application/problem+json"
    assert answer["detail"].startswith(request_.said)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/json; charset=latin-1"},
        {**JSON, "Content-Encoding": "gzip"},
    ],
    ids=["none", "plain", "latin", "packed"],
)
def test_another_media_type_is_refused(client: Client, headers: dict[str, str]) -> None:
    body = json.dumps({"text": FAULTY}).encode()
    assert client.ask("POST", "/api/score", body, headers)[0] == 415


def test_a_charset_may_be_named(client: Client) -> None:
    headers = {"Content-Type": 'Application/JSON; Charset="UTF-8"'}
    body = json.dumps({"text": FAULTY}).encode()
    assert client.ask("POST", "/api/lint", body, headers)[0] == 200


@pytest.mark.parametrize(
    ("method", "path", "status", "allowed"),
    [
        ("GET", "/api/score", 405, "POST"),
        ("DELETE", "/", 405, "GET, HEAD, POST"),
        ("POST", "/api/models", 405, "GET, HEAD"),
        ("GET", "/etc/passwd", 404, None),
        ("GET", "/docs", 404, None),
    ],
)
def test_another_method_or_address_is_refused(
    client: Client, method: str, path: str, status: int, allowed: str | None
) -> None:
    found, headers, answer = client.ask(method, path)
    assert (found, answer["status"]) == (status, status)
    told = headers.get("allow")
    assert (told and ", ".join(sorted(told.split(", ")))) == allowed


def test_too_large_a_body_is_refused_whether_its_size_is_told_or_not() -> None:
    with served(largest=1000) as client:
        status, _, answer = client.ask("POST", "/api/lint", {"text": "x" * 1000})
        assert status == 413
        assert answer["detail"] == (
            "a text must be at most 1,000 bytes; use the command line for more"
        )
        pieces = (b"x" * 600 for _ in range(2))
        assert client.ask("POST", "/api/lint", pieces, JSON)[0] == 413
        sent = urlencode({"text": "ü" * 501})
        status, _, page = client.ask("POST", "/", sent, FORM)
        assert status == 413
        assert 'role="alert">a text must be at most 1,000 bytes' in page
        assert client.ask("POST", "/", urlencode({"text": "ü" * 499}), FORM)[0] == 200
        told = b"POST /api/lint HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
        told += b"application/json\r\nContent-Length: 9999999999\r\n\r\n"
        assert client.send(told).split()[1] == b"413"


def test_a_slow_body_is_refused() -> None:
    with served(slowest=0.2) as client:
        told = b"POST /api/lint HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
        told += b"application/json\r\nContent-Length: 10\r\n\r\n{"
        assert client.send(told).split()[1] == b"408"


@pytest.mark.parametrize(
    "head", [b"", b"POST /api/lint HTTP/1.1\r\nHost: localhost\r\nX-a: b"]
)
def test_a_slow_head_is_refused(head: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Protocol, "slowest", 0.2)
    with served() as client:
        assert client.send(head) == b"HTTP/1.1 408 Request Timeout\r\n"


def test_a_byte_now_and_again_gains_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Protocol, "slowest", 0.3)
    with (
        served() as client,
        socket.create_connection(("127.0.0.1", client.port), timeout=0.05) as stream,
    ):
        answer = b""
        for _ in range(200):
            stream.sendall(b"G" if not answer else b"")
            try:
                answer += stream.recv(1000)
                break
            except TimeoutError:
                continue
    assert answer.startswith(b"HTTP/1.1 408 ")


def test_a_second_request_has_as_much_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Protocol, "slowest", 0.3)
    whole = b"GET /api/models HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with (
        served() as client,
        socket.create_connection(("127.0.0.1", client.port), timeout=60) as stream,
    ):
        stream.sendall(whole)
        assert stream.recv(100).startswith(b"HTTP/1.1 200 ")
        stream.sendall(b"GET /api")
        told = stream.makefile("rb").read()
    assert b"HTTP/1.1 408 " in told


def test_what_takes_too_long_is_not_waited_for() -> None:
    with served(longest=0.01) as client:
        text = "\n\n".join(f"{FAULTY} {number}" for number in range(500))
        status, headers, answer = client.ask("POST", "/api/score", {"text": text})
        assert (status, answer["detail"]) == (
            504,
            "the text takes more than 0.01 seconds; send it in parts",
        )
        status, headers, _ = client.ask("POST", "/api/score", {"text": FAULTY})
        assert (status, headers.get("retry-after")) in ((503, "5"), (200, None))


def refusal(work: Callable[[], object], desk: Desk) -> Any:
    async def ask() -> tuple[int, str]:
        try:
            await desk.do(work)
        except HTTPException as error:
            return error.status_code, error.detail
        raise AssertionError

    return ask()


def test_a_full_desk_refuses_and_is_free_again() -> None:
    async def test() -> None:
        door, desk = Event(), Desk(2, 0.2)
        slow = asyncio.create_task(refusal(lambda: door.wait(), desk))
        late = asyncio.create_task(refusal(lambda: 1, desk))
        await asyncio.sleep(0)
        assert await refusal(lambda: 1, desk) == (503, "2 requests wait already")
        assert (await slow)[0] == 504
        assert await late == (503, "no turn in 0.2 seconds")
        door.set()
        assert await Desk(1, 60).do(lambda: 5) == 5
        while True:
            try:
                assert await desk.do(lambda: 6) == 6
                return
            except HTTPException:
                await asyncio.sleep(0.01)

    asyncio.run(test())


def test_a_request_to_a_strange_name_is_refused(client: Client) -> None:
    for name in ("rebound.example", "rebound.example:80", "localhost.example", ""):
        status, _, answer = client.ask("GET", "/", headers={"Host": name})
        assert status == 421, name
    assert answer["detail"] == "host must be an address or localhost, got ''"
    for name in ("localhost", "LOCALHOST:8765", "127.0.0.1", "[::1]:80"):
        assert client.ask("GET", "/", headers={"Host": name})[0] == 200, name


def test_every_answer_forbids_what_it_does_not_need(client: Client) -> None:
    for path, host in (
        ("/", "localhost"),
        ("/nothing", "localhost"),
        ("/api/models", "localhost"),
        ("/", "rebound.example"),
    ):
        _, headers, _ = client.ask("GET", path, headers={"Host": host})
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; ")
        assert policy.endswith("; frame-ancestors 'none'")
        assert "unsafe" not in policy
        assert "access-control-allow-origin" not in headers


def test_a_damaged_model_is_told_and_not_thrown(english: Path) -> None:
    with served(Config(model=str(english), language="en")) as client:
        (english / "en" / "classifier.full.json").unlink()
        status, _, answer = client.ask("POST", "/api/score", {"text": FAULTY})
    assert (status, answer["title"]) == (500, "Internal Server Error")
    assert "classifier.full.json is missing" in answer["detail"]


def test_schemathesis_finds_nothing(tmp_path: Path) -> None:
    command = shutil.which("schemathesis", path=Path(sys.executable).parent)
    if command is None:
        lacking("schemathesis is not installed")
    with started() as (_, url):
        done = subprocess.run(
            [command, "run", f"{url}openapi.json", "--max-examples=20", "--no-color"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
    assert done.returncode == 0, done.stdout
    assert "No issues found" in done.stdout


# The command -----------------------------------------------------------------


def test_ctrl_c_ends_it_with_one_line() -> None:
    with started() as (process, _):
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)
    assert (process.returncode, told) == (130, "mtcheck: interrupted\n")


def test_a_text_under_way_does_not_hold_it_up() -> None:
    with started() as (process, url), ThreadPoolExecutor() as pool:
        client = Client(int(url.rstrip("/").rsplit(":", 1)[1]))
        client.ask("POST", "/api/score", {"text": FAULTY})
        asked = {"text": "a. . \n" * 100_000}  # takes some ten seconds
        answer = pool.submit(client.ask, "POST", "/api/score", asked)
        wait([answer], timeout=2)
        process.send_signal(signal.SIGINT)
        status, _, told = answer.result()
        _, lines = process.communicate(timeout=60)
    assert (status, told["detail"]) == (503, "the server ends")
    assert (process.returncode, lines) == (130, "mtcheck: interrupted\n")


def test_texts_are_neither_logged_nor_kept(tmp_path: Path) -> None:
    with started() as (process, url):
        client = Client(int(url.rstrip("/").rsplit(":", 1)[1]))
        assert client.ask("POST", "/api/score", {"text": FAULTY})[0] == 200
        assert client.ask("POST", "/", urlencode({"text": FAULTY}), FORM)[0] == 200
        assert client.ask("POST", "/api/score", {"ferry": FAULTY})[0] == 422
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)
    assert told == "mtcheck: interrupted\n"


def test_a_taken_port_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert main(["serve", "--port", port]) == 2
    assert capsys.readouterr().err == (
        "mtcheck: config: host and port must be free and of this machine, got "
        f"'127.0.0.1' and {port} (Address already in use)\n"
    )
    assert main(["serve", "--port", "70000"]) == 2
    told = capsys.readouterr().err
    assert told.endswith("got '127.0.0.1' and 70000 (ports end with 65,535)\n")


def test_an_open_address_is_told() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "mtcheck", "serve", "--port=0", "--host=0.0.0.0"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        told = process.stderr.readline(), process.stderr.readline()
        process.kill()
    assert told[0] == (
        "mtcheck: whoever can reach 0.0.0.0 can use the server; --host 127.0.0.1 is "
        "for this machine alone\n"
    )
    assert told[1].startswith("mtcheck: http://0.0.0.0:")


def test_without_starlette_the_command_says_how_to_get_it() -> None:
    code = (
        "import sys; sys.modules['starlette'] = None; "
        "from mtcheck.cli import main; sys.exit(main(['serve']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "mtcheck: the server needs starlette, which is not installed; "
        "run pip install 'mtcheck[web]'\n"
    )
