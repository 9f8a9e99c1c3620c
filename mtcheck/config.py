"""Settings: defaults, then the nearest settings file, then the command line."""

import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from mtcheck.errors import ConfigError
from mtcheck.grammar import check_service
from mtcheck.languages import languages

LARGEST_FILE = 2**20
"""Bytes of a settings file; people write a hundredth of it."""

MOST_DOTS = 1_000
"""Dots of a line of it: the parser takes quadratic time on keys of many parts."""

_LONGEST_SHOWN = 200

_READING = ("score", "lint")
_ALL = (*_READING, "compare")
_HERE = Path(__file__).parent


def _formats(folder: str) -> Callable[[], tuple[str, ...]]:
    """Return a function that names the formats of a folder without importing one."""

    def names() -> tuple[str, ...]:
        return tuple(sorted(path.stem for path in (_HERE / folder).glob("[a-z]*.py")))

    return names


def _setting(
    default: Any,
    help: str,
    *,
    commands: tuple[str, ...] = ("score",),
    choices: Callable[[], tuple[str, ...]] | None = None,
    minimum: int | None = None,
    shown: str | None = None,
    option: str | None = None,
    kind: type | None = None,
) -> Any:
    """Return a field.

    ``shown`` stands for its value in the help of the command; the ``option`` is called
    like the key unless it says otherwise; where the default is None, the value is a
    string unless ``kind`` says otherwise.
    """
    if kind is None:
        kind = str if default is None else type(default)
    metadata = {
        "help": help,
        "commands": commands,
        "choices": choices,
        "minimum": minimum,
        "shown": shown,
        "option": option,
        "kind": kind,
    }
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True)
class Config:
    """All settings. A field is the registration of a key and of an option."""

    format: str | None = _setting(
        None,
        "How verdicts are written; else as --output names it, parquet in a folder.",
        choices=_formats("report"),
    )
    lint_format: str = _setting(
        "text",
        "How findings are written.",
        commands=("lint",),
        choices=_formats("linting/formats"),
        option="--format",
    )
    compare_format: str | None = _setting(
        None,
        "How the comparison is written; else as --output names it, or text.",
        commands=("compare",),
        choices=_formats("comparison/formats"),
        option="--format",
    )
    output: str | None = _setting(
        None,
        "Write to this file instead of standard output; score also to a FOLDER/.",
        commands=_ALL,
        shown="PATH",
    )
    select: tuple[str, ...] = _setting(
        (),
        "Ask these rules only: codes, starts of codes, names; parted by commas.",
        commands=("lint",),
        shown="CODE,...",
    )
    ignore: tuple[str, ...] = _setting(
        (),
        "Do not ask these rules; the longer code wins.",
        commands=("lint",),
        shown="CODE,...",
    )
    severity: Mapping[str, str] | None = _setting(
        None, "Rules and their severities.", commands=(), kind=dict
    )
    per_path: Mapping[str, Mapping[str, object]] | None = _setting(
        None, "What holds for the files of a pattern.", commands=(), kind=dict
    )
    verdict: Literal["off", "strong", "moderate", "weak"] = _setting(
        "off",
        "Report paragraphs that stand out from human text so far; needs a model.",
        commands=("lint",),
        choices=lambda: ("off", "strong", "moderate", "weak"),
    )
    baseline: str | None = _setting(
        None,
        "Leave out the findings that this file holds.",
        commands=("lint",),
        shown="FILE",
    )
    update_baseline: bool = _setting(
        False,
        "Write all findings to the file of --baseline, and pass.",
        commands=("lint",),
    )
    diff: str | None = _setting(
        None,
        "Report only lines that changed since this revision of git.",
        commands=("lint",),
        shown="REF",
    )
    fix: bool = _setting(
        False,
        "Show what can be mended without risk, and ask before files are changed.",
        commands=("lint",),
    )
    yes: bool = _setting(False, "With --fix, do not ask.", commands=("lint",))
    no_cache: bool = _setting(
        False, "Look at unchanged files again.", commands=("lint",)
    )
    exit_zero: bool = _setting(
        False, "End with 0 although there are findings.", commands=("lint",)
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
        "base",
        "An installed model or a model folder.",
        commands=(*_ALL, "serve"),
        shown="NAME|DIR",
    )
    tier: Literal["fast", "full"] = _setting(
        "full",
        "Measure all features, or the fast ones only.",
        commands=_READING,
        choices=lambda: ("fast", "full"),
    )
    grammar: str = _setting(
        "off",
        "Have LanguageTool check the grammar: by a server that is found or started, or "
        "by the one at this address.",
        commands=_READING,
        shown="off|auto|URL",
    )
    jobs: int = _setting(
        1, "Processes that score at the same time; 0 for one a core.", minimum=0
    )
    scheduler: str | None = _setting(
        None,
        "Have the workers of the Dask scheduler at this address score; needs --output.",
        shown="URL",
    )
    dry_run: bool = _setting(
        False, "Score a sample only, and foretell time and size of the whole."
    )
    profile: bool = _setting(
        False, "Tell at the end how long each stage and each extractor took."
    )
    host: str = _setting(
        "127.0.0.1",
        "The address to listen at; this machine alone can reach 127.0.0.1.",
        commands=("serve",),
        shown="ADDRESS",
    )
    port: int = _setting(
        8765,
        "The port to listen at; 0 for one that is free.",
        commands=("serve",),
        minimum=0,
    )
    paragraphs: str = _setting(
        "auto",
        "Paragraphs end at blank lines, at each line, or as the text suggests.",
        commands=_ALL,
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
        commands=("score", "compare"),
    )
    quiet: bool = _setting(False, "No progress bar and no closing line.", commands=_ALL)

    def __post_init__(self) -> None:
        """Refuse what is out of range."""
        for item in fields(self):
            _check(item, getattr(self, item.name))
        check_service(self.grammar)


