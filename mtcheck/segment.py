"""From a document to its paragraphs, and on demand to their sentences and tokens."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import filterfalse, islice, repeat
from operator import eq
from string import ascii_letters

from mtcheck.characters import is_ordinary
from mtcheck.errors import ConfigError
from mtcheck.identify import identify, identify_inside
from mtcheck.language_model import Tokens, ordinary_token
from mtcheck.languages import RUN, Language, language, languages
from mtcheck.types import Document, Paragraph, Span

MODES = ("auto", "blank", "line")
"""How paragraphs are parted: by blank lines, by lines, or by what the text suggests."""

MARKS = "\"“”„«»'‘’()[]{}*_.,;:!?…"
"""Marks that may stand around a word and are no part of it."""

_PLAIN = f"{ascii_letters} ".encode()

_MARKS = frozenset(MARKS)

_DOT = "\u0307"
"""What lower case leaves of the dot of "İ", and a run of letters ends at."""

WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
"""A word: letters and digits, joined by single hyphens or apostrophes."""

# Atomic, or the pattern for blank lines would read "\r\n" as two line ends.
_LINE_ENDS = "\n\r\u2029"
_LINE_END = rf"(?>\r\n|[{_LINE_ENDS}])"
_LINES = re.compile(_LINE_END)
_BLANK_LINES = re.compile(rf"{_LINE_END}[^\S{_LINE_ENDS}]*{_LINE_END}")

# sentencex was tried: it is faster, but its Rust code panics (past `except Exception`,
# with a trace on stderr) on "A\xa0." and takes "Fa." and "2. Mal" for sentence ends.
# One mark in front: an engine looks for a set, and not for a repetition, at once.
_END = re.compile(
    r"""
    [.!?…。！？] [.!?…。！？]*+
    (?: ["'”’»«“‘)\]」』）] | \[\d{1,3}\] | [ \xa0]["”“»«](?=\s|\Z) )*+
    """,
    re.VERBOSE,
)
_NEXT = re.compile(r"\s++(?:(?:[^\w\s.!?…,;:]|_)++\s?)*+([^\W_]\w*)?")
_BEFORE = re.compile(r"(?:\b[^\W\d_]\.\s?)*+[^\W_]+\Z")
_NUMBER = re.compile(r"\d|[IVX]+\Z")
_FULL_WIDTH = frozenset("。！？")

# Abbreviations before a number, plain words at the end of a sentence.
_BEFORE_NUMBERS = frozenset("abs art fig figs max min no nos pos".split())


@dataclass(frozen=True, eq=False)
class Passage:
    """A paragraph in its document: what rules and extractors are shown.

    ``paragraphs`` are all of the document, ``index`` says which one is meant. Sentences
    are found once, when first asked for; their offsets count from the start of the
    paragraph.
    """

    document: Document
    paragraphs: tuple[Paragraph, ...]
    index: int

    @cached_property
    def paragraph(self) -> Paragraph:
        """The paragraph itself."""
        return self.paragraphs[self.index]

    @cached_property
    def characters(self) -> frozenset[str]:
        """The characters of the paragraph; plain letters and spaces may be left out."""
        # Of bytes, letters are dropped far sooner than characters are told apart.
        rest = self.paragraph.text.encode("utf-8", "surrogatepass")
        rest = rest.translate(None, _PLAIN)
        return frozenset(rest.decode("utf-8", "surrogatepass"))

    @cached_property
    def lower(self) -> str:
        """The text of the paragraph in lower case."""
        return self.paragraph.text.lower()

    @cached_property
    def words(self) -> tuple[str, ...]:
        """What white space parts in the paragraph, in lower case, without marks."""
        # The fewer marks to look for, the better.
        return tuple(words_of(self.lower, "".join(self.characters & _MARKS)))

    @cached_property
    def parts(self) -> list[str]:
        """What marks and hyphens part in the words that have some inside."""
        return parts_of(self.words)

    def held(self, words: frozenset[str]) -> frozenset[str]:
        """Return which of the words stand here, by themselves or as a part."""
        return words.intersection(self.words) | words.intersection(self.parts)

    @cached_property
    def n_echoes(self) -> int:
        """How many words are the first of three that stood in a row before."""
        words = self.words
        n_triples = max(len(words) - 2, 0)
        return n_triples - len(
            frozenset(zip(words, words[1:], words[2:], strict=False))
        )

    @cached_property
    def echoes(self) -> frozenset[int]:
        """How many words on the same three words stand again, where they do."""
        if not self.n_echoes:
            return frozenset()
        words = self.words
        found: set[int] = set()
        last: dict[tuple[str, ...], int] = {}
        for at, triple in enumerate(zip(words, words[1:], words[2:], strict=False)):
            if triple in last:
                found.add(at - last[triple])
            last[triple] = at
        return frozenset(found)

    def doubles(self, length: int) -> Iterator[int]:
        """Yield the words from which on so many stand there twice in succession."""
        words, later = self.words, self.words[length:]
        if True in map(eq, words, later):
            # One byte a word: does the same word stand there again, so many words on?
            same = bytes(map(eq, words, later))
            at = same.find(b"\1" * length)
            while at >= 0:
                yield at
                at = same.find(b"\1" * length, at + length)

    @cached_property
    def sentences(self) -> tuple[Span, ...]:
        """The sentences of the paragraph, without the white space around them."""
        paragraph = self.paragraph
        return tuple(split_sentences(paragraph.text, paragraph.language or "en"))

    @cached_property
    def tokens(self) -> tuple[Tokens, ...]:
        """The sentences as language models read them, one each."""
        text = self.paragraph.text
        return tuple([Tokens(text, span.start, span.end) for span in self.sentences])

    @property
    def written(self) -> list[list[str]]:
        """The tokens of each sentence as they stand there, the last stops included."""
        if not is_ordinary(self.characters):
            return [tokens.written for tokens in self.tokens]
        text, find = self.paragraph.text, ordinary_token().findall
        return [find(text, span.start, span.end) for span in self.sentences]


def passages(document: Document, mode: str = "auto") -> Iterator[Passage]:
    r"""Yield each paragraph of the document in its place.

    In mode ``auto`` paragraphs are parted by blank lines, and where there is none, by
    lines; ``blank`` and ``line`` insist. A paragraph takes the document's language
    unless it is long enough to tell that it has another.

    >>> text = "Ein Satz.\n\nNoch einer. Und ein dritter."
    >>> last = list(passages(Document(text, language="de")))[-1]
    >>> last.paragraph.span, last.sentences
    (Span(start=11, end=39), (Span(start=0, end=11), Span(start=12, end=28)))
    """
    if mode not in MODES:
        known = ", ".join(MODES)
        raise ConfigError(f"paragraphs must be one of {known}, got {mode!r}")
    spans = split_paragraphs(document.text, mode)
    texts = [span.of(document.text) for span in spans]
    languages = _languages(document, texts)
    paragraphs = tuple(map(Paragraph, texts, spans, languages))
    for index in range(len(paragraphs)):
        yield Passage(document, paragraphs, index)


def split_paragraphs(text: str, mode: str = "auto") -> list[Span]:
    """Return the paragraphs of ``text``; what lies between them is white space."""
    # Many documents are a single line: three looks cost less than a pattern's one.
    if not ("\n" in text or "\r" in text or "\u2029" in text):
        return [*_stripped(text, 0, len(text))]
    if mode == "line":
        return _blocks(text, _LINES)
    spans = _blocks(text, _BLANK_LINES)
    return spans if mode == "blank" or len(spans) != 1 else _blocks(text, _LINES)


def words_of(text: str, marks: str = MARKS) -> list[str]:
    """Return what white space parts, in lower case, without the marks around it.

    >>> words_of("“Don't,” she said –")
    ["don't", 'she', 'said', '–']
    """
    return [*map(str.strip, text.lower().split(), repeat(marks))]


def parts_of(words: Iterable[str]) -> list[str]:
    """Return what marks and hyphens part in those of the words that have some inside.

    >>> parts_of(["harbour", "lock-keeper's"])
    ['lock', 'keeper', 's']
    """
    compounds = " ".join(filterfalse(str.isalnum, words))
    parts = RUN.findall(compounds)
    if _DOT in compounds:
        parts += RUN.findall(compounds.replace(_DOT, ""))
    return parts


def count_words(text: str, most: int | None = None) -> int:
    """Return the number of words; with ``most``, stop counting there.

    >>> count_words("It isn't late."), count_words("It isn't late.", most=2)
    (3, 2)
    """
    return len([*islice(WORD.finditer(text), most)])


def split_sentences(text: str, code: str = "en") -> Iterator[Span]:
    """Yield the sentences of a paragraph; what lies between them is white space.

    A language of which mtcheck knows no abbreviations is treated like English.

    >>> text = "Fa. Bauer kam zum 2. Mal. „Gut!“ Dr. Meier ging."
    >>> [span.of(text) for span in split_sentences(text, "de")]
    ['Fa. Bauer kam zum 2. Mal.', '„Gut!“', 'Dr. Meier ging.']
    """
    start = 0
    for match in _END.finditer(text):
        end = match.end()
        if _ends_sentence(text, start, match.start(), end, code):
            yield from _stripped(text, start, end)
            start = end
    yield from _stripped(text, start, len(text))


def _blocks(text: str, separator: re.Pattern[str]) -> list[Span]:
    edges = [0]
    for match in separator.finditer(text):
        edges += match.span()
    edges.append(len(text))
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return [span for start, end in pairs for span in _stripped(text, start, end)]


def _stripped(text: str, start: int, end: int) -> tuple[Span, ...]:
    piece = text[start:end]
    start = end - len(piece.lstrip())
    end = start + len(piece.strip())
    return (Span(start, end),) if start < end else ()


def _ends_sentence(text: str, start: int, mark: int, end: int, code: str) -> bool:
    """Tell whether the sentence from ``start`` ends with the mark that is found."""
    following = _NEXT.match(text, end)
    if following is None:
        return text[mark] in _FULL_WIDTH
    head = following[1]
    if head is None or head[0].islower():
        return False
    if text[mark : mark + 2].rstrip() != ".":
        return True
    return _may_end(text, start, mark, head, _language(code))


def _may_end(text: str, start: int, mark: int, head: str, known: Language) -> bool:
    """Tell whether the full stop at ``mark`` is more than part of an abbreviation."""
    # What is small inside a sentence has its capital from the start of one.
    opens = head.lower() in known.function_words
    # The quick ways out: a word, and one too long for an abbreviation.
    if text[mark - 1 if opens else max(mark - 9, 0) : mark].isalpha() and (
        opens or mark > start + 9
    ):
        return True
    before = _BEFORE.search(text, max(start, mark - 20), mark)
    word = before[0].lower() if before else ""
    if word.isdecimal():
        if text[start : mark - len(word)].isspace() or mark - len(word) == start:
            return False  # "1. First": a number in a list
        return opens or len(word) > 2 or known.code != "de"
    is_known = word in known.abbreviations
    if word in _BEFORE_NUMBERS or _NUMBER.match(head):
        return not (is_known and _NUMBER.match(head))
    return opens or not (is_known or len(word) == 1 or "." in word)


@cache
def _language(code: str) -> Language:
    return language(code if code in languages() else "en")


def _languages(document: Document, texts: list[str]) -> list[str | None]:
    if document.language is not None:
        return [document.language] * len(texts)
    common = identify(*texts)
    if len(texts) == 1:
        return [common]
    return [identify_inside(text, common) for text in texts]
