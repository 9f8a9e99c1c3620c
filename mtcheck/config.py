"""Settings: defaults, then the nearest settings file, then the command line."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from mtcheck.errors import ConfigError
from mtcheck.languages import languages

_READING = ("score", "lint")
_REPORTERS = Path(__file__).with_name("report")


def _formats() -> tuple[str, ...]:
    """Return the names of the reporters without importing one."""
    return tuple(sorted(path.stem for path in _REPORTERS.glob("[a-z]*.py")))


def _setting(
    default: Any,
    help: str,
    *,
    commands: tuple[str, ...] = ("score",),
    choices: Callable[[], tuple[str, ...]] | None = None,
    minimum: int | None = None,
    shown: str | None = None,
) -> Any:
    """Return a field; ``shown`` stands for its value in the help of the command."""
    metadata = {
        "help": help,
        "commands": commands,
        "choices": choices,
        "minimum": minimum,
        "shown": shown,
    }
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True)
class Config:
    """All settings. A field is the registration of a key and of an option."""

    format: str = _setting("text", "How verdicts are written.", choices=_formats)
    output: str | None = _setting(
        None, "Write to this file instead of standard output.", shown="PATH"
    )
    level: Literal["paragraph", "document"] = _setting(
        "paragraph",
        "A verdict for each paragraph, or one for each document.",
        choices=lambda: ("paragraph", "document"),
    )
    language: str = _setting(
        "auto",
        "The language of all texts; auto tells it from each text.",
        commands=_READING,
        choices=lambda: ("auto", *languages()),
    )
    model: str = _setting(
        "base", "An installed model or a model folder.", shown="NAME|DIR"
    )
    tier: Literal["fast", "full"] = _setting(
        "full",
        "Measure all features, or the fast ones only.",
        choices=lambda: ("fast", "full"),
    )
    grammar: str = _setting(
        "off", "LanguageTool; comes with a later release.", shown="off"
    )
    jobs: int = _setting(1, "Processes that score at the same time.", minimum=1)
    paragraphs: str = _setting(
        "auto",
        "Paragraphs end at blank lines, at each line, or as the text suggests.",
        commands=_READING,
        choices=lambda: ("auto", "blank", "line"),
    )
    text_field: str = _setting(
        "text", "The field of a record that holds its text.", commands=_READING
    )
    id_field: str = _setting(
        "id", "The field of a record that names it.", commands=_READING
    )
    whole_page: bool = _setting(
        False,
        "Read all visible text of an HTML page, not its main part only.",
        commands=_READING,
    )
    quiet: bool = _setting(
        False, "No progress bar and no closing line.", commands=_READING
    )

    def __post_init__(self) -> None:
        """Refuse what is out of range."""
        for item in fields(self):
            _check(item, getattr(self, item.name))
        # Refused, not ignored: who asks for grammar must not take its absence for zero.
        if self.grammar != "off":
            raise ConfigError(
                f"config: grammar must be off, got {self.grammar!r}; "
                "grammar checking comes with a later release"
            )


def key_of(item: "Field[Any]") -> str:
    """Return the key of a field in a settings file, which is also its option."""
    return item.name.replace("_", "-")


def load(options: Mapping[str, object], folder: Path | None = None) -> Config:
    """Return the settings that hold in ``folder``, under ``options`` that are not None.

    Read is the nearest ``mtcheck.toml``, or ``pyproject.toml`` with a table
    ``[tool.mtcheck]``, upwards. A ConfigError names what is unknown or out of range.
    """
    found = _find(Path.cwd() if folder is None else folder)
    values: dict[str, Any] = {}
    if found is not None:
        path, table = found
        values = _from_table(table, path)
    values |= {name: value for name, value in options.items() if value is not None}
    return Config(**values)


def _find(folder: Path) -> tuple[Path, Mapping[str, object]] | None:
    for parent in (folder, *folder.parents):
        path = parent / "mtcheck.toml"
        if path.is_file():
            return path, _parse(path)
        path = parent / "pyproject.toml"
        if path.is_file():
            tools = _parse(path).get("tool")
            table = tools.get("mtcheck") if isinstance(tools, dict) else None
            if isinstance(table, dict):
                return path, table
    return None


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"config: {path} cannot be read ({error.strerror})") from None
    except ValueError as error:
        raise ConfigError(f"config: {path} is not valid TOML ({error})") from None


def _from_table(table: Mapping[str, object], path: Path) -> dict[str, Any]:
    names = {key_of(item): item.name for item in fields(Config)}
    for key in table:
        if key not in names:
            known = ", ".join(names)
            raise ConfigError(
                f"config: {key!r} is not known (in {path}); known keys: {known}"
            )
    values: dict[str, Any] = {names[key]: value for key, value in table.items()}
    try:
        Config(**values)
    except ConfigError as error:
        raise ConfigError(f"{error} (in {path})") from None
    return values


def _check(item: "Field[Any]", value: object) -> None:
    key, kind = key_of(item), str if item.default is None else type(item.default)
    if value is None and item.default is None:
        return
    # Not isinstance: true is no number of jobs.
    if type(value) is not kind:
        names = {str: "a string", int: "a whole number", bool: "true or false"}
        raise ConfigError(f"config: {key} must be {names[kind]}, got {value!r}")
    if value == "":
        raise ConfigError(f"config: {key} must not be empty, got {value!r}")
    choices, minimum = item.metadata["choices"], item.metadata["minimum"]
    if choices and value not in choices():
        known = ", ".join(choices())
        raise ConfigError(f"config: {key} must be one of {known}, got {value!r}")
    if minimum is not None and isinstance(value, int) and value < minimum:
        raise ConfigError(f"config: {key} must be at least {minimum}, got {value}")
