"""The folder of a run: its parts, what was done, and of what; all survive a kill."""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, Self

from mtcheck.atomic import replace_file
from mtcheck.corpus.counts import Counts
from mtcheck.corpus.parts import Place
from mtcheck.errors import ConfigError, MtcheckError

MANIFEST = "_manifest.json"
JOURNAL = "_journal.jsonl"
"""Readers of Parquet folders pass over names that begin with an underscore."""

FORMAT = 1
"""The layout of the folder; raised when older runs cannot go on."""


@dataclass(frozen=True, slots=True)
class Record:
    """What the journal says of a part that was committed."""

    number: int
    size: int
    end: Place
    n_bytes: int
    counts: Counts


class Store:
    """A folder that one run at a time writes to.

    ``plan`` is what the run is of: the model, the settings, the inputs. A ConfigError
    says what differs from the run that was begun here.
    """

    def __init__(self, folder: Path, suffix: str, plan: Mapping[str, Any]) -> None:
        self.folder = folder
        self.records: dict[int, Record] = {}
        self._suffix = suffix
        self._plan = {"format": FORMAT, **plan}
        self.is_complete = False
        self._counts = Counts()
        self._journal: IO[bytes] | None = None

    def __enter__(self) -> Self:
        """Take the folder, and read how far an earlier run came."""
        self._refuse_strangers()
        self.folder.mkdir(parents=True, exist_ok=True)
        self._journal = (self.folder / JOURNAL).open("a+b")
        try:
            fcntl.flock(self._journal, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._journal.close()
            raise ConfigError(
                f"{self.folder}: another run writes here; wait for its end, or name "
                "another output"
            ) from None
        try:
            self._begin(self._journal)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Let the folder go; what is in it stays."""
        assert self._journal is not None
        if self.is_complete:
            (self.folder / JOURNAL).unlink(missing_ok=True)
        self._journal.close()

    def _begin(self, journal: IO[bytes]) -> None:
        for left in filter(_is_left, self.folder.iterdir()):
            left.unlink()
        manifest = self._read()
        if manifest is None:
            journal.truncate(0)
            self._write(is_complete=False)
            return
        try:
            self.is_complete = manifest["complete"] is True
            self._compare(manifest)
            if self.is_complete:
                self._counts = Counts.from_json(manifest["counts"])
                self._look_at_parts(manifest["sizes"])
        except (AttributeError, KeyError, TypeError, ValueError):
            raise self._damaged("it is no manifest of a run") from None
        if self.is_complete:
            return
        # A kill may have cut the last line off; its part is scored again.
        journal.seek(0)
        lines = [line for line in journal if line.endswith(b"\n")]
        journal.truncate(sum(map(len, lines)))
        found = filter(None, map(_record, lines))
        self.records = {item.number: item for item in found if self._is_there(item)}

    def part(self, number: int) -> Path:
        """Return the path of a part."""
        return self.folder / f"part-{number:05}{self._suffix}"

    def parts(self) -> list[Path]:
        """Return the paths of the parts that were committed, in order."""
        return [self.part(number) for number in sorted(self.records)]

    def resume_at(self) -> tuple[int, Place]:
        """Return the first part that is missing, and where in the inputs it starts."""
        number = 0
        while number in self.records:
            number += 1
        return number, self.records[number - 1].end if number else Place()

    def commit(self, record: Record, data: bytes) -> None:
        """Put a part in place; only when all of it is on the disk is it recorded."""
        assert self._journal is not None
        replace_file(self.part(record.number), data, is_durable=True)
        raw = {**asdict(record), "counts": record.counts.to_json()}
        self._journal.write(json.dumps(raw).encode() + b"\n")
        self._journal.flush()
        # Before the wait for the disk: a run that is stopped meanwhile knows the part.
        self.records[record.number] = record
        os.fsync(self._journal.fileno())

    def counts(self) -> Counts:
        """Return the numbers of all parts together."""
        total = Counts()
        total.add(self._counts)
        for number in sorted(self.records):
            total.add(self.records[number].counts)
        return total

    def finish(self) -> None:
        """Say in the manifest that all is there; the journal has done its work."""
        counts = self.counts().to_json()
        counts["seconds"] = {}  # The same run ends in the same manifest.
        sizes = [self.records[number].size for number in sorted(self.records)]
        self._write(is_complete=True, sizes=sizes, counts=counts)
        self.is_complete = True

    def remove(self) -> None:
        """Take away what the run has put into the folder, the manifest last.

        So a kill in the midst of it leaves a run that can begin again.
        """
        for path in (*self.parts(), self.folder / JOURNAL, self.folder / MANIFEST):
            path.unlink(missing_ok=True)
        self.records = {}
        with suppress(OSError):  # it holds something of somebody else's
            self.folder.rmdir()

    def _refuse_strangers(self) -> None:
        """Refuse a folder that holds something else than a run."""
        if not self.folder.is_dir():
            return
        names = {path.name for path in self.folder.iterdir() if not _is_left(path)}
        if names and MANIFEST not in names and names != {JOURNAL}:
            raise ConfigError(
                "config: output must be a new or an empty folder, or that of a run "
                f"that was stopped, got {str(self.folder)!r}; name another one"
            )

    def _read(self) -> dict[str, Any] | None:
        path = self.folder / MANIFEST
        try:
            raw = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (ValueError, RecursionError) as error:
            raise self._damaged(str(error)) from None
        if not isinstance(raw, dict) or raw.get("format") != FORMAT:
            raise MtcheckError(
                f"{path}: not of this version of mtcheck; name another output"
            )
        return raw

    def _damaged(self, why: str) -> MtcheckError:
        path = self.folder / MANIFEST
        return MtcheckError(
            f"{path}: cannot be read ({why}); remove the folder and begin again"
        )

    def _write(self, is_complete: bool, **more: object) -> None:
        content = {**self._plan, "complete": is_complete, **more}
        text = json.dumps(content, ensure_ascii=False, indent=1)
        data = text.encode("utf-8", "backslashreplace")
        replace_file(self.folder / MANIFEST, data + b"\n", is_durable=True)

    def _compare(self, manifest: Mapping[str, Any]) -> None:
        """Refuse to go on with a run of something else."""
        # As the manifest spells it.
        plan = json.loads(json.dumps(self._plan))
        found = [
            f"{key} {_shown(manifest.get(key))}, now {_shown(plan[key])}"
            for key in plan
            if key not in ("settings", "inputs") and manifest.get(key) != plan[key]
        ]
        before, now = manifest["settings"], plan["settings"]
        found += [
            f"{key} {_shown(before.get(key))}, now {_shown(now.get(key))}"
            for key in sorted({*before, *now})
            if before.get(key) != now.get(key)
        ]
        found += _changed_inputs(manifest["inputs"], plan["inputs"])
        if found:
            raise ConfigError(
                f"{self.folder}: holds a run of something else ({'; '.join(found)}); "
                "name another output, or remove the folder to begin again"
            )

    def _is_there(self, record: Record) -> bool:
        path = self.part(record.number)
        return path.is_file() and path.stat().st_size == record.size

    def _look_at_parts(self, sizes: Sequence[int]) -> None:
        for number, size in enumerate(sizes):
            path = self.part(number)
            if not path.is_file() or path.stat().st_size != size:
                raise MtcheckError(
                    f"{path}: is missing or was changed since the run was complete; "
                    "remove the folder to begin again"
                )


def _is_left(path: Path) -> bool:
    """Tell whether a run that was killed has left the file."""
    return path.name.startswith(".") and path.suffix == ".tmp"


def _record(line: bytes) -> Record | None:
    """Return what a line of the journal says; a damaged one costs its part."""
    try:
        raw = json.loads(line)
        raw["end"], raw["counts"] = Place(**raw["end"]), Counts.from_json(raw["counts"])
        return Record(**raw)
    except (KeyError, TypeError, ValueError, RecursionError):
        return None


def _shown(value: object) -> str:
    return "none" if value is None else str(value)


def _changed_inputs(
    before: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    """Yield what differs in the inputs; a file may be touched, but not changed."""
    old = {item["path"]: _content(item) for item in before}
    new = {item["path"]: _content(item) for item in now}
    for path in sorted({*old, *new}):
        if path not in new:
            yield f"{path} is gone"
        elif path not in old:
            yield f"{path} is new"
        elif old[path] != new[path]:
            yield f"{path} was changed"
    if [*old] != [*new] and {*old} == {*new}:
        yield "the inputs come in another order"


def _content(item: Mapping[str, Any]) -> object:
    return item.get("content"), item.get("size"), item.get("problem")
