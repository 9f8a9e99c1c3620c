"""Model folders: found by name, checked against their card, then opened."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mtcheck.errors import ModelError
from mtcheck.installed import DEFAULT as DEFAULT
from mtcheck.installed import model_folders as model_folders
from mtcheck.language_model import LanguageModel, Mask
from mtcheck.languages import language as language_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

FORMAT = 1
"""The layout of a model folder; raised when older folders cannot be read."""

LARGEST_CARD = 4 * 2**20
"""Bytes of a card; a shipped one has about thirty thousand."""

_CARD_KEYS = {
    "name": str,
    "format": int,
    "version": str,
    "schema": str,
    "languages": list,
    "files": dict,
    "thresholds": dict,
    "metrics": dict,
    "data": dict,
    "licences": dict,
    "signature": str,
}
"""What a card must hold, and of which type."""

_KINDS = {str: "a string", int: "a whole number", list: "a list", dict: "an object"}

_SHA256 = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class Model:
    """A checked model folder; files of a language are verified before use."""

    folder: Path
    card: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The name on the card."""
        return str(self.card["name"])

    @property
    def languages(self) -> tuple[str, ...]:
        """The codes of the languages that the model knows."""
        return tuple(self.card["languages"])

    @property
    def signature(self) -> str:
        """Name and fingerprint, as reports print them."""
        return str(self.card["signature"])

    def resources(self, code: str) -> "Resources":
        """Verify the files of one language and return access to them."""
        if code not in self.languages:
            known = ", ".join(self.languages)
            raise ModelError(
                f"model {self.name}: has no language {code!r}; it knows {known}"
            )
        prefix = f"{code}/"
        names = [name for name in self.card["files"] if name.startswith(prefix)]
        for name in names:
            self._verify(name)
        return Resources(
            self.folder / code, frozenset(name[len(prefix) :] for name in names)
        )

    def _verify(self, name: str) -> None:
        import hashlib  # not for those who only read a table

        path = self.folder / name
        if not path.is_file():
            raise ModelError(
                f"model {self.name}: {name} is missing; install the model again"
            )
        # Also where one of the folders is a link.
        if path.resolve() != self.folder.resolve() / name:
            raise ModelError(
                f"model {self.name}: {name} must be a file of its own, got a link; "
                "install the model again"
            )
        expected = self.card["files"][name]["sha256"]
        with path.open("rb") as file:
            actual = hashlib.file_digest(file, "sha256").hexdigest()
        if actual != expected:
            raise ModelError(
                f"model {self.name}: {name} is damaged (SHA-256 must be "
                f"{expected[:12]}…, got {actual[:12]}…); install the model again"
            )


@dataclass(frozen=True)
class Resources:
    """The verified files of one language: language models, tables and arrays."""

    folder: Path
    names: frozenset[str]

    def path(self, name: str) -> Path:
        """Return the path of a file that the card lists, or raise a ModelError."""
        if name not in self.names:
            raise ModelError(f"{self.folder}: the card lists no file {name}")
        return self.folder / name

    def language_model(self, name: str) -> LanguageModel:
        """Open a KenLM model; the same name gives the same object."""
        if name not in self._opened:
            self._opened[name] = LanguageModel(self.path(f"{name}.klm"))
        opened: LanguageModel = self._opened[name]
        return opened

    def array(self, name: str) -> "NDArray[Any]":
        """Map a numeric array; object arrays, which could run code, are refused."""
        import numpy as np  # not for those who only look at cards

        path = self.path(f"{name}.npy")
        try:
            array: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
        except (ValueError, EOFError) as error:
            raise ModelError(f"{path}: not a plain numeric array ({error})") from error
        return array

    def table(self, name: str) -> dict[str, tuple[str, ...]]:
        """Read a table of tab-separated rows: the first cell is the key."""
        path = self.path(f"{name}.tsv")
        try:
            text = path.read_text(encoding="utf-8").removesuffix("\n")
        except ValueError as error:
            raise ModelError(f"{path}: the table cannot be read ({error})") from error
        table: dict[str, tuple[str, ...]] = {}
        # Not splitlines: it takes more than "\n" for the end of a line.
        for number, row in enumerate(text.split("\n") if text else (), 1):
            key, *cells = row.split("\t")
            if not key.strip() or not cells:
                raise ModelError(f"{path} line {number}: a row must be a key and cells")
            table[key] = tuple(cells)
        return table

    def mask(self, language: str) -> Mask:
        """Return the mask of all but the common words that the model lists."""
        if "mask" not in self._opened:
            path = self.path("common.txt")
            try:
                common = path.read_text(encoding="utf-8").split()
            except ValueError as error:
                raise ModelError(
                    f"{path}: the words cannot be read ({error})"
                ) from error
            is_capital = language_of(language).has_capital_nouns
            self._opened["mask"] = Mask(frozenset(common), is_capital)
        mask: Mask = self._opened["mask"]
        return mask

    def json(self, name: str) -> Any:
        """Read a JSON file."""
        path = self.path(f"{name}.json")
        try:
            return json.loads(path.read_text(encoding="utf-8"))
        except (ValueError, RecursionError) as error:
            raise ModelError(f"{path}: not readable as JSON ({error})") from error

    @cached_property
    def _opened(self) -> dict[str, Any]:
        return {}  # what several extractors share


def open_model(name: str | Path = DEFAULT) -> Model:
    """Open a model by its name or by its folder, after a look at its card.

    Raises a ModelError where there is none, where the card is damaged or incomplete, or
    where the model was made for another version of mtcheck.
    """
    folders = model_folders()
    folder = folders.get(str(name), Path(name))
    path = folder / "card.json"
    if not _is_file(path):
        known = ", ".join(folders) or "none"
        raise ModelError(
            f"model must be an installed name or a model folder, got {str(name)!r}; "
            f"installed: {known}"
        )
    card = _read_card(path)
    if card["format"] != FORMAT:
        raise ModelError(
            f"model {card['name']}: made for format {card['format']}, this mtcheck "
            f"reads format {FORMAT}; install a matching model or refit with "
            "python -m training"
        )
    _check_card(card, path)
    return Model(folder, card)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name too long, a folder that may not be looked into
        return False


def _read_card(path: Path) -> dict[str, Any]:
    try:
        size = path.stat().st_size
        if size > LARGEST_CARD:
            raise ModelError(
                f"{path}: the card must be at most {LARGEST_CARD:,} bytes, got {size:,}"
            )
        card = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(f"{path}: the card cannot be read ({error})") from error
    if not isinstance(card, dict):
        raise ModelError(f"{path}: the card must be a JSON object")
    missing = sorted(_CARD_KEYS.keys() - card.keys())
    if missing:
        raise ModelError(f"{path}: the card lacks {', '.join(missing)}")
    return card


def _check_card(card: Mapping[str, Any], path: Path) -> None:
    """Refuse a card of the right format whose entries have wrong types."""
    for key, kind in _CARD_KEYS.items():
        if type(card[key]) is not kind:
            raise ModelError(f"{path}: {key} must be {_KINDS[kind]}, got {card[key]!r}")
    if not all(isinstance(code, str) for code in card["languages"]):
        raise ModelError(
            f"{path}: languages must be a list of codes, got {card['languages']!r}"
        )
    for name, entry in card["files"].items():
        if Path(name).is_absolute() or ".." in Path(name).parts:
            raise ModelError(f"{path}: {name} lies outside the model folder")
        digest = entry.get("sha256") if isinstance(entry, dict) else None
        if not isinstance(digest, str) or not _SHA256.fullmatch(digest):
            raise ModelError(f"{path}: {name} has no SHA-256 of 64 digits")
