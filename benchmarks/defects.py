"""What puts a defect at a known place into clean text, for the benchmark and tests."""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from mtcheck.segment import split_paragraphs, split_sentences
from mtcheck.types import Span


@dataclass(frozen=True, slots=True)
class Source:
    """A clean document, and texts from elsewhere to take scraps from."""

    text: str
    language: str
    others: Sequence[str]

    def paragraphs(self) -> list[Span]:
        """Return the paragraphs, which blank lines part."""
        return split_paragraphs(self.text, "blank")

    def sentences(self) -> Iterator[list[Span]]:
        """Yield the sentences of each paragraph."""
        for span in self.paragraphs():
            found = split_sentences(span.of(self.text), self.language)
            yield [sentence.shift(span.start) for sentence in found]

    def paragraph_at(self, place: int) -> Span:
        """Return the paragraph around a place."""
        return next(span for span in self.paragraphs() if place <= span.end)


@dataclass(frozen=True, slots=True)
class Damaged:
    """The document with a defect in it; a finding must meet ``place``."""

    text: str
    place: Span


Put = Callable[[Source, random.Random], Damaged | None]
"""Put one defect into a document; None where it has no room for it."""


@dataclass(frozen=True, slots=True)
class Defect:
    """A kind of damage, and the family of rules that must find it."""

    family: str
    kind: str
    put: Put


def instead(text: str, span: Span, new: str) -> Damaged:
    """Return the text with ``new`` in place of a stretch."""
    place = Span(span.start, span.start + len(new))
    return Damaged(text[: span.start] + new + text[span.end :], place)


def any_match(pattern: str, text: str, random_: random.Random) -> Span | None:
    """Return one of the matches; None where there is none."""
    found = [Span(*match.span()) for match in re.finditer(pattern, text)]
    return random_.choice(found) if found else None


def replaced(pattern: str, *choices: str) -> Put:
    """Return what puts a choice for a match; ``{}`` takes what stood there."""

    def put(source: Source, random_: random.Random) -> Damaged | None:
        span = any_match(pattern, source.text, random_)
        if span is None:
            return None
        new = random_.choice(choices).format(span.of(source.text))
        return instead(source.text, span, new)

    return put


# No abbreviation, no Roman number: what stands around a stop that ends a sentence.
_LAST_WORD = re.compile(r"(?<!\w)(?:[^\W\d_]?[a-zäöüß]{3,}|[12]\d{3})\.\Z")
_FIRST_WORD = re.compile(r"I\b(?!\.)|[A-ZÄÖÜ][a-zäöüß]")


def seams(source: Source) -> list[Span]:
    """Return the stops between two sentences of a paragraph, with the space behind."""
    text = source.text
    return [
        Span(first.end - 1, second.start)
        for sentences in source.sentences()
        for first, second in pairwise(sentences)
        if text[first.end - 1 : second.start] == ". "
        and _LAST_WORD.search(text, max(0, first.end - 30), first.end)
        and _FIRST_WORD.match(text, second.start)
    ]


def at_seam(new: str, fits: Callable[[str, str, str], bool], least: int = 0) -> Put:
    """Return what puts ``new`` between sentences whose words there fit.

    At least so many words stand before it in the paragraph.
    """

    def put(source: Source, random_: random.Random) -> Damaged | None:
        text, chosen = source.text, []
        for seam in seams(source):
            before = re.search(r"\w+$", text[: seam.start])
            after = re.match(r"\w+", text[seam.end :])
            head = text[source.paragraph_at(seam.start).start : seam.start]
            if len(head.split()) <= least:
                continue
            if before and after and fits(before[0], after[0], source.language):
                chosen.append((seam, len(before[0]), len(after[0])))
        if not chosen:
            return None
        seam, before_, after_ = random_.choice(chosen)
        damaged = instead(text, seam, new)
        place = Span(damaged.place.start - before_, damaged.place.end + after_)
        return Damaged(damaged.text, place)

    return put


def stretch(
    source: Source, random_: random.Random, least: int, most: int, shunned: str = ""
) -> Span | None:
    """Return words from inside a sentence of a paragraph free of what is shunned."""
    text, chosen = source.text, []
    for sentences in source.sentences():
        if sentences and not set(shunned) & set(
            text[sentences[0].start : sentences[-1].end]
        ):
            chosen += [one for one in sentences if one.of(text).count(" ") > least + 1]
    if not chosen:
        return None
    sentence = random_.choice(chosen)
    words = [Span(*match.span()) for match in re.finditer(r"\S+", sentence.of(text))]
    length = random_.randint(least, min(most, len(words) - 2))
    first = random_.randint(1, len(words) - length - 1)
    span = Span(words[first].start, words[first + length - 1].end).shift(sentence.start)
    return Span(span.start, span.start + len(span.of(text).rstrip(".,:;!?…")))


def wrapped(
    shunned: str, pairs: Callable[[str], Sequence[tuple[str, str]]], keep: str
) -> Put:
    """Return what puts a pair of marks around words; of an odd pair one is lost."""

    def put(source: Source, random_: random.Random) -> Damaged | None:
        span = stretch(source, random_, 1, 6, shunned)
        if span is None or not span.of(source.text)[:1].isalnum():
            return None
        opening, closing = random_.choice(pairs(source.language))
        words = span.of(source.text)
        whole = source.paragraph_at(span.start)
        if keep == "both":
            return instead(source.text, span, opening + words + closing)
        if random_.random() < 0.5:
            damaged = instead(source.text, span, opening + words)
            return Damaged(damaged.text, Span(span.start, whole.end + 1))
        damaged = instead(source.text, span, words + closing)
        return Damaged(damaged.text, Span(whole.start, damaged.place.end))

    return put
