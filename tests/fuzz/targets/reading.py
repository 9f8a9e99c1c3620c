"""Files of each format: any bytes are documents, or are named as lost."""

import gzip
import io
import json
import lzma
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import zstandard

from fuzz.target import Run, Target, read_input
from mtcheck.errors import InputError
from mtcheck.read import Reading, ReadOptions, Source
from mtcheck.types import Document

EN = "The ferry left the harbour at noon. . Nobody looked up from the nets."
DE = "Die Fähre verließ den Hafen am Mittag , und niemand sah auf."

_PAGE = f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
<title>Ferry</title><script>let a = "<p>";</script></head><body>
<nav><a href="/">Home</a></nav><article><h1>The ferry</h1><p>{EN}
<p>Salt &amp; pepper&nbsp;<b>b</b>old<br>new line &#8212; &#x1F6A2;</p>
<pre>  code  </pre><ul><li>one<li>two</ul><!-- mtcheck: ignore MT1 -- so -->
<table><tr><td>cell</table></article><svg><title>x</title></svg></body></html>"""

_PACK: Sequence[tuple[str, Callable[[bytes], bytes]]] = (
    (".gz", partial(gzip.compress, mtime=0)),
    (".xz", lzma.compress),
    (".zst", zstandard.compress),
)


def _read(path: Path, data: bytes, options: ReadOptions) -> None:
    """Check that a file is read, and is read the same from its middle on."""
    path.write_bytes(data)
    source = Source(str(path), len(data))
    every = [*Reading(source, options)]
    for outcome in every:
        assert isinstance(outcome, Document | InputError)
        if isinstance(outcome, Document):
            outcome.text.encode("utf-8")
    if len(every) > 1:
        reading = Reading(source, options)
        for _ in range(len(every) // 2):
            next(reading)
        rest = [*Reading(source, options, reading.position)]
        assert [*map(str, rest)] == [*map(str, every[len(every) // 2 :])]


def _text(folder: Path) -> Run:
    def run(data: bytes) -> None:
        mode, body = read_input(data)
        _read(folder / ("a.md" if mode % 2 else "a.txt"), body, ReadOptions())

    return run


def _html(folder: Path) -> Run:
    kinds = (
        ReadOptions(),
        ReadOptions(whole_page=True),
        ReadOptions(is_page_source=True),
    )

    def run(data: bytes) -> None:
        mode, body = read_input(data)
        _read(folder / "a.html", body, kinds[mode % len(kinds)])

    return run


def _jsonl(folder: Path) -> Run:
    def run(data: bytes) -> None:
        mode, body = read_input(data)
        _read(folder / "a.jsonl", body, ReadOptions("id" if mode % 2 else "text"))

    return run


def _csv(folder: Path) -> Run:
    def run(data: bytes) -> None:
        mode, body = read_input(data)
        _read(folder / ("a.tsv" if mode % 2 else "a.csv"), body, ReadOptions())

    return run


def _parquet(folder: Path) -> Run:
    def run(data: bytes) -> None:
        _read(folder / "a.parquet", data, ReadOptions())

    return run


def _packed(folder: Path) -> Run:
    """Read what is packed; half of it is packed here, and damaged at one place."""

    def run(data: bytes) -> None:
        mode, body = read_input(data)
        suffix, pack = _PACK[mode % len(_PACK)]
        if mode & 0x40 and len(body) > 3:
            place, change, body = int.from_bytes(body[:2]), body[2], body[3:]
            packed = bytearray(pack(body))
            packed[place % len(packed)] ^= change
            body = bytes(packed[: -(place % 7)] if mode & 0x20 else packed)
        name = "a.jsonl" if mode & 0x10 else "a.txt"
        _read(folder / f"{name}{suffix}", body, ReadOptions())

    return run


def _texts() -> list[bytes]:
    encodings = "utf-8 utf-8-sig cp1252 utf-16 utf-16-le utf-32 mac-roman".split()
    made = [DE.encode(name, "replace") for name in encodings]
    made += [DE.encode()[:-1] + b"\xc3", b"GIF89a\0\1\2", "Съешь ещё".encode("cp1251")]
    return [b"\0" + text for text in made] + [b"\xffDie F\xe4hre"]


def _pages() -> list[bytes]:
    page = _PAGE.encode()
    latin = b"<meta charset=iso-8859-1><p>Die F\xe4hre, die F\xe4hre"
    made = [bytes([mode]) + body for mode in range(3) for body in (page, latin)]
    made += [b"\1<p>a&#8 b\0<pre>\x0bc</pre>", b"\0<p title='&#1;'>a"]
    return [*made, b"\xff<p>\xff<div>a \xff", b"\xff<a href='"]


def _lines() -> list[bytes]:
    records = [{"text": EN, "id": "a"}, {"text": DE, "id": 7, "more": [None, 1.5]}]
    lines = "\n".join(map(json.dumps, records)).encode()
    wrong = b'{"text": "\\ud800"}\n\n[]\n{"text": 1}\n{"id": NaN}\nno\n\xff\n'
    return [b"\0" + lines, b"\1" + wrong + lines, b'\xff{"text": "\xff[\xff"}']


def _tables() -> list[bytes]:
    table = f'id,text\na,"{EN}"\n7,"two\r\nlines, ""quoted"""\n\nb\nc,d,e\n'.encode()
    wrong = b'\xef\xbb\xbftext\tid\n\xff\ta\n"open\tb\n'
    return [b"\0" + table, b"\1" + wrong, b'\xfftext,id\n\xff"\xff']


