"""What a web page leaves in its text: buttons, forms, bars, notices, menus."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from mtcheck.residue.phrases import marked_lines, notice_words, notices
from mtcheck.residue.stretches import page_stretches
from mtcheck.rules import Rule
from mtcheck.segment import Passage
from mtcheck.shapes import LINES, NEIGHBOURS
from mtcheck.types import Span


def _residue(passage: Passage) -> Iterable[Span]:
    notes = notices(passage)
    lines = marked_lines(passage.document.text)
    if not (notes or lines):
        return ()
    place = passage.paragraph.span
    found = [span.shift(place.start) for span in notes]
    return _longest([*found, *_starting_in(place, lines)])


def _longest(found: Iterable[Span]) -> Iterator[Span]:
    end = 0
    # The longest first: a line is one finding, however many phrases it holds.
    for span in sorted(found, key=lambda span: (span.start, -span.end)):
        if span.start >= end:
            end = span.end
            yield span


def _starting_in(place: Span, spans: Sequence[Span]) -> Sequence[Span]:
    """Return the spans, of ascending ones, that start in ``place``."""
    first = bisect_left(spans, Span(place.start, 0))
    return spans[first : bisect_left(spans, Span(place.end, 0))]


def _page_chrome(passage: Passage) -> Sequence[Span]:
    place = passage.paragraph.span
    spans = page_stretches(passage.document.text)
    # A menu with blank lines in it is told of once, where it begins.
    return [
        Span(span.start, min(span.end, place.end))
        for span in (_starting_in(place, spans) if spans else ())
    ]


_PAGE = """The lock opens - Harbour Post
⟦Home
News
Local News
Sport
Weather
Classifieds
Obituaries
Jobs
Contact Us
Subscribe
RSS Feeds⟧
The lock opens
The old lock opened on Monday, a year later than the town had hoped. It was built in
two summers, and the men who had built it came to see the first ship go in.
The mayor said that he was glad of it. He had not slept well for a year, and the men
who had told him to wait had been right about the gates in the end.
Most Read
Ferry Late Again
⟦Mayor's Dog Found
More News
About Us
Careers
Our Staff
Advertise With Us
Privacy Policy
Terms of Use
Site Map⟧"""

RULES = (
    Rule(
        code="MT501",
        name="site-residue",
        message="a piece of the web page, not of its text: {!r}",
        why="Scrapers take buttons, forms and bars along with the article.",
        bad=(
            "⟦Advertisement⟧\n\nThe lock opened on Monday.",
            "The lock opened.\n\n⟦Leave a Reply⟧",
            "⟦Home »⟧ The lock opens at last",
            "⟦Facebook Twitter WhatsApp E-Mail⟧",
            "⟦Quelle : Hafenblatt⟧",
            "⟦Read more »⟧",
            "⟦Your email address will not be published. Required fields are marked *⟧",
        ),
        good=(
            "The advertisement showed a lock that opened on Monday.",
            "He asked her to leave a reply at the door.",
            "Home is where the lock is.",
            "They shared it on Facebook and Twitter.",
            "The source: a man who would not give his name to us.",
            "She eats cookies.",
        ),
        signs=frozenset({LINES, NEIGHBOURS}),
        words=lambda language: notice_words(),
        find=_residue,
    ),
    Rule(
        code="MT502",
        name="page-chrome",
        message="lines of the web page, not of its text, begin here",
        why="Menus, lists of headlines and footers show by their shape and company.",
        bad=(_PAGE,),
        good=(
            "Milk\nFlour\nEggs\nSalt\nButter",
            "Home\nLogin\nContact\nSports\nPolitics",
        ),
        signs=frozenset({LINES, NEIGHBOURS}),
        find=_page_chrome,
    ),
)
