"""Rows made from rows: short windows, and damage at known places."""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from mtcheck.segment import split_sentences
from mtcheck.types import Label
from training.data import DAMAGED, Row

WINDOW_WORDS = (8, 35)
"""Shortest and longest window, in words."""

DAMAGED_SHARE = 0.06
WINDOW_SHARE = 0.5

_NOTICES = {
    "en": (
        "This article was translated automatically from another language.",
        "Machine translation: the wording may differ from what the author wrote.",
        "Translated by software without a human editor.",
    ),
    "de": (
        "Dieser Beitrag wurde automatisch aus einer anderen Sprache übersetzt.",
        "Maschinelle Übersetzung ohne Bearbeitung durch einen Menschen.",
        "Automatisch übersetzt; der Wortlaut kann abweichen.",
    ),
}


def window(row: Row, random_: random.Random) -> Row:
    """Return a run of words of the row, of a length that every class gets alike."""
    words = row.text.split(" ")
    length = min(random_.randint(*WINDOW_WORDS), len(words))
    start = random_.randint(0, len(words) - length)
    return replace(row, text=" ".join(words[start : start + length]), is_made=True)


def orphan_stop(text: str, language: str, random_: random.Random) -> str:
    """Put a second full stop, with a space before it, behind a sentence."""
    ends = [match.end() for match in re.finditer(r"\w\.(?=\s|$)", text)]
    return _insert(text, random_.choice(ends), " .") if ends else text + " ."


def stray_fragment(text: str, language: str, random_: random.Random) -> str:
    """Append the last words of another sentence as a sentence of their own."""
    sentences = [span.of(text).split() for span in split_sentences(text, language)]
    words = random_.choice(sentences)
    tail = " ".join(words[-random_.randint(1, 2) :])
    return f"{text} {tail.rstrip('.!?')}."


def glued_sentences(text: str, language: str, random_: random.Random) -> str:
    """Drop the stop between two sentences, or the space behind it."""
    places = [
        match.start() for match in re.finditer(r"(?<=[a-zäöüß])\. (?=[A-ZÄÖÜ])", text)
    ]
    if not places:
        return text
    at = random_.choice(places)
    return text[:at] + random_.choice([" ", "."]) + text[at + 2 :]


def spaced_mark(text: str, language: str, random_: random.Random) -> str:
    """Put a space before a mark, a no-break one as often as not."""
    places = [match.start() for match in re.finditer(r"(?<=\w)[.,:](?=\s|$)", text)]
    return (
        _insert(text, random_.choice(places), random_.choice(" \xa0"))
        if places
        else text
    )


def doubled_word(text: str, language: str, random_: random.Random) -> str:
    """Write a word twice."""
    places = [match.span() for match in re.finditer(r"(?<= )[a-zäöüß]+(?= )", text)]
    if not places:
        return text
    start, end = random_.choice(places)
    return _insert(text, end, text[start - 1 : end])


def dropped_word(text: str, language: str, random_: random.Random) -> str:
    """Leave a word out, so that a phrase breaks."""
    places = [match.span() for match in re.finditer(r" [a-zäöüß]{2,4}(?= )", text)]
    if not places:
        return text
    start, end = random_.choice(places)
    return text[:start] + text[end:]


def shuffled_words(text: str, language: str, random_: random.Random) -> str:
    """Shuffle the words of one sentence: word salad."""
    spans = list(split_sentences(text, language))
    span = random_.choice(spans)
    words = span.of(text).split()
    random_.shuffle(words)
    return text[: span.start] + " ".join(words) + text[span.end :]


def notice(text: str, language: str, random_: random.Random) -> str:
    """Append a notice of automatic translation, where one is known."""
    known = _NOTICES.get(language)
    return f"{text} {random_.choice(known)}" if known else text


DAMAGES: tuple[Callable[[str, str, random.Random], str], ...] = (
    orphan_stop,
    stray_fragment,
    glued_sentences,
    spaced_mark,
    doubled_word,
    dropped_word,
    shuffled_words,
    notice,
)


def damaged(row: Row, random_: random.Random) -> Row:
    """Return the row with two to four defects, as machine-mangled text."""
    text = row.text
    for damage in random_.sample(DAMAGES, random_.randint(2, 4)):
        text = damage(text, row.language, random_)
    label = Label.MACHINE_MANGLED
    return replace(
        row, text=text, label=label, source="damage", detail=DAMAGED, is_made=True
    )


def made_rows(rows: Sequence[Row], seed: int) -> list[tuple[int, Row]]:
    """Return extra rows, each with the place of the row that it is made of.

    Damaged originals, and windows of long rows of every class.
    """
    random_ = random.Random(seed)
    made = []
    for at, row in enumerate(rows):
        if row.is_made:
            continue
        if row.label == Label.ORIGINAL and random_.random() < DAMAGED_SHARE:
            made.append((at, damaged(row, random_)))
        if row.text.count(" ") >= WINDOW_WORDS[1] and random_.random() < WINDOW_SHARE:
            made.append((at, window(row, random_)))
    return made


def _insert(text: str, at: int, piece: str) -> str:
    return text[:at] + piece + text[at:]
