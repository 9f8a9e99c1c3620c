"""What an engine left in the language that it came from."""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from mtcheck.identify import FUNCTION_WORDS
from mtcheck.languages import all_languages, languages
from mtcheck.rules import Rule
from mtcheck.segment import WORD, Passage
from mtcheck.shapes import ODDITY
from mtcheck.types import Span

# Cyrillic; Hebrew and Arabic; the scripts of India and Thailand; those of East Asia.
_FOREIGN = (
    "\u0400-\u052f\u0590-\u06ff\u0900-\u0e7f\u3041-\u30ff\u3400-\u9fff\uac00-\ud7af"
)
_MARKS = " \\d,.:;!?%’'\"“”\u3000-\u303f\uff01-\uffee-"
_STRETCH = f"[{_FOREIGN}]++(?:[{_MARKS}]{{0,3}}[{_FOREIGN}]++)*+"
_ANY = f"[{_FOREIGN}]"
_LATIN = r"[A-Za-zÀ-ɏ]"
_APART = frozenset("([{<«‹\"“”„‚‘'’»›)]}>/=:#@*_`|~–—-")
"""Beside one of these a stretch is a name in brackets, a quotation or a gloss."""

_LOOK_BACK = 200
_MIN_LETTERS = 3


@cache
def _talk() -> re.Pattern[str]:
    """Return a pattern of the words of whoever writes about scripts and languages."""
    choice = "|".join(one.script_talk for one in all_languages())
    return re.compile(choice, re.IGNORECASE)


def _other_script(passage: Passage) -> Iterator[Span]:
    text, offset = passage.paragraph.text, passage.paragraph.span.start
    code = passage.paragraph.language
    if code not in languages() or not re.search(_ANY, text):
        return
    if _talk().search(text):
        return
    for match in re.finditer(_STRETCH, text):
        if _stands_in_sentence(text, *match.span()):
            yield Span(*match.span()).shift(offset)


def _stands_in_sentence(text: str, start: int, end: int) -> bool:
    """Tell whether Latin words surround the stretch, and no mark sets it apart."""
    if sum(map(str.isalpha, text[start:end])) < _MIN_LETTERS:
        return False
    # A line of its own is an entry of a menu.
    before = text[max(0, start - _LOOK_BACK) : start].rpartition("\n")[2]
    after = text[end : end + _LOOK_BACK].partition("\n")[0]
    near = before.rstrip()[-1:] + after.lstrip()[:1]
    if not _APART.isdisjoint(near) or before.rfind("(") > before.rfind(")"):
        return False
    return bool(re.search(_LATIN, before) and re.search(_LATIN, after))


_LEAST_WORDS = 8
_LEAST_HITS = 4
_LEAST_SHARE = 0.3
"""Of the words of a sentence, how many are frequent ones of the other language."""

_RARE = 3
_QUOTING = frozenset('"“”„‚‘«»:(\n')
_CUES = {
    "de": frozenset(["the", "of", "and", "is", "was", "that"]),
    "en": frozenset(["der", "die", "und", "das", "ist", "nicht"]),
}


def _cues(code: str | None) -> frozenset[str]:
    """Return frequent words of others, of which a stranger has several."""
    return _CUES.get(code or "", frozenset())


def _other_language(passage: Passage) -> Iterable[Span]:
    code = passage.paragraph.language or ""
    is_likely = len(_cues(code).intersection(passage.words)) > 1
    return _strangers(passage, code) if is_likely else ()


def _strangers(passage: Passage, code: str) -> Iterator[Span]:
    text, offset = passage.paragraph.text, passage.paragraph.span.start
    own = FUNCTION_WORDS[code]
    other = frozenset().union(
        *(FUNCTION_WORDS[one] for one in FUNCTION_WORDS if one != code)
    )
    sentences = [
        (span, WORD.findall(span.of(text).lower())) for span in passage.sentences
    ]
    # One sentence in its own language could be the stranger itself.
    if sum(not own.isdisjoint(words) for _, words in sentences) < 2:
        return
    found = [
        span
        for span, words in sentences
        if own.isdisjoint(words) and _is_written_in(other, words)
    ]
    # More of them are a paragraph in two languages.
    if len(found) * _RARE > len(sentences):
        return
    for span in found:
        # A line of its own is a caption, or a post that is quoted.
        if _QUOTING.isdisjoint(text[max(0, span.start - 2) : span.end]):
            yield span.shift(offset)


def _is_written_in(frequent: frozenset[str], words: list[str]) -> bool:
    hits = sum(word in frequent for word in words)
    enough = max(_LEAST_HITS, _LEAST_SHARE * len(words))
    return len(words) >= _LEAST_WORDS and hits >= enough


RULES = (
    Rule(
        code="MT606",
        name="untranslated-script",
        severity="error",
        message="words in another script were left in the sentence: {!r}",
        why="Engines pass on what they cannot read.",
        bad=(
            "The mayor opened the ⟦шлюз⟧ on Monday, and ships came.",
            "Der Bürgermeister öffnete ⟦水闸，并且⟧ am Montag.",
            "Analysis of the ⟦因此，识别彗星与快速⟧ lock",
        ),
        good=(
            "The lock (Russian: шлюз) opened. Pravda (Правда) wrote so.",
            "The sign “шлюз” hangs there, and the word шлюз means lock.",
            "Er schrieb nach 孔子 / 孔夫子 seinen Namen.",
            "Der Begriff Shintô 神道 ist japanisch.",
            "水闸在星期一打开了。",
        ),
        signs=frozenset({ODDITY}),
        find=_other_script,
    ),
    Rule(
        code="MT607",
        name="untranslated-sentence",
        message="a sentence in another language than its paragraph",
        why="Engines skip a sentence now and then, and hand it on as it is.",
        bad=(
            "Die Schleuse ist seit Montag offen. ⟦The ships that were waiting in the "
            "bay have all left by now.⟧ Es war nicht leicht, sie zu bauen.",
            "The lock has been open since Monday. ⟦Die Schiffe haben nun alle die "
            "Bucht verlassen und sind auf dem Meer.⟧ It was not easy to build.",
        ),
        good=(
            "Er sagte: „The ships that were waiting have all left by now.“ Das war "
            "nicht wahr. Es war auch nicht klug.",
            "Der Film „The Good, the Bad and the Ugly“ lief. Er war nicht gut. Das "
            "war schade.",
            "Die Schleuse ist offen. Das Buch The Lord of the Rings ist von ihm. Es "
            "war nicht leicht.",
        ),
        words=_cues,
        find=_other_language,
        languages=frozenset({"de", "en"}),
    ),
)
