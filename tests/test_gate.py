"""Floors: a worse model is caught, a better one raises them, a word lowers them."""

import hashlib
import json
import lzma
import math
import re
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from conftest import BASE, put_model

from benchmarks import gate
from benchmarks.floors import (
    FLOORS,
    Floor,
    Floors,
    Gauge,
    read_floors,
    repinned,
    write_floors,
)
from mtcheck.errors import InputError
from mtcheck.models import open_model

F1 = Gauge("en.macro_f1", 0.664, 0.005, is_least=True)
ALARMS = Gauge("en.people.weak", 0.04, 0.005, is_least=False)
PINNED = Floors(
    "old", "base@1", {"dev.en": "1234"}, {it.name: it.floor() for it in (F1, ALARMS)}
)
NEW = Floors("new", "base@2", {"dev.en": "1234"})


def run(*options: object) -> Result:
    return CliRunner().invoke(gate.main, [*map(str, options)])


# Floors ------------------------------------------------------------------------


def test_a_floor_is_the_figure_less_its_tolerance() -> None:
    assert F1.floor() == Floor(0.664, 0.005, 0.659, is_least=True)
    assert ALARMS.floor() == Floor(0.04, 0.005, 0.045, is_least=False)


@pytest.mark.parametrize(
    ("gauge", "good", "bad"), [(F1, 0.6591, 0.6589), (ALARMS, 0.0449, 0.0451)]
)
def test_a_figure_holds_up_to_its_floor(gauge: Gauge, good: float, bad: float) -> None:
    floor = gauge.floor()
    assert floor.is_met(gauge.value)
    assert floor.is_met(good)
    assert not floor.is_met(bad)
    assert not floor.is_met(math.nan)


def test_a_better_figure_raises_its_floor() -> None:
    better = replace(F1, value=0.7), replace(ALARMS, value=0.01)
    found = repinned(PINNED, NEW, better, {})
    assert found.pinned == {it.name: it.floor() for it in better}
    assert (found.signature, found.model, found.lowered) == ("new", "base@2", ())


def test_a_floor_that_is_held_stays_where_it_is() -> None:
    worse = replace(F1, value=0.66), replace(ALARMS, value=0.044)
    assert repinned(PINNED, NEW, worse, {}).pinned == PINNED.pinned


def test_no_floor_is_lowered_or_dropped_without_a_word() -> None:
    with pytest.raises(InputError) as caught:
        repinned(PINNED, NEW, [replace(F1, value=0.6)], {})
    assert str(caught.value) == (
        "floors: would be lower: en.macro_f1 from 0.659 to 0.595; en.people.weak, "
        "which would be dropped; to allow it, name each with --accept-lower NAME and "
        "say why with --reason"
    )


def test_the_reason_for_a_lower_floor_is_kept(tmp_path: Path) -> None:
    accepted = dict.fromkeys(PINNED.pinned, "dev has a harder source now")
    found = repinned(PINNED, NEW, [replace(F1, value=0.6)], accepted)
    assert {item.name: (item.before, item.after) for item in found.lowered} == {
        "en.macro_f1": (0.659, 0.595),
        "en.people.weak": (0.045, None),
    }
    assert {item.reason for item in found.lowered} == {"dev has a harder source now"}
    write_floors(tmp_path / "floors.json", found)
    assert read_floors(tmp_path / "floors.json") == found
    # It stays when floors are pinned again.
    again = repinned(found, NEW, [replace(F1, value=0.7)], {})
    assert again.lowered == found.lowered


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"signature": 1, "pinned": {"a": 1}}']
)
def test_floors_that_cannot_be_read_are_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "floors.json"
    path.write_text(text)
    with pytest.raises(InputError, match=f"^{path}: no floors can be read "):
        read_floors(path)


def test_the_committed_floors_are_those_of_the_shipped_model() -> None:
    floors = read_floors(FLOORS)
    assert floors.model == open_model(BASE).signature
    assert f"model:{floors.model}|" in floors.signature
    parts = {name.split(".")[0] for name in floors.pinned}
    assert parts == {"de", "en", "speed"}
    for floor in floors.pinned.values():
        assert floor.is_met(floor.measured)
    assert floors.pinned["en.full.learners_to_people.moderate"].bound <= 1.5


# The gate ----------------------------------------------------------------------


