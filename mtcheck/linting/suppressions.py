"""Comments that silence findings, as ``<!-- mtcheck: ignore MT101 -- reason -->``.

Behind text, a comment reaches the findings that start on its lines. Alone on its lines
it reaches the block that follows, up to the next blank line, and in a page up to the
end of the next paragraph. ``ignore-file`` reaches the whole file.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import accumulate, groupby

from mtcheck.errors import ConfigError
from mtcheck.linting.selection import known_code, stands_for
from mtcheck.markup import View, is_page
from mtcheck.report import Lines
from mtcheck.rules import Rule, all_rules, in_order
from mtcheck.segment import split_paragraphs
from mtcheck.types import Document, Finding, Span

UNUSED, INVALID = "MT001", "MT002"
"""The codes of what is said of the comments themselves, which no comment silences."""

_OWN = "MT0"
_HEAD = re.compile(r"<!--\s*+mtcheck:\s*+(\w*+(?:-\w++)*+)")
_CODE = re.compile(r"[^\s,]+")
_FORM = "write <!-- mtcheck: ignore MT101 -- reason -->"


@dataclass(frozen=True, slots=True)
class Suppression:
    """A code that a comment names, and where in the file its findings may start."""

    code: str
    place: Span
    reach: Span


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a comment."""

    place: Span
    why: str


def suppressed(
    findings: Sequence[Finding],
    document: Document,
    shown: View,
    rules: Iterable[Rule],
    asked: Collection[str],
) -> list[Finding]:
    """Return the findings that no comment silences, and those on the comments.

    ``findings`` are in order, and ``asked`` the codes of what was looked for.
    """
    read = list(_read(document, shown))
    by_code: dict[str, list[Suppression]] = defaultdict(list)
    for item in read:
        if isinstance(item, Suppression):
            by_code[item.code].append(item)
    silenced: set[int] = set()
    own = [
        (INVALID, item.place, item.why) for item in read if isinstance(item, Problem)
    ]
    for code, items in by_code.items():
        met = [at for at, found in enumerate(findings) if _means(code, found)]
        starts = [findings[at].span.start for at in met]
        ranges = [_range(starts, item.reach) for item in items]
        silenced.update(met[at] for at in _covered(ranges, len(met)))
        if _is_asked(code, asked):
            own += [
                (UNUSED, item.place, item.place.of(document.text))
                for item, (first, end) in zip(items, ranges, strict=True)
                if first == end
            ]
    kept = [found for at, found in enumerate(findings) if at not in silenced]
    chosen = {rule.code: rule for rule in rules}
    kept += [
        _finding(chosen[code], place, detail)
        for code, place, detail in own
        if code in chosen
    ]
    return in_order(kept)


def _finding(rule: Rule, place: Span, detail: str) -> Finding:
    message = rule.message.format(detail)
    return Finding(rule.code, rule.name, rule.severity, place, message)


def _means(code: str, found: Finding) -> bool:
    return stands_for(code, found) and not found.code.startswith(_OWN)


def _is_asked(code: str, asked: Collection[str]) -> bool:
    """Tell whether all that a code stands for was looked for."""
    meant = [rule for rule in all_rules() if stands_for(code, rule)]
    return all(rule.code in asked for rule in meant)


def _range(starts: Sequence[int], reach: Span) -> tuple[int, int]:
    return bisect_left(starts, reach.start), bisect_left(starts, reach.end)


def _covered(ranges: Iterable[tuple[int, int]], length: int) -> Iterator[int]:
    """Yield the indices that lie in any of the ranges."""
    steps = [0] * (length + 1)
    for first, end in ranges:
        steps[first] += 1
        steps[end] -= 1
    return (at for at, depth in enumerate(accumulate(steps)) if depth)


