"""How bad inputs are made, and what a row of the table says."""

import gzip
import json
import lzma
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import zstandard
from pyarrow import parquet

from mtcheck.report import make_visible

GOOD = (
    "The old ferry left the harbour at noon, and nobody looked up from the nets. "
    "An hour later the wind had turned, so the captain took in the sail himself.\n"
)
FRENCH = (
    "Le vieux bac quitta le port à midi, et personne ne leva les yeux de ses filets, "
    "car la pêche de la nuit avait été bonne et il restait beaucoup à faire.\n"
)
FAULTY = "The ferry was late. . Nobody minded, for the sun was out all day.\n"
DEEP = 100_000
MIB = 2**20

DONE, SOME, NOTHING = 0, 1, 2

Make = Callable[[], object]
"""Makes the input in the folder that one works in."""


@dataclass(frozen=True)
class Case:
    """An input, a command, and what must come of it.

    ``said`` are the lines on standard error, ``…`` in them standing for anything.
    ``kept`` are the documents that are told of all the same, ``shown`` what else
    standard output holds. No file may change or come up but those that are ``made``.
    """

    group: str
    what: str
    command: str
    status: int
    said: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    made: tuple[str, ...] = ()
    make: Make = lambda: None
    stdin: bytes = b""

    @property
    def is_for_people(self) -> bool:
        """Whether standard output may be a terminal."""
        return "--format" not in self.command and not self.command.startswith("filter")


def put(name: str, data: bytes | str) -> Make:
    """Write a file, and the folder that it is in."""

    def make() -> None:
        path = Path(name)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)

    return make


def put_lines(name: str, *lines: bytes | str) -> Make:
    return put(
        name,
        b"".join(
            (line.encode() if isinstance(line, str) else line) + b"\n" for line in lines
        ),
    )


def line(key: object, text: object = GOOD, **more: object) -> str:
    return json.dumps({"id": key, "text": text, **more})


def put_parquet(name: str, **columns: object) -> Make:
    return lambda: parquet.write_table(pa.table(columns), name)


def grown(name: str, size: int, end: str = "") -> Make:
    """Let a file begin with so many NULs, which hardly take room on the disk."""

    def make() -> None:
        with open(name, "wb") as file:
            file.seek(size - 1)
            file.write(f"\0{end}".encode())

    return make


def packed(suffix: str, data: bytes) -> bytes:
    """Return the data packed as a suffix says."""
    pack: dict[str, Callable[[bytes], bytes]] = {
        ".gz": gzip.compress,
        ".xz": lzma.compress,
        ".zst": zstandard.ZstdCompressor().compress,
    }
    return pack[suffix](data)


def bomb(suffix: str) -> Make:
    """Write 513 MiB of blanks: so many times one of them, packed."""
    return put(f"bomb.txt{suffix}", 513 * packed(suffix, b" " * MIB))


def zst_of_a_huge_window() -> bytes:
    wanted = zstandard.ZstdCompressionParameters(window_log=31, compression_level=1)
    packer = zstandard.ZstdCompressor(compression_params=wanted).compressobj()
    return bytes(packer.compress(GOOD.encode()) + packer.flush())


def loops() -> None:
    Path("corpus/sub").mkdir(parents=True)
    Path("corpus/sub/a.txt").write_text(GOOD)
    for name in ("back", "again"):
        Path("corpus/sub", name).symlink_to("..")


def all_of(*makes: Make) -> Make:
    """Make several files."""
    return lambda: [make() for make in makes]


SCORED = json.dumps({"document": "a", "paragraph": 0, "start": 0, "end": 5}) + "\n"

SCORE = "score --format jsonl --tier fast"
LINT = "lint --format json --no-cache"
CLOSING = "1 document, 1 paragraph: …; 1 input lost"


def lost(group: str, what: str, name: str, said: str, make: Make) -> Case:
    """Return a case of one input that is lost, beside another that is scored."""
    return Case(
        group,
        what,
        f"{SCORE} {name} good.txt",
        SOME,
        (make_visible(shlex.split(name)[0]) + said, CLOSING),
        ("good.txt",),
        make=make,
    )


def lost_line(what: str, bad: bytes | str, said: str) -> Case:
    """Return a case of one line of JSON that is lost between two others."""
    return Case(
        "Records",
        what,
        f"{SCORE} rows.jsonl",
        SOME,
        (f"rows.jsonl line 2: {said}", "2 documents, …; 1 input lost"),
        ("a", "c"),
        make=put_lines("rows.jsonl", line("a"), bad, line("c")),
    )
