"""How findings are written. A file in this folder holds ``FORMAT``, and is its name."""

import sys
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from typing import ClassVar, Protocol

from mtcheck.errors import InputError
from mtcheck.linting import Linted
from mtcheck.plugins import collect
from mtcheck.report import Screen


class Format(Protocol):
    """One output format of ``lint``."""

    name: ClassVar[str]
    """As in ``--format``; the name of its file."""
    is_for_people: ClassVar[bool]
    """People get what their terminal can show, programs get UTF-8."""

    def render(
        self, results: Iterable[Linted | InputError], screen: Screen
    ) -> Iterator[str]:
        """Yield lines, without their ends; what was lost is named on stderr already."""


@cache
def formats() -> dict[str, Format]:
    """Return the formats of this folder by name, in alphabetical order."""
    found = collect(sys.modules[__name__], "FORMAT")
    return {item.name: item for item in found}


def format_of(name: str) -> Format:
    """Return the format of that name, which is one of ``formats()``.

    No other one is imported: they need parts that take time to start.
    """
    found: Format = import_module(f"{__name__}.{name}").FORMAT
    return found
