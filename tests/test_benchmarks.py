"""The benchmarks: figures with known answers, and commands that run end to end."""

import json
import lzma
import math
import subprocess
import sys
import venv
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import numpy as np
import pytest
from click.testing import CliRunner

from benchmarks import costs, figures, quality, record, scaling, speed, tools
from benchmarks.tools import TOOLS
from mtcheck import score
from mtcheck.benchmarking import figures as measures
from mtcheck.models import DEFAULT, model_folders
from mtcheck.types import LABELS, Label
from training.damage import WINDOW_WORDS
from training.data import Row

needs_model = pytest.mark.skipif(
    DEFAULT not in model_folders(), reason="no model is installed"
)

SENTENCES = (
    "The ferry leaves the harbour at nine and comes back before the tide turns.",
    "My aunt kept her recipes in a tin that had once held tea from Ceylon.",
    "Nobody had told the new clerk which of the keys was for the cellar door.",
    "The orchard was sold in spring, but the old press stayed in the barn.",
    "Rain came in from the hills, and the match was put off until Sunday.",
)
FIELDS = "genre system tier year license noncommercial".split()


def row(
    label: str, detail: str, doc_id: str, tier: str = "", source: str = "made"
) -> Row:
    return Row("Text.", "en", Label(label), source, detail, doc_id, tier, "CC0")


ROWS = [
    row("original", "human", "a"),
    row("original", "human", "b"),
    row("original", "human_translation", "c"),
    row("paraphrased", "spun", "a"),
    row("machine_mangled", "machine_translation", "c", tier="weak"),
    row("machine_mangled", "machine_translation", "c", tier="weak"),
]
SHARES = np.array(
    [
        [0.8, 0.1, 0.1],
        [0.4, 0.5, 0.1],
        [0.2, 0.2, 0.6],
        [0.2, 0.7, 0.1],
        [0.6, 0.1, 0.3],
        [0.1, 0.1, 0.8],
    ]
)


def test_figures_of_six_texts_are_those_counted_by_hand() -> None:
    found = figures.figures(figures.Sample.of(ROWS, SHARES))
    # F1: original 1 of 3 wrong twice (2·1/(3+2)), paraphrased 2/(1+2), mangled 2/(2+2).
    assert found["macro_f1"] == pytest.approx((2 / 5 + 2 / 3 + 2 / 4) / 3)
    assert found["accuracy"] == pytest.approx(3 / 6)
    assert found["false_flags_on_human"] == pytest.approx(1 / 2)
    assert found["human_translation_called_mangled"] == 1
    assert found["paraphrased.auc"] == 1
    assert found["machine_mangled.auc"] == 1
    # The translation, at 0.6, is above one of the two mangled texts.
    assert found["machine_mangled.auc_all_originals"] == pytest.approx(5 / 6)
    assert found["paraphrased.recall_at_0.01"] == 1
    # Right: 0.8 twice and 0.7. Wrong: 0.6 twice and 0.5.
    assert found["ece"] == pytest.approx((2 * 0.2 + 0.3 + 2 * 0.6 + 0.5) / 6)


def test_what_cannot_be_measured_is_nan() -> None:
    found = figures.figures(figures.Sample.of(ROWS[3:4], SHARES[3:4]))
    assert math.isnan(found["false_flags_on_human"])
    assert math.isnan(found["machine_mangled.auc"])
    assert math.isnan(found["paraphrased.recall_at_0.05"])
    drawn = figures.intervals(figures.Sample.of(ROWS[3:4], SHARES[3:4]), 2, seed=1)
    assert all(map(math.isnan, drawn["machine_mangled.auc"]))


def test_nan_is_null_in_json(tmp_path: Path) -> None:
    record.write(tmp_path, "some", ["# Some"], {"here": [math.nan, 0.5]})
    text = (tmp_path / "some.json").read_text("utf-8")
    assert json.loads(text) == {"here": [None, 0.5]}


def test_ties_count_half() -> None:
    same = np.array([0.5, 0.5])
    assert measures.area(same, same) == 0.5


def test_recall_counts_what_is_above_the_human_quantile() -> None:
    human = np.linspace(0, 1, 101)
    assert figures.recalls(np.array([0.995, 0.97, 0.5]), human) == [
        pytest.approx(1 / 3),
        pytest.approx(2 / 3),
    ]


