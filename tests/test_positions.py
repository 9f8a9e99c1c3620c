"""A reading goes on from any position as if it had never stopped, damage included."""

import gzip
import json
import os
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from mtcheck.errors import InputError
from mtcheck.read import (
    END,
    READERS,
    Reading,
    ReadOptions,
    Source,
    fingerprint,
    sources,
)
from mtcheck.types import Document

TEXTS = ["Eins.\n\nZwei.", "", 'Er sagte: "Ja, nein."', "Tür\tund Tor\r\n", "Ende."] * 6


def _jsonl() -> bytes:
    lines = [json.dumps({"id": i, "text": text}) for i, text in enumerate(TEXTS)]
    lines[3:3] = ["", "  ", '{"text": ', "null"]
    return ("\ufeff" + "\n".join(lines) + "\n\n").encode()


def _csv(delimiter: str) -> bytes:
    cells = ['"' + text.replace('"', '""') + '"' for text in TEXTS]
    rows = [f"{i}{delimiter}{cell}" for i, cell in enumerate(cells)]
    rows[3:3] = ["", "short", "", f"1{delimiter}2{delimiter}3"]
    return ("\n".join([f"id{delimiter}text", *rows]) + "\n").encode()


def _parquet() -> bytes:
    sink = pa.BufferOutputStream()
    table = pa.table({"text": [*TEXTS, None], "id": [*range(len(TEXTS)), None]})
    parquet.write_table(table, sink, row_group_size=7, use_dictionary=False)
    return bytes(sink.getvalue())


WHOLE: dict[str, Callable[[], bytes]] = {
    ".csv": lambda: _csv(","),
    ".htm": lambda: b"<p>A page of some words, which is read as it is.</p>",
    ".jsonl": _jsonl,
    ".parquet": _parquet,
    ".tsv": lambda: _csv("\t"),
    ".txt": lambda: "Tür und Tor.".encode(),
}


def _damaged(data: bytes, damage: str, suffix: str) -> bytes:
    if damage == "cut off":
        return data[: len(data) * 3 // 4]
    if damage == "overwritten":
        # Its footer is left to Parquet, or nothing at all would be read.
        place = len(data) // (5 if suffix == ".parquet" else 2)
        return data[:place] + b'\xff\0"' * 10 + data[place + 30 :]
    return random.Random(7).randbytes(3000) if damage == "garbage" else data


def _all(
    path: str, start: int = 0, **options: Any
) -> list[tuple[int, Document | str, int | None]]:
    """Return positions and outcomes, in a form that can be compared."""
    reading = Reading(
        Source(path, os.path.getsize(path)), ReadOptions(**options), start
    )
    found: list[tuple[int, Document | str, int | None]] = []
    for outcome in reading:
        if isinstance(outcome, InputError):
            found.append((reading.position, str(outcome), None))
        else:
            found.append((reading.position, outcome, outcome.line))
    return found


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, so that paths are short."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("damage", ["none", "cut off", "overwritten", "garbage"])
@pytest.mark.parametrize("packing", ["", ".gz", ".gz, cut off"])
@pytest.mark.parametrize("suffix", WHOLE)
def test_a_reading_goes_on_from_any_position(
    folder: Path, suffix: str, packing: str, damage: str
) -> None:
    if packing and not READERS[suffix].is_packable:
        return
    data = _damaged(WHOLE[suffix](), damage, suffix)
    path = f"a{suffix}{packing[:3]}"
    if packing:
        data = gzip.compress(data)
        data = data[:-20] if "cut off" in packing else data
    (folder / path).write_bytes(data)
    whole = _all(path, whole_page=True)
    positions = [position for position, *_ in whole]
    assert positions == sorted(set(positions))
    assert len(whole) > 20 or damage != "none" or len(WHOLE[suffix]()) < 100
    for position in (0, *positions):
        tail = [item for item in whole if item[0] > position]
        assert _all(path, position, whole_page=True) == tail


@given(st.binary(max_size=300), st.sampled_from([".csv", ".jsonl", ".tsv"]))
def test_any_bytes_are_read_the_same_from_any_position(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, suffix: str
) -> None:
    path = tmp_path_factory.mktemp("any") / f"a{suffix}"
    path.write_bytes(b"text,\r" + data if suffix == ".csv" else data)
    whole = _all(str(path))
    for position, *_ in whole:
        tail = [item for item in whole if item[0] > position]
        assert _all(str(path), position) == tail


CELLS = st.text(st.sampled_from('ab",\n\r\t\0ü\ufeff '), max_size=8)


@given(st.lists(CELLS, max_size=12))
def test_any_rows_are_read_the_same_from_any_position(
    tmp_path_factory: pytest.TempPathFactory, cells: list[str]
) -> None:
    path = tmp_path_factory.mktemp("any") / "a.csv"
    path.write_text("\n".join(["id,text", *cells]), encoding="utf-8", newline="")
    whole = _all(str(path))
    for position, *_ in whole:
        tail = [item for item in whole if item[0] > position]
        assert _all(str(path), position) == tail


@pytest.mark.parametrize("suffix", WHOLE)
def test_a_share_grows_from_nothing_to_all(folder: Path, suffix: str) -> None:
    (folder / f"a{suffix}").write_bytes(WHOLE[suffix]())
    (source,) = sources([f"a{suffix}"])
    assert isinstance(source, Source)
    reading = Reading(source, ReadOptions(whole_page=True))
    shares = [reading.share, *(reading.share for _ in reading), reading.share]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)


