"""Other rules for the lines of a page, each at its best: jusText, and length and runs.

Both are given what a text without HTML has: lines. A score is higher the more a rule
takes a line for outside the main text.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

import justext
from justext.core import PathInfo, classify_paragraphs, revise_paragraph_classification
from justext.paragraph import Paragraph

Rule = Callable[[Sequence[str]], list[float]]
"""From the lines of a page to their scores."""

BAD = 5.0
"""jusText calls a line with a higher score bad."""

_CONTEXT_FREE = {"good": 0.0, "neargood": 1.0, "short": 2.0, "bad": 3.0}
_STOPLISTS = {"en": "English", "de": "German"}
_ENDING = re.compile(r"[.!?…][\"”“»«’')\]]*\Z")


def justext_rules(language: str) -> Iterator[tuple[str, Rule]]:
    """Yield jusText's rules with its own settings first, then with others.

    A line is a paragraph without links and tags, for there are none in a text.
    """
    stoplist = justext.get_stoplist(_STOPLISTS[language])
    for low, high in (
        (70, 200),
        (30, 100),
        (30, 200),
        (50, 140),
        (70, 140),
        (100, 200),
    ):
        for few, many in ((0.30, 0.32), (0.15, 0.20)):
            settings: Mapping[str, float] = {
                "length_low": low,
                "length_high": high,
                "stopwords_low": few,
                "stopwords_high": many,
            }
            name = f"{low}/{high} characters, {few:.2f}/{many:.2f} stop words"
            yield name, partial(_justext, stoplist=stoplist, settings=settings)


def _justext(
    lines: Sequence[str], stoplist: frozenset[str], settings: Mapping[str, float]
) -> list[float]:
    """Return the class after a look at the neighbours, then before, then stop words.

    jusText says good or bad; a score for its two classes alone would be one point of a
    curve. Within a class lines go by what led to it, which does jusText no harm.
    """
    paragraphs = []
    for line in lines:
        paragraph = Paragraph(PathInfo())
        paragraph.append_text(line)
        paragraphs.append(paragraph)
    classify_paragraphs(paragraphs, stoplist, **settings)
    revise_paragraph_classification(paragraphs)
    return [
        10 * (paragraph.class_type == "bad")
        + _CONTEXT_FREE[paragraph.cf_class]
        - 0.9 * paragraph.stopwords_density(stoplist)
        - min(len(paragraph), 2000) / 40_000
        for paragraph in paragraphs
    ]


def run_rules() -> Iterator[tuple[str, Rule]]:
    """Yield the rules by length and run: short lines without a full stop in a row."""
    for most in (4, 6, 8, 10, 12, 15, 20, 30):
        yield f"runs of lines of up to {most} words", partial(_runs, most=most)


def _runs(lines: Sequence[str], most: int) -> list[float]:
    """Return the length of the run that a line is in; outside of one, its words."""
    counts = [len(line.split()) for line in lines]
    is_short = [
        count <= most and not _ENDING.search(line)
        for count, line in zip(counts, lines, strict=True)
    ]
    scores = [-float(count) for count in counts]
    start = 0
    for at in range(len(lines) + 1):
        if at == len(lines) or not is_short[at]:
            for inside in range(start, at):
                scores[inside] = at - start - min(counts[inside], 99) / 100
            start = at + 1
    return scores
