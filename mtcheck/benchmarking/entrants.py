"""What is compared: models of mtcheck, baselines, and detectors of others.

What is ours scores in a process of its own, so that its memory is its own too.
"""

import hashlib
import math
import multiprocessing
import signal
from collections.abc import Sequence
from dataclasses import dataclass, replace
from multiprocessing import resource_tracker
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Protocol, cast

import numpy as np

from mtcheck.benchmarking.baselines import BASELINES, fit
from mtcheck.benchmarking.data import Row
from mtcheck.benchmarking.external import Predictions, ask
from mtcheck.benchmarking.figures import Array
from mtcheck.errors import ConfigError, InputError, MtcheckError
from mtcheck.extract import TIERS, Tier
from mtcheck.models import open_model
from mtcheck.scoring import score_documents
from mtcheck.types import LABELS, Document

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

_FLAGGED = ("moderate", "strong")
"""Evidence that so few as one in a hundred texts of people give."""


@dataclass(frozen=True)
class Scores:
    """Probabilities of texts, NaN for abstentions, and what they took.

    ``seconds`` are those of scoring, ``fit_seconds`` those of fitting; ``memory`` is
    the peak of the process in MiB; ``is_flagged`` tells what passes the thresholds that
    a model ships for 1 % false alarms. None is what does not apply or cannot be told.
    """

    shares: Array
    has_probabilities: bool = True
    seconds: float | None = None
    fit_seconds: float | None = None
    memory: float | None = None
    is_flagged: Array | None = None


class Entrant(Protocol):
    """A detector that takes part."""

    @property
    def name(self) -> str:
        """Its name in the report."""

    @property
    def signature(self) -> str:
        """Its name, with what tells whether it is the same another time."""

    def score(self, rows: Sequence[Row]) -> Scores:
        """Return its probabilities of texts."""


@dataclass(frozen=True)
class Shipped:
    """A model of mtcheck, at a tier."""

    name: str
    model: str
    tier: Tier

    @property
    def signature(self) -> str:
        """The model's signature, and the tier."""
        return f"{self.name}={open_model(self.model).signature.replace('|', ',')}"

    def score(self, rows: Sequence[Row]) -> Scores:
        """Score each text as a document of one paragraph."""
        open_model(self.model)
        start = perf_counter()
        found = np.full((len(rows), len(LABELS)), np.nan)
        is_flagged = np.zeros(len(rows), bool)
        documents = (
            Document(row.text, str(at), None, row.language)
            for at, row in enumerate(rows)
        )
        scored = score_documents(
            documents, model=self.model, tier=self.tier, paragraphs="blank"
        )
        for at, item in enumerate(scored):
            if isinstance(item, InputError):
                continue
            given = item.verdicts[0].probabilities if item.verdicts else None
            if given is not None:
                found[at] = [given[label] for label in LABELS]
                is_flagged[at] = item.verdicts[0].evidence in _FLAGGED
        seconds = perf_counter() - start
        return Scores(found, seconds=seconds, is_flagged=is_flagged)


@dataclass(frozen=True)
class Fitted:
    """A baseline, fitted to ``training`` before it scores."""

    name: str
    training: tuple[Row, ...]
    fingerprint: str

    @property
    def signature(self) -> str:
        """Its name, and the files that it is fitted to."""
        return f"{self.name}={self.fingerprint}"

    def score(self, rows: Sequence[Row]) -> Scores:
        """Fit, then score; only the latter counts as time of scoring."""
        start = perf_counter()
        baseline = fit(self.name, self.training)
        fitted = perf_counter()
        shares = baseline.shares(rows)
        return Scores(
            shares, seconds=perf_counter() - fitted, fit_seconds=fitted - start
        )


@dataclass(frozen=True)
class Predicted:
    """A file of predictions, which was read before."""

    name: str
    predictions: Predictions
    fingerprint: str

    @property
    def signature(self) -> str:
        """Its name, and the fingerprint of the file."""
        return f"{self.name}=file@{self.fingerprint}"

    def score(self, rows: Sequence[Row]) -> Scores:
        """Look the predictions up."""
        predictions = self.predictions
        return Scores(predictions.shares(rows), predictions.has_probabilities)


