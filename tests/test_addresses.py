"""What lies at an address is found, read and named like a file of this machine."""

import gzip
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pyarrow as pa
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from pyarrow import parquet

from mtcheck.errors import InputError
from mtcheck.linting.fixes import is_plain_file
from mtcheck.linting.places import relative
from mtcheck.read import Reading, ReadOptions, Source, fingerprint, read, sources
from mtcheck.read.readers import known
from mtcheck.types import Document

CHECK = "check the address, the network and your permissions"


@pytest.fixture
def store() -> Iterator[MemoryFileSystem]:
    """Give an object store that is empty, and leave it so."""
    filesystem = MemoryFileSystem()
    filesystem.store.clear()
    filesystem.pseudo_dirs[:] = [""]
    yield filesystem
    filesystem.store.clear()
    filesystem.pseudo_dirs[:] = [""]


class Faulty(MemoryFileSystem):  # type: ignore[misc]
    """The same store behind a network that fails at names that say so."""

    protocol = "faulty"

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        plain = path.replace("faulty://", "memory://")
        return str(MemoryFileSystem._strip_protocol(plain))

    def _open(self, path: str, *arguments: Any, **options: Any) -> Any:
        if "forbidden" in path:
            raise PermissionError("no key was given")
        file = super()._open(path, *arguments, **options)
        if "broken" not in path:
            return file
        return Broken(path, file.getvalue())

    def ls(self, path: str, detail: bool = True, **options: Any) -> Any:
        if "locked" in path:
            raise PermissionError("no key was given")
        if "timeout" in path:
            raise TimeoutError
        return super().ls(path, detail=detail, **options)


class DriverError(Exception):
    """What a driver raises that is no OSError."""


ERRORS: dict[str, Exception] = {
    "silent": DriverError(),
    "timeout": TimeoutError("took too long"),
    "broken": DriverError("reset"),
}


class Broken:
    """A file of which the second half does not come."""

    def __init__(self, path: str, data: bytes) -> None:
        self.data = data
        self.error = next(error for name, error in ERRORS.items() if name in path)
        self.place = 0

    def seekable(self) -> bool:
        return False

    def tell(self) -> int:
        return self.place

    def close(self) -> None:
        pass

    def read(self, n_bytes: int) -> bytes:
        data = self.data[self.place : len(self.data) // 2][:n_bytes]
        if not data:
            raise self.error
        self.place += len(data)
        return data


fsspec.register_implementation("faulty", Faulty)


def outcomes(*paths: str) -> list[Document | str]:
    return [
        str(one) if isinstance(one, InputError) else one
        for one in read(paths, ReadOptions(whole_page=True))
    ]


def ids(*paths: str) -> list[str]:
    return [one if isinstance(one, str) else one.id for one in outcomes(*paths)]


def test_every_format_is_read_from_an_address(store: MemoryFileSystem) -> None:
    sink = pa.BufferOutputStream()
    parquet.write_table(pa.table({"text": ["A"]}), sink)
    files = {
        "a.csv": b"text\nA\n",
        "a.html": b"<p>A</p>",
        "a.jsonl.gz": gzip.compress(json.dumps({"text": "A"}).encode()),
        "a.parquet": bytes(sink.getvalue()),
        "a.txt": b"A",
    }
    for name, data in files.items():
        store.pipe(f"/b/{name}", data)
    for name in files:
        path = f"memory://b/{name}"
        key = path if name in ("a.html", "a.txt") else f"{path}:1"
        assert outcomes(path) == [Document("A", key, path)]


def test_folders_are_walked_like_those_of_this_machine(
    store: MemoryFileSystem, tmp_path: Path
) -> None:
    names = ("b/z.txt", "b/c/y.md", "b/a.txt", "b/x.pdf", "b/.git/h.txt", "b/.h.txt")
    for name in names:
        store.pipe(f"/{name}", b"Text.")
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("Text.")
    (tmp_path / "b" / "again").symlink_to(tmp_path / "b")
    found = ["b/a.txt", "b/c/y.md", "b/z.txt"]
    for folder in ("memory://b", "memory://b/"):
        assert ids(folder) == [f"memory://{name}" for name in found]
    for here in (f"{tmp_path}/", f"file://{tmp_path}/"):
        assert ids(f"{here}b") == [f"{here}{name}" for name in found]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("b/*", ["b/c/y.md", "b/z.txt"]),
        ("b/*.txt", ["b/z.txt"]),
        ("b/**", ["b/c/y.md", "b/z.txt"]),
        ("**/*.txt", ["a1.txt", "b/z.txt"]),
        ("a?.txt", ["a1.txt"]),
        (".h/*", [".h/a.txt"]),
    ],
)
def test_patterns_are_matched(
    store: MemoryFileSystem, pattern: str, found: list[str]
) -> None:
    for name in ("b/z.txt", "b/c/y.md", "b/x.pdf", "b/.h.txt", "a1.txt", ".h/a.txt"):
        store.pipe(f"/{name}", b"Text.")
    assert ids(f"memory://{pattern}") == [f"memory://{name}" for name in found]


