"""Paragraphs, sentences and tokens keep their places in the text."""

import json
import lzma
import os
import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtcheck.errors import ConfigError
from mtcheck.segment import (
    MODES,
    count_words,
    passages,
    split_paragraphs,
    split_sentences,
)
from mtcheck.types import Document, Paragraph, Span

SHARED = Path(os.environ.get("MTCHECK_SHARED", Path(__file__).parents[2] / "shared"))

any_text = st.one_of(
    st.text(st.characters()),
    st.text(st.sampled_from("aB1é. .!?…\n\r\t\u2028\u2029\x85\xa0\"'“”()[]_-。ſ😀")),
)


def pieces(text: str, mode: str = "auto") -> list[str]:
    return [span.of(text) for span in split_paragraphs(text, mode)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("", [], id="empty"),
        pytest.param(" \n\n\xa0\n", [], id="only white space"),
        pytest.param("one", ["one"], id="one line"),
        pytest.param("a b\nc\n\nd", ["a b\nc", "d"], id="blank line"),
        pytest.param("a\r\n\r\nb\r\nc", ["a", "b\r\nc"], id="windows"),
        pytest.param("a\r\rb\rc", ["a", "b\rc"], id="old macintosh"),
        pytest.param("a\u2029\u2029b", ["a", "b"], id="paragraph separator"),
        pytest.param("a\n \xa0\t\nb\nc", ["a", "b\nc"], id="blank line with spaces"),
        pytest.param("a\nb\r\nc", ["a", "b", "c"], id="no blank line"),
        pytest.param("\n\n a\nb \n\n", ["a", "b"], id="blank lines only outside"),
        pytest.param("a\n\n\n\n\nb", ["a", "b"], id="many blank lines"),
        pytest.param("a\u2028b\x85c\fd", ["a\u2028b\x85c\fd"], id="no line ends"),
        pytest.param("\xa0 a\xa0\n\nb ", ["a", "b"], id="edges are stripped"),
    ],
)
def test_paragraphs_are_parted_by_blank_lines_or_lines(
    text: str, found: list[str]
) -> None:
    assert pieces(text) == found


def test_a_mode_insists() -> None:
    assert pieces("a\nb", "blank") == ["a\nb"]
    assert pieces("a\nb\n\nc", "line") == ["a", "b", "c"]


def test_an_unknown_mode_is_refused() -> None:
    words = "paragraphs must be one of auto, blank, line, got 'page'"
    with pytest.raises(ConfigError, match=f"^{re.escape(words)}$"):
        next(passages(Document("a"), "page"))


ENGLISH = [
    pytest.param(["He came.", "She left!", "Did they?", "Yes…", "No."], id="marks"),
    pytest.param(["“Go!”", "She went.", "(Far away.)", "Gone."], id="closing marks"),
    pytest.param(["“Is it?” he asked.", "It was."], id="speech goes on"),
    pytest.param(["Dr. Miller met Mr. J. K. Smith Jr. at 5 p.m. sharp."], id="titles"),
    pytest.param(["He lives in the U.S. with her.", "She does not."], id="letters"),
    pytest.param(["They moved to the U.S.", "The house was sold."], id="letters end"),
    pytest.param(["See Fig. 3 and No. 5.", "I said no.", "Tom left."], id="numbers"),
    pytest.param(["It rained.[12]", "The street was wet."], id="footnote"),
    pytest.param(["It will end . .", "They went on."], id="orphan stops"),
    pytest.param(["It ended\xa0.", "They went on."], id="no-break space"),
    pytest.param(["1. First this.", "2. Then that."], id="list"),
    pytest.param(["It was so.", "- He denied it."], id="dash"),
    pytest.param(["Costs 3.50 at example.com/a.b today."], id="inside words"),
    pytest.param(["It was 1990.", "Then came the war."], id="year"),
    pytest.param(["no capital. so no end"], id="small letters"),
    pytest.param(["他来了。", "她走了！", "好吗？"], id="full width"),
]
GERMAN = [
    pytest.param(["Die Fa. Bauer kam zum 2. Mal.", "Gut!"], id="company, ordinal"),
    pytest.param(["Am 3. Januar 2020 kam Dr. Meier.", "Er blieb."], id="date"),
    pytest.param(["Im 19. Jahrhundert war das so.", "Heute nicht."], id="century"),
    pytest.param(["Das war 1990.", "Danach kam er."], id="year"),
    pytest.param(["Er wurde 42.", "Sie nicht."], id="age"),
    pytest.param(["Nimm z. B. Äpfel, d. h. Obst.", "Oder Nüsse usw."], id="spaced"),
    pytest.param(["Es kostet 5 Mio. Euro.", "Das ist viel."], id="million"),
    pytest.param(["Nach Art. 5 Abs. 2 gilt das.", "Diese Art.", "Peter."], id="law"),
    pytest.param(["Er rief: „Komm!“", "Dann ging er."], id="speech"),
]


