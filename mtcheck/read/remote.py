"""Files of object stores, servers and archives, by fsspec."""

import errno
import glob
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from mtcheck.errors import InputError
from mtcheck.read.addresses import path_of, sibling
from mtcheck.read.found import Found, Source, or_nothing_readable, unreadable
from mtcheck.read.readers import is_readable, unknown

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_BUFFER = 2**18


def find(address: str) -> Found:
    """Yield the files that are meant by an address."""
    try:
        place = _Place.of(address)
        if place.is_pattern:
            yield from place.matches()
            return
        with _explained(address):
            info = place.filesystem.info(place.inner)
    except InputError as error:
        yield error
        return
    if info["type"] == "directory":
        yield from or_nothing_readable(place.walk(place.inner), address)
    elif is_readable(address):
        yield Source(address, info.get("size") or 0)
    else:
        yield unknown(address)


@dataclass(frozen=True, slots=True)
class _Place:
    """An address, the filesystem behind it, and what that calls it."""

    address: str
    filesystem: Any
    inner: str

    @classmethod
    def of(cls, address: str) -> "_Place":
        with _explained(address):
            import fsspec.core

            return cls(address, *fsspec.core.url_to_fs(address))

    @property
    def is_pattern(self) -> bool:
        """Whether it is a pattern, and no file that has a star in its name."""
        if not glob.has_magic(path_of(self.address)):
            return False
        with _explained(self.address):
            return not self.filesystem.exists(self.inner)

    def matches(self) -> Found:
        with _explained(self.address):
            found = self.filesystem.glob(self.inner, detail=True)
            if not found:
                # In a pattern drivers take for empty what they cannot list.
                with suppress(FileNotFoundError):
                    self.filesystem.ls(self._root())
        if not found:
            yield InputError(self.address, "matches no file; check the pattern")
            return
        sources = [
            source
            for inner in sorted(found)
            if not self._is_hidden(inner)
            for source in self._files(found[inner])
        ]
        # "**" matches a folder as well as the files in it.
        yield from or_nothing_readable(iter(dict.fromkeys(sources)), self.address)

    def walk(self, folder: str) -> Found:
        try:
            with _explained(self._address_of(folder)):
                entries = self.filesystem.ls(folder, detail=True)
        except InputError as error:
            yield error
            return
        for entry in sorted(entries, key=lambda entry: str(entry["name"])):
            inner = entry["name"].rstrip("/")
            # Some stores keep an empty object in place of a folder.
            is_itself = inner == folder.rstrip("/")
            if not is_itself and not inner.rpartition("/")[2].startswith("."):
                yield from self._files(entry)

    def _files(self, entry: dict[str, Any]) -> Found:
        inner, address = entry["name"], self._address_of(entry["name"])
        if entry["type"] == "directory":
            if not entry.get("islink"):
                yield from self.walk(inner)
        elif entry["type"] == "file" and is_readable(address):
            yield Source(address, entry.get("size") or 0)

    def _root(self) -> str:
        """Return the folder that the pattern begins in."""
        head = re.split(r"[*?[]", self.inner, maxsplit=1)[0]
        return head.rpartition("/")[0]

    def _is_hidden(self, inner: str) -> bool:
        named = self.inner.split("/")
        return any(
            part.startswith(".") and part not in named for part in inner.split("/")
        )

    def _address_of(self, inner: str) -> str:
        found = sibling(self.address, self.inner, inner)
        return found or str(self.filesystem.unstrip_protocol(inner))


def open_address(address: str) -> BinaryIO:
    """Open what is at an address to read its bytes; an InputError says why not."""
    place = _Place.of(address)
    with _explained(address):
        file = _RemoteFile(place.filesystem.open(place.inner, "rb"), place)
    return cast(BinaryIO, io.BufferedReader(file, _BUFFER))


def fingerprint(address: str) -> dict[str, Any]:
    """Return size, time and what stands for the content; an InputError says why not."""
    place = _Place.of(address)
    with _explained(address):
        info = place.filesystem.info(place.inner)
        content = str(place.filesystem.ukey(place.inner))
    return {
        "size": info.get("size"),
        "modified": _modified(place),
        "content": content,
    }


def _modified(place: _Place) -> str | None:
    with _explained(place.address):
        try:
            return str(place.filesystem.modified(place.inner).isoformat())
        except NotImplementedError:
            return None


@contextmanager
def _explained(address: str) -> Iterator[None]:
    """Turn what a driver raises into an InputError; each driver has its own errors."""
    try:
        yield
    except FileNotFoundError:
        raise InputError(address, "does not exist; check the spelling") from None
    except ImportError as error:
        why = f"needs a driver that is not installed ({error}); install it with pip"
        raise InputError(address, why) from None
    except Exception as error:
        raise unreadable(address, error) from None


class _RemoteFile(io.RawIOBase):
    """Pass on a file of fsspec; what goes wrong in the network becomes an OSError."""

    def __init__(self, file: Any, place: _Place) -> None:
        self._file = file
        # Kept, for an archive is closed when nobody holds its filesystem.
        self._place = place

    def readable(self) -> bool:
        """Tell that the file can be read from."""
        return True

    def seekable(self) -> bool:
        """Tell whether the file can be read from any place on."""
        return bool(self._file.seekable())

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Fill the buffer as far as it goes; 0 means the end."""
        view = memoryview(buffer).cast("B")
        with _as_os_error():
            data = self._file.read(len(view))
        view[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to a place in the file."""
        with _as_os_error():
            return int(self._file.seek(offset, whence))

    def tell(self) -> int:
        """Return the place in the file."""
        with _as_os_error():
            return int(self._file.tell())

    def close(self) -> None:
        """Close the file below."""
        self._file.close()
        super().close()


@contextmanager
def _as_os_error() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        # One with a number is known for what it is, also behind a format's library.
        raise OSError(error.errno or errno.EIO, error.strerror or str(error)) from None
    except Exception as error:
        raise OSError(errno.EIO, str(error) or type(error).__name__) from None
