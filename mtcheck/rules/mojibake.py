"""Letters that were read in another encoding than they were written in."""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from mtcheck.languages import language, languages
from mtcheck.rules import Rule, cued_matches
from mtcheck.segment import Passage
from mtcheck.types import Span

_WINDOWS = bytes(range(0x80, 0x100)).decode("cp1252", "replace")
_BYTES = {chr(byte): byte for byte in range(0x80, 0x100)} | {
    char: byte for byte, char in enumerate(_WINDOWS, 0x80) if char != "\ufffd"
}
"""The byte behind each character, whether cp1252 or Latin-1 read it."""

_INNER = "".join(char for char, byte in _BYTES.items() if byte < 0xC0)
_RUN = f"(?:[Â-ß][{_INNER}]|[à-ï][{_INNER}]{{2}}|[ð-ô][{_INNER}]{{3}})++"
_LEAD = re.compile(f"[Â-ô][{_INNER}]")
_LEADS, _INNERS = frozenset(map(chr, range(0xC2, 0xF5))), frozenset(_INNER)

_TYPOGRAPHY = frozenset("‘’‚“”„…–—‹›«»•·°™®©ªº¹²³¡¿\xa0\xad")
"""Marks that may rightly follow a letter: „MENÜ“, «Ä»."""

_LETTERS = "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝßàáâãäåæçèéêëìíîïñòóôõöøùúûüýÿ"
_MARKS = "‘’‚“”„…–—•†™€"
_CODECS = ("mac_roman", "cp437", "cp850", "cp1250", "cp1251")
_CUES = ("√", "‚Ä", "├", "ΓÇ", "Γé", "ÔÇ", "Ôé", "Ă", "â€", "Г", "вЂ", "в‚")
_CUE_HEADS = frozenset(cue[0] for cue in _CUES)
_ELSEWHERE = r"√[πΩ∫µ]|├[─│┬┼├└┐]|[ĂГ][‘’‚“”„…–—‹›«»\xa0\xad]"
"""Formulas, drawn trees and quotations look like misread letters."""


def _decoded(run: str) -> str | None:
    try:
        return bytes(map(_BYTES.__getitem__, run)).decode("utf-8")
    except UnicodeDecodeError:
        return None


def _mended(run: str) -> str:
    """Return what the bytes of the run say in UTF-8, also if misread twice."""
    text = _decoded(run) or run
    # What stood around it is not known here; most letters stand beside small ones.
    text = re.sub(
        _RUN,
        lambda match: (
            _mended(match[0]) if _is_misread(match[0], "a", "a") else match[0]
        ),
        text,
    )
    # A C1 control is a character of cp1252 that went through Latin-1.
    return "".join(
        _WINDOWS[ord(c) - 0x80] if "\x80" <= c < "\xa0" else c for c in text
    ).replace("\ufeff", "")


def _is_misread(run: str, before: str, after: str) -> bool:
    decoded = _decoded(run)
    if decoded is None or "\ufffd" in decoded:
        return False
    at = 0
    for char in decoded:
        width = len(char.encode())
        if _is_certain(run[at : at + width], before, after):
            return True
        at += width
    # One letter may be chance, two of one script in a row are not.
    is_clear = any(_BYTES[c] < 0xC0 and c not in _TYPOGRAPHY for c in run)
    scripts = {min(ord(char) >> 8, 0x30) for char in decoded}
    return len(decoded) > 1 and is_clear and len(scripts) == 1 and decoded.isalpha()


def _is_certain(unit: str, before: str, after: str) -> bool:
    """Tell whether a single misread character can be nothing else."""
    lead, rest = unit[0], unit[1:]
    if lead in "âð":
        return not _TYPOGRAPHY.issuperset(rest)
    if lead == "ï":
        return rest == "»¿" or rest[0] == "¬"
    if lead not in "ÃÄÅ":
        return lead == "Â"
    if rest not in _TYPOGRAPHY or before.islower():
        return True
    if lead == "Ã":
        return not before.isalpha() or after.isalpha()
    return (rest in "“”‹›™" or unit == "Å\xa0") and after.islower()


@cache
def _foreign() -> dict[str, str]:
    """Return what other encodings make of common characters, and these."""
    found: dict[str, str] = {}
    for codec in _CODECS:
        for char in _LETTERS + _MARKS:
            misread = char.encode().decode(codec, "replace")
            is_new = "\ufffd" not in misread and not re.fullmatch(_RUN, misread)
            if is_new and not re.match(_ELSEWHERE, misread):
                found.setdefault(misread, char)
    return found


@cache
def _foreign_run() -> re.Pattern[str]:
    choice = "|".join(map(re.escape, sorted(_foreign(), key=len, reverse=True)))
    return re.compile(f"(?<![Ѐ-ӿ])(?:{choice})++(?![Ѐ-ӿ])")


@cache
def _foreign_letter() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, _foreign())))


def _mojibake(passage: Passage) -> Iterable[Span]:
    characters = passage.characters
    has_run = not (_LEADS.isdisjoint(characters) or _INNERS.isdisjoint(characters))
    if has_run or not _CUE_HEADS.isdisjoint(characters):
        return _found_mojibake(passage)
    return ()


