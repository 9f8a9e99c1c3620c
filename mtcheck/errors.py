"""What mtcheck refuses, and why: one root, four children."""

from typing import Self


class MtcheckError(Exception):
    """The root of all errors that mtcheck raises on purpose."""


class ConfigError(MtcheckError):
    """A setting is unknown or out of range."""


class InputError(MtcheckError):
    """A text could not be read; ``place`` names the file, and the line where known."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(f"{place}: {problem}")
        self.place = place
        self.problem = problem

    def __reduce__(self) -> tuple[type[Self], tuple[str, str]]:
        """Pickle the fields; processes hand over what was lost like what was read."""
        return type(self), (self.place, self.problem)


class ModelError(MtcheckError):
    """A model folder is missing, damaged, or made for another version."""


class ResourceError(MtcheckError):
    """A part that must be installed is not there; the message says how to get it."""
