"""What a request brings: read within a size and a time, and checked."""

import asyncio
import json
from http import HTTPStatus
from typing import Any, NoReturn
from urllib.parse import parse_qs

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from starlette.requests import ClientDisconnect, Request

from mtcheck.web.refusals import refused

_LONGEST_DETAIL = 300


async def read_json(
    request: Request, schema: Draft202012Validator, limit: int, seconds: float
) -> dict[str, Any]:
    """Return the object of a request, which is as the schema wants it."""
    _check_kind(request, "application/json")
    body = await _read(request, limit, seconds)
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise refused(
            HTTPStatus.BAD_REQUEST, f"the body must be JSON in UTF-8 ({_short(error)})"
        ) from None
    fault = best_match(schema.iter_errors(value))
    if fault is not None:
        place = fault.json_path.removeprefix("$.").replace("$", "the body")
        raise refused(
            HTTPStatus.UNPROCESSABLE_ENTITY, f"{place}: {_short(fault.message)}"
        )
    found: dict[str, Any] = value
    return found


async def read_form(request: Request, limit: int, seconds: float) -> dict[str, str]:
    """Return the fields of a form; the text of each may have ``limit`` bytes."""
    _check_kind(request, "application/x-www-form-urlencoded")
    # A form spells a byte with up to three.
    body = await _read(request, 3 * limit + 1000, seconds)
    try:
        fields = parse_qs(
            body.decode("ascii", "replace"), keep_blank_values=True, max_num_fields=10
        )
    except ValueError as error:
        raise refused(HTTPStatus.BAD_REQUEST, _short(error)) from None
    found = {name: values[0] for name, values in fields.items()}
    if any(len(value.encode("utf-8", "replace")) > limit for value in found.values()):
        raise _too_large(limit)
    return found


def _check_kind(request: Request, wanted: str) -> None:
    sent = request.headers.get("content-type", "")
    kind, *parameters = [part.strip().lower() for part in sent.split(";")]
    charsets = {part for part in parameters if part.startswith("charset")}
    if kind != wanted or not charsets <= {"charset=utf-8", 'charset="utf-8"'}:
        raise refused(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"the body must be {wanted} in UTF-8, got {_short(sent or 'no type')}",
            Accept=wanted,
        )
    coding = request.headers.get("content-encoding", "identity")
    if coding.lower() != "identity":
        raise refused(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"the body must not be packed, got {_short(coding)}",
            Accept_Encoding="identity",
        )


async def _read(request: Request, limit: int, seconds: float) -> bytes:
    told = request.headers.get("content-length", "0")
    if not told.isdecimal() or int(told[:20]) > limit:
        raise _too_large(limit)
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for piece in request.stream():
                body += piece
                if len(body) > limit:
                    raise _too_large(limit)
    except TimeoutError:
        raise refused(
            HTTPStatus.REQUEST_TIMEOUT,
            f"the body must come within {seconds:g} seconds",
            Connection="close",
        ) from None
    except ClientDisconnect:
        raise refused(HTTPStatus.BAD_REQUEST, "the body broke off") from None
    return bytes(body)


def _too_large(limit: int) -> Exception:
    return refused(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        f"a text must be at most {limit:,} bytes; use the command line for more",
        Connection="close",
    )


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _short(told: object) -> str:
    shown = str(told)
    return shown if len(shown) <= _LONGEST_DETAIL else f"{shown[:_LONGEST_DETAIL]}…"
