"""Menus, lists of headlines and footers: stretches of lines that belong to the page."""

from functools import lru_cache

from mtcheck.residue.phrases import marked_lines, set_phrases
from mtcheck.residue.trees import line_scores, trees
from mtcheck.types import Span

_MIN_PHRASES = 3
"""A text with fewer set phrases of web pages is not taken for a whole page."""

_MIN_LINES = 3
"""Fewer lines beside one another are not taken for a menu."""

_SURE, _LIKELY = "0.01", "0.02"
"""Shares of the lines of main texts that score higher.

A stretch needs lines of the first kind, and as many that are no phrases; those of the
second kind around and between them belong to it.
"""


@lru_cache(maxsize=4)
def page_stretches(text: str) -> tuple[Span, ...]:
    """Return the stretches of a whole page that are not of its text.

    A text that shows no sign of being a whole page has none: poems, lists of goods
    and of copyrights look like menus. A stretch may go on over blank lines.
    """
    if len(set_phrases(text)) < _MIN_PHRASES:
        return ()
    marked = set(marked_lines(text))
    limits = trees().limits
    sure, likely = limits[_SURE], limits[_LIKELY]
    found: list[Span] = []
    run: list[Span] = []
    n_sure = n_new = 0
    for span, score in (*line_scores(text), (Span(0, 0), likely)):
        if score > likely:
            run.append(span)
            n_sure += score > sure
            n_new += span not in marked
            continue
        if min(n_sure, n_new) >= _MIN_LINES:
            found.append(Span(run[0].start, run[-1].end))
        run, n_sure, n_new = [], 0, 0
    return tuple(found)
