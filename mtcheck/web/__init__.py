"""A page to try texts on, and a JSON API, for this machine; nothing is stored."""

import socket
from collections.abc import Callable

from mtcheck.config import Config
from mtcheck.errors import ConfigError, ResourceError

LARGEST_PORT = 65_535
_LOOPBACK = ("127.", "::1")


def serve(settings: Config, say: Callable[[str], object]) -> None:
    """Answer requests until Ctrl-C, which is a KeyboardInterrupt; ``say`` tells where.

    A ResourceError says how to install what is missing, a ConfigError what is wrong
    with the address, a ModelError with the model.
    """
    try:
        from mtcheck.web.server import run
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in (
            "starlette",
            "uvicorn",
            "jsonschema",
        ):
            raise
        raise ResourceError(
            f"the server needs {missing}, which is not installed; "
            "run pip install 'mtcheck[web]'"
        ) from None
    with _listen(settings.host, settings.port) as listener:
        address, port = listener.getsockname()[:2]
        shown = f"[{address}]" if ":" in address else address
        if not address.startswith(_LOOPBACK):
            say(
                f"whoever can reach {shown} can use the server; "
                "--host 127.0.0.1 is for this machine alone"
            )
        run(settings, listener, lambda: say(f"http://{shown}:{port}/ (Ctrl-C ends it)"))


def _listen(host: str, port: int) -> socket.socket:
    try:
        if port > LARGEST_PORT:
            # The name service would take the rest of a division.
            raise OverflowError(f"ports end with {LARGEST_PORT:,}")
        family, *_, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        return socket.create_server(address[:2], family=family)
    except (OSError, OverflowError, UnicodeError) as error:
        told = getattr(error, "strerror", None) or str(error)
        # Python adds the address, which is told already.
        reason = told.partition(" (while ")[0]
        raise ConfigError(
            f"config: host and port must be free and of this machine, got {host!r} and "
            f"{port} ({reason})"
        ) from None
