"""What LanguageTool said of texts before, on disk: no text is asked about twice."""

import json
import os
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

LARGEST = 512 * 2**20
"""Bytes of the file from which on the oldest answers make room."""

PATIENCE = 5.0
"""Seconds to wait for another process that writes."""

_VARIABLES = 500  # SQLite takes a thousand in one query

_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}

_TABLE = "CREATE TABLE IF NOT EXISTS answers (key BLOB UNIQUE, answer TEXT)"


def cache_folder() -> Path:
    """Return where the answers of all runs of a user lie."""
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "mtcheck"


class Answers:
    """A file of answers that several processes may read and write at once.

    It costs time and nothing else where it is damaged, locked or cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: sqlite3.Connection | None = None
        try:
            self._file = self._open()
        except sqlite3.Error as error:
            if error.sqlite_errorcode & 0xFF in _DAMAGE:
                self._file = self._open_anew()
        except OSError:
            pass  # the folder cannot be made

    def get(self, keys: Sequence[bytes]) -> dict[bytes, Any]:
        """Return the answers to those of the keys that have one."""
        found: dict[bytes, Any] = {}
        if self._file is None:
            return found
        with suppress(sqlite3.Error, ValueError):
            for start in range(0, len(keys), _VARIABLES):
                some = keys[start : start + _VARIABLES]
                marks = ",".join("?" * len(some))
                query = f"SELECT key, answer FROM answers WHERE key IN ({marks})"
                for key, answer in self._file.execute(query, some):
                    found[key] = json.loads(answer)
        return found

    def put(self, answers: Mapping[bytes, Any]) -> None:
        """Keep answers."""
        if self._file is None or not answers:
            return
        rows = [
            (key, json.dumps(answer, ensure_ascii=False, separators=(",", ":")))
            for key, answer in answers.items()
        ]
        with suppress(sqlite3.Error), self._file:
            self._file.executemany("INSERT OR IGNORE INTO answers VALUES (?, ?)", rows)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _open(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = sqlite3.connect(self.path, timeout=PATIENCE, check_same_thread=False)
        try:
            # Where another process makes the same file this one is refused at once,
            # whatever its patience; the other one's mode is then that of both.
            with suppress(sqlite3.OperationalError):
                file.execute("PRAGMA journal_mode=WAL")
            file.execute("PRAGMA synchronous=NORMAL")
            with file:
                file.execute(_TABLE)
            _make_room(file)
        except sqlite3.Error:
            file.close()
            raise
        return file

    def _open_anew(self) -> sqlite3.Connection | None:
        """Open an empty file in the place of a damaged one."""
        with suppress(OSError, sqlite3.Error):
            for suffix in ("", "-wal", "-shm"):  # of another file they would damage it
                Path(f"{self.path}{suffix}").unlink(missing_ok=True)
            return self._open()
        return None


def key_of(parts: Iterable[str]) -> bytes:
    """Return the key of an answer: all that it depends on, the text among it."""
    whole = "\0".join(parts).encode("utf-8", "surrogatepass")
    return sha256(whole).digest()[:16]


def _make_room(file: sqlite3.Connection) -> None:
    """Take the older half away where there is too much; its place is used again."""
    pages, free, size = [
        file.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("page_count", "freelist_count", "page_size")
    ]
    if (pages - free) * size > LARGEST:
        with file:
            file.execute(
                "DELETE FROM answers WHERE rowid <= "
                "(SELECT (min(rowid) + max(rowid)) / 2 FROM answers)"
            )
