"""Where work is done: here, in processes of this machine, or on a cluster."""

import os
import signal
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from threading import Thread
from typing import TypeVar

from mtcheck.errors import ConfigError, MtcheckError, ResourceError

TIMEOUT = 10
"""Seconds that a scheduler has to answer."""

T = TypeVar("T")
R = TypeVar("R")


def spread(
    function: Callable[[T], R],
    items: Iterable[T],
    jobs: int = 1,
    scheduler: str | None = None,
    is_ordered: bool = False,
) -> Iterator[R]:
    """Yield the results as they come, or in the order of the items.

    ``jobs`` processes share the work, or the workers of a Dask ``scheduler``. A
    MtcheckError says that a process came to an end before its work did.
    """
    order = "generator" if is_ordered else "generator_unordered"
    if scheduler is not None:
        yield from _by_dask(function, items, scheduler, order)
    elif jobs == 1:
        yield from map(function, items)
    else:
        yield from _by_processes(function, items, jobs, order)


def _by_processes(
    function: Callable[[T], R], items: Iterable[T], jobs: int, order: str
) -> Iterator[R]:
    from joblib import Parallel, delayed
    from joblib.externals.loky.process_executor import BrokenProcessPool

    # An item is work enough: to send several at once would keep the others idle.
    pool = Parallel(
        n_jobs=jobs,
        backend="loky",
        batch_size=1,
        return_as=order,
        initializer=_end_with,
        initargs=(os.getpid(),),
    )
    results = pool(delayed(function)(item) for item in items)
    try:
        # Not yielded from: joblib's generator would warn of what is lost with it.
        for result in results:  # noqa: UP028
            yield result
    except BrokenProcessPool:
        raise MtcheckError(
            "a process ended before its work did: it was killed, or memory ran out; "
            "try fewer --jobs"
        ) from None
    finally:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that what was done is not all used
            results.close()


def _end_with(parent: int) -> None:
    """End this process soon after its parent, which may be killed without a word.

    The pool's processes would wait for work forever.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os.kill(os.getpid(), signal.SIGTERM)

    Thread(target=watch, daemon=True).start()


def _by_dask(
    function: Callable[[T], R], items: Iterable[T], address: str, order: str
) -> Iterator[R]:
    try:
        from distributed import Client
    except ImportError:
        raise ResourceError(
            "--scheduler needs Dask; install it with pip install 'mtcheck[dask]'"
        ) from None
    from joblib import Parallel, delayed, parallel_config

    try:
        client = Client(address, timeout=TIMEOUT)
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"scheduler: no Dask scheduler answers at {address!r} ({error}); start "
            "one, or check the address"
        ) from None
    with client, parallel_config(backend="dask"):
        pool = Parallel(n_jobs=-1, batch_size=1, return_as=order)
        try:
            results = pool(delayed(function)(item) for item in items)
        except TimeoutError:
            raise ResourceError(
                f"scheduler: {address} has no worker; start some with dask worker, "
                "where mtcheck is installed"
            ) from None
        yield from results
