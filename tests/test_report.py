"""Reports lose nothing on the way to programs, and steer no terminal of people."""

import csv
import json
import re
from io import BytesIO, StringIO
from math import inf, isfinite, nan
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from mtcheck.errors import ConfigError
from mtcheck.excerpt import MOST, Mark, draw, fold
from mtcheck.report import (
    Lines,
    Screen,
    formats,
    make_visible,
    render,
    reporter,
    table,
)
from mtcheck.report.jsonl import as_object, encode
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

FIELDS = [
    "document",
    "paragraph",
    "start",
    "end",
    "language",
    "label",
    "probabilities",
    "evidence",
    "abstained",
    "findings",
    "reasons",
]
TEXT = (
    "The ferry attained the harbour at noon. . Nobody minded.\r\n\r\n"
    "Three words only.\r\n\r\nUn texte court en une langue que personne ne lit ici."
)
COLOURS = Screen(is_terminal=True, has_colour=True)


def scored() -> Scored:
    """Return a document with one verdict of each kind."""
    document = Document(TEXT, "harbour.txt", "harbour.txt")
    stop = Finding("MT101", "orphan-full-stop", "error", Span(39, 41), "alone: ' .'")
    first = Verdict(
        "harbour.txt",
        0,
        Span(0, 56),
        "en",
        Label.PARAPHRASED,
        dict(zip(LABELS, (0.2, 0.7, 0.1), strict=True)),
        "moderate",
        None,
        (stop,),
        (
            Reason("perplexity.mean_bits", 9.134, 0.821, Span(10, 18)),
            Reason("perplexity.mean_bits", 9.134, 0.821, Span(23, 30)),
            Reason("grammar.mistakes_per_100_words", nan, -0.25),
            Reason("made.up", 2.0, 0.1),
        ),
    )
    short = Verdict("harbour.txt", 1, Span(60, 77), "en", None, None, None, "too-short")
    foreign = Verdict(
        "harbour.txt", 2, Span(81, len(TEXT)), "fr", None, None, None, "language"
    )
    return Scored(document, (first, short, foreign))


def test_people_get_places_labels_findings_and_reasons() -> None:
    assert "\n".join(render([scored()])) == (
        """\
harbour.txt: 3 paragraphs: 1 paraphrased, 2 not judged; 1 finding

harbour.txt:1  paraphrased 70%, evidence moderate
  | The ferry attained the harbour at noon. . Nobody minded.
  |           ~~~~~~~~     ~~~~~~~         ^^
    1:40  MT101 alone: ' .' [orphan-full-stop]
    because mean surprise of a known token, in bits: 9.13 (+0.82), as in "attained", \
"harbour" [perplexity.mean_bits]
    although grammar mistakes that LanguageTool finds, a 100 words: not measured \
(-0.25) [grammar.mistakes_per_100_words]
    because made.up: 2 (+0.10) [made.up]

harbour.txt:3  not judged: under five words say too little
  | Three words only.

harbour.txt:5  not judged: the model does not know its language (fr)
  | Un texte court en une langue que personne ne lit ici."""
    )


def test_a_terminal_gets_the_same_words_in_colour() -> None:
    plain = list(render([scored()]))
    coloured = list(render([scored()], screen=COLOURS))
    stripped = [re.sub(r"\x1b\[[\d;]*m", "", line) for line in coloured]
    assert stripped == [line for line in plain if not re.search(r"\| +[~^]", line)]
    text = next(line for line in coloured if "attained" in line)
    assert "\x1b[4mattained\x1b[0m" in text
    assert "\x1b[1;4;31m .\x1b[0m" in text


def test_a_verdict_of_a_whole_document_has_no_count_of_paragraphs() -> None:
    verdict = Verdict("-", None, Span(0, 5), None, None, None, None, "language")
    lines = list(render([Scored(Document("\u2026 ?!."), (verdict,))]))
    assert lines[0] == "-: 0 findings"
    assert lines[2] == "-:1  not judged: its language cannot be told"