@pytest.mark.parametrize(
    ("sentences", "code"),
    [
        *(pytest.param(*row.values, "en", id=f"en {row.id}") for row in ENGLISH),
        *(pytest.param(*row.values, "de", id=f"de {row.id}") for row in GERMAN),
        pytest.param(["Il est venu.", "Elle dort."], "fr", id="fr like english"),
    ],
)
def test_sentences_end_where_a_reader_would_say(
    sentences: list[str], code: str
) -> None:
    gap = "" if "。" in sentences[0] else " "
    text = gap.join(sentences)
    assert [span.of(text) for span in split_sentences(text, code)] == sentences


def test_words_are_counted() -> None:
    text = "  Don't stop_here: well-known 3rd Haus’s –"
    assert count_words(text) == 6
    assert count_words(text, most=3) == 3
    assert count_words("?!") == 0


def test_tokens_have_their_places() -> None:
    text = "First.  Don’t stop_here: well-known 3rd Haus’s (24)."
    (passage,) = passages(Document(text, language="en"))
    _, tokens = passage.tokens
    written = ["Don’t", "stop", "here", ":", "well-known", "3rd", "Haus’s"]
    assert tokens.written == [*written, "(", "24", ")"]
    assert tokens.line == "don't stop here : well-known 0 haus's ( 0 )"
    assert len(tokens) == 10
    places = [tokens.span(at) for at in range(len(tokens))]
    assert [place.of(text) for place in places] == tokens.written
    assert (places[0], places[-1]) == (Span(8, 13), Span(50, 51))


def test_passages_know_their_document() -> None:
    document = Document("One line.\n\nAnd two. Or three?", language="en")
    first, second = passages(document)
    assert first.document is document
    assert (first.index, second.index) == (0, 1)
    assert second.paragraphs == (
        Paragraph("One line.", Span(0, 9), "en"),
        Paragraph("And two. Or three?", Span(11, 29), "en"),
    )
    assert second.paragraph is second.paragraphs[1]
    assert second.sentences == (Span(0, 8), Span(9, 18))
    assert second.sentences is second.sentences


def test_a_paragraph_may_have_its_own_language() -> None:
    german = (
        "Der Regen hatte aufgehört, aber die Straßen der kleinen Stadt waren nass, "
        "und niemand wollte vor dem Abend auf den Markt gehen."
    )
    english = (
        "The rain had stopped, but the streets of the small town were still wet, and "
        "nobody wanted to go to the market before the evening."
    )
    document = Document("\n\n".join(["Home | News", english, english, german]))
    found = [passage.paragraph.language for passage in passages(document)]
    assert found == ["en", "en", "en", "de"]
    named = Document(document.text, language="de")
    assert {passage.paragraph.language for passage in passages(named)} == {"de"}


def check_spans(spans: list[Span], text: str) -> None:
    """Spans ascend, are stripped, and what lies outside them is white space."""
    assert all(before.end <= after.start for before, after in pairwise(spans))
    assert all(
        span.of(text) and span.of(text) == span.of(text).strip() for span in spans
    )
    edges = [0, *(edge for span in spans for edge in (span.start, span.end)), len(text)]
    outside = zip(edges[::2], edges[1::2], strict=True)
    assert not "".join(text[start:end] for start, end in outside).strip()


@given(any_text, st.sampled_from(MODES))
def test_paragraphs_rebuild_any_text(text: str, mode: str) -> None:
    document = Document(text, language="en")
    paragraphs = [passage.paragraph for passage in passages(document, mode)]
    check_spans([paragraph.span for paragraph in paragraphs], text)
    assert all(one.span.of(text) == one.text for one in paragraphs)


@given(any_text, st.sampled_from(["en", "de", "zh"]))
def test_sentences_and_tokens_rebuild_any_paragraph(text: str, code: str) -> None:
    for passage in passages(Document(text, language=code)):
        inside = passage.paragraph.text
        check_spans(list(passage.sentences), inside)
        for sentence, tokens in zip(passage.sentences, passage.tokens, strict=True):
            places = [tokens.span(at) for at in range(len(tokens))]
            assert [place.of(inside) for place in places] == tokens.written
            assert len(tokens.line.split()) == len(tokens)
            edges = [sentence.start, *(p.start for p in places), sentence.end]
            assert edges == sorted(edges)


@settings(deadline=None)  # lingua loads its models in the first example
@given(any_text)
def test_any_text_can_be_segmented_without_a_language(text: str) -> None:
    assert len(list(passages(Document(text)))) == len(split_paragraphs(text))


@pytest.mark.parametrize(
    "text",
    [".", "a.", "a. ", '."', ". ", "\n", "\n ", "a\n", " ", "A. A ", "z. "],
    ids=repr,
)
def test_an_endless_paragraph_is_parted(text: str) -> None:
    # A pattern that went back over what it has read would take hours here.
    long = text * 100_000 + "a"
    for spans in (split_paragraphs(long), list(split_sentences(long))):
        check_spans(spans, long)


@pytest.mark.skipif(not SHARED.is_dir(), reason="MTCHECK_SHARED names no folder")
def test_real_pages_rebuild() -> None:
    with lzma.open(SHARED / "data" / "scraped" / "pages.jsonl.xz", "rb") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    for text in texts:
        found = list(passages(Document(text, language="en")))
        check_spans([passage.paragraph.span for passage in found], text)
        for passage in found:
            check_spans(list(passage.sentences), passage.paragraph.text)
