"""The frame of a page: it holds its style and its script, and fetches nothing."""

from base64 import b64encode
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import sha256
from importlib.resources import files

from mtcheck import __version__
from mtcheck.marking.text import plain


def page(
    title: str,
    top: Iterable[str],
    body: Iterable[str],
    *,
    script: str = "",
    style: str = "",
) -> Iterator[str]:
    """Yield the lines of a page, without their ends.

    ``title`` is HTML; ``script`` and ``style`` come after the page's own ones.
    """
    yield "<!doctype html>"
    yield '<html lang="en">'
    yield "<head>"
    yield '<meta charset="utf-8">'
    allowed = policy(script, style)
    yield f'<meta http-equiv="Content-Security-Policy" content="{allowed}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="color-scheme" content="light dark">'
    yield '<meta name="referrer" content="no-referrer">'
    yield f"<title>{title} – mtcheck</title>"
    yield '<link rel="icon" href="data:,">'
    for rules in filter(None, (asset("page.css"), style)):
        yield f"<style>{rules}</style>"
    yield "</head>"
    yield "<body>"
    yield f"<header><h1><bdi>{title}</bdi></h1></header>"
    yield "<main>"
    yield from top
    yield from body
    yield "</main>"
    yield f"<footer>Made by mtcheck {__version__}.</footer>"
    yield '<div id="tip" role="tooltip" hidden></div>'
    for code in filter(None, (asset("page.js"), script)):
        yield f"<script>{code}</script>"
    yield "</body>"
    yield "</html>"


def legend() -> str:
    """Return what the words and marks of a page mean."""
    return asset("legend.html").rstrip()


def count_table(caption: str, rows: Iterable[tuple[str, int]]) -> Iterator[str]:
    """Yield a table of names and numbers; the ``caption`` is HTML."""
    yield f"<table><caption>{caption}</caption>"
    for name, number in rows:
        yield f'<tr><th scope="row">{plain(name)}</th><td>{number:,}</td></tr>'
    yield "</table>"


def policy(script: str = "", style: str = "") -> str:
    """Return what a page may load: what it holds itself, told by hash, and no more."""
    return (
        f"default-src 'none'; style-src {_hashes(asset('page.css'), style)}; "
        f"script-src {_hashes(asset('page.js'), script)}; "
        "img-src data:; base-uri 'none'; form-action 'self'"
    )


@cache
def asset(name: str) -> str:
    """Return a file of this package."""
    return files("mtcheck.marking").joinpath(name).read_text("utf-8")


def _hashes(*contents: str) -> str:
    digests = (sha256(content.encode()).digest() for content in contents if content)
    return " ".join(f"'sha256-{b64encode(digest).decode()}'" for digest in digests)
