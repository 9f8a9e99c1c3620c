"""The block for datatrove: what it writes down, and what it drops."""

import json
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import needed

from mtcheck.errors import ConfigError
from mtcheck.models import model_folders

ROOT = Path(__file__).resolve().parent.parent
TEXTS = [
    "The ferry left the bay at noon, and nobody on the quay looked up from the nets.",
    "He met the president. . They spoke for an hour about the harbour and its walls.",
    "Too short.",
]


@pytest.fixture
def data() -> Any:
    """Return datatrove's documents."""
    if not model_folders():
        pytest.skip("no model is installed")
    return needed("datatrove.data")


def documents(data: Any) -> list[Any]:
    return [data.Document(text, str(number)) for number, text in enumerate(TEXTS)]


def block(*args: Any, **options: Any) -> Any:
    from mtcheck.datatrove import MtcheckFilter

    return MtcheckFilter(*args, **options)


def test_without_expressions_all_are_kept_and_know_their_verdict(data: Any) -> None:
    kept = [*block().run(documents(data))]
    assert [doc.text for doc in kept] == TEXTS
    first, second, third = [doc.metadata["mtcheck"] for doc in kept]
    assert [*first] == ["label", "probabilities", "evidence", "abstained", "findings"]
    assert sum(first["probabilities"].values()) == pytest.approx(1)
    assert type(first["label"]) is str
    assert second["findings"] == 1
    assert third == {
        "label": None,
        "probabilities": None,
        "evidence": None,
        "abstained": "too-short",
        "findings": 0,
    }
    json.dumps([first, second, third])


@pytest.mark.parametrize("batch_size", [1, 2, 100])
def test_what_is_dropped_has_a_reason(batch_size: int, data: Any) -> None:
    step = block(["abstained is None"], drop=['has("MT101")'], batch_size=batch_size)
    kept = [*step.run(documents(data))]
    assert [doc.id for doc in kept] == ["0"]
    counts = {name: stat.total for name, stat in step.stats.stats.items()}
    assert counts["dropped"] == 2
    assert counts["dropped_drop 'has(\"MT101\")' holds"] == 1
    assert counts["dropped_keep 'abstained is None' does not hold"] == 1


def test_it_can_be_sent_to_other_machines(data: Any) -> None:
    step = pickle.loads(pickle.dumps(block(drop=['has("MT1")'], tier="fast")))
    assert len([*step.run(documents(data))]) == 2


def test_a_whole_pipeline_runs_with_it(data: Any, tmp_path: Path) -> None:
    needed("orjson")
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import JsonlWriter

    rows = [{"id": str(n), "text": text} for n, text in enumerate(TEXTS)]
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "a.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    dropped = JsonlWriter(str(tmp_path / "dropped"), compression=None)
    LocalPipelineExecutor(
        [
            JsonlReader(str(tmp_path / "in")),
            block(drop=['has("MT1")'], exclusion_writer=dropped),
            JsonlWriter(str(tmp_path / "out"), compression=None),
        ],
        logging_dir=str(tmp_path / "logs"),
    ).run()

    def read(folder: str) -> list[Any]:
        (found,) = (tmp_path / folder).glob("*.jsonl")
        return [json.loads(line) for line in found.read_text().splitlines()]

    assert [row["id"] for row in read("out")] == ["0", "2"]
    assert "mtcheck" in read("out")[0]["metadata"]
    (gone,) = read("dropped")
    assert gone["metadata"]["filter_reason"] == "drop 'has(\"MT1\")' holds"


def test_bad_expressions_are_refused_before_the_run(data: Any) -> None:
    with pytest.raises(ConfigError) as caught:
        block(drop=["share(findings > 1) > 0"])
    assert str(caught.value) == (
        "config: drop: 'share(findings > 1)' (column 1) share needs --level document"
    )


def test_without_datatrove_the_error_says_what_to_install() -> None:
    code = "import sys; sys.modules['datatrove'] = None; import mtcheck.datatrove"
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stderr.splitlines()[-1] == (
        "ModuleNotFoundError: mtcheck.datatrove needs datatrove, which is not "
        "installed; run pip install 'mtcheck[datatrove]'"
    )
