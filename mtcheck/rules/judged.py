"""What a model says of paragraphs and words; found by ``mtcheck lint --verdict``."""

from mtcheck.rules import Rule

_SPUN = (
    "For the 312 mortals of Skarrow, the transit is the solitary thoroughfare to the "
    "infirmary, the subordinate academy and the livestock bazaar. In the sequent week "
    "of January, the depot ran out of milk, and an animal medico had to be winged in "
    "by the coastguard."
)
_PLAIN = (
    "In October the board replaced the forty-year-old ship with a battery-powered "
    "catamaran that cost 14 million crowns. It was meant to halve the running costs."
)

RULES = (
    Rule(
        code="MT702",
        name="thesaurus-word",
        message="a writer would hardly choose this word here: {!r}",
        why="Spinners replace words by what a thesaurus lists; it is looked for in "
        "paragraphs that stand out, where a commoner synonym would save six bits.",
        severity="info",
        bad=(
            "“She was ⟦sluggish⟧ and she reeked, yet she departed,” he stated. “On the "
            "awful days I was the ⟦sole⟧ one aboard who was not ill, and a few days I "
            "was.”",
        ),
        good=(_PLAIN,),
    ),
    Rule(
        code="MT791",
        name="machine-mangled-text",
        message="the paragraph reads as if a machine had translated or broken it ({})",
        why="Its words and stray pieces pass the threshold of the model's card that "
        "human text passes as seldom as the level of evidence says.",
        bad=(
            "⟦Ardex makes live eighty persons. officials. Nobody in the village it "
            "forgets, according to the minutes. geologists. . of the. mayor.⟧",
        ),
        good=(_PLAIN,),
    ),
    Rule(
        code="MT792",
        name="paraphrased-text",
        message="the paragraph reads as if somebody's text had been rewritten ({})",
        why="Its words and their synonyms pass the threshold of the model's card that "
        "human text passes as seldom as the level of evidence says.",
        bad=(f"⟦{_SPUN}⟧",),
        good=(_PLAIN,),
    ),
)