def test_an_empty_document_and_a_record_are_named() -> None:
    empty = Scored(Document("", "17", "corpus.jsonl"), ())
    assert list(render([empty, empty])) == [
        "17 (corpus.jsonl): no text",
        "",
        "17 (corpus.jsonl): no text",
    ]


@pytest.mark.parametrize(
    ("share", "shown"), [(1.0, "100%"), (0.9999, ">99%"), (0.994, "99%"), (0.4, "40%")]
)
def test_no_uncertain_verdict_is_rounded_to_certainty(share: float, shown: str) -> None:
    shares = dict(zip(LABELS, (share, 1 - share, 0.0), strict=True))
    verdict = Verdict("-", 0, Span(0, 2), "en", Label.ORIGINAL, shares, "none", None)
    lines = list(render([Scored(Document("Hm"), (verdict,))]))
    assert lines[2] == f"-:1  original {shown}, evidence none"


def test_an_unknown_format_is_refused() -> None:
    message = r"^format must be one of csv, html, jsonl, parquet, text, got 'stone'$"
    with pytest.raises(ConfigError, match=message):
        render([], "stone")
    with pytest.raises(ConfigError, match=message):
        table("stone")


def test_a_format_of_files_has_no_lines() -> None:
    message = "^format parquet is for files only; name one with --output, or a folder$"
    with pytest.raises(ConfigError, match=message):
        reporter("parquet")


def test_the_name_of_a_format_is_that_of_its_file() -> None:
    for name, format in formats().items():
        assert type(format).__module__ == f"mtcheck.report.{name}"


def test_a_reason_that_is_not_measured_is_null() -> None:
    verdict = Verdict(
        "-",
        0,
        Span(0, 2),
        "en",
        Label.ORIGINAL,
        dict(zip(LABELS, (1.0, 0.0, 0.0), strict=True)),
        "none",
        None,
        (),
        (Reason("a.b", nan, inf), Reason("a.c", 1.5, -1.0, Span(0, 1))),
    )
    (line,) = render([Scored(Document("Hm"), (verdict,))], "jsonl")
    assert json.loads(line)["reasons"] == [
        {"feature": "a.b", "value": None, "effect": None, "start": None, "end": None},
        {"feature": "a.c", "value": 1.5, "effect": -1.0, "start": 0, "end": 1},
    ]


# Generated results -----------------------------------------------------------

numbers = st.floats(width=32) | st.just(nan)
words = st.text(min_size=1, max_size=8)
names = st.sampled_from(["MT101", "orphan-full-stop", "perplexity.mean_bits"])
slowly = settings(deadline=None, max_examples=60)


@st.composite
def spans(draw_: st.DrawFn, text: str) -> Span:
    edges = st.integers(0, len(text))
    return Span(*sorted((draw_(edges), draw_(edges))))


@st.composite
def verdicts(draw_: st.DrawFn, text: str, index: int) -> Verdict:
    place = spans(text)
    found = st.builds(
        Finding, names, names, st.sampled_from(["error", "info"]), place, words
    )
    reason = st.builds(Reason, names, numbers, numbers, st.none() | place)
    common: dict[str, Any] = {
        "document": "d\udc80ö",
        "paragraph": draw_(st.sampled_from([index, None])),
        "span": draw_(place),
        "language": draw_(st.sampled_from(["en", "de", None])),
        "findings": tuple(draw_(st.lists(found, max_size=3))),
        "reasons": tuple(draw_(st.lists(reason, max_size=3))),
    }
    if draw_(st.booleans()):
        return Verdict(
            label=None, probabilities=None, evidence=None, abstained="x", **common
        )
    weights = draw_(st.tuples(*[st.floats(0.001, 1)] * 3))
    shares = [weight / sum(weights) for weight in weights]
    return Verdict(
        label=LABELS[shares.index(max(shares))],
        probabilities=dict(zip(LABELS, shares, strict=True)),
        evidence="weak",
        abstained=None,
        **common,
    )


