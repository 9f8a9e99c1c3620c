"""What tells of a translation without a dictionary: names and numbers."""

from collections import defaultdict, deque
from collections.abc import Sequence

from mtcheck.comparison.values import Change
from mtcheck.comparison.weights import cognate
from mtcheck.comparison.words import Word
from mtcheck.types import Span


def find_names(original: Sequence[Word], suspect: Sequence[Word]) -> tuple[Change, ...]:
    """Return the names that come again, and the numbers, which may be lost or new.

    Names are words with a capital on both sides that sound alike. Those that do not
    come again are not told: they may have another name there. Order differs between
    languages, so nothing has moved. Numbers that are dropped come first.
    """
    places: defaultdict[str, deque[Word]] = defaultdict(deque)
    for word in suspect:
        key = _key(word)
        if key:
            places[key].append(word)
    there: list[tuple[Span, Change]] = []
    dropped = []
    for word in original:
        key = _key(word)
        if key and places[key]:
            span = _span(places[key].popleft())
            there.append((span, Change("kept", _span(word), span)))
        elif key and _is_number(word):
            dropped.append(Change("dropped", _span(word), None))
    rest = (word for words in places.values() for word in words)
    new = [_span(word) for word in rest if _is_number(word)]
    there += [(span, Change("added", None, span)) for span in new]
    there.sort(key=lambda item: item[0])
    return (*dropped, *(change for _, change in there))


def _key(word: Word) -> str | None:
    return cognate(word) if word.is_capital or _is_number(word) else None


def _is_number(word: Word) -> bool:
    return any(map(str.isdigit, word.key))


def _span(word: Word) -> Span:
    return Span(word.start, word.end)
