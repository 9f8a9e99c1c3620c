"""Numbers written as another language writes them."""

import re
from collections.abc import Iterable, Iterator

from mtcheck.languages import language, languages
from mtcheck.rules import Rule
from mtcheck.segment import Passage
from mtcheck.types import Span

# Both marks, or one that parts thousands twice, leave no doubt what they mean. Points
# that part groups of digits are addresses and versions as well.
_POINT_LAST = re.compile(
    r"(?<![\d.,'’])\d{1,3}(?:,\d{3}){1,9}\.\d{1,3}(?![\d.,'’]\d|\d)"
    r"|(?<![\d.,])\d{1,3}(?:,\d{3}){2,9}(?![.,]?\d)"
)
_COMMA_LAST = re.compile(
    r"(?<![\d.,'’])\d{1,3}(?:\.\d{3}){1,9},\d{1,3}(?![\d.,'’]\d|\d)"
)
# A mark in front is looked for at once, and few texts have the group that it parts.
_COMMA_GROUP, _POINT_GROUP = re.compile(r",\d{3}"), re.compile(r"\.\d{3}")


def _foreign_numbers(passage: Passage) -> Iterable[Span]:
    text, code = passage.paragraph.text, passage.paragraph.language
    if code not in languages():
        return ()
    if language(code).has_decimal_comma:
        return _numbers(passage, _POINT_LAST) if _COMMA_GROUP.search(text) else ()
    return _numbers(passage, _COMMA_LAST) if _POINT_GROUP.search(text) else ()


def _numbers(passage: Passage, pattern: re.Pattern[str]) -> Iterator[Span]:
    for match in pattern.finditer(passage.paragraph.text):
        yield Span(*match.span()).shift(passage.paragraph.span.start)


RULES = (
    Rule(
        code="MT114",
        name="foreign-number",
        message="the number is written as in another language: {!r}",
        why="Engines copy numbers and do not exchange their comma and their point.",
        bad=(
            "The boat was sold for ⟦3.500,00⟧ pounds.",
            "Das Boot kostete ⟦3,500.00⟧ Euro.",
            "Die Stadt hat ⟦1,250,000⟧ Einwohner.",
        ),
        good=(
            "The boat was sold for 3,500 pounds, or 1.5 a ton, at 10.200.300.400.",
            "Das Boot kostete 3500 Euro, die Tonne 1.5 oder 1,5.",
        ),
        signs=frozenset("0123456789"),
        find=_foreign_numbers,
    ),
)
