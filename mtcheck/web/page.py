"""The page of the server: a form, and under it the text with its marks."""

from collections.abc import Iterator
from functools import cache
from html import escape
from importlib.resources import files

from mtcheck.languages import languages
from mtcheck.marking.page import legend, page, policy
from mtcheck.marking.summary import Summary
from mtcheck.marking.text import plain
from mtcheck.report.html import shown
from mtcheck.types import Scored


def page_lines(
    text: str, language: str, scored: Scored | None, error: str
) -> Iterator[str]:
    """Yield the lines of the page; ``error`` says why a text was not marked."""
    summary = Summary()
    results = [scored] if scored else []
    body = [*shown(results, summary)]
    n_rows = 4 if scored else 10
    top = [*_form(text, language, error, n_rows), legend()]
    if scored:
        top += [*summary.lines(), *summary.filter()]
    return page("Check a text", top, body, script=_script())


def page_headers() -> dict[str, str]:
    """Return the headers of the page."""
    rules = f"{policy(_script())}; frame-ancestors 'none'"
    return {"Content-Security-Policy": rules}


def _form(text: str, language: str, error: str, n_rows: int) -> Iterator[str]:
    yield '<form id="paste" class="paste" method="post" action="/">'
    if error:
        yield f'<p class="fault" role="alert">{plain(error)}</p>'
    yield '<label for="text">Paste a text, drop a file here, or open one:</label>'
    yield '<input id="file" type="file" aria-label="Open a text file" hidden>'
    # HTML drops a line end right behind the tag.
    yield f'<textarea id="text" name="text" rows="{n_rows}" required dir="auto">'
    yield f"{escape(text)}</textarea>"
    yield '<label>Language <select name="language">'
    for code in ("auto", *languages()):
        chosen = " selected" if code == language else ""
        yield f'<option value="{code}"{chosen}>{code}</option>'
    yield "</select></label>"
    yield '<button type="submit">Mark it</button>'
    yield '<span class="hint">Nothing is stored.</span>'
    yield "</form>"


@cache
def _script() -> str:
    return files("mtcheck.web").joinpath("page.js").read_text("utf-8")