def test_a_file_may_be_named_like_a_pattern(store: MemoryFileSystem) -> None:
    for name in ("a*.txt", "ab.txt"):
        store.pipe(f"/{name}", b"Text.")
    assert ids("memory://a*.txt") == ["memory://a*.txt"]


def test_archives_and_caches_can_be_chained(
    store: MemoryFileSystem, tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("c/a.txt", "A")
        archive.writestr("b.txt", "B")
        archive.writestr("x.pdf", "")
    store.pipe("/a.zip", (tmp_path / "a.zip").read_bytes())
    inner = f"::file://{tmp_path}/a.zip"
    both = [f"zip://b.txt{inner}", f"zip://c/a.txt{inner}"]
    assert ids(f"zip://{inner}") == both
    assert ids(f"zip://**{inner}") == both
    assert outcomes("zip://b.txt::memory://a.zip") == [
        Document("B", "zip://b.txt::memory://a.zip", "zip://b.txt::memory://a.zip")
    ]
    store.pipe("/b/a.txt", b"Text.")
    assert ids("simplecache::memory://b") == ["simplecache::memory://b/a.txt"]
    missing = "zip://b.txt::memory://no.zip"
    assert outcomes(missing) == [f"{missing}: does not exist; check the spelling"]


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("memory://b/no.txt", "does not exist; check the spelling"),
        ("memory://b/*.csv", "matches no file; check the pattern"),
        ("memory://no/*.csv", "matches no file; check the pattern"),
        ("memory://b/*.pdf", "holds no readable file; {known}"),
        ("memory://empty", "holds no readable file; {known}"),
        ("memory://b/x.pdf", "the suffix '.pdf' is not known; {known}"),
        (
            "memory://b/a.parquet.gz",
            ".parquet is not read packed as .gz; unpack it",
        ),
        ("nowhere://b/a.txt", "cannot be read (Protocol not known: nowhere); {check}"),
        (
            "zip://a.txt::memory://b/a.txt",
            "cannot be read (File is not a zip file); {check}",
        ),
        ("faulty://b/forbidden.txt", "cannot be read (no key was given); {check}"),
        ("faulty://b/locked", "cannot be read (no key was given); {check}"),
        ("faulty://b/locked/*.csv", "cannot be read (no key was given); {check}"),
        ("faulty://b/timeout/*.txt", "cannot be read (TimeoutError); {check}"),
        ("faulty://b/broken.txt", "cannot be read (reset); {check}"),
        ("faulty://b/silent_broken.txt", "cannot be read (DriverError); {check}"),
        ("faulty://b/timeout_broken.txt", "cannot be read (took too long); {check}"),
        (
            "faulty://b/broken.parquet",
            "Parquet is read from its end on, which cannot be done here; "
            "download the file",
        ),
    ],
)
def test_what_cannot_be_read_is_named_and_the_rest_goes_on(
    store: MemoryFileSystem, address: str, problem: str
) -> None:
    for name in ("b/x.pdf", "b/a.parquet.gz", "good.txt"):
        store.pipe(f"/{name}", b"Good.")
    store.pipe("/b/a.txt", b"Text.")
    store.mkdir("/empty")
    for name in ("b/forbidden.txt", "b/locked/a.txt", "b/broken.parquet"):
        store.pipe(f"/{name}", b"Text.")
    for name in ("b/broken.txt", "b/silent_broken.txt", "b/timeout_broken.txt"):
        store.pipe(f"/{name}", b"Text.")
    problem = problem.format(known=known(), check=CHECK)
    assert outcomes(address, "memory://good.txt") == [
        f"{address}: {problem}",
        Document("Good.", "memory://good.txt", "memory://good.txt"),
    ]


