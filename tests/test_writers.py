"""Counting which people are taken for machines: groups, intervals, files of users."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from benchmarks import writers
from benchmarks.writers import People, alarms, assess, read_people
from mtcheck.benchmarking.data import Row
from mtcheck.errors import InputError
from mtcheck.models import DEFAULT, model_folders, open_model
from mtcheck.types import Label

needs_model = pytest.mark.skipif(
    DEFAULT not in model_folders(), reason="no model is installed"
)

N = 40
"""Texts a group: some more than the least that is shown."""


def row(number: int, **strata: str) -> Row:
    return Row(str(number), str(number), "Text.", Label.ORIGINAL, "en", strata)


def people(flagged: dict[str, int]) -> People:
    """Return groups of writers of whom so many are flagged, at every level."""
    rows = [row(number, writer=name) for name in flagged for number in range(N)]
    hits = np.concatenate([np.arange(N) < n for n in flagged.values()])
    every = dict.fromkeys(writers.ALARMS, hits)
    return People(rows, every, np.arange(len(rows)), 100, seed=7)


def test_alarms_add_up_from_strong_to_weak() -> None:
    model = open_model()
    levels = model.card["thresholds"]["en"]["full"]["alone"]["machine_mangled"]
    shares = [levels[rate] + 1e-6 for rate in ("0.001", "0.01", "0.05")] + [0.0]
    found = alarms(
        np.array([[1 - share, 0, share] for share in shares]), ["en"] * 4, model, "full"
    )
    assert found["strong"].tolist() == [True, False, False, False]
    assert found["moderate"].tolist() == [True, True, False, False]
    assert found["weak"].tolist() == [True, True, True, False]
    assert found["flagged"].tolist() == [share > 0.5 for share in shares]


def test_a_language_that_the_model_lacks_raises_no_alarm_of_evidence() -> None:
    found = alarms(np.array([[0.0, 0.0, 1.0]]), ["xx"], open_model(), "full")
    assert not found["weak"].any()


def test_groups_have_their_rates_and_the_ratio_to_others() -> None:
    found = assess(people({"learner": 8, "other": 4}), ("writer",))
    learner = found["by"]["writer"]["learner"]
    share, low, high = learner["strong"]
    assert (learner["n"], share) == (N, 0.2)
    assert low < 0.2 < high
    assert found["all"]["weak"][0] == pytest.approx(0.15)
    value, low, high = found["ratios"]["learner"]["moderate"]
    assert value == pytest.approx(2)
    assert low < 2 < high
    (target,) = found["targets"]
    assert (target["group"], target["most"], target["is_met"]) == (
        "learner",
        1.5,
        False,
    )


def test_translators_are_no_part_of_the_others() -> None:
    found = assess(people({"learner": 4, "other": 4, "translator": 40}), ("writer",))
    assert list(found["ratios"]) == ["learner"]
    assert found["ratios"]["learner"]["weak"][0] == pytest.approx(1)
    assert found["targets"][0]["is_met"]


def test_a_ratio_to_nobody_is_as_if_it_were_to_one() -> None:
    found = assess(people({"learner": 2, "other": 0}), ("writer",))
    assert found["ratios"]["learner"]["weak"][0] == pytest.approx(2)
    none = assess(people({"learner": 0, "other": 0}), ("writer",))
    assert none["ratios"]["learner"]["weak"] == (0, 0, 0)
    assert none["targets"][0]["is_met"]


def test_small_groups_and_fields_of_one_value_part_nothing() -> None:
    rows = [
        row(number, genre="news", source="a" if number else "b") for number in range(N)
    ]
    every = dict.fromkeys(writers.ALARMS, np.zeros(N, bool))
    few = People(rows, every, np.arange(N), 100, seed=7)
    assert few.groups("genre") == {}
    assert list(few.groups("source")) == ["a"]
    assert not math.isnan(few.rates(few.groups("source")["a"])["weak"][2])


# Files of users ----------------------------------------------------------------


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """Return a file with two groups of people, and what is not theirs."""
    records: list[dict[str, Any]] = []
    for number in range(2 * N):
        text = f"The keeper of lock {number} wrote down who came by at night."
        records.append(
            {"text": text, "label": "original", "lang": "en", "class": f"{number % 2}b"}
        )
    records.append({"text": "It was rewritten.", "label": "paraphrased", "lang": "en"})
    records.append({"text": "Nobody said by whom.", "lang": "en"})
    path = tmp_path / "mine.jsonl"
    path.write_text("\n".join(map(json.dumps, records)))
    return path


def run(*options: object) -> Result:
    return CliRunner().invoke(writers.main, [*map(str, options)])


@needs_model
def test_a_file_is_counted_by_its_groups_and_not_kept(mine: Path) -> None:
    folder = mine.parent / "out"
    options = ("--group-field", "class", "--tier", "fast", "--replicates", "100")
    done = run(mine, *options, "--output", folder)
    assert done.exit_code == 0, done.output
    assert "\n## By class\n" in done.output
    assert f"\n| 0b | {N} | " in done.output
    assert f"\n| 1b | {N} | " in done.output
    assert "2 other records are left out" in done.output
    assert "\n## How many times as often as the others\n" in done.output
    assert "|data:mine.jsonl@" in done.output
    assert str(mine.parent) not in done.output
    assert not folder.exists()


def test_a_field_that_no_record_has_is_named(mine: Path) -> None:
    done = run(mine, "--group-field", "author")
    assert done.exit_code == 1
    assert done.output == f"Error: {mine}: no text has the field 'author'\n"


def test_a_file_without_originals_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "made.jsonl"
    path.write_text('{"text": "It was rewritten.", "label": "paraphrased"}')
    with pytest.raises(InputError) as caught:
        read_people([str(path)], None)
    assert str(caught.value) == f"{path}: no text is labelled original"


def test_missing_data_are_named(tmp_path: Path) -> None:
    done = run("--data", tmp_path)
    assert done.exit_code == 1
    assert "dev.de.jsonl.xz: is missing; name the folder with --data" in done.output


def test_learners_stand_out_no_more_than_allowed_in_the_committed_results() -> None:
    path = Path(writers.__file__).parent / "results" / "writers.en.json"
    raw = json.loads(path.read_text("utf-8"))
    assert open_model().signature in raw["signature"]
    (target,) = raw["targets"]
    assert (target["group"], target["is_met"]) == ("learner", True)
    assert raw["ratios"]["learner"]["moderate"][0] <= 1.5