def _found_mojibake(passage: Passage) -> Iterator[Span]:
    text, offset = passage.paragraph.text, passage.paragraph.span.start
    if _LEAD.search(text):
        for match in re.finditer(_RUN, text):
            before = text[max(0, match.start() - 1) : match.start()]
            after = text[match.end() : match.end() + 1]
            if _is_misread(match[0], before, after):
                yield Span(*match.span()).shift(offset)
    if any(cue in text for cue in _CUES):
        for match in _foreign_run().finditer(text):
            yield Span(*match.span()).shift(offset)


def _original(marked: str) -> str:
    if re.fullmatch(_RUN, marked):
        return _mended(marked)
    return _foreign_letter().sub(lambda match: _foreign()[match[0]], marked)


# What is left where the second byte was dropped, or became a plain space.
_DAMAGED = (
    f"â€(?![{_INNER}śť˘])(?:TM)?|ÃÂ(?![{_INNER}])"
    "|(?<=[a-zäöüß])Ã(?=[a-z ])|(?<![^\\W_])Ã(?=[a-z]{2})"
    '|(?<=[a-z.,;:!?)\\]"”’])Â(?= )|(?<![^\\s])Â(?=  )'
)


def _damaged(passage: Passage) -> Iterator[Span]:
    text, offset = passage.paragraph.text, passage.paragraph.span.start
    if "Ã" in text or "Â" in text or "â€" in text:
        for match in re.finditer(_DAMAGED, text):
            yield Span(*match.span()).shift(offset)


_STAND_INS = ("\ufffd", "\ufffc", "ï¿½")


@cache
def _lost(code: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w/?&=])(?:{language(code).lost_letters})(?![\w/=])")


def _question_marks(passage: Passage) -> Iterator[Span]:
    text, code = passage.paragraph.text, passage.paragraph.language
    if code in languages() and re.search("[?][a-z]", text):
        for match in _lost(code).finditer(text):
            yield Span(*match.span()).shift(passage.paragraph.span.start)


RULES = (
    Rule(
        code="MT801",
        name="misread-letters",
        severity="error",
        message="letters read in the wrong encoding: {!r}",
        why="UTF-8 that was read as another encoding turns each letter into several.",
        bad=(
            "The caf⟦Ã©⟧ was full.",
            "Sie gingen ⟦Ã¼⟧ber die Br⟦Ã¼⟧cke.",
            "It⟦â€™⟧s late, ⟦â€œ⟧he said.",
            "It⟦Ã¢â‚¬â„¢⟧s late.",
            "The lock cost⟦Â\xa0Â£⟧5.",
            "Sie war sch⟦√∂⟧n, und es⟦ΓÇÖ⟧s war M⟦Ă¤⟧rz.",
            "Well done ⟦ðŸ˜€⟧",
        ),
        good=(
            "The café was full, and “naïve” is a word.",
            "„Das MENÜ“, sagte er, „macht Spaß“ – oder…",
            "Die Umlaute «Ä», «Ö» und «Ü»; „Ä“, „Ö“ und „Ü“.",
            "ČÍŽEK, LUKÁŠ, SÃO PAULO and PÂRÂU; IRMÃ…",
            "The root √2 and the function Γ(x); Гјоко is a name.",
            "Ä…hm, wie meinen Sie das?",
        ),
        signs=frozenset(_BYTES).union(*_CUES),
        find=_mojibake,
        fix=_original,
    ),
    Rule(
        code="MT802",
        name="half-lost-letter",
        severity="error",
        message="a letter read in the wrong encoding, and a part of it lost: {!r}",
        why="One of the bytes of a misread letter is often dropped or made a space.",
        bad=(
            "â€œIt is late,⟦â€⟧ he said.",
            "They don⟦â€TM⟧t know.",
            "The lock is open.⟦Â⟧ Ships wait.",
            "Sie wohnt in der Stra⟦Ã⟧e am Hafen.",
            "⟦Ã⟧berall liegt Schnee.",
        ),
        good=(
            "Â is a letter of Romanian, and Ã one of Portuguese.",
            "SÃO PAULO and the Âge d’or.",
            "“It is late,” he said.",
        ),
        signs=frozenset("ÃÂâ"),
        find=_damaged,
    ),
    Rule(
        code="MT803",
        name="replacement-character",
        severity="error",
        message="something was lost here, and a stand-in put in its place: {!r}",
        why="Programs put this mark where a byte had no meaning or an object was cut.",
        bad=(
            "Sie gingen ⟦\ufffd⟧ber die Br⟦\ufffd⟧cke.",
            "The lock⟦\ufffd\ufffd\ufffd⟧s gate",
            "It⟦ï¿½⟧s late.",
            "The map: ⟦\ufffc⟧",
        ),
        good=("Sie gingen über die Brücke.", "What? Really?", "a ◆ b"),
        signs=frozenset("\ufffd\ufffc¿"),
        find=cued_matches(f"(?:{'|'.join(_STAND_INS)})++", *_STAND_INS),
    ),
    Rule(
        code="MT804",
        name="question-mark-for-letter",
        severity="error",
        message="a question mark stands for a letter: {!r}",
        why="Programs write a question mark for a letter that they cannot write.",
        bad=(
            "Sie gingen ⟦f?r⟧ immer ⟦?ber⟧ die Brücke.",
            "They ⟦don?t⟧ know what ⟦it?s⟧ about.",
        ),
        good=(
            "For whom? For her. Why?because.",
            "See http://harbour.example/a?for=it?s&don?t for more.",
            "Und wof?",
        ),
        signs=frozenset("?"),
        find=_question_marks,
    ),
)
