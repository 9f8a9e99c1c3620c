"""What translation engines leave behind: marks in a page, tokens, loops."""

import re
from collections.abc import Iterator
from operator import eq

from mtcheck.languages import language, languages
from mtcheck.rules import Rule, cued_matches
from mtcheck.segment import Passage
from mtcheck.shapes import DOUBLE
from mtcheck.types import Span

_TOKEN = (
    r"<unk>|<pad>|</?s>|</w>|\[UNK\]|(?<= )⁇(?= )|￭|(?<!\w)▁(?=\w)"
    r"|(?<=\w) @[-,.]@ (?=\w)|(?<=[a-zäöü])@@ (?=[a-zäöü])"
)
_TOKEN_TALK = (
    r"(?i)\b(?:tokens?|tokeni[sz]\w+|vocabular\w+|vokabular\w*|embedding\w*)\b"
)

_SIZES = range(1, 5)
"""Words that an engine says again and again; longer stretches are repeated lines."""

_TIMES = 4
_TIMES_ALONE = 6
"""People too write a word four times over: "wait wait wait wait"."""

_LINKS = frozenset("and or und oder".split())
_CALLS = frozenset("no so more very nein ja sehr mehr".split())

_PLAIN = r"[^\W_]+(?:[-'’][^\W_]+)*,?"
_WORD = re.compile(r"\S+")


def _loops(passage: Passage) -> Iterator[Span]:
    text, offset = passage.paragraph.text, passage.paragraph.span.start
    words = text.split()
    sizes = [
        size
        for size in _SIZES
        if sum(map(eq, words, words[size:])) >= (_TIMES - 1) * size
    ]
    if not sizes:
        return
    places = [Span(*match.span()) for match in _WORD.finditer(text)]
    end = 0
    for first, last, size in sorted(_runs(words, sizes)):
        unit = words[first : first + size]
        times = (last - first) // size
        if first >= end and _is_loop(unit, times, passage.paragraph.language):
            end = last
            span = Span(places[first].start, places[last - 1].end)
            # Over several lines it is a list of buttons.
            if "\n" not in span.of(text):
                yield span.shift(offset)


def _runs(words: list[str], sizes: list[int]) -> Iterator[tuple[int, int, int]]:
    """Yield where the same words come back at a distance of one of the sizes."""
    for size in sizes:
        start = None
        for at in range(len(words) - size + 1):
            same = at + size < len(words) and words[at] == words[at + size]
            if same and start is None:
                start = at
            elif not same and start is not None:
                if at - start >= (_TIMES - 1) * size:
                    yield start, at + size, size
                start = None


def _is_loop(unit: list[str], times: int, code: str | None) -> bool:
    """Tell whether nobody would say that so often: not "no no no no", "la la la"."""
    if not all(re.fullmatch(_PLAIN, word) for word in unit) or not any(
        map(str.isalpha, unit)
    ):
        return False
    small = {word.rstrip(",").lower() for word in unit}
    known = language(code).function_words if code in languages() else frozenset()
    if len(unit) == 1:
        (word,) = small
        is_small = word in known and word not in _CALLS
        return is_small or (times >= _TIMES_ALONE and len(word) > 4)
    # "again and again and again", "on and on"
    is_linked = not small.isdisjoint(_LINKS)
    return len(small) > 1 and (times >= _TIMES_ALONE or not is_linked)


# What marks a page as translated, and the tags that it counts in: the first two after
# cloud.google.com/translate/markup, X-Translated-By as Google sets it
# (phabricator.wikimedia.org/T212292), the classes that Chrome gives the root (issue 93
# of FilipePS/Traduzir-paginas-web), and what Google's and Microsoft's translators leave
# in pages that are saved from a browser.
_MARKS = {
    "-x-mtfrom-": r"\blang=[\"']?[\w-]{2,20}-x-mtfrom-",
    "machine-translated-from": r"<link\b.*\brel=",
    "x-translated-": r"<meta\b.*\bhttp-equiv=[\"']?x-translated-(?:by|to)\b",
    "translated-ltr": r"<(?:html|body)\b.*\bclass=",
    "translated-rtl": r"<(?:html|body)\b.*\bclass=",
    "vertical-align: inherit": r"<font style=",
    "google-src-text": r"<span\b.*\bclass=",
    "_msthash=": r"\s_msthash=\"",
    "_msttexthash=": r"\s_msttexthash=\"",
}
_LONGEST_TAG = 800


