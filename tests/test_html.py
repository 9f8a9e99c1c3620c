"""The page of verdicts: all is there, at its place, and nothing of a text acts."""

import re
from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from mtcheck.cli import main
from mtcheck.marking.text import Mark, marked
from mtcheck.marking.verdicts import LONGEST_TEXT, MOST_NOTES
from mtcheck.models import model_folders
from mtcheck.report import make_visible, render
from mtcheck.report.html import MOST_PARAGRAPHS
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

TEXT = "The ferry was late. . Nobody minded.\n\nIt rang."
HOSTILE = (
    "<script>alert(1)</script> \"'><img src=x onerror=alert(1)> &amp; </p></main>"
    "\x00\x1b\u202e\udc80 <!-- ]]> ${x} </style></title>"
)

needs_model = pytest.mark.skipif(not model_folders(), reason="no model is installed")


def verdict(
    span: Span,
    index: int | None = 0,
    label: Label | None = Label.PARAPHRASED,
    findings: Iterable[Finding] = (),
    reasons: Iterable[Reason] = (),
    language: str | None = "en",
) -> Verdict:
    shares = dict(zip(LABELS, (0.2, 0.7, 0.1), strict=True))
    return Verdict(
        "a.txt",
        index,
        span,
        language,
        label,
        shares if label else None,
        "weak" if label else None,
        None if label else "too-short",
        tuple(findings),
        tuple(reasons),
    )


def finding(start: int, end: int, code: str = "MT101") -> Finding:
    return Finding(code, "orphan-full-stop", "error", Span(start, end), "it stands")


def page(*results: Scored) -> html.HtmlElement:
    return html.document_fromstring("\n".join(render(results, "html")))


def words(elements: Iterable[html.HtmlElement]) -> list[str]:
    return [" ".join(element.text_content().split()) for element in elements]


@pytest.fixture
def tree() -> html.HtmlElement:
    """Return the page of a document with a judged paragraph and one that is not."""
    judged = verdict(
        Span(0, 36),
        findings=[finding(19, 21)],
        reasons=[
            Reason("style.word_machine_logit", 1.5, 0.8, Span(22, 28)),
            Reason("surface.guiraud", 2.5, -0.2),
        ],
    )
    short = verdict(Span(38, 46), 1, None)
    return page(Scored(Document(TEXT, "a.txt"), (judged, short)))


def test_a_paragraph_is_told_in_words_and_not_only_in_colour(
    tree: html.HtmlElement,
) -> None:
    assert words(tree.iter("h2"))[-1] == "a.txt"
    assert words(tree.iter("h3")) == [
        "Line 1 ◐ paraphrased 70% evidence weak",
        "Line 3 – not judged under five words say too little",
    ]
    (shares,) = words(tree.find_class("shares"))
    assert shares == "original 20%, paraphrased 70%, machine_mangled 10%"


def test_a_finding_is_marked_at_its_place_and_leads_to_its_note(
    tree: html.HtmlElement,
) -> None:
    (mark,) = tree.xpath("//a[@class='mark finding error']")
    assert mark.text == " ."
    note = tree.get_element_by_id(mark.get("href")[1:])
    assert mark.get("aria-describedby") == note.get("id")
    assert words([note]) == ["1:20 MT101 it stands [orphan-full-stop]"]


def test_a_reason_shades_its_words_and_says_why(tree: html.HtmlElement) -> None:
    (mark,) = tree.xpath("//a[@class='mark surprise depth-3']")
    assert mark.text == "Nobody"
    (note,) = words([tree.get_element_by_id(mark.get("href")[1:])])
    assert note.startswith("because log-odds of machine translation")
    assert note.endswith('1.5 (+0.80), as in "Nobody" [style.word_machine_logit]')
    (other,) = words(tree.xpath("//li[last()]"))
    assert other.startswith("although distinct words")


def test_the_summary_counts_and_the_filter_offers_what_there_is(
    tree: html.HtmlElement,
) -> None:
    assert words(tree.iter("caption")) == [
        "Labels of 2 verdicts",
        "Evidence",
        "1 finding",
    ]
    assert words(tree.iter("tr")) == [
        "○ original0",
        "◐ paraphrased1",
        "● machine_mangled0",
        "– not judged1",
        "strong0",
        "moderate0",
        "weak1",
        "none0",
        "MT101 orphan-full-stop1",
    ]
    assert words(tree.xpath("//select[@name='code']/option")) == [
        "all",
        "any",
        "MT101 orphan-full-stop (1)",
    ]


