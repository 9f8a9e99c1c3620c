"""``python tests/fuzz [TARGET]...``: fuzz targets, all at the same time."""

import json
import os
import sys
from contextlib import redirect_stderr
from dataclasses import asdict
from io import StringIO
from pathlib import Path
from time import monotonic

import click

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]  # for those who run this folder

from fuzz.outcomes import Outcome, fingerprint, gather  # noqa: E402
from fuzz.run import INSTRUMENTED, enlarge, fuzz  # noqa: E402
from fuzz.target import Target  # noqa: E402


@click.command()
@click.argument("names", metavar="[TARGET]...", nargs=-1)
@click.option("--seconds", default=60, show_default=True, help="Time of each target.")
@click.option(
    "--inputs",
    type=click.IntRange(1),
    help="End after so many inputs, which are the same each time.",
)
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default=Path("fuzz"),
    show_default=True,
    help="Gets a folder for each target, with log, corpus, and what was found.",
)
@click.option(
    "--megabyte",
    is_flag=True,
    help="Do not fuzz: run the inputs that are repeated at the size of a megabyte.",
)
def main(
    names: tuple[str, ...],
    seconds: int,
    inputs: int | None,
    folder: Path,
    megabyte: bool,
) -> None:
    """Fuzz the targets, or those of these names, each in a process of its own.

    Ends with 1 if one of them broke; its folder has the input and the log.
    """
    known = _plain_targets() if megabyte else _counted_targets()
    unknown = sorted({*names} - {*known})
    if unknown:
        raise click.ClickException(
            f"{', '.join(unknown)}: targets are {', '.join(known)}"
        )
    code = fingerprint()
    folders = {
        name: folder.resolve() / name / ("megabyte" if megabyte else "")
        for name in names or known
    }
    started: dict[int, str] = {}
    start = monotonic()
    for name, own in folders.items():
        for old in own.glob("found-*"):
            old.unlink()
        process = os.fork()
        if not process:
            if megabyte:
                enlarge(known[name], own, own.parent / "corpus")
            fuzz(known[name], seconds, own, inputs)
        started[process] = name
    is_broken = False
    while started:
        process, _, used = os.wait3(0)
        name = started.pop(process)
        outcome = gather(name, code, folders[name], monotonic() - start, used)
        (folders[name] / "outcome.json").write_text(json.dumps(asdict(outcome)))
        click.echo(_line(outcome))
        is_broken |= outcome.found is not None
    sys.exit(is_broken)


def _plain_targets() -> dict[str, Target]:
    from fuzz.targets import targets

    return targets()


def _counted_targets() -> dict[str, Target]:
    """Return the targets, which count for the fuzzer which way an input takes."""
    try:
        import atheris
    except ImportError:
        raise click.ClickException(
            "fuzzing needs atheris; install it with pip install --group fuzz"
        ) from None

    with redirect_stderr(StringIO()), atheris.instrument_imports(include=INSTRUMENTED):
        return _plain_targets()


def _line(outcome: Outcome) -> str:
    end = outcome.found or "nothing found"
    return (
        f"{outcome.target}: {outcome.executions:,} inputs in {outcome.seconds:,} s, "
        f"{outcome.processor_seconds:,} s of a processor; slowest "
        f"{outcome.slowest_seconds:.1f} s, at most {outcome.peak_mib:,} MiB; {end}"
    )


if __name__ == "__main__":
    main()
