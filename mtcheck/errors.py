"""What mtcheck refuses, and why: one root, four children."""


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


class ModelError(MtcheckError):
    """A model folder is missing, damaged, or made for another version."""


class ResourceError(MtcheckError):
    """A part that must be installed is not there; the message says how to get it."""
