"""Grammar mistakes among the findings of the rules."""

from collections.abc import Sequence

from mtcheck.grammar.checker import Checker, Unchecked
from mtcheck.rules.grammar import with_mistakes
from mtcheck.segment import Passage
from mtcheck.types import Finding


def proofread(
    checker: Checker, passages: Sequence[Passage], findings: Sequence[list[Finding]]
) -> tuple[list[list[Finding]], tuple[str, ...]]:
    """Return the findings of each paragraph with its mistakes, and what was lost.

    Raises a ResourceError where the server is required and has gone.
    """
    found, unchecked = [], []
    checked = checker.check_all([passage.paragraph for passage in passages])
    for passage, own, mistakes in zip(passages, findings, checked, strict=True):
        if isinstance(mistakes, Unchecked):
            unchecked.append(mistakes.reason)
            mistakes = None
        found.append([*with_mistakes(own, mistakes or (), passage)])
    return found, tuple(unchecked)
