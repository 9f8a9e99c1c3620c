"""The kinds of damage, each put where chance wants it, not where a rule would look.

Some damage nobody can tell from good text who does not understand it. It is left out,
and named here:

- a stop lost before a name or a noun ("the strike Harbour pilots"), before "I" and the
  German pronouns of address: the capital may belong there inside a sentence;
- a stop lost in the first ten words of a paragraph, which may be its headline;
- a space lost between two words in small letters ("theharbour"), which only a full list
  of words could tell from a word; words are glued before a capital;
- words that stand twice in good text as well ("die die", "that that"), and names;
- two marks that are a style ("!!", "?!");
- a paragraph cut at its start before a capital: it reads like a whole one.
"""

import random
import re

from benchmarks.defects import (
    Damaged,
    Defect,
    Put,
    Source,
    any_match,
    at_seam,
    instead,
    replaced,
    seams,
    stretch,
    wrapped,
)
from mtcheck.languages import language
from mtcheck.segment import split_sentences
from mtcheck.types import Span

_QUOTES = {
    "en": (("“", "”"), ('"', '"')),
    "de": (("„", "“"), ("»", "«"), ('"', '"')),
}
_MIXED = {
    "en": (("“", '"'), ('"', "”"), ("„", "”"), ("“", "“"), ('"', "“")),
    "de": (("„", '"'), ("„", "„"), ("»", '"'), ('"', "“"), ("»", "“")),
}
_BOTH_RIGHT = {
    "en": frozenset("had her is that".split()),
    "de": frozenset("das dem den der die ihm ihr ihnen sie zu".split()),
}
"""Words that stand twice in good text as well."""

_ADDRESS = frozenset(
    "i sie ihr ihre ihrem ihren ihrer ihnen du dich dir ihn ich".split()
)
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"
_CONTROLS = [
    chr(code) for code in (*range(1, 9), *range(14, 28), 127, *range(128, 133))
]
_LOOKALIKES = dict(zip("aceiopxyABCEHKMOPTX", "асеіорхуАВСЕНКМОРТХ", strict=True))
_ENTITIES = {
    " ": ("&nbsp;", "&#160;", "&amp;nbsp;"),
    '"': ("&quot;", "&#34;"),
    "'": ("&#39;", "&#x27;", "&apos;", "&rsquo;"),
    "&": ("&amp;", "&#38;"),
    "–": ("&ndash;", "&#8211;"),
    "ä": ("&auml;", "&#228;"),
    "ö": ("&ouml;", "&#246;"),
    "ü": ("&uuml;", "&#252;"),
    "ß": ("&szlig;", "&#223;"),
}


def _opens(before: str, after: str, code: str) -> bool:
    words = language(code).function_words
    return after.lower() in words and after.lower() not in _ADDRESS


_ALL_QUOTES = '"“”„«»‘‚'


def broken_word(source: Source, random_: random.Random) -> Damaged | None:
    """Break a long word at a hyphen, as the end of a line does."""
    span = any_match(r"(?<![\w-])[^\W\d_][a-zäöüß]{6,}(?![\w-])", source.text, random_)
    if span is None:
        return None
    word = span.of(source.text)
    at = random_.randint(2, len(word) - 2)
    new = word[:at] + "-" + random_.choice(" \n") + word[at:]
    return instead(source.text, span, new)


def doubled_word(source: Source, random_: random.Random) -> Damaged | None:
    """Write a word twice; in English a word with a capital may be a name."""
    first = "[^\\W\\d_]" if language(source.language).has_capital_nouns else "[a-z]"
    pattern = rf"(?<=\s){first}[a-zäöüß]+(?=[\s,.;:?!])"
    words = [Span(*match.span()) for match in re.finditer(pattern, source.text)]
    shunned = _BOTH_RIGHT[source.language]
    words = [span for span in words if span.of(source.text).lower() not in shunned]
    if not words:
        return None
    span = random_.choice(words)
    return instead(source.text, span, f"{span.of(source.text)} {span.of(source.text)}")


def doubled_phrase(source: Source, random_: random.Random) -> Damaged | None:
    """Write three to eight words twice."""
    span = stretch(source, random_, 3, 8)
    if span is None:
        return None
    words = span.of(source.text)
    return instead(source.text, span, f"{words} {words}")