def key_of(item: "Field[Any]") -> str:
    """Return the key of a field in a settings file, which is also its option."""
    return item.name.replace("_", "-")


def load(options: Mapping[str, object], folder: Path | None = None) -> Config:
    """Return the settings that hold in ``folder``, under ``options`` that are not None.

    Read is the nearest ``mtcheck.toml``, or ``pyproject.toml`` with a table
    ``[tool.mtcheck]``, upwards. A ConfigError names what is unknown or out of range.
    """
    start = Path.cwd() if folder is None else folder
    found = _find(start)
    values: dict[str, Any] = {}
    if found is not None:
        path, table = found
        values = _from_table(table, path)
        if values.get("scheduler") is not None:
            raise ConfigError(
                "config: scheduler must be given on the command line, since what it "
                f"sends back is run; use --scheduler (in {path})"
            )
        if options.get("output") is None:
            _check_output(values.get("output"), start, path)
    values |= {name: value for name, value in options.items() if value is not None}
    return Config(**values)


def home(folder: Path | None = None) -> Path:
    """Return the folder of the settings file that holds in ``folder``, or itself."""
    start = Path.cwd() if folder is None else folder
    found = _find(start)
    return start if found is None else found[0].parent


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
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
        if len(data) > LARGEST_FILE:
            raise ConfigError(
                f"config: {path} must be at most {LARGEST_FILE:,} bytes; keep the "
                "settings in a file of their own"
            )
        text = data.decode("utf-8")
        for number, line in enumerate(text.split("\n"), 1):
            if line.count(".") > MOST_DOTS:
                raise ConfigError(
                    f"config: {path} line {number} has more than {MOST_DOTS:,} dots; "
                    "break it"
                )
        return tomllib.loads(text)
    except OSError as error:
        raise ConfigError(f"config: {path} cannot be read ({error.strerror})") from None
    except ValueError as error:
        raise ConfigError(f"config: {path} is not valid TOML ({error})") from None
    except RecursionError:
        raise ConfigError(f"config: {path} is nested too deep; flatten it") from None