def test_confidence_that_holds_what_it_says_has_no_calibration_error() -> None:
    confidence = np.full(10, 0.8)
    right = np.arange(10) < 8
    assert measures.calibration_error(confidence, right) == pytest.approx(0)
    assert measures.calibration_error(confidence, ~right) == pytest.approx(0.6)


def test_intervals_draw_documents_and_hold_the_figure() -> None:
    sample = figures.Sample.of(ROWS * 20, np.tile(SHARES, (20, 1)))
    found = figures.figures(sample)
    drawn = figures.intervals(sample, 50, seed=1)
    assert drawn == figures.intervals(sample, 50, seed=1)
    low, high = drawn["accuracy"]
    # Three documents hold everything: whole documents come and go.
    assert low <= found["accuracy"] <= high
    assert high - low > 0.2


def test_one_document_leaves_nothing_to_vary() -> None:
    sample = figures.Sample.of([row("original", "human", "a")] * 4, SHARES[:4])
    assert figures.intervals(sample, 5, seed=1)["accuracy"] == (0.25, 0.25)


def test_strata_hold_each_label_apart() -> None:
    sample = figures.Sample.of(ROWS, SHARES)
    keys = [(item.detail, item.tier or "-") for item in ROWS]
    found = dict(figures.strata(sample, keys))
    assert list(found) == [
        ("machine_mangled", "machine_translation", "weak"),
        ("original", "human", "-"),
        ("original", "human_translation", "-"),
        ("paraphrased", "spun", "-"),
    ]
    mangled = found["machine_mangled", "machine_translation", "weak"]
    assert (mangled["n"], mangled["recall"], mangled["flagged"]) == (2, 0.5, 0.5)
    assert mangled["auc"] == 1
    assert found["original", "human", "-"] == {"n": 2, "recall": 0.5, "flagged": 0.5}


def test_documents_are_pooled_from_two_texts_on() -> None:
    found = figures.documents(ROWS, figures.Sample.of(ROWS, SHARES))
    # Only the mangled text of document c has two; together they are mangled.
    assert found == {"n": 1, "macro_f1": 1.0}
    alone = figures.documents(ROWS[:1], figures.Sample.of(ROWS[:1], SHARES[:1]))
    assert alone["n"] == 0
    assert math.isnan(alone["macro_f1"])


def test_learners_stand_apart() -> None:
    learner = row("original", "human", "z", source="fce_learner")
    shares = np.vstack([SHARES, [[0.1, 0.1, 0.8]]])
    found = quality.assess([*ROWS, learner], shares, 2, seed=1)
    assert found["n"] == 6
    assert found["figures"] == figures.figures(figures.Sample.of(ROWS, SHARES))
    assert found["learners"] == {
        "n": 1,
        "flagged": 1.0,
        "paraphrased.flagged_at_0.01": 0.0,
        "machine_mangled.flagged_at_0.01": 1.0,
    }


def test_windows_are_short_runs_of_words_of_long_paragraphs() -> None:
    text = " ".join(f"w{at}" for at in range(60))
    long = replace(row("original", "human", "a"), text=text)
    learner = replace(long, source="fce_learner")
    found = quality.windows([long, ROWS[0], learner, long], seed=3)
    assert len(found) == 2
    for cut in found:
        assert cut.text in text
        assert WINDOW_WORDS[0] <= len(cut.text.split()) <= WINDOW_WORDS[1]
    assert quality.windows([long, long], seed=3) == found


def test_windows_are_parted_by_what_they_are_and_their_words() -> None:
    lengths = (8, 13, 14, 35)
    rows = [
        replace(row("original", "human", "a"), text=" ".join(["word"] * n))
        for n in lengths
    ]
    rows.append(replace(row("paraphrased", "spun", "a"), text=rows[0].text))
    shares = np.eye(3)[[0, 2, 1, 0, 1]]
    cells = ("group", "words", "n", *map(str, LABELS))
    assert [[item[key] for key in cells] for item in quality.called(rows, shares)] == [
        ["human", [8, 13], 2, 0.5, 0.0, 0.5],
        ["human", [14, 19], 1, 0.0, 1.0, 0.0],
        ["human", [28, 35], 1, 1.0, 0.0, 0.0],
        ["paraphrased", [8, 13], 1, 0.0, 1.0, 0.0],
    ]


