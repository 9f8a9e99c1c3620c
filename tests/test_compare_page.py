"""``compare --format html``: both texts are there, marked, and nothing of them acts."""

from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256

import pytest
from lxml import html
from test_compare_command import ORIGINAL, SUSPECT
from test_html import HOSTILE

from mtcheck.comparison import compare
from mtcheck.comparison.formats.html import FORMAT
from mtcheck.comparison.rows import rows_of
from mtcheck.comparison.sides import LONGEST_TEXT
from mtcheck.models import model_folders
from mtcheck.report import Screen, make_visible
from mtcheck.report.html import MOST_PARAGRAPHS
from mtcheck.types import Document

pytestmark = pytest.mark.skipif(not model_folders(), reason="no model is installed")


def page(suspect: str, original: str, name: str = "s.txt") -> html.HtmlElement:
    """Return the page of two texts."""
    found = compare(Document(suspect, name), Document(original, "o.txt"))
    return html.document_fromstring("\n".join(FORMAT.render(found, Screen())))


def words(elements: Iterable[html.HtmlElement]) -> list[str]:
    return [" ".join(element.text_content().split()) for element in elements]


@pytest.fixture(scope="module")
def tree() -> html.HtmlElement:
    """Return the page of a suspect that has one of everything."""
    return page(SUSPECT, ORIGINAL)


def test_rows_are_in_the_order_of_the_suspect_and_name_their_kind(
    tree: html.HtmlElement,
) -> None:
    assert words(tree.iter("h3")) == [
        "✂ residue",
        "≈ changed",
        "− dropped",
        "≈ changed ⇅ reordered",
        "+ added",
    ]
    assert words(tree.find_class("who")) == [
        *("not in the original", "suspect, line 1"),
        *("original, line 3", "suspect, line 3"),
        *("original, line 5", "not in the suspect"),
        *("original, line 1", "suspect, line 5"),
        *("not in the original", "suspect, line 7"),
    ]


def test_all_of_both_texts_is_shown() -> None:
    found = compare(Document(SUSPECT, "s.txt"), Document(ORIGINAL, "o.txt"))
    rows = [*rows_of(found)]
    for text, spans in (
        (SUSPECT, [row.suspect for row in rows]),
        (ORIGINAL, [row.original for row in rows]),
    ):
        shown = [span.of(text) for span in sorted(filter(None, spans))]
        assert "\n\n".join(shown) == text.strip()


def test_a_word_leads_to_what_became_of_it_from_both_sides(
    tree: html.HtmlElement,
) -> None:
    ours, theirs = tree.xpath("//article[2]//a")
    assert (ours.text, theirs.text) == ("sold", "vended")
    assert ours.get("class") == theirs.get("class") == "mark change spun"
    assert (
        ours.get("href") == theirs.get("href") == f"#{theirs.get('aria-describedby')}"
    )
    note = tree.get_element_by_id(ours.get("aria-describedby"))
    assert note.text_content() == "replaced: sold → vended"
    assert words(tree.xpath("//article[2]//li")) == ["replaced replaced: sold → vended"]
    # One stop of the Tab key, though it has two places.
    assert [link.get("tabindex") for link in (ours, theirs)] == ["-1", None]


def test_residue_is_named_where_it_stands(tree: html.HtmlElement) -> None:
    (mark,) = tree.xpath("//article[1]//a")
    assert (mark.text, mark.get("class")) == ("Top Story", "mark finding warning")
    (note,) = words([tree.get_element_by_id(mark.get("href")[1:])])
    assert note.startswith("1:1 MT501 ")


def test_the_score_is_on_top_and_numbers_follow(tree: html.HtmlElement) -> None:
    assert words(tree.find_class("score"))[0] == (
        "73% of the 15 content words of the original come again"
    )
    assert words(tree.iter("caption")) == [
        "Paragraphs",
        "Words in aligned paragraphs",
        "Residue: 1 place",
    ]
    assert words(tree.iter("tr"))[:5] == [
        *("aligned2", "of them reordered1", "dropped1", "added1", "kept17")
    ]
    assert words(tree.iter("tr"))[-1] == "MT501 site-residue1"


