"""What ``lint --fix`` does first: it shows what can be mended, asks, and mends it."""

import sys
from collections.abc import Iterable, Sequence

import click

from mtcheck.config import Config
from mtcheck.console import say, writing
from mtcheck.errors import ConfigError, InputError
from mtcheck.linting.fixes import Mend, diff, write
from mtcheck.linting.run import Run
from mtcheck.read import ReadOptions, read
from mtcheck.report.text import count


def mend_files(
    paths: Sequence[str], reading: ReadOptions, settings: Config, is_for_people: bool
) -> int:
    """Mend files, as far as it is wanted; return how many could not be written.

    ``is_for_people`` says that standard output has a place for the diff.
    """
    if not (is_for_people or settings.yes):
        raise ConfigError(
            f"config: fix shows a diff, which has no place in {settings.lint_format}; "
            "add --yes, or name a file with --output"
        )
    files = [path for path in paths if path != "-"]
    mends = list(Run.of(settings).mends(read(files, reading)))
    if is_for_people:
        _show(mends)
    can_ask = is_for_people and len(files) == len(paths)
    if not mends or not (settings.yes or _is_wanted(len(mends), can_ask)):
        return 0
    return sum(_is_lost(mend) for mend in mends)


def _show(mends: Iterable[Mend]) -> None:
    with writing(None, is_for_people=True) as (print_, screen):
        for mend in mends:
            for line in diff(mend, screen):
                print_(f"{line}\n")


def _is_wanted(n_files: int, can_ask: bool) -> bool:
    """Ask once, where the diff was seen and somebody can answer."""
    files = count(n_files, "file")
    if can_ask and sys.stdin and sys.stdin.isatty() and sys.stdout.isatty():
        return click.confirm(f"Mend {files}?", err=True)
    say(f"nothing was written; --yes mends {files}")
    return False


def _is_lost(mend: Mend) -> bool:
    try:
        write(mend)
    except InputError as error:
        say(str(error))
        return True
    return False
