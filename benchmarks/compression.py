"""``python -m benchmarks.compression``: a simple detector, as anybody's can take part.

It reads lines of JSON with ``text`` and writes lines of JSON with ``probabilities``: a
file of predictions, or what ``mtcheck benchmark --command`` asks for. A text is most
like the label whose texts help a compressor most (Benedetto, Caglioti and Loreto,
Language Trees and Zipping, Phys. Rev. Lett. 88, 2002).
"""

import json
import sys
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import click

from mtcheck.benchmarking.data import Row, read_labelled
from mtcheck.errors import MtcheckError
from mtcheck.types import LABELS, Label

WINDOW = 32_000
"""Bytes of a label's texts that the compressor has seen; zlib looks back no further."""


def prime(rows: Iterable[Row]) -> dict[Label, bytes]:
    """Return some texts of each label, taken from all over the rows."""
    texts: dict[Label, list[bytes]] = {label: [] for label in LABELS}
    for row in rows:
        texts[row.label].append(row.text.encode())
    found = {}
    for label, own in texts.items():
        size = sum(map(len, own))
        found[label] = b"\n".join(own[:: 1 + size // WINDOW])[-WINDOW:]
    return found


def probabilities(text: str, primers: Mapping[Label, bytes]) -> dict[Label, float]:
    """Return those of the labels: a bit a word less makes a label twice as likely."""
    n_words = max(len(text.split()), 1)
    bits = {
        label: 8 * _size(text.encode(errors="replace"), primer) / n_words
        for label, primer in primers.items()
    }
    least = min(bits.values())
    weights = {label: 2 ** (least - own) for label, own in bits.items()}
    total = sum(weights.values())
    return {label: weight / total for label, weight in weights.items()}


def _size(data: bytes, primer: bytes) -> int:
    compressor = zlib.compressobj(level=9, zdict=primer)
    return len(compressor.compress(data)) + len(compressor.flush())


def answers(
    records: Iterable[Mapping[str, Any]], primers: Mapping[Label, bytes]
) -> Iterator[str]:
    """Yield a line for each record, with its ``id`` where it has one."""
    for record in records:
        name = {"id": record["id"]} if "id" in record else {}
        shares = probabilities(record["text"], primers)
        yield json.dumps({**name, "probabilities": shares})


@click.command()
@click.argument("train", nargs=-1, required=True)
def main(train: tuple[str, ...]) -> None:
    """Say what texts on standard input are most like, after the files TRAIN."""
    try:
        primers = prime(read_labelled(train).rows)
    except MtcheckError as error:
        raise click.ClickException(str(error)) from error
    for line in answers(map(json.loads, sys.stdin), primers):
        click.echo(line)


if __name__ == "__main__":
    main()