def test_a_page_needs_nothing_else_and_allows_nothing_else(
    tree: html.HtmlElement,
) -> None:
    (policy,) = tree.xpath("//meta[@http-equiv]")
    told = policy.get("content")
    assert told.startswith("default-src 'none'; ")
    for element in tree.xpath("//script | //style"):
        digest = b64encode(sha256(element.text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in told
    assert "unsafe" not in told
    links = [*tree.xpath("//@src"), *tree.xpath("//@href")]
    assert [link for link in links if link[0] != "#"] == ["data:,"]
    assert not tree.xpath("//@style | //@*[starts-with(name(), 'on')]")


def test_whatever_a_text_or_a_name_holds_is_shown_as_text() -> None:
    document = Document(HOSTILE, HOSTILE, f"{HOSTILE}.txt")
    found = Finding("MT101", "orphan-full-stop", "error", Span(0, 8), HOSTILE)
    reason = Reason("surface.guiraud", 1.0, 1.0, Span(3, 12))
    span = Span(0, len(HOSTILE))
    shown = verdict(span, 0, findings=[found], reasons=[reason], language='"><b>')
    tree = page(Scored(document, (shown,)))
    seen = " ".join(make_visible(HOSTILE).split())
    assert len(tree.xpath("//script | //style | //title | //main")) == 4
    assert not tree.xpath("//img | //b")
    assert words(tree.find_class("text")) == [seen]
    assert seen in words(tree.iter("h1"))[0]
    assert f"{seen} ({seen}.txt)" in words(tree.iter("h2"))
    assert seen in words(tree.xpath("//li"))[0]
    "\n".join(render([Scored(document, (shown,))], "html")).encode("utf-8")


def test_a_verdict_of_a_document_has_its_whole_text() -> None:
    tree = page(Scored(Document(TEXT, "a.txt"), (verdict(Span(0, 46), None),)))
    (heading,) = words(tree.iter("h3"))
    assert heading.startswith("Whole document ")
    assert tree.find_class("text")[0].text_content() == TEXT


def test_no_documents_and_empty_ones_make_a_page() -> None:
    assert words(page().iter("h1")) == ["0 documents"]
    assert words(page(Scored(Document("", " "), ())).iter("h2"))[1:] == ["(no name)"]


def test_what_is_too_much_for_a_page_is_counted_and_said() -> None:
    few = tuple(verdict(Span(0, 4), index) for index in range(MOST_PARAGRAPHS - 1))
    several = [Scored(Document("Hm. ", name), few) for name in ("a", "b", "c")]
    tree = page(*several)
    assert len(tree.xpath("//article")) == MOST_PARAGRAPHS
    hidden = MOST_PARAGRAPHS - 2
    assert words(tree.find_class("cut")) == [
        f"… {hidden:,} more paragraphs of this document not shown.",
        "1 more document not shown: a page holds 2,000 paragraphs. The summary counts "
        "all; --format jsonl, csv or parquet holds all.",
    ]
    assert words(tree.iter("caption"))[0] == f"Labels of {3 * len(few):,} verdicts"


def test_of_a_broken_paragraph_the_start_is_shown() -> None:
    text = "x. " * LONGEST_TEXT
    late = finding(len(text) - 2, len(text) - 1)
    early = [finding(at, at + 1) for at in range(MOST_NOTES)]
    found = verdict(Span(0, len(text)), findings=[late, *early])
    tree = page(Scored(Document(text), (found,)))
    (shown,) = tree.find_class("text")
    assert shown.text_content() == text[:LONGEST_TEXT]
    (cut,) = words(tree.find_class("cut"))
    assert cut == f"… {2 * LONGEST_TEXT:,} more characters of this paragraph not shown."
    assert words(tree.xpath("//li"))[-1] == "1 more finding not told"


# Marked text -----------------------------------------------------------------

TAG = re.compile(r"<(/?)a\b([^>]*)>")
marks = st.builds(
    lambda at, length, note: Mark(Span(at, at + length), "finding", note, "MT101"),
    st.integers(0, 30),
    st.integers(0, 12),
    st.sampled_from(["n0", "n1", "n2"]),
)
texts = st.text(max_size=30) | st.text("a<& .\r\n\x1b\u202e", max_size=30)


@given(texts, st.lists(marks, max_size=5))
def test_marked_text_is_the_text_and_marks_cover_their_place(
    text: str, found: list[Mark]
) -> None:
    shown = marked(text, [mark for mark in found if mark.span.end <= len(text)])
    plain = unescape(TAG.sub("", shown))
    assert len(plain) == len(text)
    assert plain.replace("\n", " ") == make_visible(text)
    covered: list[set[str]] = []
    notes: set[str] = set()
    for piece in re.split(r"(<[^>]*>)", shown):
        if piece.startswith("<"):
            told = re.search(r'aria-describedby="([^"]*)"', piece)
            notes = set(told[1].split()) if told else set()
        else:
            covered += [notes] * len(unescape(piece))
    for mark in found:
        if text and mark.span.end <= len(text):
            start = min(mark.span.start, len(text) - 1)
            for at in range(start, max(mark.span.end, start + 1)):
                assert mark.note in covered[at]


def test_overlapping_marks_are_one_stop_each() -> None:
    found = [
        Mark(Span(0, 9), "finding", "n1", "MT501"),
        Mark(Span(3, 6), "surprise depth-1", "n2", "style"),
    ]
    links = html.fragment_fromstring(marked("abcdefghi", found), "p").findall("a")
    assert [link.text for link in links] == ["abc", "def", "ghi"]
    assert [link.get("tabindex") for link in links] == [None, None, "-1"]
    assert links[1].get("class") == "mark finding surprise depth-1"
    assert links[1].get("aria-describedby") == "n1 n2"


def test_a_blank_stretch_has_a_name_to_read_out() -> None:
    found = [Mark(Span(1, 3), "finding", "n1", "MT103")]
    (link,) = html.fragment_fromstring(marked("a  b", found), "p").findall("a")
    assert link.get("aria-label") == "blank: MT103"


# The command -----------------------------------------------------------------


@needs_model
def test_the_suffix_names_the_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, target = tmp_path / "a.txt", tmp_path / "x.html"
    path.write_text(TEXT, encoding="utf-8")
    assert main(["score", str(path), "--output", str(target)]) == 0
    assert main(["score", str(path), "--format", "html", "--quiet"]) == 0
    assert target.read_text("utf-8") == capsys.readouterr().out
    assert "MT101" in target.read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "format"), [("pages/", "html"), ("x.html.gz", "html"), ("t/", "text")]
)
def test_a_page_is_one_plain_file(
    name: str, format: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, target = tmp_path / "a.txt", f"{tmp_path}/{name}"
    path.write_text(TEXT, encoding="utf-8")
    assert main(["score", str(path), "--output", target, "--format", format]) == 2
    assert capsys.readouterr().err == (
        "mtcheck: config: output must be a plain file where the format is "
        f"{format}, got {target!r}\n"
    )
