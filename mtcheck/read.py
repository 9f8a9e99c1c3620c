"""From files, folders and standard input to documents; the suffix names the format."""

import glob
import gzip
import io
import json
import lzma
import os
import stat
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from mtcheck.decode import decode, decode_html
from mtcheck.errors import InputError
from mtcheck.types import Document

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

LARGEST_DOCUMENT = 512 * 2**20
"""Bytes of one document when unpacked: a few kB can unpack to terabytes."""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read: the fields of a record, the part of a page, the language named.

    ``is_page_source`` wants pages as they stand in the file, tags and all.
    """

    text_field: str = "text"
    id_field: str = "id"
    whole_page: bool = False
    language: str | None = None
    is_page_source: bool = False


Outcome = Document | InputError
Reader = Callable[[BinaryIO, str, ReadOptions], Iterator[Outcome]]


def read(
    paths: Iterable[str | Path],
    options: ReadOptions = ReadOptions(),
    stdin: BinaryIO | None = None,
) -> Iterator[Outcome]:
    """Yield the documents behind ``paths``: files, folders, patterns; ``-`` is stdin.

    What cannot be read is yielded as an InputError, and the rest goes on.
    """
    for path in map(str, paths):
        if path == "-":
            stream = sys.stdin.buffer if stdin is None else stdin
            yield from _guarded(_read_text(stream, path, options), path)
            continue
        for found in _files(path):
            if isinstance(found, InputError):
                yield found
            else:
                yield from _guarded(_read_file(found, options), found)


def _guarded(outcomes: Iterator[Outcome], path: str) -> Iterator[Outcome]:
    """Pass on what comes; an error that ends it early comes last."""
    try:
        yield from outcomes
    except InputError as error:
        yield error
    except (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile):
        yield InputError(path, "the archive is damaged or cut off; pack it again")
    except OSError as error:
        yield _unreadable(path, error)


def _unreadable(path: str, error: OSError) -> InputError:
    why = error.strerror or error
    return InputError(path, f"cannot be read ({why}); check it and its permissions")


def _files(path: str) -> Iterator[str | InputError]:
    try:
        mode = os.stat(path).st_mode
    except (FileNotFoundError, NotADirectoryError, ValueError):
        yield from _matches(path)
    except OSError as error:
        yield _unreadable(path, error)
    else:
        if stat.S_ISDIR(mode):
            yield from _or_nothing_readable(_walk(path), path)
        elif _reader(path) is None:
            suffix = _suffixes(path)[0]
            yield InputError(path, f"the suffix {suffix!r} is not known; {_known()}")
        else:
            yield path


def _matches(pattern: str) -> Iterator[str | InputError]:
    if not glob.has_magic(pattern):
        yield InputError(pattern, "does not exist; check the spelling")
        return
    matches = sorted(glob.glob(pattern, recursive=True))
    if not matches:
        yield InputError(pattern, "matches no file; check the pattern")
        return
    found = [
        inner
        for path in matches
        for inner in (_walk(path) if os.path.isdir(path) else [path])
        if isinstance(inner, InputError) or _reader(inner)
    ]
    # "**" matches a folder as well as the files in it.
    yield from _or_nothing_readable(iter(dict.fromkeys(found)), pattern)


def _walk(folder: str) -> Iterator[str | InputError]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield _unreadable(folder, error)
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(entry.path)
        elif _reader(entry.path) and entry.is_file():
            yield entry.path


def _or_nothing_readable(
    found: Iterator[str | InputError], path: str
) -> Iterator[str | InputError]:
    is_empty = True
    for item in found:
        is_empty = False
        yield item
    if is_empty:
        yield InputError(path, f"holds no readable file; {_known()}")


def _known() -> str:
    return (
        f"mtcheck reads {', '.join(sorted(READERS))}, "
        f"each also packed as {', '.join(sorted(OPENERS))}"
    )


def _suffixes(path: str) -> tuple[str, str]:
    """Return the suffix of the format and that of the packing, which may be empty."""
    stem, suffix = os.path.splitext(os.path.basename(path).lower())
    if suffix in OPENERS:
        return os.path.splitext(stem)[1], suffix
    return suffix, ""


def _reader(path: str) -> "Reader | None":
    return READERS.get(_suffixes(path)[0])


def _read_file(path: str, options: ReadOptions) -> Iterator[Outcome]:
    suffix, packing = _suffixes(path)
    with OPENERS.get(packing, _open_plain)(path) as stream:
        yield from READERS[suffix](stream, path, options)


def _open_plain(path: str) -> BinaryIO:
    return open(path, "rb")


def _open_gz(path: str) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path, "rb"))


def _open_xz(path: str) -> BinaryIO:
    return cast(BinaryIO, lzma.open(path, "rb"))


def _open_zst(path: str) -> BinaryIO:
    return cast(BinaryIO, io.BufferedReader(_ZstdFile(path)))


class _ZstdFile(io.RawIOBase):
    """Unpack a .zst file; zstandard's own reader takes a cut-off one for complete."""

    def __init__(self, path: str) -> None:
        import zstandard

        self._error = zstandard.ZstdError
        self._start_frame = zstandard.ZstdDecompressor().decompressobj
        self._frame: Any = None
        self._file = open(path, "rb")  # noqa: SIM115 - close() closes it
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
            raise EOFError(str(error)) from None
        self._packed = b""
        if self._frame.eof:
            self._packed = self._frame.unused_data
            self._frame = None

    def close(self) -> None:
        """Close the file below."""
        self._file.close()
        super().close()


