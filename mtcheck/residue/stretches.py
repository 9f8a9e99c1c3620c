"""Menus, lists of headlines and footers: stretches of lines that belong to the page."""

from functools import lru_cache

from mtcheck.residue.phrases import marked_lines, set_phrases
from mtcheck.types import Span

_MIN_PHRASES = 3
"""A text with fewer set phrases of web pages is not taken for a whole page."""

_MIN_LINES = 3
"""Fewer lines beside one another are not taken for a menu."""

_LIMIT = "0.01"
"""The share of the lines of main texts that score higher than lines of a menu."""


@lru_cache(maxsize=4)
def page_stretches(text: str) -> tuple[Span, ...]:
    """Return the stretches of a whole page that are not of its text.

    A text that shows no sign of being a whole page has none: poems, lists of goods
    and of copyrights look like menus. A stretch may go on over blank lines.
    """
    if len(marked_lines(text)) < _MIN_PHRASES or len(set_phrases(text)) < _MIN_PHRASES:
        return ()
    # Few texts are whole pages: the others do not wait for the trees.
    from mtcheck.residue.trees import line_scores, trees

    marked = set(marked_lines(text))
    limit = trees().limits[_LIMIT]
    found: list[Span] = []
    run: list[Span] = []
    for span, score in (*line_scores(text), (Span(0, 0), limit)):
        if score > limit:
            run.append(span)
            continue
        # Where nearly all are phrases, they are told of one by one.
        if len(set(run) - marked) >= _MIN_LINES:
            found.append(Span(run[0].start, run[-1].end))
        run = []
    return tuple(found)
