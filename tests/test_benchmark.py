"""The command benchmark: data and models of all kinds, and reports made again."""

import csv
import hashlib
import json
import lzma
import random
import re
import shlex
import signal
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from string import ascii_lowercase
from typing import Any

import pytest

import mtcheck
from mtcheck.benchmarking.baselines import fit
from mtcheck.benchmarking.data import read_labelled
from mtcheck.cli import main
from mtcheck.models import model_folders
from mtcheck.types import LABELS

needs_model = pytest.mark.skipif(not model_folders(), reason="no model is installed")

HOSTILE = '</script><script>alert("x")</script> & a_b | $5 % {c} \\d'
FILES = ["report.html", "report.json", "report.md", "report.tex"]
OPENINGS = {
    "original": "We walked down to the quay before the others were awake",
    "paraphrased": "Our group strolled towards the wharf prior to the rousing of all",
    "machine_mangled": "We are gone to the quay before that the others was waked",
}


def rows(n: int = 90) -> list[dict[str, Any]]:
    """Return labelled texts of our own, two a document."""
    chance = random.Random(4)
    words = "rope boat net gull tide lamp mast rain stone rust bell".split()
    return [
        {
            "id": f"t{at}",
            "doc_id": f"d{at // 2}",
            "lang": "en",
            "label": (label := LABELS[at % 3].value),
            "detail": f"kind_{label}",
            "genre": "essay_learner" if at % 4 == 0 else "news",
            "text": f"{OPENINGS[label]}, and the {' '.join(chance.sample(words, 6))} "
            "was all that anybody saw of it.",
        }
        for at in range(n)
    ]


def write(path: Path, records: Sequence[dict[str, Any]]) -> Path:
    lines = "".join(json.dumps(record) + "\n" for record in records)
    path.write_text(lines, encoding="utf-8")
    return path


