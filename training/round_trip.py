"""Rule-based round trips: people's paragraphs through Apertium and back.

Forcada et al., "Apertium: a free/open-source platform for rule-based machine
translation", Machine Translation 25 (2011). Word by word as it translates, what comes
back is garbled in ways that statistical systems do not garble.
"""

import random
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import replace

from mtcheck.errors import ResourceError
from mtcheck.types import Label
from training.data import TRIP_PREFIX, Row

PAIRS = {
    "en": {
        "spanish": ("eng-spa", "spa-eng"),
        "catalan": ("eng-cat", "cat-eng"),
        "galician": ("en-gl", "gl-en"),
        "esperanto": ("en-eo", "eo-en"),
    }
}
"""The modes there and back, by the name of the language between."""

PACKAGES = (
    "apertium",
    "apertium-eng-spa",
    "apertium-eng-cat",
    "apertium-en-gl",
    "apertium-eo-en",
)
"""What Debian calls them."""

TRIP_SHARE = 0.08
"""Share of the originals that each pair is given."""

_BREAK = "\n\n"
_PROBE = "A word."


def round_trips(rows: Sequence[Row], language: str, seed: int) -> list[Row]:
    """Return mangled rows that Apertium makes of a share of the originals.

    They keep the document of their original, and each pair is a source of its own. A
    language that no pair is known of has none.
    """
    random_ = random.Random(seed)
    made = []
    for name, modes in PAIRS.get(language, {}).items():
        chosen = [
            row
            for row in rows
            if row.label == Label.ORIGINAL and random_.random() < TRIP_SHARE
        ]
        texts = [row.text for row in chosen]
        for mode in modes:
            texts = translate(texts, mode)
        made += [
            _made(row, text, name)
            for row, text in zip(chosen, texts, strict=True)
            if text and text != row.text
        ]
    return made


def need(language: str) -> None:
    """Raise a ResourceError where the translators of a language are missing.

    Better now than when half of a training is done.
    """
    for modes in PAIRS.get(language, {}).values():
        for mode in modes:
            translate([_PROBE], mode)


def translate(texts: Sequence[str], mode: str) -> list[str]:
    """Return the texts as Apertium's mode translates them.

    Some input ends the program; then a batch is halved, and a text that alone ends it
    comes back empty.
    """
    program = shutil.which("apertium")
    if program is None:
        raise ResourceError(
            f"training needs apertium; on Debian: apt-get install {' '.join(PACKAGES)}"
        )
    if not texts:
        return []
    done = subprocess.run(  # -u: no marks at unknown words
        [program, "-u", mode],
        input=_BREAK.join(texts),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode and f"Mode {mode} does not exist" in done.stdout + done.stderr:
        raise ResourceError(
            f"apertium has no mode {mode}; on Debian: "
            f"apt-get install {' '.join(PACKAGES)}"
        )
    found = [" ".join(text.split()) for text in done.stdout.split(_BREAK)]
    if done.returncode == 0 and len(found) == len(texts):
        return found
    if len(texts) == 1:
        return [""]
    half = len(texts) // 2
    return translate(texts[:half], mode) + translate(texts[half:], mode)


def _made(row: Row, text: str, name: str) -> Row:
    return replace(
        row,
        text=text,
        label=Label.MACHINE_MANGLED,
        source=f"{TRIP_PREFIX}{name}",
        detail="garbled_back_translation",
        system=f"apertium {name}",
        tier="weak",
        is_made=True,
    )
