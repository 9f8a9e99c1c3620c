"""A model folder is believed only where it fits its card; else it is refused."""

import hashlib
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mtcheck
from mtcheck.errors import ModelError
from mtcheck.extract import schema
from mtcheck.models import FORMAT, LARGEST_CARD, model_folders, open_model

TEXT = "The old ferry left the harbour at noon, and nobody looked up from the nets."

Change = Callable[[dict[str, Any]], object]


def change_card(folder: Path, change: Change) -> Path:
    """Change the card of a copy, and return the path of the card."""
    path = folder / "card.json"
    card = json.loads(path.read_text(encoding="utf-8"))
    change(card)
    path.write_text(json.dumps(card), encoding="utf-8")
    return path


def put_file(folder: Path, name: str, data: bytes) -> Path:
    """Replace a file of a copy by other bytes, and its hash on the card."""
    path = folder / name
    path.unlink()  # it is a link to the shipped one
    path.write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    change_card(folder, lambda card: card["files"].update({name: {"sha256": digest}}))
    return path


def refused(folder: Path | str, message: str, tier: Any = "full") -> None:
    """Check that scoring with a model is refused in just these words."""
    with pytest.raises(ModelError, match=f"^{re.escape(message)}$"):
        mtcheck.score([TEXT], model=folder, language="en", tier=tier)


