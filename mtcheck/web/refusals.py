"""What is refused, told as problems (RFC 9457)."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from mtcheck.linting.formats.json import encode

PROBLEM = "application/problem+json"


def refused(status: HTTPStatus, detail: str, **headers: str) -> HTTPException:
    """Return a refusal; ``detail`` says why, and what to do.

    The names of headers are spelled with underscores.
    """
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HTTPException(status, detail, named)


def problem(
    status: int, detail: str, headers: Mapping[str, str] | None = None
) -> Response:
    """Return the answer that tells of a refusal."""
    title = HTTPStatus(status).phrase
    fields = {"title": title, "status": status, "detail": detail}
    return json_response(fields, status, headers, PROBLEM)


def json_response(
    value: Any,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    kind: str = "application/json",
) -> Response:
    """Return a value as JSON."""
    return json_text(encode(value), status, headers, kind)


def json_text(
    text: str,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    kind: str = "application/json",
) -> Response:
    """Return JSON; half of a surrogate pair is spelled as JSON does."""
    content = text.encode("utf-8", "backslashreplace")
    return Response(content, status, headers, kind)