OPENERS: dict[str, Callable[[str], BinaryIO]] = {
    ".gz": _open_gz,
    ".xz": _open_xz,
    ".zst": _open_zst,
}
"""How a packed file is opened, by its last suffix."""


def _read_text(stream: BinaryIO, path: str, options: ReadOptions) -> Iterator[Outcome]:
    try:
        text = decode(_all_of(stream, path))
    except ValueError as error:
        raise InputError(path, str(error)) from None
    source = None if path == "-" else path
    yield Document(text, path, source, options.language)


def _read_html(stream: BinaryIO, path: str, options: ReadOptions) -> Iterator[Outcome]:
    try:
        html = decode_html(_all_of(stream, path))
    except ValueError as error:
        raise InputError(path, str(error)) from None
    if options.is_page_source:
        yield Document(html, path, path, options.language)
        return
    from mtcheck.page import main_text, visible_text

    text = visible_text(html) if options.whole_page else main_text(html)
    if not text:
        hint = "check the file" if options.whole_page else "try --whole-page"
        raise InputError(path, f"no text was found in the page; {hint}")
    yield Document(text, path, path, options.language)


def _all_of(stream: BinaryIO, path: str) -> bytes:
    data = stream.read(LARGEST_DOCUMENT + 1)
    _check_size(data, path)
    return data


def _check_size(data: bytes, place: str) -> None:
    if len(data) > LARGEST_DOCUMENT:
        limit = LARGEST_DOCUMENT // 2**20
        raise InputError(place, f"a document must be at most {limit} MiB; split it")


def _read_jsonl(stream: BinaryIO, path: str, options: ReadOptions) -> Iterator[Outcome]:
    number = 0
    while line := stream.readline(LARGEST_DOCUMENT + 1):
        number += 1
        _check_size(line, f"{path} line {number}")
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if not line.isspace():
            yield _record(line, path, number, options)


def _record(line: bytes, path: str, number: int, options: ReadOptions) -> Outcome:
    try:
        record = _parsed(line)
        text = _text_of(record, options.text_field)
    except ValueError as error:
        return InputError(f"{path} line {number}", str(error))
    key = record.get(options.id_field)
    is_usable = isinstance(key, str | int) and not isinstance(key, bool) and key != ""
    name = str(key) if is_usable else f"{path}:{number}"
    return Document(text, name, path, options.language, number)


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        record = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ValueError(
            f"is not valid UTF-8 at byte {error.start}; JSONL must be UTF-8"
        ) from None
    except (ValueError, RecursionError) as error:
        why = getattr(error, "msg", str(error))
        raise ValueError(f"is not JSON ({why}); a line must be one object") from None
    if not isinstance(record, dict):
        raise ValueError(f"must be a JSON object, got {_json_type(record)}")
    return record


def _text_of(record: dict[str, Any], field: str) -> str:
    if field not in record:
        fields = ", ".join(map(repr, sorted(record))) or "none"
        raise ValueError(
            f"has no field {field!r}; name the text with --text-field, "
            f"the fields are: {fields}"
        )
    text = record[field]
    if not isinstance(text, str):
        raise ValueError(f"{field!r} must be a string, got {_json_type(text)}")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError(
            f"{field!r} holds half a surrogate pair at character {error.start}; "
            "repair the escape"
        ) from None
    return text


def _json_type(value: object) -> str:
    if value is None:
        return "null"
    names = {dict: "an object", list: "a list", str: "a string", bool: "a truth value"}
    return names.get(type(value), "a number")


READERS: dict[str, Reader] = {
    ".htm": _read_html,
    ".html": _read_html,
    ".jsonl": _read_jsonl,
    ".markdown": _read_text,
    ".md": _read_text,
    ".txt": _read_text,
}
"""How a file is read, by its suffix; a format is added here and nowhere else."""
