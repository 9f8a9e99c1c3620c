"""The card of a model folder: what it is, and which files belong to it.

Whoever made a folder made its card too, so nothing on it is believed before it was
looked at.
"""

import json
import re
import reprlib
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mtcheck.errors import ModelError

FORMAT = 1
"""The layout of a model folder; raised when older folders cannot be read."""

LARGEST_CARD = 4 * 2**20
"""Bytes of a card; a shipped one has about thirty thousand."""

LONGEST_NAME = 200
"""Characters of what a card says in one line."""

_KEYS = {
    "name": str,
    "format": int,
    "version": str,
    "schema": str,
    "languages": list,
    "files": dict,
    "thresholds": dict,
    "metrics": dict,
    "data": dict,
    "licences": dict,
    "signature": str,
}
"""What a card must hold, and of which type."""

_KINDS = {str: "a string", int: "a whole number", list: "a list", dict: "an object"}

_SHA256 = re.compile("[0-9a-f]{64}")
_CODE = re.compile("[a-z]{2,8}")
_FILE = re.compile(r"(?:[\w-]{1,50}/)?[\w-][\w.-]{0,100}", re.ASCII)


def read_card(path: Path) -> Mapping[str, Any]:
    """Return a card of this format, or raise a ModelError."""
    card = _read(path)
    if card["format"] != FORMAT:
        # Of another format anything may be another type.
        name, made_for = (str(card[key])[:LONGEST_NAME] for key in ("name", "format"))
        raise ModelError(
            f"model {name}: made for format {made_for}, this mtcheck reads format "
            f"{FORMAT}; install a matching model or refit with python -m training"
        )
    _check(card, path)
    return card


def _read(path: Path) -> dict[str, Any]:
    try:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode):
            raise ModelError(
                f"{path}: the card must be a file of its own, and no link; install the "
                "model again"
            )
        size = status.st_size
        if size > LARGEST_CARD:
            raise ModelError(
                f"{path}: the card must be at most {LARGEST_CARD:,} bytes, got {size:,}"
            )
        card = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(f"{path}: the card cannot be read ({error})") from error
    if not isinstance(card, dict):
        raise ModelError(f"{path}: the card must be a JSON object")
    missing = sorted(_KEYS.keys() - card.keys())
    if missing:
        raise ModelError(f"{path}: the card lacks {', '.join(missing)}")
    return card


def _check(card: Mapping[str, Any], path: Path) -> None:
    """Refuse a card of the right format whose entries have wrong types."""
    for key, kind in _KEYS.items():
        value = card[key]
        if type(value) is not kind:
            shown = reprlib.repr(value)
            raise ModelError(f"{path}: {key} must be {_KINDS[kind]}, got {shown}")
        # They go into reports and onto terminals.
        if isinstance(value, str) and not _is_line(value):
            raise ModelError(
                f"{path}: {key} must be at most {LONGEST_NAME} printable characters, "
                f"got {reprlib.repr(value)}"
            )
    languages = card["languages"]
    if not all(isinstance(code, str) and _CODE.fullmatch(code) for code in languages):
        shown = reprlib.repr(languages)
        raise ModelError(f"{path}: languages must be a list of codes, got {shown}")
    for name, entry in card["files"].items():
        _check_file(name, entry, path)


def _is_line(text: str) -> bool:
    return text.isprintable() and len(text) <= LONGEST_NAME


def _check_file(name: str, entry: object, path: Path) -> None:
    if Path(name).is_absolute() or ".." in Path(name).parts:
        raise ModelError(f"{path}: {name} lies outside the model folder")
    if not _FILE.fullmatch(name):
        raise ModelError(
            f"{path}: the name of a file must be plain, and in one folder at most, got "
            f"{reprlib.repr(name)}"
        )
    fields = entry if isinstance(entry, dict) else {}
    digest, size = fields.get("sha256"), fields.get("bytes", 0)
    if not isinstance(digest, str) or not _SHA256.fullmatch(digest):
        raise ModelError(f"{path}: {name} has no SHA-256 of 64 digits")
    if type(size) is not int or size < 0:
        raise ModelError(f"{path}: {name} has no number of bytes")
