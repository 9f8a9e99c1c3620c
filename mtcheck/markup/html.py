"""The text of a page of HTML, as a browser shows it, at its places in the source.

A tokenizer of our own: html.parser keeps no places of character references, and takes
quadratic time on tags that never end; lxml keeps no places at all.
"""

import re

from mtcheck.markup import View
from mtcheck.markup.elements import BLOCKS, CODE, HIDDEN, RAW
from mtcheck.markup.pieces import BULLET, Pieces, meant, stand_in
from mtcheck.types import Span

_BLANKS = " \t\n\r\f"
# White space, where a reference to a no-break space is used for layout, or a reference.
_SPECIAL = re.compile(
    rf"((?:[{_BLANKS}]|&nbsp;|&#160;|&#[xX][aA]0;)++)"
    r"|&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[A-Za-z][A-Za-z\d]{1,31});?"
)
_NAME = re.compile(rf"</?([A-Za-z][^{_BLANKS}/>]*+)")
# Quotes are quotes only behind an equals sign.
_IN_TAG = re.compile(rf">|=[{_BLANKS}]*+([\"'])")

_LEFT_OUT = HIDDEN | CODE | {"pre", "textarea", "title"}
_FOREIGN = frozenset({"math", "svg"})


def html_view(text: str) -> View:
    r"""Return the view of a page.

    >>> html_view("<p>Salt &amp;\n  <b>pep</b>per<p>See <code>x</code>.").text[:13]
    'Salt & pepper'
    """
    pieces = Pieces()
    page = Page(text, pieces)
    page.read(0, len(text))
    return pieces.view(page.comments)


class Page:
    """Reads stretches of HTML; each begins and ends as if a block did."""

    def __init__(self, text: str, pieces: Pieces) -> None:
        self.comments: list[Span] = []
        self._text = text
        self._pieces = pieces

    def read(self, start: int, end: int) -> None:
        """Take the text of a stretch; what never ends there ends with it."""
        self._end = end
        self._n_line_ends = 0
        self._item: int | None = None
        self._blank: tuple[str, int, int] | None = None
        self._last: int | None = None
        self._hidden, self._depth, self._hidden_from = "", 0, start
        at = start
        while at < end:
            mark = self._text.find("<", at, end)
            mark = end if mark < 0 else mark
            self._read_text(at, mark)
            at = self._read_markup(mark) if mark < end else end

    def _read_markup(self, at: int) -> int:
        """Read what begins with the mark there, and return where it ends."""
        text = self._text
        if text.startswith("<!--", at):
            return self._read_comment(at)
        name = _NAME.match(text, at, self._end)
        if name is None:
            if text[at + 1 : at + 2] in ("!", "?", "/") and at + 1 < self._end:
                return self._behind(">", at)
            self._take(text[at], at, at + 1)
            return at + 1
        end = self._tag_end(name.end())
        if text[at + 1] == "/":
            self._close(name[1].lower(), at, end)
            return end
        return self._open(name[1].lower(), at, end)

    def _read_comment(self, at: int) -> int:
        # "<!-->" is a whole comment.
        end = self._behind("-->", at + 2)
        self.comments.append(Span(at, end))
        return end

    def _behind(self, mark: str, at: int) -> int:
        found = self._text.find(mark, at, self._end)
        return self._end if found < 0 else found + len(mark)

    def _tag_end(self, at: int) -> int:
        while found := _IN_TAG.search(self._text, at, self._end):
            if found[1] is None:
                return found.end()
            at = self._behind(found[1], found.end())
        return self._end

    def _open(self, name: str, at: int, end: int) -> int:
        if self._hidden:
            self._depth += name == self._hidden
            return end
        if name in BLOCKS:
            self._n_line_ends = 2
            self._item = at if name == "li" else self._item
        elif name == "br":
            self._n_line_ends += 1
        is_empty = name in _FOREIGN and self._text[end - 2] == "/"
        if name in _LEFT_OUT and not is_empty:
            self._hidden, self._depth, self._hidden_from = name, 1, at
        return self._raw_end(name, end) if name in RAW else end

    def _raw_end(self, name: str, at: int) -> int:
        """Return where the end tag of an element stands whose content is no markup."""
        pattern = re.compile(rf"</{name}(?=[{_BLANKS}/>])", re.IGNORECASE)
        found = pattern.search(self._text, at, self._end)
        return found.start() if found else self._end

    def _close(self, name: str, at: int, end: int) -> None:
        if self._hidden:
            self._depth -= name == self._hidden
            if self._depth:
                return
            self._hidden = ""
            if name in CODE:
                source = self._text[self._hidden_from : end]
                self._take(stand_in(source), self._hidden_from, end)
        if name in BLOCKS:
            self._n_line_ends = 2
        if name == "li":
            self._item = None

    def _read_text(self, start: int, end: int) -> None:
        if self._hidden or start == end:
            return
        at = start
        for match in _SPECIAL.finditer(self._text, start, end):
            first, last = match.span()
            is_inner = at < first and last < end and self._text[last] != "&"
            if match[0] == " " and is_inner:
                continue  # A blank between words: the stretch goes on.
            self._keep(at, first)
            if match[1]:
                self._take_blank("\xa0" if "&" in match[1] else " ", first, last)
            elif (shown := meant(match[0])) == " ":
                self._take_blank(shown, first, last)
            else:
                self._take(shown, first, last)
            at = last
        self._keep(at, end)

    def _take_blank(self, shown: str, start: int, end: int) -> None:
        """Keep in mind that a space stands here, which only shows between words."""
        if self._blank is None:
            self._blank = shown, start, end

    def _keep(self, start: int, end: int) -> None:
        if start < end:
            self._part(start)
            self._pieces.keep(self._text, start, end)
            self._last = end

    def _take(self, shown: str, start: int, end: int) -> None:
        if shown:
            self._part(start)
            if shown == self._text[start:end]:
                self._pieces.keep(self._text, start, end)
            else:
                self._pieces.put(shown, start, end)
            self._last = end

    def _part(self, start: int) -> None:
        """Part what comes from what was: by line ends, a space, or not at all."""
        bullet = "" if self._item is None else BULLET
        if self._last is None:
            self._pieces.put(bullet, self._item or 0, start)
        elif self._n_line_ends:
            parting = "\n" * min(self._n_line_ends, 2) + bullet
            self._pieces.put(parting, self._last, start)
        elif self._blank:
            shown, first, last = self._blank
            if shown == self._text[first:last]:
                self._pieces.keep(self._text, first, last)
            else:
                self._pieces.put(shown, first, last)
        self._n_line_ends, self._blank, self._item = 0, None, None
