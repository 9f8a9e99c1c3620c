"""Workers of a Dask cluster score the same bytes, also when one of them is killed."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import distributed
import pytest
from test_corpus import contents, corpus, make_corpus, run

from mtcheck.errors import ConfigError, ResourceError
from mtcheck.schedule import spread

__all__ = ["corpus"]


@pytest.fixture
def cluster() -> Iterator[Any]:
    """Start a scheduler and two worker processes, as a user would on a machine."""
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        dashboard_address=None,
        worker_dashboard_address=None,
        silence_logs=50,
    ) as cluster:
        yield cluster


def test_a_cluster_scores_the_same_bytes(corpus: Path, cluster: Any) -> None:
    counts = run("once/", corpus)
    spread_out = run("spread/", corpus, scheduler=cluster.scheduler_address)
    assert contents(Path("spread")) == contents(Path("once"))
    assert spread_out.paragraphs == counts.paragraphs


def test_a_worker_that_is_killed_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cluster: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    path = make_corpus(tmp_path / "corpus.jsonl", 4_000)
    run("once/", path)
    pids = [worker.pid for worker in cluster.workers.values()]

    class Killer:
        """Kills a worker amid the run."""

        def __getattr__(self, name: str) -> Any:
            return lambda *_: None

        def advance(self, n_bytes: int, n_paragraphs: int) -> None:
            if len(pids) == 2:
                os.kill(pids.pop(), signal.SIGKILL)

    run("spread/", path, scheduler=cluster.scheduler_address, watch=Killer())  # type: ignore[arg-type]
    assert len(pids) == 1
    assert contents(Path("spread")) == contents(Path("once"))


def test_an_error_on_a_worker_is_the_error_of_the_run(cluster: Any) -> None:
    with pytest.raises(ZeroDivisionError):
        list(spread((1).__truediv__, [1, 0], scheduler=cluster.scheduler_address))


def test_an_absent_scheduler_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mtcheck.schedule.TIMEOUT", 1)
    with pytest.raises(ConfigError) as caught:
        list(spread(str, [1], scheduler="tcp://127.0.0.1:1"))
    assert str(caught.value).startswith(
        "scheduler: no Dask scheduler answers at 'tcp://127.0.0.1:1' ("
    )
    assert str(caught.value).endswith("; start one, or check the address")


def test_a_scheduler_without_workers_is_told() -> None:
    with (
        distributed.LocalCluster(
            n_workers=0, dashboard_address=None, silence_logs=50
        ) as empty,
        pytest.raises(ResourceError) as caught,
    ):
        list(spread(str, [1], scheduler=empty.scheduler_address))
    assert str(caught.value) == (
        f"scheduler: {empty.scheduler_address} has no worker; start some with "
        "dask worker, where mtcheck is installed"
    )


def test_without_dask_the_way_to_install_it_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(ResourceError) as caught:
        list(spread(str, [1], scheduler="tcp://127.0.0.1:1"))
    assert str(caught.value) == (
        "--scheduler needs Dask; install it with pip install 'mtcheck[dask]'"
    )
