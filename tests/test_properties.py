"""Laws of the whole path, for texts in any writing and in any company."""

import json
import unicodedata
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from fuzz.contract import check_findings, check_scored
from hypothesis import given, settings
from hypothesis import strategies as st

from mtcheck.corpus import parts as cutting
from mtcheck.corpus.run import Inputs, Run
from mtcheck.corpus.target import Target
from mtcheck.corpus.work import Work
from mtcheck.errors import InputError
from mtcheck.linting import Linter
from mtcheck.models import model_folders, open_model
from mtcheck.read import ReadOptions
from mtcheck.rules import all_rules, find_defects, unmark
from mtcheck.schedule import spread
from mtcheck.scoring import score
from mtcheck.segment import passages
from mtcheck.types import Document, Finding, Span

pytestmark = pytest.mark.skipif(not model_folders(), reason="no model is installed")

SENTENCES = (
    "The old ferry left the harbour at noon, and nobody looked up from the nets.",
    "He met the president. . They spoke for an hour about the price of bread.",
    "Die alte Fähre verließ den Hafen am Mittag, und niemand sah von den Netzen auf.",
    "Die Behörde hat beschlossen , das Gebäude zu errichten.",
    "הסירה הישנה עזבה את הנמל בצהריים, ואיש לא הרים את עיניו.",
    "غادر القارب القديم الميناء عند الظهر ولم يرفع أحد عينيه.",
    "旧渡轮中午离开港口。没有人抬起头来。",
    "𝔗𝔥𝔢 𝔬𝔩𝔡 𝔣𝔢𝔯𝔯𝔶 🛶👩🏽‍🚀 \U0010fffd",
)
MARKS = "\u200b\u200d\u200f\u202e\u2066\ufeff\xad\u0301\u0308\U000e0041\ufffe\0\x85\xa0"
FORMS = ("NFC", "NFD", "NFKC", "NFKD")


@st.composite
def in_any_writing(draw: st.DrawFn) -> str:
    """Return sentences in a Unicode form, with marks that few see put among them."""
    sentences = draw(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4))
    text = draw(st.sampled_from([" ", "\n\n", "\r\n\r\n", "\u2029"])).join(sentences)
    text = unicodedata.normalize(draw(st.sampled_from(FORMS)), text)
    for mark in draw(st.lists(st.sampled_from(MARKS), max_size=6)):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + mark + text[at:]
    return text + draw(st.text(st.characters(), max_size=20))


writings = in_any_writing()
# Of these, halves of surrogate pairs cannot stand in a file.
stored = writings.map(lambda text: text.encode("utf-8", "replace").decode())


# Any writing ---------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(writings, st.sampled_from(["paragraph", "document"]))
def test_text_in_any_writing_gets_verdicts_or_reasons_for_none(
    text: str, level: Any
) -> None:
    (scored,) = score([text], level=level)
    assert scored.document.text == text
    check_scored(scored, level)


@settings(max_examples=60, deadline=None)
@given(writings, st.sampled_from(["a.txt", "a.md", "a.html"]))
def test_findings_lie_in_a_file_in_any_writing(text: str, path: str) -> None:
    linted = Linter().lint(Document(text, path, path))
    check_findings(linted.findings, Span(0, len(text)))


@settings(max_examples=60, deadline=None)
@given(writings)
def test_the_unicode_form_moves_no_end_of_a_paragraph(text: str) -> None:
    composed, apart = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    found = [
        [p.paragraph.text for p in passages(Document(it))] for it in (composed, apart)
    ]
    again = [unicodedata.normalize("NFC", it) for it in found[1]]
    assert again == found[0]


# Company -------------------------------------------------------------------------


