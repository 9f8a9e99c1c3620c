"""Scraps behind a sentence, and paragraphs that are cut off at an end."""

import re
from collections.abc import Callable, Iterator

from mtcheck.languages import Language, language, languages
from mtcheck.rules import Rule
from mtcheck.segment import WORD, Passage
from mtcheck.shapes import CLOSE_STOPS, NEIGHBOURS
from mtcheck.types import Span

_PIECE = r"[^\W\d_][^\W\d_'’-]{0,30}+(?:[-'’][^\W\d_]{1,30}+){0,3}+"
# The scrap is looked ahead at, so that a second one may follow on its stop, and the
# stop stands first, which an engine finds sooner than letters.
_SCRAP = re.compile(
    rf"\.(?<=[^\W\d_][^\W\d_)\]%”“»\"]\.)(?P<quote>[”\"“»]?)\s"
    rf"(?=(?P<scrap>{_PIECE}(?: {_PIECE}){{0,2}}+)\.(?P<next>\Z|\s+[\"“„»]?[A-ZÄÖÜ]))"
)
_VOWEL = re.compile("[aeiouyäöüáéíóúàèâêîôû]")
_WINDOW = 300
_MIN_WORDS = 6
"""Shorter sentences belong to speech, where people do talk in scraps."""

_LAST = re.compile(r"([^\W\d_]+)\Z")
_CREDIT = re.compile(r"[:/|©]|\s[–—-]\s")
_FIRST = re.compile(r"[^\W\d_]{2,}+(?= [^\W_])")
_INNER_END = re.compile(r"[.!?][”\"“»’)\]]?\s+(?=[\"“„»(]?[^\W_])")
_STOP = re.compile(r"[.!?…][”\"“»’)\]]?\Z")
_ENDS = frozenset(".!?…:;”\"“»«’')]")
_REACH = 5
"""Neighbours on each side that say how the paragraphs of a document look."""

_MIN_TAIL = 3
_LONG_TITLE, _LONGEST_TITLE = 14, 25
"""Words that a headline, a caption or a label seldom has, and next to never."""

_LONGEST = 60


def _scraps(passage: Passage) -> Iterator[Span]:
    paragraph = passage.paragraph
    text = paragraph.text
    if paragraph.language not in languages() or ". " not in text:
        return
    for match in _SCRAP.finditer(text):
        if _is_stray(text, match, language(paragraph.language)):
            end = match.end("scrap") + 1
            yield Span(match.start("scrap"), end).shift(paragraph.span.start)


def _is_stray(text: str, match: re.Match[str], known: Language) -> bool:
    head = text[max(0, match.start() - _WINDOW) : match.start()]
    sentence = WORD.findall(head[_last_stop(head) :])
    words = WORD.findall(match["scrap"])
    least = _MIN_WORDS - 2 if words[0].islower() else _MIN_WORDS
    if len(sentence) < least or _is_short_form(sentence[-1], known):
        return False
    if words[0].lower() in known.scrap_exceptions or _is_short_form(words[-1], known):
        return False
    if words[0].islower():
        return not match["quote"]
    if len(words) > 1 and words[-1] in known.final_verbs:
        # "… was der Fall ist": the end of a clause, where nouns have a capital.
        return words[0].lower() not in known.function_words
    if not known.function_words.isdisjoint(word.lower() for word in words):
        return False
    are_names = all(word[0].isupper() and word[1:].islower() for word in words)
    if not are_names:
        # A noun and a verb, from the end of a clause, where nouns have a capital.
        return len(words) == 2 and words[1].endswith(tuple(known.verb_ends))
    # Names alone prove little (a signature, a cast list). Behind a sentence that says
    # who said it, they are a piece of the attribution.
    says = not known.attributions.isdisjoint(word.lower() for word in sentence)
    return says or (len(words) > 1 and bool(match["next"]))


def _is_short_form(word: str, known: Language) -> bool:
    """Tell whether the stop behind the word may be one of an abbreviation."""
    low = word.lower()
    if len(word) < 2 or low in known.abbreviations:
        return True
    return not word.isupper() and (
        (word.istitle() and len(word) < 4) or not _VOWEL.search(low)
    )


def _last_stop(head: str) -> int:
    """Return where the last sentence of ``head`` starts; its own end is left out."""
    inner = head[:-3]
    return max(inner.rfind(". "), inner.rfind("! "), inner.rfind("? ")) + 1


def _cut_ends(passage: Passage) -> Iterator[Span]:
    paragraph, at = passage.paragraph, passage.index
    if paragraph.language not in languages() or at + 1 == len(passage.paragraphs):
        return
    last = _LAST.search(paragraph.text[-_LONGEST:])
    if last is None or not _opens(passage.paragraphs[at + 1].text):
        return
    is_cut = _breaks_off(paragraph.text, last[1], language(paragraph.language))
    if is_cut and _are_mostly(_closes, passage):
        end = paragraph.span.end
        yield Span(end - len(last[1]), end)