def guesses(seed: int = 1, **changes: Any) -> list[dict[str, Any]]:
    """Return predictions that are right more often than not."""
    chance = random.Random(seed)
    found = []
    for row in rows():
        weights = [chance.random() + (label == row["label"]) / 2 for label in LABELS]
        shares = {
            label.value: weight / sum(weights)
            for label, weight in zip(LABELS, weights, strict=True)
        }
        found.append({"id": row["id"], "probabilities": shares} | changes)
    return found


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with data and the predictions of two detectors."""
    write(tmp_path / "data.jsonl", rows())
    write(tmp_path / "one.jsonl", guesses(1))
    write(tmp_path / "two.jsonl", guesses(2))
    monkeypatch.chdir(tmp_path)
    return tmp_path


TWO = ["--predictions", "one=one.jsonl", "--predictions", "two=two.jsonl"]
FAST = ["--resamples", "100", "--least", "5", "--output", "out"]


def report(folder: Path, *arguments: str, status: int = 0) -> dict[str, Any]:
    """Run the command on the data of the folder and return the numbers."""
    assert main(["benchmark", "data.jsonl", *(arguments or TWO), *FAST]) == status
    found: dict[str, Any] = json.loads((folder / "out/report.json").read_text("utf-8"))
    return found


# Reports -----------------------------------------------------------------------


def test_a_report_has_four_files_and_one_signature(folder: Path) -> None:
    found = report(folder)
    assert sorted(path.name for path in (folder / "out").iterdir()) == FILES
    assert [model["name"] for model in found["models"]] == ["one", "two"]
    digest = hashlib.sha256((folder / "data.jsonl").read_bytes()).hexdigest()[:12]
    assert f"|data:data.jsonl@{digest}|n:90|seed:7|boot:100|" in found["signature"]
    for name in FILES[:3:2]:
        assert found["signature"] in (folder / "out" / name).read_text("utf-8")


def test_the_figures_are_those_counted_by_hand(folder: Path) -> None:
    given = [
        {"id": row["id"], "label": "original" if at < 45 else row["label"]}
        for at, row in enumerate(rows())
    ]
    write(folder / "labels.jsonl", given)
    (model,) = report(folder, "--predictions", "some=labels.jsonl")["models"]
    assert model["confusion"] == [[30, 0, 0], [15, 15, 0], [15, 0, 15]]
    figures = {name: one["value"] for name, one in model["figures"].items()}
    assert figures["accuracy"] == pytest.approx(60 / 90)
    assert figures["recall.paraphrased"] == 0.5
    assert figures["auc.paraphrased"] == 0.75
    assert figures["macro_f1"] == pytest.approx((2 / 3 + 2 / 3 + 60 / 90) / 3)
    assert "calibration_error" not in figures  # a label is no probability
    assert model["reliability"] is None


def test_strata_are_those_of_the_fields(folder: Path) -> None:
    found = report(folder)["strata"]
    names = {(one["field"], one["value"]) for one in found}
    assert {("genre", "news"), ("writer", "learner"), ("writer", "other")} <= names
    assert {one["field"] for one in found} == {"detail", "genre", "writer"}
    made = next(one for one in found if one["value"] == "kind_paraphrased")
    assert made["n"] == made["labels"]["paraphrased"] == 30
    assert made["originals"] == "all"
    assert "auc.paraphrased" in made["models"]["one"]
    assert "macro_f1" not in made["models"]["one"]


def test_strata_of_few_texts_have_counts_only(folder: Path) -> None:
    arguments = ["benchmark", "data.jsonl", *TWO, "--resamples", "100"]
    assert main([*arguments, "--least", "80", "--output", "out"]) == 0
    found = json.loads((folder / "out/report.json").read_text("utf-8"))["strata"]
    assert {one["value"]: one["models"]["one"] for one in found}["news"] == {}


def test_two_names_for_one_detector_do_not_differ(folder: Path) -> None:
    same = ["--predictions", "a=one.jsonl", "--predictions", "b=one.jsonl"]
    for one in report(folder, *same)["comparisons"]:
        assert one["difference"] == one["low"] == one["high"]
        assert one["difference"] in (0, None)  # 30 originals have no hundredth
        assert one["bootstrap_p"] in (1, None)
        assert one.get("randomisation_p", 1) == 1


def test_the_order_of_records_changes_no_figure(folder: Path) -> None:
    one = report(folder)
    shuffled = rows()
    random.Random(3).shuffle(shuffled)
    write(folder / "data.jsonl", shuffled)
    assert main(["benchmark", "data.jsonl", *TWO, *FAST[:-1], "other"]) == 0
    other = json.loads((folder / "other/report.json").read_text("utf-8"))
    for left, right in zip(one["models"], other["models"], strict=True):
        assert left["figures"].keys() == right["figures"].keys()
        for name, figure in left["figures"].items():
            assert figure == pytest.approx(right["figures"][name])


@pytest.mark.parametrize("label", LABELS)
def test_texts_of_one_label_have_no_curves(label: str, folder: Path) -> None:
    write(folder / "data.jsonl", [row for row in rows() if row["label"] == label])
    found = report(folder)
    assert found["n"] == 30
    figures = found["models"][0]["figures"]
    assert figures["macro_f1"]["value"] == figures[f"f1.{label}"]["value"]
    assert figures["auc.paraphrased"]["value"] is None
    page = (folder / "out/report.html").read_text("utf-8")
    assert "Found at few false alarms" not in page


def test_texts_are_quoted_only_when_asked_for(folder: Path) -> None:
    report(folder)
    for name in FILES:
        assert "the quay" not in (folder / "out" / name).read_text("utf-8")
    assert main(["benchmark", "data.jsonl", *TWO, *FAST, "--errors", "2"]) == 0
    page = (folder / "out/report.html").read_text("utf-8")
    assert "<details><summary>one: the 2 surest wrong labels</summary>" in page
    assert "the quay" in page


class Page(HTMLParser):
    """What a browser would read of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.setdefault(self.tags[-1][0] if self.tags else "", []).append(data)