def doubled_sentence(source: Source, random_: random.Random) -> Damaged | None:
    """Write a sentence again, at once or at the end of a paragraph from there on."""
    chosen = [
        one
        for sentences in source.sentences()
        for one in sentences
        if one.of(source.text).count(" ") >= 6 and _is_whole(one.of(source.text))
    ]
    if not chosen:
        return None
    span = random_.choice(chosen)
    ends = [one.end for one in source.paragraphs() if one.end > span.end]
    at = random_.choice([span.end, *ends])
    place = Span(at + 1, at + 1 + len(span.of(source.text)))
    text = f"{source.text[:at]} {span.of(source.text)}{source.text[at:]}"
    return Damaged(text, place)


def _is_whole(sentence: str) -> bool:
    return sentence[0].isupper() and sentence[1].islower() and sentence[-1] in ".!?"


def repeated_line(source: Source, random_: random.Random) -> Damaged | None:
    """Put a short sentence as a line of its own before two paragraphs."""
    chosen = [
        one.of(source.text)
        for sentences in source.sentences()
        for one in sentences
        if 4 <= one.of(source.text).count(" ") <= 14
    ]
    if not chosen:
        return None
    line = random_.choice(chosen)
    starts = [one.start for one in source.paragraphs()]
    first, second = sorted([random_.choice(starts), random_.choice(starts)])
    text = f"{source.text[:first]}{line}\n\n{source.text[first:second]}"
    place = Span(len(text), len(text) + len(line))
    return Damaged(f"{text}{line}\n\n{source.text[second:]}", place)


def copied_paragraph(source: Source, random_: random.Random) -> Damaged | None:
    """Put a long paragraph again at the end, with a word or two left out."""
    texts = [one.of(source.text) for one in source.paragraphs()]
    chosen = [text for text in texts if text.count(" ") >= 30]
    if not chosen:
        return None
    words = random_.choice(chosen).split(" ")
    for _ in range(random_.randint(1, 2)):
        del words[random_.randrange(1, len(words) - 1)]
    copy = " ".join(words)
    place = Span(len(source.text) + 2, len(source.text) + 2 + len(copy))
    return Damaged(f"{source.text}\n\n{copy}", place)


def scrap(source: Source, random_: random.Random) -> Damaged | None:
    """Put the last words of a sentence from elsewhere behind the end of a sentence."""
    other = random_.choice(source.others)
    sentences = [one.of(other) for one in split_sentences(other, source.language)]
    words = random_.choice(sentences).rstrip('.!?…"”“»)').split()
    tail = words[-random_.randint(1, 3) :]
    ends = [seam.start + 1 for seam in seams(source)]
    ends += [one.end for one in source.paragraphs() if source.text[one.end - 1] == "."]
    if not ends or len(words) < 6 or not all(map(str.isalpha, tail)):
        return None
    at = random_.choice(ends)
    new = " ".join(tail) + "."
    text = f"{source.text[:at]} {new}{source.text[at:]}"
    return Damaged(text, Span(at + 1, at + 1 + len(new)))


def cut_end(source: Source, random_: random.Random) -> Damaged | None:
    """Cut the end off a paragraph that is not the last."""
    chosen = [one for one in source.paragraphs()[:-1] if _n_words(source, one) >= 12]
    if not chosen:
        return None
    span = random_.choice(chosen)
    words = [match.end() for match in re.finditer(r"\S+", span.of(source.text))]
    kept = span.of(source.text)[: words[random_.randint(6, len(words) - 3)]]
    kept = kept.rstrip('.,:;!?…"”“»)–- ')
    last = Span(kept.rfind(" ") + 1, len(kept)).shift(span.start)
    return Damaged(source.text[: last.end] + source.text[span.end :], last)


def cut_start(source: Source, random_: random.Random) -> Damaged | None:
    """Cut the start off a paragraph that is not the first, before a small letter."""
    chosen = [
        Span(span.start, span.start + match.end())
        for span in source.paragraphs()[1:]
        for match in re.finditer(r"\s(?=[a-zäöüß]+ )", span.of(source.text))
        if span.of(source.text)[match.end() :].count(" ") >= 6
    ]
    if not chosen:
        return None
    lost = random_.choice(chosen)
    text = source.text[: lost.start] + source.text[lost.end :]
    return Damaged(text, Span(lost.start, text.index(" ", lost.start)))


def _n_words(source: Source, span: Span) -> int:
    return len(span.of(source.text).split())


def mojibake(source: Source, random_: random.Random) -> Damaged | None:
    """Read the bytes of a word as if they were in an old encoding."""
    curly = source.text.replace("'", "’")
    span = any_match(r"\S*[^\x00-\x7f\xa0]\S*", curly, random_)
    if span is None:
        return None
    raw = span.of(curly).encode()
    try:
        new = raw.decode(random_.choice(("cp1252", "latin-1")))
    except UnicodeDecodeError:
        new = raw.decode("latin-1")
    return instead(source.text, span, new)


