"""How a connection is served: like uvicorn's, but a request must come in time."""

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

SLOWEST_HEAD = 10.0
"""Seconds in which the head of a request must have come."""


class Protocol(H11Protocol):
    """Closes connections that are opened and then send a byte now and again.

    uvicorn waits for the head of a request as long as it takes.
    """

    slowest = SLOWEST_HEAD
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Wait for what is left of a head, if it is not complete."""
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._stop()
        super().connection_lost(exc)

    def _watch(self) -> None:
        # Between two requests that wait is uvicorn's own, until one begins.
        if self.conn.their_state is not h11.IDLE:
            self._stop()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(self.slowest, self._refuse)

    def _stop(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _refuse(self) -> None:
        self._deadline = None
        if self.transport.is_closing() or self.conn.their_state is not h11.IDLE:
            return
        detail = f"the head of a request must come within {self.slowest:g} seconds\n"
        headers: list[tuple[str, str]] = [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Connection", "close"),
        ]
        events: list[Any] = [
            h11.Response(status_code=408, headers=headers, reason=b"Request Timeout"),
            h11.Data(data=detail.encode()),
            h11.EndOfMessage(),
        ]
        for event in events:
            self.transport.write(self.conn.send(event))
        self.transport.close()
