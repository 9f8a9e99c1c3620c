"""The linters of an editor's folders, each with the settings that hold there."""

from pathlib import Path

from mtcheck.config import Config, load
from mtcheck.linting import Linter
from mtcheck.linting.baseline import Baseline, read_baseline
from mtcheck.linting.run import plain_linter
from mtcheck.types import Document, Finding

Holding = tuple[Config, Linter]


class Linters:
    """Keeps the linter of each folder until its settings change."""

    def __init__(self) -> None:
        self._held: dict[Path, Holding] = {}

    def here(self) -> Holding:
        """Return the settings of this folder as they are now, and the linter they want.

        A ConfigError or a ModelError says what is wrong with them.
        """
        folder, settings = Path.cwd(), load({})
        if folder not in self._held or self._held[folder][0] != settings:
            # Only the linter is taken; an editor shows all lines of an open text.
            self._held[folder] = settings, plain_linter(settings)
        return self._held[folder]


def findings_in(text: str, path: str, holding: Holding) -> tuple[Finding, ...]:
    """Return what ``lint`` reports of a text; ``path`` is the path from here.

    A ConfigError says what is wrong with the baseline.
    """
    settings, linter = holding
    language = None if settings.language == "auto" else settings.language
    linted = linter.lint(Document(text, path, path, language))
    if settings.baseline is not None:
        held = read_baseline(settings.baseline)
        linted = Baseline(settings.baseline, held, linter.codes).without_held(linted)
    return linted.findings
