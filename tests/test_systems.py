"""Systems that produce texts: figures on the same documents, ranks, tests, scores."""

import json
import lzma
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from conftest import lacking
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from benchmarks import systems
from mtcheck.benchmarking.figures import Array
from mtcheck.benchmarking.significance import shuffled_p
from mtcheck.benchmarking.systems.apart import apart
from mtcheck.benchmarking.systems.artefacts import OF_VERDICTS, Artefacts
from mtcheck.benchmarking.systems.contest import contests_of
from mtcheck.benchmarking.systems.correlation import of_systems, of_texts
from mtcheck.benchmarking.systems.measured import measure, ranks_of
from mtcheck.benchmarking.systems.paired import Sums
from mtcheck.benchmarking.systems.plan import SystemsPlan
from mtcheck.benchmarking.systems.scores import correlations
from mtcheck.benchmarking.systems.texts import Score, Text, read_systems
from mtcheck.cli import main
from mtcheck.models import model_folders


def sums(rows: Sequence[tuple[int, int, float]]) -> Sums:
    """Return the sums of texts, each a document, a system and a count."""
    document, system, counts = (np.array(each) for each in zip(*rows, strict=True))
    units = np.ones(len(rows))
    return Sums.of(counts[:, np.newaxis], units, document, system)


def drawn_rows(seed: int, n: int = 60) -> list[tuple[int, int, float]]:
    """Return texts of four systems and twelve documents, not all with all."""
    chance = np.random.default_rng(seed)
    return [
        (int(chance.integers(12)), int(chance.integers(4)), float(chance.normal()))
        for _ in range(n)
    ]


# The same documents ------------------------------------------------------------


def test_a_system_with_hard_documents_only_is_not_blamed_for_them() -> None:
    # Both fail in document 1; the first system has an easy one besides.
    found = sums([(0, 0, 0.0), (1, 0, 1.0), (1, 1, 1.0)])
    draws = np.ones((1, 2))
    assert found.rates(draws)[0, :, 0].tolist() == [0.5, 1.0]
    one, other = found.adjusted(draws)[0, :, 0]
    assert one == pytest.approx(other)
    assert found.beside(np.array([0]), draws)[0, 1, 0] == pytest.approx(0)


def test_with_all_documents_the_rates_stay_as_they_are() -> None:
    chance = np.random.default_rng(1)
    found = Sums(chance.random((6, 3, 2)), np.ones((6, 3)))
    draws = np.ones((1, 6))
    np.testing.assert_allclose(found.adjusted(draws), found.rates(draws))


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 1000))
def test_rates_on_the_same_documents_are_those_of_least_squares(seed: int) -> None:
    rows = drawn_rows(seed)
    document, system, values = (np.array(each) for each in zip(*rows, strict=True))
    columns = np.hstack([np.eye(4)[system], np.eye(12)[document]])
    solved = np.linalg.lstsq(columns, values, rcond=None)[0]
    adjusted = sums(rows).adjusted(np.ones((1, document.max() + 1)))[0, :, 0]
    np.testing.assert_allclose(np.diff(adjusted), np.diff(solved[:4]), atol=1e-9)
    assert adjusted[system].mean() == pytest.approx(values.mean())


def test_a_resample_is_the_documents_repeated() -> None:
    rows = drawn_rows(3, 90)
    draws = np.random.default_rng(1).integers(0, 4, (1, 12)).astype(float)
    repeated = [
        (document * 4 + copy, system, value)
        for document, system, value in rows
        for copy in range(int(draws[0, document]))
    ]
    again, opponents = sums(repeated), np.array([1, 2])
    once = np.ones((1, len(again.units)))
    for name in ("rates", "adjusted"):
        np.testing.assert_allclose(
            getattr(sums(rows), name)(draws), getattr(again, name)(once)
        )
    np.testing.assert_allclose(
        sums(rows).beside(opponents, draws), again.beside(opponents, once)
    )


