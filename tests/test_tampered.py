"""A model folder made by an enemy: refused before any of it is run or mapped.

The card of such a folder fits its files: whoever made them made the hashes too.
"""

import hashlib
import io
import json
import math
import os
import re
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import BASE, put_model

import mtcheck
from mtcheck.cli import main
from mtcheck.errors import ModelError
from mtcheck.models import LARGEST_FILE, LARGEST_TEXT, open_model

TEXT = "The old ferry left the harbour at noon, and nobody looked up from the nets."
MAPS = Path("/proc/self/maps")

Tamper = Callable[[Path], object]

LM = "en/human.word.klm"
WORDS = "en/style.word.npy"
TABLES = "en/classifier.full.json"
N = 80_003
ORDER, KIND, COUNTS, N_WORDS = 0x58, 0x60, 0x6C, 0x90
BITS = N_WORDS + 8 + 8 * N + 1
UNIGRAMS = BITS - 1 + 8 + 4 * (2 * (2**8 + 2**8) + 2**8)
BIGRAMS = UNIGRAMS + 16 * (N + 2)
PAIRS = BIGRAMS + 8 * (1 + 47_729) + 7
"""Where the shipped model of four orders has these numbers."""


def change_card(change: Callable[[dict[str, Any]], object]) -> Tamper:
    def tamper(folder: Path) -> None:
        path = folder / "card.json"
        card = json.loads(path.read_text("utf-8"))
        change(card)
        path.write_text(json.dumps(card), "utf-8")

    return tamper


def put(name: str, data: bytes) -> Tamper:
    """Put a file into the folder, and its hash on the card."""

    def tamper(folder: Path) -> None:
        path = folder / name
        path.unlink()  # it is a link to the shipped one
        path.write_bytes(data)
        entry = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
        change_card(lambda card: card["files"].update({name: entry}))(folder)

    return tamper


def patch(form: str, *numbers: tuple[int, Any], name: str = LM) -> Tamper:
    """Put numbers into a file, each at a place."""

    def tamper(folder: Path) -> None:
        data = bytearray((BASE / name).read_bytes())
        for place, number in numbers:
            struct.pack_into(form, data, place, number)
        put(name, bytes(data))(folder)

    return tamper


def cut(name: str, size: int) -> Tamper:
    return lambda folder: put(name, (BASE / name).read_bytes()[:size])(folder)


def change_tables(change: Callable[[dict[str, Any]], object]) -> Tamper:
    def tamper(folder: Path) -> None:
        raw = json.loads((BASE / TABLES).read_text("utf-8"))
        change(raw)
        put(TABLES, json.dumps(raw).encode())(folder)

    return tamper


def array(values: Any, **options: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, values, **options)
    return file.getvalue()


def weights(value: float = 0.0, kind: str = "<f2", columns: int = 4) -> Any:
    found = np.zeros((1 << 18, columns), kind)
    found[7, 1] = value
    return found


def of_version_2(values: Any) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array(file, values, version=(2, 0))
    return file.getvalue()


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("arr_0.npy", array(weights()))
    return file.getvalue()


class Trap:
    """Makes a folder where it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, ("sprung",)


def grow(name: str, size: int) -> Tamper:
    """Let a file have a size that hardly takes room on the disk."""

    def tamper(folder: Path) -> None:
        path = folder / name
        path.unlink()
        with path.open("wb") as file:
            file.truncate(size)

    return tamper


def replace(name: str, make: Callable[[Path], object]) -> Tamper:
    """Put something else in a file's place; the card does not know of it."""

    def tamper(folder: Path) -> None:
        (folder / name).unlink()
        make(folder / name)

    return tamper


def link_card(folder: Path) -> None:
    (folder / "card.json").rename(folder / "elsewhere")
    (folder / "card.json").symlink_to(folder / "elsewhere")


def deep(n: int) -> Any:
    found: Any = 0
    for _ in range(n):
        found = [found]
    return found


@dataclass(frozen=True)
class Case:
    """What was done to which file, and what is said of it; ``…`` stands for anything.

    ``{folder}`` is the model folder.
    """

    what: str
    file: str
    tamper: Tamper
    said: str


CARD = "{folder}/card.json: "
NO_LM = (
    "{folder}/en/human.word.klm: no language model as training writes them (%s); "
    "install the model again, or refit with python -m training"
)
NO_ARRAY = "{folder}/en/style.word.npy: not a plain numeric array (%s)"
NO_TABLES = "{folder}/en/classifier.full.json: the classifier's %s"