def _breaks_off(text: str, last: str, known: Language) -> bool:
    """Tell whether the last word or the length shows that no headline ends here."""
    n_words = text.count(" ") + 1
    if n_words > _MIN_WORDS and last in known.never_last:
        return True
    is_open = last.lower() in known.function_words
    is_name = not last.islower() and not known.has_capital_nouns
    if not is_open and (is_name or _CREDIT.search(text[-_LONGEST:])):
        return False
    end = max(text.rfind(". "), text.rfind("! "), text.rfind("? "))
    if end < 0 or not text[end + 2].isupper():
        return n_words >= (_LONG_TITLE if is_open else _LONGEST_TITLE)
    n_tail = text.count(" ", end)
    return (is_open or n_tail >= _MIN_TAIL) and n_words >= _LONG_TITLE


def _cut_starts(passage: Passage) -> Iterator[Span]:
    paragraph, at = passage.paragraph, passage.index
    text = paragraph.text
    if paragraph.language not in languages() or at == 0 or not text[0].islower():
        return
    first = _FIRST.match(text)
    if first is None or not first[0].islower() or text.count(" ") < _MIN_TAIL:
        return
    before = passage.paragraphs[at - 1].text
    if _STOP.search(before) and _are_mostly(_opens, passage):
        yield Span(*first.span()).shift(paragraph.span.start)


def _are_mostly(claim: Callable[[str], bool], passage: Passage) -> bool:
    """Tell whether most of the paragraphs around are as this one is not."""
    at = passage.index
    first = max(0, at - _REACH)
    near = passage.paragraphs[first : at + _REACH + 1]
    claims = [claim(one.text) for one in near]
    del claims[at - first]
    return sum(claims) * 2 > len(claims)


def _opens(text: str) -> bool:
    return not text[0].islower()


def _closes(text: str) -> bool:
    return text[-1] in _ENDS


RULES = (
    Rule(
        code="MT201",
        name="stray-fragment",
        message="a scrap stands behind the end of the sentence: {!r}",
        why="Engines that reorder words leave some behind the stop.",
        bad=(
            "The bridge must close for the whole winter, according to officials. "
            "⟦engineers.⟧",
            "The bridge must close for the whole winter, they say. ⟦local engineers.⟧ "
            "The mayor knew.",
            "Nothing like it was ever seen, an expert told the radio. "
            "⟦Northern College.⟧",
            "Nothing like it was ever seen on this coast before. ⟦Northern College.⟧ "
            "The ferry sailed on.",
            "Die Brücke muss nach Angaben der Stadt im Winter schließen. ⟦fachleute.⟧",
            "Die Brücke muss nach Angaben der Stadt im Winter schließen. ⟦Fall war.⟧",
            "Die Brücke muss nach Angaben der Stadt im Winter schließen. ⟦der Brücke.⟧ "
            "Der Rat berät am Montag.",
        ),
        good=(
            "The bridge must close for the whole winter, according to engineers.",
            "The bridge stays open for now, said the mayor of St. Albin.",
            "We waited for six hours in the cold. Thank God.",
            "The film stars two people from our town. Highly recommended.",
            "The course was given by a teacher we all liked. Anna Berg.",
            "The lock was built by the engineer and mayor of the town. George W. Berg "
            "paid for it.",
            "It rained. hard.",
            "Die Brücke bleibt nach Angaben der Stadt offen. Gut so.",
            "Wir zahlen das Geld, wie es im Vertrag steht, bis Dez. nicht. Das ist so.",
        ),
        signs=frozenset({CLOSE_STOPS}),
        find=_scraps,
    ),
    Rule(
        code="MT202",
        name="cut-off-end",
        message="the paragraph breaks off in the middle of a sentence, at {!r}",
        why="A scraper or an editor lost the rest of the paragraph.",
        bad=(
            "The ferry sails at ten.\n\nIt stays in the harbour because ⟦of⟧\n\n"
            "The next one sails at noon.",
            "Die Fähre fährt um zehn. Sie bleibt im Hafen, weil die ⟦der⟧\n\n"
            "Die nächste fährt um zwölf.",
            "The ferry was late again, as it has been on each day of this long winter. "
            "Nobody in the whole harbour ⟦knew⟧\n\n"
            "The next one sails at noon.",
        ),
        good=(
            "The ferry sails at ten because of the",
            "The place we all come from and go back to\n\nThe ferry sails at ten.",
            "The ferry sails at ten. Nobody knows why it\n\nis late again.",
            "we sailed the sea and then the\n\nHarbour came in sight of our\n\n"
            "Old ship, and all was well.",
        ),
        signs=frozenset({NEIGHBOURS}),
        find=_cut_ends,
    ),
    Rule(
        code="MT203",
        name="cut-off-start",
        message="the paragraph starts in the middle of a sentence, at {!r}",
        why="A scraper or an editor lost the start of the paragraph.",
        bad=(
            "The ferry sails at ten every day.\n\n⟦in⟧ the harbour until noon.\n\n"
            "The next one sails at noon.",
            "Die Fähre fährt um zehn.\n\n⟦bleibt⟧ sie bis zum Mittag im Hafen.",
        ),
        good=(
            "in the harbour until noon.\n\nThe next one sails at noon.",
            "The ferry carries:\n\npeople who go home, and\n\ncars of all kinds.",
            "iPhones are not allowed.\n\niPhones are not allowed at all on board.",
            "it was late.\n\nit was cold in the harbour.\n\nit rained all of the day.",
        ),
        signs=frozenset({NEIGHBOURS}),
        find=_cut_starts,
    ),
)
