"""Every input is read as it stands, or named with what was wrong and what to do."""

import gzip
import io
import json
import lzma
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from mtcheck.errors import InputError
from mtcheck.read import (
    LARGEST_DOCUMENT,
    OPENERS,
    READERS,
    Reading,
    ReadOptions,
    Source,
    read,
    sources,
)
from mtcheck.types import Document

TEXT = "Die Brücke war zu.\r\n\r\nNiemand kam.\n"
PACK: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".xz": lzma.compress,
    ".zst": zstandard.ZstdCompressor().compress,
}
KNOWN = (
    "mtcheck reads .csv, .htm, .html, .jsonl, .markdown, .md, .tsv, .txt, "
    "each also packed as .gz, .xz, .zst, and .parquet"
)
PAGE = (
    "<html><body><nav><a href='/'>Start</a></nav><article><p>Im Herbst hat es in der "
    "ganzen Gegend viel geregnet.</p><p>Der Winter war trocken.</p></article></body>"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, so that paths are short."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def documents(*paths: str, **options: object) -> list[Document]:
    outcomes = list(read(paths, ReadOptions(**options)))  # type: ignore[arg-type]
    assert [str(one) for one in outcomes if isinstance(one, InputError)] == []
    return [one for one in outcomes if isinstance(one, Document)]


def problems(*paths: str, **options: object) -> list[str]:
    outcomes = read(paths, ReadOptions(**options))  # type: ignore[arg-type]
    return [str(one) for one in outcomes if isinstance(one, InputError)]


def ids(*paths: str) -> list[str]:
    return [document.id for document in documents(*paths)]


def write_jsonl(path: Path, *records: object) -> None:
    lines = [json.dumps(record, ensure_ascii=False) for record in records]
    path.write_text("\n".join(lines), encoding="utf-8")


@pytest.mark.parametrize("suffix", [".txt", ".md", ".TXT"])
def test_a_text_file_is_one_document_as_it_stands(folder: Path, suffix: str) -> None:
    name = f"a{suffix}"
    (folder / name).write_bytes(b"\xef\xbb\xbf" + TEXT.encode())
    assert documents(name, language="de") == [Document(TEXT, name, name, "de")]


def test_an_empty_file_is_an_empty_document(folder: Path) -> None:
    (folder / "a.txt").touch()
    (folder / "b.jsonl").touch()
    assert documents("a.txt", "b.jsonl") == [Document("", "a.txt", "a.txt")]


@pytest.mark.parametrize("packing", PACK)
def test_packed_files_are_unpacked(folder: Path, packing: str) -> None:
    (folder / f"a.txt{packing}").write_bytes(PACK[packing](TEXT.encode()))
    line = json.dumps({"text": TEXT}).encode() + b"\n"
    two_parts = PACK[packing](line * 5000) + PACK[packing](line)
    (folder / f"b.jsonl{packing}").write_bytes(two_parts)
    text, *records = documents(f"a.txt{packing}", f"b.jsonl{packing}")
    assert text == Document(TEXT, f"a.txt{packing}", f"a.txt{packing}")
    assert len(records) == 5001
    assert records[-1].id == f"b.jsonl{packing}:5001"
    assert records[-1].text == TEXT


def test_every_packing_is_tested() -> None:
    assert PACK.keys() == OPENERS.keys()
    assert all(suffix in KNOWN for suffix in (*READERS, *OPENERS))


@pytest.mark.parametrize("packing", PACK)
@pytest.mark.parametrize("damage", ["cut off", "scrambled", "not packed at all"])
def test_a_damaged_archive_keeps_what_came_before(
    folder: Path, packing: str, damage: str
) -> None:
    record = json.dumps({"text": os.urandom(500).hex()}).encode() + b"\n"
    data = bytearray(PACK[packing](record * 3 + os.urandom(90_000).hex().encode()))
    if damage == "cut off":
        del data[-20_000:]
    elif damage == "scrambled":
        data[:40] = b"x" * 40
    else:
        data[:] = record
    (folder / f"a.jsonl{packing}").write_bytes(data)
    *_, last = read([f"a.jsonl{packing}"])
    assert str(last) == (
        f"a.jsonl{packing}: the archive is damaged or cut off; pack it again"
    )


@pytest.mark.parametrize("name", ["bomb.txt.zst", "bomb.jsonl.zst"])
def test_a_bomb_is_refused(folder: Path, name: str) -> None:
    with zstandard.open(folder / name, "wb") as file:
        for _ in range(LARGEST_DOCUMENT // 2**20 + 1):
            file.write(bytes(2**20))
    place = name if "txt" in name else f"{name} line 1"
    words = f"{place}: a document must be at most 512 MiB; split it"
    assert problems(name) == [words]


@pytest.mark.parametrize("pattern", ["deep", "deep/**/*.txt"])
def test_folders_may_lie_deeper_than_calls(folder: Path, pattern: str) -> None:
    for name in ("deep", *["a"] * 1_200):
        Path(name).mkdir()
        os.chdir(name)
    Path("a.txt").write_text(TEXT)
    os.chdir(folder)
    try:
        assert ids(pattern) == [f"deep/{'a/' * 1_200}a.txt"]
    finally:
        # Python before 3.12 cannot take such a tree away again.
        subprocess.run(["rm", "-rf", "deep"], check=True)


@pytest.mark.parametrize(("length", "n_read"), [(1_500, 2), (9_000, 1)])
def test_a_line_that_is_too_long_is_lost_alone_unless_it_has_no_end(
    folder: Path, monkeypatch: pytest.MonkeyPatch, length: int, n_read: int
) -> None:
    for place in ("limits", "formats.jsonl"):
        monkeypatch.setattr(f"mtcheck.read.{place}.LARGEST_DOCUMENT", 1_000)
    monkeypatch.setattr("mtcheck.read.limits._PIECE", 100)
    texts = ("One", "x" * length, "Two")
    rows = [{"id": number, "text": text} for number, text in enumerate(texts)]
    write_jsonl(folder / "a.jsonl", *rows)
    (source,) = sources(["a.jsonl"])
    assert isinstance(source, Source)
    for start in (0, 1):
        found = [*Reading(source, ReadOptions(), start)]
        names = [one.id for one in found if isinstance(one, Document)]
        lost = [str(one) for one in found if isinstance(one, InputError)]
        assert names == ["0", "2"][start:n_read]
        assert lost == ["a.jsonl line 2: a document must be at most 0 MiB; split it"]


def test_records_have_their_id_or_their_line(folder: Path) -> None:
    write_jsonl(
        folder / "a.jsonl",
        {"id": "first", "text": "Eins\r\n"},
        {"id": 2, "text": "Zwei"},
        {"text": "Drei"},
        {"id": None, "text": "Vier"},
        {"id": "", "text": ""},
    )
    found = documents("a.jsonl")
    assert [document.id for document in found] == [
        "first",
        "2",
        "a.jsonl:3",
        "a.jsonl:4",
        "a.jsonl:5",
    ]
    assert found[0] == Document("Eins\r\n", "first", "a.jsonl")


def test_other_fields_can_be_named(folder: Path) -> None:
    write_jsonl(folder / "a.jsonl", {"key": "k", "body": "Text"})
    found = documents("a.jsonl", text_field="body", id_field="key", language="en")
    assert found == [Document("Text", "k", "a.jsonl", "en")]


def test_blank_lines_and_a_mark_are_skipped_but_counted(folder: Path) -> None:
    data = b'\xef\xbb\xbf{"text": "a"}\r\n\r\n  \n{"text": "b"}'
    (folder / "a.jsonl").write_bytes(data)
    assert ids("a.jsonl") == ["a.jsonl:1", "a.jsonl:4"]


def test_a_line_may_be_long(folder: Path) -> None:
    text = "word " * 20_000_000
    (folder / "a.jsonl").write_text(json.dumps({"text": text}))
    (document,) = documents("a.jsonl")
    assert document.text == text


BROKEN = {
    "broken": (
        b'{"text": ',
        "is not JSON (Expecting value); a line must be one object",
    ),
    "deep": (b"[" * 100_000, "is not JSON ("),
    "list": (b'["text"]', "must be a JSON object, got a list"),
    "null": (b"null", "must be a JSON object, got null"),
    "number line": (b"7", "must be a JSON object, got a number"),
    "no field": (
        b'{"id": 1, "body": "x"}',
        "has no field 'text'; name the text with --text-field, "
        "the fields are: 'body', 'id'",
    ),
    "empty object": (
        b"{}",
        "has no field 'text'; name the text with --text-field, the fields are: none",
    ),
    "null text": (b'{"text": null}', "'text' must be a string, got null"),
    "object text": (b'{"text": {}}', "'text' must be a string, got an object"),
    "truth text": (b'{"text": true}', "'text' must be a string, got a truth value"),
    "latin-1": (
        b'{"text": "M\xfchle"}',
        "is not valid UTF-8 at byte 11; JSONL must be UTF-8",
    ),
    "utf-16": (
        b"\xff\xfe{\0}\0",
        "is not valid UTF-8 at byte 0; JSONL must be UTF-8",
    ),
    "surrogate": (
        b'{"text": "a \\ud800"}',
        "'text' holds half a surrogate pair at character 2; repair the escape",
    ),
}


@pytest.mark.parametrize(("line", "problem"), BROKEN.values(), ids=BROKEN.keys())
def test_a_bad_line_is_named_and_only_it_is_lost(
    folder: Path, line: bytes, problem: str
) -> None:
    (folder / "a.jsonl").write_bytes(line + b'\n{"text": "good"}\n')
    lost, kept = read(["a.jsonl"])
    assert isinstance(lost, InputError)
    assert lost.place == "a.jsonl line 1"
    assert lost.problem == problem or problem.endswith("(")
    assert lost.problem.startswith(problem)
    assert kept == Document("good", "a.jsonl:2", "a.jsonl")


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]))))
def test_any_texts_survive_a_jsonl_file(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    path = tmp_path_factory.mktemp("any") / "a.jsonl"
    write_jsonl(path, *({"text": text} for text in texts))
    assert [document.text for document in documents(str(path))] == texts


def test_a_page_gives_its_main_text_or_all_of_it(folder: Path) -> None:
    for name in ("a.html", "a.htm", "a.html.gz"):
        pack = PACK.get(Path(name).suffix, bytes)
        (folder / name).write_bytes(pack(PAGE.encode()))
        body = (
            "Im Herbst hat es in der ganzen Gegend viel geregnet.\n\n"
            "Der Winter war trocken."
        )
        assert documents(name) == [Document(body, name, name)]
        assert documents(name, whole_page=True)[0].text == f"Start\n\n{body}"


def test_a_page_is_read_in_the_encoding_it_names(folder: Path) -> None:
    page = f"<meta charset='iso-8859-2'>{PAGE.replace('Winter', 'Příšerný')}"
    (folder / "a.html").write_bytes(page.encode("iso-8859-2"))
    assert "Der Příšerný war trocken." in documents("a.html")[0].text


def test_folders_are_read_in_order_without_hidden_and_strange_files(
    folder: Path,
) -> None:
    for name in ("b/z.txt", "b/c/y.md", "a.txt", "x.pdf", ".git/h.txt", ".h.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("Text.")
    os.mkfifo(folder / "pipe.txt")
    assert ids(".") == ["./a.txt", "./b/c/y.md", "./b/z.txt"]
    assert ids(str(folder / "b")) == [str(folder / "b/c/y.md"), str(folder / "b/z.txt")]
    assert ids("b/", "a.txt") == ["b/c/y.md", "b/z.txt", "a.txt"]


def test_patterns_are_matched(folder: Path) -> None:
    for name in ("b/z.txt", "b/c/y.md", "b/x.pdf", "a[1].txt", "a1.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("Text.")
    assert ids("b/*") == ["b/c/y.md", "b/z.txt"]
    assert ids("**/*.txt") == ["a1.txt", "a[1].txt", "b/z.txt"]
    assert ids("b/**") == ["b/c/y.md", "b/z.txt"]
    assert ids("a[1].txt") == ["a[1].txt"]
    (folder / "b/gone.txt").symlink_to("nowhere")
    words = "cannot be read (No such file or directory); check it and its permissions"
    assert problems("b/*") == [f"b/gone.txt: {words}"]


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        pytest.param("no.txt", "does not exist; check the spelling", id="missing"),
        pytest.param("a\0.txt", "does not exist; check the spelling", id="NUL"),
        pytest.param("good.txt/x.txt", "does not exist; check the spelling", id="in"),
        pytest.param("*.jsonl", "matches no file; check the pattern", id="pattern"),
        pytest.param("*.pdf", f"holds no readable file; {KNOWN}", id="pattern, pdf"),
        pytest.param("empty", f"holds no readable file; {KNOWN}", id="empty folder"),
        pytest.param("x.pdf", f"the suffix '.pdf' is not known; {KNOWN}", id="pdf"),
        pytest.param("x.gz", f"the suffix '' is not known; {KNOWN}", id="only packed"),
        pytest.param(
            "io.txt",
            "cannot be read (Input/output error); check it and its permissions",
            id="unreadable",
        ),
        pytest.param(
            "n" * 300,
            "cannot be read (File name too long); check it and its permissions",
            id="long name",
        ),
        pytest.param(
            "binary.txt",
            "looks binary, not like text; name text files only",
            id="binary",
        ),
        pytest.param(
            "blank.html", "no text was found in the page; try --whole-page", id="page"
        ),
        pytest.param(
            "binary.html",
            "looks binary, not like text; name text files only",
            id="binary page",
        ),
    ],
)
def test_what_cannot_be_read_is_named_and_the_rest_goes_on(
    folder: Path, path: str, problem: str
) -> None:
    (folder / "empty").mkdir()
    (folder / "good.txt").write_text("Good.")
    (folder / "x.pdf").touch()
    (folder / "x.gz").touch()
    (folder / "io.txt").symlink_to("/proc/self/mem")
    (folder / "binary.txt").write_bytes(b"\x00\x01\x02")
    (folder / "binary.html").write_bytes(b"\x00\x01\x02")
    (folder / "blank.html").write_text("<html><body></body></html>")
    lost, kept = read([path, "good.txt"])
    assert isinstance(lost, InputError)
    assert (lost.place, lost.problem) == (path, problem)
    assert kept == Document("Good.", "good.txt", "good.txt")


def test_an_empty_whole_page_has_no_further_hint(folder: Path) -> None:
    (folder / "a.html").write_text("<html><body></body></html>")
    words = "a.html: no text was found in the page; check the file"
    assert problems("a.html", whole_page=True) == [words]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_files_and_folders_without_permission_are_named(folder: Path) -> None:
    (folder / "a.txt").touch(mode=0o000)
    (folder / "b").mkdir(mode=0o000)
    words = "cannot be read (Permission denied); check it and its permissions"
    expected = [f"{path}: {words}" for path in ("a.txt", "b", "b/c.txt")]
    assert problems("a.txt", "b", "b/c.txt") == expected


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_loses_no_other_of_its_folder(folder: Path) -> None:
    for name in ("a.csv", "b.csv", "c.csv"):
        (folder / name).write_text("text\nA\n")
    (folder / "b.csv").chmod(0o000)
    words = "cannot be read (Permission denied); check it and its permissions"
    assert [str(getattr(one, "id", one)) for one in read(["."])] == [
        "./a.csv:1",
        f"./b.csv: {words}",
        "./c.csv:1",
    ]


def test_standard_input_is_read_as_text() -> None:
    stdin = io.BytesIO("Grüße\r\n".encode("latin-1"))
    found = list(read(["-"], ReadOptions(language="de"), stdin=stdin))
    assert found == [Document("Grüße\r\n", "-", None, "de")]


def test_binary_standard_input_is_refused() -> None:
    (lost,) = read(["-"], stdin=io.BytesIO(b"\0\1"))
    assert str(lost) == "-: looks binary, not like text; name text files only"


def test_the_real_standard_input_is_the_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"Text.")))
    assert documents("-") == [Document("Text.")]


def test_reading_is_lazy(folder: Path) -> None:
    (folder / "a.txt").write_text("A.")
    outcomes = read(name for name in ["a.txt", "later.txt"])
    assert next(outcomes) == Document("A.", "a.txt", "a.txt")
    (folder / "later.txt").write_text("B.")
    assert next(outcomes) == Document("B.", "later.txt", "later.txt")
