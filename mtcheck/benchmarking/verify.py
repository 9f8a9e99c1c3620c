"""Whether a report can be had again: what it says is run, and the figures compared."""

from collections.abc import Iterator, Mapping
from math import isclose
from pathlib import Path
from typing import Any

from mtcheck.benchmarking.plan import Plan, Prepared, prepare
from mtcheck.benchmarking.report import NUMBERS, read_report
from mtcheck.benchmarking.run import Tell, run
from mtcheck.benchmarking.systems.plan import (
    PreparedSystems,
    SystemsPlan,
    prepare_systems,
)
from mtcheck.benchmarking.systems.run import MODE, run_systems
from mtcheck.errors import ConfigError

_UNCOMPARED = frozenset(
    "versions seconds texts_per_second fit_seconds peak_memory_mib".split()
)
"""What differs from machine to machine."""

_TOLERANCE = 1e-6
"""Figures as close as that are the same: other machines add floats in other orders."""


def prepare_again(folder: Path) -> tuple[dict[str, Any], Prepared | PreparedSystems]:
    """Return a report with what it takes to make it again.

    Raises a ConfigError where that cannot be done: what it was made with is not there
    or has changed.
    """
    report = read_report(folder)
    try:
        plans = SystemsPlan if report.get("mode") == MODE else Plan
        plan = plans.from_json(report["plan"])
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigError(f"{folder / NUMBERS}: has no settings ({error})") from None
    prepared = prepare_systems(plan) if isinstance(plan, SystemsPlan) else prepare(plan)
    if prepared.signature != report["signature"]:
        was = report["signature"].split("|")
        changed = [part for part in prepared.signature.split("|") if part not in was]
        raise ConfigError(
            f"{folder}: cannot be made again, for what it was made with has changed; "
            f"now {', '.join(changed) or 'parts are missing'}"
        )
    return report, prepared


def run_again(prepared: Prepared | PreparedSystems, tell: Tell) -> dict[str, Any]:
    """Return the report of what was prepared, be it of models or of systems."""
    if isinstance(prepared, PreparedSystems):
        return run_systems(prepared, tell)
    return run(prepared, tell)


def differences(one: Any, other: Any, place: str = "") -> Iterator[str]:
    """Yield where two reports differ in anything but times, memory and versions."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for key in sorted(one.keys() | other.keys()):
            if key in _UNCOMPARED:
                continue
            inner = f"{place}.{key}" if place else str(key)
            if key in one and key in other:
                yield from differences(one[key], other[key], inner)
            else:
                yield f"{inner}: is in one report only"
    elif isinstance(one, list) and isinstance(other, list):
        if len(one) != len(other):
            yield f"{place}: {len(one)} entries, now {len(other)}"
        for at, (left, right) in enumerate(zip(one, other, strict=False)):
            name = left.get("name", at) if isinstance(left, Mapping) else at
            yield from differences(left, right, f"{place}[{name}]")
    elif not _is_same(one, other):
        yield f"{place}: was {one!r}, is {other!r}"


def _is_same(one: Any, other: Any) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return isclose(one, other, rel_tol=_TOLERANCE, abs_tol=_TOLERANCE)
    return bool(one == other)
