"""Ask a server about paragraphs: several in a request, several requests at once."""

import os
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import accumulate
from multiprocessing.pool import ThreadPool
from pathlib import Path
from threading import Lock
from typing import Any

from mtcheck.errors import ResourceError
from mtcheck.grammar import OFF_CATEGORIES, OFF_RULES, kind_of
from mtcheck.grammar.answers import Answers, cache_folder, key_of
from mtcheck.grammar.client import AbsentError, Connection, RefusedError, utf16_offsets
from mtcheck.languages import language as language_of
from mtcheck.languages import languages
from mtcheck.types import Mistake, Paragraph, Span

PARCEL = 4_000
"""Code points that a request should have; a longer paragraph is sent alone."""

LONGEST = 20_000
"""Code points of a paragraph that is sent; what is longer is a broken file."""

GIVE_UP = 2
"""Requests in a row that came to nothing; the server is not asked again."""

_GAP = "\n\n"

Answer = list[tuple[str, str, int, int, str]]
"""Rule, category, start, end and message of each mistake in a text."""


@dataclass(frozen=True, slots=True)
class Service:
    """A server that answers; processes may hand it on.

    ``languages`` are the codes that it knows. Without one that ``is_required`` the run
    cannot go on. ``timeout`` is in seconds a request, ``n_connections`` how many of
    them one process makes at once. ``run`` tells runs apart: what one has given up on,
    the next asks again.
    """

    url: str
    version: str
    languages: frozenset[str]
    is_required: bool = False
    timeout: float = 60.0
    n_connections: int = 2
    run: str = ""


@dataclass(frozen=True, slots=True)
class Unchecked:
    """A paragraph that could not be checked, and why."""

    reason: str


