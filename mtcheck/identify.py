"""Which language a text is written in."""

import re
from collections.abc import Sequence
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lingua import LanguageDetector

FUNCTION_WORDS = {
    "en": frozenset(
        "about after and any are be because been but by can could did didn't don't "
        "even every few for from had has have he his how if into is it it's its "
        "just know many might most much must my not of only or other our out own "
        "people said say she should since some such than that the their them then "
        "there these they thing things think this those though through to too until "
        "upon us very want was well were what when where whether which while who "
        "whose why will with would year years you your".split()
    ),
    "de": frozenset(
        "aber auch auf aus bei beim bis damit dann das dass daß dem den der diese "
        "diesem diesen dieser dieses durch ein eine einem einen einer eines für gegen "
        "haben hat hatte hatten ich ihr ihre ihrem ihren ihrer im ist jedoch jetzt "
        "kann keine können mehr mich mit müssen nach nicht noch nur oder ohne schon "
        "sehr seine seinem seinen seiner seit sich sie sind soll sollen sondern sowie "
        "und uns unter vom von vor war wenn werden wie wieder wir wird wurde wurden "
        "zu zum zur zwischen über".split()
    ),
}
"""Frequent words that no other large language written in Latin letters uses often."""

_ANY = frozenset().union(*FUNCTION_WORDS.values())

SAMPLE = 300
"""Code points that are looked at: more makes neither way surer, only slower."""

SECOND_SAMPLE = 1000
"""Code points of a second vote, where the first leaves it open: it costs far less than
lingua."""

SECOND_SHARE = 0.12
"""Share of function words that decides the second vote: more words, less chance."""

ENOUGH_LETTERS = 100
"""Letters a paragraph needs before it may contradict its document."""

_LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
# Names and menus look like one of these to lingua, and so do short English texts.
_RARE = (
    "BASQUE ESPERANTO GANDA IRISH LATIN MAORI SHONA SOMALI SOTHO SWAHILI TAGALOG "
    "TSONGA TSWANA WELSH XHOSA YORUBA ZULU"
).split()
_SHORT = 80


def identify(*texts: str) -> str | None:
    """Return the ISO 639-1 code of the language of a document; None when undecidable.

    ``texts`` are its paragraphs.

    >>> identify("The rain had stopped, but the streets of the town were still wet.")
    'en'
    >>> identify("12:30 ***")
    """
    pieces = _pieces(texts, SAMPLE)
    sample = " ".join(pieces)
    voted = vote(sample)
    if voted is None and sum(map(len, texts)) > SAMPLE:
        voted = vote(" ".join(_pieces(texts, SECOND_SAMPLE)), SECOND_SHARE)
    return voted or _most(pieces) or _ask_lingua(sample)


def _pieces(texts: Sequence[str], size: int) -> list[str]:
    if len(texts) == 1:
        return [texts[0][:size]]
    # Menus and captions come first on scraped pages and say little.
    prose = (text for text in texts if text.count(" ", 0, SAMPLE) >= 8)
    chosen = list(islice(prose, 4)) or texts[:4]
    return [text[: size // len(chosen)] for text in chosen]


def _most(pieces: Sequence[str]) -> str | None:
    """Return the language that more than half of the paragraphs vote for."""
    votes = list(map(vote, pieces)) if len(pieces) > 1 else []
    for code in FUNCTION_WORDS:
        if votes.count(code) * 2 > len(votes):
            return code
    return None


def identify_inside(text: str, common: str | None) -> str | None:
    """Return the language of a paragraph whose document is in the ``common`` one.

    That is another one only where the paragraph is long and says so clearly.
    """
    sample = text[:SAMPLE]
    n_letters = sum(map(str.isalpha, sample)) if len(sample) >= ENOUGH_LETTERS else 0
    if n_letters < ENOUGH_LETTERS:
        return common
    voted = vote(sample)
    if voted is not None or common is None:
        return voted or _ask_lingua(sample)
    words = _LETTERS.findall(sample.lower())
    known = FUNCTION_WORDS.get(common)
    if known is None or sum(map(known.__contains__, words)) > len(words) / 20:
        return common
    return _ask_lingua(sample, must_be_sure=True) or common


def vote(text: str, least_share: float = 0.18) -> str | None:
    """Return the language whose function words stand out in ``text``, if one does.

    They must make up ``least_share`` of all words.
    """
    # lingua takes 1 to 3 ms a paragraph, this takes 15 microseconds. It decides 99 % of
    # English and German prose and leaves everything else to lingua.
    words = text.lower().split()  # function words seldom stand beside a mark
    known = list(filter(_ANY.__contains__, words))
    (rival, _), (count, language) = sorted(
        [
            (sum(map(some.__contains__, known)), code)
            for code, some in FUNCTION_WORDS.items()
        ]
    )[-2:]
    if count >= 3 and count > 3 * rival and count >= least_share * len(words):
        return language
    return language if count == 2 and not rival and len(words) <= 8 else None


def _ask_lingua(text: str, must_be_sure: bool = False) -> str | None:
    # PyO3 refuses lone surrogates.
    text = text.encode("utf-8", "ignore").decode()
    detector = _detector(must_be_sure or len(text) < _SHORT, must_be_sure)
    found = detector.detect_language_of(text)
    return found.iso_code_639_1.name.lower() if found else None


@cache
def _detector(without_rare: bool, must_be_sure: bool) -> "LanguageDetector":
    # Imported here: most runs never need it. Detectors share the models they load.
    from lingua import Language, LanguageDetectorBuilder

    rare = [language for language in Language.all() if language.name in _RARE]
    return (
        LanguageDetectorBuilder.from_all_languages_without(
            *rare if without_rare else ()
        )
        .with_low_accuracy_mode()
        .with_minimum_relative_distance(0.8 if must_be_sure else 0.0)
        .build()
    )
