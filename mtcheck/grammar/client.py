"""One connection to a LanguageTool server, and the form of its answers."""

import json
import time
from collections.abc import Mapping, Sequence
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

from mtcheck.errors import MtcheckError

LARGEST_ANSWER = 64 * 2**20
"""Bytes of an answer that are read; a request asks for some thousand characters."""


_PART = 2**16


class RefusedError(MtcheckError):
    """The server gave no answer that can be read; it may give one to another text."""


class AbsentError(MtcheckError):
    """There is no server, or it has gone."""


class Connection:
    """A kept connection to the server at an address like ``http://127.0.0.1:8081``."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._http = kind(parts.hostname or "", parts.port)
        self._path = parts.path.rstrip("/").removesuffix("/v2")
        self._is_open = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; the next request opens it again."""
        self._http.close()
        self._is_open = False

    def ask(
        self, name: str, timeout: float, fields: Mapping[str, str] | None = None
    ) -> Any:
        """Return the JSON that the server answers; ``fields`` are posted.

        ``timeout`` is in seconds, for each step and for the whole answer.

        Raises a RefusedError where it answers something else or takes too long, an
        AbsentError where nothing listens.
        """
        self._http.timeout = timeout
        if self._http.sock is not None:
            self._http.sock.settimeout(timeout)
        for is_last in (False, True):
            # A server may have closed what was kept open; that is tried anew, once.
            was_open = self._is_open
            try:
                status, raw = self._exchange(name, fields, timeout)
                break
            except TimeoutError as error:
                self.close()
                raise RefusedError("no answer in time") from error
            except (OSError, HTTPException) as error:
                self.close()
                if is_last or not was_open:
                    raise AbsentError(_told(error)) from error
        if status != 200:
            raise RefusedError(f"status {status}: {raw[:200].decode(errors='replace')}")
        try:
            return json.loads(raw)
        except (ValueError, RecursionError) as error:
            raise RefusedError("the answer is not JSON") from error

    def _exchange(
        self, name: str, fields: Mapping[str, str] | None, timeout: float
    ) -> tuple[int, bytes]:
        path = f"{self._path}/v2/{name}"
        if fields is None:
            self._http.request("GET", path)
        else:
            form = {"Content-Type": "application/x-www-form-urlencoded"}
            # Half a surrogate pair is no character; the server shall not see it.
            body = urlencode(fields, errors="replace").encode("ascii")
            self._http.request("POST", path, body, form)
        self._is_open = True
        answer = self._http.getresponse()
        limit = time.monotonic() + timeout
        raw = bytearray()
        while part := answer.read1(_PART):
            raw += part
            if time.monotonic() > limit:
                raise TimeoutError
            if len(raw) > LARGEST_ANSWER:
                self.close()
                raise RefusedError("the answer is endless")
        answer.close()  # read to its end, which read1 does not tell the connection
        return answer.status, bytes(raw)


def _told(error: Exception) -> str:
    """Return what went wrong, in words."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__


def utf16_offsets(text: str) -> Sequence[int] | None:
    """Return where each UTF-16 unit of a text lies in it; None where units are points.

    Java counts two for a character beyond the basic plane.

    >>> utf16_offsets("a😀b")
    [0, 1, 1, 2, 3]
    """
    if text.isascii() or max(text, default="") <= "\uffff":
        return None
    places: list[int] = []
    for at, character in enumerate(text):
        places.extend([at] * (2 if character > "\uffff" else 1))
    places.append(len(text))
    return places
