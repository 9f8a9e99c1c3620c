"""A view shows the prose of a file, and knows where each stretch of it stands."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtcheck.linting import Linter
from mtcheck.markup import PACKINGS, VIEWS, View, suffix_of, view
from mtcheck.markup.pieces import stand_in
from mtcheck.read import OPENERS, READERS
from mtcheck.report import Lines
from mtcheck.types import Document, Span

PATHS = ("a.md", "a.html", "a.txt")

MARKED_UP = [
    "# ", "## a #", "\n", "\n\n", "  \n", "\\\n", "> ", "- ", "1. ", "    ", "\t",
    "```\n", "~~~", "`a`", "``", "`", "*", "**", "_", "~~", "[", "](b)", "](b 'c')",
    "![", "[a]: b\n", "[^1]", "[^1]: ", "<b>", "</b>", "<a title='>'>", "<br>",
    "<code>", "</code>", "<!--", "-->", "<!-- mtcheck: ignore MT1 -- x -->",
    "<script>", "</script>", "<svg>", "<pre>", "</pre>", "<p>", "<td>", "&amp;",
    "&nbsp;", "&shy;", "&#10;", "&", "<", ">", "$", "$$", "| ", "|-|-|", "---\n",
    "===\n", "https://a.example/b(c).", "www.a.example", "{#a}", ":tada:", "\r\n",
    "\r", "\\", "\\*", "a", "The", " ", ".", "é", "\u2029", "+++\n", "<a ", "=\"", "'",
]  # fmt: skip
TEXTS = st.one_of(
    st.lists(st.sampled_from(MARKED_UP), max_size=40).map("".join), st.text()
)


def lines(text: str, path: str) -> list[str]:
    return view(text, path).text.split("\n\n")


def pieces(shown: View) -> list[tuple[str, Span, bool]]:
    """Return each piece with its place, and whether it was put in for something."""
    edges = (*shown.starts[1:], len(shown.text))
    spans = map(Span, shown.starts, edges)
    return [
        (span.of(shown.text), shown.place(span), index in shown.ends)
        for index, span in enumerate(spans)
        if span.start < span.end
    ]


@settings(max_examples=400)
@given(TEXTS, st.sampled_from(PATHS))
def test_what_is_kept_is_the_same_in_the_file_and_pieces_stand_in_order(
    text: str, path: str
) -> None:
    shown = view(text, path)
    assert "".join(piece for piece, _, _ in pieces(shown)) == shown.text
    end = 0
    for piece, place, is_put in pieces(shown):
        assert end <= place.start < place.end <= len(text)
        assert is_put or place.of(text) == piece
        end = place.end


@settings(max_examples=400)
@given(TEXTS, st.sampled_from(PATHS), st.data())
def test_any_stretch_has_a_place_in_the_file(
    text: str, path: str, data: st.DataObject
) -> None:
    shown = view(text, path)
    end = data.draw(st.integers(0, len(shown.text)))
    start = data.draw(st.integers(0, end))
    place = shown.place(Span(start, end))
    assert 0 <= place.start <= place.end <= len(text)
    assert (place.start < place.end) == (start < end)


@given(TEXTS, st.sampled_from(PATHS))
def test_comments_stand_in_the_file(text: str, path: str) -> None:
    found = view(text, path).comments
    assert list(found) == sorted(set(found))
    assert all(span.of(text).startswith("<!--") for span in found)


@settings(deadline=None)
@given(TEXTS, st.sampled_from(PATHS))
def test_any_text_can_be_linted(text: str, path: str) -> None:
    for found in Linter().lint(Document(text, path, path, "en")).findings:
        assert 0 <= found.span.start < found.span.end <= len(text)


@given(st.text().filter(lambda text: "mtcheck" not in text))
def test_plain_text_is_shown_as_it_stands(text: str) -> None:
    assert view(text, "a.txt") == View(text)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "unit",
    [
        "[", "]", "*a", "a**b*", "_a ", "`a``", "<", "<a ", '<a x="', "<a x='\"",
        "<!--", "<!-- mtcheck: ignore", "&#", "&nbsp; ", "$a ", "\\", "[a](b ",
        '[a](b "', "[a](<", "![a](((", "[a][b", "[a]: b '\n", "> ", "- ", "- a\n",
        "1. a\n", "|a", "a|b\n-|-\n", "```\n", "# ", "    ", "\t", "<div>\n",
        "<script>", "<svg>", "<code>", "www.a", "(http://", "[^a]", "{:a", "::",
        "---\n", "a\n===\n", "$$\n", "= ", "</code>`", "\r", "<td>",
    ],
)  # fmt: skip
def test_hostile_text_is_read_in_linear_time(unit: str, path: str) -> None:
    # Quadratic time would take hours; what comes out matters less than that it does.
    text = unit * (200_000 // len(unit))
    assert len(view(text, path).starts) <= len(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("# A *bell* #\nText", ["A bell", "Text"], id="heading"),
        pytest.param("A\n===\nB\n---\nC", ["A", "B", "C"], id="underlined headings"),
        pytest.param("---\na: b .\n---\nText", ["Text"], id="YAML"),
        pytest.param("+++\na = 1 .\n+++\n\nText", ["Text"], id="TOML"),
        pytest.param("a\n\n***\n\n- - -\nb", ["a", "b"], id="rules"),
        pytest.param("a\n```sh\nb\n\nc\n````\nd", ["a", "d"], id="fence"),
        pytest.param("a\n\n    b\n\nc", ["a", "c"], id="indented code"),
        pytest.param("a\n    b", ["a\nb"], id="indented line of a paragraph"),
        pytest.param(
            "- a\n  ~~~\n  b\n  ~~~\n- c", ["• a", "• c"], id="fence in a list"
        ),
        pytest.param("> ```\n> a\n> ```\n> b\nc", ["b\nc"], id="fence in a quote"),
        pytest.param("> ```\n> a\nb", ["b"], id="fence that its quote ends"),
        pytest.param(
            "1. a\n   - b\n\n     c\n2. d", ["• a", "• b", "c", "• d"], id="lists"
        ),
        pytest.param("In\n1999. a\n1. b", ["In\n1999. a", "• b"], id="a number first"),
        pytest.param("- [ ] a\n- [x] b", ["• a", "• b"], id="tasks"),
        pytest.param("> > a\n> b", ["a\nb"], id="quotes"),
        pytest.param("> [!NOTE]\n> a", ["a"], id="alert"),
        pytest.param(
            "a\n|b|c\\|d|\n|-|:-:|\n|e||\nf\n\ng",
            ["a", "b | c|d", "e", "f", "g"],
            id="table",
        ),
        pytest.param("[a]: b 'c'\n[d]:\n  <e>\nf", ["f"], id="definitions"),
        pytest.param("a [b] [c][b] [d]\n\n[b]: e", ["a b c [d]"], id="references"),
        pytest.param("a[^1].\n\n[^1]: b\n[^2]: c", ["a.", "b", "c"], id="footnotes"),
        pytest.param("a [^1] b [^2]", ["a b"], id="spaced footnotes"),
        pytest.param("[a](b) ![c](<d e> 'f') [g](h(i))", ["a c g"], id="links"),
        pytest.param("[![a](b)](c) [d] (e)", ["a [d] (e)"], id="badge"),
        pytest.param(
            "**a** _b_ ~~c~~ *d* snake_case", ["a b c d snake_case"], id="marks"
        ),
        pytest.param("2 * 3 * 4, 5* and *6", ["2 * 3 * 4, 5* and *6"], id="stars"),
        pytest.param("a <b>c</b>, d<br>e", ["a c, d\ne"], id="tags"),
        pytest.param("a <!-- b --> c", ["a c"], id="comment"),
        pytest.param("a < b, c <d", ["a < b, c <d"], id="no tags"),
        pytest.param("a\\\nb  \nc \\*d\\* \\e", ["a\nb\nc *d* \\e"], id="backslashes"),
        pytest.param("a &amp; b&shy;c &#8211; &d;", ["a & bc – &d;"], id="references"),
        pytest.param("a &nbsp; b", ["a\xa0b"], id="no-break space"),
        pytest.param("a $5 and $10 b", ["a $5 and $10 b"], id="money"),
        pytest.param("a\n$$\nb .\n$$\nc", ["a", "c"], id="displayed formula"),
        pytest.param("<div>\n a\n <i>b</i>\n</div>\n\nc", ["a b", "c"], id="HTML"),
        pytest.param("<pre>\na\n\nb</pre>\nc", ["c"], id="preformatted"),
        pytest.param("::: note\na {#b}\n:::", ["a"], id="directives"),
    ],
)
def test_markdown_shows_its_prose(text: str, shown: list[str]) -> None:
    assert [line for line in lines(text, "a.md") if line] == shown


@pytest.mark.parametrize(
    "source",
    [
        "`a`", "``a`b``", "<https://a.example>", "<a@b.example>", "$x$", "$$x$$",
        ":tada:", "https://a.example/b_(c)", "www.a.example", "<code>a</code>",
        "<kbd>a</kbd>",
    ],
)  # fmt: skip
def test_a_word_stands_in_for_what_is_no_prose(source: str) -> None:
    assert view(f"Use {source}.", "a.md").text == f"Use {stand_in(source)}."
    found = Linter().lint(Document(f"Use {source} .", "a.md", "a.md", "en")).findings
    assert [item.code for item in found] == ["MT102"]
    assert found[0].span == Span(len(source) + 4, len(source) + 6)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("<p>a\n   b</p>\n<p>c", ["a b", "c"], id="white space"),
        pytest.param("<b>a</b>.<i> b </i> c", ["a. b c"], id="inline"),
        pytest.param("a<br>b<br/><br>c", ["a\nb", "c"], id="line breaks"),
        pytest.param("<ul><li>a<li>b</ul>c", ["• a", "• b", "c"], id="items"),
        pytest.param("<tr><td>a</td><td>b</td></tr>", ["a", "b"], id="cells"),
        pytest.param("a &lt; b &copy; c&nbsp; d", ["a < b © c\xa0d"], id="references"),
        pytest.param("a&shy;b &#10; &hellip;", ["ab …"], id="unseen references"),
        pytest.param("<title>a</title><body>b", ["b"], id="title"),
        pytest.param("<script>'</p>' a</script>b", ["b"], id="script"),
        pytest.param("<style>a</STYLE >b<script>c", ["b"], id="never closed"),
        pytest.param("<svg><svg>a</svg>b</svg>c<svg/>d", ["cd"], id="nested"),
        pytest.param("a<pre>b\n c</pre>d", ["a", "d"], id="preformatted"),
        pytest.param("<textarea><b>a</textarea>b", ["b"], id="textarea"),
        pytest.param("a<!-- b -->c<!-->d<!-- e", ["acd"], id="comments"),
        pytest.param("<!DOCTYPE html><?xml a?></3>a", ["a"], id="declarations"),
        pytest.param("<a title='>' b=\"'>\">c</a> < d <", ["c < d <"], id="quotes"),
        pytest.param("<button>a</button><button>b", ["a", "b"], id="buttons"),
        pytest.param("a <img alt='b'> c <a ", ["a c"], id="cut off"),
    ],
)
def test_a_page_shows_its_text(text: str, shown: list[str]) -> None:
    assert lines(text, "a.html") == shown


def test_a_word_stands_in_for_code_in_a_page() -> None:
    assert view("Use <code>a</code>.", "a.htm").text == (
        f"Use {stand_in('<code>a</code>')}."
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a <!-- mtcheck: b --> c", "a c"),
        ("a<!-- mtcheck: b -->c", "ac"),
        ("a <!-- mtcheck: b -->\nc", "a\nc"),
        ("a\r\n <!-- mtcheck: b -->\r\nc", "a\r\nc"),
        ("<!-- mtcheck: a -->", ""),
        ("a <!-- b --> c", "a <!-- b --> c"),
        ("a <!-- mtcheck: b", "a <!-- mtcheck: b"),
    ],
)
def test_plain_text_shows_no_trace_of_comments_for_mtcheck(
    text: str, shown: str
) -> None:
    assert view(text, "a.txt").text == shown


MARKDOWN = """---
title: The bell .
---
# The  *bell*

