"""The server: the app behind uvicorn, which logs no request."""

import socket
from collections.abc import Callable

import uvicorn

from mtcheck.config import Config
from mtcheck.web.app import make_app
from mtcheck.web.desk import Desk
from mtcheck.web.protocol import Protocol

MOST = 64
"""Requests that wait at a time."""

LONGEST = 30.0
"""Seconds that a request waits for its answer."""

GRACE = 5
"""Seconds that bodies on their way have when the server ends."""


class _Server(uvicorn.Server):
    """Says when it is ready to answer; when it ends, nobody waits for the desk."""

    def __init__(
        self, config: uvicorn.Config, desk: Desk, ready: Callable[[], object]
    ) -> None:
        super().__init__(config)
        self._desk, self._ready = desk, ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._desk.close()
        await super().shutdown(sockets)


def run(settings: Config, listener: socket.socket, ready: Callable[[], object]) -> None:
    """Answer requests at a socket until Ctrl-C, which is a KeyboardInterrupt."""
    desk = Desk(MOST, LONGEST)
    config = uvicorn.Config(
        make_app(settings, desk),
        loop="asyncio",
        http=Protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE,
    )
    _Server(config, desk, ready).run([listener])
