"""``python -m benchmarks.gate``: holds what is measured against the pinned floors.

Ends with status 1 where a floor is missed, and with 2 where nothing can be said: there
are no data, or others than the floors were measured on.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import click

from benchmarks.floors import (
    FLOORS,
    Floor,
    Floors,
    Gauge,
    read_floors,
    repinned,
    write_floors,
)
from benchmarks.gauges import fast_of_kenlm, gauges
from benchmarks.record import (
    data_file,
    data_option,
    fingerprint,
    model_option,
    signature,
)
from mtcheck.errors import MtcheckError
from mtcheck.languages import languages
from mtcheck.models import open_model

MISSED, REFUSED = 1, 2


def measure(
    data: Path, codes: Sequence[str], model: str, floors: Floors | None
) -> tuple[Floors, list[Gauge]]:
    """Return what is measured, and with what: floors that have none pinned yet.

    Raises an InputError, before the long work, where ``floors`` are of other data.
    """
    files = {f"dev.{code}": fingerprint(data_file(data, "dev", code)) for code in codes}
    if floors:
        floors.check_data(files)
    opened = open_model(model)
    found = list(gauges(data, codes, opened, model))
    named = "+".join(f"{name}@{digest}" for name, digest in files.items())
    return Floors(signature(opened, data=named), opened.signature, files), found


def judged(
    pinned: Mapping[str, Floor], found: Sequence[Gauge]
) -> Iterator[tuple[str, bool]]:
    """Yield a line for each figure and each floor, and whether it holds."""
    for gauge in found:
        floor = pinned.get(gauge.name)
        if floor is None:
            yield f"{gauge.name}: {gauge.value:.4f}, which has no floor", False
            continue
        word = "at least" if floor.is_least else "at most"
        line = f"{gauge.name}: {gauge.value:.4f}, {word} {floor.bound:.4f}"
        yield line, floor.is_met(gauge.value)
    for name in sorted(pinned.keys() - {gauge.name for gauge in found}):
        yield f"{name}: not measured", False


def judge(floors: Floors, now: Floors, found: Sequence[Gauge], part: str) -> bool:
    """Show how figures stand against the floors of a part; tell whether all hold."""
    pinned = {
        name: floor for name, floor in floors.pinned.items() if name.startswith(part)
    }
    click.echo(now.signature)
    lines = list(judged(pinned, found))
    for line, is_met in lines:
        click.echo(f"{'      ' if is_met else 'MISSED'} {line}")
    if now.model != floors.model:
        click.echo(f"The floors are of another model, {floors.model}.")
    n_missed = sum(not is_met for _, is_met in lines)
    click.echo(f"gate: {len(lines) - n_missed} floors held, {n_missed} missed")
    return not n_missed


@click.command()
@data_option("paragraphs/")
@click.option("--language", help="Only this one. [default: all, and speed]")
@model_option
@click.option("--floors", type=click.Path(path_type=Path), default=FLOORS, help="File.")
@click.option("--pin", is_flag=True, help="Write the floors from what is measured.")
@click.option(
    "--accept-lower",
    metavar="NAME",
    multiple=True,
    help="A floor that --pin may lower or drop. Repeatable.",
)
@click.option("--reason", metavar="TEXT", help="Why so; it is kept with the floors.")
def main(
    data: Path,
    language: str | None,
    model: str,
    floors: Path,
    pin: bool,
    accept_lower: tuple[str, ...],
    reason: str | None,
) -> None:
    """Measure quality, false alarms and speed, and say which floors are missed."""
    if pin and language:
        raise click.UsageError("--pin measures all; leave out --language")
    if accept_lower and not (pin and reason and reason.strip()):
        raise click.UsageError("--accept-lower needs --pin, and --reason to say why")
    codes = [language] if language else languages()
    try:
        old = Floors() if pin and not floors.exists() else read_floors(floors)
        now, found = measure(data, codes, model, None if pin else old)
        if not language:
            found.append(fast_of_kenlm(data, model))
        if pin:
            new = repinned(old, now, found, dict.fromkeys(accept_lower, reason or ""))
            write_floors(floors, new)
            click.echo(f"{floors.name}: {len(new.pinned)} floors\n{new.signature}")
            return
    except (MtcheckError, click.ClickException) as error:
        click.echo(f"gate: {error}", err=True)
        sys.exit(REFUSED)
    if not judge(old, now, found, f"{language}." if language else ""):
        sys.exit(MISSED)


if __name__ == "__main__":
    main()
