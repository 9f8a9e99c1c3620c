"""What a model and the rules say of each text: the artefacts that are counted."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mtcheck.benchmarking.figures import Array
from mtcheck.benchmarking.systems.texts import Text
from mtcheck.errors import InputError
from mtcheck.extract import Tier
from mtcheck.rules import FAMILIES, all_rules
from mtcheck.scoring import score_documents
from mtcheck.types import Document, Label, Verdict

MADE = "made"
"""The figure that systems are ranked by: the mean probability of a made text."""

OF_VERDICTS = (MADE, "flagged", "machine_mangled", "paraphrased")
"""Figures that are means over the texts that were judged."""

FINDINGS = "findings"

_FLAGGED = ("moderate", "strong")
"""Evidence that 1 % of human texts pass, or fewer."""

WORDS = 1000
"""Findings are counted for so many."""


@dataclass(frozen=True)
class Artefacts:
    """Counts of each text; ``names`` are those of the columns of ``counts``.

    First those of ``OF_VERDICTS``, which count for a text that was judged; then
    findings, by family and by rule, which count for its words.
    """

    names: tuple[str, ...]
    counts: Array
    is_judged: Array
    n_words: Array

    def by_unit(self) -> tuple[tuple[slice, Array], tuple[slice, Array]]:
        """Return the columns that count for the same, each with what they count for."""
        n_verdicts = len(OF_VERDICTS)
        return (
            (slice(0, n_verdicts), self.is_judged),
            (slice(n_verdicts, None), self.n_words / WORDS),
        )

    def of_texts(self, places: Array) -> Array:
        """Return the artefacts of each chosen text; NaN where it was not judged."""
        with np.errstate(invalid="ignore"):
            rates = [
                self.counts[places, columns] / units[places, np.newaxis]
                for columns, units in self.by_unit()
            ]
        return np.concatenate(rates, axis=1)


def examine(rows: Sequence[Text], model: str, tier: Tier) -> Artefacts:
    """Return the artefacts of texts, each a document of one paragraph."""
    documents = (
        Document(row.text, str(at), None, row.language) for at, row in enumerate(rows)
    )
    scored = score_documents(documents, model=model, tier=tier, paragraphs="blank")
    told = [
        {} if isinstance(item, InputError) else _told(item.verdicts) for item in scored
    ]
    found = {name for counts in told for name in counts}
    names = (*OF_VERDICTS, FINDINGS, *_in_order(found))
    counts = np.array([[each.get(name, 0) for name in names] for each in told], float)
    return Artefacts(
        names,
        counts,
        np.array([MADE in each for each in told], float),
        np.array([len(row.text.split()) for row in rows], float),
    )


def _told(verdicts: Sequence[Verdict]) -> Mapping[str, float]:
    """Return the counts of one text, whose verdict is one."""
    found: defaultdict[str, float] = defaultdict(float)
    for verdict in verdicts:
        if verdict.probabilities is not None:
            found[MADE] += 1 - verdict.probabilities[Label.ORIGINAL]
            found["flagged"] += verdict.evidence in _FLAGGED
            found[str(verdict.label)] += 1
        for finding in verdict.findings:
            for name in (FINDINGS, FAMILIES[finding.code[2]], finding.code):
                found[name] += 1
    return found


def _in_order(found: set[str]) -> list[str]:
    """Return the families, then the rules that found something."""
    codes = [rule.code for rule in all_rules()]
    return [name for name in (*FAMILIES.values(), *codes) if name in found]