def test_systems_without_a_common_document_are_not_compared() -> None:
    found = sums([(0, 0, 1.0), (0, 1, 0.0), (1, 0, 1.0), (2, 2, 0.5)])
    draws = np.ones((1, 3))
    assert np.isnan(found.adjusted(draws)[0, :, 0]).tolist() == [False, False, True]
    beside = found.beside(np.arange(3), draws)[0, :, 0]
    assert np.isnan(beside).tolist() == [False, False, True]
    assert beside[:2].tolist() == [1, -1]
    # Not all draws tie what the data tie.
    assert np.isnan(found.adjusted(np.array([[0.0, 1, 1]]))).all()
    assert np.isnan(found.adjusted(np.array([[0.0, 0, 3]]))).all()


def test_where_no_text_was_judged_there_is_no_rate() -> None:
    none = Sums(np.zeros((2, 3, 1)), np.zeros((2, 3)))
    for name in ("rates", "adjusted"):
        assert np.isnan(getattr(none, name)(np.ones((4, 2)))).all()
    assert np.isnan(none.traded(np.arange(3), 2, 7)).all()


def test_a_system_alone_has_its_own_rate() -> None:
    found = sums([(0, 0, 1.0), (1, 0, 0.0)]).adjusted(np.ones((1, 2)))
    assert found[0, 0, 0] == 0.5


def test_the_p_value_of_traded_documents_is_that_of_scipy() -> None:
    chance = np.random.default_rng(4)
    one, other = chance.normal(0.8, 1, 9), chance.normal(0, 1, 9)
    rows = [
        (at, system, float(values[at]))
        for at in range(9)
        for system, values in enumerate((one, other))
    ]
    found = sums(rows)
    observed = found.beside(np.array([1]), np.ones((1, 9)))[:, 0, 0]
    assert observed[0] == pytest.approx((one - other).mean())
    traded = found.traded(np.array([1]), 4000, 7)[:, 0, 0]
    told = stats.permutation_test(
        (one, other),
        lambda left, right: (left - right).mean(),
        permutation_type="samples",
        n_resamples=np.inf,
    ).pvalue
    ours = shuffled_p(np.concatenate([observed, traded]))
    assert ours == pytest.approx(told, abs=0.02)


def test_trades_keep_all_texts_and_documents() -> None:
    found = sums(drawn_rows(2))
    dealt = found._drawn_by_lot(np.random.default_rng(1))
    np.testing.assert_allclose(dealt.counts.sum(axis=1), found.counts.sum(axis=1))
    assert ((dealt.units > 0) == (found.units > 0)).all()
    assert (np.sort(dealt.units, axis=1) == np.sort(found.units, axis=1)).all()
    assert (dealt.counts != found.counts).any()


# Correlations ------------------------------------------------------------------


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 1000), st.integers(3, 12))
def test_coefficients_of_systems_are_those_of_scipy(seed: int, n: int) -> None:
    chance = np.random.default_rng(seed)
    one, other = np.round(chance.random((2, n)), 1)  # one digit gives ties
    one[0], one[1], other[0], other[2] = 0, 1, 0, 1  # neither is constant
    found = of_systems([(one[np.newaxis], other[np.newaxis])])
    assert found["pearson"][0] == pytest.approx(stats.pearsonr(one, other)[0])
    assert found["spearman"][0] == pytest.approx(stats.spearmanr(one, other)[0])
    assert found["kendall"][0] == pytest.approx(stats.kendalltau(one, other)[0])


def test_pairs_of_different_contests_are_not_compared() -> None:
    # Each contest agrees in itself; the second scores all its systems lower.
    one = np.array([[0.1, 0.2, 0.3]]), np.array([[1.0, 2, 3]])
    other = np.array([[0.5, 0.6, 0.7]]), np.array([[-3.0, -2, -1]])
    for value in of_systems([one, other]).values():
        assert value[0] == pytest.approx(1)
    mixed = of_systems([one, (other[0], -other[1])])
    assert mixed["kendall"][0] == 0


def test_what_does_not_vary_has_no_correlation() -> None:
    # Sums of floats: the three are equal but for their last digits.
    same = np.array([[0.3, 0.1 + 0.2, 0.3]])
    for value in of_systems([(same, np.array([[1.0, 2, 3]]))]).values():
        assert np.isnan(value[0])


