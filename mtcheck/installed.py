"""Where the installed models lie, for those who only want a file of one."""

from pathlib import Path

DEFAULT = "base"
"""The model that is used where none is named."""


def model_folders() -> dict[str, Path]:
    """Return the installed models by name: those of the wheel, or of the checkout."""
    root = _root()
    cards = sorted(root.glob("*/card.json")) if root else []
    return {card.parent.name: card.parent for card in cards}


def _root() -> Path | None:
    package = Path(__file__).parent
    roots = (package / "shipped", package.parent / "models")
    return next((root for root in roots if root.is_dir()), None)


def lexicon(code: str, name: str) -> list[str]:
    """Return the rows of a table of the default model, in order and as they stand.

    This is for lint, which has no time to open a model, or to part thousands of rows.
    Without a model, or without the table, there are none.
    """
    root = _root()
    path = root / DEFAULT / code / f"{name}.tsv" if root and code else None
    if path is None or not path.is_file():
        return []
    return sorted(path.read_text(encoding="utf-8").split("\n"))