def digits(path: Path) -> str:
    """Return the first digits of the hash of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


# What is there -----------------------------------------------------------------


def test_the_shipped_model_is_found_by_name_and_by_folder() -> None:
    folder = model_folders()["base"]
    assert open_model() == open_model("base") == open_model(folder)
    assert open_model().name == "base"
    assert open_model().signature.startswith("base@")
    assert set(open_model().languages) == {"de", "en"}


def test_the_shipped_model_lists_its_files_and_is_small() -> None:
    model = open_model()
    files = {
        path.relative_to(model.folder).as_posix(): path.stat().st_size
        for path in model.folder.rglob("*")
        if path.is_file() and path.name != "card.json"
    }
    listed = {name: entry["bytes"] for name, entry in model.card["files"].items()}
    assert files == listed
    assert sum(files.values()) <= 60e6


@pytest.mark.parametrize("code", ["de", "en"])
def test_the_files_of_the_shipped_model_fit_their_hashes(code: str) -> None:
    resources = open_model().resources(code)
    assert "classifier.full.json" in resources.names


def test_a_copy_scores_like_the_original(english: Path) -> None:
    (copied,) = mtcheck.score([TEXT], model=english, language="en")
    (shipped,) = mtcheck.score([TEXT], language="en")
    assert repr(copied) == repr(shipped)  # NaN is not equal to itself


# The folder and its card -------------------------------------------------------


@pytest.mark.parametrize("name", ["novel", "no/such/folder", "a" * 5000, ""])
def test_a_model_that_is_not_there_is_refused(name: str) -> None:
    known = ", ".join(model_folders())
    refused(
        name,
        f"model must be an installed name or a model folder, got {name!r}; "
        f"installed: {known}",
    )


def test_a_folder_without_a_card_is_refused(tmp_path: Path) -> None:
    refused(
        tmp_path,
        f"model must be an installed name or a model folder, got {str(tmp_path)!r}; "
        "installed: base",
    )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"{", "Expecting property name enclosed in double quotes: line 1 column 2"),
        (b"\xff{}", "'utf-8' codec can't decode byte 0xff in position 0"),
        (b"[" * 100_000, "maximum recursion depth exceeded"),
    ],
    ids=["broken", "latin", "deep"],
)
def test_an_unreadable_card_is_refused(
    tmp_path: Path, data: bytes, message: str
) -> None:
    path = tmp_path / "card.json"
    path.write_bytes(data)
    start = re.escape(f"{path}: the card cannot be read ({message}")
    with pytest.raises(ModelError, match=rf"^{start}[^\n]*\)$"):
        open_model(tmp_path)


def test_a_card_that_is_no_object_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "card.json"
    path.write_text('["base"]')
    refused(tmp_path, f"{path}: the card must be a JSON object")


def test_a_card_larger_than_sense_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "card.json"
    with path.open("wb") as file:
        file.truncate(LARGEST_CARD + 1)
    refused(
        tmp_path,
        f"{path}: the card must be at most 4,194,304 bytes, got 4,194,305",
    )


def test_a_card_that_lacks_entries_names_them(english: Path) -> None:
    path = change_card(english, lambda card: [card.pop("files"), card.pop("data")])
    refused(english, f"{path}: the card lacks data, files")


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("name", 7, "name must be a string, got 7"),
        ("schema", None, "schema must be a string, got None"),
        ("languages", "en", "languages must be a list, got 'en'"),
        ("languages", ["en", 1], "languages must be a list of codes, got ['en', 1]"),
        ("files", ["en"], "files must be an object, got ['en']"),
        ("thresholds", 0.5, "thresholds must be an object, got 0.5"),
        ("files", {"en/a": "00"}, "en/a has no SHA-256 of 64 digits"),
        ("files", {"en/a": {"sha256": 7}}, "en/a has no SHA-256 of 64 digits"),
        ("files", {"en/a": {"bytes": 7}}, "en/a has no SHA-256 of 64 digits"),
        (
            "files",
            {"en/a": {"sha256": "F" * 64}},
            "en/a has no SHA-256 of 64 digits",
        ),
        ("files", {"en/../../a": {}}, "en/../../a lies outside the model folder"),
        ("files", {"/etc/hostname": {}}, "/etc/hostname lies outside the model folder"),
    ],
)
def test_a_card_with_wrong_entries_is_refused(
    english: Path, key: str, value: object, message: str
) -> None:
    path = change_card(english, lambda card: card.update({key: value}))
    refused(english, f"{path}: {message}")


@pytest.mark.parametrize("made_for", [0, FORMAT + 1, "one"])
def test_another_format_is_refused(english: Path, made_for: object) -> None:
    change_card(english, lambda card: card.update(format=made_for))
    refused(
        english,
        f"model base: made for format {made_for}, this mtcheck reads format {FORMAT}; "
        "install a matching model or refit with python -m training",
    )


def test_another_format_is_told_even_where_all_else_changed(tmp_path: Path) -> None:
    card = dict.fromkeys(
        json.loads(open_model().folder.joinpath("card.json").read_text())
    )
    (tmp_path / "card.json").write_text(json.dumps({**card, "format": 9}))
    refused(
        tmp_path,
        f"model None: made for format 9, this mtcheck reads format {FORMAT}; "
        "install a matching model or refit with python -m training",
    )


def test_another_schema_is_refused(english: Path) -> None:
    change_card(english, lambda card: card.update(schema="9ab2"))
    refused(
        english,
        f"model base: made for schema 9ab2, this is {schema('full').fingerprint}; "
        "refit with python -m training",
    )


def test_a_language_that_the_card_does_not_know_is_refused(english: Path) -> None:
    message = r"^model base: has no language 'de'; it knows en$"
    with pytest.raises(ModelError, match=message):
        open_model(english).resources("de")


# The files ---------------------------------------------------------------------


def test_a_missing_file_is_refused(english: Path) -> None:
    (english / "en" / "synonyms.tsv").unlink()
    refused(english, "model base: en/synonyms.tsv is missing; install the model again")


def test_a_file_that_the_card_does_not_list_is_never_opened(english: Path) -> None:
    change_card(english, lambda card: card["files"].pop("en/human.word.klm"))
    refused(english, f"{english / 'en'}: the card lists no file human.word.klm")


@pytest.mark.parametrize("name", ["en/synonyms.tsv", "en"])
def test_a_link_is_refused(english: Path, tmp_path: Path, name: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    os.rename(english / name, elsewhere)
    (english / name).symlink_to(elsewhere)
    # Of a linked folder it is the first file that is named.
    first = next(iter(open_model(english).card["files"]))
    shown = first if name == "en" else name
    refused(
        english,
        f"model base: {shown} must be a file of its own, got a link; "
        "install the model again",
    )


def test_a_model_may_lie_behind_a_link(english: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(english)
    (scored,) = mtcheck.score([TEXT], model=tmp_path / "link", language="en")
    assert scored.verdicts[0].label is not None


@pytest.mark.parametrize("name", ["human.word.klm", "style.word.npy", "tortured.tsv"])
def test_one_changed_byte_is_found(english: Path, name: str) -> None:
    path = english / "en" / name
    good, data = digits(path), bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.unlink()
    path.write_bytes(data)
    refused(
        english,
        f"model base: en/{name} is damaged (SHA-256 must be {good}…, "
        f"got {digits(path)}…); install the model again",
    )


# Files whose hash fits: somebody made them so ----------------------------------


def test_an_array_of_objects_is_refused_and_runs_nothing(
    english: Path, tmp_path: Path
) -> None:
    class Trap:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.mkdir, (str(tmp_path / "sprung"),)

    source = tmp_path / "trap.npy"
    np.save(source, np.array([Trap()], dtype=object), allow_pickle=True)
    path = put_file(english, "en/style.word.npy", source.read_bytes())
    with pytest.raises(ModelError) as caught:
        mtcheck.score([TEXT], model=english, language="en")
    start = f"{path}: not a plain numeric array ("
    assert str(caught.value).startswith(start)
    assert not (tmp_path / "sprung").exists()


def head(text: str) -> bytes:
    """Return the beginning of a file of an array that says this of it."""
    return b"\x93NUMPY\1\0" + len(text).to_bytes(2, "little") + text.encode()


@pytest.mark.parametrize(
    "data",
    [
        *(b"", b"hello", b"\x80\x04N."),
        *(head(""), head("{'shape': (1,"), head("{\n  a\n b"), head("-" * 9_000)),
        *(head("(" * 9_000), head("[" * 90 + "]" * 90), head("{'shape': 5}")),
    ],
    ids=lambda data: repr(data[:20]),
)
def test_an_array_that_is_none_is_refused(english: Path, data: bytes) -> None:
    path = put_file(english, "en/style.word.npy", data)
    start = re.escape(f"{path}: not a plain numeric array (")
    with pytest.raises(ModelError, match=rf"^{start}[^\n]+\)$"):
        open_model(english).resources("en").array("style.word", (2, 2))


@pytest.mark.parametrize("data", [b"", b"garbage " * 1000, bytes(4096)], ids=len)
def test_a_language_model_that_is_garbage_is_refused(
    english: Path, data: bytes
) -> None:
    path = put_file(english, "en/human.word.klm", data)
    start = re.escape(f"{path}: no language model as training writes them (it does not")
    with pytest.raises(ModelError, match=f"^{start}"):
        mtcheck.score([TEXT], model=english, language="en")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"gaze\tlook\n\nstroll\twalk\n", " line 2: a row must be a key and cells"),
        (b"gaze\tlook\nstroll\n", " line 2: a row must be a key and cells"),
        (b" \tlook\n", " line 1: a row must be a key and cells"),
        (
            b"\xff\n",
            ": the table cannot be read ('utf-8' codec can't decode byte 0xff in "
            "position 0: invalid start byte)",
        ),
    ],
    ids=["blank", "bare", "no-key", "latin"],
)
def test_a_table_that_is_none_is_refused(
    english: Path, data: bytes, message: str
) -> None:
    path = put_file(english, "en/synonyms.tsv", data)
    refused(english, f"{path}{message}")


def test_a_list_of_words_that_is_none_is_refused(english: Path) -> None:
    path = put_file(english, "en/common.txt", b"the\n\xff\n")
    refused(
        english,
        f"{path}: the words cannot be read ('utf-8' codec can't decode byte 0xff in "
        "position 4: invalid start byte)",
    )


def test_an_empty_table_has_no_rows(english: Path) -> None:
    put_file(english, "en/tortured.tsv", b"")
    assert open_model(english).resources("en").table("tortured") == {}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"{", "not readable as JSON (Expecting property name enclosed in double "),
        (b"[" * 100_000, "not readable as JSON (maximum recursion depth exceeded"),
        (b"[]", "the classifier's tables cannot be read (TypeError("),
        (b"{}", "the classifier's tables cannot be read (KeyError('features'))"),
    ],
    ids=["broken", "deep", "list", "empty"],
)
def test_a_classifier_that_is_none_is_refused(
    english: Path, data: bytes, message: str
) -> None:
    path = put_file(english, "en/classifier.full.json", data)
    with pytest.raises(ModelError, match=f"^{re.escape(f'{path}: {message}')}"):
        mtcheck.score([TEXT], model=english, language="en")


def change_classifier(folder: Path, change: Change) -> Path:
    """Change the full classifier of a copy, and its hash with it."""
    name = "en/classifier.full.json"
    raw = json.loads((folder / name).read_text(encoding="utf-8"))
    change(raw)
    return put_file(folder, name, json.dumps(raw).encode())


@pytest.mark.parametrize(
    ("context", "message"),
    [
        (None, "AttributeError(\"'NoneType' object has no attribute 'items'\")"),
        (
            {"share": "much"},
            "ValueError(\"could not convert string to float: 'much'\")",
        ),
    ],
    ids=["none", "words"],
)
def test_a_classifier_without_its_context_is_refused(
    english: Path, context: object, message: str
) -> None:
    path = change_classifier(english, lambda raw: raw.update(context=context))
    refused(english, f"{path}: the classifier's context cannot be read ({message})")


def test_a_classifier_of_other_features_is_refused(english: Path) -> None:
    change_classifier(english, lambda raw: raw["features"].reverse())
    refused(english, "model base: the features of en are not this version's")


def levels(card: Any) -> Any:
    """Return the thresholds of English, tier full."""
    return card["thresholds"]["en"]["full"]


@pytest.mark.parametrize(
    ("text", "level", "reading"),
    [
        (TEXT, "paragraph", "alone"),
        (TEXT, "document", "alone"),
        (f"{TEXT}\n\n{TEXT}", "paragraph", "together"),
        (f"{TEXT}\n\n{TEXT}", "document", "document"),
        (f"{TEXT}\n\nToo short.", "paragraph", "alone"),
        (f"{TEXT}\n\nToo short.", "document", "alone"),
    ],
)
def test_evidence_goes_by_how_a_text_was_read(
    english: Path, text: str, level: Any, reading: str
) -> None:
    def change(card: dict[str, Any]) -> None:
        for name, labels in levels(card).items():
            for rates in labels.values():
                rates.update(dict.fromkeys(rates, 0.0 if name == reading else 1.0))

    change_card(english, change)
    (found,) = mtcheck.score([text], model=english, language="en", level=level)
    judged = [verdict for verdict in found.verdicts if verdict.abstained is None]
    assert {verdict.evidence for verdict in judged} == {"strong"}


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda card: card["thresholds"].pop("en"), "KeyError('en')"),
        (lambda card: card["thresholds"]["en"].pop("full"), "KeyError('full')"),
        (lambda card: levels(card).pop("together"), "KeyError('together')"),
        (
            lambda card: levels(card)["alone"].pop("paraphrased"),
            "KeyError('paraphrased')",
        ),
        (
            lambda card: levels(card)["document"]["paraphrased"].pop("0.01"),
            "KeyError('0.01')",
        ),
        (
            lambda card: levels(card)["alone"]["paraphrased"].update({"0.01": "high"}),
            "ValueError(\"could not convert string to float: 'high'\")",
        ),
    ],
    ids=["language", "tier", "reading", "label", "rate", "words"],
)
def test_a_card_without_thresholds_is_refused(
    english: Path, change: Change, error: str
) -> None:
    change_card(english, change)
    refused(
        english,
        f"model base: the card's thresholds of en, tier full, cannot be read ({error})",
    )