def _from_table(table: Mapping[str, object], path: Path) -> dict[str, Any]:
    names = {key_of(item): item.name for item in fields(Config)}
    for key in table:
        if key not in names:
            known = ", ".join(names)
            raise ConfigError(
                f"config: {key!r} is not known (in {path}); known keys: {known}"
            )
    values: dict[str, Any] = {names[key]: value for key, value in table.items()}
    # Found from the folders below too.
    if isinstance(values.get("baseline"), str) and values["baseline"]:
        values["baseline"] = os.path.relpath(path.parent / values["baseline"])
    try:
        Config(**values)
    except ConfigError as error:
        raise ConfigError(f"{error} (in {path})") from None
    return values


def _check_output(output: str | None, start: Path, path: Path) -> None:
    """Refuse to write out of the folder of the settings: they may be a stranger's."""
    if output is None:
        return
    target, own = os.path.realpath(start / output), os.path.realpath(path.parent)
    if os.path.commonpath([target, own]) != own:
        raise ConfigError(
            "config: output must be in the folder of the settings or below, got "
            f"{output!r}; give --output to write elsewhere (in {path})"
        )


_PATH_KEYS = {"select": tuple, "ignore": tuple, "severity": dict, "language": str}
_KIND_NAMES = {
    str: "a string",
    int: "a whole number",
    bool: "true or false",
    tuple: "a list of strings",
    dict: "a table",
}


def _check(item: "Field[Any]", value: object) -> None:
    key, kind = key_of(item), item.metadata["kind"]
    if value is None and item.default is None:
        return
    _check_kind(key, value, kind)
    if item.name == "severity":
        _check_severities(key, value)
    if item.name == "per_path":
        _check_paths(value)
    choices, minimum = item.metadata["choices"], item.metadata["minimum"]
    if choices and value not in choices():
        known = ", ".join(choices())
        raise ConfigError(f"config: {key} must be one of {known}, got {_shown(value)}")
    if minimum is not None and isinstance(value, int) and value < minimum:
        raise ConfigError(f"config: {key} must be at least {minimum}, got {value}")


def _check_kind(key: str, value: object, kind: type) -> None:
    # Not isinstance: true is no number of jobs.
    is_right = type(value) is kind
    if kind is tuple:
        is_right = isinstance(value, tuple | list) and all(
            isinstance(one, str) for one in value
        )
    if kind is dict:
        is_right = isinstance(value, Mapping)
    if not is_right:
        raise ConfigError(
            f"config: {key} must be {_KIND_NAMES[kind]}, got {_shown(value)}"
        )
    if value == "":
        raise ConfigError(f"config: {key} must not be empty, got {_shown(value)}")


def _shown(value: object) -> str:
    """Return a value as messages have it: tables may be deep, and strings long."""
    try:
        told = repr(value)
    except RecursionError:
        return "what is nested too deep"
    return told if len(told) <= _LONGEST_SHOWN else f"{told[:_LONGEST_SHOWN]}…"


def _check_severities(key: str, table: Any) -> None:
    for code, level in table.items():
        _check_kind(f"{key}.{code}", level, str)


def _check_paths(tables: Any) -> None:
    for pattern, table in tables.items():
        key = f"per-path.{pattern}"
        _check_kind(key, table, dict)
        for name, value in table.items():
            if name not in _PATH_KEYS:
                known = ", ".join(_PATH_KEYS)
                raise ConfigError(
                    f"config: {key}.{name} is not known; known keys: {known}"
                )
            _check_kind(f"{key}.{name}", value, _PATH_KEYS[name])
        _check_severities(f"{key}.severity", table.get("severity", {}))
        if table.get("language") not in (None, *languages()):
            raise ConfigError(
                f"config: {key}.language must be one of {', '.join(languages())}, "
                f"got {table['language']!r}"
            )
