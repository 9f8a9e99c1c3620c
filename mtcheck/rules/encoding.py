"""Characters that nobody typed: controls, look-alikes, entities, invisible ones."""

import re
import unicodedata
from collections.abc import Iterator

from mtcheck.characters import TWINS
from mtcheck.rules import Rule, matches
from mtcheck.segment import Passage
from mtcheck.shapes import ODDITY
from mtcheck.types import Span


def _between(first: str, last: str) -> frozenset[str]:
    """Return the characters from the first to the last."""
    return frozenset(map(chr, range(ord(first), ord(last) + 1)))


# Behind these letters a control is the rest of a letter that was misread.
_APART = "(?<![ÂÃÄÅâ\x80-\x9f])"
_CONTROL = (
    r"\x1b\[[\d;]{0,20}[A-Za-z]"
    r"|[\x00-\x08\x0e-\x1f\x7f\ufdd0-\ufdef\ufffe\uffff]++"
    f"|{_APART}[\x81\x8d\x8f\x90\x9d]++"
)
_CONTROLS = (
    (_between("\x00", "\x1f") - frozenset("\t\n\r\v\f"))
    | _between("\x7f", "\x9f")
    | set("\ufffe\uffff")
    | _between("\ufdd0", "\ufdef")
)
_WINDOWS = f"{_APART}[\x80\x82-\x84\x86-\x8c\x8e\x91-\x9c\x9e\x9f]++"
_PRIVATE = "[\ue000-\uf8ff\U000f0000-\U0010ffff]"


def _from_windows(marked: str) -> str:
    return marked.encode("latin-1").decode("cp1252")


_RIGHT_TO_LEFT = "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]"
_NO_SPACES = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff"
_LATIN = "A-Za-zÀ-ɏ"
_INVISIBLE = (
    # A chance to break the line behind a mark ("and/or") is typography.
    rf"(?<![^\w\s])(?<![{_NO_SPACES}])[\u200b\u2060\u2063]++(?![{_NO_SPACES}])"
    rf"|[\u200b\u2060\u2063]++(?=\s|\Z)"
    # Behind an f it may part what would be one sign in print: "Auflage".
    rf"|(?<=[{_LATIN}\s])(?:\u200d|(?<!f)\u200c)++(?=[{_LATIN}])"
    "|[\ufeff\u180e]++"
    "|(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0020-\U000e007f]++"
)
_UNSEEN = (
    frozenset("\u061c\u180e\u200b\u2060\u2063\ufeff")
    | _between("\u200c", "\u200f")
    | _between("\u202a", "\u202e")
    | _between("\u2066", "\u2069")
    | _between("\U000e0020", "\U000e007f")
)
_DIRECTIONS = "[\u200e\u200f\u061c\u202a-\u202c\u2066-\u2069]++"
_OVERRIDE = "[\u202d\u202e]"


def _invisible(passage: Passage) -> Iterator[Span]:
    text, offset = passage.paragraph.text, passage.paragraph.span.start
    patterns = [_INVISIBLE]
    if not re.search(_RIGHT_TO_LEFT, text.replace("\ufeff", "")):
        patterns.append(_DIRECTIONS)
    for pattern in patterns:
        for match in re.finditer(pattern, text):
            yield Span(*match.span()).shift(offset)


def _overrides(passage: Passage) -> Iterator[Span]:
    text, offset = passage.paragraph.text, passage.paragraph.span.start
    if not re.search(_RIGHT_TO_LEFT, text):
        for match in re.finditer(_OVERRIDE, text):
            yield Span(*match.span()).shift(offset)


# Engines and old fonts write the Greek letter for the German one.
_TWINS = TWINS | {ord("β"): "ß"}

_MIXED = rf"(?<![^\W\d_])(?:[{_LATIN}]++[Ͱ-ԯ]|[Ͱ-ԯ]++[{_LATIN}])[^\W\d_]*+"
_BETA = "(?<![aeiouyäöü])β"


def _homoglyphs(passage: Passage) -> Iterator[Span]:
    text, offset = passage.paragraph.text, passage.paragraph.span.start
    for match in re.finditer(_MIXED, text):
        other = [char for char in match[0] if char >= "Ͱ"]
        is_latin = len(match[0]) > max(3, 2 * len(other)) and not re.search(
            _BETA, match[0]
        )
        if is_latin and all(ord(char) in _TWINS for char in other):
            yield Span(*match.span()).shift(offset)


def _with_latin(marked: str) -> str:
    return marked.translate(_TWINS)


def _compatible(marked: str) -> str:
    return unicodedata.normalize("NFKC", marked)


_WIDE = r"[！-～]++"
_ASIAN = "[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"


