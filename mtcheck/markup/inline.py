"""The prose of a paragraph of Markdown, less its marks, links' targets and code."""

import re
from bisect import bisect_left
from collections.abc import Callable, Collection

from mtcheck.markup.elements import CODE, HIDDEN
from mtcheck.markup.pieces import REFERENCE, Pieces, meant, stand_in
from mtcheck.types import Span

_SPECIAL = re.compile(
    r"[\\`<&\[\]!*_~$:{]|(?<![\w/])(?:https?|ftp)://|(?<![\w/.@-])www\.(?=\w)"
)
_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_AUTOLINK = re.compile(r"<(?:[A-Za-z][A-Za-z0-9+.-]{1,31}:|[\w.+-]{1,64}@)[^\s<>]*+>")
_TAG = re.compile(
    r"</?([A-Za-z][A-Za-z0-9-]*+)"
    r"(?:\s++[A-Za-z_:@][\w.:@-]*+"
    r"(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'=<>`]++))?+)*+\s*+/?+"
)
_TARGET = re.compile(
    r"\(\s*+(?:<[^<>\n]*+>|(?!<)(?:[^\s()\\]++|\\.|\((?:[^\s()\\]++|\\.)*+\))*+)"
    r"(?:\s++(?:\"(?:[^\"\\]++|\\.)*+\"|'(?:[^'\\]++|\\.)*+'|\((?:[^()\\]++|\\.)*+\)))?+"
    r"\s*+\)",
    re.DOTALL,
)
_LABEL = re.compile(r"\[((?:[^\[\]\\]|\\.){0,999})\]")
_NOTE = re.compile(r"\[\^[^\[\]\s]{1,100}\]")
_ATTRIBUTES = re.compile(r"\{[:#.][^{}\n]{0,200}\}")
_EMOJI = re.compile(r"(?<![\w:]):[a-z][a-z0-9_+-]{1,40}:(?![\w:])")
_ADDRESS = re.compile(r"[^\s<>\[\]`|\"“”„«»]++")
_TICKS = re.compile(r"`++")
_FORMULA = re.compile(r"\$\$[^$]++\$\$|\$(?!\s)[^$]++(?<![\s\\])\$(?![\d$])")
_SPACES = re.compile(r"(?: |&nbsp;|&#160;)*+")

_VOID = HIDDEN - CODE


def label_of(source: str) -> str:
    r"""Return what tells the label of a link from others.

    >>> label_of("Tide\n Table")
    'tide table'
    """
    return " ".join(source.casefold().split())


def tag_end(text: str, start: int, end: int) -> tuple[int | None, int]:
    """Return where the tag ends that begins at ``start``, if it is one.

    Also returns how far that was looked for: no tag begins before.
    """
    found = _TAG.match(text, start, end)
    if found is None:
        return None, start + 1
    if text[found.end() : min(found.end() + 1, end)] == ">":
        return found.end() + 1, found.end()
    return None, found.end()


