"""What holds for every request and answer: whose name it was sent to, and headers."""

from ipaddress import ip_address

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mtcheck.web.refusals import problem

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""Headers of all answers; a page brings its own policy."""


class Guard:
    """Lets requests through that were sent to this server by a name of its own.

    A page of elsewhere may have its name lead here (DNS rebinding) and then read the
    answers; but it cannot be called by a number or by ``localhost``.
    """

    def __init__(self, app: ASGIApp, host: str) -> None:
        self._app = app
        self._names = {host.lower(), "localhost"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        app = self._app
        name = _host(Headers(scope=scope).get("host", ""))
        if name not in self._names and not _is_number(name):
            app = problem(421, f"host must be an address or localhost, got {name!r}")
        await app(scope, receive, with_headers)


def _host(header: str) -> str:
    """Return the host of a header, without the port.

    >>> _host("localhost:80"), _host("[::1]:80"), _host("127.0.0.1")
    ('localhost', '::1', '127.0.0.1')
    """
    if header.startswith("["):
        return header[1:].partition("]")[0].lower()
    return header.partition(":")[0].lower()


def _is_number(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
