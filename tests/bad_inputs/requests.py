"""Requests to the server that it refuses."""

from dataclasses import dataclass

from bad_inputs.making import DEEP


@dataclass(frozen=True)
class Request:
    """A request to the server, of JSON where it has a body, and what it answers.

    ``said`` is how the detail of the problem begins.
    """

    what: str
    path: str
    status: int
    said: str
    body: bytes = b""
    method: str = "POST"


def asked(what: str, body: str | bytes, status: int, said: str) -> Request:
    """Return a request to score."""
    data = body.encode() if isinstance(body, str) else body
    return Request(what, "/api/score", status, said, data)


NO_JSON = "the body must be JSON in UTF-8 ("
NOTHING_HERE = "there is nothing here; /openapi.json says what there is"

REQUESTS = (
    asked("a body that is cut off", "{", 400, f"{NO_JSON}Expecting property name"),
    asked("bytes that are not UTF-8", b"\xff", 400, f"{NO_JSON}'utf-8' codec"),
    asked("NaN", '{"text": NaN}', 400, f"{NO_JSON}NaN is no JSON)"),
    asked("JSON nested 100,000 deep", "[" * DEEP, 400, f"{NO_JSON}maximum recursion"),
    asked("a list", "[]", 422, "the body: [] is not of type 'object'"),
    asked("no text", "{}", 422, "the body: 'text' is a required property"),
    asked("a number for a text", '{"text": 5}', 422, "text: 5 is not of type 'string'"),
    asked(
        "a folder for a model",
        '{"text": "", "model": "/etc"}',
        422,
        "model: '/etc' is not one of ['base'",
    ),
    asked(
        "a field that is not known",
        '{"text": "", "x": 1}',
        422,
        "the body: Additional properties",
    ),
    Request(
        "a path out of the tree", "/../../etc/passwd", 404, NOTHING_HERE, method="GET"
    ),
    Request(
        "the same in other spelling",
        "/%2e%2e/etc/passwd",
        404,
        NOTHING_HERE,
        method="GET",
    ),
    Request(
        "another method",
        "/api/score",
        405,
        "DELETE is not allowed here",
        method="DELETE",
    ),
)