def worsened(folder: Path) -> Path:
    """Put a German model into a folder whose classifier has lost half of its style.

    Its card has the hashes of what is there, so that nothing but the figures tells.
    """
    put_model(folder, "de")
    card = json.loads((folder / "card.json").read_text("utf-8"))
    for tier in ("fast", "full"):
        name = f"de/classifier.{tier}.json"
        raw = json.loads((folder / name).read_text("utf-8"))
        for feature, scores in zip(raw["features"], raw["scores"], strict=True):
            if feature.startswith("style.word"):
                scores[:] = [[0.0] * len(row) for row in scores]
        data = json.dumps(raw).encode()
        (folder / name).unlink()  # it is a link to the shipped one
        (folder / name).write_bytes(data)
        digest = hashlib.sha256(data).hexdigest()
        card["files"][name] = {"sha256": digest, "bytes": len(data)}
    hashes = "".join(entry["sha256"] for entry in card["files"].values())
    own = hashlib.sha256(hashes.encode()).hexdigest()[:8]
    card["signature"] = re.sub("@[0-9a-f]{8}", f"@{own}", card["signature"])
    (folder / "card.json").write_text(json.dumps(card), encoding="utf-8")
    return folder


def test_the_shipped_model_passes(shared: Path) -> None:
    done = run("--data", shared / "data", "--language", "de")
    assert done.exit_code == 0, done.output
    signature, *lines, last = done.output.splitlines()
    assert f"|model:{open_model(BASE).signature}|" in signature
    n_german = sum(name.startswith("de.") for name in read_floors(FLOORS).pinned)
    assert last == f"gate: {n_german} floors held, 0 missed"
    assert all(
        re.match(r"       de\.\S+: \d\.\d{4}, at (least|most) ", it) for it in lines
    )


def test_a_worsened_model_fails(shared: Path, tmp_path: Path) -> None:
    folder = worsened(tmp_path)
    done = run("--data", shared / "data", "--language", "de", "--model", folder)
    assert done.exit_code == 1, done.output
    assert "\nMISSED de.full.macro_f1: 0." in done.output
    assert "\nMISSED de.fast.macro_f1: 0." in done.output
    # The rules are as they were.
    assert "MISSED de.findings" not in done.output
    assert (
        f"The floors are of another model, {open_model(BASE).signature}" in done.output
    )


FIELDS = "genre system tier year license noncommercial".split()
KINDS = {
    "original": "human",
    "paraphrased": "spun",
    "machine_mangled": "machine_translation",
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder of thirty rows of our own in each language."""
    folder = tmp_path_factory.mktemp("data")
    (folder / "paragraphs").mkdir()
    for code in ("en", "de"):
        lines = []
        for at in range(30):
            label = [*KINDS][at % 3]
            values: dict[str, object] = dict.fromkeys(FIELDS, "")
            values |= {"id": f"row{at}", "doc_id": f"doc{at // 4}", "source": "made"}
            values |= {"label": label, "detail": KINDS[label], "lang": code}
            values["text"] = f"The keeper of lock {at} wrote down who came by at night."
            lines.append(json.dumps(values))
        path = folder / "paragraphs" / f"dev.{code}.jsonl.xz"
        path.write_bytes(lzma.compress("\n".join(lines).encode()))
    return folder


def test_floors_are_pinned_where_there_are_none(small: Path, tmp_path: Path) -> None:
    path = tmp_path / "floors.json"
    done = run("--data", small, "--floors", path, "--pin")
    assert done.exit_code == 0, done.output
    found = read_floors(path)
    assert {"en.full.macro_f1", "de.fast.people.weak", "speed.fast_of_kenlm"} < set(
        found.pinned
    )
    assert done.output.endswith(
        f"floors.json: {len(found.pinned)} floors\n{found.signature}\n"
    )
    # What is pinned and no longer measured is missed.
    gone = found.pinned["en.full.macro_f1"]
    write_floors(path, replace(found, pinned={**found.pinned, "en.gone": gone}))
    done = run("--data", small, "--floors", path, "--language", "en")
    assert done.exit_code == 1
    assert "\nMISSED en.gone: not measured\n" in done.output


def test_other_data_are_refused(small: Path) -> None:
    done = run("--data", small, "--language", "de")
    assert done.exit_code == 2
    assert re.fullmatch(
        r"gate: dev\.de: the floors were measured on other data \(63fcb812c1a1, this "
        r"is [0-9a-f]{12}\); get those, or measure the floors anew with --pin\n",
        done.output,
    )


def test_missing_data_are_named(tmp_path: Path) -> None:
    done = run("--data", tmp_path)
    assert done.exit_code == 2
    assert "dev.de.jsonl.xz: is missing; name the folder with --data" in done.output


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--pin", "--language", "de"), "--pin measures all; leave out --language"),
        (
            ("--pin", "--accept-lower", "a"),
            "--accept-lower needs --pin, and --reason to say why",
        ),
        (
            ("--accept-lower", "a", "--reason", "b"),
            "--accept-lower needs --pin, and --reason to say why",
        ),
    ],
)
def test_options_that_do_not_fit_are_refused(
    options: tuple[str, ...], message: str
) -> None:
    done = run(*options)
    assert done.exit_code == 2
    assert message in done.output
