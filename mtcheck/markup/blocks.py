"""The blocks of a Markdown text: what stands where, without the marks of the lines.

A scanner of our own: markdown-it needs as long to be imported as a whole run of lint
takes, knows lines but no columns, and takes quadratic time on rows of brackets.
"""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from mtcheck.markup.inline import label_of, tag_end
from mtcheck.markup.lines import (
    ALERT,
    BLANKS,
    DEFINITION,
    FENCE,
    FOOTNOTE,
    HEADING,
    ITEM,
    LINE_END,
    PAGES,
    QUOTE,
    TASK,
    UNDERLINE,
    Line,
    behind_front_matter,
    cells,
    is_break,
    measured,
    parts_rows,
)
from mtcheck.markup.pieces import BULLET, Pieces
from mtcheck.types import Span

_MAX_DEPTH = 32
"""Each line is held against all open containers."""


class Block(NamedTuple):
    """A stretch of prose, or of HTML, in the text of the blocks."""

    span: Span
    is_page: bool


@dataclass(slots=True)
class _Fence:
    """Lines that are left out until one ends them."""

    mark: str
    least: int
    depth: int

    def is_closed_by(self, line: str) -> bool:
        if self.mark == "$":
            return "$$" in line
        return len(line) >= self.least and not line.strip(self.mark)


@dataclass(slots=True)
class _Page:
    """Lines of HTML until one ends them, or a blank one does."""

    end: re.Pattern[str] | None
    depth: int
    lines: list[Span] = field(default_factory=list)


