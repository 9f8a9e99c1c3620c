"""Attacks on the characters: look-alikes, and signs that show as nothing."""

from mtcheck.benchmarking.attacks import Attack, any_of, each, found_by

TWINS = dict(
    zip(
        "aceijopsxyABCEHIJKMOPSTXY",
        "асеіјорѕхуАВСЕНІЈКМОРЅТХУ",
        strict=True,
    )
)
"""Cyrillic letters that look like a Latin one."""

INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"
"""Signs without width: chances to break or to join, and the mark of byte order."""

_INSIDE_A_WORD = r"(?<=[^\W\d_])(?=[^\W\d_])"

ATTACKS = (
    Attack(
        name="homoglyphs",
        about="letters become the Cyrillic ones that look the same",
        strengths=(0.05, 0.3),
        places=found_by(f"[{''.join(TWINS)}]"),
        replaced=each(TWINS.__getitem__),
    ),
    Attack(
        name="zero-width",
        about="a character without width is put between two letters",
        strengths=(0.02, 0.2),
        places=found_by(_INSIDE_A_WORD),
        replaced=any_of(INVISIBLE),
    ),
)
