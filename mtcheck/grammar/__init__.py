"""Grammar mistakes that LanguageTool finds: their kinds, and what is asked of it.

LanguageTool is a program in Java that answers over HTTP (Naber, "A Rule-Based Style and
Grammar Checker", 2003). Nothing in mtcheck needs it unless grammar is asked for; what
could not be checked is None, never "no mistake".
"""

import re
from contextlib import suppress
from urllib.parse import urlsplit

from mtcheck.errors import ConfigError

OFF, AUTO = "off", "auto"
"""What may be asked for beside the address of a server."""

KINDS = (
    "agreement",
    "verb_form",
    "word_order",
    "letter_case",
    "punctuation",
    "confused_word",
    "style",
    "other",
)
"""The kinds of mistakes, in the order of their features and codes."""

_KIND_OF_CATEGORY = {
    "CASING": "letter_case",
    "COLLOCATIONS": "confused_word",
    "COLLOQUIALISMS": "style",
    "CONFUSED_WORDS": "confused_word",
    "HILFESTELLUNG_KOMMASETZUNG": "punctuation",
    "IDIOMS": "style",
    "NONSTANDARD_PHRASES": "style",
    "PLAIN_ENGLISH": "style",
    "PUNCTUATION": "punctuation",
    "REDUNDANCY": "style",
    "SEMANTICS": "confused_word",
    "STYLE": "style",
}

_WORD_ORDER = re.compile(r"WORD_ORDER|WORTSTELLUNG|VERBSTELLUNG|INVERSION")

# The category of grammar proper holds everything from agreement to doubled pronouns;
# the names of its rules tell more.
_KIND_OF_NAME = (
    (
        "verb_form",
        re.compile(
            r"BASE_?FORM|PART_AGREEMENT|PAST_PART|INFINITIV|VB[GDN]\b|_VB\b|NON_BASE"
            r"|INCORRECT_VERB|MODAL|PRAETERITUM|PERFEKT|HILFSVERB|WURDEN|WORDEN"
        ),
    ),
    (
        "agreement",
        re.compile(
            r"AGREEMENT|_AGR\b|NNS|NON3PRS|VB[PZ]|SINGULAR|PLURAL|MANY_NN|EACH|THERE_"
            r"|A_VS_AN|PRAEP_|GENITIV|DATIV|AKKUSATIV|KONGRUENZ|NOMINATIV|DEN_DEM"
        ),
    ),
)

OFF_CATEGORIES = (
    "AMERICAN_ENGLISH_STYLE",
    "BRITISH_ENGLISH",
    "CREATIVE_WRITING",
    "EMPFOHLENE_RECHTSCHREIBUNG",
    "GENDER_NEUTRALITY",
    "MULTITOKEN_SPELLING",
    "PROPER_NOUNS",
    "REPETITIONS",
    "REPETITIONS_STYLE",
    "TEXT_ANALYSIS",
    "TYPOGRAPHY",
    "TYPOS",
)
"""Not asked: spelling, which takes names for mistakes; variants of a language; quotes
and spaces, which tell the source of a text, and which the other rules see to."""

OFF_RULES = (
    # What they say of a paragraph depends on the others of its document.
    "DE_COMPOUND_COHERENCY",
    "DE_UNPAIRED_QUOTES",
    "DE_WORD_COHERENCY",
    "EN_UNPAIRED_BRACKETS",
    "EN_UNPAIRED_QUOTES",
    "EN_WORD_COHERENCY",
    "ENGLISH_WORD_REPEAT_BEGINNING_RULE",
    "GERMAN_WORD_REPEAT_BEGINNING_RULE",
    "PARAGRAPH_REPEAT_BEGINNING_RULE",
    "PUNCTUATION_PARAGRAPH_END",
    "PUNCTUATION_PARAGRAPH_END2",
    "TOO_LONG_PARAGRAPH",
    "UNPAIRED_BRACKETS",
    # On the day on which it is asked.
    "DATE_FUTURE_VERB_PAST",
    "DE_DATE_WEEKDAY_CURRENTYEAR",
    "EN_DATE_WEEKDAY_CURRENTYEAR",
    # The rules for marks and for repetition find these more quietly.
    "DE_SENTENCE_WHITESPACE",
    "DOUBLE_PUNCTUATION",
    "ENGLISH_WORD_REPEAT_RULE",
    "GERMAN_WORD_REPEAT_RULE",
    # A headline, a list item or an excerpt is no mistake.
    "UPPERCASE_SENTENCE_START",
)


def kind_of(rule: str, category: str) -> str:
    """Return the kind of a mistake, by the names of its rule and its category.

    >>> kind_of("HE_VERB_AGR", "GRAMMAR"), kind_of("DE_CASE", "CASING")
    ('agreement', 'letter_case')
    """
    if _WORD_ORDER.search(rule):
        return "word_order"
    if category in _KIND_OF_CATEGORY:
        return _KIND_OF_CATEGORY[category]
    found = (kind for kind, pattern in _KIND_OF_NAME if pattern.search(rule))
    return next(found, "other")


def check_service(value: str) -> None:
    """Raise a ConfigError unless a value is off, auto or the address of a server."""
    if value in (OFF, AUTO):
        return
    with suppress(ValueError):  # a port that is no number, a bracket left open
        parts = urlsplit(value)
        if parts.scheme in ("http", "https") and parts.hostname and parts.port != 0:
            return
    raise ConfigError(
        f"config: grammar must be {OFF}, {AUTO} or the URL of a LanguageTool server, "
        f"got {value!r}"
    )
