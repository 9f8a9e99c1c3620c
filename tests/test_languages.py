"""Every language file is complete, in lower case, and without doubles."""

import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from mtcheck.errors import ConfigError
from mtcheck.languages import (
    FOLDER,
    Language,
    all_languages,
    gather,
    language,
    languages,
    read_language,
)
from mtcheck.segment import WORD, passages
from mtcheck.types import Document

WORD_LISTS = [
    field.name
    for field in fields(Language)
    if "frozenset" in str(field.type) and not field.name.endswith("_lines")
]
sweep = pytest.mark.parametrize("code", languages())


def test_the_folder_says_which_languages_there_are() -> None:
    assert {"de", "en"} <= set(languages())
    assert list(languages()) == sorted(path.stem for path in FOLDER.glob("*.toml"))
    assert [one.code for one in all_languages()] == list(languages())


def test_a_language_is_read_once() -> None:
    assert language("en") is language("en")


def test_an_unknown_code_names_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="language must be one of de, en, got 'xx'"):
        language("xx")


def test_a_file_with_a_wrong_key_is_refused(tmp_path: Path) -> None:
    whole = (FOLDER / "en.toml").read_text("utf-8")
    path = tmp_path / "xx.toml"
    path.write_text(whole.replace("scrap_exceptions", "scraps"), "utf-8")
    wanted = "xx.toml: keys must be the fields of Language; see to scrap_exceptions, "
    with pytest.raises(ConfigError, match=wanted + "scraps"):
        read_language(path)


@sweep
def test_the_lists_that_every_language_needs_are_filled(code: str) -> None:
    one = language(code)
    assert len(one.function_words) >= 140
    assert len(one.abbreviations) >= 50
    assert len(one.residue_lines) >= 50
    for name in ("quotes", "attributions", "translation_cues", "residue_cues"):
        assert getattr(one, name), name


@sweep
def test_words_are_in_lower_case_and_stand_once(code: str) -> None:
    table = tomllib.loads((FOLDER / f"{code}.toml").read_text("utf-8"))
    for name in WORD_LISTS:
        words = table[name].split()
        assert [w for w in words if w != w.lower()] == [], name
        assert sorted(w for w in set(words) if words.count(w) > 1) == [], name
    for name in ("residue_lines", "translation_lines"):
        lines = table[name]
        assert [line for line in lines if line != line.lower()] == [], name
        assert len(lines) == len(set(lines)), name


@sweep
def test_function_words_are_words(code: str) -> None:
    for word in language(code).function_words:
        assert WORD.fullmatch(word)


@sweep
def test_abbreviations_stand_without_their_last_stop(code: str) -> None:
    assert [w for w in language(code).abbreviations if w.endswith(".")] == []


@sweep
def test_patterns_compile_and_cues_are_in_lower_case(code: str) -> None:
    one = language(code)
    for pattern in one.residue_patterns:
        re.compile(pattern)
    re.compile(one.lost_letters)
    for cue in one.placeholder_cues:
        re.compile(cue.pattern)
    for cue in one.residue_cues + one.translation_cues + one.assistant_cues:
        assert cue.word == cue.word.lower()
        # A cue that the pattern does not speak of would hide its matches.
        assert cue.word.split()[0] in cue.pattern


@sweep
def test_a_cue_of_whole_words_is_found_wherever_they_stand(code: str) -> None:
    for cue in language(code).residue_cues + language(code).assistant_cues:
        text = f"({cue.word})"
        passage = next(passages(Document(text, language=code)))
        known = gather([cue])
        assert known.found(passage.held, passage.lower) == [cue.pattern]
        assert known.found(frozenset({"lock"}).intersection, passage.lower) == []


@sweep
def test_quotes_are_pairs_of_single_marks(code: str) -> None:
    for opening, closing in language(code).quotes:
        assert len(opening) == len(closing) == 1
