"""A file in this folder holds ``TARGETS``, and is their registration."""

import sys

from fuzz.target import Target
from mtcheck.plugins import collect


def targets() -> dict[str, Target]:
    """Return all targets by name."""
    modules = collect(sys.modules[__name__], "TARGETS")
    return {target.name: target for group in modules for target in group}