class Checker:
    """Finds the grammar mistakes of paragraphs; each is looked at for itself.

    What is found of a text does not depend on the others that it is sent with.
    """

    def __init__(self, service: Service, answers: Path | None = None) -> None:
        self.service = service
        self._answers = answers or cache_folder() / "grammar.sqlite"
        self._idle: list[Connection] = []
        self._lock = Lock()
        self._n_failed = 0
        self._gone: str | None = None

    def check_all(
        self, paragraphs: Sequence[Paragraph]
    ) -> list[tuple[Mistake, ...] | Unchecked | None]:
        """Return the mistakes of each paragraph; None where its language is unknown.

        Raises a ResourceError where the server is required and has gone.
        """
        found: list[tuple[Mistake, ...] | Unchecked | None] = [None] * len(paragraphs)
        for language in languages():
            own = [at for at, it in enumerate(paragraphs) if it.language == language]
            checked = self.check([paragraphs[at].text for at in own], language)
            for at, mistakes in zip(own, checked, strict=True):
                found[at] = mistakes
        return found

    def check(
        self, texts: Sequence[str], language: str
    ) -> list[tuple[Mistake, ...] | Unchecked]:
        """Return the mistakes of each text.

        Raises a ResourceError where the server is required and has gone.
        """
        code = language_of(language).languagetool
        if code not in self.service.languages:
            return [Unchecked(f"the server does not know {code}")] * len(texts)
        keys = {text: self._key(text, code) for text in texts}
        with closing(Answers(self._answers)) as answers:
            known = answers.get(list(dict.fromkeys(keys.values())))
            found: dict[str, Answer | Unchecked] = {
                text: known[key] for text, key in keys.items() if key in known
            }
            new = self._ask_all([text for text in keys if text not in found], code)
            answers.put(
                {
                    keys[text]: answer
                    for text, answer in new.items()
                    if not isinstance(answer, Unchecked)
                }
            )
        found |= new
        if self._gone is not None and self.service.is_required:
            raise ResourceError(
                f"grammar: {self.service.url}: {self._gone}; start the server again, "
                "or use --grammar auto, which goes on without"
            )
        return [_mistakes(found[text]) for text in texts]

    def _ask_all(self, texts: list[str], code: str) -> dict[str, Answer | Unchecked]:
        found: dict[str, Answer | Unchecked] = {}
        sent = []
        for text in texts:
            if not text.strip():
                found[text] = []
            elif len(text) > LONGEST:
                found[text] = Unchecked(f"over {LONGEST:,} characters")
            else:
                sent.append(text)
        parcels = list(_parcels(sent))
        n_threads = min(self.service.n_connections, len(parcels))
        if n_threads:
            # Its threads are daemons: who ends the program waits for no slow server.
            with ThreadPool(n_threads) as pool:
                said = pool.imap(lambda parcel: self._ask(parcel, code), parcels)
                for parcel, answers in zip(parcels, said, strict=True):
                    found.update(zip(parcel, answers, strict=True))
        while self._idle:
            self._idle.pop().close()
        return found

    def _ask(self, parcel: Sequence[str], code: str) -> list[Answer | Unchecked]:
        """Return what is said of texts; one that is refused costs no other."""
        found: list[Answer | Unchecked] = []
        try:
            found += self._request(parcel, code, self.service.timeout)
        except RefusedError as error:
            found += [Unchecked(str(error))] * len(parcel)
            if len(parcel) > 1:
                found = self._one_by_one(parcel, code) or found
        except AbsentError as error:
            self._gone = str(error)
            return [Unchecked(self._gone)] * len(parcel)
        with self._lock:
            refused = [item for item in found if isinstance(item, Unchecked)]
            self._n_failed = self._n_failed + 1 if len(refused) == len(found) else 0
            if self._n_failed >= GIVE_UP:
                self._gone = refused[0].reason
        return found

    def _one_by_one(self, parcel: Sequence[str], code: str) -> list[Answer | Unchecked]:
        """Return what is said of each text; nothing where it is not this or that."""
        found: list[Answer | Unchecked] = []
        n_refused = 0
        for text in parcel:
            try:
                found += self._request([text], code, self.service.timeout / 3)
            except (RefusedError, AbsentError) as error:
                n_refused += 1
                found.append(Unchecked(str(error)))
            if n_refused == len(found) == GIVE_UP:
                return []
        return found

    def _request(
        self, parcel: Sequence[str], code: str, timeout: float
    ) -> list[Answer]:
        if self._gone is not None:
            raise AbsentError(self._gone)
        fields = {
            "language": code,
            "text": _GAP.join(parcel),
            "disabledCategories": ",".join(OFF_CATEGORIES),
            "disabledRules": ",".join(OFF_RULES),
        }
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = Connection(self.service.url)
        try:
            raw = connection.ask("check", timeout, fields)
        finally:
            self._idle.append(connection)
        try:
            return _sorted_out(raw["matches"], parcel)
        except (AttributeError, KeyError, TypeError, ValueError, IndexError) as error:
            raise RefusedError("the answer is not LanguageTool's") from error

    def _key(self, text: str, code: str) -> bytes:
        return key_of((self.service.version, code, *OFF_CATEGORIES, *OFF_RULES, text))


def connections(jobs: int) -> int:
    """Return how many requests each of so many processes may make at once."""
    return max(1, min(8, os.cpu_count() or 1) // jobs)


def _parcels(texts: Sequence[str]) -> Iterator[list[str]]:
    parcel: list[str] = []
    size = 0
    for text in texts:
        if parcel and size + len(text) > PARCEL:
            yield parcel
            parcel, size = [], 0
        parcel.append(text)
        size += len(text)
    if parcel:
        yield parcel


def _sorted_out(matches: Sequence[Any], parcel: Sequence[str]) -> list[Answer]:
    """Return the mistakes of each text of a parcel, from those of the whole."""
    units = utf16_offsets(_GAP.join(parcel))
    ends = list(accumulate(len(text) + len(_GAP) for text in parcel))
    found: list[Answer] = [[] for _ in parcel]
    for match in matches:
        start, end = int(match["offset"]), int(match["offset"]) + int(match["length"])
        if units is not None:
            start, end = units[start], units[end]
        at = bisect_right(ends, start)
        shift = ends[at] - len(_GAP) - len(parcel[at])
        start, end = start - shift, end - shift
        if start < end <= len(parcel[at]):  # else it is about the gap
            rule = match["rule"]
            texts = str(rule["id"]), str(rule["category"]["id"])
            found[at].append((*texts, start, end, str(match["message"])))
    return found


def _mistakes(answer: Answer | Unchecked) -> tuple[Mistake, ...] | Unchecked:
    if isinstance(answer, Unchecked):
        return answer
    return tuple(
        Mistake(rule, kind_of(rule, category), Span(start, end), message)
        for rule, category, start, end, message in answer
    )
