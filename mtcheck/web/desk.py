"""The one who works: requests wait for it, neither too many nor too long."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import TypeVar

from mtcheck.web.refusals import refused

T = TypeVar("T")


class Desk:
    """Does one thing at a time in a thread of its own: a scorer keeps what it saw.

    Up to ``most`` requests wait or are worked on, each up to some seconds. A work that
    takes longer is not answered, but done before the next: a thread cannot be stopped.
    """

    def __init__(self, most: int, seconds: float) -> None:
        self._most, self._seconds = most, seconds
        self._n_inside = 0
        self._worker = ThreadPoolExecutor(1, "mtcheck")

    async def do(self, work: Callable[[], T]) -> T:
        """Return what the work comes to; an HTTPException says why to nothing."""
        if self._n_inside >= self._most:
            raise _busy(f"{self._most} requests wait already")
        self._n_inside += 1
        job = self._worker.submit(work)
        waiting = asyncio.wrap_future(job)
        waiting.add_done_callback(self._leave)
        try:
            async with asyncio.timeout(self._seconds):
                return await asyncio.shield(waiting)
        except TimeoutError:
            if job.cancel():
                raise _busy(f"no turn in {self._seconds:g} seconds") from None
            raise refused(
                HTTPStatus.GATEWAY_TIMEOUT,
                f"the text takes more than {self._seconds:g} seconds; send it in parts",
            ) from None

    def _leave(self, done: "asyncio.Future[T]") -> None:
        self._n_inside -= 1
        if not done.cancelled():
            done.exception()  # Asked for, or asyncio complains that nobody did.


def _busy(detail: str) -> Exception:
    return refused(HTTPStatus.SERVICE_UNAVAILABLE, detail, Retry_After="5")
