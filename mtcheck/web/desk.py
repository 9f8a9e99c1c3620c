"""The one who works: requests wait for it, neither too many nor too long."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from http import HTTPStatus
from queue import SimpleQueue
from threading import Thread
from typing import Any, TypeVar

from starlette.exceptions import HTTPException

from mtcheck.web.refusals import refused

T = TypeVar("T")
_Job = tuple["Future[Any]", Callable[[], Any]]


class Desk:
    """Does one thing at a time in a thread of its own: a scorer keeps what it saw.

    Up to ``most`` requests wait or are worked on, each up to some seconds. A work that
    takes longer is not answered, but done before the next: a thread cannot be stopped.
    """

    def __init__(self, most: int, seconds: float) -> None:
        self._most, self._seconds = most, seconds
        self._waiting: set[asyncio.Future[Any]] = set()
        self._jobs: SimpleQueue[_Job] = SimpleQueue()
        # A daemon: the program ends without it, whatever it is at.
        Thread(target=self._work, name="mtcheck", daemon=True).start()

    async def do(self, work: Callable[[], T]) -> T:
        """Return what the work comes to; an HTTPException says why to nothing."""
        if len(self._waiting) >= self._most:
            raise _busy(f"{self._most} requests wait already")
        job: Future[T] = Future()
        waiting = asyncio.wrap_future(job)
        self._waiting.add(waiting)
        waiting.add_done_callback(self._leave)
        self._jobs.put((job, work))
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
        except asyncio.CancelledError:
            raise _busy("the server ends") from None

    def close(self) -> None:
        """Let nobody wait any longer."""
        for waiting in [*self._waiting]:
            waiting.cancel()

    def _leave(self, done: "asyncio.Future[Any]") -> None:
        self._waiting.discard(done)
        if not done.cancelled():
            done.exception()  # Asked for, or asyncio complains that nobody did.

    def _work(self) -> None:
        while True:
            job, work = self._jobs.get()
            if not job.set_running_or_notify_cancel():
                continue
            try:
                job.set_result(work())
            except Exception as error:
                job.set_exception(error)


def _busy(detail: str) -> HTTPException:
    return refused(HTTPStatus.SERVICE_UNAVAILABLE, detail, Retry_After="5")
