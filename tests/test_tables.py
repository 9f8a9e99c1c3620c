"""CSV, TSV and Parquet: each row is a document, and only what is damaged is lost."""

import csv
import io
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from mtcheck.errors import InputError
from mtcheck.read import ReadOptions, read
from mtcheck.types import Document

DELIMITERS = {".csv": ",", ".tsv": "\t"}
TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs"])))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, so that paths are short."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def outcomes(path: str, **options: Any) -> list[Document | str]:
    """Return the documents of a file, and the words on what is lost of it."""
    return [
        str(outcome) if isinstance(outcome, InputError) else outcome
        for outcome in read([path], ReadOptions(**options))
    ]


def texts(path: str, **options: Any) -> list[str]:
    """Return texts, and words on what is lost."""
    return [
        outcome if isinstance(outcome, str) else outcome.text
        for outcome in outcomes(path, **options)
    ]


def table(rows: Sequence[Sequence[object]], delimiter: str = ",") -> str:
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=delimiter).writerows(rows)
    return written.getvalue()


def write_parquet(path: str, columns: dict[str, Any], **options: Any) -> None:
    parquet.write_table(pa.table(columns), path, **options)


# CSV and TSV ----------------------------------------------------------------------


@pytest.mark.parametrize(("suffix", "delimiter"), DELIMITERS.items())
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "marked"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=ascii)
def test_a_row_is_a_document(
    folder: Path, suffix: str, delimiter: str, mark: str, end: str
) -> None:
    rows = [["id", "text"], ["a", "Eins"], ["", "Zwei"], ["b"], ["c", ""]]
    lines = end.join(delimiter.join(row) for row in rows)
    (folder / f"a{suffix}").write_bytes((mark + lines + end).encode())
    assert outcomes(f"a{suffix}", language="de") == [
        Document("Eins", "a", f"a{suffix}", "de"),
        Document("Zwei", f"a{suffix}:2", f"a{suffix}", "de"),
        f"a{suffix} line 4: ends before 'text', after 1 of 2 fields; "
        "the file may be cut off",
        Document("", "c", f"a{suffix}", "de"),
    ]


def test_a_quoted_text_may_have_line_breaks_and_is_not_changed(folder: Path) -> None:
    text = 'Er sagte: "Ja, nein."\r\n\r\nDann\tging\nsie.\r'
    (folder / "a.csv").write_text(table([["text"], [text], ["b"]]), newline="")
    (folder / "a.tsv").write_text(table([["text"], [text]], "\t"), newline="")
    assert texts("a.csv") == [text, "b"]
    assert texts("a.tsv") == [text]
    lines = [one.line for one in outcomes("a.csv") if isinstance(one, Document)]
    assert lines == [2, 7]


def test_blank_lines_are_no_rows(folder: Path) -> None:
    (folder / "a.csv").write_text("\nid,text\n\n\n,A\n\n,B\n")
    found = [one for one in outcomes("a.csv") if isinstance(one, Document)]
    assert [(one.id, one.line) for one in found] == [("a.csv:1", 5), ("a.csv:2", 7)]


def test_other_columns_can_be_named(folder: Path) -> None:
    (folder / "a.csv").write_text("url,body,text\nk,Text,\n")
    found = outcomes("a.csv", text_field="body", id_field="url")
    assert found == [Document("Text", "k", "a.csv")]


def test_wrong_utf8_loses_its_row_only(folder: Path) -> None:
    data = "id,text,more\na,Tür,\nb,T\udcfcr,\n\udce4,Tür,\nd,Tür,\udce4\n"
    (folder / "a.csv").write_bytes(data.encode("utf-8", "surrogateescape"))
    convert = "convert the file to UTF-8, for instance with iconv"
    assert texts("a.csv") == [
        "Tür",
        f"a.csv line 3: 'text' is not valid UTF-8; {convert}",
        f"a.csv line 4: 'id' is not valid UTF-8; {convert}",
        "Tür",
    ]