def test_a_language_without_a_baseline_has_none() -> None:
    assert quality.baseline("xx") == {}
    assert quality.baseline("en")["machine_mangled.recall_at_0.05"] == 0.273


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Parts of fifty rows of our own, no two alike, in the form of the data folder."""
    folder = tmp_path_factory.mktemp("data")
    (folder / "paragraphs").mkdir()
    details = ("human", "spun", "machine_translation")
    for part in ("dev.en", "dev.de", "train.en", "train.de"):
        lines = []
        for at in range(50):
            kind = at % len(LABELS)
            values: dict[str, object] = dict.fromkeys(FIELDS, "")
            values |= {"id": f"row{at}", "doc_id": f"doc{at // 2}", "source": "made"}
            values |= {"label": LABELS[kind], "detail": details[kind]}
            said = [SENTENCES[(at + n) % 5] for n in range(1 + at % 4)]
            values["text"] = " ".join([*said, f"That was number {at} of {part}."])
            lines.append(json.dumps(values))
        path = folder / "paragraphs" / f"{part}.jsonl.xz"
        path.write_bytes(lzma.compress("\n".join(lines).encode()))
    return folder


@pytest.fixture(scope="module")
def bare_python(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return an interpreter that has no package installed."""
    folder = tmp_path_factory.mktemp("bare")
    venv.create(folder)
    return str(folder / "bin" / "python")


