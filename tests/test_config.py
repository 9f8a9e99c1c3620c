"""Settings come from defaults, one file and the command line; the rest is refused."""

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from mtcheck import report
from mtcheck.config import LARGEST_FILE, MOST_DOTS, Config, key_of, load
from mtcheck.errors import ConfigError
from mtcheck.extract import TIERS
from mtcheck.linting.formats import formats
from mtcheck.segment import MODES

FORMATS = ", ".join(formats())
KEYS = ", ".join(key_of(item) for item in fields(Config))


def choices(name: str) -> tuple[str, ...]:
    """Return the choices of a field as it declares them."""
    (item,) = [item for item in fields(Config) if item.name == name]
    found: tuple[str, ...] = item.metadata["choices"]()
    return found


def test_the_nearest_file_wins_and_options_win_over_it(tmp_path: Path) -> None:
    inner = tmp_path / "project" / "texts"
    inner.mkdir(parents=True)
    (tmp_path / "mtcheck.toml").write_text('tier = "fast"\njobs = 7\n')
    (tmp_path / "project" / "pyproject.toml").write_text(
        '[tool.mtcheck]\njobs = 3\ntext-field = "body"\n'
    )
    found = load({"jobs": None, "text_field": "page"}, inner)
    assert found == Config(jobs=3, text_field="page")


def test_a_project_file_without_our_table_is_passed_over(tmp_path: Path) -> None:
    inner = tmp_path / "project"
    inner.mkdir()
    (tmp_path / "mtcheck.toml").write_text("quiet = true\n")
    (inner / "pyproject.toml").write_text('[project]\nname = "novel"\n')
    assert load({}, inner) == Config(quiet=True)


def test_of_two_files_in_a_folder_our_own_is_read(tmp_path: Path) -> None:
    (tmp_path / "mtcheck.toml").write_text('level = "document"\n')
    (tmp_path / "pyproject.toml").write_text('[tool.mtcheck]\ntier = "fast"\n')
    assert load({}, tmp_path) == Config(level="document")


@pytest.mark.parametrize("output", ["../out.txt", "/tmp/out.txt", "a/../../out.txt"])
def test_settings_cannot_have_the_output_written_elsewhere(
    tmp_path: Path, output: str
) -> None:
    path = tmp_path / "mtcheck.toml"
    path.write_text(f'output = "{output}"\n')
    with pytest.raises(ConfigError) as caught:
        load({}, tmp_path)
    assert str(caught.value) == (
        "config: output must be in the folder of the settings or below, got "
        f"{output!r}; give --output to write elsewhere (in {path})"
    )
    assert load({"output": "../mine.txt"}, tmp_path).output == "../mine.txt"


def test_settings_may_have_the_output_written_beside_them(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "mtcheck.toml").write_text('output = "../out.txt"\n')
    assert load({}, tmp_path / "sub").output == "../out.txt"


def test_settings_cannot_name_who_runs_things_here(tmp_path: Path) -> None:
    path = tmp_path / "mtcheck.toml"
    path.write_text('scheduler = "tcp://head:8786"\n')
    with pytest.raises(ConfigError) as caught:
        load({}, tmp_path)
    assert str(caught.value) == (
        "config: scheduler must be given on the command line, since what it sends "
        f"back is run; use --scheduler (in {path})"
    )


