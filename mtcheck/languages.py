"""Languages as data: what ``languages/*.toml`` says of words, quotes and residue."""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from mtcheck.errors import ConfigError

FOLDER = Path(__file__).with_name("languages")
"""A file ``xx.toml`` in this folder is the registration of language ``xx``."""


RUN = re.compile(r"[^\W_]+")
"""Letters and digits with nothing between them."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A pattern that is tried only where ``word``, in lower case, is in the text."""

    word: str
    pattern: str


class Cues(NamedTuple):
    """Cues of whole words, which may be several with others between them.

    ``keys`` has one of the words of each, the one that texts have least; ``cues`` are
    those of a key.
    """

    keys: frozenset[str]
    cues: Mapping[str, Sequence[Cue]]

    def found(self, held: Callable[[frozenset[str]], Set[str]], text: str) -> list[str]:
        """Return the patterns to try in a text, given in lower case.

        ``held`` tells which of some words stand in it as whole ones.
        """
        likely = {
            key: [cue.pattern for cue in cues if cue.word in text]
            for key, cues in self.cues.items()
            if key in text
        }
        if not any(likely.values()):
            return []
        found = [it for key in held(self.keys) for it in likely.get(key, ())]
        return list(dict.fromkeys(found))  # several forms of a word may share one


@dataclass(frozen=True, slots=True)
class Language:
    """What rules, segmentation and features know of one language.

    All words are in lower case, and so are ``residue_lines`` and
    ``translation_lines``, which match whole lines. ``residue_patterns`` match whole
    lines too; the cues match anywhere, those of residue and assistants where all words
    of the cue stand as whole ones. ``page_words``
    are frequent in menus and forms, ``comment_words`` in the heads of comments.
    """

    code: str
    name: str
    has_capital_nouns: bool
    has_decimal_comma: bool
    languagetool: str
    quotes: tuple[tuple[str, str], ...]
    abbreviations: frozenset[str]
    function_words: frozenset[str]
    sentence_openers: frozenset[str]
    openers_after_names: frozenset[str]
    openers_before_names: frozenset[str]
    article_names: frozenset[str]
    title_nouns: frozenset[str]
    opening_symbols: frozenset[str]
    after_hyphens: frozenset[str]
    verb_ends: frozenset[str]
    final_verbs: frozenset[str]
    never_last: frozenset[str]
    attributions: frozenset[str]
    scrap_exceptions: frozenset[str]
    never_doubled: frozenset[str]
    may_double: frozenset[str]
    pair_links: frozenset[str]
    headline_lowercase: frozenset[str]
    headline_foreign: frozenset[str]
    residue_lines: frozenset[str]
    residue_words: frozenset[str]
    residue_patterns: tuple[str, ...]
    residue_cues: tuple[Cue, ...]
    page_words: frozenset[str]
    comment_words: frozenset[str]
    translation_cues: tuple[Cue, ...]
    lost_letters: str
    script_talk: str
    translation_lines: frozenset[str]
    placeholder_cues: tuple[Cue, ...]
    assistant_cues: tuple[Cue, ...]


def gather(cues: Iterable[Cue]) -> Cues:
    """Return cues of whole words in a form in which they are soon looked for.

    >>> cues = gather([Cue("as an ai", "as an ai, I"), Cue("spam", "no spam")])
    >>> sorted(cues.keys), cues.found(lambda keys: keys & {"no", "spam"}, "no spam")
    (['ai', 'spam'], ['no spam'])
    """
    small = frozenset().union(*(one.function_words for one in all_languages()))
    known: dict[str, list[Cue]] = {}
    for cue in cues:
        words = RUN.findall(cue.word)
        key = max(words, key=lambda word: (word not in small, len(word)))
        known.setdefault(key, []).append(cue)
    return Cues(frozenset(known), known)


@cache
def languages() -> tuple[str, ...]:
    """Return the codes of all languages, in alphabetical order.

    >>> languages()
    ('de', 'en')
    """
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


@cache
def language(code: str) -> Language:
    """Return the language of that code; a ConfigError names the known ones.

    >>> language("de").name
    'German'
    """
    if code not in languages():
        known = ", ".join(languages())
        raise ConfigError(f"language must be one of {known}, got {code!r}")
    return read_language(FOLDER / f"{code}.toml")


def all_languages() -> tuple[Language, ...]:
    """Return every language; sites mix them, so residue is looked for in all."""
    return tuple(language(code) for code in languages())


def read_language(path: Path) -> Language:
    """Read one file; its stem is the code. A ConfigError names keys that are wrong."""
    with path.open("rb") as file:
        table = tomllib.load(file)
    wanted = {field.name for field in fields(Language)} - {"code"}
    if wanted != set(table):
        wrong = ", ".join(sorted(wanted ^ set(table)))
        raise ConfigError(
            f"{path.name}: keys must be the fields of Language; see to {wrong}"
        )
    values = {key: _value(key, table[key]) for key in wanted}
    return Language(code=path.stem, **values)


def _value(key: str, value: Any) -> Any:
    if key in ("name", "languagetool", "lost_letters", "script_talk"):
        return str(value)
    if key.startswith("has_"):
        return bool(value)
    if key == "quotes":
        return tuple((pair[0], pair[1]) for pair in value)
    if key.endswith("_cues"):
        return tuple(Cue(**item) for item in value)
    if key == "residue_patterns":
        return tuple(value)
    if key in ("residue_lines", "translation_lines"):
        return frozenset(value)
    # Words stand in one string: the file reads like a text and diffs stay small.
    return frozenset(value.split())
