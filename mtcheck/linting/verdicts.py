"""The verdict as a rule: paragraphs that stand out from human text are findings."""

from collections.abc import Iterable, Iterator
from functools import cache

from mtcheck.batch import Batch
from mtcheck.classify import LEVELS_OF_EVIDENCE
from mtcheck.config import Config
from mtcheck.extract.synonyms import Synonyms
from mtcheck.linting import Judge
from mtcheck.models import Model
from mtcheck.rules import Rule, all_rules
from mtcheck.scorer import Scorer
from mtcheck.segment import Passage, passages
from mtcheck.types import Document, Finding, Label, Span, Verdict

MACHINE_MANGLED, PARAPHRASED, THESAURUS_WORD = "MT791", "MT792", "MT702"
"""The codes of the rules that a model decides."""

_CODES = {Label.MACHINE_MANGLED: MACHINE_MANGLED, Label.PARAPHRASED: PARAPHRASED}


def judge(settings: Config, model: Model) -> Judge:
    """Return a function that finds what a model says of the paragraphs of a document.

    Raises ModelError where the model was made for other features.
    """
    scorer = Scorer(model, settings.tier)
    names: list[str] = [name for _, name in LEVELS_OF_EVIDENCE]
    levels = names[: names.index(settings.verdict) + 1]

    @cache
    def synonyms(code: str) -> Synonyms:
        return Synonyms(model.resources(code))

    def find(document: Document, mode: str = "auto") -> Iterator[Finding]:
        (scored,) = scorer.score([document], mode=mode)
        shown = passages(document, mode)
        for passage, verdict in zip(shown, scored.verdicts, strict=True):
            if verdict.evidence not in levels:
                continue
            found = _verdict(verdict)
            yield found
            # A translator's odd words come from no thesaurus.
            if found.code == PARAPHRASED:
                yield from _words(passage, synonyms(verdict.language or ""))

    return find


def _verdict(verdict: Verdict) -> Finding:
    shares = verdict.probabilities or {}
    label = max(_CODES, key=lambda label: shares[label])
    rule = _rule(_CODES[label])
    message = rule.message.format(f"{shares[label]:.0%}, evidence {verdict.evidence}")
    return _finding(rule, verdict.span, message, verdict.paragraph)


def _words(passage: Passage, synonyms: Synonyms) -> Iterator[Finding]:
    """Yield the words that a thesaurus seems to have put into the paragraph."""
    rule = _rule(THESAURUS_WORD)
    batch = Batch([passage], [()])
    spans: Iterable[Span] = synonyms.locate(batch, 0, "synonyms.spun_share")
    for span in spans:
        message = rule.message.format(span.of(passage.document.text))
        yield _finding(rule, span, message, passage.index)


def _finding(rule: Rule, span: Span, message: str, index: int | None) -> Finding:
    return Finding(rule.code, rule.name, rule.severity, span, message, paragraph=index)


@cache
def _rule(code: str) -> Rule:
    (found,) = [rule for rule in all_rules() if rule.code == code]
    return found
