"""What a chatbot says to its user, pasted along with what it wrote for him."""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from mtcheck.languages import Cues, all_languages, gather
from mtcheck.rules import Rule, cued_matches
from mtcheck.segment import Passage
from mtcheck.types import Span

_LOOK_BACK = 300
"""As far back an open quotation is looked for."""

_QUOTATION = '"[^"]*"|“[^“”„]*”|„[^„“”]*[“”]|«[^«»]*»'

_CITATION = (
    r":?contentReference\[oaicite:\d{1,4}\](?:{index=\d{1,4}})?"
    r"|\[oai_citation:[^\]\n]{1,80}\](?:\([^)\s]{1,300}\))?"
    r"|\bturn\d{1,3}(?:search|news|view|image|file)\d{1,3}\b"
    r"|【\d{1,3}(?::\d{1,3})?†[^】\n]{0,80}】"
)


@cache
def _cues() -> Cues:
    return gather(cue for one in all_languages() for cue in one.assistant_cues)


def _assistant(passage: Passage) -> Iterable[Span]:
    lower = passage.lower
    if len(lower) != len(passage.paragraph.text):
        # Letter by letter: "İ" has two in lower case, and would move all places.
        lower = "".join(char.lower()[0] for char in passage.paragraph.text)
    patterns = _cues().found(passage.held, lower)
    return _remarks(passage, lower, patterns) if patterns else ()


def _remarks(passage: Passage, lower: str, patterns: Iterable[str]) -> Iterator[Span]:
    text, offset = passage.paragraph.text, passage.paragraph.span.start
    end = -1
    for span in sorted(
        Span(*match.span())
        for pattern in patterns
        for match in re.finditer(pattern, lower)
    ):
        if span.start >= end and not _is_quoted(text, span.start):
            end = span.end
            yield span.shift(offset)


def _is_quoted(text: str, at: int) -> bool:
    """Tell whether a quotation is open there: one may write about such remarks."""
    before = re.sub(_QUOTATION, "", text[max(0, at - _LOOK_BACK) : at])
    return any(mark in before for mark in '"“„«')


RULES = (
    Rule(
        code="MT905",
        name="assistant-remark",
        severity="error",
        message="a remark of a chatbot, not of the author: {!r}",
        why="Whoever pastes an answer takes along what the chatbot says to its user.",
        bad=(
            "⟦As an AI language model, I⟧ cannot visit the lock.",
            "⟦Certainly! Here is the rewritten version of your text:⟧ The lock opens.",
            "⟦Here's a polished version of the paragraph:⟧ The lock opens.",
            "The lock opens. ⟦Let me know if you'd like me to adjust⟧ the tone.",
            "It opened in May. ⟦As of my last knowledge update⟧, it was shut.",
            "⟦Als KI-Sprachmodell kann ich⟧ die Schleuse nicht besuchen.",
            "⟦Gerne! Hier ist die überarbeitete Fassung des Textes:⟧ Die Schleuse",
            "⟦Hier ist die umformulierte Version:⟧ Die Schleuse öffnet.",
        ),
        good=(
            "The bot said: “Sorry. As an AI language model, I cannot.”",
            'Many such pages start with "As an AI language model, I".',
            "Here is the revised version of the plan. Here is the recipe:",
            "Of course, here is where the trouble starts.",
            "Let me know if you have any questions. I hope this helps!",
            "Als KI-Forscher kann ich das sagen.",
            "Sprachmodelle wie dieses antworten gern. Hier ist das Ergebnis:",
        ),
        words=lambda language: _cues().keys,
        find=_assistant,
    ),
    Rule(
        code="MT906",
        name="assistant-citation",
        severity="error",
        message="a mark by which a chatbot points to its sources: {!r}",
        why="Chatbots show these marks as links; copied, they are left as they are.",
        bad=(
            "The lock opened⟦:contentReference[oaicite:2]{index=2}⟧.",
            "The lock opened ⟦turn0search3⟧ in May⟦【4†source】⟧.",
        ),
        good=("The lock opened [2].", "Turn 0 to search 3.", "【注意】"),
        signs=frozenset("[【0123456789"),
        find=cued_matches(_CITATION, "oaicite", "oai_citation", "turn", "†"),
    ),
)