class Blocks:
    """Reads a text line by line."""

    def __init__(self, text: str) -> None:
        self.pieces = Pieces()
        self.found: list[Block] = []
        self.labels: set[str] = set()
        self._text = text
        self._last: int | None = None
        self._containers: list[int] = []
        self._paragraph: list[Span] = []
        self._item: int | None = None
        self._is_table = False
        self._fence: _Fence | None = None
        self._page: _Page | None = None
        self._last_formula = text.rfind("$$")

    def read(self) -> None:
        """Find the blocks of the whole text."""
        start = behind_front_matter(self._text)
        for match in LINE_END.finditer(self._text, start):
            self._read_line(start, match.start())
            start = match.end()
        self._read_line(start, len(self._text))
        self._close(0)

    def _read_line(self, start: int, end: int) -> None:
        line = measured(self._text, start, end, 0)
        matched = 0
        for width in self._containers:
            if width == QUOTE and self._is_quoted(line):
                line = self._behind_quote_mark(line)
            elif width != QUOTE and (line.is_blank or line.indent >= width):
                line.column += width
            else:
                break
            matched += 1
        if self._is_left_out(line, matched) or self._is_in_page(line, matched):
            return
        if line.is_blank:
            self._close(matched)
            self._item = None
        else:
            self._read_block(line, matched)

    def _is_quoted(self, line: Line) -> bool:
        return not line.is_blank and line.indent < 4 and self._text[line.at] == ">"

    def _behind_quote_mark(self, line: Line) -> Line:
        at, column = line.at + 1, line.indented + 1
        found = measured(self._text, at, line.end, column)
        if found.indented > column:
            found.column += 1
        return found

    def _is_left_out(self, line: Line, matched: int) -> bool:
        fence = self._fence
        if fence is None:
            return False
        if matched < fence.depth:
            self._fence = None
            return False
        if line.indent < 4 and fence.is_closed_by(self._stripped(line)):
            self._fence = None
        return True

    def _is_in_page(self, line: Line, matched: int) -> bool:
        page = self._page
        if page is None:
            return False
        if matched < page.depth or (page.end is None and line.is_blank):
            self._close_page()
            return False
        page.lines.append(Span(line.at, line.end))
        if page.end and page.end.search(self._text, line.at, line.end):
            self._close_page()
        return True

    def _stripped(self, line: Line) -> str:
        return self._text[line.at : line.end].rstrip(BLANKS)

    def _read_block(self, line: Line, matched: int) -> None:
        """Open the containers that begin in the line, then read what stands in them."""
        while line.indent < 4 and len(self._containers) < _MAX_DEPTH:
            opened = self._opened(line, matched)
            if opened is None:
                break
            start, (width, line) = line.at, opened
            self._close(matched)
            # Of items in items the first is shown.
            if self._item is None and self._text[start] not in ">[":
                self._item = start
            self._containers.append(width)
            matched += 1
            if line.is_blank:
                return
        if line.indent < 4:
            if not self._is_leaf(line, matched):
                self._read_text(line, matched)
        elif self._paragraph:
            self._read_text(line, matched)
        else:
            self._close(matched)  # Indented code.

    def _runs_on(self, matched: int) -> bool:
        """Tell whether a paragraph is open, in the containers that the line is in."""
        return bool(self._paragraph) and matched == len(self._containers)

    def _opened(self, line: Line, matched: int) -> tuple[int, Line] | None:
        """Return the width of the container that begins here, and the rest of the line.

        Where it would break into a paragraph, a list must begin with a one.
        """
        if self._is_quoted(line):
            return QUOTE, self._behind_quote_mark(line)
        mark = self._text[line.at]
        if mark == "[":
            note = FOOTNOTE.match(self._text, line.at, line.end)
            if note is None:
                return None
            return 4, measured(self._text, note.end(), line.end, line.column + 4)
        if mark not in "-+*" and not mark.isdigit():
            return None
        item = ITEM.match(self._text, line.at, line.end)
        if item is None or is_break(self._stripped(line)):
            return None
        column = line.indented + item.end() - item.start()
        rest = measured(self._text, item.end(), line.end, column)
        is_weak = rest.is_blank or item[1] not in (None, "1")
        if is_weak and self._runs_on(matched):
            return None
        # More white space than that begins code that stands in the item.
        gap = rest.indent if 1 <= rest.indent <= 4 and not rest.is_blank else 1
        rest.column = column + gap
        if task := TASK.match(self._text, rest.at, rest.end):
            rest.at = task.end()
        return rest.column - line.column, rest

    def _is_leaf(self, line: Line, matched: int) -> bool:
        """Read a heading, a rule, a fence, HTML or a row; tell whether it was one."""
        content = self._stripped(line)
        if heading := HEADING.match(content):
            self._close(matched)
            self._take_heading(line, content, heading.end())
            return True
        if self._runs_on(matched) and UNDERLINE.match(content):
            self._close(matched)
            return True
        if is_break(content) or content.startswith(":::"):
            self._close(matched)
            return True
        return (
            self._begins_fence(line, content, matched)
            or self._begins_page(line, content, matched)
            or self._is_row(line, content, matched)
        )

    def _take_heading(self, line: Line, content: str, start: int) -> None:
        shown = content.rstrip("#")
        if shown[-1:] in BLANKS:  # Marks behind it that are not part of a word.
            content = shown.rstrip(BLANKS)
        start = len(content) - len(content[start:].lstrip(BLANKS))
        self._take([Span(line.at + start, line.at + len(content))])

    def _begins_fence(self, line: Line, content: str, matched: int) -> bool:
        mark, least = content[0], 2
        if fence := FENCE.match(content):
            least = len(fence[1] or fence[2])
        elif not content.startswith("$$") or self._last_formula < line.end:
            return False
        elif "$$" in content[2:]:
            return False  # A formula of one line, in a paragraph.
        self._close(matched)
        self._fence = _Fence(mark, least, len(self._containers))
        return True

    def _begins_page(self, line: Line, content: str, matched: int) -> bool:
        if content[0] != "<":
            return False
        ends = [end for start, end in PAGES if start.match(content)]
        is_lone_tag = tag_end(content, 0, len(content))[0] == len(content)
        if not ends and (self._paragraph or not is_lone_tag):
            return False
        self._close(matched)
        self._page = _Page(ends[0] if ends else None, len(self._containers))
        self._is_in_page(line, matched)
        return True

    def _is_row(self, line: Line, content: str, matched: int) -> bool:
        """Take a row of a table, or the line above if this one makes it the first."""
        if self._is_table and matched == len(self._containers):
            self._take_row(Span(line.at, line.at + len(content)))
            return True
        if not self._runs_on(matched) or not parts_rows(content):
            return False
        first = self._paragraph[-1]
        marks = Span(line.at, line.at + len(content))
        if len(cells(self._text, first)) != len(cells(self._text, marks)):
            return False
        del self._paragraph[-1]
        self._close(matched)
        self._take_row(first)
        self._is_table = True
        return True

    def _take_row(self, row: Span) -> None:
        """Take a row as one line: its cells may come back in many rows."""
        spans = cells(self._text, row)
        self._take([span for span in spans if span.start < span.end], joint=" | ")

    def _read_text(self, line: Line, matched: int) -> None:
        """Take a line of a paragraph; one that is open goes on in any container."""
        content = self._stripped(line)
        if not self._paragraph:
            self._close(matched)
            if ALERT.match(content):
                return
        self._paragraph.append(Span(line.at, line.at + len(content)))

    def _close(self, depth: int) -> None:
        """Close what is open, and the containers deeper than that."""
        if self._page:
            self._close_page()
        if self._paragraph:
            lines, self._paragraph = self._paragraph, []
            self._take(lines[self._n_definitions(lines) :])
        self._is_table = False
        del self._containers[depth:]

    def _close_page(self) -> None:
        page, self._page = self._page, None
        if page:
            self._take(page.lines, is_page=True)

    def _n_definitions(self, lines: list[Span]) -> int:
        """Return how many lines define the targets of links, and note their labels."""
        if self._text[lines[0].start] != "[":
            return 0
        content = "\n".join(line.of(self._text) for line in lines)
        at = 0
        while found := DEFINITION.match(content, at):
            self.labels.add(label_of(found[1]))
            at = found.end()
        return content.count("\n", 0, at) + (at > 0 and at == len(content))

    def _take(
        self, lines: list[Span], is_page: bool = False, joint: str = "\n"
    ) -> None:
        item, self._item = self._item, None
        if not lines or lines[0].start == lines[-1].end:
            return
        first = lines[0].start if item is None or is_page else item
        if self._last is not None:
            self.pieces.put("\n\n", self._last, first)
        start = self.pieces.length
        if first < lines[0].start:
            self.pieces.put(BULLET, first, lines[0].start)
        for line, following in zip(lines, [*lines[1:], None], strict=True):
            self.pieces.keep(self._text, line.start, line.end)
            if following:
                self._join(joint, line.end, following.start)
        self._last = lines[-1].end
        self.found.append(Block(Span(start, self.pieces.length), is_page))

    def _join(self, joint: str, start: int, end: int) -> None:
        if joint == "\n" and LINE_END.fullmatch(self._text, start, end):
            self.pieces.keep(self._text, start, end)
        else:
            self.pieces.put(joint, start, end)
