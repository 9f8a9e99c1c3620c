"""Expressions over scores, and the tables that they are worked out of."""

from collections.abc import Iterator
from contextlib import suppress
from itertools import product
from pathlib import Path
from typing import Any

import pyarrow as pa

from fuzz.target import Run, Target, read_input
from mtcheck.errors import ConfigError, InputError
from mtcheck.filtering import Sieve
from mtcheck.filtering.expressions import AGGREGATES
from mtcheck.filtering.tables import READERS, find_tables, read_tables
from mtcheck.filtering.values import NAMES
from mtcheck.report import render
from mtcheck.report import table as table_of
from mtcheck.report.parquet import schema
from mtcheck.rules import all_rules
from mtcheck.scorer import LEVELS
from mtcheck.types import (
    LABELS,
    Document,
    Finding,
    Label,
    Reason,
    Scored,
    Span,
    Verdict,
)

_DROP = ('evidence >= "weak"', 'has("MT5")', "1 / findings > length")
_OF_DOCUMENTS = ('share(evidence >= "weak") < 0.1', "mean(original) > 0.2")


def _scored() -> list[Scored]:
    """Return two documents; of the first a paragraph is judged, and one is not."""
    text = "Er kam. . Sie ging.\n\nNein."
    finding = Finding("MT101", "orphan-full-stop", "error", Span(8, 10), "'.'")
    shares = dict(zip(LABELS, (0.25, 0.5, 0.25), strict=True))
    reason = Reason("perplexity.mean_bits", 8.5, 0.5, Span(0, 6))
    found = []
    for name in ("a", "b\t\ud800"):
        judged = Verdict(
            name, 0, Span(0, 19), "de", Label.PARAPHRASED, shares, "weak", None,
            (finding,), (reason,),
        )  # fmt: skip
        short = Verdict(name, 1, Span(21, 26), None, None, None, None, "too-short")
        found.append(Scored(Document(text, name), (judged, short)))
    return found


def _rows() -> Any:
    data = pa.py_buffer(table_of("parquet").encode(_scored(), "base@1"))
    from pyarrow import parquet

    return parquet.read_table(pa.BufferReader(data)).cast(schema()).to_batches()[0]


def _sifted(sieve: Sieve, batches: Iterator[Any]) -> None:
    for outcome in sieve.sift(batches):
        assert isinstance(outcome, pa.RecordBatch | InputError)
        if isinstance(outcome, pa.RecordBatch):
            outcome.validate(full=True)
            assert outcome.schema == sieve.schema
    assert all([*sieve.counts.lines("paragraph")])
    assert sieve.counts.n_kept <= sieve.counts.n_seen


def _expressions(folder: Path) -> Run:
    rows = _rows()
    choices = [*product(("drop", "keep", "weight"), LEVELS)]

    def run(data: bytes) -> None:
        mode, body = read_input(data)
        option, level = choices[mode % len(choices)]
        text = body.decode("utf-8", "surrogateescape")
        asked: dict[str, Any] = {option: text if option == "weight" else [text]}
        with suppress(ConfigError):
            _sifted(Sieve(**asked, level=level), iter([rows, rows[:1]]))

    return run


def _tables(folder: Path) -> Run:
    choices = [*product([*READERS, ".csv.gz"], LEVELS)]

    def run(data: bytes) -> None:
        mode, body = read_input(data)
        suffix, level = choices[mode % len(choices)]
        path = folder / f"scores{suffix}"
        path.write_bytes(body)
        sieve = (
            Sieve(drop=_DROP, weight="original")
            if level == "paragraph"
            else Sieve(keep=_OF_DOCUMENTS, level=level)
        )
        tables = find_tables([str(path)])
        _sifted(sieve, iter(read_tables(tables, sieve.columns)))

    return run


def _written() -> list[bytes]:
    texts = [*_DROP, *_OF_DOCUMENTS, "mean(original)", "-length + 2 * (start % 3)"]
    texts += ["0.1 < original <= 0.2 and not label in ['original']", "abs(start) if 1"]
    texts += ["min(original, 1e308 * 10, paraphrased) if has('MT1') else +findings"]
    seeds = [bytes([at % 6]) + text.encode() for at, text in enumerate(texts)]
    return [*seeds, b"\2original", b"\3count('mt1') / sum(length) > 0.5"]


def _scores() -> list[bytes]:
    lines = "\n".join(render(_scored(), "jsonl")).encode("utf-8", "backslashreplace")
    cells = "\n".join(render(_scored(), "csv")).encode("utf-8", "backslashreplace")
    table = table_of("parquet").encode(_scored(), "base@1")
    order = {".parquet": table, ".jsonl": lines, ".csv": cells}
    return [
        bytes([2 * at + level]) + order[suffix]
        for at, suffix in enumerate(READERS)
        for level in range(2)
    ]


_SIGNS = (
    "( ) [ ] , and or not in is None if else < <= == != + - * / has( count( min( max( "
    "abs( '' lambda : := ** // % ~ @ . f'{ 1j 0x 1e999 await"
)
_CODES = [f'"{rule.code}"' for rule in all_rules()][:9]

TARGETS = (
    Target(
        "expressions",
        "what --keep, --drop and --weight are given",
        _expressions,
        _written,
        [*NAMES, *AGGREGATES, *_CODES, *_SIGNS.split()],
    ),
    Target("tables", "tables of scores in each format", _tables, _scores),
)
