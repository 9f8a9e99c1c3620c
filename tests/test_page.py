"""The text of a page, with paragraphs where a reader sees them."""

import logging

import pytest

from mtcheck.page import main_text, visible_text

ARTICLE = """<html><head><title>Wetter</title><style>p {}</style></head><body>
<nav><a href="/">Start</a> <a href="/a">Archiv</a></nav>
<article><h1>Nasser Herbst</h1>
<p>Im Herbst hat es in der ganzen Gegend so viel geregnet,
dass die Bauern <b>ihre</b>   Felder kaum betreten konnten.</p>
<p>Erst im Winter wurde es trockener .<!-- Anzeige --> Dann kam der Schnee.</p>
<script>count()</script></article>
<footer>Impressum</footer></body></html>"""

PARAGRAPHS = [
    "Nasser Herbst",
    "Im Herbst hat es in der ganzen Gegend so viel geregnet, "
    "dass die Bauern ihre Felder kaum betreten konnten.",
    "Erst im Winter wurde es trockener . Dann kam der Schnee.",
]


def test_the_main_text_is_kept_and_the_frame_is_not() -> None:
    assert main_text(ARTICLE).split("\n\n") == PARAGRAPHS


def test_all_visible_text_has_the_frame_too() -> None:
    expected = ["Start Archiv", *PARAGRAPHS, "Impressum"]
    assert visible_text(ARTICLE).split("\n\n") == expected


@pytest.mark.parametrize(
    ("html", "text"),
    [
        pytest.param("<p>a<br>b</p>c", "a\nb\n\nc", id="line break"),
        pytest.param("<div>a<div>b</div>c</div>", "a\n\nb\n\nc", id="nested"),
        pytest.param("<p>a<i>b</i> c</p>", "ab c", id="inline"),
        pytest.param("<p>a\xa0\n .</p>", "a\xa0 .", id="no-break space"),
        pytest.param("<pre>a\n  b</pre>", "a\nb", id="preformatted"),
        pytest.param("<p>x &lt; y &amp; z</p>", "x < y & z", id="entities"),
        pytest.param(
            "<?xml version='1.0' encoding='latin-1'?><p>Ünlü</p>",
            "Ünlü",
            id="named encoding",
        ),
    ],
)
def test_blocks_are_parted_by_blank_lines(html: str, text: str) -> None:
    assert visible_text(html) == text


@pytest.mark.parametrize(
    "control",
    ["&#8", "&#0;", "&#x1F;", "&#127;", "&#xFFFE;", "&#xD800;", "\x00", "\x0b", "\x1b"],
)
@pytest.mark.parametrize(
    "html", ["<p>a{}b</p>", "<p><b>a</b>{}b</p>", "<pre>a{}b</pre>", "<p id={}>ab</p>"]
)
def test_what_no_page_may_hold_loses_no_text(html: str, control: str) -> None:
    page = html.format(f"{control} ")
    for text in (visible_text(page), main_text(page)):
        letters = "".join(filter(str.isalpha, text))
        assert letters == "ab"
        assert not set(text) & {*map(chr, range(9)), *map(chr, range(14, 32))}


@pytest.mark.parametrize("html", ["", " \n", "<html></html>", "<!-- x -->"])
def test_a_page_without_text_gives_none(
    html: str, capfd: pytest.CaptureFixture[str]
) -> None:
    logging.getLogger("trafilatura").setLevel(logging.DEBUG)
    assert (main_text(html), visible_text(html)) == ("", "")
    assert capfd.readouterr() == ("", "")