def test_coefficients_of_texts_are_those_of_scipy_on_repeated_texts() -> None:
    chance = np.random.default_rng(6)
    one, other = np.round(chance.random((2, 40)), 1)
    weights = chance.integers(0, 3, (40, 2)).astype(float)
    found = of_texts([(one, other, weights)])
    for resample in range(2):
        rows = np.repeat(np.arange(40), weights[:, resample].astype(int))
        told = stats.pearsonr(one[rows], other[rows])[0]
        assert found["pearson"][resample] == pytest.approx(told)
        told = stats.spearmanr(one[rows], other[rows])[0]
        assert found["spearman"][resample] == pytest.approx(told)


def test_what_parts_systems_is_no_correlation_of_their_texts() -> None:
    chance = np.random.default_rng(7)
    groups = []
    for level in (0.0, 10.0):  # the better system has fewer artefacts
        own = chance.permutation(50).astype(float)
        groups.append((own + level, own - level, np.ones((50, 1))))
    found = of_texts(groups)
    assert found["pearson"][0] == pytest.approx(1)
    assert found["spearman"][0] == pytest.approx(1)


# Ranks and tests of a contest --------------------------------------------------


def text(at: int, system: str, **changes: Any) -> Text:
    values: dict[str, Any] = {
        "document": f"d{at:02}",
        "text": f"{system} {at}",
        "language": "en",
        "system": system,
        "contest": "made en",
        "direction": "fr-en",
        "is_persons": system.startswith("ref"),
        "score": None,
        "unused": "",
    }
    return Text(**(values | changes))


def artefacts(made: Array) -> Artefacts:
    counts = np.zeros((len(made), len(OF_VERDICTS) + 1))
    counts[:, 0] = made
    ones = np.ones(len(made))
    return Artefacts((*OF_VERDICTS, "findings"), counts, ones, ones * 100)


def contest(seed: int = 1) -> tuple[list[Text], Array]:
    """Return texts of four systems, and how much each looks made."""
    chance = np.random.default_rng(seed)
    level = {"ref-A": 0.1, "fine": 0.4, "same": 0.4, "odd": 0.8}
    rows = [text(at, one) for at in range(20) for one in level]
    return rows, np.array([level[row.system] + chance.normal(0, 0.05) for row in rows])


def test_ranks_say_who_is_least_like_made_text_and_how_surely() -> None:
    rows, made = contest()
    (one,) = contests_of(rows, 10)
    ranks = ranks_of(measure(one, artefacts(made), 7, 200))
    found = dict(zip(one.systems, ranks[0].tolist(), strict=True))
    assert found["ref-A"] == 1
    assert found["odd"] == 4
    low, high = np.quantile(ranks[:, one.systems.index("same")], [0.025, 0.975])
    assert (low, high) == (2, 3)  # not told from "fine"
    assert (ranks.sum(axis=1) == 1 + 2 + 3 + 4).all()


def test_equal_systems_share_their_ranks() -> None:
    rows, _ = contest()
    (one,) = contests_of(rows, 10)
    ranks = ranks_of(measure(one, artefacts(np.full(len(rows), 0.3)), 7, 100))
    assert (ranks == 2.5).all()


@settings(deadline=None, max_examples=5)
@given(st.integers(0, 1000))
def test_the_order_of_texts_changes_no_rank_and_no_test(seed: int) -> None:
    rows, made = contest()
    order = np.random.default_rng(seed).permutation(len(rows))
    plan = SystemsPlan(("data.jsonl",), resamples=100, least=10)
    found = []
    for chosen in (np.arange(len(rows)), order):
        shuffled, values = [rows[at] for at in chosen], artefacts(made[chosen])
        (one,) = contests_of(shuffled, 10)
        ranks = ranks_of(measure(one, values, 7, 100))
        found.append((ranks.tolist(), [*apart(one, values, plan)]))
    assert found[0] == found[1]


