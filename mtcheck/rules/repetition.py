"""Words that stand there twice in immediate succession."""

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from mtcheck.languages import Language, all_languages, language, languages
from mtcheck.rules import Rule
from mtcheck.segment import MARKS, Passage
from mtcheck.shapes import DOUBLE, LONGEST_DOUBLE
from mtcheck.types import Span

_TOKEN = re.compile(r"\S+")
_PHRASES = frozenset(range(3, LONGEST_DOUBLE + 1))
"""Words of a phrase that is seen to follow upon itself by the words that it echoes."""

_MIN_MIXED = 3
"""So many words, if numbers and dashes stand among them."""

_MIN_RHYTHM = 5
"""Shorter phrases with "and" come twice in speech and song."""

_MIN_LETTERS = 3
"""Shorter words are called, sung and stammered twice."""

_MIN_NAME = 6
"""Shorter words with a capital are names like Duran Duran."""


_Doubles = tuple[tuple[Span, tuple[str, ...]], ...]


@lru_cache(maxsize=4)
def _doubles(passage: Passage) -> _Doubles:
    """Return the stretches of words that follow upon themselves at once."""
    text, words = passage.paragraph.text, passage.words
    runs = [
        (at, length)
        for length in (1, 2, *(passage.echoes & _PHRASES))
        for at in passage.doubles(length)
    ]
    if not runs:
        return ()
    places = [match.span() for match in _TOKEN.finditer(text)]
    return tuple(_without_overlap(text.split(), words, places, sorted(runs)))


def _without_overlap(
    tokens: list[str],
    words: tuple[str, ...],
    places: list[tuple[int, int]],
    runs: list[tuple[int, int]],
) -> Iterator[tuple[Span, tuple[str, ...]]]:
    done = 0
    for at, length in runs:
        if at < done or not _is_seamless(tokens, words, at, length):
            continue
        end = at + 2 * length
        while words[end : end + length] == words[at : at + length]:
            end += length
        done = end
        # Marks before the first word and behind the last are not part of it.
        start = places[at][0] + tokens[at].lower().index(words[at])
        stop = places[end - 1][0] + len(tokens[end - 1].rstrip(MARKS))
        yield Span(start, stop), tuple(tokens[at:end])


def _is_seamless(
    tokens: list[str], words: tuple[str, ...], at: int, length: int
) -> bool:
    """Tell whether all are words, and no mark parts the two: not "no, no"."""
    n_words = sum(map(_is_word, words[at : at + length]))
    if n_words < length and (length < _MIN_MIXED or n_words < _MIN_MIXED - 1):
        return False
    first, again = tokens[at : at + length], tokens[at + length : at + 2 * length]
    if not first[-1][-1].isalnum() or not _begins(first[0], again[0], length):
        return False
    return first[1:-1] == again[1:-1]


def _begins(first: str, again: str, length: int) -> bool:
    """Tell whether the second starts like the first, but for marks around the two."""
    bare = again.rstrip(MARKS) if length == 1 else again
    return bool(bare) and bare.lower() in first.lower()


def _is_word(word: str) -> bool:
    return word.replace("-", "").replace("'", "").replace("’", "").isalpha()


def _doubled(passage: Passage, *, is_small: bool) -> Iterable[Span]:
    """Return doubled words that are never meant so, or all the other doubles."""
    code, doubles = passage.paragraph.language, _doubles(passage)
    if not doubles or code not in languages():
        return ()
    return _chosen(passage, doubles, language(code), is_small)


def _chosen(
    passage: Passage, doubles: _Doubles, known: Language, is_small: bool
) -> Iterator[Span]:
    for span, tokens in doubles:
        small = tokens[0].lower().lstrip(MARKS) in known.never_doubled
        single = len({token.lower().strip(MARKS) for token in tokens}) == 1
        if single and small:
            found = is_small and (tokens[-1].islower() or tokens[0] == tokens[-1])
        elif single:
            found = not is_small and _is_slip(tokens, known)
        else:
            found = not is_small and _is_lost(tokens)
        if found:
            yield span.shift(passage.paragraph.span.start)


@cache
def _of_all(field: str) -> frozenset[str]:
    """Return the words of all languages: texts quote other ones."""
    return frozenset().union(*(getattr(one, field) for one in all_languages()))


def _is_slip(tokens: tuple[str, ...], known: Language) -> bool:
    """Tell whether a word that stands twice was hardly meant to."""
    word = tokens[0].strip(MARKS)
    if len(tokens) > 2 or word != tokens[1].strip(MARKS) or word.isupper():
        return False
    # One verb ends its clause and the next one follows: "was es ist ist gleich".
    if word.lower() in _of_all("may_double") or word.lower() in known.final_verbs:
        return False
    is_plain = word.islower() or known.has_capital_nouns
    least = _MIN_LETTERS + (not word.islower()) if is_plain else _MIN_NAME
    return len(word) >= least or word.lower() in known.function_words


def _is_lost(tokens: tuple[str, ...]) -> bool:
    """Tell whether a phrase that stands twice is neither a name nor "on and on and"."""
    words = {token.lower().strip(MARKS) for token in tokens}
    if len(words) < 3 and all(token[0].isupper() for token in tokens):
        return False
    has_marks = any(not token[-1].isalnum() for token in tokens[:-1])
    is_rhythm = len(words) < (_MIN_RHYTHM if has_marks else 3)
    return not is_rhythm or words.isdisjoint(_of_all("pair_links"))


def _one(marked: str) -> str:
    """Return the first of the words, which may have the capital."""
    return marked.split()[0]


RULES = (
    Rule(
        code="MT402",
        name="doubled-word",
        message="the word stands there twice: {!r}",
        why="Cutting and pasting, by hand or by machine, doubles small words.",
        bad=(
            "They walked to ⟦the the⟧ harbour.",
            "⟦The the⟧ harbour is shut, they said, and nobody asked ⟦for for⟧ it.",
            "They came ⟦with with with⟧ a ferry.",
            "Sie gingen ⟦und und⟧ kamen nie an.",
        ),
        good=(
            "They had had enough, and that that was so.",
            "Die, die die Brücke sahen, lachten.",
            "The the-rapy of it.",
            "They gave in, in the end, and walked on, on foot.",
        ),
        signs=frozenset({DOUBLE}),
        find=lambda passage: _doubled(passage, is_small=True),
        fix=_one,
    ),
    Rule(
        code="MT403",
        name="doubled-phrase",
        message="the words stand there twice: {!r}",
        why="Cutting and pasting, by hand or by machine, doubles a stretch of words.",
        bad=(
            "They saw ⟦the gate of the lock the gate of the lock⟧ from afar.",
            "The ⟦harbour harbour⟧ is shut.",
            "The price will ⟦fall below fall below⟧ nothing.",
            "Sie sahen ⟦das Tor der Schleuse das Tor der Schleuse⟧ von fern.",
            "Der ⟦Beschluss Beschluss⟧ gilt ab Montag.",
        ),
        good=(
            "It went on and on and on, again and again and again, very very slowly.",
            "They sang of Bao Bao, in New York New York, la la la la la.",
            "Knock knock knock knock, no no no, 12 12 - - - -",
            "Play it, and play it, and play it. Thank you. Thank you.",
            "Sie zogen von Haus zu Haus zu Haus und nach und nach und nach weiter.",
        ),
        signs=frozenset({DOUBLE}),
        find=lambda passage: _doubled(passage, is_small=False),
    ),
)
