"""The whole path: segment, extract, classify, for documents in batches."""

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache, partial
from itertools import chain
from pathlib import Path
from warnings import warn

from mtcheck.clock import Clock
from mtcheck.errors import ConfigError, InputError
from mtcheck.extract import TIERS, Tier
from mtcheck.grammar import OFF
from mtcheck.grammar.checker import Checker, Service
from mtcheck.grammar.server import grammar_service
from mtcheck.models import DEFAULT, open_model
from mtcheck.schedule import spread
from mtcheck.scorer import LEVELS, Level, Scorer
from mtcheck.segment import MODES
from mtcheck.types import Document, Scored

BATCH_CHARACTERS = 100_000
"""Documents are scored together up to so many code points: about two hundred
paragraphs, few enough for the caches of a processor."""


def score(
    texts: Iterable[str | Document],
    *,
    model: str | Path = DEFAULT,
    language: str | None = None,
    tier: Tier = "full",
    level: Level = "paragraph",
    paragraphs: str = "auto",
    grammar: str = OFF,
    jobs: int = 1,
) -> list[Scored]:
    """Return the verdicts of each text, in order.

    ``grammar`` may be ``auto`` or the URL of a LanguageTool server; ``auto`` starts
    one, which takes seconds, and warns where it cannot. Raises a ModelError where the
    model cannot be opened, a ConfigError for a setting out of range, a ResourceError
    where the named server does not answer.
    """
    if isinstance(texts, (str, Document)):
        raise TypeError(
            "texts must be an iterable of texts, got one text; put it in a list"
        )
    documents = (
        _as_document(text, number, language) for number, text in enumerate(texts)
    )
    with grammar_service(grammar, jobs, warn) as service:
        found = score_documents(
            documents,
            model=model,
            tier=tier,
            level=level,
            paragraphs=paragraphs,
            service=service,
            jobs=jobs,
        )
        return [item for item in found if isinstance(item, Scored)]


def _as_document(text: str | Document, number: int, language: str | None) -> Document:
    if isinstance(text, Document):
        return text
    if not isinstance(text, str):
        raise TypeError(
            f"each text must be a string or a Document, got {type(text).__name__}"
        )
    return Document(text, str(number), None, language)


def score_documents(
    documents: Iterable[Document | InputError],
    *,
    model: str | Path = DEFAULT,
    tier: Tier = "full",
    level: Level = "paragraph",
    paragraphs: str = "auto",
    service: Service | None = None,
    jobs: int = 1,
    clock: Clock | None = None,
) -> Iterator[Scored | InputError]:
    """Yield each document with its verdicts, in order; lost inputs pass through.

    ``service`` is asked for grammar mistakes. Works in batches, with ``jobs``
    processes; their number changes only the time. The ``clock`` is told how long each
    stage took in this process.
    """
    for name, value, known in (
        ("tier", tier, TIERS),
        ("level", level, LEVELS),
        ("paragraphs", paragraphs, MODES),
    ):
        if value not in known:
            raise ConfigError(
                f"{name} must be one of {', '.join(known)}, got {value!r}"
            )
    if jobs < 1:
        raise ConfigError(f"jobs must be at least 1, got {jobs}")
    clock = clock or Clock()
    with clock.time("opening"):
        folder = open_model(model).folder
        _scorer(folder, tier)  # A damaged model is refused before the first document.
    work = partial(_score_batch, folder, tier, service, level, paragraphs, clock)
    return chain.from_iterable(spread(work, _batches(documents), jobs, is_ordered=True))


def _batches(
    documents: Iterable[Document | InputError],
) -> Iterator[list[Document | InputError]]:
    batch: list[Document | InputError] = []
    size = 0
    for document in documents:
        batch.append(document)
        size += len(document.text) if isinstance(document, Document) else 0
        if size >= BATCH_CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _score_batch(
    folder: Path,
    tier: Tier,
    service: Service | None,
    level: Level,
    paragraphs: str,
    clock: Clock | None,
    batch: Sequence[Document | InputError],
) -> list[Scored | InputError]:
    scorer = _scorer(folder, tier)
    checker = None if service is None else _checker(service)
    documents = [item for item in batch if isinstance(item, Document)]
    with _without_collector():
        scored = iter([*scorer.score(documents, level, paragraphs, checker, clock)])
    return [next(scored) if isinstance(item, Document) else item for item in batch]


@contextmanager
def _without_collector() -> Iterator[None]:
    """Keep Python from looking for garbage: a batch is much to look through.

    What it leaves behind holds no circles, and is let go of without the collector.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@cache
def _scorer(folder: Path, tier: Tier) -> Scorer:
    return Scorer(open_model(folder), tier)


@lru_cache(maxsize=1)
def _checker(service: Service) -> Checker:
    return Checker(service)  # one for the batches of a run: it knows what was lost