@st.composite
def results(draw_: st.DrawFn) -> Scored:
    text = draw_(st.text(max_size=60) | st.text("a .\n\r\x1b\u202e", max_size=60))
    found = [draw_(verdicts(text, index)) for index in range(draw_(st.integers(0, 3)))]
    return Scored(Document(text, "d\udc80ö"), tuple(found))


def finite(value: float) -> float | None:
    return value if isfinite(value) else None


@slowly
@given(st.lists(results(), max_size=2))
def test_programs_can_read_everything_back(batch: list[Scored]) -> None:
    lines = list(render(batch, "jsonl"))
    wanted = [verdict for item in batch for verdict in item.verdicts]
    assert lines == list(map(encode, map(as_object, wanted)))
    for line, verdict in zip(lines, wanted, strict=True):
        assert "\n" not in line
        record = json.loads(line)
        assert list(record) == FIELDS
        assert record["document"] == verdict.document
        assert record["paragraph"] == verdict.paragraph
        assert Span(record["start"], record["end"]) == verdict.span
        assert record["language"] == verdict.language
        assert record["label"] == verdict.label
        assert record["probabilities"] == verdict.probabilities
        if verdict.probabilities is not None:
            assert list(record["probabilities"]) == list(LABELS)
            assert abs(sum(record["probabilities"].values()) - 1) < 1e-9
        assert record["evidence"] == verdict.evidence
        assert record["abstained"] == verdict.abstained
        assert [
            Finding(span=Span(item.pop("start"), item.pop("end")), **item)
            for item in record["findings"]
        ] == list(verdict.findings)
        assert [tuple(item.values()) for item in record["reasons"]] == [
            (
                reason.feature,
                finite(reason.value),
                finite(reason.effect),
                reason.span.start if reason.span else None,
                reason.span.end if reason.span else None,
            )
            for reason in verdict.reasons
        ]


def as_json(batch: list[Scored]) -> list[dict[str, Any]]:
    """Return what the lines of JSON say, with undecodable names as they write them."""
    lines = "\n".join(render(batch, "jsonl")).encode("utf-8", "backslashreplace")
    return [
        json.loads(line.replace(b"\\udc80", b"\\\\udc80"))
        for line in lines.splitlines()
    ]


@slowly
@given(st.lists(results(), max_size=3))
def test_a_table_says_what_the_lines_of_json_say(batch: list[Scored]) -> None:
    rows = parquet.read_table(
        BytesIO(table("parquet").encode(batch, "m@1"))
    ).to_pylist()
    assert [row.pop("model") for row in rows] == ["m@1"] * len(rows)
    assert rows == as_json(batch)


@slowly
@given(st.lists(results(), max_size=3))
def test_cells_say_what_the_lines_of_json_say(batch: list[Scored]) -> None:
    text = table("csv").encode(batch, "m@1").decode("utf-8")
    rows = list(csv.DictReader(StringIO(text, newline="")))
    for row, wanted in zip(rows, as_json(batch), strict=True):
        shares = wanted.pop("probabilities") or dict.fromkeys(LABELS)
        for name, value in {**wanted, **shares}.items():
            if name in ("findings", "reasons"):
                assert json.loads(row[name]) == value
            else:
                assert row[name] == ("" if value is None else str(value))


@slowly
@pytest.mark.parametrize("name", ["csv", "jsonl", "parquet"])
@given(batch=st.lists(results(), max_size=4), at=st.integers(0, 4))
def test_parts_put_together_are_what_they_are_in_one_go(
    name: str, batch: list[Scored], at: int
) -> None:
    format = table(name)
    whole = BytesIO()
    with TemporaryDirectory() as folder:
        parts = Path(folder, "a"), Path(folder, "b")
        for part, some in zip(parts, (batch[:at], batch[at:]), strict=True):
            part.write_bytes(format.encode(some, "m@1"))
        format.join(parts, whole)
    once = format.encode(batch, "m@1")
    if name == "parquet":
        assert parquet.read_table(whole).equals(parquet.read_table(BytesIO(once)))
    else:
        assert whole.getvalue() == once


