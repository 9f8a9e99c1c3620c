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
                raw = {
                    "unit": "document" if at % 3 == 0 else "sentence",
                    "engine": "deepl" if label == "machine" else None,
                    "label": label,
                    "file": f"org_de_wmt{at % 9}.{label}.en",
                    "line": at,
                    "text": found,
                }
                file.write(json.dumps(raw) + "\n")


def test_what_is_plain_to_see_is_judged_right(tmp_path: Path) -> None:
    folder = tmp_path / "published"
    folder.mkdir()
    write_part(folder / "ht_vs_mt.train.jsonl.xz", 200, 1)
    write_part(folder / "ht_vs_mt.dev.jsonl.xz", 60, 2)
    options = ["--data", str(tmp_path), "--output", str(tmp_path / "out")]
    done = CliRunner().invoke(main, options)
    assert done.exit_code == 0, done.output
    found = json.loads((tmp_path / "out" / "published.json").read_text())["units"]
    assert found["document"]["n"] == 40
    assert found["sentence"]["n"] == 80
    assert found["sentence"]["accuracy"] > 0.8
    assert found["sentence"]["low"] < found["sentence"]["accuracy"]


def test_translations_of_one_file_share_a_document(tmp_path: Path) -> None:
    path = tmp_path / "part.jsonl.xz"
    write_part(path, 9, 1)
    pairs = read_pairs(path)
    assert len({row.doc_id for _, row in pairs}) == 9
    assert {row.label for _, row in pairs} == {Label.ORIGINAL, Label.MACHINE_MANGLED}


def test_a_missing_part_is_named(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["--data", str(tmp_path)])
    assert done.exit_code == 1
    assert "ht_vs_mt.train.jsonl.xz: is missing; name the folder" in done.output
