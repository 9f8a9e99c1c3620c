"""A block for the pipelines of datatrove, which must be installed."""

from collections.abc import Sequence
from pathlib import Path

from mtcheck import types
from mtcheck.extract import Tier
from mtcheck.filtering import Sieve
from mtcheck.filtering.columns import Rows
from mtcheck.models import DEFAULT, open_model
from mtcheck.report.parquet import record_batch
from mtcheck.scoring import score

try:
    from datatrove.data import Document
    from datatrove.pipeline.filters.base_filter import BaseFilter
    from datatrove.pipeline.writers.disk_base import DiskWriter
except ModuleNotFoundError as error:
    if (error.name or "").split(".")[0] != "datatrove":
        raise
    raise ModuleNotFoundError(
        "mtcheck.datatrove needs datatrove, which is not installed; "
        "run pip install 'mtcheck[datatrove]'",
        name=error.name,
    ) from None


class MtcheckFilter(BaseFilter):  # type: ignore[misc]
    """Puts a verdict on each document, and drops those that the expressions mean.

    ``keep`` and ``drop`` are expressions of ``mtcheck filter`` over the verdict on the
    whole document; without any, all are kept. ``doc.metadata["mtcheck"]`` gets label,
    probabilities, evidence, abstained and the number of findings.
    """

    name = "mtcheck"

    def __init__(
        self,
        keep: Sequence[str] = (),
        drop: Sequence[str] = (),
        *,
        model: str | Path = DEFAULT,
        tier: Tier = "full",
        language: str | None = None,
        paragraphs: str = "auto",
        exclusion_writer: DiskWriter | None = None,
        batch_size: int = 100,
    ) -> None:
        super().__init__(exclusion_writer, batch_size)
        self._expressions = tuple(keep), tuple(drop)
        Sieve(*self._expressions)  # What is wrong is refused before the run.
        self._model, self._tier = model, tier
        self._language, self._paragraphs = language, paragraphs

    def filter(self, doc: Document) -> bool | tuple[bool, str]:
        """Tell whether a document is kept, and the reason where it is not."""
        return self.filter_batch([doc])[0]

    def filter_batch(self, batch: list[Document]) -> list[bool | tuple[bool, str]]:
        """Tell which documents are kept, and the reasons of the others."""
        language = self._language
        scored = score(
            [types.Document(doc.text, str(doc.id), None, language) for doc in batch],
            model=self._model,
            tier=self._tier,
            level="document",
            paragraphs=self._paragraphs,
        )
        verdicts = [one for item in scored for one in item.verdicts]
        for doc, verdict in zip(batch, verdicts, strict=True):
            doc.metadata["mtcheck"] = _for_metadata(verdict)
        rows = Rows(record_batch(verdicts, open_model(self._model).signature))
        # Made here, so that the block itself can be sent to other machines.
        reasons = Sieve(*self._expressions).judge(rows).reasons
        return [reason is None or (False, str(reason)) for reason in reasons]


def _for_metadata(verdict: types.Verdict) -> dict[str, object]:
    shares = verdict.probabilities
    return {
        "label": verdict.label and str(verdict.label),
        "probabilities": shares
        and {str(label): float(shares[label]) for label in types.LABELS},
        "evidence": verdict.evidence,
        "abstained": verdict.abstained,
        "findings": len(verdict.findings),
    }