@dataclass(frozen=True)
class Commanded:
    """A command of others."""

    name: str
    command: str
    time_limit: float

    @property
    def signature(self) -> str:
        """Its name, and the start of the SHA-256 of how it is called."""
        digest = hashlib.sha256(self.command.encode()).hexdigest()[:12]
        return f"{self.name}=command@{digest}"

    def score(self, rows: Sequence[Row]) -> Scores:
        """Run the command over the texts."""
        start = perf_counter()
        shares, has_probabilities = ask(self.command, rows, self.time_limit)
        return Scores(shares, has_probabilities, perf_counter() - start)


def model_entrant(text: str, training: Sequence[Row], fingerprint: str) -> Entrant:
    """Return what ``--model`` names: a baseline, or a model and perhaps its tier.

    Raises a ConfigError or a ModelError where there is none.
    """
    if text in BASELINES:
        if not training:
            raise ConfigError(
                f"model {text}: is fitted first; name labelled texts with --train FILE"
            )
        return Fitted(text, tuple(training), fingerprint)
    name, separator, tail = text.rpartition(":")
    for tier in TIERS:
        if separator and tail == tier:
            open_model(name)
            return Shipped(text, name, tier)
    open_model(text)
    return Shipped(text, text, "full")


def score_apart(entrant: Entrant, rows: Sequence[Row]) -> Scores:
    """Return the scores of an entrant, by a process that ends with it.

    Raises a MtcheckError where it fails.
    """
    if isinstance(entrant, Predicted | Commanded):
        return entrant.score(rows)  # What a command holds is its own already.
    # Not forked: a child would begin with the memory of its parent.
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_score, args=(there,), daemon=True)
    with here:
        # Inherited: what stops a run ends the child from here, without a trace of it.
        resource_tracker.ensure_running()  # Where it is not, start() lifts the block.
        signals = {signal.SIGINT, signal.SIGTERM}
        before = signal.pthread_sigmask(signal.SIG_BLOCK, signals)
        try:
            process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        there.close()
        try:
            here.send((entrant, rows))
            outcome = here.recv()
        except (EOFError, ConnectionError):
            raise MtcheckError(
                "its process ended before its work did: it was killed, or memory ran "
                "out"
            ) from None
        finally:
            process.kill()  # Whoever interrupts a run is not to wait for it.
            process.join()
    if isinstance(outcome, MtcheckError):
        raise outcome
    return cast(Scores, outcome)


def _score(parent: "Connection") -> None:
    """Take an entrant and texts, and send the scores, or why there are none."""
    try:
        entrant, rows = parent.recv()
    except (EOFError, OSError):
        return  # The parent was stopped while it sent them.
    try:
        parent.send(replace(entrant.score(rows), memory=_peak_memory()))
    except MtcheckError as error:
        parent.send(error)


def _peak_memory() -> float | None:
    """Return the most memory that this process held, in MiB, where Linux tells it.

    Not getrusage: what it says of a new process includes its parent's.
    """
    try:
        lines = Path("/proc/self/status").read_text("ascii", "replace").splitlines()
    except OSError:
        return None
    sizes = [line.split()[1] for line in lines if line.startswith("VmHWM:")]
    return int(sizes[0]) / 1024 if sizes else None


def judged(scores: Scores) -> tuple[Array, int]:
    """Return the probabilities that count, and the number of abstentions.

    An abstention counts as original, surely: nothing would be flagged.
    """
    is_abstained = np.isnan(scores.shares).any(axis=1)
    shares = scores.shares.copy()
    shares[is_abstained] = 0
    shares[is_abstained, 0] = 1
    return shares, int(is_abstained.sum())


def rate(scores: Scores) -> float:
    """Return texts a second; NaN where no time was taken."""
    return len(scores.shares) / scores.seconds if scores.seconds else math.nan
