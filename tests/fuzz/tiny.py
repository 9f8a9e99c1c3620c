"""A model folder that opens in no time: the shipped one with little inside."""

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

from mtcheck.models import open_model

CODE = "en"
SEEDS = Path(__file__).with_name("seeds")
_SMALL = {
    "common.txt": b"the\nof\nand\nat\nfrom\nup\n",
    "classes.tsv": b"the\tthe\nferry\t#1\nharbour\t#1\n~ted\t#2\n",
    "synonyms.tsv": b"harbour\tport\ndeparted\tleft\tparted\n",
    "tortured.tsv": b"ferry left\tx\n",
}


def put_tiny(folder: Path) -> Path:
    """Put the model into a folder, in English only, and return the folder."""
    shipped = open_model().folder
    card = json.loads((shipped / "card.json").read_bytes())
    files: dict[str, Any] = {}
    (folder / CODE).mkdir(parents=True, exist_ok=True)
    for name in card["files"]:
        code, _, short = name.partition("/")
        if code != CODE:
            continue
        path = folder / name
        if short.endswith(".klm"):
            shutil.copy(SEEDS / "tiny.klm", path)
        elif short in _SMALL:
            path.write_bytes(_SMALL[short])
        else:
            shutil.copy(shipped / name, path)
        files[name] = {"sha256": digest(path.read_bytes())}
    card |= {"files": files, "languages": [CODE]}
    (folder / "card.json").write_text(json.dumps(card))
    return folder


def put_file(folder: Path, name: str, data: bytes) -> None:
    """Replace a file; the card, unless it is that, tells the digest of the new one."""
    path = folder / name
    path.unlink()  # Not written over: what is mapped stays what it was.
    path.write_bytes(data)
    if name == "card.json":
        return
    card = json.loads((folder / "card.json").read_bytes())
    card["files"][name] = {"sha256": digest(data)}
    made = folder / "card.new"
    made.write_text(json.dumps(card))
    os.replace(made, folder / "card.json")


def digest(data: bytes) -> str:
    """Return the SHA-256 of bytes, as cards have it."""
    return hashlib.sha256(data).hexdigest()