def _marks(html: str) -> Iterator[Span]:
    lower = html.lower()
    found = [span for cue in _MARKS for span in _marked_tags(lower, cue)]
    # One mark says it all: such pages have hundreds.
    yield from sorted(found)[:1]


def _marked_tags(html: str, cue: str) -> Iterator[Span]:
    """Yield the first tag that holds the cue where it is a mark."""
    at = html.find(cue)
    while at >= 0:
        start = html.rfind("<", max(0, at - _LONGEST_TAG), at)
        end = html.find(">", at, at + _LONGEST_TAG) + 1
        tag = html[start:end] if start >= 0 else ""
        if tag.find(">") == len(tag) - 1 and re.search(_MARKS[cue], tag, re.DOTALL):
            yield Span(start, end)
            return
        at = html.find(cue, at + 1)


RULES = (
    Rule(
        code="MT604",
        name="engine-token",
        severity="error",
        message="a sign that is meant for a translation engine: {!r}",
        why="Engines cut words into pieces and were to put them together again.",
        bad=(
            "The ⟦<unk>⟧ opened the lock.",
            "A well⟦ @-@ ⟧known lock in the har⟦@@ ⟧bour",
            "The ⟦⁇⟧ lock and the ⟦▁⟧gate",
        ),
        good=(
            "The token <unk> stands for rare words.",
            "Mail us @ the lock. What⁇ Really?",
            "▁▂▃▄▅",
        ),
        signs=frozenset("<>[⁇￭▁@"),
        find=cued_matches(
            _TOKEN,
            "<unk>",
            "<pad>",
            "s>",
            "</w>",
            "[UNK]",
            "⁇",
            "￭",
            "▁",
            "@ ",
            unless=_TOKEN_TALK,
        ),
    ),
    Rule(
        code="MT605",
        name="engine-loop",
        severity="error",
        message="the same words again and again: {!r}",
        why="An engine that loses its way in a sentence goes round in circles.",
        bad=(
            "It lies ⟦of the lock of the lock of the lock of the lock⟧ now.",
            "She opens ⟦the the the the⟧ gate.",
            "Das ⟦Steuerbüro Steuerbüro Steuerbüro Steuerbüro Steuerbüro Steuerbüro⟧",
            "and ⟦she is ours, she is ours, she is ours, she is ours,⟧ they say",
        ),
        good=(
            "No no no no, she said, and la la la la la la.",
            "He called again and again and again and again and again.",
            "It went on and on and on and on. Wait wait wait wait!",
            "I know. I know. I know. I know. I know.",
            "- - - - - - - - 2, 2, 2, 2, 2, 2, 2",
            "Sie ging weiter und weiter und weiter und weiter.",
        ),
        signs=frozenset({DOUBLE}),
        find=_loops,
    ),
    Rule(
        code="MT609",
        name="translated-page",
        severity="error",
        message="a translation engine has marked the page: {!r}",
        why="The page was saved from an engine, or says that one made it.",
        bad=(
            '⟦<html lang="de-x-mtfrom-en">⟧<body>Die Schleuse</body></html>',
            '<html><head>⟦<link rel="alternate machine-translated-from" hreflang="en"'
            ' href="http://harbour.example">⟧</head></html>',
            '<head>⟦<meta http-equiv="X-Translated-By" content="Google">⟧</head>',
            '⟦<html lang="de" class="js translated-ltr">⟧<body>Die Schleuse</body>',
            '<p>⟦<font style="vertical-align: inherit;">⟧<font style="vertical-align: '
            'inherit;">Die Schleuse</font></font></p>',
            '<p>⟦<span class="google-src-text">⟧The lock</span> Die Schleuse</p>',
            '⟦<h3 _msttexthash="109512" _msthash="201">⟧Die Schleuse</h3>',
        ),
        good=(
            '<html lang="de"><head><meta name="google" content="notranslate"></head>',
            '<div id="google_translate_element" class="skiptranslate goog-te-gadget">',
            '<p translate="no" class="notranslate">X-Translated-By</p>',
            '<img style="vertical-align: inherit;">',
        ),
        find_in_page=_marks,
    ),
)
