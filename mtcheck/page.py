"""From a page of HTML to its text: the main part of it, or all that is visible."""

import logging
import re
from functools import cache
from typing import Any

from mtcheck.markup.elements import BLOCKS, HIDDEN

# trafilatura reports pages without text; without a handler that lands on stderr.
logging.getLogger("trafilatura").addHandler(logging.NullHandler())

_SPACES = re.compile(r"[ \t\n\r\f]+")
# What lxml reads in references, and then refuses to be given.
_NO_TEXT = re.compile("[\0-\b\v\x0e-\x1f\ufffe\uffff]")


def main_text(html: str) -> str:
    """Return the main text of a page, a blank line between paragraphs; maybe empty."""
    from trafilatura import extract

    tree = _parse(html)
    if tree is None:
        return ""
    found = extract(
        tree, include_comments=False, include_tables=False, config=_settings()
    )
    lines = (line.strip() for line in (found or "").split("\n"))
    return "\n\n".join(line for line in lines if line)


def visible_text(html: str) -> str:
    """Return all visible text of a page, a blank line between blocks; maybe empty."""
    tree = _parse(html)
    if tree is None:
        return ""
    from lxml import etree

    etree.strip_elements(tree, "head", *HIDDEN, with_tail=False)
    parts: list[str] = []
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        is_start = event == "start"
        text = element.text if is_start else element.tail
        if element.tag in BLOCKS:
            parts.append("\n\n")
        elif element.tag == "br" and is_start:
            parts.append("\n")
        parts.append(text or "")
    lines = (line.strip(" ") for line in "".join(parts).split("\n"))
    return re.sub(r"\n{2,}", "\n\n", "\n".join(lines)).strip("\n")


def _parse(html: str) -> Any:
    """Return the tidied tree of a page, or None where there is none."""
    from lxml.etree import Comment, LxmlError, ProcessingInstruction, strip_tags
    from lxml.html import HTMLParser, document_fromstring

    # As bytes: lxml refuses text that names an encoding of its own.
    data = html.encode("utf-8", "replace")
    try:
        tree = document_fromstring(data, parser=HTMLParser(encoding="utf-8"))
    except LxmlError:
        return None
    # trafilatura loses the text that follows a comment.
    strip_tags(tree, Comment, ProcessingInstruction)
    _clean(tree)
    return tree


def _clean(tree: Any) -> None:
    """Make each run of blanks and line ends one blank, as a browser shows it.

    What is no character of a page is dropped.
    """
    for element in tree.iter():
        if element.text:
            text = _NO_TEXT.sub("", element.text)
            element.text = text if element.tag == "pre" else _SPACES.sub(" ", text)
        if element.tail:
            element.tail = _SPACES.sub(" ", _NO_TEXT.sub("", element.tail))


@cache
def _settings() -> Any:
    """Let short pages through: below 250 characters lines were run together."""
    from trafilatura.settings import use_config

    settings = use_config()
    settings.set("DEFAULT", "MIN_EXTRACTED_SIZE", "1")
    settings.set("DEFAULT", "MIN_OUTPUT_SIZE", "1")
    return settings
