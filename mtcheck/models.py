"""Model folders: found by name, checked against their card, then opened."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import prod
from pathlib import Path
from tokenize import TokenError
from typing import TYPE_CHECKING, Any, BinaryIO

from mtcheck.card import FORMAT as FORMAT
from mtcheck.card import LARGEST_CARD as LARGEST_CARD
from mtcheck.card import read_card
from mtcheck.errors import ModelError
from mtcheck.installed import DEFAULT as DEFAULT
from mtcheck.installed import model_folders as model_folders
from mtcheck.language_model import LanguageModel
from mtcheck.languages import language as language_of
from mtcheck.languages import languages as known_languages
from mtcheck.masks import ClassMask, EndingMask

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LARGEST_TEXT = 64 * 2**20
"""Bytes of a file that is read into memory: a table, a list of words, a classifier."""

LARGEST_FILE = 4 * 2**30
"""Bytes of any other file; that of a language model has some twenty million."""

LONGEST_ROW = 10_000
"""Characters of a row of a table."""

_TEXTS = (".json", ".tsv", ".txt")


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
        if code not in known_languages():
            known = ", ".join(known_languages())
            raise ModelError(
                f"model {self.name}: has a language {code!r}, of which this mtcheck "
                f"has no words; it knows {known}"
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
            lack = "must be a file" if path.exists() else "is missing"
            raise ModelError(
                f"model {self.name}: {name} {lack}; install the model again"
            )
        # Also where one of the folders is a link.
        if path.resolve() != self.folder.resolve() / name:
            raise ModelError(
                f"model {self.name}: {name} must be a file of its own, got a link; "
                "install the model again"
            )
        entry = self.card["files"][name]
        expected, size = entry["sha256"], path.stat().st_size
        most = LARGEST_TEXT if path.suffix in _TEXTS else LARGEST_FILE
        if size > most:
            raise ModelError(
                f"model {self.name}: {name} must be at most {most:,} bytes, got "
                f"{size:,}; install the model again"
            )
        if size != entry.get("bytes", size):
            raise ModelError(
                f"model {self.name}: {name} is damaged (must have {entry['bytes']:,} "
                f"bytes, got {size:,}); install the model again"
            )
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

    def array(self, name: str, shape: tuple[int, ...]) -> "NDArray[Any]":
        """Read an array of finite numbers; what could run code is never looked at."""
        import numpy as np  # not for those who only look at cards

        path = self.path(f"{name}.npy")
        try:
            with path.open("rb") as file:
                kind = _kind(file, path.stat().st_size, shape)
                array = np.fromfile(file, kind).reshape(shape)
            if not np.isfinite(array).all():
                raise ValueError("a number is not finite")
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
            if len(row) > LONGEST_ROW:
                raise ModelError(
                    f"{path} line {number}: a row must be at most {LONGEST_ROW:,} "
                    f"characters, got {len(row):,}"
                )
            table[key] = tuple(cells)
        return table

    def ending_mask(self, language: str) -> EndingMask:
        """Return the mask of all but the common words that the model lists."""
        if "ending_mask" not in self._opened:
            path = self.path("common.txt")
            try:
                common = path.read_text(encoding="utf-8").split()
            except ValueError as error:
                raise ModelError(
                    f"{path}: the words cannot be read ({error})"
                ) from error
            is_capital = language_of(language).has_capital_nouns
            self._opened["ending_mask"] = EndingMask(frozenset(common), is_capital)
        mask: EndingMask = self._opened["ending_mask"]
        return mask

    def class_mask(self, language: str) -> ClassMask:
        """Return the mask by the classes of words that the model lists."""
        if "class_mask" not in self._opened:
            classes = {word: cells[0] for word, cells in self.table("classes").items()}
            is_capital = language_of(language).has_capital_nouns
            self._opened["class_mask"] = ClassMask(classes, is_capital)
        mask: ClassMask = self._opened["class_mask"]
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


def _kind(file: BinaryIO, size: int, shape: tuple[int, ...]) -> "np.dtype[Any]":
    """Return the kind of the floats that follow; a ValueError where others do."""
    from numpy.lib import format as npy

    version = npy.read_magic(file)
    if version != (1, 0):
        raise ValueError(f"must be of version 1.0, got {version}")
    try:
        found, is_by_columns, kind = npy.read_array_header_1_0(file)
    except (SyntaxError, TokenError, RecursionError, MemoryError) as error:
        # It is read like a piece of a program, and numpy tells of half of this only.
        raise ValueError(f"its head cannot be read: {error}") from None
    if kind.str not in ("<f2", "<f4") or is_by_columns:
        raise ValueError(f"must hold floats by rows, got {kind.str}")
    if found != shape:
        raise ValueError(f"must have shape {shape}, got {found}")
    wanted = file.tell() + kind.itemsize * prod(shape)
    if size != wanted:
        raise ValueError(f"must have {wanted:,} bytes, got {size:,}")
    return kind


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
    return Model(folder, read_card(path))


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name too long, a folder that may not be looked into
        return False