def test_row_groups_of_a_whole_table_are_large(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("mtcheck.report.parquet.GROUP_ROWS", 4)
    format, whole, part = table("parquet"), BytesIO(), tmp_path / "a"
    part.write_bytes(format.encode([scored()], "m@1"))  # three rows
    format.join([part] * 3, whole)
    file = parquet.ParquetFile(whole)
    sizes = [file.metadata.row_group(at).num_rows for at in range(file.num_row_groups)]
    assert sizes == [4, 4, 1]


@slowly
@given(st.lists(results(), max_size=2))
def test_no_text_can_steer_a_terminal(batch: list[Scored]) -> None:
    for line in render(batch):
        assert line == make_visible(line)
        line.encode("utf-8")


@given(st.text())
def test_making_visible_keeps_offsets_and_words(text: str) -> None:
    shown = make_visible(text)
    assert len(shown) == len(text)
    assert make_visible(shown) == shown
    for before, after in zip(text, shown, strict=True):
        if before.isalnum():
            assert before == after


@given(st.text("ab\r\n"))
def test_places_are_those_of_an_editor(text: str) -> None:
    lines = Lines(text)
    place = (1, 1)
    for offset, character in enumerate(text):
        assert lines.place(offset) == place
        is_end = character == "\n" or (
            character == "\r" and text[offset + 1 : offset + 2] != "\n"
        )
        place = (place[0] + 1, 1) if is_end else (place[0], place[1] + 1)
    assert lines.place(len(text)) == place


@given(st.text("ab \n\r"), st.integers(3, 20))
def test_folded_lines_are_the_text(text: str, width: int) -> None:
    spans = list(fold(text, width))
    assert "".join(span.of(text) for span in spans) == text
    assert all(span.end - span.start <= width + 2 for span in spans)


# Excerpts --------------------------------------------------------------------


def excerpt(text: str, *marks: Mark, **screen: Any) -> list[str]:
    return list(draw(text, marks, Screen(**screen)))


def test_signs_stand_under_wide_letters_and_accents() -> None:
    text = "東 e\u0301 . ok"
    assert excerpt(text, Mark(Span(4, 6))) == [text, "    ^^"]


def test_an_empty_stretch_is_shown_by_its_follower() -> None:
    assert excerpt("ab", Mark(Span(1, 1))) == ["ab", " ^"]


def test_the_first_of_two_marks_on_one_place_wins() -> None:
    marks = Mark(Span(0, 2)), Mark(Span(1, 4), "~")
    assert excerpt("abcd", *marks) == ["abcd", "^^~~"]


def test_a_long_text_is_shortened_to_its_start_and_its_marks() -> None:
    text = "".join(f"line {number}\n" for number in range(9))
    at = text.index("6")
    expected = ["line 0", "…", "line 6", "     ^", "…"]
    assert excerpt(text, Mark(Span(at, at + 1))) == expected
    plain = excerpt(text, Mark(Span(at, at + 1)), has_unicode=False)
    assert plain == [line.replace("…", "...") for line in expected]
    assert excerpt(text) == ["line 0", "line 1", "…"]


def test_skipped_blank_lines_are_no_gap() -> None:
    text = "one\n\n\n\ntwo\n\nthree\n"
    assert excerpt(text, Mark(Span(7, 10))) == ["one", "", "two", "^^^", "…"]


def test_of_a_long_stretch_the_ends_are_shown() -> None:
    text = "".join(f"line {number}\n" for number in range(9))
    lines = excerpt(text, Mark(Span(8, 48)))
    assert [line for line in lines if line.startswith("line")] == [
        "line 0",
        "line 1",
        "line 6",
    ]


def test_many_marks_show_a_dozen_lines() -> None:
    text = "".join(f"line {number:02}\n" for number in range(50))
    marks = [Mark(Span(start, start + 4)) for start in range(0, 400, 8)]
    lines = excerpt(text, *marks)
    assert sum(line.startswith("line") for line in lines) == MOST
    assert lines[-1] == "…"
