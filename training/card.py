"""The card of a model: what it was made from, how good it is, and its fingerprints."""

import hashlib
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from mtcheck import __version__
from mtcheck.extract import schema
from mtcheck.models import FORMAT
from training.build import Built
from training.kenlm_tools import kenlm_version
from training.lexicons import LICENCES

_LIBRARIES = ("numpy", "scikit-learn", "textstat")


def make_card(
    name: str, folder: Path, built: Sequence[Built], data: Mapping[str, str], seed: int
) -> dict[str, Any]:
    """Return the card of the files in ``folder``."""
    files: dict[str, dict[str, Any]] = {
        path.relative_to(folder).as_posix(): {
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "bytes": path.stat().st_size,
        }
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    digest = hashlib.sha256(
        "".join(entry["sha256"] for entry in files.values()).encode()
    )
    fingerprint = schema("full").fingerprint
    return {
        "name": name,
        "format": FORMAT,
        "version": __version__,
        "schema": fingerprint,
        "languages": [item.language for item in built],
        "files": files,
        "thresholds": {item.language: item.thresholds for item in built},
        "false_alarms": {item.language: item.false_alarms for item in built},
        "metrics": {item.language: item.metrics for item in built},
        "data": {
            "files": dict(data),
            "sources": {item.language: item.sources for item in built},
        },
        "licences": {item.language: LICENCES.get(item.language, ()) for item in built},
        "libraries": {"kenlm": kenlm_version()}
        | {library: version(library) for library in _LIBRARIES},
        "seed": seed,
        "signature": (
            f"{name}@{digest.hexdigest()[:8]}|schema:{fingerprint}|seed:{seed}"
        ),
    }
