"""The benchmark of growth: corpora, memory and targets with known answers."""

import json
import os
import subprocess
import sys
from itertools import islice
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from benchmarks import scaling
from benchmarks.scaling import Taken

MB = 1_000_000


def test_texts_come_again_only_when_all_have_come() -> None:
    texts = [str(number) for number in range(50)]
    found = list(islice(scaling.repeated(texts), 125))
    assert sorted(found[:50]) == sorted(found[50:100]) == sorted(texts)
    assert found[:50] != found[50:100]
    assert len(set(found[100:])) == 25
    assert found == list(islice(scaling.repeated(texts), 125))


def test_a_corpus_has_a_document_for_each_paragraph(tmp_path: Path) -> None:
    path = tmp_path / "corpus.jsonl"
    scaling.write_corpus(["Größe", "One"], 5, path)
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert [row["id"] for row in rows] == ["0", "1", "2", "3", "4"]
    assert {row["text"] for row in rows} == {"Größe", "One"}


def process(proc: Path, pid: int, parent: int, peak: int) -> None:
    folder = proc / str(pid)
    folder.mkdir()
    times = "0 0 0 0 0 0 0 0 0 300 200 7 7"
    (folder / "stat").write_text(f"{pid} (a name) with )) S {parent} {times}")
    (folder / "status").write_text(f"Name:\ta\nVmHWM:\t  {peak} kB\nVmRSS:\t 1 kB\n")


def test_the_family_of_a_process_has_its_grandchildren(tmp_path: Path) -> None:
    for pid, parent in ((1, 0), (10, 1), (11, 10), (12, 11), (20, 1)):
        process(tmp_path, pid, parent, peak=pid)
    (tmp_path / "13").mkdir()  # it ended while we looked
    (tmp_path / "meminfo").touch()
    assert scaling.family(10, tmp_path) == {10, 11, 12}


def test_the_peak_of_a_process_is_in_bytes(tmp_path: Path) -> None:
    process(tmp_path, 10, 1, peak=2000)
    assert scaling.peak_bytes(10, tmp_path) == 2_048_000
    assert scaling.peak_bytes(11, tmp_path) == 0
    (tmp_path / "10" / "status").write_text("Name:\tkernel thread\n")
    assert scaling.peak_bytes(10, tmp_path) == 0


def test_the_time_of_a_process_is_that_of_user_and_system(tmp_path: Path) -> None:
    process(tmp_path, 10, 1, peak=1)
    ticks = os.sysconf("SC_CLK_TCK")
    assert scaling.cpu_seconds(10, tmp_path) == 500 / ticks
    assert scaling.cpu_seconds(11, tmp_path) == 0


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_this_process_and_its_child_are_seen() -> None:
    code = "import sys; block = bytes(50_000_000); print(flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        assert {os.getpid(), child.pid} <= scaling.family(os.getpid())
        assert scaling.peak_bytes(child.pid) > 0
        child.communicate()


def taken(
    size: int, jobs: int, seconds: float, cpu: float, *workers: int, main: int = 90
) -> Taken:
    """Return what a run took; memory in megabytes."""
    sizes = tuple(each * MB for each in workers)
    return Taken(size, jobs, seconds, cpu, main * MB, sizes)


SIZES = [
    taken(10, 2, 1.0, 1.5, 300, 310),
    taken(100, 2, 5.0, 10.0, 300, 310),
    taken(1000, 2, 52.0, 100.0, 341, 320),
]
ALONE = taken(100, 1, 10.0, 10.0, main=300)
TURN = (ALONE, taken(100, 2, 5.0, 10.5, 300, 300))
SLOW = (ALONE, taken(100, 2, 8.0, 16.0, 300, 300))


def test_targets_are_those_worked_out_by_hand() -> None:
    memory, rate, growth, speedup = scaling.judge(SIZES, [SLOW, TURN, TURN])
    assert (memory["value"], memory["is_met"]) == (341, True)
    assert rate["name"] == "rate at 1,000 / at 100"
    assert rate["value"] == pytest.approx((1000 / 52) / (100 / 5))
    assert rate["cpu_value"] == pytest.approx(1)
    assert growth["name"] == "growth of memory from 10 to 1,000"
    assert growth["value"] == pytest.approx(341 / 310 - 1)
    assert (speedup["value"], speedup["is_met"]) == (2, True)
    assert speedup["cpu_value"] == pytest.approx(2 / 1.05)


def test_what_misses_its_target_says_so() -> None:
    large = taken(1000, 2, 60.0, 120.0, 720, 320)
    found = scaling.judge([*SIZES[:2], large], [SLOW])
    assert not any(item["is_met"] for item in found)


def test_without_workers_the_command_itself_is_measured() -> None:
    (memory,) = scaling.judge([taken(10, 1, 1.0, 1.0, main=350)], [])
    assert memory["value"] == 350


def test_a_run_that_fails_is_told(tmp_path: Path) -> None:
    with pytest.raises(click.ClickException) as caught:
        scaling.score(tmp_path / "none.jsonl", 1, 1, "base", "fast")
    assert caught.value.message.startswith("mtcheck score: failed\n")


@pytest.mark.parametrize("value", ["", "10,x", "0", "20,10"])
def test_sizes_must_be_ascending_numbers(value: str, tmp_path: Path) -> None:
    arguments = ["--data", str(tmp_path), "--sizes", value]
    done = CliRunner().invoke(scaling.main, arguments)
    assert done.exit_code == 2
    assert "must be numbers of paragraphs in ascending order" in done.output
    assert "parted by commas" in " ".join(done.output.split())