def test_a_folder_that_is_locked_loses_no_other(store: MemoryFileSystem) -> None:
    for name in ("a/a.txt", "locked/b.txt", "z.txt"):
        store.pipe(f"/b/{name}", b"Text.")
    assert ids("faulty://b") == [
        "faulty://b/a/a.txt",
        f"faulty://b/locked: cannot be read (no key was given); {CHECK}",
        "faulty://b/z.txt",
    ]


def test_a_network_that_fails_ends_the_file_after_what_came(
    store: MemoryFileSystem,
) -> None:
    line = json.dumps({"text": "A"}).encode() + b"\n"
    store.pipe("/broken.jsonl", line * 4)
    *kept, lost = outcomes("faulty://broken.jsonl")
    assert [one.id for one in kept if isinstance(one, Document)] == [
        "faulty://broken.jsonl:1",
        "faulty://broken.jsonl:2",
    ]
    assert lost == f"faulty://broken.jsonl: cannot be read (reset); {CHECK}"


def test_an_address_may_be_relative_to_the_folder_one_is_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "a.txt").write_text("A")
    assert ids("file://b/a.txt") == ["file://b/a.txt"]
    assert ids("file://b") == [f"file://{tmp_path}/b/a.txt"]


def test_a_missing_driver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "s3fs", None)
    words = "needs a driver that is not installed (Install s3fs to access S3)"
    assert outcomes("s3://corpus/a.csv") == [
        f"s3://corpus/a.csv: {words}; install it with pip"
    ]


def test_a_reading_of_an_address_goes_on_from_a_position(
    store: MemoryFileSystem,
) -> None:
    store.pipe("/a.csv", b"text\n" + b"A\n" * 50_000)
    (source,) = sources(["memory://a.csv"])
    assert source == Source("memory://a.csv", 100_005)
    reading = Reading(source, ReadOptions(), 49_998)
    assert reading.share == 0.0
    assert [one.id for one in reading if isinstance(one, Document)] == [
        "memory://a.csv:49999",
        "memory://a.csv:50000",
    ]
    assert reading.share == 1.0


def test_a_fingerprint_tells_a_changed_object(store: MemoryFileSystem) -> None:
    store.pipe("/a.txt", b"A")
    source = Source("memory://a.txt", 1)
    before = fingerprint(source)
    assert before == fingerprint(source) == json.loads(json.dumps(before))
    assert before["size"] == 1
    assert before["modified"].startswith("20")
    store.pipe("/a.txt", b"B")
    assert fingerprint(source)["content"] != before["content"]
    store.rm("/a.txt")
    with pytest.raises(InputError) as caught:
        fingerprint(source)
    assert str(caught.value) == "memory://a.txt: does not exist; check the spelling"


def test_a_store_may_keep_no_times(
    store: MemoryFileSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    def modified(*_: object) -> None:
        raise NotImplementedError

    store.pipe("/a.txt", b"A")
    monkeypatch.setattr(MemoryFileSystem, "modified", modified)
    assert fingerprint(Source("memory://a.txt", 1))["modified"] is None


def test_what_lies_at_an_address_is_not_mended_and_its_name_is_kept() -> None:
    address = "s3://corpus/a.txt"
    assert not is_plain_file(Document("Text.", address, address))
    assert relative(address) == address


@pytest.mark.parametrize("path", ["a.txt", "a.jsonl", "a.csv"])
def test_files_of_this_machine_need_neither_fsspec_nor_pyarrow(
    tmp_path: Path, path: str
) -> None:
    (tmp_path / path).write_text('{"text": "A"}' if "jsonl" in path else "text\nA\n")
    code = (
        "import sys; from mtcheck.read import read; "
        "print(len(list(read(sys.argv[1:]))), "
        "*({'fsspec', 'pyarrow', 'numpy'} & sys.modules.keys()))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, path],
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path(__file__).parent.parent)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.split() == ["1"]
