"""The work on one part; it may be done in any process, on any machine."""

import gc
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from time import perf_counter

from mtcheck.clock import Clock
from mtcheck.corpus.counts import Counts
from mtcheck.corpus.parts import Part, Place
from mtcheck.errors import ModelError
from mtcheck.extract import Tier
from mtcheck.grammar.checker import Service
from mtcheck.models import open_model
from mtcheck.read import Outcome, ReadOptions, is_page, text_of
from mtcheck.report import table
from mtcheck.scorer import Level
from mtcheck.scoring import score_documents
from mtcheck.types import Document


@dataclass(frozen=True, slots=True)
class Done:
    """A part that was scored: the file with its verdicts, and numbers of them."""

    number: int
    end: Place
    n_bytes: int
    data: bytes
    counts: Counts


@dataclass(frozen=True, slots=True)
class Work:
    """How parts are scored.

    Each process opens the model anew, by its name; one that has another ``signature``
    there is refused.
    """

    model: str
    signature: str
    tier: Tier
    level: Level
    paragraphs: str
    format: str
    whole_page: bool = False
    service: Service | None = None

    def do(self, part: Part) -> Done:
        """Score a part; what comes out depends on nothing else."""
        found = open_model(self.model).signature
        if found != self.signature:
            raise ModelError(
                f"model {self.model}: must be {self.signature} in all processes, got "
                f"{found}; install the same model on each machine"
            )
        start, counts, clock = perf_counter(), Counts(), Clock()
        results = score_documents(
            self._texts(part, clock),
            model=self.model,
            tier=self.tier,
            level=self.level,
            paragraphs=self.paragraphs,
            service=self.service,
            clock=clock,
        )
        data = table(self.format).encode(counts.watch(results), self.signature)
        rest = perf_counter() - start - sum(clock.seconds.values())
        counts.spend(clock.seconds | {"encoding": rest})
        _spare_the_collector()
        return Done(part.number, part.end, part.n_bytes, data, counts)

    def _texts(self, part: Part, clock: Clock) -> Iterator[Outcome]:
        options = ReadOptions(whole_page=self.whole_page)
        for outcome in part.outcomes:
            if isinstance(outcome, Document) and is_page(outcome):
                with clock.time("pages"):
                    outcome = text_of(outcome, options)
            yield outcome


@cache
def _spare_the_collector() -> None:
    """Have what the first part opened passed over when garbage is looked for.

    It would be looked for again and again among a million entries of tables that stay.
    """
    gc.collect()
    gc.freeze()
