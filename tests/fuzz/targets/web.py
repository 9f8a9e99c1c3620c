"""The server: any request is answered, and none is its fault."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlencode

from fuzz.contract import check_apart
from fuzz.target import Run, Target, read_input
from fuzz.targets.reading import DE, EN
from mtcheck.config import Config
from mtcheck.types import Span
from mtcheck.web.app import make_app
from mtcheck.web.desk import Desk

_JSON = "Content-Type: application/json"
_FORM = "Content-Type: application/x-www-form-urlencoded"
# What an HTTP parser lets through.
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(rb"[\t\x20-\x7e\x80-\xff]*")
_PIECE = 65_536


def _requests(folder: Path) -> Run:
    app = make_app(Config(), Desk(64, 60))
    loop = asyncio.new_event_loop()

    def run(data: bytes) -> None:
        _, body = read_input(data)
        loop.run_until_complete(_ask(app, *_parsed(body)))

    return run


def _parsed(data: bytes) -> tuple[dict[str, Any], bytes]:
    """Return the scope and the body of a request as it stands on the wire."""
    head, _, body = data.partition(b"\n\n")
    first, *lines = head.split(b"\n")
    method, _, target = first.partition(b" ")
    path, _, query = target.partition(b"?")
    headers = [(b"host", b"127.0.0.1")]
    for line in lines:
        name, _, value = line.partition(b":")
        if _NAME.fullmatch(name) and _VALUE.fullmatch(value.strip()):
            headers.append((name.lower(), value.strip()))
    if any(name == b"host" for name, _ in headers[1:]):
        del headers[0]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method.decode("latin-1"),
        "scheme": "http",
        "path": unquote(path.decode("latin-1")) or "/",
        "raw_path": path or b"/",
        "query_string": query,
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 5),
        "server": ("127.0.0.1", 80),
    }
    return scope, body


async def _ask(app: Any, scope: dict[str, Any], body: bytes) -> None:
    """Ask the app; check that it answers, and how."""
    pieces = [body[at : at + _PIECE] for at in range(0, len(body), _PIECE)] or [b""]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        piece = pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    start, *rest = sent
    assert start["type"] == "http.response.start"
    assert start["status"] < 500
    headers = dict(start["headers"])
    assert headers[b"x-content-type-options"] == b"nosniff"
    content = b"".join(part.get("body", b"") for part in rest)
    # A redirection has no content.
    if b"json" in headers.get(b"content-type", b"") and scope["method"] != "HEAD":
        _check(json.loads(content), start["status"], scope["path"])


def _check(answer: Any, status: int, path: str) -> None:
    if status != 200:
        assert answer["status"] == status
        assert answer["detail"]
    elif path == "/api/score":
        for verdict in answer["verdicts"]:
            span = Span(verdict["start"], verdict["end"])
            check_apart([span] if span.start < span.end else [], span)
            shares = verdict["probabilities"]
            assert shares is None or abs(sum(shares.values()) - 1) < 1e-9
    elif path == "/api/lint":
        assert {"findings", "lost"} <= answer.keys()


def _asked(first: str, *headers: str, body: object = "") -> bytes:
    text = body if isinstance(body, str) else json.dumps(body)
    return "\n".join([first, *headers, "", text]).encode()


def _seeds() -> list[bytes]:
    score, lint = "POST /api/score", "POST /api/lint"
    every = {"level": "document", "tier": "fast", "paragraphs": "line", "model": "base"}
    requests = [
        _asked("GET /"),
        _asked("GET /api/models", "Host: example.org"),
        _asked("GET /openapi.json", "Host: [::1]:80"),
        _asked("DELETE /api/score"),
        _asked("GET /%2e%2e/a?b=c"),
        _asked(score, _JSON, body={"text": EN}),
        _asked(score, _JSON, body={"text": DE, "language": "de", **every}),
        _asked(score, f"{_JSON}; charset=utf-8", body={"text": 1, "other": None}),
        _asked(score, _JSON, "Content-Encoding: gzip", body="x"),
        _asked(score, _JSON, "Content-Length: 99999999", body='{"text": "\\ud800"}'),
        _asked(lint, _JSON, body={"text": f"{EN}\r\n\ud83d", "document": "a.html"}),
        _asked("POST /", _FORM, body=urlencode({"text": EN, "language": "en"})),
        _asked("POST /", _FORM, body="text=%ff%00&text=a&language=xx&;"),
    ]
    seeds = [b"\0" + request for request in requests]
    return [
        *seeds,
        b"\xff" + _asked(score, _JSON, body='{"text": ') + b"\xff[\xff",
        b"\xff" + _asked(score, _JSON, body='{"text": "') + b'\xff a. \xff"}',
        b"\xff" + _asked("POST /", _FORM, body="text=") + b"\xff%20a\xff",
    ]


TARGETS = (
    Target(
        "requests",
        "the server: its page and its API",
        _requests,
        _seeds,
        ["/api/score", "/api/lint", '"text":', '"document":', _JSON, "Host: ", "\\u"],
    ),
)
