"""What became of targets, gathered from their processes and logs."""

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from resource import struct_rusage

ROOT = Path(__file__).parents[2]

_STATISTIC = re.compile(r"^stat::(\w+): +(\d+)$", re.MULTILINE)


@dataclass(frozen=True)
class Outcome:
    """What became of a target.

    ``seconds`` are by the clock, ``processor_seconds`` those of user and system.
    ``slowest_seconds`` are processor time of one input, and ``peak_mib`` the most
    memory that the process held. ``code`` is the fingerprint of mtcheck's sources, and
    ``found`` the input that broke the target.
    """

    target: str
    code: str
    executions: int
    seconds: int
    processor_seconds: int
    slowest_seconds: float
    peak_mib: int
    corpus: int
    found: str | None


def fingerprint() -> str:
    """Return the start of a digest of all that is fuzzed."""
    digest = hashlib.sha256()
    for path in sorted((ROOT / "mtcheck").rglob("*")):
        if path.suffix in (".py", ".toml", ".json"):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def gather(
    target: str, code: str, folder: Path, seconds: float, used: struct_rusage
) -> Outcome:
    """Return what became of a target whose process has ended."""
    log = (folder / "log").read_text("utf-8", "replace")
    told = {name: int(value) for name, value in _STATISTIC.findall(log)}
    found = sorted(path.name for path in folder.glob("found-*"))
    is_done = "number_of_executed_units" in told
    slowest = folder / "slowest"
    return Outcome(
        target,
        code,
        told.get("number_of_executed_units", 0),
        round(seconds),
        round(used.ru_utime + used.ru_stime),
        float(slowest.read_text()) if slowest.exists() else 0.0,
        used.ru_maxrss // 1024,
        len(os.listdir(folder / "corpus")),
        (found[0] if found else None) if is_done or found else "no end",
    )