def _read(document: Document, shown: View) -> Iterator[Suppression | Problem]:
    text = document.text
    reaches: _Reaches | None = None
    for comment in shown.comments:
        head = _HEAD.match(text, comment.start, comment.end)
        if head is None:
            continue
        end = (
            comment.end - 3
            if text.endswith("-->", head.end(), comment.end)
            else comment.end
        )
        reason = text.find("--", head.end(), end)
        codes = Span(head.end(), end if reason < 0 else reason)
        why = _why_invalid(head[1], codes.of(text), text[codes.end + 2 : end])
        if why:
            yield Problem(comment, why)
            continue
        reaches = reaches or _Reaches(document, shown)
        is_file = head[1] == "ignore-file"
        reach = Span(0, len(text) + 1) if is_file else reaches.of(comment)
        for match in _CODE.finditer(text, codes.start, codes.end):
            yield _suppression(match[0], Span(*match.span()), reach)


def _why_invalid(verb: str, codes: str, reason: str) -> str | None:
    if verb not in ("ignore", "ignore-file"):
        said = f"{verb!r} is neither" if verb else "it says neither"
        return f"{said} 'ignore' nor 'ignore-file'; {_FORM}"
    if not codes.strip(", \t\r\n"):
        return f"it names no code; {_FORM}"
    if not reason.strip():
        return f"it gives no reason; {_FORM}"
    return None


def _suppression(given: str, place: Span, reach: Span) -> Suppression | Problem:
    try:
        return Suppression(known_code(given), place, reach)
    except ConfigError:
        why = f"{given!r} is no code, no start of one and no name of a rule; {_FORM}"
        return Problem(place, why)


class _Reaches:
    """Says how far comments reach, with the text without comments before its eyes."""

    def __init__(self, document: Document, shown: View) -> None:
        self._text = document.text
        self._lines = Lines(document.text)
        self._bare = _without(document.text, shown.comments)
        self._shown = shown
        self._is_page = is_page(document.source)
        self._is_blank = cache(self._holds_nothing)

    def of(self, comment: Span) -> Span:
        """Return the stretch of the file that a comment reaches."""
        first, _, last, _ = self._lines.ends(comment)
        if not all(map(self._is_blank, range(first, last + 1))):
            return Span(self._lines.start(first), self._start(last + 1))
        return self._paragraph(comment) if self._is_page else self._block(last + 1)

    def _holds_nothing(self, line: int) -> bool:
        return not self._bare[self._lines.start(line) : self._start(line + 1)].strip()

    def _start(self, line: int) -> int:
        # Behind the last line one more place, where nothing starts.
        is_line = line <= len(self._lines)
        return self._lines.start(line) if is_line else len(self._text) + 1

    def _block(self, line: int) -> Span:
        """Return the lines from the next one that holds something to a blank one."""
        at = bisect_left(self._blocks, (line, 0))
        if at == len(self._blocks):
            return Span(len(self._text) + 1, len(self._text) + 1)
        first, end = self._blocks[at]
        return Span(self._start(first), self._start(end))

    @cached_property
    def _blocks(self) -> list[tuple[int, int]]:
        lines = range(1, len(self._lines) + 1)
        return [
            (run[0], run[-1] + 1)
            for is_blank, group in groupby(lines, self._is_blank)
            if not is_blank and (run := list(group))
        ]

    def _paragraph(self, comment: Span) -> Span:
        """Return all from a comment to the end of the text that comes next."""
        at = bisect_right(self._ends, comment.end)
        end = self._ends[at] if at < len(self._ends) else len(self._text) + 1
        return Span(comment.end, end)

    @cached_property
    def _ends(self) -> list[int]:
        spans = split_paragraphs(self._shown.text, "blank")
        return [self._shown.place(span).end for span in spans]


def _without(text: str, gaps: Iterable[Span]) -> str:
    """Return the text with blanks in place of the gaps, which come in order."""
    pieces = []
    at = 0
    for gap in gaps:
        pieces += [text[at : gap.start], " " * (gap.end - gap.start)]
        at = gap.end
    return "".join([*pieces, text[at:]])
