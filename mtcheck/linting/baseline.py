"""Findings that were there before: a file of fingerprints leaves them out."""

import json
import os
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from mtcheck.atomic import replace_file
from mtcheck.errors import ConfigError
from mtcheck.linting import Linted
from mtcheck.linting.places import fingerprint, relative
from mtcheck.report import Lines
from mtcheck.types import Document

VERSION = 1
"""Of the file; goes up where fingerprints or their form change."""

Held = Mapping[str, Mapping[str, int]]
"""From a path, as seen from the file, to its entries and how often each is there."""


class Baseline:
    """What a file holds, and what was found beside it in one run.

    An entry is ``code:fingerprint``. ``asked`` are the codes that a file is asked for:
    the entries of others are neither gone nor dropped.
    """

    def __init__(
        self, file: str, held: Held, asked: Callable[[str], Collection[str]]
    ) -> None:
        self._folder = os.path.dirname(file)
        self._file = file
        self._held = held
        self._asked = asked
        self._found: dict[str, Counter[str]] = {}
        self._current: str | None = None

    def without_held(self, linted: Linted) -> Linted:
        """Return the findings that are not held, or stand there more often."""
        path = self._path(linted.document)
        # The records of a file come one after the other and are counted together.
        if linted.document.line is None or path != self._current:
            self._found[path] = Counter()
        self._current = path
        found, held = self._found[path], self._held.get(path, {})
        lines = Lines(linted.document.text)
        kept = []
        for finding in linted.findings:
            print_ = fingerprint(finding, linted.document.text, lines)
            entry = f"{finding.code}:{print_}"
            found[entry] += 1
            if found[entry] > held.get(entry, 0):
                kept.append(finding)
        return replace(linted, findings=tuple(kept))

    def n_gone(self) -> int:
        """Return how many entries were looked for and not found."""
        return sum(
            max(0, n - self._found.get(path, Counter())[entry])
            for path, entry, n in self._looked_for()
        )

    def n_found(self) -> int:
        """Return how many findings there were, held or not."""
        return sum(found.total() for found in self._found.values())

    def write(self) -> None:
        """Put what was found into the file; what was not looked for stays in it."""
        dropped = {(path, entry) for path, entry, _ in self._looked_for()}
        merged: dict[str, dict[str, int]] = {
            path: dict(found) for path, found in self._found.items()
        }
        for path, entries in self._held.items():
            for entry, n in entries.items():
                if (path, entry) not in dropped:
                    merged.setdefault(path, {})[entry] = n
        findings = {path: entries for path, entries in merged.items() if entries}
        table = {"version": VERSION, "findings": findings}
        text = json.dumps(table, sort_keys=True, indent=1)
        replace_file(self._file, f"{text}\n".encode())

    def _looked_for(self) -> Iterator[tuple[str, str, int]]:
        """Yield the entries of the files of this run, and of files that are gone."""
        for path, entries in self._held.items():
            place = os.path.join(self._folder, path)
            is_there = path == "-" or os.path.exists(place)
            if is_there and path not in self._found:
                continue
            asked = self._asked(place) if is_there else None
            for entry, n in entries.items():
                if asked is None or entry.partition(":")[0] in asked:
                    yield path, entry, n

    def _path(self, document: Document) -> str:
        if document.source is None:
            return "-"
        return relative(document.source, self._folder or ".")


def read_baseline(file: str, is_for_update: bool = False) -> Held:
    """Return what a baseline holds; a ConfigError says why it cannot be read.

    For an update it may be missing, or of another version, and then it holds nothing;
    a file that is no baseline is not written over either.
    """
    try:
        with open(file, encoding="utf-8") as stream:
            table = json.load(stream)
    except FileNotFoundError:
        if is_for_update:
            return {}
        raise _refused(
            file, "does not exist; write it with --update-baseline"
        ) from None
    except OSError as error:
        raise _refused(file, f"cannot be read ({error.strerror})") from None
    except (ValueError, RecursionError) as error:
        raise _refused(file, f"is not JSON ({error}); name another file") from None
    version = table.get("version") if isinstance(table, dict) else None
    if version is None or not isinstance(table.get("findings"), dict):
        raise _refused(file, "is no baseline; name another file")
    if version == VERSION and _is_held(table["findings"]):
        held: Held = table["findings"]
        return held
    if is_for_update:
        return {}
    what = "damaged" if version == VERSION else f"of version {version}, not {VERSION}"
    raise _refused(file, f"is {what}; write it anew with --update-baseline")


def _refused(file: str, problem: str) -> ConfigError:
    return ConfigError(f"config: baseline {file!r} {problem}")


def _is_held(table: Mapping[str, Any]) -> bool:
    return all(
        isinstance(entries, dict)
        and all(type(n) is int and n > 0 for n in entries.values())
        for entries in table.values()
    )
