"""A model folder in which one file is what somebody made it."""

import json
from contextlib import suppress
from pathlib import Path

from fuzz.contract import check_scored
from fuzz.target import Run, Target
from fuzz.targets.reading import EN
from fuzz.tiny import CODE, SEEDS, put_file, put_tiny
from mtcheck.errors import MtcheckError
from mtcheck.extract import TIERS
from mtcheck.models import open_model
from mtcheck.scorer import Scorer
from mtcheck.types import Document

NAMES = (
    "card.json",
    f"{CODE}/classifier.full.json",
    f"{CODE}/classifier.fast.json",
    f"{CODE}/common.txt",
    f"{CODE}/classes.tsv",
    f"{CODE}/synonyms.tsv",
    f"{CODE}/tortured.tsv",
    f"{CODE}/style.word.npy",
    f"{CODE}/human.word.klm",
)
_TEXTS = (EN, "Somebody read the tables of the old harbour, and left it at noon.")


def _opening(folder: Path) -> Run:
    """Open the folder and score; the first byte names the file, and the tier."""
    model = put_tiny(folder / "model")
    sound = {name: (model / name).read_bytes() for name in NAMES}
    documents = [Document(text, "a", language=CODE) for text in _TEXTS]

    def run(data: bytes) -> None:
        mode, body = (data[0], data[1:]) if data else (0, b"")
        name = NAMES[mode % len(NAMES)]
        tier = TIERS[mode // len(NAMES) % len(TIERS)]
        card = (model / "card.json").read_bytes()
        put_file(model, name, body)
        try:
            with suppress(MtcheckError):
                for scored in Scorer(open_model(model), tier).score(documents):
                    check_scored(scored)
        finally:
            put_file(model, name, sound[name])
            put_file(model, "card.json", card)

    return run


def _files() -> list[bytes]:
    """Return the small files as they are, and the start of the array."""
    shipped = open_model().folder
    found = []
    for at, name in enumerate(NAMES):
        klm = name.endswith(".klm")
        body = (SEEDS / "tiny.klm" if klm else shipped / name).read_bytes()
        if name.endswith(".tsv"):
            body = body[:300].rpartition(b"\n")[0] + b"\n"
        elif name.endswith(".npy"):
            body = body[:4096]
        elif name.endswith(".txt"):
            body = body[:300]
        elif name == "card.json":
            card = json.loads(body)
            card |= {"languages": [CODE], "metrics": {}, "data": {}}
            body = json.dumps(card).encode()
        found += [bytes([at + turn * len(NAMES)]) + body for turn in range(len(TIERS))]
    return found


TARGETS = (
    Target(
        "model",
        "the card of a model and its files, with digests that fit",
        _opening,
        _files,
        "NaN Infinity 1e999 -1 null true [] {} [[]] ../ / \\u0000 1e308".split(),
    ),
)
