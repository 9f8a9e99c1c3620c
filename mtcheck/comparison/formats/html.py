"""A comparison as one page for people: both texts side by side with their marks."""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import ClassVar

from mtcheck.comparison.rows import ROW_KINDS, Row, rows_of
from mtcheck.comparison.sides import LONGEST_TEXT, Sides
from mtcheck.comparison.values import KINDS, Basis, Comparison, Kind
from mtcheck.comparison.wording import score_in_words
from mtcheck.marking.page import count_table, page
from mtcheck.marking.text import plain
from mtcheck.report import Screen
from mtcheck.report.html import MOST_CHARACTERS, MOST_PARAGRAPHS
from mtcheck.report.text import count

_TOLD: dict[Basis, tuple[str, tuple[Kind, ...]]] = {
    "words": ("Words in aligned paragraphs", KINDS),
    "paragraphs": ("Names and numbers", ("kept", "dropped", "added")),
}
"""What is counted, and what can become of it."""


class Html:
    """The score and the numbers, a filter, and row after row in the suspect's order."""

    name: ClassVar[str] = "html"
    # A page is UTF-8, whatever a terminal can show.
    is_for_people: ClassVar[bool] = False

    def render(self, comparison: Comparison, screen: Screen) -> Iterator[str]:
        """Yield the lines of the page."""
        rows = [*rows_of(comparison)]
        names = comparison.suspect.id, comparison.original.id
        title = " beside ".join(plain(name).strip() or "(no name)" for name in names)
        top = [_key(comparison.basis), _asset("legend.html"), *_summary(comparison)]
        top += _filter(rows)
        body = _body(comparison, rows)
        style, script = _asset("page.css"), _asset("page.js")
        return page(title, top, body, script=script, style=style)


def _key(basis: Basis) -> str:
    """Return a sample of each mark, which is read in print too."""
    looks: dict[str, str] = {f"change {kind}": kind for kind in _TOLD[basis][1]}
    if basis == "words":
        del looks["change kept"]  # It is most of a text, and has no mark.
    looks["finding warning"] = "residue"
    samples = (
        f'<span class="mark {look}">{name}</span>' for look, name in looks.items()
    )
    return f'<p class="key">Marks: {" ".join(samples)}</p>'


def _summary(found: Comparison) -> Iterator[str]:
    told, *more = score_in_words(found)
    share, _, rest = told.partition(" ")
    yield '<section class="summary" aria-labelledby="summary">'
    yield '<h2 id="summary">Summary</h2>'
    yield f'<p class="score"><strong>{plain(share)}</strong> {rest}</p>'
    # SVG: a width as an attribute needs no inline style, which the page forbids.
    yield (
        '<svg class="score" aria-hidden="true" viewBox="0 0 100 2" '
        'preserveAspectRatio="none"><rect width="100" height="2"/>'
        f'<rect class="share" width="{found.score * 100:.2f}" height="2"/></svg>'
    )
    for line in more:
        yield f"<p>{line}</p>"
    yield '<div class="tables">'
    reordered = sum(pair.is_reordered for pair in found.pairs)
    yield from count_table(
        "Paragraphs",
        [
            ("aligned", len(found.pairs)),
            ("of them reordered", reordered),
            ("dropped", len(found.dropped)),
            ("added", len(found.added)),
        ],
    )
    caption, kinds = _TOLD[found.basis]
    yield from count_table(caption, [(kind, found.n_words[kind]) for kind in kinds])
    codes = Counter(f"{finding.code} {finding.name}" for finding in found.residue)
    yield from count_table(
        f"Residue: {count(len(found.residue), 'place')}", sorted(codes.items())
    )
    yield "</div>"
    yield "</section>"


def _filter(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the filter, which the script shows; without it all is shown."""
    numbers = Counter(kind for row in rows for kind in row.kinds)
    yield '<form id="filter" aria-label="Filter" hidden>'
    yield '<label>Show <select name="kind">'
    yield '<option value="">all</option>'
    for kind in ROW_KINDS:
        if numbers[kind]:
            yield f'<option value="{kind}">{kind} ({numbers[kind]:,})</option>'
    yield "</select></label>"
    yield '<button type="reset">Show all</button>'
    yield '<output id="shown"></output>'
    yield "</form>"


def _body(found: Comparison, rows: Sequence[Row]) -> Iterator[str]:
    sides = Sides.of(found)
    yield '<section class="document" aria-labelledby="texts">'
    yield '<h2 id="texts">Both texts</h2>'
    room = MOST_CHARACTERS
    for number, row in enumerate(rows):
        if number == MOST_PARAGRAPHS or room <= 0:
            rest = count(len(rows) - number, "more paragraph")
            yield f'<p class="cut">{rest} not shown; --format json holds all.</p>'
            break
        yield from sides.article(row, number)
        for span in (row.original, row.suspect):
            room -= min(span.end - span.start, LONGEST_TEXT) if span else 0
    yield "</section>"


@cache
def _asset(name: str) -> str:
    return files("mtcheck.comparison").joinpath(name).read_text("utf-8").rstrip()


FORMAT = Html()
