"""Grammar mistakes, by kind; LanguageTool finds them, where ``--grammar`` asks for it.

A rule stands at the place of its kind in ``mtcheck.grammar.KINDS``.
"""

from collections.abc import Sequence

from mtcheck.grammar import KINDS
from mtcheck.rules import Rule, in_order
from mtcheck.segment import Passage
from mtcheck.types import Finding, Mistake

_GOOD = (
    "The ferry leaves the island at seven, and it comes back at noon.",
    "Die Fähre fährt um sieben, und sie kommt am Mittag zurück.",
)

RULES = (
    Rule(
        code="MT751",
        name="grammar-agreement",
        message="words that do not agree: {}",
        why="Number, person, case or article of one word does not go with another, as "
        "where a translator worked word by word; learners write so too.",
        bad=(
            "She ⟦have⟧ sold the boat to a cousin on the mainland.",
            "⟦Wegen dem Sturm⟧ fuhr an diesem Tag keine Fähre.",
        ),
        good=_GOOD,
    ),
    Rule(
        code="MT752",
        name="grammar-verb-form",
        message="a verb in a form that does not fit: {}",
        why="Behind an auxiliary or a preposition the verb has another form.",
        bad=(
            "They have ⟦went⟧ home before the storm.",
            "Sie ⟦hat gestern nach Hause gegangen⟧, weil es regnete.",
        ),
        good=_GOOD,
    ),
    Rule(
        code="MT753",
        name="grammar-word-order",
        message="words in an odd order: {}",
        why="The order is that of another language.",
        bad=("He ⟦sings always⟧ in the church.",),
        good=_GOOD,
    ),
    Rule(
        code="MT754",
        name="grammar-letter-case",
        message="a capital or small letter out of place: {}",
        why="Text that was put together from pieces keeps the capitals of the pieces.",
        bad=(
            "The captain lives on Skarrow, and he speaks ⟦french⟧.",
            "Das ⟦schwimmen⟧ im Hafen ist verboten.",
        ),
        good=_GOOD,
    ),
    Rule(
        code="MT755",
        name="grammar-punctuation",
        message="punctuation that does not fit the sentence: {}",
        why="Commas follow the sentence, so a broken sentence has them in odd places; "
        "careless people leave them out.",
        bad=(
            "⟦However⟧ the board replaced the ship.",
            "⟦Wenn⟧ es regnet bleiben wir zu Hause.",
        ),
        good=_GOOD,
    ),
    Rule(
        code="MT756",
        name="grammar-confused-word",
        message="a word taken for another: {}",
        why="It sounds or looks like the right one, or does not go with its neighbour.",
        bad=(
            "He was ⟦to⟧ late for the ferry.",
            "Er sagt, ⟦das⟧ die Fähre alt ist.",
        ),
        good=_GOOD,
    ),
    Rule(
        code="MT757",
        name="grammar-style",
        message="a clumsy turn of phrase: {}",
        why="It says a thing twice, or in a way that careful writers avoid.",
        severity="info",
        bad=(
            "The board will ⟦revert back⟧ to the old plan.",
            "Das ist das ⟦einzigste⟧ Boot im Hafen.",
        ),
        good=_GOOD,
    ),
    Rule(
        code="MT758",
        name="grammar-mistake",
        message="a grammar mistake: {}",
        why="LanguageTool knows it as a mistake of no other kind.",
        bad=("We ⟦must to⟧ wait for the next ship.",),
        good=_GOOD,
    ),
)


def with_mistakes(
    findings: Sequence[Finding], mistakes: Sequence[Mistake], passage: Passage
) -> tuple[Finding, ...]:
    """Return findings of one paragraph with its mistakes among them, in order.

    A mistake where a rule has found a defect already is not told again.
    """
    offset = passage.paragraph.span.start
    taken = [item.span for item in findings]
    added = []
    for mistake in mistakes:
        span = mistake.span.shift(offset)
        if not any(it.start < span.end and span.start < it.end for it in taken):
            rule = RULES[KINDS.index(mistake.kind)]
            message = f"{rule.message.format(mistake.message)} [{mistake.rule}]"
            added.append(
                Finding(
                    rule.code,
                    rule.name,
                    rule.severity,
                    span,
                    message,
                    paragraph=passage.index,
                )
            )
    return tuple(in_order([*findings, *added]))
