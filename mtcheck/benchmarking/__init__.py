"""Comparisons of models on labelled data: figures, intervals, tests, and reports."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from mtcheck.benchmarking.plan import Plan, prepare
from mtcheck.benchmarking.report import check_place, write_report
from mtcheck.benchmarking.run import run


def benchmark(
    data: str | Path | Iterable[str | Path],
    models: str | Path | Iterable[str | Path] = (),
    *,
    predictions: Mapping[str, str | Path] | None = None,
    commands: Mapping[str, str] | None = None,
    train: str | Path | Iterable[str | Path] = (),
    output: str | Path | None = None,
    seed: int = 7,
    resamples: int = 1000,
    least: int = 30,
    errors: int = 0,
    time_limit: float = 3600.0,
    attacks: Iterable[str] = (),
) -> dict[str, Any]:
    """Compare models on labelled texts and return what ``report.json`` holds.

    All is as in ``mtcheck benchmark`` (``docs/benchmark.md``); ``predictions`` and
    ``commands`` are by the name of a detector, and ``output`` is a folder, to which the
    report is written as well. What was lost or failed is in ``lost`` and ``failed``; a
    MtcheckError says that nothing could be done. Models score in processes of their
    own: a script needs ``if __name__ == "__main__":``.
    """
    plan = Plan(
        data=_paths(data),
        models=_paths(models),
        predictions=_named(predictions),
        commands=_named(commands),
        train=_paths(train),
        seed=seed,
        resamples=resamples,
        least=least,
        errors=errors,
        time_limit=time_limit,
        attacks=tuple(attacks),
    )
    prepared = prepare(plan)
    if output is not None:
        check_place(Path(output), prepared.signature)
    report = run(prepared)
    if output is not None:
        write_report(Path(output), report)
    return report


def _paths(given: str | Path | Iterable[str | Path]) -> tuple[str, ...]:
    return (
        (str(given),)
        if isinstance(given, str | Path)
        else tuple(str(one) for one in given)
    )


def _named(given: Mapping[str, str | Path] | None) -> tuple[str, ...]:
    return tuple(f"{name}={value}" for name, value in (given or {}).items())
