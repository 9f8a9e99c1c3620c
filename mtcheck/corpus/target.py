"""Where the scores of a run go: one file, or a folder of parts."""

import glob
import gzip
import lzma
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self, cast

from mtcheck.errors import ConfigError
from mtcheck.read import is_address
from mtcheck.report import Table, formats, table


@dataclass(frozen=True, slots=True)
class Target:
    """A place for scores; a folder has them in parts, a file put together."""

    path: Path
    format: str
    is_folder: bool

    @classmethod
    def of(cls, output: str, format: str | None = None) -> Self | None:
        """Return what ``output`` names, in the format asked for or the one it names.

        A name that ends in a slash is a folder, and Parquet unless asked otherwise.
        None where the output is a report and no table, or no file, such as a device.
        """
        if is_address(output):
            raise ConfigError(
                f"config: output must be on this machine, got {output!r}; copy the "
                "scores there when they are complete"
            )
        path = Path(output)
        is_folder = output.endswith(os.sep) or path.is_dir()
        if path.exists() and not is_folder and not path.is_file():
            return None
        chosen = format or ("parquet" if is_folder else format_of(output))
        if not formats()[chosen].is_table:
            if is_folder or path.suffix in PACKERS:
                raise ConfigError(
                    f"config: output must be a plain file where the format is "
                    f"{chosen}, got {output!r}"
                )
            return None
        if chosen == "parquet" and path.suffix in PACKERS:
            raise ConfigError(
                f"config: output must not be packed where it is Parquet, got "
                f"{output!r}; Parquet is packed inside"
            )
        return cls(path, chosen, is_folder)

    @property
    def folder(self) -> Path:
        """The folder of the parts; that of a file lies hidden beside it till then."""
        path = self.path
        return path if self.is_folder else path.with_name(f".{path.name}.parts")

    @property
    def table(self) -> Table:
        """The format, as one of files."""
        return table(self.format)

    @contextmanager
    def replacing(self) -> Iterator[BinaryIO]:
        """Open a file that takes the target's place when the block has ended well."""
        path = Path(os.path.realpath(self.path))
        for left in path.parent.glob(f".{glob.escape(path.name)}.*.tmp"):
            left.unlink()  # of a run that was killed
        temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        try:
            with PACKERS.get(path.suffix, _open_plain)(temporary) as file:
                yield file
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def format_of(output: str | None) -> str:
    """Return the format that the suffix of a file names; text where it names none.

    >>> format_of("scores.jsonl.gz"), format_of("verdicts"), format_of(None)
    ('jsonl', 'text', 'text')
    """
    suffixes = Path(output or "").suffixes
    named = [suffix for suffix in suffixes if suffix not in PACKERS][-1:]
    return named[0][1:] if named and named[0][1:] in formats() else "text"


def _open_plain(path: Path) -> BinaryIO:
    return path.open("wb")


@contextmanager
def _pack_gz(path: Path) -> Iterator[BinaryIO]:
    # Without name and time: the same scores are the same bytes.
    with (
        path.open("wb") as file,
        gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed,
    ):
        yield cast(BinaryIO, packed)


def _pack_xz(path: Path) -> AbstractContextManager[BinaryIO]:
    return cast(BinaryIO, lzma.open(path, "wb"))


def _pack_zst(path: Path) -> AbstractContextManager[BinaryIO]:
    import zstandard

    return cast(BinaryIO, zstandard.open(path, "wb"))


PACKERS: dict[str, Callable[[Path], AbstractContextManager[BinaryIO]]] = {
    ".gz": _pack_gz,
    ".xz": _pack_xz,
    ".zst": _pack_zst,
}
"""How a file is packed, by its last suffix."""
