"""Scraps of a sentence that stand behind its end."""

import re
from collections.abc import Iterator

from mtcheck.languages import Language, language, languages
from mtcheck.rules import Rule
from mtcheck.segment import WORD, Passage
from mtcheck.types import Span

# Anchored at the end and bounded: some 60 characters behind the last inner stop.
_SCRAP = re.compile(
    r"([^\W\d_]+)([.?!][”\"“»]?) ([^\W\d_][^\W\d_ -]*(?:[ -][^\W\d_]+)?\.)$"
)
_WINDOW = 90
_MIN_WORDS = 6
"""Shorter sentences belong to speech, where people do talk in scraps."""


def _scraps(passage: Passage) -> Iterator[Span]:
    paragraph = passage.paragraph
    if paragraph.language not in languages():
        return
    text = paragraph.text.rstrip()
    if not text.endswith("."):
        return
    base = max(0, len(text) - _WINDOW)
    if ". " not in text[base:]:
        return
    match = _SCRAP.search(text, base)
    if match and _is_stray(text[: match.end(2)], match, language(paragraph.language)):
        yield Span(*match.span(3)).shift(paragraph.span.start)


def _is_stray(head: str, match: re.Match[str], known: Language) -> bool:
    before, scrap = match[1].lower(), match[3][:-1]
    words = scrap.replace("-", " ").split()
    if before in known.abbreviations or len(before) == 1:
        return False
    if words[0].lower() in known.scrap_exceptions:
        return False
    if known.function_words.intersection(scrap.lower().split()):
        return False
    sentence = WORD.findall(head[_last_stop(head) :])
    if len(sentence) < _MIN_WORDS:
        return False
    if scrap[0].islower():
        return scrap == scrap.lower()
    # Names alone prove little (a signature, a cast list). Behind a sentence that says
    # who said it, they are a piece of the attribution.
    return (
        len(words) > 1
        and all(word[0].isupper() for word in words)
        and not known.attributions.isdisjoint(word.lower() for word in sentence)
    )


def _last_stop(head: str) -> int:
    """Return where the last sentence of ``head`` starts; its own end is left out."""
    inner = head[:-3]
    return max(inner.rfind(". "), inner.rfind("! "), inner.rfind("? ")) + 1


RULES = (
    Rule(
        code="MT201",
        name="stray-fragment",
        message="a scrap stands behind the end of the sentence: {!r}",
        why="Engines that reorder words leave some behind the stop.",
        bad=(
            "The bridge must close for the whole winter, according to officials. "
            "⟦engineers.⟧",
            "Nothing like it was ever seen, an expert told the radio. "
            "⟦Northern College.⟧",
            "Die Brücke muss nach Angaben der Stadt im Winter schließen. ⟦fachleute.⟧",
        ),
        good=(
            "The bridge must close for the whole winter, according to engineers.",
            "The bridge stays open for now, said the mayor of St. Albin.",
            "We waited for six hours in the cold. Thank God.",
            "The film stars two people from our town. Highly recommended.",
            "The course was given by a teacher we all liked. Anna Berg.",
            "It rained. hard.",
            "Die Brücke bleibt nach Angaben der Stadt offen. Gut so.",
        ),
        find=_scraps,
    ),
)
