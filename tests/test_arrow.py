"""Batches of Arrow in, batches of verdicts out; the same in Spark and in Ray."""

import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from conftest import lacking, needed

import mtcheck
from mtcheck import arrow
from mtcheck.arrow import NO_TEXT, schema, score_batches, score_table, spark_schema
from mtcheck.cli import main
from mtcheck.errors import ConfigError
from mtcheck.models import DEFAULT, model_folders, open_model
from mtcheck.report.parquet import record_batch

pytestmark = pytest.mark.skipif(not model_folders(), reason="no model is installed")

ROOT = Path(__file__).resolve().parent.parent
TEXTS: list[Any] = [
    "The ferry left the bay at noon, and nobody on the quay saw it.\n\nThe bell rang.",
    None,
    "He met the president. . They spoke for an hour about the harbour and its walls.",
    "",
    "Die Fähre verließ die Bucht am Mittag, und niemand am Kai sah von den Netzen auf.",
]
CORPUS = pa.table({"id": [7, 8, 9, None, 11], "text": TEXTS})


def scored(batches: Any, **options: Any) -> Any:
    """Return the verdicts on batches as one table."""
    return pa.Table.from_batches(score_batches(iter(batches), **options), schema())


def test_the_verdicts_are_those_of_score() -> None:
    texts = [text for text in TEXTS if text]
    results = mtcheck.score(texts)
    verdicts = [verdict for item in results for verdict in item.verdicts]
    expected = record_batch(verdicts, open_model(DEFAULT).signature).to_pylist()
    found = scored(pa.table({"id": ["0", "1", "2"], "text": texts}).to_batches())
    assert found.schema == schema()
    assert found.to_pylist() == expected


def test_no_row_is_lost() -> None:
    found = scored(CORPUS.to_batches())
    assert found["document"].to_pylist() == ["7", "7", "8", "9", None, "11"]
    assert found["paragraph"].to_pylist() == [0, 1, None, 0, None, 0]
    abstained = [None, "too-short", NO_TEXT, None, NO_TEXT, None]
    assert found["abstained"].to_pylist() == abstained
    assert found["language"].to_pylist()[-1] == "de"
    assert found["label"].null_count == 3


def test_the_cut_of_batches_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = scored(CORPUS.to_batches())
    assert scored(CORPUS.to_batches(max_chunksize=2)).equals(whole)
    empty = CORPUS.slice(0, 0).to_batches()
    assert scored([*empty, *CORPUS.to_batches(), *empty]).equals(whole)
    monkeypatch.setattr(arrow, "_ROWS", 2)
    assert scored(CORPUS.to_batches()).equals(whole)


def test_documents_have_one_row_each() -> None:
    found = score_table(CORPUS, level="document", language="en", tier="fast")
    assert found["document"].to_pylist() == ["7", "8", "9", None, "11"]
    assert found["paragraph"].null_count == 5


@pytest.mark.parametrize(
    "kind",
    [
        pa.large_string(),
        pa.string_view(),
        pa.dictionary(pa.int32(), pa.string()),
    ],
    ids=str,
)
def test_strings_of_every_kind_are_texts(kind: Any) -> None:
    texts = pa.array(TEXTS).cast(kind)
    table = pa.table({"url": [f"u{n}" for n in range(5)], "body": texts})
    found = score_table(table, text_field="body", id_field="url")
    expected = score_table(CORPUS).drop_columns("document")
    assert found.drop_columns("document").equals(expected)


def test_a_column_of_nulls_is_no_text() -> None:
    table = pa.table({"id": ["a"], "text": pa.nulls(1)})
    assert score_table(table)["abstained"].to_pylist() == [NO_TEXT]


@pytest.mark.parametrize(
    ("columns", "options", "message"),
    [
        (
            {"id": ["a"], "body": ["x"]},
            {},
            "text_field must be one of id, body, got 'text'",
        ),
        (
            {"url": ["a"], "text": ["x"]},
            {},
            "id_field must be one of url, text, got 'id'",
        ),
        (
            {"id": ["a"], "text": [1]},
            {},
            "column 'text' must hold strings, got int64",
        ),
        (
            {"id": [["a"]], "text": ["x"]},
            {},
            "column 'id' must hold what names a text, got list<item: string>",
        ),
        (
            {"id": ["a"], "text": ["x"]},
            {"level": "page"},
            "level must be one of paragraph, document, got 'page'",
        ),
    ],
    ids=["text", "id", "type", "name", "level"],
)
def test_what_is_no_corpus_is_refused(
    columns: dict[str, Any], options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        score_table(pa.table(columns), **options)
    assert str(caught.value).replace("element:", "item:") == message


def test_the_function_is_public() -> None:
    assert mtcheck.score_batches is score_batches


def test_the_schema_of_spark_has_every_column() -> None:
    assert spark_schema() == (
        "`document` STRING, `paragraph` INT, `start` BIGINT, `end` BIGINT, "
        "`language` STRING, `label` STRING, `probabilities` STRUCT<`original`: DOUBLE, "
        "`paraphrased`: DOUBLE, `machine_mangled`: DOUBLE>, `evidence` STRING, "
        "`abstained` STRING, `findings` ARRAY<STRUCT<`code`: STRING, `name`: STRING, "
        "`severity`: STRING, `start`: BIGINT, `end`: BIGINT, `message`: STRING>>, "
        "`reasons` ARRAY<STRUCT<`feature`: STRING, `value`: DOUBLE, `effect`: DOUBLE, "
        "`start`: BIGINT, `end`: BIGINT>>, `model` STRING"
    )


@pytest.fixture
def spark(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Return a session of Spark with one worker on this machine."""
    if shutil.which("java") is None:
        lacking("no Java to run Spark")
    sql = needed("pyspark.sql")
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), *sys.path]))
    session = (
        sql.SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )
    yield session
    session.stop()


@pytest.mark.filterwarnings("ignore")
def test_spark_gives_the_same_verdicts_and_filter_reads_them(
    spark: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [(str(number), text) for number, text in enumerate(TEXTS)]
    corpus = spark.createDataFrame(rows, "id STRING, text STRING").coalesce(1)
    scores = corpus.mapInArrow(score_batches, spark_schema())
    found = scores.toArrow()
    ids = pa.array([name for name, _ in rows])
    expected = score_table(pa.table({"id": ids, "text": TEXTS}))
    assert found.cast(schema()).to_pylist() == expected.to_pylist()
    folder = str(tmp_path / "scores")
    scores.write.parquet(folder)
    assert main(["filter", folder, "--keep", 'has("MT101")']) == 0
    kept = json.loads(capsys.readouterr().out)
    assert kept == {"document": "2", "paragraph": 0, "start": 0, "end": len(TEXTS[2])}


@pytest.mark.filterwarnings("ignore")
def test_ray_gives_the_same_verdicts() -> None:
    data = pytest.importorskip("ray.data")
    import ray

    ray.init(num_cpus=1, include_dashboard=False, log_to_driver=False)
    try:
        corpus = data.from_arrow(CORPUS)
        found = corpus.map_batches(score_table, batch_format="pyarrow")
        tables = [ray.get(block) for block in found.to_arrow_refs()]
    finally:
        ray.shutdown()
    assert pa.concat_tables(tables).to_pylist() == score_table(CORPUS).to_pylist()