def test_the_odd_system_is_set_apart_and_the_others_are_not() -> None:
    rows, made = contest()
    (one,) = contests_of(rows, 10)
    plan = SystemsPlan(("data.jsonl",), resamples=200, least=10)
    tests = [*apart(one, artefacts(made), plan)]
    assert {test["artefact"] for test in tests} == {"made"}  # nothing else is found
    p_values = {(test["system"], test["against"]): test["p_holm"] for test in tests}
    assert p_values["odd", "machines"] < 0.05
    assert p_values["odd", "people"] < 0.05
    assert p_values["ref-A", "machines"] < 0.05
    assert ("ref-A", "people") not in p_values
    by = {(test["system"], test["against"]): test["difference"] for test in tests}
    own = made.reshape(20, 4)
    expected = own[:, 3].mean() - own[:, 1:3].mean()
    assert by["odd", "machines"]["value"] == pytest.approx(expected)
    assert by["odd", "machines"]["low"] > 0


def test_systems_that_do_not_differ_are_seldom_set_apart() -> None:
    n_apart = 0
    for seed in range(20):
        rows = [text(at, one) for at in range(15) for one in "abcd"]
        made = np.random.default_rng(seed).random(len(rows))
        (one,) = contests_of(rows, 10)
        plan = SystemsPlan(("data.jsonl",), resamples=100, least=10, seed=seed)
        tests = [*apart(one, artefacts(made), plan)]
        n_apart += any(test["p_holm"] < 0.05 for test in tests)
    assert n_apart <= 4  # one in twenty contests


def test_scores_and_artefacts_of_systems_correlate_as_scipy_says() -> None:
    level = {"a": (0.2, 3.0), "b": (0.3, 5.0), "c": (0.5, 4.0), "odd": (0.9, -9.0)}
    chance = np.random.default_rng(2)
    rows, made = [], []
    for at in range(12):
        for system, (share, score) in level.items():
            given = Score("MQM", score + chance.normal())
            rows.append(text(at, system, score=given))
            made.append(share + chance.normal(0, 0.01))
        rows.append(text(at, "ref-A", score=Score("MQM", 100.0)))  # people stay out
        made.append(0.0)
    (one,) = contests_of(rows, 10)
    plan = SystemsPlan(("data.jsonl",), resamples=100, least=10)
    found = artefacts(np.array(made))
    systems, texts = correlations(one, found, rows, plan)
    assert (systems["n_systems"], systems["n_texts"]) == (4, 48)
    shares = np.array(made).reshape(12, 5)[:, :4]
    scores = np.array([row.score.value if row.score else 0 for row in rows])
    scores = scores.reshape(12, 5)[:, :4]
    for name, correlate in (
        ("pearson", stats.pearsonr),
        ("spearman", stats.spearmanr),
        ("kendall", stats.kendalltau),
    ):
        value = systems["artefacts"]["made"][name]
        means = shares.mean(axis=0), scores.mean(axis=0)
        assert value["value"] == pytest.approx(correlate(*means)[0])
        left_out = [
            correlate(*(np.delete(each, at) for each in means))[0] for at in range(4)
        ]
        assert value["least"] == pytest.approx(min(left_out))
        assert value["most"] == pytest.approx(max(left_out))
    assert systems["artefacts"]["flagged"]["pearson"]["value"] is None  # none was
    within = [each - each.mean(axis=0) for each in (shares, scores)]
    told = stats.pearsonr(*(each.ravel() for each in within))[0]
    value = texts["artefacts"]["made"]["pearson"]["value"]
    assert value == pytest.approx(told)


def test_scores_of_different_directions_are_not_compared() -> None:
    rows, made = [], []
    # In both directions the best has least; all of zh-en are scored higher, and worse.
    for at in range(10):
        for direction, more in (("fr-en", 0.0), ("zh-en", 5.0)):
            for system, score in (("a", 1.0), ("b", 2.0), ("c", 3.0)):
                rows.append(
                    text(
                        at,
                        system,
                        document=f"{direction} {at}",
                        direction=direction,
                        score=Score("DA", score + more),
                    )
                )
                made.append(0.4 - score / 10 + more / 10)
    (one,) = contests_of(rows, 10)
    plan = SystemsPlan(("data.jsonl",), resamples=100, least=10)
    found = [*correlations(one, artefacts(np.array(made)), rows, plan)]
    assert [line["direction"] for line in found] == ["fr-en", "zh-en", None]
    for line in found:
        for value in line["artefacts"]["made"].values():
            assert value["value"] == pytest.approx(-1)
    assert found[-1]["n_systems"] == 6


# Records -----------------------------------------------------------------------


