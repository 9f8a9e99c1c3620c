"""A text as its comparison sees it: paragraphs of words with their places."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from mtcheck.comparison.values import Piece
from mtcheck.identify import ENOUGH_LETTERS, vote
from mtcheck.languages import language as known_language
from mtcheck.languages import languages
from mtcheck.segment import WORD, Passage, passages
from mtcheck.types import Document, Paragraph, Span


class Word(NamedTuple):
    """A word at a place; its ``key`` is the same in capitals and small letters."""

    key: str
    start: int
    end: int
    is_content: bool
    is_capital: bool


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """A document, its paragraphs, and the words of each.

    ``language`` is the one of most of the text.
    """

    document: Document
    language: str | None
    paragraphs: tuple[Paragraph, ...]
    words: tuple[tuple[Word, ...], ...]

    @property
    def has_sure_language(self) -> bool:
        """Whether the language was named, or is told by much text or by its words."""
        text = self.document.text
        if self.language is None or self.document.language is not None:
            return self.language is not None
        return (
            sum(map(str.isalpha, text)) >= ENOUGH_LETTERS or vote(text) == self.language
        )

    def words_of(self, indices: Sequence[int]) -> list[Word]:
        """Return the words of neighbouring paragraphs."""
        return [word for index in indices for word in self.words[index]]

    def piece(self, indices: Sequence[int]) -> Piece:
        """Return neighbouring paragraphs as part of the document."""
        first, last = (
            self.paragraphs[index].span for index in (indices[0], indices[-1])
        )
        return Piece(tuple(indices), Span(first.start, last.end))

    def passages(self) -> Iterator[Passage]:
        """Yield each paragraph in its place, anew: what a passage finds, it keeps."""
        for index in range(len(self.paragraphs)):
            yield Passage(self.document, self.paragraphs, index)


def read_text(document: Document, mode: str = "auto") -> Text:
    """Return the document with its words; ``mode`` says how paragraphs are parted."""
    paragraphs = tuple(passage.paragraph for passage in passages(document, mode))
    sizes: Counter[str | None] = Counter()
    for paragraph in paragraphs:
        sizes[paragraph.language] += len(paragraph.text)
    language = max(sizes, key=sizes.__getitem__, default=None)
    is_content = _content(language)
    keys: dict[str, str] = {}
    words = tuple(tuple(_words(item, is_content, keys)) for item in paragraphs)
    return Text(document, language, paragraphs, words)


def span_of(words: Sequence[Word], run: range) -> Span:
    """Return the stretch from the first to the last word of a run of indices."""
    return Span(words[run[0]].start, words[run[-1]].end)


def _words(
    paragraph: Paragraph, is_content: Callable[[str], bool], keys: dict[str, str]
) -> Iterator[Word]:
    offset = paragraph.span.start
    for match in WORD.finditer(paragraph.text):
        written = match[0]
        key = written.lower().replace("’", "'")
        key = keys.setdefault(key, key)  # one string for all its places
        start, end = match.span()
        is_capital = written[0].isupper()
        yield Word(key, start + offset, end + offset, is_content(key), is_capital)


def _content(code: str | None) -> Callable[[str], bool]:
    """Return what tells the words that carry the content from those that join them."""
    if code not in languages():
        return lambda key: len(key) > 3
    joining = known_language(str(code)).function_words
    return lambda key: key not in joining
