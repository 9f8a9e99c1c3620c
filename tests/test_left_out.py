"""Every row is judged by a model that saw neither its source nor what is its kin."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from conftest import lacking
from tiny_data import make_data

from benchmarks.left_out import (
    RELATIVES,
    Judged,
    company_table,
    family,
    in_company,
    judge,
    long_documents,
    main,
    turned,
    weak_systems,
)
from mtcheck.errors import ResourceError
from mtcheck.extract import schema
from mtcheck.types import LABELS, Label
from training.additive import WORDS
from training.data import Row, label_index
from training.fit import SURFACE, UNUSED
from training.kenlm_tools import find_or_build
from training.lexicons import thesaurus_groups
from training.measured import Measured


def row(source: str, label: Label, doc_id: str = "d", detail: str = "human") -> Row:
    """Return a row whose text does not matter."""
    return Row("text", "en", label, source, detail, doc_id, "", "CC0-1.0")


def judged(rows: list[Row], mangled: list[float]) -> Judged:
    """Return rows with a probability of machine_mangled each."""
    shares = np.array([[1 - value, 0, value] for value in mangled])
    return Judged(
        tuple(rows), np.arange(len(rows)) % 2, shares, shares, {0: 0.0, 1: 0.0}
    )


def test_parts_of_one_source_are_left_out_together() -> None:
    pairs = [
        ("plain_legal_gesetze", "gesetze_im_internet"),
        ("fangcovid_zeit", "plain_news_fangcovid"),
        ("litbank_novels", "plain_fiction"),
    ]
    for one, other in pairs:
        names = {family(row(name, Label.ORIGINAL)).source for name in (one, other)}
        assert len(names) == 1
    assert "wmt20" not in RELATIVES


def test_a_group_is_left_away_or_added() -> None:
    name, left_away = turned("perplexity", UNUSED)
    assert name == "without perplexity"
    lost = set(left_away) - set(UNUSED)
    assert lost == {one for one in schema().names if one.startswith("perplexity.")}
    name, left_away = turned("surface", (*UNUSED, *SURFACE))
    assert name == "with surface"
    assert set(left_away) == set(UNUSED)


def test_old_systems_are_set_against_their_own_documents() -> None:
    rows = [
        row("wmt16", Label.MACHINE_MANGLED, "a"),
        row("wmt16", Label.ORIGINAL, "a"),
        row("wmt16", Label.ORIGINAL, "elsewhere"),
        row("wmt20", Label.MACHINE_MANGLED, "a"),
    ]
    found = weak_systems(judged(rows, [0.8, 0.1, 0.9, 0.0]))
    assert found == {
        "wmt16": {"n": 1, "n_human": 1, "auc": 1.0},
        "both": {"n": 1, "n_human": 1, "auc": 1.0},
    }


def test_long_documents_are_pooled() -> None:
    rows = [row("a", Label.MACHINE_MANGLED, "m", "machine_translation")] * 4
    rows += [row("a", Label.ORIGINAL, "o")] * 4
    rows += [row("a", Label.ORIGINAL, "short")] * 3
    found = long_documents(judged(rows, [0.9, 0.8, 0.7, 0.3] + [0.2] * 7), 4)
    assert found["n_human"] == 1
    assert found["machine_mangled"]["n"] == 1
    assert found["machine_mangled"]["auc"] == 1


def test_documents_are_judged_by_contexts_and_thresholds_of_other_folds() -> None:
    random = np.random.default_rng(3)
    kinds = (Label.ORIGINAL, "human"), (Label.MACHINE_MANGLED, "machine_translation")
    rows = [
        row(f"s{fold}", label, f"{fold}-{at // 3}", detail)
        for fold in range(2)
        for label, detail in kinds
        for at in range(330)
    ]
    folds = np.array([int(one.source[1]) for one in rows])
    is_made = np.array([one.label != Label.ORIGINAL for one in rows])
    mangled = 1 / (1 + np.exp(-random.normal(2.0 * is_made - 1.0, 1.5)))
    shares = np.column_stack([1 - mangled - 1e-9, np.full(len(rows), 1e-9), mangled])
    whole = Judged(tuple(rows), folds, shares, shares, {0: 0.0, 1: 0.0})
    found = {
        (item["reading"], item["rate"], item["group"]): item
        for item in in_company(whole)
        if item["label"] == Label.MACHINE_MANGLED
    }
    n_people = {"together": 660, "document": 220}
    for reading, n in n_people.items():
        people = found[reading, "0.05", "people"]
        assert people["n"] == n
        assert people["low"] <= people["share"] <= people["high"]
        assert people["share"] < 0.15  # the folds are alike, so 0.05 of the others is
        assert (
            found[reading, "0.05", "machine_mangled"]["share"] > people["share"] + 0.2
        )
    # Three tell more than one.
    n_alone = (mangled[is_made] > np.quantile(mangled[~is_made], 0.95)).mean()
    together, document = (
        found[reading, "0.05", "machine_mangled"]["share"] for reading in n_people
    )
    assert n_alone + 0.2 < min(together, document)

    lines = company_table(in_company(whole))[2:]
    people = found["together", "0.001", "people"]
    assert lines[0].startswith("| paragraphs among others, machine_mangled | 0.001 | ")
    assert f"| {people['n']} | {people['share']:.4f} |" in lines[0]
    assert [line.split(",")[0] for line in lines[3:]] == (
        ["| paragraphs among others"] * 3 + ["| documents"] * 6
    )

    changed = shares.copy()
    changed[folds == 0] = changed[folds == 0][:, ::-1]
    there = in_company(replace(whole, shares=changed, firm=changed))
    # What passes of a fold turns with it; the thresholds of the other do not.
    n_passed = sum(
        item["share"] * item["n"]
        for item in there
        if (item["reading"], item["rate"]) == ("document", "0.05")
        and (item["label"], item["group"]) == (Label.MACHINE_MANGLED, "people")
    )
    assert n_passed > 55  # a twentieth would be eleven


def test_a_reading_without_enough_people_is_not_judged() -> None:
    rows = [row("a", Label.ORIGINAL, f"d{at // 2}") for at in range(198)]
    rows += [row("b", Label.ORIGINAL, f"e{at // 2}") for at in range(198)]
    shares = np.tile([0.8, 0.1, 0.1], (len(rows), 1))
    folds = np.repeat([0, 1], 198)
    found = in_company(Judged(tuple(rows), folds, shares, shares, {0: 0.0, 1: 0.0}))
    assert {item["reading"] for item in found} == {"together"}


def measured_rows(n_rows: int) -> Measured:
    """Return rows of six sources that features tell apart; each ninetieth a learner's.

    Half are familiar, a quarter parts of others.
    """
    random = np.random.default_rng(5)
    labels = [at // 6 % 3 for at in range(n_rows)]
    details = "human", "llm_rewrite", "machine_translation"
    rows = [
        replace(
            row(f"s{at % 6}", LABELS[label], f"d{at}", details[label]),
            is_noncommercial=at % 90 == 0,
        )
        for at, label in enumerate(labels)
    ]
    vectors = random.normal(size=(n_rows, len(schema().names)))
    vectors += np.array(labels)[:, np.newaxis]
    vectors[:, schema().names.index(WORDS)] = random.integers(5, 120, n_rows)
    at = np.arange(n_rows) // 18
    return Measured(tuple(rows), vectors, at % 2 == 1, at % 4 == 2)


def test_rows_are_judged_once_by_tables_that_their_fold_had_no_say_in() -> None:
    measured = measured_rows(1200)
    folds = np.array([int(one.source[1]) % 2 for one in measured.rows])
    people, learners = judge(measured, folds, UNUSED, 7, lambda step: None)
    strange = [
        one
        for one, is_familiar, is_part in zip(
            measured.rows, measured.is_familiar, measured.is_part, strict=True
        )
        if not is_familiar and (one.is_noncommercial or not is_part)
    ]
    assert people.rows == tuple(one for one in strange if not one.is_noncommercial)
    assert learners.rows == tuple(one for one in strange if one.is_noncommercial)
    for found in (people, learners):
        np.testing.assert_allclose(found.shares.sum(axis=1), 1)
        # Short text leans towards people, and nothing else sets the two apart.
        assert (found.shares[:, 0] >= found.firm[:, 0]).all()
        made = found.shares[:, 1:] / found.firm[:, 1:]
        np.testing.assert_allclose(made[:, 0], made[:, 1])
    labels = [label_index(one) for one in people.rows]
    assert (people.shares.argmax(axis=1) == labels).mean() > 0.9

    changed = [
        replace(one, label=LABELS[label_index(one) - 1]) if fold else one
        for one, fold in zip(measured.rows, folds, strict=True)
    ]
    changed_rows = replace(measured, rows=tuple(changed))
    after, _ = judge(changed_rows, folds, UNUSED, 7, lambda step: None)
    before, now = (
        np.log(found.shares[:, 1] / found.shares[:, 2]) for found in (people, after)
    )
    own = people.folds == 1
    # Scale and leaning are of other folds, whose tables did learn from this one.
    assert np.ptp(now[own] / before[own]) < 1e-6
    assert np.ptp(now[~own] / before[~own]) > 1


def test_the_command_reports_every_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One group is left away as any other is, and each takes its time.
    monkeypatch.setattr("benchmarks.left_out.GROUPS", ("perplexity",))
    try:
        find_or_build()
        next(thesaurus_groups("de"))
    except ResourceError as error:
        lacking(str(error))
    data = make_data(tmp_path / "data")
    options = ["--data", str(data), "--language", "de", "--replicates", "3"]
    done = CliRunner().invoke(main, [*options, "--output", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    found = json.loads((tmp_path / "out" / "left_out.de.json").read_text())
    assert found["figures"]["macro_f1"] > 0.5  # what is plain to see
    sources = {item["stratum"] for item in found["by_source"]}
    assert any(name.startswith("paraphrased / spin_") for name in sources), sources
    assert "original / plain_made" in sources
    assert {item["group"] for item in found["false_alarms"]} == {"people"}
    assert found["in_company"] == []  # there are next to no documents
    groups = json.loads((tmp_path / "out" / "ablation.de.json").read_text())["groups"]
    models = [item["model"] for item in groups]
    alone = "quotes, final stop and length alone"
    assert models == ["as shipped", "without perplexity", alone]
    for item in groups:
        for sample in (item["dev"], item["left_out"]):
            assert set(sample["figures"]) == set(sample["intervals"])
    spun = [item for item in found["by_source"] if " / spin_" in item["stratum"]]
    n_passed = sum(item["n"] * item["recall_at_0.01"] for item in spun)
    assert groups[0]["left_out"]["figures"] == found["figures"]
    expected = n_passed / sum(item["n"] for item in spun)
    assert groups[0]["made"] == {"spun": pytest.approx(expected)}
    assert groups[-1]["made"] == {}
    ablation = (tmp_path / "out" / "ablation.de.md").read_text()
    assert ablation.count("without perplexity") == 3
    text = (tmp_path / "out" / "left_out.de.md").read_text()
    assert "lang:de|" in text
    assert "The same in documents" not in text
    assert "folds:10" in text


def test_a_folder_without_data_is_refused(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["--data", str(tmp_path)])
    assert done.exit_code == 1
    assert "train.en.jsonl.xz: is missing; name the folder with --data" in done.output


@pytest.mark.parametrize("name", ["plain_gov_undebates", "un_debates"])
def test_a_family_has_one_name(name: str) -> None:
    assert family(row(name, Label.ORIGINAL)).source == "un_debates"
