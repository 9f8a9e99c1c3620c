"""Reports of a benchmark: the same numbers as JSON, Markdown, LaTeX and HTML."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mtcheck.atomic import replace_file
from mtcheck.benchmarking.report.latex import latex
from mtcheck.benchmarking.report.markdown import markdown
from mtcheck.benchmarking.report.page import page
from mtcheck.errors import ConfigError

NUMBERS = "report.json"
"""The file that the others are made from; it is written last."""

LARGEST_REPORT = 256 * 2**20
"""Bytes of a report.json that is read again."""


def write_report(folder: Path, report: Mapping[str, Any]) -> None:
    """Write the four files; each is whole or not there, and the numbers come last."""
    numbers = json.dumps(report, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    files = {
        "report.md": markdown(report),
        "report.tex": latex(report),
        "report.html": page(report),
        NUMBERS: numbers,
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        replace_file(folder / name, text.encode("utf-8", "replace"))


def read_report(folder: Path) -> dict[str, Any]:
    """Return the numbers of a report; a ConfigError says why there are none."""
    path = folder / NUMBERS
    try:
        if path.stat().st_size > LARGEST_REPORT:
            raise ValueError("it is too large")
        found = json.loads(path.read_text("utf-8"))
        if not isinstance(found, dict) or not isinstance(found.get("signature"), str):
            raise ValueError("it has no signature")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror})") from None
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path}: is no report of a benchmark ({error})") from None
    return found


def check_place(folder: Path, signature: str) -> None:
    """Refuse a folder that holds anything but a report of the same signature."""
    if folder.exists() and not folder.is_dir():
        raise ConfigError(f"output must be a folder, got {str(folder)!r}, a file")
    # Told before the long work.
    parent = next(
        path for path in (folder, *folder.absolute().parents) if path.exists()
    )
    if not os.access(parent, os.W_OK | os.X_OK):
        raise ConfigError(f"output {str(folder)!r} cannot be written to")
    if not folder.is_dir() or not any(folder.iterdir()):
        return
    if not (folder / NUMBERS).is_file():
        raise ConfigError(
            f"output {str(folder)!r} holds other files; name a new or empty folder"
        )
    if read_report(folder)["signature"] != signature:
        raise ConfigError(
            f"output {str(folder)!r} holds the report of another benchmark; name a "
            "new folder, or remove it"
        )