class Inline:
    """Reads one paragraph; ``labels`` are those that links are defined for."""

    def __init__(self, text: str, span: Span, labels: Collection[str]) -> None:
        self.comments: list[Span] = []
        self._text, self._start, self._end = text, span.start, span.end
        self._labels = labels
        self._edits: list[tuple[int, int, str]] = []
        self._brackets: list[tuple[int, int]] = []
        self._last_bracket = -1
        self._openers: dict[str, list[list[int]]] = {"*": [], "_": [], "~": []}
        self._ticks: dict[int, list[int]] | None = None
        self._missing: set[str] = set()
        self._no_tag_before = 0

    def read(self, pieces: Pieces) -> None:
        """Take the prose of the paragraph."""
        at = self._start
        while found := _SPECIAL.search(self._text, at, self._end):
            read = _READERS.get(found[0], Inline._read_address)
            at = read(self, found.start())
        at = self._start
        for start, end, shown in sorted(self._edits):
            pieces.keep(self._text, at, start)
            pieces.put(shown, start, end)
            at = end
        pieces.keep(self._text, at, self._end)

    def _put(self, shown: str, start: int, end: int) -> int:
        self._edits.append((start, end, shown))
        return end

    def _stand_in(self, start: int, end: int) -> int:
        return self._put(stand_in(self._text[start:end]), start, end)

    def _vanish(self, start: int, end: int) -> int:
        """Leave out a stretch, and the space before it if one is behind it as well."""
        if self._at(end) in (" ", "\n", "\r", ""):
            while start > self._start and self._text[start - 1] == " ":
                start -= 1
        return self._put("", start, end)

    def _at(self, place: int) -> str:
        return self._text[place] if self._start <= place < self._end else ""

    def _read_backslash(self, at: int) -> int:
        follows = self._at(at + 1)
        if follows in _PUNCTUATION:
            self._put("", at, at + 1)
            return at + 2
        if follows in ("\n", "\r"):
            self._put("", at, at + 1)
        return at + 1

    def _read_ticks(self, at: int) -> int:
        n_ticks = self._run(at)
        behind = at + n_ticks
        if self._ticks is None:
            self._ticks = {}
            for match in _TICKS.finditer(self._text, self._start, self._end):
                self._ticks.setdefault(len(match[0]), []).append(match.start())
        places = self._ticks.get(n_ticks, [])
        close = bisect_left(places, behind)
        if close == len(places):
            return behind
        return self._stand_in(at, places[close] + n_ticks)

    def _run(self, at: int) -> int:
        """Return how often the mark stands there in a row."""
        end = at
        while end < self._end and self._text[end] == self._text[at]:
            end += 1
        return end - at

    def _behind(self, mark: str, at: int) -> int | None:
        """Return where a mark ends; it is looked for in vain no more than once."""
        if mark in self._missing:
            return None
        found = self._text.find(mark, at, self._end)
        if found < 0:
            self._missing.add(mark)
            return None
        return found + len(mark)

    def _read_angle(self, at: int) -> int:
        if link := _AUTOLINK.match(self._text, at, self._end):
            return self._stand_in(at, link.end())
        for start, mark in (("<!--", "-->"), ("<?", "?>"), ("<!", ">")):
            if not self._text.startswith(start, at, self._end):
                continue
            end = self._behind(mark, at + 2)
            if end is None:
                return at + 1
            if start == "<!--":
                self.comments.append(Span(at, end))
            return self._vanish(at, end)
        return self._read_tag(at)

    def _read_tag(self, at: int) -> int:
        if at < self._no_tag_before:
            return at + 1
        end, self._no_tag_before = tag_end(self._text, at, self._end)
        if end is None:
            return at + 1
        name = self._text[at + 1 : end].rstrip("/>").split(None, 1)[0].lower()
        if name == "br":
            return self._put("\n", at, end)
        if name in CODE or name in HIDDEN or name == "pre":
            close = self._behind(f"</{name}>", end)
            if close is not None:
                shown = "" if name in _VOID else stand_in(self._text[at:close])
                return self._put(shown, at, close)
        return self._put("", at, end)

    def _read_reference(self, at: int) -> int:
        found = REFERENCE.match(self._text, at, self._end)
        if found is None:
            return at + 1
        shown = meant(found[0])
        if shown == "\xa0":
            # Several in a row, with spaces between them, are a layout.
            while at > self._start and self._text[at - 1] == " ":
                at -= 1
            run = _SPACES.match(self._text, at, self._end) or found
            return self._put(shown, at, run.end())
        return found.end() if shown == found[0] else self._put(shown, at, found.end())

    def _read_exclamation(self, at: int) -> int:
        return self._open_bracket(at, at + 2) if self._at(at + 1) == "[" else at + 1

    def _read_bracket(self, at: int) -> int:
        if note := _NOTE.match(self._text, at, self._end):
            return self._vanish(at, note.end())
        return self._open_bracket(at, at + 1)

    def _open_bracket(self, at: int, end: int) -> int:
        self._brackets.append((at, end))
        self._last_bracket = at
        return end

    def _close_bracket(self, at: int) -> int:
        if not self._brackets:
            return at + 1
        start, inner = self._brackets.pop()
        # Labels hold no brackets.
        is_label = self._last_bracket == start and at - inner < 1000
        self._last_bracket = at
        end = self._target_end(at + 1, self._text[inner:at] if is_label else None)
        if end is None:
            return at + 1
        self._put("", start, inner)
        return self._put("", at, end)

    def _target_end(self, at: int, label: str | None) -> int | None:
        """Return where the target of a link ends that begins there, if there is one."""
        if target := _TARGET.match(self._text, at, self._end):
            return target.end()
        if not self._labels:
            return None
        reference = _LABEL.match(self._text, at, self._end)
        if reference and reference[1].strip():
            if label_of(reference[1]) in self._labels:
                return reference.end()
        elif label is not None and label_of(label) in self._labels:
            return reference.end() if reference else at
        return None

    def _read_emphasis(self, at: int) -> int:
        mark, length = self._text[at], self._run(at)
        behind = at + length
        may_open, may_close = self._flanks(mark, at, behind)
        openers = self._openers[mark]
        while may_close and length and openers:
            opener = openers[-1]
            n_marks = min(opener[1], length)
            self._put("", opener[0] - n_marks, opener[0])
            self._put("", behind - length, behind - length + n_marks)
            opener[0] -= n_marks
            opener[1] -= n_marks
            length -= n_marks
            if not opener[1]:
                openers.pop()
        if may_open and length:
            openers.append([behind, length])
        return behind

    def _flanks(self, mark: str, start: int, end: int) -> tuple[bool, bool]:
        """Tell whether a row of marks may begin and may end an emphasis."""
        before, after = self._at(start - 1) or " ", self._at(end) or " "
        outer, inner = not before.isalnum(), not after.isalnum()
        left = not after.isspace() and (not inner or outer)
        right = not before.isspace() and (not outer or inner)
        if mark == "_":
            return left and outer, right and inner
        return left, right

    def _read_dollar(self, at: int) -> int:
        found = _FORMULA.match(self._text, at, self._end)
        if found is None or self._at(at - 1).isalnum():
            return at + 1
        return self._stand_in(at, found.end())

    def _read_colon(self, at: int) -> int:
        emoji = _EMOJI.match(self._text, at, self._end)
        return self._stand_in(at, emoji.end()) if emoji else at + 1

    def _read_brace(self, at: int) -> int:
        found = _ATTRIBUTES.match(self._text, at, self._end)
        return self._vanish(at, found.end()) if found else at + 1

    def _read_address(self, at: int) -> int:
        found = _ADDRESS.match(self._text, at, self._end)
        return self._stand_in(at, at + len(_trimmed(found[0]))) if found else at + 1


def _trimmed(address: str) -> str:
    """Return an address without the marks of the sentence that it stands in."""
    n_open, n_closed = address.count("("), address.count(")")
    end = len(address)
    while end and (address[end - 1] in ".,:;!?*_~'" or address[end - 1] == ")"):
        if address[end - 1] == ")":
            if n_closed <= n_open:
                break
            n_closed -= 1
        end -= 1
    return address[:end]


_READERS: dict[str, Callable[[Inline, int], int]] = {
    "\\": Inline._read_backslash,
    "`": Inline._read_ticks,
    "<": Inline._read_angle,
    "&": Inline._read_reference,
    "!": Inline._read_exclamation,
    "[": Inline._read_bracket,
    "]": Inline._close_bracket,
    "*": Inline._read_emphasis,
    "_": Inline._read_emphasis,
    "~": Inline._read_emphasis,
    "$": Inline._read_dollar,
    ":": Inline._read_colon,
    "{": Inline._read_brace,
}
