"""The substitution table: which words a thesaurus lets a spinner write for which."""

import lzma
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from mtcheck.errors import ResourceError
from mtcheck.extract.synonyms import LONGEST
from mtcheck.language_model import tokenize

THESAURI = {
    "en": (Path("/usr/share/mythes/th_en_US_v2.dat"), "mythes-en-us"),
    "de": (Path("/usr/share/mythes/th_de_DE_v2.dat"), "mythes-de"),
}
"""Where Debian keeps the thesauri, and the packages that hold them."""

LICENCES = {
    "en": (
        "WordNet (Debian's mythes-en-us): WordNet licence, see NOTICE.txt",
        "Problematic Paper Screener, tortured phrases: CC BY 4.0",
        "substitutions counted in DetectRL and in public spintax: word pairs only",
    ),
    "de": ("OpenThesaurus (Debian's mythes-de): LGPL-2.1",),
}
"""What the tables are made of, for the card."""

NOTICE = Path(__file__).with_name("NOTICE.txt")
"""The notices that must go with the tables."""

MAX_ALTERNATIVES = 5
MIN_COUNT = 20
"""Seldomer words are no alternatives: the language model has hardly met them. They may
be what a spinner wrote, and the rarer they are the likelier."""

THESAURUS_RATIO, PAIR_RATIO = 2, 8
"""An alternative is so many times as common; counted pairs have more chance ones."""

_WORD = re.compile(r"[^\W\d_]{3,}")
_NOTES = re.compile(r"\s*\([^)]*\)")
_NO_SYNONYM = re.compile(
    r"generic|antonym|similar|related|Oberbegriff|Unterbegriff|Assoziation"
)
"""Broader and narrower terms, and antonyms, are no synonyms."""


def thesaurus_groups(language: str) -> Iterator[tuple[str, list[str]]]:
    """Yield a headword and the words of a sense of it, all single and lower case."""
    path, package = THESAURI[language]
    if not path.is_file():
        raise ResourceError(
            f"training needs {path}; on Debian: apt-get install {package}"
        )
    with path.open(encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            head, _, count = line.rstrip("\n").rpartition("|")
            senses = [next(lines) for _ in range(int(count))]
            if not _WORD.fullmatch(head):
                continue
            for sense in senses:
                cells = sense.rstrip("\n").split("|")[1:]
                kept = [cell for cell in cells if not _NO_SYNONYM.search(cell)]
                words = [_NOTES.sub("", cell).lower().strip() for cell in kept]
                words = [word for word in words if _WORD.fullmatch(word)]
                if words:
                    yield head.lower(), words


def inflected(word: str, ending: str, language: str) -> str:
    """Return the word with an ending, by the plainest spelling of its language."""
    if language == "en":
        if ending in ("ed", "ing", "er") and word.endswith("e"):
            return word[:-1] + ending
        if ending in ("s", "ed") and word.endswith("y") and word[-2:-1] not in "aeiou":
            return word[:-1] + ("ies" if ending == "s" else "ied")
        if ending == "s" and re.search(r"(s|x|z|ch|sh)$", word):
            return word + "es"
    elif ending in ("t", "te", "ten", "st", "e") and word.endswith("en"):
        return word[:-2] + ending
    return word + ending


ENDINGS = {
    "en": ("", "s", "ed", "ing", "ly"),
    "de": ("", "e", "en", "er", "es", "em", "s", "n", "t", "te", "ten", "st"),
}


def substitution_table(
    language: str,
    groups: Iterable[tuple[str, list[str]]],
    counts: Mapping[str, int],
    ratio: int = THESAURUS_RATIO,
) -> dict[str, tuple[str, ...]]:
    """Return for each word the synonyms that are ``ratio`` times as common, by count.

    ``counts`` are those of human text. Inflected forms are paired ending by ending;
    forms that human text lacks are kept too, for spinners make them.
    """
    found: dict[str, set[str]] = {}
    for head, words in groups:
        members = dict.fromkeys([head, *words])
        for ending in ENDINGS.get(language, ("",)):
            forms = [inflected(word, ending, language) for word in members]
            usual = [form for form in forms if counts.get(form, 0) >= MIN_COUNT]
            if not usual:
                continue
            for form in forms:
                least = ratio * max(counts.get(form, 0), 1)
                better = [other for other in usual if counts[other] >= least]
                found.setdefault(form, set()).update(better)
    return {
        word: tuple(
            sorted(better, key=lambda other: (-counts[other], other))[:MAX_ALTERNATIVES]
        )
        for word, better in sorted(found.items())
        if better and len(word) > 3
    }


def joined(
    first: Mapping[str, tuple[str, ...]],
    second: Mapping[str, tuple[str, ...]],
    counts: Mapping[str, int],
) -> dict[str, tuple[str, ...]]:
    """Return a table with the alternatives of both, the commonest first."""
    found = {}
    for word in sorted(first.keys() | second.keys()):
        every = {*first.get(word, ()), *second.get(word, ())}
        ranked = sorted(every, key=lambda other: (-counts[other], other))
        found[word] = tuple(ranked[:MAX_ALTERNATIVES])
    return found


def spun_pairs(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield the synonym groups of the data folder whose licence lets them ship."""
    for word, alternatives, source in _lexicon_rows(folder, "spin_synonyms"):
        words = [w for w in alternatives.lower().split("|") if _WORD.fullmatch(w)]
        if (
            "non-commercial" not in source
            and "hypernyms" not in source
            and words
            and "[en" in source
        ):
            yield word.lower(), words


def tortured_phrases(folder: Path, human_lines: Iterable[str]) -> dict[str, str]:
    """Return the tortured phrases of two to four words that human text does not use."""
    phrases: dict[str, str] = {}
    for tortured, expected, source in _lexicon_rows(folder, "tortured_phrases"):
        tokens = tokenize(tortured).line.split()
        # Some rows gloss a term ("support vectors (in svm)"), or warn of themselves.
        if f" {tortured} ".lower() in f" {expected} ".lower() or "caveat" in expected:
            continue
        if 2 <= len(tokens) <= LONGEST and ("CC BY" in source or "Apache" in source):
            phrases[" ".join(tokens)] = expected.strip()
    starts: dict[str, list[str]] = {}
    for phrase in phrases:
        starts.setdefault(phrase.split()[0], []).append(f" {phrase} ")
    used: set[str] = set()
    for line in human_lines:
        padded = f" {line} "
        for word in set(line.split()) & starts.keys():
            used.update(phrase.strip() for phrase in starts[word] if phrase in padded)
    return {
        phrase: expected
        for phrase, expected in sorted(phrases.items())
        if phrase not in used
    }


def _lexicon_rows(folder: Path, name: str) -> Iterator[list[str]]:
    """Yield the three cells of each row of a lexicon, its source last."""
    path = folder / "lexicons" / f"{name}.tsv.xz"
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        next(lines)  # the header
        for line in lines:
            yield line.rstrip("\n").split("\t")
