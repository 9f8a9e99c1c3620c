"""What was found in a text before: unchanged files are not looked at again."""

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import astuple, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from mtcheck import __version__
from mtcheck.atomic import replace_file
from mtcheck.linting import Linted, Linter
from mtcheck.markup import suffix_of
from mtcheck.types import Document, Finding, Span

FOLDER = ".mtcheck_cache"
_PACKAGE = Path(__file__).parent.parent
_TAG = """Signature: 8a477f597d28d172789f06886806bc55
# This folder holds what mtcheck lint found before, and may be taken away at any time.
"""


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder with an entry for each path; ``judged_by`` names what gives verdicts.

    An entry holds for one text under one set of rules. What is damaged, or cannot be
    written, costs time and nothing else.
    """

    folder: Path
    judged_by: str = ""

    def lint(self, document: Document, linter: Linter) -> Linted:
        """Return what was found in the document before, or look and remember it."""
        if document.source is None or document.line is not None:
            return linter.lint(document)
        entry = self.folder / _digest(os.path.abspath(document.source))
        key = self._key(document, linter)
        found = _read(entry, key)
        if found is None:
            linted = linter.lint(document)
            if not linted.unchecked:
                self._write(entry, key, linted.findings)
            return linted
        return Linted(document, found)

    def _key(self, document: Document, linter: Linter) -> str:
        path = document.source
        rules = [(rule.code, rule.severity) for rule in linter.selection.rules(path)]
        language = document.language or linter.selection.language(path)
        parts = (_fingerprint(), self.judged_by, rules, language, linter.paragraphs)
        return _digest(repr((*parts, suffix_of(path))), document.text)

    def _write(self, entry: Path, key: str, findings: tuple[Finding, ...]) -> None:
        # A link came with somebody else's folder, and may lead to any file.
        if self.folder.is_symlink() or entry.is_symlink():
            return
        content = {"key": key, "findings": [astuple(found) for found in findings]}
        with suppress(OSError):
            if not self.folder.is_dir():
                self._make()
            replace_file(entry, json.dumps(content).encode())

    def _make(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        replace_file(self.folder / ".gitignore", b"*\n")
        replace_file(self.folder / "CACHEDIR.TAG", _TAG.encode())


def _read(entry: Path, key: str) -> tuple[Finding, ...] | None:
    """Return the findings of an entry; None where it is of another text, or damaged."""
    try:
        content = json.loads(entry.read_bytes())
        if content["key"] != key:
            return None
        return tuple(_finding(*fields) for fields in content["findings"])
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None


def _finding(
    code: str,
    name: str,
    severity: Any,
    span: list[int],
    message: str,
    fix: str | None,
    paragraph: int | None,
) -> Finding:
    return Finding(code, name, severity, Span(*span), message, fix, paragraph)


def _digest(*parts: str) -> str:
    from hashlib import sha256  # it loads OpenSSL, and not every run needs it

    whole = "\0".join(parts).encode("utf-8", "surrogatepass")
    return sha256(whole).hexdigest()[:32]


@cache
def _fingerprint() -> str:
    """Return what stands for the program: an edited rule finds something else."""
    return _digest(__version__, repr(sorted(_sizes(str(_PACKAGE)))))


def _sizes(folder: str) -> Iterator[tuple[str, int, int]]:
    """Yield the files that make up the program, with their sizes and times."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _sizes(entry.path)
            elif entry.name.endswith((".py", ".toml", ".json")):
                state = entry.stat()
                yield entry.path, state.st_size, state.st_mtime_ns
