"""How the lines of a Markdown text begin, and what is left of one as it is read."""

import re
from dataclasses import dataclass

from mtcheck.markup.elements import BLOCKS as BLOCK_NAMES
from mtcheck.types import Span

LINE_END = re.compile(r"\r\n|\r|\n")
BLANKS = " \t"
QUOTE = -1
"""The width of a container that is a quote; that of a list item is its indentation."""

_FRONT = re.compile(r"(---|\+\+\+)[ \t]*+(?:\r\n?|\n)(?=\S)")
_FRONT_END = {
    "---": re.compile(r"[\r\n](?:---|\.\.\.)[ \t]*+(?=[\r\n]|\Z)"),
    "+++": re.compile(r"[\r\n]\+\+\+[ \t]*+(?=[\r\n]|\Z)"),
}
HEADING = re.compile(r"#{1,6}(?=[ \t]|\Z)")
UNDERLINE = re.compile(r"(?:=++|-++)\Z")
FENCE = re.compile(r"(?:(`{3,}+)[^`]*|(~{3,}+).*)\Z")
ITEM = re.compile(r"(?:[-+*]|(\d{1,9})[.)])(?=[ \t]|\Z)")
TASK = re.compile(r"\[[ xX]\][ \t]++")
FOOTNOTE = re.compile(r"\[\^[^\]\s]{1,100}\]:[ \t]*+")
ALERT = re.compile(r"\[![A-Za-z]{3,20}\]\Z")
_ROW_OF_MARKS = re.compile(
    r"\|?+[ \t]*+:?+-++:?+[ \t]*+(?:\|[ \t]*+:?+-++:?+[ \t]*+)*+\|?+\Z"
)
_PIPE = re.compile(r"(?<!\\)\|")

_LABEL = r"\[(?!\^)((?:[^\[\]\\]|\\.){1,999})\]"
DEFINITION = re.compile(
    rf"{_LABEL}:[ \t]*+\n?[ \t]*+(?:<[^<>\n]{{0,2000}}>|[^\s<]\S*+)"
    r"(?:(?:[ \t]++\n?|\n)[ \t]*+(?:\"[^\"]{0,999}\"|'[^']{0,999}'|\([^()]{0,999}\)))?"
    r"[ \t]*(?:\n|\Z)"
)

_NAMES = "|".join(
    sorted(BLOCK_NAMES | {"body", "col", "frame", "head", "html", "iframe"})
)
_PAGE_STARTS = (
    (r"<(?:script|pre|style|textarea)(?=[\s>]|\Z)", "</(?:script|pre|style|textarea)>"),
    ("<!--", "-->"),
    (r"<\?", r"\?>"),
    (r"<!\[CDATA\[", r"\]\]>"),
    (r"<![A-Za-z]", ">"),
    (rf"</?(?:{_NAMES}|link|meta|param|source|track)(?=[\s>]|/>|\Z)", None),
)
PAGES = tuple(
    (re.compile(start, re.IGNORECASE), re.compile(end, re.IGNORECASE) if end else None)
    for start, end in _PAGE_STARTS
)
"""How HTML begins, and what the line holds that ends it; or else a blank line does."""


@dataclass(slots=True)
class Line:
    """What is left of a line; ``column`` is where the containers so far end."""

    at: int
    end: int
    column: int
    indented: int

    @property
    def indent(self) -> int:
        """The columns before the content that belong to no container."""
        return self.indented - self.column

    @property
    def is_blank(self) -> bool:
        """Whether nothing is left."""
        return self.at >= self.end


def measured(text: str, at: int, end: int, column: int) -> Line:
    """Return the line from ``at`` on, whose first code point stands in a column."""
    indented = column
    while at < end and text[at] in BLANKS:
        indented += 4 - indented % 4 if text[at] == "\t" else 1
        at += 1
    return Line(at, end, column, indented)


def behind_front_matter(text: str) -> int:
    """Return where the text begins; above it may stand settings."""
    opened = _FRONT.match(text)
    if opened is None:
        return 0
    closed = _FRONT_END[opened[1]].search(text, opened.end() - 1)
    return closed.end() if closed else 0


def is_break(content: str) -> bool:
    """Tell whether a line is a rule across the page: three marks or more.

    >>> is_break("* * *"), is_break("**")
    (True, False)
    """
    mark = content[0]
    if mark not in "-*_" or content.count(mark) < 3:
        return False
    return not content.strip(mark + BLANKS)


def parts_rows(content: str) -> bool:
    """Tell whether a line parts the first row of a table from the others."""
    if "|" not in content or content[0] not in "|:-":
        return False
    return bool(_ROW_OF_MARKS.fullmatch(content))


def cells(text: str, row: Span) -> list[Span]:
    r"""Return the cells of a row of a table, without the space around them.

    >>> [cell.of(r"|a| b \| c") for cell in cells(r"|a| b \| c", Span(0, 10))]
    ['a', 'b \\| c']
    """
    edges = [row.start]
    for pipe in _PIPE.finditer(text, row.start, row.end):
        edges += pipe.span()
    edges.append(row.end)
    found = list(map(Span, edges[::2], edges[1::2]))
    # A pipe at either end parts nothing.
    if found[0].start == found[0].end:
        del found[0]
    if found and found[-1].start == found[-1].end:
        del found[-1]
    return [_trimmed(text, cell) for cell in found]


def _trimmed(text: str, cell: Span) -> Span:
    shown = cell.of(text)
    start = cell.end - len(shown.lstrip(BLANKS))
    return Span(start, start + len(shown.strip(BLANKS)))
