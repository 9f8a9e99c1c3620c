"""What a result was measured with, and how it is written down."""

import hashlib
import json
import math
import os
import platform
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

import click

from mtcheck import __version__
from mtcheck.models import DEFAULT, Model
from training.kenlm_tools import kenlm_version

Command = TypeVar("Command", bound=Callable[..., Any])

ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("MTCHECK_SHARED", ROOT.parent / "shared")) / "data"
RESULTS = Path(__file__).parent / "results"

language_option = click.option(
    "--language", default="en", show_default=True, help="Code."
)
part_option = click.option(
    "--part", default="dev", show_default=True, help="Part of the data."
)
model_option = click.option(
    "--model", default=DEFAULT, show_default=True, help="Name or folder."
)
output_option = click.option(
    "--output", type=click.Path(path_type=Path), default=RESULTS, help="Folder."
)
"""Where a command writes its result."""


def data_option(part: str) -> Callable[[Command], Command]:
    """Return the option for the data folder; ``part`` is what the command reads."""
    return click.option(
        "--data",
        type=click.Path(path_type=Path),
        default=DATA,
        help=f"Folder with {part}. [default: data/ of MTCHECK_SHARED]",
    )


def needed(path: Path) -> Path:
    """Return the path of a data file; a ClickException where it is missing."""
    if not path.is_file():
        raise click.ClickException(f"{path}: is missing; name the folder with --data")
    return path


def data_file(data: Path, part: str, language: str) -> Path:
    """Return the file of a part of the paragraphs; an error where it is missing."""
    return needed(data / "paragraphs" / f"{part}.{language}.jsonl.xz")


def heading(title: str, raw: Mapping[str, Any]) -> list[str]:
    """Return the lines that a report begins with: what it is and was measured with."""
    numbers = (f"{name} {number}" for name, number in raw["versions"].items())
    return [f"# {title}", "", f"`{raw['signature']}`", "", " · ".join(numbers), ""]


def versions() -> dict[str, str]:
    """Return the versions that a figure of mtcheck depends on."""
    found = {"python": platform.python_version(), "mtcheck": __version__}
    return found | {"kenlm": kenlm_version(), "numpy": version("numpy")}


def fingerprint(path: Path) -> str:
    """Return the start of the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def signature(model: Model | None, **settings: object) -> str:
    """Return the line that says how a figure can be had again.

    The model's own signature holds its schema and its seed; ``lint`` needs none.
    """
    parts = [f"mtcheck {__version__}"]
    parts += [f"model:{model.signature}"] if model else []
    return "|".join(parts + [f"{name}:{value}" for name, value in settings.items()])


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a Markdown table; all columns but the first hold numbers.

    >>> table(("tool", "rate"), [("one", "7")])
    ['| tool | rate |', '| --- | ---: |', '| one | 7 |']
    """
    marks = ("---", *["---:"] * (len(header) - 1))
    return [f"| {' | '.join(cells)} |" for cells in (header, marks, *rows)]


def write(folder: Path, name: str, lines: Sequence[str], raw: Mapping[str, Any]) -> str:
    """Write ``name.md`` and ``name.json`` and return the text of the former."""
    folder.mkdir(parents=True, exist_ok=True)
    text = "\n".join(lines) + "\n"
    (folder / f"{name}.md").write_text(text, encoding="utf-8")
    as_json = json.dumps(_plain(raw), ensure_ascii=False, indent=1, allow_nan=False)
    (folder / f"{name}.json").write_text(as_json + "\n", encoding="utf-8")
    return text


def _plain(value: Any) -> Any:
    """Return the value with null for NaN, which JSON does not have."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and math.isnan(value) else value
