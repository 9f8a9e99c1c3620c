"""Of select and ignore the longer code wins, and some paths have their own."""

import os
from pathlib import Path

import pytest

from mtcheck.config import Config
from mtcheck.errors import ConfigError
from mtcheck.linting import Linter
from mtcheck.linting.selection import Selection
from mtcheck.rules import all_rules
from mtcheck.types import Document

TEXT = "The ferry was late. . Nobody  minded the bell .\n"
CODES = ["MT101", "MT103", "MT102"]


def codes(selection: Selection, path: str | None = None) -> list[str]:
    document = Document(TEXT, "a", path, "en")
    return [found.code for found in Linter(selection).lint(document).findings]


def test_without_settings_every_rule_is_asked() -> None:
    assert Selection().rules(None) == all_rules()
    assert codes(Selection()) == CODES


@pytest.mark.parametrize(
    ("select", "ignore", "wanted"),
    [
        (["MT1"], [], CODES),
        (["MT5"], [], []),
        (["mt101", "doubled-space"], [], ["MT101", "MT103"]),
        ([], ["MT1"], []),
        (["MT101"], ["MT1"], ["MT101"]),
        (["MT1"], ["MT101"], ["MT103", "MT102"]),
        (["MT101"], ["MT101"], []),
        (["Orphan-Full-Stop"], ["MT1"], ["MT101"]),
    ],
)
def test_the_longer_code_wins_and_a_tie_is_ignored(
    select: list[str], ignore: list[str], wanted: list[str]
) -> None:
    assert codes(Selection(select, ignore)) == wanted


def test_severities_are_changed_by_code_and_by_name() -> None:
    severity = {"MT1": "info", "orphan-full-stop": "warning"}
    document = Document(TEXT, language="en")
    found = Linter(Selection(severity=severity)).lint(document).findings
    assert [item.severity for item in found] == ["warning", "info", "info"]


def test_files_of_a_pattern_have_their_own_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    selection = Selection(
        ignore=["MT102"],
        per_path={
            "drafts/*": {"ignore": ["MT103"], "language": "en"},
            "*.md": {"select": ["MT102"], "severity": {"MT102": "error"}},
        },
    )
    assert codes(selection, "a.txt") == ["MT101", "MT103"]
    assert codes(selection, os.path.join("drafts", "a.txt")) == ["MT101"]
    assert codes(selection, str(tmp_path / "drafts" / "in" / "a.txt")) == ["MT101"]
    assert codes(selection, "in/b.md") == []
    assert selection.language("drafts/a.txt") == "en"
    assert selection.language("a.txt") is None
    assert selection.language(None) is None


def test_unknown_codes_are_refused_with_the_known_ones() -> None:
    known = ", ".join(rule.code for rule in all_rules())
    for settings in (
        Config(select=("E501",)),
        Config(ignore=("E501",)),
        Config(severity={"E501": "info"}),
    ):
        with pytest.raises(ConfigError) as caught:
            Selection.of(settings)
        assert str(caught.value) == (
            "config: 'E501' must be a code, the start of one, or the name of a rule; "
            f"codes: {known}"
        )


def test_unknown_severities_are_refused_where_they_stand() -> None:
    per_path = {"*.md": {"severity": {"MT101": "loud"}}}
    with pytest.raises(ConfigError) as caught:
        Selection(per_path=per_path)
    assert str(caught.value) == (
        "config: severity of 'MT101' for '*.md' must be one of error, warning, info, "
        "got 'loud'"
    )
