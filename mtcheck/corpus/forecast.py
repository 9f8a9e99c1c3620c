"""What a run would take, foretold by a sample."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

from mtcheck.corpus.counts import Counts
from mtcheck.corpus.parts import Part, Place, work_of
from mtcheck.corpus.run import Inputs
from mtcheck.corpus.work import Work
from mtcheck.errors import ConfigError, InputError, MtcheckError
from mtcheck.read import Reading, Source
from mtcheck.read.sources import STDIN
from mtcheck.types import Document

N_SOURCES = 10
READ_CHARACTERS = 1_000_000
"""Code points that are read of a source of the sample."""
SCORED_CHARACTERS = 50_000
"""Code points of these that are scored; they tell the time."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """The sample, and what follows from it for all inputs; times are in seconds."""

    n_sources: int
    n_bytes: int
    n_lost: int
    sample: Counts
    n_documents: float
    n_paragraphs: float
    seconds: float
    n_bytes_scores: float


def foretell(inputs: Inputs, work: Work) -> Forecast:
    """Score a sample of the inputs, and return what all of them would take.

    A MtcheckError says that there is nothing to sample.
    """
    every = [item for item in inputs.entries if isinstance(item, Source)]
    if any(item.path == STDIN for item in every):
        raise ConfigError(
            "config: dry-run needs files; standard input can be read once only"
        )
    n_bytes = n_characters = n_documents = 0.0
    scored: list[Document] = []
    lost = [item for item in inputs.entries if isinstance(item, InputError)]
    for source in _chosen(every):
        reading = Reading(source, replace(inputs.options, is_page_source=True))
        found, errors = _read(reading)
        lost += errors
        n_bytes += reading.share * source.size
        n_documents += len(found)
        n_characters += sum(map(work_of, found))
        scored += _first(found)
    work.do(Part(0, tuple(scored[:1]), Place(), 0))  # opens the model
    start = perf_counter()
    done = work.do(Part(0, tuple(scored), Place(), 0))
    seconds = perf_counter() - start
    if not done.counts.documents:
        raise MtcheckError("nothing to sample: no text was found in the inputs")
    total = sum(source.size for source in every)
    scale = total / n_bytes if n_bytes else 1.0
    # From what was scored to what was read, and from there to all.
    more = scale * n_characters / sum(map(work_of, scored))
    return Forecast(
        len(every),
        total,
        len(lost) + len(done.counts.lost),
        done.counts,
        n_documents * scale,
        done.counts.paragraphs * more,
        seconds * more,
        len(done.data) * more,
    )


def _chosen(sources: Sequence[Source]) -> list[Source]:
    """Return some sources, evenly spaced."""
    n_chosen = min(N_SOURCES, len(sources))
    return [sources[at * len(sources) // n_chosen] for at in range(n_chosen)]


def _read(reading: Reading) -> tuple[list[Document], list[InputError]]:
    found: list[Document] = []
    lost: list[InputError] = []
    n_characters = 0
    for outcome in reading:
        if isinstance(outcome, InputError):
            lost.append(outcome)
            continue
        found.append(outcome)
        n_characters += work_of(outcome)
        if n_characters >= READ_CHARACTERS:
            break
    return found, lost


def _first(documents: Sequence[Document]) -> Iterator[Document]:
    n_characters = 0
    for document in documents:
        if n_characters < SCORED_CHARACTERS and document.text.strip():
            yield document
            n_characters += work_of(document)