def _full_width(passage: Passage) -> Iterator[Span]:
    text, offset = passage.paragraph.text, passage.paragraph.span.start
    if not re.search(_ASIAN, text):
        for match in re.finditer(_WIDE, text):
            yield Span(*match.span()).shift(offset)


_ENTITY = (
    r"&(?:amp;)*(?:[A-Za-z]{2,8}\d{0,2}|#\d{2,7}|#[xX][0-9A-Fa-f]{2,6});(?![\w.%-]{1,40}=)"
    r"|&(?:nbsp|quot)(?![\w;])"
    r"|(?<![&\w])(?:nbsp|#0?39|#82(?:1[1267]|2[01]|30));"
)
_ENTITY_CUES = ("&", "nbsp;", "#39;", "#039;", "#82")
_QUOTED = frozenset(("''", '""', "“”", "„“", "‘’", "‚‘", "()"))
_ABOUT_CODE = r"(?i)\b(?:html|xml|entit\w+|escap\w+|unicode|latex|markdown)"


def _entities(passage: Passage) -> Iterator[Span]:
    text, offset = passage.paragraph.text, passage.paragraph.span.start
    if not any(cue in text for cue in _ENTITY_CUES) or re.search(_ABOUT_CODE, text):
        return
    in_code, end = False, 0
    for match in re.finditer(_ENTITY, text):
        in_code ^= text.count("`", end, match.start()) % 2 == 1
        end = match.end()
        is_kept = in_code or _is_quoted(text, match) or _plain(match[0]) == match[0]
        if not is_kept:
            yield Span(*match.span()).shift(offset)


def _plain(marked: str) -> str:
    """Return the character that an entity names, however often it was escaped."""
    from html import unescape

    text = marked if marked.startswith("&") else f"&{marked}"
    plain = unescape(text)
    while plain != text:
        text, plain = plain, unescape(plain)
    return marked if text == f"&{marked}" else text


def _is_quoted(text: str, match: re.Match[str]) -> bool:
    """Tell whether the match stands in quotes of its own, or in an address."""
    start, end = match.span()
    if text[max(0, start - 1) : start] + text[end : end + 1] in _QUOTED:
        return True
    word = text[max(0, start - 200) : start].rpartition(" ")[2]
    return any(mark in word for mark in ("://", "www.", "?"))