def _parquets() -> list[bytes]:
    import pyarrow as pa
    from pyarrow import parquet

    texts = [EN, None, DE, "", EN]
    columns = (
        {"text": texts, "id": [*range(5)]},
        {"text": pa.array(texts).dictionary_encode(), "id": [*"abcde"]},
        {"text": pa.array(texts, pa.large_string()), "id": [{"a": 1}] * 5},
        {"text": [[EN]] * 5},
    )
    made = []
    for number, chosen in enumerate(columns):
        file = io.BytesIO()
        parquet.write_table(
            pa.table(chosen),
            file,
            row_group_size=2,
            compression=("none", "snappy", "zstd", "gzip")[number],
            write_page_checksum=number == 1,
            store_schema=number != 1,
        )
        made.append(file.getvalue())
    return made


def _archives() -> list[bytes]:
    lines = _lines()[0][1:]
    whole = [bytes([0x10 + at]) + pack(lines) for at, (_, pack) in enumerate(_PACK)]
    damaged = [bytes([0x70 + at]) + b"\0\x20\1" + lines for at in range(len(_PACK))]
    twice = gzip.compress(b"a", mtime=0) + gzip.compress(b"b" * 5000, mtime=0)
    return [*whole, *damaged, b"\x30" + twice]


TARGETS = (
    Target("text", "plain text and Markdown, in any encoding", _text, _texts),
    Target(
        "html",
        "pages: main text, visible text, source",
        _html,
        _pages,
        "<p> </p> <div> <table> <tr> <td> <article> <pre> <br> <script> <style> <title>"
        " <svg> <li> <ul> <!-- --> <![CDATA[ charset= &nbsp; &#0; &amp <template>"
        " <body> <head> <html> <select> <option> <frameset> <noscript>".split(),
    ),
    Target(
        "jsonl", "records of JSON", _jsonl, _lines, ('"text":', "\\u", "NaN", "1e9")
    ),
    Target("csv", "rows of CSV and TSV", _csv, _tables, ("text", '""', "\r\n", "\t")),
    Target("parquet", "tables of Parquet", _parquet, _parquets),
    Target("packed", "gzip, xz and zstd, damaged or cut off", _packed, _archives),
)
