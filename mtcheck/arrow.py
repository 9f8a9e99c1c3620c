"""Scores batches of Arrow, for those who have Spark, Ray Data and the like."""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from mtcheck.errors import ConfigError, InputError
from mtcheck.extract import Tier
from mtcheck.models import DEFAULT, open_model
from mtcheck.report.parquet import record_batch, schema
from mtcheck.scorer import Level
from mtcheck.scoring import score_documents
from mtcheck.types import Document, Scored, Span, Verdict

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["NO_TEXT", "schema", "score_batches", "score_table", "spark_schema"]

NO_TEXT = "no-text"
"""Why a row is not judged whose text is null, or holds no paragraph."""

_ROWS = 1_000
"""Rows whose verdicts are held and handed on together."""


def score_batches(
    batches: "Iterable[pa.RecordBatch]",
    *,
    text_field: str = "text",
    id_field: str = "id",
    model: str | Path = DEFAULT,
    tier: Tier = "full",
    level: Level = "paragraph",
    language: str | None = None,
    paragraphs: str = "auto",
) -> "Iterator[pa.RecordBatch]":
    """Yield the verdicts on the texts of each batch, with the columns of ``schema``.

    A text that is null, or has no paragraph, has one row all the same, which abstains
    with ``NO_TEXT``: no document is missing from the result. Identifiers become
    strings. A ConfigError says which column is not there, or is of another type.
    """
    signature = open_model(model).signature
    for batch in batches:
        names = _names(batch, id_field)
        texts = _texts(batch, text_field)
        for start in range(0, len(texts), _ROWS):
            some = texts.slice(start, _ROWS)
            documents = (
                Document(text or "", str(row), None, language)
                for row, text in enumerate(some.to_pylist(), start)
            )
            results = score_documents(
                documents, model=model, tier=tier, level=level, paragraphs=paragraphs
            )
            verdicts = [*chain.from_iterable(map(_verdicts, results, some.is_null()))]
            made = record_batch(verdicts, signature)
            # Names are those of the corpus, also where one is null.
            column = names.take(made["document"].cast("int64"))
            yield made.set_column(0, made.schema.field("document"), column)


def score_table(table: "pa.Table", **options: Any) -> "pa.Table":
    """Return the verdicts on the texts of a table; the options of ``score_batches``."""
    import pyarrow as pa

    found = score_batches(table.to_batches(), **options)
    return pa.Table.from_batches(found, schema())


def spark_schema() -> str:
    """Return ``schema`` as Spark's ``mapInArrow`` takes it.

    >>> spark_schema()[:56]
    '`document` STRING, `paragraph` INT, `start` BIGINT, `end'
    """
    return ", ".join(f"`{field.name}` {_spark(field.type)}" for field in schema())


def _spark(kind: Any) -> str:
    import pyarrow as pa

    if pa.types.is_list(kind):
        return f"ARRAY<{_spark(kind.value_type)}>"
    if pa.types.is_struct(kind):
        inner = ", ".join(f"`{field.name}`: {_spark(field.type)}" for field in kind)
        return f"STRUCT<{inner}>"
    return _SPARK[str(kind)]


_SPARK = {"string": "STRING", "int32": "INT", "int64": "BIGINT", "double": "DOUBLE"}


def _names(batch: "pa.RecordBatch", id_field: str) -> "pa.Array":
    from pyarrow import ArrowException, string

    column = _column(batch, id_field, "id_field")
    try:
        return column.cast(string())
    except ArrowException:
        raise ConfigError(
            f"column {id_field!r} must hold what names a text, got {column.type}"
        ) from None


def _texts(batch: "pa.RecordBatch", text_field: str) -> "pa.Array":
    from pyarrow import string
    from pyarrow.types import is_dictionary

    column = _column(batch, text_field, "text_field")
    kind = column.type.value_type if is_dictionary(column.type) else column.type
    if str(kind) not in ("string", "large_string", "string_view", "null"):
        raise ConfigError(f"column {text_field!r} must hold strings, got {kind}")
    return column.cast(string())


def _column(batch: "pa.RecordBatch", name: str, option: str) -> "pa.Array":
    if name not in batch.schema.names:
        known = ", ".join(batch.schema.names)
        raise ConfigError(f"{option} must be one of {known}, got {name!r}")
    return batch[name]


def _verdicts(result: Scored | InputError, is_null: Any) -> tuple[Verdict, ...]:
    """Return the verdicts on a text, or that there is nothing to judge."""
    # Only files can be lost, and these are none.
    document = cast(Scored, result).document
    verdicts = cast(Scored, result).verdicts
    if verdicts and not is_null.as_py():
        return verdicts
    span = Span(0, len(document.text))
    language = document.language
    return (Verdict(document.id, None, span, language, None, None, None, NO_TEXT),)
