"""``python -m benchmarks.grammar_speed``: checking grammar, beside one text a request.

One server is started, and the same paragraphs are sent to it in turns: one a request by
language-tool-python, as it comes and with the rules off that mtcheck leaves out, then
by mtcheck, and by mtcheck again, which has the answers then.
"""

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import click

from benchmarks.record import (
    data_file,
    data_option,
    fingerprint,
    heading,
    language_option,
    output_option,
    signature,
    table,
    versions,
    write,
)
from mtcheck.errors import MtcheckError
from mtcheck.grammar import OFF_CATEGORIES, OFF_RULES
from mtcheck.grammar.checker import Checker, Service
from mtcheck.grammar.server import look_at, start, stop
from mtcheck.languages import language as language_of
from training.data import read_rows

TARGETS = (("mtcheck", "one a request", 1.5), ("mtcheck again", "mtcheck", 20.0))
"""A way, the way it is held against, and the least share of its rate."""

Pass = Callable[[Sequence[str]], object]


def ways(service: Service, language: str, folder: Path) -> dict[str, Pass]:
    """Return each way to check texts, by its name; ``folder`` is for the cache."""
    code = language_of(language).languagetool

    def one_a_request(is_alike: bool) -> Pass:
        tool = import_module("language_tool_python").LanguageTool(
            code, remote_server=service.url
        )
        if is_alike:
            tool.disabled_categories = set(OFF_CATEGORIES)
            tool.disabled_rules = set(OFF_RULES)
        return lambda texts: [tool.check(text) for text in texts]

    def cached(texts: Sequence[str]) -> object:
        return Checker(service, folder / "grammar.sqlite").check(texts, language)

    def fresh(texts: Sequence[str]) -> object:
        for path in folder.iterdir():
            path.unlink()
        return cached(texts)

    return {
        "one a request": one_a_request(is_alike=True),
        "one a request, all rules": one_a_request(is_alike=False),
        "mtcheck": fresh,
        "mtcheck again": cached,
    }


def measure(
    ways: Mapping[str, Pass], texts: Sequence[str], n_passes: int
) -> dict[str, list[float]]:
    """Return the seconds of each pass; the ways take turns."""
    found: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(n_passes):
        for name, check in ways.items():
            started = time.perf_counter()
            check(texts)
            found[name].append(time.perf_counter() - started)
    return found


def report(raw: Mapping[str, Any]) -> list[str]:
    """Return the lines of the Markdown report."""
    rows = [
        (name, f"{raw['n'] / median(times):,.0f}", f"{min(times):.2f}")
        for name, times in raw["seconds"].items()
    ]
    lines = [
        *heading(f"Speed of grammar checking, {raw['language']}", raw),
        f"{raw['n']:,} paragraphs of dev, by LanguageTool {raw['languagetool']} on "
        f"this machine; mtcheck makes {raw['n_connections']} requests at once. Medians "
        f"of {raw['n_passes']} passes in turns.",
        "",
        *table(("", "paragraphs a second", "best pass, seconds"), rows),
        "",
    ]
    for name, peer, least in TARGETS:
        ratio = median(raw["seconds"][peer]) / median(raw["seconds"][name])
        verdict = "pass" if ratio >= least else "miss"
        lines.append(
            f"- {name}: {ratio:.2f} times {peer} (target {least:g}: {verdict})"
        )
    return lines


@click.command()
@data_option("paragraphs/")
@language_option
@click.option("--rows", default=400, show_default=True, help="Paragraphs.")
@click.option("--passes", default=3, show_default=True, type=click.IntRange(1))
@output_option
def main(data: Path, language: str, rows: int, passes: int, output: Path) -> None:
    """Time the ways to have grammar checked, and report rates and ratios."""
    path = data_file(data, "dev", language)
    every = sorted({row.text for row in read_rows(data, "dev", language)})
    texts = every[:: max(1, len(every) // rows)][:rows]
    try:
        process, url = start(click.echo)
        try:
            service = look_at(url)
            with tempfile.TemporaryDirectory() as scratch:
                found = ways(service, language, Path(scratch))
                for check in found.values():  # the first pass loads rules and compiles
                    check(texts)
                seconds = measure(found, texts, passes)
        finally:
            stop(process)
    except MtcheckError as error:
        raise click.ClickException(str(error)) from error
    except ImportError as error:
        raise click.ClickException(
            f"{error.name}: is not installed; pip install 'mtcheck[grammar]'"
        ) from error
    name = "language_tool_python"
    settings = {
        "lang": language,
        "data": f"dev.{language}@{fingerprint(path)}",
        "n": len(texts),
        "languagetool": service.version,
        "passes": passes,
    }
    raw = {
        "signature": signature(None, **settings),
        "versions": versions() | {name: version(name)},
        "language": language,
        "languagetool": service.version,
        "n": len(texts),
        "n_passes": passes,
        "n_connections": service.n_connections,
        "seconds": seconds,
    }
    click.echo(write(output, f"grammar_speed.{language}", report(raw), raw), nl=False)


if __name__ == "__main__":
    main()