@settings(max_examples=15, deadline=None)
@given(st.lists(writings, min_size=2, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_texts_changes_their_order_and_nothing_else(
    texts: list[str], source: Any
) -> None:
    documents = [Document(text, f"d{at}") for at, text in enumerate(texts)]
    shuffled = source.sample(documents, len(documents))
    by_name = {item.document.id: repr(item) for item in score(shuffled)}
    assert [repr(item) for item in score(documents)] == [
        by_name[document.id] for document in documents
    ]


class Silent:
    """Hears how a run goes, and stops it after some parts."""

    def __init__(self, most: int | None = None) -> None:
        self._left = most

    def begin(self, n_bytes: int, n_bytes_done: int, n_parts_done: int) -> None: ...

    def find_complete(self) -> None: ...

    def lose(self, error: InputError) -> None: ...

    def stop(self, n_parts: int) -> None: ...

    def advance(self, n_bytes: int, n_paragraphs: int) -> None:
        if self._left is not None:
            self._left -= 1
            if self._left <= 0:
                raise KeyboardInterrupt


def scored(corpus: Path, output: str, jobs: int = 1, most: int | None = None) -> None:
    """Score a corpus into a folder beside it; stop after ``most`` parts."""
    target = Target.of(f"{corpus.parent / output}/", "jsonl")
    assert target is not None
    work = Work("base", open_model().signature, "fast", "paragraph", "auto", "jsonl")
    inputs = Inputs.of([str(corpus)], ReadOptions())
    Run(inputs, work, target, Silent(most), jobs).score()


def contents(folder: Path) -> dict[str, bytes]:
    """Return the names and the bytes of all files of a folder."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.mark.parametrize(("jobs", "n_examples"), [(1, 8), (2, 3)])
def test_a_corpus_in_any_writing_ends_in_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    jobs: int,
    n_examples: int,
) -> None:
    monkeypatch.setattr(cutting, "FIRST_PART", 300)

    @settings(max_examples=n_examples, deadline=None)
    @given(st.lists(stored, min_size=3, max_size=8), st.integers(1, 3))
    def stopped_and_taken_up(texts: Sequence[str], most: int) -> None:
        corpus = tmp_path_factory.mktemp("corpus") / "a.jsonl"
        corpus.write_text("".join(json.dumps({"text": it}) + "\n" for it in texts))
        scored(corpus, "once")
        once = contents(corpus.parent / "once")
        try:
            scored(corpus, "again", jobs, most)
        except KeyboardInterrupt:
            scored(corpus, "again", jobs)
        assert contents(corpus.parent / "again") == once

    stopped_and_taken_up()


# A thread of joblib may trip over the processes that it ends, once in many times.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_work_that_is_given_up_is_given_up_in_silence() -> None:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        results = spread(abs, range(50), jobs=2)
        assert next(results) in range(50)
        del results
    assert told == []


# A clean paragraph ---------------------------------------------------------------

CLEAN = {
    "en": "The harbour office opened at seven, and two clerks sorted the letters.",
    "de": "Das Hafenamt öffnete um sieben, und zwei Schreiber ordneten die Briefe.",
}
EXAMPLES = sorted({unmark(text)[0] for rule in all_rules() for text in rule.bad})
PAGE_CHROME = "MT502"
"""What a page has beside its text is told by its lines together: where a stretch of it
ends may depend on what else is there."""

blocks = st.lists(st.sampled_from(EXAMPLES), min_size=1, max_size=5)


def defects(text: str, language: str) -> list[Finding]:
    """Return the findings of a text whose paragraphs are parted by blank lines."""
    document = Document(text, language=language)
    return [
        finding
        for passage in passages(document, "blank")
        for finding in find_defects(passage)
    ]


@settings(max_examples=150, deadline=None)
@given(blocks, st.sampled_from(["en", "de"]), st.data())
def test_a_clean_paragraph_removes_no_finding_elsewhere(
    parts: list[str], language: str, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(parts)))
    text = "\n\n".join(parts)
    longer = "\n\n".join([*parts[:at], CLEAN[language], *parts[at:]])
    start = len("\n\n".join([*parts[:at], ""])) if at else 0
    moved = len(longer) - len(text)
    found = {(item.code, item.span) for item in defects(longer, language)}
    for item in defects(text, language):
        is_behind = item.span.start >= start
        span = item.span.shift(moved) if is_behind else item.span
        if item.code == PAGE_CHROME:
            assert any(code == PAGE_CHROME and meets(span, it) for code, it in found)
        else:
            assert (item.code, span) in found


def meets(one: Span, other: Span) -> bool:
    """Tell whether two stretches have something in common."""
    return one.start < other.end and other.start < one.end