RULES = (
    Rule(
        code="MT811",
        name="control-character",
        severity="error",
        message="a control character stands in the text: {!r}",
        why="Word processors, terminals and PDF readers keep their own signs there.",
        bad=(
            "Die Goethe⟦\x1e⟧Gesellschaft tagt.",
            "The lock⟦\x00⟧ opened, and ⟦\x1b[31m⟧red⟦\x1b[0m⟧ lamps lit.",
        ),
        good=("One\ttwo\nthree\r\n", "a page\x0canother page", "The lock opened."),
        signs=_CONTROLS,
        find=matches(_CONTROL),
    ),
    Rule(
        code="MT812",
        name="windows-character",
        severity="error",
        message="a control character where Windows has a mark: {!r}",
        why="Text in Windows' encoding was read as Latin-1, which has no such marks.",
        bad=("They don⟦\x92⟧t know.", "Er nennt es ⟦\x84⟧Hafen⟦\x93⟧."),
        good=("They don’t know.", "Er nennt es „Hafen“.", "one\x85two"),
        signs=_between("\x80", "\x9f"),
        find=matches(_WINDOWS),
        fix=_from_windows,
    ),
    Rule(
        code="MT813",
        name="invisible-character",
        message="an invisible character: {!r}",
        why="Search and spelling stumble over it; it comes with copied text.",
        bad=(
            "The har⟦\u200b⟧bour is shut.",
            "⟦\ufeff⟧The harbour is shut.",
            "The harbour is shut.⟦\u200b\u200b⟧",
            "A ⟦\u200d⟧lock in the har⟦\u200c⟧bour",
            "The har⟦\u2060⟧bour and the ⟦\u2068⟧lock⟦\u2069⟧",
        ),
        good=(
            "The har\xadbour is shut; Auf\u200clage.",
            "Photo: Berg/\u200bMeyer/\u200bHafenblatt",
            "A family: 👨\u200d👩\u200d👧 and a flag: 🏴\U000e0067\U000e0062\U000e007f",
            "सा\u200dरा, ไทย\u200bไทย, and (العربية\u200f)",
        ),
        signs=_UNSEEN,
        find=_invisible,
        fix=lambda marked: "",
    ),
    Rule(
        code="MT814",
        name="direction-override",
        severity="error",
        message="the text is shown in another order than it is written: {!r}",
        why="An override in a text without Arabic or Hebrew hides what is written.",
        bad=("The file is ⟦\u202e⟧fdp.exe now.",),
        good=("The file is open.", "\u202bשלום\u202c", "\u202eשלום\u202c"),
        signs=frozenset("\u202d\u202e"),
        find=_overrides,
    ),
    Rule(
        code="MT815",
        name="private-character",
        message="a character that only one font knows: {!r}",
        why="Icons of a web page and bullets of old documents show as empty boxes.",
        bad=("⟦\ue838 \ue838 \ue838⟧ Very good", "⟦\uf0b7⟧ First point"),
        good=("★ ★ ★ Very good", "• First point"),
        signs=frozenset({ODDITY}),
        find=matches(f"{_PRIVATE}++(?: {_PRIVATE}++)*+"),
    ),
    Rule(
        code="MT816",
        name="mixed-script-word",
        severity="error",
        message="a letter of another alphabet stands in the word {!r}",
        why="Look-alikes of Cyrillic or Greek get past filters, and past search.",
        bad=(
            "She ate an ⟦аpple⟧.",
            "The ⟦Αpple⟧ and the ⟦hаrbour⟧",
            "Die ⟦Maβnahmen⟧ sind ⟦groβ⟧.",
        ),
        good=(
            "She ate an apple. Она съела яблоко.",
            "5 μm, 3 kΩ, ΔT, πr and TGFβ; Aβs and cosθ",
            "The band KoЯn plays TETЯIS.",
            "EnglishРусский",
        ),
        signs=_between("Ͱ", "ԯ"),
        find=_homoglyphs,
        fix=_with_latin,
    ),
    Rule(
        code="MT817",
        name="styled-letters",
        message="mathematical signs stand for letters: {!r}",
        why="Letters in fancy dress are no letters to search engines and voices.",
        bad=("A post by ⟦𝐋𝐚𝐮𝐫𝐚⟧ today",),
        good=("A post by Laura today", "the group 𝕊 and the ring ℤ", "let 𝑥 be 𝑦𝑧"),
        signs=_between("\U0001d400", "\U0001d7ff"),
        find=matches("[\U0001d400-\U0001d7ff]{3,}+"),
        fix=_compatible,
    ),
    Rule(
        code="MT818",
        name="presentation-ligature",
        message="two letters stand as one sign: {!r}",
        why="Text taken from a PDF keeps its ligatures, and no search finds the word.",
        bad=("Sie ist steuerp⟦ﬂ⟧ichtig.", "a ⟦ﬁ⟧ne e⟦ﬀ⟧ort"),
        good=("Sie ist steuerpflichtig.", "a fine effort", "Æon, œuvre, Straße"),
        signs=_between("ﬀ", "ﬆ"),
        find=matches("[ﬀ-ﬆ]"),
        fix=_compatible,
    ),
    Rule(
        code="MT819",
        name="full-width-character",
        message="a full-width character in a text of Latin letters: {!r}",
        why="Engines and keyboards of East Asia leave their own wide marks behind.",
        bad=("They came⟦，⟧saw⟦，⟧and left⟦！⟧", "The ⟦ＨＡＲＢＯＵＲ⟧ office"),
        good=("They came, saw, and left!", "「はい」と言った（笑）。", "Tel. （痴漢）"),
        signs=_between("！", "～"),
        find=_full_width,
    ),
    Rule(
        code="MT820",
        name="detached-accent",
        message="an accent stands beside its letter: {!r}",
        why="Text taken from a PDF often parts the accent from its letter.",
        bad=("Die Universit⟦¨a⟧t ist groß.", "Die Sch⟦¨u⟧ler", "caf ⟦\u0301⟧e"),
        good=("Die Universität", "don´t", "¨ is called a diaeresis", "qq\u0304 states"),
        signs=_between("\u0300", "\u036f") | {"¨", "˚"},
        find=matches("(?<=[a-z])[¨˚](?:[aouAOU](?=[a-z]))|(?<=\\s)[\u0300-\u036f]++"),
    ),
    Rule(
        code="MT821",
        name="html-entity",
        severity="error",
        message="an HTML entity was left in the text: {!r}",
        why="The text was escaped once too often, or read from the source of a page.",
        bad=(
            "Salt ⟦&amp;⟧ pepper",
            "It⟦&#8217;⟧s late.⟦&nbsp;⟧ Good night.",
            "⟦&amp;quot;⟧Yes⟦&amp;quot;⟧, she said.",
            "Good ⟦&nbsp⟧ night ⟦nbsp;⟧ all",
        ),
        good=(
            "Salt & pepper; AT&T; Q&A; R&D;",
            "In HTML one writes &amp; for the ampersand.",
            "See http://harbour.example/?a=1&amp;b=2 for more.",
            'Write `&nbsp;` there, or "&nbsp;"',
        ),
        signs=frozenset("&;"),
        find=_entities,
        fix=_plain,
    ),
)
