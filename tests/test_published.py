"""The published benchmark is fitted on its train part and judged on its dev part."""

import json
import lzma
import random
from pathlib import Path

from click.testing import CliRunner
from tiny_data import mangled, paragraph

from benchmarks.published import main, read_pairs
from mtcheck.types import Label


def write_part(path: Path, n: int, seed: int) -> None:
    """Write lines of people and of a machine, sentences and documents."""
    random_ = random.Random(seed)
    with lzma.open(path, "wt", encoding="utf-8") as file:
        for at in range(n):
            text = paragraph("en", random_)
            for label, found in (("human", text), ("machine", mangled(text, random_))):
                name = "trans_en_wmt{}.txt" if label == "human" else "org_de_wmt{}.en"
                raw = {
                    "engine": "deepl",
                    "label": label,
                    "file": name.format(at % 9),
                    "line": at,
                }
                first = found.split(". ")[0]
                for unit, part in (("document", found), ("sentence", first)):
                    file.write(json.dumps({**raw, "unit": unit, "text": part}) + "\n")


def test_what_is_plain_to_see_is_judged_right(tmp_path: Path) -> None:
    folder = tmp_path / "published"
    folder.mkdir()
    write_part(folder / "ht_vs_mt.train.jsonl.xz", 150, 1)
    write_part(folder / "ht_vs_mt.dev.jsonl.xz", 40, 2)
    options = ["--data", str(tmp_path), "--output", str(tmp_path / "out")]
    options += ["--resamples", "100"]
    done = CliRunner().invoke(main, options)
    assert done.exit_code == 0, done.output
    found = json.loads((tmp_path / "out" / "published.json").read_text())["units"]
    for unit in ("document", "sentence"):
        assert found[unit]["n"] == 80
        assert found[unit]["labels"] == {"human": 40, "machine": 40}
        assert found[unit]["n_documents"] == 40
    for name in ("recipe", "tfidf"):
        accuracy = found["document"]["detectors"][name]["accuracy"]
        assert accuracy["value"] > 0.8
        assert accuracy["low"] <= accuracy["value"] <= accuracy["high"]
    assert "| the paper: Longformer | 0.820 |" in done.output
    assert "from 40 documents." in done.output


def test_what_is_of_one_text_shares_a_document(tmp_path: Path) -> None:
    path = tmp_path / "part.jsonl.xz"
    write_part(path, 9, 1)
    pairs = read_pairs(path)
    assert len(pairs) == 9 * 4
    assert len({row.doc_id for _, row in pairs}) == 9
    assert {row.label for _, row in pairs} == {Label.ORIGINAL, Label.MACHINE_MANGLED}


def test_a_missing_part_is_named(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["--data", str(tmp_path)])
    assert done.exit_code == 1
    assert "ht_vs_mt.train.jsonl.xz: is missing; name the folder" in done.output
