"""The server: the app behind uvicorn, which logs no request."""

import socket
from collections.abc import Callable

import uvicorn

from mtcheck.config import Config
from mtcheck.web.app import make_app

GRACE = 5
"""Seconds that answers under way have when the server ends."""


class _Server(uvicorn.Server):
    """Says when it is ready to answer."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], object]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()


def run(settings: Config, listener: socket.socket, ready: Callable[[], object]) -> None:
    """Answer requests at a socket until Ctrl-C, which is a KeyboardInterrupt."""
    config = uvicorn.Config(
        make_app(settings),
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE,
    )
    _Server(config, ready).run([listener])