def write(path: Path, records: Sequence[dict[str, Any]]) -> str:
    lines = "".join(json.dumps(record) + "\n" for record in records)
    path.write_text(lines, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("fields", "is_persons"),
    [
        ({"system": "ref-A"}, True),
        ({"system": "refB"}, True),
        ({"system": "Human-P.0"}, True),
        ({"system": "Reformer"}, False),
        ({"system": "Humanoid"}, False),
        ({"system": "Online-A"}, False),
        ({"system": "Online-A", "label": "original"}, True),
        ({"system": "ref-A", "label": "machine_mangled"}, False),
        ({"system": "x", "label": "paraphrased", "detail": "human_paraphrase"}, True),
    ],
    ids=lambda value: " ".join(value.values()) if isinstance(value, dict) else "",
)
def test_people_are_told_by_label_or_name(
    fields: dict[str, str], is_persons: bool, tmp_path: Path
) -> None:
    data = write(tmp_path / "data.jsonl", [{"text": "A text."} | fields])
    assert read_systems([data]).rows[0].is_persons == is_persons


@pytest.mark.parametrize(
    ("quality", "kind", "score", "unused"),
    [
        (1.5, "system_DA_z (human)", 1.5, ""),
        ("70", None, 70, ""),
        (2.5, "mqm_penalty_per_segment (lower=better)", -2.5, ""),
        (3, "human error count", -3, ""),
        (0.2, "HTER", -0.2, ""),
        (70, "DA (higher=better)", 70, ""),
        (90, "MQM, 100 less the penalty (higher is better)", 90, ""),
        (3, "places (lower is better)", -3, ""),
        (4, "adequacy of the other", 4, ""),
        (0.8, "system_COMET (automatic)", None, "system_COMET (automatic)"),
        (2, "AutoRank", None, "AutoRank"),
        (None, "system_DA_z (human)", None, ""),
        ("NaN", "DA", None, ""),
        (1e300, "DA", None, ""),
        ("good", "DA", None, ""),
        ({}, "DA", None, ""),
    ],
    ids=str,
)
def test_scores_are_turned_so_that_more_is_better(
    quality: Any, kind: str | None, score: float | None, unused: str, tmp_path: Path
) -> None:
    record = {"text": "A text.", "system": "x", "quality": quality}
    data = write(tmp_path / "data.jsonl", [record | {"quality_kind": kind}])
    (row,) = read_systems([data]).rows
    assert row.score == (None if score is None else Score(kind or "quality", score))
    assert row.unused == unused


# The command -------------------------------------------------------------------

SENTENCES = (
    "The ferry leaves the harbour at nine, and it comes back before the tide turns.",
    "My aunt kept her recipes in a tin, which had once held tea from Ceylon.",
    "Nobody had told the new clerk, who was shy, which key was for the cellar.",
    "The orchard was sold in spring, but the old press stayed in the barn.",
    "Rain came in from the hills, and the match was put off until Sunday.",
)
WAYS: dict[str, Callable[[str], str]] = {
    "ref-A": lambda text: text,
    "fine": lambda text: text.replace("the ", "that "),
    "spaced": lambda text: text.replace(",", " ,").replace(".", " ."),
    "twice": lambda text: text.replace("the ", "the the "),
}
SCORES = {"fine": 0.9, "spaced": -0.8, "twice": -0.3}


def records(n: int = 12) -> list[dict[str, Any]]:
    """Return texts of three systems and of people on the same documents."""
    chance = random.Random(3)
    found: list[dict[str, Any]] = []
    for at in range(n):
        source = " ".join(chance.sample(SENTENCES, 3))
        for system, change in WAYS.items():
            record: dict[str, Any] = {
                "id": f"{at}.{system}",
                "doc_id": f"d{at}",
                "lang": "en",
                "src_lang": "fr",
                "source": "made",
                "system": system,
                "text": change(source),
            }
            if system in SCORES:
                record |= {"quality": SCORES[system], "quality_kind": "DA (human)"}
            found.append(record)
    return found