def entity(source: Source, random_: random.Random) -> Damaged | None:
    """Write a character as an entity of HTML, which nobody read."""
    known = [char for char in _ENTITIES if char in source.text]
    if not known:
        return None
    char = random_.choice(known)
    span = any_match(re.escape(char), source.text, random_)
    if span is None:
        return None
    return instead(source.text, span, random_.choice(_ENTITIES[char]))


def lookalike(source: Source, random_: random.Random) -> Damaged | None:
    """Write one letter of a word in Cyrillic."""
    span = any_match(r"(?<!\w)[A-Za-z]{4,}(?!\w)", source.text, random_)
    if span is None:
        return None
    word = span.of(source.text)
    places = [at for at, char in enumerate(word) if char in _LOOKALIKES]
    if not places:
        return None
    at = random_.choice(places)
    return instead(
        source.text, span, word[:at] + _LOOKALIKES[word[at]] + word[at + 1 :]
    )


def without_space(pattern: str) -> Put:
    """Return what takes the space out of a match."""

    def put(source: Source, random_: random.Random) -> Damaged | None:
        span = any_match(pattern, source.text, random_)
        if span is None:
            return None
        return instead(source.text, span, span.of(source.text).replace(" ", ""))

    return put


def _is_small(before: str, after: str, code: str) -> bool:
    return before.islower() and len(before) > 1


_COMMA = r"(?<=[^\W\d_]{3}),(?= )"
_SPACE = r"(?<=[^\W\d_]) (?=[^\W\d_])"

DEFECTS = (
    Defect(
        "punctuation",
        "orphan stop",
        replaced(r"(?<=\w{3}\.)(?= [A-ZÄÖÜ]|\s*$)", " .", "\xa0."),
    ),
    Defect(
        "punctuation",
        "space before a mark",
        replaced(r"(?<=\w)[.,:;!?](?=\s|$)", " {}", "\xa0{}"),
    ),
    Defect("punctuation", "doubled comma", replaced(_COMMA, ",,", ",.", ",;")),
    Defect(
        "punctuation",
        "doubled stop",
        replaced(r"(?<=\w{3})\.(?= [A-ZÄÖÜ])", "..", ".,", ".;"),
    ),
    Defect(
        "punctuation",
        "doubled space",
        replaced(_SPACE, "  ", " \xa0", "\xa0 ", "\xa0\xa0"),
    ),
    Defect(
        "punctuation",
        "quote without partner",
        wrapped(_ALL_QUOTES, _QUOTES.__getitem__, "one"),
    ),
    Defect(
        "punctuation", "mixed quotes", wrapped(_ALL_QUOTES, _MIXED.__getitem__, "both")
    ),
    Defect(
        "punctuation",
        "bracket without partner",
        wrapped("()[]", lambda _: (("(", ")"), ("[", "]")), "one"),
    ),
    Defect("joins", "space after a stop lost", at_seam(".", lambda *_: True)),
    Defect("joins", "stop lost", at_seam(" ", _opens, 10)),
    Defect("joins", "stop and space lost", at_seam("", _is_small)),
    Defect("joins", "space after a comma lost", without_space(r"\w+, [^\W\d_]\w*")),
    Defect(
        "joins",
        "two words glued",
        without_space(r"(?<!\S)[a-zäöüß]+ [A-ZÄÖÜ][a-zäöüß]+(?=[\s.,])"),
    ),
    Defect("joins", "word broken at a line end", broken_word),
    Defect("repetition", "doubled word", doubled_word),
    Defect("repetition", "doubled phrase", doubled_phrase),
    Defect("repetition", "doubled sentence", doubled_sentence),
    Defect("repetition", "repeated line", repeated_line),
    Defect("repetition", "paragraph nearly copied", copied_paragraph),
    Defect("encoding", "mojibake", mojibake),
    Defect(
        "encoding",
        "invisible character",
        replaced(r"(?<=\w)(?=\w)|(?<=\w )(?=\w)", *_INVISIBLE),
    ),
    Defect("encoding", "entity", entity),
    Defect("encoding", "control character", replaced(r"(?<=\w)(?=\w)| ", *_CONTROLS)),
    Defect("encoding", "letter lost", replaced(r"[äöüßéèñçÄÖÜ’']", "\ufffd")),
    Defect("encoding", "look-alike letter", lookalike),
    Defect("fragments", "scrap", scrap),
    Defect("fragments", "end cut off", cut_end),
    Defect("fragments", "start cut off", cut_start),
)
"""Every kind, in the order of the families."""
