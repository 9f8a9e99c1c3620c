"""How comparisons are written. A file here holds ``FORMAT``, and is its name."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import ClassVar, Protocol

from mtcheck.comparison.values import Comparison
from mtcheck.report import Screen


class Format(Protocol):
    """One output format of ``compare``."""

    name: ClassVar[str]
    """As in ``--format``; the name of its file."""
    is_for_people: ClassVar[bool]
    """People get what their terminal can show, programs get UTF-8."""

    def render(self, comparison: Comparison, screen: Screen) -> Iterator[str]:
        """Yield lines, without their ends."""


def format_of(name: str) -> Format:
    """Return the format of that name, which is that of a file of this folder."""
    found: Format = import_module(f"{__name__}.{name}").FORMAT
    return found


def named_by(output: str | None) -> str:
    """Return the format that the suffix of a file names; text where it names none.

    >>> named_by("found.html"), named_by("found.txt"), named_by(None)
    ('html', 'text', 'text')
    """
    suffix = Path(output or "").suffix[1:]
    return suffix if suffix in ("html", "json") else "text"