def test_a_comma_without_quotes_cuts_no_text_off(folder: Path) -> None:
    (folder / "a.csv").write_text("id,text\n1,Ja, nein\n2,Ja,,\n")
    assert texts("a.csv") == [
        "a.csv line 2: has 3 fields, but the header 2; quote what holds ','",
        "Ja",
    ]


@pytest.mark.parametrize("rest", ["", "\n", "\n3,Drei\n"], ids=ascii)
def test_a_quote_that_never_closes_is_named_where_it_opens(
    folder: Path, rest: str
) -> None:
    (folder / "a.csv").write_text(f'id,text\n1,Eins\n2,"Zwei{rest}')
    assert texts("a.csv") == [
        "Eins",
        "a.csv line 3: a quote opens and never closes; the file may be cut off",
    ]


def test_nul_bytes_do_no_harm(folder: Path) -> None:
    (folder / "a.csv").write_bytes(b"text\nA\0B\nC\n")
    assert texts("a.csv") == ["A\0B", "C"]


def test_a_cell_may_be_long(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    previous = csv.field_size_limit(131_072)
    try:
        text = "word " * 100_000
        (folder / "a.csv").write_text(table([["text"], [text]]))
        assert texts("a.csv") == [text]
    finally:
        csv.field_size_limit(previous)


def test_a_row_of_more_than_the_largest_document_ends_the_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mtcheck.read.limits.LARGEST_DOCUMENT", 2**20)
    (folder / "a.csv").write_text('text\nA\n"B\n' + "Ü\n" * 2**19 + '"\nC\n')
    (folder / "b.csv").write_text("text\nA\n" + "B" * 2**21)
    words = "line 3: a document must be at most 1 MiB; split it"
    assert texts("a.csv") == ["A", f"a.csv {words}"]
    assert texts("b.csv") == ["A", f"b.csv {words}"]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        pytest.param(
            b"", "has no header; the first row must name the fields", id="empty"
        ),
        pytest.param(
            b"\n\n", "has no header; the first row must name the fields", id="blank"
        ),
        pytest.param(
            b"id,body\n1,A\n",
            "has no column 'text'; name the text with --text-field, "
            "the columns are: 'id', 'body'",
            id="other columns",
        ),
        pytest.param(
            b",".join([b"x" * 80] * 23),
            "has no column 'text'; name the text with --text-field, the columns are: "
            + ", ".join([f"'{'x' * 50}…'"] * 20)
            + " and 3 more",
            id="many columns",
        ),
        pytest.param(
            b'id,"text\n1,A\n',
            "a quote opens in the header and never closes; close it",
            id="open quote",
        ),
        pytest.param(
            "id,text\n".encode("utf-16"),
            "looks binary, not like text; name text files only",
            id="UTF-16",
        ),
        pytest.param(
            "id,größe,text\n".encode("latin-1"),
            "the header is not valid UTF-8; convert the file to UTF-8, "
            "for instance with iconv",
            id="Latin-1",
        ),
        pytest.param(
            bytes(range(256)) * 50,
            "looks binary, not like text; name text files only",
            id="garbage",
        ),
    ],
)
def test_a_table_without_a_usable_header_is_one_error(
    folder: Path, data: bytes, problem: str
) -> None:
    (folder / "a.csv").write_bytes(data)
    assert outcomes("a.csv") == [f"a.csv: {problem}"]


def test_a_header_alone_is_a_table_without_documents(folder: Path) -> None:
    (folder / "a.csv").write_text("id,text\n")
    assert outcomes("a.csv") == []


@given(TEXTS)
def test_any_texts_survive_a_csv_file(
    tmp_path_factory: pytest.TempPathFactory, written: list[str]
) -> None:
    path = tmp_path_factory.mktemp("any") / "a.csv"
    rows = [["id", "text"], *(["", text] for text in written)]
    path.write_text(table(rows), encoding="utf-8", newline="")
    assert texts(str(path)) == written


# Parquet --------------------------------------------------------------------------

STRINGS: dict[str, Callable[[list[str | None]], Any]] = {
    "string": lambda values: pa.array(values, pa.string()),
    "large string": lambda values: pa.array(values, pa.large_string()),
    "string view": lambda values: pa.array(values, pa.string_view()),
    "dictionary": lambda values: pa.array(values).dictionary_encode(),
}