@needs_model
def test_speed_runs_end_to_end(
    data: Path, bare_python: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")  # neither Java nor a compiler
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.delenv("KENLM_BIN", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    options = ["--passes", "2", "--peer-python", bare_python]
    arguments = ["--data", str(data), "--output", str(tmp_path), *options]
    done = CliRunner().invoke(speed.main, arguments)
    assert done.exit_code == 0, done.output
    raw = json.loads((tmp_path / "speed.json").read_text("utf-8"))
    assert (raw["n"], raw["n_warm"]) == (22, 5)
    missing = raw["missing"]
    assert missing.pop("datatrove") == "No module named 'datatrove'"
    assert missing.pop("KenLM query").startswith("KenLM's query is missing; to build")
    # Where language-tool-python is not installed, that is what is missing.
    assert set(missing) == {"LanguageTool"}
    assert set(raw["tools"]) == {
        "mtcheck fast",
        "mtcheck full",
        "KenLM full_scores",
        "KenLM score",
        "textstat",
        "TF-IDF",
    }
    for passes in raw["tools"].values():
        assert [times["n_done"] for times in passes] == [22, 22]
    assert ["is_met" in target for target in raw["targets"]] == [True, False, False]
    text = (tmp_path / "speed.md").read_text("utf-8")
    assert "Missing: datatrove: No module named 'datatrove'." in text
    assert "| mtcheck full / datatrove | ≥ 3 | - | - | not measured |" in text
    assert raw["signature"] in text
    assert str(Path.home()) not in text + json.dumps(raw)


@needs_model
def test_speed_takes_as_many_rows_as_it_is_asked_for(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        speed, "TOOLS", {name: TOOLS[name] for name in ("KenLM score", "datatrove")}
    )
    lines, raw = speed.run(data, 10, 1, DEFAULT, str(tmp_path / "no-such-python"))
    assert raw["n"] == 10
    assert raw["missing"] == {
        "datatrove": "its Python cannot be started (No such file or directory)"
    }
    assert "1 passes of 10 paragraphs of dev.en" in "\n".join(lines)


def test_no_text_is_in_two_passes_or_in_the_warm_up() -> None:
    texts = [str(number % 90) for number in range(100)]
    found = speed.Slices.of(texts, 0, 4)
    every = [*found.warm, *[text for each in found.passes for text in each]]
    assert len(found.warm) == 9
    assert [len(each) for each in found.passes] == [20] * 4
    assert len(set(every)) == len(every)
    # From one end to the other in each pass, since the file is ordered by source.
    assert all(int(each[0]) < 9 and int(each[-1]) > 80 for each in found.passes)


def test_what_there_is_caps_the_rows_of_a_pass() -> None:
    texts = [str(number) for number in range(100)]
    assert [len(it) for it in speed.Slices.of(texts, 10, 3).passes] == [10] * 3
    assert [len(it) for it in speed.Slices.of(texts, 50, 3).passes] == [30] * 3


def test_ratios_are_of_what_was_done_in_the_same_pass() -> None:
    def runner(name: str, seconds: list[float], n_done: int) -> speed.Runner:
        passes: list[dict[str, Any]] = [
            {"n_done": n_done, "seconds": each, "cpu_seconds": None} for each in seconds
        ]
        process = subprocess.Popen([sys.executable, "-V"], text=True)
        process.wait()
        return speed.Runner(name, process, {}, passes)

    # The machine is slow in the second pass, for both.
    own = runner("mtcheck fast", [1.0, 4.0, 1.0], 100)
    peer = runner("datatrove", [1.0, 4.0, 2.0], 10)
    assert own.rates() == [100, 25, 100]
    assert own.rates("cpu_seconds") == []
    found = {(it["tool"], it["peer"]): it for it in speed.judge([own, peer])}
    target = found["mtcheck fast", "datatrove"]
    assert (target["ratio"], target["is_met"]) == (10, True)
    assert "cpu_ratio" not in target
    assert "| 10.00 | - | pass |" in "\n".join(speed.target_lines([target]))


def test_a_process_is_timed_by_the_lines_it_answers() -> None:
    code = "import sys; sys.stdout.writelines(sys.stdin)"
    times = tools.process_times([sys.executable, "-c", code], ["a", "b c", "d"])
    assert times.n_done == 3
    assert times.seconds > 0
    with pytest.raises(subprocess.CalledProcessError):
        tools.process_times([sys.executable, "-c", "exit(1)"], [])


def test_the_classifier_on_ngrams_says_what_it_lacks(tmp_path: Path) -> None:
    setting = tools.Setting(DEFAULT, str(tmp_path))
    with pytest.raises(tools.MissingError) as caught:
        TOOLS["TF-IDF"].load(setting)
    message = "train.en.jsonl.xz, which it learns from, is missing"
    assert str(caught.value) == message


@needs_model
def test_costs_run_end_to_end(data: Path, tmp_path: Path) -> None:
    arguments = ["--data", str(data), "--output", str(tmp_path), "--rows", "18"]
    done = CliRunner().invoke(costs.main, arguments)
    assert done.exit_code == 0, done.output
    raw = json.loads((tmp_path / "costs.json").read_text("utf-8"))
    assert set(raw["languages"]) == {"de", "en"}
    found = raw["languages"]["en"]
    assert found["n"] == 18
    fast, full = found["costs"]["fast"], found["costs"]["full"]
    assert set(costs.STAGES) <= set(fast) < set(full)
    assert "features.synonyms" in full
    assert all(cost > 0 for cost in full.values())
    text = (tmp_path / "costs.md").read_text("utf-8")
    assert "18 paragraphs of dev.en a tier" in text
    assert raw["signature"] in text


def test_costs_are_sorted_and_add_up() -> None:
    found = costs.cost_table(
        {
            "fast": {"rules": 30.0, "tokens": 10.0},
            "full": {"rules": 30.0, "tokens": 10.0, "features.synonyms": 60.0},
        }
    )
    assert [line.split(":")[0] for line in found[2:5]] == [
        "| `features.synonyms`",
        "| `rules`",
        "| `tokens`",
    ]
    assert found[2].endswith("| - | - | 60 | 60 % |")
    assert found[3].endswith("| 30 | 75 % | 30 | 30 % |")
    assert found[5] == "| all | 40 | 25,000 a second | 100 | 10,000 a second |"


@needs_model
def test_scaling_runs_end_to_end(data: Path, tmp_path: Path) -> None:
    options = ["--sizes", "60,120", "--turns", "1", "--turn-size", "60"]
    arguments = ["--data", str(data), "--output", str(tmp_path), *options]
    done = CliRunner().invoke(scaling.main, arguments)
    assert done.exit_code == 0, done.output
    raw = json.loads((tmp_path / "scaling.json").read_text("utf-8"))
    assert [item["size"] for item in raw["sizes"]] == [60, 120]
    assert [item["jobs"] for item in raw["turns"][0]] == [1, 2]
    assert [len(item["workers"]) for item in raw["turns"][0]] == [0, 2]
    assert all(item["main"] > 1e7 for item in raw["sizes"])
    assert len(raw["targets"]) == 4
    assert raw["signature"] in (tmp_path / "scaling.md").read_text("utf-8")


def test_speed_names_what_is_missing(tmp_path: Path) -> None:
    arguments = ["--data", str(tmp_path), "--output", str(tmp_path)]
    done = CliRunner().invoke(speed.main, arguments)
    assert done.exit_code == 1
    assert "dev.en.jsonl.xz: is missing; name the folder with --data" in done.output


def test_a_tool_that_ends_early_is_named() -> None:
    runner = speed.Runner.start("no such tool", sys.executable)
    message = r"^no such tool: ended early; see above$"
    with pytest.raises(click.ClickException, match=message):
        runner.ask({})
    runner.stop()


@needs_model
def test_start_up_is_measured_beside_scikit_learn(tmp_path: Path) -> None:
    arguments = ["--start", "--passes", "1", "--output", str(tmp_path)]
    done = CliRunner().invoke(speed.main, arguments)
    assert done.exit_code == 0, done.output
    raw = json.loads((tmp_path / "start.json").read_text("utf-8"))
    assert {"mtcheck --help", "mtcheck score FILE", "import sklearn"} <= set(
        raw["seconds"]
    )
    assert [item["command"] for item in raw["targets"]] == [
        "mtcheck --help",
        "mtcheck score FILE",
    ]


@needs_model
def test_documents_are_read_as_documents() -> None:
    text = "The old ferry left the harbour at noon, and nobody looked up from the nets."
    human = replace(row("original", "human", "a"), text=text)
    learner = replace(row("original", "human", "b", source="fce_learner"), text=text)
    alone = replace(row("paraphrased", "spun", "c"), text=text)
    found = quality.in_documents(
        [human, learner, human, alone, learner], "base", "fast"
    )
    assert [[item[key] for key in ("level", "group", "n")] for item in found] == [
        ["paragraph", "human", 2],
        ["paragraph", "learners", 2],
        ["document", "human", 1],
        ["document", "learners", 1],
    ]
    for item in found:
        assert sum(item[str(label)] for label in LABELS) == 1
        assert 0 <= item["strong"] <= item["moderate"] <= item["weak"] <= 1
    whole = f"{text}\n\n{text}"
    (scored,) = score([whole], language="en", tier="fast", level="document")
    assert found[2][str(scored.verdicts[0].label)] == 1


@needs_model
def test_quality_runs_end_to_end(data: Path, tmp_path: Path) -> None:
    options = ["--tier", "fast", "--replicates", "3"]
    arguments = ["--data", str(data), "--output", str(tmp_path), *options]
    done = CliRunner().invoke(quality.main, arguments)
    assert done.exit_code == 0, done.output
    raw = json.loads((tmp_path / "quality.en.fast.json").read_text("utf-8"))
    assert (raw["n"], raw["n_documents"], raw["n_abstained"]) == (50, 25, 0)
    assert set(raw["intervals"]) == set(raw["figures"])
    assert sum(item["n"] for item in raw["by_detail"]) == 50
    assert raw["signature"] in done.output
    assert "| macro-F1 |" in done.output
    assert "## Short text" in done.output
    assert "## In documents" not in done.output  # each has one paragraph


def test_quality_names_what_is_missing(tmp_path: Path) -> None:
    arguments = ["--data", str(tmp_path), "--language", "de"]
    done = CliRunner().invoke(quality.main, arguments)
    assert done.exit_code == 1
    assert "dev.de.jsonl.xz: is missing; name the folder with --data" in done.output


def test_the_committed_results_carry_their_signature() -> None:
    for path in sorted(record.RESULTS.glob("*.json")):
        signature = json.loads(path.read_text("utf-8"))["signature"]
        assert f"`{signature}`" in path.with_suffix(".md").read_text("utf-8"), path