def test_the_page_asks_for_nothing_and_shows_hostile_words_as_words(
    folder: Path,
) -> None:
    hostile = [
        row | {"genre": HOSTILE, "text": HOSTILE + row["text"]} for row in rows()
    ]
    for row in hostile[::2]:
        row["genre"] = "news"
    write(folder / "data.jsonl", hostile)
    name = HOSTILE.replace("=", "")
    arguments = ["--predictions", f"{name}=one.jsonl", *TWO[2:], "--errors", "3"]
    report(folder, *arguments)
    html = (folder / "out/report.html").read_text("utf-8")
    page = Page(html)
    assert [tag for tag, _ in page.tags].count("script") == 1
    for tag, attributes in page.tags:
        assert tag not in ("img", "link", "iframe", "form", "input", "base")
        assert not any(key.startswith("on") or key == "style" for key in attributes)
        for key in ("src", "href"):
            assert (attributes.get(key) or "#").startswith("#")
    (policy,) = [
        str(attributes["content"])
        for tag, attributes in page.tags
        if attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy.startswith("default-src 'none'; ")
    for tag in ("style", "script"):
        (inside,) = re.findall(f"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        digest = b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    for tag, attributes in page.tags:
        assert tag != "svg" or attributes["aria-label"]
    assert "a\\_b" in (folder / "out/report.tex").read_text("utf-8")
    table = (folder / "out/report.md").read_text("utf-8").split("## Models")[1]
    for line in table.split("\n\n")[1].splitlines():
        assert len(re.findall(r"(?<!\\)\|", line)) == 9  # eight columns


# Repetition --------------------------------------------------------------------


def test_a_report_is_verified(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report(folder)
    capsys.readouterr()
    assert main(["benchmark", "--verify", "out"]) == 0
    assert capsys.readouterr().err == "mtcheck: out: the same figures\n"


def test_a_figure_that_differs_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = report(folder)
    found["models"][1]["figures"]["accuracy"]["value"] = 0.99
    found["models"][0]["seconds"] = 12.0  # times are not compared
    (folder / "out/report.json").write_text(json.dumps(found), encoding="utf-8")
    capsys.readouterr()
    assert main(["benchmark", "--verify", "out"]) == 1
    shown = capsys.readouterr().err
    assert "models[two].figures.accuracy.value: was 0.99, is " in shown
    assert shown.endswith("out: 1 difference\n")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda out: write(Path("data.jsonl"), rows(60)), "data:data.jsonl@"),
        (lambda out: Path("data.jsonl").unlink(), "data.jsonl: does not exist"),
        (lambda out: (out / "report.json").unlink(), "cannot be read"),
        (lambda out: (out / "report.json").write_text("[]"), "has no signature"),
        (
            lambda out: (out / "report.json").write_text('{"signature": "x"}'),
            "has no settings",
        ),
    ],
    ids=["other data", "no data", "no report", "no object", "no plan"],
)
def test_what_cannot_be_done_again_ends_with_2(
    change: Any, message: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report(folder)
    change(folder / "out")
    assert main(["benchmark", "--verify", "out"]) == 2
    assert message in capsys.readouterr().err


def test_a_report_of_another_benchmark_is_kept(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report(folder)
    report(folder)  # the same takes its place
    before = (folder / "out/report.json").read_bytes()
    assert main(["benchmark", "data.jsonl", *TWO[:2], *FAST]) == 2
    assert "holds the report of another benchmark" in capsys.readouterr().err
    assert (folder / "out/report.json").read_bytes() == before
    (folder / "full").mkdir()
    (folder / "full/notes.txt").write_text("mine")
    assert main(["benchmark", "data.jsonl", *TWO, *FAST[:-1], "full"]) == 2
    assert "holds other files" in capsys.readouterr().err
    assert main(["benchmark", "data.jsonl", *TWO, *FAST[:-1], "one.jsonl"]) == 2
    assert "output must be a folder" in capsys.readouterr().err
    assert main(["benchmark", "data.jsonl", *TWO, *FAST[:-1], "/dev/null/a"]) == 2
    assert "/dev/null/a" in capsys.readouterr().err


# Data --------------------------------------------------------------------------


def test_tables_of_all_kinds_give_the_same_figures(folder: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    parquet.write_table(pa.Table.from_pylist(rows()), folder / "data.parquet")
    with (folder / "data.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows()[0].keys())
        writer.writeheader()
        writer.writerows(rows())
    with lzma.open(folder / "packed.jsonl.xz", "wb") as packed:
        packed.write((folder / "data.jsonl").read_bytes())
    expected = report(folder)["models"][0]["figures"]
    for name in ("data.parquet", "data.csv", "packed.jsonl.xz"):
        place = f"from_{name}"
        assert main(["benchmark", name, *TWO, *FAST[:-1], place]) == 0
        found = json.loads((folder / place / "report.json").read_text("utf-8"))
        assert found["models"][0]["figures"] == expected


def test_records_of_no_use_are_counted_and_broken_ones_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    extra = [
        {"text": "No label here."},
        {"text": "Another label.", "label": "spam"},
        {"label": "original", "text": "  "},
    ]
    write(folder / "more.jsonl", extra)
    with (folder / "data.jsonl").open("a", encoding="utf-8") as file:
        file.write((folder / "more.jsonl").read_text("utf-8") + "{broken\n[1]\n")
    found = report(folder, status=1)
    assert found["n"] == 90
    assert sorted(found["skipped"].values()) == [1, 1, 1]
    assert [place.split(":")[0] for place in found["lost"]] == [
        "data.jsonl line 94",
        "data.jsonl line 95",
    ]
    shown = capsys.readouterr().err
    assert "mtcheck: 1 left out: no label\n" in shown
    assert "data.jsonl line 94: is not JSON in UTF-8" in shown


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.jsonl", b"", "no labelled text (no record)"),
        ("binary.jsonl", bytes(range(256)), "is not JSON in UTF-8"),
        ("plain.jsonl", b'{"text": "a"}\n', "no labelled text (1 records: no label)"),
        ("bad.csv", b"text,label\n\xff\xfe,original\n", "cannot be read from here on"),
        ("wide.csv", b"text,label\na,original,b\n", "more fields than the header"),
        ("no.parquet", b"PAR1", "cannot be read from here on"),
        ("cut.jsonl.xz", lzma.compress(b"{}\n" * 999)[:50], "damaged or cut off"),
        ("text.txt", b"A text.", "must be a table of labelled texts"),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value[:14] else "",
)
def test_data_that_are_none_end_with_2(
    name: str,
    content: bytes,
    message: str,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (folder / name).write_bytes(content)
    assert main(["benchmark", name, *TWO, *FAST]) == 2
    assert message in capsys.readouterr().err
    assert not (folder / "out").exists()


# Detectors of others -----------------------------------------------------------

ANSWER = """
import json, sys
for line in sys.stdin:
    text = json.loads(line)["text"]
    label = "paraphrased" if "wharf" in text else "original"
    print(json.dumps({"label": label}))
"""


def program(folder: Path, code: str) -> str:
    """Return a ``--command`` that runs a Python program."""
    (folder / "detect.py").write_text(code, encoding="utf-8")
    return f"mine={shlex.join([sys.executable, str(folder / 'detect.py')])}"


def test_a_command_takes_part(folder: Path) -> None:
    (model,) = report(folder, "--command", program(folder, ANSWER))["models"]
    assert model["confusion"] == [[30, 0, 0], [0, 30, 0], [30, 0, 0]]
    assert model["seconds"] > 0


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("import sys; sys.exit('no weights')", "ended with status 1: no weights"),
        ("print('{}')", "answered 1 of 90 texts"),
        ("print('hello')", "line 1: must be one JSON object"),
        ('print(\'{"label": "spam"}\')', "label must be one of original"),
        ("import time; time.sleep(60)", "took over 1 seconds"),
    ],
    ids=["status", "too few", "no JSON", "label", "time"],
)
def test_a_command_that_fails_is_left_out_and_named(
    code: str, message: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [*TWO, "--command", program(folder, code), "--time-limit", "1"]
    found = report(folder, *given, status=1)
    assert [model["name"] for model in found["models"]] == ["one", "two"]
    assert message in found["failed"]["mine"]
    assert message in capsys.readouterr().err
    assert main(["benchmark", "data.jsonl", *given[4:], *FAST[:-1], "b"]) == 2
    assert "no model could be measured" in capsys.readouterr().err


def test_what_has_no_prediction_counts_as_an_abstention(folder: Path) -> None:
    given = guesses()[:80]
    given[0]["probabilities"] = None
    write(folder / "one.jsonl", given)
    (model,) = report(folder, *TWO[:2])["models"]
    assert model["n_abstained"] == 11
    assert sum(map(sum, model["confusion"])) == 90


@pytest.mark.parametrize(
    ("records", "message"),
    [
        ([{"label": "original"}], "a prediction needs the 'id' of its text"),
        ([{"id": "t1"}, {"id": "t1"}], "the id 't1' stands twice"),
        ([{"id": "x", "label": "original"}], "has no id of the texts, such as 't0'"),
        ([{"id": "t1", "label": "spam"}], "label must be one of original"),
        (guesses(probabilities={"original": 1}), "must be numbers of original"),
        (
            guesses(probabilities=dict.fromkeys(LABELS, 0.5)),
            "must be at least 0 and sum to 1, got 1.5",
        ),
        (
            guesses(probabilities=dict.fromkeys(LABELS, float("nan"))),
            "must be at least 0 and sum to 1, got nan",
        ),
    ],
    ids=["no id", "twice", "others", "label", "missing", "sum", "nan"],
)
def test_predictions_that_do_not_fit_end_with_2(
    records: Any, message: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder / "one.jsonl", records)
    assert main(["benchmark", "data.jsonl", *TWO, *FAST]) == 2
    assert message in capsys.readouterr().err


# Usage -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Give DATA and --output, or --verify."),
        (["data.jsonl", *TWO], "Give DATA and --output, or --verify."),
        (["data.jsonl", "--verify", "out"], "--verify takes all it needs"),
        (["data.jsonl", *FAST], "benchmark needs a model"),
        (["data.jsonl", "--predictions", "one", *FAST], "must be --predictions NAME="),
        (["data.jsonl", *TWO[:2], *TWO[:2], *FAST], "model 'one' is named twice"),
        (["data.jsonl", "--model", "nowhere", *FAST], "model must be an installed"),
        (["data.jsonl", "--model", "tfidf", *FAST], "with --train FILE"),
        (["data.jsonl", *TWO, *FAST, "--resamples", "1"], "must be at least 100, got"),
        (["none.jsonl", *TWO, *FAST], "none.jsonl: does not exist"),
        (
            ["data.jsonl", *TWO, "--train", "data.jsonl", *FAST],
            "45 documents are among those measured on, such as 'd0'",
        ),
    ],
    ids=lambda value: " ".join(value[:3]) if isinstance(value, list) else "",
)
def test_bad_usage_ends_with_2(
    arguments: list[str],
    message: str,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["benchmark", *arguments]) == 2
    assert message in capsys.readouterr().err


@needs_model
def test_a_run_that_is_told_to_stop_does_so_at_once(folder: Path) -> None:
    write(folder / "data.jsonl", rows() * 400)
    code = "import sys; from mtcheck.cli import main; sys.exit(main(sys.argv[1:]))"
    arguments = ["benchmark", "data.jsonl", "--model", "base", *FAST]
    run = subprocess.Popen([sys.executable, "-c", code, *arguments])
    time.sleep(4)
    run.terminate()
    assert run.wait(timeout=20) == 128 + signal.SIGTERM
    assert not (folder / "out").exists()


@needs_model
def test_a_training_file_that_cannot_be_fitted_to_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one_label = [row | {"doc_id": "x"} for row in rows() if row["label"] == "original"]
    write(folder / "train.jsonl", one_label)
    given = [*TWO, "--model", "phrases", "--train", "train.jsonl"]
    found = report(folder, *given, status=1)
    assert "needs training texts of two labels" in found["failed"]["phrases"]


def test_python_returns_and_writes_the_report_of_the_command(folder: Path) -> None:
    found = report(folder)
    given: dict[str, str | Path] = {"one": "one.jsonl", "two": folder / "two.jsonl"}
    again = mtcheck.benchmark(
        "data.jsonl", predictions=given, output="again", resamples=100, least=5
    )
    for part in ("signature", "models", "strata", "comparisons"):
        assert again[part] == found[part]
    written = json.loads((folder / "again/report.json").read_text("utf-8"))
    assert written == again
    data = [Path("data.jsonl")]
    once_more = mtcheck.benchmark(data, predictions=given, resamples=100, least=5)
    assert once_more == again


def test_python_raises_what_the_command_tells() -> None:
    with pytest.raises(mtcheck.ConfigError, match="benchmark needs a model"):
        mtcheck.benchmark("data.jsonl")
    given = {"one": "one.jsonl"}
    with pytest.raises(mtcheck.ConfigError, match="attack needs a model"):
        mtcheck.benchmark("data.jsonl", predictions=given, attacks=["capitals"])


@needs_model
def test_tfidf_learns_from_words_that_are_rare_each(folder: Path) -> None:
    """In such data each weight alone changes little, and the fit must go on."""
    chance = random.Random(5)
    spelled = ("".join(chance.choices(ascii_lowercase, k=8)) for _ in range(4000))
    words = {word: LABELS[at % 2 * 2] for at, word in enumerate(spelled)}
    for name in ("train", "held"):
        records = [
            {"text": f"the {word} of {name}", "label": label, "lang": "en"}
            for word, label in words.items()
        ]
        write(folder / f"{name}.jsonl", records)
    train, held = (
        read_labelled([str(folder / f"{name}.jsonl")]) for name in ("train", "held")
    )
    said = fit("tfidf", train.rows).shares(held.rows).argmax(axis=1)
    assert (said == held.truth).mean() > 0.8


@needs_model
def test_models_and_baselines_take_part(folder: Path) -> None:
    training = [row | {"doc_id": f"train {at}"} for at, row in enumerate(rows())]
    write(folder / "train.jsonl", training)
    names = ["base", "base:fast", "perplexity", "readability", "tfidf", "phrases"]
    given = [part for name in names for part in ("--model", name)]
    found = report(folder, *given, "--train", "train.jsonl")
    models = {model["name"]: model for model in found["models"]}
    assert list(models) == names
    assert models["tfidf"]["figures"]["macro_f1"]["value"] == 1
    for name in ("base", "perplexity"):
        assert models[name]["peak_memory_mib"] > 10
    assert models["tfidf"]["fit_seconds"] > 0
    assert models["base"]["fit_seconds"] is None


@needs_model
def test_the_worst_errors_of_a_model_have_reasons(folder: Path) -> None:
    labels = [label.value for label in LABELS]
    turned = [row | {"label": labels[labels.index(row["label"]) - 1]} for row in rows()]
    write(folder / "data.jsonl", turned)
    (model,) = report(folder, "--model", "base", "--errors", "1")["models"]
    assert model["errors"][0]["reasons"]
