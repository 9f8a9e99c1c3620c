"""Which characters people type in Latin script, and which call for a second look."""

from collections.abc import Iterable
from itertools import chain

ORDINARY = frozenset(
    map(
        chr,
        chain(
            range(0x09, 0x0E),
            range(0x20, 0x7F),
            (0x85,),  # a line end
            range(0xA0, 0xA8),  # not the diaeresis, which stands beside no letter
            range(0xA9, 0x250),
            range(0x2010, 0x2028),
            range(0x202F, 0x2045),
            map(ord, "€™"),
        ),
    )
)
"""Letters of Latin script, digits, spaces, and the marks of print."""


def is_ordinary(characters: Iterable[str]) -> bool:
    r"""Tell whether all characters are ordinary.

    >>> is_ordinary("„Größe“ – it’s naïve…"), is_ordinary("har\u200bbour")
    (True, False)
    """
    return ORDINARY.issuperset(characters)


TWINS = str.maketrans(
    "АВЕКМНОРСТУХЅІЈаеорсухѕіјԁһΑΒΕΖΗΙΚΜΝΟΡΤΥΧο",
    "ABEKMHOPCTYXSIJaeopcyxsijdhABEZHIKMNOPTYXo",
)
"""Cyrillic and Greek letters, each with the Latin one that looks like it."""

UNSEEN = "\u200b\u200c\u200d\u2060\ufeff"
"""Signs without width that may stand in a word, and show as nothing."""

_WITHOUT = dict.fromkeys(map(ord, UNSEEN))


def as_seen(text: str) -> str:
    r"""Return text in Latin script as people see it: twins and unseen signs undone.

    What has letters of another script that are no twins keeps all of them.

    >>> as_seen("hа\u200brbоur"), as_seen("Она съела TGFβ")
    ('harbour', 'Она съела TGFβ')
    """
    shown = text.translate(_WITHOUT)
    latin = shown.translate(TWINS)
    return latin if is_ordinary(latin) else shown
