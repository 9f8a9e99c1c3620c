"""``mtcheck filter``: from tables of scores to tables of what is kept."""

import csv
import gzip
import json
import lzma
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pandas
import polars
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from test_filtering import NOT_JUDGED, Row, row, table

from mtcheck.cli import main
from mtcheck.errors import InputError
from mtcheck.filtering import find_tables, read_tables, tables
from mtcheck.models import model_folders
from mtcheck.report.csv import HEADER
from mtcheck.types import LABELS

ROOT = Path(__file__).resolve().parent.parent
GOOD = ["--keep", 'label == "original"']

ROWS = [
    row("a", 0),
    row("a", 1, 12, 30, "paraphrased", (0.1, 0.8, 0.1), "weak", codes=["MT101"]),
    row("b", 0, label=None),
    row("c", 0, codes=["MT102", "MT501"]),
]


def put_parquet(path: Path, rows: Sequence[Row], **options: Any) -> None:
    pq.write_table(pa.Table.from_batches([table(rows)]), path, **options)


def put_jsonl(path: Path, rows: Sequence[Row]) -> None:
    lines = [json.dumps(one | {"model": None}) + "\n" for one in rows]
    path.write_text("".join(lines), "utf-8")


def put_csv(path: Path, rows: Sequence[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HEADER, extrasaction="ignore")
        writer.writeheader()
        for one in rows:
            shares = one["probabilities"] or dict.fromkeys(LABELS)
            nested = {name: json.dumps(one[name]) for name in ("findings", "reasons")}
            writer.writerow(one | shares | nested)


PUT: dict[str, Callable[[Path, Sequence[Row]], None]] = {
    "parquet": put_parquet,
    "jsonl": put_jsonl,
    "csv": put_csv,
}
each_format = pytest.mark.parametrize("suffix", PUT)


@pytest.fixture
def scores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with a folder of parts, one of each format."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "scores"
    folder.mkdir()
    put_parquet(folder / "part-00000.parquet", ROWS[:2])
    put_jsonl(folder / "part-00001.jsonl", ROWS[2:3])
    put_csv(folder / "part-00002.csv", ROWS[3:])
    (folder / "_manifest.json").write_text('{"complete": true}')
    (folder / ".part-00003.parquet.tmp").write_text("half")
    (folder / "_part-00004.parquet").write_text("half")
    return folder


def names(text: str) -> list[str]:
    """Return the documents of lines of JSON."""
    return [json.loads(line)["document"] for line in text.splitlines()]


def lines(path: str) -> list[str]:
    return Path(path).read_text("utf-8").splitlines()


# What goes in and comes out ---------------------------------------------------------


def test_a_folder_means_its_parts_in_order(
    scores: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["filter", "scores", *GOOD]) == 0
    shown = capsys.readouterr()
    assert shown.out == (
        '{"document": "a", "paragraph": 0, "start": 0, "end": 10}\n'
        '{"document": "c", "paragraph": 0, "start": 0, "end": 10}\n'
    )
    assert shown.err == (
        "mtcheck: 2 of 4 paragraphs kept\n"
        "mtcheck: 1 dropped: --keep 'label == \"original\"' does not hold\n"
        "mtcheck: 1 dropped: --keep 'label == \"original\"' is unknown\n"
    )


@each_format
def test_every_format_is_read_alike(
    suffix: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / f"scores.{suffix}"
    PUT[suffix](path, [*ROWS, NOT_JUDGED])
    for expression, found in (
        ('has("MT5") or machine_mangled < 0.15', ["a", "c"]),
        ("findings == 0 and label is not None", ["a"]),
        ('abstained == "too-short"', ["b", "a"]),
        ('evidence > "none"', ["a"]),
        ('language == "en" and length > 10', ["a"]),
    ):
        assert main(["filter", str(path), "--quiet", "--keep", expression]) == 0
        shown = capsys.readouterr()
        assert (names(shown.out), shown.err) == (found, ""), expression


@pytest.mark.skipif(not model_folders(), reason="no model is installed")
def test_the_scores_of_score_itself_are_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = str(ROOT / "seeds" / "en" / "quarry_translated_back.txt")
    outputs = []
    for name in ("a.jsonl", "b.csv", "c.parquet", "d.jsonl.gz", "parts/"):
        path = os.path.join(tmp_path, name)
        assert main(["score", seed, "--output", path, "--quiet"]) == 0
        assert main(["filter", path, "--drop", 'has("MT2")']) == 0
        outputs.append(capsys.readouterr())
    assert outputs == [outputs[0]] * 5
    assert "dropped: --drop" in outputs[0].err
    assert names(outputs[0].out)


@each_format
def test_every_format_is_written_with_the_same_rows(
    suffix: str, scores: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = f"kept.{suffix}"
    weight = ["--weight", "original * 2"]
    assert main(["filter", "scores", *weight, "--output", target]) == 0
    assert capsys.readouterr().out == ""
    read: Callable[[str], list[Row]] = {
        "parquet": lambda path: pq.read_table(path).to_pylist(),
        "jsonl": lambda path: [*map(json.loads, lines(path))],
        "csv": lambda path: [*csv.DictReader(lines(path))],
    }[suffix]
    found = read(target)
    assert [*found[0]] == ["document", "paragraph", "start", "end", "weight"]
    values = [[str(value) for value in one.values()] for one in found]
    assert values == [
        ["a", "0", "0", "10", "1.0"],
        ["a", "1", "12", "30", "0.2"],
        ["c", "0", "0", "10", "1.0"],
    ]
    assert sorted(path.name for path in Path().iterdir()) == [target, "scores"]


def test_what_is_kept_joins_to_the_scores(scores: Path) -> None:
    assert main(["filter", "scores", *GOOD, "--output", "kept.parquet"]) == 0
    joined = duckdb.connect().execute(
        "select label from 'scores/part-*.parquet' join 'kept.parquet' "
        'using (document, paragraph, start, "end")'
    )
    assert joined.fetchall() == [("original",)]


def test_what_polars_and_pandas_write_is_read(
    scores: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    polars.read_parquet("scores/part-00000.parquet").write_parquet("p.parquet")
    pandas.read_parquet("scores/part-00000.parquet").to_parquet("q.parquet")
    for path in ("p.parquet", "q.parquet"):
        assert main(["filter", path, "--drop", 'has("MT1") or original < 0.2']) == 0
        assert names(capsys.readouterr().out) == ["a"]


@pytest.mark.parametrize("packing", ["gz", "xz"])
@pytest.mark.parametrize("suffix", ["jsonl", "csv"])
def test_packed_lines_are_read_as_far_as_they_go(
    suffix: str, packing: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = tmp_path / f"scores.{suffix}"
    path = tmp_path / f"scores.{suffix}.{packing}"
    PUT[suffix](plain, [row(f"d{number}") for number in range(3000)])
    data = plain.read_bytes()
    packed = gzip.compress(data) if packing == "gz" else lzma.compress(data)
    path.write_bytes(packed)
    assert filtered(str(path), capsys=capsys)[0] == 0
    path.write_bytes(packed[:-8] if packing == "gz" else packed[:-40])
    status, found, said = filtered(str(path), capsys=capsys)
    assert (status, len(found) > 1000) == (1, True)
    assert said[0].endswith("the archive is damaged or cut off from here on")
    path.write_bytes(b"no archive")
    assert filtered(str(path), capsys=capsys)[2][0].startswith(f"{path}")


def test_a_table_whose_columns_are_not_named_in_utf8_is_damaged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.parquet"
    put_parquet(path, ROWS, store_schema=False)
    path.write_bytes(path.read_bytes().replace(b"evidence", b"\xe4vidence"))
    status, _, said = filtered(str(path), capsys=capsys)
    assert (status, said[0]) == (2, f"{path}: is no Parquet file, or is cut off")


def test_a_table_with_two_columns_of_a_name_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.parquet"
    put_parquet(path, ROWS)
    table = pq.read_table(path)
    pq.write_table(table.append_column("document", table["label"]), path)
    status, _, said = filtered(str(path), capsys=capsys)
    words = f"{path}: has more than one column document; drop the rest"
    assert (status, said[0]) == (2, words)


def test_documents_may_go_on_in_the_next_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = [str(tmp_path / name) for name in ("1.parquet", "2.parquet")]
    put_parquet(Path(paths[0]), ROWS[:1])
    put_parquet(Path(paths[1]), ROWS[1:])
    level = ["--level", "document"]
    keep = ["--keep", 'share(evidence >= "weak") > 0.6']
    assert main(["filter", *paths, *level, *keep]) == 0
    shown = capsys.readouterr()
    assert json.loads(shown.out) == {
        "document": "a",
        "paragraph": None,
        "start": 0,
        "end": 30,
    }
    assert shown.err.startswith("mtcheck: 1 of 3 documents kept\n")


def test_a_document_of_many_batches_is_judged_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "long.parquet"
    long = [row("a", number, 10 * number, 10 * number + 9) for number in range(20_000)]
    put_parquet(path, [*long, row("b")])
    keep = ["--keep", "sum(length) == 180_000"]
    assert main(["filter", str(path), "--level", "document", *keep]) == 0
    shown = capsys.readouterr()
    assert json.loads(shown.out)["end"] == 199_999
    assert shown.err.startswith("mtcheck: 1 of 2 documents kept\n")


def test_row_groups_of_parquet_are_of_a_good_size(tmp_path: Path) -> None:
    source, target = str(tmp_path / "many.parquet"), str(tmp_path / "kept.parquet")
    put_parquet(Path(source), [row(str(number)) for number in range(70_000)])
    assert main(["filter", source, "--keep", "length > 0", "--output", target]) == 0
    with pq.ParquetFile(target) as file:
        groups = [file.metadata.row_group(n) for n in range(file.num_row_groups)]
        assert [group.num_rows for group in groups] == [65_536, 70_000 - 65_536]


def test_nothing_kept_is_an_empty_table(scores: Path) -> None:
    for suffix in PUT:
        target = f"none.{suffix}"
        arguments = ["--drop", "length > 0", "--output", target]
        assert main(["filter", "scores", *arguments]) == 0
    assert pq.read_table("none.parquet").num_rows == 0
    assert Path("none.jsonl").read_text() == ""
    assert Path("none.csv").read_text() == "document,paragraph,start,end\n"


# What cannot be read ------------------------------------------------------------------


def filtered(*arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[Any, ...]:
    """Return the status, the documents that were kept, and the messages."""
    status = main(["filter", *arguments, "--drop", 'label == "paraphrased"'])
    shown = capsys.readouterr()
    lines = [line.removeprefix("mtcheck: ") for line in shown.err.splitlines()]
    return status, names(shown.out), lines


KEPT = ["2 of 3 paragraphs kept", "1 dropped: --drop 'label == \"paraphrased\"' holds"]
LOST = "scores are lost in 1 place"


def test_a_damaged_row_group_is_named_and_the_rest_is_done(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "scores.parquet"
    many = [row(f"d{number}", 0) for number in range(300)]
    put_parquet(path, many, row_group_size=100, compression="zstd")
    with pq.ParquetFile(path) as file:
        column = file.metadata.row_group(1).column(0)
        offset = column.dictionary_page_offset or column.data_page_offset
        size = column.total_compressed_size
    damaged = bytearray(path.read_bytes())
    damaged[offset : offset + size] = b"\xff" * size
    path.write_bytes(damaged)
    status, found, lines = filtered(str(path), capsys=capsys)
    assert status == 1
    assert found == [f"d{number}" for number in [*range(100), *range(200, 300)]]
    assert lines == [
        f"{path}: row group 2 of 3 is damaged",
        "200 of 200 paragraphs kept",
        LOST,
    ]


def test_damaged_lines_are_named_and_the_rest_is_done(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "scores.jsonl"
    good = [json.dumps(one) for one in ROWS[:3]]
    lacking = json.dumps({**ROWS[0], "start": None})
    wrong = json.dumps({**ROWS[0], "paragraph": "first"})
    strange = json.dumps({name: 1 for name in ROWS[0] if name != "label"})
    lines = [
        good[0],
        "",
        "[1]",
        good[1],
        lacking,
        wrong,
        strange,
        good[2],
        good[0][:40],
    ]
    path.write_text("\n".join(lines))
    status, found, said = filtered(str(path), capsys=capsys)
    assert (status, found) == (1, ["a", "b"])
    assert said == [
        f"{path}:3: must be a JSON object",
        f"{path}:5: a row has no start, or no end",
        f"{path}:6: has a value that is not of its column",
        f"{path}:7: has no label",
        f"{path}:9: is no JSON, or is cut off",
        KEPT[0],
        KEPT[1],
        "1 kept although --drop 'label == \"paraphrased\"' is unknown",
        "scores are lost in 5 places",
    ]


def test_many_damaged_lines_are_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "scores.jsonl"
    put_jsonl(path, ROWS[:1])
    path.write_text(path.read_text() + "{\n" * 20_000)
    status, found, said = filtered(str(path), capsys=capsys)
    assert (status, found) == (1, ["a"])
    assert len(said) == 8
    assert said[5] == f"{path}: 19995 more rows are damaged"


def test_damaged_rows_of_csv_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "scores.csv"
    put_csv(path, ROWS[:2])
    cells = path.read_text().splitlines()[1].split(",", 4)
    wrong = ",".join([*cells[:2], "x", *cells[3:]])
    path.write_text(path.read_text() + f"{wrong}\na,1,2\n")
    status, found, said = filtered(str(path), capsys=capsys)
    assert (status, found) == (1, ["a"])
    assert said[:2] == [
        f"{path}:4: has a cell that is not of its column",
        f"{path}:5: must have 13 cells, got 3",
    ]


def test_a_quote_that_never_closes_ends_the_reading_with_a_word(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "LARGEST_CELL", 1000)
    path = tmp_path / "scores.csv"
    put_csv(path, ROWS[:2])
    path.write_text(path.read_text() + 'a,"' + "1,2\n" * 1000)
    _, _, said = filtered(str(path), capsys=capsys)
    problem = "is no CSV from here on (field larger than field limit (1000))"
    assert said[0].startswith(f"{path}:")
    assert said[0].endswith(problem)


def test_a_file_that_goes_while_others_are_read_is_named(scores: Path) -> None:
    found = [*find_tables(["scores"])]
    (scores / "part-00001.jsonl").unlink()
    read = [*read_tables(found, ["document", "paragraph", "start", "end"])]
    assert [str(item) for item in read if isinstance(item, InputError)] == [
        "scores/part-00001.jsonl: cannot be read (No such file or directory)"
    ]
    assert len(read) == 3


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.parquet", b"PAR1 cut off", "is no Parquet file, or is cut off"),
        ("a.parquet", b"", "is no Parquet file, or is cut off"),
        (
            "a.jsonl",
            b'{"id": 1, "text": "x"}\n',
            "is no table of scores: it has no column document, end, label, paragraph, "
            "start",
        ),
        (
            "a.csv",
            b"id,text\n1,x\n",
            "is no table of scores: it has no column document, end, label, paragraph, "
            "start",
        ),
        (
            "a.csv",
            b"",
            "is no table of scores: it has no column document, end, label, paragraph, "
            "start",
        ),
        (
            "a.csv",
            b"document,paragraph,start,end\na,0,0,1\n",
            "has no column label, which an expression needs",
        ),
        (
            "a.txt",
            b"x",
            "must be a folder or end in .parquet, .jsonl, .csv, the lines also in .gz, "
            ".xz, .zst",
        ),
    ],
    ids=["cut", "empty", "corpus", "csv", "empty csv", "column", "text"],
)
def test_what_is_no_table_of_scores_ends_with_2(
    name: str,
    content: bytes,
    problem: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    found = filtered(str(path), capsys=capsys)
    assert found == (2, [], [f"{path}: {problem}", "nothing was filtered"])


def test_columns_of_another_type_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.parquet"
    batch = table(ROWS)
    kinds = pa.array([["x"]] * len(ROWS))
    place = batch.schema.get_field_index("label")
    pq.write_table(
        pa.Table.from_batches([batch.set_column(place, "label", kinds)]), path
    )
    _, _, said = filtered(str(path), capsys=capsys)
    problem = "column label must be string, got list<element: string>"
    assert said[0] == f"{path}: {problem}"


def test_a_missing_file_does_not_stop_the_others(
    scores: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, found, said = filtered("lost.csv", "scores", capsys=capsys)
    assert (status, found) == (1, ["a", "b", "c"])
    assert said[0] == "lost.csv: does not exist; check the spelling"


def test_an_empty_folder_says_what_is_sought(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "kept.csv").write_text("no part")
    status, _, said = filtered(str(tmp_path), capsys=capsys)
    assert status == 2
    assert said[0] == (
        f"{tmp_path}: holds no part-*.parquet, part-*.jsonl, part-*.csv; name the "
        "files themselves"
    )


@pytest.mark.parametrize(
    ("manifest", "place", "problem"),
    [
        (
            '{"complete": false}',
            "scores",
            "the run is not complete; the same mtcheck score command goes on with it",
        ),
        ("{", "scores/_manifest.json", "is damaged; parts may be missing"),
        ("[]", "scores/_manifest.json", "is damaged; parts may be missing"),
    ],
)
def test_an_incomplete_run_is_named_and_its_parts_are_done(
    manifest: str,
    place: str,
    problem: str,
    scores: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (scores / "_manifest.json").write_text(manifest)
    status, found, said = filtered("scores", capsys=capsys)
    assert (status, found) == (1, ["a", "b", "c"])
    assert said[0] == f"{place}: {problem}"


def test_a_missing_part_is_named(
    scores: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (scores / "part-00001.jsonl").unlink()
    status, found, said = filtered("scores", capsys=capsys)
    assert (status, found) == (1, ["a", "c"])
    assert said[0] == "scores: lacks part 1"
    (scores / "_manifest.json").write_text('{"complete": true, "sizes": [1, 2, 3, 4]}')
    assert filtered("scores", capsys=capsys)[2][1] == "scores: lacks part 3"
    (scores / "part-00002.csv").rename(scores / "part-00005.csv")
    assert filtered("scores", capsys=capsys)[2][0] == "scores: lacks parts 1 to 4"
    # Without a manifest nobody says that parts are numbered without gaps.
    (scores / "_manifest.json").unlink()
    assert filtered("scores", capsys=capsys)[0] == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_named(
    scores: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (scores / "part-00001.jsonl").chmod(0)
    status, _, said = filtered("scores", capsys=capsys)
    assert status == 1
    assert said[0] == "scores/part-00001.jsonl: cannot be read (Permission denied)"
    scores.chmod(0)
    _, _, said = filtered("scores", capsys=capsys)
    scores.chmod(0o700)
    assert said[0] == "scores: cannot be read (Permission denied)"


# Usage --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["scores"], "Error: Give --keep, --drop or --weight.\n"),
        ([*GOOD], "Error: Missing argument 'SCORES...'.\n"),
        (
            ["scores", "--keep", "label"],
            "mtcheck: config: keep: 'label' (column 1) is a label, not a condition; "
            "compare it with something\n",
        ),
        (
            ["scores", *GOOD, "--output", "kept.txt"],
            "mtcheck: config: output must end in .parquet, .jsonl, .csv, got "
            "'kept.txt'\n",
        ),
        (
            ["scores", *GOOD, "--output", "scores/part-00002.csv"],
            "mtcheck: config: output must not be an input, got "
            "'scores/part-00002.csv'; name another file\n",
        ),
        (
            ["scores", "--level", "document", *GOOD],
            "mtcheck: config: keep: 'label' (column 1) is of a paragraph; say what it "
            "means for a document, such as share(...), any(...) or all(...) around "
            "it\n",
        ),
        (
            ["scores", *GOOD, "--output", "lost/kept.csv"],
            "mtcheck: lost/kept.csv: cannot be written (No such file or directory)\n",
        ),
    ],
    ids=["none", "scores", "kind", "suffix", "input", "level", "folder"],
)
def test_bad_usage_ends_with_2_and_writes_nothing(
    arguments: list[str],
    message: str,
    scores: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = {path: path.read_bytes() for path in scores.iterdir()}
    assert main(["filter", *arguments]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.endswith(message)
    assert {path: path.read_bytes() for path in scores.iterdir()} == before
    assert [*Path().iterdir()] == [Path("scores")]


def test_an_earlier_file_stays_where_nothing_could_be_read(scores: Path) -> None:
    Path("kept.csv").write_text("before")
    assert main(["filter", "lost.csv", *GOOD, "--output", "kept.csv"]) == 2
    assert Path("kept.csv").read_text() == "before"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_full_disk_is_told(scores: Path) -> None:
    with open("/dev/full", "w") as full:
        run = subprocess.run(
            [sys.executable, "-m", "mtcheck", "filter", "scores", *GOOD],
            stdout=full,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            text=True,
            check=False,
        )
    problem = "cannot be written (No space left on device)"
    assert (run.returncode, run.stderr) == (2, f"mtcheck: standard output: {problem}\n")


def test_filtering_loads_no_model_library(scores: Path) -> None:
    code = (
        "import sys; from mtcheck.cli import main; main(sys.argv[1:]); "
        "print(*sys.modules, file=sys.stderr)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, "filter", "scores", *GOOD],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert not {"sklearn", "kenlm", "lingua"} & {*run.stderr.split()}


def test_the_examples_of_the_help_stand_line_by_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["filter", "--help"]) == 0
    shown = capsys.readouterr().out
    assert "\\b" not in shown
    assert "\n      --output kept.parquet\n" in shown
