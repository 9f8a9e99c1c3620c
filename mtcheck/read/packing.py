"""Packed files, unpacked as they are read."""

import errno
import gzip
import io
import lzma
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, BinaryIO, cast

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


DAMAGES = (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile)
"""What is raised where a packed file is damaged or cut off."""


def damages_of_parquet() -> tuple[type[Exception], type[Exception]]:
    """Return what pyarrow raises where a file is damaged: names are UTF-8 or not."""
    from pyarrow import ArrowException  # most texts are not in tables

    return ArrowException, UnicodeDecodeError


def _open_gz(stream: BinaryIO) -> BinaryIO:
    return cast(BinaryIO, gzip.GzipFile(fileobj=stream))


def _open_xz(stream: BinaryIO) -> BinaryIO:
    return cast(BinaryIO, lzma.LZMAFile(stream))


def _open_zst(stream: BinaryIO) -> BinaryIO:
    return cast(BinaryIO, io.BufferedReader(_ZstdFile(stream)))


class _ZstdFile(io.RawIOBase):
    """Unpack a .zst file; zstandard's own reader takes a cut-off one for complete."""

    def __init__(self, stream: BinaryIO) -> None:
        import zstandard

        self._error = zstandard.ZstdError
        self._start_frame = zstandard.ZstdDecompressor().decompressobj
        self._frame: Any = None
        self._file = stream
        self._packed = b""
        self._unpacked = memoryview(b"")

    def readable(self) -> bool:
        """Tell that the file can be read from."""
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Fill the buffer as far as it goes; 0 means the end."""
        view = memoryview(buffer).cast("B")
        # 4 kB at a time: they can unpack to 128 MB.
        while not self._unpacked:
            self._packed = self._packed or self._file.read(4096)
            if not self._packed:
                if self._frame is not None:
                    raise EOFError("the last frame is not complete")
                return 0
            self._unpack()
        n_bytes = min(len(view), len(self._unpacked))
        view[:n_bytes] = self._unpacked[:n_bytes]
        self._unpacked = self._unpacked[n_bytes:]
        return n_bytes

    def _unpack(self) -> None:
        if self._frame is None:
            self._frame = self._start_frame()
        try:
            # A view: to cut the head off so many bytes again and again takes hours.
            self._unpacked = memoryview(self._frame.decompress(self._packed))
        except self._error as error:
            if "too much memory" in str(error):
                why = "its window is over 128 MiB; pack it again without --long"
                raise OSError(errno.ENOMEM, why) from None
            raise EOFError(str(error)) from None
        self._packed = b""
        if self._frame.eof:
            self._packed = self._frame.unused_data
            self._frame = None


OPENERS: dict[str, Callable[[BinaryIO], BinaryIO]] = {
    ".gz": _open_gz,
    ".xz": _open_xz,
    ".zst": _open_zst,
}
"""How a packed stream is unpacked, by the last suffix; closing it leaves that open."""
