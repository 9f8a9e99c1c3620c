"""Attacks on what lies between and around the words: blanks, marks, capitals."""

from mtcheck.benchmarking.attacks import Attack, any_of, each, found_by

BLANKS = ("  ", "\t", "\u00a0", "\u2009")
"""Doubled, a tab, one that does not break, a thin one; none ends a line."""

# A dash goes with its blank; what parts the digits of a number stays.
_MARK = r" [–—-](?= )|(?<!\d)[.,:]|[.,:](?!\d)|[;!?…\"“”„«»()\[\]]"
_WITH_CAPITAL = r"\b[^\W\d_]*[A-ZÄÖÜ][^\W\d_]*"
_WITH_SMALL = r"\b[^\W\d_]*[a-zäöü][^\W\d_]*"

ATTACKS = (
    Attack(
        name="white-space",
        about="a blank becomes two, a tab, a no-break space or a thin space",
        strengths=(0.1, 0.5),
        places=found_by(" "),
        replaced=any_of(BLANKS),
    ),
    Attack(
        name="lost-marks",
        about="punctuation marks are lost",
        strengths=(0.3, 1.0),
        places=found_by(_MARK),
        replaced=each(lambda mark: ""),
    ),
    Attack(
        name="lower-case",
        about="words lose their capitals",
        strengths=(0.3, 1.0),
        places=found_by(_WITH_CAPITAL),
        replaced=each(str.lower),
    ),
    Attack(
        name="capitals",
        about="words are written in capitals",
        strengths=(0.1, 1.0),
        places=found_by(_WITH_SMALL),
        replaced=each(str.upper),
    ),
)