@pytest.mark.parametrize("make", STRINGS.values(), ids=STRINGS.keys())
def test_a_row_of_parquet_is_a_document(
    folder: Path, make: Callable[[list[str | None]], Any]
) -> None:
    columns = {
        "n": [1, 2, 3, 4],
        "text": make(["Eins\r\n", None, "", "Tür"]),
        "id": make(["a", "b", None, ""]),
    }
    write_parquet("a.parquet", columns, row_group_size=3)
    assert outcomes("a.parquet", language="de") == [
        Document("Eins\r\n", "a", "a.parquet", "de"),
        "a.parquet row 2: 'text' must be a string, got null",
        Document("", "a.parquet:3", "a.parquet", "de"),
        Document("Tür", "a.parquet:4", "a.parquet", "de"),
    ]


@pytest.mark.parametrize(
    ("keys", "names"),
    [
        pytest.param(pa.array([7, None], pa.uint64()), ["7", "a.parquet:2"], id="int"),
        pytest.param(pa.array([7, 7]).dictionary_encode(), ["7", "7"], id="coded"),
        pytest.param([0.5, 1.0], ["a.parquet:1", "a.parquet:2"], id="float"),
        pytest.param([True, False], ["a.parquet:1", "a.parquet:2"], id="truth"),
        pytest.param([{"x": 1}] * 2, ["a.parquet:1", "a.parquet:2"], id="struct"),
    ],
)
def test_an_id_is_a_string_or_a_whole_number(
    folder: Path, keys: Any, names: list[str]
) -> None:
    write_parquet("a.parquet", {"text": ["A", "B"], "id": keys})
    found = [one for one in outcomes("a.parquet") if isinstance(one, Document)]
    assert [one.id for one in found] == names


def test_the_text_may_be_the_id_and_names_may_have_dots(folder: Path) -> None:
    write_parquet("a.parquet", {"a.b": ["A"]})
    found = outcomes("a.parquet", text_field="a.b", id_field="a.b")
    assert found == [Document("A", "A", "a.parquet")]


@pytest.mark.parametrize(
    ("columns", "problem"),
    [
        pytest.param(
            {"id": [1], "body": ["A"]},
            "has no column 'text'; name the text with --text-field, "
            "the columns are: 'id', 'body'",
            id="no text",
        ),
        pytest.param(
            {},
            "has no column 'text'; name the text with --text-field, "
            "the columns are: none",
            id="nothing",
        ),
        pytest.param(
            {"text": [1]},
            "column 'text' must hold strings, got int64; "
            "name the text with --text-field",
            id="numbers",
        ),
        pytest.param(
            {"text": [{"body": "A"}]},
            "column 'text' must hold strings, got struct<body: string>; "
            "name the text with --text-field",
            id="struct",
        ),
    ],
)
def test_parquet_without_texts_is_one_error(
    folder: Path, columns: dict[str, Any], problem: str
) -> None:
    write_parquet("a.parquet", columns)
    assert outcomes("a.parquet") == [f"a.parquet: {problem}"]


def test_parquet_without_rows_has_no_documents(folder: Path) -> None:
    write_parquet("a.parquet", {"text": pa.array([], pa.string())})
    assert outcomes("a.parquet") == []


def test_a_column_whose_name_is_not_utf8_is_damage(folder: Path) -> None:
    table = pa.table({"text": ["A"], "naehe": ["b"]})
    parquet.write_table(table, "a.parquet", store_schema=False)
    data = (folder / "a.parquet").read_bytes()
    assert data.count(b"naehe") >= 2
    (folder / "a.parquet").write_bytes(data.replace(b"naehe", b"n\xe4he "))
    (words,) = outcomes("a.parquet")
    assert isinstance(words, str)
    assert words.startswith("a.parquet: is not Parquet, or is damaged or cut off ('utf")