FAST = ["--systems", "--resamples", "100", "--least", "10", "--output", "out"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with texts of systems."""
    if not model_folders():
        lacking("no model is installed")
    write(tmp_path / "data.jsonl", records())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def report(folder: Path, *arguments: str, status: int = 0) -> dict[str, Any]:
    assert main(["benchmark", "data.jsonl", *FAST, *arguments]) == status
    found: dict[str, Any] = json.loads((folder / "out/report.json").read_text("utf-8"))
    return found


def test_systems_are_compared_in_one_command(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nobody = {"text": "A text of nobody."}
    rare = records()[0] | {"system": "rare"}
    unused = records()[0] | {"quality": 0.8, "quality_kind": "COMET (automatic)"}
    write(folder / "data.jsonl", [*records(), nobody, rare, unused])
    found = report(folder)
    shown = capsys.readouterr().err
    assert "mtcheck: 1 left out: no system\n" in shown
    assert shown.endswith("mtcheck: 49 texts, 4 systems; report in out\n")
    assert found["few"] == {"made en": {"rare": 1}}
    assert found["unused_scores"] == {"COMET (automatic)": 1}
    (one,) = found["contests"]
    systems = {system["name"]: system for system in one["systems"]}
    assert set(systems) == set(WAYS)
    assert systems["ref-A"]["is_persons"]
    spaced = systems["spaced"]
    # Six marks in three sentences, each with its space.
    texts = [row["text"] for row in records() if row["system"] == "spaced"]
    n_marks = sum(text.count(" ,") + text.count(" .") for text in texts)
    n_words = sum(len(text.split()) for text in texts)
    assert spaced["n_words"] == n_words
    assert spaced["figures"]["MT102"]["value"] == pytest.approx(
        1000 * n_marks / n_words, rel=0.5
    )
    is_apart = {
        (test["system"], test["artefact"])
        for test in one["apart"]
        if test["against"] == "machines" and test["p_holm"] < 0.05
    }
    assert ("spaced", "punctuation") in is_apart or ("spaced", "MT102") in is_apart
    by = {line["level"]: line for line in found["correlations"]}
    assert set(by) == {"systems"}  # the scores are of systems, not of texts
    assert by["systems"]["n_systems"] == 3
    assert by["systems"]["artefacts"]["findings"]["kendall"]["value"] < 0
    markdown = (folder / "out/report.md").read_text("utf-8")
    for words in (
        "ref-A (people)",
        "under 10 texts, so not compared: rare (1)",
        "1 scores not used: COMET (automatic) is given by a program",
        "## What sets systems apart",
        "## Scores of people, systems",
    ):
        assert words in markdown.replace("\\", "")
    page = (folder / "out/report.html").read_text("utf-8")
    assert (
        'aria-label="Mean probability of a made text on the same documents, made'
        in page
    )
    assert "ferry" not in page  # texts are not quoted


def test_the_same_seed_gives_the_same_report_and_it_is_verified(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report(folder)
    files = {path.name: path.read_bytes() for path in (folder / "out").iterdir()}
    assert len(files) == 4
    report(folder)
    for name, content in files.items():
        assert (folder / "out" / name).read_bytes() == content
    capsys.readouterr()
    assert main(["benchmark", "--verify", "out"]) == 0
    assert capsys.readouterr().err == "mtcheck: out: the same figures\n"
    found = json.loads(files["report.json"])
    found["contests"][0]["systems"][1]["n"] = 3
    (folder / "out/report.json").write_text(json.dumps(found), encoding="utf-8")
    assert main(["benchmark", "--verify", "out"]) == 1
    assert "systems[ref-A].n: was 3, is 12" in capsys.readouterr().err


def test_scores_of_texts_are_correlated_within_systems(folder: Path) -> None:
    scored = [
        row | {"quality": at % 5, "quality_kind": "MQM"}
        for at, row in enumerate(records())
        if row["system"] in ("fine", "spaced")
    ]
    write(folder / "data.jsonl", scored)
    systems, texts = report(folder)["correlations"]
    assert (systems["level"], systems["n_systems"], systems["artefacts"]) == (
        "systems",
        2,  # two are too few
        {},
    )
    assert (texts["level"], texts["n_texts"]) == ("texts", 24)
    assert set(texts["artefacts"]["made"]) == {"pearson", "spearman"}
    assert "Under three systems nothing is given" in (
        folder / "out/report.md"
    ).read_text("utf-8")


def test_hostile_names_are_shown_as_they_are(folder: Path) -> None:
    name = '</script><b onclick="x">|a_b$'
    rows = [row | {"source": name} for row in records()]
    for row in rows:
        row["system"] = row["system"].replace("fine", name)
    write(folder / "data.jsonl", rows)
    report(folder)
    page = (folder / "out/report.html").read_text("utf-8")
    assert page.count("</script>") == 1
    assert "<b " not in page
    markdown = (folder / "out/report.md").read_text("utf-8")
    assert "<b" not in markdown.replace(r"\<b", "")
    assert r"a\_b\$" in (folder / "out/report.tex").read_text("utf-8")


def test_one_system_without_scores_is_measured_alone(folder: Path) -> None:
    alone = [
        {"text": row["text"], "system": "fine"}
        for row in records()
        if row["system"] == "fine"
    ]
    write(folder / "data.jsonl", alone)
    found = report(folder)
    (one,) = found["contests"]
    assert one["name"] == "all texts"
    assert one["systems"][0]["rank"]["value"] == 1
    assert one["apart"] == found["correlations"] == []
    shown = (folder / "out/report.md").read_text("utf-8")
    assert "no correlation: no text has a score that people gave" in shown
    assert "no system is set apart: they have no documents in common" in shown


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--least", "13"], "no system has 13 texts, the most are 12; ask for fewer"),
        (["--model", "tfidf"], "model tfidf: cannot compare systems"),
        (["--model", "nowhere"], "model must be an installed"),
        (["--model", "base", "--model", "base:fast"], "--systems takes one --model."),
        (["--predictions", "a=b"], "--systems has no use for --predictions."),
        (["--command", "a=b"], "--systems has no use for --command."),
        (["--train", "a"], "--systems has no use for --train."),
        (["--time-limit", "3"], "--systems has no use for --time-limit."),
        (["--errors", "3"], "--systems has no use for --errors."),
        (["--resamples", "3"], "resamples must be at least 100, got 3"),
        (["--verify", "out"], "--verify takes all it needs"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_usage_ends_with_2(
    arguments: list[str],
    message: str,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["benchmark", "data.jsonl", *FAST, *arguments]) == 2
    assert message in " ".join(capsys.readouterr().err.split())
    assert not (folder / "out").exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "no text of a system (no record)"),
        ('{"text": "a"}\n', "no text of a system (1 records: no system)"),
        ('{"system": "a"}\n', "no text of a system (1 records: no text)"),
        ("{broken\n", "is not JSON in UTF-8"),
    ],
    ids=["empty", "no system", "no text", "broken"],
)
def test_data_without_systems_end_with_2(
    content: str, message: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "data.jsonl").write_text(content, encoding="utf-8")
    assert main(["benchmark", "data.jsonl", *FAST]) == 2
    assert message in capsys.readouterr().err


def test_what_cannot_be_read_is_named_and_the_rest_compared(folder: Path) -> None:
    with (folder / "data.jsonl").open("a", encoding="utf-8") as file:
        file.write("{broken\n")
    assert len(report(folder, status=1)["lost"]) == 1


def test_the_result_on_the_test_sets_is_made_by_a_command(folder: Path) -> None:
    rows = [row | {"source": "wmt22"} for row in records()] + records(2)
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / "paragraphs").mkdir()
    path = folder / "paragraphs" / "dev.en.jsonl.xz"
    path.write_bytes(lzma.compress(lines.encode()))
    arguments = ["--data", str(folder), "--language", "en", "--output", str(folder)]
    options = ["--resamples", "100", "--least", "10"]
    done = CliRunner().invoke(systems.main, [*arguments, *options])
    assert done.exit_code == 0, done.output
    assert done.output.startswith("# Systems of WMT, en\n")
    raw = json.loads((folder / "systems.en.json").read_text("utf-8"))
    assert raw["signature"].endswith("|least:10|sources:ted21,wmt22")
    assert raw["skipped"] == {"of other test sets": 8}
    (one,) = raw["contests"]
    assert one["name"] == "wmt22 en"
    assert not any("MT" in name for name in one["systems"][0]["figures"])
    assert str(folder) not in json.dumps(raw)