def test_the_filter_offers_the_kinds_that_there_are(tree: html.HtmlElement) -> None:
    assert words(tree.iter("option")) == [
        "all",
        "changed (2)",
        "reordered (1)",
        "dropped (1)",
        "added (1)",
        "residue (1)",
    ]
    kinds = [article.get("data-kinds") for article in tree.iter("article")]
    assert kinds == ["residue", "changed", "dropped", "changed reordered", "added"]


def test_kept_paragraphs_have_no_marks_and_no_notes() -> None:
    tree = page(ORIGINAL, ORIGINAL)
    assert words(tree.iter("h3")) == ["= kept"] * 3
    assert not tree.xpath("//article//a | //article//li")


def test_translations_mark_names_and_numbers() -> None:
    tree = page(
        "Am 17. Mai 1978 zahlte Karla Brenner in Aarhus 400 Kronen an Anders Holm, und "
        "niemand in der Stadt hat sie je gefragt, warum sie das getan hat.",
        "On 17 May 1987 Karla Brenner paid 400 crowns to Anders Holm in Aarhus, and "
        "nobody in the town ever asked her why she had done that with it.",
    )
    assert "only names and numbers can be compared" in words(tree.iter("main"))[0]
    assert words(tree.iter("h3")) == ["≈ aligned"]
    assert words(tree.iter("li"))[-1].startswith("names and numbers the same: 17, ")
    assert words(tree.find_class("key")) == ["Marks: kept dropped added residue"]
    assert words(tree.iter("caption"))[1] == "Names and numbers"
    assert words(tree.iter("tr"))[4:7] == ["kept7", "dropped1", "added1"]
    kept = tree.xpath("//a[@class='mark change kept']")
    assert "Aarhus" in words(kept)
    assert [text.get("lang") for text in tree.find_class("text")] == ["en", "de"]


def test_whatever_a_text_or_a_name_holds_is_shown_as_text() -> None:
    original = f"The old ship left the bay at noon. {HOSTILE} He sold it."
    suspect = f"The old boat left the bay at noon. {HOSTILE} He vended it."
    tree = page(suspect, original, HOSTILE)
    seen = " ".join(make_visible(HOSTILE).split())
    assert len(tree.xpath("//title | //main | //header")) == 3
    assert not tree.xpath("//img | //b[text()='x']")
    assert words(tree.iter("h1")) == [f"{seen} beside o.txt"]
    for text, shown in zip((original, suspect), tree.find_class("text"), strict=True):
        assert words([shown]) == [" ".join(make_visible(text).split())]
    "\n".join(words([tree])).encode("utf-8")


def test_a_page_needs_nothing_else_and_allows_nothing_else(
    tree: html.HtmlElement,
) -> None:
    (policy,) = tree.xpath("//meta[@http-equiv]/@content")
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert len(tree.xpath("//script")) == len(tree.xpath("//style")) == 2
    for element in tree.xpath("//script | //style"):
        digest = b64encode(sha256(element.text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    links = [*tree.xpath("//@src"), *tree.xpath("//@href")]
    assert [link for link in links if link[0] != "#"] == ["data:,"]
    assert not tree.xpath("//@style | //@*[starts-with(name(), 'on')]")
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))


def test_what_is_too_much_for_a_page_is_counted_and_said() -> None:
    text = "\n\n".join(f"The bell {at} rang." for at in range(MOST_PARAGRAPHS + 5))
    tree = page(text, text)
    assert len(tree.xpath("//article")) == MOST_PARAGRAPHS
    assert words(tree.find_class("cut")) == [
        "5 more paragraphs not shown; --format json holds all."
    ]


def test_of_a_long_paragraph_the_start_is_shown() -> None:
    original = " ".join(f"bell{at} rang" for at in range(LONGEST_TEXT // 8))
    suspect = original.replace("bell5 ", "clock5 ").replace(" rang bell9", " bell9")
    tree = page(suspect, original)
    for text in tree.find_class("text"):
        assert len(text.text_content()) == LONGEST_TEXT
    assert "more characters of this paragraph not shown" in words(tree.iter("main"))[0]
    told = " ".join(words(tree.iter("li")))
    assert "bell5 → clock5" in told
    assert "more not shown" in told