def test_no_damage_of_the_footer_ends_the_process(folder: Path) -> None:
    table = pa.table({"id": ["a", None], "text": ["The ferry is late.", None]})
    parquet.write_table(table, "a.parquet", store_schema=False, compression="none")
    # Where pyarrow does not expect what its library throws, the process ends.
    code = (
        "from pathlib import Path; from mtcheck.read import read\n"
        "path = Path('a.parquet'); data = path.read_bytes()\n"
        "start = len(data) - 8 - int.from_bytes(data[-8:-4], 'little')\n"
        "for at in range(start, len(data) - 8):\n"
        "    for value in (0, data[at] ^ 1, data[at] ^ 0x10):\n"
        "        damaged = data[:at] + bytes([value]) + data[at + 1 :]\n"
        "        path.write_bytes(damaged)\n"
        "        for _ in read(['a.parquet']): pass\n"
        "print(len(data) - start)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (run.stderr, run.returncode) == ("", 0)
    assert int(run.stdout) > 100


def test_a_page_gets_no_more_room_than_there_is_of_it(folder: Path) -> None:
    table = pa.table({"text": ["A"] * 3})
    parquet.write_table(table, "a.parquet", use_dictionary=False, compression="none")
    data = (folder / "a.parquet").read_bytes()
    # Thrift: the kind of the page, 0, and its two sizes, each of a byte.
    assert data.startswith(b"PAR1\x15\x00\x15")
    assert data[8:9] == b"\x15"
    huge = b"\xfe\xff\xff\xff\x0f"
    (folder / "a.parquet").write_bytes(data[:9] + huge + data[10:])
    code = (
        "import os; from benchmarks.scaling import peak_bytes\n"
        "from mtcheck.read import read\n"
        "print(*read(['a.parquet']))\n"
        "print(peak_bytes(os.getpid()))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    words, peak = run.stdout.splitlines()
    start = "a.parquet row group 1: cannot be read from row 1 on (Unexpected end of str"
    assert words.startswith(start)
    # Not what getrusage says: that begins with the peak of who started it.
    assert int(peak) < 500_000_000


@pytest.mark.parametrize("number", [b"\x01", b"\x0a"], ids=["negative", "too many"])
def test_row_groups_of_numbers_of_rows_that_cannot_be_are_damage(
    folder: Path, number: bytes
) -> None:
    table = pa.table({"text": ["A"] * 3})
    parquet.write_table(table, "a.parquet", row_group_size=2, store_schema=False)
    data = (folder / "a.parquet").read_bytes()
    # Thrift ends what it says of a row group with its rows: 1, as 2.
    head, group, tail = data.rpartition(b"\x16\x02")
    assert group
    (folder / "a.parquet").write_bytes(head + b"\x16" + number + tail)
    (words,) = outcomes("a.parquet")
    assert isinstance(words, str)
    assert words.startswith("a.parquet: is not Parquet, or is damaged or cut off (3 ro")


@pytest.mark.parametrize("damage", ["cut off", "empty", "garbage"])
def test_what_is_not_parquet_is_named(folder: Path, damage: str) -> None:
    write_parquet("a.parquet", {"text": ["A"] * 100})
    whole = (folder / "a.parquet").read_bytes()
    data = {"cut off": whole[:-20], "empty": b"", "garbage": os.urandom(5000)}[damage]
    (folder / "a.parquet").write_bytes(data)
    (words,) = outcomes("a.parquet")
    assert isinstance(words, str)
    assert words.startswith("a.parquet: is not Parquet, or is damaged or cut off (")
    assert words.endswith("); make the file again")


def damage_row_group(path: str, group: int, share: float = 0.0) -> None:
    """Overwrite the text column of a row group from that part of it on."""
    column = parquet.ParquetFile(path).metadata.row_group(group).column(0)
    start = column.dictionary_page_offset or column.data_page_offset
    size = column.total_compressed_size
    with open(path, "r+b") as file:
        file.seek(start + int(share * size))
        file.write(b"\xff" * (size - int(share * size)))


@pytest.mark.parametrize(("share", "first"), [(0.0, 101), (0.9, 165)])
def test_a_damaged_row_group_takes_along_only_what_is_left_of_it(
    folder: Path, share: float, first: int
) -> None:
    written = [f"Text {i}: {os.urandom(20).hex()}" for i in range(300)]
    write_parquet(
        "a.parquet",
        {"text": written},
        row_group_size=100,
        use_dictionary=False,
        data_page_size=512,
        write_batch_size=8,
    )
    damage_row_group("a.parquet", 1, share)
    found = texts("a.parquet")
    assert found[: first - 1] == written[: first - 1]
    assert found[first:] == written[200:]
    lost = found[first - 1]
    place = f"a.parquet row group 2: cannot be read from row {first} on ("
    assert lost.startswith(place)
    assert lost.endswith(f"), {201 - first} rows are lost; make the file again")


def test_a_row_group_of_fewer_rows_than_it_says_is_damaged(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_parquet("a.parquet", {"text": ["A", "B"]})
    monkeypatch.setattr("mtcheck.read.formats.parquet.islice", lambda rows, n: rows)
    file = parquet.ParquetFile

    class Short(file):  # type: ignore[misc,valid-type]
        def iter_batches(self, *arguments: Any, **options: Any) -> Any:
            for batch in super().iter_batches(*arguments, **options):
                yield batch.slice(0, 1)

    monkeypatch.setattr(parquet, "ParquetFile", Short)
    assert texts("a.parquet") == [
        "A",
        "a.parquet row group 1: cannot be read from row 2 on (rows are missing), "
        "1 rows are lost; make the file again",
    ]


def test_wrong_utf8_in_parquet_loses_its_row_only(folder: Path) -> None:
    cells = {"text": [b"A", b"T\xfcr", b"C"], "id": [b"a", b"b", b"\xff"]}
    columns = {
        name: pa.StringArray.from_buffers(3, *pa.array(values).buffers()[1:])
        for name, values in cells.items()
    }
    write_parquet("a.parquet", columns)
    words = "is not valid UTF-8 at byte {}; Parquet strings must be UTF-8"
    assert texts("a.parquet") == [
        "A",
        f"a.parquet row 2: 'text' {words.format(1)}",
        f"a.parquet row 3: 'id' {words.format(0)}",
    ]


def test_a_text_that_is_too_long_is_lost_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mtcheck.read.limits.LARGEST_DOCUMENT", 2**20)
    write_parquet("a.parquet", {"text": ["A", "B" * 2**21, "C"]})
    words = "a.parquet row 2: a document must be at most 1 MiB; split it"
    assert texts("a.parquet") == ["A", words, "C"]


def test_packed_parquet_is_refused_and_skipped_in_folders(folder: Path) -> None:
    (folder / "a.txt").write_text("A")
    (folder / "a.parquet.gz").touch()
    words = "a.parquet.gz: .parquet is not read packed as .gz; unpack it"
    assert texts("a.parquet.gz") == [words]
    assert texts(".") == ["A"]


def test_an_error_of_the_machine_is_no_damage(folder: Path) -> None:
    (folder / "a.parquet").symlink_to("/proc/self/mem")
    words = "cannot be read (Invalid argument); check it and its permissions"
    assert outcomes("a.parquet") == [f"a.parquet: {words}"]


@given(TEXTS)
def test_any_texts_survive_a_parquet_file(
    tmp_path_factory: pytest.TempPathFactory, written: list[str]
) -> None:
    path = str(tmp_path_factory.mktemp("any") / "a.parquet")
    write_parquet(path, {"text": pa.array(written, pa.string())}, row_group_size=2)
    assert texts(path) == written


@pytest.mark.parametrize("use_dictionary", [True, False])
def test_a_value_that_is_stored_once_is_not_held_for_every_row(
    folder: Path, use_dictionary: bool
) -> None:
    text = "The ferry is late. " * 50_000
    columns = {"text": pa.array([text] * 64)}
    options = {"use_dictionary": use_dictionary, "write_batch_size": 1}
    write_parquet("bomb.parquet", columns, compression="zstd", **options)
    assert Path("bomb.parquet").stat().st_size < len(text) / 10
    before = pa.total_allocated_bytes()
    for outcome in read(["bomb.parquet"]):
        assert isinstance(outcome, Document)
        assert outcome.text == text
        assert pa.total_allocated_bytes() - before < 16 * len(text)