def test_the_share_of_a_long_file_is_how_much_of_it_was_read(folder: Path) -> None:
    line = json.dumps({"text": "word " * 2000}) + "\n"
    (folder / "a.jsonl").write_text(line * 100)
    (source,) = sources(["a.jsonl"])
    assert isinstance(source, Source)
    reading = Reading(source, ReadOptions())
    for _ in range(50):
        next(reading)
    assert (reading.position, round(reading.share, 2)) == (50, 0.5)


def test_a_file_that_ended_in_an_error_has_nothing_more(folder: Path) -> None:
    line = json.dumps({"text": "A"}).encode() + b"\n"
    (folder / "a.jsonl.gz").write_bytes(gzip.compress(line)[:-4])
    *_, (position, words, _) = _all("a.jsonl.gz")
    assert words == ("a.jsonl.gz: the archive is damaged or cut off; pack it again")
    assert position == END == json.loads(json.dumps(END))
    reading = Reading(Source("a.jsonl.gz", 10), ReadOptions(), END)
    assert list(reading) == []
    assert reading.share == 1.0


def test_lines_and_row_groups_before_the_start_are_not_parsed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a.jsonl").write_bytes(_jsonl())
    (folder / "a.parquet").write_bytes(_parquet())
    parsed: list[object] = []
    monkeypatch.setattr("json.loads", parsed.append)
    assert len(list(Reading(Source("a.jsonl", 1), ReadOptions(), 30))) == 4
    assert len(parsed) == 4
    groups = []
    file = parquet.ParquetFile

    class Watched(file):  # type: ignore[misc,valid-type]
        def iter_batches(self, *arguments: Any, **options: Any) -> Any:
            groups.extend(options["row_groups"])
            return super().iter_batches(*arguments, **options)

    monkeypatch.setattr(parquet, "ParquetFile", Watched)
    assert len(list(Reading(Source("a.parquet", 1), ReadOptions(), 21))) == 10
    assert groups == [3, 4]


def test_a_reading_of_a_file_that_is_gone_is_one_error(folder: Path) -> None:
    words = "cannot be read (No such file or directory); check it and its permissions"
    for name in ("a.txt", "a.csv.gz", "a.parquet"):
        assert [str(lost) for lost in Reading(Source(name, 1), ReadOptions())] == [
            f"{name}: {words}"
        ]


def test_a_reading_that_is_left_closes_its_file(folder: Path) -> None:
    (folder / "a.csv").write_bytes(_csv(","))
    reading = Reading(Source("a.csv", 1), ReadOptions())
    next(reading)
    stored = reading._meter.stream
    assert stored is not None
    del reading
    assert stored.closed


# sources and fingerprints ---------------------------------------------------------


def test_sources_are_what_read_opens_in_its_order(folder: Path) -> None:
    for name in ("b/z.txt", "b/c/y.csv", "a.txt", "x.pdf", "b/.h.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("text\nA\n")
    paths = ["b", "-", "*.txt", "no.txt", "x.pdf", "a.txt"]
    found = [
        str(one) if isinstance(one, InputError) else (one.path, one.size)
        for one in sources(paths)
    ]
    assert [one for one in found if not isinstance(one, str)] == [
        ("b/c/y.csv", 7),
        ("b/z.txt", 7),
        ("-", 0),
        ("a.txt", 7),
        ("a.txt", 7),
    ]
    assert found[4] == "no.txt: does not exist; check the spelling"
    assert str(found[5]).startswith("x.pdf: the suffix '.pdf' is not known")


def test_a_fingerprint_tells_a_changed_file(folder: Path) -> None:
    source = Source("a.txt", 1)
    (folder / "a.txt").write_text("A")
    os.utime("a.txt", ns=(5, 7))
    before = fingerprint(source)
    assert before == {
        "size": 1,
        "modified": 7,
        "content": ("559aead08264d5795d3909718cdd05abd49572e84fe55590eef31a88a08fdffd"),
    }
    assert json.loads(json.dumps(before)) == before
    (folder / "a.txt").write_text("B")
    os.utime("a.txt", ns=(5, 7))
    assert fingerprint(source)["content"] != before["content"]


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("-", "standard input has no fingerprint; name a file"),
        (
            "no.txt",
            "cannot be read (No such file or directory); check it and its permissions",
        ),
    ],
)
def test_what_has_no_fingerprint_is_named(
    folder: Path, path: str, problem: str
) -> None:
    with pytest.raises(InputError, match=f"^{re.escape(f'{path}: {problem}')}$"):
        fingerprint(Source(path, 0))