def test_every_other_field_is_a_key_of_the_file(tmp_path: Path) -> None:
    other: dict[type, Any] = {
        bool: "true",
        int: "2",
        tuple: '["MT1"]',
        dict: "{ MT1 = { ignore = [] } }",
    }
    other_tables = {"severity": '{ MT1 = "info" }'}
    for item in fields(Config):
        if item.name == "scheduler":
            continue
        options = item.metadata["choices"]
        text = f'"{options()[-1]}"' if options else '"off"'
        value = other.get(item.metadata["kind"], text)
        value = other_tables.get(item.name, value)
        (tmp_path / "mtcheck.toml").write_text(f"{key_of(item)} = {value}\n")
        assert isinstance(load({}, tmp_path), Config), item.name


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        (
            'colour = "red"',
            f"config: 'colour' is not known (in {{}}); known keys: {KEYS}",
        ),
        (
            'text_field = "body"',
            f"config: 'text_field' is not known (in {{}}); known keys: {KEYS}",
        ),
        ("jobs = -1", "config: jobs must be at least 0, got -1 (in {})"),
        ("jobs = true", "config: jobs must be a whole number, got True (in {})"),
        ('jobs = "2"', "config: jobs must be a whole number, got '2' (in {})"),
        ("quiet = 1", "config: quiet must be true or false, got 1 (in {})"),
        ("output = 3", "config: output must be a string, got 3 (in {})"),
        ('model = ""', "config: model must not be empty, got '' (in {})"),
        (
            'tier = "best"',
            "config: tier must be one of fast, full, got 'best' (in {})",
        ),
        (
            'level = "word"',
            "config: level must be one of paragraph, document, got 'word' (in {})",
        ),
        (
            'language = "tlh"',
            "config: language must be one of auto, de, en, got 'tlh' (in {})",
        ),
        (
            'paragraphs = "page"',
            "config: paragraphs must be one of auto, blank, line, got 'page' (in {})",
        ),
        (
            'format = "stone"',
            "config: format must be one of csv, html, jsonl, parquet, text, got "
            "'stone' (in {})",
        ),
        (
            'lint-format = "stone"',
            f"config: lint-format must be one of {FORMATS}, got 'stone' (in {{}})",
        ),
        (
            'select = "MT1"',
            "config: select must be a list of strings, got 'MT1' (in {})",
        ),
        ("ignore = [1]", "config: ignore must be a list of strings, got [1] (in {})"),
        ("severity = 1", "config: severity must be a table, got 1 (in {})"),
        (
            "severity = { MT1 = 1 }",
            "config: severity.MT1 must be a string, got 1 (in {})",
        ),
        (
            'per-path = { "a*" = 1 }',
            "config: per-path.a* must be a table, got 1 (in {})",
        ),
        (
            'per-path = { "a*" = { colour = 1 } }',
            "config: per-path.a*.colour is not known; known keys: select, ignore, "
            "severity, language (in {})",
        ),
        (
            'per-path = { "a*" = { select = 1 } }',
            "config: per-path.a*.select must be a list of strings, got 1 (in {})",
        ),
        (
            'per-path = { "a*" = { severity = { MT1 = 1 } } }',
            "config: per-path.a*.severity.MT1 must be a string, got 1 (in {})",
        ),
        (
            'per-path = { "a*" = { language = "tlh" } }',
            "config: per-path.a*.language must be one of de, en, got 'tlh' (in {})",
        ),
        (
            'grammar = "on"',
            "config: grammar must be off, auto or the URL of a LanguageTool server, "
            "got 'on' (in {})",
        ),
    ],
)
def test_what_is_out_of_range_is_refused(
    tmp_path: Path, toml: str, message: str
) -> None:
    path = tmp_path / "mtcheck.toml"
    path.write_text(toml + "\n")
    with pytest.raises(ConfigError, match=f"^{re.escape(message.format(path))}$"):
        load({}, tmp_path)


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "mtcheck.toml"
    path.write_text("jobs = \n")
    message = f"config: {path} is not valid TOML (Invalid value (at line 1, column 8))"
    with pytest.raises(ConfigError, match=f"^{re.escape(message)}$"):
        load({}, tmp_path)


def refused(path: Path, toml: str, message: str) -> None:
    """Check that a file is refused in just these words."""
    path.write_text(toml)
    with pytest.raises(ConfigError, match=f"^{re.escape(message.format(path))}$"):
        load({}, path.parent)


@pytest.mark.parametrize("name", ["mtcheck.toml", "pyproject.toml"])
@pytest.mark.parametrize("opening", ["[", "{a = "])
def test_a_file_that_is_nested_too_deep_is_refused(
    tmp_path: Path, name: str, opening: str
) -> None:
    message = "config: {} is nested too deep; flatten it"
    refused(tmp_path / name, f"a = {opening * 10_000}", message)


def test_keys_of_very_many_parts_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    message = "config: {} line 2 has more than 1,000 dots; break it"
    refused(path, f"a = 1\n{'a.' * 500_000}b = 1", message)
    path.write_text(f"{'a.' * MOST_DOTS}b = 1")
    assert load({}, tmp_path) == Config()


def test_a_file_that_nobody_wrote_by_hand_is_refused(tmp_path: Path) -> None:
    message = (
        "config: {} must be at most 1,048,576 bytes; keep the settings in a file of "
        "their own"
    )
    refused(tmp_path / "pyproject.toml", "#" * (LARGEST_FILE + 1), message)


def test_a_wrong_value_is_quoted_as_far_as_it_can_be_read(tmp_path: Path) -> None:
    path, wanted = tmp_path / "mtcheck.toml", "jobs must be a whole number, got"
    refused(path, f"jobs = '{'x' * 1000}'", f"config: {wanted} '{'x' * 199}… (in {{}})")
    deep = f"config: {wanted} what is nested too deep (in {{}})"
    refused(path, f"jobs.{'a.' * 999}b = 1", deep)


def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match=r"^config: .*pyproject\.toml is not valid"):
        load({}, tmp_path)


def test_an_option_is_refused_without_a_file_name(tmp_path: Path) -> None:
    message = r"^config: jobs must be at least 0, got -2$"
    with pytest.raises(ConfigError, match=message):
        load({"jobs": -2}, tmp_path)


def test_choices_are_those_of_the_parts_that_use_them() -> None:
    assert choices("format") == tuple(report.formats())
    assert choices("tier") == TIERS
    assert choices("paragraphs") == MODES


def test_every_field_has_help_and_a_valid_default() -> None:
    Config()
    for item in fields(Config):
        assert item.metadata["help"].endswith("."), item.name
        # Tables have no option: they are written in the file only.
        is_table = item.metadata["kind"] is dict
        assert is_table != bool(item.metadata["commands"]), item.name
