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
