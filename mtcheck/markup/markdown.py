"""The prose of a Markdown text: a paragraph for each block, less all marks."""

from mtcheck.markup import View
from mtcheck.markup.blocks import Blocks
from mtcheck.markup.html import Page
from mtcheck.markup.inline import Inline
from mtcheck.markup.pieces import Pieces, through
from mtcheck.types import Span


def markdown_view(text: str) -> View:
    r"""Return the view of a Markdown text.

    >>> markdown_view("# The *bell*\n\n> It [rang](a.md)\n> at ten.\n\n    code").text
    'The bell\n\nIt rang\nat ten.'
    """
    blocks = Blocks(text)
    blocks.read()
    outer = blocks.pieces.view()
    pieces = Pieces()
    comments: list[Span] = []
    page = Page(outer.text, pieces)
    at = 0
    for block in blocks.found:
        pieces.keep(outer.text, at, block.span.start)
        if block.is_page:
            page.read(block.span.start, block.span.end)
        else:
            prose = Inline(outer.text, block.span, blocks.labels)
            prose.read(pieces)
            comments += prose.comments
        at = block.span.end
    comments += page.comments
    return through(outer, pieces.view(sorted(comments)))