CASES = (
    # The card
    Case(
        "a card that is a link",
        "card.json",
        link_card,
        f"{CARD}the card must be a file of its own, and no link; install the model "
        "again",
    ),
    Case(
        "a pipe for a card",
        "card.json",
        replace("card.json", os.mkfifo),
        "model must be an installed name or a model folder, got '{folder}'; "
        "installed: base",
    ),
    Case(
        "a name that steers a terminal",
        "card.json",
        change_card(lambda card: card.update(name="base\x1b[2J")),
        f"{CARD}name must be at most 200 printable characters, got 'base\\x1b[2J'",
    ),
    Case(
        "a signature of a megabyte",
        "card.json",
        change_card(lambda card: card.update(signature="x" * 10**6)),
        f"{CARD}signature must be at most 200 printable characters, got 'xxx…xxx'",
    ),
    Case(
        "half a surrogate pair on the card",
        "card.json",
        change_card(lambda card: card.update(version="\ud800")),
        f"{CARD}version must be at most 200 printable characters, got '\\ud800'",
    ),
    Case(
        "languages nested deeply",
        "card.json",
        change_card(lambda card: card.update(languages=[deep(500)])),
        f"{CARD}languages must be a list of codes, got [[[[[[[...]]]]]]]",
    ),
    Case(
        "a language of a path",
        "card.json",
        change_card(lambda card: card.update(languages=["en", "../../etc"])),
        f"{CARD}languages must be a list of codes, got ['en', '../../etc']",
    ),
    Case(
        "a file outside the folder",
        "card.json",
        change_card(lambda card: card["files"].update({"en/../../x": {}})),
        f"{CARD}en/../../x lies outside the model folder",
    ),
    Case(
        "a file of an absolute path",
        "card.json",
        change_card(lambda card: card["files"].update({"/etc/passwd": {}})),
        f"{CARD}/etc/passwd lies outside the model folder",
    ),
    Case(
        "a NUL in the name of a file",
        "card.json",
        change_card(lambda card: card["files"].update({"en/a\0b": {}})),
        f"{CARD}the name of a file must be plain, and in one folder at most, got "
        "'en/a\\x00b'",
    ),
    Case(
        "a file without a hash",
        "card.json",
        change_card(lambda card: card["files"].update({LM: {"bytes": 1}})),
        f"{CARD}{LM} has no SHA-256 of 64 digits",
    ),
    Case(
        "a number of bytes that is none",
        "card.json",
        change_card(lambda card: card["files"][LM].update(bytes=-1)),
        f"{CARD}{LM} has no number of bytes",
    ),
    Case(
        "thresholds that are no probabilities",
        "card.json",
        change_card(
            lambda card: card["thresholds"]["en"]["full"]["alone"][
                "paraphrased"
            ].update({"0.01": float("nan")})
        ),
        "model base: the card's thresholds of en, tier full, cannot be read "
        "(ValueError('a threshold must be from 0 to 1, got nan'))",
    ),
    # Files
    Case(
        "a file that is missing",
        LM,
        lambda folder: (folder / LM).unlink(),
        f"model base: {LM} is missing; install the model again",
    ),
    Case(
        "a link out of the folder",
        LM,
        replace(LM, lambda path: path.symlink_to(BASE / LM)),
        f"model base: {LM} must be a file of its own, got a link; install the model "
        "again",
    ),
    Case(
        "a pipe that nobody writes to",
        LM,
        replace(LM, os.mkfifo),
        f"model base: {LM} must be a file; install the model again",
    ),
    Case(
        "a folder for a file",
        LM,
        replace(LM, os.mkdir),
        f"model base: {LM} must be a file; install the model again",
    ),
    Case(
        "a device for a file",
        LM,
        replace(LM, lambda path: path.symlink_to("/dev/zero")),
        f"model base: {LM} must be a file; install the model again",
    ),
    Case(
        "another file under the same name",
        LM,
        replace(LM, lambda path: path.write_bytes(b"other")),
        f"model base: {LM} is damaged (must have 20,553,063 bytes, got 5); install "
        "the model again",
    ),
    Case(
        "a table of a gigabyte",
        "en/synonyms.tsv",
        grow("en/synonyms.tsv", 2**30),
        f"model base: en/synonyms.tsv must be at most {LARGEST_TEXT:,} bytes, got "
        f"{2**30:,}; install the model again",
    ),
    Case(
        "a language model of a terabyte",
        LM,
        grow(LM, 2**40),
        f"model base: {LM} must be at most {LARGEST_FILE:,} bytes, got {2**40:,}; "
        "install the model again",
    ),
    # Language models: with the first ones KenLM read beyond the end of the file
    Case(
        "a vocabulary that is longer than the file",
        LM,
        patch("<Q", (N_WORDS, 2**40)),
        NO_LM % "it must have under 80,003 words, got 1,099,511,627,776",
    ),
    Case(
        "a pointer of a word that leads out of the file",
        LM,
        patch("<Q", (UNIGRAMS + 16 * 7 + 8, 2**45)),
        NO_LM % "a pointer leads out of it",
    ),
    Case(
        "a pointer of the last word that leads out of the file",
        LM,
        patch("<Q", (UNIGRAMS + 16 * N + 8, 2**45)),
        NO_LM % "a pointer leads out of it",
    ),
    Case(
        "a pointer of a word pair that leads out of the file",
        LM,
        patch("<Q", ((BIGRAMS + 7) // 8 * 8 + 8, 2**45)),
        NO_LM % "a pointer leads out of it",
    ),
    Case(
        "a word pair with a word that is none",
        LM,
        patch("<I", (PAIRS, 2**32 - 1)),
        NO_LM % "an n-gram has a word that it does not know",
    ),
    Case(
        "a weight that is no number",
        LM,
        patch("<f", (UNIGRAMS + 16 * 7, float("nan"))),
        NO_LM % "a weight is no number up to 1000",
    ),
    Case(
        "weights of no bits",
        LM,
        patch("<B", (BITS, 0)),
        NO_LM % "its weights must have 1 to 25 bits, got [0, 8]",
    ),
    Case(
        "more n-grams than the file has room for",
        LM,
        patch("<Q", (COUNTS + 8, 2**62)),
        NO_LM % "it names more n-grams than it has room for",
    ),
    Case(
        "a few n-grams too many",
        LM,
        patch("<Q", (COUNTS + 8, 2 * 1_763_011)),
        NO_LM % "it must have 28,184,581 bytes, got 20,553,063",
    ),
    Case(
        "no words",
        LM,
        patch("<Q", (COUNTS, 0)),
        NO_LM % "it names more n-grams than it has room for",
    ),
    Case(
        "a language model that is cut off",
        LM,
        cut(LM, 10**7),
        NO_LM % "it must have 19,869,199 bytes, got 10,000,000",
    ),
    Case(
        "a language model that is cut off in its head",
        LM,
        cut(LM, 100),
        NO_LM % "unpack requires a buffer of 20 bytes",
    ),
    Case(
        "a language model that is cut off in its last word",
        LM,
        cut(LM, 20_553_060),
        NO_LM % "it must spell 80,003 words, got 80,002",
    ),
    Case(
        "a language model that spells no words",
        LM,
        patch("<?", (KIND + 4, False)),
        NO_LM % "its words are not spelled",
    ),
    Case(
        "a language model of text, which takes hours to read",
        LM,
        put(LM, b"\\data\\\nngram 1=4000000000\n"),
        NO_LM % "it does not begin like one",
    ),
    Case(
        "a language model of another kind",
        LM,
        patch("<I", (KIND, 0)),
        NO_LM % "its type must be 5 in version 1, got 0 in 1",
    ),
    Case(
        "a language model of 200 orders",
        LM,
        patch("<B", (ORDER, 200)),
        NO_LM % "its n-grams must have 2 to 6 words, got 200",
    ),
    # Arrays
    Case(
        "a pickle where an array belongs",
        WORDS,
        put(WORDS, array(np.array([Trap()], object), allow_pickle=True)),
        NO_ARRAY % "must hold floats by rows, got |O",
    ),
    Case(
        "a bare pickle",
        WORDS,
        put(WORDS, b"cos\nsystem\n(S'mkdir sprung'\ntR."),
        NO_ARRAY % "the magic string is not correct; …",
    ),
    Case(
        "an archive of arrays",
        WORDS,
        put(WORDS, zipped()),
        NO_ARRAY % "the magic string is not correct; …",
    ),
    Case(
        "an array of another format",
        WORDS,
        put(WORDS, of_version_2(weights())),
        NO_ARRAY % "must be of version 1.0, got (2, 0)",
    ),
    Case(
        "an array of another shape",
        WORDS,
        put(WORDS, array(weights(columns=5))),
        NO_ARRAY % "must have shape (262144, 4), got (262144, 5)",
    ),
    Case(
        "an array of words",
        WORDS,
        put(WORDS, array(np.zeros((1 << 18, 4), "S2"))),
        NO_ARRAY % "must hold floats by rows, got |S2",
    ),
    Case(
        "an array that is cut off",
        WORDS,
        cut(WORDS, 10**6),
        NO_ARRAY % "must have 2,097,280 bytes, got 1,000,000",
    ),
    Case(
        "a NaN among the weights",
        WORDS,
        put(WORDS, array(weights(np.nan))),
        NO_ARRAY % "a number is not finite",
    ),
    # Tables and classifiers
    Case(
        "a row of a megabyte",
        "en/synonyms.tsv",
        put("en/synonyms.tsv", b"gaze\t" + b"look\t" * 200_000 + b"see\n"),
        "{folder}/en/synonyms.tsv line 1: a row must be at most 10,000 characters, "
        "got 1,000,008",
    ),
    Case(
        "a phrase of one word",
        "en/tortured.tsv",
        put("en/tortured.tsv", b"profound\tdeep learning\n"),
        "{folder}/en/tortured.tsv: a phrase must have two words, got 'profound'",
    ),
    Case(
        "a classifier with NaN",
        TABLES,
        change_tables(lambda raw: raw["scores"][3][0].__setitem__(0, float("nan"))),
        NO_TABLES % "tables cannot be read (ValueError('a number must be at most "
        "1,000,000'))",
    ),
    Case(
        "a classifier with a number of 400 digits",
        TABLES,
        change_tables(lambda raw: raw["intercept"].__setitem__(0, 10**400)),
        NO_TABLES % "tables cannot be read (OverflowError('int too large to convert "
        "to float'))",
    ),
    Case(
        "edges in no order",
        TABLES,
        change_tables(
            lambda raw: [edges.reverse() for edges in raw["edges"] if len(edges) > 1]
        ),
        NO_TABLES % "tables do not fit each other",
    ),
    Case(
        "edges that are a table themselves",
        TABLES,
        change_tables(
            lambda raw: raw.update(edges=[[[1.0]] * len(e) for e in raw["edges"]])
        ),
        NO_TABLES % "tables do not fit each other",
    ),
    Case(
        "a power that no number bears",
        TABLES,
        change_tables(lambda raw: raw["context"].update(exponent=1e5)),
        NO_TABLES % "context cannot be read (ValueError('exponent must be at most "
        "10'))",
    ),
    Case(
        "a division by zero",
        TABLES,
        change_tables(lambda raw: raw["context"].update(unit=0)),
        NO_TABLES % "context cannot be read (ValueError('unit must be above 0, and "
        "share and words not below'))",
    ),
)


def told(folder: Path) -> str:
    """Return why a model is refused."""
    with pytest.raises(ModelError) as caught:
        mtcheck.score([TEXT], model=folder, language="en")
    return str(caught.value)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_a_tampered_model_is_refused(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = put_model(tmp_path / "model", "en")
    case.tamper(folder)
    known = case.said.replace("{folder}", str(folder)).split("…")
    assert re.fullmatch(".*".join(map(re.escape, known)), told(folder), re.DOTALL)
    assert not Path("sprung").exists()
    if MAPS.exists() and case.file.startswith("en/"):
        assert str(folder / case.file) not in MAPS.read_text()


def test_a_place_for_a_weight_may_be_empty(tmp_path: Path) -> None:
    folder = put_model(tmp_path / "model", "en")
    weights = [(BITS + 7 + 4 * place, -math.inf) for place in range(200)]
    patch("<f", *weights)(folder)
    (scored,) = mtcheck.score([TEXT], model=folder, language="en")
    shares = scored.verdicts[0].probabilities
    assert shares is not None
    assert math.isclose(sum(shares.values()), 1)


def test_there_are_twenty_kinds_at_least() -> None:
    assert len({case.what for case in CASES}) >= 20


def test_the_card_of_a_stranger_is_shown_without_what_steers_a_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = put_model(tmp_path / "model", "en")
    change_card(
        lambda card: card.update(data={"a\x1b[31m": ["\x1b]0;x\x07", deep(90)]})
    )(folder)
    assert main(["models", str(folder)]) == 0
    shown = capsys.readouterr().out
    assert "a␛[31m: ␛]0;x␇" in shown
    assert not {"\x1b", "\x07"} & {*shown}


def test_a_card_nested_deeply_is_shown_in_part(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = put_model(tmp_path / "model", "en")
    nested: Any = {}
    for _ in range(800):
        nested = {"a": nested}
    change_card(lambda card: card.update(data=nested))(folder)
    assert main(["models", str(folder)]) == 0
    assert "…" in capsys.readouterr().out


def test_a_language_that_mtcheck_has_no_words_for_is_refused(tmp_path: Path) -> None:
    folder = put_model(tmp_path / "model", "en")
    change_card(lambda card: card.update(languages=["en", "fr"]))(folder)
    message = (
        r"^model base: has a language 'fr', of which this mtcheck has no words; it "
        r"knows de, en$"
    )
    with pytest.raises(ModelError, match=message):
        open_model(folder).resources("fr")