It rang the **the** whole day , see [the map](the the.md)
and `the` the rest .

| one | two . . |
|-----|---------|
| `.` | [a](b) . |
"""

PAGE = """<html><head><title>A .</title></head>
<body>
  <p>It rang the
     <b>the</b> whole day , said
     <a href="a">he</a> .</p>
</body></html>
"""


@pytest.mark.parametrize(
    ("text", "path", "places"),
    [
        pytest.param(
            MARKDOWN,
            "a.md",
            [
                (4, 6, "MT103"),
                (6, 9, "MT402"),
                (6, 30, "MT102"),
                (7, 19, "MT102"),
                (11, 15, "MT102"),
            ],
            id="Markdown",
        ),
        pytest.param(
            PAGE,
            "a.html",
            [(3, 14, "MT402"), (4, 26, "MT102"), (5, 24, "MT102")],
            id="HTML",
        ),
    ],
)
def test_findings_stand_where_they_are_in_the_file(
    text: str, path: str, places: list[tuple[int, int, str]]
) -> None:
    found = Linter().lint(Document(text, path, path, "en")).findings
    where = [(*Lines(text).place(item.span.start), item.code) for item in found]
    assert where == places


def test_a_fix_is_offered_only_where_no_mark_stands_in_between() -> None:
    text = "It rang the the day.\n\nThey saw the **the** bell."
    found = Linter().lint(Document(text, "a.md", "a.md", "en")).findings
    assert [(item.span.of(text), item.fix) for item in found] == [
        ("the the", "the"),
        ("the **the", None),
    ]


def test_a_message_quotes_the_file() -> None:
    text = "It was late and then it rang the `bell` `bell` .\n\nMore."
    (found,) = Linter().lint(Document(text, "a.md", "a.md", "en")).findings
    assert found.message == "a space stands before the mark: ' .'"
    text = 'He went “to *the* `bell" and left it alone.\n\nIt rang the **the** day.'
    found = Linter().lint(Document(text, "a.md", "a.md", "en")).findings[-1]
    assert found.message == "the word stands there twice: 'the **the'"


def test_the_paragraphs_of_a_single_block_are_not_its_lines() -> None:
    text = "The bell of the old church rang for\nan hour and a half today\n"
    assert Linter().lint(Document(text, "a.md", "a.md", "en")).findings == ()
    marked = "It rang the\nthe day.\n"
    found = Linter().lint(Document(marked, "a.md", "a.md", "en")).findings
    assert [item.code for item in found] == ["MT402"]


def test_every_packing_is_known_and_every_view_is_of_a_file_that_is_read() -> None:
    assert set(PACKINGS) == set(OPENERS)
    assert set(VIEWS) <= set(READERS)
    assert suffix_of("a.md.gz") == ".md"
